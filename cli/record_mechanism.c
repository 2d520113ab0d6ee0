#include "record_fields.h"

static const struct option options[] = {
    { "name", 0, "TEXT", "English name." },
    { "zh", 0, "TEXT", "Chinese name." },
    { "kind", 0, "WORD", "hotline, dialogue, working-group, track2, notification, norm, agreement or forum." },
    { "parties", 0, "CODES", "Actors joined by ';'." },
    { "start", 0, "DATE", "When it began; with the code it tells the interval." },
    { "start-event", 0, "ID", "Event that created it." },
    { "stop", 0, "DATE", "When it stopped; 'none' takes a stop back." },
    { "stop-event", 0, "ID", "Event that stopped it." },
    { "stop-kind", 0, "WORD", "suspended, lapsed, replaced or completed." },
    { "source", 0, "TEXT", "Who says so." },
    { "note", 0, "TEXT", "A remark." },
    { 0 },
};

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    const struct parley_mechanism_text m = {
        .code = in->operand[0], .en = option_text(in, "name"), .zh = option_text(in, "zh"), .kind = option_text(in, "kind"), .parties = option_text(in, "parties"),
        .start = option_text(in, "start"), .start_event = option_text(in, "start-event"), .stop = option_text(in, "stop"),
        .stop_event = option_text(in, "stop-event"), .stop_kind = option_text(in, "stop-kind"), .source = option_text(in, "source"), .note = option_text(in, "note") };
    enum parley_status status = open_record(in, PARLEY_RECORD_WRITE, &record);
    if (!status)
        status = parley_record_put_mechanism(record, &m, &in->err);
    parley_record_close(record);
    return status ? status : say_changed(in, "mechanism", in->operand[0], PARLEY_SAY(in->lang, "noted", "已记录"));
}

const struct command command_record_mechanism = {
    .name = "record mechanism",
    .operands = "CODE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Note a standing arrangement, or that it stopped or was resumed.",
    .summary_zh = "记录一个常设机制，或其中止、恢复。",
    .text = "A new code needs --name, --parties and --start. With the --start of an interval that is known (or without --start, the last interval of the "
            "code) the options given are changed; with another --start an interval is added: it was resumed.",
    .examples = "parley --desk /tmp/my-desk init\n"
                "parley --desk /tmp/my-desk record mechanism hotline --name Hotline --kind hotline --parties 'CN;US' --start 2016-08\n"
                "parley --desk /tmp/my-desk record mechanism hotline --stop 2018 --stop-kind suspended\n",
    .options = options,
    .run = run,
};

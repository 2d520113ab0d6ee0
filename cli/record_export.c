#include "event_text.h"

#include <parley/import.h>

static const struct option options[] = {
    EVENT_FILTER_OPTIONS,
    { "format", 0, "csv|jsonl", "Form of the file. Default: csv." },
    { "output", 'o', "FILE", "Where to write. Default: standard output." },
    { 0 },
};

static enum parley_status run(struct invocation *in)
{
    static const char *const formats[] = { "csv", "jsonl", NULL };
    int format = 0;
    enum parley_status status = option_choice(in, "format", formats, &format);
    struct parley_record *record = NULL;
    if (!status)
        status = open_record(in, PARLEY_RECORD_READ, &record);
    struct parley_event_query query = { 0 };
    uint64_t limit = 0;
    if (!status)
        status = event_query(in, record, in->operand, in->n_operands, &query, &limit);
    const char *path = option_given(in, "output") ? option_text(in, "output") : "-";
    uint64_t reports = 0;
    if (!status)
        status = parley_record_export(record, &query, format == 1, path, &in->progress, &reports, &in->err);
    parley_record_close(record);
    if (!status && option_given(in, "output"))
        say(in, PARLEY_SAY(in->lang, "wrote %llu report%s to %s", "已将%llu条报告%s写入%s"), (unsigned long long)reports, in->lang == PARLEY_EN && reports != 1 ? "s" : "", path);
    return status;
}

const struct command command_record_export = {
    .name = "record export",
    .operands = "[ACTOR...]",
    .operands_max = -1,
    .summary = "Write the record, or the events selected, as CSV or JSON Lines.",
    .summary_zh = "将整个记录或所选事件写成CSV或JSON Lines。",
    .text = "Without operands and filters everything is written; they mean what they mean for 'parley record list'. Every report of a selected event is a row, "
            "ordered by event. Importing the export into a new desk and exporting that gives the same bytes. In CSV a text that a "
            "spreadsheet would run as a formula gets a ' in front, which an import takes off again.",
    .examples = "parley record export --format jsonl\nparley record export CN US --from 2015 --domain espionage,crime\nparley record export -o /tmp/events.csv\n",
    .options = options,
    .run = run,
};

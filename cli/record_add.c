#include "record_fields.h"

static const struct option options[] = {
    REPORT_OPTIONS,
    { "actor-code", 0, "CODE", "Instead of an event: add an actor (ORG:Name, FIRM:Name, GROUP:Name), or names for a known one." },
    { "en", 0, "NAME", "English name of the actor." },
    { "zh", 0, "NAME", "Chinese name of the actor." },
    { "alias", 0, "NAMES", "Further names of the actor, joined by ';'." },
    { 0 },
};

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    struct parley_report_text report;
    const char *id = "", *actor = option_text(in, "actor-code");
    read_report_options(in, &report);
    enum parley_status status = open_record(in, PARLEY_RECORD_WRITE, &record);
    if (!status && actor)
        status = parley_record_add_actor(record, actor, option_text(in, "en"), option_text(in, "zh"), NULL, option_text(in, "alias"), &in->err);
    else if (!status)
        status = parley_record_add(record, &report, &in->arena, &id, &in->err);
    parley_record_close(record);
    return status ? status : say_changed(in, actor ? "actor" : "event_id", actor ? actor : id, PARLEY_SAY(in->lang, "added", "已添加"));
}

const struct command command_record_add = {
    .name = "record add",
    .operands = "",
    .summary = "Add one event, or a competing report of a known one.",
    .summary_zh = "添加一个事件，或已知事件的另一种说法。",
    .text = "Needed are --actor, --target, --kind and --domain; the date may be missing when it is not known. With the --event of an event that is there "
            "already, the report competes with the others. 'parley record undo' takes it back.",
    .examples = "parley --desk /tmp/my-desk init\n"
                "parley --desk /tmp/my-desk record add --date 2015-09-25 --actor 'CN;US' --target 'CN;US' --kind agreement --domain crime --intensity 8 --what 'Cyber consensus'\n",
    .options = options,
    .run = run,
};

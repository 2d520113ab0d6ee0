#include "record_fields.h"

static const struct option options[] = {
    REPORT_OPTIONS,
    { "report", 0, "N", "Which of competing reports to change. Default: 1, the first." },
    { 0 },
};

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    struct parley_report_text change;
    uint64_t place = 1;
    read_report_options(in, &change);
    if (change.event_id)
        return parley_fail(&in->err, PARLEY_EINVAL, "--event: the id of an event cannot be changed");
    enum parley_status status = option_u64(in, "report", 1, PARLEY_REPORTS_MAX, &place);
    if (!status)
        status = open_record(in, PARLEY_RECORD_WRITE, &record);
    if (!status)
        status = parley_record_edit(record, in->operand[0], (int)place, &change, &in->err);
    parley_record_close(record);
    return status ? status : say_changed(in, "event_id", in->operand[0], PARLEY_SAY(in->lang, "changed", "已修改"));
}

const struct command command_record_edit = {
    .name = "record edit",
    .operands = "EVENT",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Change what a report says.",
    .summary_zh = "修改一条报告。",
    .text = "Only the options given are changed. What it said before is kept: 'parley record undo' brings it back.",
    .examples = "parley --desk /tmp/my-desk init --shipped\nparley --desk /tmp/my-desk record edit EV106 --date 2016-06-14\n",
    .options = options,
    .run = run,
};

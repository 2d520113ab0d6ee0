#include "record_fields.h"

static const struct option options[] = {
    { "title", 0, "TEXT", "Title, in its language." },
    { "zh", 0, "TEXT", "Chinese title." },
    { "kind", 0, "WORD", "study, data set, document, ..." },
    { "author", 0, "TEXT", "Who wrote or keeps it." },
    { "year", 0, "YEAR", "When it appeared." },
    { "from", 0, "DATE", "First date it covers." },
    { "to", 0, "DATE", "Last date it covers." },
    { "coverage", 0, "TEXT", "How it was collected, and what it leaves out." },
    { "coverage-zh", 0, "TEXT", "The same in Chinese." },
    { "break", 0, "DATE", "A date at which its collection changed; charts mark it." },
    { "what", 0, "TEXT", "What changed then." },
    { "what-zh", 0, "TEXT", "The same in Chinese." },
    { 0 },
};

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    const struct parley_source_text s = {
        .code = in->operand[0], .kind = option_text(in, "kind"), .author = option_text(in, "author"), .year = option_text(in, "year"), .title = option_text(in, "title"),
        .title_zh = option_text(in, "zh"), .covers_from = option_text(in, "from"), .covers_to = option_text(in, "to"), .coverage = option_text(in, "coverage"),
        .coverage_zh = option_text(in, "coverage-zh"), .break_what_zh = option_text(in, "what-zh"),
        .break_at = option_text(in, "break"), .break_what = option_text(in, "what") };
    if (s.break_what && !s.break_at)
        return parley_fail(&in->err, PARLEY_EINVAL, "--what says what changed at --break DATE; give both");
    enum parley_status status = open_record(in, PARLEY_RECORD_WRITE, &record);
    if (!status)
        status = parley_record_put_source(record, &s, &in->err);
    parley_record_close(record);
    return status ? status : say_changed(in, "source", in->operand[0], PARLEY_SAY(in->lang, "noted", "已记录"));
}

const struct command command_record_source = {
    .name = "record source",
    .operands = "CODE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Add a source that events can cite, or change what is known of one.",
    .summary_zh = "添加事件可引用的来源，或修改其说明。",
    .text = "A new code needs --title. Events cite it by its code, with a page or section after a colon if wanted: smith2024:p. 12. The options given change a known source. "
            "'parley record undo' takes it back.",
    .examples = "parley --desk /tmp/my-desk init\n"
                "parley --desk /tmp/my-desk record source smith2024 --title 'A chronology' --author Smith --year 2024 --from 2010 --to 2023\n"
                "parley --desk /tmp/my-desk record source smith2024 --break 2018 --what 'from then on also reports in Chinese'\n",
    .options = options,
    .run = run,
};

#include "open_record.h"

#include <parley/import.h>

static const struct option options[] = {
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
    if (status)
        return status;
    const char *path = option_given(in, "output") ? option_text(in, "output") : "-";
    uint64_t reports = 0;
    status = parley_record_export(record, format == 1, path, &in->progress, &reports, &in->err);
    parley_record_close(record);
    if (!status && option_given(in, "output"))
        say(in, PARLEY_SAY(in->lang, "wrote %llu reports to %s", "已将%llu条报告写入%s"), (unsigned long long)reports, path);
    return status;
}

const struct command command_record_export = {
    .name = "record export",
    .operands = "",
    .summary = "Write the whole record as CSV or JSON Lines.",
    .summary_zh = "将整个记录写成CSV或JSON Lines。",
    .text = "Every report is a row, ordered by event. Importing the export into a new desk and exporting that gives the same bytes. In CSV a text that a "
            "spreadsheet would run as a formula gets a ' in front, which an import takes off again.",
    .examples = "parley record export --format jsonl\nparley record export -o /tmp/events.csv\n",
    .options = options,
    .run = run,
};

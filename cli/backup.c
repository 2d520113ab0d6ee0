#include "command.h"
#include "open_record.h"

#include <parley/import.h>

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    if (!in->desk)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "there is no desk to copy; name one with --desk DIR");
    enum parley_status status = parley_record_open(in->desk, PARLEY_RECORD_READ, &record, &in->err);
    if (status)
        return status;
    status = parley_record_backup(record, in->operand[0], &in->progress, &in->err);
    parley_record_close(record);
    if (!status && !in->json)
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "copied the record to %s\n", "已将记录复制到 %s\n"), in->operand[0]);
    if (!status && in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "backup", in->operand[0]);
        parley_json_object_end(&json);
    }
    return status;
}

const struct command command_backup = {
    .name = "backup",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Copy the record of a desk to a file, consistent while others write.",
    .summary_zh = "将工作台的记录一致地复制到文件。",
    .text = "The copy is a complete desk.db: to restore it, put it into a folder under the name desk.db. An existing file is never overwritten. "
            "Keys are not copied.",
    .examples = "parley --desk /tmp/my-desk init --shipped\nparley --desk /tmp/my-desk backup /tmp/my-desk-copy.db\n",
    .run = run,
};

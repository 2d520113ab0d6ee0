#include "open_record.h"

#include <parley/import.h>

#include <string.h>

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    uint64_t removed = 0;
    int64_t id;
    if (!parley_text_to_i64(in->operand[0], strlen(in->operand[0]), &id))
        return parley_fail(&in->err, PARLEY_EINVAL, "expected the number of an import, found '%.40s'; 'parley record imports' lists them", in->operand[0]);
    enum parley_status status = open_record(in, PARLEY_RECORD_WRITE, &record);
    if (!status)
        status = parley_record_undo(record, id, &removed, &in->err);
    parley_record_close(record);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_integer(&json, "undone", id);
        parley_json_put_integer(&json, "reports", (int64_t)removed);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "undid import %lld: %llu reports\n", "已撤销第%lld次导入：%llu条报告\n"), (long long)id, (unsigned long long)removed);
    }
    return PARLEY_OK;
}

const struct command command_record_undo = {
    .name = "record undo",
    .operands = "IMPORT",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Take back an import, an addition or an edit.",
    .summary_zh = "撤销一次导入、添加或修改。",
    .text = "IMPORT is a number of 'parley record imports'. Everything that came with it goes, everything else stays; the file can be imported again.",
    .examples = "parley --desk /tmp/my-desk init\nparley --desk /tmp/my-desk record import data:record/events.csv\nparley --desk /tmp/my-desk record undo 1\n",
    .run = run,
};

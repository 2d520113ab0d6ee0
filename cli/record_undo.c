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
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "undid %lld: %llu %s taken back\n", "已撤销第%lld号：恢复%llu%s\n"), (long long)id, (unsigned long long)removed,
                         PARLEY_SAY(in->lang, removed == 1 ? "entry" : "entries", "项"));
    }
    return PARLEY_OK;
}

const struct command command_record_undo = {
    .name = "record undo",
    .operands = "NUMBER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Take back an import or a change by hand.",
    .summary_zh = "撤销一次导入或手工修改。",
    .text = "NUMBER is one of 'parley record imports', which lists imports, events added and edited, and changes of mechanisms, sources, actors and cases. Everything that came with it goes, everything else stays; the file can be imported "
            "again. Of several changes of one thing the last one is undone first.",
    .examples = "parley --desk /tmp/my-desk init\nparley --desk /tmp/my-desk record import data:record/events.csv\nparley --desk /tmp/my-desk record undo 1\n",
    .run = run,
};

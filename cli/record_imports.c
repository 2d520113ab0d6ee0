#include "open_record.h"

#include <parley/import.h>

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    struct parley_import_info *list = NULL;
    size_t n = 0;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = parley_record_imports(record, &in->arena, &list, &n, &in->err);
    parley_record_close(record);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_array(&json);
        for (size_t i = 0; i < n; i++) {
            parley_json_object(&json);
            parley_json_put_integer(&json, "import", list[i].id);
            parley_json_put_string(&json, "file", list[i].file);
            parley_json_put_string(&json, "format", list[i].format);
            parley_json_put_string(&json, "done", list[i].done);
            parley_json_put_integer(&json, "read", (int64_t)list[i].read);
            parley_json_put_integer(&json, "added", (int64_t)list[i].added);
            parley_json_put_integer(&json, "duplicate", (int64_t)list[i].duplicate);
            parley_json_put_integer(&json, "rejected", (int64_t)list[i].rejected);
            parley_json_put_string(&json, "undone", list[i].undone);
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, "");
    struct parley_table *t = parley_doc_table(&doc, "");
    static const char *const en[] = { "number", "file or subject", "format or change", "when", "read", "added", "there already", "rejected", "undone" };
    static const char *const zh[] = { "编号", "文件或对象", "格式或修改", "时间", "读取", "新增", "重复", "拒绝", "撤销" };
    for (int i = 0; i < 9; i++)
        parley_table_column(t, PARLEY_SAY(in->lang, en[i], zh[i]), i == 0 || (i > 3 && i < 8) ? PARLEY_RIGHT : PARLEY_LEFT);
    for (size_t i = 0; i < n; i++) {
        parley_table_cell(t, "%lld", (long long)list[i].id);
        parley_table_cell(t, "%s", list[i].file);
        parley_table_cell(t, "%s", list[i].format);
        parley_table_cell(t, "%s", list[i].done);
        parley_table_cell(t, "%llu", (unsigned long long)list[i].read);
        parley_table_cell(t, "%llu", (unsigned long long)list[i].added);
        parley_table_cell(t, "%llu", (unsigned long long)list[i].duplicate);
        parley_table_cell(t, "%llu", (unsigned long long)list[i].rejected);
        parley_table_cell(t, "%s", list[i].undone);
    }
    return finish_doc(in, &doc);
}

const struct command command_record_imports = {
    .name = "record imports",
    .operands = "",
    .summary = "List every import and every change by hand, with numbers for undo.",
    .summary_zh = "列出全部导入与手工修改的历史及其撤销编号。",
    .text = "Changes by hand are add and edit (events), mechanism, source, actor and case. The mapping an import was read with and every row as it stood in the file are kept in the desk.",
    .examples = "parley record imports\n",
    .run = run,
};

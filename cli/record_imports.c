#include "listing.h"
#include "open_record.h"

#include <parley/import.h>

static void put_json(struct parley_json *json, const struct parley_import_info *k)
{
    parley_json_object(json);
    parley_json_put_integer(json, "import", k->id);
    parley_json_put_string(json, "file", k->file);
    parley_json_put_string(json, "format", k->format);
    parley_json_put_string(json, "done", k->done);
    parley_json_put_integer(json, "read", (int64_t)k->read);
    parley_json_put_integer(json, "added", (int64_t)k->added);
    parley_json_put_integer(json, "duplicate", (int64_t)k->duplicate);
    parley_json_put_integer(json, "rejected", (int64_t)k->rejected);
    parley_json_put_string(json, "undone", k->undone);
    parley_json_object_end(json);
}

static void put_row(struct parley_table *t, const struct parley_import_info *k)
{
    parley_table_cell(t, "%lld", (long long)k->id);
    parley_table_cell(t, "%s", k->file);
    parley_table_cell(t, "%s", k->format);
    parley_table_cell(t, "%s", k->done);
    parley_table_cell(t, "%llu", (unsigned long long)k->read);
    parley_table_cell(t, "%llu", (unsigned long long)k->added);
    parley_table_cell(t, "%llu", (unsigned long long)k->duplicate);
    parley_table_cell(t, "%llu", (unsigned long long)k->rejected);
    parley_table_cell(t, "%s", k->undone);
}

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "number", "编号", PARLEY_RIGHT }, { "file or subject", "文件或对象" }, { "format or change", "格式或修改" }, { "when", "时间" },
                                                     { "read", "读取", PARLEY_RIGHT }, { "added", "新增", PARLEY_RIGHT }, { "there already", "重复", PARLEY_RIGHT }, { "rejected", "拒绝", PARLEY_RIGHT },
                                                     { "undone", "撤销" } };
    struct listing list;
    struct parley_record *record = NULL;
    struct parley_import_info *k = NULL;
    size_t n = 0;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = parley_record_imports(record, &in->arena, &k, &n, &in->err);
    parley_record_close(record);
    if (status)
        return status;
    begin_listing(in, &list, "", columns, 9);
    for (size_t i = 0; i < n; i++) {
        if (in->json)
            put_json(&list.json, &k[i]);
        else
            put_row(list.table, &k[i]);
    }
    return finish_listing(in, &list);
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

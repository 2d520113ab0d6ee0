#include "listing.h"

#include <parley/import.h>

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "format", "格式", .key = "format" }, { "data set", "数据集", .key = "title" },
                                                     { "how rows become events", "行如何成为事件", .key = "collapse" } };
    struct listing list;
    struct parley_mapping_info *m = NULL;
    size_t n = 0;
    enum parley_status status = parley_mappings(&in->arena, &m, &n, &in->err);
    if (status)
        return status;
    begin_listing(in, &list, "", columns, 3);
    for (size_t i = 0; i < n; i++)
        list_row(&list, (const char *const[]){ m[i].name, m[i].title, m[i].collapse });
    return finish_listing(in, &list);
}

const struct command command_record_formats = {
    .name = "record formats",
    .operands = "",
    .summary = "List the data sets that can be imported.",
    .summary_zh = "列出可导入的数据集格式。",
    .text = "Each is a mapping file under data/mappings; docs/importers.md tells how to write one.",
    .examples = "parley record formats\n",
    .run = run,
};

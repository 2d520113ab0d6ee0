#include "list_rows.h"
#include "open_record.h"

#include <parley/import.h>

static enum parley_status run(struct invocation *in)
{
    static const char *const key[] = { "format", "title", "collapse" };
    const char *const title[] = { PARLEY_SAY(in->lang, "format", "格式"), PARLEY_SAY(in->lang, "data set", "数据集"), PARLEY_SAY(in->lang, "how rows become events", "行如何成为事件") };
    struct parley_mapping_info *m = NULL;
    size_t n = 0;
    enum parley_status status = parley_mappings(&in->arena, &m, &n, &in->err);
    const char **cell = PARLEY_NEW(&in->arena, const char *, 3 * n + 1);
    if (!status && !cell)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        cell[3 * i] = m[i].name;
        cell[3 * i + 1] = m[i].title;
        cell[3 * i + 2] = m[i].collapse;
    }
    return list_rows(in, key, title, 3, cell, n);
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

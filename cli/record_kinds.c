#include "list_rows.h"

#include <parley/record.h>

static enum parley_status run(struct invocation *in)
{
    static const char *const key[] = { "kind", "en", "zh" };
    const char *const title[] = { PARLEY_SAY(in->lang, "code", "代码"), "English", "中文" };
    struct parley_kind *k = NULL;
    size_t n = 0;
    enum parley_status status = parley_kinds(&in->arena, &k, &n, &in->err);
    const char **cell = status ? NULL : PARLEY_NEW(&in->arena, const char *, 3 * n + 1);
    if (!status && !cell)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        cell[3 * i] = k[i].code;
        cell[3 * i + 1] = k[i].en;
        cell[3 * i + 2] = k[i].zh;
    }
    return list_rows(in, key, title, 3, cell, n);
}

const struct command command_record_kinds = {
    .name = "record kinds",
    .operands = "",
    .summary = "List the kinds of events that have a name in both languages.",
    .summary_zh = "列出事件的种类。",
    .text = "A record may hold further kinds: any word will do, it is then shown as it is.",
    .examples = "parley record kinds\n",
    .run = run,
};

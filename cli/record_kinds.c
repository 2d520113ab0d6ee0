#include "listing.h"

#include <parley/record.h>

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "code", "代码", .key = "kind" }, { "English", "English", .key = "en" }, { "中文", "中文", .key = "zh" } };
    struct listing list;
    struct parley_kind *k = NULL;
    size_t n = 0;
    enum parley_status status = parley_kinds(&in->arena, &k, &n, &in->err);
    if (status)
        return status;
    begin_listing(in, &list, "", columns, 3);
    for (size_t i = 0; i < n; i++)
        list_row(&list, (const char *const[]){ k[i].code, k[i].en, k[i].zh });
    return finish_listing(in, &list);
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

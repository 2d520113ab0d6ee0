#include "listing.h"

#include <parley/record.h>

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "code", "代码", .key = "domain" }, { "English", "English", .key = "en" }, { "中文", "中文", .key = "zh" },
                                                     { "in the model", "模型领域", .key = "model_domain" }, { "visibility", "公开程度", .key = "visibility" } };
    struct listing list;
    struct parley_domain *d = NULL;
    size_t n = 0;
    enum parley_status status = parley_domains(&in->arena, &d, &n, &in->err);
    if (status)
        return status;
    begin_listing(in, &list, "", columns, 5);
    for (size_t i = 0; i < n; i++)
        list_row(&list, (const char *const[]){ d[i].code, d[i].en, d[i].zh, d[i].model, list_word(in, d[i].visibility) });
    return finish_listing(in, &list);
}

const struct command command_record_domains = {
    .name = "record domains",
    .operands = "",
    .summary = "List the domains an event can be in.",
    .summary_zh = "列出事件的领域。",
    .text = "The third column is the conflict domain of the model that each belongs to.",
    .examples = "parley record domains\n",
    .run = run,
};

#include "list_rows.h"
#include "open_record.h"

static enum parley_status run(struct invocation *in)
{
    static const char *const key[] = { "domain", "en", "zh", "model_domain", "visibility" };
    const char *const title[] = { PARLEY_SAY(in->lang, "code", "代码"), "English", "中文", PARLEY_SAY(in->lang, "in the model", "模型领域"), PARLEY_SAY(in->lang, "visibility", "公开程度") };
    struct parley_domain *d = NULL;
    size_t n = 0;
    enum parley_status status = parley_domains(&in->arena, &d, &n, &in->err);
    const char **cell = PARLEY_NEW(&in->arena, const char *, 5 * n + 1);
    if (!status && !cell)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        const char *const row[] = { d[i].code, d[i].en, d[i].zh, d[i].model, list_word(in, d[i].visibility) };
        for (int c = 0; c < 5; c++)
            cell[5 * i + (size_t)c] = row[c];
    }
    return list_rows(in, key, title, 5, cell, n);
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

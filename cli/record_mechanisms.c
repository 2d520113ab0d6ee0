#include "event_text.h"
#include "list_rows.h"

static const char *or_empty(struct invocation *in, const struct parley_date *d) { return d->precision == PARLEY_UNDATED ? "" : date_text(in, d); }

static enum parley_status run(struct invocation *in)
{
    static const char *const key[] = { "mechanism", "name", "kind", "parties", "start", "stop", "stop_kind", "source" };
    const char *const title[] = { PARLEY_SAY(in->lang, "code", "代码"), PARLEY_SAY(in->lang, "mechanism", "机制"), PARLEY_SAY(in->lang, "kind", "种类"), PARLEY_SAY(in->lang, "parties", "各方"),
                                  PARLEY_SAY(in->lang, "start", "开始"), PARLEY_SAY(in->lang, "stop", "停止"), PARLEY_SAY(in->lang, "how", "方式"), PARLEY_SAY(in->lang, "source", "来源") };
    struct parley_record *record = NULL;
    struct parley_mechanism *m = NULL;
    const char **codes = NULL;
    size_t n = 0;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status && in->n_operands)
        status = resolve_actors(in, record, in->operand, in->n_operands, &codes);
    if (!status)
        status = parley_record_mechanisms(record, codes, (size_t)in->n_operands, &in->arena, &m, &n, &in->err);
    parley_record_close(record);
    const char **cell = PARLEY_NEW(&in->arena, const char *, 8 * n + 1);
    if (!status && !cell)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        const char *const row[] = { m[i].code, PARLEY_SAY(in->lang, m[i].en, m[i].zh), list_word(in, m[i].kind), joined(in, m[i].party, m[i].n_parties), or_empty(in, &m[i].start),
                                    or_empty(in, &m[i].stop), list_word(in, m[i].stop_kind), m[i].source };
        for (size_t c = 0; c < 8; c++)
            cell[8 * i + c] = row[c];
    }
    return list_rows(in, key, title, 8, cell, n);
}

const struct command command_record_mechanisms = {
    .name = "record mechanisms",
    .operands = "[ACTOR...]",
    .operands_max = -1,
    .summary = "List the standing arrangements, of everybody or between the actors named.",
    .summary_zh = "列出常设机制。",
    .text = "A mechanism that was resumed has one row for each interval. An empty stop means that no end is known.",
    .examples = "parley record mechanisms CN US\n",
    .run = run,
};

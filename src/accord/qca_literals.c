#include "qca_literals.h"

#include <parley/qca_minimize.h>

#include <stdlib.h>
#include <string.h>

enum parley_status qca_literals_load(const struct parley_qca_table *t, struct parley_arena *arena, struct qca_literals *out, struct parley_error *err)
{
    size_t total = 0, n = t->data->n;
    *out = (struct qca_literals){ 0 };
    for (size_t j = 0; j < t->spec.k; j++)
        total += t->levels[j];
    out->x = malloc((total + 1) * n * sizeof *out->x);
    out->text = PARLEY_NEW(arena, const char *, total);
    out->condition = PARLEY_NEW(arena, size_t, total);
    uint8_t value[PARLEY_QCA_CONDITIONS_MAX];
    if (!out->x || !out->text || !out->condition)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu literals over %zu cases", total, n);
    memset(value, PARLEY_QCA_ANY, sizeof value);
    for (size_t j = 0; j < t->spec.k; j++) {
        const struct parley_qca_column *c = &t->data->column[t->spec.condition[j]];
        unsigned levels = t->levels[j] - c->temporal;
        for (unsigned l = 0; l < levels; l++) {
            unsigned v = levels == 2 && c->kind != PARLEY_QCA_MULTI ? 1 - l : l; /* A before ~A, A[0] before A[1] */
            value[j] = (uint8_t)v;
            parley_qca_term_membership(t, value, out->x + out->n * n);
            out->text[out->n] = parley_qca_term_text(t, value, arena);
            out->condition[out->n++] = j;
        }
        value[j] = PARLEY_QCA_ANY;
    }
    return PARLEY_OK;
}

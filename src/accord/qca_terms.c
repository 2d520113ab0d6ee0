/* Terms as text, membership in them, and parameters of fit. */
#include "qca_sums.h"

#include <parley/qca_minimize.h>
#include <parley/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool parley_qca_term_covers(const uint8_t *value, const uint8_t *config, size_t k)
{
    for (size_t j = 0; j < k; j++)
        if (value[j] != PARLEY_QCA_ANY && value[j] != config[j])
            return false;
    return true;
}

const char *parley_qca_term_text(const struct parley_qca_table *t, const uint8_t *value, struct parley_arena *arena)
{
    char text[8192];
    size_t at = 0;
    bool brackets = false;
    for (size_t j = 0; j < t->spec.k; j++)
        brackets |= t->data->column[t->spec.condition[j]].kind == PARLEY_QCA_MULTI;
    for (size_t j = 0; j < t->spec.k; j++) {
        const char *name = t->data->column[t->spec.condition[j]].name;
        if (value[j] == PARLEY_QCA_ANY)
            continue;
        size_t len = strlen(name);
        if (at + len + 8 > sizeof text)
            return NULL;
        if (at)
            text[at++] = '*';
        if (!brackets && !value[j])
            text[at++] = '~';
        memcpy(text + at, name, len);
        at += len;
        if (brackets) {
            text[at++] = '[';
            if (value[j] > 9)
                text[at++] = (char)('0' + value[j] / 10);
            text[at++] = (char)('0' + value[j] % 10);
            text[at++] = ']';
        }
    }
    return at ? parley_arena_copy(arena, text, at) : "1";
}

void parley_qca_term_membership(const struct parley_qca_table *t, const uint8_t *value, double *out)
{
    size_t n = t->data->n;
    for (size_t i = 0; i < n; i++)
        out[i] = 1;
    for (size_t j = 0; j < t->spec.k; j++) {
        const struct parley_qca_column *c = &t->data->column[t->spec.condition[j]];
        if (value[j] == PARLEY_QCA_ANY)
            continue;
        for (size_t i = 0; i < n; i++) {
            double v = c->kind == PARLEY_QCA_FUZZY ? (value[j] ? c->value[i] : 1 - c->value[i]) : c->value[i] == value[j];
            out[i] = v < out[i] ? v : out[i];
        }
    }
}

static double ratio(double a, double b) { return b > 0 ? a / b : NAN; }

static struct parley_qca_fit fit_of(const struct qca_sums *s, double sum_y)
{
    double rest = s->x - s->xyy;
    return (struct parley_qca_fit){ .incl = ratio(s->xy, s->x), .pri = rest > 1e-12 * s->x ? (s->xy - s->xyy) / rest : NAN,
                                    .cov = ratio(s->xy, sum_y), .unique = NAN };
}

enum parley_status parley_qca_terms_fit(const struct parley_qca_table *t, const struct parley_qca_term *term, size_t n,
                                        struct parley_qca_fit *fit, struct parley_qca_fit *term_fit, struct parley_error *err)
{
    size_t cases = t->data->n;
    double *x = malloc((n + 1) * cases * sizeof *x);
    struct qca_sums *sums = calloc(n + 1, sizeof *sums), all = { 0 };
    double *without = calloc(n + 1, sizeof *without), sum_y = 0;
    if (!x || !sums || !without) {
        free(x), free(sums), free(without);
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the fit of %zu terms over %zu cases", n, cases);
    }
    for (size_t m = 0; m < n; m++)
        parley_qca_term_membership(t, term[m].value, x + m * cases);
    for (size_t i = 0; i < cases; i++) {
        double y = t->outcome[i], yy = fmin(y, 1 - y), high = 0, second = 0;
        size_t best = n;
        for (size_t m = 0; m < n; m++) {
            double v = x[m * cases + i];
            sums[m].x += v;
            sums[m].xy += fmin(v, y);
            sums[m].xyy += fmin(v, yy);
            if (v > high)
                second = high, high = v, best = m;
            else if (v > second)
                second = v;
        }
        if (best < n) /* what the union loses in this case when its best term goes */
            without[best] += fmin(high, y) - fmin(second, y);
        all.x += high;
        all.xy += fmin(high, y);
        all.xyy += fmin(high, yy);
        sum_y += y;
    }
    *fit = fit_of(&all, sum_y);
    for (size_t m = 0; m < n; m++) {
        term_fit[m] = fit_of(&sums[m], sum_y);
        if (n > 1)
            term_fit[m].unique = ratio(without[m], sum_y);
    }
    free(x);
    free(sums);
    free(without);
    return PARLEY_OK;
}

#include <parley/design.h>

#include "gainloss.h"

#include <stdlib.h>

struct parley_situation parley_design_apply(const struct parley_situation *situation, const struct parley_design *d)
{
    struct parley_situation s = *situation;
    s.conditions.multilateral = d->multilateral;
    s.conditions.sensitive = d->sensitive;
    for (size_t m = 0; m < s.book->n_measures; m++)
        s.strength[m] = d->measures >> m & 1;
    return s;
}

static enum parley_status
judge(const struct parley_situation *situation, struct parley_design *d, struct parley_error *err)
{
    struct parley_situation s = parley_design_apply(situation, d);
    struct parley_terms terms[PARLEY_PARTIES_MAX];
    double relative[PARLEY_PARTIES_MAX];
    struct parley_conditions favour = conditions_in_favour(s.conditions);
    situation_terms(&s, &favour, terms, relative);
    d->least_utility = situation_least(&s, terms, relative);
    return parley_gainloss_probability(&s, &d->p_agreement, &d->p_lasting, err);
}

static int by_lasting(const void *a, const void *b)
{
    const struct parley_design *x = a, *y = b;
    if (x->p_lasting != y->p_lasting)
        return x->p_lasting > y->p_lasting ? -1 : 1;
    if (x->n_measures != y->n_measures)
        return x->n_measures < y->n_measures ? -1 : 1;
    if (x->measures != y->measures)
        return x->measures < y->measures ? -1 : 1;
    return (x->multilateral * 2 + x->sensitive) - (y->multilateral * 2 + y->sensitive);
}

/* At least as good everywhere and better somewhere. */
static bool beats(const struct parley_design *x, const struct parley_design *y)
{
    bool as_good = x->p_agreement >= y->p_agreement && x->p_lasting >= y->p_lasting && x->n_measures <= y->n_measures;
    return as_good && (x->p_agreement > y->p_agreement || x->p_lasting > y->p_lasting || x->n_measures < y->n_measures);
}

enum parley_status parley_designs(const struct parley_situation *s, bool vary_type, bool vary_issue,
                                  const struct parley_progress *progress, struct parley_arena *arena,
                                  struct parley_design **out, size_t *n_out, struct parley_error *err)
{
    enum parley_status status = situation_check(s, err);
    if (status)
        return status;
    vary_type &= !(s->conditions.multilateral && s->n > 2); /* more than two cannot be bilateral */
    size_t total = ((size_t)1 << s->book->n_measures) * (vary_type ? 2 : 1) * (vary_issue ? 2 : 1), n = 0;
    struct parley_design *list = PARLEY_NEW(arena, struct parley_design, total);
    if (!list)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (int type = 0; type < (vary_type ? 2 : 1); type++)
        for (int issue = 0; issue < (vary_issue ? 2 : 1); issue++)
            for (uint32_t set = 0; set < 1U << s->book->n_measures; set++, n++) {
                list[n] = (struct parley_design) { .multilateral = s->conditions.multilateral ^ (type == 1),
                                                   .sensitive = s->conditions.sensitive ^ (issue == 1),
                                                   .measures = set,
                                                   .n_measures = (unsigned)__builtin_popcount(set) };
                if (!parley_tick(progress, (double)n, (double)total, "designs"))
                    return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu of %zu designs", n, total);
                status = judge(s, &list[n], err);
                if (status)
                    return status;
            }
    for (size_t i = 0; i < n; i++) {
        list[i].best = true;
        for (size_t k = 0; k < n && list[i].best; k++)
            list[i].best = !beats(&list[k], &list[i]);
    }
    qsort(list, n, sizeof *list, by_lasting);
    *out = list;
    *n_out = n;
    return PARLEY_OK;
}

const struct parley_design *parley_design_advised(const struct parley_design *list, size_t n, double slack)
{
    const struct parley_design *pick = n ? &list[0] : NULL;
    for (size_t i = 1; i < n && list[i].p_lasting >= list[0].p_lasting - slack; i++)
        if (list[i].n_measures < pick->n_measures)
            pick = &list[i];
    return pick;
}

#include "sequence_pair.h"

#include <parley/tree_equilibria.h>
#include <stdlib.h>
#include <string.h>

static enum parley_status no_memory(struct parley_error *err) { return parley_fail(err, PARLEY_ENOMEM, "out of memory"); }

void pair_release(struct sequence_pair *p)
{
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; p->pay[k] && i < p->s[0]->n * p->s[1]->n; i++)
            mpz_clear(p->pay[k][i]);
        free(p->pay[k]);
    }
    *p = (struct sequence_pair){ 0 };
}

void pair_found_release(struct pair_found *found, const struct sequence_pair *p)
{
    for (int k = 0; k < 2; k++)
        fractions_release(found->plan[k], p->s[k]->n);
    *found = (struct pair_found){ 0 };
}

static enum parley_status make_tables(struct sequence_pair *p, struct parley_error *err)
{
    size_t cells = p->s[0]->n * p->s[1]->n;
    for (int k = 0; k < 2; k++) {
        if (!(p->pay[k] = malloc((cells + 1) * sizeof *p->pay[k])))
            return no_memory(err);
        for (size_t i = 0; i < cells; i++)
            mpz_init(p->pay[k][i]);
    }
    return PARLEY_OK;
}

enum parley_status pair_new_strategic(struct sequence_pair *p, struct sequences one_set[2], size_t n, size_t m, struct parley_error *err)
{
    *p = (struct sequence_pair){ .s = { &one_set[0], &one_set[1] } };
    for (int k = 0; k < 2; k++) {
        one_set[k].n_sets = 1;
        one_set[k].n = 1 + (k ? m : n);
        one_set[k].set[0] = (struct sequence_set){ 0, 0, 1, k ? m : n };
    }
    enum parley_status status = make_tables(p, err);
    if (status)
        pair_release(p);
    return status;
}

enum parley_status pair_new(struct sequence_pair *p, const struct sequence_form *f, size_t a, size_t b, struct parley_error *err)
{
    *p = (struct sequence_pair){ .s = { &f->player[a], &f->player[b] } };
    if (p->s[0]->n + p->s[1]->n > PARLEY_SEQUENCES_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "a subgame of two with %zu and %zu sequences would take about %.3g GB; at most %d together are solved", p->s[0]->n, p->s[1]->n,
                           32e-9 * (double)(p->s[0]->n + p->s[1]->n) * (double)(p->s[0]->n + p->s[1]->n), PARLEY_SEQUENCES_MAX);
    enum parley_status status = make_tables(p, err);
    mpz_t unit[2], factor;
    mpz_inits(unit[0], unit[1], factor, NULL);
    size_t who[2] = { a, b };
    for (int k = 0; k < 2; k++) {
        mpz_set_ui(unit[k], 1);
        for (size_t l = 0; l < f->n_leaves; l++)
            mpz_lcm(unit[k], unit[k], mpq_denref(f->value[l * f->n_players + who[k]]));
    }
    p->zero_sum = sequence_constant_sum(f->game, a, b);
    for (size_t l = 0; !status && l < f->n_leaves; l++) {
        const uint32_t *at = f->at + l * f->n_players;
        for (int k = 0; k < 2; k++) {
            mpq_srcptr v = f->value[l * f->n_players + who[k]];
            mpz_divexact(factor, unit[k], mpq_denref(v));
            mpz_addmul(p->pay[k][at[a] * p->s[1]->n + at[b]], factor, mpq_numref(v));
        }
    }
    mpz_clears(unit[0], unit[1], factor, NULL);
    if (status)
        pair_release(p);
    return status;
}

void pair_frame_release(struct pair_frame *f)
{
    free(f->chosen);
    free(f->d);
    *f = (struct pair_frame){ 0 };
}

enum parley_status pair_frame_new(struct pair_frame *f, const struct sequences *s, const size_t *choice, struct parley_error *err)
{
    size_t n = s->n;
    *f = (struct pair_frame){ .n = n, .chosen = calloc(n, sizeof *f->chosen), .d = calloc(n * n, 1) };
    if (!f->chosen || !f->d) {
        pair_frame_release(f);
        return no_memory(err);
    }
    f->chosen[0] = true;
    /* row q: q itself and how play goes on after it */
    for (size_t q = 0; q < n; q++)
        f->d[q * n + q] = 1;
    for (size_t h = s->n_sets; h-- > 0;) {
        f->chosen[choice[h]] = true;
        for (size_t c = 0; c < n; c++)
            f->d[s->set[h].before * n + c] = (signed char)(f->d[s->set[h].before * n + c] + f->d[choice[h] * n + c]);
    }
    for (size_t h = 0; h < s->n_sets; h++)
        for (size_t q = s->set[h].first; q < s->set[h].first + s->set[h].n_actions; q++)
            for (size_t c = 0; q != choice[h] && c < n; c++)
                f->d[q * n + c] = (signed char)(f->d[q * n + c] - f->d[choice[h] * n + c]);
    return PARLEY_OK;
}

enum parley_status pair_reply(const struct sequence_pair *p, size_t who, mpz_t *plan, size_t *choice, struct parley_error *err)
{
    size_t n = p->s[who]->n, other = p->s[1 - who]->n, m = p->s[1]->n;
    mpq_t *gain = fractions_new(n), best;
    if (!gain)
        return no_memory(err);
    mpq_init(best);
    for (size_t s = 0; s < n; s++)
        for (size_t t = 0; t < other; t++)
            if (mpz_sgn(plan[t]))
                mpz_addmul(mpq_numref(gain[s]), p->pay[who][who ? t * m + s : s * m + t], plan[t]);
    sequence_best(p->s[who], gain, best, choice, NULL);
    mpq_clear(best);
    fractions_release(gain, n);
    return PARLEY_OK;
}

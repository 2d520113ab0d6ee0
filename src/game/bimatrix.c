/* All extreme equilibria of two-player games: vertices of the two best-response polytopes, paired by their labels.
 *
 * Strategies x of the row player are the directions of the vertices of P = { x >= 0, B'x <= 1 }, those of the column player
 * of Q = { y >= 0, Ay <= 1 } (payoffs made positive whole numbers first, which changes no equilibrium); a pair in
 * which every strategy is either unused or a best reply is an extreme equilibrium (von Stengel 2002). */
#include "polytope.h"
#include "rational.h"
#include "solve.h"

#include <stdlib.h>
#include <string.h>

/* One player's polytope and what is needed to get back to the payoffs. */
struct side {
    struct polytope p;
    mpz_t *m;
    double *f;
    mpq_t shift, scale; /* whole = (payoff - shift) * scale + 1 */
    struct vertices v;
    mpz_t **z;          /* by vertex: [d] and their sum, or NULL while not needed */
};

struct bimatrix {
    struct solver *s;
    size_t size[2];      /* strategies of each player */
    struct side side[2]; /* side[0]: P, columns are row strategies, rows are column strategies with B; side[1]: Q with A */
    size_t (*pair)[2];
    size_t n_pairs, cap_pairs;
};

static enum parley_status no_memory(struct bimatrix *b) { return parley_fail(b->s->err, PARLEY_ENOMEM, "out of memory"); }

/* Payoff that side i's polytope is made of (the other player's) at its row r, column c. */
static mpq_srcptr entry(const struct bimatrix *b, size_t i, size_t r, size_t c)
{
    const struct parley_game *g = b->s->game;
    size_t row = i == 0 ? c : r, column = i == 0 ? r : c;
    return parley_game_payoff(g, column * g->n_strategies[0] + row, 1 - i)->v;
}

/* Positive whole numbers in the same order and proportion of differences. */
static enum parley_status scale_side(struct bimatrix *b, size_t i)
{
    struct side *s = &b->side[i];
    size_t d = b->size[i], k = b->size[1 - i], n = k * d;
    mpz_t lcm;
    mpq_t q;
    s->p = (struct polytope){ .k = k, .d = d };
    mpq_inits(s->shift, s->scale, q, NULL);
    mpz_init_set_ui(lcm, 1);
    s->m = calloc(n, sizeof *s->m);
    s->f = calloc(n, sizeof *s->f);
    for (size_t e = 0; s->m && e < n; e++) {
        mpq_srcptr x = entry(b, i, e / d, e % d);
        if (e == 0 || mpq_cmp(x, s->shift) < 0)
            mpq_set(s->shift, x);
        mpz_lcm(lcm, lcm, mpq_denref(x));
        mpz_init(s->m[e]);
    }
    mpz_set(mpq_numref(s->scale), lcm);
    bool fits = s->m && s->f;
    for (size_t e = 0; s->m && e < n; e++) {
        mpq_sub(q, entry(b, i, e / d, e % d), s->shift);
        mpq_mul(q, q, s->scale); /* whole: the scale is a multiple of every denominator */
        mpz_add_ui(s->m[e], mpq_numref(q), 1);
        fits &= mpz_sizeinbase(s->m[e], 2) <= 53;
        if (fits)
            s->f[e] = mpz_get_d(s->m[e]);
    }
    s->p.m = (const mpz_t *)s->m;
    s->p.f = fits ? s->f : NULL;
    mpq_clear(q);
    mpz_clear(lcm);
    return s->m && s->f ? PARLEY_OK : no_memory(b);
}

static void release(struct bimatrix *b)
{
    for (int i = 0; i < 2; i++) {
        struct side *s = &b->side[i];
        for (size_t v = 0; s->z && v < s->v.n; v++)
            for (size_t c = 0; s->z[v] && c <= s->p.d; c++)
                mpz_clear(s->z[v][c]);
        for (size_t v = 0; s->z && v < s->v.n; v++)
            free(s->z[v]);
        for (size_t e = 0; s->m && e < s->p.k * s->p.d; e++)
            mpz_clear(s->m[e]);
        if (s->p.k)
            mpq_clears(s->shift, s->scale, NULL);
        free(s->z);
        free(s->m);
        free(s->f);
        free(s->v.tight);
    }
    free(b->pair);
}

/* --- pairing ---------------------------------------------------------------------------------------- */

/* Q's labels begin with the columns; make them begin with the rows, as those of P. */
static void common_labels(struct bimatrix *b)
{
    size_t m = b->size[0], n = b->size[1];
    for (size_t v = 0; v < b->side[1].v.n; v++) {
        struct labels old = b->side[1].v.tight[v], *now = &b->side[1].v.tight[v];
        *now = (struct labels){ { 0 } };
        for (size_t l = 0; l < m + n; l++)
            if (labels_has(&old, l))
                labels_flip(now, l < n ? m + l : l - n);
    }
}

static bool add_pair(struct bimatrix *b, size_t x, size_t y)
{
    if (b->n_pairs == b->cap_pairs) {
        size_t cap = b->cap_pairs ? 2 * b->cap_pairs : 64;
        void *grown = realloc(b->pair, cap * sizeof *b->pair);
        if (!grown)
            return false;
        b->pair = grown;
        b->cap_pairs = cap;
    }
    b->pair[b->n_pairs][0] = x;
    b->pair[b->n_pairs++][1] = y;
    return true;
}

static struct labels missing(const struct labels *l, const struct labels *all)
{
    struct labels rest;
    for (int i = 0; i < LABEL_WORDS; i++)
        rest.w[i] = all->w[i] & ~l->w[i];
    return rest;
}

static bool contains(const struct labels *a, const struct labels *b)
{
    uint64_t lacking = 0;
    for (int i = 0; i < LABEL_WORDS; i++)
        lacking |= b->w[i] & ~a->w[i];
    return !lacking;
}

static size_t slot_of(const struct vertices *v, const uint32_t *slot, size_t cap, const struct labels *l)
{
    uint64_t h = l->w[0] * 0x9e3779b97f4a7c15u ^ l->w[1] * 0xc2b2ae3d27d4eb4fu ^ l->w[2] * 0x165667b19e3779f9u ^ l->w[3];
    size_t at = (size_t)(h ^ h >> 31) & (cap - 1);
    while (slot[at] && !labels_equal(&v->tight[slot[at] - 1], l))
        at = (at + 1) & (cap - 1);
    return at;
}

static size_t count_labels(const struct labels *l)
{
    size_t n = 0;
    for (int i = 0; i < LABEL_WORDS; i++)
        n += (size_t)__builtin_popcountll(l->w[i]);
    return n;
}

/* Where neither vertex is degenerate the partner has exactly the missing labels: a table finds it. */
static bool pair_by_table(struct bimatrix *b, const struct labels *all)
{
    const struct vertices *p = &b->side[0].v, *q = &b->side[1].v;
    size_t cap = 64;
    while (cap < 2 * q->n)
        cap *= 2;
    uint32_t *slot = calloc(cap, sizeof *slot);
    bool ok = slot != NULL;
    for (size_t y = 1; ok && y < q->n; y++)
        if (count_labels(&q->tight[y]) == b->size[1])
            slot[slot_of(q, slot, cap, &q->tight[y])] = (uint32_t)y + 1;
    for (size_t x = 1; ok && x < p->n; x++) { /* vertex 0 is the origin, no strategy */
        if (count_labels(&p->tight[x]) != b->size[0])
            continue;
        struct labels rest = missing(&p->tight[x], all);
        size_t y = slot[slot_of(q, slot, cap, &rest)];
        if (y)
            ok = add_pair(b, x, y - 1);
    }
    free(slot);
    return ok;
}

/* Degenerate vertices of one polytope with all of the other. */
static bool pair_by_search(struct bimatrix *b, const struct labels *all, int degenerate)
{
    const struct vertices *few = &b->side[degenerate].v, *many = &b->side[1 - degenerate].v;
    bool ok = true;
    for (size_t u = 1; ok && u < few->n; u++) {
        if (count_labels(&few->tight[u]) == b->size[degenerate])
            continue;
        struct labels rest = missing(&few->tight[u], all);
        for (size_t v = 1; ok && v < many->n; v++) {
            if (!contains(&many->tight[v], &rest))
                continue;
            if (degenerate == 0)
                ok = add_pair(b, u, v);
            else if (count_labels(&many->tight[v]) == b->size[0]) /* else the first search had it */
                ok = add_pair(b, v, u);
        }
    }
    return ok;
}

static enum parley_status pair_vertices(struct bimatrix *b, const struct labels *all)
{
    return pair_by_table(b, all) && pair_by_search(b, all, 0) && pair_by_search(b, all, 1) ? PARLEY_OK : no_memory(b);
}

/* --- exact numbers ---------------------------------------------------------------------------------- */

/* Fraction-free elimination (Bareiss 1968) on the tight rows and used columns: n rows, s columns and the right side 1. On return
 * row c holds the pivot of column c; solution c = right side / pivot. n >= s, rank s. */
static bool eliminate(mpz_t *t, size_t n, size_t s)
{
    mpz_t last;
    mpz_init_set_ui(last, 1);
    bool ok = true;
    for (size_t c = 0; ok && c < s; c++) {
        size_t r = c;
        while (r < n && mpz_sgn(t[r * (s + 1) + c]) == 0)
            r++;
        if (!(ok = r < n))
            break;
        for (size_t j = 0; r != c && j <= s; j++)
            mpz_swap(t[r * (s + 1) + j], t[c * (s + 1) + j]);
        for (size_t i = 0; i < n; i++) {
            if (i == c)
                continue;
            for (size_t j = 0; j <= s; j++) {
                if (j == c)
                    continue;
                mpz_mul(t[i * (s + 1) + j], t[i * (s + 1) + j], t[c * (s + 1) + c]);
                mpz_submul(t[i * (s + 1) + j], t[i * (s + 1) + c], t[c * (s + 1) + j]);
                mpz_divexact(t[i * (s + 1) + j], t[i * (s + 1) + j], last);
            }
            mpz_set_ui(t[i * (s + 1) + c], 0);
        }
        mpz_set(last, t[c * (s + 1) + c]);
    }
    mpz_clear(last);
    return ok;
}

/* z of vertex v as whole numbers over a common denominator that is dropped: only the direction matters. */
static enum parley_status solve_vertex(struct bimatrix *b, size_t i, size_t v)
{
    struct side *s = &b->side[i];
    size_t d = s->p.d, k = s->p.k, first = i == 0 ? 0 : b->size[0], other = i == 0 ? b->size[0] : 0, support[LABELS_MAX], rows[LABELS_MAX], ns = 0, nr = 0;
    if (s->z[v])
        return PARLEY_OK;
    for (size_t c = 0; c < d; c++)
        if (!labels_has(&s->v.tight[v], first + c))
            support[ns++] = c;
    for (size_t r = 0; r < k; r++)
        if (labels_has(&s->v.tight[v], other + r))
            rows[nr++] = r;
    mpz_t *t = calloc(nr * (ns + 1), sizeof *t), *z = calloc(d + 1, sizeof *z);
    bool ok = t && z;
    for (size_t e = 0; ok && e < nr * (ns + 1); e++) {
        if (e % (ns + 1) == ns)
            mpz_init_set_ui(t[e], 1);
        else
            mpz_init_set(t[e], s->p.m[rows[e / (ns + 1)] * d + support[e % (ns + 1)]]);
    }
    bool solved = ok && nr >= ns && eliminate(t, nr, ns);
    for (size_t c = 0; ok && c <= d; c++)
        mpz_init(z[c]);
    if (solved) { /* all pivots are the same number after a full Gauss-Jordan elimination without fractions */
        int sign = mpz_sgn(t[0]);
        for (size_t c = 0; c < ns; c++) {
            mpz_mul_si(z[support[c]], t[c * (ns + 1) + ns], sign);
            mpz_add(z[d], z[d], z[support[c]]);
        }
        mpz_t common;
        mpz_init_set(common, z[d]);
        for (size_t c = 0; c < ns; c++)
            mpz_gcd(common, common, z[support[c]]);
        for (size_t c = 0; c <= d && mpz_cmp_ui(common, 1) > 0; c++)
            mpz_divexact(z[c], z[c], common);
        mpz_clear(common);
    }
    for (size_t e = 0; ok && e < nr * (ns + 1); e++)
        mpz_clear(t[e]);
    free(t);
    s->z[v] = ok ? z : NULL;
    if (!ok)
        free(z);
    return !ok ? no_memory(b) : solved ? PARLEY_OK : parley_fail(b->s->err, PARLEY_ENOCONV, "internal: the labels of a vertex do not determine it");
}

/* What every strategy of player i earns against z of the other player, whole numbers; check that those in use earn the most. */
static bool best_replies(struct bimatrix *b, size_t i, const mpz_t *own, const mpz_t *z, mpz_ptr best)
{
    const struct side *other = &b->side[1 - i]; /* its rows are player i's strategies, with player i's payoffs */
    size_t d = other->p.d, k = other->p.k;
    mpz_t sum;
    bool ok = true, any = false;
    mpz_init(sum);
    for (int pass = 0; pass < 2; pass++)
        for (size_t r = 0; r < k; r++) {
            if (pass == 1 && mpz_sgn(own[r]) == 0)
                continue;
            mpz_set_ui(sum, 0);
            for (size_t c = 0; c < d; c++)
                if (mpz_sgn(z[c]))
                    mpz_addmul(sum, other->p.m[r * d + c], z[c]);
            if (pass == 0 && (!any || mpz_cmp(sum, best) > 0))
                mpz_set(best, sum);
            any = true;
            ok &= pass == 0 || mpz_cmp(sum, best) == 0;
        }
    for (size_t r = 0; r < k; r++)
        ok &= mpz_sgn(own[r]) >= 0;
    mpz_clear(sum);
    return ok;
}

static enum parley_status write_equilibrium(struct bimatrix *b, size_t index)
{
    struct solver *s = b->s;
    struct parley_equilibrium *e = &s->out->equilibrium[index];
    const mpz_t *z[2];
    mpq_t q;
    mpz_t best;
    bool ok = true, verified = true;
    size_t at = 0, used = 0;
    for (size_t i = 0; i < 2; i++) {
        enum parley_status status = solve_vertex(b, i, b->pair[index][i]);
        if (status)
            return status;
        z[i] = (const mpz_t *)b->side[i].z[b->pair[index][i]];
    }
    mpq_init(q);
    mpz_init(best);
    for (size_t i = 0; ok && i < 2; i++) {
        for (size_t c = 0; ok && c < b->size[i]; c++, at++) {
            mpz_set(mpq_numref(q), z[i][c]);
            mpz_set(mpq_denref(q), z[i][b->size[i]]);
            mpq_canonicalize(q);
            used += mpq_sgn(q) != 0;
            e->approximate[at] = mpq_get_d(q);
            ok = (e->probability[at] = exact_keep(q, s->arena)) != NULL;
        }
        verified &= best_replies(b, i, z[i], z[1 - i], best);
        mpz_set(mpq_numref(q), best); /* best / sum = (payoff - shift) scale + 1 */
        mpz_set(mpq_denref(q), z[1 - i][b->size[1 - i]]);
        mpq_canonicalize(q);
        mpz_sub(mpq_numref(q), mpq_numref(q), mpq_denref(q));
        mpq_div(q, q, b->side[1 - i].scale);
        mpq_add(q, q, b->side[1 - i].shift);
        e->payoff_approximate[i] = mpq_get_d(q);
        ok = ok && (e->payoff[i] = exact_keep(q, s->arena)) != NULL;
    }
    e->pure = used == 2;
    mpq_clear(q);
    mpz_clear(best);
    if (ok && !verified)
        return parley_fail(s->err, PARLEY_ENOCONV, "internal: a profile found is no equilibrium");
    return ok ? PARLEY_OK : no_memory(b);
}

/* --- the whole ---------------------------------------------------------------------------------------- */

static enum parley_status enumerate(struct bimatrix *b, size_t i)
{
    struct solver *s = b->s;
    struct side *side = &b->side[i];
    size_t max = s->options.max_bases ? s->options.max_bases : PARLEY_BASES_MAX;
    bool certain = false;
    enum parley_status status = vertices_fast(&side->p, max, s->progress, &side->v, &certain, s->err);
    if (!status && !certain)
        status = vertices_exact(&side->p, max, s->progress, &side->v, s->err);
    if (!status && !(side->z = calloc(side->v.n, sizeof *side->z)))
        status = no_memory(b);
    return status;
}

static enum parley_status write_all(struct bimatrix *b)
{
    struct solver *s = b->s;
    enum parley_status status = PARLEY_OK;
    if (b->n_pairs > PARLEY_EQUILIBRIA_MAX)
        return parley_fail(s->err, PARLEY_ELIMIT, "%zu extreme equilibria; at most %d are listed", b->n_pairs, PARLEY_EQUILIBRIA_MAX);
    status = solve_room(s, b->n_pairs, true);
    for (size_t e = 0; !status && e < b->n_pairs; e++)
        status = write_equilibrium(b, e);
    size_t *order = status ? NULL : malloc((b->n_pairs + 1) * sizeof *order), (*sorted)[2] = status ? NULL : malloc((b->n_pairs + 1) * sizeof *sorted);
    if (!status && (!order || !sorted))
        status = no_memory(b);
    if (!status) {
        solve_sort(s, order);
        for (size_t e = 0; e < b->n_pairs; e++)
            memcpy(sorted[e], b->pair[order[e]], sizeof *sorted);
        status = nash_subsets(s, (const size_t (*)[2])sorted, b->n_pairs);
    }
    free(order);
    free(sorted);
    return status;
}

enum parley_status solve_two_players(struct solver *s)
{
    struct bimatrix b = { .s = s, .size = { s->game->n_strategies[0], s->game->n_strategies[1] } };
    size_t n_labels = b.size[0] + b.size[1];
    if (n_labels > LABELS_MAX)
        return parley_fail(s->err, PARLEY_ELIMIT, "%zu and %zu strategies; all equilibria are enumerated up to %d strategies together", b.size[0],
                           b.size[1], LABELS_MAX);
    struct labels all = { { 0 } };
    for (size_t l = 0; l < n_labels; l++)
        labels_flip(&all, l);
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; !status && i < 2; i++)
        status = scale_side(&b, i);
    for (size_t i = 0; !status && i < 2; i++)
        status = enumerate(&b, i);
    bool simple = !status && b.side[0].v.simple && b.side[1].v.simple;
    if (!status) {
        common_labels(&b);
        status = pair_vertices(&b, &all);
    }
    if (!status)
        status = write_all(&b);
    if (!status) {
        s->out->complete = true;
        s->out->method = "vertex enumeration of both best-response polytopes";
        s->out->argument = simple ? "all vertices of both polytopes were visited; the game is nondegenerate, so the equilibria are isolated and odd in number"
                                  : "all vertices of both polytopes were visited; the game is degenerate: every equilibrium is a mixture within a subset";
    }
    release(&b);
    return status;
}

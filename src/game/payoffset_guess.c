/* From an outer set that has nearly settled to the fractions it tends to: every corner is labelled by how the operator makes it, and the labels
 * are equations. Corners whose binding coordinate follows from a known threat come one after another; the rest must be linear. */
#include "payoffset_guess.h"

#include <math.h>
#include <stdlib.h>

enum made { KEPT, CORNER, ON_EDGE, ON_VERTEX };

struct label {
    enum made made;
    size_t profile;
    int axis;    /* ON_EDGE, ON_VERTEX: the coordinate that binds */
    size_t j, l; /* of the edge from j to l, or the vertex j */
};

struct guess {
    struct solver *s;
    size_t n;
    double w[GUESS_CORNERS_MAX][2], scale, tolerance;
    double (*stage)[2], (*extra)[2], threat[2];
    int worst[2]; /* the corner that holds player k down, -1: the minmax */
    struct label label[GUESS_CORNERS_MAX];
    mpq_t value[GUESS_CORNERS_MAX][2], exact_threat[2], t, u;
    bool known[GUESS_CORNERS_MAX][2], in[GUESS_CORNERS_MAX][2], threat_known[2];
    size_t unknown[GUESS_CORNERS_MAX][2], unknowns;
    mpq_t *matrix; /* [unknowns][unknowns + 1] */
};

static double apart(const double a[2], const double b[2]) { return fmax(fabs(a[0] - b[0]), fabs(a[1] - b[1])); }

/* --- corners ---------------------------------------------------------------------------------- */

/* Points closer than the tolerance are one corner, and one that hardly bends the outline is none. */
static bool gather(struct guess *g, const struct outer *o)
{
    size_t n = outer_points(o), start = 0, m = 0;
    double p[2], before[2];
    outer_point(o, n - 1, before);
    for (size_t i = 0; i < n; i++) { /* begin where a cluster begins */
        outer_point(o, i, p);
        if (apart(p, before) > g->tolerance) {
            start = i;
            break;
        }
        before[0] = p[0], before[1] = p[1];
    }
    for (size_t i = 0; i < n; i++) {
        outer_point(o, (start + i) % n, p);
        if (m && apart(p, g->w[m - 1]) <= g->tolerance)
            continue;
        if (m == GUESS_CORNERS_MAX)
            return false;
        g->w[m][0] = p[0];
        g->w[m++][1] = p[1];
    }
    if (m > 1 && apart(g->w[0], g->w[m - 1]) <= g->tolerance)
        m--;
    for (size_t i = 0; m > 2 && i < m;) {
        const double *a = g->w[(i + m - 1) % m], *b = g->w[i], *c = g->w[(i + 1) % m];
        double dx = c[0] - a[0], dy = c[1] - a[1], bend = fabs(dx * (b[1] - a[1]) - dy * (b[0] - a[0]));
        bool between = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) > 0; /* and not the end of a thin outline */
        if (!between || bend > g->tolerance * hypot(dx, dy)) {
            i++;
            continue;
        }
        for (size_t k = i; k + 1 < m; k++)
            g->w[k][0] = g->w[k + 1][0], g->w[k][1] = g->w[k + 1][1];
        m--;
        i = 0;
    }
    g->n = m;
    return true;
}

static void find_threats(struct guess *g)
{
    for (int k = 0; k < 2; k++) {
        size_t low = 0;
        for (size_t i = 1; i < g->n; i++)
            low = g->w[i][k] < g->w[low][k] ? i : low;
        double minmax = mpq_get_d(g->s->minmax[k]);
        g->worst[k] = g->w[low][k] <= minmax + g->tolerance ? -1 : (int)low;
        g->threat[k] = g->worst[k] < 0 ? minmax : g->w[low][k];
    }
}

/* --- labels ----------------------------------------------------------------------------------- */

struct best {
    double gap[GUESS_CORNERS_MAX];
};

static void offer(struct guess *g, struct best *best, const double v[2], struct label label)
{
    for (size_t i = 0; i < g->n; i++) {
        double gap = apart(v, g->w[i]);
        if (gap < best->gap[i] - 1e-9 * g->scale) {
            best->gap[i] = gap;
            g->label[i] = label;
        }
    }
}

static void promise(struct guess *g, struct best *best, const double w[2], struct label label)
{
    double d = mpq_get_d(g->s->d), v[2];
    for (int k = 0; k < 2; k++)
        v[k] = (1 - d) * g->stage[label.profile][k] + d * w[k];
    offer(g, best, v, label);
}

static bool inside(const struct guess *g, const double p[2])
{
    for (size_t i = 0; i < g->n; i++) {
        const double *a = g->w[i], *b = g->w[(i + 1) % g->n];
        double dx = b[0] - a[0], dy = b[1] - a[1];
        if (dx * (p[1] - a[1]) - dy * (p[0] - a[0]) < -g->tolerance * hypot(dx, dy))
            return false;
        if (g->n <= 2 && (p[0] < fmin(a[0], b[0]) - g->tolerance || p[0] > fmax(a[0], b[0]) + g->tolerance || p[1] < fmin(a[1], b[1]) - g->tolerance ||
                          p[1] > fmax(a[1], b[1]) + g->tolerance))
            return false;
    }
    return true;
}

static void offer_profile(struct guess *g, struct best *best, size_t p)
{
    double least[2], w[2];
    for (int k = 0; k < 2; k++)
        least[k] = g->threat[k] + g->extra[p][k];
    if (inside(g, least))
        promise(g, best, least, (struct label){ CORNER, p, 0, 0, 0 });
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < g->n; i++) {
            size_t next = (i + 1) % g->n;
            const double *a = g->w[i], *b = g->w[next];
            struct label label = { ON_VERTEX, p, k, i, next };
            if (fabs(a[k] - least[k]) <= g->tolerance) {
                w[k] = least[k];
                w[!k] = a[!k];
            } else if ((a[k] < least[k]) != (b[k] < least[k]) && fabs(b[k] - least[k]) > g->tolerance) {
                label.made = ON_EDGE;
                w[k] = least[k];
                w[!k] = a[!k] + (least[k] - a[k]) / (b[k] - a[k]) * (b[!k] - a[!k]);
            } else {
                continue;
            }
            if (w[!k] >= least[!k] - g->tolerance)
                promise(g, best, w, label);
        }
}

static bool label_all(struct guess *g)
{
    struct best best;
    size_t profiles = g->s->game->n_profiles;
    for (size_t i = 0; i < g->n; i++)
        best.gap[i] = INFINITY;
    for (int pass = 0; pass < 2; pass++) /* payoffs kept for ever first: they are the simplest reason */
        for (size_t p = 0; p < profiles; p++) {
            bool kept = true;
            for (int k = 0; k < 2; k++)
                kept = kept && g->stage[p][k] >= g->threat[k] + g->extra[p][k] - g->tolerance;
            if (pass == 0 && kept)
                offer(g, &best, g->stage[p], (struct label){ KEPT, p, 0, 0, 0 });
            if (pass == 1 && !kept)
                offer_profile(g, &best, p);
        }
    for (size_t i = 0; i < g->n; i++)
        if (!(best.gap[i] <= 0.02 * g->scale))
            return false;
    return true;
}

/* --- one after another ------------------------------------------------------------------------ */

static bool binds(const struct label *l, int k) { return l->made == CORNER || ((l->made == ON_EDGE || l->made == ON_VERTEX) && l->axis == k); }

/* out = (1 - d) stage + d w */
static void promised(struct guess *g, mpq_t out, size_t profile, int k, mpq_srcptr w)
{
    mpq_mul(g->t, g->s->rest, g->s->stage[profile].v[k]);
    mpq_mul(out, g->s->d, w);
    mpq_add(out, out, g->t);
}

/* out = threat + (1 - d) / d gain */
static void least_of(struct guess *g, mpq_t out, size_t profile, int k)
{
    mpq_mul(out, g->s->ratio, g->s->gain[profile].v[k]);
    mpq_add(out, out, g->exact_threat[k]);
}

/* How far along its edge a cut lies; false when the ends are not known in the binding coordinate, or equal. */
static bool along(struct guess *g, const struct label *l, mpq_t out)
{
    int k = l->axis;
    if (!g->threat_known[k] || !g->known[l->j][k] || !g->known[l->l][k] || mpq_equal(g->value[l->j][k], g->value[l->l][k]))
        return false;
    least_of(g, out, l->profile, k);
    mpq_sub(out, out, g->value[l->j][k]);
    mpq_sub(g->t, g->value[l->l][k], g->value[l->j][k]);
    mpq_div(out, out, g->t);
    return true;
}

/* Two points of the line an edge lies on. A corner that is made from the edge it begins or ends lies between its stage payoff and the other
 * end, so the line is known without it. */
static bool line_of(const struct guess *g, const struct label *l, mpq_srcptr p[2], mpq_srcptr q[2])
{
    size_t end[2] = { l->j, l->l };
    bool known[2];
    for (int e = 0; e < 2; e++)
        known[e] = g->known[end[e]][0] && g->known[end[e]][1];
    if (!known[0] && !known[1])
        return false;
    int fixed = known[0] ? 0 : 1;
    const struct label *other = &g->label[end[!fixed]];
    bool own = other->made == ON_EDGE && other->j == l->j && other->l == l->l;
    if (!known[!fixed] && !own)
        return false;
    for (int k = 0; k < 2; k++) {
        p[k] = g->value[end[fixed]][k];
        q[k] = known[!fixed] ? g->value[end[!fixed]][k] : g->s->stage[other->profile].v[k];
    }
    return true;
}

/* out = the coordinate that does not bind of the point where the edge is cut */
static bool cut_at(struct guess *g, const struct label *l, mpq_t out)
{
    int k = l->axis;
    mpq_srcptr p[2], q[2];
    if (!g->threat_known[k] || !line_of(g, l, p, q) || mpq_equal(p[k], q[k]))
        return false;
    least_of(g, out, l->profile, k);
    mpq_sub(out, out, p[k]);
    mpq_sub(g->t, q[k], p[k]);
    mpq_div(out, out, g->t);
    mpq_sub(g->t, q[!k], p[!k]);
    mpq_mul(out, out, g->t);
    mpq_add(out, out, p[!k]);
    return true;
}

/* An edge along which the coordinate k stands still, and an end of it to read that from; l->j where it does not. */
static bool level(const struct guess *g, size_t i, int k, size_t *end)
{
    const struct label *l = &g->label[i];
    *end = l->made == ON_EDGE && (l->j == i || !g->known[l->j][k]) && l->l != i ? l->l : l->j;
    return l->made == ON_VERTEX || (l->made == ON_EDGE && fabs(g->w[l->j][k] - g->w[l->l][k]) <= g->tolerance);
}

static bool find_value(struct guess *g, size_t i, int k)
{
    const struct label *l = &g->label[i];
    size_t end;
    if (l->made == KEPT) {
        mpq_set(g->value[i][k], g->s->stage[l->profile].v[k]);
        return true;
    }
    if (binds(l, k)) {
        if (!g->threat_known[k])
            return false;
        least_of(g, g->u, l->profile, k);
        promised(g, g->value[i][k], l->profile, k, g->u);
        return true;
    }
    if (level(g, i, k, &end)) {
        if (!g->known[end][k])
            return false;
        mpq_set(g->u, g->value[end][k]);
    } else if (!cut_at(g, l, g->u)) {
        return false;
    }
    promised(g, g->value[i][k], l->profile, k, g->u);
    return true;
}

static bool find_threat(struct guess *g, int k)
{
    if (g->worst[k] < 0) {
        mpq_set(g->exact_threat[k], g->s->minmax[k]);
        return true;
    }
    size_t m = (size_t)g->worst[k];
    if (g->known[m][k]) {
        mpq_set(g->exact_threat[k], g->value[m][k]);
        return true;
    }
    if (!binds(&g->label[m], k))
        return false;
    /* t = (1 - d) stage + d (t + (1 - d) / d gain): the best deviation, for ever */
    mpq_add(g->exact_threat[k], g->s->stage[g->label[m].profile].v[k], g->s->gain[g->label[m].profile].v[k]);
    return true;
}

static void propagate(struct guess *g)
{
    for (bool more = true; more;) {
        more = false;
        for (int k = 0; k < 2; k++) {
            if (!g->threat_known[k])
                more |= g->threat_known[k] = find_threat(g, k);
            for (size_t i = 0; i < g->n; i++)
                if (!g->known[i][k])
                    more |= g->known[i][k] = find_value(g, i, k);
        }
    }
}

/* --- several at once -------------------------------------------------------------------------- */

#define CELL(g, r, c) ((g)->matrix[(r) * ((g)->unknowns + 1) + (c)])
#define RIGHT(g, r) CELL(g, r, (g)->unknowns)

/* Unknown values whose equations are linear in unknown values of the same set. */
static bool linear(struct guess *g, size_t i, int k)
{
    const struct label *l = &g->label[i];
    size_t end;
    if (binds(l, k))
        return g->worst[k] >= 0 && (g->known[g->worst[k]][k] || g->in[g->worst[k]][k]);
    if (level(g, i, k, &end))
        return g->known[end][k] || g->in[end][k];
    return (g->known[l->j][k] || g->in[l->j][k]) && (g->known[l->l][k] || g->in[l->l][k]) && along(g, l, g->u);
}

static void choose(struct guess *g)
{
    for (size_t i = 0; i < g->n; i++)
        for (int k = 0; k < 2; k++)
            g->in[i][k] = !g->known[i][k];
    for (bool less = true; less;) {
        less = false;
        for (size_t i = 0; i < g->n; i++)
            for (int k = 0; k < 2; k++)
                if (g->in[i][k] && !linear(g, i, k)) {
                    g->in[i][k] = false;
                    less = true;
                }
    }
    g->unknowns = 0;
    for (size_t i = 0; i < g->n; i++)
        for (int k = 0; k < 2; k++)
            if (g->in[i][k])
                g->unknown[i][k] = g->unknowns++;
}

/* row += factor * value[i][k], into the column of an unknown or onto the right side */
static void term(struct guess *g, size_t row, size_t i, int k, mpq_srcptr factor)
{
    if (g->known[i][k]) {
        mpq_mul(g->t, factor, g->value[i][k]);
        mpq_sub(RIGHT(g, row), RIGHT(g, row), g->t);
    } else {
        mpq_add(CELL(g, row, g->unknown[i][k]), CELL(g, row, g->unknown[i][k]), factor);
    }
}

/* value[i][k] - d (what it is made of) = (1 - d) stage */
static void equation(struct guess *g, size_t i, int k)
{
    const struct label *l = &g->label[i];
    size_t row = g->unknown[i][k], end;
    mpq_t f;
    mpq_init(f);
    mpq_set_ui(f, 1, 1);
    term(g, row, i, k, f);
    mpq_mul(g->t, g->s->rest, g->s->stage[l->profile].v[k]);
    mpq_add(RIGHT(g, row), RIGHT(g, row), g->t);
    mpq_neg(f, g->s->d);
    if (binds(l, k)) { /* the threat, which is itself unknown, and what stays out of the gain */
        mpq_mul(g->t, g->s->rest, g->s->gain[l->profile].v[k]);
        mpq_add(RIGHT(g, row), RIGHT(g, row), g->t);
        term(g, row, (size_t)g->worst[k], k, f);
    } else if (level(g, i, k, &end)) {
        term(g, row, end, k, f);
    } else if (along(g, l, g->u)) {
        mpq_mul(f, f, g->u);
        term(g, row, l->l, k, f);
        mpq_add(f, f, g->s->d); /* -d t becomes -d (1 - t) */
        mpq_neg(f, f);
        term(g, row, l->j, k, f);
    }
    mpq_clear(f);
}

/* Gauss and Jordan; false when the equations do not decide. */
static bool eliminate(struct guess *g)
{
    size_t n = g->unknowns;
    for (size_t c = 0; c < n; c++) {
        size_t r = c;
        while (r < n && mpq_sgn(CELL(g, r, c)) == 0)
            r++;
        if (r == n)
            return false;
        for (size_t k = 0; r != c && k <= n; k++)
            mpq_swap(CELL(g, r, k), CELL(g, c, k));
        for (size_t k = n + 1; k-- > c;)
            mpq_div(CELL(g, c, k), CELL(g, c, k), CELL(g, c, c));
        for (size_t i = 0; i < n; i++) {
            if (i == c || mpq_sgn(CELL(g, i, c)) == 0)
                continue;
            mpq_set(g->u, CELL(g, i, c));
            for (size_t k = c; k <= n; k++) {
                mpq_mul(g->t, g->u, CELL(g, c, k));
                mpq_sub(CELL(g, i, k), CELL(g, i, k), g->t);
            }
        }
    }
    return true;
}

/* Solve the linear ones together; false when there are none, or they do not decide. */
static bool solve_some(struct guess *g)
{
    choose(g);
    size_t cells = g->unknowns * (g->unknowns + 1);
    if (cells == 0 || !(g->matrix = malloc(cells * sizeof *g->matrix)))
        return false;
    for (size_t c = 0; c < cells; c++)
        mpq_init(g->matrix[c]);
    for (size_t i = 0; i < g->n; i++)
        for (int k = 0; k < 2; k++)
            if (g->in[i][k])
                equation(g, i, k);
    bool ok = eliminate(g);
    for (size_t i = 0; ok && i < g->n; i++)
        for (int k = 0; k < 2; k++)
            if (g->in[i][k]) {
                mpq_set(g->value[i][k], RIGHT(g, g->unknown[i][k]));
                g->known[i][k] = true;
            }
    for (size_t c = 0; c < cells; c++)
        mpq_clear(g->matrix[c]);
    free(g->matrix);
    return ok;
}

static bool all_known(const struct guess *g)
{
    for (size_t i = 0; i < g->n; i++)
        if (!g->known[i][0] || !g->known[i][1])
            return false;
    return true;
}

static bool solve(struct guess *g)
{
    for (;;) {
        propagate(g);
        if (all_known(g))
            return true;
        if (!solve_some(g))
            return false;
    }
}

/* --- the guess -------------------------------------------------------------------------------- */

bool payoffset_guess(struct solver *s, const struct outer *o, struct polygon *to)
{
    static const double cells = 0x1p-36;
    struct guess g = { .s = s };
    size_t profiles = s->game->n_profiles;
    double (*numbers)[2] = malloc(2 * profiles * sizeof *numbers);
    bool ok = numbers != NULL;
    g.stage = numbers;
    g.extra = numbers + profiles;
    double low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY }, ratio = mpq_get_d(s->ratio);
    for (size_t p = 0; ok && p < profiles; p++)
        for (int k = 0; k < 2; k++) {
            g.stage[p][k] = mpq_get_d(s->stage[p].v[k]);
            g.extra[p][k] = ratio * mpq_get_d(s->gain[p].v[k]);
            low[k] = fmin(low[k], g.stage[p][k]);
            high[k] = fmax(high[k], g.stage[p][k]);
        }
    g.scale = fmax(high[0] - low[0], high[1] - low[1]);
    g.tolerance = fmin(2e-3 * g.scale, fmax(cells * fmax(fmax(fabs(low[0]), fabs(high[0])), fmax(fabs(low[1]), fabs(high[1]))), 32 * outer_moved(o)));
    for (size_t i = 0; i < GUESS_CORNERS_MAX; i++)
        mpq_inits(g.value[i][0], g.value[i][1], NULL);
    mpq_inits(g.exact_threat[0], g.exact_threat[1], g.t, g.u, NULL);
    if ((ok = ok && gather(&g, o))) {
        find_threats(&g);
        ok = label_all(&g);
    }
    ok = ok && solve(&g);
    to->n = 0;
    for (size_t i = 0; ok && i < g.n; i++)
        ok = polygon_add(to, g.value[i][0], g.value[i][1]);
    for (size_t i = 0; i < GUESS_CORNERS_MAX; i++)
        mpq_clears(g.value[i][0], g.value[i][1], NULL);
    mpq_clears(g.exact_threat[0], g.exact_threat[1], g.t, g.u, NULL);
    free(numbers);
    return ok;
}

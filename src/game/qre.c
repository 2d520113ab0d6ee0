/* Logit quantal response: the curve { (p, lambda) : p = logit(lambda u(p)) } from the centre at lambda = 0, followed by arc length. */
#include "rational.h"
#include "solve.h"

#include <math.h>
#include <parley/game_concepts.h>
#include <stdlib.h>
#include <string.h>

struct path {
    const struct parley_game *g;
    size_t width, n_players, first[PARLEY_GAME_PLAYERS_MAX];
    double *u;      /* [n_profiles * n_players], scaled so that the widest range of payoffs is 1 */
    double unit;
    double *value;  /* [width]: payoff of each strategy */
    double *slope;  /* [width * width]: its derivative in the other players' probabilities */
    double *jacobian, *f; /* [width + 1][width + 2] with right side; residuals */
    double *y, *tangent, *trial; /* [width + 1]: logs of the probabilities, then lambda */
    size_t *own;
};

static enum parley_status path_new(struct path *w, const struct parley_game *g, struct parley_error *err)
{
    double low = INFINITY, high = -INFINITY;
    *w = (struct path){ .g = g, .n_players = g->n_players, .width = solve_width(g) };
    size_t n = w->width;
    if (n > PARLEY_QRE_WIDTH_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%zu strategies of all players together; the path is followed up to %d", n, PARLEY_QRE_WIDTH_MAX);
    for (size_t i = 0, at = 0; i < g->n_players; at += g->n_strategies[i++])
        w->first[i] = at;
    double *memory = calloc(g->n_profiles * g->n_players + n + n * n + (n + 1) * (n + 2) + n + 4 * (n + 1), sizeof *memory);
    w->own = calloc(g->n_players, sizeof *w->own);
    if (!memory || !w->own) {
        free(memory);
        free(w->own);
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    w->u = memory;
    w->value = w->u + g->n_profiles * g->n_players;
    w->slope = w->value + n;
    w->jacobian = w->slope + n * n;
    w->f = w->jacobian + (n + 1) * (n + 2);
    w->y = w->f + n;
    w->tangent = w->y + n + 1;
    w->trial = w->tangent + n + 1;
    for (size_t e = 0; e < g->n_profiles * g->n_players; e++)
        w->u[e] = parley_exact_double(g->payoff[e]);
    for (size_t i = 0; i < g->n_players; i++) {
        low = INFINITY, high = -INFINITY;
        for (size_t p = 0; p < g->n_profiles; p++) {
            low = fmin(low, w->u[p * g->n_players + i]);
            high = fmax(high, w->u[p * g->n_players + i]);
        }
        w->unit = fmax(w->unit, high - low);
    }
    if (!(w->unit > 0))
        w->unit = 1;
    for (size_t e = 0; e < g->n_profiles * g->n_players; e++)
        w->u[e] /= w->unit;
    return PARLEY_OK;
}

static void path_release(struct path *w)
{
    free(w->u);
    free(w->own);
}

/* Payoffs of all strategies and their derivatives at the probabilities exp(y). */
static void payoffs(struct path *w, const double *y)
{
    const struct parley_game *g = w->g;
    double p[PARLEY_QRE_WIDTH_MAX];
    size_t n = w->width;
    for (size_t a = 0; a < n; a++)
        p[a] = exp(y[a]);
    memset(w->value, 0, n * sizeof *w->value);
    memset(w->slope, 0, n * n * sizeof *w->slope);
    for (size_t profile = 0; profile < g->n_profiles; profile++) {
        size_t rest = profile;
        for (size_t i = 0; i < w->n_players; rest /= g->n_strategies[i++])
            w->own[i] = w->first[i] + rest % g->n_strategies[i];
        for (size_t i = 0; i < w->n_players; i++) {
            double u = w->u[profile * w->n_players + i], all = 1;
            for (size_t j = 0; j < w->n_players; j++)
                if (j != i)
                    all *= p[w->own[j]];
            w->value[w->own[i]] += all * u;
            for (size_t j = 0; j < w->n_players; j++) /* derivative in log p of j: the same product */
                if (j != i)
                    w->slope[w->own[i] * n + w->own[j]] += all * u;
        }
    }
}

/* Residuals at z = (y, lambda) into f and the Jacobian (rows: equations, columns: y, lambda). */
static double system_at(struct path *w, const double *z)
{
    size_t n = w->width, c = n + 2;
    double lambda = z[n], worst = 0;
    payoffs(w, z);
    memset(w->jacobian, 0, (n + 1) * c * sizeof *w->jacobian);
    for (size_t i = 0; i < w->n_players; i++) {
        size_t a0 = w->first[i];
        double sum = -1;
        for (size_t k = 0; k < w->g->n_strategies[i]; k++) {
            double *row = w->jacobian + (a0 + k) * c;
            sum += exp(z[a0 + k]);
            w->jacobian[a0 * c + a0 + k] += exp(z[a0 + k]);
            if (k == 0)
                continue;
            w->f[a0 + k] = z[a0 + k] - z[a0] - lambda * (w->value[a0 + k] - w->value[a0]);
            row[a0 + k] += 1;
            row[a0] -= 1;
            for (size_t v = 0; v < n; v++)
                row[v] -= lambda * (w->slope[(a0 + k) * n + v] - w->slope[a0 * n + v]);
            row[n] = -(w->value[a0 + k] - w->value[a0]);
        }
        w->f[a0] = sum;
    }
    for (size_t e = 0; e < n; e++)
        worst = fmax(worst, fabs(w->f[e]));
    return worst;
}

/* Solve the square system in jacobian (n + 1 rows, right side in the last column) in place; false if singular. */
static bool eliminate(double *t, size_t n)
{
    size_t c = n + 1;
    for (size_t k = 0; k < n; k++) {
        size_t r = k;
        for (size_t i = k; i < n; i++)
            r = fabs(t[i * c + k]) > fabs(t[r * c + k]) ? i : r;
        if (!(fabs(t[r * c + k]) > 1e-300))
            return false;
        for (size_t j = 0; r != k && j < c; j++) {
            double swap = t[r * c + j];
            t[r * c + j] = t[k * c + j];
            t[k * c + j] = swap;
        }
        for (size_t i = 0; i < n; i++) {
            double f = i == k ? 0 : t[i * c + k] / t[k * c + k];
            for (size_t j = k; f != 0 && j < c; j++)
                t[i * c + j] -= f * t[k * c + j];
        }
    }
    for (size_t k = 0; k < n; k++)
        t[k * c + n] /= t[k * c + k];
    return true;
}

/* The unit tangent at z in the direction of the former one. */
static bool find_tangent(struct path *w, const double *z)
{
    size_t n = w->width, c = n + 2;
    double norm = 0;
    system_at(w, z);
    for (size_t v = 0; v <= n; v++)
        w->jacobian[n * c + v] = w->tangent[v];
    w->jacobian[n * c + n + 1] = 1;
    if (!eliminate(w->jacobian, n + 1))
        return false;
    for (size_t v = 0; v <= n; v++) {
        w->tangent[v] = w->jacobian[v * c + n + 1];
        norm += w->tangent[v] * w->tangent[v];
    }
    for (size_t v = 0; v <= n; v++)
        w->tangent[v] /= sqrt(norm);
    return isfinite(norm);
}

/* Newton back to the curve, across the tangent (or with lambda held, when fixed). */
static bool correct(struct path *w, double *z, bool fixed)
{
    size_t n = w->width, c = n + 2;
    for (int round = 0; round < 12; round++) {
        double step = 0, off = system_at(w, z);
        for (size_t e = 0; e < n; e++)
            w->jacobian[e * c + n + 1] = -w->f[e];
        for (size_t v = 0; v <= n; v++)
            w->jacobian[n * c + v] = fixed ? v == n : w->tangent[v];
        if (!isfinite(off) || !eliminate(w->jacobian, n + 1))
            return false;
        for (size_t v = 0; v <= n; v++) {
            z[v] += w->jacobian[v * c + n + 1];
            step = fmax(step, fabs(w->jacobian[v * c + n + 1]) / (1 + fabs(z[v])));
        }
        if (!isfinite(step) || step > 5)
            return false;
        if (step < 1e-11)
            return true;
    }
    return false;
}

static double regret_at(struct path *w, const double *y)
{
    double worst = 0;
    payoffs(w, y);
    for (size_t i = 0; i < w->n_players; i++) {
        double mean = 0, best = -INFINITY;
        for (size_t a = w->first[i]; a < w->first[i] + w->g->n_strategies[i]; a++) {
            mean += exp(y[a]) * w->value[a];
            best = fmax(best, w->value[a]);
        }
        worst = fmax(worst, best - mean);
    }
    return worst * w->unit;
}

static bool add_point(struct path *w, struct parley_qre *out, struct parley_arena *arena)
{
    struct parley_qre_point *q = &out->point[out->n];
    if (!(q->p = PARLEY_NEW(arena, double, w->width)))
        return false;
    for (size_t i = 0; i < w->n_players; i++) {
        double sum = 0;
        for (size_t a = w->first[i]; a < w->first[i] + w->g->n_strategies[i]; a++)
            sum += q->p[a] = exp(w->y[a]);
        for (size_t a = w->first[i]; a < w->first[i] + w->g->n_strategies[i]; a++)
            q->p[a] /= sum;
    }
    q->lambda = w->y[w->width] / w->unit;
    q->regret = regret_at(w, w->y);
    out->n++;
    return true;
}

enum parley_status parley_game_qre(const struct parley_game *g, double lambda_max, double regret_stop, const struct parley_progress *progress,
                                   struct parley_arena *arena, struct parley_qre *out, struct parley_error *err)
{
    struct path w;
    *out = (struct parley_qre){ 0 };
    if (!(lambda_max > 0 && isfinite(lambda_max)))
        return parley_fail(err, PARLEY_EINVAL, "lambda: expected a positive number, found %g", lambda_max);
    enum parley_status status = path_new(&w, g, err);
    if (status)
        return status;
    size_t n = w.width;
    double step = .03, goal = lambda_max * w.unit;
    for (size_t i = 0; i < w.n_players; i++)
        for (size_t a = 0; a < g->n_strategies[i]; a++)
            w.y[w.first[i] + a] = -log((double)g->n_strategies[i]);
    w.tangent[n] = 1;
    out->point = PARLEY_NEW(arena, struct parley_qre_point, PARLEY_QRE_POINTS_MAX);
    bool ok = out->point && add_point(&w, out, arena);
    while (ok && !status && out->n < PARLEY_QRE_POINTS_MAX && step > 1e-9) {
        if (!find_tangent(&w, w.y))
            break;
        for (size_t v = 0; v <= n; v++)
            w.trial[v] = w.y[v] + step * w.tangent[v];
        bool last = w.trial[n] >= goal;
        if (last) /* end exactly at the wanted lambda */
            for (size_t v = 0; v <= n; v++)
                w.trial[v] = w.y[v] + (goal - w.y[n]) / w.tangent[n] * w.tangent[v];
        if (!correct(&w, w.trial, last)) {
            step /= 2;
            continue;
        }
        memcpy(w.y, w.trial, (n + 1) * sizeof *w.y);
        ok = add_point(&w, out, arena);
        step = fmin(step * 1.3, 1 + w.y[n] * .1);
        if (ok && (last || (regret_stop > 0 && out->point[out->n - 1].regret < regret_stop))) {
            out->reached = true;
            break;
        }
        if (!parley_tick(progress, w.y[n] / goal, 1, "of the path"))
            status = parley_fail(err, PARLEY_ECANCELLED, "interrupted at lambda %g", w.y[n] / w.unit);
    }
    path_release(&w);
    return status ? status : ok ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

enum parley_status solve_one_by_logit(struct solver *s)
{
    struct parley_qre path;
    double range = 0;
    for (size_t e = 0; e < s->game->n_profiles * s->game->n_players; e++)
        range = fmax(range, fabs(parley_exact_double(s->game->payoff[e])));
    enum parley_status status = parley_game_qre(s->game, 1e7 / fmax(range, 1e-300), 1e-9 * range, s->progress, s->arena, &path, s->err);
    if (!status)
        status = solve_room(s, 1, false);
    if (status)
        return status;
    struct parley_equilibrium *e = &s->out->equilibrium[0];
    const struct parley_qre_point *last = &path.point[path.n - 1];
    memcpy(e->approximate, last->p, solve_width(s->game) * sizeof *last->p);
    e->error_bound = INFINITY;
    status = solve_regret_bound(s, e);
    s->out->method = "end of the principal branch of the logit response";
    s->out->argument = "this is one point near an equilibrium, nobody gains more than its regret";
    return status;
}

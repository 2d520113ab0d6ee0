#include "chain.h"

#include "habit_forms.h"

#include <string.h>

static double probability(struct parley_ratio p, bool yes) { return yes ? (double)p.num / (double)p.den : (double)(p.den - p.num) / (double)p.den; }

/* P(executed act) of a player who means to cooperate with probability p. */
static double executed(struct parley_ratio p, struct parley_ratio slip, int act)
{
    return probability(p, act == PARLEY_C) * probability(slip, false) + probability(p, act == PARLEY_D) * probability(slip, true);
}

static double seen(const struct parley_repeated *g, int act, int view)
{
    return act == PARLEY_D ? probability(g->miss, view == PARLEY_C) : probability(g->false_alarm, view == PARLEY_D);
}

double chain_move_double(const struct chain *c, size_t s, const struct chain_move *m)
{
    const struct parley_repeated *g = c->game;
    return executed(c->row->cooperate[c->pair[s][0]], g->slip, m->row_act) * executed(c->column->cooperate[c->pair[s][1]], g->slip, m->column_act) *
           seen(g, m->column_act, m->row_sees) * seen(g, m->row_act, m->column_sees);
}

static void times(mpq_t out, struct parley_ratio p, bool yes)
{
    mpq_t q;
    mpq_init(q);
    mpq_set_si(q, yes ? p.num : p.den - p.num, (unsigned long)p.den);
    mpq_canonicalize(q);
    mpq_mul(out, out, q);
    mpq_clear(q);
}

static void times_executed(mpq_t out, struct parley_ratio p, struct parley_ratio slip, int act)
{
    mpq_t a, b;
    mpq_inits(a, b, NULL);
    mpq_set_ui(a, 1, 1);
    mpq_set_ui(b, 1, 1);
    times(a, p, act == PARLEY_C);
    times(a, slip, false);
    times(b, p, act == PARLEY_D);
    times(b, slip, true);
    mpq_add(a, a, b);
    mpq_mul(out, out, a);
    mpq_clears(a, b, NULL);
}

void chain_move_exact(const struct chain *c, size_t s, const struct chain_move *m, mpq_t out)
{
    const struct parley_repeated *g = c->game;
    mpq_set_ui(out, 1, 1);
    times_executed(out, c->row->cooperate[c->pair[s][0]], g->slip, m->row_act);
    times_executed(out, c->column->cooperate[c->pair[s][1]], g->slip, m->column_act);
    times(out, m->column_act == PARLEY_D ? g->miss : g->false_alarm, m->row_sees != m->column_act);
    times(out, m->row_act == PARLEY_D ? g->miss : g->false_alarm, m->column_sees != m->row_act);
}

static enum parley_status check(const struct parley_repeated *g, struct parley_error *err)
{
    const struct {
        const char *name;
        struct parley_ratio p;
    } noise[] = { { "slip", g->slip }, { "miss", g->miss }, { "false", g->false_alarm } };
    for (int i = 0; i < 3; i++)
        if (noise[i].p.den <= 0 || !ratio_is_probability(noise[i].p))
            return parley_fail(err, PARLEY_EINVAL, "%s: %.6g is no probability; expected 0 to 1", noise[i].name, parley_ratio_double(noise[i].p));
    return PARLEY_OK;
}

/* Moves with a probability above 0 out of state s; new states are added at the end. */
static bool expand(struct chain *c, size_t s, int32_t *number)
{
    const struct parley_repeated *g = c->game;
    uint32_t i = c->pair[s][0], j = c->pair[s][1];
    struct parley_ratio p = c->row->cooperate[i], q = c->column->cooperate[j];
    for (int bits = 0; bits < MOVES_MAX; bits++) {
        int a = bits & 1, b = bits >> 1 & 1, row_sees = bits >> 2 & 1, column_sees = bits >> 3;
        if (executed(p, g->slip, a) == 0 || executed(q, g->slip, b) == 0 || seen(g, b, row_sees) == 0 || seen(g, a, column_sees) == 0)
            continue;
        uint32_t to_i = c->row->next[i][a][row_sees], to_j = c->column->next[j][b][column_sees];
        int32_t *at = &number[(size_t)to_i * c->column->n + to_j];
        if (*at < 0) {
            if (c->n == PARLEY_CHAIN_STATES_MAX)
                return false;
            *at = (int32_t)c->n;
            c->pair[c->n][0] = to_i;
            c->pair[c->n++][1] = to_j;
        }
        c->move[s * MOVES_MAX + c->moves[s]++] = (struct chain_move){ (uint32_t)*at, (unsigned char)a, (unsigned char)b, (unsigned char)row_sees, (unsigned char)column_sees };
    }
    return true;
}

/* Strongly connected components by Tarjan's algorithm with an explicit stack; those without a way out are recurrent. */
static bool find_classes(struct chain *c, struct parley_arena *arena)
{
    size_t n = c->n, top = 0, calls = 0, clock = 0, components = 0;
    size_t *index = PARLEY_NEW(arena, size_t, n), *low = PARLEY_NEW(arena, size_t, n), *stack = PARLEY_NEW(arena, size_t, n);
    size_t *call = PARLEY_NEW(arena, size_t, n), *of = PARLEY_NEW(arena, size_t, n), *closed = PARLEY_NEW(arena, size_t, n + 1);
    unsigned char *edge = PARLEY_NEW(arena, unsigned char, n), *on = PARLEY_NEW(arena, unsigned char, n);
    c->component = PARLEY_NEW(arena, size_t, n);
    if (!index || !low || !stack || !call || !of || !closed || !edge || !on || !c->component)
        return false;
    call[calls++] = 0;
    index[0] = low[0] = ++clock;
    stack[top++] = 0;
    on[0] = 1;
    while (calls) {
        size_t s = call[calls - 1];
        if (edge[s] < c->moves[s]) {
            size_t t = c->move[s * MOVES_MAX + edge[s]++].to;
            if (!index[t]) {
                index[t] = low[t] = ++clock;
                stack[top++] = t;
                on[t] = 1;
                call[calls++] = t;
            } else if (on[t] && index[t] < low[s]) {
                low[s] = index[t];
            }
            continue;
        }
        calls--;
        if (calls && low[s] < low[call[calls - 1]])
            low[call[calls - 1]] = low[s];
        if (low[s] == index[s]) {
            size_t t;
            do {
                t = stack[--top];
                on[t] = 0;
                of[t] = components;
            } while (t != s);
            components++;
        }
    }
    for (size_t k = 0; k < components; k++)
        closed[k] = 1;
    for (size_t s = 0; s < n; s++)
        for (size_t m = 0; m < c->moves[s]; m++)
            if (of[c->move[s * MOVES_MAX + m].to] != of[s])
                closed[of[s]] = 0;
    size_t *number = low; /* reuse: number of each closed component */
    for (size_t k = 0; k < components; k++)
        number[k] = closed[k] ? c->classes++ : SIZE_MAX;
    for (size_t s = 0; s < n; s++)
        c->component[s] = number[of[s]];
    return true;
}

enum parley_status chain_build(const struct parley_repeated *game, const struct parley_habit *row, const struct parley_habit *column,
                               struct parley_arena *arena, struct chain *c, struct parley_error *err)
{
    enum parley_status status = check(game, err);
    if (status)
        return status;
    size_t pairs, most;
    if (__builtin_mul_overflow(row->n, column->n, &pairs) || pairs > (size_t)PARLEY_HABIT_STATES_MAX * PARLEY_HABIT_STATES_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%s and %s have %zu and %zu states; too many together", row->name, column->name, row->n, column->n);
    most = pairs < PARLEY_CHAIN_STATES_MAX ? pairs : PARLEY_CHAIN_STATES_MAX;
    *c = (struct chain){ .game = game, .row = row, .column = column, .n = 1 };
    int32_t *number = PARLEY_NEW(arena, int32_t, pairs);
    c->pair = parley_arena_calloc(arena, most, sizeof *c->pair);
    c->move = parley_arena_calloc(arena, most, MOVES_MAX * sizeof *c->move);
    c->moves = PARLEY_NEW(arena, unsigned char, most);
    if (!number || !c->pair || !c->move || !c->moves)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a chain of %zu states", pairs);
    memset(number, 0xff, pairs * sizeof *number);
    c->pair[0][0] = (uint32_t)row->start;
    c->pair[0][1] = (uint32_t)column->start;
    number[row->start * column->n + column->start] = 0;
    for (size_t s = 0; s < c->n; s++)
        if (!expand(c, s, number))
            return parley_fail(err, PARLEY_ELIMIT, "the chain of %s and %s has more than %d reachable states", row->name, column->name, PARLEY_CHAIN_STATES_MAX);
    if (!find_classes(c, arena))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a chain of %zu states", c->n);
    return PARLEY_OK;
}

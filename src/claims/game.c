/* Claims tested by games and their equilibria.
 *
 * The game of China and the United States is read from the record (parley/relation_game.h). Its payoffs have weights that nobody has
 * measured, so every such claim is looked at in 2,000 draws of the weights, each between half and twice the codebook's; it is
 * supported when it holds in at least 95 % of them, contradicted when it holds in at most 5 %. The draws are of assumptions: their number only makes
 * the share sharp (to about two points), not the assumptions right. */
#include "checker.h"

#include <parley/blocks.h>
#include <parley/crisis.h>
#include <parley/data.h>
#include <parley/equilibria.h>
#include <parley/game_name.h>
#include <parley/relation_game.h>
#include <parley/rng.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 2000 };

/* What a claim asks of one game: does it hold, and how large is the effect? */
typedef bool holds_fn(const struct parley_game_name *name, double *effect);

static enum parley_status load_facts(struct claims_run *run, struct parley_relation_facts *f, struct parley_error *err)
{
    static const char *const relation[2] = { "CN", "US" };
    struct parley_event_query query = { .relation = relation, .n_relation = 2 };
    struct parley_event_list list;
    struct parley_mechanism *m;
    size_t n = 0;
    enum parley_status status = parley_record_events(run->in->record, &query, run->arena, &list, err);
    if (!status)
        status = parley_record_mechanisms(run->in->record, relation, 2, run->arena, &m, &n, err);
    if (status)
        return status;
    *f = (struct parley_relation_facts){ .a = "CN", .b = "US", .name_a = "CN", .name_b = "US", .n = list.n };
    const struct parley_event **event = PARLEY_NEW(run->arena, const struct parley_event *, list.n);
    if (!event)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list.n; i++)
        event[i] = &list.event[i];
    f->event = event;
    for (size_t i = 0; i < n; i++) {
        bool norm = !strcmp(m[i].kind, "norm") || !strcmp(m[i].kind, "agreement");
        if (m[i].stop.precision == PARLEY_UNDATED && !*m[i].stop_kind)
            ++*(norm ? &f->n_norms : &f->n_mechanisms);
    }
    return PARLEY_OK;
}

/* The middle 95 % of what was found over the draws. */
struct effects {
    double value[DRAWS];
    size_t n;
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void add_effect(struct effects *e, struct parley_verdict *v, double effect, bool holds)
{
    e->value[e->n++] = effect;
    v->tried++;
    v->held += holds;
}

static void give_range(struct effects *e, struct parley_verdict *v)
{
    if (!e->n)
        return;
    qsort(e->value, e->n, sizeof *e->value, ascending);
    v->low = e->value[e->n / 40];
    v->high = e->value[e->n - 1 - e->n / 40];
    v->verdict = v->held * 20 >= v->tried * 19 ? PARLEY_SUPPORTED : v->held * 20 <= v->tried ? PARLEY_CONTRADICTED : PARLEY_UNDECIDED;
}

/* A codebook with every weight times something between 1/2 and 2. */
static const char *drawn_codebook(const struct claims_run *run, uint64_t draw, struct parley_arena *arena)
{
    static const struct { const char *name; double weight; } term[] = { { "cooperation", 1 }, { "mechanism", .25 }, { "keep", .5 }, { "gain", .8 }, { "harm", 1 }, { "norm", .5 } };
    struct parley_rng rng;
    struct parley_text text;
    parley_rng_init(&rng, run->in->seed, draw);
    parley_text_init(&text, 4000);
    for (size_t i = 0; i < sizeof term / sizeof *term; i++)
        parley_text_addf(&text, "%s: { weight: %.6f, max: 8, en: drawn, zh: drawn }\n", term[i].name, term[i].weight * exp2(2 * parley_rng_uniform(&rng) - 1));
    const char *copy = parley_text_keep(&text, arena);
    parley_text_release(&text);
    return copy;
}

static enum parley_status one_game(const struct claims_run *run, const struct parley_relation_facts *f, const char *codebook, struct parley_arena *arena,
                                   struct parley_game_name *name, bool *any, struct parley_error *err)
{
    struct parley_relation_game r;
    enum parley_status status = parley_relation_game_build(f, codebook, PARLEY_EN, run->in->seed, arena, &r, err);
    *any = status != PARLEY_EDOM;
    if (status == PARLEY_EDOM)
        return PARLEY_OK;
    return status ? status : parley_game_name(r.game, arena, name, err);
}

/* Not zero-sum: both gain when both restrain instead of both striking. */
static bool not_zero_sum(const struct parley_game_name *n, double *effect)
{
    double a = parley_exact_double(n->payoff[0][0]) - parley_exact_double(n->payoff[0][3]), b = parley_exact_double(n->payoff[1][0]) - parley_exact_double(n->payoff[1][3]);
    *effect = fmin(a, b);
    return *effect > 0;
}

static bool is_dilemma(const struct parley_game_name *n, double *effect)
{
    /* the smaller of fear and greed of the two: positive on both sides is what makes it a prisoner's dilemma */
    *effect = INFINITY;
    for (int i = 0; i < 2; i++)
        *effect = fmin(*effect, fmin(parley_exact_double(n->fear[i]), parley_exact_double(n->greed[i])));
    return n->game.layer == 1 && n->game.row == 1 && n->game.column == 1;
}

static bool feared(const struct parley_game_name *n, double *effect)
{
    *effect = fmin(parley_exact_double(n->fear[0]), parley_exact_double(n->fear[1]));
    return *effect > 0;
}

/* What is asked of every drawn game. */
enum question { BETTER_TOGETHER, DILEMMA, FEARED, QUESTIONS };
static holds_fn *const questions[QUESTIONS] = { not_zero_sum, is_dilemma, feared };

struct answer {
    double effect;
    bool holds;
};

/* The game of the record and the drawn ones, once for all claims. */
struct games {
    struct parley_relation_facts facts;
    bool any; /* false: the record holds no hostile act, so there is no game */
    struct answer now[QUESTIONS], drawn[DRAWS][QUESTIONS];
    const struct claims_run *run;
};

static enum parley_status ask(const struct games *g, const char *codebook, struct parley_arena *arena, struct answer answer[QUESTIONS], bool *any, struct parley_error *err)
{
    struct parley_game_name name;
    enum parley_status status = one_game(g->run, &g->facts, codebook, arena, &name, any, err);
    for (int q = 0; q < QUESTIONS && !status && *any; q++)
        answer[q].holds = questions[q](&name, &answer[q].effect);
    return status;
}

static enum parley_status one_draw(void *ctx, size_t draw, unsigned thread, struct parley_error *err)
{
    (void)thread;
    struct games *g = ctx;
    struct parley_arena scratch = { 0 };
    bool any;
    const char *codebook = drawn_codebook(g->run, draw + 1, &scratch);
    enum parley_status status = codebook ? ask(g, codebook, &scratch, g->drawn[draw], &any, err) : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    parley_arena_release(&scratch);
    return status;
}

static enum parley_status games_of(struct claims_run *run, const struct games **out, struct parley_error *err)
{
    struct games *g = run->memo[BY_GAME];
    *out = g;
    if (g)
        return PARLEY_OK;
    g = PARLEY_NEW(run->arena, struct games, 1);
    if (!g)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    g->run = run;
    enum parley_status status = load_facts(run, &g->facts, err);
    if (!status)
        status = ask(g, NULL, run->arena, g->now, &g->any, err);
    if (!status && g->any)
        status = parley_blocks_run(DRAWS, run->in->threads, one_draw, g, &run->inner, NULL, err);
    if (!status)
        *out = run->memo[BY_GAME] = g;
    return status;
}

static enum parley_status over_weights(struct claims_run *run, enum question question, const char *what, const char *what_zh, struct parley_verdict *v, struct parley_error *err)
{
    const struct games *g;
    enum parley_status status = games_of(run, &g, err);
    struct effects *effects = PARLEY_NEW(run->arena, struct effects, 1);
    if (status || !effects)
        return status ? status : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!g->any) {
        v->why = "The record holds no hostile act between the two: no game can be read from it.";
        v->why_zh = "记录中双方没有敌对行为，无法读出博弈。";
        return PARLEY_OK;
    }
    v->effect = g->now[question].effect;
    for (int k = 0; k < DRAWS; k++)
        add_effect(effects, v, g->drawn[k][question].effect, g->drawn[k][question].holds);
    give_range(effects, v);
    bool now = g->now[question].holds;
    v->why = because(run, "%s: %s in the game read from %zu events with the codebook's weights, and in %.0f %% of %u draws of the weights between half and twice theirs (95 %% would support, 5 %% contradict the claim; the range holds 95 %% of the draws).",
                     what, now ? "true" : "not true", g->facts.n, 100.0 * v->held / v->tried, v->tried);
    v->why_zh = because(run, "%s：按编码本权重由%zu个事件读出的博弈中%s；权重在一半至两倍之间抽取%u次，其中%.0f%%成立（达95%%为支持，不足5%%为不支持）。", what_zh, g->facts.n, now ? "成立" : "不成立", v->tried,
                        100.0 * v->held / v->tried);
    return PARLEY_OK;
}

/* --- claims ------------------------------------------------------------------------------------------------------- */

static enum parley_status zero_sum(struct claims_run *run, struct parley_verdict *v, struct parley_error *err)
{
    v->measure = "what the side that gains less gains by mutual restraint instead of mutual strikes (payoff units)";
    v->measure_zh = "双方克制而非相互打击时得益较少一方的所得（收益单位）";
    return over_weights(run, BETTER_TOGETHER, "both sides are better off when both restrain themselves than when both strike", "双方克制时均优于双方打击", v, err);
}

static enum parley_status dilemma(struct claims_run *run, struct parley_verdict *v, struct parley_error *err)
{
    v->measure = "smallest of fear and greed of the two (payoff units)";
    v->measure_zh = "双方恐惧与贪婪中的最小者（收益单位）";
    return over_weights(run, DILEMMA, "the relation is a prisoner's dilemma", "该关系为囚徒困境", v, err);
}

static enum parley_status fear(struct claims_run *run, struct parley_verdict *v, struct parley_error *err)
{
    v->measure = "smaller fear (P - S) of the two (payoff units)";
    v->measure_zh = "双方恐惧（P − S）中较小者（收益单位）";
    return over_weights(run, FEARED, "fear of being struck alone is reason enough not to restrain oneself", "害怕被单方打击足以使其不克制", v, err);
}

/* Deterrence at drawn qualities of attribution: does tracing more attacks rightly deter? */
static enum parley_status attribution(struct claims_run *run, struct parley_verdict *v, struct parley_error *err)
{
    struct parley_rng rng;
    double sum = 0;
    struct effects *effects = PARLEY_NEW(run->arena, struct effects, 1);
    if (!effects)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    parley_rng_init(&rng, run->in->seed, 23);
    for (int k = 0; k < DRAWS; k++) {
        struct parley_attribution a = { .n = 2 + (unsigned)parley_rng_below(&rng, 4), .opportunity = parley_rng_uniform(&rng) };
        struct parley_attribution_result before, after;
        double named = parley_rng_uniform(&rng), rightly = .5 + parley_rng_uniform(&rng) / 2;
        a.own = named * rightly;
        a.other = named * (1 - rightly) / (a.n - 1);
        a.miss = 1 - named;
        a.false_alarm = .1 * parley_rng_uniform(&rng) / a.n;
        if (parley_crisis_attribution(&a, &before, NULL))
            continue;
        a.own += a.miss / 2;
        a.miss /= 2;
        if (parley_crisis_attribution(&a, &after, NULL))
            continue;
        double change = after.threshold - before.threshold;
        add_effect(effects, v, change, change > 0);
        sum += change;
    }
    v->measure = "rise of the threshold x* of attack (share of gains that no longer pay) when half of the untraced attacks are traced rightly";
    v->measure_zh = "半数未追溯攻击得到正确追溯时攻击阈值x*的升幅（不再合算的收益比例）";
    v->effect = v->tried ? sum / v->tried : NAN;
    give_range(effects, v);
    v->why = because(run, "In the model of Baliga, Bueno de Mesquita and Wolitzky (2020) untraced attacks cost deterrence in %u of %u drawn settings (the range holds 95 %% of the draws); the law is not modelled.",
                     v->held, v->tried);
    v->why_zh = because(run, "在Baliga、Bueno de Mesquita与Wolitzky（2020）的模型中，%u/%u种抽取的设定下未追溯的攻击削弱威慑（区间含95%%的抽取）；法律未建模。", v->held, v->tried);
    return PARLEY_OK;
}

typedef enum parley_status game_test(struct claims_run *run, struct parley_verdict *v, struct parley_error *err);

static const struct {
    const char *claim;
    game_test *test;
} tests[] = { { "K07", zero_sum }, { "K13", dilemma }, { "K19", fear }, { "K23", attribution } };

enum parley_status check_by_game(struct claims_run *run, const char *claim, struct parley_verdict *v, bool *tested, struct parley_error *err)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (!strcmp(tests[i].claim, claim)) {
            *tested = true;
            return tests[i].test(run, v, err);
        }
    return PARLEY_OK;
}

#include "game_chart.h"
#include "game_input.h"
#include "simulate_shared.h"

#include <parley/chart.h>

#include <math.h>

static const struct option options[] = {
    { "replicates", 'n', "N", "replicates of the relation model for each mode (default 2000)" },
    { "seed", 's', "N", "seed of the random numbers (default 1; always printed)" },
    { "threads", 0, "N", "threads (default: one per processor)" },
    OPTION_DOCUMENT,
    { 0 },
};

enum { MODES = 3, REPLICATES = 2000 };

struct mode {
    const char *key;
    size_t strategy;     /* of both sides in the game of three modes */
    enum parley_mode mode;
    const char *en, *zh; /* what the relation model takes it to be */
};

static const struct mode modes[MODES] = {
    { "dependent", 1, PARLEY_DEPENDENT,
      "The leader keeps its lead, the follower depends on it. Assumed: interdependence tends to 0.7; the follower is protected (its exposure to incidents halves) and pays the leader a rent.",
      "领先者保持领先, 追随者依附。假定: 相互依赖趋于0.7; 追随者受保护(受害减半)并向领先者付租金。" },
    { "rivalry", 2, PARLEY_RIVALRY, "Both build their own and decouple. Assumed: interdependence tends to 0.4; the race for capability runs half as fast again.",
      "双方自建并脱钩。假定: 相互依赖趋于0.4; 能力竞赛加快一半。" },
    { "full", 0, PARLEY_FULL,
      "Both open fully. Assumed: interdependence tends to 0.8; the race runs at half speed; exposure halves for both; protection is built together.",
      "双方全面开放。假定: 相互依赖趋于0.8; 竞赛减半; 双方受害减半; 共建防护。" },
};

static const int shown[] = { PARLEY_OUT_welfare, PARLEY_OUT_welfare_gap, PARLEY_OUT_capability, PARLEY_OUT_interdependence, PARLEY_OUT_trust, PARLEY_OUT_cooperation_index,
                             PARLEY_OUT_crises, PARLEY_OUT_uncontrolled, PARLEY_OUT_harm };
enum { SHOWN = sizeof shown / sizeof *shown };

static const char *mode_name(const struct invocation *in, int m)
{
    static const char *const zh[MODES] = { "依附型", "竞争型", "全面合作型" };
    return in->lang == PARLEY_ZH ? zh[m] : modes[m].key;
}

/* What a side of the game would rather do, the other's choice held. */
struct temptation {
    size_t best;
    double gain; /* 0: nothing is better */
};

static struct temptation tempted(const struct parley_game *g, const struct mode *m, size_t player)
{
    struct temptation t = { m->strategy, 0 };
    double now = parley_exact_double(parley_game_payoff(g, parley_game_profile(g, (size_t[]){ m->strategy, m->strategy }), player));
    for (size_t a = 0; a < g->n_strategies[player]; a++) {
        size_t own[2] = { m->strategy, m->strategy };
        own[player] = a;
        double v = parley_exact_double(parley_game_payoff(g, parley_game_profile(g, own), player));
        if (v - now > t.gain)
            t = (struct temptation){ a, v - now };
    }
    return t;
}

static double worth(const struct parley_game *g, const struct mode *m, size_t player)
{
    return parley_exact_double(parley_game_payoff(g, parley_game_profile(g, (size_t[]){ m->strategy, m->strategy }), player));
}

/* With two states the better-off one has mean + gap / 2 and the other mean - gap / 2. */
static double side_welfare(const struct parley_tally *t, bool better)
{
    return parley_tally_estimate(t, PARLEY_OUT_welfare).mean + (better ? .5 : -.5) * parley_tally_estimate(t, PARLEY_OUT_welfare_gap).mean;
}

static void put_side(struct parley_json *j, const struct parley_game *g, const struct mode *m, size_t i)
{
    struct temptation t = tempted(g, m, i);
    parley_json_object(j);
    parley_json_put_string(j, "player", g->player[i]);
    parley_json_put_string(j, "choice", g->strategy[i][m->strategy]);
    parley_json_put_number(j, "payoff", worth(g, m, i));
    parley_json_put_string(j, "would_rather", g->strategy[i][t.best]);
    parley_json_put_number(j, "gain", t.gain);
    parley_json_object_end(j);
}

static void put(struct invocation *in, const struct parley_game *g, const struct parley_run *run, const struct parley_comparison *c)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_key(&j, "seed");
    parley_json_unsigned(&j, run->seed);
    parley_json_put_integer(&j, "replicates", (int64_t)run->replicates);
    parley_json_key(&j, "modes");
    parley_json_array(&j);
    for (int m = 0; m < MODES; m++) {
        parley_json_object(&j);
        parley_json_put_string(&j, "mode", modes[m].key);
        parley_json_key(&j, "game");
        parley_json_array(&j);
        put_side(&j, g, &modes[m], 0);
        put_side(&j, g, &modes[m], 1);
        parley_json_array_end(&j);
        parley_json_put_bool(&j, "stable", outcome_is_stable(g, parley_game_profile(g, (size_t[]){ modes[m].strategy, modes[m].strategy })));
        parley_json_put_number(&j, "welfare_better_off", side_welfare(&c[m].b, true));
        parley_json_put_number(&j, "welfare_worse_off", side_welfare(&c[m].b, false));
        parley_json_key(&j, "outcomes");
        parley_json_object(&j);
        for (int k = 0; k < SHOWN; k++) {
            const struct parley_difference *d = &c[m].output[shown[k]];
            parley_json_key(&j, parley_output_name(shown[k]));
            parley_json_object(&j);
            parley_json_put_number(&j, "neutral", parley_tally_estimate(&c[m].a, shown[k]).mean);
            parley_json_put_number(&j, "mode", parley_tally_estimate(&c[m].b, shown[k]).mean);
            parley_json_put_number(&j, "difference", d->difference);
            parley_json_put_number(&j, "low", d->low);
            parley_json_put_number(&j, "high", d->high);
            parley_json_object_end(&j);
        }
        parley_json_object_end(&j);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    parley_json_object_end(&j);
}

static void add_game(struct invocation *in, struct parley_doc *doc, const struct parley_game *g)
{
    parley_doc_heading(doc, 2, "game", "%s", PARLEY_SAY(in->lang, "Would the two stay in it? A game of ranks", "双方会留在其中吗? 序数博弈"));
    struct parley_table *t = parley_doc_table(doc, "");
    parley_table_column(t, PARLEY_SAY(in->lang, "mode", "模式"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "side", "一方"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "choice", "选择"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "gets", "所得"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "would rather", "更愿"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "and get", "可得"), PARLEY_RIGHT);
    for (int m = 0; m < MODES; m++)
        for (size_t i = 0; i < 2; i++) {
            struct temptation x = tempted(g, &modes[m], i);
            parley_table_cell(t, "%s", mode_name(in, m));
            parley_table_cell(t, "%s", g->player[i]);
            parley_table_cell(t, "%s", g->strategy[i][modes[m].strategy]);
            parley_table_number(t, worth(g, &modes[m], i), 3);
            parley_table_cell(t, "%s", x.gain > 0 ? g->strategy[i][x.best] : PARLEY_SAY(in->lang, "(stay)", "(不变)"));
            parley_table_number(t, worth(g, &modes[m], i) + x.gain, 3);
        }
    for (int m = 0; m < MODES; m++)
        parley_doc_item(doc, outcome_is_stable(g, parley_game_profile(g, (size_t[]){ modes[m].strategy, modes[m].strategy }))
                                 ? PARLEY_SAY(in->lang, "%s: stable, neither side gains by leaving it alone.", "%s: 稳定, 任何一方单独离开均无利。")
                                 : PARLEY_SAY(in->lang, "%s: not stable, somebody gains by leaving it.", "%s: 不稳定, 有方离开可获利。"),
                        mode_name(in, m));
    add_stable_chart(in, doc, g);
}

static void add_model(struct invocation *in, struct parley_doc *doc, const struct parley_comparison *c, const struct parley_run *run)
{
    parley_doc_heading(doc, 2, "model", "%s", PARLEY_SAY(in->lang, "What follows for both in the relation model", "关系模型中对双方的后果"));
    parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "Two states, %llu replicates of each mode on the same random numbers, seed %llu. Beside each mean its difference from the neutral relation (95 %% interval).",
                                         "两国, 各模式%llu次重复, 随机数相同, 种子%llu。均值旁为与中性关系之差(95%%区间)。"),
                         (unsigned long long)c[0].a.replicates, (unsigned long long)run->seed);
    struct parley_table *t = parley_doc_table(doc, "");
    parley_table_column(t, PARLEY_SAY(in->lang, "outcome", "结果"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "mode", "模式"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "neutral", "中性"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "mean", "均值"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "difference", "差异"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "95 % interval", "95%区间"), PARLEY_LEFT);
    for (int k = 0; k < SHOWN; k++)
        for (int m = 0; m < MODES; m++) {
            const struct parley_difference *d = &c[m].output[shown[k]];
            parley_table_cell(t, "%s", parley_output_text(shown[k], in->lang == PARLEY_ZH));
            parley_table_cell(t, "%s", mode_name(in, m));
            parley_table_number(t, parley_tally_estimate(&c[m].a, shown[k]).mean, 4);
            parley_table_number(t, parley_tally_estimate(&c[m].b, shown[k]).mean, 4);
            parley_table_number(t, d->difference, 3);
            simulate_interval(t, d->low, d->high);
        }
    for (int m = 0; m < MODES; m++)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "%s: welfare of the better-off side %.1f (neutral %.1f), of the worse-off side %.1f (neutral %.1f).",
                                        "%s: 较优一方福利%.1f(中性%.1f), 较劣一方%.1f(中性%.1f)。"),
                        mode_name(in, m), side_welfare(&c[m].b, true), side_welfare(&c[m].a, true), side_welfare(&c[m].b, false), side_welfare(&c[m].a, false));
    struct parley_chart_estimate e[2 * MODES];
    for (int m = 0; m < 2 * MODES; m++) {
        const int out = m < MODES ? PARLEY_OUT_welfare : PARLEY_OUT_welfare_gap;
        const struct parley_difference *d = &c[m % MODES].output[out];
        const char *label = parley_arena_printf(&in->arena, "%s: %s", mode_name(in, m % MODES), parley_output_text(out, in->lang == PARLEY_ZH));
        e[m] = (struct parley_chart_estimate){ label ? label : "", d->difference, d->low, d->high };
    }
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "Welfare against the neutral relation: dependent %+.1f, rivalry %+.1f, full %+.1f weeks; the gap between the two: %+.1f, %+.1f, %+.1f.",
                                                                      "与中性关系相比的福利: 依附%+.1f, 竞争%+.1f, 全面合作%+.1f周; 双方差距: %+.1f, %+.1f, %+.1f。"),
                                               e[0].value, e[1].value, e[2].value, e[3].value, e[4].value, e[5].value);
    parley_chart_estimates(doc, &(struct parley_chart_text){ "modes", PARLEY_SAY(in->lang, "What each mode does to both", "各模式对双方的影响"), sentence ? sentence : "" },
                           PARLEY_SAY(in->lang, "weeks, against the neutral relation", "周, 与中性关系相比"), e, 2 * MODES, 0);
}

static enum parley_status show(struct invocation *in, const struct parley_game *g, const struct parley_run *run, const struct parley_comparison *c)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "What three modes of cooperation do to both", "三种合作模式对双方的影响"));
    for (int m = 0; m < MODES; m++)
        parley_doc_item(&doc, "%s: %s", mode_name(in, m), PARLEY_SAY(in->lang, modes[m].en, modes[m].zh));
    add_game(in, &doc, g);
    add_model(in, &doc, c, run);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "The ranks of the game and the assumptions of each mode are ours, in the spirit of Lang 2023; some of what follows is put in by them. The intervals hold the chance of the simulation only.",
                                           "博弈的序数与各模式的假定由我们依Lang 2023之意给出, 部分后果即由假定导致; 区间仅含模拟的随机性。"));
    return finish_doc(in, &doc);
}

static enum parley_status compare(struct invocation *in, const struct parley_run *run, struct parley_comparison *c)
{
    struct parley_scenario neutral, changed;
    enum parley_status status = parley_scenario_load("baseline", &neutral, &in->err);
    for (int m = 0; !status && m < MODES; m++) {
        changed = neutral;
        changed.mode = modes[m].mode;
        status = parley_compare(&neutral, &changed, run, &c[m], &in->err);
    }
    return status;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_comparison c[MODES] = { 0 };
    struct parley_run run = { .seed = 1, .replicates = REPLICATES, .progress = &in->progress };
    struct parley_game *g;
    uint64_t threads = 0;
    enum parley_status status = option_u64(in, "replicates", 2, UINT32_MAX, &run.replicates);
    if (!status)
        status = option_u64(in, "seed", 0, UINT64_MAX, &run.seed);
    if (!status)
        status = option_u64(in, "threads", 0, 1024, &threads);
    run.threads = (unsigned)threads;
    if (!status)
        status = strategic_game_of(in, in->n_operands ? in->operand[0] : "three-modes", &g);
    if (!status && (g->n_players != 2 || g->n_strategies[0] != 3 || g->n_strategies[1] != 3))
        status = parley_fail(&in->err, PARLEY_EINVAL, "%s: expected two players with three choices each, in the order open, keep the lead or depend, decouple", in->operand[0]);
    if (!status)
        status = compare(in, &run, c);
    if (!status && in->json)
        put(in, g, &run, c);
    else if (!status)
        status = show(in, g, &run, c);
    for (int m = 0; m < MODES; m++)
        parley_comparison_release(&c[m]);
    return status;
}

const struct command command_game_modes = {
    .name = "game modes",
    .operands = "[FILE|NAME]",
    .operands_min = 0,
    .operands_max = 1,
    .summary = "What dependent, rivalry and full cooperation do to both sides, and whether the two would stay in them.",
    .summary_zh = "依附、竞争与全面合作三种模式对双方的影响, 以及双方是否会留在其中。",
    .text = "Two answers side by side. The game: the built-in three-modes, or your own game of two players with three choices each (open fully; keep the lead or depend; decouple "
            "or build one's own): what each side gets in each mode and what it would rather do. The relation model: the same relation in each mode and in none, on the "
            "same random numbers: welfare of the better-off and the worse-off side, capability, interdependence, trust, crises, escalation out of control.",
    .examples = "parley game modes\nparley game modes --replicates 500 --json\n",
    .options = options,
    .run = run,
};

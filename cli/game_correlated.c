#include "game_chart.h"
#include "game_input.h"
#include "game_range.h"

#include <math.h>
#include <parley/game_concepts.h>
#include <string.h>

static const struct option options[] = {
    { "coarse", 0, NULL, "coarse correlated equilibrium: one accepts before being told" },
    { "best-for", 0, "WHO", "number of a player; all (default: the sum of the payoffs) or none (the smallest sum)" },
    OPTION_DOCUMENT,
    { 0 },
};

static enum parley_status weights(struct invocation *in, const struct parley_game *g, int *weight)
{
    const char *who = option_text(in, "best-for");
    uint64_t player = 0;
    for (size_t i = 0; i < g->n_players; i++)
        weight[i] = who && !strcmp(who, "none") ? -1 : 1;
    if (!who || !strcmp(who, "none") || !strcmp(who, "all"))
        return PARLEY_OK;
    enum parley_status status = option_u64(in, "best-for", 1, g->n_players, &player);
    for (size_t i = 0; !status && i < g->n_players; i++)
        weight[i] = i + 1 == player;
    return status;
}

static void put(struct invocation *in, const struct parley_game *g, const struct parley_correlated *c)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    put_players(&json, g);
    parley_json_put_string(&json, "kind", option_given(in, "coarse") ? "coarse correlated" : "correlated");
    parley_json_key(&json, "probability"); /* by profile, the first player's strategy fastest */
    parley_json_array(&json);
    for (size_t p = 0; p < g->n_profiles; p++)
        put_exact(&json, in, c->probability[p]);
    parley_json_array_end(&json);
    parley_json_key(&json, "payoffs");
    parley_json_array(&json);
    for (size_t i = 0; i < g->n_players; i++)
        put_exact(&json, in, c->payoff[i]);
    parley_json_array_end(&json);
    parley_json_key(&json, "welfare");
    put_exact(&json, in, c->welfare);
    parley_json_object_end(&json);
}

/* The outcomes that may be recommended, and what both get on average. */
static void add_chart(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_correlated *c)
{
    const char **group = PARLEY_NEW(&in->arena, const char *, g->n_profiles + 1);
    size_t used = 0;
    if (!group || g->n_players != 2)
        return;
    for (size_t p = 0; p < g->n_profiles; p++) {
        bool is = parley_exact_sign(c->probability[p]) > 0;
        used += is;
        group[p] = is ? PARLEY_SAY(in->lang, "recommended at times", "有时建议") : PARLEY_SAY(in->lang, "never", "从不建议");
    }
    struct outcome_point mean = { PARLEY_SAY(in->lang, "average", "平均"), PARLEY_SAY(in->lang, "average", "平均"),
                                  { parley_exact_double(c->payoff[0]), parley_exact_double(c->payoff[1]) } };
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "The third party recommends %zu of %zu outcomes; on average the two get %.4g and %.4g.",
                                                                      "第三方建议%zu种结果(共%zu种); 双方平均得%.4g与%.4g。"), used, g->n_profiles, mean.payoff[0], mean.payoff[1]);
    add_outcome_chart(in, doc, sentence ? sentence : "", g, group, &mean, 1);
}

/* What the third party is worth: beside the best that the two reach without it. */
static enum parley_status say_worth(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_correlated *c, const int *weight)
{
    struct payoff_range r;
    enum parley_status status = equilibrium_range(in, g, weight, &r);
    double sum = 0;
    for (size_t i = 0; i < g->n_players; i++)
        sum += weight[i] * parley_exact_double(c->payoff[i]);
    if (status || !r.known)
        return status;
    const char *who = option_text(in, "best-for");
    if (who && !strcmp(who, "none"))
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "Without it the payoffs add up to at least %.4g in every equilibrium; such advice could bring them down to %.4g.", "若无第三方, 各均衡的收益之和至少为%.4g; 此种建议可使其降至%.4g。"), -r.high, -sum);
    else if (who && strcmp(who, "all") != 0)
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "Without it this side gets at most %.4g in an equilibrium: the third party is worth %.4g to it.", "若无第三方, 该方在均衡中至多得%.4g: 第三方对其值%.4g。"), r.high, fmax(0, sum - r.high));
    else
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "Without it the payoffs add up to at most %.4g in an equilibrium: the third party is worth %.4g to all together.", "若无第三方, 均衡中收益之和至多为%.4g: 第三方对各方合计值%.4g。"), r.high, fmax(0, sum - r.high));
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_game *g;
    struct parley_correlated c;
    struct parley_doc doc;
    int weight[PARLEY_GAME_PLAYERS_MAX];
    enum parley_status status = strategic_game_of(in, in->operand[0], &g);
    if (!status)
        status = weights(in, g, weight);
    if (!status)
        status = parley_game_correlated(g, option_given(in, "coarse"), weight, &in->arena, &c, &in->err);
    if (status)
        return status;
    if (in->json) {
        put(in, g, &c);
        return PARLEY_OK;
    }
    begin_doc(in, &doc, *g->title ? g->title : PARLEY_SAY(in->lang, "What a trusted third party could recommend", "可信第三方可建议什么"));
    add_matrix(in, &doc, g);
    parley_doc_paragraph(&doc, "%s", option_given(in, "coarse")
                                     ? PARLEY_SAY(in->lang, "A third party that all trust draws one outcome with the chances below. Each side decides beforehand whether to do as it will be told; nobody gains by staying out.",
                                                  "各方信任的第三方按下列概率抽取一种结果; 各方事先决定是否照办, 无人能从置身事外中获益。")
                                     : PARLEY_SAY(in->lang, "A third party that all trust draws one outcome with the chances below and tells each side only what it should do itself. Nobody gains by doing otherwise after having been told.",
                                                  "各方信任的第三方按下列概率抽取一种结果, 只告知各方自己应做什么; 得知之后, 无人能从违背中获益。"));
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "What it recommends", "建议内容"));
    for (size_t i = 0; i < g->n_players; i++)
        parley_table_column(t, g->player[i], PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "chance", "概率"), PARLEY_RIGHT);
    for (size_t p = 0; p < g->n_profiles; p++) {
        if (parley_exact_sign(c.probability[p]) == 0)
            continue;
        for (size_t i = 0, rest = p; i < g->n_players; rest /= g->n_strategies[i++])
            parley_table_cell(t, "%s", g->strategy[i][rest % g->n_strategies[i]]);
        parley_table_cell(t, "%s", game_number(in, c.probability[p]));
    }
    for (size_t i = 0; i < g->n_players; i++)
        parley_doc_item(&doc, PARLEY_SAY(in->lang, "%s gets %s on average", "%s平均得%s"), g->player[i], game_number(in, c.payoff[i]));
    if ((status = say_worth(in, &doc, g, &c, weight)))
        return status;
    add_chart(in, &doc, g, &c);
    return finish_doc(in, &doc);
}

const struct command command_game_correlated = {
    .name = "game correlated",
    .operands = "GAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "What a trusted third party could recommend: correlated equilibrium.",
    .summary_zh = "可信第三方能建议什么: 相关均衡。",
    .text = "GAME is as for 'game show'. Finds the correlated equilibrium (or, with --coarse, the coarse one) that is best for the sum of the payoffs or for one player, exactly. The "
            "gain over the equilibria of `parley game solve` is what a mediator is worth.",
    .examples = "parley game correlated chicken\nparley game correlated chicken --best-for 1\nparley game correlated battle --coarse --json\n",
    .options = options,
    .run = run,
};

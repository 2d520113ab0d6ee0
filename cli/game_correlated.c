#include "game_chart.h"
#include "game_input.h"

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
    begin_doc(in, &doc, g->title);
    add_matrix(in, &doc, g);
    parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "A third party draws an outcome with these chances and tells each side only its own part. Nobody gains by doing otherwise.",
                                                "第三方按下列概率抽取结果, 只告知各方自己的部分; 无人能从违背中获益。"));
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Recommendations", "建议"));
    for (size_t i = 0; i < g->n_players; i++)
        parley_table_column(t, g->player[i], PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "probability", "概率"), PARLEY_RIGHT);
    for (size_t p = 0; p < g->n_profiles; p++) {
        if (parley_exact_sign(c.probability[p]) == 0)
            continue;
        for (size_t i = 0, rest = p; i < g->n_players; rest /= g->n_strategies[i++])
            parley_table_cell(t, "%s", g->strategy[i][rest % g->n_strategies[i]]);
        parley_table_cell(t, "%s", game_number(in, c.probability[p]));
    }
    for (size_t i = 0; i < g->n_players; i++)
        parley_doc_item(&doc, "%s: %s", g->player[i], game_number(in, c.payoff[i]));
    add_chart(in, &doc, g, &c);
    return finish_doc(in, &doc);
}

const struct command command_game_correlated = {
    .name = "game correlated",
    .operands = "FILE|NAME|MATRIX",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "What a trusted third party could recommend: correlated equilibrium.",
    .summary_zh = "可信第三方能建议什么: 相关均衡。",
    .text = "Finds the correlated equilibrium (or, with --coarse, the coarse one) that is best for the sum of the payoffs or for one player, exactly. The "
            "gain over the equilibria of `parley game solve` is what a mediator is worth.",
    .examples = "parley game correlated chicken\nparley game correlated chicken --best-for 1\nparley game correlated battle --coarse --json\n",
    .options = options,
    .run = run,
};

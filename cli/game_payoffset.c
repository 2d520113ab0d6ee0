/* parley game payoffset - what two patient players can sustain. */
#include "command.h"
#include "game_input.h"
#include "stage_game.h"

#include <math.h>
#include <parley/payoffset.h>

static void json(struct invocation *in, const struct parley_game *game, const struct parley_payoff_set *set)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    put_players(&j, game);
    parley_json_put_bool(&j, "exact", set->exact);
    parley_json_put_integer(&j, "iterations", (int64_t)set->iterations);
    parley_json_key(&j, "vertices");
    parley_json_array(&j);
    for (size_t i = 0; i < set->n; i++) {
        parley_json_array(&j);
        parley_json_number(&j, parley_exact_double(set->x[i]));
        parley_json_number(&j, parley_exact_double(set->y[i]));
        parley_json_array_end(&j);
    }
    parley_json_array_end(&j);
    if (set->exact) {
        parley_json_key(&j, "vertices_exact");
        parley_json_array(&j);
        for (size_t i = 0; i < set->n; i++) {
            parley_json_array(&j);
            parley_json_string(&j, parley_exact_text(set->x[i], &in->arena));
            parley_json_string(&j, parley_exact_text(set->y[i], &in->arena));
            parley_json_array_end(&j);
        }
        parley_json_array_end(&j);
    }
    parley_json_object_end(&j);
}

/* The outline of the set, closed, with each player's payoff on its axis. */
static void chart(struct invocation *in, struct parley_doc *doc, const struct parley_game *game, const struct parley_payoff_set *set)
{
    struct parley_text spec;
    struct parley_json j;
    parley_text_init(&spec, 1 << 20);
    parley_json_init(&j, &spec, false);
    parley_json_object(&j);
    parley_json_key(&j, "data");
    parley_json_object(&j);
    parley_json_key(&j, "values");
    parley_json_array(&j);
    for (size_t i = 0; i <= set->n; i++) {
        parley_json_object(&j);
        parley_json_put_integer(&j, "order", (int64_t)i);
        parley_json_put_number(&j, "first", parley_exact_double(set->x[i % set->n]));
        parley_json_put_number(&j, "second", parley_exact_double(set->y[i % set->n]));
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    parley_json_object_end(&j);
    parley_json_key(&j, "mark");
    parley_json_raw(&j, "{\"type\":\"line\",\"point\":true}");
    parley_json_key(&j, "encoding");
    parley_json_object(&j);
    for (int i = 0; i < 2; i++) {
        parley_json_key(&j, i ? "y" : "x");
        parley_json_object(&j);
        parley_json_put_string(&j, "field", i ? "second" : "first");
        parley_json_put_string(&j, "type", "quantitative");
        parley_json_put_string(&j, "title", game->player[i]);
        parley_json_key(&j, "scale");
        parley_json_raw(&j, "{\"zero\":false}");
        parley_json_object_end(&j);
    }
    parley_json_key(&j, "order");
    parley_json_raw(&j, "{\"field\":\"order\"}");
    parley_json_object_end(&j);
    parley_json_object_end(&j);
    double low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };
    for (size_t i = 0; i < set->n; i++)
        for (int k = 0; k < 2; k++) {
            double v = parley_exact_double(k ? set->y[i] : set->x[i]);
            low[k] = fmin(low[k], v);
            high[k] = fmax(high[k], v);
        }
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "Every pair of average payoffs inside the outline can be sustained: %.60s gets %.4g to %.4g, %.60s %.4g to %.4g.",
                                                                      "轮廓内的每一对平均收益都可以维持: %.60s得%.4g至%.4g, %.60s得%.4g至%.4g。"),
                                               game->player[0], low[0], high[0], game->player[1], low[1], high[1]);
    parley_doc_chart(doc, "payoffs", PARLEY_SAY(in->lang, "Sustainable payoffs", "可维持的收益"),
                     sentence ? sentence : "", parley_text_str(&spec));
    parley_text_release(&spec);
}

static enum parley_status text(struct invocation *in, const struct parley_game *game, const struct parley_payoff_set *set)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "What two patient players can sustain", "两个有耐心的局中人能维持什么"));
    if (set->n == 0) {
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "No pair of payoffs can be sustained in pure actions at this patience; an equilibrium, if wanted, has to mix.",
                                                   "在这样的耐心下，没有任何收益组合能以纯行动维持；若有均衡，必须是混合的。"));
        return finish_doc(in, &doc);
    }
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Corners of the set of average payoffs that can be sustained", "可维持的平均收益集合的顶点"));
    for (int k = 0; k < 2; k++)
        parley_table_column(t, game->player[k], PARLEY_RIGHT);
    for (size_t i = 0; i < set->n; i++) {
        parley_table_cell(t, "%s", game_number(in, set->x[i]));
        parley_table_cell(t, "%s", game_number(in, set->y[i]));
    }
    if (set->n == 1)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "At this patience nothing but this one pair of payoffs can be sustained.", "在这样的耐心下，只有这一对收益可以维持。"));
    else
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "Every pair of average payoffs within these corners can be sustained by some pair of plans that neither side gains by leaving; which one is a matter of coordination, not of patience.",
                                                   "顶点围成范围内的每一对平均收益，都有双方皆不愿偏离的计划可以维持；取哪一对取决于协调，而非耐心。"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "The worst each can be held to: %s for %s, %s for %s.", "各方最坏可被压到：%s（%s），%s（%s）。"), game_number(in, set->worst[0]), game->player[0],
                         game_number(in, set->worst[1]), game->player[1]);
    if (!set->exact)
        parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "No fractions could be proven for these corners (they solve no linear equations): they are the limit of an iteration, good to more digits than are shown.",
                                               "这些顶点无法证明为分数（它们不满足线性方程）：是迭代的极限值，精度高于所示位数。"));
    chart(in, &doc, game, set);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_game *game;
    struct parley_payoff_set set;
    struct parley_ratio discount = { 9, 10 };
    enum parley_status status = strategic_game_of(in, in->operand[0], &game);
    if (!status)
        status = read_ratio_option(in, "discount", &discount);
    if (!status)
        status = parley_payoff_set(game, discount, &in->progress, &in->arena, &set, &in->err);
    if (status)
        return status;
    if (!in->json)
        return text(in, game, &set);
    json(in, game, &set);
    return PARLEY_OK;
}

const struct command command_game_payoffset = {
    .name = "game payoffset",
    .operands = "GAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "What two patient players can sustain: the subgame-perfect payoffs of the repeated game.",
    .summary_zh = "两个有耐心的博弈者能够维持什么：重复博弈的子博弈完美收益。",
    .text = "GAME is as for 'game show': a file, a matrix such as \"3 3,0 5;5 0,1 1\", a built-in name, case:ID or relation:A,B. Each side sees what the other did, acts are not "
            "mixed, and a public coin may be used. The result is the polygon of average payoffs that some equilibrium reaches, in exact fractions, "
            "proven, where there are any; otherwise as a limit, and it says so (after Abreu and Sannikov 2014).",
    .examples = "parley game payoffset prisoners-dilemma --discount 0.6\n"
                "parley game payoffset \"9 9,1 10;10 1,3 3\" --discount 1/5 --json\n",
    .options = (const struct option[]){ { "discount", 0, "D", "What tomorrow counts beside today, above 0 and below 1. Default: 9/10." }, OPTION_DOCUMENT, { 0 } },
    .run = run,
};

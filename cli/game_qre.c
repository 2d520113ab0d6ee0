#include "game_input.h"

#include <parley/game_concepts.h>

static const struct option options[] = {
    { "lambda", 0, "L", "precision at which to stop, per unit of payoff (default: 10)" },
    { "rows", 0, "N", "rows of the table (default: 12)" },
    OPTION_DOCUMENT,
    { 0 },
};

static void put_point(struct parley_json *json, const struct parley_game *g, const struct parley_qre_point *p)
{
    parley_json_object(json);
    parley_json_put_number(json, "lambda", p->lambda);
    parley_json_key(json, "strategies");
    parley_json_array(json);
    for (size_t i = 0, at = 0; i < g->n_players; at += g->n_strategies[i++]) {
        parley_json_array(json);
        for (size_t a = 0; a < g->n_strategies[i]; a++)
            parley_json_number(json, p->p[at + a]);
        parley_json_array_end(json);
    }
    parley_json_array_end(json);
    parley_json_put_number(json, "regret", p->regret);
    parley_json_object_end(json);
}

/* "From equal chances the path leads to: A swerve 0.65, ..." */
static const char *end_of_path(struct invocation *in, const struct parley_game *g, const struct parley_qre_point *p)
{
    struct parley_text text;
    parley_text_init(&text, 4000);
    parley_text_addf(&text, PARLEY_SAY(in->lang, "From equal chances at lambda 0 to what is most likely at lambda %.4g:", "自lambda为0时的等可能, 至lambda为%.4g时最可能者:"), p->lambda);
    for (size_t i = 0, at = 0; i < g->n_players && i < 8; at += g->n_strategies[i++]) {
        size_t best = 0;
        for (size_t a = 1; a < g->n_strategies[i]; a++)
            best = p->p[at + a] > p->p[at + best] ? a : best;
        parley_text_addf(&text, "%s %s: %.40s (%.2g)", i ? ";" : "", g->player[i], g->strategy[i][best], p->p[at + best]);
    }
    parley_text_addc(&text, '.');
    const char *copy = parley_text_keep(&text, &in->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

static void add_chart(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_qre *q)
{
    struct parley_text spec;
    struct parley_json json;
    parley_text_init(&spec, 4 << 20);
    parley_json_init(&json, &spec, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "mark", "line");
    parley_json_key(&json, "data");
    parley_json_object(&json);
    parley_json_key(&json, "values");
    parley_json_array(&json);
    for (size_t k = 0; k < q->n; k++)
        for (size_t i = 0, at = 0; i < g->n_players; at += g->n_strategies[i++])
            for (size_t a = 0; a < g->n_strategies[i] && at + a < 24; a++) {
                parley_json_object(&json);
                parley_json_put_number(&json, "lambda", q->point[k].lambda);
                parley_json_put_integer(&json, "step", (int64_t)k);
                parley_json_put_number(&json, "probability", q->point[k].p[at + a]);
                parley_json_put_string(&json, "choice", parley_arena_printf(&in->arena, "%s: %s", g->player[i], g->strategy[i][a]));
                parley_json_object_end(&json);
            }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
    parley_json_key(&json, "encoding");
    parley_json_raw(&json, "{\"x\":{\"field\":\"lambda\",\"type\":\"quantitative\"},\"y\":{\"field\":\"probability\",\"type\":\"quantitative\"},"
                           "\"order\":{\"field\":\"step\"},\"color\":{\"field\":\"choice\",\"type\":\"nominal\"}}");
    parley_json_object_end(&json);
    parley_doc_chart(doc, "qre", PARLEY_SAY(in->lang, "Choices as people err less", "差错减少时的选择"), end_of_path(in, g, &q->point[q->n - 1]), parley_text_str(&spec));
    parley_text_release(&spec);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_game *g;
    struct parley_qre q;
    struct parley_doc doc;
    double lambda = 10;
    uint64_t rows = 12;
    enum parley_status status = option_double(in, "lambda", 1e-9, 1e9, &lambda);
    if (!status)
        status = option_u64(in, "rows", 2, 1000, &rows);
    if (!status)
        status = strategic_game_of(in, in->operand[0], &g);
    if (!status)
        status = parley_game_qre(g, lambda, 0, &in->progress, &in->arena, &q, &in->err);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        put_players(&json, g);
        parley_json_put_bool(&json, "reached", q.reached);
        parley_json_key(&json, "last");
        put_point(&json, g, &q.point[q.n - 1]);
        parley_json_key(&json, "path");
        parley_json_array(&json);
        for (size_t k = 0; k < q.n; k++)
            put_point(&json, g, &q.point[k]);
        parley_json_array_end(&json);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    begin_doc(in, &doc, *g->title ? g->title : PARLEY_SAY(in->lang, "What people who err a little would do", "会犯错者如何选择"));
    add_matrix(in, &doc, g);
    parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "People take the better choice more often, but not always. Lambda is how sharply they look: at 0 all choices are equally likely; at 1, a choice that is better by one unit of payoff is taken 2.7 times as often; "
                                                "the larger it is, the rarer are errors. Each side expects the other to err in the same way.",
                                                "人们更常选较优者, 但并非总是。lambda表示判断的敏锐程度: 为0时各选择等可能; 为1时, 收益高一单位的选择被选的频率为2.7倍; 越大差错越少。各方预期对方同样会出错。"));
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Chance of each choice", "各选择的概率"));
    parley_table_column(t, "lambda", PARLEY_RIGHT);
    size_t shown = 0;
    for (size_t i = 0; i < g->n_players; i++)
        for (size_t a = 0; a < g->n_strategies[i] && shown < 8; a++, shown++)
            parley_table_column(t, parley_arena_printf(&in->arena, "%s: %s", g->player[i], g->strategy[i][a]), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "best change gains", "最优改变所得"), PARLEY_RIGHT);
    for (uint64_t r = 0; r < rows && r < q.n; r++) {
        size_t k = q.n <= rows ? (size_t)r : (size_t)(r * (q.n - 1) / (rows - 1));
        parley_table_number(t, q.point[k].lambda, 4);
        for (size_t a = 0; a < shown; a++)
            parley_table_number(t, q.point[k].p[a], 4);
        parley_table_number(t, q.point[k].regret, 3);
    }
    if (!q.reached)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "The path could be followed only to lambda %.6g.", "只能跟踪到lambda %.6g。"), q.point[q.n - 1].lambda);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "The last column is what the side that loses most by its errors could gain by always taking its best choice: 0 in an equilibrium. The end of the path is near an equilibrium and is not one; `parley game solve` lists them.", "末列为因差错损失最大者若总选最优可多得的收益: 均衡时为0。路径终点接近均衡但并非均衡; 均衡见 parley game solve。"));
    add_chart(in, &doc, g, &q);
    return finish_doc(in, &doc);
}

const struct command command_game_qre = {
    .name = "game qre",
    .operands = "GAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "What people who err a little would do: logit quantal response.",
    .summary_zh = "会犯错的决策者如何选择: 量化应对均衡。",
    .text = "GAME is as for 'game show'. Follows the logit response from random choice (lambda 0) to --lambda (McKelvey and Palfrey 1995; Turocy 2005). The regret column says how far the "
            "point is from an equilibrium.",
    .examples = "parley game qre chicken\nparley game qre prisoners-dilemma --lambda 3 --json\n",
    .options = options,
    .run = run,
};

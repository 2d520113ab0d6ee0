#include "game_chart.h"
#include "game_input.h"
#include "game_range.h"

#include <math.h>
#include <parley/game_concepts.h>

static const struct option options[] = { { "leader", 0, "N", "who commits first: 1 or 2 (default: both are shown)" }, OPTION_DOCUMENT, { 0 } };

static void put(struct invocation *in, struct parley_json *json, const struct parley_game *g, const struct parley_commitment *c)
{
    parley_json_object(json);
    parley_json_put_string(json, "leader", g->player[c->leader]);
    parley_json_key(json, "mixture");
    parley_json_array(json);
    for (size_t a = 0; a < g->n_strategies[c->leader]; a++)
        put_exact(json, in, c->mixture[a]);
    parley_json_array_end(json);
    parley_json_put_string(json, "reply", g->strategy[1 - c->leader][c->reply]);
    parley_json_key(json, "payoffs");
    parley_json_array(json);
    put_exact(json, in, c->payoff[0]);
    put_exact(json, in, c->payoff[1]);
    parley_json_array_end(json);
    parley_json_object_end(json);
}

static void show(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_commitment *c)
{
    parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "If %s commits first and is believed:", "若%s先作承诺且被相信:"), g->player[c->leader]);
    for (size_t a = 0; a < g->n_strategies[c->leader]; a++)
        if (parley_exact_sign(c->mixture[a]) > 0 && parley_exact_double(c->mixture[a]) < 1)
            parley_doc_item(doc, PARLEY_SAY(in->lang, "it announces to do '%s' with a chance of %s", "宣布以%2$s的概率“%1$s”"), g->strategy[c->leader][a], game_number(in, c->mixture[a]));
        else if (parley_exact_sign(c->mixture[a]) > 0)
            parley_doc_item(doc, PARLEY_SAY(in->lang, "it announces '%s'", "宣布“%s”"), g->strategy[c->leader][a]);
    parley_doc_item(doc, PARLEY_SAY(in->lang, "%s answers '%s'", "%s以“%s”回应"), g->player[1 - c->leader], g->strategy[1 - c->leader][c->reply]);
    parley_doc_item(doc, PARLEY_SAY(in->lang, "%s then gets %s, %s gets %s", "此时%s得%s, %s得%s"), g->player[0], game_number(in, c->payoff[0]), g->player[1], game_number(in, c->payoff[1]));
}

/* What being believed is worth: beside what the equilibria give when nobody can commit. */
static enum parley_status say_worth(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_commitment *c)
{
    int weight[2] = { c->leader == 0, c->leader == 1 };
    struct payoff_range r;
    enum parley_status status = equilibrium_range(in, g, weight, &r);
    double with = parley_exact_double(c->payoff[c->leader]);
    if (status || !r.known)
        return status;
    if (r.high - r.low > 1e-9)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "without a commitment %s gets from %.4g to %.4g, depending on which equilibrium comes about: to be believed is worth up to %.4g to it", "若无承诺, 视均衡而定%s得%.4g至%.4g: 被相信对其至多值%.4g"),
                        g->player[c->leader], r.low, r.high, with - r.low);
    else
        parley_doc_item(doc, PARLEY_SAY(in->lang, "without a commitment %s gets %.4g: to be believed is worth %.4g to it", "若无承诺, %s得%.4g: 被相信对其值%.4g"), g->player[c->leader], r.low, fmax(0, with - r.low));
    return PARLEY_OK;
}

/* Outcomes without commitment beside what a believed announcement brings. */
static void add_chart(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct outcome_point *point, size_t n)
{
    const char **group = PARLEY_NEW(&in->arena, const char *, g->n_profiles + 1);
    struct parley_text text;
    if (!group)
        return;
    for (size_t p = 0; p < g->n_profiles; p++)
        group[p] = outcome_is_stable(g, p) ? PARLEY_SAY(in->lang, "stable without commitment", "无承诺时稳定") : PARLEY_SAY(in->lang, "not stable", "不稳定");
    parley_text_init(&text, 2000);
    for (size_t k = 0; k < n; k++)
        parley_text_addf(&text, PARLEY_SAY(in->lang, "%s: the two get %.4g and %.4g. ", "%s: 双方得%.4g与%.4g。"), point[k].label, point[k].payoff[0], point[k].payoff[1]);
    add_outcome_chart(in, doc, parley_text_str(&text), g, group, point, n);
    parley_text_release(&text);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_game *g;
    struct parley_doc doc;
    struct parley_json json;
    struct outcome_point point[2];
    size_t n = 0;
    uint64_t leader = 0;
    enum parley_status status = option_u64(in, "leader", 1, 2, &leader);
    if (!status)
        status = strategic_game_of(in, in->operand[0], &g);
    if (status)
        return status;
    if (in->json) {
        begin_json(in, &json);
        parley_json_array(&json);
    } else {
        begin_doc(in, &doc, *g->title ? g->title : PARLEY_SAY(in->lang, "What a believed announcement is worth", "被相信的承诺值多少"));
        add_matrix(in, &doc, g);
    }
    for (size_t i = 0; i < 2; i++) {
        struct parley_commitment c;
        if (leader && leader != i + 1)
            continue;
        if ((status = parley_game_commit(g, i, &in->arena, &c, &in->err)))
            return status;
        if (in->json) {
            put(in, &json, g, &c);
            continue;
        }
        show(in, &doc, g, &c);
        if ((status = say_worth(in, &doc, g, &c)))
            return status;
        const char *label = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "%s commits", "%s作承诺"), g->player[i]);
        point[n++] = (struct outcome_point){ label ? label : "", PARLEY_SAY(in->lang, "commitment", "承诺"), { 0, 0 } };
        for (size_t k = 0; k < 2; k++)
            point[n - 1].payoff[k] = parley_exact_double(c.payoff[k]);
    }
    if (in->json) {
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "Where two answers are worth the same to the other side, it is taken to give the one that the leader wishes; a tiny change of the announcement makes that answer the better one.",
                                           "若两种回应对对方价值相同, 假定其按先行者所愿回应; 微调宣布内容即可使该回应更优。"));
    add_chart(in, &doc, g, point, n);
    return finish_doc(in, &doc);
}

const struct command command_game_commit = {
    .name = "game commit",
    .operands = "GAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "What a believed announcement is worth: the best mixture to commit to.",
    .summary_zh = "可信声明的价值: 最优承诺。",
    .text = "GAME is as for 'game show'. Two players: the best (possibly random) course that one side can announce when the other believes it, and the answer to it; exact "
            "(Conitzer and Sandholm 2006; von Stengel and Zamir 2010).",
    .examples = "parley game commit chicken\nparley game commit inspection --leader 1\n",
    .options = options,
    .run = run,
};

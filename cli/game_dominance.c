#include "game_chart.h"
#include "game_input.h"

#include <parley/game_concepts.h>

static const struct option options[] = { { "weak", 0, NULL, "also eliminate what is only weakly dominated (all of a round at once)" }, OPTION_DOCUMENT, { 0 } };

static const char *by_text(struct invocation *in, const struct parley_game *g, const struct parley_elimination *e)
{
    struct parley_text text;
    parley_text_init(&text, 1 << 24);
    for (size_t k = 0; e->by && k < g->n_strategies[e->player]; k++)
        if (parley_exact_sign(e->by[k]) > 0) {
            parley_text_addf(&text, "%s%s", text.len ? "; " : "", g->strategy[e->player][k]);
            if (parley_exact_double(e->by[k]) < 1)
                parley_text_addf(&text, " %s", game_number(in, e->by[k]));
        }
    if (!e->by)
        parley_text_adds(&text, PARLEY_SAY(in->lang, "a mixture (no belief makes it best)", "某个混合策略"));
    const char *copy = parley_text_keep(&text, &in->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

static void put(struct invocation *in, const struct parley_game *g, const struct parley_rational *r)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    put_players(&json, g);
    parley_json_key(&json, "eliminated");
    parley_json_array(&json);
    for (size_t k = 0; k < r->n; k++) {
        parley_json_object(&json);
        parley_json_put_integer(&json, "round", (int64_t)r->step[k].round);
        parley_json_put_string(&json, "player", g->player[r->step[k].player]);
        parley_json_put_integer(&json, "number", (int64_t)r->step[k].strategy + 1);
        parley_json_put_string(&json, "strategy", g->strategy[r->step[k].player][r->step[k].strategy]);
        parley_json_put_string(&json, "kind", r->step[k].kind == PARLEY_DOMINATED_STRICTLY ? "strict" : "weak");
        parley_json_put_string(&json, "by", r->step[k].by ? by_text(in, g, &r->step[k]) : "mixture");
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_key(&json, "left");
    parley_json_array(&json);
    for (size_t i = 0; i < g->n_players; i++) {
        parley_json_array(&json);
        for (size_t a = 0; a < g->n_strategies[i]; a++)
            if (r->left[i][a])
                parley_json_string(&json, g->strategy[i][a]);
        parley_json_array_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
}

/* Which outcomes are left when what is dominated has gone. */
static void add_chart(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_rational *r)
{
    const char **group = PARLEY_NEW(&in->arena, const char *, g->n_profiles + 1);
    size_t left = 0;
    if (!group || g->n_players != 2)
        return;
    for (size_t p = 0; p < g->n_profiles; p++) {
        bool is = r->left[0][p % g->n_strategies[0]] && r->left[1][p / g->n_strategies[0]];
        left += is;
        group[p] = is ? PARLEY_SAY(in->lang, "left", "保留") : PARLEY_SAY(in->lang, "ruled out", "剔除");
    }
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "The %zu outcomes by what each side gets; %zu left after elimination.", "%zu种结果下双方的收益; 剔除后余%zu种。"),
                                               g->n_profiles, left);
    add_outcome_chart(in, doc, sentence ? sentence : "", g, group, NULL, 0);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_game *g;
    struct parley_rational r;
    struct parley_doc doc;
    enum parley_status status = strategic_game_of(in, in->operand[0], &g);
    if (!status)
        status = parley_game_eliminate(g, option_given(in, "weak"), &in->arena, &r, &in->err);
    if (status)
        return status;
    if (in->json) {
        put(in, g, &r);
        return PARLEY_OK;
    }
    begin_doc(in, &doc, *g->title ? g->title : PARLEY_SAY(in->lang, "Which choices can be ruled out", "哪些选择可以排除"));
    add_matrix(in, &doc, g);
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "What a reasonable player does not do", "理性者不会做的"));
    parley_table_column(t, PARLEY_SAY(in->lang, "round", "轮"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "player", "局中人"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "strategy", "策略"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "kind", "类型"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "dominated by", "被占优于"), PARLEY_LEFT);
    for (size_t k = 0; k < r.n; k++) {
        parley_table_cell(t, "%zu", r.step[k].round);
        parley_table_cell(t, "%s", g->player[r.step[k].player]);
        parley_table_cell(t, "%s", g->strategy[r.step[k].player][r.step[k].strategy]);
        parley_table_cell(t, "%s", r.step[k].kind == PARLEY_DOMINATED_STRICTLY ? PARLEY_SAY(in->lang, "strictly", "严格") : PARLEY_SAY(in->lang, "weakly", "弱"));
        parley_table_cell(t, "%s", by_text(in, g, &r.step[k]));
    }
    if (!r.n)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "Nothing is dominated: every choice is best under some belief about the others.", "没有被占优的策略。"));
    for (size_t i = 0; i < g->n_players; i++)
        for (size_t a = 0; a < g->n_strategies[i]; a++)
            if (r.left[i][a])
                parley_doc_item(&doc, PARLEY_SAY(in->lang, "%s may still choose: %s", "%s仍可选择: %s"), g->player[i], g->strategy[i][a]);
    add_chart(in, &doc, g, &r);
    return finish_doc(in, &doc);
}

const struct command command_game_dominance = {
    .name = "game dominance",
    .operands = "GAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Which choices can be ruled out, round by round; what is rationalisable.",
    .summary_zh = "逐轮剔除劣策略; 何为可理性化。",
    .text = "GAME is as for 'game show'. Eliminates strategies that a pure strategy or a mixture dominates, decided by exact linear programmes. What is left after strict rounds is "
            "rationalisable (two players; correlated beliefs with more).",
    .examples = "parley game dominance prisoners-dilemma\nparley game dominance three-modes\nparley game dominance attribution --weak --json\n",
    .options = options,
    .run = run,
};

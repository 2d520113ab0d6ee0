#include "game_chart.h"
#include "game_input.h"
#include <stdio.h>

#include <parley/game_name.h>
#include <string.h>

static const char *const cell_name[4] = { "C,C", "C,D", "D,C", "D,D" };

static void put_ordinal(struct parley_json *json, const struct parley_ordinal *g)
{
    char text[16];
    snprintf(text, sizeof text, "%d%d%d", g->layer, g->row, g->column);
    parley_json_put_string(json, "name", g->name);
    parley_json_put_string(json, "robinson_goforth", text);
    parley_json_key(json, "pure_equilibria");
    parley_json_array(json);
    for (int i = 0; i < g->n_equilibria; i++)
        parley_json_string(json, cell_name[g->equilibrium[i]]);
    parley_json_array_end(json);
}

static void put_pair(struct invocation *in, struct parley_json *json, const char *key, const struct parley_exact *const x[2])
{
    parley_json_key(json, key);
    parley_json_array(json);
    put_exact(json, in, x[0]);
    put_exact(json, in, x[1]);
    parley_json_array_end(json);
}

static const char *cell_or(const char *otherwise, int cell) { return cell >= 0 ? cell_name[cell] : otherwise; }

static void put_name(struct invocation *in, const struct parley_game *g, const struct parley_game_name *n)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    put_ordinal(&json, &n->game);
    put_players(&json, g);
    parley_json_put_bool(&json, "strict", n->strict);
    parley_json_key(&json, "readings");
    parley_json_array(&json);
    for (size_t i = 0; i < n->n_readings; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d%d%d", n->reading[i].layer, n->reading[i].row, n->reading[i].column);
        parley_json_object(&json);
        parley_json_put_string(&json, "name", n->reading_name[i]);
        parley_json_put_string(&json, "robinson_goforth", text);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_key(&json, "cooperate");
    parley_json_array(&json);
    parley_json_string(&json, g->strategy[0][n->cooperate[0]]);
    parley_json_string(&json, g->strategy[1][n->cooperate[1]]);
    parley_json_array_end(&json);
    static const char *const letter[4] = { "R", "S", "T", "P" };
    for (int c = 0; c < 4; c++)
        put_pair(in, &json, letter[c], (const struct parley_exact *[2]){ n->payoff[0][c], n->payoff[1][c] });
    put_pair(in, &json, "fear", n->fear);
    put_pair(in, &json, "greed", n->greed);
    parley_json_key(&json, "dominance");
    parley_json_array(&json);
    for (int i = 0; i < 2; i++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "player", g->player[i]);
        parley_json_put_string(&json, "dominant", n->dominant[i] < 0 ? NULL : g->strategy[i][n->dominant[i]]);
        parley_json_put_bool(&json, "strict", n->strictly[i]);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_key(&json, "pareto_efficient");
    parley_json_array(&json);
    for (int i = 0; i < n->n_pareto; i++)
        parley_json_string(&json, cell_name[n->pareto[i]]);
    parley_json_array_end(&json);
    parley_json_put_string(&json, "payoff_dominant", cell_or(NULL, n->payoff_dominant));
    parley_json_put_string(&json, "risk_dominant", cell_or(n->risk_dominant == -2 ? "neither" : NULL, n->risk_dominant));
    parley_json_key(&json, "neighbours");
    parley_json_array(&json);
    for (int k = 0; k < PARLEY_NAME_SWAPS; k++) {
        const struct parley_name_swap *s = &n->swap[k];
        parley_json_object(&json);
        parley_json_put_string(&json, "who", s->player == 2 ? "both" : g->player[s->player]);
        parley_json_key(&json, "swap");
        parley_json_array(&json);
        parley_json_integer(&json, s->low);
        parley_json_integer(&json, s->low + 1);
        parley_json_array_end(&json);
        put_ordinal(&json, &s->game);
        parley_json_put_bool(&json, "better", s->better);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
}

/* --- for people ------------------------------------------------------------------------------------- */

static void say_incentives(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_game_name *n)
{
    for (int i = 0; i < 2; i++) {
        int fear = parley_exact_sign(n->fear[i]), greed = parley_exact_sign(n->greed[i]);
        const char *verdict;
        if (in->lang == PARLEY_ZH)
            verdict = fear > 0 && greed > 0 ? "恐惧与贪欲都促使其背弃合作" : fear > 0 ? "只有恐惧促使其背弃: 信任和保证有用" :
                      greed > 0 ? "只有贪欲促使其背弃: 须提高背弃的代价" : "没有背弃的动机";
        else
            verdict = fear > 0 && greed > 0 ? "both fear and greed push it to defect" : fear > 0 ? "only fear pushes it to defect: reassurance can work" :
                      greed > 0 ? "only greed pushes it to defect: a higher cost of defection can work" : "nothing pushes it to defect";
        parley_doc_item(doc, PARLEY_SAY(in->lang, "%s: fear (P - S) %s, greed (T - R) %s: %s.", "%s: 恐惧(P - S) %s, 贪欲(T - R) %s: %s。"),
                        g->player[i], game_number(in, n->fear[i]), game_number(in, n->greed[i]), verdict);
        if (n->dominant[i] >= 0)
            parley_doc_item(doc, PARLEY_SAY(in->lang, "%s: '%s' is %s whatever the other does.", "%s: 无论对方如何, “%s”%s。"), g->player[i],
                            g->strategy[i][n->dominant[i]],
                            n->strictly[i] ? PARLEY_SAY(in->lang, "better", "总是更好") : PARLEY_SAY(in->lang, "at least as good", "至少不差"));
    }
}

static const char *cell_words(struct invocation *in, const struct parley_game *g, const struct parley_game_name *n, int cell)
{
    int row = cell >> 1 ? !n->cooperate[0] : n->cooperate[0], column = cell & 1 ? !n->cooperate[1] : n->cooperate[1];
    const char *text = parley_arena_printf(&in->arena, "(%s, %s)", g->strategy[0][row], g->strategy[1][column]);
    return text ? text : "";
}

static void say_stability(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_game_name *n)
{
    if (n->game.n_equilibria == 0)
        parley_doc_paragraph(doc, "%s", PARLEY_SAY(in->lang, "No pair of fixed choices is stable: each outcome gives somebody a reason to move.", "没有稳定的纯策略组合。"));
    for (int i = 0; i < n->game.n_equilibria; i++)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "Stable: %s.", "稳定: %s。"), cell_words(in, g, n, n->game.equilibrium[i]));
    if (n->payoff_dominant >= 0)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "Better for both (payoff dominant): %s.", "对双方都更好(收益占优): %s。"), cell_words(in, g, n, n->payoff_dominant));
    if (n->risk_dominant >= 0)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "Safer when unsure of the other (risk dominant): %s.", "不确定对方时更安全(风险占优): %s。"), cell_words(in, g, n, n->risk_dominant));
    bool efficient = false;
    for (int i = 0; i < n->game.n_equilibria; i++)
        for (int k = 0; k < n->n_pareto; k++)
            efficient |= n->game.equilibrium[i] == n->pareto[k];
    if (n->game.n_equilibria && !efficient)
        parley_doc_paragraph(doc, "%s", PARLEY_SAY(in->lang, "What is stable is not what is best: both could be better off at once. This is the dilemma.", "稳定的并非最好的: 双方本可同时改善。困境即在此。"));
}

static void add_neighbours(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_game_name *n)
{
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(in->lang, "What one swap of two neighbouring payoffs would make of it", "调换相邻两个收益后变成什么博弈"));
    static const char *const letter[4] = { "R", "S", "T", "P" };
    parley_table_column(t, PARLEY_SAY(in->lang, "who", "谁"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "payoffs that swap", "调换的收益"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "by more than", "须超过"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "becomes", "变为"), PARLEY_LEFT);
    parley_table_column(t, "RG", PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "better", "更好"), PARLEY_LEFT);
    for (int k = 0; k < PARLEY_NAME_SWAPS; k++) {
        const struct parley_name_swap *s = &n->swap[k];
        int who = s->player == 1, a = 0, b = 0;
        for (int c = 0; c < 4; c++) {
            if (n->game.rank[who][c] == s->low)
                a = c;
            if (n->game.rank[who][c] == s->low + 1)
                b = c;
        }
        parley_table_cell(t, "%s", s->player == 2 ? PARLEY_SAY(in->lang, "both", "双方") : g->player[s->player]);
        if (s->player == 2)
            parley_table_cell(t, PARLEY_SAY(in->lang, "ranks %d and %d", "第%d与第%d位"), s->low, s->low + 1);
        else
            parley_table_cell(t, "%s > %s", letter[a], letter[b]);
        if (s->player == 2)
            parley_table_cell(t, "%s, %s", game_number(in, s->gap[0]), game_number(in, s->gap[1]));
        else
            parley_table_cell(t, "%s", game_number(in, s->gap[who]));
        parley_table_cell(t, "%s", in->lang == PARLEY_ZH ? s->game.name_zh : s->game.name);
        parley_table_cell(t, "%d%d%d", s->game.layer, s->game.row, s->game.column);
        parley_table_cell(t, "%s", s->better ? PARLEY_SAY(in->lang, "yes", "是") : "");
    }
}

static enum parley_status run(struct invocation *in)
{
    struct parley_game *g;
    struct parley_game_name n;
    struct parley_doc doc;
    enum parley_status status = strategic_game_of(in, in->operand[0], &g);
    if (!status)
        status = parley_game_name(g, &in->arena, &n, &in->err);
    if (status)
        return status;
    if (in->json) {
        put_name(in, g, &n);
        return PARLEY_OK;
    }
    begin_doc(in, &doc, parley_arena_printf(&in->arena, "%s: %s", PARLEY_SAY(in->lang, "The game", "博弈"), in->lang == PARLEY_ZH ? n.game.name_zh : n.game.name));
    add_matrix(in, &doc, g);
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Robinson-Goforth number %d%d%d (layer %d). 'C' means %s for %s and %s for %s.",
                                          "Robinson-Goforth编号%d%d%d(第%d层)。“C”指%s(%s)与%s(%s)。"),
                         n.game.layer, n.game.row, n.game.column, n.game.layer, g->strategy[0][n.cooperate[0]], g->player[0],
                         g->strategy[1][n.cooperate[1]], g->player[1]);
    if (!n.strict)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "Some payoffs are tied: a small change could make any of %zu strict games of it; the name given breaks ties in favour of cooperation.",
                                         "有收益相等: 微小变化可使其成为%zu种严格博弈之一; 所给名称按有利于合作的方式处理。"), n.n_readings);
    say_incentives(in, &doc, g, &n);
    say_stability(in, &doc, g, &n);
    add_neighbours(in, &doc, g, &n);
    add_stable_chart(in, &doc, g);
    return finish_doc(in, &doc);
}

const struct command command_game_name = {
    .name = "game name",
    .operands = "GAME|\"R,S;T,P\"",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Which dilemma is this? Name, number, fear, greed, stable outcomes, better neighbours.",
    .summary_zh = "这是哪种困境? 名称, 编号, 恐惧, 贪欲, 稳定结果, 更好的邻近博弈。",
    .text = "Names a game of two players with two choices each by the order of its payoffs (Robinson and Goforth 2005; names of Bruns 2015). R is what both "
            "get when both cooperate, P when neither does; T goes to who defects alone, S to who cooperates alone. Fear is P - S, greed T - R. The number "
            "is layer, column player's pattern, row player's pattern.\n\nThe table of neighbours says which game arises when two payoffs that are next to each "
            "other in rank change places, and by how much they must move; 'better' means that the best stable outcome gives the worse-off side more.",
    .examples = "parley game name \"3,0;5,1\"\nparley game name stag-hunt\nparley game name \"3 2,0 0;0 0,2 3\" --json\n",
    .options = (const struct option[]){ OPTION_DOCUMENT, { 0 } },
    .run = run,
};

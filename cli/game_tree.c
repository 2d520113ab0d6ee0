#include "game_method.h"
#include "game_tree.h"

#include "game_chart.h"

/* "after the alarm", or "set 3" where the file gives no name. */
static const char *set_name(struct invocation *in, const struct parley_infoset *set)
{
    const char *name = *set->label ? set->label : parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "set %d", "信息集%d"), set->number);
    return name ? name : "";
}

static const char *action_name(struct invocation *in, const struct parley_infoset *set, size_t a)
{
    const char *name = *set->action[a] ? set->action[a] : parley_arena_printf(&in->arena, "%zu", a + 1);
    return name ? name : "";
}

/* --- JSON --------------------------------------------------------------------------------------------- */

static void put_rule(struct parley_json *json, struct invocation *in, const struct parley_game *g, const struct parley_tree_equilibria *t, const struct parley_behaviour *e)
{
    const struct parley_extensive *x = g->extensive;
    parley_json_object(json);
    parley_json_key(json, "strategies"); /* by player: the actions of its information sets one after the other */
    parley_json_array(json);
    for (size_t i = 0, k = 0; i < g->n_players; i++) {
        parley_json_array(json);
        for (; k < t->n_sets && x->infoset[t->set[k]].player == i; k++)
            for (size_t a = 0; a < x->infoset[t->set[k]].n_actions; a++)
                put_exact(json, in, e->probability[t->first[t->set[k]] + a]);
        parley_json_array_end(json);
    }
    parley_json_array_end(json);
    parley_json_key(json, "payoffs");
    parley_json_array(json);
    for (size_t i = 0; i < g->n_players; i++)
        put_exact(json, in, e->payoff[i]);
    parley_json_array_end(json);
    parley_json_put_string(json, "kind", e->pure ? "pure" : "mixed");
    parley_json_put_number(json, "regret_max", parley_exact_double(e->regret));
    parley_json_object_end(json);
}

void put_tree_solution(struct parley_json *json, struct invocation *in, const char *file, const struct parley_game *g, const struct parley_tree_equilibria *t)
{
    const struct parley_extensive *x = g->extensive;
    parley_json_object(json);
    if (file)
        parley_json_put_string(json, "file", file);
    put_players(json, g);
    parley_json_put_bool(json, "complete", t->complete);
    parley_json_put_string(json, "form", "behaviour");
    parley_json_put_string(json, "method", t->method);
    parley_json_put_string(json, "argument", t->argument);
    parley_json_put_integer(json, "subgames", (int64_t)t->n_subgames);
    parley_json_key(json, "information_sets"); /* in the order of the probabilities */
    parley_json_array(json);
    for (size_t k = 0; k < t->n_sets; k++) {
        const struct parley_infoset *set = &x->infoset[t->set[k]];
        parley_json_object(json);
        parley_json_put_string(json, "player", g->player[set->player]);
        parley_json_put_integer(json, "number", set->number);
        parley_json_put_string(json, "label", set->label);
        parley_json_put_strings(json, "actions", set->action, set->n_actions);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    parley_json_key(json, "equilibria");
    parley_json_array(json);
    for (size_t e = 0; e < t->n; e++)
        put_rule(json, in, g, t, &t->equilibrium[e]);
    parley_json_array_end(json);
    parley_json_key(json, "components");
    parley_json_array(json);
    parley_json_array_end(json);
    parley_json_object_end(json);
}

/* --- text --------------------------------------------------------------------------------------------- */

/* "attack 2/17, refrain 15/17" at one information set. */
static const char *rule_text(struct invocation *in, const struct parley_infoset *set, const struct parley_exact *const *p)
{
    struct parley_text text;
    parley_text_init(&text, 1 << 24);
    for (size_t a = 0; a < set->n_actions; a++) {
        if (parley_exact_sign(p[a]) <= 0)
            continue;
        parley_text_addf(&text, "%s%s", text.len ? "; " : "", action_name(in, set, a));
        if (parley_exact_double(p[a]) < 1)
            parley_text_addf(&text, " %s", game_number(in, p[a]));
    }
    const char *copy = parley_text_keep(&text, &in->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

static void add_rules(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_tree_equilibria *t)
{
    const size_t shown_max = 8;
    size_t shown = t->n < shown_max ? t->n : shown_max;
    struct parley_table *table = parley_doc_table(doc, PARLEY_SAY(in->lang, "What each side does where it moves", "各方在各处的行动"));
    parley_table_column(table, PARLEY_SAY(in->lang, "player", "参与方"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(in->lang, "knows", "所知"), PARLEY_LEFT);
    for (size_t e = 0; e < shown; e++)
        parley_table_column(table, parley_arena_printf(&in->arena, shown > 1 ? "#%zu" : PARLEY_SAY(in->lang, "does", "行动"), e + 1), PARLEY_LEFT);
    for (size_t k = 0; k < t->n_sets; k++) {
        const struct parley_infoset *set = &g->extensive->infoset[t->set[k]];
        parley_table_cell(table, "%s", g->player[set->player]);
        parley_table_cell(table, "%s", set_name(in, set));
        for (size_t e = 0; e < shown; e++)
            parley_table_cell(table, "%s", rule_text(in, set, t->equilibrium[e].probability + t->first[t->set[k]]));
    }
    if (t->n > shown)
        parley_doc_note(doc, PARLEY_SAY(in->lang, "%zu equilibria; the first %zu are shown, --json gives all.", "共%zu个均衡; 仅显示前%zu个, --json给出全部。"), t->n, shown);
}

static void add_payoffs(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, const struct parley_tree_equilibria *t)
{
    struct parley_table *table = parley_doc_table(doc, PARLEY_SAY(in->lang, "What each side gets", "各方所得"));
    parley_table_column(table, "#", PARLEY_RIGHT);
    for (size_t i = 0; i < g->n_players; i++)
        parley_table_column(table, g->player[i], PARLEY_RIGHT);
    for (size_t e = 0; e < t->n; e++) {
        parley_table_cell(table, "%zu", e + 1);
        for (size_t i = 0; i < g->n_players; i++)
            parley_table_cell(table, "%s", game_number(in, t->equilibrium[e].payoff[i]));
    }
}

static double payoff_of(const void *equilibria, size_t e, size_t player)
{
    return parley_exact_double(((const struct parley_tree_equilibria *)equilibria)->equilibrium[e].payoff[player]);
}

enum parley_status show_tree_solution(struct invocation *in, const struct parley_game *g, const struct parley_tree_equilibria *t)
{
    struct parley_doc doc;
    bool exact = true;
    double regret = 0;
    begin_doc(in, &doc, *g->title ? g->title : PARLEY_SAY(in->lang, "Equilibria", "均衡"));
    if (t->complete)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "All subgame perfect equilibria: %zu. Method: %s; %s.", "全部子博弈完美均衡: %zu个。方法: %s; %s。"), t->n, method_words(in, t->method), method_words(in, t->argument));
    else
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "At least these subgame perfect equilibria: %zu; there may be more. Method: %s; %s.", "至少有这%zu个子博弈完美均衡, 可能还有。方法: %s; %s。"),
                        t->n, method_words(in, t->method), method_words(in, t->argument));
    if (t->zero_sum)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "What one side gains the other loses: both get the same in every equilibrium.", "一方所得即另一方所失: 双方在每个均衡中所得相同。"));
    add_rules(in, &doc, g, t);
    add_payoffs(in, &doc, g, t);
    for (size_t e = 0; e < t->n; e++) {
        exact &= parley_exact_sign(t->equilibrium[e].regret) == 0;
        regret = parley_exact_double(t->equilibrium[e].regret) > regret ? parley_exact_double(t->equilibrium[e].regret) : regret;
    }
    if (exact)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "Every rule was verified in exact arithmetic, in the whole tree and in every subgame.", "每条规则均经精确运算验证, 整树与每个子博弈皆然。"));
    else
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "Some probabilities are decimals near an irrational equilibrium: nobody could gain more than %.2g by changing alone (proven).",
                                         "部分概率是无理数均衡的小数近似: 单方改变的收益至多%.2g(已证明)。"), regret);
    add_payoff_chart(in, &doc, g, t->n, payoff_of, t);
    return finish_doc(in, &doc);
}

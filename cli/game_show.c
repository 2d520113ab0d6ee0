#include "game_input.h"

#include <parley/data.h>
#include <string.h>

static enum parley_status list(struct invocation *in)
{
    size_t n;
    const struct parley_data_file *file = parley_data_all(&n);
    struct parley_doc doc;
    struct parley_json json;
    struct parley_table *t = NULL;
    if (in->json) {
        begin_json(in, &json);
        parley_json_array(&json);
    } else {
        begin_doc(in, &doc, PARLEY_SAY(in->lang, "Built-in games", "内置博弈"));
        t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Type a name in place of a file", "以名称代替文件"));
        parley_table_column(t, PARLEY_SAY(in->lang, "name", "名称"), PARLEY_LEFT);
        parley_table_column(t, PARLEY_SAY(in->lang, "game", "博弈"), PARLEY_LEFT);
    }
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(file[i].name);
        struct parley_game *game;
        if (strncmp(file[i].name, "games/", 6) || len < 12 || strcmp(file[i].name + len - 5, ".yaml"))
            continue;
        enum parley_status status = parley_game_parse(file[i].bytes, file[i].len, file[i].name, &in->arena, &game, &in->err);
        if (status)
            return status;
        const char *name = parley_arena_copy(&in->arena, file[i].name + 6, len - 11);
        if (in->json) {
            parley_json_object(&json);
            parley_json_put_string(&json, "name", name);
            parley_json_put_string(&json, "title", game->title);
            parley_json_put_string(&json, "comment", game->comment);
            parley_json_object_end(&json);
        } else {
            parley_table_cell(t, "%s", name ? name : "");
            parley_table_cell(t, "%s. %s", game->title, game->comment);
        }
    }
    if (in->json)
        parley_json_array_end(&json);
    return in->json ? PARLEY_OK : finish_doc(in, &doc);
}

static void put_game(struct invocation *in, const struct parley_game *g, const char *recall)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "title", g->title);
    parley_json_put_string(&json, "comment", g->comment);
    parley_json_put_string(&json, "form", g->extensive ? "extensive" : "strategic");
    put_players(&json, g);
    if (g->extensive) {
        parley_json_put_integer(&json, "nodes", (int64_t)g->extensive->n_nodes);
        parley_json_put_integer(&json, "information_sets", (int64_t)g->extensive->n_infosets);
        parley_json_put_bool(&json, "perfect_recall", !recall);
        if (recall)
            parley_json_put_string(&json, "imperfect_recall", recall);
    }
    if (g->n_profiles) {
        parley_json_key(&json, "strategies");
        parley_json_array(&json);
        for (size_t i = 0; i < g->n_players; i++) {
            parley_json_array(&json);
            for (size_t s = 0; s < g->n_strategies[i]; s++)
                parley_json_string(&json, g->strategy[i][s]);
            parley_json_array_end(&json);
        }
        parley_json_array_end(&json);
        parley_json_key(&json, "payoffs"); /* a row for each profile, the first player's strategy fastest */
        parley_json_array(&json);
        for (size_t p = 0; p < g->n_profiles; p++) {
            parley_json_array(&json);
            for (size_t i = 0; i < g->n_players; i++)
                put_exact(&json, in, parley_game_payoff(g, p, i));
            parley_json_array_end(&json);
        }
        parley_json_array_end(&json);
    }
    parley_json_object_end(&json);
}

static void infosets(struct invocation *in, struct parley_doc *doc, const struct parley_game *g)
{
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(in->lang, "Who moves, knowing what", "谁行动, 知道什么"));
    parley_table_column(t, PARLEY_SAY(in->lang, "mover", "行动者"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "set", "信息集"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "knows", "所知"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "choices", "选择"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "nodes", "节点"), PARLEY_RIGHT);
    for (size_t i = 0; i < g->extensive->n_infosets && i < 200; i++) {
        const struct parley_infoset *set = &g->extensive->infoset[i];
        struct parley_text text;
        parley_text_init(&text, 4000);
        for (size_t a = 0; a < set->n_actions; a++) {
            parley_text_addf(&text, "%s%s", a ? ", " : "", set->action[a]);
            if (set->probability)
                parley_text_addf(&text, " (%s)", game_number(in, set->probability[a]));
        }
        parley_table_cell(t, "%s", set->probability ? PARLEY_SAY(in->lang, "chance", "自然") : g->player[set->player]);
        parley_table_cell(t, "%d", set->number);
        parley_table_cell(t, "%s", set->label);
        parley_table_cell(t, "%s", parley_text_str(&text));
        parley_table_cell(t, "%zu", set->n_nodes);
        parley_text_release(&text);
    }
}

static enum parley_status run(struct invocation *in)
{
    struct parley_game *g;
    struct parley_doc doc;
    const char *recall = NULL;
    if (in->n_operands == 0)
        return list(in);
    enum parley_status status = game_of(in, in->operand[0], &g);
    if (status)
        return status;
    struct parley_error why;
    if (parley_game_perfect_recall(g, &why))
        recall = parley_arena_strdup(&in->arena, why.text);
    /* A tree may be too large for its strategic form and can still be shown. */
    if (parley_game_reduce(g, &in->arena, &why) == PARLEY_ENOMEM)
        return parley_fail(&in->err, PARLEY_ENOMEM, "%s", why.text);
    if (in->json) {
        put_game(in, g, recall);
        return PARLEY_OK;
    }
    begin_doc(in, &doc, *g->title ? g->title : in->operand[0]);
    if (*g->comment)
        parley_doc_paragraph(&doc, "%s", g->comment);
    parley_doc_paragraph(&doc, "%s: %zu.", PARLEY_SAY(in->lang, "Players", "局中人"), g->n_players);
    for (size_t i = 0; i < g->n_players; i++)
        parley_doc_item(&doc, PARLEY_SAY(in->lang, "%s: %zu strategies", "%s: %zu个策略"), g->player[i], g->n_profiles ? g->n_strategies[i] : 0);
    if (g->extensive) {
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "A tree of %zu nodes and %zu information sets.", "博弈树: %zu个节点, %zu个信息集。"),
                             g->extensive->n_nodes, g->extensive->n_infosets);
        infosets(in, &doc, g);
    }
    add_matrix(in, &doc, g);
    if (recall)
        parley_doc_note(&doc, "%s", recall);
    if (!g->n_profiles)
        parley_doc_note(&doc, "%s", why.text);
    return finish_doc(in, &doc);
}

const struct command command_game_show = {
    .name = "game show",
    .operands = "[GAME]",
    .operands_max = 1,
    .summary = "Show a game: players, choices, payoffs, who knows what.",
    .summary_zh = "显示博弈: 局中人, 选择, 收益, 信息。",
    .text = "Reads Gambit's .nfg and .efg files, Parley's YAML, a built-in game by its name, or a matrix typed as is: rows separated by ';', "
            "cells by ',', the row player's and the column player's payoff by a blank (\"3 3,0 5;5 0,1 1\"); with one number a cell the game is "
            "symmetric (\"3,0;5,1\"). Payoffs are exact fractions. Without an operand the built-in games are listed.\n\n"
            "Every command that takes a GAME takes all of these, and case:C04, the game of signing of a coded case (see 'game from-case'), and relation:CN,US, the game of "
            "restraint and strike of two actors as the record has it (see 'game from-relation').",
    .examples = "parley game show\nparley game show prisoners-dilemma\nparley game show attribution\nparley game show \"3 3,0 5;5 0,1 1\"\n",
    .run = run,
};

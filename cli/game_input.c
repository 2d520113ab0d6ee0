#include "game_built.h"
#include "game_input.h"

#include <parley/file.h>
#include <string.h>
#include <unistd.h>

enum parley_status game_of(struct invocation *in, const char *operand, struct parley_game **out)
{
    char *data;
    size_t len;
    bool file = !strcmp(operand, "-") || access(operand, F_OK) == 0;
    if (!file && !strncmp(operand, "case:", 5))
        return game_of_case(in, operand + 5, out);
    if (!file && !strncmp(operand, "relation:", 9))
        return game_of_relation(in, operand + 9, out);
    if (!file && (strchr(operand, ';') || strspn(operand, "0123456789+-./, \te") == strlen(operand)))
        return parley_game_matrix(operand, &in->arena, out, &in->err);
    if (!file && !strchr(operand, '/') && !strchr(operand, '.'))
        return parley_game_builtin(operand, &in->arena, out, &in->err);
    enum parley_status status = parley_file_read(operand, PARLEY_GAME_FILE_MAX, &in->arena, &data, &len, &in->err);
    return status ? status : parley_game_parse(data, len, operand, &in->arena, out, &in->err);
}

enum parley_status strategic_game_of(struct invocation *in, const char *operand, struct parley_game **out)
{
    enum parley_status status = game_of(in, operand, out);
    if (!status && (*out)->extensive)
        status = parley_game_perfect_recall(*out, &in->err);
    return status ? status : parley_game_reduce(*out, &in->arena, &in->err);
}

const char *game_number(struct invocation *in, const struct parley_exact *x)
{
    const char *text = parley_exact_text(x, &in->arena);
    char number[PARLEY_NUMBER_TEXT];
    if (strlen(text) <= 9)
        return text;
    parley_double_to_short(parley_exact_double(x), 5, number);
    const char *copy = parley_arena_strdup(&in->arena, number);
    return copy ? copy : "";
}

void put_players(struct parley_json *json, const struct parley_game *game)
{
    parley_json_put_strings(json, "players", game->player, game->n_players);
}

void put_exact(struct parley_json *json, struct invocation *in, const struct parley_exact *x)
{
    parley_json_string(json, parley_exact_text(x, &in->arena));
}

void add_matrix(struct invocation *in, struct parley_doc *doc, const struct parley_game *game)
{
    if (game->n_players != 2 || !game->n_profiles || game->n_strategies[0] > 12 || game->n_strategies[1] > 8)
        return;
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(in->lang, "Payoffs (row player, column player)", "收益(行方, 列方)"));
    parley_table_column(t, parley_arena_printf(&in->arena, "%s \\ %s", game->player[0], game->player[1]), PARLEY_LEFT);
    for (size_t c = 0; c < game->n_strategies[1]; c++)
        parley_table_column(t, game->strategy[1][c], PARLEY_RIGHT);
    for (size_t r = 0; r < game->n_strategies[0]; r++) {
        parley_table_cell(t, "%s", game->strategy[0][r]);
        for (size_t c = 0; c < game->n_strategies[1]; c++)
            parley_table_cell(t, "%s, %s", game_number(in, parley_game_payoff(game, c * game->n_strategies[0] + r, 0)),
                              game_number(in, parley_game_payoff(game, c * game->n_strategies[0] + r, 1)));
    }
}

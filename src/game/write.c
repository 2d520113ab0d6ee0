/* Games as files: .nfg (outcome-free payoff form), .efg, YAML. */
#include "model.h"

#include <string.h>

void game_quoted(struct parley_text *out, const char *label)
{
    parley_text_addc(out, '"');
    for (; *label; label++) {
        if (*label == '"' || *label == '\\')
            parley_text_addc(out, '\\');
        parley_text_addc(out, *label);
    }
    parley_text_addc(out, '"');
}

static void labels(struct parley_text *out, const char *const *label, size_t n)
{
    parley_text_adds(out, "{ ");
    for (size_t i = 0; i < n; i++) {
        game_quoted(out, label[i]);
        parley_text_addc(out, ' ');
    }
    parley_text_addc(out, '}');
}

static void write_nfg(const struct parley_game *g, struct parley_text *out)
{
    parley_text_adds(out, "NFG 1 R ");
    game_quoted(out, g->title);
    parley_text_addc(out, ' ');
    labels(out, g->player, g->n_players);
    parley_text_adds(out, "\n\n{ ");
    for (size_t i = 0; i < g->n_players; i++) {
        labels(out, g->strategy[i], g->n_strategies[i]);
        parley_text_addc(out, '\n');
    }
    parley_text_adds(out, "}\n");
    game_quoted(out, g->comment);
    parley_text_adds(out, "\n\n");
    for (size_t p = 0; p < g->n_profiles; p++) {
        for (size_t i = 0; i < g->n_players; i++) {
            if (i)
                parley_text_addc(out, ' ');
            parley_exact_add_text(out, parley_game_payoff(g, p, i));
        }
        parley_text_addc(out, '\n');
    }
}

static void write_efg(const struct parley_game *g, struct parley_text *out)
{
    const struct parley_extensive *x = g->extensive;
    parley_text_adds(out, "EFG 2 R ");
    game_quoted(out, g->title);
    parley_text_addc(out, ' ');
    labels(out, g->player, g->n_players);
    parley_text_addc(out, '\n');
    game_quoted(out, g->comment);
    parley_text_adds(out, "\n\n");
    int outcomes = 0;
    for (size_t k = 0; k < x->n_nodes; k++) {
        const struct parley_game_node *n = &x->node[k];
        parley_text_addc(out, "tcp"[n->move]);
        parley_text_addc(out, ' ');
        game_quoted(out, n->label);
        if (n->move != PARLEY_MOVE_TERMINAL) {
            const struct parley_infoset *set = &x->infoset[n->infoset];
            if (n->move == PARLEY_MOVE_PLAYER)
                parley_text_addf(out, " %zu", set->player + 1);
            parley_text_addf(out, " %d ", set->number);
            game_quoted(out, set->label);
            parley_text_adds(out, " { ");
            for (size_t a = 0; a < set->n_actions; a++) {
                game_quoted(out, set->action[a]);
                parley_text_addc(out, ' ');
                if (set->probability) {
                    parley_exact_add_text(out, set->probability[a]);
                    parley_text_addc(out, ' ');
                }
            }
            parley_text_addc(out, '}');
        }
        if (!n->payoff) {
            parley_text_adds(out, " 0\n");
            continue;
        }
        parley_text_addf(out, " %d ", ++outcomes);
        game_quoted(out, n->outcome);
        parley_text_adds(out, " { ");
        for (size_t i = 0; i < g->n_players; i++) {
            parley_text_adds(out, i ? ", " : "");
            parley_exact_add_text(out, n->payoff[i]);
        }
        parley_text_adds(out, " }\n");
    }
}

/* YAML double-quoted scalars take the same escapes as ours, and control characters as \xNN. */
static void yaml_text(struct parley_text *out, const char *text)
{
    parley_text_addc(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            parley_text_addf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            parley_text_addf(out, "\\x%02x", c);
        else
            parley_text_addc(out, (char)c);
    }
    parley_text_addc(out, '"');
}

static void yaml_list(struct parley_text *out, const char *const *label, size_t n)
{
    parley_text_addc(out, '[');
    for (size_t i = 0; i < n; i++) {
        parley_text_adds(out, i ? ", " : "");
        yaml_text(out, label[i]);
    }
    parley_text_adds(out, "]\n");
}

/* Lists nested by player; the innermost is the payoffs of a profile. */
static void yaml_payoffs(const struct parley_game *g, struct parley_text *out, size_t player, size_t *chosen)
{
    if (player == g->n_players) {
        size_t p = parley_game_profile(g, chosen);
        parley_text_addc(out, '[');
        for (size_t i = 0; i < g->n_players; i++) {
            parley_text_adds(out, i ? ", " : "");
            parley_exact_add_text(out, parley_game_payoff(g, p, i));
        }
        parley_text_addc(out, ']');
        return;
    }
    if (player)
        parley_text_addc(out, '[');
    for (chosen[player] = 0; chosen[player] < g->n_strategies[player]; chosen[player]++) {
        parley_text_adds(out, player == 0 ? "  - " : chosen[player] ? ", " : "");
        yaml_payoffs(g, out, player + 1, chosen);
        if (player == 0)
            parley_text_addc(out, '\n');
    }
    if (player)
        parley_text_addc(out, ']');
}

static void write_yaml(const struct parley_game *g, struct parley_text *out)
{
    size_t chosen[PARLEY_GAME_PLAYERS_MAX] = { 0 };
    parley_text_adds(out, "game: ");
    yaml_text(out, g->title);
    if (*g->comment) {
        parley_text_adds(out, "\ncomment: ");
        yaml_text(out, g->comment);
    }
    parley_text_adds(out, "\nplayers: ");
    yaml_list(out, g->player, g->n_players);
    parley_text_adds(out, "strategies:\n");
    for (size_t i = 0; i < g->n_players; i++) {
        parley_text_adds(out, "  - ");
        yaml_list(out, g->strategy[i], g->n_strategies[i]);
    }
    parley_text_adds(out, "# a row for each strategy of the first player; in it the strategies of the second; in a cell the payoffs\npayoffs:\n");
    yaml_payoffs(g, out, 0, chosen);
}

enum parley_status parley_game_write(const struct parley_game *game, enum parley_game_format format, struct parley_text *out,
                                     struct parley_error *err)
{
    if (format == PARLEY_GAME_EFG && !game->extensive)
        return parley_fail(err, PARLEY_EINVAL, "a strategic game has no tree to write as .efg; use nfg or yaml");
    if (format != PARLEY_GAME_EFG && !game->n_profiles)
        return parley_fail(err, PARLEY_EINVAL, "reduce the game before it is written in strategic form");
    if (format == PARLEY_GAME_NFG)
        write_nfg(game, out);
    else if (format == PARLEY_GAME_EFG)
        write_efg(game, out);
    else
        write_yaml(game, out);
    return out->failed ? parley_fail(err, PARLEY_ENOMEM, "the text of this game is too long to write") : PARLEY_OK;
}

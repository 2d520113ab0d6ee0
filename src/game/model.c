#include "model.h"

#include "rational.h"

#include <parley/data.h>
#include <stdio.h>
#include <string.h>

enum { BYTES_A_PAYOFF = 64 }; /* a pointer, a fraction and its digits */

enum parley_status game_check_size(const char *name, size_t n_players, const size_t *n_strategies, size_t *n_profiles,
                                   struct parley_error *err)
{
    double cells = (double)n_players;
    if (n_players < 1 || n_players > PARLEY_GAME_PLAYERS_MAX)
        return parley_fail(err, n_players ? PARLEY_ELIMIT : PARLEY_EPARSE, "%s: expected 1 to %d players, found %zu", name,
                           PARLEY_GAME_PLAYERS_MAX, n_players);
    for (size_t i = 0; i < n_players; i++) {
        if (n_strategies[i] < 1)
            return parley_fail(err, PARLEY_EPARSE, "%s: player %zu has no strategy; expected at least one", name, i + 1);
        if (n_strategies[i] > PARLEY_GAME_STRATEGIES_MAX)
            return parley_fail(err, PARLEY_ELIMIT, "%s: player %zu has %zu strategies; at most %d are stored", name, i + 1,
                               n_strategies[i], PARLEY_GAME_STRATEGIES_MAX);
        cells *= (double)n_strategies[i];
    }
    if (cells > PARLEY_GAME_PAYOFFS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%s: %.0f strategy profiles for %zu players would take about %.3g GB; expected at most %d payoffs in all",
                           name, cells / (double)n_players, n_players, cells * BYTES_A_PAYOFF / 1e9, PARLEY_GAME_PAYOFFS_MAX);
    *n_profiles = (size_t)(cells / (double)n_players + .5);
    return PARLEY_OK;
}

enum parley_status parley_game_new(const char *title, size_t n_players, const size_t *n_strategies, struct parley_arena *arena,
                                   struct parley_game **out, struct parley_error *err)
{
    size_t n_profiles;
    enum parley_status status = game_check_size(title && *title ? title : "game", n_players, n_strategies, &n_profiles, err);
    if (status)
        return status;
    struct parley_game *g = PARLEY_NEW(arena, struct parley_game, 1);
    if (!g)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    g->title = parley_arena_strdup(arena, title ? title : "");
    g->comment = "";
    g->n_players = n_players;
    g->n_profiles = n_profiles;
    g->player = PARLEY_NEW(arena, const char *, n_players);
    g->n_strategies = PARLEY_NEW(arena, size_t, n_players);
    g->strategy = PARLEY_NEW(arena, const char **, n_players);
    g->payoff = PARLEY_NEW(arena, const struct parley_exact *, n_players * n_profiles);
    bool ok = g->title && g->player && g->n_strategies && g->strategy && g->payoff;
    for (size_t i = 0; ok && i < n_players; i++) {
        g->n_strategies[i] = n_strategies[i];
        g->player[i] = parley_arena_printf(arena, "%zu", i + 1);
        g->strategy[i] = PARLEY_NEW(arena, const char *, n_strategies[i]);
        ok = g->player[i] && g->strategy[i];
        for (size_t s = 0; ok && s < n_strategies[i]; s++)
            ok = (g->strategy[i][s] = parley_arena_printf(arena, "%zu", s + 1)) != NULL;
    }
    if (!ok)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    *out = g;
    return PARLEY_OK;
}

const struct parley_exact *exact_zero(struct parley_arena *arena) { return parley_exact_ratio(0, 1, arena); }

size_t parley_game_profile(const struct parley_game *game, const size_t *strategy)
{
    size_t at = 0;
    for (size_t i = game->n_players; i-- > 0;)
        at = at * game->n_strategies[i] + strategy[i];
    return at;
}

const struct parley_exact *parley_game_payoff(const struct parley_game *game, size_t profile, size_t player)
{
    return game->payoff[profile * game->n_players + player];
}

enum parley_status parley_game_parse(const char *data, size_t len, const char *name, struct parley_arena *arena,
                                     struct parley_game **out, struct parley_error *err)
{
    size_t at = len >= 3 && !memcmp(data, "\xef\xbb\xbf", 3) ? 3 : 0;
    if (len > PARLEY_GAME_FILE_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%s: %zu bytes; at most %d are read", name, len, PARLEY_GAME_FILE_MAX);
    while (at < len && (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' || data[at] == '\t'))
        at++;
    if (at == len)
        return parley_fail(err, PARLEY_EPARSE, "%s:1:1: expected a game (NFG, EFG or YAML), found an empty file", name);
    enum parley_status status;
    if (len - at >= 3 && !memcmp(data + at, "NFG", 3))
        status = nfg_parse(data, len, name, arena, out, err);
    else if (len - at >= 3 && !memcmp(data + at, "EFG", 3))
        status = efg_parse(data, len, name, NULL, arena, out, err);
    else
        status = game_yaml_parse(data, len, name, arena, out, err);
    if (!status && !((*out)->source = parley_arena_strdup(arena, name)))
        status = parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", name);
    return status;
}

/* --- "3 3,0 5;5 0,1 1" ----------------------------------------------------------------------- */

enum { MATRIX_MAX = 64 };

struct matrix_text {
    const struct parley_exact *number[MATRIX_MAX][2 * MATRIX_MAX];
    size_t rows, columns; /* numbers a row */
    bool comma, gap;      /* separators seen between two numbers of a row */
};

static enum parley_status matrix_scan(const char *text, struct matrix_text *m, struct parley_arena *arena, struct parley_error *err)
{
    const char *at = text;
    size_t column = 0;
    m->rows = 1;
    for (bool comma = false, gap = false;;) {
        if (*at == ' ' || *at == '\t') {
            gap = true;
            at++;
        } else if (*at == ',') {
            comma = true;
            at++;
        } else if (*at == ';' || !*at) {
            if (column == 0 || (m->columns && column != m->columns))
                return parley_fail(err, PARLEY_EPARSE, "matrix row %zu: expected %zu numbers, found %zu", m->rows, m->columns ? m->columns : 2, column);
            m->columns = column;
            if (!*at)
                return PARLEY_OK;
            at++;
            column = 0;
            comma = gap = false;
            if (++m->rows > MATRIX_MAX)
                return parley_fail(err, PARLEY_ELIMIT, "matrix: more than %d rows; write it as a file", MATRIX_MAX);
        } else {
            const char *why, *start = at;
            while (*at && !strchr(" \t,;", *at))
                at++;
            if (column == 2 * (size_t)MATRIX_MAX)
                return parley_fail(err, PARLEY_ELIMIT, "matrix row %zu: more than %d numbers; write it as a file", m->rows, 2 * MATRIX_MAX);
            if (column > 0)
                *(comma ? &m->comma : &m->gap) = true;
            if (!(m->number[m->rows - 1][column] = parley_exact_parse(start, (size_t)(at - start), arena, &why)))
                return parley_fail(err, PARLEY_EPARSE, "matrix row %zu, number %zu: expected a number, found '%.*s' (%s)", m->rows,
                                   column + 1, (int)(at - start < 40 ? at - start : 40), start, why);
            column++;
            comma = gap = false;
        }
        (void)gap;
    }
}

enum parley_status parley_game_matrix(const char *text, struct parley_arena *arena, struct parley_game **out, struct parley_error *err)
{
    struct matrix_text *m = PARLEY_NEW(arena, struct matrix_text, 1);
    if (!m)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = matrix_scan(text, m, arena, err);
    if (status)
        return status;
    bool pairs = (m->comma && m->gap) || (m->columns == 2 * m->rows && m->rows > 1);
    if (pairs && m->columns % 2)
        return parley_fail(err, PARLEY_EPARSE, "matrix: %zu numbers a row; expected two a cell (row player's, column player's)", m->columns);
    size_t sizes[2] = { m->rows, pairs ? m->columns / 2 : m->columns };
    if (!pairs && sizes[0] != sizes[1])
        return parley_fail(err, PARLEY_EPARSE, "matrix: %zu row%s of %zu numbers; one number a cell means a symmetric game, which is square "
                           "(write two numbers a cell, \"3 3,0 5;5 0,1 1\", otherwise)", m->rows, m->rows == 1 ? "" : "s", m->columns);
    status = parley_game_new("", 2, sizes, arena, out, err);
    if (status)
        return status;
    (*out)->player[0] = "row";
    (*out)->player[1] = "column";
    for (size_t r = 0; r < sizes[0]; r++)
        for (size_t c = 0; c < sizes[1]; c++) {
            const struct parley_exact **cell = &(*out)->payoff[2 * (c * sizes[0] + r)];
            cell[0] = pairs ? m->number[r][2 * c] : m->number[r][c];
            cell[1] = pairs ? m->number[r][2 * c + 1] : m->number[c][r];
        }
    return PARLEY_OK;
}

enum parley_status parley_game_builtin(const char *name, struct parley_arena *arena, struct parley_game **out, struct parley_error *err)
{
    char path[128];
    snprintf(path, sizeof path, "games/%.90s.yaml", name);
    const struct parley_data_file *file = parley_data_find(path);
    if (!file) {
        size_t n, nearest = 8;
        const struct parley_data_file *all = parley_data_all(&n);
        char best[100] = "";
        for (size_t i = 0; i < n; i++) {
            size_t len = strlen(all[i].name);
            if (strncmp(all[i].name, "games/", 6) || len < 12 || strcmp(all[i].name + len - 5, ".yaml"))
                continue;
            char candidate[100];
            snprintf(candidate, sizeof candidate, "%.*s", (int)(len - 11 < 90 ? len - 11 : 90), all[i].name + 6);
            size_t distance = parley_edit_distance(name, candidate);
            if (distance < nearest) {
                nearest = distance;
                memcpy(best, candidate, sizeof best);
            }
        }
        return parley_fail(err, PARLEY_ENOTFOUND, "no file and no built-in game '%.80s'%s%s%s; `parley game show` lists the built-in games", name,
                           best[0] ? "; did you mean '" : "", best, best[0] ? "'?" : "");
    }
    return parley_game_parse(file->bytes, file->len, path, arena, out, err);
}

/* Gambit's strategic form files: payoff form and outcome form. */
#include "model.h"
#include "scan.h"
#include "base/try.h"

#include <stdio.h>

enum { OUTCOMES_FIRST = 64 };

/* "{ "a" "b" }": labels into the arena. */
static enum parley_status labels(struct scan *s, const char *what, size_t max, const char ***out, size_t *n)
{
    size_t cap = 8;
    const char **list = PARLEY_NEW(s->arena, const char *, cap);
    *n = 0;
    TRY(scan_take(s, WORD_OPEN, "'{'"));
    while (s->kind == WORD_LABEL) {
        if (*n == max)
            return scan_fail(s, PARLEY_ELIMIT, "more than %zu labels in one list", max);
        if (*n == cap) {
            const char **grown = PARLEY_NEW(s->arena, const char *, 2 * cap);
            for (size_t i = 0; grown && i < cap; i++)
                grown[i] = list[i];
            list = grown;
            cap *= 2;
        }
        if (!list)
            return scan_no_memory(s);
        list[(*n)++] = s->text;
        TRY(scan_next(s));
    }
    *out = list;
    return scan_take(s, WORD_CLOSE, what);
}

struct nfg {
    struct scan s;
    const char *title, *comment;
    const char **player, ***strategy;
    size_t n_players, n[PARLEY_GAME_PLAYERS_MAX];
    unsigned sizes_line; /* where the strategies begin */
};

static enum parley_status header(struct nfg *f)
{
    struct scan *s = &f->s;
    TRY(scan_next(s));
    TRY(scan_next(s)); /* NFG was seen already */
    if (s->kind != WORD_BARE || s->text_len != 1 || s->text[0] != '1')
        return scan_expected(s, "version 1 of the NFG format");
    TRY(scan_next(s));
    if (s->kind != WORD_BARE || s->text_len != 1 || (s->text[0] != 'R' && s->text[0] != 'D'))
        return scan_expected(s, "R or D (the kind of numbers)");
    TRY(scan_next(s));
    TRY(scan_label(s, "the title in quotes", &f->title));
    TRY(labels(s, "a player's name in quotes or '}'", PARLEY_GAME_PLAYERS_MAX, &f->player, &f->n_players));
    if (f->n_players == 0)
        return scan_fail(s, PARLEY_EPARSE, "expected at least one player");
    f->strategy = PARLEY_NEW(s->arena, const char **, f->n_players);
    if (!f->strategy)
        return scan_no_memory(s);
    f->sizes_line = s->word_line;
    TRY(scan_take(s, WORD_OPEN, "'{' and the strategies"));
    for (size_t i = 0; i < f->n_players; i++) {
        int count;
        if (s->kind == WORD_OPEN) {
            TRY(labels(s, "a strategy's label in quotes or '}'", PARLEY_GAME_STRATEGIES_MAX, &f->strategy[i], &f->n[i]));
            if (f->n[i] == 0)
                return scan_fail(s, PARLEY_EPARSE, "player %zu has no strategy; expected at least one", i + 1);
        } else {
            TRY(scan_integer(s, "a number of strategies", 1, PARLEY_GAME_STRATEGIES_MAX, &count));
            f->n[i] = (size_t)count;
        }
    }
    TRY(scan_take(s, WORD_CLOSE, "'}' after the strategies of the last player"));
    f->comment = "";
    if (s->kind == WORD_LABEL)
        TRY(scan_label(s, "a comment", &f->comment));
    return PARLEY_OK;
}

static enum parley_status payoff_form(struct nfg *f, struct parley_game *g)
{
    size_t n = g->n_profiles * g->n_players;
    for (size_t i = 0; i < n; i++) {
        if (f->s.kind == WORD_END)
            return scan_fail(&f->s, PARLEY_EPARSE, "expected %zu payoffs (%zu profiles of %zu players), found %zu and the end of the file", n,
                             g->n_profiles, g->n_players, i);
        TRY(scan_number(&f->s, "a payoff", &g->payoff[i]));
    }
    return PARLEY_OK;
}

/* "{ "label" 1, 2 }" a row, then the number of the outcome of each profile (0: nothing for anybody). */
static enum parley_status outcome_form(struct nfg *f, struct parley_game *g)
{
    struct scan *s = &f->s;
    size_t n = 1, cap = OUTCOMES_FIRST, players = g->n_players;
    const struct parley_exact **table = PARLEY_NEW(s->arena, const struct parley_exact *, cap * players), *zero = exact_zero(s->arena);
    if (!table || !zero)
        return scan_no_memory(s);
    for (size_t i = 0; i < players; i++)
        table[i] = zero;
    TRY(scan_take(s, WORD_OPEN, "'{'"));
    for (; s->kind == WORD_OPEN; n++) {
        const char *label;
        if (n == PARLEY_GAME_PAYOFFS_MAX / players)
            return scan_fail(s, PARLEY_ELIMIT, "more than %zu outcomes", n);
        if (n == cap) {
            const struct parley_exact **grown = PARLEY_NEW(s->arena, const struct parley_exact *, 2 * cap * players);
            for (size_t i = 0; grown && i < cap * players; i++)
                grown[i] = table[i];
            if (!(table = grown))
                return scan_no_memory(s);
            cap *= 2;
        }
        TRY(scan_next(s));
        TRY(scan_label(s, "the label of an outcome in quotes", &label));
        for (size_t i = 0; i < players; i++)
            TRY(scan_number(s, "a payoff of this outcome", &table[n * players + i]));
        TRY(scan_take(s, WORD_CLOSE, "'}' after as many payoffs as players"));
    }
    TRY(scan_take(s, WORD_CLOSE, "'{' of an outcome, or '}' after the last"));
    for (size_t p = 0; p < g->n_profiles; p++) {
        int which;
        if (s->kind == WORD_END)
            return scan_fail(s, PARLEY_EPARSE, "expected the outcomes of %zu profiles, found %zu and the end of the file", g->n_profiles, p);
        TRY(scan_integer(s, "the number of an outcome", 0, (int)n - 1, &which));
        for (size_t i = 0; i < players; i++)
            g->payoff[p * players + i] = table[(size_t)which * players + i];
    }
    return PARLEY_OK;
}

enum parley_status nfg_parse(const char *data, size_t len, const char *name, struct parley_arena *arena, struct parley_game **out,
                             struct parley_error *err)
{
    struct nfg f = { 0 };
    struct parley_game *g;
    size_t n_profiles;
    scan_begin(&f.s, data, len, name, arena, err);
    TRY(header(&f));
    char place[160];
    snprintf(place, sizeof place, "%.140s:%u", name, f.sizes_line);
    TRY(game_check_size(place, f.n_players, f.n, &n_profiles, err));
    if (n_profiles > len) /* every profile takes a character at least: do not reserve memory for what cannot come */
        return scan_fail(&f.s, PARLEY_EPARSE, "expected payoffs or outcomes for %zu profiles; the whole file has %zu characters (cut short?)", n_profiles, len);
    TRY(parley_game_new(f.title, f.n_players, f.n, arena, &g, err));
    g->comment = f.comment;
    for (size_t i = 0; i < f.n_players; i++) {
        g->player[i] = f.player[i];
        if (f.strategy[i])
            g->strategy[i] = f.strategy[i];
    }
    TRY(f.s.kind == WORD_OPEN ? outcome_form(&f, g) : payoff_form(&f, g));
    if (f.s.kind != WORD_END)
        return scan_expected(&f.s, "the end of the file after the last payoff (too many payoffs?)");
    *out = g;
    return PARLEY_OK;
}

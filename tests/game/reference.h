/* reference.h - lines such as "NE,1/3,2/3,0,1" of the reference data as fractions, and sets of them. */
#ifndef PARLEY_TESTS_GAME_REFERENCE_H
#define PARLEY_TESTS_GAME_REFERENCE_H

#include <dirent.h>
#include <parley/equilibria.h>
#include <parley/file.h>
#include <parley/tree.h>
#include <string.h>

#include "../tap.h"

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The files of a folder that end in `end`, sorted; NULL-terminated, in the arena. */
__attribute__((unused)) static const char **files_of(struct parley_arena *arena, const char *folder, const char *end)
{
    DIR *dir = opendir(folder);
    size_t n = 0, cap = 4096;
    const char **list = PARLEY_NEW(arena, const char *, cap);
    for (struct dirent *e; dir && (e = readdir(dir)) && n + 1 < cap;) {
        size_t len = strlen(e->d_name), tail = strlen(end);
        if (len > tail && !strcmp(e->d_name + len - tail, end))
            list[n++] = parley_arena_printf(arena, "%s/%s", folder, e->d_name);
    }
    if (dir)
        closedir(dir);
    qsort(list, n, sizeof *list, by_text);
    return list;
}

__attribute__((unused)) static struct parley_game *load(struct parley_arena *arena, const char *path, struct parley_error *err)
{
    char *data;
    size_t len;
    struct parley_game *g;
    if (parley_file_read(path, 64 << 20, arena, &data, &len, err) || parley_game_parse(data, len, path, arena, &g, err))
        return NULL;
    return g;
}

/* After the first comma of a line: the numbers, each in lowest terms, joined by commas. */
__attribute__((unused)) static const char *canonical(struct parley_arena *arena, const char *line)
{
    struct parley_text text;
    parley_text_init(&text, 1 << 16);
    line = strchr(line, ',');
    while (line && *line == ',') {
        const char *why;
        size_t len = strcspn(++line, ",\r\n");
        const struct parley_exact *x = parley_exact_parse(line, len, arena, &why);
        if (text.len)
            parley_text_addc(&text, ',');
        if (x)
            parley_exact_add_text(&text, x);
        line += len;
    }
    const char *copy = parley_arena_strdup(arena, parley_text_str(&text));
    parley_text_release(&text);
    return copy;
}

__attribute__((unused)) static const char *profile_text(struct parley_arena *arena, const struct parley_game *g, const struct parley_equilibrium *e)
{
    struct parley_text text;
    size_t width = 0;
    parley_text_init(&text, 1 << 16);
    for (size_t i = 0; i < g->n_players; i++)
        width += g->n_strategies[i];
    for (size_t i = 0; i < width; i++) {
        if (i)
            parley_text_addc(&text, ',');
        parley_exact_add_text(&text, e->probability[i]);
    }
    const char *copy = parley_arena_strdup(arena, parley_text_str(&text));
    parley_text_release(&text);
    return copy;
}

/* Are two lists the same set, and ours without repetition? */
__attribute__((unused)) static bool same_set(const char **ours, size_t n, const char **theirs, size_t m)
{
    qsort(ours, n, sizeof *ours, by_text);
    qsort(theirs, m, sizeof *theirs, by_text);
    size_t at = 0;
    for (size_t i = 0; i < m; i++) {
        if (i && !strcmp(theirs[i], theirs[i - 1]))
            continue;
        if (at == n || strcmp(ours[at++], theirs[i]))
            return false;
    }
    return at == n;
}

#endif

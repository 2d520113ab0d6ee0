/* Reading a habit as people write it: a name of data/game/habits.tsv or one of the forms. */
#include "habit_forms.h"

#include <parley/data.h>
#include <parley/text.h>

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 };

static enum parley_status no_memory(struct parley_error *err) { return parley_fail(err, PARLEY_ENOMEM, "out of memory"); }

/* "name(inner)" -> inner, or NULL */
static const char *inside(const char *text, const char *name, size_t *len)
{
    size_t n = strlen(name), all = strlen(text);
    if (strncmp(text, name, n) || text[n] != '(' || text[all - 1] != ')')
        return NULL;
    *len = all - n - 2;
    return text + n + 1;
}

/* Numbers separated by ',' or ';' into out[want]. */
static enum parley_status numbers(const char *text, const char *p, size_t len, size_t want, struct parley_ratio *out, struct parley_error *err)
{
    size_t n = 0;
    for (const char *end = p + len; p <= end;) {
        size_t w = 0;
        while (p + w < end && p[w] != ',' && p[w] != ';')
            w++;
        const char *from = p, *to = p + w;
        while (from < to && *from == ' ')
            from++;
        while (to > from && to[-1] == ' ')
            to--;
        if (n == want || !parley_ratio_parse(from, (size_t)(to - from), &out[n]))
            return parley_fail(err, PARLEY_EPARSE, "'%.80s': '%.*s' is not the number expected here (%zu numbers such as 1/3 or 0.25)", text,
                               (int)(to - from < 30 ? to - from : 30), from, want);
        n++;
        p += w + 1;
    }
    if (n != want)
        return parley_fail(err, PARLEY_EPARSE, "'%.80s': %zu numbers; expected %zu", text, n, want);
    return PARLEY_OK;
}

static enum parley_status memory_one(const char *name, const char *p, size_t len, struct parley_arena *arena,
                                     const struct parley_habit **out, struct parley_error *err)
{
    struct parley_ratio q[5];
    enum parley_status status = numbers(name, p, len, 5, q, err);
    for (int i = 0; !status && i < 5; i++)
        if (!ratio_is_probability(q[i]))
            status = parley_fail(err, PARLEY_EINVAL, "'%.80s': %.6g is no probability; expected 0 to 1", name, parley_ratio_double(q[i]));
    if (!status && !(*out = habit_memory_one(name, q, arena)))
        status = no_memory(err);
    return status;
}

/* zd(chi,0) extorts, zd(chi,1) is generous; for R,S,T,P = 3,0,5,1. It enforces X - l = chi (Y - l) on the long-run payoffs X (own)
 * and Y, with l = P for extortion and l = R for generosity: p - (1,1,0,0) = phi ((X - l) - chi (Y - l)) in each of the four outcomes
 * (Press and Dyson 2012, doi:10.1073/pnas.1206569109; Stewart and Plotkin 2013, doi:10.1073/pnas.1306246110). phi is free: half
 * its largest value for extortion and the largest for generosity, which gives the published Extort-2 and ZD-GTFT-2. */
static enum parley_status zero_determinant(const char *name, const char *p, size_t len, struct parley_arena *arena,
                                           const struct parley_habit **out, struct parley_error *err)
{
    static const int64_t own[4] = { 3, 0, 5, 1 }, other[4] = { 3, 5, 0, 1 };
    struct parley_ratio q[2], prob[5] = { [4] = { 1, 1 } };
    enum parley_status status = numbers(name, p, len, 2, q, err);
    if (status)
        return status;
    const int64_t c = q[0].num, d = q[0].den, limit = 1000000; /* chi = c / d */
    if (c < d || c > limit || d > limit)
        return parley_fail(err, PARLEY_EINVAL, "'%.80s': expected a factor from 1 to a million", name);
    bool generous = q[1].num != 0;
    int64_t level = generous ? 3 : 1, scale = generous ? 2 * d + 3 * c : 2 * (d + 4 * c); /* phi = d / scale */
    for (int s = 0; s < 4; s++) {
        int64_t move = d * (own[s] - level) - c * (other[s] - level);
        if (!ratio_make((s < 2 ? scale : 0) + move, scale, &prob[s]) || !ratio_is_probability(prob[s]))
            return parley_fail(err, PARLEY_EINVAL, "'%.80s': no such zero-determinant strategy", name);
    }
    if (!(*out = habit_memory_one(name, prob, arena)))
        return no_memory(err);
    return PARLEY_OK;
}

static enum parley_status machine(const char *text, const char *name, const char *p, size_t len, struct parley_arena *arena,
                                  const struct parley_habit **out, struct parley_error *err)
{
    char *copy = parley_arena_copy(arena, p, len);
    char *comma = copy ? strchr(copy, ',') : NULL, *semicolon = comma ? strchr(comma, ';') : NULL;
    if (!copy)
        return no_memory(err);
    if (!semicolon || semicolon != comma + 2)
        return parley_fail(err, PARLEY_EPARSE, "'%.80s': expected fsm(first state,first action; rows), for example fsm(1,C; 1C>1C 1D>2D 2C>1C 2D>2D)", text);
    *comma = *semicolon = 0;
    return parley_habit_from_table(name, copy, comma[1], semicolon + 1, name, arena, out, err);
}

static enum parley_status form(const char *text, const char *name, struct parley_arena *arena, const struct parley_habit **out, bool *known,
                               struct parley_error *err)
{
    size_t len;
    const char *p;
    *known = true;
    if ((p = inside(text, "m1", &len)))
        return memory_one(name, p, len, arena, out, err);
    if ((p = inside(text, "fsm", &len)))
        return machine(text, name, p, len, arena, out, err);
    if ((p = inside(text, "zd", &len)))
        return zero_determinant(name, p, len, arena, out, err);
    if (inside(text, "standing", &len)) {
        *out = habit_standing(name, arena);
        return *out ? PARLEY_OK : no_memory(err);
    }
    *known = false;
    return PARLEY_OK;
}

/* --- the table of names ------------------------------------------------------------------- */

struct named {
    const char *name, *form, *standard; /* standard: default parameter or NULL */
    const char *aliases;
};

/* The next row of the table, split in place; false at the end. */
static bool next_row(char **at, struct named *row)
{
    while (**at) {
        char *line = *at, *nl = strchr(line, '\n');
        *at = nl ? nl + 1 : line + strlen(line);
        if (nl)
            *nl = 0;
        char *tab1 = strchr(line, '\t'), *tab2 = tab1 ? strchr(tab1 + 1, '\t') : NULL, *tab3 = tab2 ? strchr(tab2 + 1, '\t') : NULL;
        if (*line == '#' || !tab3 || !strncmp(line, "name\t", 5))
            continue;
        *tab1 = *tab2 = *tab3 = 0;
        char *bracket = strchr(line, '[');
        if (bracket) {
            *bracket = 0;
            bracket[1 + strcspn(bracket + 1, "]")] = 0;
        }
        *row = (struct named){ line, tab2 + 1, bracket ? bracket + 1 : NULL, tab1 + 1 };
        return true;
    }
    return false;
}

static enum parley_status open_table(struct parley_arena *arena, char **text, struct parley_error *err)
{
    const struct parley_data_file *file = parley_data_find("game/habits.tsv");
    *text = file ? parley_arena_copy(arena, file->bytes, file->len) : NULL;
    return *text ? PARLEY_OK : no_memory(err);
}

static bool in_list(const char *list, const char *word, size_t len)
{
    for (const char *p = list; *p;) {
        size_t n = strcspn(p, ";");
        if (n == len && !memcmp(p, word, n))
            return true;
        p += n + (p[n] == ';');
    }
    return false;
}

static const char *substitute(const char *text, const char *parameter, size_t len, struct parley_arena *arena)
{
    struct parley_text out;
    parley_text_init(&out, 4 * TEXT_MAX);
    for (const char *p = text; *p;) {
        if (!strncmp(p, "$1", 2)) {
            parley_text_add(&out, parameter, len);
            p += 2;
        } else {
            parley_text_addc(&out, *p++);
        }
    }
    const char *copy = parley_text_keep(&out, arena);
    parley_text_release(&out);
    return copy;
}

static enum parley_status unknown(const char *text, size_t word, const char *nearest, struct parley_error *err)
{
    if (nearest)
        return parley_fail(err, PARLEY_ENOTFOUND, "there is no habit '%.*s'; did you mean %s? 'parley help game repeat' lists them", (int)(word < 60 ? word : 60), text, nearest);
    return parley_fail(err, PARLEY_ENOTFOUND, "there is no habit '%.*s'; expected a name such as TFT, m1(1,0,1,0;1) or fsm(1,C; 1C>1C 1D>1D)", (int)(word < 60 ? word : 60), text);
}

enum parley_status parley_habit_parse(const char *text, struct parley_arena *arena, const struct parley_habit **out, struct parley_error *err)
{
    bool known;
    if (strlen(text) > TEXT_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "a habit of %zu characters", strlen(text));
    enum parley_status status = *text ? form(text, text, arena, out, &known, err) : (known = false, PARLEY_OK);
    if (status || known)
        return status;
    char *at;
    if ((status = open_table(arena, &at, err)))
        return status;
    size_t word = strcspn(text, "("), all = strlen(text);
    if (text[word] && text[all - 1] != ')')
        return parley_fail(err, PARLEY_EPARSE, "'%.80s': expected ')' at the end, found '%c'", text, text[all - 1]);
    const char *parameter = text[word] == '(' && text[all - 1] == ')' ? text + word + 1 : NULL, *nearest = NULL;
    size_t best = 3;
    char short_word[64];
    snprintf(short_word, sizeof short_word, "%.*s", (int)(word < 60 ? word : 60), text);
    for (struct named row; next_row(&at, &row);) {
        if (!(strlen(row.name) == word && !memcmp(row.name, text, word)) && !in_list(row.aliases, text, word)) {
            size_t d = parley_edit_distance(short_word, row.name);
            if (d < best)
                best = d, nearest = row.name;
            continue;
        }
        if (parameter && !row.standard)
            return parley_fail(err, PARLEY_EPARSE, "%s takes no parameter", row.name);
        const char *value = parameter ? parameter : row.standard ? row.standard : "";
        const char *full = substitute(row.form, value, parameter ? all - word - 2 : strlen(value), arena);
        return full ? form(full, text, arena, out, &known, err) : no_memory(err);
    }
    return unknown(text, word, nearest, err);
}

enum parley_status parley_habits_named(struct parley_arena *arena, const char *const **names, size_t *n, struct parley_error *err)
{
    enum { MAX = 256 };
    char *at;
    const char **list = PARLEY_NEW(arena, const char *, MAX);
    enum parley_status status = open_table(arena, &at, err);
    if (status || !list)
        return status ? status : no_memory(err);
    *n = 0;
    for (struct named row; *n < MAX && next_row(&at, &row);)
        list[(*n)++] = row.name;
    *names = list;
    return PARLEY_OK;
}

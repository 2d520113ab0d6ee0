#include "stage_game.h"

#include <parley/file.h>
#include <parley/memory_one.h>

#include <stdio.h>
#include <string.h>

enum { HABIT_FILE_MAX = 16 << 20 };

enum parley_status read_ratio_option(struct invocation *in, const char *name, struct parley_ratio *out)
{
    const char *text = option_text(in, name);
    if (!text || parley_ratio_parse(text, strlen(text), out))
        return PARLEY_OK;
    return parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected a number such as 0.05 or 1/20, found '%.60s'", name, text);
}

static enum parley_status read_payoffs(struct invocation *in, struct parley_repeated *game)
{
    const char *text = option_text(in, "payoffs"), *p = text ? text : "3,0,5,1";
    struct parley_ratio r[4];
    for (int i = 0; i < 4; i++) {
        size_t len = strcspn(p, ",");
        if (!parley_ratio_parse(p, len, &r[i]) || (i < 3) != (p[len] == ','))
            return parley_fail(&in->err, PARLEY_EINVAL, "--payoffs: expected four numbers R,S,T,P such as 3,0,5,1; found '%.60s'", text);
        p += len + 1;
    }
    parley_repeated_symmetric(game, r[0], r[1], r[2], r[3]);
    return PARLEY_OK;
}

enum parley_status read_stage(struct invocation *in, struct stage *g)
{
    const struct parley_ratio none = { 0, 1 };
    *g = (struct stage){ .game = { .slip = none, .miss = none, .false_alarm = none }, .discount = none, .has_discount = option_given(in, "discount") };
    enum parley_status status = read_payoffs(in, &g->game);
    if (!status)
        status = read_ratio_option(in, "slip", &g->game.slip);
    if (!status)
        status = read_ratio_option(in, "miss", &g->game.miss);
    if (!status)
        status = read_ratio_option(in, "false", &g->game.false_alarm);
    const struct {
        const char *name;
        struct parley_ratio p;
    } noise[] = { { "slip", g->game.slip }, { "miss", g->game.miss }, { "false", g->game.false_alarm } };
    for (int i = 0; !status && i < 3; i++)
        if (noise[i].p.num < 0 || noise[i].p.num > noise[i].p.den)
            status = parley_fail(&in->err, PARLEY_EINVAL, "--%s: %.6g is no probability; expected 0 to 1", noise[i].name, parley_ratio_double(noise[i].p));
    if (!status)
        status = read_ratio_option(in, "discount", &g->discount);
    return status;
}

/* A state that no play reaches changes no result, but may be a slip of the pen. */
static void warn_unreached(const struct invocation *in, const struct parley_habit *h)
{
    if (h->unreached)
        say(in, "%s: warning: no play reaches %s %s of this machine; expected every state to be entered from the first; left out, which changes no result", h->where,
            strchr(h->unreached, ',') ? "states" : "state", h->unreached);
}

enum parley_status read_habit(struct invocation *in, const char *text, const struct parley_habit **out)
{
    if (*text != '@') {
        enum parley_status parsed = parley_habit_parse(text, &in->arena, out, &in->err);
        if (!parsed)
            warn_unreached(in, *out);
        return parsed;
    }
    const char *colon = strrchr(text, ':');
    const struct parley_habit **list;
    size_t n, len;
    char *data, *path = parley_arena_copy(&in->arena, text + 1, colon ? (size_t)(colon - text) - 1 : strlen(text) - 1);
    if (!path)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = parley_file_read(path, HABIT_FILE_MAX, &in->arena, &data, &len, &in->err);
    if (!status)
        status = parley_habits_read(data, len, path, &in->arena, &list, &n, &in->err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        if (colon ? !strcmp(list[i]->name, colon + 1) : n == 1) {
            *out = list[i];
            warn_unreached(in, list[i]);
            return PARLEY_OK;
        }
    return colon ? parley_fail(&in->err, PARLEY_ENOTFOUND, "%s: no machine named '%.60s'", path, colon + 1)
                 : parley_fail(&in->err, PARLEY_EINVAL, "%s holds %zu machines; say which with @FILE:NAME", path, n);
}

/* --- lists ---------------------------------------------------------------------------------- */

struct list {
    const struct parley_habit **habit;
    size_t n, most;
};

static enum parley_status append(struct invocation *in, struct list *l, const struct parley_habit *h)
{
    if (l->n == l->most)
        return parley_fail(&in->err, PARLEY_EINVAL, "--strategies: more than %zu habits", l->most);
    l->habit[l->n++] = h;
    return PARLEY_OK;
}

static bool same_answers(const struct parley_memory_one *a, const struct parley_memory_one *b)
{
    for (int k = 0; k < 5; k++)
        if (a->cooperate[k] < b->cooperate[k] || a->cooperate[k] > b->cooperate[k])
            return false;
    return true;
}

/* The named habit that answers as m1(...) does, or NULL. */
static const char *known_as(const struct parley_habit *h, const struct parley_habit *const *named, size_t n)
{
    const struct parley_repeated quiet = { .slip = { 0, 1 }, .miss = { 0, 1 }, .false_alarm = { 0, 1 } };
    struct parley_memory_one mine, theirs;
    for (size_t i = 0; parley_memory_one_from_habit(&quiet, h, &mine) && i < n; i++)
        if (parley_memory_one_from_habit(&quiet, named[i], &theirs) && same_answers(&mine, &theirs))
            return named[i]->name;
    return NULL;
}

/* memory-one(K) */
static enum parley_status append_grid(struct invocation *in, const char *word, struct list *l)
{
    unsigned steps = 0;
    int used = 0;
    if (sscanf(word, "memory-one(%3u)%n", &steps, &used) != 1 || word[used] || steps < 1 || steps > 9)
        return parley_fail(&in->err, PARLEY_EINVAL, "--strategies: expected memory-one(K) with K from 1 to 9, found '%.40s'", word);
    const char *const *names;
    size_t n;
    enum parley_status status = parley_habits_named(&in->arena, &names, &n, &in->err);
    const struct parley_habit **named = PARLEY_NEW(&in->arena, const struct parley_habit *, n + 1);
    if (!status && !named)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; !status && i < n; i++)
        status = parley_habit_parse(names[i], &in->arena, &named[i], &in->err);
    unsigned side = steps + 1;
    for (unsigned code = 0; !status && code < side * side * side * side; code++) {
        char text[80];
        const struct parley_habit *h;
        unsigned p[4] = { code / (side * side * side), code / (side * side) % side, code / side % side, code % side };
        int len = snprintf(text, sizeof text, "m1(");
        for (int k = 0; k < 4; k++) {
            unsigned a = p[k], b = steps;
            for (unsigned d = 2; d <= b; d++)
                while (a % d == 0 && b % d == 0)
                    a /= d, b /= d;
            len += snprintf(text + len, sizeof text - (size_t)len, b == 1 ? "%u" : "%u/%u", a, b);
            len += snprintf(text + len, sizeof text - (size_t)len, k < 3 ? "," : ";1)");
        }
        if (!(status = parley_habit_parse(text, &in->arena, &h, &in->err))) {
            const char *name = known_as(h, named, n);
            if (name)
                status = parley_habit_parse(name, &in->arena, &h, &in->err);
        }
        if (!status)
            status = append(in, l, h);
    }
    return status;
}

static bool is_file(const char *text) { return !strchr(text, ';') && !strchr(text, '(') && (strchr(text, '/') || strchr(text, '.')); }

enum parley_status read_habits(struct invocation *in, const char *text, size_t most, const struct parley_habit ***out, size_t *n)
{
    struct list l = { PARLEY_NEW(&in->arena, const struct parley_habit *, most), 0, most };
    const char *const *names;
    enum parley_status status = PARLEY_OK;
    if (!l.habit)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (!strcmp(text, "named")) {
        status = parley_habits_named(&in->arena, &names, n, &in->err);
        for (size_t i = 0; !status && i < *n; i++)
            if (!(status = parley_habit_parse(names[i], &in->arena, &l.habit[l.n], &in->err)))
                l.n++;
    } else if (is_file(text)) {
        char *data;
        size_t len;
        if ((status = parley_file_read(text, HABIT_FILE_MAX, &in->arena, &data, &len, &in->err)) ||
            (status = parley_habits_read(data, len, text, &in->arena, out, n, &in->err)))
            return status;
        for (size_t i = 0; i < *n; i++)
            warn_unreached(in, (*out)[i]);
        return *n <= most ? PARLEY_OK : parley_fail(&in->err, PARLEY_EINVAL, "%s: %zu machines; at most %zu can be compared", text, *n, most);
    } else {
        for (const char *p = text; !status && *p;) { /* m1(1,0,1,0;1) holds a ';' of its own */
            size_t len = 0;
            for (int depth = 0; p[len] && (depth > 0 || !strchr(" ,;", p[len])); len++)
                depth += (p[len] == '(') - (p[len] == ')');
            const char *word = parley_arena_copy(&in->arena, p, len);
            const struct parley_habit *h;
            if (!word)
                status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
            else if (len && !strncmp(word, "memory-one", 10))
                status = append_grid(in, word, &l);
            else if (len && !(status = read_habit(in, word, &h)))
                status = append(in, &l, h);
            p += len + (p[len] != 0);
        }
    }
    if (!status && l.n == 0)
        status = parley_fail(&in->err, PARLEY_EINVAL, "--strategies: no habit in '%.40s'; expected a file of machines or habits separated by commas such as TFT,ALLD", text);
    *out = l.habit;
    *n = l.n;
    return status;
}

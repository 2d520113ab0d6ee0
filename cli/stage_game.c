#include "stage_game.h"

#include <parley/file.h>

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
    if (!status)
        status = read_ratio_option(in, "discount", &g->discount);
    return status;
}

enum parley_status read_habit(struct invocation *in, const char *text, const struct parley_habit **out)
{
    if (*text != '@')
        return parley_habit_parse(text, &in->arena, out, &in->err);
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
            return PARLEY_OK;
        }
    return colon ? parley_fail(&in->err, PARLEY_ENOTFOUND, "%s: no machine named '%.60s'", path, colon + 1)
                 : parley_fail(&in->err, PARLEY_EINVAL, "%s holds %zu machines; say which with @FILE:NAME", path, n);
}

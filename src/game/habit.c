/* Habits as automata: fractions, memory-one forms and Mealy tables. Names are in habit_names.c. */
#include "habit_forms.h"

#include <parley/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- fractions ---------------------------------------------------------------------------- */

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t t = a % b;
        a = b;
        b = t;
    }
    return a < 0 ? -a : a;
}

bool ratio_make(int64_t num, int64_t den, struct parley_ratio *out)
{
    if (den == 0 || num == INT64_MIN || den == INT64_MIN)
        return false;
    int64_t g = gcd(num, den);
    if (den < 0)
        g = -g;
    *out = (struct parley_ratio){ num / (g ? g : 1), den / (g ? g : 1) };
    return true;
}

static bool decimal(const char *text, size_t len, struct parley_ratio *out)
{
    int64_t num = 0, den = 1;
    bool point = false, any = false, minus = len && text[0] == '-';
    for (size_t i = minus || (len && text[0] == '+'); i < len; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(num, 10, &num) ||
            __builtin_add_overflow(num, text[i] - '0', &num) || (point && __builtin_mul_overflow(den, 10, &den)))
            return false;
        any = true;
    }
    return any && ratio_make(minus ? -num : num, den, out);
}

bool parley_ratio_parse(const char *text, size_t len, struct parley_ratio *out)
{
    const char *slash = memchr(text, '/', len);
    struct parley_ratio a, b;
    if (!slash)
        return decimal(text, len, out);
    if (!decimal(text, (size_t)(slash - text), &a) || !decimal(slash + 1, len - (size_t)(slash + 1 - text), &b) || b.num == 0)
        return false;
    int64_t num, den;
    return !__builtin_mul_overflow(a.num, b.den, &num) && !__builtin_mul_overflow(a.den, b.num, &den) && ratio_make(num, den, out);
}

double parley_ratio_double(struct parley_ratio r) { return (double)r.num / (double)r.den; }

bool ratio_is_probability(struct parley_ratio r) { return r.num >= 0 && r.num <= r.den; }

/* --- memory one --------------------------------------------------------------------------- */

const struct parley_habit *habit_memory_one(const char *name, const struct parley_ratio p[5], struct parley_arena *arena)
{
    struct parley_habit *h = PARLEY_NEW(arena, struct parley_habit, 1);
    struct parley_ratio *cooperate = PARLEY_NEW(arena, struct parley_ratio, 5);
    uint32_t(*next)[2][2] = parley_arena_calloc(arena, 5, sizeof *next);
    const char *copy = parley_arena_strdup(arena, name);
    if (!h || !cooperate || !next || !copy)
        return NULL;
    memcpy(cooperate, p, 5 * sizeof *p); /* states CC, CD, DC, DD, first move */
    for (size_t s = 0; s < 5; s++)
        for (uint32_t own = 0; own < 2; own++)
            for (uint32_t seen = 0; seen < 2; seen++)
                next[s][own][seen] = own * 2 + seen;
    *h = (struct parley_habit){ .name = copy, .n = 5, .start = 4, .cooperate = cooperate, .next = (const uint32_t(*)[2][2])next };
    return h;
}

/* Contrite tit for tat (Boyd 1989): both have a standing, which a defection against somebody in good standing loses
 * and a cooperation restores; it defects only when it is in good standing itself and the other is not. */
const struct parley_habit *habit_standing(const char *name, struct parley_arena *arena)
{
    struct parley_habit *h = PARLEY_NEW(arena, struct parley_habit, 1);
    struct parley_ratio *cooperate = PARLEY_NEW(arena, struct parley_ratio, 4);
    uint32_t(*next)[2][2] = parley_arena_calloc(arena, 4, sizeof *next);
    const char *copy = parley_arena_strdup(arena, name);
    if (!h || !cooperate || !next || !copy)
        return NULL;
    for (uint32_t s = 0; s < 4; s++) { /* bit 1: I am in bad standing, bit 0: the other is */
        bool mine_bad = s & 2, other_bad = s & 1;
        cooperate[s] = (struct parley_ratio){ mine_bad || !other_bad, 1 };
        for (uint32_t own = 0; own < 2; own++)
            for (uint32_t seen = 0; seen < 2; seen++) {
                bool mine = own == PARLEY_D && (mine_bad || !other_bad);
                bool other = seen == PARLEY_D && (other_bad || !mine_bad);
                next[s][own][seen] = (uint32_t)mine * 2 + (uint32_t)other;
            }
    }
    *h = (struct parley_habit){ .name = copy, .n = 4, .start = 0, .cooperate = cooperate, .next = (const uint32_t(*)[2][2])next };
    return h;
}

/* --- Mealy tables ------------------------------------------------------------------------- */

struct row {
    const char *from, *to;
    size_t from_len, to_len;
    int seen, act;
};

struct table {
    struct row *row;
    size_t n;
};

static int action(char c) { return c == 'C' ? PARLEY_C : c == 'D' ? PARLEY_D : -1; }

/* "12C>3D" into a row. */
static bool read_row(const char *p, size_t len, struct row *r)
{
    const char *gt = memchr(p, '>', len);
    if (!gt || gt - p < 2 || p + len - gt < 3)
        return false;
    *r = (struct row){ p, gt + 1, (size_t)(gt - p) - 1, (size_t)(p + len - gt) - 2, action(gt[-1]), action(p[len - 1]) };
    return r->seen >= 0 && r->act >= 0;
}

static enum parley_status read_table(const char *text, const char *where, struct parley_arena *arena, struct table *t,
                                     struct parley_error *err)
{
    size_t most = 1;
    for (const char *p = text; *p; p++)
        most += *p == '>';
    if (!(t->row = PARLEY_NEW(arena, struct row, most)))
        return parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", where);
    for (const char *p = text; *p;) {
        p += strspn(p, " ,\t\r");
        size_t len = strcspn(p, " ,\t\r");
        if (len == 0)
            break;
        struct row r;
        if (!read_row(p, len, &r))
            return parley_fail(err, PARLEY_EPARSE, "%s: '%.*s' is no row of a machine; expected for example 1C>2D (in state 1, when C was seen, go to state 2 and play D)",
                               where, (int)(len < 40 ? len : 40), p);
        for (size_t i = 0; i < t->n; i++)
            if (t->row[i].seen == r.seen && t->row[i].from_len == r.from_len && !memcmp(t->row[i].from, r.from, r.from_len))
                return parley_fail(err, PARLEY_EPARSE, "%s: state %.*s has two rows for %c; expected one", where, (int)r.from_len, r.from, "CD"[r.seen]);
        t->row[t->n++] = r;
        p += len;
    }
    return PARLEY_OK;
}

static const struct row *find(const struct table *t, const char *state, size_t len, int seen)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->row[i].seen == seen && t->row[i].from_len == len && !memcmp(t->row[i].from, state, len))
            return &t->row[i];
    return NULL;
}

/* A state of the automaton is (state of the table, act it is about to play). */
struct node {
    const char *state;
    size_t len;
    int act;
};

static size_t intern(struct node *node, size_t *n, const char *state, size_t len, int act)
{
    for (size_t i = 0; i < *n; i++)
        if (node[i].act == act && node[i].len == len && !memcmp(node[i].state, state, len))
            return i;
    node[*n] = (struct node){ state, len, act };
    return (*n)++;
}

/* "3, 5": states with rows that no play meets; "" when there are none. NULL when out of memory. */
static const char *states_without_play(const struct table *t, const struct node *node, size_t n, struct parley_arena *arena)
{
    struct parley_text list;
    parley_text_init(&list, 1 << 20);
    for (size_t r = 0; r < t->n; r++) {
        bool met = false;
        for (size_t i = 0; i < n && !met; i++)
            met = node[i].len == t->row[r].from_len && !memcmp(node[i].state, t->row[r].from, node[i].len);
        for (size_t q = 0; q < r && !met; q++) /* named already */
            met = t->row[q].from_len == t->row[r].from_len && !memcmp(t->row[q].from, t->row[r].from, t->row[r].from_len);
        if (!met)
            parley_text_addf(&list, "%s%.*s", list.len ? ", " : "", (int)t->row[r].from_len, t->row[r].from);
    }
    const char *copy = parley_text_keep(&list, arena);
    parley_text_release(&list);
    return copy;
}

/* The table ends nowhere: what would have to be there, and why. */
static enum parley_status no_row(const char *where, const struct table *t, const struct node *node, int seen, struct parley_error *err)
{
    int len = (int)(node->len < 40 ? node->len : 40);
    for (size_t r = 0; r < t->n; r++) /* a state with a row for the other act, or none at all */
        if (t->row[r].to_len == node->len && !memcmp(t->row[r].to, node->state, node->len))
            return parley_fail(err, PARLEY_EPARSE, "%s: state %.*s, which row %.*s%c>%.*s%c leads to, has no row for %c; expected a row for C and a row for D", where, len, node->state,
                               (int)(t->row[r].from_len < 40 ? t->row[r].from_len : 40), t->row[r].from, "CD"[t->row[r].seen], len, node->state, "CD"[t->row[r].act], "CD"[seen]);
    return parley_fail(err, PARLEY_EPARSE, "%s: the first state, %.*s, has no row for %c; expected a row for C and a row for D", where, len, node->state, "CD"[seen]);
}

enum parley_status parley_habit_from_table(const char *name, const char *initial_state, char initial_action, const char *text,
                                           const char *where, struct parley_arena *arena, const struct parley_habit **out,
                                           struct parley_error *err)
{
    struct table t = { 0 };
    enum parley_status status = read_table(text, where, arena, &t, err);
    if (status)
        return status;
    if (action(initial_action) < 0)
        return parley_fail(err, PARLEY_EPARSE, "%s: the first action is '%c'; expected C or D", where, initial_action);
    size_t most = 2 * t.n + 2, n = 0;
    if (most > 2 * PARLEY_HABIT_STATES_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%s: more than %d rows", where, PARLEY_HABIT_STATES_MAX);
    struct parley_habit *h = PARLEY_NEW(arena, struct parley_habit, 1);
    struct node *node = PARLEY_NEW(arena, struct node, most);
    struct parley_ratio *cooperate = PARLEY_NEW(arena, struct parley_ratio, most);
    uint32_t(*next)[2][2] = parley_arena_calloc(arena, most, sizeof *next);
    if (!h || !node || !cooperate || !next)
        return parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", where);
    intern(node, &n, initial_state, strlen(initial_state), action(initial_action));
    for (size_t i = 0; i < n; i++) {
        cooperate[i] = (struct parley_ratio){ node[i].act == PARLEY_C, 1 };
        for (int seen = 0; seen < 2; seen++) {
            const struct row *r = find(&t, node[i].state, node[i].len, seen);
            if (!r)
                return no_row(where, &t, &node[i], seen, err);
            uint32_t to = (uint32_t)intern(node, &n, r->to, r->to_len, r->act);
            next[i][0][seen] = next[i][1][seen] = to;
        }
    }
    const char *left_out = states_without_play(&t, node, n, arena);
    const char *copy = parley_arena_strdup(arena, name), *place = parley_arena_strdup(arena, where);
    if (!copy || !place || !left_out)
        return parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", where);
    *h = (struct parley_habit){ .name = copy, .n = n, .start = 0, .unreached = *left_out ? left_out : NULL, .where = place, .cooperate = cooperate, .next = (const uint32_t(*)[2][2])next };
    *out = h;
    return PARLEY_OK;
}

/* --- files of machines -------------------------------------------------------------------- */

static size_t split_tabs(char *line, char *field[8])
{
    size_t n = 0;
    for (char *p = line; n < 8;) {
        field[n++] = p;
        p = strchr(p, '\t');
        if (!p)
            break;
        *p++ = 0;
    }
    return n;
}

enum parley_status parley_habits_read(const char *data, size_t len, const char *file, struct parley_arena *arena,
                                      const struct parley_habit ***habits, size_t *n, struct parley_error *err)
{
    char *text = parley_arena_copy(arena, data, len), where[300];
    size_t lines = 1, count = 0, number = 0;
    bool header = false;
    for (size_t i = 0; i < len; i++)
        lines += data[i] == '\n';
    const struct parley_habit **list = PARLEY_NEW(arena, const struct parley_habit *, lines);
    if (!text || !list)
        return parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", file);
    for (char *line = text, *end = text + len; line < end;) {
        char *nl = memchr(line, '\n', (size_t)(end - line)), *field[8];
        if (nl)
            *nl = 0;
        number++;
        line[strcspn(line, "\r")] = 0;
        snprintf(where, sizeof where, "%.250s:%zu", file, number);
        bool skip = !*line || *line == '#';
        if (!skip && !header && !strncmp(line, "name\t", 5))
            header = skip = true;
        if (!skip) {
            if (split_tabs(line, field) != 4 || strlen(field[2]) != 1)
                return parley_fail(err, PARLEY_EPARSE, "%s: expected name TAB first state TAB first action (C or D) TAB table of rows", where);
            enum parley_status status = parley_habit_from_table(field[0], field[1], field[2][0], field[3], where, arena, &list[count], err);
            if (status)
                return status;
            count++;
        }
        line = nl ? nl + 1 : end;
    }
    if (count == 0)
        return parley_fail(err, PARLEY_EDOM, "%s: no machine in the file; expected rows name TAB first state TAB first action TAB table", file);
    *habits = list;
    *n = count;
    return PARLEY_OK;
}

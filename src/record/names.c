#include "names.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    const char *key; /* name space, then the folded name */
    size_t len;
    uint32_t named;  /* index + 1; 0 = free */
};

struct names {
    struct named *named;
    size_t n, cap;
    struct entry *table;
    size_t table_n, table_size; /* a power of two */
    size_t *of_id;              /* index + 1 by actor.id */
    size_t of_id_n;
    int64_t last_id;            /* the greatest of all */
    struct two_letters two;
};

/* Key into `out` (at least NAME_BYTES_MAX + 1 bytes); 0 if empty or too long. */
static size_t fold(enum name_space space, const char *text, size_t len, char *out)
{
    while (len && (text[0] == ' ' || text[0] == '\t'))
        text++, len--;
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    if (!len || len > NAME_BYTES_MAX)
        return 0;
    out[0] = (char)('0' + space);
    for (size_t i = 0; i < len; i++)
        out[i + 1] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
    return len + 1;
}

static uint64_t hash(const char *key, size_t len)
{
    uint64_t h = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)key[i]) * 0x100000001B3u;
    return h ^ (h >> 29);
}

static struct entry *probe(const struct names *n, const char *key, size_t len)
{
    size_t i = hash(key, len) & (n->table_size - 1);
    while (n->table[i].named && !(n->table[i].len == len && !memcmp(n->table[i].key, key, len)))
        i = (i + 1) & (n->table_size - 1);
    return &n->table[i];
}

static bool grow(struct names *n)
{
    size_t size = n->table_size ? n->table_size * 2 : 2048;
    struct names bigger = { .table = calloc(size, sizeof *bigger.table), .table_size = size };
    if (!bigger.table)
        return false;
    for (size_t i = 0; i < n->table_size; i++)
        if (n->table[i].named)
            *probe(&bigger, n->table[i].key, n->table[i].len) = n->table[i];
    free(n->table);
    n->table = bigger.table;
    n->table_size = size;
    return true;
}

/* The first to claim a name keeps it. */
static bool claim(struct parley_arena *arena, struct names *n, enum name_space space, const char *text, size_t len, size_t named)
{
    char key[NAME_BYTES_MAX + 2];
    size_t key_len = fold(space, text, len, key);
    if (!key_len)
        return true;
    if (2 * n->table_n >= n->table_size && !grow(n))
        return false;
    struct entry *e = probe(n, key, key_len);
    if (e->named)
        return true;
    char *copy = parley_arena_copy(arena, key, key_len);
    if (!copy)
        return false;
    *e = (struct entry){ copy, key_len, (uint32_t)named + 1 };
    n->table_n++;
    return true;
}

static bool add_named(struct parley_arena *arena, struct names *n, int64_t id, const char *code, size_t len)
{
    if (id < 1 || id > INT32_MAX)
        return false;
    if (n->n == n->cap) {
        struct named *more = realloc(n->named, (n->cap ? 2 * n->cap : 512) * sizeof *more);
        if (!more)
            return false;
        n->named = more;
        n->cap = n->cap ? 2 * n->cap : 512;
    }
    if ((size_t)id >= n->of_id_n) {
        size_t want = (size_t)id * 2 + 512;
        size_t *more = realloc(n->of_id, want * sizeof *more);
        if (!more)
            return false;
        memset(more + n->of_id_n, 0, (want - n->of_id_n) * sizeof *more);
        n->of_id = more;
        n->of_id_n = want;
    }
    char *copy = parley_arena_copy(arena, code, len);
    if (!copy)
        return false;
    n->named[n->n++] = (struct named){ id, copy };
    n->of_id[id] = n->n;
    if (id > n->last_id)
        n->last_id = id;
    return claim(arena, n, NAME_ANY, code, len, n->n - 1);
}

static bool claim_all(struct parley_arena *arena, struct names *n, sqlite3_stmt *s, size_t named)
{
    for (int column = 2; column <= 4; column++) { /* en, zh, iso3 */
        const char *text = (const char *)sqlite3_column_text(s, column);
        if (!text || !claim(arena, n, NAME_ANY, text, strlen(text), named))
            return false;
    }
    const char *cow = (const char *)sqlite3_column_text(s, 5), *abbreviation = (const char *)sqlite3_column_text(s, 6);
    const char *aliases = (const char *)sqlite3_column_text(s, 7);
    if (!cow || !abbreviation || !aliases)
        return false;
    if (strcmp(cow, "0") && !claim(arena, n, NAME_COW, cow, strlen(cow), named))
        return false;
    if (!claim(arena, n, NAME_COW_ABBREVIATION, abbreviation, strlen(abbreviation), named))
        return false;
    for (const char *p = aliases; *p;) {
        size_t len = strcspn(p, ";");
        if (!claim(arena, n, NAME_ANY, p, len, named))
            return false;
        p += len + (p[len] == ';');
    }
    return true;
}

enum parley_status names_load(struct parley_record *record, struct parley_error *err)
{
    if (record->names)
        return PARLEY_OK;
    struct names *n = calloc(1, sizeof *n);
    if (!n || !grow(n)) {
        names_free(n);
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    sqlite3_stmt *s = NULL;
    enum parley_status status = PARLEY_OK;
    /* codes first, so that no alias takes a code away */
    static const char *const sql[] = { "SELECT id, code FROM actor ORDER BY id",
                                       "SELECT id, code, en, zh, iso3, cow, cow_abbreviation, aliases FROM actor ORDER BY id" };
    for (int pass = 0; pass < 2 && !status; pass++) {
        status = store_prepare(record, sql[pass], &s, err);
        if (status)
            break;
        int rc;
        for (size_t i = 0; (rc = sqlite3_step(s)) == SQLITE_ROW; i++) {
            const char *code = (const char *)sqlite3_column_text(s, 1);
            if (!code || !(pass ? claim_all(&record->tables, n, s, i) : add_named(&record->tables, n, sqlite3_column_int64(s, 0), code, strlen(code)))) {
                rc = SQLITE_NOMEM;
                break;
            }
        }
        if (rc != SQLITE_DONE)
            status = store_fail(record, rc, "reading the actors", err);
        sqlite3_finalize(s);
    }
    if (status) {
        names_free(n);
        return status;
    }
    for (int i = 0; i < 26 * 26; i++) {
        const char text[2] = { (char)('A' + i / 26), (char)('A' + i % 26) };
        const struct named *found = names_find(n, NAME_ANY, text, 2);
        if (found)
            n->two.of[i] = *found;
    }
    record->names = n;
    return PARLEY_OK;
}

void names_free(struct names *n)
{
    if (!n)
        return;
    free(n->named);
    free(n->table);
    free(n->of_id);
    free(n);
}

const struct named *names_find(const struct names *n, enum name_space space, const char *text, size_t len)
{
    char key[NAME_BYTES_MAX + 2];
    size_t key_len = fold(space, text, len, key);
    if (!key_len)
        return NULL;
    const struct entry *e = probe(n, key, key_len);
    return e->named ? &n->named[e->named - 1] : NULL;
}

const struct two_letters *names_two(const struct names *n) { return &n->two; }

const char *names_nearest(const struct names *n, const char *text, size_t len)
{
    char key[NAME_BYTES_MAX + 2], other[NAME_BYTES_MAX + 2];
    size_t key_len = fold(NAME_ANY, text, len, key), best = 3;
    const char *found = NULL;
    key[key_len] = 0;
    if (key_len < 4) /* of a word of one or two letters everything is near */
        return NULL;
    for (size_t i = 0; i < n->table_size; i++)
        if (n->table[i].named && n->table[i].key[0] == '0' + NAME_ANY && n->table[i].len > 3) {
            memcpy(other, n->table[i].key, n->table[i].len);
            other[n->table[i].len] = 0;
            size_t d = parley_edit_distance(key + 1, other + 1);
            if (d < best)
                best = d, found = n->named[n->table[i].named - 1].code;
        }
    return found;
}

bool names_is_new_code(const char *text, size_t len)
{
    static const char *const prefix[] = { "FIRM:", "ORG:", "GROUP:" };
    for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++) {
        size_t p = strlen(prefix[i]);
        if (len > p && len <= NAME_BYTES_MAX && !memcmp(text, prefix[i], p))
            return true;
    }
    return false;
}

enum parley_status names_add(struct parley_record *record, const char *code, size_t len, const struct named **out, struct parley_error *err)
{
    const char *kind = code[0] == 'F' ? "firm" : code[0] == 'O' ? "body" : "group";
    const char *name = memchr(code, ':', len);
    sqlite3_stmt *s = NULL;
    if (record->pretend) {
        if (!add_named(&record->tables, record->names, record->names->last_id + 1, code, len))
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        *out = &record->names->named[record->names->n - 1];
        return PARLEY_OK;
    }
    enum parley_status status = store_prepare(record, "INSERT INTO actor(code, en, zh, kind, iso3, cow, cow_abbreviation, aliases) VALUES(?, ?, ?, ?, '', 0, '', '')", &s, err);
    if (status)
        return status;
    int name_len = (int)(len - (size_t)(name + 1 - code));
    sqlite3_bind_text(s, 1, code, (int)len, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 2, name + 1, name_len, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 3, name + 1, name_len, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 4, kind, -1, SQLITE_STATIC);
    status = store_run(record, s, "adding an actor", err);
    sqlite3_finalize(s);
    if (!status && !add_named(&record->tables, record->names, sqlite3_last_insert_rowid(record->db), code, len))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status)
        *out = &record->names->named[record->names->n - 1];
    return status;
}

const char *names_code(const struct names *n, int64_t id)
{
    return id > 0 && (size_t)id < n->of_id_n && n->of_id[id] ? n->named[n->of_id[id] - 1].code : "UNK";
}

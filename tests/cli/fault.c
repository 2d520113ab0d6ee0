/* fault.c - linked into a second `parley` whose memory runs out where tests/cli/faults.py says.
 *
 * The linker's --wrap sends every call of malloc, calloc, realloc, strdup and strndup in the library and the command here; jansson
 * and SQLite are told to ask us too. FAULT_AT=N FAULT_FOR=M: allocations N to N + M - 1 (from 0) fail. FAULT_WHOSE is a list of
 * own, json, sqlite: only these are counted and fail. FAULT_COUNT=FILE gets the number of allocations counted. */
#define _GNU_SOURCE
#include <jansson.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_long counted;
static long fail_at = -1, fail_for = 1;
static const char *whose = "own";
static sqlite3_mem_methods usual;

static int fails(const char *who)
{
    if (!strstr(whose, who))
        return 0;
    long n = atomic_fetch_add(&counted, 1);
    return fail_at >= 0 && n >= fail_at && n - fail_at < fail_for;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);

void *__wrap_malloc(size_t n) { return fails("own") ? NULL : __real_malloc(n); }
void *__wrap_calloc(size_t n, size_t size) { return fails("own") ? NULL : __real_calloc(n, size); }
void *__wrap_realloc(void *p, size_t n) { return fails("own") ? NULL : __real_realloc(p, n); }
char *__wrap_strdup(const char *text) { return fails("own") ? NULL : __real_strdup(text); }
char *__wrap_strndup(const char *text, size_t n) { return fails("own") ? NULL : __real_strndup(text, n); }

static void *json_new(size_t n) { return fails("json") ? NULL : __real_malloc(n); }
static void *sqlite_new(int n) { return fails("sqlite") ? NULL : usual.xMalloc(n); }
static void *sqlite_grow(void *p, int n) { return fails("sqlite") ? NULL : usual.xRealloc(p, n); }

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAULT_AT"), *many = getenv("FAULT_FOR"), *who = getenv("FAULT_WHOSE");
    if (at)
        fail_at = strtol(at, NULL, 10);
    if (many)
        fail_for = strtol(many, NULL, 10);
    if (who)
        whose = who;
    json_set_alloc_funcs(json_new, free);
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual);
    sqlite3_mem_methods mine = usual;
    mine.xMalloc = sqlite_new;
    mine.xRealloc = sqlite_grow;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *f = path ? fopen(path, "w") : NULL;
    if (f) {
        fprintf(f, "%ld\n", atomic_load(&counted));
        fclose(f);
    }
}

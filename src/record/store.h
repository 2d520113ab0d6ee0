/* store.h - the SQLite store behind a record: the handle, statements, errors. Internal to the room. */
#ifndef PARLEY_RECORD_STORE_H
#define PARLEY_RECORD_STORE_H

#include <parley/record.h>
#include <parley/text.h>
#include <sqlite3.h>

struct names; /* actors by name, names.h */

struct parley_record {
    sqlite3 *db;
    char *path; /* of desk.db, or "shipped record" */
    bool shipped, writable;
    bool pretend; /* new actors are known to the handle only: a check writes nothing */
    struct names *names;                 /* loaded when first asked for */
    struct parley_arena tables;          /* holds names and domains */
    struct parley_domain *domain;
    size_t n_domains;
    struct { const char *code; size_t n; } domain_slot[256]; /* by first letter and length: nearly always the one meant */
};

struct slice {
    const char *p;
    size_t n;
};

static inline struct slice slice_of(const char *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    return (struct slice){ text, n };
}

/* Without the blanks and tabs around it. */
static inline struct slice slice_trim(struct slice s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
        s.p++, s.n--;
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* The status for an SQLite result code, with a sentence that says what was being done and what to do. */
enum parley_status store_fail(const struct parley_record *record, int rc, const char *doing, struct parley_error *err);
enum parley_status store_exec(struct parley_record *record, const char *sql, const char *doing, struct parley_error *err);
enum parley_status store_prepare(struct parley_record *record, const char *sql, sqlite3_stmt **out, struct parley_error *err);
/* Run to the end; for statements without rows. Resets. */
enum parley_status store_run(struct parley_record *record, sqlite3_stmt *statement, const char *doing, struct parley_error *err);
/* One integer, 0 when there is no row. */
enum parley_status store_integer(struct parley_record *record, const char *sql, int64_t *out, struct parley_error *err);

static inline size_t domain_slot_of(const char *text, size_t n) { return ((unsigned char)text[0] + n * 2) & 255; }

/* Read the table of domains into the handle. */
enum parley_status store_domains(struct parley_record *record, struct parley_error *err);
/* PARLEY_EREFUSED on NFS, SMB and the like (PARLEY_ALLOW_NETWORK_DESK in the environment overrides). */
enum parley_status store_refuse_network(const char *folder, struct parley_error *err);

/* Tables and their history (schema.c). */
enum { SCHEMA_VERSION = 4 };
enum parley_status schema_create(struct parley_record *record, struct parley_error *err);
enum parley_status schema_migrate(struct parley_record *record, struct parley_error *err);

/* Fill the actors and sources of a new record, or the events and mechanisms of the shipped one (shipped.c). */
enum parley_status shipped_tables(struct parley_record *record, struct parley_error *err);
enum parley_status shipped_mechanisms(struct parley_record *record, struct parley_error *err);
enum parley_status shipped_events(struct parley_record *record, struct parley_error *err);

#endif

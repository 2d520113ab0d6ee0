/* import.h - writing a desk: make one, import, export, undo, add, edit, check, back up.
 * Room: record.
 *
 * Every change is one transaction: after a failure or an interruption the desk is as it was before. */
#ifndef PARLEY_IMPORT_H
#define PARLEY_IMPORT_H

#include <parley/progress.h>
#include <parley/record.h>

enum { PARLEY_REJECTS_MAX = 1000 /* kept in memory; a rejects file gets all */ };

struct parley_import_options {
    const char *path;          /* file, "-" for standard input, or "data:NAME" for a file that ships with Parley */
    const char *data;          /* the bytes themselves (UTF-8) instead of a file; path then only names them in messages */
    size_t len;
    const char *format;        /* name of a mapping; NULL or "auto" finds it by the header */
    const char *mapping_path;  /* a mapping file of one's own instead; NULL = none */
    const char *mapping;       /* or the text of one; NULL = none */
    const char *encoding;      /* NULL = UTF-8 */
    const char *rejects_path;  /* every rejected row with line, column and reason, as CSV; NULL = none */
    bool strict;               /* one rejected row fails the import */
    bool check_only;           /* read and check, write nothing */
};

struct parley_reject {
    uint64_t line;
    const char *column; /* name in the file's header, or ours; "" if unknown */
    const char *reason;
};

struct parley_import_result {
    int64_t id;          /* number of the import, for undo; 0 when nothing was added */
    const char *format;
    uint64_t read;       /* rows; read = added + duplicate + rejected + skipped + merged */
    uint64_t added;      /* reports */
    uint64_t duplicate;  /* said already, word for word */
    uint64_t rejected;
    uint64_t skipped;    /* rows the mapping declares to be no events */
    uint64_t merged;     /* rows that joined an event of this import, by the mapping's collapse rule */
    struct parley_reject *reject; /* [n_rejects], the first PARLEY_REJECTS_MAX */
    size_t n_rejects;
};

struct parley_mapping_info {
    const char *name, *title, *collapse;
};

struct parley_import_info {
    int64_t id;
    const char *file, *format, *done; /* file, or what was changed; format of the file, or add, edit, mechanism, source, actor, case; when, ISO 8601 UTC */
    uint64_t read, added, duplicate, rejected;
    const char *undone; /* when, or "" */
};

/* One report by column of our own CSV; NULL = empty. */
struct parley_report_text {
    const char *event_id, *date_start, *date_end, *precision, *date_public, *actor, *target, *kind, *domain, *intensity, *attribution,
        *mechanism, *what, *source, *note;
    const char *what_zh; /* what happened, in Chinese: the further column of that name; in a change "" takes it away */
};

/* One interval of a mechanism; NULL = not given. Parties are codes, names or aliases joined by ';'. */
struct parley_mechanism_text {
    const char *code, *en, *zh, *kind, *parties, *start, *start_event, *stop, *stop_event, *stop_kind, *source, *note;
};

/* A source, and a date at which its collection changed; NULL = not given. covers: dates, "" = open. */
struct parley_source_text {
    const char *code, *kind, *author, *year, *title, *title_zh, *covers_from, *covers_to, *coverage, *coverage_zh, *break_at, *break_what, *break_what_zh;
};

struct parley_check { /* what `record check` found wrong; 0 everywhere is good */
    uint64_t damaged_pages, broken_references, without_actor, unknown_domain, unknown_mechanism, places_out_of_order, words_not_indexed;
    const char *detail; /* first complaint of the integrity check, "" if none */
};

#pragma GCC visibility push(default)

/* Make a desk in a folder (made if missing): an empty record with the known actors and sources. shipped = also the
 * events and mechanisms of the shipped record. PARLEY_EINVAL if there is one already, PARLEY_EREFUSED on a network. */
PARLEY_MUST_USE enum parley_status parley_record_create(const char *desk, bool shipped, struct parley_error *err);

/* Import a file. The result is filled as far as it got, also on failure. PARLEY_EPARSE (no such format, wrong columns, the file
 * is cut), PARLEY_ELIMIT (a line too long), PARLEY_EDOM (strict, or every row was rejected: nothing is then added),
 * PARLEY_ECANCELLED, PARLEY_ENOSPC and other failures of the store. Memory does not grow with the file. */
PARLEY_MUST_USE enum parley_status parley_record_import(struct parley_record *record, const struct parley_import_options *options,
                                                        const struct parley_progress *progress, struct parley_arena *arena,
                                                        struct parley_import_result *out, struct parley_error *err);

/* Events that a query selects (NULL: all; limit is not looked at) as CSV or JSON Lines, every report of them a row, to a file or
 * "-": ordered by event, further columns by name. Importing the export into a new desk and exporting again gives the same bytes. */
PARLEY_MUST_USE enum parley_status parley_record_export(struct parley_record *record, const struct parley_event_query *query, bool jsonl,
                                                        const char *path, const struct parley_progress *progress, uint64_t *reports,
                                                        struct parley_error *err);

/* Take back an import, or a change by hand (event, mechanism, source, actor, case), which is an import of its own. *removed: reports or
 * rows. PARLEY_ENOTFOUND, PARLEY_EDOM if undone already, changed again since, or in use. */
PARLEY_MUST_USE enum parley_status parley_record_undo(struct parley_record *record, int64_t import, uint64_t *removed, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_record_imports(struct parley_record *record, struct parley_arena *arena,
                                                         struct parley_import_info **out, size_t *n, struct parley_error *err);

/* Add one report; an event_id that is there already makes it a competing report. *event_id: its id, in the arena.
 * PARLEY_EDOM names the column and the reason. */
PARLEY_MUST_USE enum parley_status parley_record_add(struct parley_record *record, const struct parley_report_text *report,
                                                     struct parley_arena *arena, const char **event_id, struct parley_error *err);
/* Change the columns that are not NULL of report `place` (1 = the first) of an event; undo brings the old text back. */
PARLEY_MUST_USE enum parley_status parley_record_edit(struct parley_record *record, const char *event_id, int place,
                                                      const struct parley_report_text *change, struct parley_error *err);
/* Add an actor, or names for one that is known. aliases joined by ';', NULL = none. */
PARLEY_MUST_USE enum parley_status parley_record_add_actor(struct parley_record *record, const char *code, const char *en, const char *zh,
                                                           const char *kind, const char *aliases, struct parley_error *err);

/* Add an interval of a mechanism, or change the members given of the one with this code and start (without start: the last one of the code).
 * stop "none" takes a stop back. PARLEY_EDOM: a date, party or needed member is wrong. */
PARLEY_MUST_USE enum parley_status parley_record_put_mechanism(struct parley_record *record, const struct parley_mechanism_text *mechanism,
                                                               struct parley_error *err);

/* Add a source, or change the members given of a known one; break_at adds a break of its coverage. PARLEY_EDOM: a code that events could
 * not cite, a date that is none, a new source without a title. */
PARLEY_MUST_USE enum parley_status parley_record_put_source(struct parley_record *record, const struct parley_source_text *source,
                                                            struct parley_error *err);

PARLEY_MUST_USE enum parley_status parley_record_check(struct parley_record *record, struct parley_arena *arena, struct parley_check *out,
                                                       struct parley_error *err);
/* A consistent copy of the whole desk.db while others may write, to a new file. */
PARLEY_MUST_USE enum parley_status parley_record_backup(struct parley_record *record, const char *path, const struct parley_progress *progress,
                                                        struct parley_error *err);

/* The formats that can be imported. */
PARLEY_MUST_USE enum parley_status parley_mappings(struct parley_arena *arena, struct parley_mapping_info **out, size_t *n, struct parley_error *err);

#pragma GCC visibility pop
#endif

/* record.h - what happened: the events of a desk, who acted, and the standing arrangements between them.
 *
 * A record is an SQLite file `desk.db` in a desk (a folder), or the record that Parley ships, which is built
 * into the library and read-only. Everything returned lives in the caller's arena; strings are zero-terminated,
 * never NULL. One thread at a time may use a record. Writing is in import.h, cases and claims in studies.h. */
#ifndef PARLEY_RECORD_H
#define PARLEY_RECORD_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parley_record;

enum parley_record_mode { PARLEY_RECORD_READ, PARLEY_RECORD_WRITE };

struct parley_actor {
    const char *code, *en, *zh, *kind; /* kind: state, former state, body, firm, group, region, unknown */
    const char *iso3, *aliases;        /* aliases joined by ';' */
    int64_t cow;                       /* Correlates of War number, 0 if none */
};

struct parley_domain {
    const char *code, *en, *zh;
    const char *model;      /* conflict domain of the model: INF ESP TEC MIL CRM POL */
    const char *visibility; /* overt, covert */
    const char *reason;
};

/* A standing arrangement over one interval; several rows with one code when it was resumed. */
struct parley_mechanism {
    const char *code, *en, *zh;
    const char *kind;            /* hotline, dialogue, working-group, track2, notification, norm, agreement, forum */
    const char *const *party;    /* [n_parties] codes */
    size_t n_parties;
    struct parley_date start, stop; /* undated: start not known; no end stated */
    const char *start_event, *stop_event;
    const char *stop_kind;       /* suspended, lapsed, replaced, completed, "" */
    const char *source, *note;
};

struct parley_source {
    const char *code, *kind, *author, *year, *title, *title_zh, *coverage, *coverage_zh; /* _zh: "" when the record has none */
    struct parley_date covers; /* interval; open ends are the years 1 and 9999 */
};

/* A date at which a source changed what it collects: a jump in counts there is not a jump in the world. */
struct parley_coverage_break {
    const char *source, *what, *what_zh;
    struct parley_date at;
};

struct parley_kind {
    const char *code, *en, *zh;
};

/* What to select; a zeroed struct selects every event. Arrays are of codes. */
struct parley_event_query {
    const char *const *relation; size_t n_relation; /* at least two of them take part (as actor or target) */
    const char *actor, *target;                     /* NULL = any: this actor acts; this one is the target */
    int64_t from_us, to_us;                         /* overlap with [from, to); both 0 = any time */
    bool dated_only;                                /* leave out undated events */
    int64_t known_by_us;                            /* only what was public by then; 0 = any */
    const char *const *domain; size_t n_domains;
    const char *const *kind; size_t n_kinds;
    const char *mechanism, *source;                 /* NULL = any; source: code before the ':' */
    const char *text;                               /* NULL = any; words to search for */
    size_t limit;                                   /* 0 = PARLEY_EVENTS_MAX; more matches than that is PARLEY_ELIMIT */
};

enum { PARLEY_EVENTS_MAX = 20000000, PARLEY_EVENT_ACTORS_MAX = 64, PARLEY_REPORTS_MAX = 1000 };

struct parley_record_summary {
    uint64_t events, reports, undated, imports, actors_used, sources_used;
    uint64_t competing; /* events with more than one report */
    int64_t first_us, last_us; /* of the dated events; both 0 if none */
    bool shipped;
    const char *path;
};

#pragma GCC visibility push(default)

/* The desk in folder `desk`. PARLEY_ENOTFOUND (no desk.db: run parley init), PARLEY_ECORRUPT, PARLEY_EBUSY,
 * PARLEY_EREADONLY, PARLEY_EREFUSED (network file system). A desk made by an older Parley is migrated, after a
 * backup, when opened for writing; one made by a newer Parley is refused. */
PARLEY_MUST_USE enum parley_status parley_record_open(const char *desk, enum parley_record_mode mode,
                                                      struct parley_record **out, struct parley_error *err);
/* The shipped record, in memory; about 10 ms. */
PARLEY_MUST_USE enum parley_status parley_record_open_shipped(struct parley_record **out, struct parley_error *err);
void parley_record_close(struct parley_record *record); /* NULL is harmless */

/* Events (the first report of each) in order of start, then id, undated last. O(rows that match, by index). */
PARLEY_MUST_USE enum parley_status parley_record_events(struct parley_record *record, const struct parley_event_query *query,
                                                        struct parley_arena *arena, struct parley_event_list *out,
                                                        struct parley_error *err);
/* All reports of one event, the first one first. PARLEY_ENOTFOUND. */
PARLEY_MUST_USE enum parley_status parley_record_reports(struct parley_record *record, const char *event_id,
                                                         struct parley_arena *arena, struct parley_event_list *out,
                                                         struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_record_summarise(struct parley_record *record, struct parley_arena *arena,
                                                           struct parley_record_summary *out, struct parley_error *err);

/* The actor meant by a code, name or alias in English or Chinese, case ignored (CN, China, PRC, 中国, CHN).
 * PARLEY_ENOTFOUND names the nearest. */
PARLEY_MUST_USE enum parley_status parley_record_actor(struct parley_record *record, const char *text,
                                                       struct parley_arena *arena, struct parley_actor *out,
                                                       struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_record_actors(struct parley_record *record, struct parley_arena *arena,
                                                        struct parley_actor **out, size_t *n, struct parley_error *err);

/* Mechanisms with at least two parties of the relation, or one when it has only one (n = 0: all), in order of start.
 * A body (ORG:UN) as only party stands for its members and is left out of relations. */
PARLEY_MUST_USE enum parley_status parley_record_mechanisms(struct parley_record *record, const char *const *relation,
                                                            size_t n_relation, struct parley_arena *arena,
                                                            struct parley_mechanism **out, size_t *n,
                                                            struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_record_sources(struct parley_record *record, struct parley_arena *arena,
                                                         struct parley_source **out, size_t *n, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_record_breaks(struct parley_record *record, struct parley_arena *arena,
                                                        struct parley_coverage_break **out, size_t *n,
                                                        struct parley_error *err);

/* The one table of domains, and the kinds of events with their names; the same for every record. */
PARLEY_MUST_USE enum parley_status parley_domains(struct parley_arena *arena, struct parley_domain **out, size_t *n,
                                                  struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_kinds(struct parley_arena *arena, struct parley_kind **out, size_t *n,
                                                struct parley_error *err);

#pragma GCC visibility pop
#endif

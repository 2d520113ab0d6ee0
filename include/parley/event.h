/* event.h - what an event of the record is, as a plain value that every room may use.
 * Room: base.
 *
 * An event is something one actor did toward another at a time, in a domain, with an intensity and a
 * source. Strings are zero-terminated, never NULL ("" when empty), and live in the arena of whoever made
 * the list. Codes: states ISO 3166 alpha-2 (CN, US), bodies ORG:UN, firms FIRM:Google, unknown UNK. */
#ifndef PARLEY_EVENT_H
#define PARLEY_EVENT_H

#include <parley/lang.h>
#include <parley/time.h>
#include <stddef.h>

struct parley_event {
    const char *id;
    struct parley_date when;   /* when it happened, with the precision it is known to */
    struct parley_date known;  /* when it became public; undated if not known: then `when` counts */
    const char *const *actor;  /* [n_actors] codes */
    const char *const *target; /* [n_targets] codes */
    size_t n_actors, n_targets;
    const char *kind;          /* cyber_op, accusation, dialogue, ... */
    const char *domain;        /* code of data/record/domains.csv */
    double intensity;          /* -10 most conflictual .. +10 most cooperative (Goldstein); NaN if unknown */
    const char *attribution;   /* na, unattributed, claimed, confirmed */
    const char *mechanism;     /* code of the mechanism it starts or suspends, or "" */
    const char *what, *source, *note;
    const char *what_zh;       /* the same in Chinese, "" or NULL if the record has none: its further column what_zh */
    size_t n_reports;          /* 1, or more when sources disagree (this is the first) */
};

/* What happened, in the language asked for as far as the record has it. */
static inline const char *parley_event_what(const struct parley_event *event, enum parley_lang lang)
{
    return lang == PARLEY_ZH && event->what_zh && *event->what_zh ? event->what_zh : event->what;
}

struct parley_event_list {
    struct parley_event *event; /* [n] in order of start, then id; undated ones last */
    size_t n;
};

#endif

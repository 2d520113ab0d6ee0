/* event_text.h - events as people read them: options that select, tables, JSON. */
#ifndef PARLEY_CLI_EVENT_TEXT_H
#define PARLEY_CLI_EVENT_TEXT_H

#include "open_record.h"

/* Rows for an options table, read by event_query. */
#define EVENT_FILTER_OPTIONS                                                                                                \
    { "actor", 0, "CODE", "Only what this actor did." },                                                                   \
    { "target", 0, "CODE", "Only what was done toward this actor." },                                                      \
    { "from", 0, "DATE", "Only events that touch this day, month or year or a later one." },                               \
    { "to", 0, "DATE", "Only events that touch this day, month or year or an earlier one." },                              \
    { "domain", 0, "CODES", "Only these domains, joined by commas ('parley record domains' lists them)." },                \
    { "kind", 0, "CODES", "Only these kinds of events, joined by commas." },                                               \
    { "mechanism", 0, "CODE", "Only events of this mechanism." },                                                          \
    { "source", 0, "CODE", "Only what this source says." }
#define EVENT_QUERY_OPTIONS                                                                                                 \
    EVENT_FILTER_OPTIONS, { "limit", 0, "N", "At most so many events. Default: 1000." }

/* The query of an invocation whose operands, if any, are the actors of a relation. `limit`: how many to show at most. */
PARLEY_MUST_USE enum parley_status event_query(struct invocation *in, struct parley_record *record, const char **actors, int n_actors,
                                               struct parley_event_query *query, uint64_t *limit);
/* "2014-05", "2014-03-19 to 2014-05-18", "no date". */
const char *date_text(struct invocation *in, const struct parley_date *date);

/* Domains and kinds as people read them: their codes in English, which are words, and their names in Chinese. */
struct event_words {
    struct parley_domain *domain;
    struct parley_kind *kind;
    size_t n_domains, n_kinds;
};
PARLEY_MUST_USE enum parley_status load_words(struct invocation *in, struct event_words *words);
const char *domain_word(const struct event_words *words, const char *code);
const char *kind_word(const struct event_words *words, const char *code);
const char *joined(struct invocation *in, const char *const *text, size_t n);
void events_json(struct parley_json *json, const struct parley_event *event, size_t n);
/* All of `record list` and `record search`: the events of the options, of a relation or with these words (NULL = any), listed. */
PARLEY_MUST_USE enum parley_status list_events(struct invocation *in, const char **actors, int n_actors, const char *words);

#endif

/* fields.h - one report of one event: the texts of its columns, and what they mean once checked. */
#ifndef PARLEY_RECORD_FIELDS_H
#define PARLEY_RECORD_FIELDS_H

#include "names.h"

/* The one list of columns of our own formats, in the order of an export. */
#define FIELD_MAP(X)                                                                                                     \
    X(FIELD_EVENT, "event_id") X(FIELD_START, "date_start") X(FIELD_END, "date_end") X(FIELD_PRECISION, "precision")     \
    X(FIELD_PUBLIC, "date_public") X(FIELD_ACTOR, "actor") X(FIELD_TARGET, "target") X(FIELD_KIND, "kind")               \
    X(FIELD_DOMAIN, "domain") X(FIELD_INTENSITY, "intensity") X(FIELD_ATTRIBUTION, "attribution")                        \
    X(FIELD_MECHANISM, "mechanism") X(FIELD_WHAT, "what") X(FIELD_SOURCE, "source") X(FIELD_NOTE, "note")
#define FIELD_ENUM(name, text) name,
enum field { FIELD_MAP(FIELD_ENUM) FIELD_N };
#undef FIELD_ENUM

extern const char *const field_names[FIELD_N + 1]; /* ended by NULL */

enum { FIELD_ID_BYTES_MAX = 200, FIELD_WORD_BYTES_MAX = 80, FIELD_TEXT_BYTES_MAX = 1 << 20 };

struct report {
    struct slice event, kind, domain, attribution, mechanism, what, source, note, extra; /* extra: JSON object or empty */
    struct parley_date when, known;
    int64_t actor[2][PARLEY_EVENT_ACTORS_MAX]; /* actor.id; [0] acts, [1] is the target */
    size_t n_actors[2];
    double intensity; /* NaN if unknown */
    struct slice raw; /* the row as it stood in the file; empty = none */
    uint64_t line;
};

/* Check the columns and fill *report, whose slices point into `text` or into static words. On failure *bad is the field at
 * fault and err->text the reason alone (no file or line). New FIRM:, ORG: and GROUP: actors are added to the record.
 * PARLEY_EDOM or PARLEY_EPARSE: this row is rejected; other statuses concern the store. */
enum parley_status fields_to_report(struct parley_record *record, const struct slice text[FIELD_N], enum name_space space,
                                    struct report *report, enum field *bad, struct parley_error *err);
/* Hash of everything the report says (not of where it stood). */
int64_t report_print(const struct report *report);
/* The same with actors by code instead of their number in this desk: equal in every desk. */
uint64_t report_content_hash(const struct parley_record *record, const struct report *report);
/* The same kind of hash of one text; not for files. */
uint64_t text_hash(struct slice text);

#endif

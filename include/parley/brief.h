/* brief.h - the report on a relation: what the record says of two actors, with its uncertainty, for people.
 *
 * One table of sections (src/brief/brief.c), one file a section. Each section gets the same struct brief, already loaded and
 * assessed, and appends blocks to the document; it states no more than the data bear and says what they do not. */
#ifndef PARLEY_BRIEF_H
#define PARLEY_BRIEF_H

#include <parley/error.h>
#include <parley/progress.h>
#include <parley/record.h>
#include <parley/report.h>
#include <stdint.h>

struct parley_brief_options {
    int64_t from_us, to_us;   /* [from, to): the window; both 0 = all the record */
    enum parley_precision bin; /* PARLEY_UNDATED = by the rule of parley/series.h */
    uint64_t seed;            /* of permutations and back-tests; printed in the brief */
    int permutations;         /* 0 = 99 */
    const char *command;      /* how to make this brief again, for the last section; "" = leave out */
    const struct parley_progress *progress;
};

#pragma GCC visibility push(default)

/* The brief on actors a and b (codes) into a document begun with parley_doc_init (its language and arena are used).
 * PARLEY_EDOM when the record holds no event between them in the window, PARLEY_EINVAL for a window that ends before it
 * begins; else what parley_assess_relation and the record fail with. Well below a second on the shipped record. */
PARLEY_MUST_USE enum parley_status parley_brief_write(struct parley_record *record, const char *a, const char *b,
                                                      const struct parley_brief_options *options, struct parley_doc *doc,
                                                      struct parley_error *err);

#pragma GCC visibility pop
#endif

/* case_store.h - where coded cases come from: the 16 of the studies that ship with Parley, and those of a desk.
 * Room: record.
 *
 * A desk keeps each case as its YAML document (the form parley_case_read reads) in one table of desk.db, so that a case can be
 * exported, edited, compared and imported as text. */
#ifndef PARLEY_CASE_STORE_H
#define PARLEY_CASE_STORE_H

#include <parley/cases.h>
#include <parley/record.h>
#include <stdbool.h>
#include <stddef.h>

enum { PARLEY_STORED_CASES_MAX = 10000 };

#pragma GCC visibility push(default)

/* The shipped cases and then those of the desk, each in order of id; a case of the desk with the id of a shipped one is
 * that case coded again and takes its place. record may be NULL (shipped ones only). Shipped cases carry the figures of
 * their study as trace. Bodies (ORG:AU) and multilateral cases of the studies have two sides: their members were not coded apart. */
PARLEY_MUST_USE enum parley_status parley_stored_cases(struct parley_record *record, const struct parley_codebook *book,
                                                       struct parley_arena *arena, struct parley_coded_case **out, size_t *n,
                                                       struct parley_error *err);

/* Write cases into the desk, all or none. PARLEY_EINVAL when an id is there already and replace is false;
 * PARLEY_EREADONLY for the shipped record. */
PARLEY_MUST_USE enum parley_status parley_cases_save(struct parley_record *record, const struct parley_codebook *book,
                                                     const struct parley_coded_case *list, size_t n, bool replace, struct parley_error *err);

#pragma GCC visibility pop
#endif

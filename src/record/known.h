/* known.h - which events the record may hold already: a filter that answers "certainly not" without asking the store.
 * Its size is fixed, so the memory of an import does not grow with the file; where it is full it only asks more often. */
#ifndef PARLEY_RECORD_KNOWN_H
#define PARLEY_RECORD_KNOWN_H

#include "store.h"

struct known {
    bool grows;     /* events will be added */
    unsigned size;  /* 2^size bits */
    uint64_t *bits; /* NULL: everything may be there */
    uint64_t asked, worth; /* questions so far, and after how many the filter pays */
};

/* May the record hold an event of this hash? The filter is made at the question that is worth it. */
enum parley_status known_ask(struct known *known, struct parley_record *record, uint64_t event, bool *maybe, struct parley_error *err);
void known_add(struct known *known, uint64_t event);
void known_free(struct known *known);

#endif

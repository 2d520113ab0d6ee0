/* quick.h - a row of our own CSV in its commonest form, checked with hardly a branch. Internal to the room.
 *
 * Random lengths and words make a checker that looks at one character after another guess wrong several times a row. Here every field
 * is read as whole words, all doubts are gathered in one number, and a row without doubt is done. Any other row - a date with a time, an
 * alias of an actor, a blank at the end, a mistake - is said nothing about: fields_to_report decides, and says what is wrong. */
#ifndef PARLEY_RECORD_QUICK_H
#define PARLEY_RECORD_QUICK_H

#include "columns.h"

enum { QUICK_CODE_BYTES_MAX = 24, QUICK_SLOTS = 64 };

struct quick_code {
    uint64_t word[QUICK_CODE_BYTES_MAX / 8], n; /* n: length; more than 24 in a free slot */
};

struct quick {
    bool usable;
    uint64_t multiplier; /* of the hash that keeps all domains apart */
    struct quick_code domain[QUICK_SLOTS];
    const struct two_letters *two;
    struct { size_t event, start, end, precision, known, actor, target, kind, domain, intensity, attribution, mechanism, what, source, note; } at;
};

/* After names_load and store_domains. Not usable: further columns, or domains that no hash keeps apart. */
void quick_init(struct quick *quick, const struct parley_record *record, const struct columns *columns);

/* row->plain, and as many fields as the header. True: *report is what fields_to_report would have made. False: nothing is known. */
bool quick_report(const struct quick *quick, const struct parley_csv_row *row, struct report *report);

#endif

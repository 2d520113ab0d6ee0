/* qca_choices.h - in how many ways one option of each list can be taken so that together they cover given rows. */
#ifndef PARLEY_ACCORD_QCA_CHOICES_H
#define PARLEY_ACCORD_QCA_CHOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 qca_count;

struct qca_lists {
    size_t n, words;
    size_t *begin;    /* [n + 1] options of list i are begin[i] .. begin[i + 1] - 1 */
    uint64_t *bits;   /* [begin[n]][words] rows an option covers */
    qca_count *times; /* [begin[n]] how often it can be taken */
    uint32_t *id;     /* [begin[n]] its name outside, moved with it; or NULL */
    const double *price; /* [64 words] of the rows, not negative, or NULL: what the lists left can pay at most prunes */
};

enum qca_choices_status { QCA_CHOICES_OK, QCA_CHOICES_NO_MEMORY, QCA_CHOICES_TOO_MANY, QCA_CHOICES_TABLE_FULL }; /* too many for the type or the limit of work; table full: private */

/* Rows that only one list can cover bind that list; lists that no row left needs multiply; the others are taken one after
 * another, and the sets of rows covered so far are kept with the number of ways to each. The lists are overwritten. *work += words touched. */
enum qca_choices_status qca_choices_count(struct qca_lists *lists, const uint64_t *rows, uint64_t *work, uint64_t work_limit, qca_count *count);

/* Drop the options that are in no way because they lack a row only their list can cover. false in *possible: there is no way at all. */
enum qca_choices_status qca_choices_bind(struct qca_lists *lists, const uint64_t *rows, uint64_t *work, bool *possible);

/* The ways themselves, best after qca_choices_bind: found gets the option of each list [n] and ends the listing with false; so does *work above
 * work_limit. */
enum qca_choices_status qca_choices_list(const struct qca_lists *lists, const uint64_t *rows, uint64_t *work, uint64_t work_limit,
                                         bool (*found)(void *ctx, const size_t *option), void *ctx);

#endif

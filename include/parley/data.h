/* data.h - the data files Parley ships (folder data/), built into the library so that the command runs from
 * anywhere. Names are paths below data/, for example "record/events.csv". */
#ifndef PARLEY_DATA_H
#define PARLEY_DATA_H

#include <stddef.h>

struct parley_data_file {
    const char *name;
    const char *bytes; /* zero-terminated; the terminating zero is not counted */
    size_t len;
};

#pragma GCC visibility push(default)

/* NULL if there is none of that name. O(log files). */
const struct parley_data_file *parley_data_find(const char *name);
/* All files in order of name. */
const struct parley_data_file *parley_data_all(size_t *n);

#pragma GCC visibility pop
#endif

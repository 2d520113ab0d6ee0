/* open_record.h - the record a reading command works on: the desk that was named, else the default desk, else the
 * record that Parley ships, and then a line on stderr says so. */
#ifndef PARLEY_CLI_OPEN_RECORD_H
#define PARLEY_CLI_OPEN_RECORD_H

#include "command.h"

#include <parley/record.h>

PARLEY_MUST_USE enum parley_status open_record(struct invocation *in, enum parley_record_mode mode, struct parley_record **out);
/* Codes of two or more actors from operands such as CN US, China, 中国. */
PARLEY_MUST_USE enum parley_status resolve_actors(struct invocation *in, struct parley_record *record, const char **text, int n,
                                                  const char ***codes);

#endif

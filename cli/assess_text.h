/* assess_text.h - an assessment as a document for people. */
#ifndef PARLEY_CLI_ASSESS_TEXT_H
#define PARLEY_CLI_ASSESS_TEXT_H

#include "command.h"

#include <parley/assess.h>

PARLEY_MUST_USE enum parley_status assess_text(struct invocation *in, const struct parley_assessment *assessment);

#endif

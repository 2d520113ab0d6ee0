/* cvss.h - CVSS 2.0, 3.0 and 3.1: vectors read, scores computed, a JSON object checked against both. Internal; pure. */
#ifndef PARLEY_CHANNEL_CVSS_H
#define PARLEY_CHANNEL_CVSS_H

#include <parley/error.h>
#include <parley/tree.h>

struct cvss {
    double base, temporal, environmental;
};

/* The scores of a vector: "CVSS:3.1/AV:N/...", "CVSS:3.0/..." or the bare one of 2.0. PARLEY_EDOM when it is none. */
PARLEY_MUST_USE enum parley_status cvss_scores(const char *vector, struct cvss *out, struct parley_error *err);
/* A cvss_v2 or cvss_v3 object of a CSAF document: its schema (6.1.8), the scores and severities (6.1.9) and the single metrics (6.1.10). */
PARLEY_MUST_USE enum parley_status cvss_check(const struct parley_node *object, bool v3, struct parley_error *err);

#endif

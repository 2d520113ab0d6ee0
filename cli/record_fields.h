/* record_fields.h - options that give the columns of one report. */
#ifndef PARLEY_CLI_RECORD_FIELDS_H
#define PARLEY_CLI_RECORD_FIELDS_H

#include "open_record.h"

#include <parley/import.h>

#define REPORT_OPTIONS                                                                                                      \
    { "event", 0, "ID", "Id of the event; made from its content when missing." },                                          \
    { "date", 0, "DATE", "When it happened or began: 2015, 2015-09, 2015-09-25, 199X." },                                  \
    { "until", 0, "DATE", "Last day, month or year of it, inclusive." },                                                   \
    { "precision", 0, "WORD", "To what the date is known: day, month, quarter, year, decade; default: as written." },      \
    { "public", 0, "DATE", "When it became public." },                                                                     \
    { "actor", 0, "CODES", "Who acted, joined by ';'." },                                                                  \
    { "target", 0, "CODES", "Toward whom, joined by ';'." },                                                               \
    { "kind", 0, "CODE", "Kind: cyber_op, accusation, dialogue, ..." },                                                    \
    { "domain", 0, "CODE", "Domain ('parley record domains' lists them)." },                                               \
    { "intensity", 0, "NUMBER", "-10 (most conflictual) to 10 (most cooperative)." },                                      \
    { "attribution", 0, "WORD", "na, unattributed, claimed or confirmed." },                                               \
    { "mechanism", 0, "CODE", "The mechanism it creates, suspends or uses." },                                             \
    { "what", 0, "TEXT", "What happened, in one sentence." },                                                              \
    { "what-zh", 0, "TEXT", "What happened, in Chinese: shown under --lang zh." },                                         \
    { "source", 0, "TEXT", "Who says so." },                                                                               \
    { "note", 0, "TEXT", "A remark." }

void read_report_options(struct invocation *in, struct parley_report_text *out);
/* "added EV1" or {"event_id": "EV1"}. */
PARLEY_MUST_USE enum parley_status say_changed(struct invocation *in, const char *key, const char *id, const char *done);

#endif

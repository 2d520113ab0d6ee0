/* channel_advice.h - templates of bodies, what a draft leaves out, and advice before it is sent.
 * Room: channel.
 *
 * The rules are those of the crisis study (four principles, limited ends and means, issue control, recusal): data/channel/advice.csv
 * gives each its text and source. They read a draft's structured fields; the officer decides. Pure functions. */
#ifndef PARLEY_CHANNEL_ADVICE_H
#define PARLEY_CHANNEL_ADVICE_H

#include <parley/arena.h>
#include <parley/channel_statement.h>
#include <parley/tree.h>

struct parley_field { /* of a body; a row of data/channel/fields.csv */
    const char *name, *kind; /* kind: text, list, choice, object */
    const char *en, *zh;     /* what it is for */
    bool required;
};

struct parley_advice { /* a rule that a draft breaks; a row of data/channel/advice.csv */
    const char *rule, *principle, *source; /* its short name, the principle behind it, where that is from */
    const char *en, *zh; /* the advice */
    const char *found;   /* the field or words it was noticed by */
};

#pragma GCC visibility push(default)

/* The fields of a type ("incident-notification"), *n of them in the order to fill them in; PARLEY_ENOTFOUND for an unknown type. */
PARLEY_MUST_USE enum parley_status parley_type_fields(const char *type, struct parley_arena *arena, struct parley_field **out, size_t *n,
                                                      struct parley_error *err);
/* Required fields there, kinds right, choices among theirs; what parley_channel_send does not ask for. First parley_body_check and its
 * failures; then PARLEY_EDOM names the field and what it is for. */
PARLEY_MUST_USE enum parley_status parley_body_fields_check(const char *type, const char *body, size_t len, const char *name_for_messages,
                                                            struct parley_error *err);
/* Everything the rules have to say about a draft, *n pieces in the order of the table. within_s: the answer wanted within, seconds, 0 none.
 * PARLEY_EPARSE for a body that is no JSON. O(len x rules). */
PARLEY_MUST_USE enum parley_status parley_draft_advice(const char *type, const char *body, size_t len, uint32_t within_s, struct parley_arena *arena,
                                                       struct parley_advice **out, size_t *n, struct parley_error *err);
/* Is this a CSAF 2.0 document in the form a vulnerability notice may carry? Structure and the mandatory facts that a
 * reader relies on; PARLEY_EDOM names what is wrong. */
PARLEY_MUST_USE enum parley_status parley_csaf_check(const struct parley_node *document, struct parley_error *err);

#pragma GCC visibility pop
#endif

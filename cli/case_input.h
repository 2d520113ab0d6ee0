/* case_input.h - the codebook and the cases a command works on: of the desk and the studies, or from a file. */
#ifndef PARLEY_CLI_CASE_INPUT_H
#define PARLEY_CLI_CASE_INPUT_H

#include "command.h"

#include <parley/case_store.h>

struct case_input {
    struct parley_record *record; /* close it */
    struct parley_codebook book;
    struct parley_coded_case *list; /* [n] */
    size_t n;
};

/* Option --codebook and the cases of the record that is open for reading or writing. */
PARLEY_MUST_USE enum parley_status
case_input_open(struct invocation *in, enum parley_record_mode mode, struct case_input *out);
void case_input_close(struct case_input *input);

/* Only the codebook (option --codebook FILE or the shipped one). */
PARLEY_MUST_USE enum parley_status case_codebook(struct invocation *in, struct parley_codebook *book);

/* A case by its id, or from a YAML or JSON file, or one of the case files that ship (un-cybercrime-2024).
 * PARLEY_ENOTFOUND names the nearest id. */
PARLEY_MUST_USE enum parley_status
case_find(struct invocation *in, const struct case_input *input, const char *id_or_file, struct parley_coded_case *out);
PARLEY_MUST_USE enum parley_status
case_file(struct invocation *in, const struct parley_codebook *book, const char *path, struct parley_coded_case *out);

/* An attempt of two or more actors now, with nothing coded: conditions unknown, year of the last event between them. */
PARLEY_MUST_USE enum parley_status
case_of_actors(struct invocation *in, const struct case_input *input, struct parley_coded_case *out);

/* Put into the case the series of its window as far as the record shows it. */
PARLEY_MUST_USE enum parley_status
case_series(struct invocation *in, const struct case_input *input, struct parley_coded_case *c);

/* The case as the theory test sees it, with the probabilities of the gain-loss model. */
PARLEY_MUST_USE enum parley_status case_theory_row(struct invocation *in, const struct parley_coded_case *c,
                                                   const struct parley_codebook *book, struct parley_theory_row *out);

/* What `case add` and `case import` do with their files: all or nothing. */
extern const struct option case_add_options[];
PARLEY_MUST_USE enum parley_status case_add_files(struct invocation *in);

/* Words for people. */
const char *case_name(const struct invocation *in, const struct parley_coded_case *c);
const char *case_tri(const struct invocation *in, enum parley_tri v);
const char *
case_value(const struct invocation *in, const struct parley_codebook *book, const char *variable, enum parley_tri v);
const char *case_outcome(const struct invocation *in, enum parley_tri v);
const char *
case_issue(const struct invocation *in, const struct parley_codebook *book, const struct parley_coded_case *c);

/* What must stand beside every verdict: how little the cases bear. */
void case_limits(const struct invocation *in, struct parley_doc *doc, const struct parley_theory_result *r);

#endif

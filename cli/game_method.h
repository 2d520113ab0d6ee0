/* game_method.h - how equilibria were found and why the list is complete, in the language of the reader. */
#ifndef PARLEY_CLI_GAME_METHOD_H
#define PARLEY_CLI_GAME_METHOD_H

#include "command.h"

/* The library's phrase, or its Chinese (without the counts that are inside it). */
const char *method_words(const struct invocation *in, const char *phrase);

#endif

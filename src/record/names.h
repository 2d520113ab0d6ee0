/* names.h - who is meant: codes, names and aliases of actors to their number in the store, by hash. */
#ifndef PARLEY_RECORD_NAMES_H
#define PARLEY_RECORD_NAMES_H

#include "store.h"

/* Which list of names a text is looked up in: they overlap (AUS is Australia for ISO, Austria for COW). */
enum name_space { NAME_ANY, NAME_COW, NAME_COW_ABBREVIATION, NAME_SPACES };

enum { NAME_BYTES_MAX = 200 };

struct named {
    int64_t id; /* actor.id */
    const char *code;
};

/* Read all actors; done once per open record. */
enum parley_status names_load(struct parley_record *record, struct parley_error *err);
void names_free(struct names *names);
/* NULL if nobody has this name. Blanks around it and the case of ASCII letters do not matter. */
const struct named *names_find(const struct names *names, enum name_space space, const char *text, size_t len);
/* The same for two capital letters, by table. */
struct two_letters {
    struct named of[26 * 26]; /* id 0: nobody */
};
const struct two_letters *names_two(const struct names *names);
static inline int64_t names_two_letters(const struct two_letters *two, const char text[2])
{
    unsigned a = (unsigned)(text[0] - 'A'), b = (unsigned)(text[1] - 'A');
    return a < 26 && b < 26 ? two->of[a * 26 + b].id : 0;
}
/* The name nearest to a text that was not found, or NULL. */
const char *names_nearest(const struct names *names, const char *text, size_t len);
/* FIRM:x, ORG:x, GROUP:x: a code that may be made into a new actor when it is first met. */
bool names_is_new_code(const char *text, size_t len);
enum parley_status names_add(struct parley_record *record, const char *code, size_t len, const struct named **out, struct parley_error *err);
/* Code by actor.id; "UNK" for a number nobody has. */
const char *names_code(const struct names *names, int64_t id);

#endif

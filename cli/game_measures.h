/* game_measures.h - the game of a relation before and after a hotline, a norm, interdependence, a verifier. */
#ifndef PARLEY_CLI_GAME_MEASURES_H
#define PARLEY_CLI_GAME_MEASURES_H

#include "command.h"

#include <parley/relation_game.h>

struct measured { /* one row: the relation with the measure */
    const char *key, *words, *game; /* for programs, for people, name of the game */
    double critical;                /* patience from which on lasting retaliation keeps both in restraint; NaN: none below 1 */
    double restraint[3];            /* share of turns under wrong attribution when both play TFT, GTFT(1/3), WSLS */
};
enum { MEASURED = 6 };

PARLEY_MUST_USE enum parley_status measure_relation(struct invocation *in, const struct parley_relation_game *r, struct measured out[MEASURED]);
void put_measures(struct parley_json *json, const struct measured row[MEASURED]);
void add_measures(struct invocation *in, struct parley_doc *doc, const struct measured row[MEASURED]);

#endif

/* model.h - inside the room: the readers of one format each, and building blocks of a game. */
#ifndef PARLEY_GAME_MODEL_H
#define PARLEY_GAME_MODEL_H

#include <parley/game.h>

enum parley_status nfg_parse(const char *data, size_t len, const char *name, struct parley_arena *arena, struct parley_game **out,
                             struct parley_error *err);
/* line: for a text made from another file, the line of that file for each node in order; else NULL. */
enum parley_status efg_parse(const char *data, size_t len, const char *name, const unsigned *line, struct parley_arena *arena,
                             struct parley_game **out, struct parley_error *err);
enum parley_status game_yaml_parse(const char *data, size_t len, const char *name, struct parley_arena *arena,
                                   struct parley_game **out, struct parley_error *err);

/* Check that a strategic form of these sizes may be stored; the message begins with `name`, the place, and says what it would take. */
enum parley_status game_check_size(const char *name, size_t n_players, const size_t *n_strategies, size_t *n_profiles,
                                   struct parley_error *err);
const struct parley_exact *exact_zero(struct parley_arena *arena);
/* A label in double quotes, with \" and \\ inside: as .nfg, .efg and YAML read it. */
void game_quoted(struct parley_text *out, const char *label);

#endif

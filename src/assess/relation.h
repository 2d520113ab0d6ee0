/* relation.h - the parts of parley_assess_relation. */
#ifndef PARLEY_ASSESS_RELATION_H
#define PARLEY_ASSESS_RELATION_H

#include <parley/assess.h>

double relation_bins_per_year(enum parley_precision bin);

enum parley_status relation_interruptions(const struct parley_event *event, const struct parley_standing *mechanism, size_t n_mechanisms,
                                          struct parley_arena *arena, struct parley_assessment *a, struct parley_error *err);
enum parley_status relation_domains(const struct parley_event *event, uint64_t seed, struct parley_arena *arena, struct parley_assessment *a,
                                    struct parley_error *err);
enum parley_status relation_pooled(const struct parley_event *event, size_t n, struct parley_arena *arena, struct parley_assessment *a,
                                   struct parley_error *err);
enum parley_status relation_phases(const struct parley_event *event, size_t n, const struct parley_standing *mechanism, size_t n_mechanisms,
                                   struct parley_arena *arena, struct parley_assessment *a, struct parley_error *err);
enum parley_status relation_forecast(const struct parley_assess_options *options, struct parley_arena *arena, struct parley_assessment *a,
                                     struct parley_error *err);

#endif

/* design.h - designs of an agreement compared: type, issue, measures; by the chance that it is agreed and that it is kept.
 * Room: accord. */
#ifndef PARLEY_DESIGN_H
#define PARLEY_DESIGN_H

#include <parley/gainloss.h>
#include <parley/progress.h>

struct parley_design {
    bool multilateral, sensitive;
    uint32_t measures;           /* bit m: the codebook's measure m at full strength */
    unsigned n_measures;
    double least_utility, p_agreement, p_lasting;
    bool best;                   /* no other design is at least as good in both chances with no more measures */
};

#pragma GCC visibility push(default)

/* Every combination of type (when vary_type and there are two parties or sides), issue (when vary_issue) and measures, for the case's parties and conditions: at most
 * 2 * 2 * 2^measures designs. Sorted by p_lasting, highest first; ties by fewer measures. The list lives in the
 * arena. PARLEY_ECANCELLED keeps nothing. About 5 ms a design and kind of party. */
PARLEY_MUST_USE enum parley_status parley_designs(const struct parley_situation *situation, bool vary_type, bool vary_issue,
                                                  const struct parley_progress *progress, struct parley_arena *arena,
                                                  struct parley_design **out, size_t *n, struct parley_error *err);

/* The design to advise: of those within `slack` of the highest p_lasting the one with the fewest measures. */
const struct parley_design *parley_design_advised(const struct parley_design *list, size_t n, double slack);

/* The situation with that design. */
struct parley_situation parley_design_apply(const struct parley_situation *situation, const struct parley_design *design);

#pragma GCC visibility pop
#endif

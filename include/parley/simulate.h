/* simulate.h - run the relation model: ensembles, comparisons, replays.
 *
 * A run is a function of (scenario, seed, replicates): the same to the last bit on any number of threads and ranks, on
 * any processor, and after an interruption. Outcomes of replicates are rounded to 2^-16 and added as whole numbers, so
 * that the order of adding cannot matter; memory does not grow with the number of replicates. */
#ifndef PARLEY_SIMULATE_H
#define PARLEY_SIMULATE_H

#include <parley/blocks.h>
#include <parley/error.h>
#include <parley/progress.h>
#include <parley/scenario.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum parley_output {
#define X(name, unit, unit_zh, english, chinese) PARLEY_OUT_##name,
#include <parley/simulate_outputs.def>
#undef X
    PARLEY_OUTPUTS
};

/* Two more that are ratios of sums: weeks until a crisis has come down, and weeks in force per agreement. */
enum { PARLEY_OUT_time_to_deescalate = PARLEY_OUTPUTS, PARLEY_OUT_agreement_life, PARLEY_OUT_ALL };

enum { PARLEY_BLOCK_REPLICATES = 1024 };

typedef __int128 parley_wide;

struct parley_tally { /* sums over replicates; exact */
    uint64_t replicates;
    parley_wide sum[PARLEY_OUTPUTS], square[PARLEY_OUTPUTS]; /* in units of 2^-16 and 2^-32 */
    parley_wide cross[2];   /* of the two parts of each ratio */
    uint64_t digest;        /* sum over replicates of a hash of all outputs' bits */
    uint32_t weeks;
    uint64_t *lives;        /* [PARLEY_LIVES][weeks + 1]: how long crises and agreements lasted */
};

enum { PARLEY_LIFE_CRISIS_DOWN, PARLEY_LIFE_CRISIS_LOST, PARLEY_LIFE_CRISIS_OPEN, PARLEY_LIFE_AGREEMENT_ENDED, PARLEY_LIFE_AGREEMENT_OPEN, PARLEY_LIVES };

struct parley_mean {
    double mean, low, high; /* 95 percent */
    double sd;              /* of one replicate; NaN for ratios */
};

/* Which implementation computes: all give the same bits. PARLEY_PATH_BEST takes the fastest this processor has. */
enum parley_path { PARLEY_PATH_BEST, PARLEY_PATH_REFERENCE, PARLEY_PATH_PORTABLE, PARLEY_PATH_AVX2, PARLEY_PATH_AVX512 };

struct parley_run {
    uint64_t seed;
    uint64_t first, replicates; /* replicates first .. first + replicates - 1; first a multiple of PARLEY_BLOCK_REPLICATES; all below 2^32 */
    unsigned threads;           /* 0 = one per processor */
    enum parley_path path;
    const char *checkpoint; /* NULL, or a file that is written every second or so, and resumed from if it exists */
    const struct parley_progress *progress;
    /* Called after each part with what is there so far; may be NULL. */
    void (*running)(void *ctx, const struct parley_tally *so_far);
    void *running_ctx;
};

#pragma GCC visibility push(default)

const char *parley_output_name(int output); /* also of the two ratios */
const char *parley_output_unit(int output, bool chinese);
const char *parley_output_text(int output, bool chinese);
int parley_output_find(const char *name); /* -1 */

bool parley_path_usable(enum parley_path path);
const char *parley_path_name(enum parley_path path); /* of PARLEY_PATH_BEST: the one that will be taken */

PARLEY_MUST_USE enum parley_status parley_tally_init(struct parley_tally *tally, uint32_t weeks, struct parley_error *err);
void parley_tally_release(struct parley_tally *tally);
/* Both of the same number of weeks. Exact, so in any order. */
void parley_tally_add(struct parley_tally *to, const struct parley_tally *from);
/* Mean (or ratio) with a 95 percent interval: Wilson for `uncontrolled`, normal otherwise (delta method for ratios). */
struct parley_mean parley_tally_estimate(const struct parley_tally *tally, int output);
/* Weeks by which a share (.5 = median) of agreements had ended (Kaplan and Meier); NaN when not reached. */
double parley_tally_agreement_quantile(const struct parley_tally *tally, double share);
/* Share of crises that had come down within so many weeks (competing risks: Aalen and Johansen); NaN without crises. */
double parley_tally_down_within(const struct parley_tally *tally, uint32_t weeks);
/* The tally as bytes and back, with a magic, version and check sum (checkpoints, ranks). */
size_t parley_tally_bytes(uint32_t weeks);
void parley_tally_pack(const struct parley_tally *tally, void *out);
PARLEY_MUST_USE enum parley_status parley_tally_unpack(const void *bytes, size_t len, struct parley_tally *into, struct parley_error *err);

/* Run an ensemble; *out (initialised by the callee, released by the caller, also after a failure) has what is done.
 * PARLEY_ECANCELLED keeps it. PARLEY_EINVAL: 0 replicates. A checkpoint of another scenario, seed or version is
 * PARLEY_EVERIFY, a damaged one PARLEY_ECORRUPT; it is then left as it is. */
PARLEY_MUST_USE enum parley_status parley_simulate(const struct parley_scenario *scenario, const struct parley_run *run,
                                                   struct parley_tally *out, struct parley_error *err);

/* Outputs of single replicates: out[i][output] of replicate first + i. For tests and calibration. */
PARLEY_MUST_USE enum parley_status parley_simulate_each(const struct parley_scenario *scenario, uint64_t seed, uint32_t first, size_t n,
                                                        enum parley_path path, float (*out)[PARLEY_OUTPUTS], struct parley_error *err);

/* Two scenarios on the same random numbers. */
struct parley_difference {
    double difference, low, high, z; /* second minus first; 95 percent */
    double variance_reduction;       /* (var a + var b) / var (b - a): how many times fewer replicates this took */
};
struct parley_comparison {
    struct parley_tally a, b;
    struct parley_difference output[PARLEY_OUT_ALL];
};
PARLEY_MUST_USE enum parley_status parley_compare(const struct parley_scenario *a, const struct parley_scenario *b, const struct parley_run *run,
                                                  struct parley_comparison *out, struct parley_error *err);
void parley_comparison_release(struct parley_comparison *comparison);

#pragma GCC visibility pop
#endif

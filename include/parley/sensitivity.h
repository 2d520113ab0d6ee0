/* sensitivity.h - which inputs of a function move its outputs.
 * Room: simulate.
 *
 * Elementary effects: Morris 1991, Technometrics 33:161-174, with the mean of absolute effects (Campolongo, Cariboni and
 * Saltelli 2007). Variance shares: Sobol 2001, by the scheme of Saltelli et al. 2010, Comput. Phys. Commun. 181:259-270, and
 * the estimators of Jansen 1999. Intervals: bootstrap over trajectories or base samples, 95 percent. */
#ifndef PARLEY_SENSITIVITY_H
#define PARLEY_SENSITIVITY_H

#include <parley/simulate.h>

enum { PARLEY_INPUTS_MAX = 128, PARLEY_SAMPLES_MAX = 1 << 20, PARLEY_MORRIS_LEVELS = 8 };

/* y [n_outputs] at x [n_inputs] in [0,1]. Called from several threads at a time. */
typedef enum parley_status parley_function(void *ctx, const double *x, double *y, struct parley_error *err);

struct parley_study {
    parley_function *function;
    void *ctx;
    size_t n_inputs, n_outputs;
    size_t samples; /* trajectories (Morris) or base samples (Sobol); at least 2 */
    uint64_t seed;
    unsigned threads;
    const struct parley_progress *progress;
};

struct parley_index {
    double value, low, high;
};
struct parley_morris {
    struct parley_index mu_star; /* mean absolute change of the output over the whole range of the input */
    double mu, sigma;
};
struct parley_sobol {
    struct parley_index first, total;
};

#pragma GCC visibility push(default)

/* out [n_outputs][n_inputs], row by row. samples (n_inputs + 1) evaluations, samples (n_inputs + 2) for Sobol. NaN where an output
 * does not vary. */
PARLEY_MUST_USE enum parley_status parley_morris(const struct parley_study *study, struct parley_morris *out, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_sobol(const struct parley_study *study, struct parley_sobol *out, struct parley_error *err);

/* sin x1 + a sin^2 x2 + b x3^4 sin x1 on [-pi, pi]^3, a = 7, b = 0.1 (Ishigami and Homma 1990): S = .3139 .4424 0, ST = .5576 .4424 .2437. */
enum parley_status parley_ishigami(void *ctx, const double x[3], double *y, struct parley_error *err);
/* Its indices in closed form. */
void parley_ishigami_exact(double first[3], double total[3]);

/* The simulator as such a function: input i moves parameter[i] log-uniformly between `low` and `high` times its value in the
 * scenario (within the parameter's range); every point is run with the same random numbers. */
struct parley_simulated_function {
    const struct parley_scenario *scenario;
    const int *parameter; /* [n_inputs] */
    size_t n_inputs;
    const int *output; /* [n_outputs] enum parley_output or a ratio */
    size_t n_outputs;
    double low, high;
    uint64_t seed, replicates;
};
enum parley_status parley_simulated(void *simulated_function, const double *x, double *y, struct parley_error *err);

#pragma GCC visibility pop
#endif

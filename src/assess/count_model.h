/* count_model.h - negative binomial counts whose mean is a weekday factor times a non-negative mix of columns.
 *
 *   y[t] ~ NB(mean = weekday[t mod 7] * sum over c of x[t][c] theta[c], variance = mean + mean^2 * spread),  theta >= 0 */
#ifndef PARLEY_ASSESS_COUNT_MODEL_H
#define PARLEY_ASSESS_COUNT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

enum { COUNT_COLUMNS_MAX = 48 };

struct count_data {
    size_t n, columns;
    const double *y; /* [n] whole numbers */
    const double *x; /* [n][columns] */
    bool weekdays;
    size_t first_weekday; /* of t = 0 */
};

struct count_fit {
    double theta[COUNT_COLUMNS_MAX], weekday[7], spread; /* spread 0 = Poisson */
    double loglik;
    double information[COUNT_COLUMNS_MAX * COUNT_COLUMNS_MAX]; /* of theta, expected */
};

/* Everything, from the start in *fit (theta > 0 somewhere; see count_start). scratch [count_scratch]. */
bool count_fit_all(const struct count_data *data, struct count_fit *fit, double *scratch);
/* theta alone, weekday and spread as they are. */
bool count_fit_theta(const struct count_data *data, struct count_fit *fit, int rounds, double *scratch);
void count_start(const struct count_data *data, struct count_fit *fit);
size_t count_scratch(size_t n, size_t columns);
double count_loglik(const struct count_data *data, const struct count_fit *fit);
double count_mean(const struct count_data *data, const struct count_fit *fit, size_t t);

/* log probability of one count */
double count_log_probability(double y, double mean, double spread);

#endif

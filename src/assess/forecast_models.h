/* forecast_models.h - the models behind forecast.h, fitted to what lies before an origin. */
#ifndef PARLEY_ASSESS_FORECAST_MODELS_H
#define PARLEY_ASSESS_FORECAST_MODELS_H

#include "count_model.h"

#include <parley/forecast.h>

struct forecast_models {
    const double *y;
    size_t n, horizon, season, columns; /* columns of x: 1, rate of the last year, decayed pasts */
    double *x;       /* [n + 1][columns] what is known before each origin */
    double *target;  /* [n + 1] sum of y over the horizon from there; NaN past the end */
    double *sums;    /* [n + 1] running sums of y */
    double *rows, *wanted, *scratch; /* of a fit */
    struct count_fit constant, year, excited;
    size_t fitted;   /* origin of the last fit */
};

bool forecast_models_make(struct forecast_models *m, const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t season,
                          struct parley_arena *arena);
void forecast_models_fit(struct forecast_models *m, size_t origin);
/* mean and size (infinite: Poisson) of the sum over the horizon from the origin. */
void forecast_models_predict(const struct forecast_models *m, enum parley_forecaster by, size_t origin, double *mean, double *size);

#endif

/* special.h - the distributions that tests and scores of this room need. */
#ifndef PARLEY_ASSESS_SPECIAL_H
#define PARLEY_ASSESS_SPECIAL_H

double special_lgamma(double x);   /* x > 0; does not touch global state */
double special_gamma_q(double a, double x); /* regularised upper incomplete gamma, a > 0, x >= 0; 1e-13 */
double special_chi2_p(double x, double df); /* P(chi-squared > x); 1 for x <= 0 */
double special_normal_p(double z);          /* P(N > z) */
double special_gamma_quantile(double p, double shape); /* scale 1 */
double special_ks_p(double d, double n);    /* Kolmogorov-Smirnov, asymptotic with Stephens' correction */

#endif

/* Seconds for the chance of agreement of one situation: by quadrature, and by simulation of the definition to the same error.
 * usage: bench-accord-gainloss; prints "quadrature S" and "simulation S" a line, five times each. */
#include <parley/gainloss.h>
#include <parley/rng.h>

#include <math.h>
#include <stdio.h>
#include <time.h>

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The share of draws in which both sides gain. */
static double simulate(const struct parley_gainloss_numbers *d, const struct parley_terms *t, size_t n)
{
    struct parley_rng rng;
    size_t yes = 0;
    parley_rng_init(&rng, 1, 0);
    for (size_t i = 0; i < n; i++) {
        double common = exp(d->sd_gain * parley_rng_normal(&rng));
        int all = 1;
        for (int a = 0; a < 2; a++) {
            double odds = t->credibility / (1 - t->credibility) * exp(d->sd_credibility * parley_rng_normal(&rng));
            double p = odds / (1 + odds), loss = t->loss * exp(d->sd_loss * parley_rng_normal(&rng));
            all &= p * t->gain * common - (1 - p) * loss - t->cost * exp(d->sd_cost * parley_rng_normal(&rng)) > 0;
        }
        yes += (size_t)all;
    }
    return (double)yes / (double)n;
}

int main(void)
{
    struct parley_arena arena = { 0 };
    struct parley_codebook book;
    struct parley_party party[2] = { { "a", false, { NAN, NAN, NAN, NAN, NAN } }, { "b", false, { NAN, NAN, NAN, NAN, NAN } } };
    struct parley_terms terms;
    double p = 0, lasting, q = 0;
    if (parley_codebook_shipped(&arena, &book, NULL))
        return 1;
    struct parley_situation s = { .book = &book, .conditions = { PARLEY_YES, PARLEY_NO, false, false }, .party = party, .n = 2 };
    if (parley_gainloss_terms(&book.gainloss, &s.conditions, 2, &terms, NULL))
        return 1;
    /* a standard error of 1e-4 at p = 0.91 takes p (1 - p) / 1e-8 draws */
    const size_t draws = 8000000;
    for (int run = 0; run < 5; run++) {
        double start = cpu_s();
        for (int i = 0; i < 20; i++)
            if (parley_gainloss_probability(&s, &p, &lasting, NULL))
                return 1;
        printf("quadrature %.9f\n", (cpu_s() - start) / 20);
        if (run < 2) {
            start = cpu_s();
            q = simulate(&book.gainloss, &terms, draws);
            printf("simulation %.9f\n", cpu_s() - start);
        }
    }
    printf("difference %.9f\n", fabs(p - q));
    parley_arena_release(&arena);
    return 0;
}

#include <parley/blocks.h>
#include <parley/calibrate.h>
#include <parley/replay.h>
#include <parley/rng.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PRIOR_FACTOR = 5, FIRST_TIMES = 6, TRIES_MAX = 400, PREDICTIONS = 400 };

/* --- a chronicle in ten numbers ----------------------------------------------------------- */

static const struct { const char *en, *zh; } stats[PARLEY_STATS] = {
    { "information incidents a year", "每年信息领域事件" },
    { "espionage incidents a year", "每年间谍事件" },
    { "technology and trade acts a year", "每年技术与贸易行为" },
    { "infrastructure and military incidents a year", "每年基础设施与军事事件" },
    { "mean size of an incident", "事件平均规模" },
    { "accusations a year", "每年指责" },
    { "measures a year", "每年措施" },
    { "dialogues suspended a year", "每年中止的对话" },
    { "steps of leaders a year", "每年领导人举措" },
    { "agreements a year", "每年协议" },
};

const char *parley_stat_name(int stat, bool chinese) { return chinese ? stats[stat].zh : stats[stat].en; }

static const struct { const char *kind; int stat; } kinds[] = {
    { "accusation", 5 }, { "report", 5 }, { "legal_action", 5 }, { "disclosure", 5 }, { "economic_measure", 6 }, { "regulation", 2 }, { "standards_dispute", 2 },
    { "mechanism_suspended", 7 }, { "summit", 8 }, { "agreement", 9 },
};

static const struct { const char *domain; int stat; } domains[] = {
    { "information", 0 }, { "ideology", 0 }, { "espionage", 1 }, { "research", 1 }, 
    { "military", 3 }, { "critical-infrastructure", 3 },
};

static bool names(const char *const *list, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], code))
            return true;
    return false;
}

struct parley_stats parley_chronicle_stats(const struct parley_event_list *events, const char *a, const char *b, int64_t from_us, int64_t to_us)
{
    struct parley_stats s = { { 0 } };
    double years = (double)(to_us - from_us) / (365.25 * (double)PARLEY_US_PER_DAY), sizes = 0, incidents = 0;
    for (size_t i = 0; i < events->n; i++) {
        const struct parley_event *e = &events->event[i];
        bool on_pair = names(e->target, e->n_targets, a) || names(e->target, e->n_targets, b), by_pair = names(e->actor, e->n_actors, a) || names(e->actor, e->n_actors, b);
        bool by_unknown = names(e->actor, e->n_actors, "UNK");
        if (e->when.precision == PARLEY_UNDATED || e->when.start_us < from_us || e->when.start_us >= to_us || !on_pair || !(by_pair || by_unknown))
            continue;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            s.value[kinds[k].stat] += !strcmp(e->kind, kinds[k].kind);
        if (strcmp(e->kind, "cyber_op"))
            continue;
        incidents++;
        sizes += isnan(e->intensity) ? 0 : -e->intensity;
        for (size_t k = 0; k < sizeof domains / sizeof *domains; k++)
            s.value[domains[k].stat] += !strcmp(e->domain, domains[k].domain);
    }
    for (int k = 0; k < PARLEY_STATS; k++)
        s.value[k] /= years;
    s.value[4] = incidents > 0 ? sizes / incidents : 0;
    return s;
}

/* --- simulated chronicles ----------------------------------------------------------------- */

struct space {
    const struct parley_fit *fit;
    double low[PARLEY_FIT_PARAMETERS_MAX], high[PARLEY_FIT_PARAMETERS_MAX]; /* logs */
};

static void prior_of(struct space *space)
{
    for (size_t i = 0; i < space->fit->n_parameters; i++) {
        enum parley_parameter p = (enum parley_parameter)space->fit->parameter[i];
        double v = space->fit->scenario->par[p];
        space->low[i] = log(fmax(v / PRIOR_FACTOR, fmax(parley_parameter_low(p), v * 1e-3)));
        space->high[i] = log(fmin(v * PRIOR_FACTOR, parley_parameter_high(p)));
    }
}

static bool inside(const struct space *space, const double *theta)
{
    for (size_t i = 0; i < space->fit->n_parameters; i++)
        if (!(theta[i] >= space->low[i] && theta[i] <= space->high[i]))
            return false;
    return true;
}

static enum parley_status simulate_stats(const struct space *space, const double *theta, uint32_t weeks, uint64_t seed, uint32_t replicate, struct parley_stats *out,
                                         struct parley_error *err)
{
    struct parley_scenario s = *space->fit->scenario;
    struct parley_arena arena = { 0 };
    struct parley_event_list events;
    s.weeks = weeks;
    for (size_t i = 0; i < space->fit->n_parameters; i++) {
        enum parley_parameter p = (enum parley_parameter)space->fit->parameter[i];
        s.par[p] = fmin(parley_parameter_high(p), fmax(parley_parameter_low(p), exp(theta[i])));
    }
    enum parley_status status = parley_replay(&s, seed, replicate, 0, &arena, &events, NULL, err);
    if (!status) {
        int64_t start = parley_bin_start(parley_bin_of(0, PARLEY_WEEK), PARLEY_WEEK);
        *out = parley_chronicle_stats(&events, parley_replay_code(&s, 0, &arena), parley_replay_code(&s, 1, &arena), start,
                                      start + (int64_t)weeks * 7 * PARLEY_US_PER_DAY);
    }
    parley_arena_release(&arena);
    return status;
}

/* --- sequential Monte Carlo --------------------------------------------------------------- */

struct particle {
    double theta[PARLEY_FIT_PARAMETERS_MAX], distance, weight;
};

struct generation {
    struct space space;
    const struct parley_stats *observed;
    double scale[PARLEY_STATS]; /* spread under the prior */
    struct parley_stats *prior; /* of the first generation's draws */
    const struct particle *before; /* NULL in the first generation */
    struct particle *now;
    size_t n_before;
    double kernel[PARLEY_FIT_PARAMETERS_MAX], threshold;
    int number;
};

/* Rates are compared as ratios: a chronicle with twice the incidents is as far off as one with half of them. */
static double compared(double value) { return log(value + .1); }

static double distance(const struct generation *g, const struct parley_stats *s)
{
    double sum = 0;
    for (int k = 0; k < PARLEY_STATS; k++) {
        double d = g->scale[k] > 0 ? (compared(s->value[k]) - compared(g->observed->value[k])) / g->scale[k] : 0;
        sum += d * d;
    }
    return sqrt(sum);
}

static enum parley_status draw_prior(void *ctx, size_t i, unsigned thread, struct parley_error *err)
{
    struct generation *g = ctx;
    struct parley_rng rng;
    (void)thread;
    parley_rng_init(&rng, g->space.fit->seed, i);
    for (size_t k = 0; k < g->space.fit->n_parameters; k++)
        g->now[i].theta[k] = g->space.low[k] + (g->space.high[k] - g->space.low[k]) * parley_rng_uniform(&rng);
    return simulate_stats(&g->space, g->now[i].theta, g->space.fit->scenario->weeks, g->space.fit->seed, (uint32_t)i, &g->prior[i], err);
}

static size_t pick(const struct particle *list, size_t n, double u)
{
    size_t i = 0;
    for (double sum = list[0].weight; i + 1 < n && sum < u; sum += list[i].weight)
        i++;
    return i;
}

static double kernel_density(const struct generation *g, const double *theta, const struct particle *at)
{
    double log_density = 0;
    for (size_t k = 0; k < g->space.fit->n_parameters; k++) {
        double d = (theta[k] - at->theta[k]) / g->kernel[k];
        log_density -= .5 * d * d;
    }
    return exp(log_density);
}

/* Propose around a particle of the generation before until the chronicle is near enough. */
static enum parley_status tighten(void *ctx, size_t i, unsigned thread, struct parley_error *err)
{
    struct generation *g = ctx;
    struct particle *p = &g->now[i];
    struct parley_rng rng;
    (void)thread;
    parley_rng_init(&rng, g->space.fit->seed, (uint64_t)(g->number + 1) << 40 | i);
    for (uint32_t try = 0; try < TRIES_MAX; try++) {
        struct parley_stats s;
        const struct particle *from = &g->before[pick(g->before, g->n_before, parley_rng_uniform(&rng))];
        for (size_t k = 0; k < g->space.fit->n_parameters; k++)
            p->theta[k] = from->theta[k] + g->kernel[k] * parley_rng_normal(&rng);
        if (!inside(&g->space, p->theta))
            continue;
        uint32_t replicate = ((uint32_t)g->number << 28) + (uint32_t)i * TRIES_MAX + try;
        enum parley_status status = simulate_stats(&g->space, p->theta, g->space.fit->scenario->weeks, g->space.fit->seed, replicate, &s, err);
        if (status)
            return status;
        if ((p->distance = distance(g, &s)) > g->threshold)
            continue;
        double density = 0;
        for (size_t j = 0; j < g->n_before; j++)
            density += g->before[j].weight * kernel_density(g, p->theta, &g->before[j]);
        p->weight = 1 / density;
        return PARLEY_OK;
    }
    p->weight = 0; /* counted by the caller */
    return PARLEY_OK;
}

static int by_distance(const void *a, const void *b)
{
    double x = ((const struct particle *)a)->distance, y = ((const struct particle *)b)->distance;
    return (x > y) - (x < y);
}

static void spread(const struct parley_stats *s, size_t n, bool ratios, double scale[PARLEY_STATS])
{
    for (int k = 0; k < PARLEY_STATS; k++) {
        double sum = 0, square = 0;
        for (size_t i = 0; i < n; i++)
            sum += ratios ? compared(s[i].value[k]) : s[i].value[k];
        for (size_t i = 0; i < n; i++) {
            double d = (ratios ? compared(s[i].value[k]) : s[i].value[k]) - sum / (double)n;
            square += d * d;
        }
        scale[k] = sqrt(square / (double)(n - 1));
    }
}

static void normalise(struct particle *list, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += list[i].weight;
    for (size_t i = 0; i < n; i++)
        list[i].weight /= sum;
}

static double log_sd(const struct particle *list, size_t n, size_t k)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        mean += list[i].weight * list[i].theta[k];
    for (size_t i = 0; i < n; i++)
        square += list[i].weight * (list[i].theta[k] - mean) * (list[i].theta[k] - mean);
    return sqrt(square);
}

static enum parley_status first_generation(struct generation *g, struct particle *list, size_t n, struct parley_error *err)
{
    size_t draws = FIRST_TIMES * n;
    g->now = calloc(draws, sizeof *g->now);
    g->prior = calloc(draws, sizeof *g->prior);
    enum parley_status status = g->now && g->prior ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status)
        status = parley_blocks_run(draws, g->space.fit->threads, draw_prior, g, g->space.fit->progress, NULL, err);
    if (!status) {
        spread(g->prior, draws, true, g->scale);
        for (size_t i = 0; i < draws; i++)
            g->now[i].distance = distance(g, &g->prior[i]), g->now[i].weight = 1;
        qsort(g->now, draws, sizeof *g->now, by_distance);
        memcpy(list, g->now, n * sizeof *list);
        normalise(list, n);
    }
    free(g->now);
    free(g->prior);
    return status;
}

static enum parley_status next_generation(struct generation *g, struct particle *list, size_t n, struct parley_error *err)
{
    size_t failed = 0, kept = 0;
    g->now = calloc(n, sizeof *g->now);
    if (!g->now)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t k = 0; k < g->space.fit->n_parameters; k++)
        g->kernel[k] = fmax(sqrt(2) * log_sd(list, n, k), 1e-6);
    qsort(list, n, sizeof *list, by_distance);
    g->threshold = list[n / 2].distance;
    g->before = list, g->n_before = n;
    enum parley_status status = parley_blocks_run(n, g->space.fit->threads, tighten, g, g->space.fit->progress, NULL, err);
    for (size_t i = 0; !status && i < n; i++) {
        failed += g->now[i].weight == 0;
        if (g->now[i].weight > 0)
            g->now[kept++] = g->now[i];
    }
    if (!status && kept < n / 2)
        status = parley_fail(err, PARLEY_ENOCONV, "generation %d: %zu of %zu proposals found no chronicle near enough; take fewer generations", g->number, failed, n);
    if (!status) {
        for (size_t i = kept; i < n; i++) { /* a few that found nothing are replaced by copies */
            g->now[i] = g->now[i % kept];
            g->now[i].weight = 0;
        }
        memcpy(list, g->now, n * sizeof *list);
        normalise(list, n);
    }
    free(g->now);
    return status;
}

struct weighted {
    double value, weight;
};

static int by_value(const void *a, const void *b)
{
    double x = ((const struct weighted *)a)->value, y = ((const struct weighted *)b)->value;
    return (x > y) - (x < y);
}

static double quantile(struct weighted *list, size_t n, double share)
{
    double sum = 0;
    qsort(list, n, sizeof *list, by_value);
    for (size_t i = 0; i < n; i++)
        if ((sum += list[i].weight) >= share)
            return list[i].value;
    return list[n - 1].value;
}

static enum parley_status describe(const struct space *space, const struct particle *list, size_t n, struct parley_fitted *out, struct parley_error *err)
{
    struct weighted *w = calloc(n, sizeof *w);
    if (!w)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t k = 0; k < space->fit->n_parameters; k++) {
        double mean = 0, prior_sd = (space->high[k] - space->low[k]) / sqrt(12);
        for (size_t i = 0; i < n; i++) {
            w[i] = (struct weighted){ exp(list[i].theta[k]), list[i].weight };
            mean += w[i].value * w[i].weight;
        }
        double low = quantile(w, n, .05), high = quantile(w, n, .95), contraction = 1 - log_sd(list, n, k) / prior_sd;
        out[k] = (struct parley_fitted){ mean, low, high, exp(space->low[k]), exp(space->high[k]), contraction, contraction >= .25 };
    }
    free(w);
    return PARLEY_OK;
}

enum parley_status parley_calibrate(const struct parley_fit *fit, const struct parley_stats *observed, double *sample, double *weight, struct parley_fitted *fitted,
                                    struct parley_error *err)
{
    struct generation g = { .space = { .fit = fit }, .observed = observed };
    size_t n = fit->particles;
    if (n < 20 || n > 100000 || fit->generations < 1 || fit->generations > 10 || fit->n_parameters < 1 || fit->n_parameters > PARLEY_FIT_PARAMETERS_MAX ||
        fit->scenario->n_states != 2)
        return parley_fail(err, PARLEY_EINVAL, "calibration needs two states, 1 to %d parameters, 20 to 100000 particles and 1 to 10 generations",
                           PARLEY_FIT_PARAMETERS_MAX);
    for (size_t i = 0; i < fit->n_parameters; i++)
        if (!(fit->scenario->par[fit->parameter[i]] > 0))
            return parley_fail(err, PARLEY_EINVAL, "%s is not positive in the scenario, so it has no log-uniform prior",
                               parley_parameter_name((enum parley_parameter)fit->parameter[i]));
    prior_of(&g.space);
    struct particle *list = calloc(n, sizeof *list);
    if (!list)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = first_generation(&g, list, n, err);
    for (g.number = 1; !status && g.number <= fit->generations; g.number++)
        status = next_generation(&g, list, n, err);
    if (!status)
        status = describe(&g.space, list, n, fitted, err);
    for (size_t i = 0; !status && i < n; i++) {
        weight[i] = list[i].weight;
        for (size_t k = 0; k < fit->n_parameters; k++)
            sample[i * fit->n_parameters + k] = exp(list[i].theta[k]);
    }
    free(list);
    return status;
}

/* --- prediction --------------------------------------------------------------------------- */

struct predictions {
    struct space space;
    const double *sample, *weight; /* NULL: from the prior */
    uint32_t weeks;
    struct parley_stats *out; /* [PREDICTIONS] */
};

static enum parley_status predict_one(void *ctx, size_t i, unsigned thread, struct parley_error *err)
{
    struct predictions *p = ctx;
    const struct parley_fit *fit = p->space.fit;
    double theta[PARLEY_FIT_PARAMETERS_MAX];
    struct parley_rng rng;
    (void)thread;
    parley_rng_init(&rng, fit->seed, UINT64_C(0x9ed1) << 44 | i);
    size_t at = 0;
    double u = parley_rng_uniform(&rng), sum = 0;
    if (p->weight)
        for (sum = p->weight[0]; at + 1 < fit->particles && sum < u; sum += p->weight[at])
            at++;
    for (size_t k = 0; k < fit->n_parameters; k++)
        theta[k] = p->sample ? log(p->sample[at * fit->n_parameters + k]) : p->space.low[k] + (p->space.high[k] - p->space.low[k]) * parley_rng_uniform(&rng);
    return simulate_stats(&p->space, theta, p->weeks, fit->seed + 1, (uint32_t)i, &p->out[i], err);
}

/* Mean |X - y| - half the mean |X - X'|, from sorted draws (Gneiting and Raftery 2007). */
static double crps(const double *sorted, size_t n, double y)
{
    double near = 0, apart = 0;
    for (size_t i = 0; i < n; i++) {
        near += fabs(sorted[i] - y);
        apart += (2.0 * (double)i + 1 - (double)n) * sorted[i];
    }
    return near / (double)n - apart / ((double)n * (double)n);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double mean_crps(const struct parley_stats *draws, const double scale[PARLEY_STATS], const struct parley_stats *observed, double *low, double *high)
{
    double sum = 0, column[PREDICTIONS];
    int used = 0;
    for (int k = 0; k < PARLEY_STATS; k++) {
        for (size_t i = 0; i < PREDICTIONS; i++)
            column[i] = draws[i].value[k];
        qsort(column, PREDICTIONS, sizeof *column, ascending);
        if (low)
            low[k] = column[PREDICTIONS / 20], high[k] = column[PREDICTIONS - 1 - PREDICTIONS / 20];
        if (!(scale[k] > 0))
            continue;
        sum += crps(column, PREDICTIONS, observed->value[k]) / scale[k];
        used++;
    }
    return used ? sum / used : NAN;
}

enum parley_status parley_fit_predict(const struct parley_fit *fit, const double *sample, const double *weight, uint32_t weeks, const struct parley_stats *observed,
                                      struct parley_fit_score *out, struct parley_error *err)
{
    struct parley_stats *draws = calloc(2 * PREDICTIONS, sizeof *draws);
    double scale[PARLEY_STATS];
    if (!draws)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    struct predictions prior = { .space = { .fit = fit }, .weeks = weeks, .out = draws }, posterior;
    prior_of(&prior.space);
    posterior = prior;
    posterior.sample = sample, posterior.weight = weight, posterior.out = draws + PREDICTIONS;
    enum parley_status status = parley_blocks_run(PREDICTIONS, fit->threads, predict_one, &prior, fit->progress, NULL, err);
    if (!status)
        status = parley_blocks_run(PREDICTIONS, fit->threads, predict_one, &posterior, fit->progress, NULL, err);
    if (!status) {
        *out = (struct parley_fit_score){ .of = PARLEY_STATS };
        spread(draws, PREDICTIONS, false, scale);
        out->prior = mean_crps(draws, scale, observed, NULL, NULL);
        out->posterior = mean_crps(draws + PREDICTIONS, scale, observed, out->low, out->high);
        for (int k = 0; k < PARLEY_STATS; k++)
            out->inside += observed->value[k] >= out->low[k] && observed->value[k] <= out->high[k];
    }
    free(draws);
    return status;
}

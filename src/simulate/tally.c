#include <parley/simulate.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"

static const struct {
    const char *name, *unit, *unit_zh, *english, *chinese;
} outputs[] = {
#define X(name, unit, unit_zh, english, chinese) { #name, unit, unit_zh, english, chinese },
#include <parley/simulate_outputs.def>
#undef X
    { "time_to_deescalate", "weeks", "周", "weeks until a crisis has come down", "危机降级所需周数" },
    { "agreement_life", "weeks", "周", "weeks in force per agreement", "每项协议有效周数" },
};

const struct ratio ratios[2] = {
    { PARLEY_OUT_deescalate_weeks, PARLEY_OUT_deescalated },
    { PARLEY_OUT_agreement_weeks, PARLEY_OUT_agreements },
};

const char *parley_output_name(int output) { return outputs[output].name; }
const char *parley_output_unit(int output, bool chinese) { return chinese ? outputs[output].unit_zh : outputs[output].unit; }
const char *parley_output_text(int output, bool chinese) { return chinese ? outputs[output].chinese : outputs[output].english; }

int parley_output_find(const char *name)
{
    for (int i = 0; i < PARLEY_OUT_ALL; i++)
        if (!strcmp(outputs[i].name, name))
            return i;
    return -1;
}

enum parley_status parley_tally_init(struct parley_tally *tally, uint32_t weeks, struct parley_error *err)
{
    *tally = (struct parley_tally){ .weeks = weeks };
    tally->lives = calloc((size_t)PARLEY_LIVES * (weeks + 1), sizeof *tally->lives);
    return tally->lives ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

void parley_tally_release(struct parley_tally *tally)
{
    free(tally->lives);
    tally->lives = NULL;
}

void parley_tally_add(struct parley_tally *to, const struct parley_tally *from)
{
    to->replicates += from->replicates;
    to->digest += from->digest;
    for (int i = 0; i < PARLEY_OUTPUTS; i++) {
        to->sum[i] += from->sum[i];
        to->square[i] += from->square[i];
    }
    for (int i = 0; i < 2; i++)
        to->cross[i] += from->cross[i];
    for (size_t i = 0; i < (size_t)PARLEY_LIVES * (to->weeks + 1); i++)
        to->lives[i] += from->lives[i];
}

int64_t tally_fixed(float value)
{
    double scaled = (double)value * TALLY_ONE;
    return isfinite(scaled) && fabs(scaled) < 0x1p60 ? llrint(scaled) : 0;
}

/* splitmix64's finaliser (Steele, Lea and Flood 2014) */
static uint64_t scramble(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void tally_replicate(struct parley_tally *tally, uint64_t replicate, const float out[PARLEY_OUTPUTS])
{
    int64_t fixed[PARLEY_OUTPUTS];
    uint64_t hash = scramble(replicate + UINT64_C(0x9e3779b97f4a7c15));
    for (int i = 0; i < PARLEY_OUTPUTS; i++) {
        uint32_t bits;
        memcpy(&bits, &out[i], 4);
        hash = (hash ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
        fixed[i] = tally_fixed(out[i]);
        tally->sum[i] += fixed[i];
        tally->square[i] += (parley_wide)fixed[i] * fixed[i];
    }
    for (int i = 0; i < 2; i++)
        tally->cross[i] += (parley_wide)fixed[ratios[i].above] * fixed[ratios[i].below];
    tally->digest += scramble(hash);
    tally->replicates++;
}

double tally_mean(const struct parley_tally *t, int i) { return (double)t->sum[i] / TALLY_ONE / (double)t->replicates; }

/* Whole numbers until the last step: no digits are lost for large sums. */
double moment_covariance(parley_wide ab, parley_wide a, parley_wide b, uint64_t n)
{
    if (n < 2)
        return NAN;
    long double centred = (long double)ab - (long double)a * (long double)b / n;
    return (double)(centred / ((long double)TALLY_ONE * TALLY_ONE) / (n - 1));
}

static struct parley_mean wilson(double hits, double n)
{
    double z = 1.959963984540054, p = hits / n, centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return (struct parley_mean){ p, hits > 0 ? centre - half : 0, hits < n ? centre + half : 1, sqrt(p * (1 - p)) }; /* exact at the ends */
}

struct parley_mean parley_tally_estimate(const struct parley_tally *t, int output)
{
    double n = (double)t->replicates, se;
    if (t->replicates == 0)
        return (struct parley_mean){ NAN, NAN, NAN, NAN };
    if (output == PARLEY_OUT_uncontrolled)
        return wilson((double)t->sum[output] / TALLY_ONE, n);
    if (output < PARLEY_OUTPUTS) {
        double mean = tally_mean(t, output), sd = sqrt(fmax(0, moment_covariance(t->square[output], t->sum[output], t->sum[output], t->replicates)));
        se = sd / sqrt(n);
        return (struct parley_mean){ mean, mean - 1.96 * se, mean + 1.96 * se, sd };
    }
    int k = output - PARLEY_OUTPUTS, above = ratios[k].above, below = ratios[k].below;
    double y = tally_mean(t, below), ratio = tally_mean(t, above) / y;
    double var = moment_covariance(t->square[above], t->sum[above], t->sum[above], t->replicates) -
                 2 * ratio * moment_covariance(t->cross[k], t->sum[above], t->sum[below], t->replicates) +
                 ratio * ratio * moment_covariance(t->square[below], t->sum[below], t->sum[below], t->replicates);
    if (!(y > 0))
        return (struct parley_mean){ NAN, NAN, NAN, NAN };
    se = sqrt(fmax(0, var) / n) / y;
    return (struct parley_mean){ ratio, ratio - 1.96 * se, ratio + 1.96 * se, NAN };
}

static const uint64_t *life(const struct parley_tally *t, int which) { return t->lives + (size_t)which * (t->weeks + 1); }

double parley_tally_agreement_quantile(const struct parley_tally *t, double share)
{
    const uint64_t *ended = life(t, PARLEY_LIFE_AGREEMENT_ENDED), *open = life(t, PARLEY_LIFE_AGREEMENT_OPEN);
    double at_risk = 0, alive = 1;
    for (uint32_t w = 0; w <= t->weeks; w++)
        at_risk += (double)(ended[w] + open[w]);
    for (uint32_t w = 0; w <= t->weeks && at_risk > 0; w++) {
        alive *= 1 - (double)ended[w] / at_risk;
        if (alive <= 1 - share)
            return w;
        at_risk -= (double)(ended[w] + open[w]);
    }
    return NAN;
}

double parley_tally_down_within(const struct parley_tally *t, uint32_t weeks)
{
    const uint64_t *down = life(t, PARLEY_LIFE_CRISIS_DOWN), *lost = life(t, PARLEY_LIFE_CRISIS_LOST), *open = life(t, PARLEY_LIFE_CRISIS_OPEN);
    double at_risk = 0, in_crisis = 1, share = 0, n;
    for (uint32_t w = 0; w <= t->weeks; w++)
        at_risk += (double)(down[w] + lost[w] + open[w]);
    n = at_risk;
    for (uint32_t w = 0; w <= t->weeks && w <= weeks && at_risk > 0; w++) {
        share += in_crisis * (double)down[w] / at_risk;
        in_crisis *= 1 - (double)(down[w] + lost[w]) / at_risk;
        at_risk -= (double)(down[w] + lost[w] + open[w]);
    }
    return n > 0 ? share : NAN;
}

/* --- as bytes ----------------------------------------------------------------------------- */

/* Layout, little endian as in memory of the machines we run on: magic 8 bytes, weeks u32, outputs u32, replicates u64, digest u64, sum,
 * square and cross as 16-byte integers, lives as u64, then FNV-1a of all that. */
static const char magic[8] = "PARLTL1";

static uint64_t check_sum(const unsigned char *p, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

size_t parley_tally_bytes(uint32_t weeks)
{
    return 8 + 8 + 16 + sizeof(parley_wide) * (2 * PARLEY_OUTPUTS + 2) + 8 * (size_t)PARLEY_LIVES * (weeks + 1) + 8;
}

static void put(unsigned char **at, const void *data, size_t n)
{
    memcpy(*at, data, n);
    *at += n;
}

void parley_tally_pack(const struct parley_tally *t, void *out)
{
    unsigned char *at = out;
    uint32_t head[2] = { t->weeks, PARLEY_OUTPUTS };
    put(&at, magic, 8);
    put(&at, head, 8);
    put(&at, &t->replicates, 8);
    put(&at, &t->digest, 8);
    put(&at, t->sum, sizeof t->sum);
    put(&at, t->square, sizeof t->square);
    put(&at, t->cross, sizeof t->cross);
    put(&at, t->lives, 8 * (size_t)PARLEY_LIVES * (t->weeks + 1));
    uint64_t sum = check_sum(out, (size_t)(at - (unsigned char *)out));
    put(&at, &sum, 8);
}

static void get(const unsigned char **at, void *data, size_t n)
{
    memcpy(data, *at, n);
    *at += n;
}

enum parley_status parley_tally_unpack(const void *bytes, size_t len, struct parley_tally *t, struct parley_error *err)
{
    const unsigned char *at = bytes;
    uint32_t head[2];
    uint64_t sum;
    if (len != parley_tally_bytes(t->weeks) || memcmp(bytes, magic, 8))
        return parley_fail(err, PARLEY_ECORRUPT, "a tally of %zu bytes was expected, %zu were found, or it is of another version",
                           parley_tally_bytes(t->weeks), len);
    memcpy(&sum, at + len - 8, 8);
    if (check_sum(at, len - 8) != sum)
        return parley_fail(err, PARLEY_ECORRUPT, "the check sum of the tally does not match");
    at += 8;
    get(&at, head, 8);
    if (head[0] != t->weeks || head[1] != PARLEY_OUTPUTS)
        return parley_fail(err, PARLEY_ECORRUPT, "the tally is of %u weeks and %u outputs", head[0], head[1]);
    get(&at, &t->replicates, 8);
    get(&at, &t->digest, 8);
    get(&at, t->sum, sizeof t->sum);
    get(&at, t->square, sizeof t->square);
    get(&at, t->cross, sizeof t->cross);
    get(&at, t->lives, 8 * (size_t)PARLEY_LIVES * (t->weeks + 1));
    return PARLEY_OK;
}

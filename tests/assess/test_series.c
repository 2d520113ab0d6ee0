#include <parley/assess.h>
#include <parley/series.h>

#include "tap.h"

enum { MAX = 400 };
static struct parley_event event[MAX];
static size_t n;
static const char *const cn[] = { "CN" }, *const us[] = { "US" }, *const both[] = { "CN", "US" };

static void add(const char *date, int who, const char *domain, double intensity)
{
    struct parley_event *e = &event[n++];
    *e = (struct parley_event){ .id = "", .kind = "", .domain = domain, .intensity = intensity, .attribution = "", .mechanism = "", .what = "", .source = "", .note = "", .n_reports = 1 };
    if (*date ? parley_date_parse(date, strlen(date), &e->when, NULL) != PARLEY_OK : false)
        printf("# bad date %s\n", date);
    if (!*date)
        e->when.precision = PARLEY_UNDATED;
    e->actor = who == 0 ? cn : who == 1 ? us : both, e->n_actors = who == 2 ? 2 : 1;
    e->target = who == 0 ? us : who == 1 ? cn : both, e->n_targets = who == 2 ? 2 : 1;
}

static void binning(void)
{
    struct parley_arena arena = { 0 };
    struct parley_series s;
    struct parley_error err = { 0 };
    struct parley_relation r = { .a = "CN", .b = "US" };
    n = 0;
    add("2014-05-19", 1, "espionage", -7);
    add("2014-05-20", 0, "diplomacy", -3);
    add("2014-05", 0, "diplomacy", -2);
    add("2014-07-01", 2, "diplomacy", 5);
    add("2014", 1, "trade", -4);
    add("", 1, "trade", NAN);
    OK(!parley_series_make(event, n, &r, PARLEY_MONTH, &arena, &s, &err), "series %s", err.text);
    OK(s.n_bins == 3 && s.count[0] == 3 && s.count[1] == 0 && s.count[2] == 1, "three months hold 3, 0 and 1");
    OK(s.n_events == 6 && s.n_binned == 4 && s.n_too_coarse == 1 && s.n_undated == 1, "a year is too coarse for a month, and nothing is lost");
    OK(s.by_direction[PARLEY_A_TO_B][0] == 2 && s.by_direction[PARLEY_B_TO_A][0] == 1 && s.by_direction[PARLEY_JOINTLY][2] == 1, "who acted on whom");
    OK(near(s.intensity[0], -12, 1e-12) && s.conflict[0] == 3 && s.cooperation[2] == 1, "intensity and signs");
    OK(s.n_domains == 3 && !strcmp(s.domain[0], "diplomacy") && s.by_domain[0] == 2, "domains of the bins");
    OK(!parley_series_make(event, n, &r, PARLEY_UNDATED, &arena, &s, &err) && s.bin == PARLEY_YEAR && s.bin_chosen, "the finest bin that holds 90 %% of 5 dated events is the %s", parley_precision_text(s.bin));
    r.domain = (const char *const[]){ "espionage" }, r.n_domains = 1;
    OK(!parley_series_make(event, n, &r, PARLEY_DAY, &arena, &s, &err) && s.n_binned == 1, "one domain only");
    r.n_domains = 0, r.b = "RU";
    OK(parley_series_make(event, n, &r, PARLEY_DAY, &arena, &s, &err) == PARLEY_EDOM, "%s", err.text);
    r.b = "CN";
    OK(parley_series_make(event, n, &r, PARLEY_DAY, &arena, &s, &err) == PARLEY_EINVAL, "%s", err.text);
    r.b = "US", r.from_us = 10, r.to_us = 5;
    OK(parley_series_make(event, n, &r, PARLEY_DAY, &arena, &s, &err) == PARLEY_EINVAL, "%s", err.text);
    parley_arena_release(&arena);
}

static void dispersion(void)
{
    struct parley_arena arena = { 0 };
    struct parley_dispersion d;
    double count[400] = { 0 }, zero[400] = { 0 };
    struct parley_series s = { .n_bins = 400, .count = count, .conflict = zero, .cooperation = zero, .intensity = zero, .rated = zero };
    for (int t = 0; t < 400; t += 10)
        count[t] = 1;
    OK(!parley_series_dispersion(&s, 1, &arena, &d, NULL) && near(d.burstiness, -1, 1e-12) && d.burstiness_p > .99, "a clock has burstiness %.3f", d.burstiness);
    OK(near(d.fano, .9 * 400 / 399, 1e-12) && near(d.suddenness, 1, 0), "its Fano factor by hand %.4f", d.fano);
    memset(count, 0, sizeof count);
    for (int t = 0; t < 400; t++)
        count[t] = t / 50 % 4 == 0 ? 2 : 0;
    OK(!parley_series_dispersion(&s, 1, &arena, &d, NULL) && d.burstiness > .5 && d.burstiness_p < .01 && d.fano > 1.4 && d.fano_p < 1e-6, "bursts: %.3f, Fano %.3f", d.burstiness, d.fano);
    parley_arena_release(&arena);
}

static void pooling(void)
{
    double count[] = { 0, 1, 2, 3, 40, 1, 0, 2 }, years[] = { 10, 10, 10, 10, 10, 10, 10, 10 }, rate[8], low[8], high[8], shape, scale;
    OK(!parley_pool_rates(count, years, 8, rate, low, high, &shape, &scale, NULL), "eight dyads");
    OK(rate[0] > 0 && rate[0] < .15 && rate[4] < 4 && rate[4] > 3.5, "none becomes %.3f a year, forty in ten years %.3f", rate[0], rate[4]);
    OK(low[4] < rate[4] && rate[4] < high[4] && near(shape * scale, 49 / 80.0, 1e-6), "the mean of the dyads is kept: %.4f", shape * scale);
    struct parley_error err = { 0 };
    OK(parley_pool_rates(count, (double[]){ 1, 0, 1, 1, 1, 1, 1, 1 }, 8, rate, low, high, &shape, &scale, &err) == PARLEY_EDOM, "%s", err.text);
}

/* A mechanism after which hostile events all but stop, and one that does nothing. */
static void interruption(void)
{
    struct parley_arena arena = { 0 };
    struct parley_assessment a = { 0 };
    struct parley_error err = { 0 };
    char date[16];
    n = 0;
    for (int m = 0; m < 120; m++) {
        snprintf(date, sizeof date, "%d-%02d", 2000 + m / 12, 1 + m % 12);
        for (int k = 0; k < (m < 60 ? 2 + m % 3 : m % 3 == 0); k++)
            add(date, k % 2, k % 2 ? "trade" : "diplomacy", -4);
    }
    struct parley_relation r = { .a = "CN", .b = "US" };
    struct parley_standing mechanism[] = { { "hotline", "hotline", parley_days_from_civil(2005, 1, 1) * PARLEY_US_PER_DAY, INT64_MAX, false },
                                           { "forum", "forum", parley_days_from_civil(2002, 6, 1) * PARLEY_US_PER_DAY, INT64_MAX, false } };
    struct parley_assess_options o = { .bin = PARLEY_MONTH, .seed = 1, .skip_forecast = true };
    OK(!parley_assess_relation(event, n, mechanism, 2, &r, &o, &arena, &a, &err), "assessment %s", err.text);
    if (a.n_interruptions == 2) {
        OK(a.interruption[0].enough && a.interruption[0].ratio.high < .3 && a.interruption[0].p_value < 1e-6 && a.interruption[0].placebo_p < .05, "the hotline: %.2f (%.2f to %.2f)", a.interruption[0].ratio.estimate, a.interruption[0].ratio.low, a.interruption[0].ratio.high);
        const struct parley_trend *t = &a.interruption[0].trend, *none = &a.interruption[1].trend;
        OK(t->enough && t->level_change.high < -20 && t->level_p < 1e-6, "a step of %.1f events a year (%.1f to %.1f), p %.1g", t->level_change.estimate, t->level_change.low, t->level_change.high, t->level_p);
        OK(none->enough && none->level_p > .05 && none->slope_p > .01, "none at the forum: p %.2f, trend %.2f", none->level_p, none->slope_p);
        OK(a.interruption[1].p_value > .05, "the forum: %.2f, p %.2f", a.interruption[1].ratio.estimate, a.interruption[1].p_value);
    }
    OK(a.rate.n == 1 && a.rate.change[0].at >= 58 && a.rate.change[0].at <= 62 && a.rate.change[0].confidence > .95, "the change in rate is found");
    struct parley_text text;
    struct parley_json json;
    parley_text_init(&text, 1 << 20);
    parley_json_init(&json, &text, false);
    parley_assessment_json(&a, &json);
    OK(!text.failed && strstr(text.data, "\"change_points\":[{\"measure\":\"rate\"") && strstr(text.data, "\"identified\":false"), "the JSON says so");
    parley_text_release(&text);
    parley_arena_release(&arena);
}

int main(void)
{
    binning();
    dispersion();
    pooling();
    interruption();
    return done();
}

#include <parley/assess.h>

#include <math.h>

static void date_of(struct parley_json *json, const char *key, int64_t bin, enum parley_precision precision)
{
    char text[PARLEY_DATE_TEXT];
    struct parley_date date = parley_bin_date(bin, precision);
    parley_date_start_text(&date, text);
    parley_json_put_string(json, key, text);
}

static void put_estimate(struct parley_json *json, const char *key, const struct parley_estimate *e)
{
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_number(json, "estimate", e->estimate);
    parley_json_put_number(json, "low", e->low);
    parley_json_put_number(json, "high", e->high);
    parley_json_object_end(json);
}

static void put_series(struct parley_json *json, const struct parley_assessment *a)
{
    const struct parley_series *s = &a->series;
    parley_json_key(json, "series");
    parley_json_array(json);
    for (size_t t = 0; t < s->n_bins; t++) {
        parley_json_object(json);
        date_of(json, "at", s->first_bin + (int64_t)t, s->bin);
        parley_json_put_number(json, "count", s->count[t]);
        parley_json_put_number(json, "intensity", s->intensity[t]);
        parley_json_put_number(json, "conflict", s->conflict[t]);
        parley_json_put_number(json, "cooperation", s->cooperation[t]);
        parley_json_put_number(json, "a_to_b", s->by_direction[PARLEY_A_TO_B][t]);
        parley_json_put_number(json, "b_to_a", s->by_direction[PARLEY_B_TO_A][t]);
        parley_json_put_number(json, "jointly", s->by_direction[PARLEY_JOINTLY][t]);
        parley_json_key(json, "domains");
        parley_json_object(json);
        for (size_t d = 0; d < s->n_domains; d++)
            if (s->by_domain[d * s->n_bins + t] > 0)
                parley_json_put_number(json, *s->domain[d] ? s->domain[d] : "none", s->by_domain[d * s->n_bins + t]);
        parley_json_object_end(json);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
}

static void put_changes(struct parley_json *json, const struct parley_assessment *a)
{
    const struct parley_series *s = &a->series;
    parley_json_key(json, "change_points");
    parley_json_array(json);
    for (size_t k = 0; k < a->rate.n; k++) {
        const struct parley_change *c = &a->rate.change[k];
        parley_json_object(json);
        parley_json_put_string(json, "measure", "rate");
        date_of(json, "at", s->first_bin + (int64_t)c->at, s->bin);
        parley_json_put_number(json, "before", c->before);
        parley_json_put_number(json, "after", c->after);
        parley_json_put_number(json, "confidence", c->confidence);
        date_of(json, "earliest", s->first_bin + (int64_t)c->low, s->bin);
        date_of(json, "latest", s->first_bin + (int64_t)c->high, s->bin);
        parley_json_object_end(json);
    }
    for (size_t k = 0; k < a->intensity.n; k++) {
        const struct parley_change *c = &a->intensity.change[k];
        size_t at[3] = { c->at, c->low, c->high };
        static const char *const key[3] = { "at", "earliest", "latest" };
        parley_json_object(json);
        parley_json_put_string(json, "measure", "intensity");
        parley_json_put_number(json, "before", c->before);
        parley_json_put_number(json, "after", c->after);
        parley_json_put_number(json, "confidence", c->confidence);
        for (int i = 0; i < 3; i++)
            date_of(json, key[i], a->intensity_bin[at[i]], s->bin);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    parley_json_put_number(json, "any_change_in_rate", a->rate.any);
    parley_json_put_number(json, "any_change_in_intensity", a->intensity.any);
    parley_json_put_number(json, "change_penalty", a->rate.penalty);
}

static void put_excitation(struct parley_json *json, const struct parley_assessment *a)
{
    const struct parley_excitation *e = &a->excitation;
    parley_json_key(json, "excitation");
    parley_json_object(json);
    parley_json_put_bool(json, "identified", e->identified);
    parley_json_put_string(json, "reason", e->reason);
    parley_json_put_strings(json, "labels", e->label, e->types);
    parley_json_key(json, "branching");
    parley_json_object(json);
    parley_json_put_matrix(json, "estimate", e->branching, e->types);
    parley_json_put_matrix(json, "low", e->branching_low, e->types);
    parley_json_put_matrix(json, "high", e->branching_high, e->types);
    parley_json_object_end(json);
    parley_json_put_string(json, "branching_rows", "row: who acts in answer; column: whose act is answered");
    parley_json_put_number(json, "spectral_radius", e->spectral_radius);
    parley_json_put_number(json, "spectral_radius_low", e->spectral_low);
    parley_json_put_number(json, "spectral_radius_high", e->spectral_high);
    parley_json_put_number(json, "controllability", e->controllability);
    parley_json_put_number(json, "controllability_low", e->controllability_low);
    parley_json_put_number(json, "controllability_high", e->controllability_high);
    parley_json_put_number(json, "loglik", e->loglik);
    parley_json_put_number(json, "loglik_baseline", e->loglik_baseline);
    parley_json_put_number(json, "p_value", e->p_value);
    parley_json_put_number(json, "cross_p_value", e->cross_p);
    parley_json_put_number(json, "permutation_p", e->permutation_p);
    parley_json_put_integer(json, "permutations", e->permutations);
    parley_json_put_number(json, "half_life", e->half_life);
    parley_json_put_number(json, "half_life_low", e->half_life_low);
    parley_json_put_number(json, "half_life_high", e->half_life_high);
    parley_json_put_number(json, "half_life_max", e->half_life_max);
    parley_json_put_string(json, "half_life_unit", "bins");
    parley_json_put_numbers(json, "events", e->events, e->types);
    date_of(json, "from", a->series.first_bin + (int64_t)a->recent, a->series.bin);
    parley_json_object_end(json);
}

static void put_phases(struct parley_json *json, const struct parley_assessment *a)
{
    const struct parley_phases *p = &a->phases;
    parley_json_put_string(json, "phase", parley_phase_text(p->now, PARLEY_EN));
    parley_json_key(json, "phase_detail");
    parley_json_object(json);
    parley_json_put_number(json, "heat", p->heat_now);
    parley_json_put_number(json, "trend", p->trend_now);
    parley_json_put_number(json, "same_under_other_thresholds", p->stable);
    parley_json_put_number(json, "months_same_under_other_thresholds", p->stable_all);
    date_of(json, "as_of", a->phase_first + (int64_t)p->n_bins - 1, PARLEY_MONTH);
    parley_json_key(json, "spells");
    parley_json_array(json);
    for (size_t i = 0; i < p->n_spells; i++) {
        parley_json_object(json);
        parley_json_put_string(json, "phase", parley_phase_text(p->spell[i].phase, PARLEY_EN));
        date_of(json, "from", a->phase_first + (int64_t)p->spell[i].from, PARLEY_MONTH);
        date_of(json, "to", a->phase_first + (int64_t)p->spell[i].to, PARLEY_MONTH);
        parley_json_put_number(json, "heat_max", p->spell[i].heat_max);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    parley_json_object_end(json);
}

/* Events a year, and a year more each year. */
static void put_trend(struct parley_json *json, const struct parley_trend *t)
{
    parley_json_key(json, "trend");
    parley_json_object(json);
    parley_json_put_bool(json, "enough", t->enough);
    parley_json_put_integer(json, "bins_each_side", (int64_t)t->bins);
    parley_json_put_integer(json, "lags", (int64_t)t->lags);
    parley_json_put_number(json, "autocorrelation", t->autocorrelation);
    put_estimate(json, "level_before", &t->level);
    put_estimate(json, "slope_before", &t->slope);
    put_estimate(json, "level_change", &t->level_change);
    parley_json_put_number(json, "level_p", t->level_p);
    put_estimate(json, "slope_change", &t->slope_change);
    parley_json_put_number(json, "slope_p", t->slope_p);
    parley_json_object_end(json);
}

static void put_interruptions(struct parley_json *json, const struct parley_assessment *a)
{
    parley_json_key(json, "mechanisms");
    parley_json_array(json);
    for (size_t k = 0; k < a->n_interruptions; k++) {
        const struct parley_interruption *i = &a->interruption[k];
        parley_json_object(json);
        parley_json_put_string(json, "mechanism", i->code);
        parley_json_put_string(json, "what", i->start ? "start" : "end");
        date_of(json, "at", a->series.first_bin + (int64_t)i->at, a->series.bin);
        parley_json_put_integer(json, "bins_each_side", (int64_t)i->bins);
        parley_json_put_number(json, "hostile_before", i->events_before);
        parley_json_put_number(json, "hostile_after", i->events_after);
        parley_json_put_bool(json, "enough", i->enough);
        put_estimate(json, "ratio", &i->ratio);
        parley_json_put_number(json, "p_value", i->p_value);
        parley_json_put_number(json, "placebo_p", i->placebo_p);
        put_estimate(json, "intensity_change", &i->intensity);
        put_trend(json, &i->trend);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
}

static void put_domains(struct parley_json *json, const struct parley_domains *d)
{
    parley_json_key(json, "domains");
    parley_json_object(json);
    parley_json_put_strings(json, "labels", d->domain, d->n);
    parley_json_put_numbers(json, "share", d->share, d->n);
    parley_json_put_number(json, "entropy", d->entropy);
    parley_json_put_number(json, "entropy_max", d->entropy_max);
    parley_json_put_number(json, "entropy_early", d->entropy_early);
    parley_json_put_number(json, "entropy_late", d->entropy_late);
    parley_json_put_number(json, "entropy_p", d->entropy_p);
    parley_json_key(json, "spill_over");
    parley_json_object(json);
    parley_json_put_strings(json, "labels", d->linked, d->n_linked);
    parley_json_put_matrix(json, "ratio", d->spill, d->n_linked);
    parley_json_put_matrix(json, "p_value", d->spill_p, d->n_linked);
    parley_json_put_integer(json, "within_bins", (int64_t)d->lag);
    parley_json_object_end(json);
    parley_json_object_end(json);
}

static void put_prediction(struct parley_json *json, const char *key, const struct parley_prediction *p)
{
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_string(json, "by", parley_forecaster_word(p->by));
    parley_json_put_number(json, "mean", p->mean);
    parley_json_put_number(json, "low", p->low);
    parley_json_put_number(json, "high", p->high);
    parley_json_put_number(json, "probability_of_none", p->none);
    parley_json_object_end(json);
}

static void put_ahead(struct parley_json *json, const struct parley_assessment *a)
{
    parley_json_key(json, "ahead");
    parley_json_array(json);
    for (size_t k = 0; k < a->n_ahead; k++) {
        const struct parley_prediction *p = &a->ahead[k].step.prediction;
        const struct parley_backtest *b = &a->ahead[k].step.backtest;
        char from[PARLEY_DATE_TEXT], to[PARLEY_DATE_TEXT];
        parley_date_start_text(&a->ahead[k].when, from);
        parley_date_end_text(&a->ahead[k].when, to);
        parley_json_object(json);
        parley_json_put_string(json, "from", from);
        parley_json_put_string(json, "to", to);
        parley_json_put_string(json, "by", parley_forecaster_word(p->by));
        parley_json_put_number(json, "mean", p->mean);
        parley_json_put_number(json, "low", p->low);
        parley_json_put_number(json, "high", p->high);
        parley_json_put_number(json, "probability_of_none", p->none);
        parley_json_put_integer(json, "backtest_forecasts", (int64_t)b->n_forecasts);
        parley_json_put_number(json, "covered_90", b->n_forecasts ? b->score[b->used].covered : NAN);
        parley_json_put_number(json, "widened", a->ahead[k].step.widened);
        parley_json_put_number(json, "crps", b->n_forecasts ? b->score[b->used].crps : NAN);
        parley_json_put_number(json, "crps_poisson", b->n_forecasts ? b->score[PARLEY_BY_POISSON].crps : NAN);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
}

static void put_forecast(struct parley_json *json, const struct parley_assessment *a)
{
    parley_json_key(json, "forecast");
    if (!a->has_forecast) {
        parley_json_object(json);
        parley_json_put_bool(json, "available", false);
        parley_json_put_string(json, "reason", a->forecast_why);
        parley_json_object_end(json);
        return;
    }
    const struct parley_backtest *b = &a->backtest;
    parley_json_object(json);
    parley_json_put_bool(json, "available", true);
    parley_json_put_string(json, "bin", parley_precision_text(a->forecast_bin));
    date_of(json, "from", a->series.first_bin + (int64_t)a->recent, a->series.bin);
    put_prediction(json, "next", &a->prediction);
    put_prediction(json, "next_baseline", &a->prediction_baseline);
    put_ahead(json, a);
    parley_json_put_string(json, "used", parley_forecaster_word(b->used));
    parley_json_put_string(json, "baseline", parley_forecaster_word(b->baseline));
    parley_json_put_integer(json, "backtest_forecasts", (int64_t)b->n_forecasts);
    parley_json_key(json, "scores");
    parley_json_object(json);
    for (int f = 0; f < PARLEY_FORECASTERS; f++) {
        const struct parley_score *s = &b->score[f];
        if (isnan(s->log_score))
            continue;
        parley_json_key(json, parley_forecaster_word((enum parley_forecaster)f));
        parley_json_object(json);
        parley_json_put_number(json, "log_score", s->log_score);
        parley_json_put_number(json, "log_score_per_event", s->log_score_per_event);
        parley_json_put_number(json, "crps", s->crps);
        parley_json_put_number(json, "brier", s->brier);
        parley_json_put_numbers(json, "pit", s->pit, 10);
        parley_json_put_number(json, "pit_p", s->pit_p);
        parley_json_put_number(json, "covered_90", s->covered);
        parley_json_put_number(json, "better_than_baseline_p", b->better_p[f]);
        parley_json_object_end(json);
    }
    parley_json_object_end(json);
    parley_json_object_end(json);
}

void parley_assessment_json(const struct parley_assessment *a, struct parley_json *json)
{
    const struct parley_series *s = &a->series;
    parley_json_object(json);
    parley_json_put_string(json, "a", a->relation.a);
    parley_json_put_string(json, "b", a->relation.b);
    parley_json_key(json, "seed");
    parley_json_unsigned(json, a->seed);
    parley_json_put_string(json, "bin", parley_precision_text(s->bin));
    parley_json_put_bool(json, "bin_chosen", s->bin_chosen);
    parley_json_put_integer(json, "events", (int64_t)s->n_events);
    parley_json_put_integer(json, "binned", (int64_t)s->n_binned);
    parley_json_put_integer(json, "too_coarse", (int64_t)s->n_too_coarse);
    parley_json_put_integer(json, "undated", (int64_t)s->n_undated);
    put_series(json, a);
    put_changes(json, a);
    parley_json_put_number(json, "burstiness", a->dispersion.burstiness);
    parley_json_put_number(json, "burstiness_p", a->dispersion.burstiness_p);
    parley_json_put_number(json, "suddenness", a->dispersion.suddenness);
    parley_json_put_number(json, "cooperation_share", a->dispersion.cooperation_share);
    parley_json_put_number(json, "mean_intensity", a->dispersion.mean_intensity);
    parley_json_put_number(json, "fano", a->dispersion.fano);
    parley_json_put_number(json, "fano_p", a->dispersion.fano_p);
    put_excitation(json, a);
    put_phases(json, a);
    put_interruptions(json, a);
    put_domains(json, &a->domains);
    parley_json_key(json, "pooled");
    parley_json_object(json);
    parley_json_put_integer(json, "dyads", (int64_t)a->pooled.n_dyads);
    parley_json_put_number(json, "own_rate", a->pooled.own_rate);
    parley_json_put_number(json, "mean_rate", a->pooled.mean_rate);
    put_estimate(json, "rate", &a->pooled.pooled);
    parley_json_put_number(json, "weight", a->pooled.weight);
    parley_json_object_end(json);
    put_forecast(json, a);
    parley_json_object_end(json);
}

/* Claims tested on the record: whatever events the reader has, assessed like any relation.
 *
 * The shipped chronology was picked by the authors of the studies to make their points, so what it supports is not independent
 * evidence; every reason says which record it is from. An independent list of events in a desk replaces it. */
#include "checker.h"

#include <parley/assess.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

struct facts {
    struct parley_event_list list; /* events in which both take part */
    struct parley_mechanism *mechanism;
    size_t n_mechanisms;
    struct parley_assessment years; /* by year, without forecast */
    bool assessed;
    const char *where, *where_zh;   /* which record */
    char trouble[400];
};

static enum parley_status load(struct claims_run *run, struct facts **out, struct parley_error *err)
{
    static const char *const codes[] = { "CN", "US" };
    struct facts *f = run->memo[BY_DATA];
    *out = f;
    if (f)
        return PARLEY_OK;
    struct parley_record_summary summary;
    struct parley_event_query query = { .relation = codes, .n_relation = 2 };
    f = PARLEY_NEW(run->arena, struct facts, 1);
    if (!f)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the data claims");
    enum parley_status status = parley_record_summarise(run->in->record, run->arena, &summary, err);
    if (!status)
        status = parley_record_events(run->in->record, &query, run->arena, &f->list, err);
    if (!status)
        status = parley_record_mechanisms(run->in->record, codes, 2, run->arena, &f->mechanism, &f->n_mechanisms, err);
    if (status)
        return status;
    f->where = summary.shipped ? "In the studies' own chronology (picked by their authors, so no independent evidence)" : "In the events of this desk";
    f->where_zh = summary.shipped ? "根据各研究自己的年表（由作者选取，不是独立证据）" : "根据本台的事件";
    struct parley_relation r = { .a = "CN", .b = "US" };
    struct parley_assess_options o = { .bin = PARLEY_YEAR, .seed = run->in->seed, .permutations = 19, .skip_forecast = true, .progress = &run->inner };
    struct parley_error trouble = { 0 };
    status = parley_assess_relation(f->list.event, f->list.n, NULL, 0, &r, &o, run->arena, &f->years, &trouble);
    if (status == PARLEY_ECANCELLED || status == PARLEY_ENOMEM)
        return parley_fail(err, status, "%s", trouble.text);
    f->assessed = !status;
    memcpy(f->trouble, trouble.text, sizeof f->trouble);
    run->memo[BY_DATA] = *out = f;
    return PARLEY_OK;
}

static enum parley_status no_data(struct claims_run *run, const struct facts *f, struct parley_verdict *v)
{
    v->why = because(run, "The record holds too little of this relation: %s.", f->trouble);
    v->why_zh = because(run, "记录中该关系的数据太少：%s。", f->trouble);
    return PARLEY_OK;
}

/* A rate in some years against the years before, with an interval as wide as the yearly counts are uneven. */
struct contrast { double before, after, years_before, years_after, log_ratio, low, high; };

static struct contrast compare(const double *y, size_t n, size_t at)
{
    struct contrast c = { .years_before = (double)at, .years_after = (double)(n - at) };
    double spread = 0;
    for (size_t t = 0; t < n; t++)
        *(t < at ? &c.before : &c.after) += y[t];
    for (size_t t = 0; t < n; t++) {
        double m = t < at ? c.before / c.years_before : c.after / c.years_after;
        spread += m > 0 ? (y[t] - m) * (y[t] - m) / m : 0;
    }
    spread = fmax(1, spread / fmax(1, (double)n - 2));
    double se = sqrt(spread * (1 / (c.before + 0.5) + 1 / (c.after + 0.5)));
    c.log_ratio = log((c.after + 0.5) / c.years_after) - log((c.before + 0.5) / c.years_before);
    c.low = c.log_ratio - 1.959963984540054 * se, c.high = c.log_ratio + 1.959963984540054 * se;
    return c;
}

/* First bin of that year, or SIZE_MAX when fewer than `margin` years of the series lie on one side. */
static size_t bin_of_year(const struct parley_series *s, int year, size_t margin)
{
    int64_t bin = parley_bin_of(parley_days_from_civil(year, 1, 1) * PARLEY_US_PER_DAY, PARLEY_YEAR) - s->first_bin;
    return bin >= (int64_t)margin && bin + (int64_t)margin <= (int64_t)s->n_bins ? (size_t)bin : SIZE_MAX;
}

/* The same with three years on either side, or SIZE_MAX and the trouble with it. */
static size_t year_to_compare(struct facts *f, int year)
{
    size_t at = f->assessed ? bin_of_year(&f->years.series, year, 3) : SIZE_MAX;
    if (f->assessed && at == SIZE_MAX)
        snprintf(f->trouble, sizeof f->trouble, "fewer than three years on one side of %d", year);
    return at;
}

static int year_of(const struct parley_series *s, size_t bin)
{
    int year, month, day;
    parley_civil_from_days(parley_bin_start(s->first_bin + (int64_t)bin, PARLEY_YEAR) / PARLEY_US_PER_DAY, &year, &month, &day);
    return year;
}

struct side { double n, sum, squares; };

/* Mean intensity from a date on minus before, with its interval (Welch). */
static struct parley_estimate intensity_shift(const struct facts *f, int64_t from_us)
{
    struct side side[2] = { 0 };
    for (size_t i = 0; i < f->years.series.n_binned; i++) {
        const struct parley_event *e = &f->list.event[f->years.series.event[i]];
        if (isnan(e->intensity))
            continue;
        struct side *s = &side[e->when.start_us >= from_us];
        s->n++, s->sum += e->intensity, s->squares += e->intensity * e->intensity;
    }
    if (side[0].n < 3 || side[1].n < 3)
        return (struct parley_estimate){ NAN, NAN, NAN };
    double mean[2], variance = 0;
    for (int k = 0; k < 2; k++) {
        mean[k] = side[k].sum / side[k].n;
        variance += fmax(0, side[k].squares - side[k].n * mean[k] * mean[k]) / (side[k].n - 1) / side[k].n;
    }
    double d = mean[1] - mean[0], margin = 1.959963984540054 * sqrt(variance);
    return (struct parley_estimate){ d, d - margin, d + margin };
}

/* K01: frequency and intensity rise from 2010. Three parts, each of which can fail: the rate is higher from 2010 on; the best date of a
 * rise may be 2010; the mean intensity is more hostile from 2010 on. */
static enum parley_status year_one(struct claims_run *run, struct facts *f, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    const struct parley_series *s = &f->years.series;
    size_t at = year_to_compare(f, 2010);
    if (at == SIZE_MAX)
        return no_data(run, f, v);
    struct contrast c = compare(s->count, s->n_bins, at);
    struct parley_estimate d = intensity_shift(f, parley_bin_start(s->first_bin + (int64_t)at, PARLEY_YEAR));
    const struct parley_change *rise = NULL; /* the first lasting rise */
    for (size_t k = 0; k < f->years.rate.n && !rise; k++)
        if (f->years.rate.change[k].after > f->years.rate.change[k].before)
            rise = &f->years.rate.change[k];
    bool dated = rise && rise->low <= at && at <= rise->high, elsewhere = rise && !dated;
    enum parley_verdict_kind rate = verdict_of_interval(1, c.low, c.high), harsher = verdict_of_interval(-1, d.low, d.high);
    v->measure = "log ratio of the yearly rate from 2010 on to before";
    v->measure_zh = "2010年起与此前年频率之比的对数";
    v->effect = c.log_ratio, v->low = c.low, v->high = c.high;
    v->verdict = rate == PARLEY_CONTRADICTED || harsher == PARLEY_CONTRADICTED || elsewhere ? PARLEY_CONTRADICTED
                 : rate == PARLEY_SUPPORTED && dated && harsher == PARLEY_SUPPORTED        ? PARLEY_SUPPORTED
                                                                                           : PARLEY_UNDECIDED;
    const char *when = rise ? because(run, "the rise is dated %d (%d to %d)", year_of(s, rise->at), year_of(s, rise->low), year_of(s, rise->high)) : "no lasting rise stands out";
    const char *when_zh = rise ? because(run, "上升定于%d年（%d至%d）", year_of(s, rise->at), year_of(s, rise->low), year_of(s, rise->high)) : "没有明显的持续上升";
    v->why = because(run, "%s: %.2f events a year before 2010, %.2f from then; %s; mean intensity changes by %+.2f (%+.2f to %+.2f).", f->where,
                     c.before / c.years_before, c.after / c.years_after, when, d.estimate, d.low, d.high);
    v->why_zh = because(run, "%s：2010年前每年%.2f个事件，此后%.2f个；%s；平均强度变化%+.2f（%+.2f至%+.2f）。", f->where_zh, c.before / c.years_before,
                        c.after / c.years_after, when_zh, d.estimate, d.low, d.high);
    return PARLEY_OK;
}

/* K26: little conflict before 2009. That contact was the reason is not in any list of events. */
static enum parley_status low_before_2009(struct claims_run *run, struct facts *f, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    const struct parley_series *s = &f->years.series;
    size_t at = year_to_compare(f, 2009);
    if (at == SIZE_MAX)
        return no_data(run, f, v);
    struct contrast c = compare(s->conflict, s->n_bins, at);
    v->measure = "log ratio of hostile events a year from 2009 on to before";
    v->measure_zh = "2009年起与此前每年敌对事件之比的对数";
    v->effect = c.log_ratio, v->low = c.low, v->high = c.high;
    v->verdict = verdict_of_interval(1, c.low, c.high);
    v->why = because(run, "%s: %.2f hostile events a year before 2009, %.2f from then. Whether little contact was the reason is not tested.", f->where, c.before / c.years_before, c.after / c.years_after);
    v->why_zh = because(run, "%s：2009年前每年%.2f个敌对事件，此后%.2f个。是否因接触少则未检验。", f->where_zh, c.before / c.years_before, c.after / c.years_after);
    return PARLEY_OK;
}

static bool kind_is(const struct parley_event *e, const char *kind) { return !strcmp(e->kind, kind); }
static bool acts(const struct parley_event *e, const char *code)
{
    for (size_t i = 0; i < e->n_actors; i++)
        if (!strcmp(e->actor[i], code))
            return true;
    return false;
}

/* K15: a public legal act, then a mechanism suspended within three months, against suspensions in all months. */
static enum parley_status indictment(struct claims_run *run, struct facts *f, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    enum { REACH = 3 };
    unsigned acts_seen = 0, followed = 0;
    bool the_one = false, its_answer = false;
    for (size_t i = 0; i < f->list.n; i++) {
        const struct parley_event *e = &f->list.event[i];
        if (e->when.precision > PARLEY_MONTH)
            continue;
        if (!kind_is(e, "legal_action") || !acts(e, "US"))
            continue;
        int64_t month = parley_bin_of(e->when.start_us, PARLEY_MONTH), may_2014 = (2014 - 1970) * 12 + 4;
        bool answered = false;
        for (size_t j = 0; j < f->list.n; j++) {
            const struct parley_event *s = &f->list.event[j];
            int64_t gap = s->when.precision <= PARLEY_MONTH ? parley_bin_of(s->when.start_us, PARLEY_MONTH) - month : -1;
            answered |= kind_is(s, "mechanism_suspended") && acts(s, "CN") && gap >= 0 && gap <= REACH;
        }
        acts_seen++, followed += answered;
        the_one |= month == may_2014, its_answer |= month == may_2014 && answered;
    }
    v->measure = "share of US legal acts that a suspension by China followed within three months";
    v->measure_zh = "美方法律行动后三个月内中方中止机制的比例";
    if (acts_seen) {
        v->effect = (double)followed / acts_seen;
        wilson(followed, acts_seen, &v->low, &v->high);
    }
    v->verdict = the_one && !its_answer ? PARLEY_CONTRADICTED : PARLEY_UNDECIDED;
    v->why = because(run, "%s: %u of %u dated legal acts by the US were followed by a suspension within three months%s. %s", f->where, followed, acts_seen,
                     its_answer ? ", the one of May 2014 among them" : "", its_answer ? "The order fits; one instance cannot show a cause." : the_one ? "The act of May 2014 was not followed by one." : "The act of May 2014 is not in it.");
    v->why_zh = because(run, "%s：美方%u次有日期的法律行动中有%u次在三个月内随后出现中止%s。%s", f->where_zh, acts_seen, followed, its_answer ? "，包括2014年5月的一次" : "",
                        its_answer ? "先后顺序相符；单个实例不能证明因果。" : the_one ? "2014年5月的行动之后没有中止。" : "其中没有2014年5月的行动。");
    return PARLEY_OK;
}

/* K20: less hostility in the three years after the consensus of September 2015 than in the three years before. */
static enum parley_status recovery_of_2015(struct claims_run *run, struct facts *f, struct parley_verdict *v, struct parley_error *err)
{
    struct parley_relation r = { .a = "CN", .b = "US" };
    struct parley_standing consensus = { "consensus", "consensus", parley_days_from_civil(2015, 9, 25) * PARLEY_US_PER_DAY, INT64_MAX, false };
    struct parley_assess_options o = { .bin = PARLEY_QUARTER, .seed = run->in->seed, .permutations = 19, .skip_forecast = true };
    struct parley_assessment a;
    struct parley_error trouble = { 0 };
    enum parley_status status = parley_assess_relation(f->list.event, f->list.n, &consensus, 1, &r, &o, run->arena, &a, &trouble);
    if (status == PARLEY_ECANCELLED || status == PARLEY_ENOMEM)
        return parley_fail(err, status, "%s", trouble.text);
    if (status || !a.n_interruptions || !a.interruption[0].enough) {
        if (status)
            memcpy(f->trouble, trouble.text, sizeof f->trouble);
        else
            strcpy(f->trouble, "too few dated events around September 2015");
        return no_data(run, f, v);
    }
    const struct parley_interruption *i = &a.interruption[0];
    int64_t month = (2016 - 1970) * 12 + 8 - a.phase_first;
    const char *en = "unknown", *zh = "未知";
    if (month >= 0 && month < (int64_t)a.phases.n_bins)
        en = parley_phase_text(a.phases.phase[month], PARLEY_EN), zh = parley_phase_text(a.phases.phase[month], PARLEY_ZH);
    v->measure = "log ratio of hostile events a quarter, three years after to three years before";
    v->measure_zh = "此后三年与此前三年每季度敌对事件之比的对数";
    v->effect = log(i->ratio.estimate), v->low = log(i->ratio.low), v->high = log(i->ratio.high);
    v->verdict = verdict_of_interval(-1, v->low, v->high);
    v->why = because(run, "%s: %.0f hostile events in the %zu quarters before, %.0f in those after; phase a year later: %s.", f->where, i->events_before, i->bins, i->events_after, en);
    v->why_zh = because(run, "%s：此前%zu个季度有%.0f个敌对事件，此后%.0f个；一年后的阶段：%s。", f->where_zh, i->bins, i->events_before, i->events_after, zh);
    return PARLEY_OK;
}

/* K04: a domain follows another more often than with shuffled domains. */
static enum parley_status spills_over(struct claims_run *run, struct facts *f, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    if (!f->assessed || f->years.domains.n_linked < 2) {
        if (f->assessed)
            strcpy(f->trouble, "fewer than two domains with five events each");
        return no_data(run, f, v);
    }
    const struct parley_domains *d = &f->years.domains;
    size_t best_i = 0, best_j = 1, n = d->n_linked;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j && d->spill_p[i * n + j] < d->spill_p[best_i * n + best_j])
                best_i = i, best_j = j;
    double p = d->spill_p[best_i * n + best_j];
    v->measure = "strongest link: events of one domain in the year after another, over the number expected";
    v->measure_zh = "最强关联：某领域事件在另一领域之后一年内发生的次数与期望之比";
    v->effect = d->spill[best_i * n + best_j];
    v->verdict = p < 0.05 && v->effect > 1 ? PARLEY_SUPPORTED : PARLEY_UNDECIDED;
    v->why = because(run, "%s: strongest of %zu pairs, %s after %s, %.2f times as often as with shuffled domains (p %.2g, corrected for the pairs).", f->where, n * (n - 1), d->linked[best_i], d->linked[best_j], v->effect, p);
    v->why_zh = because(run, "%s：%zu对领域中最强的是%s在%s之后，为打乱领域时的%.2f倍（p %.2g，已校正）。", f->where_zh, n * (n - 1), d->linked[best_i], d->linked[best_j], v->effect, p);
    return PARLEY_OK;
}

/* K47: a channel is set up, stops, and another (or the same) is set up after the stop. */
static enum parley_status three_stages(struct claims_run *run, struct facts *f, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    const struct parley_mechanism *stopped = NULL, *again = NULL;
    size_t dated = 0;
    for (size_t i = 0; i < f->n_mechanisms; i++) {
        const struct parley_mechanism *m = &f->mechanism[i];
        dated += m->start.precision != PARLEY_UNDATED;
        if (strcmp(m->stop_kind, "suspended") || m->start.precision == PARLEY_UNDATED || m->stop.precision == PARLEY_UNDATED)
            continue;
        for (size_t j = 0; j < f->n_mechanisms; j++) {
            const struct parley_mechanism *n = &f->mechanism[j];
            bool official = strcmp(n->kind, "track2") && strcmp(n->kind, "agreement");
            if (official && n->start.precision != PARLEY_UNDATED && n->start.start_us >= m->stop.end_us && (!stopped || m->start.start_us < stopped->start.start_us))
                stopped = m, again = n;
        }
    }
    v->verdict = stopped ? PARLEY_SUPPORTED : dated >= 3 ? PARLEY_CONTRADICTED : PARLEY_UNDECIDED;
    char built[PARLEY_DATE_TEXT] = "", stop[PARLEY_DATE_TEXT] = "", rebuilt[PARLEY_DATE_TEXT] = "";
    if (stopped) {
        parley_date_start_text(&stopped->start, built), parley_date_start_text(&stopped->stop, stop), parley_date_start_text(&again->start, rebuilt);
        v->why = because(run, "%s: %s from %s, suspended %s; then %s from %s.", f->where, stopped->en, built, stop, again->en, rebuilt);
        v->why_zh = because(run, "%s：%s自%s起，%s中止；此后%s自%s起。", f->where_zh, stopped->zh, built, stop, again->zh, rebuilt);
    } else {
        v->why = because(run, "%s: %zu dated mechanisms, and no official one begins after a suspension.", f->where, dated);
        v->why_zh = because(run, "%s：%zu个有日期的机制，没有官方机制在中止之后建立。", f->where_zh, dated);
    }
    return PARLEY_OK;
}

/* K48: no dialogue of the two militaries on cyber issues recorded from June 2014 to the end of 2018. */
static enum parley_status no_military_dialogue(struct claims_run *run, struct facts *f, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    int64_t from = parley_days_from_civil(2014, 6, 1) * PARLEY_US_PER_DAY, to = parley_days_from_civil(2019, 1, 1) * PARLEY_US_PER_DAY;
    unsigned seen = 0, covered = 0;
    const char *what = "";
    for (size_t i = 0; i < f->list.n; i++) {
        const struct parley_event *e = &f->list.event[i];
        if (e->when.precision >= PARLEY_DECADE || e->when.start_us < from || e->when.start_us >= to)
            continue;
        covered++;
        if (!strcmp(e->domain, "military") && kind_is(e, "dialogue") && e->intensity > 0)
            seen++, what = e->what;
    }
    v->measure = "military dialogues recorded, June 2014 to 2018";
    v->measure_zh = "2014年6月至2018年记录的军事对话次数";
    v->effect = seen;
    v->verdict = seen ? PARLEY_CONTRADICTED : PARLEY_UNDECIDED;
    v->why = seen ? because(run, "%s: %u recorded, for example: %s.", f->where, seen, what)
                  : because(run, "%s: none among %u events of that time. That a record holds none does not show that there was none.", f->where, covered);
    v->why_zh = seen ? because(run, "%s：记录了%u次。", f->where_zh, seen) : because(run, "%s：该时期%u个事件中没有。记录中没有不等于没有发生。", f->where_zh, covered);
    return PARLEY_OK;
}

/* K50: each side answers the other. Only a dense record with days can tell. */
static enum parley_status each_answers(struct claims_run *run, struct facts *f, struct parley_verdict *v, struct parley_error *err)
{
    struct parley_relation r = { .a = "CN", .b = "US" };
    struct parley_assess_options o = { .bin = PARLEY_UNDATED, .seed = run->in->seed, .permutations = 39, .skip_forecast = true, .progress = &run->inner };
    struct parley_assessment a;
    struct parley_error trouble = { 0 };
    enum parley_status status = parley_assess_relation(f->list.event, f->list.n, NULL, 0, &r, &o, run->arena, &a, &trouble);
    if (status == PARLEY_ECANCELLED || status == PARLEY_ENOMEM)
        return parley_fail(err, status, "%s", trouble.text);
    if (status) {
        memcpy(f->trouble, trouble.text, sizeof f->trouble);
        return no_data(run, f, v);
    }
    char zh[PARLEY_EXCITATION_REASON];
    const struct parley_excitation *e = &a.excitation;
    v->measure = "smaller of the two cross-excitations: acts that one act of the other provokes";
    v->measure_zh = "两个相互激发系数中较小者：对方一次行为引发的行为数";
    if (e->identified) {
        size_t least = e->branching[1] < e->branching[2] ? 1 : 2;
        v->effect = e->branching[least], v->low = e->branching_low[least], v->high = e->branching_high[least];
        v->verdict = e->cross_p < 0.01 && v->low > 0 ? PARLEY_SUPPORTED : PARLEY_UNDECIDED;
        v->why = because(run, "%s: cross-excitation has p %.2g. These are acts, not policies.", f->where, e->cross_p);
        v->why_zh = because(run, "%s：相互激发p %.2g。这里是行为，不是政策。", f->where_zh, e->cross_p);
    } else {
        v->why = because(run, "%s excitation is not identified: %s.", f->where, e->reason);
        v->why_zh = because(run, "%s，激发不可识别：%s。", f->where_zh, parley_excitation_reason(e, PARLEY_ZH, zh));
    }
    return PARLEY_OK;
}

typedef enum parley_status record_test(struct claims_run *run, struct facts *f, struct parley_verdict *v, struct parley_error *err);

static const struct {
    const char *claim;
    record_test *test;
} tests[] = {
    { "K01", year_one }, { "K04", spills_over }, { "K15", indictment }, { "K20", recovery_of_2015 },
    { "K26", low_before_2009 }, { "K47", three_stages }, { "K48", no_military_dialogue }, { "K50", each_answers },
};

enum parley_status check_by_data(struct claims_run *run, const char *claim, struct parley_verdict *v, bool *tested, struct parley_error *err)
{
    struct facts *f;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (!strcmp(tests[i].claim, claim)) {
            enum parley_status status = load(run, &f, err);
            *tested = true;
            return status ? status : tests[i].test(run, f, v, err);
        }
    return PARLEY_OK;
}

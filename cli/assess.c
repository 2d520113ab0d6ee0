#include "assess_text.h"
#include "open_record.h"

#include <parley/assess.h>

#include <string.h>

enum { ALL_EVENTS_MAX = 300000 }; /* above it dyads are not pooled: reading every event would take longer than the rest */

static enum parley_status window_of(struct invocation *in, struct parley_relation *r)
{
    struct parley_date date;
    const char *from = option_text(in, "from"), *to = option_text(in, "to");
    if (!from && !to)
        return PARLEY_OK;
    r->from_us = parley_days_from_civil(1, 1, 1) * PARLEY_US_PER_DAY, r->to_us = parley_days_from_civil(9999, 12, 31) * PARLEY_US_PER_DAY;
    enum parley_status status = PARLEY_OK;
    if (from && !(status = parley_date_parse(from, strlen(from), &date, &in->err)))
        r->from_us = date.start_us;
    else if (status)
        return parley_fail_in(&in->err, status, "--from");
    if (to && !(status = parley_date_parse(to, strlen(to), &date, &in->err)))
        r->to_us = date.end_us;
    else if (status)
        return parley_fail_in(&in->err, status, "--to");
    return PARLEY_OK;
}

/* An open end is the first or last dated event of the relation. */
static void close_window(const struct parley_event_list *list, bool from, bool to, struct parley_relation *r)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    enum parley_direction direction;
    for (size_t i = 0; i < list->n; i++) {
        const struct parley_date *when = &list->event[i].when;
        if (when->precision == PARLEY_UNDATED || !parley_relation_holds(r, &list->event[i], &direction))
            continue;
        first = when->start_us < first ? when->start_us : first, last = when->end_us > last ? when->end_us : last;
    }
    if (first < last) {
        if (!from && first < r->to_us)
            r->from_us = first;
        if (!to && last > r->from_us)
            r->to_us = last;
    }
}

static enum parley_status domains_of(struct invocation *in, struct parley_relation *r)
{
    const char *text = option_text(in, "domain");
    if (!text)
        return PARLEY_OK;
    size_t n = 1;
    for (const char *p = text; *p; p++)
        n += *p == ',';
    const char **list = PARLEY_NEW(&in->arena, const char *, n);
    for (size_t i = 0; list && i < n; i++) {
        size_t len = strcspn(text, ",");
        if (!(list[i] = parley_arena_copy(&in->arena, text, len)))
            list = NULL;
        text += len + 1;
    }
    if (!list)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for the domains");
    struct parley_domain *known;
    size_t n_known;
    enum parley_status status = parley_domains(&in->arena, &known, &n_known, &in->err);
    for (size_t i = 0; !status && i < n; i++) {
        bool found = false;
        for (size_t k = 0; k < n_known; k++)
            found |= !strcmp(known[k].code, list[i]);
        if (!found)
            status = parley_fail(&in->err, PARLEY_EINVAL, "--domain: '%s' is no domain; parley record domains lists them", list[i]);
    }
    r->domain = list, r->n_domains = n;
    return status;
}

static enum parley_status mechanisms_of(struct invocation *in, struct parley_record *record, const char *const *codes, struct parley_standing **out, size_t *n)
{
    struct parley_mechanism *m;
    enum parley_status status = parley_record_mechanisms(record, codes, 2, &in->arena, &m, n, &in->err);
    if (status)
        return status;
    *out = PARLEY_NEW(&in->arena, struct parley_standing, *n);
    if (!*out)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu mechanisms", *n);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = (struct parley_standing){
            .code = m[i].code, .name = PARLEY_SAY(in->lang, m[i].en, m[i].zh),
            .start_us = m[i].start.precision == PARLEY_UNDATED ? INT64_MIN : m[i].start.start_us,
            .end_us = m[i].stop.precision == PARLEY_UNDATED ? INT64_MAX : m[i].stop.start_us,
            .suspended = !strcmp(m[i].stop_kind, "suspended"),
        };
    return PARLEY_OK;
}

/* All events when they are few enough to pool dyads over, otherwise those of the relation. */
static enum parley_status events_of(struct invocation *in, struct parley_record *record, const char *const *codes, struct parley_event_list *list)
{
    struct parley_record_summary summary;
    struct parley_event_query query = { 0 };
    enum parley_status status = parley_record_summarise(record, &in->arena, &summary, &in->err);
    if (status)
        return status;
    if (summary.events > ALL_EVENTS_MAX)
        query.relation = codes, query.n_relation = 2;
    return parley_record_events(record, &query, &in->arena, list, &in->err);
}

static enum parley_status read_options(struct invocation *in, struct parley_relation *r, struct parley_assess_options *o)
{
    static const char *const bins[] = { "day", "week", "month", "quarter", "year", "auto", NULL };
    static const enum parley_precision precision[] = { PARLEY_DAY, PARLEY_WEEK, PARLEY_MONTH, PARLEY_QUARTER, PARLEY_YEAR, PARLEY_UNDATED };
    int bin = 5;
    uint64_t permutations = 99;
    enum parley_status status = window_of(in, r);
    if (!status)
        status = option_choice(in, "bin", bins, &bin);
    if (!status)
        status = option_u64(in, "seed", 0, UINT64_MAX, &o->seed);
    if (!status)
        status = option_u64(in, "permutations", 19, 99999, &permutations);
    o->bin = precision[bin], o->permutations = (int)permutations, o->progress = &in->progress;
    o->skip_forecast = option_given(in, "no-forecast");
    return status;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    const char **codes;
    struct parley_relation r = { 0 };
    struct parley_assess_options o = { .seed = 1 };
    struct parley_event_list list;
    struct parley_standing *mechanism;
    size_t n_mechanisms;
    struct parley_assessment a;
    enum parley_status status = read_options(in, &r, &o);
    if (!status)
        status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = resolve_actors(in, record, in->operand, 2, &codes);
    if (!status)
        status = domains_of(in, &r);
    if (!status)
        status = events_of(in, record, codes, &list);
    if (!status)
        status = mechanisms_of(in, record, codes, &mechanism, &n_mechanisms);
    parley_record_close(record);
    if (status)
        return status;
    r.a = codes[0], r.b = codes[1];
    if (r.from_us || r.to_us)
        close_window(&list, option_given(in, "from"), option_given(in, "to"), &r);
    status = parley_assess_relation(list.event, list.n, mechanism, n_mechanisms, &r, &o, &in->arena, &a, &in->err);
    if (status)
        return status;
    if (!in->json)
        return assess_text(in, &a);
    struct parley_json json;
    begin_json(in, &json);
    parley_assessment_json(&a, &json);
    return PARLEY_OK;
}

static const struct option options[] = {
    { "from", 0, "DATE", "Only events from this date on: 2010, 2010-05 or 2010-05-19." },
    { "to", 0, "DATE", "Only events up to and including this date." },
    { "bin", 0, "BIN", "day, week, month, quarter, year; otherwise the finest that holds 90 % of the dated events." },
    { "domain", 0, "LIST", "Only these domains, joined by commas." },
    { "seed", 0, "N", "Seed of the permutations (default 1)." },
    { "permutations", 0, "N", "Permutations behind the test of excitation (default 99)." },
    { "no-forecast", 0, NULL, "Leave out the forecast and its back-test." },
    { 0 },
};

const struct command command_assess = {
    .name = "assess",
    .operands = "A B",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "Is the relation of A and B getting worse, spilling over, still under control?",
    .summary_zh = "甲乙两方的关系是否在恶化、外溢，是否仍可控？",
    .text = "Counts and intensities by bin, how uneven they are, when their level changed and how sure that is, who answers whom, the phase, what "
            "happened around the start and end of mechanisms, spill-over between domains, the rate among all dyads, and a forecast with its past "
            "scores. Every estimate has its interval or probability; where the data are too few, the answer is that they are too few.\n\n"
            "An event whose date is less precise than the bin is not put into a bin but counted as too coarse. Actors are codes or names in "
            "English or Chinese. Methods: docs/methods/assessment.md.",
    .examples = "parley assess CN US\nparley assess 中国 美国 --from 2009 --to 2021 --bin year --lang zh\nparley assess CN US --bin month --json\n",
    .options = options,
    .run = run,
};

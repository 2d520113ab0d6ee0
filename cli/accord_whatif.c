#include "accord_words.h"

#include <parley/chart.h>

#include <math.h>
#include <string.h>

static const struct option options[] = {
    { "harm", 0, "severe|not_severe|unknown", "Common harm." },
    { "threat", 0, "present|absent|unknown", "Regime-threat perception." },
    { "type", 0, "bilateral|multilateral", "Type of the agreement." },
    { "issue", 0, "ISSUE", "Issue, such as crime or arms_control." },
    { "set", 0, "PARTY.INPUT=X,...",
      "Inputs of a party: gain, loss, credibility, cost, payment. The party '*' means each." },
    { "measure", 0, "NAME=X,...", "Measures of design with their strength from 0 to 1, such as verification=1." },
    { "seed", 0, "N", "Seed of the draws behind the interval. Default: 1." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    OPTION_DOCUMENT,
    { 0 },
};

/* One NAME=X of a comma-separated list; false at the end. */
static enum parley_status
next_pair(struct invocation *in, const char *option, const char **rest, const char **name, double *value, bool *more)
{
    const char *p = *rest;
    size_t n = strcspn(p, ","), equal = strcspn(p, "=");
    *more = *p != 0;
    if (!*more)
        return PARLEY_OK;
    if (equal >= n || equal == 0 || !parley_text_to_double(p + equal + 1, n - equal - 1, value))
        return parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected NAME=NUMBER joined by commas, found '%.60s'",
                           option, p);
    *name = parley_arena_copy(&in->arena, p, equal);
    *rest = p + n + (p[n] == ',');
    return *name ? PARLEY_OK : parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
}

static enum parley_status set_inputs(struct invocation *in, struct parley_situation *s)
{
    static const char *const inputs[] = { "gain", "loss", "credibility", "cost", "payment", NULL };
    struct parley_party *party = PARLEY_NEW(&in->arena, struct parley_party, s->n);
    const char *rest = option_text(in, "set"), *name = "";
    double value = 0;
    bool more = rest != NULL;
    if (!party)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    memcpy(party, s->party, s->n * sizeof *party);
    s->party = party;
    while (more) {
        enum parley_status status = next_pair(in, "set", &rest, &name, &value, &more);
        if (status || !more)
            return status;
        const char *dot = strrchr(name, '.');
        size_t which = 0, hits = 0;
        while (dot && inputs[which] && strcmp(inputs[which], dot + 1))
            which++;
        if (!dot || !inputs[which])
            return parley_fail(&in->err, PARLEY_EINVAL,
                               "--set: expected PARTY.gain, .loss, .credibility, .cost or .payment, found '%.60s'",
                               name);
        double low = which == 4 ? -1e6 : 0, high = which == 2 ? 1 : 1e6;
        if (!(value >= low && value <= high))
            return parley_fail(&in->err, PARLEY_EINVAL, "--set %.60s: %g is outside %g to %g", name, value, low, high);
        for (size_t i = 0; i < s->n; i++)
            if (!strncmp(name, "*.", 2) ||
                (strlen(party[i].name) == (size_t)(dot - name) && !memcmp(party[i].name, name, (size_t)(dot - name)))) {
                double *own[] = { &party[i].own.gain, &party[i].own.loss, &party[i].own.credibility, &party[i].own.cost,
                                  &party[i].own.payment };
                *own[which] = value;
                hits++;
            }
        if (hits == 0)
            return parley_fail(&in->err, PARLEY_EINVAL, "--set: the case has no party '%.*s'; its first is %s",
                               (int)(dot - name), name, party[0].name);
    }
    return PARLEY_OK;
}

static enum parley_status set_measures(struct invocation *in, struct parley_situation *s)
{
    const char *rest = option_text(in, "measure"), *name = "";
    double value = 0;
    bool more = rest != NULL;
    while (more) {
        enum parley_status status = next_pair(in, "measure", &rest, &name, &value, &more);
        if (status || !more)
            return status;
        size_t m = 0, nearest = 0, best = 99;
        for (; m < s->book->n_measures && strcmp(s->book->measure[m].id, name); m++) {
            size_t d = parley_edit_distance(name, s->book->measure[m].id);
            if (d < best)
                best = d, nearest = m;
        }
        if (m == s->book->n_measures)
            return parley_fail(&in->err, PARLEY_EINVAL, "--measure: the codebook has no '%.60s'; did you mean '%s'?",
                               name, m ? s->book->measure[nearest].id : "none");
        if (!(value >= 0 && value <= 1))
            return parley_fail(&in->err, PARLEY_EINVAL, "--measure %s: the strength %g is outside 0 to 1", name, value);
        s->strength[m] = value;
    }
    return PARLEY_OK;
}

static enum parley_status change(struct invocation *in, struct parley_situation *s)
{
    static const char *const harms[] = { "not_severe", "severe", "unknown", NULL }, *const threats[] = {
        "absent", "present", "unknown", NULL
    };
    static const char *const types[] = { "bilateral", "multilateral", NULL };
    int harm = s->conditions.severe, threat = s->conditions.threat, type = s->conditions.multilateral;
    enum parley_status status = option_choice(in, "harm", harms, &harm);
    if (!status)
        status = option_choice(in, "threat", threats, &threat);
    if (!status)
        status = option_choice(in, "type", types, &type);
    if (status)
        return status;
    s->conditions.severe = (enum parley_tri)harm;
    s->conditions.threat = (enum parley_tri)threat;
    s->conditions.multilateral = type == 1;
    if (option_given(in, "issue")) {
        const struct parley_codebook_term *issue =
            parley_codebook_term(s->book->issue, s->book->n_issues, option_text(in, "issue"));
        if (!issue)
            return parley_fail(&in->err, PARLEY_EINVAL,
                               "--issue: the codebook has no issue '%.60s'; 'parley case show codebook' lists them",
                               option_text(in, "issue"));
        s->conditions.sensitive = issue->sensitive;
    }
    status = set_inputs(in, s);
    return status ? status : set_measures(in, s);
}

static void put_side(struct parley_json *j, const char *key, const struct parley_situation *s,
                     const struct parley_gainloss_result *r)
{
    parley_json_key(j, key);
    parley_json_object(j);
    parley_json_put_string(j, "predicted", predicted_word(r->predicted));
    parley_json_key(j, "p_agreement");
    parley_json_object(j);
    parley_json_put_number(j, "estimate", r->p_agreement);
    parley_json_put_number(j, "low", r->low);
    parley_json_put_number(j, "high", r->high);
    parley_json_object_end(j);
    parley_json_put_number(j, "p_lasting", r->p_lasting);
    parley_json_key(j, "parties");
    parley_json_array(j);
    for (size_t i = 0; i < s->n; i++) {
        parley_json_object(j);
        parley_json_put_string(j, "party", s->party[i].name);
        put_terms(j, &r->party[i].terms);
        parley_json_put_number(j, "expected_utility", r->party[i].utility);
        parley_json_put_number(j, "p_agrees", r->party[i].p_agrees);
        parley_json_object_end(j);
    }
    parley_json_array_end(j);
    parley_json_object_end(j);
}

static void chances_chart(struct invocation *in, struct parley_doc *doc, const struct parley_gainloss_result r[2])
{
    enum parley_lang l = in->lang;
    struct parley_chart_estimate e[] = {
        { PARLEY_SAY(l, "agreed, before", "达成（此前）"), r[0].p_agreement, r[0].low, r[0].high },
        { PARLEY_SAY(l, "agreed, after", "达成（此后）"), r[1].p_agreement, r[1].low, r[1].high },
        { PARLEY_SAY(l, "agreed and kept, before", "达成并遵守（此前）"), r[0].p_lasting, NAN, NAN },
        { PARLEY_SAY(l, "agreed and kept, after", "达成并遵守（此后）"), r[1].p_lasting, NAN, NAN },
    };
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(l, "The chance of agreement moves from %.3f to %.3f.", "达成概率由%.3f变为%.3f。"),
                                               r[0].p_agreement, r[1].p_agreement);
    parley_chart_estimates(doc, &(struct parley_chart_text){ "chances", PARLEY_SAY(l, "Chances before and after", "前后概率"), sentence ? sentence : "" },
                           PARLEY_SAY(l, "probability", "概率"), e, sizeof e / sizeof *e, NAN);
}

static enum parley_status as_text(struct invocation *in, const struct parley_coded_case *c,
                                  const struct parley_situation *s, const struct parley_gainloss_result r[2],
                                  const struct parley_theory_result *theory)
{
    struct parley_doc doc;
    enum parley_lang l = in->lang;
    begin_doc(in, &doc, case_name(in, c));
    parley_doc_heading(&doc, 1, NULL, PARLEY_SAY(l, "What if: %s", "假如：%s"), case_name(in, c));
    parley_doc_paragraph(
        &doc,
        PARLEY_SAY(l,
                   "Chance of agreement %.3f (%.3f to %.3f) becomes %.3f (%.3f to %.3f); agreed and kept %.3f becomes "
                   "%.3f. %s.",
                   "达成概率由%.3f（%.3f至%.3f）变为%.3f（%.3f至%.3f）；达成并得到遵守由%.3f变为%.3f。%s。"),
        r[0].p_agreement, r[0].low, r[0].high, r[1].p_agreement, r[1].low, r[1].high, r[0].p_lasting, r[1].p_lasting,
        r[0].predicted == r[1].predicted ? PARLEY_SAY(l, "The expected outcome stays the same", "预期结果不变")
                                         : PARLEY_SAY(l, "The expected outcome turns", "预期结果改变"));
    struct parley_table *t = parley_doc_table(&doc, "");
    parley_table_column(t, PARLEY_SAY(l, "party", "方"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "gain", "收益"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "loss", "损失"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "credibility", "可信度"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "cost", "成本"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "payment", "补偿"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "expected utility", "期望效用"), PARLEY_LEFT);
    for (size_t i = 0; i < s->n; i++) {
        const struct parley_terms *a = &r[0].party[i].terms, *b = &r[1].party[i].terms;
        double pair[6][2] = {
            { a->gain, b->gain }, { a->loss, b->loss },       { a->credibility, b->credibility },
            { a->cost, b->cost }, { a->payment, b->payment }, { r[0].party[i].utility, r[1].party[i].utility }
        };
        parley_table_cell(t, "%s", party_text(in, s->party[i].name));
        for (int k = 0; k < 6; k++)
            if (pair[k][0] == pair[k][1])
                parley_table_cell(t, "%s", short_number(in, pair[k][0], 3));
            else
                parley_table_cell(t, "%s -> %s", short_number(in, pair[k][0], 3), short_number(in, pair[k][1], 3));
    }
    chances_chart(in, &doc, r);
    for (size_t i = 0; i < s->n; i++)
        if (!s->party[i].follower && !r[1].party[i].agrees)
            parley_doc_item(&doc, "%s", refusal_text(in, &s->party[i], &r[1].party[i]));
    case_limits(in, &doc, theory);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct case_input input;
    struct parley_coded_case c;
    struct parley_situation s[2];
    struct parley_gainloss_result r[2];
    struct parley_theory_result theory;
    uint64_t seed = 1;
    enum parley_status status = option_u64(in, "seed", 0, INT64_MAX, &seed);
    if (!status)
        status = case_input_open(in, PARLEY_RECORD_READ, &input);
    if (status)
        return status;
    status = case_find(in, &input, in->operand[0], &c);
    if (!status) {
        s[0] = s[1] = parley_case_situation(&c, &input.book);
        status = change(in, &s[1]);
    }
    for (int k = 0; k < 2 && !status; k++)
        status = parley_gainloss_eval(&s[k], seed, 400, &in->arena, &r[k], &in->err);
    if (!status)
        status = accord_limits(in, &input, &theory);
    case_input_close(&input);
    if (status)
        return status;
    if (!wants_json(in))
        return as_text(in, &c, &s[1], r, &theory);
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_string(&j, "case", c.id);
    put_side(&j, "before", &s[0], &r[0]);
    put_side(&j, "after", &s[1], &r[1]);
    parley_json_put_bool(&j, "turns", r[0].predicted != r[1].predicted);
    put_limits(&j, &theory);
    parley_json_put_integer(&j, "seed", (int64_t)seed);
    parley_json_object_end(&j);
    return PARLEY_OK;
}

const struct command command_accord_whatif = {
    .name = "accord whatif",
    .operands = "CASE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Change conditions, inputs or measures of a case and compare before and after.",
    .summary_zh = "改变案例的条件、输入或措施，并比较前后结果。",
    .text = "Everything not named stays as the case has it. The chances before and after come from the same seed. A "
            "measure of strength 0.5 works half.",
    .examples = "parley accord whatif C04 --threat absent\nparley accord whatif C02 --set '*.gain=4.6'\nparley accord "
                "whatif C04 --measure verification=1,audience_cost=1 --json\n",
    .options = options,
    .run = run,
};

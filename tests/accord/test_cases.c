/* The theory test on the studies' cases, reliability on a published example, case files there and back. */
#include "tap.h"
#include <parley/case_store.h>

static struct parley_arena arena;
static struct parley_codebook book;

static struct parley_theory_row row_of(const struct parley_coded_case *c)
{
    struct parley_theory_row r = { .harm = c->harm, .threat = c->threat, .outcome = c->outcome };
    for (int h = 0; h < 2; h++)
        for (int t = 0; t < 2; t++) {
            struct parley_situation s = parley_case_situation(c, &book);
            double lasting;
            s.conditions.severe = (enum parley_tri)h;
            s.conditions.threat = (enum parley_tri)t;
            (void)!parley_gainloss_probability(&s, &r.p[h][t], &lasting, NULL);
        }
    return r;
}

static void shipped(void)
{
    struct parley_coded_case *list;
    struct parley_theory_row row[16];
    struct parley_theory_result r;
    struct parley_error err = { 0 };
    size_t n = 0;
    if (!OK(!parley_stored_cases(NULL, &book, &arena, &list, &n, &err) && n == 16, "16 cases %s", err.text))
        return;
    for (size_t i = 0; i < n; i++)
        row[i] = row_of(&list[i]);
    if (!OK(!parley_theory_test(row, n, &arena, &r, &err), "the test runs %s", err.text))
        return;
    OK(r.score.n == 16 && r.score.fit == 14, "%zu of %zu fit", r.score.fit, r.score.n);
    for (size_t i = 0; i < n; i++)
        OK((r.prediction[i] == list[i].outcome) == (strcmp(list[i].id, "C15") && strcmp(list[i].id, "C16")), "%s %s",
           list[i].id, list[i].en);
    OK(r.always_yes == 13 && r.threat_yes == 1, "always yes 13; the threat is present once");
    OK(near(r.score.fisher_p, 40. / 560, 1e-12), "Fisher %.6f: (39 + 1) / 560 by hand", r.score.fisher_p);
    OK(fabs(r.score.brier - .116) < .0015 && fabs(r.brier_base - .1523) < .0001, "Brier %.4f against %.4f",
       r.score.brier, r.brier_base);
    OK(r.n_unknown == 2 && r.n_completions == 4, "two dashes, four completions");
    for (size_t c = 0; c < r.n_completions; c++)
        OK(r.completion[c].score.fit == 14, "completion %zu: %zu fit", c, r.completion[c].score.fit);
    OK(r.without[0].n == 15 && r.without[0].fit == 13 && r.without[14].fit == 14, "leave one out");
    OK(r.rule_right[0] == 13 && r.rule_right[3] == 14, "rules: always yes %zu, theory %zu", r.rule_right[0],
       r.rule_right[3]);
    OK(list[14].follower_case && !list[0].follower_case, "C15 is marked as a case of followers");
    OK(list[0].n_trace == 20 && list[0].trace[0].when.precision != PARLEY_UNDATED,
       "the first case has its figures, dated");
}

/* Every case of the studies, written and read back, is the same case. */
static void there_and_back(void)
{
    struct parley_coded_case *list;
    struct parley_error err = { 0 };
    size_t n = 0;
    if (parley_stored_cases(NULL, &book, &arena, &list, &n, &err))
        return;
    for (size_t i = 0; i < n; i++) {
        struct parley_text text, again;
        struct parley_node *root;
        struct parley_coded_case back = { 0 };
        parley_text_init(&text, 1 << 16);
        parley_text_init(&again, 1 << 16);
        parley_case_write(&list[i], &book, &text);
        if (OK(!parley_yaml_parse(text.data, text.len, list[i].id, &arena, &root, &err) &&
                   !parley_case_read(root, &book, &arena, &back, &err),
               "%s %s", list[i].id, err.text)) {
            parley_case_write(&back, &book, &again);
            OK(!strcmp(text.data, again.data) && back.n_trace == list[i].n_trace && back.harm == list[i].harm &&
                   back.threat == list[i].threat,
               "is the same again");
        }
        parley_text_release(&text);
        parley_text_release(&again);
    }
}

/* Sums over all tables with the same margins, with integers: the judge of the fast one. */
static double fisher_by_counting(const size_t t[2][2], bool two)
{
    double choose[40][40] = { { 0 } }, p = 0;
    for (int i = 0; i < 40; i++)
        for (int j = 0; j <= i; j++)
            choose[i][j] = j == 0 || j == i ? 1 : choose[i - 1][j - 1] + choose[i - 1][j];
    size_t row = t[1][0] + t[1][1], column = t[0][1] + t[1][1], n = row + t[0][0] + t[0][1];
    double here = choose[column][t[1][1]] * choose[n - column][row - t[1][1]];
    for (size_t k = 0; k <= row && k <= column; k++) {
        if (row - k > n - column)
            continue;
        double ways = choose[column][k] * choose[n - column][row - k];
        if (two ? ways <= here * (1 + 1e-9) : k >= t[1][1])
            p += ways / choose[n][row];
    }
    return p;
}

static void fisher(void)
{
    bool same_all = true;
    for (size_t a = 0; a < 6; a++)
        for (size_t b = 0; b < 6; b++)
            for (size_t c = 0; c < 6; c++)
                for (size_t d = 0; d < 6; d++) {
                    size_t t[2][2] = { { a, b }, { c, d } };
                    if (a + b + c + d)
                        for (int two = 0; two < 2; two++)
                            same_all &= near(parley_fisher((const size_t(*)[2])t, two),
                                             fisher_by_counting((const size_t(*)[2])t, two), 1e-9);
                }
    OK(same_all, "Fisher's exact test equals counting on every table up to 5 a cell");
}

static void alpha(void)
{
    /* four coders, twelve units: the example of Krippendorff's book, with its published coefficients */
    static const double by_coder[4][12] = {
        { 1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN },
        { 1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3 },
        { NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN },
        { 1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN },
    };
    static const struct {
        enum parley_alpha_level level;
        double published;
    } expected[] = { { PARLEY_NOMINAL, .743 }, { PARLEY_ORDINAL, .815 }, { PARLEY_INTERVAL, .849 } };
    double value[12 * 4];
    struct parley_alpha a, b;
    struct parley_error err = { 0 };
    for (size_t u = 0; u < 12; u++)
        for (size_t c = 0; c < 4; c++)
            value[u * 4 + c] = by_coder[c][u];
    for (size_t i = 0; i < 3; i++) {
        if (!OK(!parley_alpha(value, 12, 4, expected[i].level, 1, 1000, &arena, &a, &err), "alpha %s", err.text))
            continue;
        OK(fabs(a.alpha - expected[i].published) < .0006 && a.units == 11 && a.values == 40,
           "alpha %.4f, published %.3f", a.alpha, expected[i].published);
        OK(a.low < a.alpha && a.alpha < a.high, "interval %.3f to %.3f", a.low, a.high);
        OK(!parley_alpha(value, 12, 4, expected[i].level, 1, 1000, &arena, &b, NULL) && a.low == b.low &&
               a.high == b.high,
           "the same from the same seed");
    }
    static const double once[] = { 1, NAN, NAN, 0 }, constant[] = { 1, 1, 1, 1 };
    OK(parley_alpha(once, 2, 2, PARLEY_NOMINAL, 1, 0, &arena, &a, &err) == PARLEY_EUNIDENT, "%s", err.text);
    OK(parley_alpha(constant, 2, 2, PARLEY_NOMINAL, 1, 0, &arena, &a, &err) == PARLEY_EUNIDENT, "%s", err.text);
}

static const char good[] =
    "id: X1\nname: Test \"quoted\"\nissue: crime\ntype: bilateral\nyear: 2020\nyear_kind: started\ninstrument: treaty\n"
    "parties:\n  - CN\n  - {code: US, role: pivotal, gain: 3.25}\noutcome: open\n"
    "codings:\n  - {indicator: H1, value: yes, coder: A, evidence: F01, date: 2026-01-02}\n"
    "  - {indicator: harm.scope, value: yes, coder: B, evidence: EV012}\n"
    "  - {indicator: harm.loss, value: no, coder: A, evidence: F24}\n"
    "  - {indicator: regime.perceived, value: no, coder: A, evidence: F33}\n"
    "  - {indicator: regime.perceived, value: yes, coder: B, evidence: F39}\n"
    "trace:\n  - {date: 2021-03, what: talks, source: s}\nwindow:\n  - {year: 2019, harm: .5, threat: 0}\nmeasures: "
    "{verification: .5}\n";

static enum parley_status read_case(const char *text, struct parley_coded_case *c, struct parley_error *err)
{
    struct parley_node *root;
    enum parley_status status = parley_yaml_parse(text, strlen(text), "x.yaml", &arena, &root, err);
    return status ? status : parley_case_read(root, &book, &arena, c, err);
}

static void files(void)
{
    struct parley_coded_case c = { 0 }, back = { 0 };
    struct parley_error err = { 0 };
    struct parley_text text, again;
    int64_t from, to;
    if (!OK(!read_case(good, &c, &err), "a case file %s", err.text))
        return;
    OK(c.harm == PARLEY_NO, "one indicator is no: not severe, although others are not coded");
    OK(c.threat == PARLEY_UNKNOWN, "coders who disagree leave it unknown");
    OK(c.party[1].own.gain == 3.25 && isnan(c.party[0].own.gain), "a party's own gain");
    parley_case_window(&c, &book, &from, &to);
    OK(from == 2011 && to == 2021, "a case that only started: the window ends with the last observation (%d to %d)",
       (int)from, (int)to);
    parley_text_init(&text, 1 << 16);
    parley_text_init(&again, 1 << 16);
    parley_case_write(&c, &book, &text);
    OK(!read_case(parley_text_str(&text), &back, &err), "its text reads back %s", err.text);
    parley_case_write(&back, &book, &again);
    OK(same(parley_text_str(&text), parley_text_str(&again)), "and is the same text again");
    parley_text_release(&text);
    parley_text_release(&again);
}

/* --- proposals: events made for each pattern ----------------------------------------------------------------- */

static struct parley_event made(const char *id, const char *date, const char *const *actor, const char *const *target, const char *kind,
                                const char *domain, double intensity)
{
    struct parley_event e = { .id = id, .actor = actor, .target = target, .n_actors = 1, .n_targets = 1, .kind = kind,
                              .domain = domain, .intensity = intensity, .what = "an act", .source = "s", .note = "" };
    (void)!parley_date_parse(date, strlen(date), &e.when, NULL);
    return e;
}

static const struct parley_proposal *proposal(const struct parley_proposal *p, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(p[i].indicator->id, id))
            return &p[i];
    return NULL;
}

static void proposals(void)
{
    static const char *const cn[] = { "CN" }, *const us[] = { "US" }, *const crim[] = { "GROUP:CRIM" }, *const unk[] = { "UNK" };
    static const char infra[] = "critical-infrastructure";
    struct parley_event list[] = {
        made("in", "2012-05", crim, us, "cyber_op", infra, -5),
        made("second", "2018", unk, cn, "cyber_op", infra, -5),
        made("before the window", "2009", crim, us, "cyber_op", infra, -5),
        made("after the window", "2021", crim, us, "cyber_op", infra, -5),
        made("friendly", "2015", crim, us, "cyber_op", infra, 5),
        made("on nobody here", "2015", us, crim, "cyber_op", infra, -5),
        made("undated", "", crim, us, "cyber_op", infra, -5),
        made("same outsider, other party", "2019", crim, cn, "cyber_op", "crime", -5),
        made("third late", "2020-02", unk, us, "cyber_op", "espionage", -5),
        made("said", "2016", us, cn, "statement", "ideology", -5),
    };
    struct parley_event_list events = { list, sizeof list / sizeof *list };
    struct parley_coded_case c = { .id = "X", .members = "CN;US", .year = 2020 };
    struct parley_proposal *p;
    struct parley_error err = { 0 };
    size_t n = 0;
    if (!OK(!parley_case_propose(&c, &book, &events, &arena, &p, &n, &err), "proposals %s", err.text))
        return;
    const struct parley_proposal *x = proposal(p, n, "harm.critical");
    OK(x && x->supported && x->n_events == 2 && same(x->event[0]->id, "in") && same(x->event[1]->id, "second"),
       "repeated: hostile, dated, in the window, against a party");
    x = proposal(p, n, "harm.common");
    OK(x && x->supported && x->n_events == 2, "common: one outsider against both; an unknown author is nobody in particular");
    x = proposal(p, n, "harm.scope");
    OK(x && x->supported && x->n_events == 4 && x->first_half == 1, "rising: %zu, %zu in the first half", x ? x->n_events : 0, x ? x->first_half : 0);
    x = proposal(p, n, "regime.delegit");
    OK(x && x->supported && x->n_events == 1 && same(x->event[0]->id, "said"), "between: one party toward another");
    x = proposal(p, n, "harm.loss");
    OK(x && x->supported && x->stand_in && near(x->severity, 20, 1e-12) && near(x->severity_first_half, 5, 1e-12), "heavier: severity 15 after 5 stands for rising losses");
    list[0].intensity = -9;
    OK(!parley_case_propose(&c, &book, &events, &arena, &p, &n, &err) && !proposal(p, n, "harm.loss")->supported, "heavier: 15 after 9 is not twice as much");
    list[0].intensity = -5;
    OK(!proposal(p, n, "regime.change"), "no rule, no proposal");
    c.year = 2011; /* only the first events are in the window: nothing repeated */
    OK(!parley_case_propose(&c, &book, &events, &arena, &p, &n, &err) && !proposal(p, n, "harm.critical")->supported, "once is not repeatedly");
    c.year = 0;
    OK(parley_case_propose(&c, &book, &events, &arena, &p, &n, &err) == PARLEY_EDOM, "%s", err.text);
}

static void bad(void)
{
    static const struct {
        const char *text;
        enum parley_status status;
        const char *says;
    } rows[] = {
        { "id: A\nissue: crim\n", PARLEY_EDOM, "x.yaml:2:8: issue: the codebook has no 'crim'; did you mean 'crime'?" },
        { "id: A\nisue: crime\n", PARLEY_EPARSE, "did you mean 'issue'" },
        { "id: A\ninstrument: manual\nissue: crime\n", PARLEY_EREFUSED, "out of the theory's scope" },
        { "id: A\ninstrument: expert_report\nissue: crime\n", PARLEY_EREFUSED, "not binding" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [CN]\n", PARLEY_EREFUSED, "at least 2 parties" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [CN, US, RU]\n", PARLEY_EDOM, "there are 3 parties" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [CN, CN]\n", PARLEY_EDOM, "twice" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [{code: CN, role: follower}, {code: US, role: follower}]\n",
          PARLEY_EREFUSED, "every party is a follower" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [{code: CN, credibility: 1.2}, US]\n", PARLEY_EDOM,
          "1.2 is outside 0 to 1" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [CN, US]\ncommon_harm: maybe\n", PARLEY_EPARSE,
          "expected severe, not_severe or unknown" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [CN, US]\ncodings: [{indicator: H1, value: yes, coder: A}]\n",
          PARLEY_EDOM, "names its evidence" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [CN, US]\ncodings: [{indicator: H1, value: yes, evidence: "
          "x}]\n",
          PARLEY_EDOM, "names its coder" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [CN, US]\ncommon_harm: severe\ncodings: [{indicator: H1, "
          "value: no, coder: A, evidence: x}]\n",
          PARLEY_EDOM, "its codings give not_severe" },
        { "id: A\nissue: crime\ntype: bilateral\nparties: [CN, US]\nwindow: [{year: 2011, harm: 0, threat: 0}, {year: "
          "2010, harm: 0, threat: 0}]\n",
          PARLEY_EDOM, "is not after" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parley_coded_case c = { .id = "untouched" };
        struct parley_error err = { 0 };
        OK(read_case(rows[i].text, &c, &err) == rows[i].status && strstr(err.text, rows[i].says) &&
               same(c.id, "untouched"),
           "%s", err.text);
    }
}

int main(void)
{
    struct parley_error err = { 0 };
    if (!OK(!parley_codebook_shipped(&arena, &book, &err), "the shipped codebook %s", err.text))
        return done();
    shipped();
    there_and_back();
    fisher();
    alpha();
    files();
    proposals();
    bad();
    parley_arena_release(&arena);
    return done();
}

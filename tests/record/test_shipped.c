/* The shipped record holds what the codings of the studies hold, and disagreements stay visible. */
#include "tap.h"

#include <string.h>

#include <parley/record.h>
#include <parley/studies.h>

static size_t count(struct parley_record *r, struct parley_event_query q)
{
    struct parley_arena arena = { 0 };
    struct parley_event_list list = { 0 };
    struct parley_error err = { 0 };
    if (parley_record_events(r, &q, &arena, &list, &err)) {
        printf("# %s\n", err.text);
        list.n = 9999;
    }
    parley_arena_release(&arena);
    return list.n;
}

static void names(struct parley_record *r, struct parley_arena *arena)
{
    static const struct { const char *text, *code; } cases[] = {
        { "CN", "CN" }, { "China", "CN" }, { "中国", "CN" }, { " prc ", "CN" }, { "CHN", "CN" }, { "United States", "US" }, { "美国", "US" },
        { "UK", "GB" }, { "AUS", "AU" }, { "African Union", "ORG:AU" }, { "Russian Federation", "RU" }, { "Korea, Republic of", "KR" }, { "UNK", "UNK" } };
    struct parley_error err = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parley_actor a = { 0 };
        OK(!parley_record_actor(r, cases[i].text, arena, &a, &err) && same(a.code, cases[i].code), "'%s' is %s", cases[i].text, cases[i].code);
    }
    struct parley_actor a;
    OK(parley_record_actor(r, "Chian", arena, &a, &err) == PARLEY_ENOTFOUND && strstr(err.text, "did you mean CN"), "a slip is told: %s", err.text);
}

static void studies(struct parley_arena *arena)
{
    struct parley_case *cases;
    struct parley_indicator *indicators;
    struct parley_evidence *evidence;
    struct parley_term *terms;
    struct parley_claim *claims;
    struct parley_hypothesis *hypotheses;
    size_t n = 0, fits = 0;
    OK(!parley_cases(arena, &cases, &n, NULL) && n == 16, "16 cases");
    for (size_t i = 0; i < n; i++)
        fits += cases[i].fits;
    OK(fits == 14, "14 of them fit the theory");
    OK(cases[0].n_parties == 5 && same(cases[0].party[0], "ORG:COE"), "parties are in our codes");
    OK(!parley_indicators(arena, &indicators, &n, NULL) && n == 19, "19 indicators");
    OK(!parley_evidence(arena, &evidence, &n, NULL) && n == 48, "48 figures of evidence");
    OK(!parley_terms(arena, &terms, &n, NULL) && n == 148 && same(terms[0].zh, "网络安全博弈"), "148 mechanisms and terms");
    OK(!parley_claims(arena, &claims, &n, NULL) && n == 85 && same(claims[0].source, "wang2016:3"), "85 claims");
    OK(!parley_hypotheses(arena, &hypotheses, &n, NULL) && n == 38, "38 hypotheses");
}

int main(void)
{
    struct parley_record *r = NULL;
    struct parley_error err = { 0 };
    struct parley_arena arena = { 0 };
    if (!OK(!parley_record_open_shipped(&r, &err), "opens %s", err.text))
        return done();
    static const char *const us_cn[] = { "US", "CN" };
    static const char *const crime[] = { "crime" };
    static const char *const suspended[] = { "mechanism_suspended" };
    int64_t y2015 = parley_days_from_civil(2015, 1, 1) * PARLEY_US_PER_DAY, y2016 = parley_days_from_civil(2016, 1, 1) * PARLEY_US_PER_DAY;
    OK(count(r, (struct parley_event_query){ 0 }) == 158, "158 events");
    OK(count(r, (struct parley_event_query){ .relation = us_cn, .n_relation = 2 }) == 68, "68 between the US and China");
    OK(count(r, (struct parley_event_query){ .relation = us_cn, .n_relation = 2, .dated_only = true }) == 63, "5 of them undated");
    OK(count(r, (struct parley_event_query){ .domain = crime, .n_domains = 1 }) == 27, "27 about crime");
    OK(count(r, (struct parley_event_query){ .kind = suspended, .n_kinds = 1 }) == 3, "3 suspensions");
    OK(count(r, (struct parley_event_query){ .from_us = y2015, .to_us = y2016 }) == 21, "21 touch 2015");
    OK(count(r, (struct parley_event_query){ .text = "Snowden" }) == 2, "words are found");
    OK(count(r, (struct parley_event_query){ .text = "nosuchword" }) == 0, "or not");
    OK(count(r, (struct parley_event_query){ .text = "xyzzy* OR (" }) == 0, "operators are plain words");
    OK(count(r, (struct parley_event_query){ .source = "lang2023" }) == 9, "by source");
    OK(count(r, (struct parley_event_query){ .mechanism = "cyber-working-group" }) == 3, "by mechanism");
    OK(count(r, (struct parley_event_query){ .actor = "CN", .target = "US" }) > 10, "by direction");

    struct parley_event_list list;
    size_t untold = 0;
    OK(!parley_record_events(r, &(struct parley_event_query){ 0 }, &arena, &list, &err), "all events %s", err.text);
    for (size_t i = 0; i < list.n; i++)
        untold += parley_event_what(&list.event[i], PARLEY_ZH) == list.event[i].what || (unsigned char)strpbrk(list.event[i].what_zh, "\xe4\xe5\xe6\xe7\xe8\xe9")[0] < 0xe4;
    OK(untold == 0, "each is told in Chinese too (%zu are not)", untold);
    OK(count(r, (struct parley_event_query){ .text = "网络空间主权" }) == 1, "and found by Chinese words");
    OK(!strcmp(parley_event_what(&(struct parley_event){ .what = "x" }, PARLEY_ZH), "x"), "without a Chinese text the other one is told");
    OK(!parley_record_reports(r, "EV087", &arena, &list, &err) && list.n == 3, "three sources count the stolen records differently");
    OK(list.event[0].when.precision == PARLEY_MONTH && same(list.event[1].source, "xu2021:2.2"), "each report keeps its source");
    OK(list.event[0].intensity == -7 && same(list.event[0].domain, "espionage"), "level 4 of conflict is -7");
    OK(parley_record_reports(r, "EV999", &arena, &list, &err) == PARLEY_ENOTFOUND, "no such event: %s", err.text);
    struct parley_mechanism *m;
    size_t n;
    OK(!parley_record_mechanisms(r, us_cn, 2, &arena, &m, &n, &err) && n == 11, "mechanisms of the relation");
    bool suspended_2014 = false;
    for (size_t i = 0; i < n; i++)
        suspended_2014 |= same(m[i].code, "cyber-working-group") && m[i].stop.precision == PARLEY_MONTH && same(m[i].stop_kind, "suspended");
    OK(suspended_2014, "the working group is suspended in a month of 2014");
    struct parley_record_summary sum;
    OK(!parley_record_summarise(r, &arena, &sum, &err) && sum.events == 158 && sum.competing == 12 && sum.reports == 172, "12 events have competing reports");
    names(r, &arena);
    studies(&arena);
    parley_record_close(r);
    parley_arena_release(&arena);
    return done();
}

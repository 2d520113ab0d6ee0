/* Templates, advice and CSAF: each rule fires on a draft that breaks it and stays silent on one that does not. */
#include "channel/cvss.h"
#include "vectors.h"

#include <dirent.h>
#include <math.h>
#include <parley/channel_advice.h>

static struct parley_arena arena;

static const struct {
    const char *rule, *body;
    uint32_t within_s;
} breaks[] = {
    { "interest-missing", "{\"their_intent\":\"x\"}", 0 },
    { "intent-missing", "{\"their_interest\":\"x\"}", 0 },
    { "no-way-out", "{\"request\":\"stop\"}", 0 },
    { "public-naming", "{\"public\":\"yes\"}", 0 },
    { "deadline-short", "{\"what\":\"x\"}", 3600 },
    { "deadline-short", "{\"request\":\"x\"}", 43200 },
    { "ultimatum", "{\"what\":\"This is the Final Warning\"}", 0 },
    { "ultimatum", "{\"what\":\"\xe6\x9c\x80\xe5\x90\x8e\xe9\x80\x9a\xe7\x89\x92\"}", 0 },
    { "force", "{\"deep\":{\"list\":[\"we will retaliate\"]}}", 0 },
    { "zero-sum", "{\"what\":\"we will win this\"}", 0 },
    { "zero-sum", "{\"what\":\"In the end we win, you lose.\"}", 0 },
    { "zero-sum", "{\"what\":\"这是你死我活的斗争\"}", 0 },
    { "ideology", "{\"what\":\"your regime\"}", 0 },
    { "issues-tied", "{\"issues\":[\"a\",\"b\"]}", 0 },
    { "hurt-leads", "{\"lead\":\"Ministry X\",\"hurt\":\"ministry x\"}", 0 },
    { "field-unknown", "{\"what\":\"x\",\"their_intrest\":\"y\"}", 0 },
    { "time-unclear", "{\"when\":\"yesterday evening\"}", 0 },
    { "means-wide", "{\"request\":\"an unconditional halt\"}", 0 },
};

static bool fires(const char *rule, const char *body, uint32_t within_s)
{
    struct parley_advice *a;
    size_t n;
    if (parley_draft_advice("incident-notification", body, strlen(body), within_s, &arena, &a, &n, NULL))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(a[i].rule, rule))
            return *a[i].source && *a[i].en && *a[i].zh;
    return false;
}

/* The mandatory validator cases by name: ...-6-1-NN-0x must fail, and for its own reason; -1x must pass. */
static void csaf_cases(const char *folder)
{
    char path[1200], own[16];
    size_t refused = 0, broken = 0, passed = 0, good = 0;
    snprintf(path, sizeof path, "%s/2.0/validator-mandatory", folder);
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        const char *test = strstr(e->d_name, "-6-1-");
        const struct parley_node *d = test ? load_json(&arena, path, e->d_name) : NULL;
        struct parley_error err = { 0 };
        if (!d)
            continue;
        bool valid = strlen(test) > 9 && strrchr(test, '-')[1] == '1', ok = !parley_csaf_check(d, &err);
        snprintf(own, sizeof own, "(6.1.%d", atoi(test + 5));
        refused += !valid && !ok && strstr(err.text, own), broken += !valid, passed += valid && ok, good += valid;
        if (ok != valid || (!valid && !strstr(err.text, own)))
            printf("# %s: %s %s\n", e->d_name, ok ? "accepted" : "refused", err.text);
    }
    if (dir)
        closedir(dir);
    OK(good && refused == broken && passed == good, "mandatory cases: %zu of %zu broken refused for their own reason, %zu of %zu good accepted", refused, broken, passed, good);
}

/* Scores published with the standards (their examples and well-known advisories). */
static void cvss(void)
{
    static const struct { const char *vector; double base, temporal, environmental; } known[] = {
        { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, 9.8, 9.8 },
        { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10, 10, 10 },
        { "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, 6.1, 6.1 },
        { "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8, 7.8, 7.8 },
        { "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:N", 5.9, 5.9, 5.9 },
        { "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4, 6.4, 6.4 },
        { "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, 0, 0 },
        { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C", 9.8, 8.8, 8.8 },
        { "AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5, 7.5, 7.5 },
        { "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", 7.8, 6.4, 9.2 },
        { "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L", 10, 8.3, 9 },
        { "AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M", 6.2, 4.9, 7.5 },
    };
    static const char *const broken[] = { "", "CVSS:3.1/AV:N", "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/", "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                                          "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Q", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:X", "AV:N/AC:L/Au:N/C:P/I:P", "AV:N/AC:L/Au:N/C:P/I:P/A", "AV:/AC:L/Au:N/C:P/I:P/A:P",
                                          "CVSS:3.1//AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" };
    struct cvss s;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        OK(!cvss_scores(known[i].vector, &s, NULL) && fabs(s.base - known[i].base) < .01 && fabs(s.temporal - known[i].temporal) < .01 && fabs(s.environmental - known[i].environmental) < .01,
           "%s: %.1f %.1f %.1f", known[i].vector, s.base, s.temporal, s.environmental);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct parley_error err = { 0 };
        OK(cvss_scores(broken[i], &s, &err) == PARLEY_EDOM, "'%s': %s", broken[i], err.text);
    }
    size_t vectors = 0, wrong = 0; /* nothing modified: the environment changes nothing */
    for (int n = 0; n < 4 * 2 * 3 * 2 * 27; n++) {
        char text[80];
        int k = n;
        const char av = "NALP"[k % 4], ac = "LH"[(k /= 4) % 2], pr = "NLH"[(k /= 2) % 3], ui = "NR"[(k /= 3) % 2], c = "HLN"[(k /= 2) % 3], in = "HLN"[(k /= 3) % 3], a = "HLN"[(k /= 3) % 3];
        snprintf(text, sizeof text, "CVSS:3.1/AV:%c/AC:%c/PR:%c/UI:%c/S:U/C:%c/I:%c/A:%c", av, ac, pr, ui, c, in, a);
        vectors++;
        wrong += cvss_scores(text, &s, NULL) || s.base < 0 || s.base > 10 || fabs(s.environmental - s.base) > 1e-9 || fabs(s.temporal - s.base) > 1e-9;
    }
    OK(vectors == 1296 && !wrong, "%zu vectors: without modified metrics all three scores are one", vectors);
}

static void csaf(const char *folder, const char *sub, bool must_pass)
{
    char path[1200];
    size_t files = 0, passed = 0;
    snprintf(path, sizeof path, "%s/%s", folder, sub);
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (!strstr(e->d_name, ".json") || strstr(e->d_name, "testcase") || strstr(e->d_name, ".sha512"))
            continue;
        struct parley_error err = { 0 };
        const struct parley_node *d = load_json(&arena, path, e->d_name);
        if (!d)
            continue;
        files++;
        bool ok = !parley_csaf_check(d, &err);
        passed += ok;
        if (must_pass && !ok)
            printf("# %s: %s\n", e->d_name, err.text);
    }
    if (dir)
        closedir(dir);
    if (must_pass)
        OK(files > 0 && passed == files, "%s: %zu of %zu good documents pass", sub, passed, files);
    else
        OK(files > 0 && passed < files, "%s: %zu of %zu cases (valid and broken ones mixed) are refused", sub, files - passed, files);
}

/* Single values as the schema has them: each wrong one is refused, by its path. */
static void csaf_forms(void)
{
    static const struct {
        const char *released, *cve, *publisher, *tlp, *said; /* said: NULL good */
    } docs[] = {
        { "2026-11-21T09:00:00Z", "CVE-2026-0001", "vendor", "AMBER", NULL },
        { "2026-11-21T09:00:00.123+08:00", "CVE-2026-1234567", "other", "WHITE", NULL },
        { "yesterday", "CVE-2026-0001", "vendor", "AMBER", "current_release_date is 'yesterday'" },
        { "2026-11-21", "CVE-2026-0001", "vendor", "AMBER", "current_release_date" },
        { "2026-11-21T09:00:00", "CVE-2026-0001", "vendor", "AMBER", "current_release_date" },
        { "2026-11-31T09:00:00Z", "CVE-2026-0001", "vendor", "AMBER", "current_release_date" },
        { "2026-11-21T09:00:00Z", "CVE-1", "vendor", "AMBER", "cve is 'CVE-1'" },
        { "2026-11-21T09:00:00Z", "CVE-2026-0001x", "vendor", "AMBER", "cve is" },
        { "2026-11-21T09:00:00Z", "CVE-2026-0001", "vend", "AMBER", "publisher/category is 'vend'" },
        { "2026-11-21T09:00:00Z", "CVE-2026-0001", "user vendor", "AMBER", "publisher/category" },
        { "2026-11-21T09:00:00Z", "CVE-2026-0001", "vendor", "PURPLE", "tlp/label is 'PURPLE'" },
    };
    for (size_t i = 0; i < sizeof docs / sizeof *docs; i++) {
        char text[1200];
        struct parley_error err = { 0 };
        struct parley_node *d;
        snprintf(text, sizeof text,
                 "{\"document\":{\"category\":\"csaf_base\",\"csaf_version\":\"2.0\",\"title\":\"t\",\"distribution\":{\"tlp\":{\"label\":\"%s\"}},"
                 "\"publisher\":{\"category\":\"%s\",\"name\":\"n\",\"namespace\":\"https://example.com\"},\"tracking\":{\"id\":\"i\",\"status\":\"final\",\"version\":\"1\","
                 "\"initial_release_date\":\"2026-11-21T09:00:00Z\",\"current_release_date\":\"%s\","
                 "\"revision_history\":[{\"number\":\"1\",\"date\":\"2026-11-21T09:00:00Z\",\"summary\":\"s\"}]}},\"vulnerabilities\":[{\"cve\":\"%s\"}]}",
                 docs[i].tlp, docs[i].publisher, docs[i].released, docs[i].cve);
        bool good = !parley_json_parse(text, strlen(text), "doc", &arena, &d, &err) && !parley_csaf_check(d, &err);
        OK(docs[i].said ? !good && strstr(err.text, docs[i].said) : good, "csaf forms %zu: %s", i, good ? "good" : err.text);
    }
}

int main(void)
{
    cvss();
    csaf_forms();
    static const char good[] = "{\"what\":\"x\",\"when\":\"2026-11-21T09:00+08:00\",\"their_interest\":\"a\",\"their_intent\":\"b\",\"request\":\"c\",\"offer\":\"d\",\"issues\":[\"one\"],\"lead\":\"A\",\"hurt\":\"B\",\"public\":\"no\"}";
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        OK(fires(breaks[i].rule, breaks[i].body, breaks[i].within_s), "%s: %s", breaks[i].rule, breaks[i].body);
        OK(!fires(breaks[i].rule, good, 172800), "%s is silent on a good draft", breaks[i].rule);
    }
    size_t n, fields;
    struct parley_field *f;
    const struct parley_type_info *t = parley_types(&n);
    size_t with = 0, messages = 0;
    for (size_t i = 0; i < n; i++)
        if (t[i].kind == PARLEY_KIND_MESSAGE) {
            messages++;
            with += !parley_type_fields(t[i].name, &arena, &f, &fields, NULL) && fields > 0 && *f[0].en && *f[0].zh;
        }
    OK(with == messages, "every message type has a template in both languages");
    struct parley_error err = { 0 };
    OK(parley_body_fields_check("concern", "{}", 2, "d.json", &err) == PARLEY_EDOM && strstr(err.text, "'concern' is required"), "%s", err.text);
    OK(parley_body_fields_check("norm-report", "{\"norm\":\"x\",\"observed\":\"perhaps\"}", 33, "d", &err) == PARLEY_EDOM, "%s", err.text);
    OK(parley_body_fields_check("vulnerability-notice", "{\"csaf\":{},\"embargo\":\"2027\"}", 28, "d", &err) == PARLEY_EDOM, "%s", err.text);
    if (reference_folder()) {
        char path[1000];
        snprintf(path, sizeof path, "%s/channel/csaf", reference_folder());
        csaf(path, "2.0/examples/csaf", true);
        csaf(path, "cisa-advisories", true);
        csaf_cases(path);
    }
    parley_arena_release(&arena);
    return done();
}

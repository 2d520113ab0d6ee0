/* Templates, advice and CSAF: each rule fires on a draft that breaks it and stays silent on one that does not. */
#include "vectors.h"

#include <dirent.h>
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
    { "ideology", "{\"what\":\"your regime\"}", 0 },
    { "issues-tied", "{\"issues\":[\"a\",\"b\"]}", 0 },
    { "hurt-leads", "{\"lead\":\"Ministry X\",\"hurt\":\"ministry x\"}", 0 },
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

/* The mandatory validator cases by name: ...-6-1-NN-0x must fail, -1x must pass. Each that is judged otherwise must be of a test that csaf.c says it leaves out. */
static void csaf_cases(const char *folder)
{
    static const char *const left_out[] = { "08", "09", "10", "11", "12", "13", "27" };
    char path[1200];
    size_t refused = 0, broken = 0, passed = 0, good = 0, wrong = 0;
    snprintf(path, sizeof path, "%s/2.0/validator-mandatory", folder);
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        const char *test = strstr(e->d_name, "-6-1-");
        const struct parley_node *d = test ? load_json(&arena, path, e->d_name) : NULL;
        struct parley_error err = { 0 };
        if (!d)
            continue;
        bool valid = strlen(test) > 9 && strrchr(test, '-')[1] == '1', ok = !parley_csaf_check(d, &err), out = false;
        for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
            out |= !strncmp(test + 5, left_out[i], 2);
        refused += !valid && !ok, broken += !valid, passed += valid && ok, good += valid;
        if (ok != valid && !(out && ok)) {
            wrong++;
            printf("# %s: %s %s\n", e->d_name, ok ? "accepted" : "refused", err.text);
        }
    }
    if (dir)
        closedir(dir);
    OK(!wrong && good && passed == good, "mandatory cases: %zu of %zu broken refused, %zu of %zu good accepted; the rest is left out on purpose", refused, broken, passed, good);
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

int main(void)
{
    static const char good[] = "{\"what\":\"x\",\"their_interest\":\"a\",\"their_intent\":\"b\",\"request\":\"c\",\"offer\":\"d\",\"issues\":[\"one\"],\"lead\":\"A\",\"hurt\":\"B\",\"public\":\"no\"}";
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

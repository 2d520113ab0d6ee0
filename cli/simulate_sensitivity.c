#include "simulate_shared.h"

#include <parley/sensitivity.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MORRIS, SOBOL };

struct plan {
    int method;
    struct parley_study study;
    struct parley_simulated_function f;
    struct parley_scenario scenario;
    int parameter[PARLEY_PARAMETERS], output[PARLEY_OUT_ALL];
    bool ishigami; /* the test function: its indices are known */
    double exact_first[3], exact_total[3];
    const char *input_name[PARLEY_INPUTS_MAX], *output_name[PARLEY_OUT_ALL];
};

static const char *outcome_names(struct invocation *in)
{
    const char *names = parley_output_name(0);
    for (int i = 1; i < PARLEY_OUT_ALL && names; i++)
        names = parley_arena_printf(&in->arena, "%s, %s", names, parley_output_name(i));
    return names ? names : "";
}

/* Names separated by commas; find() turns one into an index. known: what there is, in words; NULL: the nearest parameter is suggested. */
static enum parley_status read_names(struct invocation *in, const char *option, const char *text, int (*find)(const char *), const char *known, int *out, size_t max, size_t *n)
{
    *n = 0;
    for (const char *p = text; *p;) {
        char name[64];
        size_t len = strcspn(p, ",");
        if (len >= sizeof name || *n >= max)
            return parley_fail(&in->err, PARLEY_ELIMIT, "--%s: too many or too long names", option);
        memcpy(name, p, len), name[len] = 0;
        int i = find(name);
        if (i < 0 && known)
            return parley_fail(&in->err, PARLEY_EINVAL, "--%s: there is no '%s'; there are %s", option, name, known);
        if (i < 0)
            return simulate_no_parameter(in, option, name);
        out[(*n)++] = i;
        p += len + (p[len] == ',');
    }
    return PARLEY_OK;
}

static int find_output(const char *name) { return !strcmp(name, "p_uncontrolled") ? PARLEY_OUT_uncontrolled : parley_output_find(name); }

/* Those that a screening of all finds strongest for losing control. */
#define STRONGEST "I0,eps,s0,mu_INF,rho0,gamma_g,tauR,g0"

static enum parley_status plan_scenario(struct invocation *in, struct plan *p)
{
    const char *names = option_text(in, "parameters"), *outputs = option_text(in, "outputs");
    struct parley_run run;
    enum parley_status status;
    if (in->n_operands != 1)
        return parley_fail(&in->err, PARLEY_EINVAL, "name a scenario, or --test-function ishigami");
    if ((status = simulate_options(in, &run)) || (status = simulate_scenario(in, in->operand[0], &p->scenario)))
        return status;
    p->f = (struct parley_simulated_function){ .scenario = &p->scenario, .parameter = p->parameter, .output = p->output, .low = .6, .high = 1.7, .seed = run.seed,
                                               .replicates = option_given(in, "replicates") ? run.replicates : PARLEY_BLOCK_REPLICATES };
    if ((status = option_double(in, "low", .01, 1, &p->f.low)) || (status = option_double(in, "high", 1, 100, &p->f.high)))
        return status;
    if (!names && p->method == SOBOL)
        names = STRONGEST;
    if (names)
        status = read_names(in, "parameters", names, parley_parameter_find, NULL, p->parameter, PARLEY_PARAMETERS, &p->f.n_inputs);
    else
        for (int i = 0; i < PARLEY_PARAMETERS; i++)
            if (p->scenario.par[i] > 0) /* a multiple of zero is zero */
                p->parameter[p->f.n_inputs++] = i;
    if (!status)
        status = read_names(in, "outputs", outputs ? outputs : "uncontrolled,crises", find_output, outcome_names(in), p->output, PARLEY_OUT_ALL, &p->f.n_outputs);
    for (size_t i = 0; i < p->f.n_inputs; i++)
        p->input_name[i] = parley_parameter_name((enum parley_parameter)p->parameter[i]);
    for (size_t i = 0; i < p->f.n_outputs; i++)
        p->output_name[i] = parley_output_name(p->output[i]);
    p->study.function = parley_simulated;
    p->study.ctx = &p->f;
    p->study.n_inputs = p->f.n_inputs;
    p->study.n_outputs = p->f.n_outputs;
    return status;
}

static enum parley_status plan(struct invocation *in, struct plan *p)
{
    static const char *const methods[] = { "morris", "sobol", NULL };
    uint64_t samples = 0, seed = 1, threads = 0;
    const char *test = option_text(in, "test-function");
    enum parley_status status;
    if ((status = option_choice(in, "method", methods, &p->method)) || (status = option_u64(in, "samples", 2, PARLEY_SAMPLES_MAX, &samples)) ||
        (status = option_u64(in, "seed", 0, UINT64_MAX, &seed)) || (status = option_u64(in, "threads", 1, 256, &threads)))
        return status;
    if (test && strcmp(test, "ishigami"))
        return parley_fail(&in->err, PARLEY_EINVAL, "--test-function: expected ishigami; found '%.40s'", test);
    if (test) {
        static const char *const names[] = { "x1", "x2", "x3" };
        p->study.function = parley_ishigami;
        p->study.n_inputs = 3, p->study.n_outputs = 1;
        memcpy(p->input_name, names, sizeof names);
        p->output_name[0] = "ishigami";
        p->ishigami = true;
        parley_ishigami_exact(p->exact_first, p->exact_total);
    } else if ((status = plan_scenario(in, p))) {
        return status;
    }
    p->study.samples = samples ? (size_t)samples : test ? 8192 : p->method == MORRIS ? 10 : 128;
    p->study.seed = seed, p->study.threads = (unsigned)threads, p->study.progress = &in->progress;
    return PARLEY_OK;
}

static void put_index(struct parley_json *json, const char *key, struct parley_index x)
{
    simulate_put_estimate(json, key, (struct parley_mean){ x.value, x.low, x.high, NAN });
}

static void put_json(struct invocation *in, const struct plan *p, const struct parley_morris *morris, const struct parley_sobol *sobol)
{
    struct parley_json json;
    size_t k = p->study.n_inputs;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "method", p->method == MORRIS ? "morris" : "sobol");
    parley_json_put_integer(&json, "samples", (int64_t)p->study.samples);
    parley_json_put_integer(&json, "evaluations", (int64_t)(p->study.samples * (k + (p->method == MORRIS ? 1 : 2))));
    parley_json_key(&json, "seed");
    parley_json_unsigned(&json, p->study.seed);
    parley_json_key(&json, "outputs");
    parley_json_array(&json);
    for (size_t o = 0; o < p->study.n_outputs; o++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "output", p->output_name[o]);
        parley_json_key(&json, "parameters");
        parley_json_array(&json);
        for (size_t i = 0; i < k; i++) {
            parley_json_object(&json);
            parley_json_put_string(&json, "parameter", p->input_name[i]);
            if (p->method == MORRIS) {
                put_index(&json, "mu_star", morris[o * k + i].mu_star);
                parley_json_put_number(&json, "mu", morris[o * k + i].mu);
                parley_json_put_number(&json, "sigma", morris[o * k + i].sigma);
            } else {
                put_index(&json, "S", sobol[o * k + i].first);
                put_index(&json, "ST", sobol[o * k + i].total);
                if (p->ishigami) {
                    parley_json_put_number(&json, "S_exact", p->exact_first[i]);
                    parley_json_put_number(&json, "ST_exact", p->exact_total[i]);
                }
            }
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
}

static double weight(const struct plan *p, const struct parley_morris *morris, const struct parley_sobol *sobol, size_t at)
{
    double w = p->method == MORRIS ? morris[at].mu_star.value : sobol[at].total.value;
    return isnan(w) ? -1 : w;
}

static void put_table(struct parley_doc *doc, const struct plan *p, const struct parley_morris *morris, const struct parley_sobol *sobol, size_t o)
{
    size_t k = p->study.n_inputs, order[PARLEY_INPUTS_MAX];
    enum parley_lang lang = doc->lang;
    for (size_t i = 0; i < k; i++) { /* strongest first */
        size_t at = i;
        for (; at > 0 && weight(p, morris, sobol, o * k + order[at - 1]) < weight(p, morris, sobol, o * k + i); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    if (p->ishigami)
        parley_doc_heading(doc, 2, NULL, "%s", PARLEY_SAY(lang, "Function of Ishigami and Homma", "Ishigami-Homma函数"));
    else
        parley_doc_heading(doc, 2, NULL, "%s", parley_output_text(p->output[o], lang == PARLEY_ZH));
    bool exact = p->ishigami && p->method == SOBOL;
    struct parley_table *t = parley_doc_table(doc, "");
    parley_table_column(t, PARLEY_SAY(lang, "parameter", "参数"), PARLEY_LEFT);
    parley_table_column(t, p->method == MORRIS ? "mu*" : "S", PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(lang, "95 % interval", "95%区间"), PARLEY_LEFT);
    if (exact)
        parley_table_column(t, PARLEY_SAY(lang, "exact", "精确值"), PARLEY_RIGHT);
    parley_table_column(t, p->method == MORRIS ? PARLEY_SAY(lang, "direction", "方向") : "ST", PARLEY_RIGHT);
    parley_table_column(t, p->method == MORRIS ? "sigma" : PARLEY_SAY(lang, "95 % interval", "95%区间"), PARLEY_LEFT);
    if (exact)
        parley_table_column(t, PARLEY_SAY(lang, "exact", "精确值"), PARLEY_RIGHT);
    for (size_t n = 0; n < k; n++) {
        size_t at = o * k + order[n];
        parley_table_cell(t, "%s", p->input_name[order[n]]);
        if (p->method == MORRIS) {
            parley_table_number(t, morris[at].mu_star.value, 3);
            simulate_interval(t, morris[at].mu_star.low, morris[at].mu_star.high);
            parley_table_number(t, morris[at].mu, 3);
            parley_table_number(t, morris[at].sigma, 3);
        } else {
            parley_table_number(t, sobol[at].first.value, 3);
            simulate_interval(t, sobol[at].first.low, sobol[at].first.high);
            if (exact)
                parley_table_number(t, p->exact_first[order[n]], 4);
            parley_table_number(t, sobol[at].total.value, 3);
            simulate_interval(t, sobol[at].total.low, sobol[at].total.high);
            if (exact)
                parley_table_number(t, p->exact_total[order[n]], 4);
        }
    }
}

static enum parley_status put_doc(struct invocation *in, const struct plan *p, const struct parley_morris *morris, const struct parley_sobol *sobol)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Sensitivity", "敏感性分析"));
    parley_doc_paragraph(&doc, p->method == MORRIS ?
        PARLEY_SAY(in->lang, "Elementary effects (Morris): mean absolute change of the outcome over the whole range of a parameter. %zu trajectories, seed %llu.",
                   "基本效应法（Morris）：参数遍历全部范围时结果的平均绝对变化。%zu条轨迹，种子%llu。") :
        PARLEY_SAY(in->lang, "Shares of variance (Sobol, estimators of Jansen): S alone, ST with all its interactions. %zu base samples, seed %llu.",
                   "方差占比（Sobol，Jansen估计量）：S为单独作用，ST含全部交互作用。%zu个基本样本，种子%llu。"),
        p->study.samples, (unsigned long long)p->study.seed);
    for (size_t o = 0; o < p->study.n_outputs; o++)
        put_table(&doc, p, morris, sobol, o);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct plan *p = PARLEY_NEW(&in->arena, struct plan, 1);
    if (!p)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = plan(in, p);
    if (status)
        return status;
    size_t n = p->study.n_inputs * p->study.n_outputs;
    struct parley_morris *morris = PARLEY_NEW(&in->arena, struct parley_morris, n);
    struct parley_sobol *sobol = PARLEY_NEW(&in->arena, struct parley_sobol, n);
    if (!morris || !sobol)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    status = p->method == MORRIS ? parley_morris(&p->study, morris, &in->err) : parley_sobol(&p->study, sobol, &in->err);
    if (status)
        return status;
    if (!in->json)
        return put_doc(in, p, morris, sobol);
    put_json(in, p, morris, sobol);
    return PARLEY_OK;
}

static const struct option options[] = {
    { "method", 0, "morris|sobol", "morris (default) screens many parameters; sobol measures the shares of few" },
    { "outputs", 0, "NAMES", "outcomes, separated by commas (default uncontrolled,crises; names as in `simulate run --json`)" },
    { "parameters", 0, "NAMES", "parameters, separated by commas (default: morris all, sobol " STRONGEST ")" },
    { "samples", 0, "N", "trajectories (morris, default 10) or base samples (sobol, default 128)" },
    { "low", 0, "FACTOR", "lowest multiple of a parameter's value (default 0.6)" },
    { "high", 0, "FACTOR", "highest multiple (default 1.7)" },
    { "test-function", 0, "ishigami", "a function whose indices are known instead of a scenario" },
    SIMULATE_RUN_OPTIONS,
    { 0 },
};

const struct command command_simulate_sensitivity = {
    .name = "simulate sensitivity",
    .operands = "[SCENARIO]",
    .operands_max = 1,
    .summary = "Which parameters move the outcomes, with intervals (Morris, Sobol).",
    .summary_zh = "哪些参数影响结果，附区间（Morris法、Sobol法）。",
    .text = "Varies parameters between 0.6 and 1.7 times their value and runs the scenario at each point with the same random numbers (1024 replicates unless --replicates "
            "says otherwise). Intervals are 95 percent, by bootstrap over trajectories or base samples; they do not include the choice of the range.",
    .examples = "parley simulate sensitivity --method sobol --test-function ishigami\n"
                "parley simulate sensitivity baseline --method morris --samples 2 --weeks 104 --parameters eps,I0,g0,tauR\n"
                "parley simulate sensitivity baseline --method sobol --samples 8 --weeks 104 --parameters eps,I0 --outputs uncontrolled --json\n",
    .options = options,
    .run = run,
};

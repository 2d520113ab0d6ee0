#include "simulate_shared.h"

#include <math.h>
#include <string.h>

enum { POINTS_MAX = 200 };

/* "eps=0.05:0.25:5" or "tauR=0.5,2,6,12" */
static enum parley_status read_sweep(struct invocation *in, const char *text, char name[64], double *value, size_t *n)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals - text >= 64)
        return parley_fail(&in->err, PARLEY_EINVAL, "expected NAME=FROM:TO:POINTS or NAME=VALUE,VALUE,...; found '%.60s'", text);
    const char *p = equals + 1;
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = 0;
    bool range = strchr(p, ':') != NULL;
    for (*n = 0; *p && *n < POINTS_MAX; (*n)++) {
        size_t len = strcspn(p, range ? ":" : ",");
        if (!parley_text_to_double(p, len, &value[*n]))
            return parley_fail(&in->err, PARLEY_EINVAL, "'%.60s': expected numbers after the =", text);
        p += len + (p[len] != 0);
    }
    if (*p || *n == 0)
        return parley_fail(&in->err, PARLEY_EINVAL, "'%.60s': 1 to %d values", text, POINTS_MAX);
    if (range) {
        double from = value[0], to = *n > 1 ? value[1] : 0, points = *n > 2 ? value[2] : 0;
        if (*n != 3 || points < 2 || points > POINTS_MAX || points != floor(points))
            return parley_fail(&in->err, PARLEY_EINVAL, "'%.60s': expected FROM:TO:POINTS with 2 to %d points", text, POINTS_MAX);
        *n = (size_t)points;
        for (size_t i = 0; i < *n; i++)
            value[i] = from + (to - from) * (double)i / (points - 1);
    }
    return PARLEY_OK;
}

static const int shown[] = { PARLEY_OUT_uncontrolled, PARLEY_OUT_crises, PARLEY_OUT_crisis_weeks, PARLEY_OUT_time_to_deescalate, PARLEY_OUT_agreements,
                             PARLEY_OUT_trust, PARLEY_OUT_cooperation_index };
enum { SHOWN = sizeof shown / sizeof *shown };

static void put_json(struct parley_json *json, double value, const struct parley_tally *t)
{
    parley_json_object(json);
    parley_json_put_number(json, "value", value);
    for (int k = 0; k < PARLEY_OUT_ALL; k++)
        simulate_put_estimate(json, k ? parley_output_name(k) : "p_uncontrolled", parley_tally_estimate(t, k));
    simulate_put_digest(json, t);
    parley_json_object_end(json);
}

static void put_row(struct parley_table *table, double value, const struct parley_tally *t)
{
    parley_table_number(table, value, 4);
    for (int i = 0; i < SHOWN; i++) {
        struct parley_mean e = parley_tally_estimate(t, shown[i]);
        char mean[PARLEY_NUMBER_TEXT], half[PARLEY_NUMBER_TEXT];
        parley_double_to_short(e.mean, 3, mean);
        parley_double_to_short((e.high - e.low) / 2, 2, half);
        parley_table_cell(table, "%s ±%s", mean, half);
    }
}

static enum parley_status run(struct invocation *in)
{
    char name[64];
    double value[POINTS_MAX];
    size_t n = 0;
    struct parley_scenario base;
    struct parley_run run;
    struct parley_json json;
    struct parley_doc doc;
    struct parley_table *table = NULL;
    enum parley_status status;
    if ((status = simulate_options(in, &run)) || (status = simulate_scenario(in, in->operand[0], &base)) ||
        (status = read_sweep(in, in->operand[1], name, value, &n)))
        return status;
    if (in->json) {
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "scenario", base.name);
        parley_json_put_string(&json, "parameter", name);
        parley_json_key(&json, "seed");
        parley_json_unsigned(&json, run.seed);
        parley_json_key(&json, "points");
        parley_json_array(&json);
    } else {
        begin_doc(in, &doc, PARLEY_SAY(in->lang, "Sweep", "参数扫描"));
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%s, %llu replicates a point, seed %llu, the same random numbers at all points; ± half a 95 %% interval.",
                                              "%s，每点%llu次重复，种子%llu，各点使用相同随机数；±为95%%区间的一半。"),
                             base.name, (unsigned long long)run.replicates, (unsigned long long)run.seed);
        table = parley_doc_table(&doc, "");
        parley_table_column(table, name, PARLEY_RIGHT);
        for (int i = 0; i < SHOWN; i++)
            parley_table_column(table, parley_output_text(shown[i], in->lang == PARLEY_ZH), PARLEY_RIGHT);
    }
    for (size_t i = 0; i < n && !status; i++) {
        struct parley_scenario s = base;
        struct parley_tally t = { 0 };
        if (!(status = parley_scenario_set(&s, name, value[i], &in->err)) && !(status = parley_simulate(&s, &run, &t, &in->err))) {
            if (in->json)
                put_json(&json, value[i], &t);
            else
                put_row(table, value[i], &t);
        }
        parley_tally_release(&t);
    }
    return simulate_finish(in, &json, &doc, status);
}

static const struct option options[] = { SIMULATE_RUN_OPTIONS, { 0 } };

const struct command command_simulate_sweep = {
    .name = "simulate sweep",
    .operands = "SCENARIO NAME=VALUES",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "Run a scenario along the values of one parameter.",
    .summary_zh = "沿一个参数的取值运行情景。",
    .text = "VALUES is FROM:TO:POINTS or a list separated by commas; NAME is a parameter, a mechanism (0 or 1) or mode (0 to 3). All points use the same random numbers.",
    .examples = "parley simulate sweep baseline tauR=0.5,2,6,12 --replicates 2000\nparley simulate sweep baseline eps=0.05:0.25:5 --replicates 1000 --json\n",
    .options = options,
    .run = run,
};

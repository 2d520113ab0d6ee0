#define _POSIX_C_SOURCE 200809L
#include "simulate_shared.h"

#include <parley/splitting.h>

#include <time.h>

static void put_json(struct invocation *in, const struct parley_scenario *s, const struct parley_splitting *how, const struct parley_split *r, double gain_cpu)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "scenario", s->name);
    parley_json_put_integer(&json, "weeks", s->weeks);
    parley_json_key(&json, "seed");
    parley_json_unsigned(&json, how->seed);
    parley_json_put_integer(&json, "batches", (int64_t)how->batches);
    parley_json_put_integer(&json, "relations", (int64_t)how->relations);
    simulate_put_estimate(&json, "p_uncontrolled", (struct parley_mean){ r->probability, r->low, r->high, 0 });
    parley_json_put_number(&json, "relative_error", r->relative_error);
    parley_json_put_numbers(&json, "reached", r->reached, PARLEY_SPLIT_RUNGS);
    parley_json_put_numbers(&json, "importance", r->importance, PARLEY_SPLIT_RUNGS);
    parley_json_put_number(&json, "weeks_simulated", r->weeks);
    parley_json_put_number(&json, "weeks_plain", r->plain_weeks);
    parley_json_put_number(&json, "gain", r->gain);
    parley_json_put_number(&json, "gain_cpu", gain_cpu);
    parley_json_object_end(&json);
}

static enum parley_status put_doc(struct invocation *in, const struct parley_scenario *s, const struct parley_splitting *how, const struct parley_split *r, double gain_cpu)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "A rare loss of control", "罕见的失控"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%s over %u weeks: probability %.3g (95 %% interval %.3g to %.3g, relative error %.1f %%).",
                                          "%s，%u周：概率%.3g（95%%区间%.3g至%.3g，相对误差%.1f%%）。"),
                         s->name, s->weeks, r->probability, r->low, r->high, 100 * r->relative_error);
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "How high relations climb", "关系升级到多高"));
    parley_table_column(t, PARLEY_SAY(in->lang, "rung", "级"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "probability to have been there or above", "曾达到或超过该级的概率"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "copies of a relation there", "该级关系的复制倍数"), PARLEY_RIGHT);
    for (int k = 1; k < PARLEY_SPLIT_RUNGS; k++) {
        parley_table_cell(t, "%d", k);
        parley_table_cell(t, "%.3g", r->reached[k]);
        parley_table_cell(t, "%.3g", r->importance[k]);
    }
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%zu batches of %zu relations and %d pilots, seed %llu. %.3g weeks were simulated; plain Monte Carlo would need %.3g for the same error: "
                                          "%.0f times more, %.0f times more processor time.",
                                          "%zu批，每批%zu个关系，另有%d批试算，种子%llu。共模拟%.3g周；同样误差下普通蒙特卡罗需%.3g周，为其%.0f倍，处理器时间为其%.0f倍。"),
                         how->batches, how->relations, (int)(r->weeks / s->weeks / (double)how->relations + .5) - (int)how->batches, (unsigned long long)how->seed, r->weeks,
                         r->plain_weeks, r->gain, gain_cpu);
    return finish_doc(in, &doc);
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Processor seconds of a week of plain replicates of this scenario. */
static enum parley_status plain_speed(const struct parley_scenario *s, const struct parley_run *options, double *week_s, struct parley_error *err)
{
    struct parley_tally tally = { 0 };
    const double weeks = 4e6;
    struct parley_run run = { .seed = options->seed, .threads = options->threads, .path = options->path };
    run.replicates = ((uint64_t)(weeks / s->weeks) / PARLEY_BLOCK_REPLICATES + 1) * PARLEY_BLOCK_REPLICATES;
    double begun = cpu_seconds();
    enum parley_status status = parley_simulate(s, &run, &tally, err);
    *week_s = (cpu_seconds() - begun) / ((double)run.replicates * s->weeks);
    parley_tally_release(&tally);
    return status;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_scenario s;
    struct parley_run options;
    struct parley_split result;
    uint64_t batches = 40, relations = PARLEY_BLOCK_REPLICATES;
    double week_s = 0;
    enum parley_status status;
    if ((status = simulate_options(in, &options)) || (status = simulate_scenario(in, in->operand[0], &s)) ||
        (status = option_u64(in, "batches", 2, PARLEY_SPLIT_BATCHES_MAX, &batches)) ||
        (status = option_u64(in, "relations", PARLEY_SPLIT_RELATIONS_MIN, PARLEY_BLOCK_REPLICATES, &relations)))
        return status;
    const struct parley_splitting how = { options.seed, (size_t)batches, (size_t)relations, options.threads, options.path, &in->progress };
    double begun = cpu_seconds();
    if ((status = parley_split(&s, &how, &result, &in->err)))
        return status;
    double took = cpu_seconds() - begun;
    if ((status = plain_speed(&s, &options, &week_s, &in->err)))
        return status;
    double gain_cpu = result.plain_weeks * week_s / took;
    if (!in->json)
        return put_doc(in, &s, &how, &result, gain_cpu);
    put_json(in, &s, &how, &result, gain_cpu);
    return PARLEY_OK;
}

static const struct option options[] = {
    { "batches", 0, "N", "independent batches (default 40); their spread gives the interval" },
    { "relations", 0, "N", "relations of a batch, 16 to 1024 (default 1024)" },
    { "weeks", 0, "N", "weeks a relation lasts (default: the scenario's)" },
    { "seed", 's', "N", "seed of the random numbers (default 1)" },
    { "threads", 0, "N", "threads (default: one per processor)" },
    { "set", 0, "CHANGES", "change the scenario: \"hotline=1 tauR=2\"" },
    { 0 },
};

const struct command command_simulate_rare = {
    .name = "simulate rare",
    .operands = "SCENARIO",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Estimate a small probability of losing control by splitting.",
    .summary_zh = "用分裂法估计很小的失控概率。",
    .text = "Splitting on the ladder: relations high up are copied, share their weight and go on with fresh random numbers; those at rest are thinned out. The estimate is unbiased. "
            "The gain over plain Monte Carlo is printed in simulated weeks and in processor time.",
    .examples = "parley simulate rare h38-b --weeks 104 --batches 10\nparley simulate rare baseline --set hotline=1 --weeks 104 --json\n",
    .options = options,
    .run = run,
};

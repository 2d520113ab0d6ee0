#include "simulate_shared.h"

#include <parley/splitting.h>

static void put_json(struct invocation *in, const struct parley_scenario *s, const struct parley_splitting *how, const struct parley_split *r)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "scenario", s->name);
    parley_json_put_integer(&json, "weeks", s->weeks);
    parley_json_key(&json, "seed");
    parley_json_unsigned(&json, how->seed);
    parley_json_put_integer(&json, "batches", (int64_t)how->batches);
    parley_json_put_integer(&json, "per_level", (int64_t)how->per_level);
    simulate_put_estimate(&json, "p_uncontrolled", (struct parley_mean){ r->probability, r->low, r->high, 0 });
    parley_json_put_number(&json, "relative_error", r->relative_error);
    parley_json_put_numbers(&json, "shares", r->share, PARLEY_SPLIT_LEVELS);
    parley_json_put_number(&json, "weeks_simulated", r->weeks);
    parley_json_put_number(&json, "weeks_plain", r->plain_weeks);
    parley_json_put_number(&json, "gain", r->gain);
    parley_json_object_end(&json);
}

static enum parley_status put_doc(struct invocation *in, const struct parley_scenario *s, const struct parley_splitting *how, const struct parley_split *r)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "A rare loss of control", "罕见的失控"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%s over %u weeks: probability %.3g (95 %% interval %.3g to %.3g, relative error %.1f %%).",
                                          "%s，%u周：概率%.3g（95%%区间%.3g至%.3g，相对误差%.1f%%）。"),
                         s->name, s->weeks, r->probability, r->low, r->high, 100 * r->relative_error);
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Of the relations on one level, how many reach the next", "从一级升到下一级的比例"));
    parley_table_column(t, PARLEY_SAY(in->lang, "rung", "级"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "share", "比例"), PARLEY_RIGHT);
    for (int k = 0; k < PARLEY_SPLIT_LEVELS; k++) {
        parley_table_cell(t, "%d", k + 4);
        parley_table_number(t, r->share[k], 4);
    }
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%zu batches of %zu relations a level, seed %llu. %.3g weeks were simulated; plain Monte Carlo would need %.3g for the same error: %.0f times more.",
                                          "%zu批，每级%zu个关系，种子%llu。共模拟%.3g周；同样误差下普通蒙特卡罗需%.3g周，为其%.0f倍。"),
                         how->batches, how->per_level, (unsigned long long)how->seed, r->weeks, r->plain_weeks, r->gain);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_scenario s;
    struct parley_run options;
    struct parley_split result;
    uint64_t batches = 20, per_level = 500;
    enum parley_status status;
    if ((status = simulate_options(in, &options)) || (status = simulate_scenario(in, in->operand[0], &s)) ||
        (status = option_u64(in, "batches", 2, 100000, &batches)) || (status = option_u64(in, "per-level", 2, 65536, &per_level)))
        return status;
    const struct parley_splitting how = { options.seed, (size_t)batches, (size_t)per_level, options.threads, &in->progress };
    if ((status = parley_split(&s, &how, &result, &in->err)))
        return status;
    if (!in->json)
        return put_doc(in, &s, &how, &result);
    put_json(in, &s, &how, &result);
    return PARLEY_OK;
}

static const struct option options[] = {
    { "batches", 0, "N", "independent batches (default 20); their spread gives the interval" },
    { "per-level", 0, "N", "relations walked at each level of a batch (default 500)" },
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
    .text = "Multilevel splitting on the ladder: relations that have reached a rung are copied and go on with fresh random numbers. The gain over plain Monte Carlo is printed "
            "in simulated weeks.",
    .examples = "parley simulate rare h38-b --batches 10 --per-level 200\nparley simulate rare baseline --set hotline=1 --weeks 104 --json\n",
    .options = options,
    .run = run,
};

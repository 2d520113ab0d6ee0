#include "simulate_shared.h"

static enum parley_status run(struct invocation *in) { return simulate_run(in, NULL); }

static const struct option options[] = {
    SIMULATE_RUN_OPTIONS,
    { "checkpoint", 0, "FILE", "write what is done to FILE now and then, and go on from it if it exists" },
    { 0 },
};

const struct command command_simulate_run = {
    .name = "simulate run",
    .operands = "SCENARIO",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Run a scenario many times and report what happens.",
    .summary_zh = "多次运行一个情景并报告结果。",
    .text = "Runs the relation model: incidents, attribution, answers, the ladder of escalation, channels, leaders, agreements and welfare, week by week. "
            "SCENARIO is a YAML file or the name of a shipped scenario (baseline, crisis-2013-2015, crisis-2017-2020, three-states, and one for each hypothesis).\n\n"
            "The result depends on the scenario, the seed and the number of replicates only: threads, processor and interruptions do not change a bit of it, "
            "which the digest shows. Ctrl-C prints what is done so far.\n\n"
            "The model is documented with every equation in docs/methods/relation-model.md.",
    .examples = "parley simulate run baseline --replicates 2000\n"
                "# the same with a hotline\n"
                "parley simulate run baseline --set hotline=1 --replicates 2000\n"
                "parley simulate run baseline --replicates 2000 --weeks 260 --seed 7 --json\n",
    .options = options,
    .run = run,
};

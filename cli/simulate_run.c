#include "simulate_shared.h"

#include <parley/cluster.h>

#include <math.h>
#include <stdio.h>

static void put_json(struct invocation *in, const struct parley_scenario *s, const struct parley_run *run, const struct parley_tally *t, double seconds, bool partial)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "scenario", s->name);
    parley_json_put_string(&json, "title", s->title);
    parley_json_put_integer(&json, "weeks", s->weeks);
    parley_json_key(&json, "replicates");
    parley_json_unsigned(&json, t->replicates);
    parley_json_key(&json, "seed");
    parley_json_unsigned(&json, run->seed);
    parley_json_put_bool(&json, "partial", partial);
    simulate_put_estimate(&json, "p_uncontrolled", parley_tally_estimate(t, PARLEY_OUT_uncontrolled));
    for (int k = PARLEY_OUT_uncontrolled + 1; k < PARLEY_OUT_ALL; k++)
        simulate_put_estimate(&json, parley_output_name(k), parley_tally_estimate(t, k));
    parley_json_put_number(&json, "agreement_median_weeks", parley_tally_agreement_quantile(t, .5));
    parley_json_put_number(&json, "down_within_26_weeks", parley_tally_down_within(t, 26));
    simulate_put_digest(&json, t);
    parley_json_put_string(&json, "path", parley_path_name(run->path));
    parley_json_put_number(&json, "seconds", seconds);
    parley_json_put_number(&json, "dyad_weeks_per_s", (double)t->replicates * s->weeks * (s->n_states * (s->n_states - 1) / 2) / seconds);
    parley_json_object_end(&json);
}

/* half: NaN when fewer than half of the agreements ended, or there were none; down: NaN when there was no crisis. */
static void put_lives(struct parley_doc *doc, double half, double down)
{
    if (!isnan(half))
        parley_doc_paragraph(doc, PARLEY_SAY(doc->lang, "Half of the agreements last %.0f weeks or less (Kaplan and Meier).", "半数协议的寿命不超过%.0f周（Kaplan-Meier）。"), half);
    else
        parley_doc_paragraph(doc, "%s", PARLEY_SAY(doc->lang, "Too few agreements ended within these weeks to say how long half of them last.", "这段时间内结束的协议太少，无法给出中位寿命。"));
    if (!isnan(down))
        parley_doc_paragraph(doc, PARLEY_SAY(doc->lang, "%.0f %% of crises have come down within 26 weeks (Aalen and Johansen; loss of control is the competing risk).",
                                             "%.0f%%的危机在26周内降级（Aalen-Johansen；失控为竞争风险）。"), down);
}

static enum parley_status put_doc(struct invocation *in, const struct parley_scenario *s, const struct parley_run *run, const struct parley_tally *t, double seconds, bool partial)
{
    struct parley_doc doc;
    struct parley_mean p = parley_tally_estimate(t, PARLEY_OUT_uncontrolled);
    bool zh = in->lang == PARLEY_ZH;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Simulated relation", "关系模拟"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%s: %s. %llu replicates of %u weeks, seed %llu.", "%s：%s。%llu次重复，每次%u周，种子%llu。"), s->name, zh ? s->title_zh : s->title,
                         (unsigned long long)t->replicates, s->weeks, (unsigned long long)run->seed);
    if (partial)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "Interrupted: %llu of %llu replicates are in these numbers.", "已中断：以下数字包含%llu/%llu次重复。"),
                        (unsigned long long)t->replicates, (unsigned long long)run->replicates);
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Escalation gets out of control in %.2f %% of them (95 %% interval %.2f to %.2f).", "其中%.2f%%升级失控（95%%区间%.2f至%.2f）。"),
                         100 * p.mean, 100 * p.low, 100 * p.high);
    struct parley_table *table = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Outcomes, mean of a replicate", "各次重复的平均结果"));
    parley_table_column(table, PARLEY_SAY(in->lang, "outcome", "结果"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(in->lang, "mean", "均值"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "95 % interval", "95%区间"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(in->lang, "unit", "单位"), PARLEY_LEFT);
    for (int k = 0; k < PARLEY_OUT_ALL; k++) {
        struct parley_mean e = parley_tally_estimate(t, k);
        parley_table_cell(table, "%s", parley_output_text(k, zh));
        parley_table_number(table, e.mean, 4);
        simulate_interval(table, e.low, e.high);
        parley_table_cell(table, "%s", parley_output_unit(k, zh));
    }
    put_lives(&doc, parley_tally_agreement_quantile(t, .5), 100 * parley_tally_down_within(t, 26));
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang,
        "The model compares mechanisms; it cannot forecast dates or give the absolute probability of a war. The tail depends on parameters that data on incidents do not identify.",
        "本模型用于比较各种机制，不能预测日期，也不能给出战争的绝对概率；尾部风险取决于事件数据无法识别的参数。"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Digest %016llx; %.1f million dyad-weeks a second (%s).", "摘要%016llx；每秒%.0f万对周（%s）。"), (unsigned long long)t->digest,
                         (double)t->replicates * s->weeks * (s->n_states * (s->n_states - 1) / 2) / seconds / (zh ? 1e4 : 1e6), parley_path_name(run->path));
    return finish_doc(in, &doc);
}

/* Rank r of R does blocks [B r / R, B (r + 1) / R): the same replicates as one process, in parts. */
static void narrow(struct parley_run *run, const struct parley_cluster *c)
{
    uint64_t blocks = (run->replicates + PARLEY_BLOCK_REPLICATES - 1) / PARLEY_BLOCK_REPLICATES;
    uint64_t from = blocks * c->rank / c->ranks * PARLEY_BLOCK_REPLICATES, to = blocks * (c->rank + 1) / c->ranks * PARLEY_BLOCK_REPLICATES;
    to = to < run->replicates ? to : run->replicates;
    run->first = from;
    run->replicates = to - from;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_cluster *cluster = parley_cluster_here();
    struct parley_scenario s;
    struct parley_run whole, part;
    struct parley_tally tally = { 0 };
    enum parley_status status;
    if ((status = simulate_options(in, &whole)) || (status = simulate_scenario(in, in->operand[0], &s)))
        return status;
    whole.checkpoint = option_text(in, "checkpoint");
    part = whole;
    if (cluster) {
        narrow(&part, cluster);
        if (whole.checkpoint) /* a file a rank */
            part.checkpoint = parley_arena_printf(&in->arena, "%s.%u", whole.checkpoint, cluster->rank);
    }
    double begun = simulate_seconds();
    if (part.replicates)
        status = parley_simulate(&s, &part, &tally, &in->err);
    else
        status = parley_tally_init(&tally, s.weeks, &in->err);
    double seconds = simulate_seconds() - begun;
    bool print = true;
    if (cluster) {
        status = cluster->join(cluster, &tally, status, &seconds, &in->err);
        print = cluster->rank == 0;
    }
    bool partial = tally.replicates < whole.replicates;
    if (status == PARLEY_ECANCELLED && tally.replicates && print)
        parley_fail(&in->err, status, "interrupted; %llu of %llu replicates are kept%s%s", (unsigned long long)tally.replicates, (unsigned long long)whole.replicates,
            whole.checkpoint ? "; the same command goes on from " : "", whole.checkpoint ? whole.checkpoint : "");
    if (tally.replicates && print) { /* also after a failure: what is done is not lost */
        if (in->json)
            put_json(in, &s, &whole, &tally, seconds, partial);
        else if (put_doc(in, &s, &whole, &tally, seconds, partial) && !status)
            status = in->err.status;
    }
    parley_tally_release(&tally);
    return status;
}

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
            "SCENARIO is a YAML file or the name of a shipped scenario (baseline, crisis-2013-2015, crisis-2017-2020, three-states, three-states-hotline, and a pair for each hypothesis).\n\n"
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

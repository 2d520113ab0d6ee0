#define _POSIX_C_SOURCE 200809L
#include "simulate_shared.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum parley_status simulate_scenario(struct invocation *in, const char *name, struct parley_scenario *out)
{
    uint64_t weeks = 0;
    enum parley_status status = parley_scenario_load(name, out, &in->err);
    if (!status && option_given(in, "set") && (status = parley_scenario_change(out, option_text(in, "set"), &in->err)))
        parley_fail_in(&in->err, status, "--set");
    if (!status && !(status = option_u64(in, "weeks", 1, PARLEY_WEEKS_MAX, &weeks)) && weeks)
        out->weeks = (uint32_t)weeks;
    return status;
}

enum parley_status simulate_options(struct invocation *in, struct parley_run *run)
{
    static const char *const paths[] = { "best", "reference", "portable", "avx2", "avx512", NULL };
    uint64_t threads = 0;
    int path = 0;
    enum parley_status status;
    *run = (struct parley_run){ .seed = 1, .replicates = SIMULATE_REPLICATES, .progress = &in->progress };
    if ((status = option_u64(in, "replicates", 1, UINT32_MAX - 256, &run->replicates)) || (status = option_u64(in, "seed", 0, UINT64_MAX, &run->seed)) ||
        (status = option_u64(in, "threads", 1, 256, &threads)) || (status = option_choice(in, "path", paths, &path)))
        return status;
    run->threads = (unsigned)threads;
    run->path = (enum parley_path)path;
    return PARLEY_OK;
}

double simulate_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void simulate_put_estimate(struct parley_json *json, const char *key, struct parley_estimate e)
{
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_number(json, "estimate", e.mean);
    parley_json_put_number(json, "low", e.low);
    parley_json_put_number(json, "high", e.high);
    parley_json_object_end(json);
}

void simulate_put_digest(struct parley_json *json, const struct parley_tally *tally)
{
    char digest[20];
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)tally->digest);
    parley_json_put_string(json, "digest", digest);
}

void simulate_interval(struct parley_table *table, double low, double high)
{
    char a[PARLEY_NUMBER_TEXT], b[PARLEY_NUMBER_TEXT];
    if (isnan(low) || isnan(high)) {
        parley_table_cell(table, "-");
        return;
    }
    parley_double_to_short(low, 4, a);
    parley_double_to_short(high, 4, b);
    parley_table_cell(table, PARLEY_SAY(table->doc->lang, "%s to %s", "%s至%s"), a, b);
}

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

static enum parley_status put_doc(struct invocation *in, const struct parley_scenario *s, const struct parley_run *run, const struct parley_tally *t, double seconds, bool partial)
{
    struct parley_doc doc;
    struct parley_estimate p = parley_tally_estimate(t, PARLEY_OUT_uncontrolled);
    bool zh = in->lang == PARLEY_ZH;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Simulated relation", "关系模拟"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%s: %s. %llu replicates of %u weeks, seed %llu.", "%s：%s。%llu次重复，每次%u周，种子%llu。"), s->name, s->title,
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
        struct parley_estimate e = parley_tally_estimate(t, k);
        parley_table_cell(table, "%s", parley_output_text(k, zh));
        parley_table_number(table, e.mean, 4);
        simulate_interval(table, e.low, e.high);
        parley_table_cell(table, "%s", parley_output_unit(k));
    }
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Half of the agreements last %.0f weeks (Kaplan and Meier); %.0f %% of crises have come down within 26 weeks.",
                                          "协议的中位寿命为%.0f周（Kaplan-Meier）；%.0f%%的危机在26周内降级。"),
                         parley_tally_agreement_quantile(t, .5), 100 * parley_tally_down_within(t, 26));
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang,
        "The model compares mechanisms; it cannot forecast dates or give the absolute probability of a war. The tail depends on parameters that data on incidents do not identify.",
        "本模型用于比较各种机制，不能预测日期，也不能给出战争的绝对概率；尾部风险取决于事件数据无法识别的参数。"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Digest %016llx; %.1f million dyad-weeks a second (%s).", "摘要%016llx；每秒%.1f百万对周（%s）。"), (unsigned long long)t->digest,
                         (double)t->replicates * s->weeks * (s->n_states * (s->n_states - 1) / 2) / seconds / 1e6, parley_path_name(run->path));
    return finish_doc(in, &doc);
}

/* Rank r of R does blocks [B r / R, B (r + 1) / R): the same replicates as one process, in parts. */
static void narrow(struct parley_run *run, const struct simulate_cluster *c)
{
    uint64_t blocks = (run->replicates + PARLEY_BLOCK_REPLICATES - 1) / PARLEY_BLOCK_REPLICATES;
    uint64_t from = blocks * c->rank / c->ranks * PARLEY_BLOCK_REPLICATES, to = blocks * (c->rank + 1) / c->ranks * PARLEY_BLOCK_REPLICATES;
    to = to < run->replicates ? to : run->replicates;
    run->first = from;
    run->replicates = to - from;
}

enum parley_status simulate_run(struct invocation *in, const struct simulate_cluster *cluster)
{
    struct parley_scenario s;
    struct parley_run run, part;
    struct parley_tally tally = { 0 };
    enum parley_status status;
    if ((status = simulate_options(in, &run)) || (status = simulate_scenario(in, in->operand[0], &s)))
        return status;
    run.checkpoint = option_text(in, "checkpoint");
    part = run;
    if (cluster) {
        narrow(&part, cluster);
        if (run.checkpoint) /* a file a rank */
            part.checkpoint = parley_arena_printf(&in->arena, "%s.%u", run.checkpoint, cluster->rank);
    }
    double begun = simulate_seconds();
    if (part.replicates)
        status = parley_simulate(&s, &part, &tally, &in->err);
    else
        status = parley_tally_init(&tally, s.weeks, &in->err);
    double seconds = simulate_seconds() - begun;
    bool print = true;
    if (cluster) {
        status = cluster->join(cluster->ctx, &tally, status, &seconds, &in->err);
        print = cluster->rank == 0;
    }
    bool partial = status == PARLEY_ECANCELLED;
    if (partial && tally.replicates && print)
        say(in, "interrupted; %llu of %llu replicates are kept%s%s", (unsigned long long)tally.replicates, (unsigned long long)run.replicates,
            run.checkpoint ? "; the same command goes on from " : "", run.checkpoint ? run.checkpoint : "");
    if ((!status || partial) && tally.replicates && print) {
        if (in->json)
            put_json(in, &s, &run, &tally, seconds, partial);
        else if (put_doc(in, &s, &run, &tally, seconds, partial) && !status)
            status = in->err.status;
    }
    parley_tally_release(&tally);
    return status;
}

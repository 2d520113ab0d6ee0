#include "simulate_shared.h"

#include <parley/predict.h>
#include <parley/studies.h>

#include <string.h>

static const char *verdict(const struct parley_trial *p, const struct parley_trial_result *r, enum parley_lang lang)
{
    int holds = parley_trial_holds(p, r);
    return holds > 0 ? PARLEY_SAY(lang, "supported", "支持") : holds < 0 ? PARLEY_SAY(lang, "contradicted", "不支持") : PARLEY_SAY(lang, "undecided", "未定");
}

static const struct parley_hypothesis *find(const struct parley_hypothesis *h, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(h[i].id, id))
            return &h[i];
    return NULL;
}

static void put_json(struct parley_json *json, const struct parley_hypothesis *h, const struct parley_trial *p, const struct parley_trial_result *r)
{
    parley_json_object(json);
    parley_json_put_string(json, "id", p->id);
    parley_json_put_string(json, "statement", h ? h->statement : "");
    parley_json_put_string(json, "status", h ? h->status : "");
    parley_json_put_string(json, "before", p->before2 ? p->before2 : p->before);
    parley_json_put_string(json, "after", p->before2 ? p->after2 : p->after);
    parley_json_put_string(json, "output", parley_output_name(p->output));
    parley_json_put_integer(json, "sign", p->sign);
    parley_json_put_string(json, "verdict", verdict(p, r, PARLEY_EN));
    parley_json_put_number(json, "base", r->base);
    parley_json_put_number(json, "effect", r->effect);
    parley_json_put_number(json, "low", r->low);
    parley_json_put_number(json, "high", r->high);
    parley_json_put_number(json, "z", r->z);
    parley_json_put_integer(json, "sign_held", r->held);
    parley_json_put_integer(json, "sets", r->tried);
    parley_json_object_end(json);
}

static void head(struct parley_table *t, enum parley_lang lang)
{
    parley_table_column(t, "id", PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(lang, "change", "改变"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(lang, "outcome", "结果"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(lang, "said", "预测"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(lang, "effect", "效应"), PARLEY_RIGHT);
    parley_table_column(t, "z", PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(lang, "held in", "成立"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(lang, "verdict", "结论"), PARLEY_LEFT);
}

static void put_row(struct parley_table *t, enum parley_lang lang, const struct parley_trial *p, const struct parley_trial_result *r)
{
    parley_table_cell(t, "%s", p->id);
    parley_table_cell(t, "%s", p->before2 ? p->after2 : *p->after ? p->after : p->before);
    parley_table_cell(t, "%s", parley_output_text(p->output, lang == PARLEY_ZH));
    parley_table_cell(t, "%s", p->sign > 0 ? "+" : "-");
    parley_table_number(t, r->effect, 3);
    parley_table_number(t, r->z, 3);
    parley_table_cell(t, "%u/%u", r->held, r->tried);
    parley_table_cell(t, "%s", verdict(p, r, lang));
}

static enum parley_status run(struct invocation *in)
{
    struct parley_predictor predictor;
    struct parley_hypothesis *h;
    struct parley_json json;
    struct parley_doc doc;
    struct parley_table *table = NULL;
    size_t n, n_h, matched = 0;
    uint64_t seed = 1, threads = 0;
    double budget = 60;
    const struct parley_trial *p = parley_hypothesis_predictions(&n);
    const char *only = option_text(in, "hypothesis");
    enum parley_status status;
    if ((status = option_u64(in, "seed", 0, UINT64_MAX, &seed)) || (status = option_u64(in, "threads", 1, 256, &threads)) ||
        (status = option_double(in, "budget", 0, 1e6, &budget)) || (status = parley_hypotheses(&in->arena, &h, &n_h, &in->err)))
        return status;
    for (size_t i = 0; i < n; i++)
        matched += !only || !strcmp(only, p[i].id);
    if (matched == 0)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "there is no hypothesis '%.40s'; they are H-01 to H-38", only);
    if ((status = parley_predictor_init(&predictor, &in->arena, seed, (unsigned)threads, budget, matched, &in->progress, &in->err)))
        return status;
    if (in->json) {
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_integer(&json, "seed", (int64_t)seed);
        parley_json_put_integer(&json, "replicates", (int64_t)predictor.replicates);
        parley_json_key(&json, "hypotheses");
        parley_json_array(&json);
    } else {
        begin_doc(in, &doc, PARLEY_SAY(in->lang, "Hypotheses of the relation model", "关系模型的假说"));
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%llu replicates a scenario, seed %llu; 'held in': random parameter sets in which the sign held.",
                                              "每个情景%llu次重复，种子%llu；“成立”：符号成立的随机参数组数。"), (unsigned long long)predictor.replicates, (unsigned long long)seed);
        table = parley_doc_table(&doc, "");
        head(table, in->lang);
    }
    for (size_t i = 0; i < n && !status; i++) {
        struct parley_trial_result r;
        if ((only && strcmp(only, p[i].id)) || (status = parley_predict(&predictor, &p[i], &r, &in->err)))
            continue;
        if (in->json)
            put_json(&json, find(h, n_h, p[i].id), &p[i], &r);
        else
            put_row(table, in->lang, &p[i], &r);
    }
    if (!in->json)
        parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "Where a parameter enters an outcome directly ('assumed' in data/record/hypotheses.csv) the sign tests the code, not the world.",
                                               "若参数直接进入结果（hypotheses.csv中标为assumed），符号检验的是程序而非现实。"));
    return simulate_finish(in, &json, &doc, status);
}

static const struct option options[] = {
    { "hypothesis", 0, "ID", "only this one, such as H-02" },
    { "budget", 0, "SECONDS", "processor time to spend (default 60); 0 takes 1024 replicates and no random sets" },
    { "seed", 's', "N", "seed of the random numbers (default 1)" },
    { "threads", 0, "N", "threads (default: one per processor)" },
    { 0 },
};

const struct command command_simulate_hypotheses = {
    .name = "simulate hypotheses",
    .operands = "",
    .summary = "Test the 38 hypotheses of the relation model by paired runs.",
    .summary_zh = "用成对运行检验关系模型的38条假说。",
    .text = "Runs each hypothesis as a pair of scenarios on common random numbers and says whether the outcome moves as predicted, by how much, and in how many of 40 "
            "random parameter sets the sign holds. The pairs are also shipped as scenarios h01-a and h01-b to h38-a and h38-b.",
    .examples = "parley simulate hypotheses --budget 0\nparley simulate hypotheses --hypothesis H-02 --budget 2\n",
    .options = options,
    .run = run,
};

#include "open_record.h"
#include "simulate_shared.h"

#include <parley/calibrate.h>

#include <math.h>
#include <string.h>

/* What a chronicle may say something about; --parameters chooses others. */
#define FITTED "mu_INF,mu_ESP,mu_TEC,mu_MIL,nu_ESP,nu_MIL,delta0,r,t2,t3,p_sus,s_leader"

struct job {
    struct parley_scenario scenario;
    struct parley_fit fit;
    int parameter[PARLEY_FIT_PARAMETERS_MAX];
    const char **code;
    struct parley_date from, to, predict;
    struct parley_stats observed, later;
    double *sample, *weight;
    struct parley_fitted fitted[PARLEY_FIT_PARAMETERS_MAX];
    struct parley_fit_score score;
    bool scored;
};

static enum parley_status read_parameters(struct invocation *in, struct job *j)
{
    const char *text = option_text(in, "parameters");
    for (const char *p = text ? text : FITTED; *p;) {
        char name[64];
        size_t len = strcspn(p, ",");
        if (len >= sizeof name || j->fit.n_parameters >= PARLEY_FIT_PARAMETERS_MAX)
            return parley_fail(&in->err, PARLEY_ELIMIT, "--parameters: at most %d names", PARLEY_FIT_PARAMETERS_MAX);
        memcpy(name, p, len), name[len] = 0;
        int i = parley_parameter_find(name);
        if (i < 0)
            return simulate_no_parameter(in, "parameters", name);
        j->parameter[j->fit.n_parameters++] = i;
        p += len + (p[len] == ',');
    }
    j->fit.parameter = j->parameter;
    return PARLEY_OK;
}

static enum parley_status read_dates(struct invocation *in, struct job *j)
{
    const char *from = option_text(in, "from"), *to = option_text(in, "to"), *predict = option_text(in, "predict-to");
    enum parley_status status;
    from = from ? from : "2010", to = to ? to : "2015", predict = predict ? predict : "2020";
    if ((status = parley_date_parse(from, strlen(from), &j->from, &in->err)) || (status = parley_date_parse(to, strlen(to), &j->to, &in->err)) ||
        (status = parley_date_parse(predict, strlen(predict), &j->predict, &in->err)))
        return status;
    int64_t weeks = (j->to.end_us - j->from.start_us) / (7 * PARLEY_US_PER_DAY);
    if (weeks < 52 || weeks > PARLEY_WEEKS_MAX)
        return parley_fail(&in->err, PARLEY_EDOM, "from %s to %s there are %lld weeks; calibration needs 52 to %d", from, to, (long long)weeks, PARLEY_WEEKS_MAX);
    j->scenario.weeks = (uint32_t)weeks;
    return PARLEY_OK;
}

static enum parley_status plan(struct invocation *in, struct job *j)
{
    struct parley_run run;
    uint64_t particles = 200, generations = 3;
    enum parley_status status;
    if ((status = simulate_options(in, &run)) || (status = simulate_scenario(in, in->operand[0], &j->scenario)) ||
        (status = option_u64(in, "particles", 20, 100000, &particles)) || (status = option_u64(in, "generations", 1, 10, &generations)) ||
        (status = read_parameters(in, j)) || (status = read_dates(in, j)))
        return status;
    j->fit.scenario = &j->scenario;
    j->fit.particles = (size_t)particles, j->fit.generations = (int)generations;
    j->fit.seed = run.seed, j->fit.threads = run.threads, j->fit.progress = &in->progress;
    j->sample = PARLEY_NEW(&in->arena, double, j->fit.particles * j->fit.n_parameters);
    j->weight = PARLEY_NEW(&in->arena, double, j->fit.particles);
    return j->sample && j->weight ? PARLEY_OK : parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
}

static enum parley_status observe(struct invocation *in, struct job *j)
{
    struct parley_record *record = NULL;
    struct parley_event_list events;
    struct parley_event_query query = { .dated_only = true };
    const char *pair[2] = { in->n_operands > 2 ? in->operand[1] : "CN", in->n_operands > 2 ? in->operand[2] : "US" };
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = resolve_actors(in, record, pair, 2, &j->code);
    if (!status)
        status = parley_record_events(record, &query, &in->arena, &events, &in->err);
    if (!status) {
        j->observed = parley_chronicle_stats(&events, j->code[0], j->code[1], j->from.start_us, j->to.end_us);
        j->scored = j->predict.end_us > j->to.end_us + 26 * 7 * PARLEY_US_PER_DAY;
        if (j->scored)
            j->later = parley_chronicle_stats(&events, j->code[0], j->code[1], j->to.end_us, j->predict.end_us);
    }
    parley_record_close(record);
    return status;
}

static void put_json(struct invocation *in, const struct job *j)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "scenario", j->scenario.name);
    parley_json_key(&json, "seed");
    parley_json_unsigned(&json, j->fit.seed);
    parley_json_put_integer(&json, "weeks", j->scenario.weeks);
    parley_json_key(&json, "parameters");
    parley_json_array(&json);
    for (size_t i = 0; i < j->fit.n_parameters; i++) {
        const struct parley_fitted *f = &j->fitted[i];
        parley_json_object(&json);
        parley_json_put_string(&json, "parameter", parley_parameter_name((enum parley_parameter)j->parameter[i]));
        parley_json_put_number(&json, "mean", f->mean);
        parley_json_put_number(&json, "low", f->low);
        parley_json_put_number(&json, "high", f->high);
        parley_json_put_number(&json, "prior_low", f->prior_low);
        parley_json_put_number(&json, "prior_high", f->prior_high);
        parley_json_put_number(&json, "contraction", f->contraction);
        parley_json_put_bool(&json, "identified", f->identified);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_key(&json, "samples");
    parley_json_array(&json);
    for (size_t i = 0; i < j->fit.particles; i++) {
        parley_json_object(&json);
        parley_json_put_number(&json, "weight", j->weight[i]);
        parley_json_put_numbers(&json, "values", j->sample + i * j->fit.n_parameters, j->fit.n_parameters);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_key(&json, "statistics");
    parley_json_array(&json);
    for (int k = 0; k < PARLEY_STATS; k++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "name", parley_stat_name(k, false));
        parley_json_put_number(&json, "observed", j->observed.value[k]);
        if (j->scored) {
            parley_json_put_number(&json, "later", j->later.value[k]);
            parley_json_put_number(&json, "predicted_low", j->score.low[k]);
            parley_json_put_number(&json, "predicted_high", j->score.high[k]);
        }
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    if (j->scored) {
        parley_json_put_number(&json, "crps_posterior", j->score.posterior);
        parley_json_put_number(&json, "crps_prior", j->score.prior);
        parley_json_put_integer(&json, "inside", j->score.inside);
        parley_json_put_integer(&json, "of", j->score.of);
    }
    parley_json_object_end(&json);
}

static void put_fit(struct parley_doc *doc, const struct job *j)
{
    enum parley_lang lang = doc->lang;
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(lang, "Parameters after the fit", "拟合后的参数"));
    parley_table_column(t, PARLEY_SAY(lang, "parameter", "参数"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(lang, "mean", "均值"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(lang, "90 % interval", "90%区间"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(lang, "before", "先验"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(lang, "narrowed by", "收缩"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(lang, "identified", "可识别"), PARLEY_LEFT);
    for (size_t i = 0; i < j->fit.n_parameters; i++) {
        const struct parley_fitted *f = &j->fitted[i];
        parley_table_cell(t, "%s", parley_parameter_name((enum parley_parameter)j->parameter[i]));
        parley_table_number(t, f->mean, 3);
        simulate_interval(t, f->low, f->high);
        simulate_interval(t, f->prior_low, f->prior_high);
        parley_table_cell(t, "%.0f %%", 100 * f->contraction);
        parley_table_cell(t, "%s", f->identified ? PARLEY_SAY(lang, "yes", "是") : PARLEY_SAY(lang, "no", "否"));
    }
}

static void put_unidentified(struct invocation *in, struct parley_doc *doc, const struct job *j)
{
    const char *no = "", *yes = "";
    for (size_t i = 0; i < j->fit.n_parameters; i++) {
        const char **list = j->fitted[i].identified ? &yes : &no, *name = parley_parameter_name((enum parley_parameter)j->parameter[i]);
        const char *longer = **list ? parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "%s, %s", "%s、%s"), *list, name) : name;
        *list = longer ? longer : *list;
    }
    parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "These events do not identify: %s. They identify: %s.", "这些事件不能识别：%s。能识别：%s。"),
                         *no ? no : PARLEY_SAY(in->lang, "none of them", "无"), *yes ? yes : PARLEY_SAY(in->lang, "none of them", "无"));
}

static void put_score(struct parley_doc *doc, const struct job *j)
{
    enum parley_lang lang = doc->lang;
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(lang, "What the fit predicts for the later window", "对后一时段的预测"));
    parley_table_column(t, PARLEY_SAY(lang, "statistic", "统计量"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(lang, "fitted on", "拟合值"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(lang, "90 % prediction", "90%预测"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(lang, "came", "实际"), PARLEY_RIGHT);
    for (int k = 0; k < PARLEY_STATS; k++) {
        parley_table_cell(t, "%s", parley_stat_name(k, lang == PARLEY_ZH));
        parley_table_number(t, j->observed.value[k], 3);
        simulate_interval(t, j->score.low[k], j->score.high[k]);
        parley_table_number(t, j->later.value[k], 3);
    }
    parley_doc_paragraph(doc, PARLEY_SAY(lang, "%d of %d values came inside. Score (continuous ranked probability, smaller is better): %.3f after the fit, %.3f before it%s.",
                                         "%d/%d个值落在区间内。评分（连续分级概率，越小越好）：拟合后%.3f，拟合前%.3f%s。"),
                         j->score.inside, j->score.of, j->score.posterior, j->score.prior,
                         j->score.posterior < j->score.prior ? "" : PARLEY_SAY(lang, ": the fit does not help to predict", "：拟合无助于预测"));
}

static enum parley_status put_doc(struct invocation *in, const struct job *j)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Calibration", "校准"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%s fitted to the events between %s and %s in %u weeks: %zu samples after %d tightenings, seed %llu.",
                                          "%s，按%s与%s之间%u周的事件拟合：%zu个样本，收紧%d次，种子%llu。"),
                         j->scenario.name, j->code[0], j->code[1], j->scenario.weeks, j->fit.particles, j->fit.generations, (unsigned long long)j->fit.seed);
    put_fit(&doc, j);
    put_unidentified(in, &doc, j);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "A parameter whose interval narrowed by less than a quarter is not identified by these events: what the model says about it stays assumed. "
                                                     "The studies chose their events, so rates are of what they report, not of what happened.",
                                           "区间收缩不足四分之一的参数无法由这些事件识别，模型在这方面仍属假设。各研究自行选取事件，故频率反映的是其报道而非实际。"));
    if (j->scored)
        put_score(&doc, j);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct job *j = PARLEY_NEW(&in->arena, struct job, 1);
    if (!j)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = plan(in, j);
    if (!status && in->n_operands == 2)
        status = parley_fail(&in->err, PARLEY_EINVAL, "name two actors, or none for CN US");
    if (!status)
        status = observe(in, j);
    if (!status)
        status = parley_calibrate(&j->fit, &j->observed, j->sample, j->weight, j->fitted, &in->err);
    if (!status && j->scored)
        status = parley_fit_predict(&j->fit, j->sample, j->weight, (uint32_t)((j->predict.end_us - j->to.end_us) / (7 * PARLEY_US_PER_DAY)), &j->later, &j->score, &in->err);
    if (status)
        return status;
    if (!in->json)
        return put_doc(in, j);
    put_json(in, j);
    return PARLEY_OK;
}

static const struct option options[] = {
    { "from", 0, "DATE", "begin of the window fitted to (default 2010)" },
    { "to", 0, "DATE", "its end, inclusive (default 2015)" },
    { "predict-to", 0, "DATE", "predict from there to here and score it (default 2020)" },
    { "parameters", 0, "NAMES", "parameters to fit, separated by commas (default: rates of incidents, delta0, r, t2, t3, p_sus, s_leader)" },
    { "particles", 0, "N", "posterior samples (default 200)" },
    { "generations", 0, "N", "tightenings (default 3)" },
    { "seed", 's', "N", "seed of the random numbers (default 1)" },
    { "threads", 0, "N", "threads (default: one per processor)" },
    { "set", 0, "CHANGES", "change the scenario: \"hotline=1 tauR=2\"" },
    { 0 },
};

const struct command command_simulate_calibrate = {
    .name = "simulate calibrate",
    .operands = "SCENARIO [ACTOR ACTOR]",
    .operands_min = 1,
    .operands_max = 3,
    .summary = "Fit the relation model to the record and score what it then predicts.",
    .summary_zh = "用记录校准关系模型，并对其预测评分。",
    .text = "Fits parameters to the yearly rates of incidents, accusations, measures, suspensions, steps of leaders and agreements between two actors (default CN US) by approximate "
            "Bayesian computation, says which parameters the events identify, and scores the prediction of a later window against the prior.",
    .examples = "parley simulate calibrate baseline --particles 60 --generations 1\n"
                "parley simulate calibrate baseline China \"United States\" --from 2009 --to 2015 --predict-to 2020 --particles 60 --generations 1 --json\n",
    .options = options,
    .run = run,
};

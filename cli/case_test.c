#include "case_input.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct option options[] = {
    { "with", 0, "FILE",
      "A case file, or the shipped un-cybercrime-2024, to predict out of sample: it is judged by the theory but counts "
      "in none of the scores." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    OPTION_DOCUMENT,
    { 0 },
};

struct tested {
    struct case_input input;
    struct parley_theory_row *row;
    struct parley_theory_result result;
    bool with;
    struct parley_coded_case extra;
    struct parley_theory_row extra_row;
    struct parley_gainloss_result extra_eval;
};

static void put_score(struct parley_json *j, const struct parley_theory_score *s)
{
    parley_json_put_integer(j, "n", (int64_t)s->n);
    parley_json_put_integer(j, "fit", (int64_t)s->fit);
    parley_json_put_number(j, "fisher_p", s->fisher_p);
    parley_json_put_number(j, "fisher_p_two_sided", s->fisher_p_two_sided);
    parley_json_put_number(j, "brier", s->brier);
}

static const char *word(enum parley_tri v)
{
    return v == PARLEY_YES ? "reached" : v == PARLEY_NO ? "not_reached" : "unknown";
}

static double probability(const struct parley_theory_row *r)
{
    double sum = 0, n = 0;
    for (int h = 0; h < 2; h++)
        for (int t = 0; t < 2; t++)
            if ((r->harm == PARLEY_UNKNOWN || (int)r->harm == h) &&
                (r->threat == PARLEY_UNKNOWN || (int)r->threat == t))
                sum += r->p[h][t], n++;
    return sum / n;
}

static void put_completions(struct parley_json *j, const struct tested *t)
{
    const struct parley_theory_result *r = &t->result;
    parley_json_key(j, "completions");
    parley_json_array(j);
    for (size_t c = 0; c < r->n_completions; c++) {
        parley_json_object(j);
        parley_json_key(j, "values");
        parley_json_object(j);
        for (size_t u = 0; u < r->n_unknown; u++) {
            const char *variable = r->unknown[u] & 1 ? "regime_threat" : "common_harm";
            char key[160];
            snprintf(key, sizeof key, "%.80s.%s", t->input.list[r->unknown[u] / 2].id, variable);
            parley_json_put_string(
                j, key,
                parley_codebook_word(parley_codebook_variable(&t->input.book, variable), r->completion[c].value[u]));
        }
        parley_json_object_end(j);
        put_score(j, &r->completion[c].score);
        parley_json_object_end(j);
    }
    parley_json_array_end(j);
}

static void put_cases(struct parley_json *j, const struct tested *t)
{
    parley_json_key(j, "cases");
    parley_json_array(j);
    for (size_t i = 0; i < t->input.n; i++) {
        const struct parley_coded_case *c = &t->input.list[i];
        parley_json_object(j);
        parley_json_put_string(j, "id", c->id);
        parley_json_put_string(j, "predicted", word(t->result.prediction[i]));
        parley_json_put_string(j, "observed", word(c->outcome));
        parley_json_put_number(j, "p_agreement", probability(&t->row[i]));
        parley_json_put_bool(j, "follower_case", c->follower_case);
        parley_json_key(j, "without");
        parley_json_object(j);
        put_score(j, &t->result.without[i]);
        parley_json_object_end(j);
        parley_json_object_end(j);
    }
    parley_json_array_end(j);
}

static void as_json(struct invocation *in, const struct tested *t)
{
    const struct parley_theory_result *r = &t->result;
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_integer(&j, "n", (int64_t)r->score.n);
    parley_json_put_integer(&j, "fit", (int64_t)r->score.fit);
    parley_json_key(&j, "misfits");
    parley_json_array(&j);
    for (size_t i = 0; i < t->input.n; i++)
        if (t->input.list[i].outcome != PARLEY_UNKNOWN && r->prediction[i] != t->input.list[i].outcome)
            parley_json_string(&j, t->input.list[i].id);
    parley_json_array_end(&j);
    parley_json_put_integer(&j, "always_yes", (int64_t)r->always_yes);
    parley_json_put_number(&j, "fisher_p", r->score.fisher_p);
    parley_json_put_number(&j, "fisher_p_two_sided", r->score.fisher_p_two_sided);
    parley_json_put_number(&j, "brier", r->score.brier);
    parley_json_put_number(&j, "brier_base", r->brier_base);
    put_completions(&j, t);
    parley_json_key(&j, "leave_one_out");
    parley_json_object(&j);
    parley_json_put_number(&j, "chosen_rule_right", r->chosen_right);
    parley_json_key(&j, "rules");
    parley_json_object(&j);
    for (size_t k = 0; k < r->n_rules; k++)
        parley_json_put_integer(&j, r->rule[k], (int64_t)r->rule_right[k]);
    parley_json_object_end(&j);
    parley_json_object_end(&j);
    put_cases(&j, t);
    if (t->with) {
        parley_json_key(&j, "out_of_sample");
        parley_json_object(&j);
        parley_json_put_string(&j, "id", t->extra.id);
        parley_json_put_string(&j, "predicted", word(parley_theory_predict(t->extra.harm, t->extra.threat)));
        parley_json_put_string(&j, "observed", word(t->extra.outcome));
        parley_json_put_number(&j, "p_agreement", probability(&t->extra_row));
        parley_json_put_number(&j, "expected_utility", t->extra_eval.party[0].utility);
        parley_json_object_end(&j);
    }
    parley_json_put_integer(&j, "threat_present", (int64_t)r->threat_yes);
    parley_json_put_integer(&j, "harm_not_severe", (int64_t)r->harm_no);
    parley_json_object_end(&j);
}

static void case_table(struct invocation *in, struct parley_doc *doc, const struct tested *t)
{
    enum parley_lang l = in->lang;
    struct parley_table *table = parley_doc_table(doc, "");
    parley_table_column(table, PARLEY_SAY(l, "case", "案例"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(l, "name", "名称"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(l, "harm", "共同危害"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(l, "threat", "政权威胁"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(l, "predicted", "预测"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(l, "observed", "实际"), PARLEY_LEFT);
    parley_table_column(table, "P", PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(l, "fits", "符合"), PARLEY_LEFT);
    for (size_t i = 0; i < t->input.n; i++) {
        const struct parley_coded_case *c = &t->input.list[i];
        parley_table_cell(table, "%s", c->id);
        parley_table_cell(table, "%s", case_name(in, c));
        parley_table_cell(table, "%s", case_value(in, &t->input.book, "common_harm", c->harm));
        parley_table_cell(table, "%s", case_value(in, &t->input.book, "regime_threat", c->threat));
        parley_table_cell(table, "%s", case_outcome(in, t->result.prediction[i]));
        parley_table_cell(table, "%s", case_outcome(in, c->outcome));
        parley_table_number(table, probability(&t->row[i]), 2);
        parley_table_cell(table, "%s",
                          c->outcome == PARLEY_UNKNOWN
                              ? ""
                              : case_tri(in, t->result.prediction[i] == c->outcome ? PARLEY_YES : PARLEY_NO));
    }
}

static void bearing(struct invocation *in, struct parley_doc *doc, const struct tested *t)
{
    const struct parley_theory_result *r = &t->result;
    enum parley_lang l = in->lang;
    parley_doc_heading(doc, 2, "bearing", "%s", PARLEY_SAY(l, "How much the evidence bears", "证据能支持多少"));
    parley_doc_item(doc,
                    PARLEY_SAY(l, "Fisher's exact test: p = %.4f one-sided, %.4f two-sided.",
                               "费舍尔精确检验：单侧 p = %.4f，双侧 %.4f。"),
                    r->score.fisher_p, r->score.fisher_p_two_sided);
    parley_doc_item(
        doc,
        PARLEY_SAY(l, "Gain-loss model: Brier score %.3f; always the base rate of %.2f: %.3f (lower is better).",
                   "收益—损失模型的布莱尔分数 %.3f；始终用基准率%.2f预测：%.3f（越低越好）。"),
        r->score.brier, r->base_rate, r->brier_base);
    static const char *const zh[] = { "总是达成", "除非危害不严重，否则达成", "除非存在威胁，否则达成",
                                      "危害严重且无威胁（该理论）" };
    for (size_t k = 0; k < r->n_rules; k++)
        parley_doc_item(doc, PARLEY_SAY(l, "Rule \"%s\": %zu of %zu right.", "规则“%s”：说对%zu个，共%zu个。"),
                        PARLEY_SAY(l, r->rule[k], k < 4 ? zh[k] : r->rule[k]), r->rule_right[k], r->score.n);
    parley_doc_item(doc,
                    PARLEY_SAY(l, "Leave one out, the rule chosen on the others: %.1f of %zu right.",
                               "逐一剔除并用其余案例选规则：说对%.1f个，共%zu个。"),
                    r->chosen_right, r->score.n);
    double low = 1, high = 0;
    for (size_t i = 0; i < t->input.n; i++)
        if (t->input.list[i].outcome != PARLEY_UNKNOWN)
            low = fmin(low, r->without[i].fisher_p), high = fmax(high, r->without[i].fisher_p);
    parley_doc_item(doc,
                    PARLEY_SAY(l, "Leaving any one case out, Fisher's p lies between %.3f and %.3f.",
                               "剔除任何一个案例后，费舍尔 p 值介于%.3f与%.3f之间。"),
                    low, high);
    if (r->n_unknown) {
        size_t least = SIZE_MAX, most = 0;
        low = 1, high = 0;
        for (size_t c = 0; c < r->n_completions; c++) {
            const struct parley_theory_score *s = &r->completion[c].score;
            least = s->fit < least ? s->fit : least;
            most = s->fit > most ? s->fit : most;
            low = fmin(low, s->fisher_p), high = fmax(high, s->fisher_p);
        }
        parley_doc_item(
            doc,
            PARLEY_SAY(l,
                       "%zu values are unknown; over all %zu ways to fill them %zu to %zu cases fit and Fisher's p is "
                       "%.3f to %.3f.",
                       "有%zu个未知取值；在全部%zu种补全方式下，符合的案例为%zu至%zu个，费舍尔 p 为%.3f至%.3f。"),
            r->n_unknown, r->n_completions, least, most, low, high);
    }
    case_limits(in, doc, r);
}

static void out_of_sample(struct invocation *in, struct parley_doc *doc, const struct tested *t)
{
    enum parley_lang l = in->lang;
    enum parley_tri said = parley_theory_predict(t->extra.harm, t->extra.threat);
    parley_doc_heading(doc, 2, "out-of-sample", "%s", PARLEY_SAY(l, "Out of sample", "样本外"));
    parley_doc_paragraph(
        doc,
        PARLEY_SAY(l, "%s: the theory predicts %s; observed: %s. Expected utility %.2f, probability of agreement %.3f.",
                   "%s：理论预测%s；实际：%s。期望效用%.2f，达成概率%.3f。"),
        case_name(in, &t->extra), case_outcome(in, said), case_outcome(in, t->extra.outcome),
        t->extra_eval.party[0].utility, probability(&t->extra_row));
    if (t->extra.outcome != PARLEY_UNKNOWN && said != PARLEY_UNKNOWN && said != t->extra.outcome)
        parley_doc_note(doc, "%s",
                        PARLEY_SAY(l, "This is a miss: the theory said the opposite of what happened.",
                                   "这是一次失误：理论的预测与实际相反。"));
}

static enum parley_status judge(struct invocation *in, struct tested *t)
{
    t->row = PARLEY_NEW(&in->arena, struct parley_theory_row, t->input.n);
    if (!t->row)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < t->input.n; i++) {
        enum parley_status status = case_theory_row(in, &t->input.list[i], &t->input.book, &t->row[i]);
        if (status)
            return status;
    }
    enum parley_status status = parley_theory_test(t->row, t->input.n, &in->arena, &t->result, &in->err);
    const char *file = option_text(in, "with");
    if (status || !file)
        return status;
    t->with = true;
    status = case_file(in, &t->input.book, file, &t->extra);
    if (!status)
        status = case_theory_row(in, &t->extra, &t->input.book, &t->extra_row);
    if (!status) {
        struct parley_situation s = parley_case_situation(&t->extra, &t->input.book);
        status = parley_gainloss_eval(&s, 1, 0, &in->arena, &t->extra_eval, &in->err);
    }
    return status;
}

static enum parley_status run(struct invocation *in)
{
    struct tested t = { 0 };
    enum parley_status status = case_input_open(in, PARLEY_RECORD_READ, &t.input);
    if (!status)
        status = judge(in, &t);
    case_input_close(&t.input);
    if (status)
        return status;
    if (wants_json(in)) {
        as_json(in, &t);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "The theory on the coded cases", "用编码案例检验理论"));
    parley_doc_paragraph(
        &doc,
        PARLEY_SAY(in->lang,
                   "Hypotheses: severe common harm and no regime threat make a binding agreement likely; harm that is "
                   "not severe, or a threat, make it unlikely. %zu of %zu cases fit.",
                   "假说：共同危害严重且不存在政权威胁认知时更可能达成约束性协议；危害不严重或存在威胁时更可能达不成。"
                   "符合%zu个，共%zu个。"),
        t.result.score.fit, t.result.score.n);
    case_table(in, &doc, &t);
    bearing(in, &doc, &t);
    if (t.with)
        out_of_sample(in, &doc, &t);
    return finish_doc(in, &doc);
}

const struct command command_case_test = {
    .name = "case test",
    .operands = "",
    .summary = "Test the theory of binding agreements on the coded cases, and say how much that bears.",
    .summary_zh = "用编码案例检验约束性协议理论，并说明证据力度。",
    .text = "Predicts every case by the two hypotheses and compares with what happened. Unknown values stay unknown; "
            "the result is shown for every "
            "way to fill them. Beside it: Fisher's exact test, the rule that always says yes, leave-one-out, and the "
            "Brier score of the gain-loss model.\n\n"
            "--with FILE judges a case of your own out of sample. With a desk, its cases are tested together with "
            "those of the studies.",
    .examples = "parley case test\nparley case test --json\nparley case test --with un-cybercrime-2024\n",
    .options = options,
    .run = run,
};

#include "accord_words.h"

#include <parley/chart.h>

#include <math.h>
#include <string.h>

static const struct option options[] = {
    { "seed", 0, "N", "Seed of the draws behind the interval. Default: 1." },
    { "draws", 0, "N", "Draws behind the interval, 0 to 100000. Default: 400." },
    { "record", 0, NULL, "Take harm and threat over the window from the record, as far as it shows them." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one: other defaults, other measures." },
    OPTION_DOCUMENT,
    { 0 },
};

struct evaluated {
    struct case_input input;
    struct parley_coded_case c;
    struct parley_situation s;
    struct parley_gainloss_result r;
    struct parley_theory_result theory;
    struct parley_switch_set set[PARLEY_TIP_SETS_MAX];
    size_t n_sets, tried;
    bool from_record;
    double *p_window; /* [c.n_window] */
    double *u_window;
};

static void put_tipping(struct parley_json *j, const struct parley_party_result *p)
{
    const struct parley_tipping *t = &p->tipping;
    double now[PARLEY_INPUTS] = { p->terms.gain, p->terms.loss, p->terms.credibility, p->terms.cost };
    parley_json_key(j, "tipping");
    parley_json_object(j);
    for (int i = 0; i < PARLEY_INPUTS; i++) {
        parley_json_key(j, input_words[i]);
        parley_json_object(j);
        parley_json_put_number(j, "now", now[i]);
        parley_json_put_number(j, "threshold", t->at[i]);
        parley_json_put_number(j, "distance", t->distance[i]);
        parley_json_object_end(j);
    }
    parley_json_key(j, "cheapest_combination");
    parley_json_object(j);
    put_terms(j, &t->nearest);
    parley_json_put_number(j, "distance", t->nearest_distance);
    parley_json_object_end(j);
    parley_json_object_end(j);
}

static void put_completions(struct parley_json *j, const struct evaluated *e)
{
    const struct parley_codebook *book = &e->input.book;
    parley_json_key(j, "completions");
    parley_json_array(j);
    for (size_t i = 0; i < e->r.n_completions; i++) {
        const struct parley_completion *c = &e->r.completion[i];
        parley_json_object(j);
        parley_json_put_string(
            j, "common_harm",
            parley_codebook_word(parley_codebook_variable(book, "common_harm"), c->conditions.severe));
        parley_json_put_string(
            j, "regime_threat",
            parley_codebook_word(parley_codebook_variable(book, "regime_threat"), c->conditions.threat));
        parley_json_put_number(j, "least_utility", c->least_utility);
        parley_json_put_number(j, "p_agreement", c->p_agreement);
        parley_json_object_end(j);
    }
    parley_json_array_end(j);
}

static void put_joint(struct parley_json *j, const struct evaluated *e)
{
    const struct parley_joint_tipping *t = &e->r.joint;
    parley_json_key(j, "joint");
    parley_json_object(j);
    parley_json_put_number(j, "distance", t->distance);
    parley_json_put_number(j, "gain_factor", t->gain_factor);
    parley_json_key(j, "parties");
    parley_json_array(j);
    for (size_t i = 0; i < e->s.n && !isnan(t->distance); i++) {
        parley_json_object(j);
        parley_json_put_string(j, "party", e->s.party[i].name);
        put_terms(j, &t->party[i]);
        parley_json_put_bool(j, "moved", t->moved[i]);
        parley_json_object_end(j);
    }
    parley_json_array_end(j);
    parley_json_object_end(j);
}

static void put_switches(struct invocation *in, struct parley_json *j, const struct evaluated *e)
{
    parley_json_key(j, "tipping");
    parley_json_object(j);
    parley_json_put_string(j, "optimisation",
                           "per party: least sum of squared changes in units of each input's uncertainty (iteration of "
                           "Rackwitz and Fiessler "
                           "from 21 starts); joint: the same over all parties, the gain moving for all by one factor (search over the factor); switches: "
                           "every set of up to two tried");
    put_joint(j, e);
    parley_json_put_integer(j, "sets_tried", (int64_t)e->tried);
    parley_json_key(j, "switches");
    parley_json_array(j);
    for (size_t i = 0; i < e->n_sets; i++) {
        parley_json_object(j);
        parley_json_key(j, "change");
        parley_json_array(j);
        for (size_t k = 0; k < e->set[i].n; k++)
            parley_json_string(j, switch_text(in, &e->s, &e->set[i].element[k]));
        parley_json_array_end(j);
        parley_json_put_number(j, "least_utility", e->set[i].least_utility);
        parley_json_put_number(j, "p_agreement", e->set[i].p_agreement);
        parley_json_put_number(j, "p_lasting", e->set[i].p_lasting);
        parley_json_object_end(j);
    }
    parley_json_array_end(j);
    parley_json_object_end(j);
}

static void put_assumed(struct parley_json *j, const struct parley_codebook *book)
{
    parley_json_key(j, "assumed");
    parley_json_object(j);
    for (size_t i = 0; i < book->n_numbers; i++)
        if (!strcmp(book->number[i].basis, "assumed"))
            parley_json_put_number(j, book->number[i].key, book->number[i].value);
    parley_json_object_end(j);
}

static void as_json(struct invocation *in, const struct evaluated *e)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_string(&j, "case", e->c.id);
    parley_json_put_string(&j, "name", e->c.en);
    parley_json_key(&j, "parties");
    parley_json_array(&j);
    for (size_t i = 0; i < e->s.n; i++) {
        const struct parley_party_result *p = &e->r.party[i];
        parley_json_object(&j);
        parley_json_put_string(&j, "party", e->s.party[i].name);
        parley_json_put_string(&j, "role", e->s.party[i].follower ? "follower" : "pivotal");
        put_terms(&j, &p->terms);
        parley_json_put_number(&j, "relative_loss", p->relative_loss);
        parley_json_put_number(&j, "expected_utility", p->utility);
        parley_json_put_bool(&j, "agrees", p->agrees);
        parley_json_put_number(&j, "p_agrees", p->p_agrees);
        parley_json_put_string(&j, "why", refusal_text(in, &e->s.party[i], p));
        put_tipping(&j, p);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    parley_json_put_string(&j, "predicted", predicted_word(e->r.predicted));
    parley_json_key(&j, "p_agreement");
    parley_json_object(&j);
    parley_json_put_number(&j, "estimate", e->r.p_agreement);
    parley_json_put_number(&j, "low", e->r.low);
    parley_json_put_number(&j, "high", e->r.high);
    parley_json_put_number(&j, "level", 0.9);
    parley_json_object_end(&j);
    parley_json_put_number(&j, "p_lasting", e->r.p_lasting);
    put_completions(&j, e);
    put_switches(in, &j, e);
    parley_json_key(&j, "window");
    parley_json_array(&j);
    for (size_t i = 0; i < e->c.n_window; i++) {
        parley_json_object(&j);
        parley_json_put_integer(&j, "year", e->c.window[i].year);
        parley_json_put_number(&j, "harm", e->c.window[i].harm);
        parley_json_put_number(&j, "threat", e->c.window[i].threat);
        parley_json_put_number(&j, "least_utility", e->u_window[i]);
        parley_json_put_number(&j, "p_agreement", e->p_window[i]);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    put_assumed(&j, &e->input.book);
    put_limits(&j, &e->theory);
    parley_json_put_integer(&j, "seed", (int64_t)e->r.seed);
    parley_json_put_integer(&j, "draws", (int64_t)e->r.draws);
    parley_json_object_end(&j);
}

static void party_table(struct invocation *in, struct parley_doc *doc, const struct evaluated *e)
{
    enum parley_lang l = in->lang;
    struct parley_table *t = parley_doc_table(doc, "");
    parley_table_column(t, PARLEY_SAY(l, "party", "方"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "gain", "收益"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "loss", "损失"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "credibility", "可信度"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "cost", "成本"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "expected utility", "期望效用"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "P agrees", "同意概率"), PARLEY_RIGHT);
    for (size_t i = 0; i < e->s.n; i++) {
        const struct parley_party_result *p = &e->r.party[i];
        parley_table_cell(t, "%s%s", party_text(in, e->s.party[i].name),
                          e->s.party[i].follower ? PARLEY_SAY(l, " (follower)", "（追随）") : "");
        parley_table_number(t, p->terms.gain, 4);
        parley_table_number(t, p->terms.loss, 4);
        parley_table_number(t, p->terms.credibility, 3);
        parley_table_number(t, p->terms.cost, 3);
        parley_table_number(t, p->utility, 3);
        parley_table_number(t, p->p_agrees, 3);
    }
}

static bool same_as_before(const struct evaluated *e, size_t i)
{
    return i && e->r.party[i].utility == e->r.party[i - 1].utility && e->r.party[i].terms.gain == e->r.party[i - 1].terms.gain;
}

/* What the expected utility of each party is made of. */
static void parts_chart(struct invocation *in, struct parley_doc *doc, const struct evaluated *e)
{
    enum parley_lang l = in->lang;
    struct parley_chart_estimate *part = PARLEY_NEW(&in->arena, struct parley_chart_estimate, 5 * e->s.n);
    const char *words[] = { PARLEY_SAY(l, "expected gain", "预期收益"), PARLEY_SAY(l, "expected loss", "预期损失"), PARLEY_SAY(l, "cost", "成本"),
                            PARLEY_SAY(l, "payment", "补偿"), PARLEY_SAY(l, "expected utility", "期望效用") };
    size_t n = 0, least = 0;
    for (size_t i = 0; part && i < e->s.n; i++) {
        const struct parley_party_result *p = &e->r.party[i];
        const struct parley_terms *t = &p->terms;
        double value[] = { t->credibility * (t->gain - p->relative_loss), -(1 - t->credibility) * t->loss, -t->cost, t->payment, p->utility };
        if (same_as_before(e, i))
            continue;
        if (p->utility < e->r.party[least].utility)
            least = i;
        const char *who = i + 1 < e->s.n && same_as_before(e, i + 1) ? PARLEY_SAY(l, "each", "各方") : party_text(in, e->s.party[i].name);
        for (size_t k = 0; k < 5; k++) {
            const char *label = parley_arena_printf(&in->arena, "%s: %s", who, words[k]);
            if (label && !(k == 3 && value[k] == 0))
                part[n++] = (struct parley_chart_estimate){ label, value[k], NAN, NAN };
        }
    }
    if (!n)
        return;
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(l, "The least expected utility is %s (%s); a party agrees above zero.", "最低的期望效用为%s（%s）；高于零才会同意。"),
                                               short_number(in, e->r.party[least].utility, 3), party_text(in, e->s.party[least].name));
    parley_chart_estimates(doc, &(struct parley_chart_text){ "utility", PARLEY_SAY(l, "What the expected utility is made of", "期望效用的构成"), sentence ? sentence : "" },
                           PARLEY_SAY(l, "utility", "效用"), part, n, 0);
}

/* All parties at once, in one sentence and one line a party that changes. */
static void show_joint(struct invocation *in, struct parley_doc *doc, const struct evaluated *e)
{
    enum parley_lang l = in->lang;
    const struct parley_joint_tipping *t = &e->r.joint;
    if (isnan(t->distance)) {
        parley_doc_paragraph(doc, "%s", PARLEY_SAY(l, "No change of all parties' inputs within reach turns the outcome.", "在可及范围内，各方投入的任何共同变动都不能改变结果。"));
        return;
    }
    parley_doc_paragraph(doc,
                         e->r.agreement ? PARLEY_SAY(l, "One party that refuses undoes it; the nearest (distance %s): every gain times %s, and",
                                                     "一方拒绝即告破裂；最近的一种（距离 %s）：各方收益乘以 %s，并且")
                                        : PARLEY_SAY(l, "Cheapest for all parties together (distance %s): every gain times %s, and",
                                                     "各方合计最省力的组合（距离 %s）：各方收益乘以 %s，并且"),
                         short_number(in, t->distance, 2), short_number(in, t->gain_factor, 3));
    size_t n = 0;
    for (size_t i = 0; i < e->s.n; i++)
        if (t->moved[i]) {
            const struct parley_terms *now = &e->r.party[i].terms, *then = &t->party[i];
            parley_doc_item(doc, PARLEY_SAY(l, "%s: loss %s -> %s, credibility %s -> %s, cost %s -> %s", "%s：损失 %s -> %s，可信度 %s -> %s，成本 %s -> %s"),
                            party_text(in, e->s.party[i].name), short_number(in, now->loss, 3), short_number(in, then->loss, 3),
                            short_number(in, now->credibility, 3), short_number(in, then->credibility, 3), short_number(in, now->cost, 3),
                            short_number(in, then->cost, 3));
            n++;
        }
    if (!n)
        parley_doc_item(doc, "%s", PARLEY_SAY(l, "nothing else", "无需其他变动"));
}

static void tipping_table(struct invocation *in, struct parley_doc *doc, const struct evaluated *e)
{
    enum parley_lang l = in->lang;
    parley_doc_heading(doc, 2, "tipping", "%s", PARLEY_SAY(l, "What would tip it", "什么会改变结果"));
    struct parley_table *t = parley_doc_table(doc, "");
    parley_table_column(t, PARLEY_SAY(l, "party", "方"), PARLEY_LEFT);
    static const char *const en[PARLEY_INPUTS] = { "gain", "loss", "credibility", "cost" }, *const zh[PARLEY_INPUTS] = {
        "收益", "损失", "可信度", "成本"
    };
    for (int k = 0; k < PARLEY_INPUTS; k++)
        parley_table_column(t, PARLEY_SAY(l, en[k], zh[k]), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "cheapest together", "最省力的组合"), PARLEY_LEFT);
    for (size_t i = 0; i < e->s.n; i++) {
        const struct parley_party_result *p = &e->r.party[i];
        double now[PARLEY_INPUTS] = { p->terms.gain, p->terms.loss, p->terms.credibility, p->terms.cost };
        if (e->s.party[i].follower)
            continue; /* turns nothing */
        if (i && !e->s.party[i - 1].follower && p->utility == e->r.party[i - 1].utility)
            continue; /* the same numbers again */
        parley_table_cell(t, "%s",
                          i + 1 < e->s.n && e->r.party[i + 1].utility == p->utility
                              ? PARLEY_SAY(l, "each", "各方")
                              : party_text(in, e->s.party[i].name));
        for (int k = 0; k < PARLEY_INPUTS; k++)
            parley_table_cell(t, "%s -> %s", short_number(in, now[k], 3),
                              isnan(p->tipping.at[k]) ? PARLEY_SAY(l, "not alone", "单独不行")
                                                      : short_number(in, p->tipping.at[k], 3));
        if (isnan(p->tipping.nearest_distance))
            parley_table_cell(t, "-");
        else
            parley_table_cell(
                t, "G %s, L %s, p %s, K %s (%s)", short_number(in, p->tipping.nearest.gain, 3),
                short_number(in, p->tipping.nearest.loss, 3), short_number(in, p->tipping.nearest.credibility, 3),
                short_number(in, p->tipping.nearest.cost, 3), short_number(in, p->tipping.nearest_distance, 2));
    }
    parley_doc_paragraph(doc, "%s",
                         PARLEY_SAY(l,
                                    "An arrow leads from the value now to the value at which the answer turns, the "
                                    "others held. In the last column all four move, by the least sum of "
                                    "squared changes in units of their uncertainty (the distance in brackets).",
                                    "箭头从当前值指向其余不变时使答案改变的值；最后一列四项同时变动，使以各自不确定度为"
                                    "单位的平方和最小（括号内为距离）。"));
    show_joint(in, doc, e);
    size_t shown = e->n_sets < 8 ? e->n_sets : 8;
    if (e->n_sets == 0)
        parley_doc_paragraph(
            doc,
            PARLEY_SAY(l, "No set of up to two changes of condition or design turns the outcome (%zu tried).",
                       "两项以内的条件或设计变动都不能改变结果（共试%zu种）。"),
            e->tried);
    for (size_t i = 0; i < shown; i++)
        parley_doc_item(doc,
                        PARLEY_SAY(l, "%s: least utility %+.1f, P %.2f", "%s：最不情愿一方的效用%+.1f，达成概率%.2f"),
                        switch_set_text(in, &e->s, &e->set[i]), e->set[i].least_utility, e->set[i].p_agreement);
}

static void window_chart(struct invocation *in, struct parley_doc *doc, const struct evaluated *e)
{
    enum parley_lang l = in->lang;
    struct parley_text spec;
    struct parley_json j;
    if (e->c.n_window == 0)
        return;
    parley_doc_heading(doc, 2, "window", "%s", PARLEY_SAY(l, "Over the window", "窗口期内的变化"));
    if (e->from_record)
        parley_doc_note(doc, "%s",
                        PARLEY_SAY(l,
                                   "Harm and threat of a year are the share of the codebook's indicators that the "
                                   "record's events of the ten years before speak for. The record is a selection and "
                                   "holds no losses: read the turns, not the levels.",
                                   "某年的危害与威胁，是此前十年记录中的事件所支持的编码手册指标的比例。记录是有选择的"
                                   "，且不含损失数据：应看转折，而非高低。"));
    struct parley_table *t = parley_doc_table(doc, "");
    parley_table_column(t, PARLEY_SAY(l, "year", "年份"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "harm", "危害"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "threat", "威胁"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "least utility", "最低效用"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "P agreement", "达成概率"), PARLEY_RIGHT);
    parley_text_init(&spec, 1 << 20);
    parley_json_init(&j, &spec, false);
    parley_json_object(&j);
    parley_json_put_string(&j, "$schema", "https://vega.github.io/schema/vega-lite/v5.json");
    parley_json_key(&j, "data");
    parley_json_object(&j);
    parley_json_key(&j, "values");
    parley_json_array(&j);
    for (size_t i = 0; i < e->c.n_window; i++) {
        parley_table_cell(t, "%d", e->c.window[i].year);
        parley_table_number(t, e->c.window[i].harm, 2);
        parley_table_number(t, e->c.window[i].threat, 2);
        parley_table_number(t, e->u_window[i], 3);
        parley_table_number(t, e->p_window[i], 2);
        parley_json_object(&j);
        parley_json_put_integer(&j, "year", e->c.window[i].year);
        parley_json_put_number(&j, "p", e->p_window[i]);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    parley_json_object_end(&j);
    parley_json_put_string(&j, "mark", "line");
    parley_json_key(&j, "encoding");
    parley_json_raw(&j, "{\"x\":{\"field\":\"year\",\"type\":\"quantitative\",\"axis\":{\"format\":\"d\"}},\"y\":{"
                        "\"field\":\"p\",\"type\":\"quantitative\",\"scale\":{\"domain\":[0,1]}}}");
    parley_json_object_end(&j);
    parley_doc_chart(
        doc, "accord-window", PARLEY_SAY(l, "Probability of agreement over the window", "窗口期内的达成概率"),
        PARLEY_SAY(l, "How the probability of agreement moved with harm and threat.", "达成概率随危害与威胁的变化。"),
        parley_text_str(&spec));
    parley_text_release(&spec);
}

static enum parley_status as_text(struct invocation *in, const struct evaluated *e)
{
    struct parley_doc doc;
    enum parley_lang l = in->lang;
    begin_doc(in, &doc, case_name(in, &e->c));
    parley_doc_heading(&doc, 1, NULL, "%s", case_name(in, &e->c));
    parley_doc_paragraph(
        &doc,
        PARLEY_SAY(l,
                   "%s. Probability of agreement %.2f (90 %% interval %.2f to %.2f); agreed and kept %.2f. Seed %llu.",
                   "%s。达成概率%.2f（90%%区间%.2f至%.2f）；达成并得到遵守%.2f。种子 %llu。"),
        e->r.predicted == PARLEY_UNKNOWN
            ? PARLEY_SAY(l, "It depends on what is unknown: in some cases every pivotal party gains, in others not",
                         "取决于未知条件：有的情形下各关键方均获益，有的则不然")
        : e->r.predicted == PARLEY_YES ? PARLEY_SAY(l, "Every pivotal party gains: an agreement is to be expected",
                                                    "各关键方均获益：预期可以达成协议")
                                       : PARLEY_SAY(l, "Not every pivotal party gains: no agreement is to be expected",
                                                    "并非各关键方均获益：预期达不成协议"),
        e->r.p_agreement, e->r.low, e->r.high, e->r.p_lasting, (unsigned long long)e->r.seed);
    parley_doc_paragraph(&doc,
                         PARLEY_SAY(l, "Common harm: %s. Regime threat: %s. Observed: %s.",
                                    "共同危害：%s。政权威胁认知：%s。实际结果：%s。"),
                         case_value(in, &e->input.book, "common_harm", e->c.harm),
                         case_value(in, &e->input.book, "regime_threat", e->c.threat), case_outcome(in, e->c.outcome));
    party_table(in, &doc, e);
    parts_chart(in, &doc, e);
    if (e->r.n_completions > 1)
        parley_doc_paragraph(&doc, "%s",
                             PARLEY_SAY(l, "The table takes unknown conditions at the value that favours agreement.",
                                        "表中未知条件取最有利于达成协议的值。"));
    for (size_t i = 0; i < e->s.n; i++)
        if (i == 0 || e->r.party[i].utility != e->r.party[i - 1].utility)
            parley_doc_item(&doc, "%s", refusal_text(in, &e->s.party[i], &e->r.party[i]));
    if (e->r.n_completions > 1)
        for (size_t i = 0; i < e->r.n_completions; i++)
            parley_doc_item(&doc,
                            PARLEY_SAY(l, "If harm is %s and the threat %s: least utility %+.1f, P %.3f",
                                       "若危害%s且威胁%s：最低效用%+.1f，达成概率%.3f"),
                            case_value(in, &e->input.book, "common_harm", e->r.completion[i].conditions.severe),
                            case_value(in, &e->input.book, "regime_threat", e->r.completion[i].conditions.threat),
                            e->r.completion[i].least_utility, e->r.completion[i].p_agreement);
    if (e->c.sides)
        parley_doc_note(
            &doc,
            PARLEY_SAY(l, "The parties (%s) were not coded apart: two sides with the same inputs stand for them.",
                       "各成员（%s）未分别编码：以输入相同的两方代表。"),
            e->c.members);
    if (e->c.follower_case)
        parley_doc_note(
            &doc, "%s",
            PARLEY_SAY(l, "A case of followers: it is outside the theory's scope.", "追随案例：不在理论解释范围内。"));
    tipping_table(in, &doc, e);
    window_chart(in, &doc, e);
    case_limits(in, &doc, &e->theory);
    return finish_doc(in, &doc);
}

/* Each year of the window: inputs move geometrically between their values without and with harm, without and with
 * threat. */
static enum parley_status over_window(struct invocation *in, struct evaluated *e)
{
    e->p_window = PARLEY_NEW(&in->arena, double, e->c.n_window + 1);
    e->u_window = PARLEY_NEW(&in->arena, double, e->c.n_window + 1);
    if (!e->p_window || !e->u_window)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < e->c.n_window; i++) {
        enum parley_status status = parley_gainloss_at(&e->s, e->c.window[i].harm, e->c.window[i].threat,
                                                       &e->u_window[i], &e->p_window[i], &in->err);
        if (status)
            return status;
    }
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct evaluated e = { 0 };
    uint64_t seed = 1, draws = 400;
    enum parley_status status = option_u64(in, "seed", 0, INT64_MAX, &seed);
    if (!status)
        status = option_u64(in, "draws", 0, 100000, &draws);
    if (!status)
        status = case_input_open(in, PARLEY_RECORD_READ, &e.input);
    if (status)
        return status;
    status = in->n_operands > 1 ? case_of_actors(in, &e.input, &e.c) : case_find(in, &e.input, in->operand[0], &e.c);
    e.from_record = in->n_operands > 1 || option_given(in, "record");
    if (!status && e.from_record)
        status = case_series(in, &e.input, &e.c);
    if (!status) {
        e.s = parley_case_situation(&e.c, &e.input.book);
        status = parley_gainloss_eval(&e.s, seed, (size_t)draws, &in->arena, &e.r, &in->err);
    }
    if (!status)
        status = parley_gainloss_turn(&e.s, 2, false, e.set, &e.n_sets, &e.tried, &in->err);
    if (!status)
        status = over_window(in, &e);
    if (!status)
        status = accord_limits(in, &e.input, &e.theory);
    case_input_close(&e.input);
    if (status)
        return status;
    if (wants_json(in)) {
        as_json(in, &e);
        return PARLEY_OK;
    }
    return as_text(in, &e);
}

const struct command command_accord_eval = {
    .name = "accord eval",
    .operands = "CASE|ACTOR ACTOR...",
    .operands_min = 1,
    .operands_max = 32,
    .summary = "Whether the parties of a case would agree, how likely, who refuses and why, and what would tip it.",
    .summary_zh = "评估某案例各方能否达成协议、概率多大、谁会拒绝及原因，以及什么会改变结果。",
    .text = "CASE is the id of a case (C03), or a case file in YAML or JSON. Every party agrees when p G - (1 - p) L - "
            "K is above zero: gain G if the others keep "
            "the agreement, loss L if they break it, credibility p, cost K. Inputs that the case does not state follow "
            "from its conditions by the codebook; "
            "they are assumed, and said to be.\n\n"
            "With two or more actors (CN US) instead of a case: an attempt of theirs now. Its conditions are unknown, "
            "nothing is coded; the years of the window "
            "come from the record.\n\n"
            "The probability counts the uncertainty of every input; its interval also that the defaults may be wrong. "
            "Unknown conditions count half yes, half no, "
            "and each way to fill them is shown.",
    .examples = "parley accord eval C04\nparley accord eval C03 --json\nparley accord eval CN US\nparley accord eval "
                "C04 --record\nparley case export C02 | parley accord eval -\n",
    .options = options,
    .run = run,
};

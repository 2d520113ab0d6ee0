#include "accord_words.h"

#include <math.h>
#include <string.h>

const char *const input_words[PARLEY_INPUTS] = { "gain", "loss", "credibility", "cost" };

const char *predicted_word(enum parley_tri v)
{
    return v == PARLEY_YES ? "agreement" : v == PARLEY_NO ? "no agreement" : "open";
}

const char *short_number(struct invocation *in, double v, int digits)
{
    char text[PARLEY_NUMBER_TEXT];
    if (isnan(v))
        return "-";
    parley_double_to_short(v, digits, text);
    const char *kept = parley_arena_strdup(&in->arena, text);
    return kept ? kept : "";
}

const char *party_text(const struct invocation *in, const char *name)
{
    if (!strcmp(name, "proposers"))
        return PARLEY_SAY(in->lang, "proposers", "发起方");
    if (!strcmp(name, "others"))
        return PARLEY_SAY(in->lang, "others", "其他各方");
    return name;
}

const char *switch_text(struct invocation *in, const struct parley_situation *s, const struct parley_switch *w)
{
    enum parley_lang l = in->lang;
    switch (w->what) {
    case PARLEY_SWITCH_HARM:
        return s->conditions.severe == PARLEY_NO ? PARLEY_SAY(l, "common harm becomes severe", "共同危害变为严重")
                                                 : PARLEY_SAY(l, "common harm is not severe", "共同危害不严重");
    case PARLEY_SWITCH_THREAT:
        return s->conditions.threat == PARLEY_YES ? PARLEY_SAY(l, "the regime threat is gone", "政权威胁认知消失")
                                                  : PARLEY_SAY(l, "a regime threat is perceived", "出现政权威胁认知");
    case PARLEY_SWITCH_SENSITIVE:
        return s->conditions.sensitive ? PARLEY_SAY(l, "crime instead of arms control", "改谈网络犯罪而非军控")
                                       : PARLEY_SAY(l, "arms control instead of crime", "改谈军控而非网络犯罪");
    case PARLEY_SWITCH_MULTILATERAL:
        return s->conditions.multilateral ? PARLEY_SAY(l, "bilateral", "改为双边")
                                          : PARLEY_SAY(l, "multilateral", "改为多边");
    case PARLEY_SWITCH_MEASURE: break;
    }
    const struct parley_measure *m = &s->book->measure[w->measure];
    bool there = s->strength[w->measure] > 0.5;
    const char *text =
        there ? parley_arena_printf(&in->arena, PARLEY_SAY(l, "without %s", "取消%s"), PARLEY_SAY(l, m->en, m->zh))
              : PARLEY_SAY(l, m->en, m->zh);
    return text ? text : "";
}

const char *
switch_set_text(struct invocation *in, const struct parley_situation *before, const struct parley_switch_set *set)
{
    const char *text = "";
    for (size_t i = 0; i < set->n && text; i++)
        text = parley_arena_printf(&in->arena, "%s%s%s", text, i ? PARLEY_SAY(in->lang, "; ", "；") : "",
                                   switch_text(in, before, &set->element[i]));
    return text ? text : "";
}

const char *refusal_text(struct invocation *in, const struct parley_party *party, const struct parley_party_result *r)
{
    const struct parley_terms *t = &r->terms;
    double benefit = t->credibility * (t->gain - r->relative_loss), risk = (1 - t->credibility) * t->loss;
    const char *name = party_text(in, party->name);
    const char *a = short_number(in, benefit, 3), *b = short_number(in, risk, 3), *c = short_number(in, t->cost, 3),
               *u = short_number(in, r->utility, 3);
    const char *text;
    if (r->agrees)
        text = parley_arena_printf(&in->arena,
                                   PARLEY_SAY(in->lang,
                                              "%s agrees: it expects to gain %s if the others keep the agreement, to "
                                              "lose %s if they do not, at a cost of %s; net %s.",
                                              "%s会同意：履约带来的期望收益%s，违约的期望损失%s，谈判成本%s，净值%s。"),
                                   name, a, b, c, u);
    else
        text = parley_arena_printf(
            &in->arena,
            PARLEY_SAY(in->lang,
                       "%s refuses: the expected gain of %s does not cover the expected loss from a breach (%s) and "
                       "the cost (%s); net %s. %s weighs most.",
                       "%s会拒绝：期望收益%s不足以抵偿违约的期望损失（%s）和成本（%s），净值%s。主要原因：%s。"),
            name, a, b, c, u,
            risk >= t->cost ? PARLEY_SAY(in->lang, "The risk of a breach", "违约风险")
                            : PARLEY_SAY(in->lang, "The cost", "成本"));
    return text ? text : "";
}

enum parley_status
accord_limits(struct invocation *in, const struct case_input *input, struct parley_theory_result *out)
{
    struct parley_theory_row *row = PARLEY_NEW(&in->arena, struct parley_theory_row, input->n);
    if (!row)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < input->n; i++) {
        enum parley_status status = case_theory_row(in, &input->list[i], &input->book, &row[i]);
        if (status)
            return status;
    }
    return parley_theory_test(row, input->n, &in->arena, out, &in->err);
}

void put_limits(struct parley_json *j, const struct parley_theory_result *r)
{
    parley_json_key(j, "limits");
    parley_json_object(j);
    parley_json_put_integer(j, "cases", (int64_t)r->score.n);
    parley_json_put_integer(j, "always_yes", (int64_t)r->always_yes);
    parley_json_put_number(j, "fisher_p", r->score.fisher_p);
    parley_json_put_integer(j, "cases_with_threat", (int64_t)r->threat_yes);
    parley_json_put_integer(j, "cases_with_harm_not_severe", (int64_t)r->harm_no);
    parley_json_put_string(j, "note",
                           "every number of the gain-loss model is assumed unless the case states it; the study that "
                           "states the theory chose the cases");
    parley_json_object_end(j);
}

void put_terms(struct parley_json *j, const struct parley_terms *t)
{
    parley_json_put_number(j, "gain", t->gain);
    parley_json_put_number(j, "loss", t->loss);
    parley_json_put_number(j, "credibility", t->credibility);
    parley_json_put_number(j, "cost", t->cost);
    parley_json_put_number(j, "payment", t->payment);
}

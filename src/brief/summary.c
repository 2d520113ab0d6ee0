/* Section 1: five sentences with numbers and their uncertainty, and the numbers themselves. */
#include "brief/section.h"

#include <math.h>

static void record(struct brief *b)
{
    const char *what = b->n_conflict > 2 * b->n_cooperation ? PARLEY_SAY(b->lang, "mostly conflictual", "以冲突为主")
                       : b->n_cooperation > 2 * b->n_conflict ? PARLEY_SAY(b->lang, "mostly cooperative", "以合作为主")
                                                              : PARLEY_SAY(b->lang, "mixed", "冲突与合作并存");
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The record holds %zu events between %s and %s, from %zu source%s; they are %s: %zu conflictual and %zu cooperative.", "记录中有%zu个%s与%s之间的事件，来自%zu个来源%s；总体上%s：冲突%zu个，合作%zu个。"), b->n_events, b->in_text_a, b->in_text_b,
                         b->n_sources, PARLEY_SAY(b->lang, b->n_sources == 1 ? "" : "s", ""), what, b->n_conflict, b->n_cooperation);
}

static const char *intensity_clause(const struct brief *b)
{
    const struct parley_changes *c = &b->assess.intensity;
    return c->n         ? PARLEY_SAY(b->lang, "their intensity changed too", "强度也有变化")
           : c->any > .5 ? PARLEY_SAY(b->lang, "whether their intensity changed is open", "强度是否变化尚无定论")
                         : PARLEY_SAY(b->lang, "a change of their intensity is not supported", "强度的变化没有证据支持");
}

static void rate(struct brief *b)
{
    const struct parley_changes *c = &b->assess.rate;
    double years = bins_per_year(b->assess.series.bin);
    if (c->n == 0) {
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "They come at %s a year, and no date at which that rate changed stands out (probability of a change somewhere: %s).", "平均每年 %s 个，没有突出的比率变化日期（某处存在变化的概率：%s）。"),
                             say_number(b, b->assess.dispersion.mean * years, 2), say_percent(b, c->any));
        return;
    }
    const struct parley_change *last = &c->change[c->n - 1];
    const char *times = c->n > 1 ? parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "changed %zu times in frequency and last ", "共变化%zu次，最近一次"), c->n) : "";
    if (!times)
        times = "";
    bool vague = 2 * (last->high - last->low) > b->assess.series.n_bins;
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "They %s%s from %s to %s a year; the change is most likely in %s%s (95 %% interval %s to %s; probability %s), and %s.", "事件数%s%s：由每年 %s 个变为 %s 个；变化最可能在 %s%s（95%%区间 %s 至 %s；概率 %s），%s。"),
                         times, last->after > last->before ? PARLEY_SAY(b->lang, "became more frequent,", "上升") : PARLEY_SAY(b->lang, "became rarer,", "下降"), say_number(b, last->before * years, 2), say_number(b, last->after * years, 2),
                         say_bin(b, last->at), vague ? PARLEY_SAY(b->lang, ", though its date is hardly known", "，但日期几乎不可知") : "", say_bin(b, last->low), say_bin(b, last->high), say_percent(b, last->confidence), intensity_clause(b));
}

static void answers(struct brief *b)
{
    const struct parley_excitation *x = &b->assess.excitation;
    char reason[400];
    if (x->identified)
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Events answer earlier events: controllability is %s (95 %% interval %s), where below 0 means that the relation feeds on itself.", "事件会回应先前的事件：可控性为 %s（95%%区间 %s），低于 0 表示关系自我助长。"), say_number(b, x->controllability, 2),
                             say_range(b, x->controllability_low, x->controllability_high, 2));
    else
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Nobody can tell from this record who answers whom, nor whether the relation is under control (%s).", "从这份记录无法判断谁回应谁，也无法判断关系是否受控（%s）。"), parley_excitation_reason(x, b->lang, reason));
}

static void phase(struct brief *b)
{
    const struct parley_phases *p = &b->assess.phases;
    if (!p->n_spells) {
        parley_doc_paragraph(b->doc, "%s", PARLEY_SAY(b->lang, "No phase can be given.", "无法给出阶段。"));
        return;
    }
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "At the end of the record, in %s, the relation is in %s; with the limits of the rule moved a little, %s of 40 variants still say so.", "在记录末端（%s），关系处于%s阶段；将规则的界限略作移动，40种变体中仍有 %s 结论相同。"), say_phase_month(b, p->spell[p->n_spells - 1].to),
                         parley_phase_text(p->now, b->lang), say_percent(b, p->stable));
}

static void forecast(struct brief *b)
{
    const struct parley_assessment *a = &b->assess;
    if (!a->has_forecast) {
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The record is too short for a forecast: %s.", "记录过短，不作预测：%s。"), say_no_forecast(b));
        return;
    }
    const struct parley_prediction *first = a->n_ahead ? &a->ahead[0].step.prediction : &a->prediction, *last = a->n_ahead ? &a->ahead[a->n_ahead - 1].step.prediction : first;
    const char *noun = one_bin(b->lang, a->n_ahead ? brief_ahead_bin(a) : a->forecast_bin);
    const char *later = a->n_ahead < 2 ? "" : parley_arena_printf(b->arena, PARLEY_SAY(b->lang, ", and %2$s events %1$s later (%3$s)", "；再过%1$s为 %2$s 个（%3$s）"), say_bins(b, a->n_ahead - 1, brief_ahead_bin(a)),
                                                                  say_number(b, last->mean, 2), say_range(b, last->low, last->high, 3));
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "For the %s after the record the forecast is %s events (90 %% interval %s)%s%s.", "对记录之后的%s，预测为 %s 个事件（90%%区间 %s）%s%s。"), noun, say_number(b, first->mean, 2),
                         say_range(b, first->low, first->high, 3), later ? later : "",
                         a->backtest.used == a->backtest.baseline ? PARLEY_SAY(b->lang, ", by the simple rule (baseline) that no other model beat in the past", "，由简单规则（基线）给出，过去没有模型胜过它") : PARLEY_SAY(b->lang, ", by a model that beat every simple rule (baseline) in the past", "，所用模型过去胜过所有简单规则（基线）"));
}

static void facts(struct brief *b)
{
    const struct parley_assessment *a = &b->assess;
    bool zh = b->lang == PARLEY_ZH;
    const char *sure = parley_arena_printf(b->arena, zh ? "冲突%zu，合作%zu，日期不详%zu" : "%zu conflictual, %zu cooperative, %zu undated", b->n_conflict, b->n_cooperation, b->n_undated);
    const char *count = parley_arena_printf(b->arena, "%zu", b->n_events);
    parley_doc_fact(b->doc, zh ? "事件" : "Events", count ? count : "", sure ? sure : "");
    if (!b->assessed)
        return;
    if (a->phases.n_spells) {
        sure = parley_arena_printf(b->arena, zh ? "40种规则变体中 %s 结论相同" : "%s of 40 variants of the rule say so", say_percent(b, a->phases.stable));
        parley_doc_fact(b->doc, zh ? "阶段" : "Phase", parley_phase_text(a->phases.now, b->lang), sure ? sure : "");
    }
    if (a->excitation.identified) {
        sure = parley_arena_printf(b->arena, zh ? "95%%区间 %s" : "95 %% interval %s", say_range(b, a->excitation.controllability_low, a->excitation.controllability_high, 2));
        parley_doc_fact(b->doc, zh ? "可控性" : "Controllability", say_number(b, a->excitation.controllability, 2), sure ? sure : "");
    } else {
        parley_doc_fact(b->doc, zh ? "可控性" : "Controllability", zh ? "未知" : "not known", zh ? "数据不足以判断" : "the data are too few to tell");
    }
    if (a->has_forecast) {
        const char *next = parley_arena_printf(b->arena, zh ? "下%s的事件" : "Events of the next %s", one_bin(b->lang, a->n_ahead ? brief_ahead_bin(a) : a->forecast_bin));
        const struct parley_prediction *p = a->n_ahead ? &a->ahead[0].step.prediction : &a->prediction;
        sure = parley_arena_printf(b->arena, zh ? "90%%区间，预期 %s" : "90 %% interval; %s expected", say_number(b, p->mean, 2));
        parley_doc_fact(b->doc, next ? next : "", say_range(b, p->low, p->high, 3), sure ? sure : "");
    }
}

enum parley_status brief_summary(struct brief *b, struct parley_error *err)
{
    (void)err;
    record(b);
    if (b->assessed) {
        rate(b);
        answers(b);
        phase(b);
        forecast(b);
    } else {
        parley_doc_note(b->doc, PARLEY_SAY(b->lang, "The data bear no assessment: %s.", "数据不足以评估：%s。"), b->why);
    }
    facts(b);
    if (b->assessed)
        parley_doc_note(b->doc, "%s", PARLEY_SAY(b->lang, "How to read the numbers: an interval of 95 % (or 90 %) is made so that the truth lies inside 95 (90) times in a hundred. p is how often chance alone would show as much; above 0.05 "
                                                          "chance is explanation enough. Intensity runs from -10 (most conflictual) to +10 (most cooperative).",
                                                 "数字的读法：95%（或90%）区间的含义是，一百次中有95次（90次）真值落在其中。p 表示仅凭偶然也会出现这种结果的频率；高于0.05时，偶然足以解释。强度从-10（最冲突）到+10（最合作）。"));
    return PARLEY_OK;
}

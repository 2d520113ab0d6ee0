#include "assess_text.h"
#include "event_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SAY(en, zh) PARLEY_SAY(a_lang, en, zh)

struct page {
    struct parley_doc doc;
    enum parley_lang lang;
    const struct parley_assessment *a;
    struct event_words words;
};

static const char *bin_text(int64_t bin, enum parley_precision precision, char out[PARLEY_DATE_TEXT])
{
    struct parley_date date = parley_bin_date(bin, precision);
    parley_date_start_text(&date, out);
    return out;
}

static const char *bin_word(enum parley_precision bin, enum parley_lang lang)
{
    switch (bin) {
    case PARLEY_DAY: return PARLEY_SAY(lang, "day", "日");
    case PARLEY_WEEK: return PARLEY_SAY(lang, "week", "周");
    case PARLEY_MONTH: return PARLEY_SAY(lang, "month", "月");
    case PARLEY_QUARTER: return PARLEY_SAY(lang, "quarter", "季度");
    case PARLEY_DECADE: return PARLEY_SAY(lang, "decade", "十年");
    default: return PARLEY_SAY(lang, "year", "年");
    }
}

/* The answers to the three questions in words, before the numbers. */
static void write_short(struct page *p)
{
    const struct parley_assessment *a = p->a;
    const struct parley_series *s = &a->series;
    enum parley_lang a_lang = p->lang;
    char at[PARLEY_DATE_TEXT], reason[PARLEY_EXCITATION_REASON];
    parley_doc_heading(&p->doc, 2, "short", "%s", SAY("In short", "概要"));
    const struct parley_change *c = a->rate.n ? &a->rate.change[a->rate.n - 1] : NULL;
    if (c)
        parley_doc_item(&p->doc, SAY("Is it getting worse? Events became %s in %s (%.3g a %s before, %.3g after).", "是否在恶化？事件在%2$s变得%1$s（此前每%4$s%3$.3g个，此后%5$.3g个）。"), c->after > c->before ? SAY("more frequent", "更频繁") : SAY("rarer", "更少"),
                        bin_text(s->first_bin + (int64_t)c->at, s->bin, at), c->before, bin_word(s->bin, a_lang), c->after);
    else
        parley_doc_item(&p->doc, "%s", SAY("Is it getting worse? No date stands out at which events became more or less frequent.", "是否在恶化？没有突出的日期显示事件变多或变少。"));
    if (a->excitation.identified)
        parley_doc_item(&p->doc, SAY("Is it under control? Acts provoke acts: one leads directly to %.2g others; controllability %.2f (%.2f to %.2f).", "是否可控？行为引发行为：一次行为直接引出约%.2g次；可控性%.2f（%.2f至%.2f）。"), a->excitation.spectral_radius,
                        a->excitation.controllability, a->excitation.controllability_low, a->excitation.controllability_high);
    else
        parley_doc_item(&p->doc, SAY("Is it under control? Nobody can tell from this record (%s).", "是否可控？从这份记录无法判断（%s）。"), parley_excitation_reason(&a->excitation, a_lang, reason));
    parley_doc_item(&p->doc, SAY("Where does it stand? In %s: %s; with the limits of the rule moved a little, %.0f %% of 40 variants still say so.", "现处何阶段？%s：%s；将规则的界限略作移动，40种变体中仍有%.0f%%结论相同。"),
                    bin_text(a->phase_first + (int64_t)a->phases.n_bins - 1, PARLEY_MONTH, at), parley_phase_text(a->phases.now, a_lang), 100 * a->phases.stable);
    parley_doc_note(&p->doc, "%s", SAY("Brackets hold 95 % intervals: made so that the truth lies inside 95 times in a hundred. p is how often chance alone would show as much; above 0.05 chance is explanation enough.",
                                       "括号内为95%区间：一百次中有95次真值落在其中。p表示仅凭偶然也会如此的频率；高于0.05时，偶然足以解释。"));
}

static void write_counts(struct page *p)
{
    enum { ROWS_MAX = 40 };
    const struct parley_assessment *a = p->a;
    const struct parley_series *s = &a->series;
    enum parley_lang a_lang = p->lang;
    char text[PARLEY_DATE_TEXT], last[PARLEY_DATE_TEXT];
    parley_doc_heading(&p->doc, 2, "counts", "%s", SAY("What happened, and how often", "发生了什么，多频繁"));
    parley_doc_paragraph(&p->doc, SAY("%zu events of the relation; %zu of them in %zu bins of one %s, %s to %s%s.",
                                      "该关系共%zu个事件；其中%zu个归入%zu个时段（以%s为单位），%s至%s%s。"),
                         s->n_events, s->n_binned, s->n_bins, bin_word(s->bin, a_lang), bin_text(s->first_bin, s->bin, text),
                         bin_text(s->first_bin + (int64_t)s->n_bins - 1, s->bin, last),
                         s->bin_chosen ? SAY(" (the finest bin that holds 90 % of the dated events)", "（容纳90%有日期事件的最细单位）") : "");
    if (s->n_too_coarse || s->n_undated)
        parley_doc_note(&p->doc, SAY("Too coarse for the bin: %zu. Undated: %zu. They are in no count below.",
                                     "日期过粗：%zu个。无日期：%zu个。以下计数不含它们。"), s->n_too_coarse, s->n_undated);
    enum parley_precision show = s->n_bins <= ROWS_MAX ? s->bin : PARLEY_YEAR;
    int64_t first = parley_bin_of(parley_bin_start(s->first_bin, s->bin), show), rows = parley_bin_of(parley_bin_start(s->first_bin + (int64_t)s->n_bins - 1, s->bin), show) - first + 1;
    if (rows > ROWS_MAX)
        rows = 0;
    struct parley_table *t = rows ? parley_doc_table(&p->doc, SAY("Events and summed intensity (-10 most hostile to +10 most cooperative)", "事件数与强度之和（-10最敌对，+10最合作）")) : NULL;
    if (!t)
        return;
    static const char *const en[] = { "from", "events", "hostile", "cooperative", "jointly", "intensity" }, *const zh[] = { "起始", "事件", "敌对", "合作", "共同", "强度" };
    for (int i = 0; i < 4; i++)
        parley_table_column(t, PARLEY_SAY(a_lang, en[i], zh[i]), i ? PARLEY_RIGHT : PARLEY_LEFT);
    parley_table_column(t, a->excitation.label[0], PARLEY_RIGHT);
    parley_table_column(t, a->excitation.label[1], PARLEY_RIGHT);
    for (int i = 4; i < 6; i++)
        parley_table_column(t, PARLEY_SAY(a_lang, en[i], zh[i]), PARLEY_RIGHT);
    for (int64_t r = 0; r < rows; r++) {
        const double *lines[] = { s->count, s->conflict, s->cooperation, s->by_direction[0], s->by_direction[1], s->by_direction[2], s->intensity };
        double sum[7] = { 0 };
        for (size_t b = 0; b < s->n_bins; b++)
            if (parley_bin_of(parley_bin_start(s->first_bin + (int64_t)b, s->bin), show) == first + r)
                for (int i = 0; i < 7; i++)
                    sum[i] += lines[i][b];
        if (!(sum[0] > 0))
            continue;
        parley_table_cell(t, "%s", bin_text(first + r, show, text));
        for (int i = 0; i < 7; i++)
            parley_table_number(t, sum[i], 4);
    }
}

static void write_spread(struct page *p)
{
    const struct parley_dispersion *d = &p->a->dispersion;
    enum parley_lang a_lang = p->lang;
    parley_doc_heading(&p->doc, 2, "spread", "%s", SAY("How uneven", "分布有多不均匀"));
    parley_doc_item(&p->doc, SAY("In clusters? Variance over mean of the counts (Fano) is %.3g; 1 if events came independently of each other (by chance alone: p %.2g).", "是否成群？计数的方差与均值之比（Fano）为%.3g；若事件互不相干则为1（仅凭偶然：p %.2g）。"), d->fano, d->fano_p);
    if (!isnan(d->burstiness))
        parley_doc_item(&p->doc, SAY("Burstiness: %.2f (-1 regular, 0 chance, 1 bursts); as many events at random bins are as bursty with p %.2g.",
                                     "爆发性：%.2f（-1规则，0随机，1爆发）；同样多的事件随机分布时达到此值的p为%.2g。"), d->burstiness, d->burstiness_p);
    if (!isnan(d->suddenness))
        parley_doc_item(&p->doc, SAY("Suddenness: %.0f %% of the bins with events follow %d bins without any.", "突然性：%.0f%%有事件的时段之前连续%d个时段没有事件。"), 100 * d->suddenness, PARLEY_QUIET_BINS);
    if (!isnan(d->cooperation_share))
        parley_doc_item(&p->doc, SAY("Cooperation: %.0f %% of the events with a sign; mean intensity %+.2f.", "合作：占有正负号事件的%.0f%%；平均强度%+.2f。"), 100 * d->cooperation_share, d->mean_intensity);
}

static void write_changes(struct page *p)
{
    const struct parley_assessment *a = p->a;
    const struct parley_series *s = &a->series;
    enum parley_lang a_lang = p->lang;
    char at[PARLEY_DATE_TEXT], low[PARLEY_DATE_TEXT], high[PARLEY_DATE_TEXT];
    parley_doc_heading(&p->doc, 2, "changes", "%s", SAY("When the level changed", "水平何时改变"));
    if (!a->rate.n && !isnan(a->rate.any))
        parley_doc_paragraph(&p->doc, a->rate.any < .5 ? SAY("No change in frequency is supported; the probability of one at some date is %.2f.", "没有证据支持频率发生改变；某处发生过改变的概率为%.2f。")
                                              : SAY("Whether the frequency changed is open: no single date is supported, while the probability of a change at some date is %.2f.", "频率是否改变尚无定论：没有任何一个日期得到支持，而某处发生过改变的概率为%.2f。"), a->rate.any);
    for (size_t k = 0; k < a->rate.n; k++) {
        const struct parley_change *c = &a->rate.change[k];
        parley_doc_item(&p->doc, SAY("Frequency: from %.3g to %.3g events a %s at %s (between %s and %s; probability %.2f).", "频率：从%.3g变为%.3g（每%s事件数），时间%s（%s至%s之间；概率%.2f）。"), c->before, c->after, bin_word(s->bin, a_lang),
                        bin_text(s->first_bin + (int64_t)c->at, s->bin, at), bin_text(s->first_bin + (int64_t)c->low, s->bin, low), bin_text(s->first_bin + (int64_t)c->high, s->bin, high), c->confidence);
    }
    if (!a->intensity.n && !isnan(a->intensity.any))
        parley_doc_paragraph(&p->doc, a->intensity.any < .5 ? SAY("No change in mean intensity is supported; the probability of one at some date is %.2f.", "没有证据支持平均强度发生改变；某处发生过改变的概率为%.2f。")
                                              : SAY("Whether the mean intensity changed is open: no single date is supported, while the probability of a change at some date is %.2f.", "平均强度是否改变尚无定论：没有任何一个日期得到支持，而某处发生过改变的概率为%.2f。"), a->intensity.any);
    for (size_t k = 0; k < a->intensity.n; k++) {
        const struct parley_change *c = &a->intensity.change[k];
        parley_doc_item(&p->doc, SAY("Mean intensity: from %+.2f to %+.2f at %s (between %s and %s; probability %.2f).", "平均强度：从%+.2f变为%+.2f，时间%s（%s至%s之间；概率%.2f）。"), c->before, c->after,
                        bin_text(a->intensity_bin[c->at], s->bin, at), bin_text(a->intensity_bin[c->low], s->bin, low), bin_text(a->intensity_bin[c->high], s->bin, high), c->confidence);
    }
}

static void write_excitation(struct page *p)
{
    const struct parley_excitation *e = &p->a->excitation;
    enum parley_lang a_lang = p->lang;
    char reason[PARLEY_EXCITATION_REASON], from[PARLEY_DATE_TEXT];
    parley_doc_heading(&p->doc, 2, "answers", "%s", SAY("Who answers whom, and is it under control", "谁回应谁，是否可控"));
    parley_excitation_reason(e, a_lang, reason);
    if (p->a->recent)
        parley_doc_paragraph(&p->doc, SAY("Here and in the forecast only the last %d bins are looked at, from %s on.", "此处及预测只使用最近%d个时段，自%s起。"), PARLEY_RECENT_BINS_MAX,
                             bin_text(p->a->series.first_bin + (int64_t)p->a->recent, p->a->series.bin, from));
    if (!e->identified)
        parley_doc_note(&p->doc, SAY("Not identified: %s. Nothing is said about retaliation and controllability.", "不可识别：%s。对报复与可控性不作结论。"), reason);
    else
        parley_doc_paragraph(&p->doc, SAY("Identified: %s.", "可识别：%s。"), reason);
    if (!e->identified)
        return;
    struct parley_table *t = parley_doc_table(&p->doc, SAY("Acts of the row that one act of the column provokes (95 % interval)", "列的一个行为所引发的行的行为数（95%区间）"));
    parley_table_column(t, SAY("answer", "回应"), PARLEY_LEFT);
    for (size_t j = 0; j < e->types; j++)
        parley_table_column(t, e->label[j], PARLEY_RIGHT);
    for (size_t i = 0; i < e->types; i++) {
        parley_table_cell(t, "%s", e->label[i]);
        for (size_t j = 0; j < e->types; j++)
            parley_table_cell(t, "%.2f (%.2f - %.2f)", e->branching[i * e->types + j], e->branching_low[i * e->types + j], e->branching_high[i * e->types + j]);
    }
    parley_doc_paragraph(&p->doc, SAY("Controllability %.2f (%.2f to %.2f): 1 means that acts provoke nothing, below 0 the relation feeds on itself. Half-life %.3g bins (%.3g to %.3g). "
                                      "Each side answers the other: p %.2g.",
                                      "可控性%.2f（%.2f至%.2f）：1表示行为不引发后续，低于0表示关系自我激化。半衰期%.3g个时段（%.3g至%.3g）。双方相互回应：p %.2g。"),
                         e->controllability, e->controllability_low, e->controllability_high, e->half_life, e->half_life_low, e->half_life_high, e->cross_p);
    if (e->spectral_radius >= 1)
        parley_doc_note(&p->doc, "%s", SAY("The spectral radius is not below 1: the relation feeds on itself.", "谱半径不小于1：关系自我激化。"));
}

static void write_phases(struct page *p)
{
    enum { SPELLS_MAX = 12 };
    const struct parley_phases *f = &p->a->phases;
    enum parley_lang a_lang = p->lang;
    char from[PARLEY_DATE_TEXT], to[PARLEY_DATE_TEXT], hot[PARLEY_DATE_TEXT];
    parley_doc_heading(&p->doc, 2, "phase", "%s", SAY("The phase", "所处阶段"));
    parley_doc_paragraph(&p->doc, SAY("%s: %s. Heat is %.2f times the relation's own mean (change over %zu months %+.2f). With other thresholds (up to 30 %% off) the answer is the same in %.0f %% of the variants.",
                                      "%s：%s。热度为该关系自身均值的%.2f倍（%zu个月内变化%+.2f）。阈值上下浮动30%%时，%.0f%%的情形结论相同。"),
                         bin_text(p->a->phase_first + (int64_t)f->n_bins - 1, PARLEY_MONTH, to), parley_phase_text(f->now, a_lang), f->heat_now, f->trend_bins, f->trend_now, 100 * f->stable);
    struct parley_table *t = parley_doc_table(&p->doc, SAY("Phases (by month; heat = fading sum of hostile intensity over its mean)", "各阶段（按月；热度=敌对强度衰减和与其均值之比）"));
    parley_table_column(t, SAY("phase", "阶段"), PARLEY_LEFT);
    parley_table_column(t, SAY("from", "起"), PARLEY_LEFT);
    parley_table_column(t, SAY("to", "止"), PARLEY_LEFT);
    parley_table_column(t, SAY("hottest", "最热"), PARLEY_LEFT);
    parley_table_column(t, SAY("heat", "热度"), PARLEY_RIGHT);
    size_t skip = f->n_spells > SPELLS_MAX ? f->n_spells - SPELLS_MAX : 0;
    for (size_t i = skip; i < f->n_spells; i++) {
        const struct parley_phase_spell *s = &f->spell[i];
        parley_table_cell(t, "%s", parley_phase_text(s->phase, a_lang));
        parley_table_cell(t, "%s", bin_text(p->a->phase_first + (int64_t)s->from, PARLEY_MONTH, from));
        parley_table_cell(t, "%s", bin_text(p->a->phase_first + (int64_t)s->to, PARLEY_MONTH, to));
        parley_table_cell(t, "%s", bin_text(p->a->phase_first + (int64_t)s->hottest, PARLEY_MONTH, hot));
        parley_table_number(t, s->heat_max, 3);
    }
    if (skip)
        parley_doc_note(&p->doc, SAY("%zu earlier phases are left out; --json has all.", "略去更早的%zu个阶段；--json给出全部。"), skip);
}

static void write_mechanisms(struct page *p)
{
    const struct parley_assessment *a = p->a;
    enum parley_lang a_lang = p->lang;
    char at[PARLEY_DATE_TEXT];
    if (!a->n_interruptions)
        return;
    parley_doc_heading(&p->doc, 2, "mechanisms", "%s", SAY("Before and after mechanisms", "机制前后"));
    struct parley_table *t = parley_doc_table(&p->doc, SAY("Hostile events up to three years before and after; ratio of the rates (95 % interval)", "前后至多三年的敌对事件；发生率之比（95%区间）"));
    parley_table_column(t, SAY("mechanism", "机制"), PARLEY_LEFT);
    parley_table_column(t, SAY("at", "时间"), PARLEY_LEFT);
    parley_table_column(t, SAY("before", "之前"), PARLEY_RIGHT);
    parley_table_column(t, SAY("after", "之后"), PARLEY_RIGHT);
    parley_table_column(t, SAY("ratio", "比值"), PARLEY_LEFT);
    for (size_t k = 0; k < a->n_interruptions; k++) {
        const struct parley_interruption *i = &a->interruption[k];
        parley_table_cell(t, "%s %s", i->start ? "+" : "-", i->name);
        parley_table_cell(t, "%s", bin_text(a->series.first_bin + (int64_t)i->at, a->series.bin, at));
        parley_table_number(t, i->events_before, 4);
        parley_table_number(t, i->events_after, 4);
        if (i->enough)
            parley_table_cell(t, "%.2f (%.2f - %.2f), p %.2g", i->ratio.estimate, i->ratio.low, i->ratio.high, i->p_value);
        else
            parley_table_cell(t, SAY("too few: %.2g - %.3g", "太少：%.2g - %.3g"), i->ratio.low, i->ratio.high);
    }
    parley_doc_note(&p->doc, "%s", SAY("+ start, - end or suspension. What else happened in those years is not taken out: this is no proof of an effect.",
                                       "+开始，-结束或中止。同期的其他事件没有剔除：这不是效果的证明。"));
}

/* The segmented regression, where there is enough for one. */
static void write_trends(struct page *p)
{
    const struct parley_assessment *a = p->a;
    enum parley_lang a_lang = p->lang;
    char at[PARLEY_DATE_TEXT];
    size_t n = 0;
    for (size_t k = 0; k < a->n_interruptions; k++)
        n += a->interruption[k].trend.enough;
    if (!n)
        return;
    struct parley_table *t = parley_doc_table(&p->doc, SAY("Level and trend of hostile events, a year: before, and what changes at the date (95 % interval)", "敌对事件的水平与趋势（每年）：之前，以及该日期的变化（95%区间）"));
    parley_table_column(t, SAY("mechanism", "机制"), PARLEY_LEFT);
    parley_table_column(t, SAY("at", "时间"), PARLEY_LEFT);
    parley_table_column(t, SAY("before, trend", "之前，趋势"), PARLEY_LEFT);
    parley_table_column(t, SAY("step", "水平变化"), PARLEY_LEFT);
    parley_table_column(t, SAY("change of trend", "趋势变化"), PARLEY_LEFT);
    for (size_t k = 0; k < a->n_interruptions; k++) {
        const struct parley_interruption *i = &a->interruption[k];
        const struct parley_trend *r = &i->trend;
        if (!r->enough)
            continue;
        parley_table_cell(t, "%s %s", i->start ? "+" : "-", i->name);
        parley_table_cell(t, "%s", bin_text(a->series.first_bin + (int64_t)i->at, a->series.bin, at));
        parley_table_cell(t, "%.1f, %+.2f", r->level.estimate, r->slope.estimate);
        parley_table_cell(t, SAY("%+.1f (%.1f to %.1f), p %.2g", "%+.1f（%.1f至%.1f），p %.2g"), r->level_change.estimate, r->level_change.low, r->level_change.high, r->level_p);
        parley_table_cell(t, SAY("%+.2f (%.2f to %.2f), p %.2g", "%+.2f（%.2f至%.2f），p %.2g"), r->slope_change.estimate, r->slope_change.low, r->slope_change.high, r->slope_p);
    }
    parley_doc_note(&p->doc, "%s", SAY("Step: how many hostile events a year more (+) or fewer (-) from that date on; change of trend: how much faster or slower they grow from year to year. An interval that holds 0 leaves open "
                                       "whether anything changed, and with many mechanisms one in twenty seems to matter by chance. Least squares over up to five years or twelve bins on each side; the intervals allow for "
                                       "errors that hang together. A line may fall below no events at all: read the changes, not the line.",
                                       "水平变化：自该日期起每年敌对事件增加（+）或减少（-）的个数；趋势变化：逐年增长加快或放慢的幅度。区间包含0，即无法断定有无变化；机制很多时，二十个中有一个会偶然显得重要。每侧至多五年或十二个时段的最小二乘法；区间考虑了误差的自相关。直线可能低于零：应看变化而非直线本身。"));
}

static void write_domains(struct page *p)
{
    const struct parley_domains *d = &p->a->domains;
    enum parley_lang a_lang = p->lang;
    size_t linked = 0;
    parley_doc_heading(&p->doc, 2, "domains", "%s", SAY("Domains and spill-over", "领域与外溢"));
    struct parley_text text;
    parley_text_init(&text, 4096);
    for (size_t i = 0; i < d->n && i < 8; i++)
        parley_text_addf(&text, "%s%s %.0f %%", i ? ", " : "", *d->domain[i] ? domain_word(&p->words, d->domain[i]) : "?", 100 * d->share[i]);
    parley_doc_paragraph(&p->doc, SAY("Shares: %s. Spread over the domains (entropy): %.2f of at most %.2f.", "份额：%s。在各领域的分散程度（熵）：%.2f（最大%.2f）。"), parley_text_str(&text), d->entropy, d->entropy_max);
    p->doc.failed |= text.failed;
    parley_text_release(&text);
    if (!isnan(d->entropy_p))
        parley_doc_paragraph(&p->doc, SAY("Has it widened? The spread is %.2f in the first half of the events, %.2f in the second: %s (p %.2g, shuffled order).", "范围是否扩大？前一半事件的分散程度为%.2f，后一半为%.2f：%s（p %.2g，打乱顺序）。"), d->entropy_early, d->entropy_late,
                             d->entropy_p < 0.05 ? (d->entropy_late > d->entropy_early ? SAY("the relation has spread over more domains", "关系扩展到更多领域") : SAY("the relation has narrowed to fewer domains", "关系收窄到更少领域"))
                                                 : SAY("no more than chance would move it", "不超过偶然波动"), d->entropy_p);
    for (size_t i = 0; i < d->n_linked; i++)
        for (size_t j = 0; j < d->n_linked; j++)
            if (i != j && d->spill_p[i * d->n_linked + j] < 0.05) {
                linked++;
                parley_doc_item(&p->doc, SAY("%s follows %s within %zu bins %.1f times as often as with shuffled domains (p %.2g).", "%s在%s之后（%zu个时段内）出现的频率是打乱领域后的%.1f倍（p %.2g）。"),
                                domain_word(&p->words, d->linked[i]), domain_word(&p->words, d->linked[j]), d->lag, d->spill[i * d->n_linked + j], d->spill_p[i * d->n_linked + j]);
            }
    if (d->n_linked > 1 && !linked)
        parley_doc_paragraph(&p->doc, SAY("No domain follows another more often than with shuffled domains (%zu domains compared).", "没有领域跟随另一领域的频率超过打乱领域的情形（比较了%zu个领域）。"), d->n_linked);
}

static void write_pooled(struct page *p)
{
    const struct parley_pooled *r = &p->a->pooled;
    enum parley_lang a_lang = p->lang;
    if (isnan(r->weight))
        return;
    parley_doc_heading(&p->doc, 2, "pooled", "%s", SAY("Among all dyads", "与所有双边关系相比"));
    parley_doc_paragraph(&p->doc, SAY("%.2f events a year against a mean of %.2f over %zu dyads with events. One dyad has few data; drawn toward the others its rate is %.2f (95 %% interval %.2f to %.2f).",
                                      "每年%1$.2f个事件，%3$zu个有事件的双边关系平均为%2$.2f。一对关系数据有限；向其余关系靠拢后为%4$.2f（95%%区间%5$.2f至%6$.2f）。"),
                         r->own_rate, r->mean_rate, r->n_dyads, r->pooled.estimate, r->pooled.low, r->pooled.high);
}

static const char *forecaster_name(enum parley_forecaster by, enum parley_lang lang)
{
    static const char *const en[] = {
#define PARLEY_NAME(name, word, en_name, zh_name) en_name,
        PARLEY_FORECASTER_MAP(PARLEY_NAME)
#undef PARLEY_NAME
    };
    static const char *const zh[] = {
#define PARLEY_NAME(name, word, en_name, zh_name) zh_name,
        PARLEY_FORECASTER_MAP(PARLEY_NAME)
#undef PARLEY_NAME
    };
    return PARLEY_SAY(lang, en[by], zh[by]);
}

static void write_ahead(struct page *p)
{
    const struct parley_assessment *a = p->a;
    enum parley_lang a_lang = p->lang;
    if (!a->n_ahead)
        return;
    struct parley_table *t = parley_doc_table(&p->doc, SAY("Step by step ahead (held: how often past 90 % intervals of that distance held what came, of how many; wider: the factor by which low and high are widened because of it)", "逐步预测（命中：以往同样提前量的90%区间包含实际结果的比例及次数；放宽：上下限为此放宽的倍数）"));
    static const char *const en[] = { "when", "expected", "low", "high", "none", "held", "wider", "model" }, *const zh[] = { "时间", "预期", "下限", "上限", "无事件", "命中", "放宽", "模型" };
    for (int i = 0; i < 8; i++)
        parley_table_column(t, PARLEY_SAY(a_lang, en[i], zh[i]), i && i < 7 ? PARLEY_RIGHT : PARLEY_LEFT);
    for (size_t k = 0; k < a->n_ahead; k++) {
        const struct parley_forecast_step *s = &a->ahead[k].step;
        char from[PARLEY_DATE_TEXT], to[PARLEY_DATE_TEXT];
        parley_date_start_text(&a->ahead[k].when, from);
        parley_date_end_text(&a->ahead[k].when, to);
        parley_table_cell(t, strcmp(from, to) ? "%s - %s" : "%s", from, to);
        parley_table_number(t, s->prediction.mean, 3);
        parley_table_number(t, s->prediction.low, 6);
        parley_table_number(t, s->prediction.high, 6);
        parley_table_cell(t, "%.0f %%", 100 * s->prediction.none);
        if (s->backtest.n_forecasts)
            parley_table_cell(t, "%.0f %% / %zu", 100 * s->backtest.score[s->backtest.used].covered, s->backtest.n_forecasts);
        else
            parley_table_cell(t, "-");
        parley_table_number(t, s->widened, 3);
        parley_table_cell(t, "%s", forecaster_name(s->prediction.by, a_lang));
    }
}

static void write_forecast(struct page *p)
{
    const struct parley_assessment *a = p->a;
    enum parley_lang a_lang = p->lang;
    parley_doc_heading(&p->doc, 2, "forecast", "%s", SAY("What comes next", "接下来"));
    if (!a->has_forecast) {
        parley_doc_note(&p->doc, SAY("No forecast: %s.", "不作预测：%s。"), a->forecast_why);
        return;
    }
    const struct parley_backtest *b = &a->backtest;
    parley_doc_paragraph(&p->doc, SAY("The next %s: %.3g events expected, 90 %% interval as the model states it %.0f to %.0f (%s).", "下一%s：预期%.3g个事件，模型给出的90%%区间%.0f至%.0f（%s）。"), a_lang == PARLEY_ZH && a->forecast_bin == PARLEY_MONTH ? "个月" : bin_word(a->forecast_bin, a_lang), a->prediction.mean,
                         a->prediction.low, a->prediction.high, forecaster_name(a->prediction.by, a_lang));
    if (b->used == b->baseline)
        parley_doc_note(&p->doc, SAY("The model in which events provoke further events did not beat the simple one (baseline) in %zu past forecasts, so the simple one is used.", "在%zu次历史预测中，允许事件引发事件的模型没有优于简单模型（基线），因此使用简单模型。"), b->n_forecasts);
    write_ahead(p);
    struct parley_table *t = parley_doc_table(&p->doc, SAY("Back-test: each forecast made from what was known before it (log score: higher is better; others: lower)", "回测：每次预测只用此前信息（对数得分越高越好，其余越低越好）"));
    static const char *const en[] = { "model", "log score", "CRPS", "Brier", "in 90 % interval", "better, p" }, *const zh[] = { "模型", "对数得分", "CRPS", "Brier", "落入90%区间", "更优，p" };
    for (int i = 0; i < 6; i++)
        parley_table_column(t, PARLEY_SAY(a_lang, en[i], zh[i]), i ? PARLEY_RIGHT : PARLEY_LEFT);
    for (int f = 0; f < PARLEY_FORECASTERS; f++) {
        const struct parley_score *s = &b->score[f];
        if (isnan(s->log_score))
            continue;
        parley_table_cell(t, "%s%s", forecaster_name((enum parley_forecaster)f, a_lang), f == (int)b->used ? SAY(" (used)", "（采用）") : f == (int)b->baseline ? SAY(" (baseline)", "（基线）") : "");
        parley_table_cell(t, "%.4f", s->log_score);
        parley_table_cell(t, "%.3f", s->crps);
        parley_table_cell(t, "%.3f", s->brier);
        parley_table_cell(t, "%.0f %%", 100 * s->covered);
        parley_table_number(t, b->better_p[f], 2);
    }
}

enum parley_status assess_text(struct invocation *in, const struct parley_assessment *a)
{
    struct page p = { .lang = in->lang, .a = a };
    char title[160];
    enum parley_status status = load_words(in, &p.words);
    if (status)
        return status;
    snprintf(title, sizeof title, PARLEY_SAY(in->lang, "Assessment of %s and %s", "%s与%s关系评估"), a->relation.a, a->relation.b);
    begin_doc(in, &p.doc, title);
    write_short(&p);
    write_counts(&p);
    write_spread(&p);
    write_changes(&p);
    write_excitation(&p);
    write_phases(&p);
    write_mechanisms(&p);
    write_trends(&p);
    write_domains(&p);
    write_pooled(&p);
    write_forecast(&p);
    parley_doc_note(&p.doc, PARLEY_SAY(in->lang, "Seed %llu. Methods and their limits: docs/methods/assessment.md.", "种子%llu。方法及其局限：docs/methods/assessment.md。"), (unsigned long long)a->seed);
    return finish_doc(in, &p.doc);
}

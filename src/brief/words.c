/* Numbers and dates as people read them, and counts as charts want them. */
#include "brief/section.h"

#include <math.h>
#include <string.h>

enum { CHART_BINS_MAX = 160 };

static const char *kept(struct brief *b, const char *text)
{
    if (!text)
        b->doc->failed = true;
    return text ? text : "";
}

const char *say_number(struct brief *b, double value, int digits)
{
    char text[PARLEY_NUMBER_TEXT];
    if (isnan(value))
        return "-";
    if (isinf(value))
        return value > 0 ? "∞" : "-∞";
    if (fabs(value) >= 100 && fabs(value) < 1e9) /* people count events, not powers of ten */
        return kept(b, parley_arena_printf(b->arena, "%.0f", value));
    parley_double_to_short(value, digits, text);
    return kept(b, parley_arena_strdup(b->arena, text));
}

const char *say_percent(struct brief *b, double share)
{
    if (isnan(share))
        return "-";
    double percent = 100 * share;
    const char *text = percent > 0 && percent < 1 ? "< 1" : percent > 99 && percent < 100 ? "> 99" : NULL;
    if (text)
        return kept(b, parley_arena_printf(b->arena, "%s\xc2\xa0%%", text));
    return kept(b, parley_arena_printf(b->arena, "%.0f\xc2\xa0%%", percent));
}

const char *say_p(struct brief *b, double p)
{
    if (isnan(p))
        return PARLEY_SAY(b->lang, "p unknown", "p 值未知");
    if (p < .001)
        return "p < 0.001";
    return kept(b, parley_arena_printf(b->arena, "p = %s", say_number(b, p, 2)));
}

const char *say_range(struct brief *b, double low, double high, int digits)
{
    return kept(b, parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "%s to %s", "%s 至 %s"), say_number(b, low, digits), say_number(b, high, digits)));
}

const char *say_date(struct brief *b, const struct parley_date *date)
{
    char start[PARLEY_DATE_TEXT] = "", end[PARLEY_DATE_TEXT] = "";
    if (date->precision == PARLEY_UNDATED)
        return PARLEY_SAY(b->lang, "undated", "日期不详");
    parley_date_start_text(date, start);
    parley_date_end_text(date, end);
    if (!strcmp(start, end) || !*end)
        return kept(b, parley_arena_strdup(b->arena, start));
    return kept(b, parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "%s to %s", "%s 至 %s"), start, end));
}

const char *say_bin(struct brief *b, size_t bin)
{
    struct parley_date date = parley_bin_date(b->assess.series.first_bin + (int64_t)bin, b->assess.series.bin);
    return say_date(b, &date);
}

const char *say_phase_month(struct brief *b, size_t bin)
{
    struct parley_date month = parley_bin_date(b->assess.phase_first + (int64_t)bin, PARLEY_MONTH);
    return say_date(b, &month);
}

const char *say_domain(const struct brief *b, const char *code)
{
    for (size_t i = 0; i < b->n_domains; i++)
        if (!strcmp(b->domain[i].code, code))
            return PARLEY_SAY(b->lang, b->domain[i].en, b->domain[i].zh);
    return *code ? code : PARLEY_SAY(b->lang, "no domain", "无领域");
}

const char *say_direction(struct brief *b, enum parley_direction direction)
{
    const char *from = direction == PARLEY_B_TO_A ? b->name_b : b->name_a, *to = direction == PARLEY_B_TO_A ? b->name_a : b->name_b;
    if (direction == PARLEY_JOINTLY)
        return PARLEY_SAY(b->lang, "jointly", "共同");
    return kept(b, parley_arena_printf(b->arena, "%s → %s", from, to));
}

const char *bin_noun(enum parley_lang lang, enum parley_precision bin)
{
    switch (bin) {
    case PARLEY_DAY: return PARLEY_SAY(lang, "day", "天");
    case PARLEY_WEEK: return PARLEY_SAY(lang, "week", "周");
    case PARLEY_MONTH: return PARLEY_SAY(lang, "month", "月");
    case PARLEY_QUARTER: return PARLEY_SAY(lang, "quarter", "季度");
    case PARLEY_YEAR: return PARLEY_SAY(lang, "year", "年");
    default: return PARLEY_SAY(lang, "decade", "十年");
    }
}

const char *one_bin(enum parley_lang lang, enum parley_precision bin)
{
    switch (bin) {
    case PARLEY_MONTH: return PARLEY_SAY(lang, "month", "一个月"); /* 一月 would be January */
    case PARLEY_QUARTER: return PARLEY_SAY(lang, "quarter", "一个季度");
    case PARLEY_DAY: return PARLEY_SAY(lang, "day", "一天");
    case PARLEY_WEEK: return PARLEY_SAY(lang, "week", "一周");
    case PARLEY_YEAR: return PARLEY_SAY(lang, "year", "一年");
    default: return PARLEY_SAY(lang, "decade", "十年");
    }
}

const char *a_bin(enum parley_lang lang, enum parley_precision bin)
{
    switch (bin) {
    case PARLEY_DAY: return PARLEY_SAY(lang, "a day", "每天");
    case PARLEY_WEEK: return PARLEY_SAY(lang, "a week", "每周");
    case PARLEY_MONTH: return PARLEY_SAY(lang, "a month", "每月");
    case PARLEY_QUARTER: return PARLEY_SAY(lang, "a quarter", "每季度");
    case PARLEY_YEAR: return PARLEY_SAY(lang, "a year", "每年");
    default: return PARLEY_SAY(lang, "a decade", "每十年");
    }
}

double bins_per_year(enum parley_precision bin)
{
    switch (bin) {
    case PARLEY_DAY: return 365.2425;
    case PARLEY_WEEK: return 365.2425 / 7;
    case PARLEY_MONTH: return 12;
    case PARLEY_QUARTER: return 4;
    case PARLEY_YEAR: return 1;
    default: return .1;
    }
}

const char *say_bins(struct brief *b, size_t n, enum parley_precision bin)
{
    if (b->lang == PARLEY_EN)
        return kept(b, parley_arena_printf(b->arena, "%zu %s%s", n, bin_noun(b->lang, bin), n == 1 ? "" : "s"));
    bool counted = bin == PARLEY_QUARTER || bin == PARLEY_MONTH || bin > PARLEY_YEAR; /* 4个季度, but 4年 */
    return kept(b, parley_arena_printf(b->arena, "%zu%s%s", n, counted ? "个" : "", bin_noun(b->lang, bin)));
}

enum parley_precision brief_ahead_bin(const struct parley_assessment *a) { return a->series.bin <= PARLEY_QUARTER ? PARLEY_QUARTER : a->series.bin; }

const char *say_no_forecast(struct brief *b)
{
    const struct parley_assessment *a = &b->assess;
    if (!b->assessed)
        return b->why;
    if (b->lang == PARLEY_ZH)
        return kept(b, parley_arena_printf(b->arena, "计入的%zu个事件、%zu个时间单位不足以用以往数据检验预测", a->series.n_binned, a->series.n_bins));
    return a->forecast_why && *a->forecast_why ? a->forecast_why : "too few bins";
}

const char *event_anchor(struct brief *b, const struct parley_event *event) { return parley_doc_anchor(b->doc, "#ev-", event->id); }

/* --- counts for charts -------------------------------------------------------------------------- */

enum parley_precision chart_bin(const struct brief *b)
{
    static const enum parley_precision coarser[] = { PARLEY_DAY, PARLEY_WEEK, PARLEY_MONTH, PARLEY_QUARTER, PARLEY_YEAR };
    const struct parley_series *s = &b->assess.series;
    double years = (double)s->n_bins / bins_per_year(s->bin);
    for (size_t i = 0; i < sizeof coarser / sizeof *coarser; i++)
        if (coarser[i] >= s->bin && years * bins_per_year(coarser[i]) <= CHART_BINS_MAX)
            return coarser[i];
    return s->bin > PARLEY_YEAR ? s->bin : PARLEY_YEAR;
}

struct parley_chart_bin *chart_bins(struct brief *b, enum parley_precision bin, size_t max, size_t *n)
{
    const struct parley_series *s = &b->assess.series;
    int64_t first = parley_bin_of(parley_bin_start(s->first_bin, s->bin), bin);
    int64_t last = parley_bin_of(parley_bin_start(s->first_bin + (int64_t)s->n_bins - 1, s->bin), bin);
    if (max && last - first >= (int64_t)max)
        first = last - (int64_t)max + 1;
    *n = (size_t)(last - first + 1);
    struct parley_chart_bin *out = PARLEY_NEW(b->arena, struct parley_chart_bin, *n);
    if (!out) {
        b->doc->failed = true;
        *n = 0;
        return NULL;
    }
    for (size_t i = 0; i < *n; i++)
        out[i].when = parley_bin_date(first + (int64_t)i, bin);
    for (size_t i = 0; i < s->n_bins; i++) {
        int64_t at = parley_bin_of(parley_bin_start(s->first_bin + (int64_t)i, s->bin), bin) - first;
        if (at < 0)
            continue;
        out[at].conflict += s->conflict[i];
        out[at].cooperation += s->cooperation[i];
        out[at].neutral += s->count[i] - s->conflict[i] - s->cooperation[i];
    }
    return out;
}

const char *say_gap(const struct brief *b, const struct parley_coverage_break *gap) { return PARLEY_SAY(b->lang, gap->what, *gap->what_zh ? gap->what_zh : gap->what); }

struct parley_chart_break *chart_gaps(struct brief *b)
{
    struct parley_chart_break *out = PARLEY_NEW(b->arena, struct parley_chart_break, b->n_gaps + 1);
    if (!out) {
        b->doc->failed = true;
        b->n_gaps = 0;
        return NULL;
    }
    for (size_t i = 0; i < b->n_gaps; i++)
        out[i] = (struct parley_chart_break){ b->gap[i].at, kept(b, parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "coverage: %s", "收录：%s"), b->gap[i].source)), kept(b, parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "%s: %s", "%s：%s"), b->gap[i].source, say_gap(b, &b->gap[i]))) };
    return out;
}

static const char *word_of(enum parley_lang lang, const char *code, const char *const (*words)[3], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(code, words[i][0]))
            return PARLEY_SAY(lang, words[i][1], words[i][2]);
    return code;
}

const char *say_mechanism_kind(enum parley_lang lang, const char *kind)
{
    static const char *const words[][3] = { { "hotline", "hotline", "热线" }, { "dialogue", "dialogue", "对话" }, { "working-group", "working group", "工作组" },
                                            { "track2", "track 2", "二轨渠道" }, { "notification", "notification", "通报" }, { "norm", "norm", "规范" },
                                            { "agreement", "agreement", "协议" }, { "forum", "forum", "论坛" } };
    return word_of(lang, kind, words, sizeof words / sizeof *words);
}

const char *say_stop_kind(enum parley_lang lang, const char *stop_kind)
{
    static const char *const words[][3] = { { "suspended", "suspended", "中止" }, { "lapsed", "lapsed", "停办" }, { "replaced", "replaced", "被取代" }, { "completed", "completed", "完成" } };
    return word_of(lang, stop_kind, words, sizeof words / sizeof *words);
}

const char *gap_clause(enum parley_lang lang)
{
    return PARLEY_SAY(lang, " An upright yellow line marks a change in what a source covers.", "黄色竖线表示某来源的收录范围在此改变。");
}

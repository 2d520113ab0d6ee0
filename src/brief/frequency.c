/* Section 3: how often and how bad, with change points and intervals. */
#include "brief/section.h"

#include <math.h>
#include <string.h>

enum { NEGLIGIBLE_EVENTS = 20, LABELS_MAX = 5 };

/* 95 % interval of the mean of n counts, on the log scale, for Poisson or negative binomial counts of that size; for no event
 * at all the exact upper end. The counts are taken as they are: dates of change are given. */
static struct parley_estimate mean_interval(double mean, double n, double size)
{
    if (mean <= 0)
        return (struct parley_estimate){ 0, 0, 3.689 / n };
    double relative = sqrt((1 / mean + (isfinite(size) && size > 0 ? 1 / size : 0)) / n);
    return (struct parley_estimate){ mean, mean * exp(-1.96 * relative), mean * exp(1.96 * relative) };
}

static double size_of(const struct brief *b)
{
    const struct parley_level *level = &b->assess.rate.level;
    return level->model == PARLEY_LEVEL_NEGATIVE_BINOMIAL ? level->size : INFINITY;
}

struct stretch { /* between two changes */
    size_t from, until; /* bins, [from, until) */
    struct parley_estimate per_bin;
};

static struct stretch *stretches(struct brief *b, size_t *n)
{
    const struct parley_changes *c = &b->assess.rate;
    const struct parley_series *s = &b->assess.series;
    struct stretch *out = PARLEY_NEW(b->arena, struct stretch, c->n + 1);
    *n = out ? c->n + 1 : 0;
    if (!out)
        b->doc->failed = true;
    for (size_t i = 0; i < *n; i++) {
        out[i].from = i ? c->change[i - 1].at : 0;
        out[i].until = i < c->n ? c->change[i].at : s->n_bins;
        double mean = c->n == 0 ? b->assess.dispersion.mean : i < c->n ? c->change[i].before : c->change[i - 1].after;
        out[i].per_bin = mean_interval(mean, (double)(out[i].until - out[i].from), size_of(b));
    }
    return out;
}

static int64_t bin_start(const struct brief *b, size_t bin)
{
    return parley_bin_start(b->assess.series.first_bin + (int64_t)bin, b->assess.series.bin);
}

static struct parley_date span(const struct brief *b, size_t from, size_t until)
{
    return (struct parley_date){ bin_start(b, from), bin_start(b, until), b->assess.series.bin };
}

static void chart(struct brief *b, const struct stretch *stretch, size_t n_stretches)
{
    const struct parley_changes *c = &b->assess.rate;
    enum parley_precision bin = chart_bin(b);
    double scale = bins_per_year(b->assess.series.bin) / bins_per_year(bin);
    struct parley_chart_series series = { 0 };
    struct parley_chart_bin *bins = chart_bins(b, bin, 0, &series.n_bins);
    struct parley_chart_level *level = PARLEY_NEW(b->arena, struct parley_chart_level, n_stretches + 1);
    struct parley_chart_change *change = PARLEY_NEW(b->arena, struct parley_chart_change, c->n + 1);
    const char *unit = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "events %s", "%s事件数"), a_bin(b->lang, bin));
    if (!level || !change || !unit) {
        b->doc->failed = true;
        return;
    }
    for (size_t i = 0; i < n_stretches; i++)
        level[i] = (struct parley_chart_level){ span(b, stretch[i].from, stretch[i].until), stretch[i].per_bin.estimate * scale, stretch[i].per_bin.low * scale,
                                                stretch[i].per_bin.high * scale };
    for (size_t i = 0; i < c->n; i++) {
        change[i] = (struct parley_chart_change){ span(b, c->change[i].at, c->change[i].at + 1), span(b, c->change[i].low, c->change[i].high + 1), c->n <= LABELS_MAX ? say_bin(b, c->change[i].at) : "" };
    }
    series.unit = unit, series.bin = bins, series.level = level, series.n_levels = n_stretches, series.change = change, series.n_changes = c->n;
    series.gap = chart_gaps(b), series.n_gaps = b->n_gaps;
    const char *sentence = c->n ? parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "The data support %zu change%s of level; the line is the estimated level, the band its 95 %% interval, the grey strip where a change may lie.", "有证据支持的水平变化：%zu次%s；线为估计的水平，色带为其95%%区间，灰带为变点可能所在的时段。"), c->n, b->lang == PARLEY_EN ? c->n == 1 ? "" : "s" : "")
                                : parley_arena_printf(b->arena, "%s", PARLEY_SAY(b->lang, "No change of level is supported; the line is the mean, the band its 95 % interval.", "没有证据支持水平发生变化；线为均值，色带为其95%区间。"));
    if (sentence && b->n_gaps)
        sentence = parley_arena_printf(b->arena, "%s%s", sentence, gap_clause(b->lang));
    if (sentence)
        parley_chart_counts(b->doc, &(struct parley_chart_text){ "frequency-chart", PARLEY_SAY(b->lang, "Events over time", "事件数随时间的变化"), sentence }, &series);
}

static void levels_table(struct brief *b, const struct stretch *stretch, size_t n)
{
    const struct parley_changes *c = &b->assess.rate;
    double years = bins_per_year(b->assess.series.bin);
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Events a year between changes, with 95 % intervals", "各变点之间的年均事件数及95%区间"));
    parley_table_column(t, PARLEY_SAY(b->lang, "from", "自"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "through", "至"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "events a year", "年均事件数"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "interval", "区间"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "change began between", "变化起于"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "probability", "概率"), PARLEY_RIGHT);
    for (size_t i = 0; i < n; i++) {
        parley_table_cell(t, "%s", say_bin(b, stretch[i].from));
        parley_table_cell(t, "%s", say_bin(b, stretch[i].until - 1));
        parley_table_cell(t, "%s", say_number(b, stretch[i].per_bin.estimate * years, 2));
        parley_table_cell(t, "%s", say_range(b, stretch[i].per_bin.low * years, stretch[i].per_bin.high * years, 2));
        if (i == 0) {
            parley_table_cell(t, "-");
            parley_table_cell(t, "-");
        } else {
            const struct parley_change *change = &c->change[i - 1];
            parley_table_cell(t, PARLEY_SAY(b->lang, "%s and %s", "%s 与 %s 之间"), say_bin(b, change->low), say_bin(b, change->high));
            parley_table_cell(t, "%s", say_percent(b, change->confidence));
        }
    }
}

static void intensity(struct brief *b)
{
    const struct parley_changes *c = &b->assess.intensity;
    const struct parley_series *s = &b->assess.series;
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The mean intensity of the events is %s; %s of those with a sign are cooperative.", "事件的平均强度为 %s；有明确性质的事件中 %s 为合作。"),
                         say_number(b, b->assess.dispersion.mean_intensity, 2), say_percent(b, b->assess.dispersion.cooperation_share));
    if (!c->n && c->any > .5)
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Whether the intensity changed is open: that it did at some time has a probability of %s, yet no single date stands out.", "强度是否变化尚无定论：曾经变化的概率为 %s，但没有任何一个日期突出。"), say_percent(b, c->any));
    else if (!c->n)
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "A change of intensity is not supported: the probability that there was any is %s.", "没有证据支持强度发生变化：存在任何变化的概率为 %s。"), say_percent(b, c->any));
    for (size_t i = 0; i < c->n; i++) {
        const struct parley_change *change = &c->change[i];
        const struct parley_event *e = change->at < s->n_binned ? &b->all.event[s->event[change->at]] : NULL;
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The mean intensity changed at about %s, from %s to %s (probability %s).", "平均强度约在 %s 发生变化，由 %s 变为 %s（概率 %s）。"), e ? say_date(b, &e->when) : "-",
                             say_number(b, change->before, 2), say_number(b, change->after, 2), say_percent(b, change->confidence));
    }
}

static void measure(struct parley_table *t, const char *name, const char *value, const char *meaning)
{
    parley_table_cell(t, "%s", name);
    parley_table_cell(t, "%s", value);
    parley_table_cell(t, "%s", meaning);
}

static void measures(struct brief *b)
{
    const struct parley_dispersion *d = &b->assess.dispersion;
    const struct parley_pooled *p = &b->assess.pooled;
    bool zh = b->lang == PARLEY_ZH;
    struct parley_table *t = parley_doc_table(b->doc, zh ? "事件在时间上的不均匀程度" : "How uneven the events are in time");
    parley_table_column(t, zh ? "指标" : "measure", PARLEY_LEFT);
    parley_table_column(t, zh ? "值" : "value", PARLEY_RIGHT);
    parley_table_column(t, zh ? "含义" : "what it says", PARLEY_LEFT);
    const char *p_text = parley_arena_printf(b->arena, zh ? "若事件互不相干则为 1，更大表示成群发生；仅凭偶然：%s" : "1 if events came independently of each other, above 1 if they come in clusters; by chance alone: %s", say_p(b, d->fano_p));
    measure(t, zh ? "方差与均值之比（Fano）" : "variance / mean (Fano)", say_number(b, d->fano, 2), p_text ? p_text : "");
    p_text = parley_arena_printf(b->arena, zh ? "0 为随机，接近 1 为突发；随机放置的事件也会如此突发：%s" : "0 for chance, near 1 for bursts; events placed at random are as bursty with %s", say_p(b, d->burstiness_p));
    measure(t, zh ? "突发性" : "burstiness", say_number(b, d->burstiness, 2), p_text ? p_text : "");
    p_text = parley_arena_printf(b->arena, zh ? "有事件的%s中，此前八个%s皆无事件的比例" : "of the %ss with events, how many follow eight %ss without any", bin_noun(b->lang, b->assess.series.bin), bin_noun(b->lang, b->assess.series.bin));
    measure(t, zh ? "突然性" : "suddenness", say_percent(b, d->suddenness), p_text ? p_text : "");
    if (p->n_dyads > 1 && isfinite(p->pooled.estimate)) {
        p_text = parley_arena_printf(b->arena, zh ? "年均事件数，向记录中%zu对行为体的平均靠拢，因为一对行为体自身的数据太少；95%%区间 %s" : "events a year if this dyad, with its few data, is drawn toward the average of the %zu in the record; 95 %% interval %s", p->n_dyads, say_range(b, p->pooled.low, p->pooled.high, 2));
        measure(t, zh ? "合并后的年均事件数" : "pooled rate", say_number(b, p->pooled.estimate, 2), p_text ? p_text : "");
    }
}

enum parley_status brief_frequency(struct brief *b, struct parley_error *err)
{
    (void)err;
    if (!b->assessed) {
        parley_doc_note(b->doc, PARLEY_SAY(b->lang, "Nothing can be said of frequency: %s.", "无法判断频率：%s。"), b->why);
        return PARLEY_OK;
    }
    size_t n = 0, studies = 0;
    struct stretch *stretch = stretches(b, &n);
    chart(b, stretch, n);
    levels_table(b, stretch, n);
    for (size_t i = 0; i < b->n_sources; i++)
        studies += !strcmp(b->source[i].kind, "study");
    if (studies)
        parley_doc_note(b->doc, "%s", PARLEY_SAY(b->lang, "Events were picked by the authors of studies to argue a point: the counts are not incident rates, and a change of the rate may be a change of what was written down.",
                                                 "事件由各研究的作者为论证而选取：计数不是事件发生率，比率的变化也可能只是记载的变化。"));
    if (b->assess.series.n_binned < NEGLIGIBLE_EVENTS)
        parley_doc_note(b->doc, PARLEY_SAY(b->lang, "Only %zu events are in the bins: read the intervals, not the estimates.", "仅有%zu个事件计入：请看区间，勿看点估计。"), b->assess.series.n_binned);
    intensity(b);
    measures(b);
    return PARLEY_OK;
}

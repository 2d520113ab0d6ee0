/* Section 11: methods, sources, seed, version, how to reproduce. */
#include "brief/section.h"

#include <parley/version.h>

static void sources(struct brief *b)
{
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Sources that the events cite", "事件所引来源"));
    parley_table_column(t, PARLEY_SAY(b->lang, "source", "来源"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "events", "事件"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "work", "文献"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "what it covers", "收录情况"), PARLEY_LEFT);
    for (size_t i = 0; i < b->n_sources; i++) {
        const struct parley_source *s = &b->source[i];
        parley_table_cell(t, "%s", s->code);
        parley_table_cell(t, "%zu", b->source_events[i]);
        parley_table_cell(t, "%s%s%s. %s", s->author, *s->year ? ", " : "", s->year, PARLEY_SAY(b->lang, s->title, *s->title_zh ? s->title_zh : s->title));
        parley_table_cell(t, "%s", PARLEY_SAY(b->lang, s->coverage, *s->coverage_zh ? s->coverage_zh : s->coverage));
    }
}

static void gaps(struct brief *b)
{
    if (!b->n_gaps)
        return;
    parley_doc_paragraph(b->doc, "%s", PARLEY_SAY(b->lang, "Breaks of coverage, marked on the charts: a jump of the counts there need not be a jump in the world.", "收录范围的变化（图中已标出）：计数在此处的跳变不一定是现实的跳变。"));
    for (size_t i = 0; i < b->n_gaps; i++)
        parley_doc_item(b->doc, PARLEY_SAY(b->lang, "%s, %s: %s", "%s，%s：%s"), say_date(b, &b->gap[i].at), b->gap[i].source, say_gap(b, &b->gap[i]));
}

static void dates(struct brief *b)
{
    const struct parley_series *s = &b->assess.series;
    struct parley_text known;
    parley_text_init(&known, 1000);
    for (int p = 0; p < PARLEY_UNDATED; p++)
        if (s->by_precision[p])
            parley_text_addf(&known, "%s%s %zu", known.len ? ", " : "", parley_precision_text((enum parley_precision)p), s->by_precision[p]);
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Bins: one %s, %s. In the bins: %zu events; dated too coarsely for them: %zu; undated: %zu. Dates are known to: %s. An event known to the month is never spread over days.",
                                            "时间单位：%s（%s）。计入%zu个事件；日期过粗未计入%zu个；日期不详%zu个。日期精度：%s。只知月份的事件不会被分摊到各日。"),
                         bin_noun(b->lang, s->bin), s->bin_chosen ? PARLEY_SAY(b->lang, "the finest that holds 90 % of the dated events", "能容纳九成有日期事件的最细单位") : PARLEY_SAY(b->lang, "as asked for", "按要求"),
                         s->n_binned, s->n_too_coarse, s->n_undated, parley_text_str(&known));
    b->doc->failed |= known.failed;
    parley_text_release(&known);
    if (b->n_by_others)
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Events that name both sides but are a third actor's doing, with both only on its receiving end: %zu. 'parley record list %s %s' shows them; they are not counted, because neither side acts on or with "
                                                         "the other.",
                                                "仅将双方作为第三方行为对象的事件：%zu个。parley record list %s %s 会列出；双方没有相互或共同行动，故不计入。"),
                             b->n_by_others, b->a.code, b->b.code);
}

static void methods(struct brief *b)
{
    static const char *const en[] = {
        "Change points: exact segmentation with a penalty of 3 log n a change (FPOP, Maidstone and others 2017); the interval of a date is from its exact posterior (Fearnhead 2006).",
        "Intervals of a level are for given dates of change and count the overdispersion; they do not hold the doubt about the dates.",
        "Who answers whom: negative binomial counts excited by earlier ones, against the best model without excitation and against bins shuffled inside short blocks. It counts as identified only when it beats both.",
        "Phase: a rule with hysteresis on decayed conflict, its trend and the standing of mechanisms; its stability is the share of 40 variants of the thresholds that agree.",
        "Forecast: every model states a whole distribution and is scored on what came, rolling through the series; a model with excitation is used only when it beats the best without (Diebold and Mariano, p < 0.05).",
    };
    static const char *const zh[] = {
        "变点：精确分段，每个变点的惩罚为 3 log n（FPOP，Maidstone 等，2017）；日期区间来自其精确后验（Fearnhead，2006）。",
        "水平的区间以变点日期为已知，已计入过度离散，但不含日期本身的不确定性。",
        "谁回应谁：受先前事件激发的负二项计数模型，与最佳的无激发模型及块内打乱的数据相比；只有两者皆胜才算可识别。",
        "阶段：依据衰减后的冲突量、其趋势与机制存续情况的滞后规则；稳定性为40种阈值变体中结论一致的比例。",
        "预测：每个模型给出完整分布，沿序列滚动并按实际结果评分；含激发的模型只有胜过最佳的无激发模型（Diebold-Mariano，p < 0.05）才被采用。",
    };
    for (size_t i = 0; i < sizeof en / sizeof *en; i++)
        parley_doc_item(b->doc, "%s", PARLEY_SAY(b->lang, en[i], zh[i]));
}

enum parley_status brief_methods(struct brief *b, struct parley_error *err)
{
    (void)err;
    sources(b);
    gaps(b);
    if (b->assessed)
        dates(b);
    methods(b);
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Record: %s, %llu events. Seed %llu. Parley %s. The same record, seed and version give the same brief:", "记录：%s，%llu个事件。随机种子 %llu。Parley %s。相同的记录、种子和版本得到相同的简报："),
                         b->summary.shipped ? PARLEY_SAY(b->lang, "the one that Parley ships", "随程序提供的记录") : PARLEY_SAY(b->lang, "this desk's", "本工作台的记录"),
                         (unsigned long long)b->summary.events, (unsigned long long)b->options->seed, PARLEY_VERSION);
    if (b->options->command && *b->options->command)
        parley_doc_code(b->doc, "%s", b->options->command);
    return PARLEY_OK;
}

/* Section 9: the next bin, and how good such forecasts were. */
#include "brief/section.h"

#include <math.h>

enum { PAST_SHOWN = 40 };

static const char *name_of(enum parley_lang lang, enum parley_forecaster by)
{
#define NAME(id, word, en, zh) { en, zh },
    static const char *const names[][2] = { PARLEY_FORECASTER_MAP(NAME) };
#undef NAME
    return names[by][lang == PARLEY_ZH];
}

static void chart(struct brief *b)
{
    const struct parley_assessment *a = &b->assess;
    const struct parley_prediction *p = &a->prediction;
    size_t n = 0;
    struct parley_chart_bin *past = chart_bins(b, a->forecast_bin, PAST_SHOWN, &n);
    int64_t end = parley_bin_start(a->series.first_bin + (int64_t)a->series.n_bins, a->series.bin);
    int64_t bin = parley_bin_of(end, a->forecast_bin);
    int64_t length = parley_bin_start(bin + 1, a->forecast_bin) - parley_bin_start(bin, a->forecast_bin);
    const struct parley_chart_forecast next = { .when = { end, end + length, a->forecast_bin }, .median = p->mean, .low50 = NAN, .high50 = NAN, .low90 = p->low, .high90 = p->high };
    const char *unit = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "events %s", "%s事件数"), a_bin(b->lang, a->forecast_bin));
    const char *sentence = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "The %s after the record: %s events expected, %s with 90 %% probability; no event at all with %s.", "记录之后的一%s：预期 %s 个事件，90%%的可能在 %s 之间；完全没有事件的概率为 %s。"),
                                               bin_noun(b->lang, a->forecast_bin), say_number(b, p->mean, 2), say_range(b, p->low, p->high, 3), say_percent(b, p->none));
    if (!unit || !sentence)
        b->doc->failed = true;
    else
        parley_chart_fan(b->doc, &(struct parley_chart_text){ "forecast-chart", PARLEY_SAY(b->lang, "What comes next, if the past is a guide", "若以往可鉴，接下来会怎样"), sentence }, unit, past, n, &next, 1);
}

static void scores(struct brief *b)
{
    const struct parley_backtest *t = &b->assess.backtest;
    struct parley_table *table = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Past scores; a higher log score and a lower CRPS and Brier score are better", "以往得分；对数得分越高越好，CRPS 与 Brier 得分越低越好"));
    parley_table_column(table, PARLEY_SAY(b->lang, "model", "模型"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(b->lang, "log score", "对数得分"), PARLEY_RIGHT);
    parley_table_column(table, "CRPS", PARLEY_RIGHT);
    parley_table_column(table, "Brier", PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(b->lang, "inside 90 %", "落入90%区间"), PARLEY_RIGHT);
    parley_table_column(table, "", PARLEY_LEFT);
    for (int by = 0; by < PARLEY_FORECASTERS; by++) {
        const struct parley_score *s = &t->score[by];
        if (isnan(s->log_score))
            continue;
        bool used = by == (int)t->used, baseline = by == (int)t->baseline;
        parley_table_cell(table, "%s", name_of(b->lang, (enum parley_forecaster)by));
        parley_table_number(table, s->log_score, 4);
        parley_table_number(table, s->crps, 3);
        parley_table_number(table, s->brier, 3);
        parley_table_cell(table, "%s", say_percent(b, s->covered));
        parley_table_cell(table, "%s%s%s", used ? PARLEY_SAY(b->lang, "used", "采用") : "", used && baseline ? PARLEY_SAY(b->lang, ", ", "，") : "", baseline ? PARLEY_SAY(b->lang, "best baseline", "最佳基线") : "");
    }
}

enum parley_status brief_forecast(struct brief *b, struct parley_error *err)
{
    (void)err;
    const struct parley_assessment *a = &b->assess;
    if (!b->assessed || !a->has_forecast) {
        parley_doc_note(b->doc, PARLEY_SAY(b->lang, "No forecast: %s.", "不作预测：%s。"), say_no_forecast(b));
        return PARLEY_OK;
    }
    chart(b);
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The forecast follows the end of the record (%s), not today.", "预测接续记录末端（%s），而非今日。"), say_bin(b, a->series.n_bins - 1));
    if (a->backtest.used == a->backtest.baseline)
        parley_doc_note(b->doc, PARLEY_SAY(b->lang, "The model with excitation did not beat the best one without (%s), so the forecast is the simpler model's: %s.", "含激发的模型没有胜过最佳的无激发模型（%s），故采用较简单的模型：%s。"),
                        say_p(b, a->backtest.better_p[PARLEY_BY_EXCITED]), name_of(b->lang, a->backtest.used));
    else
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The forecast is by the %s model, which beat the best one without excitation (%s).", "预测采用%s模型，它胜过最佳的无激发模型（%s）。"), name_of(b->lang, a->backtest.used), say_p(b, a->backtest.better_p[a->backtest.used]));
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Scored on %zu past forecasts with %zu events, each made from what came before it.", "以过去%zu次预测（共%zu个事件）评分，每次只用此前的数据。"), a->backtest.n_forecasts, a->backtest.n_events);
    scores(b);
    return PARLEY_OK;
}

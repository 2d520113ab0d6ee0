/* Section 9: the next quarters, and how good such forecasts were. */
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

/* The past in windows as long as those ahead, the last one ending where the first one ahead begins. */
static struct parley_chart_bin *past_windows(struct brief *b, size_t *n)
{
    const struct parley_series *s = &b->assess.series;
    int64_t next = s->first_bin + (int64_t)s->n_bins;
    size_t length = 1;
    while (parley_bin_start(next + (int64_t)length, s->bin) < b->assess.ahead[0].when.end_us)
        length++;
    *n = s->n_bins / length < PAST_SHOWN ? s->n_bins / length : PAST_SHOWN;
    struct parley_chart_bin *out = PARLEY_NEW(b->arena, struct parley_chart_bin, *n + 1);
    if (!out) {
        *n = 0;
        b->doc->failed = true;
        return NULL;
    }
    for (size_t w = 0; w < *n; w++) {
        size_t from = s->n_bins - (*n - w) * length;
        out[w].when = (struct parley_date){ parley_bin_start(s->first_bin + (int64_t)from, s->bin), parley_bin_start(s->first_bin + (int64_t)(from + length), s->bin),
                                            b->assess.ahead[0].when.precision };
        for (size_t i = from; i < from + length; i++) {
            out[w].conflict += s->conflict[i];
            out[w].cooperation += s->cooperation[i];
            out[w].neutral += s->count[i] - s->conflict[i] - s->cooperation[i];
        }
    }
    return out;
}

static void chart(struct brief *b)
{
    const struct parley_assessment *a = &b->assess;
    struct parley_chart_forecast next[PARLEY_AHEAD_MAX];
    size_t n = 0;
    struct parley_chart_bin *past = past_windows(b, &n);
    double least = INFINITY, most = 0;
    for (size_t k = 0; k < a->n_ahead; k++) {
        const struct parley_prediction *p = &a->ahead[k].step.prediction;
        next[k] = (struct parley_chart_forecast){ .when = a->ahead[k].when, .median = p->mean, .low50 = NAN, .high50 = NAN, .low90 = p->low, .high90 = p->high };
        least = fmin(least, p->mean), most = fmax(most, p->mean);
    }
    const char *unit = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "events %s", "%s事件数"), a_bin(b->lang, brief_ahead_bin(a)));
    const char *sentence = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "Bars: what was counted in the past. Lines: what is expected in each of the %s after the record; bands: where the count falls with 90 %% probability.",
                                                                    "柱：以往的计数。横线：记录之后%s各自的预期；色带：计数有90%%的可能落入的范围。"), say_bins(b, a->n_ahead, brief_ahead_bin(a)));
    if (!unit || !sentence)
        b->doc->failed = true;
    else
        parley_chart_fan(b->doc, &(struct parley_chart_text){ "forecast-chart", PARLEY_SAY(b->lang, "What comes next, if the past is a guide", "若以往可鉴，接下来会怎样"), sentence }, unit, past, n, next, a->n_ahead);
}

static void ahead(struct brief *b)
{
    const struct parley_assessment *a = &b->assess;
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "What is expected, and how often past intervals made as far ahead held what came", "预期，以及以往同样提前量的区间包含实际结果的比例"));
    parley_table_column(t, PARLEY_SAY(b->lang, "when", "时间"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "events expected", "预期事件数"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "90 % interval", "90%区间"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "none at all", "一个也没有"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "past intervals that held", "以往区间的命中"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "model", "模型"), PARLEY_LEFT);
    for (size_t k = 0; k < a->n_ahead; k++) {
        const struct parley_forecast_step *s = &a->ahead[k].step;
        parley_table_cell(t, "%s", say_date(b, &a->ahead[k].when));
        parley_table_cell(t, "%s", say_number(b, s->prediction.mean, 2));
        parley_table_cell(t, "%s", say_range(b, s->prediction.low, s->prediction.high, 3));
        parley_table_cell(t, "%s", say_percent(b, s->prediction.none));
        if (s->backtest.n_forecasts && s->widened > 1.005)
            parley_table_cell(t, PARLEY_SAY(b->lang, "%s of %zu, so %s times wider", "%2$zu次中%1$s，故放宽至%3$s倍"), say_percent(b, s->backtest.score[s->backtest.used].covered), s->backtest.n_forecasts,
                              say_number(b, s->widened, 2));
        else if (s->backtest.n_forecasts)
            parley_table_cell(t, PARLEY_SAY(b->lang, "%s of %zu", "%2$zu次中%1$s"), say_percent(b, s->backtest.score[s->backtest.used].covered), s->backtest.n_forecasts);
        else
            parley_table_cell(t, "%s", PARLEY_SAY(b->lang, "too few to test", "过少，无法检验"));
        parley_table_cell(t, "%s", name_of(b->lang, s->prediction.by));
    }
}

static void scores(struct brief *b)
{
    const struct parley_backtest *t = &b->assess.backtest;
    struct parley_table *table = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Past scores: log score, of the probability given to what came, higher is better; CRPS, by how many events it missed, and Brier, of whether anything came at all, lower is better", "以往得分：对数得分（给予实际结果的概率）越高越好；CRPS（相差的事件数）与 Brier（有无事件）越低越好"));
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
    if (a->n_ahead) {
        chart(b);
        ahead(b);
    }
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The forecast follows the end of the record (%s), not today, and takes that %s as completely recorded.", "预测接续记录末端（%s），而非今日，并假定该%s已完整收录。"), say_bin(b, a->series.n_bins - 1),
                         bin_noun(b->lang, a->series.bin));
    if (a->backtest.used == a->backtest.baseline)
        parley_doc_note(b->doc, PARLEY_SAY(b->lang, "The model in which events provoke further events did not forecast better in the past than the best one without that (%s), so the forecast is the simpler one's: %s.", "允许事件引发事件的模型，过去的预测并不优于最佳的简单模型（%s），故采用较简单的模型：%s。"),
                        say_p(b, a->backtest.better_p[PARLEY_BY_EXCITED]), name_of(b->lang, a->backtest.used));
    else if (a->backtest.used == PARLEY_BY_AVERAGE)
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The forecast is the average of all models, each weighed by how well it forecast before; in the past it did better than the best simple one (%s).", "预测为各模型的加权平均，权重取决于各模型以往预测的好坏；它过去的预测优于最佳的简单模型（%s）。"),
                             say_p(b, a->backtest.better_p[a->backtest.used]));
    else
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The forecast is by the %s model, in which events provoke further events; in the past it forecast better than the best one without that (%s).", "预测采用%s模型，允许事件引发事件；它过去的预测优于最佳的简单模型（%s）。"), name_of(b->lang, a->backtest.used), say_p(b, a->backtest.better_p[a->backtest.used]));
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Scored on %zu past forecasts of the next %s with %zu events, each made from what came before it.", "以过去%zu次对下%s的预测（共%zu个事件）评分，每次只用此前的数据。"), a->backtest.n_forecasts,
                         one_bin(b->lang, a->forecast_bin), a->backtest.n_events);
    scores(b);
    return PARLEY_OK;
}

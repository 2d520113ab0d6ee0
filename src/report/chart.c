#include <parley/chart.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SPEC_MAX = 64 << 20 };

/* --- writing a specification ------------------------------------------------------------------- */

struct spec {
    struct parley_text text;
    struct parley_json json;
};

static void begin(struct spec *s)
{
    parley_text_init(&s->text, SPEC_MAX);
    parley_json_init(&s->json, &s->text, false);
    parley_json_object(&s->json);
    parley_json_put_string(&s->json, "$schema", "https://vega.github.io/schema/vega-lite/v6.json");
    parley_json_key(&s->json, "datasets");
    parley_json_object(&s->json);
}

static void rows(struct spec *s, const char *name)
{
    parley_json_key(&s->json, name);
    parley_json_array(&s->json);
}

static void rows_end(struct spec *s) { parley_json_array_end(&s->json); }

/* After the data: height and layers, which are JSON already. */
static void finish(struct spec *s, struct parley_doc *doc, const struct parley_chart_text *text, const char *height, const struct parley_text *layers)
{
    parley_json_object_end(&s->json);
    parley_json_key(&s->json, "width");
    parley_json_string(&s->json, "container");
    parley_json_key(&s->json, "height");
    parley_json_raw(&s->json, height);
    parley_json_key(&s->json, "layer");
    parley_json_raw(&s->json, parley_text_str(layers));
    s->text.failed |= layers->failed;
    parley_json_object_end(&s->json);
    if (s->text.failed)
        doc->failed = true;
    else
        parley_doc_chart(doc, text->id, text->title, text->sentence, parley_text_str(&s->text));
    parley_text_release(&s->text);
}

/* A text of a layer as a JSON string, in the document's arena. */
static const char *quoted(struct parley_doc *doc, const char *plain)
{
    struct parley_text text;
    struct parley_json json;
    parley_text_init(&text, SPEC_MAX);
    parley_json_init(&json, &text, false);
    parley_json_string(&json, plain);
    const char *copy = parley_text_keep(&text, doc->arena);
    parley_text_release(&text);
    if (!copy)
        doc->failed = true;
    return copy ? copy : "null";
}

/* --- dates ------------------------------------------------------------------------------------- */

static bool dated(const struct parley_date *d) { return d->precision != PARLEY_UNDATED; }

static void put_instant(struct spec *s, const char *key, int64_t us)
{
    struct parley_date d = { us, us + 1, PARLEY_INSTANT };
    char text[PARLEY_DATE_TEXT] = "";
    if (us % PARLEY_US_PER_DAY == 0)
        d = (struct parley_date){ us, us + PARLEY_US_PER_DAY, PARLEY_DAY };
    parley_date_start_text(&d, text);
    parley_json_put_string(&s->json, key, text);
}

/* As it is known: "2014-05", or "2014-05 - 2015-01" for a span. */
static void put_known(struct spec *s, const char *key, const struct parley_date *d)
{
    char start[PARLEY_DATE_TEXT] = "", end[PARLEY_DATE_TEXT] = "", both[2 * PARLEY_DATE_TEXT + 4];
    parley_date_start_text(d, start);
    parley_date_end_text(d, end);
    struct parley_text text;
    parley_text_init(&text, sizeof both);
    parley_text_addf(&text, strcmp(start, end) && *end ? "%s – %s" : "%s", start, end);
    parley_json_put_string(&s->json, key, parley_text_str(&text));
    s->text.failed |= text.failed;
    parley_text_release(&text);
}

static void put_span(struct spec *s, const struct parley_date *d)
{
    put_instant(s, "from", d->start_us);
    put_instant(s, "until", d->end_us);
}

/* --- pieces that several charts share ---------------------------------------------------------- */

#define TIME_AXIS "\"scale\":{\"type\":\"utc\"},\"title\":null,\"axis\":{\"tickCount\":8}"

static const char *sign_name(enum parley_lang lang, double intensity)
{
    return intensity < 0   ? PARLEY_SAY(lang, "conflict", "冲突")
           : intensity > 0 ? PARLEY_SAY(lang, "cooperation", "合作")
                           : PARLEY_SAY(lang, "neutral", "中性");
}

static const char *sign_scale(enum parley_lang lang)
{
    return PARLEY_SAY(lang, "\"scale\":{\"domain\":[\"conflict\",\"neutral\",\"cooperation\"],\"range\":\"sign\"},\"title\":null",
                      "\"scale\":{\"domain\":[\"冲突\",\"中性\",\"合作\"],\"range\":\"sign\"},\"title\":null");
}

static void gap_rows(struct spec *s, const struct parley_chart_break *gap, size_t n)
{
    rows(s, "breaks");
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&s->json);
        put_instant(s, "at", gap[i].at.start_us);
        parley_json_put_string(&s->json, "name", gap[i].name);
        parley_json_put_string(&s->json, "what", gap[i].label);
        parley_json_object_end(&s->json);
    }
    rows_end(s);
}

/* Lines at breaks, each named at the top: dy moves the name away from what else stands there. */
static void gap_layer(struct parley_text *layers, enum parley_lang lang, int dy)
{
    parley_text_addf(layers,
                     "{\"data\":{\"name\":\"breaks\"},\"mark\":{\"type\":\"rule\",\"style\":\"break\",\"strokeWidth\":5},"
                     "\"encoding\":{\"x\":{\"field\":\"at\",\"type\":\"temporal\"," TIME_AXIS "},"
                     "\"tooltip\":[{\"field\":\"what\",\"title\":\"%s\"},{\"field\":\"at\",\"title\":\"%s\",\"type\":\"temporal\",\"timeUnit\":\"utcyearmonthdate\"}]}},",
                     PARLEY_SAY(lang, "coverage changes", "收录范围变化"), PARLEY_SAY(lang, "from", "自"));
    parley_text_addf(layers,
                     "{\"data\":{\"name\":\"breaks\"},\"mark\":{\"type\":\"text\",\"style\":\"label\",\"align\":\"left\",\"dx\":6,\"dy\":%d},"
                     "\"encoding\":{\"x\":{\"field\":\"at\",\"type\":\"temporal\"," TIME_AXIS "},\"y\":{\"value\":0},\"text\":{\"field\":\"name\"}}},", dy);
}

/* --- timeline ------------------------------------------------------------------------------------ */

static void event_row(struct spec *s, enum parley_lang lang, const struct parley_chart_event *e)
{
    parley_json_object(&s->json);
    parley_json_put_string(&s->json, "row", e->row);
    put_known(s, "date", &e->when);
    parley_json_put_string(&s->json, "what", e->what);
    parley_json_put_string(&s->json, "sign", sign_name(lang, e->intensity));
    parley_json_put_number(&s->json, "intensity", e->intensity);
    parley_json_put_number(&s->json, "size", isnan(e->intensity) ? 1 : fabs(e->intensity));
    put_span(s, &e->when);
    put_instant(s, "middle", e->when.start_us / 2 + e->when.end_us / 2);
    if (e->link)
        parley_json_put_string(&s->json, "link", e->link);
    parley_json_object_end(&s->json);
}

void parley_chart_timeline(struct parley_doc *doc, const struct parley_chart_text *text, const struct parley_chart_event *event,
                           size_t n, const struct parley_chart_break *gap, size_t n_gaps)
{
    struct spec s;
    struct parley_text layers;
    begin(&s);
    rows(&s, "events");
    for (size_t i = 0; i < n; i++)
        if (dated(&event[i].when))
            event_row(&s, doc->lang, &event[i]);
    rows_end(&s);
    if (n_gaps)
        gap_rows(&s, gap, n_gaps);
    parley_text_init(&layers, SPEC_MAX);
    parley_text_addc(&layers, '[');
    if (n_gaps)
        gap_layer(&layers, doc->lang, -7);
    const char *y = "\"y\":{\"field\":\"row\",\"type\":\"nominal\",\"sort\":null,\"title\":null}";
    const char *color = sign_scale(doc->lang);
    parley_text_addf(&layers,
                     "{\"data\":{\"name\":\"events\"},\"mark\":{\"type\":\"rule\",\"style\":\"span\",\"strokeCap\":\"round\"},\"encoding\":{"
                     "\"x\":{\"field\":\"from\",\"type\":\"temporal\"," TIME_AXIS "},\"x2\":{\"field\":\"until\"},%s,"
                     "\"color\":{\"field\":\"sign\",\"type\":\"nominal\",%s}}},",
                     y, color);
    parley_text_addf(&layers,
                     "{\"data\":{\"name\":\"events\"},\"mark\":{\"type\":\"point\",\"filled\":true,\"opacity\":0.82,\"cursor\":\"pointer\"},\"encoding\":{"
                     "\"x\":{\"field\":\"middle\",\"type\":\"temporal\"," TIME_AXIS "},%s,"
                     "\"color\":{\"field\":\"sign\",\"type\":\"nominal\",%s},"
                     "\"shape\":{\"field\":\"sign\",\"type\":\"nominal\",\"scale\":{\"domain\":[\"%s\",\"%s\",\"%s\"],\"range\":[\"triangle-down\",\"circle\",\"triangle-up\"]},\"title\":null},"
                     "\"size\":{\"field\":\"size\",\"type\":\"quantitative\",\"scale\":{\"domain\":[0,10],\"range\":[16,190]},\"legend\":null},"
                     "\"tooltip\":[{\"field\":\"date\",\"title\":\"%s\"},{\"field\":\"what\",\"title\":\"%s\"},{\"field\":\"intensity\",\"title\":\"%s\"}]}}]",
                     y, color, sign_name(doc->lang, -1), sign_name(doc->lang, 0), sign_name(doc->lang, 1),
                     PARLEY_SAY(doc->lang, "date", "日期"), PARLEY_SAY(doc->lang, "event", "事件"), PARLEY_SAY(doc->lang, "intensity", "强度"));
    doc->failed |= layers.failed;
    finish(&s, doc, text, "{\"step\":32}", &layers);
    parley_text_release(&layers);
}

/* --- counts -------------------------------------------------------------------------------------- */

/* One bin is three boxes on top of each other, conflict lowest: it is what one compares. */
static void bin_rows(struct spec *s, enum parley_lang lang, const struct parley_chart_bin *bin, size_t n)
{
    rows(s, "counts");
    for (size_t i = 0; i < n; i++) {
        const double part[3] = { bin[i].conflict, bin[i].neutral, bin[i].cooperation };
        double base = 0;
        for (int sign = -1; sign <= 1; sign++) {
            double count = part[sign + 1];
            if (!(count > 0))
                continue;
            parley_json_object(&s->json);
            put_known(s, "bin", &bin[i].when);
            parley_json_put_string(&s->json, "sign", sign_name(lang, sign));
            parley_json_put_number(&s->json, "count", count);
            put_span(s, &bin[i].when);
            parley_json_put_number(&s->json, "base", base);
            parley_json_put_number(&s->json, "top", base += count);
            parley_json_object_end(&s->json);
        }
    }
    rows_end(s);
}

static void bin_layer(struct parley_text *layers, enum parley_lang lang, const char *unit, bool quiet)
{
    parley_text_addf(layers,
                     "{\"data\":{\"name\":\"counts\"},\"mark\":{\"type\":\"rect\",\"opacity\":%s,\"xOffset\":0.5,\"x2Offset\":-0.5},\"encoding\":{"
                     "\"x\":{\"field\":\"from\",\"type\":\"temporal\"," TIME_AXIS "},\"x2\":{\"field\":\"until\"},"
                     "\"y\":{\"field\":\"base\",\"type\":\"quantitative\",\"title\":%s,\"axis\":{\"tickMinStep\":1,\"tickCount\":6}},\"y2\":{\"field\":\"top\"},"
                     "\"color\":{\"field\":\"sign\",\"type\":\"nominal\",%s},"
                     "\"tooltip\":[{\"field\":\"bin\",\"title\":\"%s\"},{\"field\":\"sign\",\"title\":\"%s\"},{\"field\":\"count\",\"title\":\"%s\"}]}}",
                     quiet ? "0.55" : "0.8", unit, sign_scale(lang), PARLEY_SAY(lang, "when", "时间"), PARLEY_SAY(lang, "sign", "性质"), PARLEY_SAY(lang, "events", "事件数"));
}

static void level_rows(struct spec *s, const struct parley_chart_level *level, size_t n)
{
    rows(s, "levels");
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&s->json);
        put_span(s, &level[i].span);
        parley_json_put_number(&s->json, "level", level[i].value);
        parley_json_put_number(&s->json, "low", level[i].low);
        parley_json_put_number(&s->json, "high", level[i].high);
        parley_json_object_end(&s->json);
    }
    rows_end(s);
}

static const char level_layers[] =
    ",{\"data\":{\"name\":\"levels\"},\"mark\":{\"type\":\"rect\",\"style\":\"interval\"},\"encoding\":{\"x\":{\"field\":\"from\",\"type\":\"temporal\"," TIME_AXIS "},"
    "\"x2\":{\"field\":\"until\"},\"y\":{\"field\":\"low\",\"type\":\"quantitative\"},\"y2\":{\"field\":\"high\"}}},"
    "{\"data\":{\"name\":\"levels\"},\"mark\":{\"type\":\"rule\",\"style\":\"level\"},\"encoding\":{\"x\":{\"field\":\"from\",\"type\":\"temporal\"," TIME_AXIS "},"
    "\"x2\":{\"field\":\"until\"},\"y\":{\"field\":\"level\",\"type\":\"quantitative\"},\"tooltip\":[{\"field\":\"level\",\"format\":\".2f\"},{\"field\":\"low\",\"format\":\".2f\"},{\"field\":\"high\",\"format\":\".2f\"}]}}";

static void change_rows(struct spec *s, const struct parley_chart_change *change, size_t n)
{
    rows(s, "changes");
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&s->json);
        put_instant(s, "at", change[i].at.start_us);
        if (dated(&change[i].range)) {
            put_instant(s, "low", change[i].range.start_us);
            put_instant(s, "high", change[i].range.end_us);
        }
        parley_json_put_string(&s->json, "label", change[i].label);
        parley_json_object_end(&s->json);
    }
    rows_end(s);
}

static const char change_layers[] =
    ",{\"data\":{\"name\":\"changes\"},\"transform\":[{\"filter\":\"isValid(datum.low)\"}],\"mark\":{\"type\":\"rect\",\"style\":\"change-band\"},"
    "\"encoding\":{\"x\":{\"field\":\"low\",\"type\":\"temporal\"," TIME_AXIS "},\"x2\":{\"field\":\"high\"}}},"
    "{\"data\":{\"name\":\"changes\"},\"mark\":{\"type\":\"rule\",\"style\":\"change\"},\"encoding\":{\"x\":{\"field\":\"at\",\"type\":\"temporal\"," TIME_AXIS "}}},"
    "{\"data\":{\"name\":\"changes\"},\"mark\":{\"type\":\"text\",\"style\":\"change-label\",\"align\":\"left\",\"dx\":5,\"dy\":-4,\"baseline\":\"bottom\"},"
    "\"encoding\":{\"x\":{\"field\":\"at\",\"type\":\"temporal\"," TIME_AXIS "},\"y\":{\"value\":4},\"text\":{\"field\":\"label\"}}}";

void parley_chart_counts(struct parley_doc *doc, const struct parley_chart_text *text, const struct parley_chart_series *series)
{
    struct spec s;
    struct parley_text layers;
    begin(&s);
    bin_rows(&s, doc->lang, series->bin, series->n_bins);
    if (series->n_levels)
        level_rows(&s, series->level, series->n_levels);
    if (series->n_changes)
        change_rows(&s, series->change, series->n_changes);
    if (series->n_gaps)
        gap_rows(&s, series->gap, series->n_gaps);
    parley_text_init(&layers, SPEC_MAX);
    parley_text_addc(&layers, '[');
    if (series->n_gaps)
        gap_layer(&layers, doc->lang, 9);
    bin_layer(&layers, doc->lang, quoted(doc, series->unit), series->n_levels > 0);
    parley_text_adds(&layers, series->n_levels ? level_layers : "");
    parley_text_adds(&layers, series->n_changes ? change_layers : "");
    parley_text_addc(&layers, ']');
    doc->failed |= layers.failed;
    finish(&s, doc, text, "220", &layers);
    parley_text_release(&layers);
}

/* --- spells -------------------------------------------------------------------------------------- */

void parley_chart_spells(struct parley_doc *doc, const struct parley_chart_text *text, const char *unit, const char *const *state, size_t n_states,
                         const struct parley_chart_spell *spell, size_t n_spells, const struct parley_chart_level *level, size_t n_levels,
                         double threshold)
{
    struct spec s;
    struct parley_text layers;
    begin(&s);
    rows(&s, "spells");
    for (size_t i = 0; i < n_spells; i++) {
        parley_json_object(&s.json);
        put_span(&s, &spell[i].span);
        parley_json_put_string(&s.json, "state", spell[i].state < n_states ? state[spell[i].state] : "");
        parley_json_object_end(&s.json);
    }
    rows_end(&s);
    rows(&s, "levels");
    for (size_t i = 0; i < n_levels; i++) {
        parley_json_object(&s.json);
        put_instant(&s, "at", level[i].span.start_us);
        parley_json_put_number(&s.json, "level", level[i].value);
        parley_json_object_end(&s.json);
    }
    rows_end(&s);
    parley_text_init(&layers, SPEC_MAX);
    parley_text_addf(&layers, "[{\"data\":{\"name\":\"spells\"},\"mark\":{\"type\":\"rect\",\"opacity\":0.3},\"encoding\":{\"x\":{\"field\":\"from\",\"type\":\"temporal\"," TIME_AXIS "},\"x2\":{\"field\":\"until\"},"
                              "\"color\":{\"field\":\"state\",\"type\":\"nominal\",\"title\":null,\"scale\":{\"range\":\"phase\",\"domain\":[");
    for (size_t i = 0; i < n_states; i++)
        parley_text_addf(&layers, "%s%s", i ? "," : "", quoted(doc, state[i]));
    parley_text_addf(&layers, "]}},\"tooltip\":[{\"field\":\"state\"},{\"field\":\"from\"},{\"field\":\"until\"}]}},"
                              "{\"data\":{\"name\":\"levels\"},\"mark\":{\"type\":\"line\",\"style\":\"observed\"},\"encoding\":{\"x\":{\"field\":\"at\",\"type\":\"temporal\"," TIME_AXIS "},"
                              "\"y\":{\"field\":\"level\",\"type\":\"quantitative\",\"title\":%s,\"axis\":{\"tickCount\":5}}}}",
                     quoted(doc, unit));
    if (!isnan(threshold)) {
        char number[PARLEY_NUMBER_TEXT];
        parley_double_to_text(threshold, number);
        parley_text_addf(&layers, ",{\"data\":{\"values\":[{}]},\"mark\":{\"type\":\"rule\",\"style\":\"reference\"},\"encoding\":{\"y\":{\"datum\":%s,\"type\":\"quantitative\"}}}", number);
    }
    parley_text_addc(&layers, ']');
    doc->failed |= layers.failed;
    finish(&s, doc, text, "170", &layers);
    parley_text_release(&layers);
}

/* --- matrix -------------------------------------------------------------------------------------- */

void parley_chart_matrix(struct parley_doc *doc, const struct parley_chart_text *text, const char *const *label, size_t k,
                         const double *value, const double *low, const double *high)
{
    struct spec s;
    struct parley_text layers;
    double top = 0;
    for (size_t i = 0; i < k * k; i++)
        top = value[i] > top ? value[i] : top;
    begin(&s);
    rows(&s, "matrix");
    for (size_t i = 0; i < k * k; i++) {
        char estimate[PARLEY_NUMBER_TEXT] = "-", a[PARLEY_NUMBER_TEXT], b[PARLEY_NUMBER_TEXT], range[80] = "";
        if (!isnan(value[i]))
            parley_double_to_short(value[i], 2, estimate);
        if (low && high && !isnan(low[i]) && !isnan(high[i])) {
            parley_double_to_short(low[i], 2, a);
            parley_double_to_short(high[i], 2, b);
            snprintf(range, sizeof range, "%s – %s", a, b);
        }
        parley_json_object(&s.json);
        parley_json_put_string(&s.json, "after", label[i % k]);
        parley_json_put_string(&s.json, "answer", label[i / k]);
        parley_json_put_number(&s.json, "estimate", value[i]);
        parley_json_put_number(&s.json, "low", low ? low[i] : NAN);
        parley_json_put_number(&s.json, "high", high ? high[i] : NAN);
        parley_json_put_string(&s.json, "number", estimate);
        parley_json_put_string(&s.json, "interval", range);
        parley_json_put_bool(&s.json, "strong", value[i] > .55 * top);
        parley_json_object_end(&s.json);
    }
    rows_end(&s);
    const char *xy = PARLEY_SAY(doc->lang, "\"x\":{\"field\":\"after\",\"type\":\"nominal\",\"sort\":null,\"title\":\"after one event of\",\"axis\":{\"orient\":\"top\",\"labelAngle\":0,\"domain\":false}},\"y\":{\"field\":\"answer\",\"type\":\"nominal\",\"sort\":null,\"title\":\"expected answers by\",\"axis\":{\"grid\":false}}",
                                "\"x\":{\"field\":\"after\",\"type\":\"nominal\",\"sort\":null,\"title\":\"一次事件之后\",\"axis\":{\"orient\":\"top\",\"labelAngle\":0,\"domain\":false}},\"y\":{\"field\":\"answer\",\"type\":\"nominal\",\"sort\":null,\"title\":\"预期回应\",\"axis\":{\"grid\":false}}");
    parley_text_init(&layers, SPEC_MAX);
    parley_text_addf(&layers, "[{\"data\":{\"name\":\"matrix\"},\"mark\":{\"type\":\"rect\",\"xOffset\":1,\"x2Offset\":-1,\"yOffset\":1,\"y2Offset\":-1},\"encoding\":{%s,"
                              "\"color\":{\"field\":\"estimate\",\"type\":\"quantitative\",\"scale\":{\"range\":\"heatmap\",\"domainMin\":0},\"legend\":null},"
                              "\"tooltip\":[{\"field\":\"after\"},{\"field\":\"answer\"},{\"field\":\"number\"},{\"field\":\"interval\"}]}}", xy);
    for (int strong = 0; strong < 2; strong++)
        for (int line = 0; line < 2; line++)
            parley_text_addf(&layers, ",{\"data\":{\"name\":\"matrix\"},\"transform\":[{\"filter\":\"%sdatum.strong\"}],\"mark\":{\"type\":\"text\",\"style\":\"%s\",\"dy\":%d,\"fontSize\":%d},"
                                      "\"encoding\":{%s,\"text\":{\"field\":\"%s\"}}}",
                             strong ? "" : "!", strong ? "label-paper" : "label", line ? 9 : -7, line ? 11 : 14, xy, line ? "interval" : "number");
    parley_text_addc(&layers, ']');
    doc->failed |= layers.failed;
    finish(&s, doc, text, "{\"step\":64}", &layers);
    parley_text_release(&layers);
}

/* --- forecast ------------------------------------------------------------------------------------ */

void parley_chart_fan(struct parley_doc *doc, const struct parley_chart_text *text, const char *unit, const struct parley_chart_bin *past,
                      size_t n_past, const struct parley_chart_forecast *next, size_t n_next)
{
    struct spec s;
    struct parley_text layers;
    bool inner = false; /* is there any middle 50 %? */
    begin(&s);
    bin_rows(&s, doc->lang, past, n_past);
    rows(&s, "forecast");
    for (size_t i = 0; i < n_next; i++) {
        parley_json_object(&s.json);
        put_known(&s, "bin", &next[i].when);
        parley_json_put_number(&s.json, "median", next[i].median);
        if (!isnan(next[i].low50) && !isnan(next[i].high50)) {
            parley_json_put_number(&s.json, "low50", next[i].low50);
            parley_json_put_number(&s.json, "high50", next[i].high50);
            inner = true;
        }
        parley_json_put_number(&s.json, "low90", next[i].low90);
        parley_json_put_number(&s.json, "high90", next[i].high90);
        put_span(&s, &next[i].when);
        parley_json_object_end(&s.json);
    }
    rows_end(&s);
    parley_text_init(&layers, SPEC_MAX);
    parley_text_addc(&layers, '[');
    bin_layer(&layers, doc->lang, quoted(doc, unit), false);
    static const char *const band[2][3] = { { "interval", "low90", "high90" }, { "interval-inner", "low50", "high50" } };
    const char *x = "\"x\":{\"field\":\"from\",\"type\":\"temporal\"," TIME_AXIS "},\"x2\":{\"field\":\"until\"}";
    for (int i = 0; i < (inner ? 2 : 1); i++)
        parley_text_addf(&layers, ",{\"data\":{\"name\":\"forecast\"},\"mark\":{\"type\":\"rect\",\"style\":\"%s\",\"xOffset\":0.5,\"x2Offset\":-0.5},\"encoding\":{%s,\"y\":{\"field\":\"%s\",\"type\":\"quantitative\"},\"y2\":{\"field\":\"%s\"}}}",
                         band[i][0], x, band[i][1], band[i][2]);
    parley_text_addf(&layers, ",{\"data\":{\"name\":\"forecast\"},\"mark\":{\"type\":\"rule\",\"style\":\"level\"},\"encoding\":{%s,\"y\":{\"field\":\"median\",\"type\":\"quantitative\"},"
                              "\"tooltip\":[{\"field\":\"bin\",\"title\":\"%s\"},{\"field\":\"median\",\"title\":\"%s\"},{\"field\":\"low90\",\"title\":\"5 %%\"},{\"field\":\"high90\",\"title\":\"95 %%\"}]}}]",
                     x, PARLEY_SAY(doc->lang, "when", "时间"), PARLEY_SAY(doc->lang, "median", "中位数"));
    doc->failed |= layers.failed;
    finish(&s, doc, text, "200", &layers);
    parley_text_release(&layers);
}

/* --- curves and estimates ---------------------------------------------------------------------- */

void parley_chart_curves(struct parley_doc *doc, const struct parley_chart_text *text, const char *x_title, const char *y_title,
                         const struct parley_chart_point *point, size_t n)
{
    struct spec s;
    struct parley_text layers;
    begin(&s);
    rows(&s, "curves");
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&s.json);
        parley_json_put_string(&s.json, "curve", point[i].curve);
        parley_json_put_number(&s.json, "x", point[i].x);
        parley_json_put_number(&s.json, "y", point[i].y);
        if (!isnan(point[i].low) && !isnan(point[i].high)) {
            parley_json_put_number(&s.json, "low", point[i].low);
            parley_json_put_number(&s.json, "high", point[i].high);
        }
        parley_json_object_end(&s.json);
    }
    rows_end(&s);
    const char *x = quoted(doc, x_title), *y = quoted(doc, y_title);
    const char *color = "\"color\":{\"field\":\"curve\",\"type\":\"nominal\",\"sort\":null,\"title\":null,\"scale\":{\"range\":\"category\"}}";
    parley_text_init(&layers, SPEC_MAX);
    parley_text_addf(&layers,
                     "[{\"data\":{\"name\":\"curves\"},\"transform\":[{\"filter\":\"isValid(datum.low)\"}],\"mark\":{\"type\":\"area\",\"opacity\":0.16},\"encoding\":{"
                     "\"x\":{\"field\":\"x\",\"type\":\"quantitative\",\"title\":%s,\"scale\":{\"zero\":false,\"nice\":false}},\"y\":{\"field\":\"low\",\"type\":\"quantitative\",\"title\":%s},\"y2\":{\"field\":\"high\"},%s}},"
                     "{\"data\":{\"name\":\"curves\"},\"mark\":{\"type\":\"line\"},\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\",\"title\":%s},"
                     "\"y\":{\"field\":\"y\",\"type\":\"quantitative\",\"title\":%s},%s,\"strokeDash\":{\"field\":\"curve\",\"type\":\"nominal\",\"sort\":null,\"legend\":null}}}]",
                     x, y, color, x, y, color);
    doc->failed |= layers.failed;
    finish(&s, doc, text, "240", &layers);
    parley_text_release(&layers);
}

void parley_chart_estimates(struct parley_doc *doc, const struct parley_chart_text *text, const char *x_title,
                            const struct parley_chart_estimate *estimate, size_t n, double reference)
{
    struct spec s;
    struct parley_text layers;
    begin(&s);
    rows(&s, "estimates");
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&s.json);
        parley_json_put_string(&s.json, "label", estimate[i].label);
        parley_json_put_number(&s.json, "estimate", estimate[i].value);
        parley_json_put_number(&s.json, "low", estimate[i].low);
        parley_json_put_number(&s.json, "high", estimate[i].high);
        parley_json_object_end(&s.json);
    }
    rows_end(&s);
    const char *x = quoted(doc, x_title), *y = "\"y\":{\"field\":\"label\",\"type\":\"nominal\",\"sort\":null,\"title\":null,\"axis\":{\"grid\":false,\"labelLimit\":240}}";
    parley_text_init(&layers, SPEC_MAX);
    parley_text_addc(&layers, '[');
    if (!isnan(reference)) {
        char number[PARLEY_NUMBER_TEXT];
        parley_double_to_text(reference, number);
        parley_text_addf(&layers, "{\"data\":{\"values\":[{}]},\"mark\":{\"type\":\"rule\",\"style\":\"reference\"},\"encoding\":{\"x\":{\"datum\":%s,\"type\":\"quantitative\"}}},", number);
    }
    parley_text_addf(&layers,
                     "{\"data\":{\"name\":\"estimates\"},\"mark\":{\"type\":\"rule\",\"style\":\"whisker\"},\"encoding\":{\"x\":{\"field\":\"low\",\"type\":\"quantitative\",\"title\":%s},\"x2\":{\"field\":\"high\"},%s}},"
                     "{\"data\":{\"name\":\"estimates\"},\"mark\":{\"type\":\"point\",\"style\":\"estimate\",\"filled\":true},\"encoding\":{\"x\":{\"field\":\"estimate\",\"type\":\"quantitative\",\"title\":%s},%s,"
                     "\"tooltip\":[{\"field\":\"label\"},{\"field\":\"estimate\"},{\"field\":\"low\"},{\"field\":\"high\"}]}}]",
                     x, y, x, y);
    doc->failed |= layers.failed;
    finish(&s, doc, text, "{\"step\":30}", &layers);
    parley_text_release(&layers);
}

/* gallery - every kind of block and chart in one document, with made-up numbers and hostile texts: what the page is looked
 * at and tested with. gallery LANG FORMAT prints it. */
#include <parley/chart.h>

#include <stdio.h>
#include <string.h>

static struct parley_date day(const char *text)
{
    struct parley_date d = { 0 };
    if (parley_date_parse(text, strlen(text), &d, NULL))
        d.precision = PARLEY_UNDATED;
    return d;
}

static void charts(struct parley_doc *doc)
{
    const struct parley_chart_event events[] = {
        { day("2013-06"), "espionage", "Disclosure </script><script>alert(1)</script>", "#ev-1", -4 },
        { day("2014-05-19"), "espionage", "Indictment", "#ev-2", -6.5 },
        { day("2014-05-22"), "trade", "Procurement rule", NULL, -3 },
        { day("2015-09-25"), "diplomacy", "Accord", "#ev-2", 8 },
        { day("2016"), "governance", "Yearly meeting", NULL, 3 },
        { day("2017-03"), "governance", "Statement", NULL, 0 },
    };
    const struct parley_chart_break gap[] = { { day("2016-06"), "coverage", "a source changed its coverage" } };
    parley_chart_timeline(doc, &(struct parley_chart_text){ "timeline", "Timeline", "Six events in four rows." }, events, 6, gap, 1);
    struct parley_chart_bin bin[8];
    for (int i = 0; i < 8; i++)
        bin[i] = (struct parley_chart_bin){ parley_bin_date(40 + i, PARLEY_YEAR), i * i % 5, i % 2, (i + 2) % 3 };
    const struct parley_chart_level level[] = { { { bin[0].when.start_us, bin[3].when.end_us, PARLEY_YEAR }, 2, 1, 3.2 }, { { bin[4].when.start_us, bin[7].when.end_us, PARLEY_YEAR }, 4, 3, 5.5 } };
    const struct parley_chart_change change[] = { { day("2014"), { bin[3].when.start_us, bin[4].when.end_us, PARLEY_YEAR }, "2014 (81 %)" } };
    parley_chart_counts(doc, &(struct parley_chart_text){ "counts", "Events a year", "Two levels." },
                        &(struct parley_chart_series){ "events a year", bin, 8, level, 2, change, 1, gap, 1 });
    const struct parley_chart_spell spell[] = { { { bin[0].when.start_us, bin[3].when.start_us, PARLEY_YEAR }, 0 }, { { bin[3].when.start_us, bin[6].when.end_us, PARLEY_YEAR }, 2 } };
    parley_chart_spells(doc, &(struct parley_chart_text){ "spells", "Phases", "Two spells." }, "heat", (const char *const[]){ "calm", "tension", "crisis" }, 3, spell, 2, level, 2, 2.5);
    const char *const label[] = { "CN → US", "US → CN" };
    parley_chart_matrix(doc, &(struct parley_chart_text){ "matrix", "Who answers whom", "Four numbers." }, label, 2,
                        (double[]){ .41, .05, .12, .22 }, (double[]){ .2, 0, .01, .1 }, (double[]){ .6, .2, .3, .35 });
    struct parley_chart_forecast next[3];
    for (int i = 0; i < 3; i++)
        next[i] = (struct parley_chart_forecast){ parley_bin_date(48 + i, PARLEY_YEAR), 3, 2, 5, 0, 8 + i };
    parley_chart_fan(doc, &(struct parley_chart_text){ "fan", "Forecast", "Three years." }, "events a year", bin, 8, next, 3);
    struct parley_chart_point point[20];
    for (int i = 0; i < 20; i++)
        point[i] = (struct parley_chart_point){ i < 10 ? "with a hotline" : "without", i % 10, i < 10 ? i % 10 * .05 : i % 10 * .09, i % 10 * .04, i < 10 ? i % 10 * .07 : i % 10 * .12 };
    parley_chart_curves(doc, &(struct parley_chart_text){ "curves", "Risk", "Two curves." }, "weeks", "risk", point, 20);
    const struct parley_chart_estimate estimate[] = { { "hotline", -.2, -.4, .02 }, { "forum", .05, -.1, .2 } };
    parley_chart_estimates(doc, &(struct parley_chart_text){ "estimates", "Effects", "Two effects." }, "change of risk", estimate, 2, 0);
}

int main(int argc, char **argv)
{
    struct parley_arena arena = { 0 };
    struct parley_doc doc;
    struct parley_text out;
    struct parley_error err = { 0 };
    enum parley_lang lang = PARLEY_EN;
    enum parley_format format = PARLEY_FORMAT_TEXT;
    char name[20];
    if (argc != 3 || !parley_lang_parse(argv[1], &lang))
        return 2;
    snprintf(name, sizeof name, "x.%s", argv[2]);
    if (parley_format_of_file(name, &format, &err))
        return fprintf(stderr, "%s\n", err.text), 2;
    parley_doc_init(&doc, &arena, lang, "Gallery <b>of</b> blocks");
    parley_doc_subtitle(&doc, "Every kind of block & chart, with made-up numbers.");
    parley_doc_heading(&doc, 2, "summary", "Summary");
    parley_doc_paragraph(&doc, "A paragraph with \"quotes\", <i>markup</i>, a $formula$ and 100 %% of _underscores_.");
    parley_doc_fact(&doc, "Events", "68", "none left out");
    parley_doc_fact(&doc, "Rate", "3.4 a year", "2.6 to 4.3");
    parley_doc_heading(&doc, 2, "blocks", "Blocks");
    parley_doc_item(&doc, "first item");
    parley_doc_item(&doc, "second <img src=x onerror=alert(1)>");
    parley_doc_note(&doc, "The data do not bear more than this.");
    parley_doc_code(&doc, "parley brief CN US -o brief.html");
    struct parley_table *t = parley_doc_table(&doc, "A table");
    parley_table_column(t, "event", PARLEY_LEFT);
    parley_table_column(t, "intensity", PARLEY_RIGHT);
    parley_table_column(t, "source", PARLEY_LEFT);
    parley_table_anchor(t, "ev-1", "=HYPERLINK(\"http://x\") | cell");
    parley_table_number(t, -4, 3);
    parley_table_link(t, "https://example.org/a?b=1&c=\"2\"", "a source");
    parley_table_anchor(t, "ev-2", "中文单元格");
    parley_table_number(t, 8, 3);
    parley_table_link(t, "javascript:alert(1)", "hostile link");
    parley_doc_heading(&doc, 2, "charts", "Charts");
    charts(&doc);
    parley_text_init(&out, 1 << 26);
    enum parley_status status = parley_doc_render(&doc, format, 100, &out, &err);
    if (status)
        fprintf(stderr, "%s\n", err.text);
    else
        fwrite(parley_text_str(&out), 1, out.len, stdout);
    parley_text_release(&out);
    parley_arena_release(&arena);
    return status != PARLEY_OK;
}

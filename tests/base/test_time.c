#include <parley/time.h>
#include "tap.h"

static void reads(void)
{
    static const struct {
        const char *text;
        enum parley_status status;
        enum parley_precision precision;
        int64_t first_day, last_day;
    } cases[] = {
        { "2014", PARLEY_OK, PARLEY_YEAR, 16071, 16435 },
        { "2014-05", PARLEY_OK, PARLEY_MONTH, 16191, 16221 },
        { "2014-05-19", PARLEY_OK, PARLEY_DAY, 16209, 16209 },
        { "2016-02-29", PARLEY_OK, PARLEY_DAY, 16860, 16860 },
        { "2014-Q2", PARLEY_OK, PARLEY_QUARTER, 16161, 16251 },
        { "199X", PARLEY_OK, PARLEY_DECADE, 7305, 10956 },
        { "2015-W01", PARLEY_OK, PARLEY_WEEK, 16433, 16439 },
        { "", PARLEY_OK, PARLEY_UNDATED, 0, 0 },
        { "2014-02-30", PARLEY_EDOM, 0, 0, 0 },
        { "2015-02-29", PARLEY_EDOM, 0, 0, 0 },
        { "2014-13", PARLEY_EDOM, 0, 0, 0 },
        { "0000", PARLEY_EDOM, 0, 0, 0 },
        { "2014-5-1", PARLEY_EPARSE, 0, 0, 0 },
        { "2014-05-19 ", PARLEY_EPARSE, 0, 0, 0 },
        { "19/05/2014", PARLEY_EPARSE, 0, 0, 0 },
        { "2014-05-19T25:00Z", PARLEY_EPARSE, 0, 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parley_date d = { 1, 2, PARLEY_WEEK };
        struct parley_error err = { 0 };
        enum parley_status s = parley_date_parse(cases[i].text, strlen(cases[i].text), &d, &err);
        OK(s == cases[i].status, "'%s': %s %s", cases[i].text, parley_status_name(s), err.text);
        if (s) {
            OK(d.start_us == 1 && err.text[0], "untouched");
            continue;
        }
        char text[PARLEY_DATE_TEXT];
        parley_date_start_text(&d, text);
        OK(d.precision == cases[i].precision && same(text, cases[i].text), "precision and text");
        if (d.precision != PARLEY_UNDATED)
            OK(d.start_us == cases[i].first_day * PARLEY_US_PER_DAY && d.end_us == (cases[i].last_day + 1) * PARLEY_US_PER_DAY, "interval");
    }
    struct parley_date d;
    OK(!parley_date_parse("2015-09-25T06:30:05.25+08:00", 28, &d, NULL) && d.start_us == INT64_C(1443133805250000), "an instant in Beijing");
}

static void spans(void)
{
    struct parley_date d;
    struct parley_error err;
    OK(!parley_date_parse_span("2013-06", 7, "2014-05-19", 10, &d, NULL) && d.precision == PARLEY_MONTH, "the coarser precision");
    char text[PARLEY_DATE_TEXT];
    struct parley_date again;
    OK(!parley_date_parse_span("2007-05-29", 10, "2009-08", 7, &d, NULL), "a day to a month");
    size_t n = parley_date_start_text(&d, text);
    char end[PARLEY_DATE_TEXT];
    size_t end_n = parley_date_end_text(&d, end);
    OK(!parley_date_parse_span(text, n, end, end_n, &again, NULL) && again.start_us == d.start_us && again.end_us == d.end_us && again.precision == d.precision,
       "what it prints (%s to %s) is what it is", text, end);
    OK(parley_date_parse_span("2014-05-19", 10, "2014-05-18", 10, &d, &err) == PARLEY_EDOM, "ends before it begins: %s", err.text);
    OK(parley_date_parse_span("", 0, "2014", 4, &d, &err) == PARLEY_EDOM, "an end without a beginning: %s", err.text);
}

static void days_and_bins(void)
{
    bool days = true, bins = true;
    int y = 1, m = 1, d = 1;
    for (int64_t z = parley_days_from_civil(1, 1, 1); y <= 2400; z++) { /* every day of 24 centuries */
        int yy, mm, dd;
        parley_civil_from_days(z, &yy, &mm, &dd);
        days &= yy == y && mm == m && dd == d && parley_days_from_civil(y, m, d) == z;
        for (int bin = PARLEY_DAY; bin <= PARLEY_DECADE; bin++) {
            int64_t i = parley_bin_of(z * PARLEY_US_PER_DAY, (enum parley_precision)bin);
            bins &= parley_bin_start(i, (enum parley_precision)bin) <= z * PARLEY_US_PER_DAY &&
                    parley_bin_start(i + 1, (enum parley_precision)bin) > z * PARLEY_US_PER_DAY;
        }
        if (!parley_day_exists(y, m, ++d)) {
            d = 1;
            if (++m > 12)
                m = 1, y++;
        }
    }
    OK(days, "every day from year 1 to 2400 there and back");
    OK(bins, "every day lies in its bins");
    OK(parley_weekday(parley_days_from_civil(2014, 5, 19)) == 0, "2014-05-19 was a Monday");
}

int main(void)
{
    reads();
    spans();
    days_and_bins();
    return done();
}

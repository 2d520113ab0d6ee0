/* time.h - dates with the precision they are known to.
 *
 * Inside the program a date is a half-open interval [start, end) of microseconds since
 * 1970-01-01T00:00 UTC (proleptic Gregorian); in text an interval is given in inclusive days.
 * A day is the day its source named: same-day order is unknown. Range: years 1 to 9999. */
#ifndef PARLEY_TIME_H
#define PARLEY_TIME_H

#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PARLEY_PRECISION_MAP(X) /* finest first */                                                  \
    X(PARLEY_INSTANT, "instant") X(PARLEY_DAY, "day") X(PARLEY_WEEK, "week") X(PARLEY_MONTH, "month") \
    X(PARLEY_QUARTER, "quarter") X(PARLEY_YEAR, "year") X(PARLEY_DECADE, "decade") X(PARLEY_UNDATED, "none")

#define PARLEY_PRECISION_ENUM(name, text) name,
enum parley_precision { PARLEY_PRECISION_MAP(PARLEY_PRECISION_ENUM) };
#undef PARLEY_PRECISION_ENUM

#define PARLEY_US_PER_DAY INT64_C(86400000000)
enum { PARLEY_DATE_TEXT = 40 };

struct parley_date { /* a plain value */
    int64_t start_us, end_us; /* [start, end); both 0 when undated */
    enum parley_precision precision;
};

#pragma GCC visibility push(default)

/* Days since 1970-01-01, and back. Valid dates only (parley_day_exists). */
int64_t parley_days_from_civil(int year, int month, int day);
void parley_civil_from_days(int64_t days, int *year, int *month, int *day);
bool parley_day_exists(int year, int month, int day);
int parley_weekday(int64_t days); /* 0 = Monday .. 6 = Sunday */

/* Read 2014, 2014-05, 2014-05-19, 2014-Q2, 199X (or 1990s), 2014-W21, 2014-05-19T12:30[:05[.123456]]Z
 * or with an offset +08:00. Fails with PARLEY_EPARSE (form) or PARLEY_EDOM (no such day: 2014-02-30);
 * *out is then untouched. Empty text is PARLEY_UNDATED. */
PARLEY_MUST_USE enum parley_status parley_date_parse(const char *text, size_t len, struct parley_date *out,
                                                     struct parley_error *err);

/* A pair of such texts, the end inclusive and possibly empty: the interval from the start of the first to the
 * end of the second, with the coarser precision. PARLEY_EDOM when it ends before it begins. */
PARLEY_MUST_USE enum parley_status parley_date_parse_span(const char *start, size_t start_len, const char *end,
                                                          size_t end_len, struct parley_date *out,
                                                          struct parley_error *err);

/* Text of the first (or last, inclusive) moment at the given precision; the inverse of parse. "" if undated. */
size_t parley_date_start_text(const struct parley_date *date, char out[PARLEY_DATE_TEXT]);
size_t parley_date_end_text(const struct parley_date *date, char out[PARLEY_DATE_TEXT]);

const char *parley_precision_text(enum parley_precision precision);
bool parley_precision_parse(const char *text, size_t len, enum parley_precision *out);

/* Number of the bin of width `bin` (day .. decade) that holds the instant, and the instant a bin starts at.
 * Bins are calendar bins: days since 1970, ISO weeks from Monday 1969-12-29 = 0, months since 1970-01, ... */
int64_t parley_bin_of(int64_t instant_us, enum parley_precision bin);
int64_t parley_bin_start(int64_t index, enum parley_precision bin);
/* The date that is exactly that bin. */
struct parley_date parley_bin_date(int64_t index, enum parley_precision bin);

#pragma GCC visibility pop
#endif

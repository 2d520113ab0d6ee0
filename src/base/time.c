/* Civil calendar arithmetic after Hinnant, "chrono-Compatible Low-Level Date Algorithms" (public domain). */
#include <parley/time.h>

#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1, YEAR_MAX = 9999 };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

int64_t parley_days_from_civil(int y, int m, int d)
{
    y -= m <= 2;
    int64_t era = floor_div(y, 400), yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void parley_civil_from_days(int64_t z, int *year, int *month, int *day)
{
    z += 719468;
    int64_t era = floor_div(z, 146097), doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

static bool leap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static int month_days(int y, int m)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[m - 1] + (m == 2 && leap(y));
}

bool parley_day_exists(int y, int m, int d)
{
    return y >= YEAR_MIN && y <= YEAR_MAX && m >= 1 && m <= 12 && d >= 1 && d <= month_days(y, m);
}

int parley_weekday(int64_t days)
{
    int64_t w = (days + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(w < 0 ? w + 7 : w);
}

static const char *const precisions[] = {
#define ROW(name, text) [name] = text,
    PARLEY_PRECISION_MAP(ROW)
#undef ROW
};

const char *parley_precision_text(enum parley_precision p)
{
    return (size_t)p < sizeof precisions / sizeof *precisions ? precisions[p] : "none";
}

bool parley_precision_parse(const char *text, size_t len, enum parley_precision *out)
{
    for (size_t i = 0; i < sizeof precisions / sizeof *precisions; i++)
        if (strlen(precisions[i]) == len && !memcmp(text, precisions[i], len)) {
            *out = (enum parley_precision)i;
            return true;
        }
    return false;
}

/* --- reading ------------------------------------------------------------------------------ */

struct cursor {
    const char *p, *end;
};

static bool digits(struct cursor *c, int n, int *out)
{
    if (c->end - c->p < n)
        return false;
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (c->p[i] < '0' || c->p[i] > '9')
            return false;
        v = v * 10 + (c->p[i] - '0');
    }
    c->p += n;
    *out = v;
    return true;
}

static bool literal(struct cursor *c, char ch)
{
    if (c->p == c->end || *c->p != ch)
        return false;
    c->p++;
    return true;
}

static struct parley_date days_date(int64_t first, int64_t last, enum parley_precision precision)
{
    return (struct parley_date){ first * PARLEY_US_PER_DAY, (last + 1) * PARLEY_US_PER_DAY, precision };
}

/* "T12:30[:05[.123456]](Z|+08:00|-05:00)" after the day; false on a wrong form or an hour of 25. */
static bool clock_time(struct cursor *c, int64_t day, struct parley_date *out)
{
    int h, m, s = 0, oh, om;
    int64_t us = 0;
    if (!(literal(c, 'T') || literal(c, ' ')) || !digits(c, 2, &h) || !literal(c, ':') || !digits(c, 2, &m))
        return false;
    if (literal(c, ':')) {
        if (!digits(c, 2, &s))
            return false;
        if (literal(c, '.')) {
            int64_t unit = 100000;
            const char *from = c->p;
            for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++, unit /= 10)
                us += (*c->p - '0') * unit;
            if (c->p == from)
                return false;
        }
    }
    if (h > 23 || m > 59 || s > 59)
        return false;
    int64_t offset_min = 0;
    if (!literal(c, 'Z')) {
        bool minus = c->p < c->end && *c->p == '-';
        if (!(literal(c, '+') || literal(c, '-')) || !digits(c, 2, &oh) || !literal(c, ':') || !digits(c, 2, &om) ||
            oh > 14 || om > 59)
            return false;
        offset_min = (minus ? -1 : 1) * (oh * 60 + om);
    }
    out->start_us = day * PARLEY_US_PER_DAY + ((h * 60 + m - offset_min) * INT64_C(60) + s) * 1000000 + us;
    out->end_us = out->start_us + 1;
    out->precision = PARLEY_INSTANT;
    return true;
}

enum parley_status parley_date_parse(const char *text, size_t len, struct parley_date *out, struct parley_error *err)
{
    struct cursor c = { text, text + len };
    int year, month, day, part;
    struct parley_date d = { 0, 0, PARLEY_UNDATED };
    if (len == 0) {
        *out = d;
        return PARLEY_OK;
    }
    if ((len == 4 && (text[3] == 'X' || text[3] == 'x')) || (len == 5 && text[3] == '0' && text[4] == 's')) {
        if (!digits(&c, 3, &year) || year < 1)
            goto form;
        year *= 10;
        d = days_date(parley_days_from_civil(year, 1, 1), parley_days_from_civil(year + 9, 12, 31), PARLEY_DECADE);
        *out = d;
        return PARLEY_OK;
    }
    if (!digits(&c, 4, &year))
        goto form;
    if (year < YEAR_MIN)
        goto nosuch;
    if (c.p == c.end) {
        d = days_date(parley_days_from_civil(year, 1, 1), parley_days_from_civil(year, 12, 31), PARLEY_YEAR);
    } else if (!literal(&c, '-')) {
        goto form;
    } else if (literal(&c, 'Q')) {
        if (!digits(&c, 1, &part) || c.p != c.end)
            goto form;
        if (part < 1 || part > 4)
            goto nosuch;
        d = days_date(parley_days_from_civil(year, part * 3 - 2, 1),
                      parley_days_from_civil(year, part * 3, month_days(year, part * 3)), PARLEY_QUARTER);
    } else if (literal(&c, 'W')) {
        if (!digits(&c, 2, &part) || c.p != c.end)
            goto form;
        int64_t jan4 = parley_days_from_civil(year, 1, 4), first = jan4 - parley_weekday(jan4);
        int64_t next4 = parley_days_from_civil(year + 1, 1, 4), next = next4 - parley_weekday(next4);
        int64_t monday = first + (part - 1) * 7;
        if (part < 1 || monday >= next)
            goto nosuch;
        d = days_date(monday, monday + 6, PARLEY_WEEK);
    } else {
        if (!digits(&c, 2, &month))
            goto form;
        if (month < 1 || month > 12)
            goto nosuch;
        if (c.p == c.end) {
            d = days_date(parley_days_from_civil(year, month, 1),
                          parley_days_from_civil(year, month, month_days(year, month)), PARLEY_MONTH);
        } else {
            if (!literal(&c, '-') || !digits(&c, 2, &day))
                goto form;
            if (!parley_day_exists(year, month, day))
                goto nosuch;
            int64_t at = parley_days_from_civil(year, month, day);
            d = days_date(at, at, PARLEY_DAY);
            if (c.p != c.end && (!clock_time(&c, at, &d) || c.p != c.end))
                goto form;
        }
    }
    *out = d;
    return PARLEY_OK;
form:
    return parley_fail(err, PARLEY_EPARSE, "'%.*s' is no date; expected 2014, 2014-05, 2014-05-19, 2014-Q2, 199X or an instant like 2014-05-19T12:30:00Z",
                       (int)(len < 40 ? len : 40), text);
nosuch:
    return parley_fail(err, PARLEY_EDOM, "there is no date '%.*s' in the calendar", (int)(len < 40 ? len : 40), text);
}

enum parley_status parley_date_parse_span(const char *start, size_t start_len, const char *end, size_t end_len,
                                          struct parley_date *out, struct parley_error *err)
{
    struct parley_date a, b;
    enum parley_status status = parley_date_parse(start, start_len, &a, err);
    if (status || end_len == 0) {
        if (!status)
            *out = a;
        return status;
    }
    if ((status = parley_date_parse(end, end_len, &b, err)))
        return status;
    if (a.precision == PARLEY_UNDATED)
        return parley_fail(err, PARLEY_EDOM, "a date ends (%.*s) that has no beginning", (int)(end_len < 40 ? end_len : 40), end);
    if (b.end_us <= a.start_us || b.start_us < a.start_us)
        return parley_fail(err, PARLEY_EDOM, "the date ends (%.*s) before it begins (%.*s)",
                           (int)(end_len < 40 ? end_len : 40), end, (int)(start_len < 40 ? start_len : 40), start);
    enum parley_precision precision = a.precision > b.precision ? a.precision : b.precision;
    /* both ends are known to the coarser precision: 2007-05-29 to 2009-08 is from some day of May */
    int64_t start_us = a.precision < precision ? parley_bin_start(parley_bin_of(a.start_us, precision), precision) : a.start_us;
    int64_t end_us = b.precision < precision ? parley_bin_start(parley_bin_of(b.end_us - 1, precision) + 1, precision) : b.end_us;
    *out = (struct parley_date){ start_us, end_us, precision };
    return PARLEY_OK;
}

/* --- writing ------------------------------------------------------------------------------ */

static size_t moment_text(int64_t us, enum parley_precision precision, char out[PARLEY_DATE_TEXT])
{
    int y, m, d;
    int64_t day = floor_div(us, PARLEY_US_PER_DAY), rest = us - day * PARLEY_US_PER_DAY;
    parley_civil_from_days(day, &y, &m, &d);
    switch (precision) {
    case PARLEY_INSTANT: {
        int s = (int)(rest / 1000000), frac = (int)(rest % 1000000);
        int n = snprintf(out, PARLEY_DATE_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", y, m, d, s / 3600, s / 60 % 60, s % 60);
        if (frac)
            n += snprintf(out + n, PARLEY_DATE_TEXT - (size_t)n, ".%06d", frac);
        n += snprintf(out + n, PARLEY_DATE_TEXT - (size_t)n, "Z");
        return (size_t)n;
    }
    case PARLEY_DAY: return (size_t)snprintf(out, PARLEY_DATE_TEXT, "%04d-%02d-%02d", y, m, d);
    case PARLEY_WEEK: {
        int64_t thursday = day - parley_weekday(day) + 3;
        parley_civil_from_days(thursday, &y, &m, &d);
        int64_t week = (thursday - parley_days_from_civil(y, 1, 1)) / 7 + 1;
        return (size_t)snprintf(out, PARLEY_DATE_TEXT, "%04d-W%02d", y, (int)week);
    }
    case PARLEY_MONTH: return (size_t)snprintf(out, PARLEY_DATE_TEXT, "%04d-%02d", y, m);
    case PARLEY_QUARTER: return (size_t)snprintf(out, PARLEY_DATE_TEXT, "%04d-Q%d", y, (m + 2) / 3);
    case PARLEY_YEAR: return (size_t)snprintf(out, PARLEY_DATE_TEXT, "%04d", y);
    case PARLEY_DECADE: return (size_t)snprintf(out, PARLEY_DATE_TEXT, "%03dX", y / 10);
    case PARLEY_UNDATED: break;
    }
    out[0] = 0;
    return 0;
}

size_t parley_date_start_text(const struct parley_date *date, char out[PARLEY_DATE_TEXT])
{
    return moment_text(date->start_us, date->precision, out);
}

size_t parley_date_end_text(const struct parley_date *date, char out[PARLEY_DATE_TEXT])
{
    return moment_text(date->end_us - 1, date->precision, out);
}

/* --- bins --------------------------------------------------------------------------------- */

int64_t parley_bin_of(int64_t us, enum parley_precision bin)
{
    int y, m, d;
    int64_t day = floor_div(us, PARLEY_US_PER_DAY);
    if (bin == PARLEY_INSTANT)
        return us;
    if (bin == PARLEY_DAY)
        return day;
    if (bin == PARLEY_WEEK)
        return floor_div(day + 3, 7);
    parley_civil_from_days(day, &y, &m, &d);
    switch (bin) {
    case PARLEY_MONTH: return (int64_t)(y - 1970) * 12 + m - 1;
    case PARLEY_QUARTER: return (int64_t)(y - 1970) * 4 + (m - 1) / 3;
    case PARLEY_DECADE: return floor_div(y, 10) - 197;
    default: return y - 1970;
    }
}

int64_t parley_bin_start(int64_t i, enum parley_precision bin)
{
    switch (bin) {
    case PARLEY_INSTANT: return i;
    case PARLEY_DAY: return i * PARLEY_US_PER_DAY;
    case PARLEY_WEEK: return (i * 7 - 3) * PARLEY_US_PER_DAY;
    case PARLEY_MONTH:
        return parley_days_from_civil((int)(1970 + floor_div(i, 12)), (int)(i - floor_div(i, 12) * 12) + 1, 1) * PARLEY_US_PER_DAY;
    case PARLEY_QUARTER:
        return parley_days_from_civil((int)(1970 + floor_div(i, 4)), (int)(i - floor_div(i, 4) * 4) * 3 + 1, 1) * PARLEY_US_PER_DAY;
    case PARLEY_DECADE: return parley_days_from_civil((int)(1970 + i * 10), 1, 1) * PARLEY_US_PER_DAY;
    default: return parley_days_from_civil((int)(1970 + i), 1, 1) * PARLEY_US_PER_DAY;
    }
}

struct parley_date parley_bin_date(int64_t i, enum parley_precision bin)
{
    return (struct parley_date){ parley_bin_start(i, bin), parley_bin_start(i + 1, bin), bin };
}

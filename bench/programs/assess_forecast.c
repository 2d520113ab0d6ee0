/* Scores of daily and weekly forecasts of a pair in a file of dated events: assess_forecast FILE A B [FIRST_DAY]
 * FILE: CSV with date (2005-01-31), and who did something to whom in its second and third column. Forecasts roll from FIRST_DAY (two thirds of the days
 * if absent) to the end, each from what came before. Prints for each model the log probability of the daily counts over the number of
 * events, and the CRPS of the counts of seven days. */
#include <parley/csv.h>
#include <parley/forecast.h>
#include <parley/time.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_MAX = 20000 };

static bool is(const struct parley_csv_field *f, const char *word) { return f->len == strlen(word) && !memcmp(f->text, word, f->len); }

static int64_t day_of(const char *text, size_t len)
{
    struct parley_date d;
    return parley_date_parse(text, len, &d, NULL) ? INT64_MIN : parley_bin_of(d.start_us, PARLEY_DAY);
}

/* Counts of all, of A to B, of B to A, by day from the first to the last day of the file; 0 when it cannot be read. */
static size_t read_days(const char *path, const char *a, const char *b, double y[3][DAYS_MAX], int64_t *first)
{
    struct parley_csv *csv = NULL;
    struct parley_csv_row row;
    struct parley_error err = { 0 };
    size_t n = 0;
    *first = INT64_MIN;
    enum parley_status status = parley_csv_open(path, NULL, &csv, &err);
    for (bool header = true; !status && !(status = parley_csv_next(csv, &row, &err)) && row.n > 2; header = false) {
        int64_t day = header ? INT64_MIN : day_of(row.field[0].text, row.field[0].len);
        if (day == INT64_MIN)
            continue;
        if (*first == INT64_MIN)
            *first = day;
        if (day < *first || day - *first >= DAYS_MAX)
            continue;
        size_t at = (size_t)(day - *first);
        n = at + 1 > n ? at + 1 : n;
        int direction = is(&row.field[1], a) && is(&row.field[2], b) ? 1 : is(&row.field[1], b) && is(&row.field[2], a) ? 2 : 0;
        if (direction)
            y[0][at]++, y[direction][at]++;
    }
    if (status)
        fprintf(stderr, "%s\n", err.text);
    parley_csv_close(csv);
    return status ? 0 : n;
}

int main(int argc, char **argv)
{
    static double y[3][DAYS_MAX], extra[2 * DAYS_MAX];
    int64_t first;
    if (argc < 4) {
        fprintf(stderr, "usage: assess_forecast FILE A B [FIRST_DAY]\n");
        return 2;
    }
    size_t n = read_days(argv[1], argv[2], argv[3], y, &first), from = argc > 4 ? (size_t)(day_of(argv[4], strlen(argv[4])) - first) : n / 3 * 2;
    if (n < 100 || from >= n)
        return 1;
    memcpy(extra, y[1], n * sizeof *extra), memcpy(extra + n, y[2], n * sizeof *extra);
    struct parley_arena arena = { 0 };
    struct parley_backtest day, week;
    struct parley_error err = { 0 };
    if (parley_forecast_backtest(y[0], n, extra, 2, 1, 365, from, 1, NULL, &arena, &day, &err) ||
        parley_forecast_backtest(y[0], n, extra, 2, 7, 365, from, 1, NULL, &arena, &week, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("%s-%s: %zu events in %zu days\n", argv[2], argv[3], day.n_events, day.n_forecasts);
    for (int m = 0; m < PARLEY_FORECASTERS; m++)
        printf("  %-10s daily log score an event %.3f   CRPS of seven days %.3f%s\n", parley_forecaster_word((enum parley_forecaster)m), day.score[m].log_score_per_event, week.score[m].crps,
               m == (int)day.used ? "   used" : "");
    parley_arena_release(&arena);
    return 0;
}

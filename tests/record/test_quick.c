/* Rows checked the quick way against fields_to_report, on rows of good, odd and wrong fields. */
#include "tap.h"

#include "record/names.h"
#include "record/quick.h"

#include <parley/rng.h>

#include <math.h>

struct choices {
    enum field field;
    const char *text[16];
};

/* The first of each is what files are full of. */
static const struct choices choices[] = {
    { FIELD_EVENT, { "G1", "E-2014-05-19-a", "", " G1", "G1 ", "'G1", "'=G1", "=G1", "G\t1", "é1" } },
    { FIELD_START, { "2014-05-19", "2000-02-29", "2100-02-28", "2014-02-30", "2014-02-29", "2014-13-01", "2014-00-10", "0000-01-01", "2014-05-1a", "2014/05/19", "2014-05", "2014", "9999-12-31", "0001-03-01", "2014-05-19T10:00Z", "" } },
    { FIELD_END, { "", "2014-05-20", "1990" } },
    { FIELD_PRECISION, { "", "day", "month", "dax", "days", "da", " day" } },
    { FIELD_PUBLIC, { "", "2015-01-01", "soon" } },
    { FIELD_ACTOR, { "US", "CN", "USA", "us", "QQ", "US;CN", "U", "", "UNK", "ORG:UN", "\"US\"" } },
    { FIELD_TARGET, { "CN", "RU", "China", "Q1", " US" } },
    { FIELD_KIND, { "cyber_op", "a", "accusation or something said that is long", "", " x", "x ", "'-x", "'x", "\"two\nlines\"" } },
    { FIELD_DOMAIN, { "espionage", "military", "ai", "critical-infrastructure", "critical-infrastructurf", "critical-infrastructure-of-two", "ax", "", "data", "dat", " data", "'data" } },
    { FIELD_INTENSITY, { "-2.5", "3", "", "10", "-10", "10.1", "-10.0", "-0", "0.0", "05", "5.", ".5", "-", "-.5", "1e1", "12.34" } },
    { FIELD_ATTRIBUTION, { "", "na", "claimed", "confirmed", "unattributed", "Claimed", " na" } },
    { FIELD_MECHANISM, { "", "M1", " M1", "'M1" } },
    { FIELD_WHAT, { "something happened", "", "\"a, b\"", "\"with \"\"quotes\"\"\"", "'+1", " blanks ", "中国" } },
    { FIELD_SOURCE, { "gen", "", "src ", "'@x", "\"a\rb\"" } },
    { FIELD_NOTE, { "", "a note", "'=1", "\x7f" } },
};
enum { CHOICES = sizeof choices / sizeof *choices, ROWS = 40000 };

/* With controls: one control character makes the reader doubt of some hundred rows around it. */
static size_t make_text(struct parley_rng *rng, bool all_columns, bool controls, const char *line_end, char *out)
{
    size_t n = 0, shown = 0;
    for (int row = -1; row < ROWS; row++) {
        shown = 0;
        int odd = row % 4; /* so many of its fields at random, the rest as usual */
        for (size_t c = 0; c < CHOICES; c++) {
            const struct choices *x = &choices[c];
            if (!all_columns && (x->field == FIELD_PUBLIC || x->field == FIELD_ATTRIBUTION || x->field == FIELD_MECHANISM || x->field == FIELD_NOTE))
                continue;
            size_t many = 0;
            while (many < 16 && x->text[many])
                many++;
            size_t take = parley_rng_below(rng, CHOICES) < (uint64_t)odd ? (size_t)parley_rng_below(rng, many) : 0;
            if (!controls && strpbrk(x->text[take], "\t\r\n\x7f"))
                take = 0;
            n += (size_t)sprintf(out + n, "%s%s", shown++ ? "," : "", row < 0 ? field_names[x->field] : x->text[take]);
        }
        n += (size_t)sprintf(out + n, "%s", line_end);
    }
    return n;
}

static bool same_report(const struct report *a, const struct report *b)
{
    return report_print(a) == report_print(b) && a->event.n == b->event.n && !memcmp(a->event.p, b->event.p, a->event.n);
}

static void compare(struct parley_record *record, bool all_columns, bool controls, const char *line_end)
{
    struct parley_rng rng;
    struct parley_arena arena = { 0 };
    struct parley_csv *csv = NULL;
    struct parley_csv_row row;
    struct columns columns;
    struct quick quick;
    struct parley_text extra;
    static char text[ROWS * 400];
    parley_rng_init(&rng, 5, all_columns);
    parley_text_init(&extra, 1000);
    size_t len = make_text(&rng, all_columns, controls, line_end, text), rows = 0, good = 0, taken = 0, wrong = 0, missed = 0;
    OK(!parley_csv_open_memory(text, len, "random", NULL, &csv, NULL) && !parley_csv_next(csv, &row, NULL) && !columns_from_header(&row, &arena, &columns, NULL), "the header");
    quick_init(&quick, record, &columns);
    OK(quick.usable, "the domains have a hash without collisions");
    for (;;) {
        enum parley_status status = parley_csv_next(csv, &row, NULL);
        if (status == PARLEY_EPARSE)
            continue;
        if (status || !row.n)
            break;
        rows++;
        struct report a = { 0 }, b = { 0 };
        struct slice field[FIELD_N];
        enum field bad;
        a.extra = b.extra = (struct slice){ "", 0 };
        columns_row(&columns, &row, field, &extra);
        bool full = !fields_to_report(record, field, NAME_ANY, &b, &bad, NULL), quickly = row.plain && quick_report(&quick, &row, &a);
        good += full, taken += quickly;
        wrong += quickly && (!full || !same_report(&a, &b));
        bool common = true; /* only what files are full of: the quick way must take it */
        for (size_t c = 0; c < CHOICES; c++)
            common &= field[choices[c].field].n == strlen(choices[c].text[0]) && !memcmp(field[choices[c].field].p, choices[c].text[0], field[choices[c].field].n);
        missed += common && !quickly && row.plain;
    }
    OK(rows > ROWS / 2 && wrong == 0, "%zu rows, %zu good, %zu of them the quick way: %zu differ", rows, good, taken, wrong);
    OK(missed == 0 && (controls || taken > ROWS / 4), "no common row takes the slow way (%zu)", missed);
    parley_csv_close(csv);
    parley_text_release(&extra);
    parley_arena_release(&arena);
}

/* Every day of four centuries, and every number of the scale. */
static void every_value(struct parley_record *record)
{
    struct columns columns = { .n = 15 };
    struct quick quick;
    for (int f = 0; f < FIELD_N; f++)
        columns.at[f] = f;
    quick_init(&quick, record, &columns);
    struct parley_csv_field field[FIELD_N];
    static char text[FIELD_N][64] = { [FIELD_EVENT] = "e", [FIELD_ACTOR] = "US", [FIELD_TARGET] = "CN", [FIELD_KIND] = "k", [FIELD_DOMAIN] = "ai", [FIELD_START] = "2000-01-01" };
    struct parley_csv_row row = { field, FIELD_N, 1, "", 0, true };
    struct report r;
    size_t bad = 0, days = 0;
    for (int f = 0; f < FIELD_N; f++)
        field[f] = (struct parley_csv_field){ text[f], strlen(text[f]) };
    for (int y = 1899; y <= 2101; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= 31; d++) {
                sprintf(text[FIELD_START], "%04d-%02d-%02d", y, m, d);
                bool exists = parley_day_exists(y, m, d), taken = quick_report(&quick, &row, &r);
                days += exists;
                bad += (taken && (!exists || r.when.start_us != parley_days_from_civil(y, m, d) * PARLEY_US_PER_DAY)) || (!taken && exists && !(m == 2 && d == 29));
            }
    OK(bad == 0, "%zu days as the calendar has them", days);
    bad = 0;
    for (int t = -130; t <= 130; t++)
        for (int form = 0; form < 3; form++) {
            field[FIELD_INTENSITY].len = (size_t)sprintf(text[FIELD_INTENSITY], form == 0 ? "%.1f" : form == 1 ? "%.0f" : "%g", t / 10.0);
            double want = strtod(text[FIELD_INTENSITY], NULL);
            bool taken = quick_report(&quick, &row, &r);
            bad += taken != (fabs(want) <= 10) || (taken && (r.intensity != want || (want == 0 && signbit(r.intensity))));
        }
    OK(bad == 0, "every tenth of the scale, and nothing outside it");
}

int main(void)
{
    struct parley_record *record = NULL;
    OK(!parley_record_open_shipped(&record, NULL) && !names_load(record, NULL), "the shipped record");
    compare(record, true, false, "\n");
    compare(record, true, true, "\n");
    compare(record, false, false, "\r\n");
    every_value(record);
    parley_record_close(record);
    return done();
}

#include "report_text.h"

#include <string.h>

static struct slice column(sqlite3_stmt *s, int i)
{
    const char *p = (const char *)sqlite3_column_text(s, i);
    return (struct slice){ p ? p : "", p ? (size_t)sqlite3_column_bytes(s, i) : 0 };
}

static struct slice kept(struct parley_arena *arena, const char *text)
{
    const char *copy = parley_arena_strdup(arena, text);
    return slice_of(copy ? copy : "");
}

static void put_dates(sqlite3_stmt *s, int at, struct parley_arena *arena, struct slice *start, struct slice *end, struct slice *precision)
{
    struct parley_date d = { .precision = PARLEY_UNDATED };
    struct slice p = column(s, at + 2);
    char a[PARLEY_DATE_TEXT] = "", b[PARLEY_DATE_TEXT] = "";
    if (sqlite3_column_type(s, at) != SQLITE_NULL && parley_precision_parse(p.p, p.n, &d.precision)) {
        d.start_us = sqlite3_column_int64(s, at);
        d.end_us = sqlite3_column_int64(s, at + 1);
        parley_date_start_text(&d, a);
        parley_date_end_text(&d, b);
    }
    *start = kept(arena, a);
    if (end)
        *end = strcmp(a, b) ? kept(arena, b) : slice_of("");
    if (precision)
        *precision = slice_of(parley_precision_text(d.precision));
}

static enum parley_status put_actors(struct parley_record *record, sqlite3_stmt *actors, struct parley_arena *arena, int64_t report, struct slice out[FIELD_N], struct parley_error *err)
{
    struct parley_text side[2];
    parley_text_init(&side[0], 1 << 16);
    parley_text_init(&side[1], 1 << 16);
    sqlite3_bind_int64(actors, 1, report);
    int rc;
    while ((rc = sqlite3_step(actors)) == SQLITE_ROW) {
        struct parley_text *t = &side[sqlite3_column_int(actors, 0) != 0];
        parley_text_addf(t, "%s%s", t->len ? ";" : "", (const char *)sqlite3_column_text(actors, 1));
    }
    sqlite3_reset(actors);
    out[FIELD_ACTOR] = (struct slice){ parley_arena_strdup(arena, parley_text_str(&side[0])), side[0].len };
    out[FIELD_TARGET] = (struct slice){ parley_arena_strdup(arena, parley_text_str(&side[1])), side[1].len };
    bool failed = side[0].failed || side[1].failed || !out[FIELD_ACTOR].p || !out[FIELD_TARGET].p;
    parley_text_release(&side[0]);
    parley_text_release(&side[1]);
    if (rc != SQLITE_DONE)
        return store_fail(record, rc, "reading the actors of an event", err);
    return failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : PARLEY_OK;
}

enum parley_status report_texts(struct parley_record *record, sqlite3_stmt *s, sqlite3_stmt *actors, struct parley_arena *arena, struct slice out[FIELD_N],
                                struct slice *extra, struct parley_error *err)
{
    static const struct { enum field field; int column; } texts[] = { { FIELD_EVENT, 1 }, { FIELD_KIND, 8 }, { FIELD_DOMAIN, 9 }, { FIELD_ATTRIBUTION, 11 },
                                                                      { FIELD_MECHANISM, 12 }, { FIELD_WHAT, 13 }, { FIELD_SOURCE, 14 }, { FIELD_NOTE, 15 } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        out[texts[i].field] = column(s, texts[i].column);
    put_dates(s, 2, arena, &out[FIELD_START], &out[FIELD_END], &out[FIELD_PRECISION]);
    put_dates(s, 5, arena, &out[FIELD_PUBLIC], NULL, NULL);
    char number[PARLEY_NUMBER_TEXT] = "";
    if (sqlite3_column_type(s, 10) != SQLITE_NULL)
        parley_double_to_text(sqlite3_column_double(s, 10), number);
    out[FIELD_INTENSITY] = kept(arena, number);
    *extra = column(s, 16);
    enum parley_status status = put_actors(record, actors, arena, sqlite3_column_int64(s, 0), out, err);
    return !status && arena->failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : status;
}

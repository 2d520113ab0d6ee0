/* Noting mechanisms by hand. */
#include "history.h"

#include <parley/import.h>

#include <string.h>

static enum parley_status check_date(const char *name, const char *text, struct parley_error *err)
{
    struct parley_date date;
    if (!text)
        return PARLEY_OK;
    enum parley_status status = parley_date_parse(text, strlen(text), &date, err);
    return status ? parley_fail_in(err, PARLEY_EDOM, "%s", name) : PARLEY_OK;
}

/* "China;US" as CN;US */
static enum parley_status codes(struct parley_record *record, const char *text, struct parley_text *out, struct parley_error *err)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, ";");
        const struct named *found = names_find(record->names, NAME_ANY, p, n);
        if (n && !found)
            return parley_fail(err, PARLEY_EDOM, "parties: unknown actor '%.*s'; 'parley record actors' lists them", (int)(n < 60 ? n : 60), p);
        if (n)
            parley_text_addf(out, "%s%s", out->len ? ";" : "", found->code);
        p += n + (p[n] == ';');
    }
    if (out->failed)
        return parley_text_status(out, "parties", err);
    return out->len ? PARLEY_OK : parley_fail(err, PARLEY_EDOM, "parties: nobody is named");
}

static int64_t known_interval(struct parley_record *record, const struct parley_mechanism_text *m, bool *any)
{
    sqlite3_stmt *s = NULL;
    int64_t id = 0;
    *any = false;
    if (store_prepare(record, "SELECT id, start FROM mechanism WHERE code = ? ORDER BY start, id", &s, NULL))
        return 0;
    sqlite3_bind_text(s, 1, m->code, -1, SQLITE_STATIC);
    while (sqlite3_step(s) == SQLITE_ROW) {
        *any = true;
        if (!m->start || !strcmp(m->start, (const char *)sqlite3_column_text(s, 1)))
            id = sqlite3_column_int64(s, 0);
    }
    sqlite3_finalize(s);
    return id;
}

enum parley_status parley_record_put_mechanism(struct parley_record *record, const struct parley_mechanism_text *m, struct parley_error *err)
{
    int64_t import = 0;
    const char *stop = m->stop && !strcmp(m->stop, "none") ? "" : m->stop;
    enum parley_status status = names_load(record, err);
    if (!status)
        status = check_date("start", m->start, err);
    if (!status)
        status = check_date("stop", stop, err);
    struct parley_text parties;
    parley_text_init(&parties, 4096);
    if (!status && m->parties)
        status = codes(record, m->parties, &parties, err);
    bool any = false;
    int64_t id = status ? 0 : known_interval(record, m, &any);
    if (!status && !any && (!m->en || !m->parties || !m->start || !*m->code))
        status = parley_fail(err, PARLEY_EDOM, "'%.60s' is a new mechanism: give its name, parties and start", m->code);
    sqlite3_stmt *s = NULL;
    char key[24];
    sqlite3_snprintf(sizeof key, key, "%lld", (long long)id);
    if (status || (status = history_begin(record, "mechanism", m->code, &import, err))) {
        parley_text_release(&parties);
        return status;
    }
    if (id)
        status = history_before(record, import, "mechanism", key, err);
    if (!status)
        status = store_prepare(record, id ? "UPDATE mechanism SET en=coalesce(?2,en), zh=coalesce(?3,zh), kind=coalesce(?4,kind), parties=coalesce(?5,parties), start_event=coalesce(?7,start_event),"
                                            " stop=coalesce(?8,stop), stop_event=coalesce(?9,stop_event), stop_kind=coalesce(?10,stop_kind), source=coalesce(?11,source), note=coalesce(?12,note) WHERE id=?13"
                                 : any ? "INSERT INTO mechanism(code, en, zh, kind, parties, start, start_event, stop, stop_event, stop_kind, source, note)"
                                         " SELECT ?1, coalesce(?2,en), coalesce(?3,zh), coalesce(?4,kind), coalesce(?5,parties), ?6, coalesce(?7,''), coalesce(?8,''), coalesce(?9,''), coalesce(?10,''), coalesce(?11,source), coalesce(?12,'')"
                                         " FROM mechanism WHERE code = ?1 ORDER BY start DESC LIMIT 1"
                                       : "INSERT INTO mechanism(code, en, zh, kind, parties, start, start_event, stop, stop_event, stop_kind, source, note)"
                                         " VALUES(?1, ?2, coalesce(?3,?2), coalesce(?4,'forum'), ?5, ?6, coalesce(?7,''), coalesce(?8,''), coalesce(?9,''), coalesce(?10,''), coalesce(?11,''), coalesce(?12,''))", &s, err);
    const char *const value[] = { m->code, m->en, m->zh, m->kind, m->parties ? parley_text_str(&parties) : NULL, m->start, m->start_event, stop, m->stop_event, m->stop_kind, m->source, m->note };
    for (int i = 0; i < 12 && s; i++)
        if (value[i])
            sqlite3_bind_text(s, i + 1, value[i], -1, SQLITE_STATIC);
    if (s)
        sqlite3_bind_int64(s, 13, id);
    if (!status)
        status = store_run(record, s, "noting a mechanism", err);
    sqlite3_finalize(s);
    if (!status && !id)
        status = history_added(record, import, "mechanism", sqlite3_last_insert_rowid(record->db), err);
    parley_text_release(&parties);
    return history_end(record, import, status, err);
}

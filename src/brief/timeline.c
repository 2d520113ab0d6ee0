/* Section 2: what happened, by domain. */
#include "brief/section.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TIMELINE_EVENTS_MAX = 600, DOMAINS_MAX = 256 };

struct row {
    const char *domain;
    size_t events, conflict, cooperation;
    double sum, rated;
};

static int by_events(const void *x, const void *y)
{
    const struct row *a = x, *b = y;
    return a->events != b->events ? (a->events < b->events ? 1 : -1) : strcmp(a->domain, b->domain);
}

static size_t rows_of(const struct brief *b, struct row row[DOMAINS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_events; i++) {
        const struct parley_event *e = b->event[i];
        size_t r = 0;
        while (r < n && strcmp(row[r].domain, e->domain))
            r++;
        if (r == n) {
            if (n == DOMAINS_MAX)
                continue;
            row[n++] = (struct row){ .domain = e->domain };
        }
        row[r].events++;
        row[r].conflict += e->intensity < 0;
        row[r].cooperation += e->intensity > 0;
        if (!isnan(e->intensity))
            row[r].sum += e->intensity, row[r].rated++;
    }
    qsort(row, n, sizeof *row, by_events);
    return n;
}

/* The absolute intensity that at most TIMELINE_EVENTS_MAX dated events reach. */
static double threshold(const struct brief *b)
{
    for (int level = 0; level <= 10; level++) {
        size_t n = 0;
        for (size_t i = 0; i < b->n_events; i++)
            n += b->event[i]->when.precision != PARLEY_UNDATED && !(fabs(b->event[i]->intensity) < level);
        if (n <= TIMELINE_EVENTS_MAX)
            return level;
    }
    return 10;
}

static void table(struct brief *b, const struct row *row, size_t n)
{
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Events by domain; intensity from -10 (most conflictual) to +10 (most cooperative)", "各领域的事件；强度从 -10（最具冲突性）到 +10（最具合作性）"));
    parley_table_column(t, PARLEY_SAY(b->lang, "domain", "领域"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "events", "事件"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "conflict", "冲突"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "cooperation", "合作"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "mean intensity", "平均强度"), PARLEY_RIGHT);
    for (size_t r = 0; r < n; r++) {
        parley_table_cell(t, "%s", say_domain(b, row[r].domain));
        parley_table_cell(t, "%zu", row[r].events);
        parley_table_cell(t, "%zu", row[r].conflict);
        parley_table_cell(t, "%zu", row[r].cooperation);
        parley_table_cell(t, "%s", row[r].rated > 0 ? parley_arena_printf(b->arena, "%.1f", row[r].sum / row[r].rated) : "-");
    }
}

enum parley_status brief_timeline(struct brief *b, struct parley_error *err)
{
    struct row row[DOMAINS_MAX] = { 0 };
    size_t n_rows = rows_of(b, row), n = 0;
    double least = threshold(b);
    struct parley_chart_event *event = PARLEY_NEW(b->arena, struct parley_chart_event, TIMELINE_EVENTS_MAX + 1);
    if (!event)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t r = 0; r < n_rows; r++)
        for (size_t i = 0; i < b->n_events && n < TIMELINE_EVENTS_MAX; i++) {
            const struct parley_event *e = b->event[i];
            if (!strcmp(e->domain, row[r].domain) && e->when.precision != PARLEY_UNDATED && !(fabs(e->intensity) < least))
                event[n++] = (struct parley_chart_event){ e->when, say_domain(b, e->domain), parley_event_what(e, b->lang), event_anchor(b, e), e->intensity };
        }
    const char *sentence = parley_arena_printf(b->arena,
        PARLEY_SAY(b->lang, "%zu of %zu events stand on this line%s; of all of them %zu are conflictual and %zu cooperative; the most frequent domain is %s with %zu.", "图中有%zu个事件，共%zu个%s；全部事件中冲突%zu个，合作%zu个；最多的领域是%s，有%zu个。"),
        n, b->n_events, least > 0 ? PARLEY_SAY(b->lang, " (the most intense; all are in the record)", "（强度最大的；全部事件见记录）") : b->n_undated ? PARLEY_SAY(b->lang, " (the others have no date)", "（其余日期不详）") : "",
        b->n_conflict, b->n_cooperation, say_domain(b, row[0].domain), row[0].events);
    if (sentence && b->n_gaps)
        sentence = parley_arena_printf(b->arena, "%s%s", sentence, gap_clause(b->lang));
    if (!sentence)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (n)
        parley_chart_timeline(b->doc, &(struct parley_chart_text){ "timeline-chart", PARLEY_SAY(b->lang, "Events by domain", "各领域的事件"), sentence }, event, n, chart_gaps(b), b->n_gaps);
    else
        parley_doc_note(b->doc, "%s", PARLEY_SAY(b->lang, "No event has a date, so there is no line to draw.", "没有任何事件有日期，无法绘制时间线。"));
    parley_doc_paragraph(b->doc, "%s", PARLEY_SAY(b->lang, "A larger mark is a more intense event; a line through a mark spans the time in which it may have happened. Choosing a mark leads to its row and source in the list at the end.",
                                                  "标记越大，强度越高；穿过标记的横线表示事件可能发生的时段。点击标记可转到文末列表中的该事件及其来源。"));
    table(b, row, n_rows);
    return PARLEY_OK;
}

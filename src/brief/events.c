/* The list of events that the other sections point to. */
#include "brief/section.h"

#include <math.h>
#include <string.h>

enum { LISTED_MAX = 400 };

static const char *parties(struct brief *b, const struct parley_event *e)
{
    struct parley_text text;
    parley_text_init(&text, 1 << 16);
    for (size_t i = 0; i < e->n_actors; i++)
        parley_text_addf(&text, "%s%s", i ? ", " : "", e->actor[i]);
    parley_text_adds(&text, " → ");
    for (size_t i = 0; i < e->n_targets; i++)
        parley_text_addf(&text, "%s%s", i ? ", " : "", e->target[i]);
    const char *copy = parley_text_keep(&text, b->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

enum parley_status brief_events(struct brief *b, struct parley_error *err)
{
    (void)err;
    double least = 0;
    size_t n = b->n_events;
    for (; n > LISTED_MAX && least < 10; least += 1) {
        n = 0;
        for (size_t i = 0; i < b->n_events; i++)
            n += !(fabs(b->event[i]->intensity) < least + 1);
    }
    if (least > 0)
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The events with an intensity of at least %.0f in either direction (at most %d are listed); 'parley record list %s %s' shows all %zu.", "仅列出强度绝对值不小于 %.0f 的事件（最多%d个）；parley record list %s %s 可显示全部%zu个。"),
                             least, LISTED_MAX, b->a.code, b->b.code, b->n_events);
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Dates as precisely as they are known. The source is a study and its section, or a data set.", "日期按已知精度列出。来源为研究及其章节，或数据集。"));
    parley_table_column(t, PARLEY_SAY(b->lang, "date", "日期"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "who", "谁对谁"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "domain", "领域"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "intensity", "强度"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "what", "事件"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "source", "来源"), PARLEY_LEFT);
    size_t listed = 0;
    for (size_t i = 0; i < b->n_events && listed < LISTED_MAX; i++) {
        const struct parley_event *e = b->event[i];
        if (fabs(e->intensity) < least)
            continue;
        listed++;
        parley_table_anchor(t, parley_doc_anchor(b->doc, "ev-", e->id), "%s", say_date(b, &e->when));
        parley_table_cell(t, "%s", parties(b, e));
        parley_table_cell(t, "%s", say_domain(b, e->domain));
        parley_table_number(t, e->intensity, 2);
        parley_table_cell(t, e->n_reports > 1 ? PARLEY_SAY(b->lang, "%s (sources differ: %zu reports)", "%s（来源不一：%zu个报告）") : "%s", parley_event_what(e, b->lang), e->n_reports);
        bool url = !strncmp(e->source, "http", 4);
        if (url)
            parley_table_link(t, e->source, "%s", e->source);
        else
            parley_table_cell(t, "%s", e->source);
    }
    return PARLEY_OK;
}

/* Loads and assesses a relation once, then writes the sections of the table in order. */
#include "brief/section.h"

#include <string.h>

static const struct brief_section sections[] = {
    { "summary", "Summary", "摘要", NULL, brief_summary },
    { "timeline", "Timeline", "时间线", NULL, brief_timeline },
    { "frequency", "Frequency and intensity", "频率与强度", NULL, brief_frequency },
    { "answers", "Who answers whom", "谁回应谁", NULL, brief_answers },
    { "phase", "Present phase", "当前阶段", NULL, brief_phase },
    { "game", "The game the two are in", "双方所处的博弈", NULL, brief_game },
    { "agreement", "Outlook for an agreement", "达成协议的前景", NULL, brief_agreement },
    { "forecast", "Forecast", "预测", NULL, brief_forecast },
    { "mechanisms", "What each mechanism does to the risk", "各机制对风险的影响", NULL, brief_mechanisms },
    { "advice", "Advice", "建议", NULL, brief_advice },
    { "methods", "Methods and sources", "方法与来源", NULL, brief_methods },
    { "events", "The events", "事件列表", NULL, brief_events },
};

/* --- loading ------------------------------------------------------------------------------------- */

static bool in_window(const struct brief *b, const struct parley_event *e)
{
    const struct parley_relation *r = &b->relation;
    if (r->from_us == 0 && r->to_us == 0)
        return true;
    return e->when.precision != PARLEY_UNDATED && e->when.start_us < r->to_us && e->when.end_us > r->from_us;
}

static bool takes_part(const struct parley_event *e, const char *code)
{
    bool found = false;
    for (size_t i = 0; i < e->n_actors && !found; i++)
        found = !strcmp(e->actor[i], code);
    for (size_t i = 0; i < e->n_targets && !found; i++)
        found = !strcmp(e->target[i], code);
    return found;
}

static enum parley_status pick_events(struct brief *b, struct parley_error *err)
{
    b->event = PARLEY_NEW(b->arena, const struct parley_event *, b->all.n + 1);
    if (!b->event)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < b->all.n; i++) {
        const struct parley_event *e = &b->all.event[i];
        enum parley_direction direction;
        if (!in_window(b, e))
            continue;
        if (!parley_relation_holds(&b->relation, e, &direction)) {
            b->n_by_others += takes_part(e, b->a.code) && takes_part(e, b->b.code);
            continue;
        }
        b->event[b->n_events++] = e;
        b->n_undated += e->when.precision == PARLEY_UNDATED;
        b->n_conflict += e->intensity < 0;
        b->n_cooperation += e->intensity > 0;
    }
    if (!b->n_events)
        return parley_fail(err, PARLEY_EDOM, "the record holds no event between %s and %s%s; see 'parley record list'", b->a.code, b->b.code,
                           b->options->from_us || b->options->to_us ? " in that window" : "");
    return PARLEY_OK;
}

/* "huang2024:5.1.1;wang2016:4.2" cites huang2024 and wang2016. */
static bool cites(const char *citation, const char *code)
{
    size_t n = strlen(code);
    for (const char *p = citation; *p;) {
        size_t len = strcspn(p, ";"), name = strcspn(p, ":;");
        if (name == n && !strncmp(p, code, n))
            return true;
        p += len;
        p += strspn(p, "; ");
    }
    return false;
}

static enum parley_status pick_sources(struct brief *b, struct parley_error *err)
{
    struct parley_source *source = NULL;
    struct parley_coverage_break *gap = NULL;
    size_t n = 0, n_gaps = 0;
    enum parley_status status = parley_record_sources(b->record, b->arena, &source, &n, err);
    if (!status)
        status = parley_record_breaks(b->record, b->arena, &gap, &n_gaps, err);
    if (status)
        return status;
    b->source = source, b->gap = gap;
    b->source_events = PARLEY_NEW(b->arena, size_t, n + 1);
    if (!b->source_events)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        size_t events = 0;
        for (size_t k = 0; k < b->n_events; k++)
            events += cites(b->event[k]->source, source[i].code);
        if (events) {
            b->source_events[b->n_sources] = events;
            b->source[b->n_sources++] = source[i];
        }
    }
    int64_t first = b->event[0]->when.start_us, last = first;
    for (size_t k = 0; k < b->n_events; k++)
        if (b->event[k]->when.precision != PARLEY_UNDATED && b->event[k]->when.end_us > last)
            last = b->event[k]->when.end_us;
    for (size_t i = 0; i < n_gaps; i++)
        for (size_t k = 0; k < b->n_sources; k++)
            if (!strcmp(gap[i].source, b->source[k].code) && gap[i].at.start_us >= first && gap[i].at.start_us < last) {
                b->gap[b->n_gaps++] = gap[i];
                break;
            }
    return PARLEY_OK;
}

/* English puts an article before plurals and unions. */
static const char *in_text(struct brief *b, const char *name)
{
    static const char *const with[] = { "United ", "Netherlands", "Philippines", "Bahamas", "Gambia", "Maldives", "Seychelles", "Comoros", "European Union", "Soviet Union", "Czech Republic", "Dominican Republic", "Marshall Islands", "Solomon Islands" };
    for (size_t i = 0; b->lang == PARLEY_EN && i < sizeof with / sizeof *with; i++)
        if (!strncmp(name, with[i], strlen(with[i]))) {
            const char *text = parley_arena_printf(b->arena, "the %s", name);
            return text ? text : name;
        }
    return name;
}

static enum parley_status load(struct brief *b, const char *code_a, const char *code_b, struct parley_error *err)
{
    const char *const pair[2] = { code_a, code_b };
    const struct parley_event_query everything = { 0 };
    enum parley_status status = parley_record_actor(b->record, code_a, b->arena, &b->a, err);
    if (!status)
        status = parley_record_actor(b->record, code_b, b->arena, &b->b, err);
    if (!status && !strcmp(b->a.code, b->b.code))
        status = parley_fail(err, PARLEY_EINVAL, "a relation needs two actors; both are %s", b->a.code);
    if (!status)
        status = parley_record_summarise(b->record, b->arena, &b->summary, err);
    if (!status)
        status = parley_record_events(b->record, &everything, b->arena, &b->all, err);
    if (!status)
        status = parley_record_mechanisms(b->record, pair, 2, b->arena, &b->mechanism, &b->n_mechanisms, err);
    if (!status)
        status = parley_domains(b->arena, &b->domain, &b->n_domains, err);
    if (status)
        return status;
    b->name_a = PARLEY_SAY(b->lang, b->a.en, *b->a.zh ? b->a.zh : b->a.en);
    b->name_b = PARLEY_SAY(b->lang, b->b.en, *b->b.zh ? b->b.zh : b->b.en);
    b->in_text_a = in_text(b, b->name_a);
    b->in_text_b = in_text(b, b->name_b);
    b->relation = (struct parley_relation){ .a = b->a.code, .b = b->b.code, .from_us = b->options->from_us, .to_us = b->options->to_us };
    status = pick_events(b, err);
    return status ? status : pick_sources(b, err);
}

static enum parley_status assess(struct brief *b, struct parley_error *err)
{
    struct parley_standing *standing = PARLEY_NEW(b->arena, struct parley_standing, b->n_mechanisms + 1);
    size_t n = 0;
    if (!standing)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < b->n_mechanisms; i++) {
        const struct parley_mechanism *m = &b->mechanism[i];
        standing[n++] = (struct parley_standing){
            .code = m->code, .name = PARLEY_SAY(b->lang, m->en, *m->zh ? m->zh : m->en),
            .start_us = m->start.precision == PARLEY_UNDATED ? INT64_MIN : m->start.start_us,
            .end_us = m->stop.precision == PARLEY_UNDATED ? INT64_MAX : m->stop.start_us,
            .suspended = !strcmp(m->stop_kind, "suspended"),
        };
    }
    const struct parley_assess_options options = { .bin = b->options->bin, .seed = b->options->seed, .permutations = b->options->permutations,
                                                   .progress = b->options->progress };
    struct parley_error why = { 0 };
    enum parley_status status = parley_assess_relation(b->all.event, b->all.n, standing, n, &b->relation, &options, b->arena, &b->assess, &why);
    b->assessed = status == PARLEY_OK;
    if (status == PARLEY_EDOM) { /* too little to bin is an answer, and the sections say so */
        b->why = parley_arena_strdup(b->arena, why.text);
        return b->why ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    return status ? parley_fail(err, status, "%s", why.text) : PARLEY_OK;
}

/* The numbers of the brief for programs: actors, window, seed and what parley assess gives. */
static void put_data(struct brief *b)
{
    struct parley_text text;
    struct parley_json json;
    parley_text_init(&text, 1 << 28);
    parley_json_init(&json, &text, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "a", b->a.code);
    parley_json_put_string(&json, "b", b->b.code);
    parley_json_put_integer(&json, "events", (int64_t)b->n_events);
    parley_json_put_integer(&json, "undated", (int64_t)b->n_undated);
    parley_json_key(&json, "seed");
    parley_json_unsigned(&json, b->options->seed);
    parley_json_key(&json, "assessment");
    if (b->assessed)
        parley_assessment_json(&b->assess, &json);
    else
        parley_json_null(&json);
    parley_json_object_end(&json);
    if (text.failed)
        b->doc->failed = true;
    else
        parley_doc_data(b->doc, parley_text_str(&text));
    parley_text_release(&text);
}

/* --- writing ------------------------------------------------------------------------------------- */

enum parley_status parley_brief_write(struct parley_record *record, const char *a, const char *b_code, const struct parley_brief_options *options,
                                      struct parley_doc *doc, struct parley_error *err)
{
    struct brief *b = PARLEY_NEW(doc->arena, struct brief, 1);
    if (!b)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    *b = (struct brief){ .doc = doc, .arena = doc->arena, .lang = doc->lang, .options = options, .record = record, .why = "" };
    if ((options->from_us || options->to_us) && options->to_us <= options->from_us)
        return parley_fail(err, PARLEY_EINVAL, "the window ends before it begins");
    enum parley_status status = load(b, a, b_code, err);
    if (!status)
        status = assess(b, err);
    if (status)
        return status;
    const char *title = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "%s and %s", "%s与%s"), b->name_a, b->in_text_b);
    if (!title)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    doc->title = title;
    put_data(b);
    size_t dated = b->n_events - b->n_undated;
    char first_text[PARLEY_DATE_TEXT] = "", last_text[PARLEY_DATE_TEXT] = ""; /* as they are known: an event of 1989 is not one of January */
    if (dated) {
        const struct parley_date *last = &b->event[0]->when;
        for (size_t i = 1; i < dated; i++)
            last = b->event[i]->when.end_us > last->end_us ? &b->event[i]->when : last;
        parley_date_start_text(&b->event[0]->when, first_text);
        parley_date_end_text(last, last_text);
    }
    if (dated)
        parley_doc_subtitle(doc, PARLEY_SAY(b->lang, "Brief on the relation, from %zu events, %s to %s.", "关系简报，依据%zu个事件，%s 至 %s。"), b->n_events, first_text, last_text);
    else
        parley_doc_subtitle(doc, PARLEY_SAY(b->lang, "Brief on the relation, from %zu events without a date.", "关系简报，依据%zu个日期不详的事件。"), b->n_events);
    for (size_t i = 0; i < sizeof sections / sizeof *sections && !status; i++) {
        if (sections[i].applies && !sections[i].applies(b))
            continue;
        parley_doc_heading(doc, 2, sections[i].id, "%s", PARLEY_SAY(b->lang, sections[i].en, sections[i].zh));
        status = sections[i].write(b, err);
    }
    return status;
}

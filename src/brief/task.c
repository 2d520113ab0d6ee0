/* Section 10, first half: the task of crisis management that the phase sets, and the measures that fit it. */
#include "brief/section.h"

#include <parley/studies.h>

#include <string.h>

enum { MEASURES_MAX = 5 };

/* Tasks and principles are those of Xu and Lu 2021 (before, during and after the event; 4.1 to 4.3), the trust and prevention measures
 * also of Lu 2019 (3.2, 3.3). Measures are terms of the studies; kind: the kind of mechanism that is one, NULL if none is. */
static const struct {
    const char *en, *zh;
    struct { const char *term, *kind; } measure[MEASURES_MAX];
} tasks[PARLEY_PHASES] = {
    [PARLEY_CALM] = { "prevention: arrangements are made while nobody is under pressure", "预防：在各方没有压力时作出安排",
                      { { "M067", "notification" }, { "M105", "notification" }, { "M068", "norm" }, { "M034", NULL }, { "M072", NULL } } },
    [PARLEY_TENSION] = { "prevention: the next incident should find channels open and intentions known", "预防：使下一次事件发生时渠道畅通、意图清楚",
                         { { "M107", "hotline" }, { "M105", "notification" }, { "M106", NULL }, { "M053", NULL }, { "M057", NULL } } },
    [PARLEY_CRISIS] = { "control: handling without ultimatum, with time and a way out, and without spill-over", "控制：不下最后通牒，留出时间与退路，防止外溢",
                        { { "M054", NULL }, { "M055", NULL }, { "M057", NULL }, { "M059", NULL }, { "M060", "track2" } } },
    [PARLEY_DE_ESCALATION] = { "de-escalation: winding down, so that feedback replaces suspicion", "降级：逐步收束，以反馈代替猜疑",
                              { { "M104", "dialogue" }, { "M029", NULL }, { "M107", "hotline" }, { "M065", NULL }, { "M060", "track2" } } },
    [PARLEY_RECOVERY] = { "recovery: suspended arrangements are taken up again, beginning with limited cooperation", "恢复：从有限合作开始，重启被中止的安排",
                          { { "M032", "dialogue" }, { "M109", NULL }, { "M071", NULL }, { "M068", "norm" }, { "M064", NULL } } },
};

/* What the record has of this kind: in force, stopped, or nothing. */
static const char *standing(struct brief *b, const char *kind)
{
    const struct parley_mechanism *found = NULL;
    for (size_t i = 0; i < b->n_mechanisms; i++) {
        const struct parley_mechanism *m = &b->mechanism[i];
        bool force = m->stop.precision == PARLEY_UNDATED && !*m->stop_kind;
        if (!strcmp(m->kind, kind) && (!found || force || found->stop.precision != PARLEY_UNDATED))
            found = m;
    }
    if (!found)
        return PARLEY_SAY(b->lang, "; the record has none between the two", "；记录中双方之间没有");
    const char *name = PARLEY_SAY(b->lang, found->en, *found->zh ? found->zh : found->en);
    const char *text = found->stop.precision == PARLEY_UNDATED
                           ? parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "; in force: %s", "；现有：%s"), name)
                           : parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "; the record's last one, %s, %s %s", "；记录中最近的一个（%1$s）已于%3$s%2$s"), name,
                                                 *found->stop_kind ? say_stop_kind(b->lang, found->stop_kind) : PARLEY_SAY(b->lang, "ended", "终止"), say_date(b, &found->stop));
    if (!text)
        b->doc->failed = true;
    return text ? text : "";
}

enum parley_status brief_task(struct brief *b, struct parley_error *err)
{
    struct parley_term *term = NULL;
    size_t n = 0;
    if (!b->assessed || !b->assess.phases.n_spells)
        return PARLEY_OK;
    enum parley_status status = parley_terms(b->arena, &term, &n, err);
    if (status)
        return status;
    enum parley_phase phase = b->assess.phases.now;
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The phase at the end of the record is %s (%s of the rule's variants agree). Its task is %s. Measures of the studies that fit it:", "记录末端的阶段为%s（规则变体中 %s 一致）。其任务是%s。各项研究中与之相应的措施："),
                         parley_phase_text(phase, b->lang), say_percent(b, b->assess.phases.stable), PARLEY_SAY(b->lang, tasks[phase].en, tasks[phase].zh));
    for (size_t k = 0; k < MEASURES_MAX; k++)
        for (size_t i = 0; i < n; i++)
            if (!strcmp(term[i].id, tasks[phase].measure[k].term)) {
                const char *kind = tasks[phase].measure[k].kind;
                parley_doc_item(b->doc, PARLEY_SAY(b->lang, "%s (%s)%s.", "%s（%s）%s。"), PARLEY_SAY(b->lang, term[i].en, term[i].zh), term[i].source, kind ? standing(b, kind) : "");
            }
    parley_doc_paragraph(b->doc, "%s", PARLEY_SAY(b->lang, "What the relation model says of single measures, whatever the phase:", "关系模型对各单项措施的判断（与阶段无关）："));
    return PARLEY_OK;
}

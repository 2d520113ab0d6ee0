/* Section 5: the present phase and what led to it. */
#include "brief/section.h"

#include <math.h>

enum { LED_MAX = 5, SPELLS_MAX = 8, LEVELS_DRAWN = 600 };

static void now(struct brief *b)
{
    const struct parley_phases *p = &b->assess.phases;
    const struct parley_phase_spell *spell = &p->spell[p->n_spells - 1];
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "At the end of the record (%s) the relation is in %s, since %s. %s of 40 variants of the rule's thresholds say the same%s.", "在记录末端（%s），关系处于%s阶段，始于 %s。规则阈值的40种变体中 %s 结论相同%s。"),
                         say_phase_month(b, spell->to), parley_phase_text(p->now, b->lang), say_phase_month(b, spell->from), say_percent(b, p->stable),
                         p->stable < .8 ? PARLEY_SAY(b->lang, ": the phase is not certain", "：阶段并不确定") : "");
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Heat, past conflict that fades by half every %s months, stands at %s times its own average, after a change of %s within %zu months; crisis begins at %s.", "热度（以往冲突，每%1$s个月消退一半）为其自身平均的 %2$s 倍，在 %4$zu 个月内变化 %3$s；危机始于 %5$s。"), say_number(b, 12 * p->rule.half_life_years, 2), say_number(b, p->heat_now, 2),
                         say_number(b, p->trend_now, 2), p->trend_bins, say_number(b, p->rule.crisis_on, 2));
}

static size_t hottest(const struct parley_phases *p)
{
    size_t best = 0;
    for (size_t i = 1; i < p->n_bins; i++)
        best = p->heat[i] > p->heat[best] ? i : best;
    return best;
}

static struct parley_date months(const struct brief *b, size_t from, size_t until)
{
    int64_t first = b->assess.phase_first;
    return (struct parley_date){ parley_bin_start(first + (int64_t)from, PARLEY_MONTH), parley_bin_start(first + (int64_t)until, PARLEY_MONTH), PARLEY_MONTH };
}

static void chart(struct brief *b)
{
    const struct parley_phases *p = &b->assess.phases;
    const char *state[PARLEY_PHASES];
    size_t step = p->n_bins / LEVELS_DRAWN + 1, n = 0;
    struct parley_chart_spell *spell = PARLEY_NEW(b->arena, struct parley_chart_spell, p->n_spells);
    struct parley_chart_level *level = PARLEY_NEW(b->arena, struct parley_chart_level, p->n_bins / step + 1);
    const char *sentence = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "%zu phases; heat was highest in %s, at %s, and crisis begins above %s (dotted).", "共%zu个阶段；热度最高在 %s，为 %s，超过 %s（点线）即为危机。"), p->n_spells,
                                               say_phase_month(b, hottest(p)), say_number(b, p->heat[hottest(p)], 2), say_number(b, p->rule.crisis_on, 2));
    if (!spell || !level || !sentence) {
        b->doc->failed = true;
        return;
    }
    for (int i = 0; i < PARLEY_PHASES; i++)
        state[i] = parley_phase_text((enum parley_phase)i, b->lang);
    for (size_t i = 0; i < p->n_spells; i++)
        spell[i] = (struct parley_chart_spell){ months(b, p->spell[i].from, p->spell[i].to + 1), (size_t)p->spell[i].phase };
    for (size_t i = 0; i < p->n_bins; i += step)
        level[n++] = (struct parley_chart_level){ months(b, i, i + 1), p->heat[i], NAN, NAN };
    parley_chart_spells(b->doc, &(struct parley_chart_text){ "phase-chart", PARLEY_SAY(b->lang, "Heat and phases", "热度与阶段"), sentence }, PARLEY_SAY(b->lang, "heat", "热度"), state, PARLEY_PHASES, spell,
                        p->n_spells, level, n, p->rule.crisis_on);
}

static void spells(struct brief *b)
{
    const struct parley_phases *p = &b->assess.phases;
    size_t first = p->n_spells > SPELLS_MAX ? p->n_spells - SPELLS_MAX : 0;
    struct parley_table *t = parley_doc_table(b->doc, first ? PARLEY_SAY(b->lang, "The last phases", "最近的各阶段") : PARLEY_SAY(b->lang, "The phases", "各阶段"));
    parley_table_column(t, PARLEY_SAY(b->lang, "from", "自"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "through", "至"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "phase", "阶段"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "highest heat", "最高热度"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "when", "时间"), PARLEY_LEFT);
    for (size_t i = first; i < p->n_spells; i++) {
        parley_table_cell(t, "%s", say_phase_month(b, p->spell[i].from));
        parley_table_cell(t, "%s", say_phase_month(b, p->spell[i].to));
        parley_table_cell(t, "%s", parley_phase_text(p->spell[i].phase, b->lang));
        parley_table_number(t, p->spell[i].heat_max, 2);
        parley_table_cell(t, "%s", say_phase_month(b, p->spell[i].hottest));
    }
}

/* The most intense events of the present spell and the one before it. */
static void led(struct brief *b)
{
    const struct parley_phases *p = &b->assess.phases;
    size_t from = p->spell[p->n_spells > 1 ? p->n_spells - 2 : 0].from;
    int64_t from_us = parley_bin_start(b->assess.phase_first + (int64_t)from, PARLEY_MONTH);
    size_t pick[LED_MAX] = { 0 }, n = 0;
    while (n < LED_MAX) {
        size_t best = b->n_events;
        for (size_t i = 0; i < b->n_events; i++) {
            const struct parley_event *e = b->event[i];
            bool used = e->when.precision == PARLEY_UNDATED || e->when.start_us < from_us || isnan(e->intensity);
            for (size_t k = 0; k < n; k++)
                used |= pick[k] == i;
            if (!used && (best == b->n_events || fabs(e->intensity) > fabs(b->event[best]->intensity)))
                best = i;
        }
        if (best == b->n_events)
            break;
        pick[n++] = best;
    }
    if (!n)
        return;
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "What led to it: the most intense events of this phase and the one before", "由来：本阶段与前一阶段中强度最大的事件"));
    parley_table_column(t, PARLEY_SAY(b->lang, "date", "日期"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "intensity", "强度"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "event", "事件"), PARLEY_LEFT);
    for (size_t i = 0; i < b->n_events; i++)
        for (size_t k = 0; k < n; k++)
            if (pick[k] == i) {
                parley_table_cell(t, "%s", say_date(b, &b->event[i]->when));
                parley_table_number(t, b->event[i]->intensity, 2);
                parley_table_link(t, event_anchor(b, b->event[i]), "%s", parley_event_what(b->event[i], b->lang));
            }
}

static void mechanisms(struct brief *b)
{
    if (!b->n_mechanisms)
        return;
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Mechanisms between the two", "双方之间的机制"));
    parley_table_column(t, PARLEY_SAY(b->lang, "mechanism", "机制"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "kind", "类型"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "from", "自"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "until", "至"), PARLEY_LEFT);
    for (size_t i = 0; i < b->n_mechanisms; i++) {
        const struct parley_mechanism *m = &b->mechanism[i];
        parley_table_cell(t, "%s", PARLEY_SAY(b->lang, m->en, *m->zh ? m->zh : m->en));
        parley_table_cell(t, "%s", say_mechanism_kind(b->lang, m->kind));
        parley_table_cell(t, "%s", m->start.precision == PARLEY_UNDATED ? PARLEY_SAY(b->lang, "not stated", "未说明") : say_date(b, &m->start));
        if (m->stop.precision == PARLEY_UNDATED)
            parley_table_cell(t, "%s", PARLEY_SAY(b->lang, "no end stated", "未说明终止"));
        else
            parley_table_cell(t, "%s%s%s", say_date(b, &m->stop), *m->stop_kind ? PARLEY_SAY(b->lang, ", ", "，") : "", say_stop_kind(b->lang, m->stop_kind));
    }
}

/* Level and trend of hostile events before and after each mechanism that has enough of both sides. */
static void trends(struct brief *b)
{
    size_t n = 0;
    for (size_t i = 0; b->assessed && i < b->assess.n_interruptions; i++)
        n += b->assess.interruption[i].trend.enough;
    if (!n)
        return;
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Hostile events before and after: level and trend, events a year (95 % interval)", "前后的敌对事件：水平与趋势，每年事件数（95%区间）"));
    parley_table_column(t, PARLEY_SAY(b->lang, "mechanism", "机制"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "at", "时间"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "step", "水平变化"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "trend before", "之前的趋势"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "change of trend", "趋势变化"), PARLEY_LEFT);
    for (size_t i = 0; i < b->assess.n_interruptions; i++) {
        const struct parley_interruption *m = &b->assess.interruption[i];
        const struct parley_trend *r = &m->trend;
        if (!r->enough)
            continue;
        parley_table_cell(t, m->start ? PARLEY_SAY(b->lang, "start: %s", "开始：%s") : PARLEY_SAY(b->lang, "end: %s", "结束：%s"), m->name);
        parley_table_cell(t, "%s", say_bin(b, m->at));
        parley_table_cell(t, "%+.1f (%s)", r->level_change.estimate, say_range(b, r->level_change.low, r->level_change.high, 2));
        parley_table_number(t, r->slope.estimate, 2);
        parley_table_cell(t, "%+.2f (%s)", r->slope_change.estimate, say_range(b, r->slope_change.low, r->slope_change.high, 2));
    }
    parley_doc_note(b->doc, "%s", PARLEY_SAY(b->lang, "Step: how many hostile events a year more (+) or fewer (-) from that date on; change of trend: how much faster (+) or slower (-) they grow from year to year. An interval that holds 0 "
                                                      "leaves open whether anything changed. What else happened at the time is not taken out: this is no proof of an effect, and of twenty such numbers one seems to matter by chance. "
                                                      "Segmented regression over up to five years or twelve bins on each side; the intervals allow for correlated errors.",
                                             "水平变化：自该日期起每年敌对事件增加（+）或减少（-）的个数；趋势变化：逐年增长加快（+）或放慢（-）的幅度。区间包含0，即无法断定有无变化。同期的其他事件没有剔除：这不是效果的证明；二十个这样的数字中会有一个偶然显得重要。"
                                             "方法为每侧至多五年或十二个时段的分段回归，区间考虑了误差的自相关。"));
}

enum parley_status brief_phase(struct brief *b, struct parley_error *err)
{
    (void)err;
    if (!b->assessed || !b->assess.phases.n_spells) {
        parley_doc_note(b->doc, PARLEY_SAY(b->lang, "No phase can be given: %s.", "无法给出阶段：%s。"), b->assessed ? PARLEY_SAY(b->lang, "there are no bins", "没有时间单位") : b->why);
    } else {
        now(b);
        chart(b);
        spells(b);
        led(b);
    }
    mechanisms(b);
    trends(b);
    return PARLEY_OK;
}

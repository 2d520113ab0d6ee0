/* What each mechanism does to the risk, and the advice that follows from it: paired runs of the relation model. */
#include "brief/section.h"

#include <parley/simulate.h>

#include <math.h>
#include <stdlib.h>

enum { REPLICATES = 1024, WEEKS = 260, ADVICE_MAX = 3 };

static const struct lever {
    const char *change, *en, *zh;
    bool harmful; /* something to avoid, not to build */
} levers[] = {
    { "hotline=1", "a hotline", "设立热线", false },
    { "unsuspendable=1", "a dialogue that is not suspended in a crisis", "危机中不中断对话", false },
    { "department_exchange=1", "exchange between departments", "部门间对等交流", false },
    { "no_shaming=1", "no public shaming", "不公开点名羞辱", false },
    { "notification=1", "notification of policy changes", "政策通报", false },
    { "issue_control=1", "issue control", "议题控制", false },
    { "joint_protection=1", "joint protection of shared infrastructure", "共同保护共享基础设施", false },
    { "contingency_plans=1", "rehearsed contingency plans", "危机管控预案", false },
    { "vulnerability_handling=1", "a vulnerability mechanism", "漏洞管理机制", false },
    { "nc3_restraint=1", "no targeting of nuclear command", "不以核指挥系统为目标", false },
    { "clear_attribution=1", "clearer attribution", "更清晰的归因", false },
    { "tauR=12", "twice the time for response", "回应时间加倍", false },
    { "delegation=1", "authority delegated to the military", "授权下放军方", true },
    { "harmed_leads=1", "the hurt department leads", "受冲击部门主导应对", true },
    { "zeta=0.5", "security stretched over everything", "泛安全化", true },
};
enum { LEVERS = sizeof levers / sizeof *levers };

struct brief_lever_effect {
    int lever;
    struct parley_difference risk, crises, weeks;
};

static int by_risk(const void *a, const void *b)
{
    double x = ((const struct brief_lever_effect *)a)->risk.difference, y = ((const struct brief_lever_effect *)b)->risk.difference;
    return (x > y) - (x < y);
}

/* All effects, the most useful first; computed once a brief. */
static enum parley_status effects(struct brief *b, struct parley_error *err)
{
    struct parley_scenario base;
    if (b->effect)
        return PARLEY_OK;
    enum parley_status status = parley_scenario_load("baseline", &base, err);
    struct brief_lever_effect *list = status ? NULL : PARLEY_NEW(b->arena, struct brief_lever_effect, LEVERS);
    if (!status && !list)
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    base.weeks = WEEKS;
    for (int i = 0; !status && i < LEVERS; i++) {
        struct parley_scenario changed = base;
        struct parley_comparison c = { 0 };
        const struct parley_run run = { .seed = b->options->seed, .replicates = REPLICATES };
        if (!(status = parley_scenario_change(&changed, levers[i].change, err)) && !(status = parley_compare(&base, &changed, &run, &c, err))) {
            list[i] = (struct brief_lever_effect){ i, c.output[PARLEY_OUT_uncontrolled], c.output[PARLEY_OUT_crises], c.output[PARLEY_OUT_crisis_weeks] };
            b->risk = parley_tally_estimate(&c.a, PARLEY_OUT_uncontrolled).mean;
        }
        parley_comparison_release(&c);
    }
    if (status)
        return status;
    qsort(list, LEVERS, sizeof *list, by_risk);
    b->effect = list;
    return PARLEY_OK;
}

static const char *name_of(const struct brief *b, const struct brief_lever_effect *e)
{
    return PARLEY_SAY(b->lang, levers[e->lever].en, levers[e->lever].zh);
}

enum parley_status brief_mechanisms(struct brief *b, struct parley_error *err)
{
    enum parley_status status = effects(b, err);
    if (status)
        return status;
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang,
        "In the relation model two states as the baseline scenario has them (a dialogue that can be suspended, no hotline) lose control within five years in %s of %d replicates. "
        "Each row changes one thing on the same random numbers; the differences are percentage points, crises and weeks in crisis.",
        "在关系模型中，基准情景下的两国（对话可被中断，无热线）五年内失控的比例为%s（%d次重复）。每行只改变一项，使用相同随机数；差异依次为百分点、危机次数和危机周数。"),
        say_percent(b, b->risk), REPLICATES);
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "What each mechanism does to the risk", "各机制对风险的影响"));
    parley_table_column(t, PARLEY_SAY(b->lang, "mechanism", "机制"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "loss of control", "失控"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "95 % interval", "95%区间"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "crises", "危机"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "weeks", "周数"), PARLEY_RIGHT);
    for (int i = 0; i < LEVERS; i++) {
        const struct brief_lever_effect *e = &b->effect[i];
        parley_table_cell(t, "%s", name_of(b, e));
        parley_table_number(t, 100 * e->risk.difference, 2);
        parley_table_cell(t, "%s", say_range(b, 100 * e->risk.low, 100 * e->risk.high, 2));
        parley_table_number(t, e->crises.difference, 2);
        parley_table_number(t, e->weeks.difference, 2);
    }
    parley_doc_note(b->doc, "%s", PARLEY_SAY(b->lang,
        "The model compares mechanisms; it is not fitted to this relation, cannot forecast dates and gives no absolute probability of a war.",
        "模型用于比较机制，并未按这一关系拟合，不能预测日期，也不给出战争的绝对概率。"));
    parley_doc_code(b->doc, "parley simulate compare baseline h02-b --weeks %d --replicates 20000 --seed %llu", WEEKS, (unsigned long long)b->options->seed);
    return PARLEY_OK;
}

enum parley_status brief_advice(struct brief *b, struct parley_error *err)
{
    enum parley_status status = brief_task(b, err);
    int given = 0;
    if (!status)
        status = effects(b, err);
    if (status)
        return status;
    for (int i = 0; i < LEVERS && given < ADVICE_MAX; i++) {
        const struct brief_lever_effect *e = &b->effect[i];
        if (levers[e->lever].harmful || !(e->risk.high < 0))
            continue;
        bool shorter = e->weeks.difference < 0;
        parley_doc_item(b->doc, PARLEY_SAY(b->lang, "Build: %s. In the model it lowers the risk of losing control by %s percentage points (95 %% interval %s) and the weeks in crisis %s by %s.",
                                           "建议：%s。模型中失控风险降低%s个百分点（95%%区间 %s），危机周数%s%s。"),
                        name_of(b, e), say_number(b, -100 * e->risk.difference, 2), say_range(b, -100 * e->risk.high, -100 * e->risk.low, 2),
                        shorter ? PARLEY_SAY(b->lang, "fall", "减少") : PARLEY_SAY(b->lang, "rise", "增加"), say_number(b, fabs(e->weeks.difference), 2));
        given++;
    }
    for (int i = LEVERS - 1; i >= 0; i--) {
        const struct brief_lever_effect *e = &b->effect[i];
        if (levers[e->lever].harmful && e->risk.low > 0)
            parley_doc_item(b->doc, PARLEY_SAY(b->lang, "Avoid: %s. It raises that risk by %s percentage points (%s).", "避免：%s。它使失控风险增加%s个百分点（%s）。"), name_of(b, e),
                            say_number(b, 100 * e->risk.difference, 2), say_range(b, 100 * e->risk.low, 100 * e->risk.high, 2));
    }
    for (int i = 0; i < LEVERS; i++) {
        const struct brief_lever_effect *e = &b->effect[i];
        if (!levers[e->lever].harmful && e->weeks.low > 0)
            parley_doc_item(b->doc, PARLEY_SAY(b->lang, "Weigh: %s lengthens crises (%s more weeks in crisis); the risk changes by %s percentage points (%s).",
                                               "权衡：%s使危机延长（危机周数增加%s）；失控风险变化%s个百分点（%s）。"),
                            name_of(b, e), say_number(b, e->weeks.difference, 2), say_number(b, 100 * e->risk.difference, 2),
                            say_range(b, 100 * e->risk.low, 100 * e->risk.high, 2));
    }
    if (given == 0)
        parley_doc_paragraph(b->doc, "%s", PARLEY_SAY(b->lang, "No single mechanism lowers the risk beyond the error of these runs.", "没有任何单一机制能使风险下降到超出运行误差。"));
    parley_doc_note(b->doc, "%s", PARLEY_SAY(b->lang, "Which measures fit a phase is the studies' judgement; what they do to the risk is the model's, not that of the record of this relation.",
                                             "何种措施适合何种阶段是各研究的判断；对风险的影响来自模型，而非这一关系的记录。"));
    return PARLEY_OK;
}

/* Section 7: can the two reach a binding agreement, what would tip it, and which cases are like theirs. */
#include "brief/section.h"

#include <parley/case_store.h>
#include <parley/design.h>

#include <math.h>
#include <string.h>

struct outlook {
    struct parley_codebook book;
    struct parley_coded_case *list;
    size_t n;
    struct parley_theory_result theory;
    struct parley_coded_case now; /* an attempt of the two now: nothing coded */
};

static bool has(const char *members, const char *code)
{
    size_t n = strlen(code);
    for (const char *p = members; n && (p = strstr(p, code)); p += n)
        if ((p == members || p[-1] == ';') && (!p[n] || p[n] == ';'))
            return true;
    return false;
}

static int64_t last_year(const struct brief *b)
{
    int year = 1970, month, day;
    for (size_t i = b->n_events; i-- > 0;)
        if (b->event[i]->when.precision != PARLEY_UNDATED) {
            parley_civil_from_days(b->event[i]->when.start_us / PARLEY_US_PER_DAY, &year, &month, &day);
            break;
        }
    return year;
}

static enum parley_status load(struct brief *b, struct outlook *o, struct parley_error *err)
{
    enum parley_status status = parley_codebook_shipped(b->arena, &o->book, err);
    if (!status)
        status = parley_stored_cases(b->record, &o->book, b->arena, &o->list, &o->n, err);
    struct parley_theory_row *row = PARLEY_NEW(b->arena, struct parley_theory_row, o->n + 1);
    struct parley_party *party = PARLEY_NEW(b->arena, struct parley_party, 2);
    const char *members = parley_arena_printf(b->arena, "%s;%s", b->a.code, b->b.code);
    if (!status && (!row || !party || !members))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < o->n && !status; i++) {
        struct parley_situation s = parley_case_situation(&o->list[i], &o->book);
        double p = 0, lasting;
        status = parley_gainloss_probability(&s, &p, &lasting, err);
        row[i] = (struct parley_theory_row) { .harm = o->list[i].harm,
                                              .threat = o->list[i].threat,
                                              .outcome = o->list[i].outcome,
                                              .p = { { p, p }, { p, p } } };
    }
    if (!status)
        status = parley_theory_test(row, o->n, b->arena, &o->theory, err);
    if (status)
        return status;
    for (int i = 0; i < 2; i++)
        party[i] = (struct parley_party) { .name = i ? b->name_b : b->name_a, .own = { NAN, NAN, NAN, NAN, NAN } };
    o->now = parley_case_uncoded("now", members, last_year(b), party, 2);
    return PARLEY_OK;
}

static enum parley_status past(struct brief *b, const struct outlook *o, struct parley_error *err)
{
    (void)err;
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Comparable cases", "可比案例"));
    parley_table_column(t, PARLEY_SAY(b->lang, "case", "案例"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "year", "年份"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "harm", "共同危害"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "threat", "政权威胁"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "predicted", "预测"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "observed", "实际"), PARLEY_LEFT);
    const char *outcome[] = { PARLEY_SAY(b->lang, "none", "未达成"), PARLEY_SAY(b->lang, "reached", "达成"),
                              PARLEY_SAY(b->lang, "open", "未定") };
    const char *harm[] = { PARLEY_SAY(b->lang, "not severe", "不严重"), PARLEY_SAY(b->lang, "severe", "严重"),
                           PARLEY_SAY(b->lang, "unknown", "未知") };
    const char *threat[] = { PARLEY_SAY(b->lang, "absent", "不存在"), PARLEY_SAY(b->lang, "present", "存在"),
                             PARLEY_SAY(b->lang, "unknown", "未知") };
    size_t shown = 0;
    /* first the pair's own, then cases with one of the two */
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < o->n; i++) {
            const struct parley_coded_case *c = &o->list[i];
            bool a = has(c->members, b->a.code), z = has(c->members, b->b.code);
            if (round == 0 ? !(a && z) : a == z)
                continue;
            parley_table_cell(t, "%s %s", c->id, b->lang == PARLEY_ZH && *c->zh ? c->zh : c->en);
            parley_table_cell(t, "%lld", (long long)c->year);
            parley_table_cell(t, "%s", harm[c->harm]);
            parley_table_cell(t, "%s", threat[c->threat]);
            parley_table_cell(t, "%s", outcome[parley_theory_predict(c->harm, c->threat)]);
            parley_table_cell(t, "%s", outcome[c->outcome]);
            shown++;
        }
    if (shown == 0)
        parley_doc_paragraph(
            b->doc, "%s",
            PARLEY_SAY(b->lang, "No coded case has one of the two as a party.", "没有以其中一方为当事方的编码案例。"));
    return PARLEY_OK;
}

/* What the record says of the indicators; nothing is filled in. */
static enum parley_status indicators(struct brief *b, const struct outlook *o, struct parley_error *err)
{
    struct parley_proposal *p;
    size_t n = 0, yes = 0;
    enum parley_status status = parley_case_propose(&o->now, &o->book, &b->all, b->arena, &p, &n, err);
    if (status)
        return status;
    parley_doc_paragraph(b->doc,
                         PARLEY_SAY(b->lang,
                                    "What the record of the last %lld years says of the indicators (proposals for a "
                                    "coder; nothing is filled in):",
                                    "近%lld年的记录对各指标的说明（仅供编码者参考，未作填写）："),
                         (long long)o->book.window_years);
    for (size_t i = 0; i < n; i++) {
        const char *name = PARLEY_SAY(b->lang, p[i].indicator->en, p[i].indicator->zh);
        if (!p[i].supported)
            continue;
        yes++;
        const char *first = parley_event_what(p[i].event[0], b->lang);
        parley_doc_item(b->doc,
                        PARLEY_SAY(b->lang, "%s: %zu in favour, such as \"%s\"", "%s：有%zu件事件支持，例如“%s”"), name,
                        p[i].n_events, first);
    }
    if (yes == 0)
        parley_doc_item(
            b->doc, "%s",
            PARLEY_SAY(b->lang, "no indicator has enough events to speak for it", "没有指标具备足够的事件支持"));
    return PARLEY_OK;
}

/* A chance; what is far below a percent is not told apart by such a model. */
static const char *chance(struct brief *b, double p) { return p < 0.01 ? "< 0.01" : say_number(b, p, 2); }

static enum parley_status outlook_table(struct brief *b, const struct outlook *o, struct parley_error *err)
{
    static const struct {
        enum parley_tri harm, threat;
    } way[] = {
        { PARLEY_YES, PARLEY_NO }, { PARLEY_YES, PARLEY_YES }, { PARLEY_NO, PARLEY_NO }, { PARLEY_NO, PARLEY_YES }
    };
    double p[4][2], low = 1, high = 0;
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 2; k++) {
            struct parley_situation s = parley_case_situation(&o->now, &o->book);
            double lasting;
            s.conditions.severe = way[i].harm;
            s.conditions.threat = way[i].threat;
            s.conditions.sensitive = k == 1;
            enum parley_status status = parley_gainloss_probability(&s, &p[i][k], &lasting, err);
            if (status)
                return status;
            low = fmin(low, p[i][0]);
            high = fmax(high, p[i][0]);
        }
    parley_doc_paragraph(
        b->doc,
        PARLEY_SAY(b->lang,
                   "Whether %s and %s would agree now on fighting cybercrime depends on two conditions that nobody has "
                   "coded for the present: the model's chance runs from %s to %s. "
                   "It turns on the regime-threat perception and on how severe the common harm is.",
                   "%s与%s目前能否就打击网络犯罪达成协议，取决于两项尚未就当前情况编码的条件：模型给出的概率为%s至%"
                   "s，关键在于政权威胁认知与共同危害的严重程度。"),
        b->in_text_a, b->in_text_b, chance(b, low), chance(b, high));
    struct parley_table *t = parley_doc_table(
        b->doc, PARLEY_SAY(b->lang, "Chance of a bilateral agreement, by condition", "各条件下达成双边协议的概率"));
    parley_table_column(t, PARLEY_SAY(b->lang, "common harm", "共同危害"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "regime threat", "政权威胁认知"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "crime", "网络犯罪"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "arms control", "军控"), PARLEY_RIGHT);
    for (int i = 0; i < 4; i++) {
        parley_table_cell(t, "%s",
                          way[i].harm == PARLEY_YES ? PARLEY_SAY(b->lang, "severe", "严重")
                                                    : PARLEY_SAY(b->lang, "not severe", "不严重"));
        parley_table_cell(t, "%s",
                          way[i].threat == PARLEY_YES ? PARLEY_SAY(b->lang, "present", "存在")
                                                      : PARLEY_SAY(b->lang, "absent", "不存在"));
        parley_table_cell(t, "%s", chance(b, p[i][0]));
        parley_table_cell(t, "%s", chance(b, p[i][1]));
    }
    return PARLEY_OK;
}

/* Under a threat, with severe harm: the thresholds, and the best a design can do. */
static enum parley_status tipping(struct brief *b, const struct outlook *o, struct parley_error *err)
{
    struct parley_situation s = parley_case_situation(&o->now, &o->book);
    struct parley_gainloss_result r;
    struct parley_design *design;
    size_t n = 0;
    s.conditions.severe = s.conditions.threat = PARLEY_YES;
    enum parley_status status = parley_gainloss_eval(&s, b->options->seed, 0, b->arena, &r, err);
    if (!status)
        status = parley_designs(&s, true, false, b->options->progress, b->arena, &design, &n, err);
    if (status)
        return status;
    const struct parley_tipping *t = &r.party[0].tipping;
    const struct parley_terms *now = &r.party[0].terms;
    parley_doc_paragraph(b->doc,
                         PARLEY_SAY(b->lang,
                                    "What would tip it if a threat is perceived and the harm is severe: belief that "
                                    "the other keeps its word from %s to %s, or the feared loss from %s to %s. "
                                    "Without the threat each side gains.",
                                    "若存在威胁认知且危害严重，改变结果所需：对对方守约的信念由%s升至%"
                                    "s，或所担心的损失由%s降至%s。没有威胁认知时双方均获益。"),
                         say_number(b, now->credibility, 2), say_number(b, t->at[PARLEY_INPUT_CREDIBILITY], 2),
                         say_number(b, now->loss, 3), say_number(b, t->at[PARLEY_INPUT_LOSS], 3));
    const struct parley_design *best = parley_design_advised(design, n, 0.01);
    const char *text =
        best->multilateral ? PARLEY_SAY(b->lang, "multilateral", "多边") : PARLEY_SAY(b->lang, "bilateral", "双边");
    for (size_t m = 0; m < o->book.n_measures && text; m++)
        if (best->measures >> m & 1)
            text = parley_arena_printf(b->arena, "%s%s%s", text, PARLEY_SAY(b->lang, ", ", "、"),
                                       PARLEY_SAY(b->lang, o->book.measure[m].en, o->book.measure[m].zh));
    parley_doc_paragraph(b->doc,
                         PARLEY_SAY(b->lang,
                                    "The design that does most under a threat is: %s. It raises the chance from %s to "
                                    "%s. Only the directions of such measures have a source.",
                                    "在威胁认知下作用最大的设计：%s，可使概率由%s升至%s。这些措施只有方向有文献依据。"),
                         text ? text : "", say_number(b, r.p_agreement, 2), say_number(b, best->p_agreement, 2));
    return PARLEY_OK;
}

enum parley_status brief_agreement(struct brief *b, struct parley_error *err)
{
    struct outlook o = { .n = 0 };
    enum parley_status status = load(b, &o, err);
    if (!status)
        status = outlook_table(b, &o, err);
    if (!status)
        status = indicators(b, &o, err);
    if (!status)
        status = tipping(b, &o, err);
    if (!status)
        status = past(b, &o, err);
    if (status)
        return status;
    const struct parley_theory_result *r = &o.theory;
    parley_doc_note(
        b->doc,
        PARLEY_SAY(b->lang,
                   "The theory fits %zu of %zu cases, but always saying yes fits %zu; Fisher's exact test p = %.3f; a "
                   "threat is present in %zu. The numbers of the gain-loss model are assumed: "
                   "read the order of the rows, not the chances themselves.",
                   "理论符合%zu个案例（共%zu个），但总是预测达成也符合%zu个；费舍尔精确检验 p = "
                   "%.3f；仅%zu个案例存在威胁认知。收益—损失模型的数值为假定：应看各行的次序，而非概率本身。"),
        r->score.fit, r->score.n, r->always_yes, r->score.fisher_p, r->threat_yes);
    parley_doc_code(b->doc, "parley case test; parley accord eval C03; parley accord design C03");
    return PARLEY_OK;
}

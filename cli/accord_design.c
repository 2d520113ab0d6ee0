#include "accord_words.h"

#include <parley/chart.h>
#include <parley/design.h>

#include <math.h>
#include <string.h>

static const struct option options[] = {
    { "top", 0, "N", "How many designs to list. Default: 12." },
    { "keep-type", 0, NULL, "Do not vary bilateral and multilateral." },
    { "vary-issue", 0, NULL, "Also compare a sensitive issue (arms control) with one that is not (crime)." },
    { "slack", 0, "X",
      "Advise fewer measures when that costs at most X of the chance that the agreement is kept. Default: 0.01." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one: other measures, other effects." },
    OPTION_DOCUMENT,
    { 0 },
};

struct compared {
    struct case_input input;
    struct parley_coded_case c;
    struct parley_situation s;
    struct parley_design *list;
    size_t n;
    struct parley_theory_result theory;
};

static const char *design_text(struct invocation *in, const struct compared *x, const struct parley_design *d)
{
    enum parley_lang l = in->lang;
    const char *text = d->multilateral ? PARLEY_SAY(l, "multilateral", "多边") : PARLEY_SAY(l, "bilateral", "双边");
    if (d->sensitive != x->s.conditions.sensitive)
        text = parley_arena_printf(&in->arena, "%s, %s", text,
                                   d->sensitive ? PARLEY_SAY(l, "arms control", "军控")
                                                : PARLEY_SAY(l, "crime", "网络犯罪"));
    for (size_t m = 0; m < x->input.book.n_measures && text; m++)
        if (d->measures >> m & 1)
            text = parley_arena_printf(&in->arena, "%s%s%s", text, PARLEY_SAY(l, ", ", "、"),
                                       PARLEY_SAY(l, x->input.book.measure[m].en, x->input.book.measure[m].zh));
    return text ? text : "";
}

static void
put_design(struct invocation *in, struct parley_json *j, const struct compared *x, const struct parley_design *d)
{
    parley_json_object(j);
    parley_json_put_string(j, "design", design_text(in, x, d));
    parley_json_put_string(j, "type", d->multilateral ? "multilateral" : "bilateral");
    parley_json_put_bool(j, "sensitive", d->sensitive);
    parley_json_key(j, "measures");
    parley_json_array(j);
    for (size_t m = 0; m < x->input.book.n_measures; m++)
        if (d->measures >> m & 1)
            parley_json_string(j, x->input.book.measure[m].id);
    parley_json_array_end(j);
    parley_json_put_number(j, "least_utility", d->least_utility);
    parley_json_put_number(j, "p_agreement", d->p_agreement);
    parley_json_put_number(j, "p_lasting", d->p_lasting);
    parley_json_put_bool(j, "best", d->best);
    parley_json_object_end(j);
}

static const struct parley_design *present(const struct compared *x)
{
    for (size_t i = 0; i < x->n; i++) {
        bool same = x->list[i].multilateral == x->s.conditions.multilateral &&
                    x->list[i].sensitive == x->s.conditions.sensitive;
        for (size_t m = 0; m < x->input.book.n_measures; m++)
            same &= (x->list[i].measures >> m & 1) == (x->s.strength[m] > 0.5);
        if (same)
            return &x->list[i];
    }
    return &x->list[0];
}

static void as_json(struct invocation *in, const struct compared *x, const struct parley_design *advised, size_t top)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_string(&j, "case", x->c.id);
    parley_json_put_integer(&j, "designs_compared", (int64_t)x->n);
    parley_json_key(&j, "present");
    put_design(in, &j, x, present(x));
    parley_json_key(&j, "advised");
    put_design(in, &j, x, advised);
    parley_json_key(&j, "designs");
    parley_json_array(&j);
    for (size_t i = 0; i < x->n && i < top; i++)
        put_design(in, &j, x, &x->list[i]);
    parley_json_array_end(&j);
    put_limits(&j, &x->theory);
    parley_json_object_end(&j);
}

static void kept_chart(struct invocation *in, struct parley_doc *doc, const struct compared *x, const struct parley_design *now, size_t top)
{
    enum parley_lang l = in->lang;
    size_t n = x->n < top ? x->n : top;
    struct parley_chart_estimate *e = PARLEY_NEW(&in->arena, struct parley_chart_estimate, n);
    for (size_t i = 0; e && i < n; i++)
        e[i] = (struct parley_chart_estimate){ design_text(in, x, &x->list[i]), x->list[i].p_lasting, NAN, NAN };
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(l, "The best of these designs is kept with probability %.2f; the line is the present one, %.2f.", "其中最好的设计得到遵守的概率为%.2f；线为目前的%.2f。"),
                                               x->list[0].p_lasting, now->p_lasting);
    if (e)
        parley_chart_estimates(doc, &(struct parley_chart_text){ "designs", PARLEY_SAY(l, "Chance that the agreement is reached and kept", "达成并得到遵守的概率"), sentence ? sentence : "" },
                               PARLEY_SAY(l, "probability", "概率"), e, n, now->p_lasting);
}

static enum parley_status
as_text(struct invocation *in, const struct compared *x, const struct parley_design *advised, size_t top)
{
    struct parley_doc doc;
    enum parley_lang l = in->lang;
    const struct parley_design *now = present(x);
    begin_doc(in, &doc, case_name(in, &x->c));
    parley_doc_heading(&doc, 1, NULL, PARLEY_SAY(l, "Designs for: %s", "协议设计：%s"), case_name(in, &x->c));
    parley_doc_paragraph(
        &doc,
        PARLEY_SAY(l,
                   "Advised: %s. Chance of agreement %.2f, of an agreement that is kept %.2f; now (%s) %.2f and %.2f. "
                   "%zu designs were compared.",
                   "建议：%s。达成概率%.2f，达成并得到遵守%.2f；目前（%s）为%.2f和%.2f。共比较%zu种设计。"),
        design_text(in, x, advised), advised->p_agreement, advised->p_lasting, design_text(in, x, now),
        now->p_agreement, now->p_lasting, x->n);
    if (advised->least_utility <= 0)
        parley_doc_note(
            &doc, "%s",
            PARLEY_SAY(
                l,
                "Even this design leaves a pivotal party worse off: design alone does not bring the agreement. 'parley "
                "accord eval' shows what would.",
                "即使采用该设计，仍有关键方得不偿失：仅靠设计无法促成协议。parley accord eval 会显示还需要什么。"));
    struct parley_table *t = parley_doc_table(&doc, "");
    parley_table_column(t, PARLEY_SAY(l, "design", "设计"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "least utility", "最低效用"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "P agreed", "达成概率"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "P kept", "遵守概率"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "unbeaten", "未被超越"), PARLEY_LEFT);
    for (size_t i = 0; i < x->n && i < top; i++) {
        parley_table_cell(t, "%s", design_text(in, x, &x->list[i]));
        parley_table_number(t, x->list[i].least_utility, 3);
        parley_table_number(t, x->list[i].p_agreement, 3);
        parley_table_number(t, x->list[i].p_lasting, 3);
        parley_table_cell(t, "%s", x->list[i].best ? case_tri(in, PARLEY_YES) : "");
    }
    kept_chart(in, &doc, x, now, top);
    parley_doc_note(&doc, "%s",
                    PARLEY_SAY(l,
                               "Only the directions of these measures have a source; their sizes are assumed. The "
                               "order of designs is what to read, not the chances.",
                               "这些措施只有方向有文献依据，大小均为假定。应看设计的先后次序，而不是概率本身。"));
    case_limits(in, &doc, &x->theory);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct compared x = { .n = 0 };
    uint64_t top = 12;
    double slack = 0.01;
    enum parley_status status = option_u64(in, "top", 1, 1000000, &top);
    if (!status)
        status = option_double(in, "slack", 0, 1, &slack);
    if (!status)
        status = case_input_open(in, PARLEY_RECORD_READ, &x.input);
    if (status)
        return status;
    status = case_find(in, &x.input, in->operand[0], &x.c);
    if (!status) {
        x.s = parley_case_situation(&x.c, &x.input.book);
        status = parley_designs(&x.s, !option_given(in, "keep-type"), option_given(in, "vary-issue"), &in->progress,
                                &in->arena, &x.list, &x.n, &in->err);
    }
    if (!status)
        status = accord_limits(in, &x.input, &x.theory);
    case_input_close(&x.input);
    if (status)
        return status;
    const struct parley_design *advised = parley_design_advised(x.list, x.n, slack);
    if (wants_json(in)) {
        as_json(in, &x, advised, (size_t)top);
        return PARLEY_OK;
    }
    return as_text(in, &x, advised, (size_t)top);
}

const struct command command_accord_design = {
    .name = "accord design",
    .operands = "CASE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Compare designs of an agreement and advise one: type, verification, audience cost, escape clause, "
               "duration, side payment.",
    .summary_zh = "比较协议设计并给出建议：类型、核查、观众成本、退出条款、期限、补偿。",
    .text = "Tries every combination of type and measures for the parties and conditions of a case, and orders them by "
            "the chance that the agreement is reached and "
            "kept. A design is unbeaten when none is as good in both chances with fewer measures. The advice prefers "
            "fewer measures when that costs little.\n\n"
            "Measures and the size of their effects are in the codebook; their directions have sources, their sizes "
            "are assumed.",
    .examples =
        "parley accord design C04\nparley accord design C02 --vary-issue --top 5\nparley accord design C16 --json\n",
    .options = options,
    .run = run,
};

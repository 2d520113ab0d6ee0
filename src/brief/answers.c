/* Section 4: who answers whom, and whether the relation is under control. */
#include "brief/section.h"

#include <math.h>

static const char *label(struct brief *b, size_t k)
{
    return k < 2 && b->assess.excitation.types == 2 ? say_direction(b, k ? PARLEY_B_TO_A : PARLEY_A_TO_B) : b->assess.excitation.label[k];
}

static void not_identified(struct brief *b)
{
    const struct parley_excitation *x = &b->assess.excitation;
    char reason[400];
    parley_doc_note(b->doc, PARLEY_SAY(b->lang, "Not identified: %s. These data do not say who answers whom, nor whether the relation feeds on itself; no number is given for controllability.", "无法识别：%s。这些数据不能说明谁回应谁，也不能说明关系是否自我助长；因此不给出可控性数值。"),
                    parley_excitation_reason(x, b->lang, reason));
    for (size_t k = 0; k < x->types; k++)
        parley_doc_item(b->doc, PARLEY_SAY(b->lang, "%s: %.0f events in the bins", "%s：计入%.0f个事件"), label(b, k), x->events ? x->events[k] : NAN);
    if (isfinite(x->controllability_low) && isfinite(x->controllability_high))
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "How wide the ignorance is: a fit that is not to be trusted would put controllability anywhere from %s.", "无知的宽度：不可信的拟合会把可控性置于 %s 之间的任何位置。"), say_range(b, x->controllability_low, x->controllability_high, 2));
    if (isfinite(x->p_value))
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Against the best model without excitation: %s; against shuffled data: %s.", "与最佳的无激发模型相比：%s；与打乱的数据相比：%s。"), say_p(b, x->p_value), say_p(b, x->permutation_p));
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "It takes at least %d events of each direction, dated to the day or week; importing event data (parley record import) brings this section to life.", "每个方向至少需要%d个精确到日或周的事件；导入事件数据（parley record import）即可启用本节。"),
                         PARLEY_EXCITATION_EVENTS_MIN);
}

static void matrix(struct brief *b)
{
    const struct parley_excitation *x = &b->assess.excitation;
    const char *name[PARLEY_EXCITATION_TYPES_MAX];
    size_t k = x->types;
    for (size_t i = 0; i < k; i++)
        name[i] = label(b, i);
    const char *sentence = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "Each number is how many events of the row one event of the column brings about, with its 95 %% interval; the half-life of the echo, counted in bins of one %s, is %s (%s).", "每格为一次列事件平均引出的行事件数及95%%区间；回响的半衰期（以%s计）为 %s（%s）。"),
                                               bin_noun(b->lang, b->assess.series.bin), say_number(b, x->half_life, 2), say_range(b, x->half_life_low, x->half_life_high, 2));
    if (!sentence) {
        b->doc->failed = true;
        return;
    }
    parley_chart_matrix(b->doc, &(struct parley_chart_text){ "answers-chart", PARLEY_SAY(b->lang, "Retaliation and repetition", "报复与重复"), sentence }, name, k, x->branching, x->branching_low, x->branching_high);
    struct parley_table *t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Answers expected after one event", "一次事件之后的预期回应"));
    parley_table_column(t, PARLEY_SAY(b->lang, "after one event of", "一次事件"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "events of", "引出的事件"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(b->lang, "expected", "预期数"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(b->lang, "95 % interval", "95%区间"), PARLEY_RIGHT);
    for (size_t i = 0; i < k * k; i++) {
        parley_table_cell(t, "%s", name[i % k]);
        parley_table_cell(t, "%s", name[i / k]);
        parley_table_number(t, x->branching[i], 2);
        parley_table_cell(t, "%s", say_range(b, x->branching_low[i], x->branching_high[i], 2));
    }
}

static void identified(struct brief *b)
{
    const struct parley_excitation *x = &b->assess.excitation;
    matrix(b);
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Controllability is %s (95 %% interval %s): below 0 the relation feeds on itself.", "可控性为 %s（95%%区间 %s）：低于 0 表示关系自我助长。"), say_number(b, x->controllability, 2),
                         say_range(b, x->controllability_low, x->controllability_high, 2));
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Goodness of fit: %s nats better than the best model without excitation (%s); shuffled data give as much with %s. One side answering the other, beyond each repeating itself: %s.", "拟合优度：比最佳的无激发模型高 %s 纳特（%s）；打乱的数据达到同样程度：%s。一方回应另一方（而非各自重复）：%s。"),
                         say_number(b, x->loglik - x->loglik_baseline, 3), say_p(b, x->p_value), say_p(b, x->permutation_p), say_p(b, x->cross_p));
}

/* From one domain to another. */
static void spill(struct brief *b)
{
    const struct parley_domains *d = &b->assess.domains;
    size_t n = d->n_linked, shown = 0;
    parley_doc_heading(b->doc, 3, "spill-over", "%s", PARLEY_SAY(b->lang, "Spill-over between domains", "领域之间的外溢"));
    if (n >= 2) {
        for (size_t i = 0; i < n * n; i++)
            if (i / n != i % n && d->spill_p[i] < .05) {
                parley_doc_item(b->doc, PARLEY_SAY(b->lang, "after an event of %s, %s follows %s times as often as without a link (%s, corrected for the number of pairs)", "%s事件之后，%s事件的出现为无关联时的 %s 倍（%s，已按对数校正）"), say_domain(b, d->linked[i % n]), say_domain(b, d->linked[i / n]), say_number(b, d->spill[i], 2), say_p(b, d->spill_p[i]));
                shown++;
            }
        if (!shown)
            parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Among the %zu most frequent domains no spill-over is supported: none of the %zu pairs stands out of shuffled data.", "在最常见的%zu个领域中没有证据支持外溢：%zu对领域均未超出打乱的数据。"), n, n * (n - 1));
    } else {
        parley_doc_note(b->doc, "%s", PARLEY_SAY(b->lang, "Too few domains have five events or more; spill-over cannot be judged.", "有五个以上事件的领域过少，无法判断外溢。"));
    }
    if (isfinite(d->entropy) && d->n > 1)
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The contest touches %zu domains, spread over %s of the widest possible; in the earlier and the later half of the events its entropy is %s and %s nats (%s%s).", "竞争涉及%zu个领域，分散程度为最大值的 %s；前半与后半事件的熵分别为 %s 与 %s 纳特（%s%s）。"), d->n,
                             say_percent(b, d->entropy / d->entropy_max), say_number(b, d->entropy_early, 3), say_number(b, d->entropy_late, 3), say_p(b, d->entropy_p),
                             d->entropy_p < .05 ? "" : PARLEY_SAY(b->lang, ": no more than chance", "：不超出偶然"));
}

enum parley_status brief_answers(struct brief *b, struct parley_error *err)
{
    (void)err;
    if (!b->assessed) {
        parley_doc_note(b->doc, PARLEY_SAY(b->lang, "Not identified: %s.", "无法识别：%s。"), b->why);
        return PARLEY_OK;
    }
    if (b->assess.excitation.identified)
        identified(b);
    else
        not_identified(b);
    spill(b);
    return PARLEY_OK;
}

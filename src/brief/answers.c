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
        parley_doc_item(b->doc, PARLEY_SAY(b->lang, "%s: %.0f events that could be counted", "%s：可计数的事件%.0f个"), label(b, k), x->events ? x->events[k] : NAN);
    if (isfinite(x->controllability_low) && isfinite(x->controllability_high))
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "How little is known: an estimate that is not to be trusted would put controllability anywhere from %s.", "所知之少：不可信的估计会把可控性置于 %s 之间的任何位置。"), say_range(b, x->controllability_low, x->controllability_high, 2));
    if (isfinite(x->p_value))
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Chance alone, with no act provoking another, would look like this with %s; the same events with their days shuffled with %s.", "若没有行为引发行为，仅凭偶然出现这种结果：%s；打乱日期的同样事件：%s。"), say_p(b, x->p_value), say_p(b, x->permutation_p));
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
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Controllability is %s (95 %% interval %s): at 1 no act provokes another, below 0 each act leads on average to more than one further act and the relation feeds on itself.", "可控性为 %s（95%%区间 %s）：1 表示行为不引发行为，低于 0 表示一次行为平均引出不止一次行为，关系自我助长。"), say_number(b, x->controllability, 2),
                         say_range(b, x->controllability_low, x->controllability_high, 2));
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Is it real? The data are better explained when acts may provoke acts, by %s nats of log likelihood (by chance alone: %s); with the days shuffled it would look like this with %s. That one side answers the other, and not only repeats itself, would come by chance with %s.", "是否真实？允许行为引发行为时，数据得到更好的解释（对数似然高 %s 纳特；仅凭偶然：%s）；打乱日期后仍会如此：%s。一方回应另一方（而不只是各自重复）若仅凭偶然：%s。"),
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
            parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Among the %zu most frequent domains no spill-over is supported: in none of the %zu pairs does one domain follow the other more often than if domains were dealt out at random.", "在最常见的%zu个领域中没有证据支持外溢：%zu对领域中，没有一个领域跟随另一个领域的次数超过随机分配领域的情形。"), n, n * (n - 1));
    } else {
        parley_doc_note(b->doc, "%s", PARLEY_SAY(b->lang, "Too few domains have five events or more; spill-over cannot be judged.", "有五个以上事件的领域过少，无法判断外溢。"));
    }
    if (isfinite(d->entropy) && d->n > 1)
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "The contest touches %zu domains and is spread over them to %s of the widest possible. Has it widened? Its spread (entropy, in nats) is %s in the earlier and %s in the later half of the events (%s%s).", "竞争涉及%zu个领域，分散程度为最大可能的 %s。范围是否扩大？前半事件的分散程度（熵，纳特）为 %s，后半为 %s（%s%s）。"), d->n,
                             say_percent(b, d->entropy / d->entropy_max), say_number(b, d->entropy_early, 3), say_number(b, d->entropy_late, 3), say_p(b, d->entropy_p),
                             d->entropy_p < .05 ? "" : PARLEY_SAY(b->lang, ": no more than chance would do", "：不超出偶然"));
}

enum parley_status brief_answers(struct brief *b, struct parley_error *err)
{
    (void)err;
    if (!b->assessed) {
        parley_doc_note(b->doc, PARLEY_SAY(b->lang, "Not identified: %s.", "无法识别：%s。"), b->why);
        return PARLEY_OK;
    }
    if (b->assess.recent)
        parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Here and in the forecast only the last %s are looked at, from %s on.", "此处及预测只使用最近的%s，自 %s 起。"), say_bins(b, PARLEY_RECENT_BINS_MAX, b->assess.series.bin), say_bin(b, b->assess.recent));
    if (b->assess.excitation.identified)
        identified(b);
    else
        not_identified(b);
    spill(b);
    return PARLEY_OK;
}

/* Section 6: which game the two are in, read from the record. */
#include "brief/section.h"

#include <parley/equilibria.h>
#include <parley/game_name.h>
#include <parley/relation_game.h>
#include <string.h>

static void count_arrangements(const struct brief *b, struct parley_relation_facts *f)
{
    for (size_t i = 0; i < b->n_mechanisms; i++) {
        const struct parley_mechanism *m = &b->mechanism[i];
        bool norm = !strcmp(m->kind, "norm") || !strcmp(m->kind, "agreement");
        if (m->stop.precision == PARLEY_UNDATED && !*m->stop_kind)
            ++*(norm ? &f->n_norms : &f->n_mechanisms);
    }
}

static const char *cell_text(struct brief *b, const struct parley_relation_game *r, int cell)
{
    const char *text = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "%s %s, %s %s", "%s%s, %s%s"), b->name_a,
                                           cell >> 1 ? PARLEY_SAY(b->lang, "strikes", "打击") : PARLEY_SAY(b->lang, "restrains itself", "克制"), b->name_b,
                                           cell & 1 ? PARLEY_SAY(b->lang, "strikes", "打击") : PARLEY_SAY(b->lang, "restrains itself", "克制"));
    (void)r;
    return text ? text : "";
}

static void say_incentives(struct brief *b, const struct parley_game_name *n)
{
    for (int i = 0; i < 2; i++) {
        int fear = parley_exact_sign(n->fear[i]), greed = parley_exact_sign(n->greed[i]);
        parley_doc_item(b->doc, PARLEY_SAY(b->lang, "%s: fear %s, greed %s: %s", "%s: 恐惧%s, 贪欲%s: %s"), i ? b->name_b : b->name_a, say_number(b, parley_exact_double(n->fear[i]), 3),
                        say_number(b, parley_exact_double(n->greed[i]), 3),
                        fear > 0 && greed > 0 ? PARLEY_SAY(b->lang, "both push it to strike.", "两者都促使其打击。")
                        : fear > 0            ? PARLEY_SAY(b->lang, "only fear does: reassurance can work.", "仅恐惧: 保证可奏效。")
                        : greed > 0           ? PARLEY_SAY(b->lang, "only greed does: a higher price of a strike can work.", "仅贪欲: 提高打击代价可奏效。")
                                              : PARLEY_SAY(b->lang, "nothing pushes it to strike.", "无打击动机。"));
    }
}

static void add_better(struct brief *b, const struct parley_game_name *n)
{
    struct parley_table *t = NULL;
    for (int k = 0; k < PARLEY_NAME_SWAPS; k++) {
        const struct parley_name_swap *s = &n->swap[k];
        if (!s->better)
            continue;
        if (!t) {
            t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "Changes of two neighbouring payoffs that would make a better game of it", "调换相邻收益可得到的更好博弈"));
            parley_table_column(t, PARLEY_SAY(b->lang, "whose payoffs", "谁的收益"), PARLEY_LEFT);
            parley_table_column(t, PARLEY_SAY(b->lang, "ranks that change places", "调换的位次"), PARLEY_LEFT);
            parley_table_column(t, PARLEY_SAY(b->lang, "becomes", "变为"), PARLEY_LEFT);
        }
        parley_table_cell(t, "%s", s->player == 2 ? PARLEY_SAY(b->lang, "both", "双方") : s->player ? b->name_b : b->name_a);
        parley_table_cell(t, "%d, %d", s->low, s->low + 1);
        parley_table_cell(t, "%s", b->lang == PARLEY_ZH ? s->game.name_zh : s->game.name);
    }
}

enum parley_status brief_game(struct brief *b, struct parley_error *err)
{
    struct parley_relation_facts f = { .a = b->a.code, .b = b->b.code, .name_a = b->name_a, .name_b = b->name_b, .event = b->event, .n = b->n_events, .redraws = PARLEY_RELATION_REDRAWS };
    struct parley_relation_game r;
    struct parley_game_name n;
    struct parley_equilibria s;
    struct parley_error why = { 0 };
    count_arrangements(b, &f);
    enum parley_status status = parley_relation_game_build(&f, NULL, b->lang, b->options->seed, b->arena, &r, &why);
    if (status == PARLEY_EDOM) { /* too little to read a game from is an answer */
        parley_doc_note(b->doc, "%s", why.text);
        return PARLEY_OK;
    }
    if (status)
        return parley_fail(err, status, "%s", why.text);
    status = parley_game_name(r.game, b->arena, &n, err);
    if (!status)
        status = parley_equilibria_solve(r.game, NULL, b->options->progress, b->arena, &s, err);
    if (status)
        return status;
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Read with the payoffs of the codebook, the relation is %s (Robinson-Goforth %d%d%d). Redrawing the %zu events gives the same game in %s of 1,000 draws (seed %llu).",
                                            "按编码本的收益, 该关系为%s(Robinson-Goforth %d%d%d)。对%zu个事件重抽1000次, %s得到同一博弈(种子%llu)。"),
                         b->lang == PARLEY_ZH ? n.game.name_zh : n.game.name, n.game.layer, n.game.row, n.game.column, r.n_events, say_percent(b, r.share_same_name),
                         (unsigned long long)r.seed);
    for (int i = 0; i < n.game.n_equilibria; i++) {
        int cell = n.game.equilibrium[i] ^ (n.cooperate[0] << 1 | n.cooperate[1]);
        parley_doc_item(b->doc, PARLEY_SAY(b->lang, "Stable: %s.", "稳定: %s。"), cell_text(b, &r, cell));
    }
    say_incentives(b, &n);
    add_better(b, &n);
    parley_doc_note(b->doc, PARLEY_SAY(b->lang, "A reading of the record, not a measurement of interests; the reason of each payoff: parley game from-relation %s %s.",
                                       "此为对记录的解读而非对利益的测量; 每个收益的理由: parley game from-relation %s %s。"), b->a.code, b->b.code);
    return PARLEY_OK;
}

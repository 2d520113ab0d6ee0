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

static const char *act(const struct brief *b, int strikes) { return strikes ? PARLEY_SAY(b->lang, "strikes", "打击") : PARLEY_SAY(b->lang, "restrains itself", "克制"); }

static const char *cell_text(struct brief *b, int cell)
{
    const char *text = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "%s %s, %s %s", "%s%s，%s%s"), b->in_text_a, act(b, cell >> 1), b->in_text_b, act(b, cell & 1));
    return text ? text : "";
}

/* Index into R, S, T, P of a player when it and the other take these strategies (0 restrains, 1 strikes). */
static int own_side(const struct parley_game_name *n, int player, int mine, int other) { return (mine ^ n->cooperate[player]) << 1 | (other ^ n->cooperate[1 - player]); }

static void payoffs(struct brief *b, const struct parley_game_name *n)
{
    struct parley_table *t = parley_doc_table(b->doc, parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "What each combination is worth, to %s and then to %s (read from the record and the codebook; only the order within a side counts)",
                                                                                               "各组合的收益，先%s后%s（由记录与编码本读出；只有同一方内部的大小顺序有意义）"), b->in_text_a, b->in_text_b));
    parley_table_column(t, "", PARLEY_LEFT);
    for (int column = 0; column < 2; column++) {
        const char *title = parley_arena_printf(b->arena, PARLEY_SAY(b->lang, "%s %s", "%s%s"), b->name_b, act(b, column));
        parley_table_column(t, title ? title : "", PARLEY_RIGHT);
    }
    for (int row = 0; row < 2; row++) {
        parley_table_cell(t, PARLEY_SAY(b->lang, "%s %s", "%s%s"), b->name_a, act(b, row));
        for (int column = 0; column < 2; column++)
            parley_table_cell(t, PARLEY_SAY(b->lang, "%s; %s", "%s；%s"), say_number(b, parley_exact_double(n->payoff[0][own_side(n, 0, row, column)]), 3),
                              say_number(b, parley_exact_double(n->payoff[1][own_side(n, 1, column, row)]), 3));
    }
}

static void say_incentives(struct brief *b, const struct parley_game_name *n)
{
    parley_doc_paragraph(b->doc, "%s", PARLEY_SAY(b->lang, "Fear is what a side loses when it alone restrains itself instead of striking too; greed is what it gains by striking alone instead of restraining itself too.",
                                                  "恐惧：对方打击时，己方克制比同样打击多损失多少；贪欲：对方克制时，己方打击比同样克制多得多少。"));
    for (int i = 0; i < 2; i++) {
        int fear = parley_exact_sign(n->fear[i]), greed = parley_exact_sign(n->greed[i]);
        parley_doc_item(b->doc, PARLEY_SAY(b->lang, "%s: fear %s, greed %s: %s", "%s：恐惧 %s，贪欲 %s：%s"), i ? b->name_b : b->name_a, say_number(b, parley_exact_double(n->fear[i]), 3),
                        say_number(b, parley_exact_double(n->greed[i]), 3),
                        fear > 0 && greed > 0 ? PARLEY_SAY(b->lang, "both push it to strike.", "两者都促使其打击。")
                        : fear > 0            ? PARLEY_SAY(b->lang, "only fear does: reassurance can work.", "只有恐惧：安抚与保证可以奏效。")
                        : greed > 0           ? PARLEY_SAY(b->lang, "only greed does: a higher price of a strike can work.", "只有贪欲：提高打击的代价可以奏效。")
                                              : PARLEY_SAY(b->lang, "nothing pushes it to strike.", "无打击动机。"));
    }
}

/* Do both restrain themselves in some equilibrium of a game? */
static bool restraint_is_stable(const struct parley_game_name *n, const struct parley_ordinal *game)
{
    for (int i = 0; i < game->n_equilibria; i++)
        if ((game->equilibrium[i] ^ (n->cooperate[0] << 1 | n->cooperate[1])) == 0)
            return true;
    return false;
}

/* The outcome that has this rank for a player. */
static const char *outcome(const struct brief *b, const struct parley_game_name *n, int player, int rank)
{
    static const char *const en[] = { "both restrain themselves", "it alone restrains itself", "it alone strikes", "both strike" };
    static const char *const zh[] = { "双方克制", "独自克制", "独自打击", "双方打击" };
    for (int mine = 0; mine < 2; mine++)
        for (int other = 0; other < 2; other++)
            if (n->game.rank[player][own_side(n, player, mine, other)] == rank)
                return PARLEY_SAY(b->lang, en[mine << 1 | other], zh[mine << 1 | other]);
    return "";
}

/* What cooperation needs: one exchange of neighbouring payoffs after which restraint of both is stable. */
static void add_needs(struct brief *b, const struct parley_game_name *n)
{
    struct parley_table *t = NULL;
    if (restraint_is_stable(n, &n->game))
        return;
    for (int k = 0; k < PARLEY_NAME_SWAPS; k++) {
        const struct parley_name_swap *s = &n->swap[k];
        int whose = s->player == 1;
        if (!restraint_is_stable(n, &s->game))
            continue;
        if (!t) {
            t = parley_doc_table(b->doc, PARLEY_SAY(b->lang, "What cooperation needs: each row alone would make restraint of both stable", "合作需要什么：以下任何一行单独成立，双方克制即可稳定"));
            parley_table_column(t, PARLEY_SAY(b->lang, "to whom", "对谁"), PARLEY_LEFT);
            parley_table_column(t, PARLEY_SAY(b->lang, "this outcome", "这一结果"), PARLEY_LEFT);
            parley_table_column(t, PARLEY_SAY(b->lang, "must be worth more than", "须优于"), PARLEY_LEFT);
            parley_table_column(t, PARLEY_SAY(b->lang, "the game becomes", "博弈变为"), PARLEY_LEFT);
        }
        parley_table_cell(t, "%s", s->player == 2 ? PARLEY_SAY(b->lang, "both", "双方") : s->player ? b->name_b : b->name_a);
        parley_table_cell(t, "%s", outcome(b, n, whose, s->low));
        parley_table_cell(t, "%s", outcome(b, n, whose, s->low + 1));
        parley_table_cell(t, "%s", b->lang == PARLEY_ZH ? s->game.name_zh : s->game.name);
    }
    if (!t)
        parley_doc_paragraph(b->doc, "%s", PARLEY_SAY(b->lang, "No exchange of two neighbouring payoffs would make restraint of both stable.", "没有任何相邻收益的调换能使双方克制成为稳定结果。"));
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
    parley_doc_paragraph(b->doc, PARLEY_SAY(b->lang, "Read with the payoffs of the codebook, the game is the one called %s (Robinson-Goforth %d%d%d). Redrawing the %zu events gives the same game in %s of 1,000 draws (seed %llu).",
                                            "按编码本的收益，这一博弈为%s（Robinson-Goforth %d%d%d）。对%zu个事件重抽1000次，%s得到同一博弈（种子%llu）。"),
                         b->lang == PARLEY_ZH ? n.game.name_zh : n.game.name, n.game.layer, n.game.row, n.game.column, r.n_events, say_percent(b, r.share_same_name),
                         (unsigned long long)r.seed);
    payoffs(b, &n);
    for (int i = 0; i < n.game.n_equilibria; i++) {
        int cell = n.game.equilibrium[i] ^ (n.cooperate[0] << 1 | n.cooperate[1]);
        parley_doc_item(b->doc, PARLEY_SAY(b->lang, "Stable, because neither side gains by changing alone: %s.", "稳定（任何一方单独改变都不会更好）：%s。"), cell_text(b, cell));
    }
    say_incentives(b, &n);
    add_needs(b, &n);
    parley_doc_note(b->doc, PARLEY_SAY(b->lang, "A reading of the record, not a measurement of interests; the reason of each payoff: parley game from-relation %s %s.",
                                       "此为对记录的解读，而非对利益的测量；每个收益的理由：parley game from-relation %s %s。"), b->a.code, b->b.code);
    return PARLEY_OK;
}

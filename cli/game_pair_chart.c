#include "game_pair_chart.h"

#include <parley/chart.h>

#include <math.h>

enum { PATIENCE_STEPS = 25 };

static const int64_t level[NOISE_LEVELS][2] = { { 0, 1 }, { 1, 100 }, { 1, 50 }, { 1, 20 }, { 1, 10 }, { 3, 20 }, { 1, 5 }, { 3, 10 }, { 2, 5 }, { 1, 2 } };
enum { FIVE_PERCENT = 3 }; /* the level that the sentence tells of */

struct parley_ratio noise_level(int k) { return (struct parley_ratio){ level[k][0], level[k][1] }; }

const char *noise_word(const struct invocation *in, int kind)
{
    return kind == 0 ? PARLEY_SAY(in->lang, "slips", "失误") : kind == 1 ? PARLEY_SAY(in->lang, "misses", "漏判") : PARLEY_SAY(in->lang, "false alarms", "误报");
}

/* --- patience ------------------------------------------------------------------------------------- */

/* The stage game as the column player sees it. */
static struct parley_repeated seen_by(const struct parley_repeated *g, int player)
{
    struct parley_repeated out = *g;
    for (int a = 0; player && a < 2; a++)
        for (int b = 0; b < 2; b++)
            for (int k = 0; k < 2; k++)
                out.payoff[b][a][1 - k] = g->payoff[a][b][k];
    return out;
}

enum parley_status add_patience_chart(struct invocation *in, struct parley_doc *doc, const struct stage *g, const struct parley_habit *row,
                                      const struct parley_habit *column, double critical)
{
    struct parley_chart_point point[2 * PATIENCE_STEPS];
    const char *name[2] = { PARLEY_SAY(in->lang, "row leaves", "行方放弃习惯"), PARLEY_SAY(in->lang, "column leaves", "列方放弃习惯") };
    size_t n = 0;
    int players = row == column ? 1 : 2; /* alike: one curve */
    double most = 0, at = 0;
    for (int player = 0; player < players; player++) {
        struct parley_repeated game = seen_by(&g->game, player);
        const struct parley_habit *own = player ? column : row, *other = player ? row : column;
        for (int k = 0; k < PATIENCE_STEPS; k++) {
            struct parley_arena scratch = { 0 };
            struct parley_ratio d = { k, PATIENCE_STEPS };
            struct parley_repeated_value v;
            const unsigned char *act;
            double best = 0;
            enum parley_status status = parley_repeated_discounted(&game, own, other, d, &scratch, &v, &in->err);
            if (!status)
                status = parley_repeated_best_reply(&game, other, (double)k / PATIENCE_STEPS, &scratch, &best, &act, &in->err);
            parley_arena_release(&scratch);
            if (status)
                return status;
            double gain = best - v.payoff[0];
            if (fabs(gain) < 1e-9)
                gain = 0;
            if (gain > most)
                most = gain, at = (double)k / PATIENCE_STEPS;
            point[n++] = (struct parley_chart_point){ players == 1 ? PARLEY_SAY(in->lang, "who leaves", "放弃者") : name[player], (double)k / PATIENCE_STEPS, gain, NAN, NAN };
        }
    }
    const char *sentence = isnan(critical) ? parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "However much tomorrow counts, leaving the habit pays: at most %.3g a turn more, when it counts %.2g of today.",
                                                                                       "无论明天的分量多大, 放弃习惯都有利: 每回合至多多得%.3g, 此时明天的分量为今天的%.2g。"), most, at)
                           : most > 0 ? parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "Leaving the habit pays at most %.3g a turn more, when tomorrow counts %.2g of today; from %.4g on it pays nothing.",
                                                                                   "放弃习惯每回合至多多得%.3g(明天的分量为今天的%.2g时); 自%.4g起无利可图。"), most, at, critical)
                                      : PARLEY_SAY(in->lang, "Leaving the habit never pays, whatever tomorrow counts.", "无论明天的分量多大, 放弃习惯都无利可图。");
    parley_chart_curves(doc, &(struct parley_chart_text){ "patience", PARLEY_SAY(in->lang, "How patient the two must be", "双方须有多大耐心"), sentence ? sentence : "" },
                        PARLEY_SAY(in->lang, "what tomorrow counts beside today", "明天相对今天的分量"), PARLEY_SAY(in->lang, "gained a turn by leaving", "放弃习惯每回合所得"), point, n);
    return PARLEY_OK;
}

/* --- errors ----------------------------------------------------------------------------------------- */

enum parley_status add_errors_chart(struct invocation *in, struct parley_doc *doc, const struct stage *g, const struct parley_habit *row,
                                    const struct parley_habit *column)
{
    struct parley_chart_point point[3 * NOISE_LEVELS];
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(in->lang, "Share of turns on which the two cooperate when one kind of error has this chance, the others as given", "某类差错取此概率、其余不变时双方合作的回合比例"));
    parley_table_column(t, PARLEY_SAY(in->lang, "chance of an error", "出错概率"), PARLEY_RIGHT);
    for (int kind = 0; kind < 3; kind++)
        parley_table_column(t, noise_word(in, kind), PARLEY_RIGHT);
    for (int l = 0; l < NOISE_LEVELS; l++) {
        double x = parley_ratio_double(noise_level(l));
        parley_table_number(t, x, 3);
        for (int kind = 0; kind < 3; kind++) {
            struct parley_repeated game = g->game;
            struct parley_repeated_value v;
            struct parley_arena scratch = { 0 };
            *(kind == 0 ? &game.slip : kind == 1 ? &game.miss : &game.false_alarm) = noise_level(l);
            enum parley_status status = parley_repeated_limit(&game, row, column, &scratch, &v, &in->err);
            parley_arena_release(&scratch);
            if (status)
                return status;
            double both = (v.cooperation[0] + v.cooperation[1]) / 2;
            parley_table_number(t, both, 3);
            point[kind * NOISE_LEVELS + l] = (struct parley_chart_point){ noise_word(in, kind), x, both, NAN, NAN };
        }
    }
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "With 5 %% of slips the two cooperate on %.0f %% of their turns, with 5 %% of misses on %.0f %%, with 5 %% of false alarms on %.0f %%.",
                                                                      "失误为5%%时双方在%.0f%%的回合中合作, 漏判为5%%时%.0f%%, 误报为5%%时%.0f%%。"),
                                               100 * point[FIVE_PERCENT].y, 100 * point[NOISE_LEVELS + FIVE_PERCENT].y, 100 * point[2 * NOISE_LEVELS + FIVE_PERCENT].y);
    parley_chart_curves(doc, &(struct parley_chart_text){ "errors", PARLEY_SAY(in->lang, "What errors the two bear", "双方承受差错的能力"), sentence ? sentence : "" },
                        PARLEY_SAY(in->lang, "chance of an error", "出错概率"), PARLEY_SAY(in->lang, "share of turns", "回合比例"), point, 3 * NOISE_LEVELS);
    return PARLEY_OK;
}

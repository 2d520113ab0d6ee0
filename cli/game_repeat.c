/* parley game repeat - two habits of play under slips and misattribution. */
#include "command.h"
#include "game_pair_chart.h"

#include <parley/chart.h>

#include <math.h>
#include <string.h>

static enum parley_status solve(struct invocation *in, const struct stage *g, const struct parley_habit *row, const struct parley_habit *column,
                                struct parley_repeated_value *out)
{
    uint64_t turns = 0;
    enum parley_status status = option_u64(in, "turns", 1, 100000000, &turns);
    if (status)
        return status;
    if (g->has_discount)
        return parley_repeated_discounted(&g->game, row, column, g->discount, &in->arena, out, &in->err);
    if (turns)
        return parley_repeated_mean(&g->game, row, column, turns, &in->arena, out, &in->err);
    return parley_repeated_limit(&g->game, row, column, &in->arena, out, &in->err);
}

struct critical {
    enum parley_status status;
    double discount;
    int leaver;
    struct parley_error why;
};

static void json(struct invocation *in, const struct stage *g, const struct parley_habit *row, const struct parley_habit *column,
                 const struct parley_repeated_value *v, const struct critical *c)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_string(&j, "row", row->name);
    parley_json_put_string(&j, "col", column->name);
    parley_json_put_numbers(&j, "payoff", v->payoff, 2);
    parley_json_put_numbers(&j, "cooperation", v->cooperation, 2);
    parley_json_key(&j, "payoff_exact");
    parley_json_array(&j);
    parley_json_string(&j, v->payoff_exact[0]);
    parley_json_string(&j, v->payoff_exact[1]);
    parley_json_array_end(&j);
    parley_json_key(&j, "cooperation_exact");
    parley_json_array(&j);
    parley_json_string(&j, v->cooperation_exact[0]);
    parley_json_string(&j, v->cooperation_exact[1]);
    parley_json_array_end(&j);
    parley_json_put_number(&j, "critical_discount", c->status ? NAN : c->discount);
    if (c->status)
        parley_json_put_string(&j, "critical_discount_reason", c->why.text);
    else if (isnan(c->discount))
        parley_json_put_string(&j, "critical_discount_reason", "one side gains by leaving its habit however patient it is");
    parley_json_put_integer(&j, "states", (int64_t)v->states);
    parley_json_put_integer(&j, "recurrent_classes", (int64_t)v->recurrent_classes);
    parley_json_put_number(&j, "slip", parley_ratio_double(g->game.slip));
    parley_json_put_number(&j, "miss", parley_ratio_double(g->game.miss));
    parley_json_put_number(&j, "false", parley_ratio_double(g->game.false_alarm));
    parley_json_object_end(&j);
}

static void say_patience(struct invocation *in, struct parley_doc *doc, const struct parley_habit *row, const struct parley_habit *column, const struct critical *c)
{
    char d[PARLEY_NUMBER_TEXT];
    if (c->status == PARLEY_EUNIDENT) {
        parley_doc_note(doc, "%s", PARLEY_SAY(in->lang, "How patient the two must be is not said: with private misattribution each would have to guess what the other believes to have seen.",
                                              "未给出所需耐心：在私下误判下，各方须猜测对方自以为看到了什么。"));
    } else if (c->status) {
        parley_doc_note(doc, "%s", c->why.text);
    } else if (isnan(c->discount)) {
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "However patient the two are, %s gains by leaving its habit: the pair does not hold itself.",
                                             "无论双方多有耐心，%s 都能从放弃习惯中获益：这一组合不能自我维持。"),
                             c->leaver == 1 ? column->name : row->name);
    } else if (c->discount == 0) {
        parley_doc_paragraph(doc, "%s", PARLEY_SAY(in->lang, "Neither side ever gains by leaving its habit, even if it cares for today alone.", "即使只顾眼前，任何一方放弃习惯也得不到好处。"));
    } else {
        parley_double_to_short(c->discount, 4, d);
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "Neither side gains by leaving its habit once tomorrow counts at least %s of today (the critical discount factor); below it %s does.",
                                             "只要明天的分量至少是今天的 %s（临界贴现因子），任何一方放弃习惯都得不到好处；低于它，%s 就会获益。"),
                             d, c->leaver == 1 ? column->name : row->name);
    }
}

/* --- what habits bear ------------------------------------------------------------------------- */

static const char *const swept[] = { "TFT", "GTFT(1/3)", "WSLS", "CTFT", "TF2T", "GRIM", "FBF" };
enum { SWEPT = sizeof swept / sizeof *swept, LEVELS = NOISE_LEVELS, FINE = 4096 };

/* Cooperation of a habit with itself when one kind of noise is at num/den. */
static enum parley_status with_itself(struct invocation *in, const struct stage *g, int kind, struct parley_ratio level, const struct parley_habit *habit, double *out)
{
    struct parley_repeated game = g->game;
    struct parley_repeated_value v;
    struct parley_arena scratch = { 0 };
    *(kind == 0 ? &game.slip : kind == 1 ? &game.miss : &game.false_alarm) = level;
    enum parley_status status = parley_repeated_limit(&game, habit, habit, &scratch, &v, &in->err);
    *out = v.cooperation[0];
    parley_arena_release(&scratch);
    return status;
}

/* The largest noise up to one half at which cooperation is still at least `share`, to 1/4096 by bisection; NaN where it is lost at the least noise, or
 * before there is any. */
static enum parley_status bears(struct invocation *in, const struct stage *g, int kind, const struct parley_habit *habit, double share, double *out)
{
    int64_t good = 0, bad = FINE / 2 + 1;
    enum parley_status status = PARLEY_OK;
    while (!status && bad - good > 1) {
        int64_t middle = good + (bad - good) / 2;
        double c;
        status = with_itself(in, g, kind, (struct parley_ratio){ middle, FINE }, habit, &c);
        *(c >= share ? &good : &bad) = middle;
    }
    *out = good ? (double)good / FINE : NAN;
    return status;
}

/* How much a habit bears, and who bears most, in words. */
static enum parley_status say_bearing(struct invocation *in, struct parley_doc *doc, const struct stage *g, int kind, const struct parley_habit *const *habit)
{
    double most = 0, limit[2];
    const char *best = NULL;
    enum parley_status status = PARLEY_OK;
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(in->lang, "The most of it that a habit bears", "习惯所能承受的最大噪声"));
    parley_table_column(t, PARLEY_SAY(in->lang, "habit", "习惯"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "and cooperates on 9 of 10 turns", "合作不低于九成"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "on half of the turns", "合作不低于一半"), PARLEY_RIGHT);
    for (int h = 0; h < SWEPT && !status; h++) {
        for (int k = 0; k < 2 && !status; k++)
            status = bears(in, g, kind, habit[h], k ? .5 : .9, &limit[k]);
        parley_table_cell(t, "%s", swept[h]);
        for (int k = 0; k < 2; k++) {
            char number[PARLEY_NUMBER_TEXT];
            parley_double_to_short(limit[k], 2, number);
            parley_table_cell(t, "%s", isnan(limit[k]) ? PARLEY_SAY(in->lang, "none", "无") : limit[k] >= .5 ? PARLEY_SAY(in->lang, "0.5 or more", "0.5 以上") : number);
        }
        if (!status && limit[0] > most) {
            most = limit[0];
            best = swept[h];
        }
    }
    if (best)
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "Of these habits %s bears most: it still cooperates on nine of ten turns when the chance of %s is %.3f. None: the smallest chance is enough to lose that much. Bearing errors is not all: who forgives "
                                             "much can be exploited (see 'game tournament').",
                                             "其中 %s 承受力最强：当%s概率为 %.3f 时仍有九成回合合作。“无”：最小的概率即足以失去。承受错误并非全部：过于宽容者可能被利用（见 'game tournament'）。"),
                             best, noise_word(in, kind), most);
    return status;
}

/* How much noise of one kind a habit bears against itself: cooperation at each level, as table and chart. */
static enum parley_status sweep(struct invocation *in, struct parley_doc *doc, const struct stage *g, int kind)
{
    const struct parley_habit *habit[SWEPT];
    struct parley_chart_point *point = PARLEY_NEW(&in->arena, struct parley_chart_point, SWEPT * LEVELS);
    enum parley_status status = point ? PARLEY_OK : parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(in->lang, "Share of turns on which a habit that meets itself cooperates", "习惯与自身相遇时合作的回合比例"));
    parley_table_column(t, noise_word(in, kind), PARLEY_RIGHT);
    for (int h = 0; h < SWEPT && !status; h++) {
        parley_table_column(t, swept[h], PARLEY_RIGHT);
        status = parley_habit_parse(swept[h], &in->arena, &habit[h], &in->err);
    }
    for (int l = 0; l < LEVELS && !status; l++) {
        struct parley_ratio level = noise_level(l);
        parley_table_number(t, parley_ratio_double(level), 3);
        for (int h = 0; h < SWEPT && !status; h++) {
            double c;
            if ((status = with_itself(in, g, kind, level, habit[h], &c)))
                break;
            parley_table_number(t, c, 3);
            point[h * LEVELS + l] = (struct parley_chart_point){ swept[h], parley_ratio_double(level), c, NAN, NAN };
        }
    }
    if (!status)
        status = say_bearing(in, doc, g, kind, habit);
    if (!status)
        parley_chart_curves(doc,
                            &(struct parley_chart_text){ "sweep", PARLEY_SAY(in->lang, "What a habit bears", "习惯的承受力"),
                                                         PARLEY_SAY(in->lang, "Cooperation of each habit with itself as the noise grows; a line that falls to the bottom has locked into retaliation.",
                                                                    "随着噪声增大，各习惯与自身合作的比例；降到底部的曲线表示陷入报复循环。") },
                            PARLEY_SAY(in->lang, "chance of an error", "出错概率"), PARLEY_SAY(in->lang, "share of turns", "回合比例"), point, SWEPT * LEVELS);
    return status;
}

/* What the numbers say, in a sentence. */
static void say_play(struct invocation *in, struct parley_doc *doc, const struct stage *g, const struct parley_repeated_value *v)
{
    double both = (v->cooperation[0] + v->cooperation[1]) / 2, slip = parley_ratio_double(g->game.slip);
    bool private = g->game.miss.num || g->game.false_alarm.num;
    if (both == 0)
        parley_doc_paragraph(doc, "%s", PARLEY_SAY(in->lang, "The two are locked into retaliation: once it has begun, neither cooperates again.", "双方陷入报复循环：一旦开始，谁也不再合作。"));
    else
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "The two cooperate on %.1f %% of their turns%s.", "双方在 %.1f%% 的回合中合作%s。"), 100 * both,
                             slip == 0 && !private ? PARLEY_SAY(in->lang, " when nobody errs", "（无人出错时）") : "");
}

static enum parley_status run(struct invocation *in)
{
    static const char *const kinds[] = { "slip", "miss", "false", NULL };
    struct stage g;
    struct parley_repeated_value v;
    const struct parley_habit *row = NULL, *column = NULL;
    int kind = -1;
    enum parley_status status = read_stage(in, &g);
    if (!status && option_given(in, "discount") && option_given(in, "turns"))
        status = parley_fail(&in->err, PARLEY_EINVAL, "--discount and --turns are two ways to count time; expected one of them");
    if (!status)
        status = option_choice(in, "sweep", kinds, &kind);
    const char *row_text = option_text(in, "row"), *column_text = option_text(in, "col");
    if (!status)
        status = read_habit(in, row_text ? row_text : "TFT", &row);
    if (!status && column_text)
        status = read_habit(in, column_text, &column);
    else
        column = row;
    if (!status)
        status = solve(in, &g, row, column, &v);
    if (status)
        return status;
    struct critical c = { .leaver = -1 };
    c.status = parley_repeated_critical_discount(&g.game, row, column, &in->arena, &c.discount, &c.leaver, &c.why);
    if (in->json) {
        json(in, &g, row, column, &v, &c);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Two habits of play, again and again", "两种行为习惯的重复博弈"));
    struct parley_table *t = parley_doc_table(&doc, g.has_discount ? PARLEY_SAY(in->lang, "Per turn, discounted from the first move", "每回合（自首回合贴现）")
                                                                   : option_given(in, "turns") ? PARLEY_SAY(in->lang, "Per turn, expected over the given turns", "每回合（给定回合数的期望）")
                                                                                               : PARLEY_SAY(in->lang, "Per turn, in the long run", "每回合（长期平均）"));
    parley_table_column(t, "", PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "habit", "习惯"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "payoff", "收益"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "exactly", "精确值"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "cooperates", "合作比例"), PARLEY_RIGHT);
    for (int player = 0; player < 2; player++) {
        parley_table_cell(t, "%s", player ? PARLEY_SAY(in->lang, "column", "列方") : PARLEY_SAY(in->lang, "row", "行方"));
        parley_table_cell(t, "%s", player ? column->name : row->name);
        parley_table_number(t, v.payoff[player], 6);
        parley_table_cell(t, "%s", v.payoff_exact[player] && strlen(v.payoff_exact[player]) < 40 ? v.payoff_exact[player] : "");
        parley_table_number(t, v.cooperation[player], 4);
    }
    if (v.recurrent_classes > 1)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "The play can settle in %zu different ways; the numbers are their mixture from the first move.", "博弈可能稳定于 %zu 种不同状态；数字是从首回合出发的混合结果。"),
                        v.recurrent_classes);
    say_play(in, &doc, &g, &v);
    say_patience(in, &doc, row, column, &c);
    bool drawn = row->n * column->n <= PAIR_CHART_STATES_MAX;
    if (drawn && !c.status)
        status = add_patience_chart(in, &doc, &g, row, column, c.discount);
    if (!status && kind >= 0)
        status = sweep(in, &doc, &g, kind);
    else if (!status && drawn)
        status = add_errors_chart(in, &doc, &g, row, column);
    return status ? status : finish_doc(in, &doc);
}

const struct command command_game_repeat = {
    .name = "game repeat",
    .operands = "",
    .summary = "Two habits of play in a repeated dilemma, under slips and misattribution, exactly.",
    .summary_zh = "重复困境中两种行为习惯在失误与误判下的精确结果。",
    .text = "Payoffs are R,S,T,P: both cooperate, cooperate alone, defect alone, both defect. A slip flips an act and both see it; a miss makes "
            "one side see the other's defection as cooperation; a false alarm makes it see cooperation as defection. Misses and false alarms are "
            "private: the two sides then remember different histories.\n\n"
            "A habit is a name (ALLC, ALLD, TFT, STFT, GTFT(1/3), WSLS, GRIM, RANDOM(1/2), ALTERNATE, JOSS(9/10), FBF, CTFT, TF2T, 2TFT, ATFT, BULLY, "
            "ZDEXTORT(2), ZDGTFT(2)), or m1(pCC,pCD,pDC,pDD;p0): the chance to cooperate after one's own executed act and one's view of the other's, and "
            "on the first move; or fsm(1,C; 1C>1C 1D>2D ...): in state 1, when C was seen, go to state 1 and play C; or @FILE:NAME, a machine of a "
            "file with lines name TAB first state TAB first action TAB table.\n\n"
            "Without --discount the result is the long-run average from the first move; it is a fraction when the chain of the two has at most 64 "
            "states. The critical discount factor is the patience from which on neither side gains by any other behaviour.",
    .examples = "# tit for tat forgets who began: half of all acts, however rare the slips\n"
                "parley game repeat --row TFT --slip 0.01\n"
                "# which habit bears most misattribution?\n"
                "parley game repeat --row GTFT(1/3) --miss 0.05 --false 0.05 --sweep false\n"
                "parley game repeat --payoffs 4,0,6,1 --row WSLS --col WSLS --discount 0.9 --json\n",
    .options = (const struct option[]){
        { "payoffs", 0, "R,S,T,P", "Payoffs of one turn. Default: 3,0,5,1." },
        { "row", 0, "HABIT", "Habit of the row player. Default: TFT." },
        { "col", 0, "HABIT", "Habit of the column player. Default: the same as --row." },
        { "slip", 0, "P", "Chance that an act is flipped. Default: 0." },
        { "miss", 0, "P", "Chance that the other's defection is seen as cooperation, privately. Default: 0." },
        { "false", 0, "P", "Chance that the other's cooperation is seen as defection, privately. Default: 0." },
        { "discount", 0, "D", "What tomorrow counts beside today, at least 0 and below 1. Default: the long-run average." },
        { "turns", 0, "N", "The expected average over the first N turns instead." },
        { "sweep", 0, "slip|miss|false", "Add a table and chart of what well-known habits bear of this noise." },
        OPTION_DOCUMENT, { 0 } },
    .run = run,
};

/* parley game tournament - every habit against every habit. */
#include "command.h"
#include "stage_game.h"

#include <parley/chart.h>
#include <parley/tournament.h>

#include <math.h>

enum { SHOWN_MAX = 40, MANY = 100 };

static void json(struct invocation *in, const struct parley_tournament *t, const struct parley_tournament_result *r)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_integer(&j, "turns", (int64_t)t->turns);
    parley_json_put_integer(&j, "repetitions", (int64_t)t->repetitions);
    parley_json_key(&j, "seed");
    parley_json_unsigned(&j, t->seed);
    parley_json_key(&j, "ranking");
    parley_json_array(&j);
    for (size_t k = 0; k < t->n; k++) {
        const struct parley_standing *s = &r->rank[k];
        parley_json_object(&j);
        parley_json_put_integer(&j, "rank", (int64_t)k + 1);
        parley_json_put_string(&j, "name", t->player[s->player]->name);
        parley_json_put_number(&j, "score", s->score);
        parley_json_put_number(&j, "low", s->low);
        parley_json_put_number(&j, "high", s->high);
        parley_json_put_number(&j, "cooperation", s->cooperation);
        parley_json_put_number(&j, "wins", s->wins);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    parley_json_key(&j, "names");
    parley_json_array(&j);
    for (size_t i = 0; i < t->n; i++)
        parley_json_string(&j, t->player[i]->name);
    parley_json_array_end(&j);
    const struct {
        const char *key;
        const double *matrix;
    } matrices[] = { { "scores", r->score }, { "cooperations", r->cooperations } };
    for (int m = 0; m < 2; m++) {
        parley_json_key(&j, matrices[m].key);
        parley_json_array(&j);
        for (size_t i = 0; i < t->n; i++) {
            parley_json_array(&j);
            for (size_t k = 0; k < t->n; k++)
                parley_json_number(&j, matrices[m].matrix[i * t->n + k]);
            parley_json_array_end(&j);
        }
        parley_json_array_end(&j);
    }
    parley_json_object_end(&j);
}

static void chart(struct invocation *in, struct parley_doc *doc, const struct parley_tournament *t, const struct parley_tournament_result *r, size_t shown)
{
    struct parley_chart_estimate *e = PARLEY_NEW(&in->arena, struct parley_chart_estimate, shown);
    for (size_t k = 0; e && k < shown; k++)
        e[k] = (struct parley_chart_estimate){ t->player[r->rank[k].player]->name, r->rank[k].score, r->rank[k].low, r->rank[k].high };
    if (!e)
        return;
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "%s scores most, %.4g a turn; the last of those shown, %s, %.4g.", "得分最高者%s，每回合 %.4g；所列最末者%s，%.4g。"), e[0].label,
                                               e[0].value, e[shown - 1].label, e[shown - 1].value);
    parley_chart_estimates(doc, &(struct parley_chart_text){ "tournament", PARLEY_SAY(in->lang, "Score per turn and opponent", "每回合对每个对手的得分"), sentence ? sentence : "" },
                           PARLEY_SAY(in->lang, "score per turn", "每回合得分"), e, shown, NAN);
}

static enum parley_status text(struct invocation *in, const struct parley_tournament *t, const struct parley_tournament_result *r)
{
    struct parley_doc doc;
    size_t shown = t->n < SHOWN_MAX ? t->n : SHOWN_MAX;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Every habit of play against every other", "各行为习惯的循环赛"));
    struct parley_table *table = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Score per turn and opponent, without play against oneself", "每回合对每个对手的得分（不含自我对局）"));
    parley_table_column(table, "", PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "habit", "习惯"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(in->lang, "score", "得分"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "95 % of repetitions", "95% 的重复"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(in->lang, "cooperates", "合作比例"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "beats", "胜过"), PARLEY_RIGHT);
    for (size_t k = 0; k < shown; k++) {
        const struct parley_standing *s = &r->rank[k];
        char low[PARLEY_NUMBER_TEXT], high[PARLEY_NUMBER_TEXT];
        parley_double_to_short(s->low, 4, low);
        parley_double_to_short(s->high, 4, high);
        parley_table_cell(table, "%zu", k + 1);
        parley_table_cell(table, "%.40s", t->player[s->player]->name);
        parley_table_number(table, s->score, 4);
        if (t->repetitions && s->low < s->high)
            parley_table_cell(table, PARLEY_SAY(in->lang, "%s to %s", "%s 至 %s"), low, high);
        else
            parley_table_cell(table, "%s", PARLEY_SAY(in->lang, "exact", "精确"));
        parley_table_number(table, s->cooperation, 3);
        parley_table_number(table, s->wins, 3);
    }
    if (shown < t->n)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "The first %zu of %zu; --json gives all.", "仅列 %2$zu 个中的前 %1$zu 个；--json 给出全部。"), shown, t->n);
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%llu turns a match, %llu repetitions, seed %llu. Ties keep the order of the list.", "每场 %llu 回合，重复 %llu 次，种子 %llu。并列者按列表顺序排列。"),
                         (unsigned long long)t->turns, (unsigned long long)t->repetitions, (unsigned long long)t->seed);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "A ranking belongs to its field: who is in the list decides who wins. Try other lists and other noise before drawing conclusions. The ranges are how far single tournaments differ.",
                                           "排名取决于参赛者名单：换一组对手或噪声，名次可能不同，下结论前请多试几种。区间为重复之间的差异。"));
    chart(in, &doc, t, r, shown);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct stage g;
    struct parley_tournament t = { .turns = 200, .seed = 1 };
    struct parley_tournament_result r;
    const struct parley_habit **players = NULL;
    const char *list = option_text(in, "strategies");
    uint64_t threads = 0;
    enum parley_status status = read_stage(in, &g);
    if (!status)
        status = read_habits(in, list ? list : "named", PARLEY_TOURNAMENT_PLAYERS_MAX, &players, &t.n);
    if (!status)
        status = option_u64(in, "turns", 1, 1000000000, &t.turns);
    t.repetitions = t.n <= MANY ? 1000 : 10;
    if (!status)
        status = option_u64(in, "repetitions", 0, 1000000, &t.repetitions);
    if (!status)
        status = option_u64(in, "seed", 0, UINT64_MAX, &t.seed);
    if (!status)
        status = option_u64(in, "threads", 0, 256, &threads);
    if (status)
        return status;
    t.game = &g.game;
    t.player = players;
    t.threads = (unsigned)threads;
    if ((status = parley_tournament_run(&t, &in->progress, &in->arena, &r, &in->err)))
        return status;
    if (!in->json)
        return text(in, &t, &r);
    json(in, &t, &r);
    return PARLEY_OK;
}

const struct command command_game_tournament = {
    .name = "game tournament",
    .operands = "",
    .summary = "Every habit of play against every other, with noise and repetitions.",
    .summary_zh = "各种行为习惯两两对局，可带噪声并重复。",
    .text = "Plays a round robin. Pairs in which nothing is left to chance are followed to their cycle, so their scores are exact for any number of turns; "
            "the others are played from the seed, the same on any number of threads. With --repetitions 0 nothing is played: the exact expectations are "
            "ranked.\n\n"
            "The score is the median over repetitions of the score without play against oneself, per turn and opponent.",
    .examples = "parley game tournament\n"
                "parley game tournament --slip 0.02 --false 0.05 --repetitions 0\n"
                "parley game tournament --strategies \"TFT;GTFT(1/3);WSLS;ALLD;m1(1,0,1,1/4;1)\" --turns 1000 --slip 0.01 --seed 7 --json\n",
    .options = (const struct option[]){
        { "strategies", 0, "FILE|LIST", "A file of machines, or habits separated by ',' or ';', or memory-one(K) (see 'game evolve'). Default: named, all of 'game repeat'." },
        { "payoffs", 0, "R,S,T,P", "Payoffs of one turn. Default: 3,0,5,1." },
        { "turns", 0, "N", "Turns of a match. Default: 200." },
        { "repetitions", 0, "R", "How often matches with chance are played; 0 ranks exact expectations. Default: 1000, or 10 with more than 100 habits." },
        { "slip", 0, "P", "Chance that an act is flipped. Default: 0." },
        { "miss", 0, "P", "Chance that a defection is seen as cooperation, privately. Default: 0." },
        { "false", 0, "P", "Chance that a cooperation is seen as defection, privately. Default: 0." },
        { "seed", 0, "S", "Seed of the random numbers. Default: 1." },
        { "threads", 0, "N", "Threads; results do not depend on it. Default: one per processor." },
        OPTION_DOCUMENT, { 0 } },
    .run = run,
};

#include "game_measures.h"

#include <parley/chart.h>
#include <parley/game_name.h>
#include <parley/repeated.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the measures are taken to do; the text says so. */
static const double wrong_before = .05, amount = .5; /* of one norm in codebook/payoffs.yaml */
static const char *const habits[3] = { "TFT", "GTFT(1/3)", "WSLS" };

struct change {
    const char *key, *en, *zh;
    double miss, false_alarm; /* factors */
    double norm, interdependence;
};
static const struct change changes[MEASURED] = {
    { "before", "before", "之前", 1, 1, 0, 0 },
    { "hotline", "hotline", "热线", 1, .25, 0, 0 },
    { "norm", "norm", "规范", 1, 1, 1, 0 },
    { "interdependence", "interdependence", "相互依赖", 1, 1, 0, 1 },
    { "verifier", "third-party verifier", "第三方核查", .25, .25, 0, 0 },
    { "all", "all four", "四者并用", .25, .0625, 1, 1 },
};

static enum parley_status read_number(struct invocation *in, double x, struct parley_ratio *out)
{
    char text[64];
    int len = snprintf(text, sizeof text, "%.6f", x);
    return parley_ratio_parse(text, (size_t)len, out) ? PARLEY_OK : parley_fail(&in->err, PARLEY_EDOM, "a payoff or chance of %s is out of range", text);
}

/* The stage game with the change, and the same as a game that has a name. */
static enum parley_status changed(struct invocation *in, const struct parley_relation_game *r, const struct change *c, struct parley_repeated *stage, struct parley_game **out)
{
    enum parley_status status = parley_game_new(r->game->title, 2, (size_t[]){ 2, 2 }, &in->arena, out, &in->err);
    *stage = (struct parley_repeated){ .slip = { 0, 1 }, .miss = { 0, 1 }, .false_alarm = { 0, 1 } };
    for (size_t p = 0; !status && p < 4; p++)
        for (size_t i = 0; !status && i < 2; i++) {
            size_t act[2] = { p & 1, p >> 1 };
            double v = parley_exact_double(parley_game_payoff(r->game, p, i)), keep = r->term[2].value[i];
            v -= act[i] ? c->norm * amount : 0;
            v += c->interdependence * amount * (p == 0 ? 1 : p == 3 ? 0 : keep);
            v = round(v * 100) / 100;
            status = read_number(in, v, &stage->payoff[act[0]][act[1]][i]);
            if (!status && !((*out)->payoff[2 * p + i] = parley_exact_ratio(llround(v * 100), 100, &in->arena)))
                status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
        }
    for (int i = 0; !status && i < 2; i++) {
        (*out)->player[i] = r->game->player[i];
        (*out)->strategy[i][0] = "restrain";
        (*out)->strategy[i][1] = "strike";
    }
    return status;
}

enum parley_status measure_relation(struct invocation *in, const struct parley_relation_game *r, struct measured out[MEASURED])
{
    const struct parley_habit *grim, *habit;
    struct parley_repeated_value value;
    struct parley_repeated stage;
    struct parley_game_name name;
    struct parley_game *g;
    enum parley_status status = parley_habit_parse("m1(1,0,0,0;1)", &in->arena, &grim, &in->err);
    for (int m = 0; !status && m < MEASURED; m++) {
        const struct change *c = &changes[m];
        out[m] = (struct measured){ .key = c->key, .words = PARLEY_SAY(in->lang, c->en, c->zh) };
        if ((status = changed(in, r, c, &stage, &g)) || (status = parley_game_name(g, &in->arena, &name, &in->err)))
            break;
        out[m].game = in->lang == PARLEY_ZH ? name.game.name_zh : name.game.name;
        status = parley_repeated_critical_discount(&stage, grim, grim, &in->arena, &out[m].critical, NULL, &in->err);
        if (!status)
            status = read_number(in, wrong_before * c->miss, &stage.miss);
        if (!status)
            status = read_number(in, wrong_before * c->false_alarm, &stage.false_alarm);
        for (int h = 0; !status && h < 3; h++) {
            status = parley_habit_parse(habits[h], &in->arena, &habit, &in->err);
            if (!status)
                status = parley_repeated_limit(&stage, habit, habit, &in->arena, &value, &in->err);
            out[m].restraint[h] = status ? NAN : (value.cooperation[0] + value.cooperation[1]) / 2;
        }
    }
    return status;
}

void put_measures(struct parley_json *json, const struct measured row[MEASURED])
{
    parley_json_key(json, "measures");
    parley_json_array(json);
    for (int m = 0; m < MEASURED; m++) {
        parley_json_object(json);
        parley_json_put_string(json, "measure", row[m].key);
        parley_json_put_string(json, "game", row[m].game);
        parley_json_put_number(json, "critical_discount", row[m].critical);
        parley_json_key(json, "restraint");
        parley_json_object(json);
        for (int h = 0; h < 3; h++)
            parley_json_put_number(json, habits[h], row[m].restraint[h]);
        parley_json_object_end(json);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
}

void add_measures(struct invocation *in, struct parley_doc *doc, const struct measured row[MEASURED])
{
    struct parley_chart_estimate e[MEASURED];
    parley_doc_heading(doc, 2, "measures", "%s", PARLEY_SAY(in->lang, "What measures would change", "各项措施会改变什么"));
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(in->lang, "Patience needed, and restraint under wrong attribution (share of turns)", "所需耐心, 与错误归因下的克制(占轮次比例)"));
    parley_table_column(t, PARLEY_SAY(in->lang, "with", "措施"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "the game is", "博弈"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "patience", "耐心"), PARLEY_RIGHT);
    for (int h = 0; h < 3; h++)
        parley_table_column(t, habits[h], PARLEY_RIGHT);
    for (int m = 0; m < MEASURED; m++) {
        parley_table_cell(t, "%s", row[m].words);
        parley_table_cell(t, "%s", row[m].game);
        if (isnan(row[m].critical))
            parley_table_cell(t, "%s", PARLEY_SAY(in->lang, "none", "无"));
        else
            parley_table_number(t, row[m].critical, 3);
        for (int h = 0; h < 3; h++)
            parley_table_number(t, row[m].restraint[h], 3);
        e[m] = (struct parley_chart_estimate){ row[m].words, row[m].restraint[1], NAN, NAN };
    }
    parley_doc_note(doc, PARLEY_SAY(in->lang, "Assumed: before, 5 %% of strikes are missed and 5 %% of restraint is taken for a strike, each side on its own. A hotline leaves a quarter of the false alarms, a verifier a quarter of both. "
                                              "A norm takes %.3g from every strike (the weight of one norm in the codebook); interdependence adds %.3g to what restraint is worth. Patience is the least discount factor at which lasting retaliation, "
                                              "acts seen as they are, keeps both in restraint; it does not see wrong attribution, and the habits' restraint does not see payoffs.",
                                    "假定: 措施前5%%的打击未被识别, 5%%的克制被误认为打击, 双方各自独立。热线使误报余四分之一, 核查使两者均余四分之一。规范使每次打击少得%.3g; 相互依赖使克制多值%.3g。"
                                    "耐心指在行为如实可见时, 永久报复使双方保持克制的最低贴现因子; 它不含误归因, 而各习惯的克制不含收益。"),
                    amount, amount);
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "When both play GTFT(1/3): restraint %.3f before, %.3f with a hotline, %.3f with a verifier.", "双方用GTFT(1/3)时的克制: 之前%.3f, 热线%.3f, 核查%.3f。"),
                                               e[0].value, e[1].value, e[4].value);
    parley_chart_estimates(doc, &(struct parley_chart_text){ "measures-chart", PARLEY_SAY(in->lang, "Restraint under wrong attribution", "错误归因下的克制"), sentence ? sentence : "" },
                           PARLEY_SAY(in->lang, "share of turns in restraint", "克制轮次比例"), e, MEASURED, NAN);
}

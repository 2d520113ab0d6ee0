#include "game_input.h"

#include <parley/crisis.h>
#include <parley/equilibria.h>

static const struct option options[] = {
    { "attackers", 0, "N", "alike attackers (default: 2)" },
    { "opportunity", 0, "P", "chance that somebody has an opportunity (default: 0.5)" },
    { "own", 0, "P", "an attack is traced to the attacker (default: 0.6)" },
    { "other", 0, "P", "an attack is traced to a given other one (default: 0.1); what is left is not traced" },
    { "false-alarm", 0, "P", "without an attack a given one is named (default: 0.05)" },
    { "blame", 0, NULL, "the blame game instead: an attacker that blame may not hurt, a victim that may not know" },
    { "vulnerable", 0, "P", "with --blame: chance that blame hurts the attacker (default: 0.5)" },
    { "informed", 0, "P", "with --blame: chance that the victim knows (default: 0.5)" },
    OPTION_DOCUMENT,
    { 0 },
};

static double kept(double x) { return x < 0 && x > -1e-12 ? 0 : x; }

/* --- attribution ---------------------------------------------------------------------------------------------------- */

struct variant {
    const char *en, *zh;
    double own, other, miss, alarm; /* changes, as a share of what can be moved */
};

/* Each moves half of one error somewhere else. */
static const struct variant variants[] = {
    { "as given", "现状", 0, 0, 0, 0 },
    { "half of the untraced attacks are traced rightly", "一半未溯源的攻击被正确溯源", 1, 0, -1, 0 },
    { "half of the untraced attacks are traced, to another", "一半未溯源的攻击被错误溯源", 0, 1, -1, 0 },
    { "half of the wrongly traced stay untraced", "一半错误溯源改为不溯源", 0, -1, 1, 0 },
    { "half of the wrongly traced are traced rightly", "一半错误溯源被纠正", 1, -1, 0, 0 },
    { "half as many false alarms", "误报减半", 0, 0, 0, -1 },
};

static bool vary(const struct parley_attribution *g, const struct variant *v, struct parley_attribution *out)
{
    double others = g->n - 1.0, moved = v->miss < 0 ? g->miss / 2 : others * g->other / 2;
    *out = *g;
    out->own += v->own * moved;
    out->miss += v->miss * moved;
    out->other += others > 0 ? v->other * moved / others : 0;
    out->false_alarm *= 1 + v->alarm / 2;
    return g->n > 1 || v->other == 0;
}

static void chart(struct invocation *in, struct parley_doc *doc, const struct parley_attribution *g)
{
    struct parley_text spec;
    struct parley_json json;
    parley_text_init(&spec, 1 << 18);
    parley_json_init(&json, &spec, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "mark", "line");
    parley_json_key(&json, "data");
    parley_json_object(&json);
    parley_json_key(&json, "values");
    parley_json_array(&json);
    for (int way = 0; way < 2; way++)
        for (int k = 0; k <= 40; k++) { /* all that is not untraced now is split; the untraced share shrinks to nothing */
            struct parley_attribution h = *g;
            struct parley_attribution_result r;
            double moved = g->miss * k / 40.;
            if (way && g->n < 2)
                continue;
            h.miss -= moved;
            *(way ? &h.other : &h.own) += way ? moved / (g->n - 1.0) : moved;
            h.miss = kept(h.miss);
            if (parley_crisis_attribution(&h, &r, NULL))
                continue;
            parley_json_object(&json);
            parley_json_put_number(&json, "detected", 1 - h.miss);
            parley_json_put_number(&json, "attacks", r.attack);
            parley_json_put_string(&json, "traced", way ? PARLEY_SAY(in->lang, "to another", "错误溯源") : PARLEY_SAY(in->lang, "rightly", "正确溯源"));
            parley_json_object_end(&json);
        }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
    parley_json_key(&json, "encoding");
    parley_json_raw(&json, "{\"x\":{\"field\":\"detected\",\"type\":\"quantitative\"},\"y\":{\"field\":\"attacks\",\"type\":\"quantitative\"},\"color\":{\"field\":\"traced\",\"type\":\"nominal\"}}");
    parley_json_object_end(&json);
    parley_doc_chart(doc, "attribution", PARLEY_SAY(in->lang, "Attacks by how many are traced", "攻击频率与溯源比例"),
                     PARLEY_SAY(in->lang, "tracing more attacks deters when it is right and invites attacks when it is wrong", "正确溯源能威慑, 错误溯源反而招致攻击"), parley_text_str(&spec));
    parley_text_release(&spec);
}

static void put_result(struct parley_json *json, const char *what, const struct parley_attribution *g, const struct parley_attribution_result *r)
{
    parley_json_object(json);
    parley_json_put_string(json, "what", what);
    parley_json_put_number(json, "miss", g->miss);
    parley_json_put_number(json, "own", g->own);
    parley_json_put_number(json, "other", g->other);
    parley_json_put_number(json, "false_alarm", g->false_alarm);
    parley_json_put_number(json, "threshold", r->threshold);
    parley_json_put_number(json, "attack", r->attack);
    parley_json_put_number(json, "belief", r->belief);
    parley_json_put_number(json, "retaliation", r->retaliation);
    parley_json_put_number(json, "wrongly_blamed", r->wrongly_blamed);
    parley_json_object_end(json);
}

static enum parley_status attribution(struct invocation *in)
{
    struct parley_attribution g = { .n = 2, .opportunity = .5, .own = .6, .other = .1, .false_alarm = .05 };
    struct parley_attribution_result base, r;
    struct parley_doc doc;
    struct parley_json json;
    struct parley_table *t = NULL;
    uint64_t n = 2;
    enum parley_status status = option_u64(in, "attackers", 1, PARLEY_ATTACKERS_MAX, &n);
    if (!status)
        status = option_double(in, "opportunity", 0, 1, &g.opportunity);
    if (!status)
        status = option_double(in, "own", 0, 1, &g.own);
    if (!status)
        status = option_double(in, "other", 0, 1, &g.other);
    if (!status)
        status = option_double(in, "false-alarm", 0, 1, &g.false_alarm);
    g.n = (unsigned)n;
    g.miss = kept(1 - g.own - (g.n - 1.0) * g.other);
    if (!status)
        status = parley_crisis_attribution(&g, &base, &in->err);
    if (status)
        return status;
    if (in->json) {
        begin_json(in, &json);
        parley_json_array(&json);
    } else {
        begin_doc(in, &doc, PARLEY_SAY(in->lang, "When does better attribution deter less?", "更好的溯源何时反而削弱威慑?"));
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "An attack pays for those who gain more than x* = %.6f; attacks happen with probability %.4f, and whoever is named is guilty with %.4f.",
                                              "获益超过x* = %.6f者会攻击; 攻击概率为%.4f, 被点名者确为攻击者的概率为%.4f。"), base.threshold, base.attack, base.belief);
        t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "What a change of attribution does", "溯源能力变化的影响"));
        parley_table_column(t, PARLEY_SAY(in->lang, "change", "变化"), PARLEY_LEFT);
        parley_table_column(t, "x*", PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "attacks", "攻击"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "named is guilty", "点名属实"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "innocent hit", "误伤"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "deters", "威慑"), PARLEY_LEFT);
    }
    for (size_t k = 0; k < sizeof variants / sizeof *variants; k++) {
        struct parley_attribution h;
        if (!vary(&g, &variants[k], &h) || parley_crisis_attribution(&h, &r, NULL))
            continue;
        if (in->json) {
            put_result(&json, variants[k].en, &h, &r);
            continue;
        }
        parley_table_cell(t, "%s", PARLEY_SAY(in->lang, variants[k].en, variants[k].zh));
        parley_table_number(t, r.threshold, 4);
        parley_table_number(t, r.attack, 4);
        parley_table_number(t, r.belief, 4);
        parley_table_number(t, r.wrongly_blamed, 3);
        double more = r.threshold - base.threshold;
        parley_table_cell(t, "%s", k == 0 ? "" : more > 1e-9 ? PARLEY_SAY(in->lang, "more", "增强") : more < -1e-9 ? PARLEY_SAY(in->lang, "LESS", "削弱") : "=");
    }
    if (in->json) {
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    chart(in, &doc, &g);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "Baliga, Bueno de Mesquita and Wolitzky 2020, symmetric attackers, gains from attack and costs of retaliation uniform on [0, 1]; silence is not answered.",
                                           "据Baliga等2020, 攻击者对称, 攻击收益与报复成本在[0, 1]上均匀分布。"));
    return finish_doc(in, &doc);
}

/* --- blame -------------------------------------------------------------------------------------------------------------- */

static enum parley_status blame(struct invocation *in)
{
    struct parley_blame g = { .vulnerable = .5, .informed = .5, .gain = 2, .harm = 3, .cost = 5, .relief = 1, .backlash = 2 };
    struct parley_game *game;
    struct parley_equilibria s;
    struct parley_doc doc;
    enum parley_status status = option_double(in, "vulnerable", 0, 1, &g.vulnerable);
    if (!status)
        status = option_double(in, "informed", 0, 1, &g.informed);
    if (!status)
        status = parley_crisis_blame(&g, &in->arena, &game, &in->err);
    if (!status)
        status = parley_equilibria_solve(game, NULL, &in->progress, &in->arena, &s, &in->err);
    if (status)
        return status;
    struct parley_json json;
    struct parley_table *t = NULL;
    if (in->json) {
        begin_json(in, &json);
        parley_json_array(&json);
    } else {
        begin_doc(in, &doc, PARLEY_SAY(in->lang, "To blame or to tolerate", "指责还是容忍"));
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "The attacker is vulnerable to blame with %.3g and knows it; the victim knows with %.3g. Blaming in vain costs the victim. Every equilibrium of the game:",
                                              "攻击者以%.3g的概率易受指责影响且自知; 受害者以%.3g的概率知情。徒劳的指责会损害受害者。全部均衡:"), g.vulnerable, g.informed);
        t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Equilibria", "均衡"));
        parley_table_column(t, PARLEY_SAY(in->lang, "attack if vulnerable", "易受影响时攻击"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "attack if safe", "不受影响时攻击"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "blame when unsure", "不知情时指责"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "payoffs", "收益"), PARLEY_LEFT);
    }
    for (size_t e = 0; e < s.n; e++) {
        double acts[3] = { 0 }; /* attack if vulnerable, if safe, blame when unsure */
        for (size_t i = 0, at = 0; i < 2; at += game->n_strategies[i++])
            for (size_t a = 0; a < game->n_strategies[i]; a++)
                for (size_t k = 0; k < game->extensive->n_infosets; k++) {
                    const struct parley_infoset *set = &game->extensive->infoset[k];
                    if (set->player != i || game->plan[i][a * game->extensive->n_infosets + k] != 0)
                        continue;
                    if (i == 0)
                        acts[set->number - 1] += s.equilibrium[e].approximate[at + a];
                    else if (set->number == 3)
                        acts[2] += s.equilibrium[e].approximate[at + a];
                }
        if (in->json) {
            parley_json_object(&json);
            parley_json_put_number(&json, "attack_if_vulnerable", acts[0]);
            parley_json_put_number(&json, "attack_if_safe", acts[1]);
            parley_json_put_number(&json, "blame_when_unsure", acts[2]);
            parley_json_put_numbers(&json, "payoffs", s.equilibrium[e].payoff_approximate, 2);
            parley_json_object_end(&json);
            continue;
        }
        for (int k = 0; k < 3; k++)
            parley_table_number(t, acts[k], 4);
        parley_table_cell(t, "%.4g, %.4g", s.equilibrium[e].payoff_approximate[0], s.equilibrium[e].payoff_approximate[1]);
    }
    if (in->json) {
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "After Edwards, Furnas, Forrest and Axelrod 2017; an attack is worth 2 to the attacker and costs the victim 3, blame costs a vulnerable attacker 5, brings the victim 1, in vain -2.",
                                           "据Edwards等2017; 攻击值2, 受害者损失3, 指责使易受影响的攻击者损失5, 受害者得1, 徒劳则失2。"));
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in) { return option_given(in, "blame") ? blame(in) : attribution(in); }

const struct command command_game_attribution = {
    .name = "game attribution",
    .operands = "",
    .summary = "Deterrence when the author of an attack is uncertain; to blame or to tolerate.",
    .summary_zh = "攻击者不明时的威慑; 指责还是容忍。",
    .text = "Several alike attackers and one defender who sees noisy signals (Baliga, Bueno de Mesquita and Wolitzky 2020): who gains more than x* by an attack attacks; "
            "the defender answers a signal when its belief outweighs its cost. The table says which improvement of attribution deters more and which less.\n\n"
            "With --blame: the game of Edwards, Furnas, Forrest and Axelrod (2017), solved exactly.",
    .examples = "parley game attribution\nparley game attribution --own 0.68 --other 0.02\nparley game attribution --blame --informed 0.9\n",
    .options = options,
    .run = run,
};

#include "game_input.h"

#include <math.h>
#include <parley/chart.h>
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

enum { VARIANTS = sizeof variants / sizeof *variants };

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

/* Attacks as what is untraced now is traced, rightly or to another. */
static void chart(struct invocation *in, struct parley_doc *doc, const struct parley_attribution *g, double now)
{
    enum { STEPS = 41 };
    struct parley_chart_point point[2 * STEPS];
    double all[2] = { NAN, NAN };
    size_t n = 0;
    for (int way = 0; way < (g->n < 2 ? 1 : 2); way++)
        for (int k = 0; k < STEPS; k++) {
            struct parley_attribution h = *g;
            struct parley_attribution_result r;
            double moved = g->miss * k / (STEPS - 1.);
            *(way ? &h.other : &h.own) += way ? moved / (g->n - 1.0) : moved;
            h.miss = kept(h.miss - moved);
            if (parley_crisis_attribution(&h, &r, NULL)) /* the signal would say the opposite of what it should */
                continue;
            point[n++] = (struct parley_chart_point){ way ? PARLEY_SAY(in->lang, "traced to another", "错误溯源") : PARLEY_SAY(in->lang, "traced rightly", "正确溯源"), 1 - h.miss, r.attack, NAN, NAN };
            if (k == STEPS - 1)
                all[way] = r.attack;
        }
    const char *sentence = !(g->miss > 0) || isnan(all[0]) ? parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "Every attack is traced to somebody already; the chance of one is %.1f %%.", "所有攻击都已溯源; 攻击概率为%.1f%%。"), 100 * now)
                           : isnan(all[1]) ? parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "The chance of an attack is %.1f %%; if all that is untraced were traced rightly it would be %.1f %%.",
                                                                                        "攻击概率为%.1f%%; 若未溯源者全部正确溯源, 则为%.1f%%。"), 100 * now, 100 * all[0])
                                           : parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "The chance of an attack is %.1f %%; if all that is untraced were traced rightly it would be %.1f %%, if it were traced to another %.1f %%.",
                                                                                        "攻击概率为%.1f%%; 若未溯源者全部正确溯源, 则为%.1f%%; 若全部错误溯源, 则为%.1f%%。"), 100 * now, 100 * all[0], 100 * all[1]);
    parley_chart_curves(doc, &(struct parley_chart_text){ "attribution", PARLEY_SAY(in->lang, "Attacks by how many are traced", "攻击频率与溯源比例"), sentence ? sentence : "" },
                        PARLEY_SAY(in->lang, "share of attacks that is traced", "溯源的攻击份额"), PARLEY_SAY(in->lang, "chance of an attack", "攻击概率"), point, n);
}

/* Which change helps most, and which one does harm. */
static void say_changes(struct invocation *in, struct parley_doc *doc, const double *threshold, const bool *known, size_t n)
{
    size_t best = 0, worst = 0;
    for (size_t k = 1; k < n; k++) {
        best = known[k] && threshold[k] > threshold[best] + 1e-9 ? k : best;
        worst = known[k] && threshold[k] < threshold[worst] - 1e-9 ? k : worst;
    }
    if (best)
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "What deters most: %s.", "威慑作用最大者: %s。"), PARLEY_SAY(in->lang, variants[best].en, variants[best].zh));
    if (worst)
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "More attribution that deters less: %s. Who is accused too often anyway has less to lose by attacking.", "溯源增多而威慑减弱: %s。反正常被指责者, 攻击的损失更小。"),
                             PARLEY_SAY(in->lang, variants[worst].en, variants[worst].zh));
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
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "An attack pays for those who would gain more than x* = %.4f by it (gains lie between 0 and 1). The chance of an attack is %.1f %%, and who is named is guilty with %.1f %%.",
                                              "攻击获益超过x* = %.4f者会攻击(获益在0与1之间)。攻击概率为%.1f%%, 被点名者确为攻击者的可能为%.1f%%。"), base.threshold, 100 * base.attack, 100 * base.belief);
        t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "What a change of attribution does", "溯源能力变化的影响"));
        parley_table_column(t, PARLEY_SAY(in->lang, "change", "变化"), PARLEY_LEFT);
        parley_table_column(t, "x*", PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "attacks", "攻击"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "named is guilty", "点名属实"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "innocent hit", "误伤"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "deters", "威慑"), PARLEY_LEFT);
    }
    double threshold[VARIANTS] = { base.threshold };
    bool known[VARIANTS] = { false };
    for (size_t k = 0; k < VARIANTS; k++) {
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
        threshold[k] = r.threshold;
        known[k] = true;
        parley_table_cell(t, "%s", k == 0 ? "" : more > 1e-9 ? PARLEY_SAY(in->lang, "more", "增强") : more < -1e-9 ? PARLEY_SAY(in->lang, "LESS", "削弱") : "=");
    }
    if (in->json) {
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    say_changes(in, &doc, threshold, known, VARIANTS);
    chart(in, &doc, &g, base.attack);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "After Baliga, Bueno de Mesquita and Wolitzky 2020: attackers alike, gains from an attack and costs of answering it equally likely between 0 and 1; where nobody is named, nobody is hit.",
                                           "据Baliga等2020: 攻击者相同, 攻击收益与报复成本在0与1之间等可能; 无人被点名时不报复。"));
    return finish_doc(in, &doc);
}

/* --- blame -------------------------------------------------------------------------------------------------------------- */

struct conduct { /* what is done in one equilibrium; NaN = the occasion never comes */
    double attack[2]; /* of an attacker whom blame hurts, whom it does not */
    double blame;     /* by a victim that does not know */
    double payoff[2];
};

static struct conduct conduct_of(const struct parley_game *game, const struct parley_equilibrium *q)
{
    struct conduct c = { .payoff = { q->payoff_approximate[0], q->payoff_approximate[1] } };
    size_t sets = game->extensive->n_infosets;
    for (size_t i = 0, at = 0; i < 2; at += game->n_strategies[i++])
        for (size_t a = 0; a < game->n_strategies[i]; a++)
            for (size_t k = 0; k < sets; k++) {
                const struct parley_infoset *set = &game->extensive->infoset[k];
                if (set->player != i || game->plan[i][a * sets + k] != 0)
                    continue;
                if (i == 0)
                    c.attack[set->number - 1] += q->approximate[at + a];
                else if (set->number == 3)
                    c.blame += q->approximate[at + a];
            }
    return c;
}

static void drop_what_never_comes(const struct parley_blame *g, struct conduct *c)
{
    double attacks = g->vulnerable * c->attack[0] + (1 - g->vulnerable) * c->attack[1];
    if (!(g->vulnerable > 0))
        c->attack[0] = NAN;
    if (!(g->vulnerable < 1))
        c->attack[1] = NAN;
    if (!(attacks > 1e-9 && g->informed < 1))
        c->blame = NAN;
}

static bool alike(double a, double b) { return (isnan(a) && isnan(b)) || fabs(a - b) < 1e-9; }

static bool same(const struct conduct *a, const struct conduct *b)
{
    return alike(a->attack[0], b->attack[0]) && alike(a->attack[1], b->attack[1]) && alike(a->blame, b->blame);
}

/* The ways the game can be played in equilibrium, each once: equilibria that differ only in plans for what never comes are one. */
static enum parley_status conducts(struct invocation *in, const struct parley_blame *g, struct parley_arena *arena, struct conduct **out, size_t *n)
{
    struct parley_game *game;
    struct parley_equilibria s;
    enum parley_status status = parley_crisis_blame(g, arena, &game, &in->err);
    if (!status)
        status = parley_equilibria_solve(game, NULL, &in->progress, arena, &s, &in->err);
    *n = 0;
    if (status)
        return status;
    if (!(*out = PARLEY_NEW(arena, struct conduct, s.n + 1)))
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (size_t e = 0; e < s.n; e++) {
        struct conduct c = conduct_of(game, &s.equilibrium[e]);
        drop_what_never_comes(g, &c);
        size_t k = 0;
        while (k < *n && !same(&(*out)[k], &c))
            k++;
        if (k == *n)
            (*out)[(*n)++] = c;
    }
    return PARLEY_OK;
}

/* Chance of an attack in the most and the least peaceful equilibrium, by how often the victim knows. */
static enum parley_status blame_chart(struct invocation *in, struct parley_doc *doc, const struct parley_blame *g)
{
    enum { STEPS = 41 };
    struct parley_chart_point point[2 * STEPS];
    double first[2] = { 0, 0 }, last[2] = { 0, 0 }, held = NAN;
    for (int k = 0; k < STEPS; k++) {
        struct parley_arena scratch = { 0 };
        struct parley_blame h = *g;
        struct conduct *c = NULL;
        size_t n;
        double low = 1, high = 0, blame_low = 1, blame_high = 0, hurt = 0;
        h.informed = k / (STEPS - 1.);
        enum parley_status status = conducts(in, &h, &scratch, &c, &n);
        for (size_t e = 0; !status && e < n; e++) {
            double attack = (isnan(c[e].attack[0]) ? 0 : h.vulnerable * c[e].attack[0]) + (isnan(c[e].attack[1]) ? 0 : (1 - h.vulnerable) * c[e].attack[1]);
            low = fmin(low, attack);
            high = fmax(high, attack);
            blame_low = fmin(blame_low, c[e].blame);
            blame_high = fmax(blame_high, c[e].blame);
            hurt = fmax(hurt, c[e].attack[0]);
        }
        parley_arena_release(&scratch);
        if (status)
            return status;
        held = hurt > 1e-9 || !(h.vulnerable > 0) ? NAN : isnan(held) ? h.informed : held;
        point[k] = (struct parley_chart_point){ PARLEY_SAY(in->lang, "an attack is made", "发动攻击"), h.informed, (low + high) / 2, low, high };
        point[STEPS + k] = (struct parley_chart_point){ PARLEY_SAY(in->lang, "blame without knowing", "不知情而指责"), h.informed, (blame_low + blame_high) / 2, blame_low, blame_high };
        if (blame_low > blame_high) /* the occasion never comes */
            point[STEPS + k].y = point[STEPS + k].low = point[STEPS + k].high = NAN;
        double *end = k == 0 ? first : last;
        end[0] = low, end[1] = high;
    }
    const char *sentence = isnan(held) ? parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "The chance of an attack is at most %.0f %% when the victim never knows and %.0f %% when it always does.",
                                                                                     "攻击概率在受害者从不知情时至多%.0f%%, 总是知情时至多%.0f%%。"), 100 * first[1], 100 * last[1])
                                        : parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "When the victim knows with a chance of %.3g or more, one whom blame hurts does not attack. The chance of an attack is at most %.0f %% when the victim never knows and %.0f %% when it always does; who cannot be "
                                                                                               "hurt attacks all the same.",
                                                                                     "受害者知情的概率达到%.3g后, 怕指责者不再攻击。攻击概率在受害者从不知情时至多%.0f%%, 总是知情时至多%.0f%%; 不怕指责者照样攻击。"), held, 100 * first[1], 100 * last[1]);
    parley_chart_curves(doc, &(struct parley_chart_text){ "blame", PARLEY_SAY(in->lang, "What knowing the attacker's position changes", "了解攻击者处境的作用"), sentence ? sentence : "" },
                        PARLEY_SAY(in->lang, "chance that the victim knows", "受害者知情的概率"), PARLEY_SAY(in->lang, "chance", "概率"), point, 2 * STEPS);
    return PARLEY_OK;
}

/* "always attacks", "attacks with a chance of 0.4" */
static const char *how_often(struct invocation *in, double p, const char *always, const char *never, const char *at_times)
{
    const char *text = p > 1 - 1e-9 ? always : p < 1e-9 ? never : parley_arena_printf(&in->arena, "%s %.3g", at_times, p);
    return text ? text : "";
}

static void say_conduct(struct invocation *in, struct parley_doc *doc, const struct conduct *c)
{
    const char *attacks = PARLEY_SAY(in->lang, "attacks", "攻击"), *refrains = PARLEY_SAY(in->lang, "does not attack", "不攻击"), *at = PARLEY_SAY(in->lang, "attacks with a chance of", "攻击的概率为");
    struct parley_text text;
    parley_text_init(&text, 2000);
    if (!isnan(c->attack[0]))
        parley_text_addf(&text, PARLEY_SAY(in->lang, "An attacker whom blame would hurt %s. ", "怕指责的攻击者%s。"), how_often(in, c->attack[0], attacks, refrains, at));
    if (!isnan(c->attack[1]))
        parley_text_addf(&text, PARLEY_SAY(in->lang, "One whom it would not hurt %s. ", "不怕指责的攻击者%s。"), how_often(in, c->attack[1], attacks, refrains, at));
    if (!isnan(c->blame))
        parley_text_addf(&text, PARLEY_SAY(in->lang, "A victim that does not know which %s. ", "不知情的受害者%s。"),
                         how_often(in, c->blame, PARLEY_SAY(in->lang, "blames it", "予以指责"), PARLEY_SAY(in->lang, "tolerates the attack", "予以容忍"), PARLEY_SAY(in->lang, "blames it with a chance of", "指责的概率为")));
    parley_doc_item(doc, PARLEY_SAY(in->lang, "%sOn average the attacker gets %.4g, the victim %.4g.", "%s平均而言攻击者得%.4g, 受害者得%.4g。"), parley_text_str(&text), c->payoff[0], c->payoff[1]);
    parley_text_release(&text);
}

static enum parley_status blame(struct invocation *in)
{
    struct parley_blame g = { .vulnerable = .5, .informed = .5, .gain = 2, .harm = 3, .cost = 5, .relief = 1, .backlash = 2 };
    struct conduct *c = NULL;
    struct parley_doc doc;
    struct parley_json json;
    size_t n = 0;
    enum parley_status status = option_double(in, "vulnerable", 0, 1, &g.vulnerable);
    if (!status)
        status = option_double(in, "informed", 0, 1, &g.informed);
    if (!status)
        status = conducts(in, &g, &in->arena, &c, &n);
    if (status)
        return status;
    if (in->json) {
        begin_json(in, &json);
        parley_json_array(&json);
        for (size_t e = 0; e < n; e++) {
            parley_json_object(&json);
            parley_json_put_number(&json, "attack_if_vulnerable", c[e].attack[0]);
            parley_json_put_number(&json, "attack_if_safe", c[e].attack[1]);
            parley_json_put_number(&json, "blame_when_unsure", c[e].blame);
            parley_json_put_numbers(&json, "payoffs", c[e].payoff, 2);
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "To blame or to tolerate", "指责还是容忍"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Blame would hurt the attacker with a chance of %.0f %%, and it knows whether; the victim knows with %.0f %%. To blame one whom it does not hurt costs the victim more than to bear the attack. What can be expected:",
                                          "指责会伤害攻击者的概率为%.0f%%, 攻击者自知; 受害者知情的概率为%.0f%%。指责不怕指责者, 受害者的损失大于忍受攻击。可以预期:"), 100 * g.vulnerable, 100 * g.informed);
    for (size_t e = 0; e < n; e++)
        say_conduct(in, &doc, &c[e]);
    if ((status = blame_chart(in, &doc, &g)))
        return status;
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "After Edwards, Furnas, Forrest and Axelrod 2017, solved exactly: all extreme equilibria, those that differ only in plans for what never comes taken together. An attack is worth 2 to the attacker and costs the victim 3; blame costs an attacker whom it hurts 5 "
                                                     "and brings the victim 1, in vain it costs 2.",
                                           "据Edwards等2017, 精确求解: 全部极点均衡, 仅在不会发生之事的计划上不同者合并。攻击使攻击者得2, 受害者失3; 有效的指责使攻击者失5, 受害者得1; 徒劳的指责使受害者失2。"));
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

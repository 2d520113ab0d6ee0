#include "game_input.h"

#include <math.h>
#include <parley/chart.h>
#include <parley/crisis.h>
#include <string.h>

static const struct option options[] = {
    { "payoffs", 0, "R,S,T,P", "of a seeker of security (default: 4,-3,3,1)" },
    { "greedy", 0, "R,S,T,P", "of a greedy side (default: 4,-3,6,1)" },
    { "trust", 0, "Q", "chance that the other is a seeker of security (default: 0.8)" },
    { "threat", 0, NULL, "a threat before an audience instead of reassurance" },
    { "strong", 0, "P", "with --threat: chance that the challenger is strong (default: 0.3)" },
    { "prize", 0, "X", "with --threat: what the challenger gets if the target concedes (default: 4)" },
    { "audience", 0, "X", "with --threat: cost of backing down (default: 5)" },
    { "war", 0, "X", "with --threat: what war is worth to a strong challenger (default: 1)" },
    { "target", 0, "C,W,B", "with --threat: target's payoffs of conceding, war, the challenger backing down (default: -6,-9,3)" },
    OPTION_DOCUMENT,
    { 0 },
};

static enum parley_status numbers(struct invocation *in, const char *name, size_t n, double *out)
{
    const char *at = option_text(in, name);
    for (size_t i = 0; at && i < n; i++) {
        size_t len = strcspn(at, ",");
        if (!parley_text_to_double(at, len, &out[i]) || (i + 1 < n) != (at[len] == ','))
            return parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected %zu numbers separated by commas, found '%.60s'", name, n, option_text(in, name));
        at += len + 1;
    }
    return PARLEY_OK;
}

/* --- reassurance -------------------------------------------------------------------------------------------------- */

static void add_window(struct invocation *in, struct parley_doc *doc, const struct parley_stakes *s, const struct parley_stakes *g)
{
    struct parley_text spec;
    struct parley_json json;
    parley_text_init(&spec, 1 << 18);
    parley_json_init(&json, &spec, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "mark", "area");
    parley_json_key(&json, "data");
    parley_json_object(&json);
    parley_json_key(&json, "values");
    parley_json_array(&json);
    double least = NAN, low = NAN, high = NAN;
    for (int k = 1; k <= 100; k++) {
        struct parley_trust t;
        if (parley_crisis_trust(s, g, k / 100., &t, NULL) || !t.reassures)
            continue;
        least = isnan(least) ? k / 100. : least;
        low = t.share_low;
        high = t.share_high;
        parley_json_object(&json);
        parley_json_put_number(&json, "trust", k / 100.);
        parley_json_put_number(&json, "low", t.share_low);
        parley_json_put_number(&json, "high", t.share_high);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
    parley_json_key(&json, "encoding");
    parley_json_raw(&json, PARLEY_SAY(in->lang, "{\"x\":{\"field\":\"trust\",\"type\":\"quantitative\",\"title\":\"trust\"},\"y\":{\"field\":\"low\",\"type\":\"quantitative\",\"title\":\"share of the stakes in the first step\"},\"y2\":{\"field\":\"high\"}}",
                                      "{\"x\":{\"field\":\"trust\",\"type\":\"quantitative\",\"title\":\"信任\"},\"y\":{\"field\":\"low\",\"type\":\"quantitative\",\"title\":\"先行步骤所冒利害的份额\"},\"y2\":{\"field\":\"high\"}}"));
    parley_json_object_end(&json);
    const char *sentence = !(least <= 1) ? PARLEY_SAY(in->lang, "At no trust is there a first step that a seeker of security takes and a greedy side does not.", "任何信任水平下都没有安全寻求者愿走而贪婪者不愿走的先行步骤。")
                                         : parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "There are first steps that a seeker of security takes and a greedy side does not from a trust of %.2f on; at full trust they risk %.3g to %.3g of the stakes.",
                                                                                      "信任自%.2f起存在安全寻求者愿走而贪婪者不愿走的先行步骤; 完全信任时其风险为利害的%.3g至%.3g。"), least, low, high);
    parley_doc_chart(doc, "reassurance", PARLEY_SAY(in->lang, "Which first step conveys trustworthiness", "何种先行步骤能传递可信度"), sentence ? sentence : "", parley_text_str(&spec));
    parley_text_release(&spec);
}

static void show_trust(struct invocation *in, struct parley_doc *doc, const struct parley_trust *t, double q)
{
    parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "A state that seeks only security cooperates when it believes with at least %.1f %% that the other seeks only security too (the threshold is (P - S) / ((R - T) + (P - S))). At a trust of %.1f %% it %s.",
                                         "只求安全的国家在相信对方同样只求安全的程度不低于%.1f%%时合作(门槛为(P - S) / ((R - T) + (P - S)))。信任为%.1f%%时%s。"),
                         100 * t->threshold, 100 * q, t->cooperates ? PARLEY_SAY(in->lang, "cooperates", "合作") : PARLEY_SAY(in->lang, "does not", "不合作"));
    if (t->reassures)
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "A first step that puts between %.1f %% and %.1f %% of the stakes at risk tells the two kinds apart: a smaller one a greedy side would take too, a larger one is too dangerous for a seeker of security.",
                                             "以%.1f%%至%.1f%%的利害作赌注的先行步骤可区分两类: 更小的贪婪者也会采取, 更大的对安全寻求者过于危险。"),
                             100 * t->share_low, 100 * t->share_high);
    else
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "No first step tells the two kinds apart at this trust: one that a greedy side would not take (%.1f %% of the stakes or more) is too dangerous for a seeker of security (%.1f %% at most).",
                                             "在此信任水平下没有能区分两类的先行步骤: 贪婪者不愿采取的(至少%.1f%%)对安全寻求者过于危险(至多%.1f%%)。"),
                             100 * t->share_low, 100 * t->share_high);
    if (t->gesture_works)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "A gesture that costs both kinds the same works if it costs between %.4g and %.4g.", "对两类成本相同的姿态, 成本在%.4g与%.4g之间有效。"), t->cost_low, t->cost_high);
    else
        parley_doc_item(doc, PARLEY_SAY(in->lang, "A gesture that costs both kinds the same tells nothing: being trusted is worth %.4g to a greedy side and %.4g to a seeker of security. It must cost a greedy side at least %.3g times as much (verifiable limits on what only an attacker needs do).",
                                        "对两类成本相同的姿态无信息: 被信任对贪婪者值%.4g, 对安全寻求者值%.4g。对贪婪者的成本须至少为%.3g倍(可核查的进攻能力限制即如此)。"),
                        t->cost_low, t->cost_high, t->needed_ratio);
    parley_doc_note(doc, "%s", PARLEY_SAY(in->lang, "Two rounds, the first with a share of the stakes; who defects in it is taken for greedy (after Kydd 2005). The payoffs are assumptions of whoever types them.",
                                          "两轮博弈, 第一轮占部分利害; 首轮背弃者被视为贪婪(据Kydd 2005)。收益为输入者的假设。"));
}

static enum parley_status reassurance(struct invocation *in)
{
    double a[4] = { 4, -3, 3, 1 }, b[4] = { 4, -3, 6, 1 }, q = .8;
    struct parley_trust t;
    struct parley_doc doc;
    enum parley_status status = numbers(in, "payoffs", 4, a);
    if (!status)
        status = numbers(in, "greedy", 4, b);
    if (!status)
        status = option_double(in, "trust", 0, 1, &q);
    struct parley_stakes seeker = { a[0], a[1], a[2], a[3] }, greedy = { b[0], b[1], b[2], b[3] };
    if (!status)
        status = parley_crisis_trust(&seeker, &greedy, q, &t, &in->err);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_number(&json, "trust", q);
        parley_json_put_number(&json, "threshold", t.threshold);
        parley_json_put_bool(&json, "cooperates", t.cooperates);
        parley_json_put_bool(&json, "reassures", t.reassures);
        parley_json_put_numbers(&json, "first_step", (double[]){ t.share_low, t.share_high }, 2);
        parley_json_put_bool(&json, "gesture_works", t.gesture_works);
        parley_json_put_numbers(&json, "gesture_cost", (double[]){ t.cost_low, t.cost_high }, 2);
        parley_json_put_number(&json, "needed_ratio", t.needed_ratio);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "How much trust does cooperation need, and which signal conveys it?", "合作需要多少信任? 何种信号能传递信任?"));
    show_trust(in, &doc, &t, q);
    add_window(in, &doc, &seeker, &greedy);
    return finish_doc(in, &doc);
}

/* --- threats ------------------------------------------------------------------------------------------------------ */

/* What happens as the cost of backing down grows from a quarter to four times. */
static void add_threat_chart(struct invocation *in, struct parley_doc *doc, const struct parley_threat *g)
{
    enum { STEPS = 33, CURVES = 3 };
    struct parley_chart_point point[CURVES * STEPS];
    const char *name[CURVES] = { PARLEY_SAY(in->lang, "the target concedes", "目标让步"), PARLEY_SAY(in->lang, "the weak bluff", "软弱方虚张声势"), PARLEY_SAY(in->lang, "war", "战争") };
    double value[CURVES][STEPS], cost[STEPS];
    size_t n = 0, kept = 0;
    for (int k = 0; k < STEPS; k++) {
        struct parley_threat h = *g;
        struct parley_threat_result s;
        h.audience = g->audience * pow(2, (k - 16) / 8.);
        if (parley_crisis_threat(&h, &s, NULL)) /* no such equilibrium at this cost */
            continue;
        cost[kept] = h.audience;
        value[0][kept] = s.concede;
        value[1][kept] = s.bluff;
        value[2][kept++] = s.war;
    }
    for (int c = 0; c < CURVES; c++)
        for (size_t k = 0; k < kept; k++)
            point[n++] = (struct parley_chart_point){ name[c], cost[k], value[c][k], NAN, NAN };
    if (kept < 2)
        return;
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "When backing down costs %.3g the target concedes with a chance of %.0f %% and war comes with %.1f %%; when it costs %.3g, with %.0f %% and %.1f %%.",
                                                                      "退让代价为%.3g时, 目标让步的概率为%.0f%%, 战争为%.1f%%; 代价为%.3g时分别为%.0f%%与%.1f%%。"),
                                               cost[0], 100 * value[0][0], 100 * value[2][0], cost[kept - 1], 100 * value[0][kept - 1], 100 * value[2][kept - 1]);
    parley_chart_curves(doc, &(struct parley_chart_text){ "threat", PARLEY_SAY(in->lang, "What the cost of backing down does", "退让代价的作用"), sentence ? sentence : "" },
                        PARLEY_SAY(in->lang, "cost of backing down", "退让代价"), PARLEY_SAY(in->lang, "chance", "概率"), point, n);
}

static enum parley_status threat(struct invocation *in)
{
    struct parley_threat g = { .prize = 4, .war_strong = 1, .audience = 5, .strong = .3 };
    double t[3] = { -6, -9, 3 };
    struct parley_threat_result r;
    enum parley_status status = numbers(in, "target", 3, t);
    if (!status)
        status = option_double(in, "strong", 0, 1, &g.strong);
    if (!status)
        status = option_double(in, "prize", 0, 1e9, &g.prize);
    if (!status)
        status = option_double(in, "audience", 0, 1e9, &g.audience);
    if (!status)
        status = option_double(in, "war", -1e9, 1e9, &g.war_strong);
    g.concede = t[0], g.war = t[1], g.triumph = t[2];
    if (!status)
        status = parley_crisis_threat(&g, &r, &in->err);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_number(&json, "bluff", r.bluff);
        parley_json_put_number(&json, "concede", r.concede);
        parley_json_put_number(&json, "belief", r.belief);
        parley_json_put_number(&json, "threats", r.threats);
        parley_json_put_number(&json, "war", r.war);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "A threat before an audience", "面向公众的威胁"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "A challenger who would fight always threatens; one who would not bluffs with a chance of %.1f %%. After a threat the target believes with %.0f %% that it is meant, and concedes with a chance of %.1f %%.",
                                          "愿意开战的一方总会威胁; 不愿开战的一方以%.1f%%的概率虚张声势。威胁之后目标相信其为真的程度为%.0f%%, 让步的概率为%.1f%%。"), 100 * r.bluff, 100 * r.belief, 100 * r.concede);
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "A threat is made with a chance of %.1f %%, and war comes with %.1f %%.", "发出威胁的概率为%.1f%%, 爆发战争的概率为%.1f%%。"), 100 * r.threats, 100 * r.war);
    struct parley_table *table = parley_doc_table(&doc, PARLEY_SAY(in->lang, "What the cost of backing down does", "退让代价的作用"));
    parley_table_column(table, PARLEY_SAY(in->lang, "cost of backing down", "退让代价"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "the weak bluff", "软弱方虚张声势"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "target concedes", "目标让步"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "war", "战争"), PARLEY_RIGHT);
    for (int k = -2; k <= 2; k++) {
        struct parley_threat h = g;
        struct parley_threat_result s;
        h.audience = g.audience * pow(2, k);
        if (parley_crisis_threat(&h, &s, NULL))
            continue;
        parley_table_number(table, h.audience, 4);
        parley_table_number(table, s.bluff, 4);
        parley_table_number(table, s.concede, 4);
        parley_table_number(table, s.war, 4);
    }
    add_threat_chart(in, &doc, &g);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "An ultimatum binds the one who speaks it as well: the more it costs to back down before an audience, the more often the target concedes; the weak still bluff just often enough to keep the target unsure (Fearon 1994).",
                                           "最后通牒也束缚发出者: 当众退让的代价越高, 目标越常让步; 软弱方仍以恰好使目标犹疑的频率虚张声势(Fearon 1994)。"));
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in) { return option_given(in, "threat") ? threat(in) : reassurance(in); }

const struct command command_game_signal = {
    .name = "game signal",
    .operands = "",
    .summary = "How much trust cooperation needs, and which signal is costly enough to convey it.",
    .summary_zh = "合作需要多少信任, 何种信号的代价足以传递信任。",
    .text = "Two states that cannot see each other's motives: each is a seeker of security or greedy (Kydd 2005). Prints the trust threshold, the size of a first "
            "step that tells the two apart, and the cost that a gesture must have. With --threat: a challenger whose strength is private, a target, and a cost "
            "of backing down in public (Fearon 1994); the payoffs are those of a tree that `parley game solve` solves as well.",
    .examples = "parley game signal\nparley game signal --payoffs 4,-1,2,1 --trust 0.5\nparley game signal --threat --audience 10\n",
    .options = options,
    .run = run,
};

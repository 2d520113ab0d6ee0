#include "game_input.h"

#include <math.h>
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
    for (int k = 1; k <= 50; k++) {
        struct parley_trust t;
        if (parley_crisis_trust(s, g, k / 50., &t, NULL) || !t.reassures)
            continue;
        parley_json_object(&json);
        parley_json_put_number(&json, "trust", k / 50.);
        parley_json_put_number(&json, "low", t.share_low);
        parley_json_put_number(&json, "high", t.share_high);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
    parley_json_key(&json, "encoding");
    parley_json_raw(&json, "{\"x\":{\"field\":\"trust\",\"type\":\"quantitative\"},\"y\":{\"field\":\"low\",\"type\":\"quantitative\",\"title\":\"share of the stakes in the first step\"},\"y2\":{\"field\":\"high\"}}");
    parley_json_object_end(&json);
    parley_doc_chart(doc, "reassurance", PARLEY_SAY(in->lang, "Which first step conveys trustworthiness", "何种先行步骤能传递可信度"),
                     PARLEY_SAY(in->lang, "the band of first steps that a seeker of security takes and a greedy side does not, by trust", "安全寻求者愿走而贪婪者不愿走的先行步骤范围, 随信任变化"),
                     parley_text_str(&spec));
    parley_text_release(&spec);
}

static void show_trust(struct invocation *in, struct parley_doc *doc, const struct parley_trust *t, double q)
{
    parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "A seeker of security cooperates when it believes with a chance of at least %.4g that the other is one too (m = (P - S) / ((R - T) + (P - S))). At a trust of %.4g it %s.",
                                         "安全寻求者在相信对方同为安全寻求者的概率不低于%.4g时合作(m = (P - S) / ((R - T) + (P - S)))。信任为%.4g时%s。"),
                         t->threshold, q, t->cooperates ? PARLEY_SAY(in->lang, "cooperates", "合作") : PARLEY_SAY(in->lang, "does not", "不合作"));
    if (t->reassures)
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "A first step that risks between %.4g and %.4g of the stakes tells the two kinds apart: below, a greedy side would take it too; above, it is too dangerous for a seeker of security.",
                                             "冒%.4g至%.4g的利害风险的先行步骤可区分两类: 低于此, 贪婪者也会采取; 高于此, 对安全寻求者过于危险。"),
                             t->share_low, t->share_high);
    else
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "No first step tells the two kinds apart at this trust: one that a greedy side would not take (%.4g of the stakes or more) is too dangerous for a seeker of security (%.4g at most).",
                                             "在此信任水平下没有能区分两类的先行步骤: 贪婪者不愿采取的(至少%.4g)对安全寻求者过于危险(至多%.4g)。"),
                             t->share_low, t->share_high);
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
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "A strong challenger always threatens; a weak one bluffs with probability %.4g. After a threat the target believes with %.4g that it is meant, and concedes with probability %.4g.",
                                          "强硬方总会威胁; 软弱方以%.4g的概率虚张声势。威胁之后目标方相信其为真的概率为%.4g, 让步概率为%.4g。"), r.bluff, r.belief, r.concede);
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Threats occur with probability %.4g, war with %.4g.", "威胁发生的概率为%.4g, 战争为%.4g。"), r.threats, r.war);
    struct parley_table *table = parley_doc_table(&doc, PARLEY_SAY(in->lang, "What the cost of backing down does", "退让成本的作用"));
    parley_table_column(table, PARLEY_SAY(in->lang, "audience cost", "观众成本"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "target concedes", "目标让步"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "war", "战争"), PARLEY_RIGHT);
    for (int k = -2; k <= 2; k++) {
        struct parley_threat h = g;
        struct parley_threat_result s;
        h.audience = g.audience * pow(2, k);
        if (parley_crisis_threat(&h, &s, NULL))
            continue;
        parley_table_number(table, h.audience, 4);
        parley_table_number(table, s.concede, 4);
        parley_table_number(table, s.war, 4);
    }
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "An ultimatum binds the one who speaks it as well: with a higher audience cost targets concede more often, and the weak still bluff just often enough to keep the target unsure.",
                                           "最后通牒也束缚发出者: 观众成本越高, 目标越常让步; 软弱方仍以恰好使目标犹疑的频率虚张声势。"));
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

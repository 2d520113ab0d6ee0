#include "accord_words.h"
#include "game_built.h"
#include "game_chart.h"
#include "game_input.h"

#include <parley/case_game.h>
#include <parley/file.h>
#include <parley/game_name.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct option options[] = {
    { "codebook", 0, "FILE", "another codebook than the shipped one: other defaults" },
    { "write", 0, "FILE", "also write the game as .nfg or .yaml" },
    OPTION_DOCUMENT,
    { 0 },
};

struct reading { /* the game under one way the unknown conditions may be */
    struct parley_conditions conditions;
    struct parley_case_side side[PARLEY_CASE_GAME_PLAYERS_MAX];
    size_t n;
    struct parley_game *game;
    struct parley_game_name name; /* two parties */
    struct parley_equilibria solved;
    bool agreement_stable, best_for_all;
};

static enum parley_status build(struct invocation *in, const struct parley_coded_case *c, struct parley_situation s, struct reading *r)
{
    struct parley_gainloss_result values;
    s.conditions = r->conditions;
    enum parley_status status = parley_gainloss_eval(&s, 1, 0, &in->arena, &values, &in->err);
    for (size_t i = 0; !status && i < s.n; i++) {
        const struct parley_terms *t = &values.party[i].terms;
        if (s.party[i].follower)
            continue;
        if (r->n == PARLEY_CASE_GAME_PLAYERS_MAX)
            return parley_fail(&in->err, PARLEY_ELIMIT, "%s has more than %d pivotal parties; a game of signing holds at most that many", c->id, PARLEY_CASE_GAME_PLAYERS_MAX);
        r->side[r->n++] = (struct parley_case_side){ party_text(in, s.party[i].name), t->gain, values.party[i].relative_loss, t->loss, t->credibility, t->cost, t->payment };
    }
    if (!status)
        status = parley_case_game_build(case_name(in, c), r->side, r->n, in->lang, &in->arena, &r->game, &in->err);
    if (!status && r->n == 2)
        status = parley_game_name(r->game, &in->arena, &r->name, &in->err);
    if (!status && r->n == 2)
        status = parley_equilibria_solve(r->game, NULL, &in->progress, &in->arena, &r->solved, &in->err);
    if (status)
        return status;
    r->agreement_stable = outcome_is_stable(r->game, 0);
    r->best_for_all = true;
    for (size_t i = 0; i < r->n; i++)
        r->best_for_all &= parley_case_game_value(&r->side[i]) > 0;
    return PARLEY_OK;
}

static const char *profile_text(struct invocation *in, const struct parley_game *g, size_t p)
{
    struct parley_text text;
    parley_text_init(&text, 1 << 20);
    for (size_t i = 0; i < g->n_players; i++)
        parley_text_addf(&text, "%s%s %s", i ? ", " : "", g->player[i], g->strategy[i][p >> i & 1]);
    const char *copy = parley_text_keep(&text, &in->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

static void put_reading(struct invocation *in, struct parley_json *j, const struct parley_codebook *book, const struct reading *r)
{
    parley_json_object(j);
    parley_json_put_string(j, "common_harm", parley_codebook_word(parley_codebook_variable(book, "common_harm"), r->conditions.severe));
    parley_json_put_string(j, "regime_threat", parley_codebook_word(parley_codebook_variable(book, "regime_threat"), r->conditions.threat));
    if (r->n == 2) {
        char number[16];
        snprintf(number, sizeof number, "%d%d%d", r->name.game.layer, r->name.game.row, r->name.game.column);
        parley_json_put_string(j, "name", r->name.game.name);
        parley_json_put_string(j, "robinson_goforth", number);
        parley_json_key(j, "complete");
        parley_json_bool(j, r->solved.complete);
    }
    parley_json_key(j, "agreement_stable");
    parley_json_bool(j, r->agreement_stable);
    parley_json_key(j, "parties");
    parley_json_array(j);
    for (size_t i = 0; i < r->n; i++) {
        double belief = parley_case_game_belief(&r->side[i]);
        parley_json_object(j);
        parley_json_put_string(j, "name", r->side[i].name);
        parley_json_put_number(j, "value", parley_case_game_value(&r->side[i]));
        parley_json_put_number(j, "belief_needed", belief <= 1 ? belief : NAN);
        parley_json_object_end(j);
    }
    parley_json_array_end(j);
    parley_json_key(j, "stable");
    parley_json_array(j);
    for (size_t p = 0; p < r->game->n_profiles; p++)
        if (outcome_is_stable(r->game, p))
            parley_json_string(j, profile_text(in, r->game, p));
    parley_json_array_end(j);
    parley_json_key(j, "payoffs");
    parley_json_array(j);
    for (size_t p = 0; p < r->game->n_profiles; p++)
        for (size_t i = 0; i < r->n; i++) {
            parley_json_object(j);
            parley_json_put_string(j, "player", r->side[i].name);
            parley_json_put_string(j, "profile", profile_text(in, r->game, p));
            parley_json_key(j, "payoff");
            put_exact(j, in, parley_game_payoff(r->game, p, i));
            parley_json_put_string(j, "reason", r->game->reason[p * r->n + i]);
            parley_json_object_end(j);
        }
    parley_json_array_end(j);
    parley_json_object_end(j);
}

static void add_verdict(struct invocation *in, struct parley_doc *doc, const struct reading *r)
{
    if (r->n == 2)
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "It is %s (Robinson-Goforth %d%d%d; refusing pays the same whatever the other does, and the name takes that tie in favour of cooperation).",
                                             "这是%s(Robinson-Goforth %d%d%d; 拒绝的收益与对方无关, 命名时按有利于合作处理)。"),
                             in->lang == PARLEY_ZH ? r->name.game.name_zh : r->name.game.name, r->name.game.layer, r->name.game.row, r->name.game.column);
    parley_doc_paragraph(doc, "%s",
                         r->agreement_stable && r->best_for_all
                             ? PARLEY_SAY(in->lang, "Agreement is stable and better for every party than none, but refusal by all is stable too. Which of the two comes is a matter of what each believes of the others.",
                                          "达成协议是稳定的, 且对各方均优于无协议; 各方皆拒绝同样稳定。出现何者取决于各方对他方的信念。")
                         : r->agreement_stable ? PARLEY_SAY(in->lang, "Agreement is stable only because some party is indifferent.", "协议稳定仅因有方无差异。")
                                               : PARLEY_SAY(in->lang, "Agreement is not stable: at least one party does better to refuse even when all others agree. Trust alone does not help; the terms must change.",
                                                            "协议不稳定: 即使他方皆同意, 至少一方拒绝更有利。仅靠信任无济于事, 须改变条件。"));
    for (size_t p = 0; p < r->game->n_profiles; p++)
        if (r->n <= 3 && outcome_is_stable(r->game, p))
            parley_doc_item(doc, PARLEY_SAY(in->lang, "Stable: %s.", "稳定: %s。"), profile_text(in, r->game, p));
    if (r->n == 2)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "Extreme equilibria, mixed ones included: %zu; %s.", "极端均衡(含混合): %zu; %s。"), r->solved.n,
                        r->solved.complete ? PARLEY_SAY(in->lang, "complete", "已全部列出") : PARLEY_SAY(in->lang, "not complete", "未必完整"));
    else
        parley_doc_note(doc, "%s", PARLEY_SAY(in->lang, "With three parties and more only outcomes in pure strategies were looked at.", "三方及以上仅考察纯策略结果。"));
}

static void add_beliefs(struct invocation *in, struct parley_doc *doc, const struct reading *r)
{
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(in->lang, "How sure each must be that all others agree", "各方须多确信他方皆同意"));
    parley_table_column(t, PARLEY_SAY(in->lang, "party", "一方"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "value of agreement", "协议价值"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "belief needed", "所需信念"), PARLEY_RIGHT);
    for (size_t i = 0; i < r->n; i++) {
        double belief = parley_case_game_belief(&r->side[i]);
        parley_table_cell(t, "%s", r->side[i].name);
        parley_table_number(t, parley_case_game_value(&r->side[i]), 3);
        if (belief <= 1)
            parley_table_number(t, belief, 3);
        else
            parley_table_cell(t, "%s", PARLEY_SAY(in->lang, "none is enough", "任何信念都不够"));
    }
}

static void add_reasons(struct invocation *in, struct parley_doc *doc, const struct reading *r)
{
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(in->lang, "Reason of each payoff", "每个收益的理由"));
    parley_table_column(t, PARLEY_SAY(in->lang, "choices", "选择"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "payoff of", "收益方"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "is", "为"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "reason", "理由"), PARLEY_LEFT);
    for (size_t p = 0; p < (r->n == 2 ? 4u : 2u); p++) /* with more parties: all agree; the first alone refuses */
        for (size_t i = 0; i < r->n; i++) {
            parley_table_cell(t, "%s", r->n == 2 ? profile_text(in, r->game, p) : p ? PARLEY_SAY(in->lang, "one refuses", "一方拒绝") : PARLEY_SAY(in->lang, "all agree", "皆同意"));
            parley_table_cell(t, "%s", r->side[i].name);
            parley_table_cell(t, "%s", game_number(in, parley_game_payoff(r->game, p, i)));
            parley_table_cell(t, "%s", r->game->reason[p * r->n + i]);
        }
}

static enum parley_status show(struct invocation *in, const struct case_input *input, const struct parley_coded_case *c, const struct reading *r, size_t n)
{
    struct parley_doc doc;
    begin_doc(in, &doc, parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "The game of signing: %s", "签约博弈: %s"), case_name(in, c)));
    for (size_t k = 0; k < n; k++) {
        if (n > 1)
            parley_doc_heading(&doc, 2, NULL, PARLEY_SAY(in->lang, "If common harm is %s and the regime threat %s", "若共同危害%s且政权威胁%s"),
                               case_value(in, &input->book, "common_harm", r[k].conditions.severe), case_value(in, &input->book, "regime_threat", r[k].conditions.threat));
        add_matrix(in, &doc, r[k].game);
        add_verdict(in, &doc, &r[k]);
        add_beliefs(in, &doc, &r[k]);
        add_reasons(in, &doc, &r[k]);
        if (k == 0)
            add_stable_chart(in, &doc, r[k].game);
    }
    if (c->sides)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "The parties (%s) were not coded apart: two sides with the same inputs stand for them.", "各成员(%s)未分别编码: 以输入相同的两方代表。"), c->members);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "Followers sign when the others do and are not players. Inputs that the case does not state are the codebook's defaults, which are assumed: see `parley accord eval`.",
                                           "追随者随他方签署, 不作局中人。案例未给出的输入取编码手册的假定默认值: 见 parley accord eval。"));
    return finish_doc(in, &doc);
}

static enum parley_status write_game(struct invocation *in, const struct parley_game *g)
{
    const char *path = option_text(in, "write"), *dot = strrchr(path, '.');
    struct parley_text text;
    parley_text_init(&text, 1 << 20);
    enum parley_status status = parley_game_write(g, dot && !strcmp(dot, ".yaml") ? PARLEY_GAME_YAML : PARLEY_GAME_NFG, &text, &in->err);
    if (!status)
        status = parley_file_write(path, parley_text_str(&text), text.len, &in->err);
    parley_text_release(&text);
    return status;
}

/* One game for each way the unknown conditions of a case may be. */
static enum parley_status readings(struct invocation *in, const char *id, struct case_input *input, struct parley_coded_case *c, struct reading r[4], size_t *n)
{
    struct parley_gainloss_result all;
    enum parley_status status = case_input_open(in, PARLEY_RECORD_READ, input);
    if (status)
        return status;
    status = case_find(in, input, id, c);
    case_input_close(input);
    if (status)
        return status;
    struct parley_situation s = parley_case_situation(c, &input->book);
    status = parley_gainloss_eval(&s, 1, 0, &in->arena, &all, &in->err);
    *n = status ? 0 : all.n_completions;
    for (size_t k = 0; !status && k < *n; k++) {
        r[k].conditions = all.completion[k].conditions;
        status = build(in, c, s, &r[k]);
    }
    return status;
}

enum parley_status game_of_case(struct invocation *in, const char *id, struct parley_game **out)
{
    struct case_input input;
    struct parley_coded_case c;
    struct reading r[4] = { 0 };
    size_t n;
    enum parley_status status = readings(in, id, &input, &c, r, &n);
    if (status)
        return status;
    if (n > 1)
        say(in, "%s: conditions are unknown, which gives %zu games; this is the first (see 'parley game from-case %s')", id, n, id);
    *out = r[0].game;
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct case_input input;
    struct parley_coded_case c;
    struct reading r[4] = { 0 };
    struct parley_json j;
    size_t n;
    enum parley_status status = readings(in, in->operand[0], &input, &c, r, &n);
    if (!status && option_given(in, "write"))
        status = write_game(in, r[0].game);
    if (status)
        return status;
    if (!in->json)
        return show(in, &input, &c, r, n);
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_string(&j, "case", c.id);
    parley_json_key(&j, "games");
    parley_json_array(&j);
    for (size_t k = 0; k < n; k++)
        put_reading(in, &j, &input.book, &r[k]);
    parley_json_array_end(&j);
    parley_json_object_end(&j);
    return PARLEY_OK;
}

const struct command command_game_from_case = {
    .name = "game from-case",
    .operands = "CASE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "The game of signing in a coded case: agree or refuse, with a reason for each payoff.",
    .summary_zh = "编码案例中的签约博弈: 同意或拒绝, 并列出每个收益的理由。",
    .text = "CASE is the id of a case (C04) or a case file. Each pivotal party agrees or refuses. If all agree, a party gets what the gain-loss model gives it: "
            "p (G - D) - (1 - p) L - K + T, with gain G, relative loss D, loss L from a breach, credibility p, cost K, payment T. If another refuses, its cost "
            "is spent for nothing; who refuses gets 0.\n\nThe game is named and solved, and each party is told how sure it must be that the others agree. "
            "Where a condition is unknown, there is one game for each way it may be; --write writes the first.",
    .examples = "parley game from-case C04\nparley game from-case C03 --json\n",
    .options = options,
    .run = run,
};

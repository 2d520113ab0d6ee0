#include "game_built.h"
#include "game_chart.h"
#include "game_input.h"
#include "game_measures.h"
#include <stdio.h>
#include "open_record.h"

#include <parley/equilibria.h>
#include <parley/file.h>
#include <parley/game_name.h>
#include <parley/relation_game.h>
#include <string.h>

static const struct option options[] = {
    { "from", 0, "DATE", "only events from this day on" },
    { "to", 0, "DATE", "only events before this day" },
    { "codebook", 0, "FILE", "your own payoffs.yaml instead of the shipped codebook/payoffs.yaml" },
    { "seed", 0, "N", "of the redraws that say how stable the name is (default: 1)" },
    { "measures", 0, NULL, "what a hotline, a norm, interdependence and a third-party verifier would change" },
    { "write", 0, "FILE", "also write the game as .nfg or .yaml" },
    OPTION_DOCUMENT,
    { 0 },
};

static enum parley_status window(struct invocation *in, struct parley_event_query *q)
{
    static const char *const name[2] = { "from", "to" };
    q->from_us = INT64_MIN / 2;
    q->to_us = INT64_MAX / 2;
    for (int i = 0; i < 2; i++) {
        const char *text = option_text(in, name[i]);
        struct parley_date date;
        if (!text)
            continue;
        enum parley_status status = parley_date_parse(text, strlen(text), &date, &in->err);
        if (status)
            return parley_fail_in(&in->err, status, "--%s", name[i]);
        *(i ? &q->to_us : &q->from_us) = date.start_us;
    }
    return PARLEY_OK;
}

/* Mechanisms that nothing has ended; norms and agreements apart. */
static enum parley_status arrangements(struct invocation *in, struct parley_record *record, const char **codes, struct parley_relation_facts *f)
{
    struct parley_mechanism *m;
    size_t n;
    enum parley_status status = parley_record_mechanisms(record, codes, 2, &in->arena, &m, &n, &in->err);
    for (size_t i = 0; !status && i < n; i++) {
        bool norm = !strcmp(m[i].kind, "norm") || !strcmp(m[i].kind, "agreement");
        if (m[i].stop.precision == PARLEY_UNDATED && !*m[i].stop_kind)
            ++*(norm ? &f->n_norms : &f->n_mechanisms);
    }
    return status;
}

static enum parley_status facts(struct invocation *in, struct parley_record *record, const char **who, struct parley_relation_facts *f)
{
    const char **codes;
    struct parley_actor actor[2];
    struct parley_event_query query = { .n_relation = 2 };
    struct parley_event_list list;
    enum parley_status status = resolve_actors(in, record, who, 2, &codes);
    if (!status && !strcmp(codes[0], codes[1]))
        status = parley_fail(&in->err, PARLEY_EINVAL, "a relation is between two different actors; both names mean %s", codes[0]);
    for (int i = 0; !status && i < 2; i++)
        status = parley_record_actor(record, codes[i], &in->arena, &actor[i], &in->err);
    if (!status && (option_given(in, "from") || option_given(in, "to")))
        status = window(in, &query);
    query.relation = codes;
    if (!status)
        status = parley_record_events(record, &query, &in->arena, &list, &in->err);
    if (!status)
        status = arrangements(in, record, codes, f);
    if (status)
        return status;
    const struct parley_event **event = PARLEY_NEW(&in->arena, const struct parley_event *, list.n);
    if (!event)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list.n; i++)
        event[i] = &list.event[i];
    f->a = actor[0].code;
    f->b = actor[1].code;
    f->name_a = PARLEY_SAY(in->lang, actor[0].en, actor[0].zh);
    f->name_b = PARLEY_SAY(in->lang, actor[1].en, actor[1].zh);
    f->event = event;
    f->n = list.n;
    return PARLEY_OK;
}

static void put(struct invocation *in, const struct parley_relation_game *r, const struct parley_game_name *n, const struct measured *measures)
{
    struct parley_json json;
    char number[16];
    snprintf(number, sizeof number, "%d%d%d", n->game.layer, n->game.row, n->game.column);
    begin_json(in, &json);
    parley_json_object(&json);
    put_players(&json, r->game);
    parley_json_put_string(&json, "name", n->game.name);
    parley_json_put_string(&json, "robinson_goforth", number);
    parley_json_put_number(&json, "share_same_name", r->share_same_name);
    parley_json_put_integer(&json, "events", (int64_t)r->n_events);
    parley_json_put_integer(&json, "seed", (int64_t)r->seed);
    parley_json_key(&json, "payoffs");
    parley_json_array(&json);
    for (size_t p = 0; p < 4; p++)
        for (size_t i = 0; i < 2; i++) {
            parley_json_object(&json);
            parley_json_put_string(&json, "player", r->game->player[i]);
            parley_json_key(&json, "profile");
            parley_json_array(&json);
            parley_json_string(&json, r->game->strategy[0][p & 1]);
            parley_json_string(&json, r->game->strategy[1][p >> 1]);
            parley_json_array_end(&json);
            parley_json_key(&json, "payoff");
            put_exact(&json, in, parley_game_payoff(r->game, p, i));
            parley_json_put_string(&json, "reason", r->game->reason[2 * p + i]);
            parley_json_object_end(&json);
        }
    parley_json_array_end(&json);
    parley_json_key(&json, "terms");
    parley_json_array(&json);
    for (int t = 0; t < 6; t++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "name", r->term[t].name);
        parley_json_put_numbers(&json, "value", r->term[t].value, 2);
        parley_json_put_string(&json, "reason", r->term[t].reason);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    if (measures)
        put_measures(&json, measures);
    parley_json_object_end(&json);
}

/* A term and its letter in the reasons. */
static const char *term_name(const struct invocation *in, const char *name)
{
    static const char *const word[][3] = { { "cooperation", "cooperation, in c", "合作(计入c)" }, { "mechanism", "mechanisms, in c", "机制(计入c)" }, { "keep", "keep", "保留份额keep" },
                                           { "gain", "gain, g", "打击所得g" },   { "harm", "harm, h", "损害h" },     { "norm", "norms, n", "规范n" } };
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (!strcmp(name, word[i][0]))
            return PARLEY_SAY(in->lang, word[i][1], word[i][2]);
    return name;
}

static const char *conduct(struct invocation *in, double strikes)
{
    const char *text = strikes <= 0   ? PARLEY_SAY(in->lang, "shows restraint", "克制")
                       : strikes >= 1 ? PARLEY_SAY(in->lang, "strikes", "打击")
                                      : parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "strikes with a chance of %.3g", "以%.3g的概率打击"), strikes);
    return text ? text : "";
}

static enum parley_status show(struct invocation *in, const struct parley_relation_game *r, const struct parley_game_name *n, const struct parley_equilibria *s, const struct measured *measures)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "The game the two are in, read from the record", "据记录读出的双方博弈"));
    add_matrix(in, &doc, r->game);
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "It is %s (Robinson-Goforth %d%d%d). Redrawing the %zu events 1,000 times (seed %llu) gives the same game in %.0f %% of the draws.",
                                          "这是%s(Robinson-Goforth %d%d%d)。对%zu个事件重抽1000次(种子%llu), %.0f %%得到同一博弈。"),
                         in->lang == PARLEY_ZH ? n->game.name_zh : n->game.name, n->game.layer, n->game.row, n->game.column, r->n_events, (unsigned long long)r->seed, 100 * r->share_same_name);
    for (size_t e = 0; e < s->n; e++)
        parley_doc_item(&doc, PARLEY_SAY(in->lang, "Stable: %s %s, %s %s.", "稳定: %s%s, %s%s。"), r->game->player[0], conduct(in, s->equilibrium[e].approximate[1]), r->game->player[1],
                        conduct(in, s->equilibrium[e].approximate[3]));
    add_stable_chart(in, &doc, r->game);
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Where each number comes from", "各数值的来源"));
    parley_table_column(t, PARLEY_SAY(in->lang, "term", "项"), PARLEY_LEFT);
    parley_table_column(t, r->game->player[0], PARLEY_RIGHT);
    parley_table_column(t, r->game->player[1], PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "reason", "理由"), PARLEY_LEFT);
    for (int k = 0; k < 6; k++) {
        parley_table_cell(t, "%s", term_name(in, r->term[k].name));
        parley_table_number(t, r->term[k].value[0], 3);
        parley_table_number(t, r->term[k].value[1], 3);
        parley_table_cell(t, "%s", r->term[k].reason);
    }
    t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Reason of each payoff", "每个收益的理由"));
    parley_table_column(t, PARLEY_SAY(in->lang, "choices", "选择"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "payoff of", "收益方"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "is", "为"), PARLEY_LEFT);
    for (size_t p = 0; p < 4; p++)
        for (size_t i = 0; i < 2; i++) {
            parley_table_cell(t, "%s, %s", r->game->strategy[0][p & 1], r->game->strategy[1][p >> 1]);
            parley_table_cell(t, "%s", r->game->player[i]);
            parley_table_cell(t, "%s", r->game->reason[2 * p + i]);
        }
    if (measures)
        add_measures(in, &doc, measures);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "A reading of the record with the weights of codebook/payoffs.yaml, not a measurement of interests; reported incidents are not all incidents.",
                                           "此为依codebook/payoffs.yaml权重对记录的解读, 并非对利益的测量; 见诸报道的事件并非全部。"));
    return finish_doc(in, &doc);
}

/* The facts of the record and what the codebook makes of them. */
static enum parley_status build(struct invocation *in, const char **who, size_t redraws, uint64_t seed, struct parley_relation_game *out)
{
    struct parley_record *record;
    struct parley_relation_facts f = { 0 };
    char *codebook = NULL;
    size_t len;
    enum parley_status status = PARLEY_OK;
    if (option_given(in, "codebook"))
        status = parley_file_read(option_text(in, "codebook"), 1 << 20, &in->arena, &codebook, &len, &in->err);
    if (!status)
        status = open_record(in, PARLEY_RECORD_READ, &record);
    if (status)
        return status;
    status = facts(in, record, who, &f);
    f.redraws = redraws;
    parley_record_close(record);
    return status ? status : parley_relation_game_build(&f, codebook, in->lang, seed, &in->arena, out, &in->err);
}

enum parley_status game_of_relation(struct invocation *in, const char *actors, struct parley_game **out)
{
    const char *comma = strchr(actors, ','), *who[2] = { comma ? parley_arena_copy(&in->arena, actors, (size_t)(comma - actors)) : NULL, comma ? comma + 1 : NULL };
    struct parley_relation_game r;
    if (!comma || comma == actors || !comma[1] || strchr(comma + 1, ','))
        return parley_fail(&in->err, PARLEY_EINVAL, "relation:%.60s: expected two actors such as relation:CN,US", actors);
    if (!who[0])
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = build(in, who, 0, 1, &r);
    if (!status)
        *out = r.game;
    return status;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_relation_game r;
    struct parley_game_name name;
    struct parley_equilibria s;
    struct measured row[MEASURED], *measures = option_given(in, "measures") ? row : NULL;
    uint64_t seed = 1;
    enum parley_status status = option_u64(in, "seed", 0, UINT64_MAX, &seed);
    if (!status)
        status = build(in, in->operand, PARLEY_RELATION_REDRAWS, seed, &r);
    if (!status)
        status = parley_game_name(r.game, &in->arena, &name, &in->err);
    if (!status)
        status = parley_equilibria_solve(r.game, NULL, &in->progress, &in->arena, &s, &in->err);
    if (!status && measures)
        status = measure_relation(in, &r, measures);
    if (!status && option_given(in, "write")) {
        const char *path = option_text(in, "write"), *dot = strrchr(path, '.');
        struct parley_text text;
        parley_text_init(&text, 1 << 20);
        status = parley_game_write(r.game, dot && !strcmp(dot, ".yaml") ? PARLEY_GAME_YAML : PARLEY_GAME_NFG, &text, &in->err);
        if (!status)
            status = parley_file_write(path, parley_text_str(&text), text.len, &in->err);
        parley_text_release(&text);
    }
    if (status)
        return status;
    if (!in->json)
        return show(in, &r, &name, &s, measures);
    put(in, &r, &name, measures);
    return PARLEY_OK;
}

const struct command command_game_from_relation = {
    .name = "game from-relation",
    .operands = "ACTOR ACTOR",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "Which game two actors are in, read from the record, with a reason for each payoff.",
    .summary_zh = "据记录判断双方所处的博弈, 并列出每个收益的理由。",
    .text = "Builds a game of restraint and strike from the events between two actors and the weights of codebook/payoffs.yaml, names it, solves it, and says how "
            "often the same game comes out when the events are redrawn. Reads the shipped record when there is no desk.\n\n"
            "With --measures: the same relation with a hotline (fewer misperceptions), a norm (striking costs more), interdependence (restraint is worth more), a third-party "
            "verifier (fewer wrong and missed attributions), and all four: its name, the patience it needs, and the restraint of three habits under wrong attribution.",
    .examples = "parley game from-relation CN US\nparley game from-relation CN US --from 2015-01-01 --json\n"
                "parley game from-relation CN US --measures\n",
    .options = options,
    .run = run,
};

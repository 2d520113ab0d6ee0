#include "game_chart.h"
#include "game_method.h"
#include "game_tree.h"

#include <dirent.h>
#include <errno.h>
#include <parley/equilibria.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
    { "batch", 0, "DIR", "solve every .nfg, .efg and .yaml file of a folder; one JSON line (or table row) a file" },
    { "one", 0, NULL, "one equilibrium is enough" },
    { "subgame-perfect", 0, NULL, "extensive games: rules that are in equilibrium in every subgame" },
    { "form", 0, "FORM", "extensive games: auto (all equilibria where they can be listed), strategic (plans; the only one without perfect recall) or sequence (one, on the tree)" },
    { "max", 0, "N", "give up full enumeration after N bases (two players) or boxes (more players)" },
    OPTION_DOCUMENT,
    { 0 },
};

/* --- JSON --------------------------------------------------------------------------------------------- */

static void put_probability(struct parley_json *json, struct invocation *in, const struct parley_equilibrium *e, size_t at)
{
    if (e->probability) {
        put_exact(json, in, e->probability[at]);
        return;
    }
    char text[PARLEY_NUMBER_TEXT];
    parley_double_to_text(e->approximate[at], text);
    parley_json_string(json, text);
}

static void put_payoff(struct parley_json *json, struct invocation *in, const struct parley_equilibrium *e, size_t i)
{
    char text[PARLEY_NUMBER_TEXT];
    parley_double_to_text(e->payoff_approximate[i], text);
    if (e->payoff)
        put_exact(json, in, e->payoff[i]);
    else
        parley_json_string(json, text);
}

static void put_equilibrium(struct parley_json *json, struct invocation *in, const struct parley_game *g, const struct parley_equilibrium *e)
{
    parley_json_object(json);
    parley_json_key(json, "strategies");
    parley_json_array(json);
    for (size_t i = 0, at = 0; i < g->n_players; i++) {
        parley_json_array(json);
        for (size_t a = 0; a < g->n_strategies[i]; a++)
            put_probability(json, in, e, at++);
        parley_json_array_end(json);
    }
    parley_json_array_end(json);
    parley_json_key(json, "payoffs");
    parley_json_array(json);
    for (size_t i = 0; i < g->n_players; i++)
        put_payoff(json, in, e, i);
    parley_json_array_end(json);
    parley_json_put_string(json, "kind", e->pure ? "pure" : "mixed");
    parley_json_put_number(json, "regret_max", e->regret_max);
    if (!e->probability)
        parley_json_put_number(json, "error_bound", e->error_bound);
    parley_json_object_end(json);
}

static void put_solution(struct parley_json *json, struct invocation *in, const char *file, const struct parley_game *g, const struct parley_equilibria *s)
{
    parley_json_object(json);
    if (file)
        parley_json_put_string(json, "file", file);
    put_players(json, g);
    parley_json_put_bool(json, "complete", s->complete);
    parley_json_put_string(json, "form", "strategic");
    parley_json_put_string(json, "method", s->method);
    parley_json_put_string(json, "argument", s->argument);
    parley_json_key(json, "equilibria");
    parley_json_array(json);
    for (size_t i = 0; i < s->n; i++)
        put_equilibrium(json, in, g, &s->equilibrium[i]);
    parley_json_array_end(json);
    parley_json_key(json, "components"); /* maximal Nash subsets, numbers of equilibria from 0 */
    parley_json_array(json);
    for (size_t i = 0; i < s->n_subsets; i++) {
        parley_json_object(json);
        parley_json_put_integer(json, "component", (int64_t)s->subset[i].component);
        parley_json_key(json, "members");
        parley_json_array(json);
        for (size_t k = 0; k < s->subset[i].n; k++)
            parley_json_integer(json, (int64_t)s->subset[i].member[k]);
        parley_json_array_end(json);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    parley_json_object_end(json);
}

/* --- text --------------------------------------------------------------------------------------------- */

/* "attack 2/17, refrain 15/17" */
static const char *mixture(struct invocation *in, const struct parley_game *g, const struct parley_equilibrium *e, size_t player)
{
    struct parley_text text;
    size_t at = 0;
    parley_text_init(&text, 1 << 24);
    for (size_t i = 0; i < player; i++)
        at += g->n_strategies[i];
    for (size_t a = 0; a < g->n_strategies[player]; a++) {
        double p = e->approximate[at + a];
        char number[PARLEY_NUMBER_TEXT];
        if (!(p > 0))
            continue;
        parley_double_to_short(p, 6, number);
        const char *shown = e->probability ? game_number(in, e->probability[at + a]) : number;
        parley_text_addf(&text, "%s%s", text.len ? "; " : "", g->strategy[player][a]);
        if (p < 1)
            parley_text_addf(&text, " %s", shown);
    }
    const char *copy = parley_text_keep(&text, &in->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

static void say_completeness(struct invocation *in, struct parley_doc *doc, const struct parley_equilibria *s)
{
    if (s->complete)
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "All equilibria: %zu%s. Method: %s; %s.", "全部均衡: %zu个%s。方法: %s; %s。"), s->n,
                             s->n_subsets && s->n_subsets != s->n ? PARLEY_SAY(in->lang, " extreme points", "(极点)") : "", method_words(in, s->method), method_words(in, s->argument));
    else
        parley_doc_note(doc, PARLEY_SAY(in->lang, "At least these %zu equilibria; there may be more. Method: %s; %s.", "至少有这%zu个均衡, 可能还有。方法: %s; %s。"),
                        s->n, method_words(in, s->method), method_words(in, s->argument));
}

static double payoff_of(const void *equilibria, size_t e, size_t player)
{
    return ((const struct parley_equilibria *)equilibria)->equilibrium[e].payoff_approximate[player];
}

static enum parley_status show(struct invocation *in, const struct parley_game *g, const struct parley_equilibria *s, bool forgetful)
{
    struct parley_doc doc;
    begin_doc(in, &doc, *g->title ? g->title : PARLEY_SAY(in->lang, "Equilibria", "均衡"));
    add_matrix(in, &doc, g);
    say_completeness(in, &doc, s);
    if (forgetful)
        parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "A player forgets what it knew or did. These are mixtures of whole plans, as if each plan were drawn beforehand; a player who draws anew at each step may do otherwise.",
                                               "有一方会忘记所知或所为。此处为整套计划的混合, 如同事先抽定; 每一步另行抽取的一方可能不同。"));
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, "Equilibria: nobody gains by changing alone", "均衡: 单方改变无利可图"));
    parley_table_column(t, "#", PARLEY_RIGHT);
    for (size_t i = 0; i < g->n_players; i++)
        parley_table_column(t, g->player[i], PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "payoffs", "收益"), PARLEY_LEFT);
    double regret = 0;
    for (size_t e = 0; e < s->n; e++) {
        const struct parley_equilibrium *q = &s->equilibrium[e];
        struct parley_text payoffs;
        parley_text_init(&payoffs, 4000);
        for (size_t i = 0; i < g->n_players; i++) {
            char number[PARLEY_NUMBER_TEXT];
            parley_double_to_short(q->payoff_approximate[i], 6, number);
            parley_text_addf(&payoffs, "%s%s", i ? ", " : "", q->payoff ? game_number(in, q->payoff[i]) : number);
        }
        parley_table_cell(t, "%zu", e + 1);
        for (size_t i = 0; i < g->n_players; i++)
            parley_table_cell(t, "%s", mixture(in, g, q, i));
        parley_table_cell(t, "%s", parley_text_str(&payoffs));
        parley_text_release(&payoffs);
        regret = q->regret_max > regret ? q->regret_max : regret;
    }
    if (regret > 0)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "Probabilities are decimals: nobody could gain more than %.2g by changing alone (proven).", "概率为小数: 单方改变的收益至多%.2g(已证明)。"), regret);
    else
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "Every equilibrium was verified in exact arithmetic.", "每个均衡均经精确运算验证。"));
    for (size_t i = 0; s->n_subsets != s->n && i < s->n_subsets && i < 50; i++) {
        struct parley_text members;
        parley_text_init(&members, 4000);
        for (size_t k = 0; k < s->subset[i].n; k++)
            parley_text_addf(&members, "%s%zu", k ? ", " : "", s->subset[i].member[k] + 1);
        parley_doc_item(&doc, PARLEY_SAY(in->lang, "Subset %zu (component %zu): any mixture of %s.", "子集%zu(分支%zu): %s的任意混合。"), i + 1, s->subset[i].component + 1, parley_text_str(&members));
        parley_text_release(&members);
    }
    if (s->n)
        add_payoff_chart(in, &doc, g, s->n, payoff_of, s);
    return finish_doc(in, &doc);
}

/* --- one file, many files --------------------------------------------------------------------------------- */

/* What was found: in the strategic form, or on the tree. */
struct solution {
    struct parley_game *game;
    bool on_tree, forgetful; /* forgetful: imperfect recall, solved in plans because that was asked for */
    struct parley_equilibria plans;
    struct parley_tree_equilibria tree;
};

enum { FORM_AUTO, FORM_STRATEGIC, FORM_SEQUENCE };

/* Trees whose plans are few enough that all equilibria may be listed within seconds. */
enum { LISTED_PLANS = 64, LISTED_PROFILES = 4096, LISTED_BASES = 60000, LISTED_BOXES = 200000 };

static bool few_plans(const struct parley_game *g)
{
    double sum = 0, product = 1;
    for (size_t i = 0; i < g->n_players; i++) {
        double n = parley_tree_plans(g, i);
        sum += n;
        product *= n;
    }
    return g->n_players == 2 ? sum <= LISTED_PLANS : product <= LISTED_PROFILES;
}

static enum parley_status solve_on_tree(struct invocation *in, bool sequence, struct solution *s)
{
    struct parley_tree_options o = { .one = option_given(in, "one"), .sequence = sequence };
    s->on_tree = true;
    return parley_tree_solve(s->game, &o, &in->progress, &in->arena, &s->tree, &in->err);
}

static enum parley_status solve_plans(struct invocation *in, size_t max, bool on_trial, struct solution *s)
{
    struct parley_equilibria_options o = { .one = option_given(in, "one"), .exact_only = on_trial };
    o.max_bases = max ? max : on_trial ? LISTED_BASES : 0;
    o.max_boxes = max ? max : s->game->extensive ? LISTED_BOXES : 0;
    enum parley_status status = parley_game_reduce(s->game, &in->arena, &in->err);
    return status ? status : parley_equilibria_solve(s->game, &o, &in->progress, &in->arena, &s->plans, &in->err);
}

static enum parley_status solve(struct invocation *in, const char *operand, struct solution *s)
{
    static const char *const forms[] = { "auto", "strategic", "sequence", NULL };
    int form = FORM_AUTO;
    uint64_t max = 0;
    *s = (struct solution){ 0 };
    enum parley_status status = option_u64(in, "max", 1, PARLEY_BASES_MAX, &max);
    if (!status)
        status = option_choice(in, "form", forms, &form);
    if (!status)
        status = game_of(in, operand, &s->game);
    if (status)
        return status;
    bool perfect = option_given(in, "subgame-perfect"), tree = s->game->extensive != NULL;
    if ((perfect || form == FORM_SEQUENCE) && !tree)
        return parley_fail(&in->err, PARLEY_EINVAL, "%s: the game is not extensive; it has no subgames and no sequence form", operand);
    if (perfect && form == FORM_STRATEGIC)
        return parley_fail(&in->err, PARLEY_EINVAL, "--subgame-perfect needs the tree: leave out --form strategic");
    s->forgetful = tree && (status = parley_game_perfect_recall(s->game, &in->err));
    if (s->forgetful && form != FORM_STRATEGIC)
        return parley_fail(&in->err, status, "%s; --form strategic solves in mixtures of whole plans", parley_arena_strdup(&in->arena, in->err.text));
    if (perfect || form == FORM_SEQUENCE)
        return solve_on_tree(in, form == FORM_SEQUENCE, s);
    bool two = s->game->n_players == 2, on_trial = tree && form == FORM_AUTO && two;
    if (tree && form == FORM_AUTO && !few_plans(s->game))
        return solve_on_tree(in, false, s);
    status = solve_plans(in, (size_t)max, on_trial, s);
    if (on_trial && (status == PARLEY_ELIMIT || (!status && !s->plans.complete && !option_given(in, "one"))))
        return solve_on_tree(in, false, s);
    return status;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static bool is_game(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && name[0] != '.' && (!strcmp(dot, ".nfg") || !strcmp(dot, ".efg") || !strcmp(dot, ".yaml"));
}

static enum parley_status list_files(struct invocation *in, const char *folder, const char ***out, size_t *n)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return parley_fail(&in->err, PARLEY_EIO, "%s: %s", folder, strerror(errno));
    size_t cap = 0;
    *n = 0;
    *out = NULL;
    for (struct dirent *e; (e = readdir(dir));) {
        if (!is_game(e->d_name))
            continue;
        if (*n == cap) {
            cap = cap ? 2 * cap : 256;
            const char **grown = PARLEY_NEW(&in->arena, const char *, cap);
            if (grown && *n)
                memcpy(grown, *out, *n * sizeof *grown);
            *out = grown;
        }
        if (!*out || !((*out)[(*n)++] = parley_arena_printf(&in->arena, "%s/%s", folder, e->d_name))) {
            closedir(dir);
            return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
        }
    }
    closedir(dir);
    if (!*n)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "%s: no .nfg, .efg or .yaml file in this folder", folder);
    qsort(*out, *n, sizeof **out, by_name);
    return PARLEY_OK;
}

static enum parley_status batch(struct invocation *in, const char *folder)
{
    const char **file = NULL;
    size_t n = 0, failed = 0;
    enum parley_status status = list_files(in, folder, &file, &n), worst = PARLEY_OK;
    struct parley_error first = { 0 };
    if (!status && (option_given(in, "output") || option_given(in, "format")))
        status = parley_fail(&in->err, PARLEY_EINVAL, "--batch prints lines and makes no document: leave out --output and --format");
    for (size_t i = 0; !status && i < n; i++) {
        /* each game has an arena of its own, so that memory does not grow with the folder */
        struct parley_arena kept = in->arena;
        parley_arena_init(&in->arena, 0);
        struct solution s;
        enum parley_status one = solve(in, file[i], &s);
        if (one == PARLEY_ECANCELLED)
            status = one;
        if (in->json) {
            struct parley_json json;
            parley_json_init(&json, &in->out, false);
            if (one) {
                parley_json_object(&json);
                parley_json_put_string(&json, "file", file[i]);
                parley_json_put_string(&json, "error", in->err.text);
                parley_json_object_end(&json);
            } else if (s.on_tree) {
                put_tree_solution(&json, in, file[i], s.game, &s.tree);
            } else {
                put_solution(&json, in, file[i], s.game, &s.plans);
            }
            parley_text_addc(&in->out, '\n');
        } else if (one) {
            bool named = !strncmp(in->err.text, file[i], strlen(file[i]));
            parley_text_addf(&in->out, "%s%s%s\n", named ? "" : file[i], named ? "" : ": ", in->err.text);
        } else {
            parley_text_addf(&in->out, "%s: %s %zu\n", file[i], (s.on_tree ? s.tree.complete : s.plans.complete) ? PARLEY_SAY(in->lang, "all", "全部") : PARLEY_SAY(in->lang, "at least", "至少"),
                             s.on_tree ? s.tree.n : s.plans.n);
        }
        if (one && !failed++) {
            worst = one;
            first = in->err;
        }
        parley_arena_release(&in->arena);
        in->arena = kept;
        if (!parley_tick(&in->progress, (double)i + 1, (double)n, "games"))
            status = parley_fail(&in->err, PARLEY_ECANCELLED, "interrupted after %zu of %zu games", i + 1, n);
    }
    if (!status && failed)
        return parley_fail(&in->err, worst, "%zu of %zu files were not solved; the first: %s", failed, n, first.text);
    return status;
}

static enum parley_status run(struct invocation *in)
{
    struct solution s;
    const char *folder = option_text(in, "batch");
    if (!folder == !in->n_operands)
        return parley_fail(&in->err, PARLEY_EINVAL, "name one game (a file, a built-in name or a matrix) or --batch DIR");
    if (folder)
        return batch(in, folder);
    enum parley_status status = solve(in, in->operand[0], &s);
    if (status)
        return status;
    if (!in->json)
        return s.on_tree ? show_tree_solution(in, s.game, &s.tree) : show(in, s.game, &s.plans, s.forgetful);
    struct parley_json json;
    begin_json(in, &json);
    if (s.on_tree)
        put_tree_solution(&json, in, NULL, s.game, &s.tree);
    else
        put_solution(&json, in, NULL, s.game, &s.plans);
    return PARLEY_OK;
}

const struct command command_game_solve = {
    .name = "game solve",
    .operands = "GAME | --batch DIR",
    .operands_max = 1,
    .summary = "What to expect: all equilibria, exact where possible, each verified.",
    .summary_zh = "预期结果: 全部均衡, 尽可能精确, 逐一验证。",
    .text = "GAME is a file, a built-in name, a matrix, case:ID or relation:A,B (see 'game show').\n\nTwo players: all extreme equilibria and the subsets they span, in exact fractions. Three and more players: all equilibria by support enumeration "
            "with proven boxes; probabilities are then decimals with a proven bound on what anybody could gain by changing alone (regret_max).\n\nAn "
            "extensive game whose plans are few is solved in its reduced strategic form, with all equilibria. A larger one is solved on the tree: subgame after subgame, "
            "from the last to the first, by comparison, by a linear programme (zero-sum) or by Lemke's path over the sequence form, in fractions. --subgame-perfect asks for this always and "
            "excludes threats that nobody would carry out. Where a player forgets, only --form strategic answers.\n\nThe answer says whether the list is complete. "
            "'complete: false' means at least these.",
    .examples = "parley game solve stag-hunt\nparley game solve attribution\nparley game solve relation:CN,US\nparley game solve deterrence --subgame-perfect\nparley game solve \"3 2,0 0;0 0,2 3\" --json\n",
    .options = options,
    .run = run,
};

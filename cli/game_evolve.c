/* parley game evolve - which habits spread when the successful are imitated. */
#include "command.h"
#include "stage_game.h"

#include <parley/chart.h>
#include <parley/evolution.h>
#include <parley/memory_one.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    KINDS_MAX = PARLEY_EVOLUTION_KINDS_MAX,
    MATRIX_MAX = 64,       /* rows of a matrix that is typed */
    EXACT_KINDS_MAX = 32,  /* so many habits are compared in fractions, more of them in closed form many at a time */
    SHOWN_MAX = 20,
};

struct field {
    const char **name;
    double *A, *start;
    double *cooperation; /* of each habit with itself; NULL for a matrix of payoffs */
    size_t n;
};

static enum parley_status make_field(struct invocation *in, size_t n, struct field *f)
{
    *f = (struct field){ PARLEY_NEW(&in->arena, const char *, n), PARLEY_NEW(&in->arena, double, n * n), PARLEY_NEW(&in->arena, double, n), NULL, n };
    return f->name && f->A && f->start ? PARLEY_OK : parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu kinds", n);
}

/* Numbers separated by ',' (rows by ';') into out[most]; the count, or 0 with the error set. */
static size_t numbers(struct invocation *in, const char *option, const char *text, double *out, size_t most, size_t *rows)
{
    size_t n = 0;
    *rows = 1;
    for (const char *p = text;;) {
        size_t len = strcspn(p, ",;");
        struct parley_ratio r;
        if (n == most || !parley_ratio_parse(p, len, &r)) {
            parley_fail(&in->err, PARLEY_EINVAL, "--%s: '%.*s' is not the number expected there (at most %zu numbers)", option, (int)(len < 40 ? len : 40), p, most);
            return 0;
        }
        out[n++] = parley_ratio_double(r);
        if (!p[len])
            return n;
        *rows += p[len] == ';';
        p += len + 1;
    }
}

static enum parley_status matrix_field(struct invocation *in, const char *text, struct field *f)
{
    double *cell = PARLEY_NEW(&in->arena, double, MATRIX_MAX * MATRIX_MAX);
    if (!cell)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    size_t rows, cells = numbers(in, "matrix", text, cell, MATRIX_MAX * MATRIX_MAX, &rows);
    if (!cells)
        return PARLEY_EINVAL;
    if (cells != rows * rows)
        return parley_fail(&in->err, PARLEY_EINVAL, "--matrix: %zu numbers in %zu rows; expected a square such as \"3,0;5,1\"", cells, rows);
    enum parley_status status = make_field(in, rows, f);
    for (size_t i = 0; !status && i < rows; i++)
        if (!(f->name[i] = parley_arena_printf(&in->arena, "%zu", i + 1)))
            status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (!status)
        memcpy(f->A, cell, cells * sizeof *cell);
    return status;
}

/* All pairs of memory-one habits at once; `done` tells which habits those are. */
static enum parley_status many_pairs(struct invocation *in, const struct stage *g, const struct parley_habit *const *habit, struct field *f, bool *done)
{
    struct parley_memory_one *one = PARLEY_NEW(&in->arena, struct parley_memory_one, f->n);
    double *payoff = PARLEY_NEW(&in->arena, double, 2 * f->n * f->n), stage[4];
    size_t m = 0, *member = PARLEY_NEW(&in->arena, size_t, f->n);
    if (!one || !payoff || !member)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu habits", f->n);
    double *cooperation = payoff + f->n * f->n;
    for (size_t i = 0; i < f->n; i++)
        if ((done[i] = parley_memory_one_from_habit(&g->game, habit[i], &one[m])))
            member[m++] = i;
    for (int k = 0; k < 4; k++)
        stage[k] = parley_ratio_double(g->game.payoff[k >> 1][k & 1][0]);
    enum parley_status status = parley_memory_one_field(one, m, g->has_discount ? parley_ratio_double(g->discount) : 1, stage, payoff, cooperation, &in->err);
    for (size_t k = 0; !status && k < m * m; k++)
        f->A[member[k / m] * f->n + member[k % m]] = payoff[k];
    for (size_t i = 0; !status && i < m; i++)
        f->cooperation[member[i]] = cooperation[i * m + i];
    return status;
}

/* Long-run or discounted payoffs of habits against each other, noise included. */
static enum parley_status habit_field(struct invocation *in, const char *text, struct field *f)
{
    struct stage g;
    const struct parley_habit **habit = NULL;
    struct parley_repeated_value v;
    size_t n = 0;
    enum parley_status status = read_stage(in, &g);
    if (!status)
        status = read_habits(in, text, KINDS_MAX, &habit, &n);
    if (!status && n)
        status = make_field(in, n, f);
    bool *done = PARLEY_NEW(&in->arena, bool, n + 1);
    f->cooperation = PARLEY_NEW(&in->arena, double, n + 1);
    if (!status && (!done || !f->cooperation))
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (!status) /* refuses noise and discount factors that are none */
        status = g.has_discount ? parley_repeated_discounted(&g.game, habit[0], habit[0], g.discount, &in->arena, &v, &in->err)
                                : parley_repeated_limit(&g.game, habit[0], habit[0], &in->arena, &v, &in->err);
    if (!status && n > EXACT_KINDS_MAX)
        status = many_pairs(in, &g, habit, f, done);
    for (size_t i = 0; !status && i < n; i++) {
        f->name[i] = habit[i]->name;
        for (size_t j = 0; !status && j < n; j++) {
            struct parley_arena scratch = { 0 };
            if (done[i] && done[j])
                continue;
            status = g.has_discount ? parley_repeated_discounted(&g.game, habit[i], habit[j], g.discount, &scratch, &v, &in->err)
                                    : parley_repeated_limit(&g.game, habit[i], habit[j], &scratch, &v, &in->err);
            f->A[i * n + j] = v.payoff[0];
            if (i == j)
                f->cooperation[i] = v.cooperation[0];
            parley_arena_release(&scratch);
        }
    }
    return status;
}

static enum parley_status read_field(struct invocation *in, struct field *f)
{
    const char *matrix = option_text(in, "matrix"), *list = option_text(in, "strategies"), *start = option_text(in, "start");
    size_t rows, n;
    enum parley_status status = matrix ? matrix_field(in, matrix, f) : habit_field(in, list ? list : "ALLC;ALLD;TFT;GTFT(1/3);WSLS", f);
    if (status)
        return status;
    if (f->n < 2)
        return parley_fail(&in->err, PARLEY_EINVAL, "one kind alone; expected at least two");
    for (size_t i = 0; i < f->n; i++)
        f->start[i] = 1;
    if (!start)
        return PARLEY_OK;
    if (!(n = numbers(in, "start", start, f->start, f->n, &rows)))
        return PARLEY_EINVAL;
    if (n != f->n)
        return parley_fail(&in->err, PARLEY_EINVAL, "--start: %zu numbers for %zu kinds", n, f->n);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(f->start[i] >= 0))
            return parley_fail(&in->err, PARLEY_EINVAL, "--start: %g is negative", f->start[i]);
        sum += f->start[i];
    }
    return sum > 0 ? PARLEY_OK : parley_fail(&in->err, PARLEY_EINVAL, "--start: every share is 0; expected one above");
}

/* One table or JSON object: a number (and perhaps its error) per kind. */
struct outcome {
    const char *what, *what_zh, *key, *key_zh;
    double *value, *low, *high;
    bool interval, alone; /* alone: the value is a share of populations that hold one kind only */
    uint64_t seed, runs, open, steps;
};

static void json(struct invocation *in, const struct field *f, const struct outcome *o, const char *process, uint64_t N, double beta)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_string(&j, "process", process);
    parley_json_put_integer(&j, "population", (int64_t)N);
    parley_json_put_number(&j, "beta", beta);
    parley_json_put_strings(&j, "names", f->name, f->n);
    parley_json_key(&j, "payoff");
    parley_json_array(&j);
    for (size_t i = 0; i < f->n; i++) {
        parley_json_array(&j);
        for (size_t k = 0; k < f->n; k++)
            parley_json_number(&j, f->A[i * f->n + k]);
        parley_json_array_end(&j);
    }
    parley_json_array_end(&j);
    if (f->cooperation)
        parley_json_put_numbers(&j, "cooperation_with_itself", f->cooperation, f->n);
    parley_json_put_numbers(&j, o->key, o->value, f->n);
    if (o->interval) {
        parley_json_put_numbers(&j, "low", o->low, f->n);
        parley_json_put_numbers(&j, "high", o->high, f->n);
        parley_json_key(&j, "seed");
        parley_json_unsigned(&j, o->seed);
        parley_json_put_integer(&j, "runs", (int64_t)o->runs);
        parley_json_put_integer(&j, "unfinished", (int64_t)o->open);
        parley_json_put_integer(&j, "replacements", (int64_t)o->steps);
    }
    parley_json_object_end(&j);
}

struct ranked {
    double value;
    size_t kind;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return x->value < y->value ? 1 : x->value > y->value ? -1 : (x->kind > y->kind) - (x->kind < y->kind);
}

/* The kinds with the largest values, in the order of the list where all are shown. */
static size_t choose(const struct field *f, const struct outcome *o, struct ranked *order)
{
    for (size_t i = 0; i < f->n; i++)
        order[i] = (struct ranked){ o->value[i], i };
    if (f->n <= SHOWN_MAX)
        return f->n;
    qsort(order, f->n, sizeof *order, by_value);
    return SHOWN_MAX;
}

static void chart(struct invocation *in, struct parley_doc *doc, const struct field *f, const struct outcome *o, const struct ranked *order, size_t shown)
{
    struct parley_chart_estimate *e = PARLEY_NEW(&in->arena, struct parley_chart_estimate, shown);
    size_t best = 0;
    for (size_t i = 0; e && i < shown; i++) {
        size_t k = order[i].kind;
        e[i] = (struct parley_chart_estimate){ f->name[k], o->value[k], o->interval ? o->low[k] : o->value[k], o->interval ? o->high[k] : o->value[k] };
        best = o->value[k] > order[best].value ? i : best;
    }
    if (!e)
        return;
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "%s has the largest: %.3g.", "%s 最大：%.3g。"), f->name[order[best].kind], order[best].value);
    parley_chart_estimates(doc, &(struct parley_chart_text){ "evolve", PARLEY_SAY(in->lang, o->what, o->what_zh), sentence ? sentence : "" }, PARLEY_SAY(in->lang, o->key, o->key_zh),
                           e, shown, NAN);
}

static enum parley_status text(struct invocation *in, const struct field *f, const struct outcome *o)
{
    struct parley_doc doc;
    struct ranked *order = PARLEY_NEW(&in->arena, struct ranked, f->n);
    if (!order)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    size_t shown = choose(f, o, order);
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Which habits of play spread", "哪些行为习惯会传播"));
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, o->what, o->what_zh));
    parley_table_column(t, PARLEY_SAY(in->lang, "kind", "类型"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, o->key, o->key_zh), PARLEY_RIGHT);
    if (o->interval)
        parley_table_column(t, PARLEY_SAY(in->lang, "95 % interval", "95% 区间"), PARLEY_LEFT);
    if (f->cooperation)
        parley_table_column(t, PARLEY_SAY(in->lang, "cooperates with itself", "与自身合作比例"), PARLEY_RIGHT);
    for (size_t r = 0; r < shown; r++) {
        size_t i = order[r].kind;
        parley_table_cell(t, "%.40s", f->name[i]);
        parley_table_number(t, o->value[i], 5);
        if (o->interval) {
            char low[PARLEY_NUMBER_TEXT], high[PARLEY_NUMBER_TEXT];
            parley_double_to_short(o->low[i], 3, low);
            parley_double_to_short(o->high[i], 3, high);
            parley_table_cell(t, PARLEY_SAY(in->lang, "%s to %s", "%s 至 %s"), low, high);
        }
        if (f->cooperation)
            parley_table_number(t, f->cooperation[i], 3);
    }
    if (f->cooperation && o->alone) {
        double all = 0;
        for (size_t i = 0; i < f->n; i++)
            all += o->value[i] * f->cooperation[i];
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Weighted by these shares, %.1f %% of all acts are cooperative.", "按上述份额加权，%.1f%% 的行动是合作。"), 100 * all);
    }
    if (shown < f->n)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "The %zu largest of %zu; --json gives all.", "仅列 %2$zu 个中最大的 %1$zu 个；--json 给出全部。"), shown, f->n);
    if (o->interval)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%llu runs, %llu unfinished, seed %llu. The interval is that of a share of independent runs (Wilson).",
                                              "运行 %llu 次，未完成 %llu 次，种子 %llu。区间为独立运行比例的 Wilson 区间。"),
                             (unsigned long long)o->runs, (unsigned long long)o->open, (unsigned long long)o->seed);
    else
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "Computed, not sampled: exact for this model. What the model leaves out (other habits, other payoffs, who imitates whom) is not in the numbers.",
                                                    "由公式计算而非抽样：就本模型而言是精确的。模型之外的因素（其他习惯、其他收益、谁模仿谁）不在其中。"));
    chart(in, &doc, f, o, order, shown);
    return finish_doc(in, &doc);
}

static enum parley_status fixation(struct invocation *in, const struct field *f, enum parley_imitation process, double beta, uint64_t N, struct outcome *o)
{
    o->what = "Chance that one player of a kind takes over a population of the first kind (the first: of the last)";
    o->what_zh = "某类型的一个个体占领由第一类型组成的群体的概率（第一类型：对最后一类型）";
    o->key = "fixation";
    o->key_zh = "占领概率";
    for (size_t i = 0; i < f->n; i++) {
        size_t k = i ? 0 : f->n - 1;
        const double payoff[2][2] = { { f->A[i * f->n + i], f->A[i * f->n + k] }, { f->A[k * f->n + i], f->A[k * f->n + k] } };
        enum parley_status status = parley_fixation(process, payoff, beta, N, 1, &o->value[i], &in->err);
        if (status)
            return status;
        o->value[i] = exp(o->value[i]);
    }
    return PARLEY_OK;
}

static enum parley_status played(struct invocation *in, const struct field *f, enum parley_imitation process, double beta, uint64_t N, uint64_t runs, struct outcome *o)
{
    size_t *count = PARLEY_NEW(&in->arena, size_t, f->n);
    uint64_t *won = PARLEY_NEW(&in->arena, uint64_t, f->n);
    double sum = 0, z = 1.959963984540054;
    if (!count || !won)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < f->n; i++)
        sum += f->start[i];
    size_t left = N;
    for (size_t i = 0; i < f->n; i++) { /* shares of the population; the rest goes to the last */
        count[i] = i + 1 < f->n ? (size_t)floor((double)N * f->start[i] / sum + 1e-9) : left;
        left -= count[i] < left ? count[i] : left;
    }
    o->what = "Share of runs that end with this kind alone";
    o->what_zh = "最终仅剩该类型的运行所占比例";
    o->key = "share";
    o->key_zh = "份额";
    o->interval = o->alone = true;
    o->runs = runs;
    enum parley_status status = parley_imitate(process, f->A, f->n, beta, count, runs, UINT64_C(100000000), o->seed, &in->progress, won, &o->open, &o->steps, &in->err);
    for (size_t i = 0; !status && i < f->n; i++) { /* Wilson 1927 */
        double n = (double)runs, p = (double)won[i] / n, middle = (p + z * z / (2 * n)) / (1 + z * z / n);
        double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
        o->value[i] = p;
        o->low[i] = fmax(0, middle - half);
        o->high[i] = fmin(1, middle + half);
    }
    return status;
}

static enum parley_status run(struct invocation *in)
{
    static const char *const processes[] = { "mutation", "moran", "fermi", "replicator", NULL };
    struct field f = { 0 };
    struct outcome o = { .seed = 1 };
    int process = 0;
    uint64_t N = 100, runs = 0;
    double beta = 1, time = 100;
    enum parley_status status = read_field(in, &f);
    o.value = PARLEY_NEW(&in->arena, double, f.n + 1);
    o.low = PARLEY_NEW(&in->arena, double, f.n + 1);
    o.high = PARLEY_NEW(&in->arena, double, f.n + 1);
    if (!status && (!o.value || !o.low || !o.high))
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (!status)
        status = option_choice(in, "process", processes, &process);
    if (!status)
        status = option_u64(in, "population", 2, PARLEY_POPULATION_MAX, &N);
    if (!status)
        status = option_double(in, "beta", -1e6, 1e6, &beta);
    if (!status)
        status = option_double(in, "time", 0, 1e9, &time);
    if (!status)
        status = option_u64(in, "runs", 0, 100000000, &runs);
    if (!status)
        status = option_u64(in, "seed", 0, UINT64_MAX, &o.seed);
    if (!status && runs && process != 1 && process != 2)
        status = parley_fail(&in->err, PARLEY_EINVAL, "--runs plays a process of imitation one replacement at a time; expected --process moran or fermi with it");
    if (status)
        return status;
    enum parley_imitation imitation = process == 1 ? PARLEY_MORAN : PARLEY_FERMI;
    if (process == 0) {
        o.alone = true;
        o.what = "Share of time each kind holds the whole population when mutants are rare";
        o.what_zh = "变异罕见时各类型独占群体的时间比例";
        o.key = "share";
        o.key_zh = "份额";
        status = parley_rare_mutation(PARLEY_FERMI, f.A, f.n, beta, N, &in->arena, o.value, &in->err);
    } else if (process == 3) {
        double sum = 0;
        for (size_t i = 0; i < f.n; i++)
            sum += f.start[i];
        for (size_t i = 0; i < f.n; i++)
            o.value[i] = f.start[i] / sum;
        o.what = "Share of each kind in a very large population at the given time (replicator equation)";
        o.what_zh = "给定时刻各类型在极大群体中的份额（复制者方程）";
        o.key = "share";
        o.key_zh = "份额";
        status = parley_replicator(f.A, f.n, time, o.value, &in->err);
    } else {
        status = runs ? played(in, &f, imitation, beta, N, runs, &o) : fixation(in, &f, imitation, beta, N, &o);
    }
    if (status || !in->json)
        return status ? status : text(in, &f, &o);
    json(in, &f, &o, processes[process], N, beta);
    return PARLEY_OK;
}

const struct command command_game_evolve = {
    .name = "game evolve",
    .operands = "",
    .summary = "Which habits of play spread when the successful are imitated.",
    .summary_zh = "当成功者被模仿时，哪些行为习惯会扩散。",
    .text = "The kinds are habits of play (--strategies, with the noise options of 'game repeat'; their payoffs are the exact long-run ones; memory-one(K) "
            "stands for every habit that remembers one turn, cooperates first and answers with multiples of 1/K, (K+1)^4 of them) or rows of a "
            "payoff matrix (--matrix).\n\n"
            "mutation: the share of time each kind holds a population when mutants are rare and imitation follows the Fermi rule. moran, fermi: the exact "
            "chance that a single mutant takes over; with --runs the process is played from --start. replicator: shares in a very large population after "
            "--time. --beta is the strength of selection of the Fermi rule.",
    .examples = "# which habit holds a population under rare slips and false alarms?\n"
                "parley game evolve --slip 0.01 --false 0.02\n"
                "# of all habits with answers 0, 1/2 or 1, which prevail when acts are misattributed?\n"
                "parley game evolve --strategies \"memory-one(2)\" --slip 0.01 --false 0.05\n"
                "parley game evolve --matrix \"3,1/2;5,1\" --process fermi --beta 0.1 --population 50\n"
                "parley game evolve --strategies \"ALLD;TFT\" --process moran --population 20 --runs 10000 --seed 3 --json\n",
    .options = (const struct option[]){
        { "process", 0, "NAME", "mutation, moran, fermi or replicator. Default: mutation." },
        { "strategies", 0, "LIST", "Habits separated by ',' or ';', memory-one(K), named, or a file. Default: ALLC;ALLD;TFT;GTFT(1/3);WSLS." },
        { "matrix", 0, "ROWS", "Payoffs instead: rows separated by ';', numbers by ','." },
        { "start", 0, "LIST", "Shares to start from, separated by ','. Default: equal." },
        { "population", 0, "N", "Size of the population. Default: 100." },
        { "beta", 0, "B", "Strength of selection (Fermi). Default: 1." },
        { "time", 0, "T", "Time for the replicator equation. Default: 100." },
        { "runs", 0, "N", "Play the process N times instead of the exact chance." },
        { "seed", 0, "S", "Seed of the random numbers. Default: 1." },
        { "payoffs", 0, "R,S,T,P", "Payoffs of one turn between habits. Default: 3,0,5,1." },
        { "slip", 0, "P", "Chance that an act is flipped. Default: 0." },
        { "miss", 0, "P", "Chance that a defection is seen as cooperation, privately. Default: 0." },
        { "false", 0, "P", "Chance that a cooperation is seen as defection, privately. Default: 0." },
        { "discount", 0, "D", "Discounted payoffs instead of long-run ones." },
        OPTION_DOCUMENT, { 0 } },
    .run = run,
};

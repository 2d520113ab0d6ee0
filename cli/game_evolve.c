/* parley game evolve - which habits spread when the successful are imitated. */
#include "command.h"
#include "stage_game.h"

#include <parley/evolution.h>

#include <math.h>
#include <string.h>

enum { KINDS_MAX = 64 };

struct field {
    const char *name[KINDS_MAX];
    double A[KINDS_MAX * KINDS_MAX];
    double start[KINDS_MAX];
    size_t n;
};

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
    size_t rows, cells = numbers(in, "matrix", text, f->A, KINDS_MAX * KINDS_MAX, &rows);
    if (!cells)
        return PARLEY_EINVAL;
    if (cells != rows * rows || rows > KINDS_MAX)
        return parley_fail(&in->err, PARLEY_EINVAL, "--matrix: %zu numbers in %zu rows; expected a square such as \"3,0;5,1\"", cells, rows);
    f->n = rows;
    for (size_t i = 0; i < rows; i++)
        if (!(f->name[i] = parley_arena_printf(&in->arena, "%zu", i + 1)))
            return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    return PARLEY_OK;
}

/* Long-run payoffs of habits against each other, noise included. */
static enum parley_status habit_field(struct invocation *in, const char *text, struct field *f)
{
    struct stage g;
    const struct parley_habit *habit[KINDS_MAX];
    enum parley_status status = read_stage(in, &g);
    for (const char *p = text; !status && *p;) {
        size_t len = 0;
        for (int depth = 0; p[len] && (depth > 0 || p[len] != ';'); len++)
            depth += (p[len] == '(') - (p[len] == ')');
        const char *word = parley_arena_copy(&in->arena, p, len);
        if (f->n == KINDS_MAX)
            return parley_fail(&in->err, PARLEY_EINVAL, "--strategies: more than %d habits", KINDS_MAX);
        if (len && word && !(status = read_habit(in, word, &habit[f->n]))) {
            f->name[f->n] = word;
            f->n++;
        }
        p += len + (p[len] != 0);
    }
    for (size_t i = 0; !status && i < f->n; i++)
        for (size_t j = 0; !status && j < f->n; j++) {
            struct parley_repeated_value v;
            status = g.has_discount ? parley_repeated_discounted(&g.game, habit[i], habit[j], g.discount, &in->arena, &v, &in->err)
                                    : parley_repeated_limit(&g.game, habit[i], habit[j], &in->arena, &v, &in->err);
            f->A[i * f->n + j] = v.payoff[0];
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
    if (!(n = numbers(in, "start", start, f->start, KINDS_MAX, &rows)))
        return PARLEY_EINVAL;
    if (n != f->n)
        return parley_fail(&in->err, PARLEY_EINVAL, "--start: %zu numbers for %zu kinds", n, f->n);
    for (size_t i = 0; i < n; i++)
        if (!(f->start[i] >= 0))
            return parley_fail(&in->err, PARLEY_EINVAL, "--start: %g is negative", f->start[i]);
    return PARLEY_OK;
}

/* One table or JSON object: a number (and perhaps its error) per kind. */
struct outcome {
    const char *what, *what_zh, *key;
    double value[KINDS_MAX], low[KINDS_MAX], high[KINDS_MAX];
    bool interval;
    uint64_t seed, runs, open, steps;
};

static enum parley_status show(struct invocation *in, const struct field *f, const struct outcome *o, const char *process, uint64_t N, double beta)
{
    if (in->json) {
        struct parley_json j;
        begin_json(in, &j);
        parley_json_object(&j);
        parley_json_put_string(&j, "process", process);
        parley_json_put_integer(&j, "population", (int64_t)N);
        parley_json_put_number(&j, "beta", beta);
        parley_json_key(&j, "names");
        parley_json_array(&j);
        for (size_t i = 0; i < f->n; i++)
            parley_json_string(&j, f->name[i]);
        parley_json_array_end(&j);
        parley_json_key(&j, "payoff");
        parley_json_array(&j);
        for (size_t i = 0; i < f->n; i++) {
            parley_json_array(&j);
            for (size_t k = 0; k < f->n; k++)
                parley_json_number(&j, f->A[i * f->n + k]);
            parley_json_array_end(&j);
        }
        parley_json_array_end(&j);
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
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, "parley game evolve");
    struct parley_table *t = parley_doc_table(&doc, PARLEY_SAY(in->lang, o->what, o->what_zh));
    parley_table_column(t, PARLEY_SAY(in->lang, "kind", "类型"), PARLEY_LEFT);
    parley_table_column(t, o->key, PARLEY_RIGHT);
    if (o->interval)
        parley_table_column(t, PARLEY_SAY(in->lang, "95 % interval", "95% 区间"), PARLEY_LEFT);
    for (size_t i = 0; i < f->n; i++) {
        parley_table_cell(t, "%.40s", f->name[i]);
        parley_table_number(t, o->value[i], 5);
        if (o->interval) {
            char low[PARLEY_NUMBER_TEXT], high[PARLEY_NUMBER_TEXT];
            parley_double_to_short(o->low[i], 3, low);
            parley_double_to_short(o->high[i], 3, high);
            parley_table_cell(t, "%s to %s", low, high);
        }
    }
    if (o->interval)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%llu runs, %llu unfinished, seed %llu.", "运行 %llu 次，未完成 %llu 次，种子 %llu。"), (unsigned long long)o->runs,
                             (unsigned long long)o->open, (unsigned long long)o->seed);
    return finish_doc(in, &doc);
}

static enum parley_status fixation(struct invocation *in, const struct field *f, enum parley_imitation process, double beta, uint64_t N, struct outcome *o)
{
    o->what = "Chance that one player of a kind takes over a population of the first kind (the first: of the last)";
    o->what_zh = "某类型的一个个体占领由第一类型组成的群体的概率（第一类型：对最后一类型）";
    o->key = "fixation";
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
    size_t count[KINDS_MAX];
    uint64_t won[KINDS_MAX];
    double sum = 0, z = 1.959963984540054;
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
    o->interval = true;
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
    static struct field f;
    static struct outcome o;
    int process = 0;
    uint64_t N = 100, runs = 0;
    double beta = 1, time = 100;
    enum parley_status status = read_field(in, &f);
    o.seed = 1;
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
    if (status)
        return status;
    enum parley_imitation imitation = process == 1 ? PARLEY_MORAN : PARLEY_FERMI;
    if (process == 0) {
        o.what = "Share of time each kind holds the whole population when mutants are rare";
        o.what_zh = "变异罕见时各类型独占群体的时间比例";
        o.key = "share";
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
        status = parley_replicator(f.A, f.n, time, o.value, &in->err);
    } else {
        status = runs ? played(in, &f, imitation, beta, N, runs, &o) : fixation(in, &f, imitation, beta, N, &o);
    }
    return status ? status : show(in, &f, &o, processes[process], N, beta);
}

const struct command command_game_evolve = {
    .name = "game evolve",
    .operands = "",
    .summary = "Which habits of play spread when the successful are imitated.",
    .summary_zh = "当成功者被模仿时，哪些行为习惯会扩散。",
    .text = "The kinds are habits of play (--strategies, with the noise options of 'game repeat'; their payoffs are the exact long-run ones) or rows of a "
            "payoff matrix (--matrix).\n\n"
            "mutation: the share of time each kind holds a population when mutants are rare and imitation follows the Fermi rule. moran, fermi: the exact "
            "chance that a single mutant takes over; with --runs the process is played from --start. replicator: shares in a very large population after "
            "--time. --beta is the strength of selection of the Fermi rule.",
    .examples = "# which habit holds a population under rare slips and false alarms?\n"
                "parley game evolve --slip 0.01 --false 0.02\n"
                "parley game evolve --matrix \"3,1/2;5,1\" --process fermi --beta 0.1 --population 50\n"
                "parley game evolve --strategies \"ALLD;TFT\" --process moran --population 20 --runs 10000 --seed 3 --json\n",
    .options = (const struct option[]){
        { "process", 0, "NAME", "mutation, moran, fermi or replicator. Default: mutation." },
        { "strategies", 0, "LIST", "Habits separated by ';'. Default: ALLC;ALLD;TFT;GTFT(1/3);WSLS." },
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

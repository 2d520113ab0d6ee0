#include <parley/data.h>
#include <parley/game_name.h>
#include <parley/relation_game.h>
#include <parley/rng.h>
#include <parley/tree.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COOPERATION, MECHANISM, KEEP, GAIN, HARM, NORM, TERMS };

static const char *const names[TERMS] = { "cooperation", "mechanism", "keep", "gain", "harm", "norm" };

struct weights {
    double weight[TERMS], max[TERMS];
};

static enum parley_status read_codebook(const char *text, size_t len, enum parley_lang lang, struct parley_arena *arena, struct weights *w,
                                        struct parley_relation_game *out, struct parley_error *err)
{
    static const char *const known[] = { "cooperation", "mechanism", "keep", "gain", "harm", "norm", NULL };
    static const char *const fields[] = { "weight", "max", "en", "zh", NULL };
    struct parley_node *root;
    enum parley_status status = parley_yaml_parse(text, len, "payoffs.yaml", arena, &root, err);
    if (!status)
        status = parley_node_only_keys(root, known, err);
    for (int t = 0; !status && t < TERMS; t++) {
        const struct parley_node *entry = parley_node_get(root, names[t]), *max = parley_node_get(entry, "max");
        if (!entry)
            return parley_node_fail(root, err, PARLEY_EPARSE, "expected an entry '%s'", names[t]);
        w->max[t] = INFINITY;
        status = parley_node_only_keys(entry, fields, err);
        if (!status)
            status = parley_node_double(parley_node_get(entry, "weight"), 0, 100, &w->weight[t], err);
        if (!status && max)
            status = parley_node_double(max, 0, 1000, &w->max[t], err);
        if (!status)
            status = parley_node_string(parley_node_get(entry, PARLEY_SAY(lang, "en", "zh")), &out->term[t].reason, err);
        out->term[t].name = names[t];
    }
    return status;
}

static bool takes_part(const char *const *codes, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(codes[i], code))
            return true;
    return false;
}

/* Sums over events (each as often as `times` says; NULL = once): who was hostile to whom, what was cooperative. */
struct sums {
    double hostile[2], cooperative;
    size_t n_hostile[2], n_cooperative;
};

static void add_up(const struct parley_relation_facts *f, const unsigned *times, struct sums *s)
{
    *s = (struct sums){ 0 };
    for (size_t k = 0; k < f->n; k++) {
        const struct parley_event *e = f->event[k];
        unsigned count = times ? times[k] : 1;
        bool by_a = takes_part(e->actor, e->n_actors, f->a), by_b = takes_part(e->actor, e->n_actors, f->b);
        if (!count || isnan(e->intensity))
            continue;
        if (e->intensity > 0) {
            s->cooperative += count * e->intensity;
            s->n_cooperative += count;
        }
        for (int i = 0; i < 2 && e->intensity < 0; i++) {
            if (!(i ? by_b : by_a) || !takes_part(e->target, e->n_targets, i ? f->a : f->b))
                continue;
            s->hostile[i] += count * -e->intensity;
            s->n_hostile[i] += count;
        }
    }
}

/* Payoffs R, S, T, P of both sides. */
static void payoffs(const struct parley_relation_facts *f, const struct weights *w, const struct sums *s, double value[TERMS][2], double out[2][4])
{
    for (int i = 0; i < 2; i++) {
        double own = s->n_hostile[i] ? s->hostile[i] / (double)s->n_hostile[i] : 0, other = s->n_hostile[!i] ? s->hostile[!i] / (double)s->n_hostile[!i] : 0;
        value[MECHANISM][i] = w->weight[MECHANISM] * fmin((double)f->n_mechanisms, w->max[MECHANISM]);
        value[COOPERATION][i] = w->weight[COOPERATION] * (s->n_cooperative ? s->cooperative / (double)s->n_cooperative : 0);
        value[KEEP][i] = w->weight[KEEP];
        value[GAIN][i] = w->weight[GAIN] * own;
        value[HARM][i] = w->weight[HARM] * other;
        value[NORM][i] = w->weight[NORM] * fmin((double)f->n_norms, w->max[NORM]);
        double c = value[COOPERATION][i] + value[MECHANISM][i], kept = value[KEEP][i] * c;
        out[i][0] = c;
        out[i][1] = kept - value[HARM][i];
        out[i][2] = kept + value[GAIN][i] - value[NORM][i];
        out[i][3] = value[GAIN][i] - value[HARM][i] - value[NORM][i];
    }
}

static enum parley_status make_game(const struct parley_relation_facts *f, const double p[2][4], enum parley_lang lang, struct parley_arena *arena, struct parley_game **out, struct parley_error *err)
{
    enum parley_status status = parley_game_new(PARLEY_SAY(lang, "Restraint or strike", "克制或打击"), 2, (size_t[]){ 2, 2 }, arena, out, err);
    if (status)
        return status;
    struct parley_game *g = *out;
    g->player[0] = f->name_a;
    g->player[1] = f->name_b;
    for (int i = 0; i < 2; i++) {
        g->strategy[i][0] = PARLEY_SAY(lang, "restrain", "克制");
        g->strategy[i][1] = PARLEY_SAY(lang, "strike", "打击");
    }
    for (size_t cell = 0; cell < 4; cell++) { /* cell: bit 0 the row's choice, bit 1 the column's */
        size_t row = cell & 1, column = cell >> 1;
        for (int i = 0; i < 2; i++) {
            double v = p[i][i ? column << 1 | row : row << 1 | column];
            if (!(g->payoff[2 * cell + (size_t)i] = parley_exact_ratio(llround(v * 100), 100, arena)))
                return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        }
    }
    return PARLEY_OK;
}

static bool add_reasons(struct parley_relation_game *out, const double p[2][4], enum parley_lang lang, struct parley_arena *arena)
{
    static const char *const formula[4] = { "c", "keep c - h", "keep c + g - n", "g - h - n" };
    struct parley_game *g = out->game;
    if (!(g->reason = PARLEY_NEW(arena, const char *, 8)))
        return false;
    for (size_t cell = 0; cell < 4; cell++)
        for (size_t i = 0; i < 2; i++) {
            size_t row = cell & 1, column = cell >> 1, own = i ? column << 1 | row : row << 1 | column;
            double c = out->term[COOPERATION].value[i] + out->term[MECHANISM].value[i];
            g->reason[2 * cell + i] = parley_arena_printf(arena, PARLEY_SAY(lang, "%s = %.2f: c %.2f, keep %.2f, g %.2f, h %.2f, n %.2f", "%s = %.2f: c %.2f, keep %.2f, g %.2f, h %.2f, n %.2f"),
                                                          formula[own], p[i][own], c, out->term[KEEP].value[i], out->term[GAIN].value[i], out->term[HARM].value[i], out->term[NORM].value[i]);
            if (!g->reason[2 * cell + i])
                return false;
        }
    return true;
}

static int number_of(const struct parley_relation_facts *f, const double p[2][4], struct parley_arena *arena)
{
    struct parley_game *g;
    struct parley_game_name name;
    if (make_game(f, p, PARLEY_EN, arena, &g, NULL) || parley_game_name(g, arena, &name, NULL))
        return 0;
    return name.game.layer * 100 + name.game.row * 10 + name.game.column;
}

/* How often redrawn events give the same game. */
static double stability(const struct parley_relation_facts *f, const struct weights *w, int number, uint64_t seed)
{
    struct parley_arena memory = { 0 };
    unsigned *times = PARLEY_NEW(&memory, unsigned, f->n);
    size_t same = 0;
    for (uint64_t r = 0; times && r < f->redraws; r++) {
        struct parley_arena scratch = { 0 };
        struct parley_rng rng;
        struct sums s;
        double value[TERMS][2], p[2][4];
        parley_rng_init(&rng, seed, r);
        memset(times, 0, f->n * sizeof *times);
        for (size_t k = 0; k < f->n; k++)
            times[parley_rng_below(&rng, f->n)]++;
        add_up(f, times, &s);
        payoffs(f, w, &s, value, p);
        same += number_of(f, (const double (*)[4])p, &scratch) == number;
        parley_arena_release(&scratch);
    }
    parley_arena_release(&memory);
    return f->redraws ? (double)same / f->redraws : NAN;
}

enum parley_status parley_relation_game_build(const struct parley_relation_facts *f, const char *codebook, enum parley_lang lang, uint64_t seed,
                                              struct parley_arena *arena, struct parley_relation_game *out, struct parley_error *err)
{
    const struct parley_data_file *shipped = parley_data_find("codebook/payoffs.yaml");
    struct weights w;
    struct sums s;
    double value[TERMS][2], p[2][4];
    *out = (struct parley_relation_game){ .seed = seed, .n_events = f->n };
    if (!codebook && !shipped)
        return parley_fail(err, PARLEY_ENOTFOUND, "the shipped codebook of payoffs is missing");
    enum parley_status status = read_codebook(codebook ? codebook : shipped->bytes, codebook ? strlen(codebook) : shipped->len, lang, arena, &w, out, err);
    if (status)
        return status;
    add_up(f, NULL, &s);
    if (!s.n_hostile[0] && !s.n_hostile[1])
        return parley_fail(err, PARLEY_EDOM, "no hostile act between %s and %s with a known intensity: no game of restraint and strike can be read from %zu events", f->name_a,
                           f->name_b, f->n);
    payoffs(f, &w, &s, value, p);
    for (int t = 0; t < TERMS; t++)
        for (int i = 0; i < 2; i++) {
            out->term[t].value[i] = value[t][i];
            out->term[t].events[i] = t == COOPERATION ? s.n_cooperative : t == GAIN ? s.n_hostile[i] : t == HARM ? s.n_hostile[!i] : 0;
        }
    status = make_game(f, (const double (*)[4])p, lang, arena, &out->game, err);
    if (!status && !add_reasons(out, (const double (*)[4])p, lang, arena))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status)
        out->share_same_name = stability(f, &w, number_of(f, (const double (*)[4])p, arena), seed);
    return status;
}

#include "command.h"

#include <parley/hawkes.h>

#include <stdlib.h>
#include <string.h>

/* Numbers separated by ',' and rows by ';'. rows = 0 where one row is meant. */
static enum parley_status numbers(struct invocation *in, const char *option, double *out, size_t rows, size_t columns)
{
    const char *text = option_text(in, option), *at = text;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            size_t len = strcspn(at, ",;");
            while (len && *at == ' ')
                at++, len--;
            char expected = c + 1 < columns ? ',' : r + 1 < rows ? ';' : 0;
            if (!parley_text_to_double(at, len, &out[r * columns + c]) || at[len] != expected)
                return parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected %zu x %zu numbers such as '0.3,0.1;0.2,0.3', found '%s'", option, rows, columns, text);
            at += len + (expected != 0);
        }
    return PARLEY_OK;
}

static enum parley_status read_model(struct invocation *in, struct parley_hawkes *m)
{
    const char *mu = option_text(in, "mu"), *decay = option_text(in, "decay");
    if (!mu || !decay || !option_text(in, "branching"))
        return parley_fail(&in->err, PARLEY_EINVAL, "--mu, --branching and --decay are needed; see parley help hawkes simulate");
    m->types = 1;
    for (const char *p = mu; *p; p++)
        m->types += *p == ',';
    if (m->types > PARLEY_HAWKES_TYPES_MAX)
        return parley_fail(&in->err, PARLEY_ELIMIT, "more than %d types", PARLEY_HAWKES_TYPES_MAX);
    m->mu = PARLEY_NEW(&in->arena, double, m->types);
    m->decay = PARLEY_NEW(&in->arena, double, m->types);
    m->branching = PARLEY_NEW(&in->arena, double, m->types * m->types);
    if (!m->mu || !m->decay || !m->branching)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu types", m->types);
    bool shared = !strchr(decay, ',');
    enum parley_status status = numbers(in, "mu", m->mu, 1, m->types);
    if (!status)
        status = numbers(in, "branching", m->branching, m->types, m->types);
    if (!status)
        status = numbers(in, "decay", m->decay, 1, shared ? 1 : m->types);
    for (size_t k = 1; shared && k < m->types; k++)
        m->decay[k] = m->decay[0];
    return status;
}

static enum parley_status write_events(struct invocation *in, const double *time, const uint16_t *type, size_t n, uint64_t seed)
{
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_key(&json, "seed");
        parley_json_unsigned(&json, seed);
        parley_json_put_integer(&json, "events", (int64_t)n);
        parley_json_put_numbers(&json, "time", time, n);
        parley_json_key(&json, "type");
        parley_json_array(&json);
        for (size_t i = 0; i < n; i++)
            parley_json_integer(&json, type[i]);
        parley_json_array_end(&json);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    parley_text_adds(&in->out, "time,type\n");
    for (size_t i = 0; i < n; i++) {
        char number[PARLEY_NUMBER_TEXT];
        parley_text_add(&in->out, number, parley_double_to_text(time[i], number));
        parley_text_addf(&in->out, ",%u\n", type[i]);
    }
    return in->out.failed ? parley_fail(&in->err, PARLEY_ELIMIT, "%zu events are too long to print; simulate a shorter span", n) : PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_hawkes m;
    uint64_t seed = 1, max = 1000000;
    double span = 0;
    enum parley_status status = read_model(in, &m);
    if (!status)
        status = option_double(in, "span", 0, 1e300, &span);
    if (!status && !option_given(in, "span"))
        status = parley_fail(&in->err, PARLEY_EINVAL, "--span is needed: how long to simulate");
    if (!status)
        status = option_u64(in, "seed", 0, UINT64_MAX, &seed);
    if (!status)
        status = option_u64(in, "max", 1, 100000000, &max);
    if (status)
        return status;
    double *time = malloc(max * sizeof *time);
    uint16_t *type = malloc(max * sizeof *type);
    size_t n = 0;
    struct parley_rng rng;
    parley_rng_init(&rng, seed, 0);
    if (!time || !type)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %llu events", (unsigned long long)max);
    else
        status = parley_hawkes_simulate(&m, span, &rng, max, time, type, &n, &in->err);
    if (!status)
        status = write_events(in, time, type, n, seed);
    if (!status)
        say(in, PARLEY_SAY(in->lang, "%zu events, seed %llu", "%zu个事件，种子%llu"), n, (unsigned long long)seed);
    free(time);
    free(type);
    return status;
}

static const struct option options[] = {
    { "mu", 0, "LIST", "Background rate of each type: 0.4,0.2" },
    { "branching", 0, "MATRIX", "Events of type k (row) that one event of type j (column) provokes: '0.3,0.1;0.2,0.3'" },
    { "decay", 0, "LIST", "One decay, or one for each exciting type." },
    { "span", 0, "TIME", "Length of the window, which begins at 0 with an empty past." },
    { "seed", 0, "N", "Seed of the random numbers (default 1)." },
    { "max", 0, "N", "Give up above so many events (default 1000000)." },
    { 0 },
};

const struct command command_hawkes_simulate = {
    .name = "hawkes simulate",
    .operands = "",
    .summary = "Draw events from a self-exciting process, exactly.",
    .summary_zh = "精确模拟自激过程的事件。",
    .text = "Prints time,type rows that `parley hawkes fit` reads. The same seed gives the same events on every machine. A model whose spectral "
            "radius is above 1 explodes; the limit --max stops it with exit code 9.",
    .examples = "parley hawkes simulate --mu 0.4,0.2 --branching '0.3,0.1;0.2,0.3' --decay 1.5 --span 50 --seed 1\n",
    .options = options,
    .run = run,
};

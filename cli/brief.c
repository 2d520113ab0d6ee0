/* parley brief A B - the report on a relation. */
#include "open_record.h"

#include <parley/brief.h>

#include <string.h>

/* A date, of which the first or the last moment counts. */
static enum parley_status read_date(struct invocation *in, const char *name, struct parley_date *out)
{
    const char *text = option_text(in, name);
    struct parley_error err = { 0 };
    *out = (struct parley_date){ .precision = PARLEY_UNDATED };
    if (!text)
        return PARLEY_OK;
    enum parley_status status = parley_date_parse(text, strlen(text), out, &err);
    if (status || out->precision == PARLEY_UNDATED)
        return parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected a date such as 2014, 2014-05 or 2014-05-19; found '%.60s'%s%s", name, text, *err.text ? ": " : "", err.text);
    return PARLEY_OK;
}

static enum parley_status read_options(struct invocation *in, struct parley_brief_options *options)
{
    static const char *const bins[] = { "day", "week", "month", "quarter", "year", NULL };
    static const enum parley_precision precision[] = { PARLEY_DAY, PARLEY_WEEK, PARLEY_MONTH, PARLEY_QUARTER, PARLEY_YEAR };
    struct parley_date from, to;
    int bin = -1;
    enum parley_status status = read_date(in, "from", &from);
    if (!status)
        status = read_date(in, "to", &to);
    if (!status)
        status = option_choice(in, "bin", bins, &bin);
    if (!status)
        status = option_u64(in, "seed", 0, UINT64_MAX, &options->seed);
    if (status)
        return status;
    options->bin = bin < 0 ? PARLEY_UNDATED : precision[bin];
    if (from.precision != PARLEY_UNDATED || to.precision != PARLEY_UNDATED) {
        options->from_us = from.precision != PARLEY_UNDATED ? from.start_us : parley_days_from_civil(1, 1, 1) * PARLEY_US_PER_DAY;
        options->to_us = to.precision != PARLEY_UNDATED ? to.end_us : parley_days_from_civil(9999, 12, 31) * PARLEY_US_PER_DAY;
    }
    return PARLEY_OK;
}

/* The command line that makes this brief again, without where it was written to. */
static const char *command_line(struct invocation *in, const char *a, const char *b, uint64_t seed)
{
    static const char *const kept[] = { "from", "to", "bin" };
    struct parley_text text;
    parley_text_init(&text, 4096);
    parley_text_addf(&text, "parley brief %s %s", a, b);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (option_given(in, kept[i]))
            parley_text_addf(&text, " --%s %s", kept[i], option_text(in, kept[i]));
    parley_text_addf(&text, " --seed %llu%s -o brief.html", (unsigned long long)seed, in->lang == PARLEY_ZH ? " --lang zh" : "");
    const char *copy = parley_text_keep(&text, &in->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

static enum parley_status run(struct invocation *in)
{
    struct parley_brief_options options = { .seed = 1, .progress = &in->progress };
    struct parley_record *record = NULL;
    struct parley_doc doc;
    const char **actor = NULL;
    enum parley_status status = read_options(in, &options);
    if (!status)
        status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = resolve_actors(in, record, in->operand, 2, &actor);
    if (!status) {
        options.command = command_line(in, actor[0], actor[1], options.seed);
        begin_doc(in, &doc, "Parley");
        status = parley_brief_write(record, actor[0], actor[1], &options, &doc, &in->err);
    }
    if (!status)
        status = finish_doc(in, &doc);
    parley_record_close(record);
    return status;
}

static const struct option brief_options[] = {
    OPTION_DOCUMENT,
    { "text", 0, NULL, "Print as text, which is what happens without -o, --format and --json." },
    { "from", 0, "DATE", "First day of the window: 2000, 2000-05 or 2000-05-19." },
    { "to", 0, "DATE", "Last day of the window, inclusive." },
    { "bin", 0, "day|week|month|quarter|year", "Width of the bins. Default: the finest that holds 90 % of the dated events." },
    { "seed", 0, "N", "Seed of permutations and back-tests. Default: 1." },
    { 0 },
};

const struct command command_brief = {
    .name = "brief",
    .operands = "A B",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "Write the report on a relation.",
    .summary_zh = "撰写一份关系简报。",
    .text = "What the record says of two actors: a summary with uncertainty, the timeline by domain, frequency and intensity with change points, who answers "
            "whom, the present phase, the game the two are in, the outlook for an agreement, what mechanisms do to the risk, a forecast with its past score, "
            "methods and sources. Actors are codes or names: CN, China, 中国.\n\n"
            "The HTML page is self-contained: it loads nothing from anywhere, works on paper and on a telephone, and each chart's data can be saved. "
            "What the data do not bear is said, not filled in.",
    .examples = "parley brief CN US\nparley brief China \"United States\" --from 2000 --to 2021\nparley brief CN US --lang zh --format md\n"
                "# one page with charts\nparley brief CN US -o brief.html\n",
    .options = brief_options,
    .run = run,
};

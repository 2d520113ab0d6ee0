#include "simulate_shared.h"

#include <parley/file.h>
#include <parley/replay.h>

#include <string.h>

enum { CSV, JSONL, CHRONICLE_BYTES_MAX = 1 << 28 };

static void put_csv(struct parley_text *out, const struct parley_event_list *list)
{
    char date[PARLEY_DATE_TEXT], number[PARLEY_NUMBER_TEXT];
    parley_text_adds(out, "event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,attribution,mechanism,what,source\n");
    for (size_t i = 0; i < list->n; i++) { /* no text of ours has a quote in it */
        const struct parley_event *e = &list->event[i];
        parley_date_start_text(&e->when, date);
        parley_double_to_short(e->intensity, 6, number);
        parley_text_addf(out, "%s,%s,,week,%s,%s,%s,%s,%s,%s,,\"%s\",%s\n", e->id, date, e->actor[0], e->target[0], e->kind, e->domain, number, e->attribution, e->what, e->source);
    }
}

static void put_jsonl(struct parley_text *out, const struct parley_event_list *list)
{
    char date[PARLEY_DATE_TEXT];
    for (size_t i = 0; i < list->n; i++) {
        const struct parley_event *e = &list->event[i];
        struct parley_json json;
        parley_date_start_text(&e->when, date);
        parley_json_init(&json, out, false);
        parley_json_object(&json);
        parley_json_put_string(&json, "event_id", e->id);
        parley_json_put_string(&json, "date_start", date);
        parley_json_put_string(&json, "precision", "week");
        parley_json_put_string(&json, "actor", e->actor[0]);
        parley_json_put_string(&json, "target", e->target[0]);
        parley_json_put_string(&json, "kind", e->kind);
        parley_json_put_string(&json, "domain", e->domain);
        parley_json_put_number(&json, "intensity", e->intensity);
        parley_json_put_string(&json, "attribution", e->attribution);
        parley_json_put_string(&json, "what", e->what);
        parley_json_put_string(&json, "source", e->source);
        parley_json_object_end(&json);
        parley_text_addc(out, '\n');
    }
}

static enum parley_status run(struct invocation *in)
{
    static const char *const formats[] = { "csv", "jsonl", NULL };
    struct parley_scenario s;
    struct parley_event_list list;
    struct parley_date start;
    struct parley_text text;
    uint64_t replicate = 0, seed = 1;
    int format = in->json ? JSONL : CSV;
    float outcome[PARLEY_OUTPUTS];
    const char *from = option_text(in, "start"), *path = option_text(in, "output");
    enum parley_status status;
    if (!from)
        from = "2030-01-07";
    if ((status = option_u64(in, "seed", 0, UINT64_MAX, &seed)) || (status = simulate_scenario(in, in->operand[0], &s)) ||
        (status = option_u64(in, "replicate", 0, UINT32_MAX, &replicate)) || (status = option_choice(in, "format", formats, &format)) ||
        (status = parley_date_parse(from, strlen(from), &start, &in->err)))
        return status;
    if (start.precision == PARLEY_UNDATED)
        return parley_fail(&in->err, PARLEY_EINVAL, "--start: expected a date such as 2030-01-07");
    if ((status = parley_replay(&s, seed, (uint32_t)replicate, start.start_us, &in->arena, &list, outcome, &in->err)))
        return status;
    parley_text_init(&text, CHRONICLE_BYTES_MAX);
    if (format == CSV)
        put_csv(&text, &list);
    else
        put_jsonl(&text, &list);
    if (text.failed)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    else if (path)
        status = parley_file_write(path, text.data ? text.data : "", text.len, &in->err);
    else
        parley_text_add(&in->out, parley_text_str(&text), text.len);
    parley_text_release(&text);
    if (!status)
        say(in, "%s, seed %llu, replicate %llu: %zu events%s", s.name, (unsigned long long)seed, (unsigned long long)replicate, list.n,
            outcome[PARLEY_OUT_uncontrolled] > 0 ? "; it ends out of control" : "");
    return status;
}

static const struct option options[] = {
    { "replicate", 'r', "N", "which replicate of the run (default 0)" },
    { "start", 0, "DATE", "the date of week 0 (default 2030-01-07)" },
    { "format", 0, "csv|jsonl", "form of the chronicle (default csv)" },
    { "output", 'o', "FILE", "write to FILE instead of standard output" },
    SIMULATE_SCENARIO_OPTIONS,
    { 0 },
};

const struct command command_simulate_replay = {
    .name = "simulate replay",
    .operands = "SCENARIO",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Tell one simulated relation as a chronicle of events.",
    .summary_zh = "把一次模拟的关系写成事件编年。",
    .text = "Replays one replicate week by week and writes what both sides could see as events in the record's own format, so that a simulated relation can be imported, "
            "assessed, briefed and exercised like a real one. Incidents nobody noticed are not in it; the author is whom the victim believes in, UNK when the belief is "
            "below one half.",
    .examples = "parley simulate replay crisis-2013-2015 --start 2013-01-01 --replicate 3\n"
                "# into a file, and a check that the record would take it\n"
                "parley simulate replay crisis-2013-2015 --start 2013-01-01 -o /tmp/simulated.csv\n"
                "parley record import --check /tmp/simulated.csv\n",
    .options = options,
    .run = run,
};

#define _POSIX_C_SOURCE 200809L
#include "simulate_shared.h"

#include <parley/text.h>

#include <math.h>
#include <stdio.h>
#include <time.h>

enum parley_status simulate_scenario(struct invocation *in, const char *name, struct parley_scenario *out)
{
    uint64_t weeks = 0;
    enum parley_status status = parley_scenario_load(name, out, &in->err);
    if (!status && option_given(in, "set") && (status = parley_scenario_change(out, option_text(in, "set"), &in->err)))
        parley_fail_in(&in->err, status, "--set");
    if (!status && !(status = option_u64(in, "weeks", 1, PARLEY_WEEKS_MAX, &weeks)) && weeks)
        out->weeks = (uint32_t)weeks;
    return status;
}

enum parley_status simulate_options(struct invocation *in, struct parley_run *run)
{
    static const char *const paths[] = { "best", "reference", "portable", "avx2", "avx512", NULL };
    uint64_t threads = 0;
    int path = 0;
    enum parley_status status;
    *run = (struct parley_run){ .seed = 1, .replicates = SIMULATE_REPLICATES, .progress = &in->progress };
    if ((status = option_u64(in, "replicates", 1, UINT32_MAX - 256, &run->replicates)) || (status = option_u64(in, "seed", 0, UINT64_MAX, &run->seed)) ||
        (status = option_u64(in, "threads", 1, 256, &threads)) || (status = option_choice(in, "path", paths, &path)))
        return status;
    run->threads = (unsigned)threads;
    run->path = (enum parley_path)path;
    return PARLEY_OK;
}

double simulate_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void simulate_put_estimate(struct parley_json *json, const char *key, struct parley_mean e)
{
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_number(json, "estimate", e.mean);
    parley_json_put_number(json, "low", e.low);
    parley_json_put_number(json, "high", e.high);
    parley_json_object_end(json);
}

void simulate_put_digest(struct parley_json *json, const struct parley_tally *tally)
{
    char digest[20];
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)tally->digest);
    parley_json_put_string(json, "digest", digest);
}

enum parley_status simulate_no_parameter(struct invocation *in, const char *option, const char *name)
{
    const char *nearest = NULL;
    size_t best = 4;
    for (int i = 0; i < PARLEY_PARAMETERS; i++) {
        const char *known = parley_parameter_name((enum parley_parameter)i);
        size_t d = parley_edit_distance(name, known);
        if (d < best)
            best = d, nearest = known;
    }
    return parley_fail(&in->err, PARLEY_EINVAL, "--%s: there is no parameter '%s'; %s%s%s", option, name, nearest ? "did you mean '" : "data/scenarios/baseline.yaml lists them",
                       nearest ? nearest : "", nearest ? "'?" : "");
}

enum parley_status simulate_finish(struct invocation *in, struct parley_json *json, struct parley_doc *doc, enum parley_status status)
{
    if (status && status != PARLEY_ECANCELLED) {
        parley_text_clear(&in->out);
        return status;
    }
    if (in->json) {
        parley_json_array_end(json);
        parley_json_object_end(json);
        return status;
    }
    enum parley_status shown = finish_doc(in, doc);
    return status ? status : shown;
}

void simulate_interval(struct parley_table *table, double low, double high)
{
    char a[PARLEY_NUMBER_TEXT], b[PARLEY_NUMBER_TEXT];
    if (isnan(low) || isnan(high)) {
        parley_table_cell(table, "-");
        return;
    }
    parley_double_to_short(low, 4, a);
    parley_double_to_short(high, 4, b);
    parley_table_cell(table, PARLEY_SAY(table->doc->lang, "%s to %s", "%s至%s"), a, b);
}

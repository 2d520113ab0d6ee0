#include "channel_desk.h"
#include "channel_words.h"
#include "listing.h"

#include <parley/channel_register.h>

static const char *const states[][2] = { { "proposed", "已提议" }, { "in force", "生效" }, { "withdrawn", "已退出" } };

static void put_json(struct parley_json *json, const struct parley_norm *k)
{
    parley_json_object(json);
    parley_json_put_string(json, "norm", k->name);
    parley_json_put_string(json, "text", k->text);
    parley_json_put_string(json, "mechanism", k->mechanism);
    parley_json_put_string(json, "state", states[k->state][0]);
    parley_json_put_bool(json, "proposed_by_us", k->proposed_by_us);
    put_time(json, "proposed", k->proposed_us);
    put_time(json, "accepted", k->accepted_us);
    put_time(json, "withdrawn", k->withdrawn_us);
    put_hash(json, "proposal", k->proposal);
    put_hash(json, "acceptance", k->accepted_us ? k->acceptance : NULL);
    parley_json_put_integer(json, "observed", k->observed);
    parley_json_put_integer(json, "not_observed", k->not_observed);
    parley_json_put_integer(json, "unknown", k->unknown);
    parley_json_object_end(json);
}

static void put_row(const struct invocation *in, struct parley_table *t, const struct parley_norm *k)
{
    char time[TIME_TEXT];
    parley_table_cell(t, "%s", k->name);
    parley_table_cell(t, "%s", PARLEY_SAY(in->lang, states[k->state][0], states[k->state][1]));
    parley_table_cell(t, "%s", utc_time(k->withdrawn_us ? k->withdrawn_us : k->accepted_us ? k->accepted_us : k->proposed_us, time));
    parley_table_cell(t, "%s", side_name(in, k->proposed_by_us, in->operand[0]));
    parley_table_cell(t, "%u/%u/%u", k->observed, k->not_observed, k->unknown);
}

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "norm", "规范" }, { "state", "状态" }, { "since", "自" }, { "proposed by", "提议方" }, { "observed yes/no/unknown", "遵守 是/否/不明" } };
    struct listing list;
    struct parley_norm *k;
    size_t n;
    enum parley_status status = open_desk(in);
    if (!status)
        status = parley_channel_norms(in->channel, in->operand[0], PARLEY_TLP_RED, &in->arena, &k, &n, &in->err);
    if (status)
        return status;
    begin_listing(in, &list, PARLEY_SAY(in->lang, "Register of commitments", "承诺登记簿"), columns, 5);
    for (size_t i = 0; i < n; i++) {
        if (in->json)
            put_json(&list.json, &k[i]);
        else
            put_row(in, list.table, &k[i]);
    }
    return finish_listing(in, &list);
}

const struct command command_channel_norms = {
    .name = "channel norms",
    .operands = "PEER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "The register of commitments: norms proposed, in force, withdrawn, and how they are observed.",
    .summary_zh = "承诺登记簿：已提议、生效、已退出的规范及遵守情况。",
    .text = "Derived from signed statements only (norm-proposal, norm-acceptance, norm-withdrawal, norm-report), so both desks see the same register. Exercises do not count.",
    .examples = "parley --desk cn channel norms us\n",
    .options = (const struct option[]){ UNLOCK_OPTION, { 0 } },
    .run = run,
};

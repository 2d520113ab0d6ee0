#include "channel_shared.h"

#include <parley/channel_register.h>

static enum parley_status run(struct invocation *in)
{
    static const char *const states[][2] = { { "proposed", "已提议" }, { "in force", "生效" }, { "withdrawn", "已退出" } };
    struct parley_desk *desk;
    struct parley_norm *k;
    size_t n;
    char time[TIME_TEXT], hash[65];
    enum parley_status status = open_desk(in, &desk);
    if (status)
        return status;
    status = parley_channel_norms(desk, in->operand[0], &in->arena, &k, &n, &in->err);
    parley_desk_close(desk);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_array(&json);
        for (size_t i = 0; i < n; i++) {
            parley_json_object(&json);
            parley_json_put_string(&json, "norm", k[i].name);
            parley_json_put_string(&json, "text", k[i].text);
            parley_json_put_string(&json, "mechanism", k[i].mechanism);
            parley_json_put_string(&json, "state", states[k[i].state][0]);
            parley_json_put_bool(&json, "proposed_by_us", k[i].proposed_by_us);
            parley_json_put_string(&json, "proposed", utc_time(k[i].proposed_us, time));
            parley_json_put_string(&json, "accepted", k[i].accepted_us ? utc_time(k[i].accepted_us, time) : NULL);
            parley_json_put_string(&json, "withdrawn", k[i].withdrawn_us ? utc_time(k[i].withdrawn_us, time) : NULL);
            parley_json_put_string(&json, "proposal", hash_text(k[i].proposal, hash));
            parley_json_put_string(&json, "acceptance", k[i].accepted_us ? hash_text(k[i].acceptance, hash) : NULL);
            parley_json_put_integer(&json, "observed", k[i].observed);
            parley_json_put_integer(&json, "not_observed", k[i].not_observed);
            parley_json_put_integer(&json, "unknown", k[i].unknown);
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Register of commitments", "承诺登记簿"));
    struct parley_table *t = parley_doc_table(&doc, "");
    const char *const titles[][2] = { { "norm", "规范" }, { "state", "状态" }, { "since", "自" }, { "proposed by", "提议方" }, { "observed yes/no/unknown", "遵守 是/否/不明" } };
    for (int i = 0; i < 5; i++)
        parley_table_column(t, PARLEY_SAY(in->lang, titles[i][0], titles[i][1]), PARLEY_LEFT);
    for (size_t i = 0; i < n; i++) {
        parley_table_cell(t, "%s", k[i].name);
        parley_table_cell(t, "%s", PARLEY_SAY(in->lang, states[k[i].state][0], states[k[i].state][1]));
        parley_table_cell(t, "%s", utc_time(k[i].withdrawn_us ? k[i].withdrawn_us : k[i].accepted_us ? k[i].accepted_us : k[i].proposed_us, time));
        parley_table_cell(t, "%s", k[i].proposed_by_us ? PARLEY_SAY(in->lang, "us", "我方") : in->operand[0]);
        parley_table_cell(t, "%u/%u/%u", k[i].observed, k[i].not_observed, k[i].unknown);
    }
    return finish_doc(in, &doc);
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

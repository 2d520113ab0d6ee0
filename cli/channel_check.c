#include "channel_draft.h"

#include <parley/channel_advice.h>

static enum parley_status run(struct invocation *in)
{
    const char *type = option_text(in, "type");
    struct parley_advice *a;
    char *body;
    size_t len, n;
    uint32_t within = 0;
    bool given;
    if (!type)
        return parley_fail(&in->err, PARLEY_EINVAL, "--type TYPE is needed; 'parley channel types' lists them");
    if (!message_type(in, type))
        return PARLEY_EINVAL;
    enum parley_status status = option_duration(in, "within", &within, &given);
    if (!given)
        within = parley_type_by_name(type)->within_s;
    if (!status)
        status = read_body(in, in->operand[0], &body, &len);
    if (!status)
        status = parley_body_fields_check(type, body, len, body_name(in->operand[0]), &in->err);
    if (!status)
        status = parley_draft_advice(type, body, len, within, &in->arena, &a, &n, &in->err);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_array(&json);
        for (size_t i = 0; i < n; i++) {
            parley_json_object(&json);
            parley_json_put_string(&json, "rule", a[i].rule);
            parley_json_put_string(&json, "principle", a[i].principle);
            parley_json_put_string(&json, "found", a[i].found);
            parley_json_put_string(&json, "advice", PARLEY_SAY(in->lang, a[i].en, a[i].zh));
            parley_json_put_string(&json, "source", a[i].source);
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Advice before sending", "发送前建议"));
    if (!n)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "The draft breaks none of the rules.", "草稿未违反任何规则。"));
    for (size_t i = 0; i < n; i++)
        parley_doc_item(&doc, "%s [%s; %s: %s]", PARLEY_SAY(in->lang, a[i].en, a[i].zh), a[i].rule, PARLEY_SAY(in->lang, "noticed by", "依据"), a[i].found);
    if (n)
        parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "You decide. 'channel send --override REASON' records here, and never sends, why advice was not followed.",
                                               "由您决定。“channel send --override 理由”仅在本地记录未采纳的理由。"));
    return finish_doc(in, &doc);
}

const struct command command_channel_check = {
    .name = "channel check",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Read a draft and advise where it breaks the principles of crisis management.",
    .summary_zh = "审读草稿，指出违背危机管控原则之处。",
    .text = "The rules (data/channel/advice.csv) come from the crisis study: understand the other side's interest and intent; leave a dignified way out; enough time and no ultimatum; no zero-sum; "
            "limited ends and means; one issue at a time; the hurt department stands back. They read structured fields and a short list of words; they do not understand texts.",
    .examples = "parley channel check draft.json --type concern --within 12h\n",
    .options = (const struct option[]){ { "type", 0, "TYPE", "Statement type." }, { "within", 0, "TIME", "Answer wanted within." }, { 0 } },
    .run = run,
};

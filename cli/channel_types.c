#include "channel_shared.h"

#include <parley/channel_advice.h>
#include <string.h>

static enum parley_status skeleton(struct invocation *in, const char *type)
{
    struct parley_field *f;
    size_t n;
    struct parley_json json;
    enum parley_status status = parley_type_fields(type, &in->arena, &f, &n, &in->err);
    if (status)
        return status;
    begin_json(in, &json);
    parley_json_object(&json);
    for (size_t i = 0; i < n; i++) {
        const char *hint = PARLEY_SAY(in->lang, f[i].en, f[i].zh);
        parley_json_key(&json, f[i].name);
        if (!strcmp(f[i].kind, "list")) {
            parley_json_array(&json);
            parley_json_string(&json, hint);
            parley_json_array_end(&json);
        } else if (!strcmp(f[i].kind, "object")) {
            parley_json_object(&json);
            parley_json_object_end(&json);
        } else {
            parley_json_string(&json, hint);
        }
    }
    parley_json_object_end(&json);
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    size_t n;
    const struct parley_type_info *t = parley_types(&n);
    if (in->n_operands)
        return skeleton(in, in->operand[0]);
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_array(&json);
        for (size_t i = 0; i < n; i++) {
            parley_json_object(&json);
            parley_json_put_integer(&json, "code", t[i].code);
            parley_json_put_string(&json, "type", t[i].name);
            parley_json_put_string(&json, "precedence", parley_precedence_name(t[i].precedence, PARLEY_EN));
            parley_json_put_integer(&json, "answer_within_s", t[i].within_s);
            parley_json_put_string(&json, "answers", t[i].answers);
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Statement types", "声明类型"));
    struct parley_table *table = parley_doc_table(&doc, "");
    const char *const titles[][2] = { { "type", "类型" }, { "", "" }, { "precedence", "缓急" }, { "answer within", "答复期限" } };
    for (int i = 0; i < 4; i++)
        parley_table_column(table, PARLEY_SAY(in->lang, titles[i][0], titles[i][1]), i == 3 ? PARLEY_RIGHT : PARLEY_LEFT);
    for (size_t i = 0; i < n; i++) {
        if (t[i].kind != PARLEY_KIND_MESSAGE)
            continue;
        parley_table_cell(table, "%s", t[i].name);
        parley_table_cell(table, "%s", type_label(in, t[i].code));
        parley_table_cell(table, "%s", parley_precedence_name(t[i].precedence, in->lang));
        parley_table_cell(table, t[i].within_s ? "%u h" : "-", t[i].within_s / 3600);
    }
    return finish_doc(in, &doc);
}

const struct command command_channel_types = {
    .name = "channel types",
    .operands = "[TYPE]",
    .operands_max = 1,
    .summary = "List the statement types; with TYPE, print a body to fill in.",
    .summary_zh = "列出声明类型；给出类型则打印待填正文。",
    .text = "The body that is printed holds, for each field, what it is for; replace the texts and leave out what is not needed.",
    .examples = "parley channel types\nparley channel types incident-notification\n",
    .run = run,
};

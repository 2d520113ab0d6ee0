#include "channel_words.h"
#include "listing.h"

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
    struct parley_text needed;
    parley_text_init(&needed, 4096);
    for (size_t i = 0; i < n; i++)
        if (f[i].required)
            parley_text_addf(&needed, "%s%s", needed.len ? ", " : "", f[i].name);
    if (!in->json && needed.len) /* a JSON text has no place for remarks */
        say(in, PARLEY_SAY(in->lang, "needed: %s; the rest may be left out", "必填：%s；其余可省略"), parley_text_str(&needed));
    parley_text_release(&needed);
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

static void put_json(struct parley_json *json, const struct parley_type_info *t)
{
    parley_json_object(json);
    parley_json_put_integer(json, "code", t->code);
    parley_json_put_string(json, "type", t->name);
    parley_json_put_string(json, "precedence", parley_precedence_name(t->precedence, PARLEY_EN));
    parley_json_put_integer(json, "answer_within_s", t->within_s);
    parley_json_put_string(json, "answers", t->answers);
    parley_json_object_end(json);
}

static void put_row(const struct invocation *in, struct parley_table *table, const struct parley_type_info *t)
{
    parley_table_cell(table, "%s", t->name);
    parley_table_cell(table, "%s", type_label(in, t->code));
    parley_table_cell(table, "%s", parley_precedence_name(t->precedence, in->lang));
    parley_table_cell(table, t->within_s ? "%u h" : "-", t->within_s / 3600);
}

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "type", "类型" }, { "", "" }, { "precedence", "缓急" }, { "answer within", "答复期限", PARLEY_RIGHT } };
    struct listing list;
    size_t n;
    const struct parley_type_info *t = parley_types(&n);
    if (in->n_operands)
        return skeleton(in, in->operand[0]);
    begin_listing(in, &list, PARLEY_SAY(in->lang, "Statement types", "声明类型"), columns, 4);
    for (size_t i = 0; i < n; i++) {
        if (in->json)
            put_json(&list.json, &t[i]);
        else if (t[i].kind == PARLEY_KIND_MESSAGE) /* receipts and keys are no business of people */
            put_row(in, list.table, &t[i]);
    }
    return finish_listing(in, &list);
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

#include "case_input.h"

#include <string.h>

static const struct option options[] = {
    { "all", 0, NULL, "Every case." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    { 0 },
};

/* A YAML tree as JSON: the same file in the other notation. */
static void node_json(struct parley_json *j, const struct parley_node *n)
{
    double number;
    switch (n->kind) {
    case PARLEY_NODE_NULL: parley_json_null(j); break;
    case PARLEY_NODE_SCALAR:
        if (!n->quoted && parley_text_to_double(n->text, n->len, &number))
            parley_json_raw(j, n->text);
        else if (!n->quoted && (!strcmp(n->text, "true") || !strcmp(n->text, "false")))
            parley_json_bool(j, n->text[0] == 't');
        else
            parley_json_string(j, n->text);
        break;
    case PARLEY_NODE_LIST:
        parley_json_array(j);
        for (size_t i = 0; i < n->n; i++)
            node_json(j, &n->child[i]);
        parley_json_array_end(j);
        break;
    case PARLEY_NODE_MAP:
        parley_json_object(j);
        for (size_t i = 0; i < n->n; i++) {
            parley_json_key(j, n->child[i].key);
            node_json(j, &n->child[i]);
        }
        parley_json_object_end(j);
        break;
    }
}

/* The lines of a case indented by two, the first with a dash: an entry of a list. */
static void as_entry(struct parley_text *out, const char *text)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        parley_text_addf(out, "%s%.*s\n", p == text ? "- " : "  ", (int)n, p);
        p += n + (p[n] == '\n');
    }
}

static enum parley_status as_json(struct invocation *in)
{
    struct parley_node *root;
    struct parley_text text = in->out;
    enum parley_status status =
        parley_yaml_parse(parley_text_str(&text), text.len, "export", &in->arena, &root, &in->err);
    if (status)
        return status;
    struct parley_json j;
    parley_text_clear(&in->out);
    begin_json(in, &j);
    node_json(&j, root);
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct case_input input;
    struct parley_text one;
    bool all = option_given(in, "all");
    if (all == (in->n_operands > 0))
        return parley_fail(&in->err, PARLEY_EINVAL, "name the cases to export, such as C03, or give --all");
    enum parley_status status = case_input_open(in, PARLEY_RECORD_READ, &input);
    if (status)
        return status;
    size_t n = all ? input.n : (size_t)in->n_operands;
    parley_text_init(&one, PARLEY_CASE_BYTES_MAX);
    for (size_t i = 0; i < n && !status; i++) {
        struct parley_coded_case c;
        if (all)
            c = input.list[i];
        else
            status = case_find(in, &input, in->operand[i], &c);
        if (status)
            break;
        parley_text_clear(&one);
        parley_case_write(&c, &input.book, &one);
        if (n == 1)
            parley_text_adds(&in->out, parley_text_str(&one));
        else
            as_entry(&in->out, parley_text_str(&one));
    }
    parley_text_release(&one);
    case_input_close(&input);
    if (status)
        parley_text_clear(&in->out);
    else if (in->json)
        status = as_json(in);
    return status;
}

const struct command command_case_export = {
    .name = "case export",
    .operands = "[CASE...]",
    .operands_max = -1,
    .summary = "Write cases as files that can be edited and imported.",
    .summary_zh = "把案例写成可编辑、可导入的文件。",
    .text = "One case is a map, several are a list. The output reads back with 'parley case add', 'parley case import' "
            "and 'parley accord eval'. "
            "The stated values stay apart from the codings; the dated evidence is part of the file.",
    .examples = "parley case export C03\nparley case export C01 C02 --json\nparley case export --all\n",
    .options = options,
    .run = run,
};

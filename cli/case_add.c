#include "case_input.h"

#include <parley/file.h>

#include <string.h>

const struct option case_add_options[] = {
    { "replace", 0, NULL, "Write over cases that are there already." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    { 0 },
};

/* Every case of a file: one map, or a list of maps. */
static enum parley_status read_file(struct invocation *in, const struct parley_codebook *book, const char *path,
                                    struct parley_coded_case **out, size_t *n)
{
    struct parley_node *root = NULL;
    char *text;
    size_t len, name = strlen(path);
    enum parley_status status = parley_file_read(path, 64 << 20, &in->arena, &text, &len, &in->err);
    if (!status)
        status = name > 5 && !strcmp(path + name - 5, ".json")
                     ? parley_json_parse(text, len, path, &in->arena, &root, &in->err)
                     : parley_yaml_parse(text, len, path, &in->arena, &root, &in->err);
    if (status)
        return status;
    const struct parley_node *first = root->kind == PARLEY_NODE_LIST ? root->child : root;
    size_t count = root->kind == PARLEY_NODE_LIST ? root->n : 1;
    if (count == 0 || count > PARLEY_STORED_CASES_MAX)
        return parley_node_fail(root, &in->err, PARLEY_ELIMIT, "%zu cases; 1 to %d are possible", count,
                                PARLEY_STORED_CASES_MAX);
    *out = PARLEY_NEW(&in->arena, struct parley_coded_case, count);
    if (!*out)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < count && !status; i++)
        status = parley_case_read(&first[i], book, &in->arena, &(*out)[i], &in->err);
    *n = count;
    return status;
}

enum parley_status case_add_files(struct invocation *in)
{
    struct case_input input;
    enum parley_status status = case_input_open(in, PARLEY_RECORD_WRITE, &input);
    size_t total = 0;
    if (status)
        return status;
    struct parley_coded_case *list = NULL;
    for (int f = 0; f < in->n_operands && !status; f++) {
        struct parley_coded_case *more = NULL;
        size_t n = 0;
        status = read_file(in, &input.book, in->operand[f], &more, &n);
        if (status)
            break;
        struct parley_coded_case *joined = PARLEY_NEW(&in->arena, struct parley_coded_case, total + n);
        if (!joined) {
            status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
            break;
        }
        if (total)
            memcpy(joined, list, total * sizeof *list);
        memcpy(joined + total, more, n * sizeof *more);
        list = joined;
        total += n;
    }
    for (size_t i = 0; i < total && !status; i++)
        for (size_t k = 0; k < i && !status; k++)
            if (!strcmp(list[i].id, list[k].id))
                status =
                    parley_fail(&in->err, PARLEY_EDOM,
                                "case %.60s is there twice in what is to be added; nothing was written", list[i].id);
    if (!status)
        status = parley_cases_save(input.record, &input.book, list, total, option_given(in, "replace"), &in->err);
    case_input_close(&input);
    if (status)
        return status;
    if (in->json) {
        struct parley_json j;
        begin_json(in, &j);
        parley_json_object(&j);
        parley_json_put_integer(&j, "added", (int64_t)total);
        parley_json_object_end(&j);
    } else {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%zu case%s written\n", "已写入案例%zu个%s\n"), total,
                         PARLEY_SAY(in->lang, total == 1 ? "" : "s", ""));
    }
    return PARLEY_OK;
}

const struct command command_case_add = {
    .name = "case add",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Add a case file to the desk.",
    .summary_zh = "把一个案例文件加入工作台。",
    .text = "A case file is YAML or JSON: id, name, issue, type, parties, year, outcome, and either common_harm and "
            "regime_threat or codings of their "
            "indicators, each with coder and evidence. 'parley case export C03' shows one. A case with the id of one "
            "of the studies is that case coded again, "
            "and takes its place on this desk.\n\nInstruments that bind nobody (norms, expert reports, manuals) are "
            "out of the theory's scope and refused with the reason.",
    .examples = "# on a desk: parley case export C03 >c03.yaml; parley case add c03.yaml\nparley case export "
                "C03\nparley help case add\n",
    .options = case_add_options,
    .run = case_add_files,
};

/* The lists a person looks codes up in: actors, domains, formats. */
#include "open_record.h"

#include <parley/import.h>

static enum parley_status finish(struct invocation *in, const char *const *key, const char *const *title, size_t columns, const char **cell, size_t rows)
{
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_array(&json);
        for (size_t r = 0; r < rows; r++) {
            parley_json_object(&json);
            for (size_t c = 0; c < columns; c++)
                parley_json_put_string(&json, key[c], cell[r * columns + c]);
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        parley_text_addc(&in->out, '\n');
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, "");
    struct parley_table *t = parley_doc_table(&doc, "");
    for (size_t c = 0; c < columns; c++)
        parley_table_column(t, title[c], PARLEY_LEFT);
    for (size_t i = 0; i < rows * columns; i++)
        parley_table_cell(t, "%s", cell[i]);
    return finish_doc(in, &doc);
}

static enum parley_status run_actors(struct invocation *in)
{
    static const char *const key[] = { "actor", "en", "zh", "kind", "aliases" };
    const char *const title[] = { PARLEY_SAY(in->lang, "code", "代码"), "English", "中文", PARLEY_SAY(in->lang, "kind", "类型"), PARLEY_SAY(in->lang, "other names", "别名") };
    struct parley_record *record = NULL;
    struct parley_actor *actor = NULL;
    size_t n = 0;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status && in->n_operands) {
        actor = PARLEY_NEW(&in->arena, struct parley_actor, (size_t)in->n_operands);
        for (; actor && !status && n < (size_t)in->n_operands; n++)
            status = parley_record_actor(record, in->operand[n], &in->arena, &actor[n], &in->err);
    } else if (!status) {
        status = parley_record_actors(record, &in->arena, &actor, &n, &in->err);
    }
    parley_record_close(record);
    const char **cell = PARLEY_NEW(&in->arena, const char *, 5 * n + 1);
    if (!status && !cell)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        const char *const row[] = { actor[i].code, actor[i].en, actor[i].zh, actor[i].kind, actor[i].aliases };
        for (int c = 0; c < 5; c++)
            cell[5 * i + (size_t)c] = row[c];
    }
    return finish(in, key, title, 5, cell, n);
}

static enum parley_status run_domains(struct invocation *in)
{
    static const char *const key[] = { "domain", "en", "zh", "model_domain", "visibility" };
    const char *const title[] = { PARLEY_SAY(in->lang, "code", "代码"), "English", "中文", PARLEY_SAY(in->lang, "in the model", "模型领域"), PARLEY_SAY(in->lang, "visibility", "公开程度") };
    struct parley_domain *d = NULL;
    size_t n = 0;
    enum parley_status status = parley_domains(&in->arena, &d, &n, &in->err);
    const char **cell = PARLEY_NEW(&in->arena, const char *, 5 * n + 1);
    if (!status && !cell)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        const char *const row[] = { d[i].code, d[i].en, d[i].zh, d[i].model, d[i].visibility };
        for (int c = 0; c < 5; c++)
            cell[5 * i + (size_t)c] = row[c];
    }
    return finish(in, key, title, 5, cell, n);
}

static enum parley_status run_formats(struct invocation *in)
{
    static const char *const key[] = { "format", "title", "collapse" };
    const char *const title[] = { PARLEY_SAY(in->lang, "format", "格式"), PARLEY_SAY(in->lang, "data set", "数据集"), PARLEY_SAY(in->lang, "how rows become events", "行如何成为事件") };
    struct parley_mapping_info *m = NULL;
    size_t n = 0;
    enum parley_status status = parley_mappings(&in->arena, &m, &n, &in->err);
    const char **cell = PARLEY_NEW(&in->arena, const char *, 3 * n + 1);
    if (!status && !cell)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        cell[3 * i] = m[i].name;
        cell[3 * i + 1] = m[i].title;
        cell[3 * i + 2] = m[i].collapse;
    }
    return finish(in, key, title, 3, cell, n);
}

const struct command command_record_actors = {
    .name = "record actors",
    .operands = "[NAME...]",
    .operands_max = -1,
    .summary = "List the actors with their codes, or find the ones named.",
    .summary_zh = "列出行为体及其代码，或查找所列名称。",
    .text = "States are ISO 3166 codes (CN), bodies ORG:UN, firms FIRM:Google, groups GROUP:HACK, nobody known UNK.",
    .examples = "parley record actors China 美国 NATO\nparley record actors\n",
    .run = run_actors,
};

const struct command command_record_domains = {
    .name = "record domains",
    .operands = "",
    .summary = "List the domains an event can be in.",
    .summary_zh = "列出事件的领域。",
    .text = "The third column is the conflict domain of the model that each belongs to.",
    .examples = "parley record domains\n",
    .run = run_domains,
};

const struct command command_record_formats = {
    .name = "record formats",
    .operands = "",
    .summary = "List the data sets that can be imported.",
    .summary_zh = "列出可导入的数据集格式。",
    .text = "Each is a mapping file under data/mappings; docs/importers.md tells how to write one.",
    .examples = "parley record formats\n",
    .run = run_formats,
};

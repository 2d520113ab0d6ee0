#include "case_input.h"
#include "open_record.h"

#include <parley/data.h>
#include <parley/file.h>

#include <math.h>
#include <string.h>
#include <sys/stat.h>

enum parley_status case_codebook(struct invocation *in, struct parley_codebook *book)
{
    const char *path = option_text(in, "codebook");
    char *text;
    size_t len;
    if (!path)
        return parley_codebook_shipped(&in->arena, book, &in->err);
    enum parley_status status = parley_file_read(path, PARLEY_CASE_BYTES_MAX, &in->arena, &text, &len, &in->err);
    return status ? status : parley_codebook_parse(text, len, path, &in->arena, book, &in->err);
}

enum parley_status case_input_open(struct invocation *in, enum parley_record_mode mode, struct case_input *out)
{
    struct case_input input = { 0 };
    enum parley_status status = case_codebook(in, &input.book);
    if (!status)
        status = open_record(in, mode, &input.record);
    if (!status)
        status = parley_stored_cases(input.record, &input.book, &in->arena, &input.list, &input.n, &in->err);
    if (status)
        case_input_close(&input);
    *out = input;
    return status;
}

void case_input_close(struct case_input *input)
{
    parley_record_close(input->record);
    input->record = NULL;
}

enum parley_status
case_file(struct invocation *in, const struct parley_codebook *book, const char *path, struct parley_coded_case *out)
{
    struct parley_node *root = NULL;
    char *text;
    size_t len, name = strlen(path);
    const char *inside = parley_arena_printf(&in->arena, "cases/%s.yaml", path);
    const struct parley_data_file *shipped = inside ? parley_data_find(inside) : NULL;
    enum parley_status status = PARLEY_OK;
    if (shipped) {
        status = parley_yaml_parse(shipped->bytes, shipped->len, shipped->name, &in->arena, &root, &in->err);
        return status ? status : parley_case_read(root, book, &in->arena, out, &in->err);
    }
    status = parley_file_read(path, PARLEY_CASE_BYTES_MAX, &in->arena, &text, &len, &in->err);
    if (!status)
        status = name > 5 && !strcmp(path + name - 5, ".json")
                     ? parley_json_parse(text, len, path, &in->arena, &root, &in->err)
                     : parley_yaml_parse(text, len, path, &in->arena, &root, &in->err);
    return status ? status : parley_case_read(root, book, &in->arena, out, &in->err);
}

enum parley_status
case_find(struct invocation *in, const struct case_input *input, const char *id, struct parley_coded_case *out)
{
    struct stat st;
    const char *nearest = NULL;
    size_t best = 3;
    for (size_t i = 0; i < input->n; i++) {
        size_t d = parley_edit_distance(id, input->list[i].id);
        if (d == 0) {
            *out = input->list[i];
            return PARLEY_OK;
        }
        if (d < best)
            best = d, nearest = input->list[i].id;
    }
    const char *inside = parley_arena_printf(&in->arena, "cases/%s.yaml", id);
    if (!strcmp(id, "-") || (inside && parley_data_find(inside)) || strchr(id, '.') || strchr(id, '/') ||
        !stat(id, &st))
        return case_file(in, &input->book, id, out);
    return parley_fail(&in->err, PARLEY_ENOTFOUND, "there is no case '%.60s'%s%s%s; 'parley case list' lists them", id,
                       nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

enum parley_status case_of_actors(struct invocation *in, const struct case_input *input, struct parley_coded_case *out)
{
    const char **code = NULL, *members = "";
    size_t n = (size_t)in->n_operands;
    struct parley_party *party = PARLEY_NEW(&in->arena, struct parley_party, n);
    struct parley_event_list events = { 0 };
    enum parley_status status = resolve_actors(in, input->record, in->operand, in->n_operands, &code);
    if (!status && !party)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < n && !status; i++) {
        party[i] = (struct parley_party) { .name = code[i], .own = { NAN, NAN, NAN, NAN, NAN } };
        members = parley_arena_printf(&in->arena, "%s%s%s", members, i ? ";" : "", code[i]);
        if (!members)
            status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    }
    struct parley_event_query query = { .relation = code, .n_relation = n, .dated_only = true };
    if (!status)
        status = parley_record_events(input->record, &query, &in->arena, &events, &in->err);
    if (status)
        return status;
    if (events.n == 0)
        return parley_fail(&in->err, PARLEY_EDOM,
                           "the record holds no dated event between %.80s; import some, or write a case file", members);
    int year, month, day;
    parley_civil_from_days(events.event[events.n - 1].when.start_us / PARLEY_US_PER_DAY, &year, &month, &day);
    *out = parley_case_uncoded(members, members, year, party, n);
    out->en = members;
    return PARLEY_OK;
}

enum parley_status case_series(struct invocation *in, const struct case_input *input, struct parley_coded_case *c)
{
    struct parley_event_query query = { .dated_only = true };
    struct parley_event_list events = { 0 };
    struct parley_window_point *points;
    enum parley_status status = parley_record_events(input->record, &query, &in->arena, &events, &in->err);
    if (!status)
        status = parley_case_series(c, &input->book, &events, &in->arena, &points, &c->n_window, &in->err);
    if (!status)
        c->window = points;
    return status;
}

enum parley_status case_theory_row(struct invocation *in, const struct parley_coded_case *c,
                                   const struct parley_codebook *book, struct parley_theory_row *out)
{
    struct parley_theory_row r = { .harm = c->harm, .threat = c->threat, .outcome = c->outcome };
    for (int h = 0; h < 2; h++)
        for (int t = 0; t < 2; t++) {
            struct parley_situation s = parley_case_situation(c, book);
            double lasting;
            s.conditions.severe = h ? PARLEY_YES : PARLEY_NO;
            s.conditions.threat = t ? PARLEY_YES : PARLEY_NO;
            enum parley_status status = parley_gainloss_probability(&s, &r.p[h][t], &lasting, &in->err);
            if (status)
                return status;
        }
    *out = r;
    return PARLEY_OK;
}

const char *case_name(const struct invocation *in, const struct parley_coded_case *c)
{
    return in->lang == PARLEY_ZH && *c->zh ? c->zh : *c->en ? c->en : c->id;
}

const char *case_tri(const struct invocation *in, enum parley_tri v)
{
    return v == PARLEY_YES  ? PARLEY_SAY(in->lang, "yes", "是")
           : v == PARLEY_NO ? PARLEY_SAY(in->lang, "no", "否")
                            : PARLEY_SAY(in->lang, "unknown", "未知");
}

const char *
case_value(const struct invocation *in, const struct parley_codebook *book, const char *variable, enum parley_tri v)
{
    if (in->lang == PARLEY_EN)
        return v == PARLEY_UNKNOWN ? "unknown"
               : !strcmp(variable, "common_harm") && v == PARLEY_NO
                   ? "not severe"
                   : parley_codebook_word(parley_codebook_variable(book, variable), v);
    if (v == PARLEY_UNKNOWN)
        return "未知";
    if (!strcmp(variable, "common_harm"))
        return v == PARLEY_YES ? "严重" : "不严重";
    return v == PARLEY_YES ? "存在" : "不存在";
}

const char *case_outcome(const struct invocation *in, enum parley_tri v)
{
    return v == PARLEY_YES  ? PARLEY_SAY(in->lang, "reached", "达成")
           : v == PARLEY_NO ? PARLEY_SAY(in->lang, "not reached", "未达成")
                            : PARLEY_SAY(in->lang, "open", "未定");
}

const char *
case_issue(const struct invocation *in, const struct parley_codebook *book, const struct parley_coded_case *c)
{
    const struct parley_codebook_term *a = parley_codebook_term(book->issue, book->n_issues, c->issue);
    return a ? PARLEY_SAY(in->lang, a->en, a->zh) : c->issue;
}

void case_limits(const struct invocation *in, struct parley_doc *doc, const struct parley_theory_result *r)
{
    parley_doc_note(doc,
                    PARLEY_SAY(in->lang,
                               "The evidence is thin: a rule that always says yes gets %zu of %zu cases right, "
                               "Fisher's exact test gives p = %.3f, the threat is "
                               "present in %zu case%s and harm is not severe in %zu. The study that states the theory "
                               "chose and coded the cases. Every number of the "
                               "gain-loss model is assumed.",
                               "证据有限：总是预测“达成”的规则在%2$zu个案例中也能说对%1$zu个；费舍尔精确检验 p = "
                               "%3$.3f；仅有%4$zu个案例存在政权威胁认知%5$s，%6$zu个案例"
                               "危害不严重。案例由提出理论的研究自行选取和编码；收益—损失模型的数值均为假定。"),
                    r->always_yes, r->score.n, r->score.fisher_p, r->threat_yes,
                    PARLEY_SAY(in->lang, r->threat_yes == 1 ? "" : "s", ""), r->harm_no);
}

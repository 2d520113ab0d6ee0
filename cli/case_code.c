#include "case_input.h"

#include <string.h>

static const struct option options[] = {
    { "indicator", 0, "ID",
      "What is coded: an indicator such as harm.critical (or H3), or a whole variable such as regime_threat." },
    { "value", 0, "yes|no|unknown", "The value." },
    { "coder", 0, "NAME", "Who codes. Two or more coders make reliability measurable." },
    { "evidence", 0, "TEXT", "Events, figures or sources, joined by ';'." },
    { "date", 0, "DATE", "When it was coded, such as 2026-01-31." },
    { "note", 0, "TEXT", "A remark." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    { 0 },
};

static enum parley_status
coding_of(struct invocation *in, const struct parley_codebook *book, struct parley_coding *out)
{
    static const char *const words[] = { "no", "yes", "unknown", NULL };
    static const char *const needed[] = { "indicator", "value", "coder", "evidence" };
    struct parley_date when;
    int value = PARLEY_UNKNOWN;
    for (size_t i = 0; i < 4; i++)
        if (!option_given(in, needed[i]) || !*option_text(in, needed[i]))
            return parley_fail(&in->err, PARLEY_EINVAL, "a coding needs --%s; see 'parley help case code'", needed[i]);
    enum parley_status status = option_choice(in, "value", words, &value);
    if (status)
        return status;
    *out = (struct parley_coding) { .indicator = option_text(in, "indicator"),
                                    .value = (enum parley_tri)value,
                                    .coder = option_text(in, "coder"),
                                    .evidence = option_text(in, "evidence"),
                                    .date = "",
                                    .note = "" };
    const struct parley_codebook_indicator *x = parley_codebook_indicator(book, out->indicator, NULL);
    if (!x && !parley_codebook_variable(book, out->indicator))
        return parley_fail(&in->err, PARLEY_EINVAL,
                           "--indicator: the codebook has no '%.60s'; 'parley case show codebook' lists them",
                           out->indicator);
    if (x)
        out->indicator = x->id;
    if (option_given(in, "note"))
        out->note = option_text(in, "note");
    if (option_given(in, "date"))
        out->date = option_text(in, "date");
    status = parley_date_parse(out->date, strlen(out->date), &when, &in->err);
    return status ? parley_fail_in(&in->err, status, "--date") : PARLEY_OK;
}

/* The case with the coding added, or in the place of the same coder's earlier one. */
static enum parley_status with_coding(struct invocation *in, const struct parley_codebook *book,
                                      struct parley_coded_case *c, const struct parley_coding *coding)
{
    struct parley_coding *list = PARLEY_NEW(&in->arena, struct parley_coding, c->n_codings + 1);
    size_t at = 0;
    if (!list)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (; at < c->n_codings; at++)
        if (!strcmp(c->coding[at].coder, coding->coder) && !strcmp(c->coding[at].indicator, coding->indicator))
            break;
    if (c->n_codings)
        memcpy(list, c->coding, c->n_codings * sizeof *list);
    list[at] = *coding;
    c->n_codings += at == c->n_codings;
    c->coding = list;
    return parley_case_decide(c, book, &in->err);
}

static enum parley_status run(struct invocation *in)
{
    struct case_input input;
    struct parley_coded_case c;
    struct parley_coding coding;
    enum parley_status status = case_input_open(in, PARLEY_RECORD_WRITE, &input);
    if (status)
        return status;
    status = coding_of(in, &input.book, &coding);
    if (!status)
        status = case_find(in, &input, in->operand[0], &c);
    if (!status)
        status = with_coding(in, &input.book, &c, &coding);
    if (!status)
        status = parley_cases_save(input.record, &input.book, &c, 1, true, &in->err);
    case_input_close(&input);
    if (status)
        return status;
    if (in->json) {
        struct parley_json j;
        begin_json(in, &j);
        parley_json_object(&j);
        parley_json_put_string(&j, "case", c.id);
        parley_json_put_integer(&j, "codings", (int64_t)c.n_codings);
        parley_json_put_string(&j, "common_harm",
                               parley_codebook_word(parley_codebook_variable(&input.book, "common_harm"), c.harm));
        parley_json_put_string(&j, "regime_threat",
                               parley_codebook_word(parley_codebook_variable(&input.book, "regime_threat"), c.threat));
        parley_json_object_end(&j);
        return PARLEY_OK;
    }
    parley_text_addf(&in->out,
                     PARLEY_SAY(in->lang, "%s: %s is %s, says %s. Common harm: %s. Regime threat: %s.\n",
                                "%s：%s为%s（%s编码）。共同危害：%s。政权威胁认知：%s。\n"),
                     c.id, coding.indicator, case_tri(in, coding.value), coding.coder,
                     case_value(in, &input.book, "common_harm", c.harm),
                     case_value(in, &input.book, "regime_threat", c.threat));
    return PARLEY_OK;
}

const struct command command_case_code = {
    .name = "case code",
    .operands = "CASE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Code one indicator of a case: value, coder and evidence.",
    .summary_zh = "为案例的一项指标编码：取值、编码者与证据。",
    .text = "Adds a coding to a case of the desk, or replaces the same coder's earlier one. A case of the studies is "
            "copied to the desk first. The variables "
            "follow from the codings by the codebook; coders who disagree leave an indicator unknown. A coding that "
            "contradicts what the case states is refused.",
    .examples = "# on a desk: parley case code C03 --indicator harm.critical --value yes --coder AB --evidence "
                "EV048\nparley case propose C03\nparley help case code\n",
    .options = options,
    .run = run,
};

#include "command.h"
#include "open_record.h"

#include <parley/claims.h>

#include <string.h>

static const struct option options[] = {
    { "study", 0, "NNN", "Only the claims of one study: 000, 001, 002, 003 or 004." },
    { "claim", 0, "ID", "Only this claim, such as K75." },
    { "hypotheses", 0, NULL, "Only the 38 hypotheses of the relation model, no claims. Default: claims, then hypotheses, unless --study or --claim is given." },
    { "precision", 0, "normal|high",
      "high: ten times the budget of the simulated claims and hypotheses. Default: normal (less than a minute on two cores)." },
    { "budget", 0, "SECONDS", "Processor time of the simulated claims and hypotheses. Default: 80; 0: a quick look with 1024 replicates and no random parameter sets." },
    { "seed", 0, "N", "Seed of everything random. Default: 1." },
    { "threads", 0, "N", "Threads; the results do not depend on it. Default: one per processor." },
    { 0 },
};

static void put_verdict(struct invocation *in, struct parley_json *j, const struct parley_verdict *v)
{
    parley_json_put_string(j, "verdict", parley_verdict_text(v->verdict, false));
    parley_json_put_string(j, "measure", !*v->measure ? NULL : in->lang == PARLEY_ZH ? v->measure_zh : v->measure);
    parley_json_put_number(j, "effect", v->effect);
    parley_json_put_number(j, "low", v->low);
    parley_json_put_number(j, "high", v->high);
    parley_json_put_string(j, "sign_held_in", v->tried ? parley_arena_printf(&in->arena, "%u/%u", v->held, v->tried) : NULL);
    parley_json_put_string(j, "why", in->lang == PARLEY_ZH && v->why_zh ? v->why_zh : v->why);
}

static void hypotheses_as_json(struct invocation *in, struct parley_json *j, const struct parley_claims_report *r)
{
    parley_json_key(j, "hypotheses");
    parley_json_array(j);
    for (size_t i = 0; i < r->n_hypotheses; i++) {
        const struct parley_hypothesis_result *h = &r->hypothesis[i];
        parley_json_object(j);
        parley_json_put_string(j, "id", h->hypothesis->id);
        parley_json_put_string(j, "statement", in->lang == PARLEY_ZH ? h->statement_zh : h->hypothesis->statement);
        parley_json_put_string(j, "expected", h->hypothesis->expected);
        parley_json_put_string(j, "status", h->hypothesis->status);
        put_verdict(in, j, &h->verdict);
        parley_json_put_number(j, "z", h->z);
        parley_json_object_end(j);
    }
    parley_json_array_end(j);
}

static void as_json(struct invocation *in, const struct parley_claims_report *r, uint64_t seed)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_key(&j, "claims");
    parley_json_array(&j);
    for (size_t i = 0; i < r->n; i++) {
        const struct parley_claim_result *c = &r->result[i];
        parley_json_object(&j);
        parley_json_put_string(&j, "id", c->claim->id);
        parley_json_put_string(&j, "study", c->study);
        parley_json_put_string(&j, "statement", in->lang == PARLEY_ZH ? c->text_zh : c->claim->text);
        parley_json_put_string(&j, "method", c->method);
        put_verdict(in, &j, &c->verdict);
        parley_json_put_string(&j, "source", c->claim->source);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    if (r->hypothesis)
        hypotheses_as_json(in, &j, r);
    parley_json_put_integer(&j, "seed", (int64_t)seed);
    parley_json_put_integer(&j, "replicates", (int64_t)r->replicates);
    parley_json_object_end(&j);
}

static void put_numbers(struct invocation *in, struct parley_doc *doc, const struct parley_verdict *v)
{
    const char *measure = in->lang == PARLEY_ZH ? v->measure_zh : v->measure;
    if (v->effect == v->effect) {
        char e[PARLEY_NUMBER_TEXT], a[PARLEY_NUMBER_TEXT], b[PARLEY_NUMBER_TEXT];
        parley_double_to_short(v->effect, 3, e);
        parley_double_to_short(v->low, 3, a);
        parley_double_to_short(v->high, 3, b);
        if (v->low == v->low)
            parley_doc_item(doc, PARLEY_SAY(in->lang, "%s: %s (%s to %s)", "%s：%s（%s至%s）"), measure, e, a, b);
        else
            parley_doc_item(doc, PARLEY_SAY(in->lang, "%s: %s", "%s：%s"), measure, e);
    }
    if (v->tried)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "the sign held in %u of %u random parameter sets", "符号在%u组（共%u组）随机参数中成立"), v->held, v->tried);
}

static void count_verdicts(struct invocation *in, struct parley_doc *doc, const char *what, const size_t count[4])
{
    parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "%zu %s: %zu supported, %zu contradicted, %zu undecided, %zu not testable here.",
                                         "%zu条%s：支持%zu条，不支持%zu条，未定%zu条，此处无法检验%zu条。"),
                         count[0] + count[1] + count[2] + count[3], what, count[PARLEY_SUPPORTED], count[PARLEY_CONTRADICTED], count[PARLEY_UNDECIDED],
                         count[PARLEY_NOT_TESTABLE]);
}

static void claims_as_text(struct invocation *in, struct parley_doc *doc, const struct parley_claims_report *r)
{
    bool zh = in->lang == PARLEY_ZH;
    size_t count[4] = { 0 };
    for (size_t i = 0; i < r->n; i++)
        count[r->result[i].verdict.verdict]++;
    count_verdicts(in, doc, PARLEY_SAY(in->lang, r->n == 1 ? "claim" : "claims", "论断"), count);
    for (size_t i = 0; i < r->n; i++) {
        const struct parley_claim_result *c = &r->result[i];
        const struct parley_verdict *v = &c->verdict;
        parley_doc_heading(doc, 3, c->claim->id, "%s  %s", c->claim->id, parley_verdict_text(v->verdict, zh));
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "%s (%s)", "%s（%s）"), zh ? c->text_zh : c->claim->text, c->claim->source);
        parley_doc_item(doc, PARLEY_SAY(in->lang, "by %s: %s", "方法：%s。%s"), zh ? c->method_zh : c->method, zh && v->why_zh ? v->why_zh : v->why);
        put_numbers(in, doc, v);
    }
}

static void hypotheses_as_text(struct invocation *in, struct parley_doc *doc, const struct parley_claims_report *r)
{
    bool zh = in->lang == PARLEY_ZH;
    size_t count[4] = { 0 };
    for (size_t i = 0; i < r->n_hypotheses; i++)
        count[r->hypothesis[i].verdict.verdict]++;
    parley_doc_heading(doc, 2, "hypotheses", "%s", PARLEY_SAY(in->lang, "Hypotheses of the relation model", "关系模型的假说"));
    count_verdicts(in, doc, PARLEY_SAY(in->lang, "hypotheses", "假说"), count);
    parley_doc_note(doc, "%s", PARLEY_SAY(in->lang, "Those marked 'assumed' test the program: the parameter enters the outcome directly. Those marked 'emergent' are the interesting ones.",
                                          "标为assumed者检验程序本身（参数直接进入结果）；标为emergent者才有意义。"));
    for (size_t i = 0; i < r->n_hypotheses; i++) {
        const struct parley_hypothesis *h = r->hypothesis[i].hypothesis;
        const struct parley_verdict *v = &r->hypothesis[i].verdict;
        parley_doc_heading(doc, 3, h->id, "%s  %s", h->id, parley_verdict_text(v->verdict, zh));
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "%s (%s; %s)", "%s（%s；%s）"), zh ? r->hypothesis[i].statement_zh : h->statement, h->expected, h->status);
        parley_doc_item(doc, "%s", zh && v->why_zh ? v->why_zh : v->why);
        put_numbers(in, doc, v);
    }
}

static enum parley_status as_text(struct invocation *in, const struct parley_claims_report *r, uint64_t seed)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Claims of the studies", "各研究的论断"));
    if (r->replicates)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Simulated claims: %llu replicates of each scenario. Seed %llu.", "仿真论断：每个情景重复%llu次。种子 %llu。"),
                             (unsigned long long)r->replicates, (unsigned long long)seed);
    parley_doc_note(
        &doc, "%s",
        PARLEY_SAY(in->lang,
                   "A verdict says what this record, these few cases and this model bear; none of them is the world. "
                   "The cases were chosen by the study that states the theory.",
                   "结论仅反映本记录、少量案例和本模型所能支持的程度，并不等于现实；案例由提出该理论的研究自行选取。"));
    if (r->n)
        claims_as_text(in, &doc, r);
    if (r->hypothesis)
        hypotheses_as_text(in, &doc, r);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    static const char *const precisions[] = { "normal", "high", NULL };
    struct parley_claims_input input = { .seed = 1, .budget_s = 80, .progress = &in->progress };
    struct parley_claims_report report = { 0 };
    struct parley_record *record = NULL;
    uint64_t threads = 0;
    int precision = 0;
    enum parley_status status = option_u64(in, "seed", 0, UINT64_MAX, &input.seed);
    if (!status)
        status = option_u64(in, "threads", 0, 1024, &threads);
    if (!status && !(status = option_double(in, "budget", 0, 1e6, &input.budget_s)) && !(input.budget_s > 0))
        input.budget_s = -1;
    if (!status)
        status = option_choice(in, "precision", precisions, &precision);
    if (!status)
        status = open_record(in, PARLEY_RECORD_READ, &record);
    if (status)
        return status;
    input.record = record;
    input.threads = (unsigned)threads;
    input.high_precision = precision == 1;
    const char *study = option_text(in, "study"), *claim = option_text(in, "claim");
    bool hypotheses = option_given(in, "hypotheses");
    if (hypotheses && (study || claim))
        status = parley_fail(&in->err, PARLEY_EINVAL, "--hypotheses takes no --study and no --claim: hypotheses belong to no study");
    if (!status && !hypotheses)
        status = parley_claims_run(&input, study, claim, &in->arena, &report, &in->err);
    if (!status && !study && !claim)
        status = parley_claims_hypotheses(&input, &in->arena, &report, &in->err);
    if (!status || (status == PARLEY_ECANCELLED && (report.n || report.n_hypotheses))) {
        if (in->json) {
            as_json(in, &report, input.seed);
        } else {
            enum parley_status shown = as_text(in, &report, input.seed);
            status = status ? status : shown;
        }
    }
    parley_record_close(record);
    return status;
}

const struct command command_claims = {
    .name = "claims",
    .operands = "",
    .summary = "Test what the five studies claim: supported, contradicted, undecided, with the number.",
    .summary_zh = "检验五项研究的论断：支持、不支持或未定，并给出数值。",
    .text = "Runs every claim of the studies that the record, the coded cases, the games or the relation model can "
            "test, and says what came out, "
            "how large the effect is and how uncertain. A verdict is computed each time.\n\n"
            "A claim is supported when the interval of its effect lies on the claimed side of zero, contradicted when "
            "it lies on the other side, and "
            "undecided otherwise or when the data do not bear it. For claims about cases Fisher's exact test must be "
            "below 0.05 as well. Claims of which nothing can be measured here say so with the reason.\n\n"
            "The 38 hypotheses of the relation model follow, each tested by paired runs and in 40 random parameter sets.",
    .examples = "parley claims --study 004\nparley claims --claim K75\nparley claims --hypotheses --budget 0\nparley claims --study 004 --json\n",
    .options = options,
    .run = run,
};

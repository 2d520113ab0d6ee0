#include "simulate_shared.h"

#include <math.h>

static void put_json(struct parley_json *json, const struct parley_scenario *b, const struct parley_comparison *c)
{
    parley_json_object(json);
    parley_json_put_string(json, "scenario", b->name);
    parley_json_put_string(json, "title", b->title);
    parley_json_key(json, "replicates");
    parley_json_unsigned(json, c->a.replicates);
    for (int k = 0; k < PARLEY_OUT_ALL; k++) {
        const struct parley_difference *d = &c->output[k];
        parley_json_key(json, k == PARLEY_OUT_uncontrolled ? "p_uncontrolled" : parley_output_name(k));
        parley_json_object(json);
        parley_json_put_number(json, "base", parley_tally_estimate(&c->a, k).mean);
        parley_json_put_number(json, "changed", parley_tally_estimate(&c->b, k).mean);
        parley_json_put_number(json, "difference", d->difference);
        parley_json_put_number(json, "low", d->low);
        parley_json_put_number(json, "high", d->high);
        parley_json_put_number(json, "z", d->z);
        parley_json_put_number(json, "variance_reduction", d->variance_reduction);
        parley_json_object_end(json);
    }
    simulate_put_digest(json, &c->b);
    parley_json_object_end(json);
}

static void put_table(struct parley_doc *doc, const struct parley_scenario *a, const struct parley_scenario *b, const struct parley_comparison *c)
{
    parley_doc_heading(doc, 2, NULL, PARLEY_SAY(doc->lang, "%s against %s", "%s与%s比较"), b->name, a->name);
    if (*b->title)
        parley_doc_paragraph(doc, "%s", PARLEY_SAY(doc->lang, b->title, b->title_zh));
    struct parley_table *t = parley_doc_table(doc, PARLEY_SAY(doc->lang, "Differences on common random numbers", "共同随机数下的差异"));
    parley_table_column(t, PARLEY_SAY(doc->lang, "outcome", "结果"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(doc->lang, "base", "基准"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(doc->lang, "difference", "差异"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(doc->lang, "95 % interval", "95%区间"), PARLEY_LEFT);
    parley_table_column(t, "z", PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(doc->lang, "saved", "节省"), PARLEY_RIGHT);
    for (int k = 0; k < PARLEY_OUT_ALL; k++) {
        const struct parley_difference *d = &c->output[k];
        if (d->difference == 0 && d->low == d->high)
            continue;
        parley_table_cell(t, "%s", parley_output_text(k, doc->lang == PARLEY_ZH));
        parley_table_number(t, parley_tally_estimate(&c->a, k).mean, 4);
        parley_table_number(t, d->difference, 3);
        simulate_interval(t, d->low, d->high);
        parley_table_number(t, d->z, 3);
        if (isnan(d->variance_reduction))
            parley_table_cell(t, "-");
        else
            parley_table_cell(t, "%.1f x", d->variance_reduction);
    }
}

static enum parley_status run(struct invocation *in)
{
    struct parley_scenario base, other;
    struct parley_run run;
    struct parley_json json;
    struct parley_doc doc;
    enum parley_status status;
    if ((status = simulate_options(in, &run)) || (status = simulate_scenario(in, in->operand[0], &base)))
        return status;
    if (in->json) {
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "base", base.name);
        parley_json_key(&json, "seed");
        parley_json_unsigned(&json, run.seed);
        parley_json_key(&json, "comparisons");
        parley_json_array(&json);
    } else {
        begin_doc(in, &doc, PARLEY_SAY(in->lang, "Scenarios compared", "情景比较"));
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%llu replicates, seed %llu. 'saved': how many times more replicates two separate runs would have needed.",
                                              "%llu次重复，种子%llu。“节省”：若分别运行，所需重复次数的倍数。"),
                             (unsigned long long)run.replicates, (unsigned long long)run.seed);
    }
    for (int i = 1; !status && i < in->n_operands; i++) {
        struct parley_comparison c = { 0 };
        if ((status = simulate_scenario(in, in->operand[i], &other)))
            break;
        status = parley_compare(&base, &other, &run, &c, &in->err);
        if ((!status || status == PARLEY_ECANCELLED) && c.a.replicates > 1) {
            if (in->json)
                put_json(&json, &other, &c);
            else
                put_table(&doc, &base, &other, &c);
        }
        parley_comparison_release(&c);
    }
    return simulate_finish(in, &json, &doc, status);
}

static const struct option options[] = { SIMULATE_RUN_OPTIONS, { 0 } };

const struct command command_simulate_compare = {
    .name = "simulate compare",
    .operands = "BASE OTHER...",
    .operands_min = 2,
    .operands_max = 64,
    .summary = "Compare scenarios on the same random numbers.",
    .summary_zh = "用相同随机数比较各情景。",
    .text = "Runs every OTHER scenario beside BASE so that the n-th incident, answer or move of both draws the same numbers. Each outcome is given with its difference, "
            "a 95 percent interval and z, and with the factor by which this needed fewer replicates than two separate runs.\n\n"
            "--set and --weeks apply to all scenarios.",
    .examples = "parley simulate compare baseline h02-b --replicates 2000\n"
                "parley simulate compare baseline h02-b h09-b --replicates 2000 --json\n",
    .options = options,
    .run = run,
};

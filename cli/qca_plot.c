/* Charts of QCA as Vega-Lite specifications: shown in a page (-o FILE.html) or printed (--json). */
#include "qca_input.h"

#include <parley/qca_fit.h>
#include <parley/qca_minimize.h>

#include <math.h>
#include <string.h>

enum { VENN_CELLS = 72, VENN_OUTLINE = 96, VENN_MAX = 5 };

static const char *const kinds[] = { "table", "xy", "venn", "solution", NULL };
static const char *const solutions[] = { "complex", "parsimonious", "intermediate", NULL };

static void begin_spec(struct parley_json *j, const char *title)
{
    parley_json_object(j);
    parley_json_put_string(j, "$schema", "https://vega.github.io/schema/vega-lite/v5.json");
    parley_json_put_string(j, "title", title);
}

static void raw(struct parley_json *j, const char *key, const char *json)
{
    parley_json_key(j, key);
    parley_json_raw(j, json);
}

static void begin_values(struct parley_json *j)
{
    parley_json_key(j, "data");
    parley_json_object(j);
    parley_json_key(j, "values");
    parley_json_array(j);
}

static void end_values(struct parley_json *j)
{
    parley_json_array_end(j);
    parley_json_object_end(j);
}

static const char *row_label(struct invocation *in, const struct parley_qca_table *t, size_t r)
{
    if (t->row[r].number)
        return parley_arena_printf(&in->arena, "%llu (n=%zu)", (unsigned long long)t->row[r].number, t->row[r].n);
    return parley_arena_printf(&in->arena, "%zu. (n=%zu)", r + 1, t->row[r].n);
}

static void table_chart(struct invocation *in, const struct parley_qca_table *t, struct parley_json *j)
{
    begin_spec(j, PARLEY_SAY(in->lang, "Truth table", "真值表"));
    begin_values(j);
    for (size_t r = 0; r < t->n_rows; r++)
        for (size_t c = 0; c <= t->spec.k; c++) {
            parley_json_object(j);
            parley_json_put_string(j, "row", row_label(in, t, r));
            parley_json_put_integer(j, "at", (int64_t)r);
            parley_json_put_integer(j, "column_at", (int64_t)c);
            parley_json_put_string(j, "column", c < t->spec.k ? t->data->column[t->spec.condition[c]].name : "OUT");
            parley_json_put_string(j, "value", c < t->spec.k ? qca_digit(in, t, c, t->row[r].config[c]) : (char[]){ t->row[r].out, 0 });
            parley_json_put_number(j, "incl", t->row[r].incl);
            parley_json_put_number(j, "PRI", t->row[r].pri);
            parley_json_put_string(j, "cases", qca_names(in, t->data, t->row[r].member, t->row[r].n, 200));
            parley_json_object_end(j);
        }
    end_values(j);
    raw(j, "encoding", "{\"x\":{\"field\":\"column\",\"type\":\"nominal\",\"sort\":{\"field\":\"column_at\"},\"axis\":{\"orient\":\"top\",\"title\":null,\"labelAngle\":0,\"grid\":false}},"
                       "\"y\":{\"field\":\"row\",\"type\":\"nominal\",\"sort\":{\"field\":\"at\"},\"axis\":{\"title\":null,\"grid\":false}}}");
    raw(j, "layer", "[{\"mark\":{\"type\":\"rect\",\"stroke\":\"white\",\"tooltip\":{\"content\":\"data\"}},\"encoding\":{\"color\":{\"field\":\"value\",\"type\":\"nominal\",\"legend\":null,"
                    "\"scale\":{\"domain\":[\"0\",\"1\",\"2\",\"3\",\"4\",\"C\",\"?\",\"-\"],"
                    "\"range\":[\"#e8e8e8\",\"#2c7fb8\",\"#225ea8\",\"#253494\",\"#081d58\",\"#d95f0e\",\"#f7f7f7\",\"#f7f7f7\"]}}}},"
                    "{\"mark\":{\"type\":\"text\"},\"encoding\":{\"text\":{\"field\":\"value\"},\"color\":{\"condition\":{\"test\":"
                    "\"indexof(['0','?','-'], datum.value) >= 0\",\"value\":\"#222\"},\"value\":\"white\"}}}]");
    parley_json_object_end(j);
}

static enum parley_status xy_chart(struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_model *model, struct parley_json *j)
{
    size_t n = t->data->n;
    double *x = PARLEY_NEW(&in->arena, double, n), *all = PARLEY_NEW(&in->arena, double, n);
    const char *text = option_text(in, "expression");
    if (!x || !all)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu cases", n);
    if (text) {
        struct parley_sop_names *names;
        const size_t *column;
        struct parley_sop sop;
        enum parley_status status = parley_qca_names(t->data, &in->arena, &names, &column, &in->err);
        if (!status)
            status = parley_sop_parse(names, text, &in->arena, &sop, &in->err);
        if (status)
            return status;
        parley_qca_sop_membership(t->data, &sop, column, NULL, all);
    } else {
        text = model->text;
        for (size_t m = 0; m < model->n; m++) {
            parley_qca_term_membership(t, model->term[m].value, x);
            for (size_t i = 0; i < n; i++)
                all[i] = fmax(all[i], x[i]);
        }
    }
    const char *outcome = qca_set_text(in, t->data, t->spec.outcome);
    begin_spec(j, parley_arena_printf(&in->arena, "%s => %s", text, outcome));
    begin_values(j);
    for (size_t i = 0; i < n; i++) {
        parley_json_object(j);
        parley_json_put_string(j, "case", t->data->name[i]);
        parley_json_put_number(j, "x", all[i]);
        parley_json_put_number(j, "y", t->outcome[i]);
        parley_json_object_end(j);
    }
    end_values(j);
    parley_json_key(j, "layer");
    parley_json_array(j);
    parley_json_raw(j, "{\"data\":{\"values\":[{\"x\":0,\"y\":0},{\"x\":1,\"y\":1}]},\"mark\":{\"type\":\"line\",\"color\":\"#999\"},"
                       "\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}}");
    parley_json_raw(j, "{\"mark\":{\"type\":\"rule\",\"strokeDash\":[4,4],\"color\":\"#999\"},\"data\":{\"values\":[{\"v\":0.5}]},\"encoding\":{\"x\":{\"field\":\"v\",\"type\":\"quantitative\"}}}");
    parley_json_raw(j, "{\"mark\":{\"type\":\"rule\",\"strokeDash\":[4,4],\"color\":\"#999\"},\"data\":{\"values\":[{\"v\":0.5}]},\"encoding\":{\"y\":{\"field\":\"v\",\"type\":\"quantitative\"}}}");
    parley_json_object(j);
    raw(j, "mark", "{\"type\":\"point\",\"filled\":true,\"size\":60,\"tooltip\":{\"content\":\"data\"}}");
    parley_json_key(j, "encoding");
    parley_json_object(j);
    parley_json_key(j, "x");
    parley_json_object(j);
    parley_json_put_string(j, "field", "x");
    parley_json_put_string(j, "type", "quantitative");
    parley_json_put_string(j, "title", text);
    raw(j, "scale", "{\"domain\":[0,1]}");
    parley_json_object_end(j);
    parley_json_key(j, "y");
    parley_json_object(j);
    parley_json_put_string(j, "field", "y");
    parley_json_put_string(j, "type", "quantitative");
    parley_json_put_string(j, "title", outcome);
    raw(j, "scale", "{\"domain\":[0,1]}");
    parley_json_object_end(j);
    parley_json_object_end(j);
    parley_json_object_end(j);
    parley_json_array_end(j);
    parley_json_object_end(j);
    return PARLEY_OK;
}

struct ellipse {
    double x, y, a, b, turn; /* centre, half axes, angle in degrees */
};

/* Ellipses whose intersections make every configuration of 1 to 5 sets (4: Venn's own; 5: turned by fifths). */
static void ellipses(size_t k, struct ellipse e[VENN_MAX])
{
    static const struct ellipse few[3][3] = { { { .5, .5, .32, .32, 0 } },
                                              { { .38, .5, .28, .28, 0 }, { .62, .5, .28, .28, 0 } },
                                              { { .38, .6, .27, .27, 0 }, { .62, .6, .27, .27, 0 }, { .5, .39, .27, .27, 0 } } };
    static const struct ellipse four[4] = { { .35, .4, .36, .2, 140 }, { .45, .5, .36, .2, 140 }, { .544, .5, .36, .2, 40 }, { .644, .4, .36, .2, 40 } };
    for (size_t i = 0; i < k; i++) {
        if (k <= 3)
            e[i] = few[k - 1][i];
        else if (k == 4)
            e[i] = four[i];
        else {
            double angle = 72.0 * (double)i;
            e[i] = (struct ellipse){ .5 + .1 * cos((angle + 30) * M_PI / 180), .5 + .1 * sin((angle + 30) * M_PI / 180), .4, .22, angle + 10 };
        }
    }
}

static bool inside(const struct ellipse *e, double x, double y)
{
    double c = cos(e->turn * M_PI / 180), s = sin(e->turn * M_PI / 180), dx = x - e->x, dy = y - e->y;
    double u = (c * dx + s * dy) / e->a, v = (-s * dx + c * dy) / e->b;
    return u * u + v * v <= 1;
}

static const struct parley_qca_row *row_of(const struct parley_qca_table *t, const uint8_t *config)
{
    for (size_t r = 0; r < t->n_rows; r++)
        if (!memcmp(t->row[r].config, config, t->spec.k))
            return &t->row[r];
    return NULL;
}

static enum parley_status venn_chart(struct invocation *in, const struct parley_qca_table *t, struct parley_json *j)
{
    struct ellipse e[VENN_MAX];
    size_t k = t->spec.k;
    for (size_t c = 0; c < k; c++)
        if (k > VENN_MAX || t->levels[c] > 2)
            return parley_fail(&in->err, PARLEY_EDOM, "a Venn chart takes 1 to %d two-valued conditions; choose with --conditions", VENN_MAX);
    ellipses(k, e);
    begin_spec(j, PARLEY_SAY(in->lang, "Configurations", "组态"));
    raw(j, "width", "420");
    raw(j, "height", "420");
    parley_json_key(j, "layer");
    parley_json_array(j);
    parley_json_object(j);
    begin_values(j);
    for (int cy = 0; cy < VENN_CELLS; cy++)
        for (int cx = 0; cx < VENN_CELLS; cx++) {
            uint8_t config[VENN_MAX] = { 0 };
            double x = (cx + .5) / VENN_CELLS, y = (cy + .5) / VENN_CELLS;
            for (size_t c = 0; c < k; c++)
                config[c] = inside(&e[c], x, y);
            const struct parley_qca_row *row = row_of(t, config);
            if (!row)
                continue; /* no case: stays white */
            parley_json_object(j);
            parley_json_put_number(j, "x", (double)cx / VENN_CELLS);
            parley_json_put_number(j, "x2", (cx + 1.0) / VENN_CELLS);
            parley_json_put_number(j, "y", (double)cy / VENN_CELLS);
            parley_json_put_number(j, "y2", (cy + 1.0) / VENN_CELLS);
            parley_json_put_string(j, "OUT", (char[]){ row->out, 0 });
            parley_json_put_string(j, "cases", qca_names(in, t->data, row->member, row->n, 60));
            parley_json_object_end(j);
        }
    end_values(j);
    raw(j, "mark", "{\"type\":\"rect\",\"tooltip\":{\"content\":\"data\"}}");
    raw(j, "encoding", "{\"x\":{\"field\":\"x\",\"type\":\"quantitative\",\"axis\":null},\"x2\":{\"field\":\"x2\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\",\"axis\":null},"
                       "\"y2\":{\"field\":\"y2\"},\"color\":{\"field\":\"OUT\",\"type\":\"nominal\",\"scale\":{\"domain\":[\"1\",\"0\",\"C\",\"?\"],"
                       "\"range\":[\"#2c7fb8\",\"#e8e8e8\",\"#d95f0e\",\"#ffffff\"]}}}");
    parley_json_object_end(j);
    parley_json_object(j);
    begin_values(j);
    for (size_t c = 0; c < k; c++)
        for (int i = 0; i <= VENN_OUTLINE; i++) {
            double a = 2 * M_PI * i / VENN_OUTLINE, turn = e[c].turn * M_PI / 180, u = e[c].a * cos(a), v = e[c].b * sin(a);
            parley_json_object(j);
            parley_json_put_string(j, "set", t->data->column[t->spec.condition[c]].name);
            parley_json_put_integer(j, "i", i);
            parley_json_put_number(j, "x", e[c].x + cos(turn) * u - sin(turn) * v);
            parley_json_put_number(j, "y", e[c].y + sin(turn) * u + cos(turn) * v);
            parley_json_object_end(j);
        }
    end_values(j);
    raw(j, "mark", "{\"type\":\"line\",\"strokeWidth\":2}");
    raw(j, "encoding", "{\"x\":{\"field\":\"x\",\"type\":\"quantitative\",\"scale\":{\"domain\":[0,1]}},\"y\":{\"field\":\"y\",\"type\":\"quantitative\",\"scale\":{\"domain\":[0,1]}},"
                       "\"order\":{\"field\":\"i\"},\"stroke\":{\"field\":\"set\",\"type\":\"nominal\"}}");
    parley_json_object_end(j);
    parley_json_array_end(j);
    raw(j, "resolve", "{\"scale\":{\"color\":\"independent\"}}");
    parley_json_object_end(j);
    return PARLEY_OK;
}

/* The configurations of a model as a chart: one column a term; core when the parsimonious models have the literal too. */
static void solution_chart(struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_model *m, const struct parley_qca_solution *core, struct parley_json *j)
{
    begin_spec(j, parley_arena_printf(&in->arena, "%s => %s", m->text, qca_set_text(in, t->data, t->spec.outcome)));
    begin_values(j);
    for (size_t i = 0; i < m->n; i++)
        for (size_t c = 0; c < t->spec.k; c++) {
            uint8_t v = m->term[i].value[c];
            bool is_core = false;
            if (v == PARLEY_QCA_ANY)
                continue;
            for (size_t s = 0; core && s < core->n_models; s++)
                for (size_t x = 0; x < core->model[s].n; x++) {
                    bool contained = true;
                    const uint8_t *p = core->model[s].term[x].value;
                    for (size_t d = 0; d < t->spec.k; d++)
                        contained &= p[d] == PARLEY_QCA_ANY || p[d] == m->term[i].value[d];
                    is_core |= contained && p[c] == v;
                }
            parley_json_object(j);
            parley_json_put_string(j, "term", parley_arena_printf(&in->arena, "%zu", i + 1));
            parley_json_put_string(j, "expression", m->term[i].text);
            parley_json_put_string(j, "condition", t->data->column[t->spec.condition[c]].name);
            parley_json_put_integer(j, "at", (int64_t)c);
            parley_json_put_string(j, "value", qca_digit(in, t, c, v));
            parley_json_put_string(j, "role", is_core || !core ? "core" : "contributing");
            parley_json_put_number(j, "inclS", m->term_fit[i].incl);
            parley_json_put_number(j, "covS", m->term_fit[i].cov);
            parley_json_object_end(j);
        }
    end_values(j);
    raw(j, "mark", "{\"type\":\"point\",\"filled\":true,\"tooltip\":{\"content\":\"data\"}}");
    raw(j, "encoding", "{\"x\":{\"field\":\"term\",\"type\":\"nominal\",\"axis\":{\"orient\":\"top\",\"labelAngle\":0}},"
                       "\"y\":{\"field\":\"condition\",\"type\":\"nominal\",\"sort\":{\"field\":\"at\"},\"title\":null},"
                       "\"shape\":{\"field\":\"value\",\"type\":\"nominal\",\"scale\":{\"domain\":[\"1\",\"0\",\"2\",\"3\"],\"range\":[\"circle\",\"cross\",\"square\",\"diamond\"]}},"
                       "\"size\":{\"field\":\"role\",\"type\":\"nominal\",\"scale\":{\"domain\":[\"core\",\"contributing\"],\"range\":[300,90]}}}");
    parley_json_object_end(j);
}

static enum parley_status solve(struct invocation *in, const struct parley_qca_table *t, enum parley_qca_solution_kind kind, struct parley_qca_result *r)
{
    struct parley_qca_options o = { .kind = kind, .max_models = 50 };
    if (kind == PARLEY_QCA_INTERMEDIATE) {
        uint64_t *expect = PARLEY_NEW(&in->arena, uint64_t, t->spec.k);
        if (!expect)
            return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for expectations");
        o.expect = expect;
        o.max_implicants = 1000;
        if (option_given(in, "expect")) {
            enum parley_status status = parley_qca_parse_expect(t, option_text(in, "expect"), expect, &in->err);
            if (status)
                return status;
        }
    }
    return parley_qca_minimize(t, &o, &in->progress, &in->arena, r, &in->err);
}

static enum parley_status draw(struct invocation *in, const struct parley_qca_table *t, int kind, int solution, struct parley_json *j)
{
    struct parley_qca_result r, core;
    bool model = kind == 3 || (kind == 1 && !option_given(in, "expression"));
    enum parley_status status = model ? solve(in, t, (enum parley_qca_solution_kind)solution, &r) : PARLEY_OK;
    if (status)
        return status;
    if (kind == 1)
        return xy_chart(in, t, model ? &r.solution.model[0] : NULL, j);
    if (kind == 2)
        return venn_chart(in, t, j);
    if (kind == 0) {
        table_chart(in, t, j);
        return PARLEY_OK;
    }
    bool with_core = solution != PARLEY_QCA_PARSIMONIOUS && !solve(in, t, PARLEY_QCA_PARSIMONIOUS, &core);
    solution_chart(in, t, &r.solution.model[0], with_core ? &core.solution : NULL, j);
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    struct parley_qca_table table;
    int kind = 0, solution = -1;
    enum parley_status status = qca_input(in, &data, &table);
    if (!status)
        status = option_choice(in, "kind", kinds, &kind);
    if (!status)
        status = option_choice(in, "solution", solutions, &solution);
    if (status)
        return status;
    if (solution < 0)
        solution = option_given(in, "expect") ? PARLEY_QCA_INTERMEDIATE : PARLEY_QCA_COMPLEX;
    struct parley_text text;
    struct parley_json json;
    parley_text_init(&text, 64 << 20);
    parley_json_init(&json, &text, false);
    status = draw(in, &table, kind, solution, &json);
    if (!status && text.failed)
        status = parley_fail(&in->err, PARLEY_ELIMIT, "the chart has too many rows; choose fewer conditions or cases");
    if (!status && wants_json(in)) {
        parley_text_add(&in->out, text.data, text.len);
        parley_text_addc(&in->out, '\n');
    } else if (!status) {
        static const char *const sentences[][2] = {
            { "Every configuration that occurs, with its verdict OUT.", "每个出现的组态及其判定 OUT。" },
            { "Cases above the diagonal are consistent with sufficiency; far below it they speak against it.", "对角线以上的案例与充分性一致;远低于对角线者与之相悖。" },
            { "Sets of the conditions; colour shows which configurations lead to the outcome.", "条件的集合;颜色表示哪些组态导致结果。" },
            { "Terms of the first model: circle present, cross absent; large marks are in the parsimonious solution too.", "首个模型的各项:圆为存在,叉为缺失;大标记亦见于简约解。" } };
        struct parley_doc doc;
        begin_doc(in, &doc, "QCA");
        parley_doc_chart(&doc, kinds[kind], PARLEY_SAY(in->lang, "Chart", "图"), sentences[kind][in->lang == PARLEY_ZH], parley_text_str(&text));
        if (!option_given(in, "output") && !option_given(in, "format"))
            parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "-o FILE.html shows the chart; --json prints its Vega-Lite specification.", "-o FILE.html 可显示图表;--json 输出 Vega-Lite 规范。"));
        status = finish_doc(in, &doc);
    }
    parley_text_release(&text);
    return status;
}

const struct command command_qca_plot = {
    .name = "qca plot",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Charts: truth table, XY plot, Venn chart, solution chart.",
    .summary_zh = "图表:真值表、XY 图、维恩图、解的图示。",
    .text = "table: the truth table in colour. xy: membership in an expression (or in the first model) against the outcome. venn: the configurations of up to "
            "five conditions as areas. solution: the terms of the first model, a circle where a condition is present and a cross where it is absent, large "
            "where the parsimonious solution has it too.\n\n"
            "-o FILE.html writes one self-contained page; --json prints the Vega-Lite specification with its data.",
    .examples = "parley qca plot examples/pledges.csv --outcome KEPT --kind venn --json\n"
                "parley qca plot examples/hotlines.csv --outcome USED --kind xy --expression \"TRUSTED*EXERCISED\" --json\n"
                "parley qca plot examples/hotlines.csv --outcome USED --pri-cut 0.5 --kind solution --expect TRUSTED,EXERCISED --json\n",
    .options = (const struct option[]){ QCA_TABLE_OPTIONS,
                                        { "kind", 0, "NAME", "table (default), xy, venn or solution." },
                                        { "expression", 'e', "TEXT", "Expression of an xy chart. Default: the first model." },
                                        { "solution", 0, "KIND", "complex, parsimonious or intermediate. Default: complex; intermediate with --expect." },
                                        { "expect", 0, "A,~B", "Directional expectations (intermediate solution)." },
                                        { 0 } },
    .run = run,
};

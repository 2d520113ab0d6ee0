#include "game_chart.h"

#include <math.h>

enum { OUTCOMES_MAX = 400 };

bool outcome_is_stable(const struct parley_game *g, size_t profile)
{
    for (size_t i = 0, stride = 1; i < g->n_players; stride *= g->n_strategies[i++]) {
        size_t own = profile / stride % g->n_strategies[i];
        for (size_t a = 0; a < g->n_strategies[i]; a++)
            if (parley_exact_compare(parley_game_payoff(g, profile + a * stride - own * stride, i), parley_game_payoff(g, profile, i)) > 0)
                return false;
    }
    return true;
}

static void put_point(struct parley_json *json, const char *outcome, const char *group, double first, double second)
{
    parley_json_object(json);
    parley_json_put_string(json, "outcome", outcome);
    parley_json_put_string(json, "group", group);
    parley_json_put_number(json, "first", first);
    parley_json_put_number(json, "second", second);
    parley_json_object_end(json);
}

static void put_axis(struct parley_json *json, const char *axis, const char *field, const char *title)
{
    parley_json_key(json, axis);
    parley_json_object(json);
    parley_json_put_string(json, "field", field);
    parley_json_put_string(json, "type", "quantitative");
    parley_json_put_string(json, "title", title);
    parley_json_key(json, "scale");
    parley_json_raw(json, "{\"zero\":false}");
    parley_json_object_end(json);
}

void add_outcome_chart(struct invocation *in, struct parley_doc *doc, const char *sentence, const struct parley_game *g, const char *const *group,
                       const struct outcome_point *extra, size_t n_extra)
{
    struct parley_text spec;
    struct parley_json json;
    if (g->n_players != 2 || !g->n_profiles || g->n_profiles > OUTCOMES_MAX)
        return;
    parley_text_init(&spec, 1 << 20);
    parley_json_init(&json, &spec, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "mark", "point");
    parley_json_key(&json, "data");
    parley_json_object(&json);
    parley_json_key(&json, "values");
    parley_json_array(&json);
    for (size_t p = 0; p < g->n_profiles; p++) {
        const char *label = parley_arena_printf(&in->arena, "%s, %s", g->strategy[0][p % g->n_strategies[0]], g->strategy[1][p / g->n_strategies[0]]);
        if (group[p])
            put_point(&json, label ? label : "", group[p], parley_exact_double(parley_game_payoff(g, p, 0)), parley_exact_double(parley_game_payoff(g, p, 1)));
    }
    for (size_t k = 0; k < n_extra; k++)
        put_point(&json, extra[k].label, extra[k].group, extra[k].payoff[0], extra[k].payoff[1]);
    parley_json_array_end(&json);
    parley_json_object_end(&json);
    parley_json_key(&json, "encoding");
    parley_json_object(&json);
    put_axis(&json, "x", "first", g->player[0]);
    put_axis(&json, "y", "second", g->player[1]);
    parley_json_key(&json, "color");
    parley_json_raw(&json, "{\"field\":\"group\",\"type\":\"nominal\",\"title\":null,\"scale\":{\"range\":\"category\"}}");
    parley_json_key(&json, "tooltip");
    parley_json_raw(&json, "{\"field\":\"outcome\"}");
    parley_json_object_end(&json);
    parley_json_object_end(&json);
    parley_doc_chart(doc, "outcomes", PARLEY_SAY(in->lang, "Outcomes by what each side gets", "各结果下双方所得"), sentence, parley_text_str(&spec));
    parley_text_release(&spec);
}

void add_stable_chart(struct invocation *in, struct parley_doc *doc, const struct parley_game *g)
{
    const char **group = PARLEY_NEW(&in->arena, const char *, g->n_profiles + 1);
    size_t stable = 0;
    if (!group)
        return;
    for (size_t p = 0; p < g->n_profiles; p++) {
        bool is = outcome_is_stable(g, p);
        stable += is;
        group[p] = is ? PARLEY_SAY(in->lang, "stable", "稳定") : PARLEY_SAY(in->lang, "not stable", "不稳定");
    }
    const char *sentence = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "The %zu outcomes by what each side gets. Stable, because nobody gains by leaving it alone: %zu.",
                                                                      "%zu种结果下双方的收益。无人能单方面改变而获益, 故而稳定者: %zu种。"), g->n_profiles, stable);
    add_outcome_chart(in, doc, sentence ? sentence : "", g, group, NULL, 0);
}

/* "In the 3 equilibria A gets 2 to 4, B 2 to 4." */
static const char *who_gets_what(struct invocation *in, const struct parley_game *g, size_t n, double (*payoff)(const void *of, size_t equilibrium, size_t player), const void *of)
{
    struct parley_text text;
    parley_text_init(&text, 4000);
    if (n == 1)
        parley_text_adds(&text, PARLEY_SAY(in->lang, "In the one equilibrium", "在唯一列出的均衡中"));
    else
        parley_text_addf(&text, PARLEY_SAY(in->lang, "In the %zu equilibria", "在%zu个均衡中"), n);
    for (size_t i = 0; i < g->n_players && i < 8; i++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t e = 0; e < n; e++) {
            low = fmin(low, payoff(of, e, i));
            high = fmax(high, payoff(of, e, i));
        }
        parley_text_adds(&text, i ? PARLEY_SAY(in->lang, ", ", ", ") : " ");
        if (high - low > 1e-9)
            parley_text_addf(&text, PARLEY_SAY(in->lang, "%.60s gets %.4g to %.4g", "%.60s得%.4g至%.4g"), g->player[i], low, high);
        else
            parley_text_addf(&text, PARLEY_SAY(in->lang, "%.60s gets %.4g", "%.60s得%.4g"), g->player[i], low);
    }
    parley_text_adds(&text, PARLEY_SAY(in->lang, ".", "。"));
    const char *copy = parley_text_keep(&text, &in->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

void add_payoff_chart(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, size_t n,
                      double (*payoff)(const void *of, size_t equilibrium, size_t player), const void *of)
{
    struct parley_text spec;
    struct parley_json json;
    parley_text_init(&spec, 1 << 20);
    parley_json_init(&json, &spec, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "mark", "bar");
    parley_json_key(&json, "data");
    parley_json_object(&json);
    parley_json_key(&json, "values");
    parley_json_array(&json);
    for (size_t e = 0; e < n && e < 40; e++)
        for (size_t i = 0; i < g->n_players; i++) {
            parley_json_object(&json);
            parley_json_put_integer(&json, "equilibrium", (int64_t)e + 1);
            parley_json_put_string(&json, "player", g->player[i]);
            parley_json_put_number(&json, "payoff", payoff(of, e, i));
            parley_json_object_end(&json);
        }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
    parley_json_key(&json, "encoding");
    parley_json_raw(&json, "{\"x\":{\"field\":\"equilibrium\",\"type\":\"ordinal\"},\"xOffset\":{\"field\":\"player\"},"
                           "\"y\":{\"field\":\"payoff\",\"type\":\"quantitative\"},\"color\":{\"field\":\"player\",\"type\":\"nominal\"}}");
    parley_json_object_end(&json);
    parley_doc_chart(doc, "equilibria", PARLEY_SAY(in->lang, "What each side gets", "各方所得"), who_gets_what(in, g, n, payoff, of), parley_text_str(&spec));
    parley_text_release(&spec);
}

#include "command.h"

#include <parley/sop.h>

#include <string.h>

enum operation { SIMPLIFY, NEGATE, EXPAND, INTERSECT, AS_GIVEN };

static const char *const operations[] = { "simplify", "negate", "expand", "intersect", "as given" };

/* "A,B=3,C": the names in order, with the number of their values where it is not 2. */
static enum parley_status read_names(struct invocation *in, const char *text, struct parley_sop_names *names)
{
    struct parley_sop_names found;
    enum parley_status status = parley_sop_collect_names(text, &in->arena, &found, &in->err);
    const char **name = PARLEY_NEW(&in->arena, const char *, PARLEY_SOP_NAMES_MAX);
    unsigned *levels = PARLEY_NEW(&in->arena, unsigned, PARLEY_SOP_NAMES_MAX);
    size_t n = 0;
    if (status)
        return status;
    if (!name || !levels)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for names");
    for (const char *p = text;;) {
        uint64_t values = 2;
        size_t len = strcspn(p, ",="), more = 0;
        if (p[len] == '=' && !(more = strcspn(p + len + 1, ","), parley_text_to_u64(p + len + 1, more, &values)))
            values = 0;
        if (!len || len != strcspn(p, ",= +*~()[]{}<>") || values < 2 || values > 64 || n == PARLEY_SOP_NAMES_MAX)
            return parley_fail(&in->err, PARLEY_EINVAL, "--names: expected names separated by commas, with =N for N values (2 to 64), such as A,B=3,C; found '%.60s'", p);
        for (size_t i = 0; i < n; i++)
            if (strlen(name[i]) == len && !memcmp(name[i], p, len))
                return parley_fail(&in->err, PARLEY_EINVAL, "--names: %s stands there twice", name[i]);
        name[n] = parley_arena_copy(&in->arena, p, len);
        levels[n] = (unsigned)values;
        if (!name[n++])
            return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for names");
        p += len + (p[len] == '=' ? more + 1 : 0);
        if (!*p)
            break;
        p++;
    }
    *names = (struct parley_sop_names){ .n = n, .name = name, .levels = levels };
    return PARLEY_OK;
}

static enum parley_status choose(struct invocation *in, enum operation *operation)
{
    int given = 0;
    *operation = option_given(in, "factorise") ? AS_GIVEN : SIMPLIFY;
    for (int i = 0; i < AS_GIVEN; i++)
        if (option_given(in, operations[i])) {
            *operation = (enum operation)i;
            given++;
        }
    return given > 1 ? parley_fail(&in->err, PARLEY_EINVAL, "choose one of --simplify, --negate, --expand and --intersect; feed the result to the next") : PARLEY_OK;
}

static enum parley_status compute(struct invocation *in, enum operation operation, const struct parley_sop *a, const struct parley_sop *b, struct parley_sop *out)
{
    switch (operation) {
    case SIMPLIFY: return parley_sop_simplify(a, &in->arena, out, &in->err);
    case NEGATE: return parley_sop_negate(a, &in->arena, out, &in->err);
    case EXPAND: return parley_sop_expand(a, &in->arena, out, &in->err);
    case INTERSECT: return parley_sop_intersect(a, b, &in->arena, out, &in->err);
    case AS_GIVEN: break;
    }
    *out = *a;
    return PARLEY_OK;
}

static size_t literals(const struct parley_sop *s)
{
    size_t n = 0, k = s->names->n;
    for (size_t i = 0; i < s->n * k; i++)
        n += s->values[i] != (s->names->levels[i % k] >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << s->names->levels[i % k]) - 1);
    return n;
}

static enum parley_status print(struct invocation *in, enum operation operation, const struct parley_sop *result, bool brackets, const char *factorised)
{
    const char *text = parley_sop_text(result, brackets, &in->arena);
    if (!text)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for the expression");
    if (!in->json) {
        parley_text_addf(&in->out, "%s\n", factorised && *factorised ? factorised : *text ? text : PARLEY_SAY(in->lang, "(never true)", "(永不为真)"));
        return PARLEY_OK;
    }
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "operation", operations[operation]);
    parley_json_put_string(&json, "expression", text);
    parley_json_put_integer(&json, "terms", (int64_t)result->n);
    parley_json_put_integer(&json, "literals", (int64_t)literals(result));
    if (factorised)
        parley_json_put_string(&json, "factorised", factorised);
    parley_json_object_end(&json);
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_sop_names names;
    struct parley_sop a, b = { 0 }, result;
    enum operation operation;
    const char *with = option_text(in, "intersect"), *given = option_text(in, "names"), *factorised = NULL;
    const char *both = parley_arena_printf(&in->arena, "%s + %s", in->operand[0], with ? with : "");
    enum parley_status status = choose(in, &operation);
    if (!both)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for the expression");
    if (!status)
        status = given ? read_names(in, given, &names) : parley_sop_collect_names(both, &in->arena, &names, &in->err);
    if (!status)
        status = parley_sop_parse(&names, in->operand[0], &in->arena, &a, &in->err);
    if (!status && with)
        status = parley_sop_parse(&names, with, &in->arena, &b, &in->err);
    if (!status)
        status = compute(in, operation, &a, &b, &result);
    if (status)
        return status;
    bool brackets = strpbrk(both, "[{") != NULL;
    for (size_t j = 0; j < names.n; j++)
        brackets |= names.levels[j] > 2;
    if (option_given(in, "factorise"))
        status = parley_sop_factorise(&result, brackets, &in->arena, &factorised, &in->err);
    return status ? status : print(in, operation, &result, brackets, factorised);
}

const struct command command_qca_algebra = {
    .name = "qca algebra",
    .operands = "EXPRESSION",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Simplify, negate, expand, intersect or factorise an expression.",
    .summary_zh = "化简、取反、展开、求交或因式分解一个表达式。",
    .text = "Works on an expression alone, without data: '*' AND, '+' OR, '~' NOT, parentheses, A[1] or A{0,2} for values of a multi-value condition. Without an "
            "option it is simplified: a sum of the fewest products that is true of exactly the same configurations.\n\n"
            "A condition has two values unless brackets show a higher one; --names says more ('A,B=3': B has the values 0, 1, 2). --factorise may follow any "
            "of the other options; it takes out what saves most, which need not give the shortest form.",
    .examples = "parley qca algebra \"A*~B + C\" --negate\n"
                "parley qca algebra \"A*B*C + A*B*~C + ~A*B\"\n"
                "parley qca algebra \"A*B + C\" --intersect \"~A + C*D\"\n"
                "parley qca algebra \"A*B*C + A*B*D + E\" --factorise\n"
                "parley qca algebra \"A[1]*B[0] + C[2]\" --negate --names A,B=3,C=3 --json\n",
    .options = (const struct option[]){
        { "simplify", 0, NULL, "The fewest products with the same meaning. The default." },
        { "negate", 0, NULL, "The complement, in the fewest products." },
        { "expand", 0, NULL, "Every configuration of the names spelled out." },
        { "intersect", 0, "TEXT", "What both expressions are true of." },
        { "factorise", 0, NULL, "Take out common parts: A*(B + C). Alone: of the expression as it is given." },
        { "names", 0, "A,B=3,..", "The names in order; =N for N values. Default: the names in the expressions." },
        { 0 } },
    .run = run,
};

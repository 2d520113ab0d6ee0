/* The tables of the five studies, from the data built into the library. */
#include "table.h"

#include <parley/record.h>
#include <parley/studies.h>
#include <string.h>

/* Read a table whose columns are the text members of a struct, in their order. */
static enum parley_status read_texts(const char *name, const char *const *columns, struct parley_arena *arena, size_t size,
                                     void **out, size_t *n, struct parley_error *err)
{
    struct table t;
    enum parley_status status = table_read(name, columns, arena, &t, err);
    if (status)
        return status;
    char *rows = parley_arena_calloc(arena, t.rows + 1, size);
    if (!rows)
        return parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", name);
    for (size_t i = 0; i < t.rows; i++)
        memcpy(rows + i * size, t.cell + i * t.columns, t.columns * sizeof *t.cell);
    *out = rows;
    *n = t.rows;
    return PARLEY_OK;
}

#define TEXTS(function, type, file, ...)                                                                                    \
    enum parley_status function(struct parley_arena *arena, struct type **out, size_t *n, struct parley_error *err)         \
    {                                                                                                                       \
        static const char *const columns[] = { __VA_ARGS__, NULL };                                                         \
        _Static_assert(sizeof columns == sizeof(struct type) + sizeof *columns, "one column a member");                     \
        void *rows = NULL;                                                                                                  \
        enum parley_status status = read_texts(file, columns, arena, sizeof **out, &rows, n, err);                          \
        *out = rows;                                                                                                        \
        return status;                                                                                                      \
    }

TEXTS(parley_indicators, parley_indicator, "record/indicators.csv", "indicator_id", "variable", "dimension", "name_en", "name_zh", "question",
      "scale", "evidence_examples", "decision_rule", "model_input", "source")
TEXTS(parley_evidence, parley_evidence, "record/evidence.csv", "evidence_id", "case_id", "indicator_id", "country", "year", "quantity",
      "value", "unit", "supports", "source", "note")
TEXTS(parley_terms, parley_term, "record/terms.csv", "term_id", "class", "function", "en", "zh", "definition", "model_parameter",
      "expected_effect", "source")
TEXTS(parley_claims, parley_claim, "record/claims.csv", "claim_id", "claim", "kind", "from_variable", "to_variable", "sign", "test",
      "hypothesis", "source")
TEXTS(parley_hypotheses, parley_hypothesis, "record/hypotheses.csv", "hypothesis_id", "statement", "change", "expected", "status",
      "prototype_result", "sign_robustness")
TEXTS(parley_domains, parley_domain, "record/domains.csv", "domain", "en", "zh", "model_domain", "visibility", "reason")
TEXTS(parley_kinds, parley_kind, "record/kinds.csv", "kind", "en", "zh")

enum parley_status parley_cases(struct parley_arena *arena, struct parley_case **out, size_t *n, struct parley_error *err)
{
    static const char *const columns[] = { "case_id", "name_en", "name_zh", "year", "year_kind", "issue", "issue2", "type", "parties",
                                           "common_harm", "regime_threat", "outcome", "focal", "fits", "source", "note", NULL };
    struct table t;
    enum parley_status status = table_read("record/cases.csv", columns, arena, &t, err);
    if (status)
        return status;
    struct parley_case *cases = PARLEY_NEW(arena, struct parley_case, t.rows + 1);
    for (size_t i = 0; cases && i < t.rows; i++) {
        const char **c = t.cell + i * t.columns;
        cases[i] = (struct parley_case){
            .id = c[0], .en = c[1], .zh = c[2], .year = c[3], .year_kind = c[4], .issue = c[5], .issue2 = c[6], .type = c[7],
            .common_harm = c[9], .regime_threat = c[10], .outcome = c[11], .focal = !strcmp(c[12], "1"), .fits = !strcmp(c[13], "yes"),
            .source = c[14], .note = c[15],
        };
        if (!(cases[i].party = table_list(arena, c[8], &cases[i].n_parties)))
            cases = NULL;
    }
    if (!cases)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    *out = cases;
    *n = t.rows;
    return PARLEY_OK;
}

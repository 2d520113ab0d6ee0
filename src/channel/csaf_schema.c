/* What the schema of CSAF 2.0 says of single values: dates, CVE numbers, words of short lists. The tests of section 6.1 take that for granted. */
#include "channel/csaf.h"

#include <parley/time.h>

enum form { A_TIME, A_CVE, A_WORD };

/* '*' stands for every entry of a list. */
static const struct {
    const char *path;
    enum form form;
    const char *words; /* with a blank before and behind each */
} values[] = {
    { "document/tracking/initial_release_date", A_TIME, NULL },
    { "document/tracking/current_release_date", A_TIME, NULL },
    { "document/tracking/generator/date", A_TIME, NULL },
    { "document/tracking/revision_history/*/date", A_TIME, NULL },
    { "document/publisher/category", A_WORD, " coordinator discoverer other translator user vendor " },
    { "document/distribution/tlp/label", A_WORD, " AMBER GREEN RED WHITE " },
    { "document/notes/*/category", A_WORD, " description details faq general legal_disclaimer other summary " },
    { "document/references/*/category", A_WORD, " external self " },
    { "product_tree/relationships/*/category", A_WORD, " default_component_of external_component_of installed_on installed_with optional_component_of " },
    { "vulnerabilities/*/cve", A_CVE, NULL },
    { "vulnerabilities/*/discovery_date", A_TIME, NULL },
    { "vulnerabilities/*/release_date", A_TIME, NULL },
    { "vulnerabilities/*/notes/*/category", A_WORD, " description details faq general legal_disclaimer other summary " },
    { "vulnerabilities/*/references/*/category", A_WORD, " external self " },
    { "vulnerabilities/*/flags/*/date", A_TIME, NULL },
    { "vulnerabilities/*/flags/*/label", A_WORD,
      " component_not_present inline_mitigations_already_exist vulnerable_code_cannot_be_controlled_by_adversary vulnerable_code_not_in_execute_path vulnerable_code_not_present " },
    { "vulnerabilities/*/involvements/*/date", A_TIME, NULL },
    { "vulnerabilities/*/involvements/*/party", A_WORD, " coordinator discoverer other user vendor " },
    { "vulnerabilities/*/involvements/*/status", A_WORD, " completed contact_attempted disputed in_progress not_contacted open " },
    { "vulnerabilities/*/remediations/*/date", A_TIME, NULL },
    { "vulnerabilities/*/remediations/*/category", A_WORD, " mitigation no_fix_planned none_available vendor_fix workaround " },
    { "vulnerabilities/*/threats/*/date", A_TIME, NULL },
    { "vulnerabilities/*/threats/*/category", A_WORD, " exploit_status impact target_set " },
};

/* RFC 3339 with seconds and an offset. */
static bool is_time(const char *text, size_t len)
{
    struct parley_date date;
    return len >= 20 && text[10] == 'T' && text[16] == ':' && !parley_date_parse(text, len, &date, NULL);
}

/* CVE-2026-0001: four digits of the year, four or more of the number. */
static bool is_cve(const char *text)
{
    static const char digits[] = "0123456789";
    return !strncmp(text, "CVE-", 4) && strspn(text + 4, digits) == 4 && text[8] == '-' && strspn(text + 9, digits) >= 4 && !text[9 + strspn(text + 9, digits)];
}

static bool is_word(const char *text, const char *words)
{
    size_t n = strlen(text);
    for (const char *at = words; n && !strchr(text, ' ') && (at = strstr(at, text)); at++)
        if (at > words && at[-1] == ' ' && at[n] == ' ')
            return true;
    return false;
}

static enum parley_status judge(const struct parley_node *v, const char *path, enum form form, const char *words, struct parley_error *err)
{
    bool text = v->kind == PARLEY_NODE_SCALAR && v->quoted;
    if (text && (form == A_TIME ? is_time(v->text, v->len) : form == A_CVE ? is_cve(v->text) : is_word(v->text, words)))
        return PARLEY_OK;
    return parley_fail(err, PARLEY_EDOM, "csaf: %s is '%.40s'; expected %s%s", path, text ? v->text : "no text",
                       form == A_TIME ? "a time such as 2026-11-21T09:00:00Z" : form == A_CVE ? "a number such as CVE-2026-0001" : "one of", form == A_WORD ? words : "");
}

/* Follows the rest of a row's path from a node. */
static enum parley_status walk(const struct parley_node *node, const char *rest, size_t row, struct parley_error *err)
{
    char key[64];
    size_t n = strcspn(rest, "/");
    if (!node)
        return PARLEY_OK; /* what is required is asked for elsewhere */
    if (!*rest)
        return judge(node, values[row].path, values[row].form, values[row].words, err);
    const char *next = rest + n + (rest[n] == '/');
    if (*rest == '*') {
        if (node->kind != PARLEY_NODE_LIST)
            return parley_fail(err, PARLEY_EDOM, "csaf: %.*s should be a list", (int)(rest - values[row].path - 1), values[row].path);
        enum parley_status status = PARLEY_OK;
        for (size_t i = 0; !status && i < node->n; i++)
            status = walk(&node->child[i], next, row, err);
        return status;
    }
    if (node->kind != PARLEY_NODE_MAP)
        return parley_fail(err, PARLEY_EDOM, "csaf: %.*s should be an object", rest > values[row].path ? (int)(rest - values[row].path - 1) : 0, values[row].path);
    memcpy(key, rest, n);
    key[n] = 0;
    return walk(parley_node_get(node, key), next, row, err);
}

enum parley_status csaf_values(const struct parley_node *document, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    for (size_t row = 0; !status && row < sizeof values / sizeof *values; row++)
        status = walk(document, values[row].path, row, err);
    return status;
}

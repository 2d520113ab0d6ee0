#include "channel/csaf.h"

#include <ctype.h>

enum { DEPTH_MAX = 40 };

/* --- languages ----------------------------------------------------------------------------------- */

/* ISO 639-1, in order; tags of three letters are judged by their form alone. */
static const char two_letters[] = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv "
                                  "ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo "
                                  "mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk "
                                  "tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

static bool is_language(const char *tag)
{
    size_t n = strcspn(tag, "-");
    char low[4] = "";
    for (size_t i = 0; tag[i]; i++)
        if (!isalnum((unsigned char)tag[i]) && tag[i] != '-')
            return false;
    for (size_t i = 0; i < n && i < 3; i++)
        low[i] = (char)tolower((unsigned char)tag[i]);
    bool form = (n == 2 && strstr(two_letters, low)) || (n == 3 && isalpha((unsigned char)tag[0])) || ((low[0] == 'i' || low[0] == 'x') && n == 1 && tag[1]);
    for (const char *p = tag + n; form && *p; p += n) { /* subtags of one to eight */
        n = strcspn(++p, "-");
        form = n >= 1 && n <= 8;
    }
    return form;
}

/* --- package URLs -------------------------------------------------------------------------------- */

/* pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH with a type and a name. */
static bool is_purl(const char *p)
{
    if (strncmp(p, "pkg:", 4))
        return false;
    p += 4;
    p += strspn(p, "/");
    size_t type = strcspn(p, "/"), end;
    if (!type || !p[type] || !isalpha((unsigned char)*p))
        return false;
    for (size_t i = 0; i < type; i++)
        if (!isalnum((unsigned char)p[i]) && !strchr(".+-", p[i]))
            return false;
    bool maven = type == 5 && !strncmp(p, "maven", 5);
    p += type + 1;
    end = strcspn(p, "@?#");
    while (end && p[end - 1] == '/' && (p[end] == '?' || p[end] == '#' || !p[end]))
        end--;
    size_t name = end;
    while (name && p[name - 1] != '/')
        name--;
    return end > name && (!maven || name > 1); /* an artefact of Maven has a group */
}

/* --- weaknesses ---------------------------------------------------------------------------------- */

/* The names of those that are met most; of all others only the form of the id is judged. */
static const struct { const char *id, *name; } weaknesses[] = {
    { "CWE-20", "Improper Input Validation" },
    { "CWE-22", "Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')" },
    { "CWE-77", "Improper Neutralization of Special Elements used in a Command ('Command Injection')" },
    { "CWE-78", "Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')" },
    { "CWE-79", "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')" },
    { "CWE-89", "Improper Neutralization of Special Elements used in an SQL Command ('SQL Injection')" },
    { "CWE-94", "Improper Control of Generation of Code ('Code Injection')" },
    { "CWE-119", "Improper Restriction of Operations within the Bounds of a Memory Buffer" },
    { "CWE-121", "Stack-based Buffer Overflow" },
    { "CWE-122", "Heap-based Buffer Overflow" },
    { "CWE-125", "Out-of-bounds Read" },
    { "CWE-190", "Integer Overflow or Wraparound" },
    { "CWE-269", "Improper Privilege Management" },
    { "CWE-287", "Improper Authentication" },
    { "CWE-306", "Missing Authentication for Critical Function" },
    { "CWE-352", "Cross-Site Request Forgery (CSRF)" },
    { "CWE-400", "Uncontrolled Resource Consumption" },
    { "CWE-416", "Use After Free" },
    { "CWE-434", "Unrestricted Upload of File with Dangerous Type" },
    { "CWE-476", "NULL Pointer Dereference" },
    { "CWE-502", "Deserialization of Untrusted Data" },
    { "CWE-787", "Out-of-bounds Write" },
    { "CWE-798", "Use of Hard-coded Credentials" },
    { "CWE-862", "Missing Authorization" },
    { "CWE-863", "Incorrect Authorization" },
    { "CWE-918", "Server-Side Request Forgery (SSRF)" },
};

static const char *weakness_fault(const char *id, const char *name)
{
    size_t digits = strncmp(id, "CWE-", 4) ? 0 : strspn(id + 4, "0123456789");
    if (digits < 1 || digits > 5 || id[4] == '0' || id[4 + digits])
        return "no id of a weakness:";
    for (size_t i = 0; i < sizeof weaknesses / sizeof *weaknesses; i++)
        if (!strcmp(weaknesses[i].id, id) && strcmp(weaknesses[i].name, name))
            return "the weakness has another name than";
    return *name ? NULL : "a weakness without a name:";
}

static enum parley_status walk(const struct parley_node *node, int depth, struct parley_error *err)
{
    const struct parley_node *purl = node->kind == PARLEY_NODE_MAP ? parley_node_get(node, "purl") : NULL;
    enum parley_status status = PARLEY_OK;
    if (purl && (purl->kind != PARLEY_NODE_SCALAR || !is_purl(purl->text)))
        return parley_fail(err, PARLEY_EDOM, "csaf: no package URL: %.80s (6.1.13)", purl->text ? purl->text : "");
    for (size_t i = 0; !status && depth < DEPTH_MAX && i < node->n; i++)
        status = walk(&node->child[i], depth + 1, err);
    return status;
}

enum parley_status csaf_names(const struct parley_node *d, struct parley_error *err)
{
    static const char *const fields[] = { "lang", "source_lang" };
    const struct parley_node *list = parley_node_get(d, "vulnerabilities");
    for (int i = 0; i < 2; i++) {
        const char *tag = text_of(parley_node_get(d, "document"), fields[i]);
        if (*tag && !is_language(tag))
            return parley_fail(err, PARLEY_EDOM, "csaf: document/%s is no language: %.40s (6.1.12)", fields[i], tag);
    }
    for (size_t i = 0; i < count(list); i++) {
        const struct parley_node *cwe = parley_node_get(&list->child[i], "cwe");
        const char *name = text_of(cwe, "name"), *why = cwe ? weakness_fault(text_of(cwe, "id"), name) : NULL;
        if (why)
            return parley_fail(err, PARLEY_EDOM, "csaf: %.12s: %s '%.80s' (6.1.11)", text_of(cwe, "id"), why, name);
    }
    return walk(d, 0, err);
}

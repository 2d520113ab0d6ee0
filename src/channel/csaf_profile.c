#include "channel/csaf.h"
#include "channel/cvss.h"

enum parley_status csaf_scores(const struct parley_node *d, struct parley_error *err)
{
    static const char *const kinds[] = { "cvss_v2", "cvss_v3" };
    const struct parley_node *list = parley_node_get(d, "vulnerabilities");
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; i < count(list); i++) {
        const struct parley_node *scores = parley_node_get(&list->child[i], "scores");
        for (size_t k = 0; k < count(scores); k++)
            for (int v = 0; !status && v < 2; v++) {
                const struct parley_node *object = parley_node_get(&scores->child[k], kinds[v]);
                status = object ? cvss_check(object, v == 1, err) : PARLEY_OK;
            }
    }
    return status;
}

struct profile {
    const char *name;
    bool notes, references, no_vulnerabilities, vulnerabilities, tree, each_notes, each_status, vex;
};

static const struct profile profiles[] = {
    { "csaf_security_incident_response", .notes = true, .references = true },
    { "csaf_informational_advisory", .notes = true, .references = true, .no_vulnerabilities = true },
    { "csaf_security_advisory", .vulnerabilities = true, .tree = true, .each_notes = true, .each_status = true },
    { "csaf_vex", .vulnerabilities = true, .tree = true, .each_notes = true, .vex = true },
};

static enum parley_status lacks(const struct profile *p, const char *what, const char *where, int test, struct parley_error *err)
{
    return parley_fail(err, PARLEY_EDOM, "csaf: the profile %s asks for %s%s%.80s (6.1.27.%d)", p->name, what, *where ? " " : "", where, test);
}

static bool any_category(const struct parley_node *list, const char *const *words)
{
    for (size_t i = 0; i < count(list); i++)
        for (const char *const *w = words; *w; w++)
            if (!strcmp(text_of(&list->child[i], "category"), *w))
                return true;
    return false;
}

/* Is there an entry of the list for this product (with this category, if one is asked for)? */
static bool said_of(const struct parley_node *d, const struct parley_node *list, const char *category, const char *product)
{
    for (size_t i = 0; i < count(list); i++)
        if ((!category || !strcmp(text_of(&list->child[i], "category"), category)) && covers(d, &list->child[i], product))
            return true;
    return false;
}

static enum parley_status vex(const struct parley_node *d, const struct profile *p, const struct parley_node *v, struct parley_error *err)
{
    static const char *const judged[] = { "fixed", "known_affected", "known_not_affected", "under_investigation" };
    const struct parley_node *status = parley_node_get(v, "product_status"), *clean = parley_node_get(status, "known_not_affected"), *hit = parley_node_get(status, "known_affected");
    size_t n = 0;
    for (int i = 0; i < 4; i++)
        n += count(parley_node_get(status, judged[i]));
    if (!n)
        return lacks(p, "a product that is fixed, known_affected, known_not_affected or under_investigation", "", 7, err);
    if (!parley_node_get(v, "cve") && !count(parley_node_get(v, "ids")))
        return lacks(p, "a CVE or another id of each vulnerability", "", 8, err);
    for (size_t i = 0; i < count(clean); i++)
        if (!said_of(d, parley_node_get(v, "flags"), NULL, clean->child[i].text) && !said_of(d, parley_node_get(v, "threats"), "impact", clean->child[i].text))
            return lacks(p, "a reason (flag or impact) why this product is not affected:", clean->child[i].text, 9, err);
    for (size_t i = 0; i < count(hit); i++)
        if (!said_of(d, parley_node_get(v, "remediations"), NULL, hit->child[i].text))
            return lacks(p, "a remediation for the affected product", hit->child[i].text, 10, err);
    return PARLEY_OK;
}

enum parley_status csaf_profile(const struct parley_node *d, struct parley_error *err)
{
    static const char *const told[] = { "description", "details", "general", "summary", NULL }, *const external[] = { "external", NULL };
    const char *category = text_of(parley_node_get(d, "document"), "category");
    const struct parley_node *list = parley_node_get(d, "vulnerabilities");
    const struct profile *p = NULL;
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        if (!strcmp(category, profiles[i].name))
            p = &profiles[i];
    if (!p)
        return PARLEY_OK;
    if (p->notes && !any_category(follow(d, "document/notes"), told))
        return lacks(p, "a note of the category description, details, general or summary", "", 1, err);
    if (p->references && !any_category(follow(d, "document/references"), external))
        return lacks(p, "a reference of the category external", "", 2, err);
    if (p->no_vulnerabilities && list)
        return lacks(p, "no vulnerabilities", "", 3, err);
    if (p->tree && !parley_node_get(d, "product_tree"))
        return lacks(p, "a product_tree", "", 4, err);
    if (p->vulnerabilities && !count(list))
        return lacks(p, "vulnerabilities", "", 11, err);
    for (size_t i = 0; !status && i < count(list); i++) {
        if (p->each_notes && !count(parley_node_get(&list->child[i], "notes")))
            return lacks(p, "notes of each vulnerability", "", 5, err);
        if (p->each_status && !parley_node_get(&list->child[i], "product_status"))
            return lacks(p, "a product_status of each vulnerability", "", 6, err);
        if (p->vex)
            status = vex(d, p, &list->child[i], err);
    }
    return status;
}

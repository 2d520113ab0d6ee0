/* CSAF 2.0 documents in vulnerability notices: structure, and the mandatory tests of its section 6.1, whose numbers stand in the messages. Scores,
 * names and profiles have files of their own. Not held: the whole list of CWE names (csaf_names.c). */
#include "channel/csaf.h"

#include <parley/text.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { IDS_MAX = 4096, DEPTH_MAX = 40 };

struct ids {
    const char *id[IDS_MAX];
    size_t n;
};

struct check {
    const struct parley_node *document;
    struct parley_error *err;
    struct ids product, group;
    const char *status, *version;
};

static enum parley_status bad(struct check *c, const char *test, const char *what, const char *detail)
{
    return parley_fail(c->err, PARLEY_EDOM, "csaf: %s%s%.80s (6.1.%s)", what, *detail ? " " : "", detail, test);
}

static bool has(const struct ids *ids, const char *id)
{
    for (size_t i = 0; i < ids->n; i++)
        if (!strcmp(ids->id[i], id))
            return true;
    return false;
}

/* --- versions and revisions ----------------------------------------------------------------- */

struct version { /* integer versioning: minor and patch are -1 */
    int64_t part[3];
    bool pre;
};

static bool read_version(const char *text, struct version *v)
{
    size_t len = strcspn(text, "-+"), at = 0;
    *v = (struct version){ { 0, -1, -1 }, text[len] == '-' };
    for (int i = 0; i < 3; i++) {
        size_t n = strcspn(text + at, ".-+");
        if (!parley_text_to_i64(text + at, n, &v->part[i]) || v->part[i] < 0)
            return false;
        at += n;
        if (text[at] != '.')
            return at == len && (i == 0 || i == 2);
        at++;
    }
    return false;
}

static int compare(const struct version *a, const struct version *b)
{
    for (int i = 0; i < 3; i++)
        if (a->part[i] != b->part[i])
            return a->part[i] < b->part[i] ? -1 : 1;
    return b->pre - a->pre;
}

/* RFC 3339 dates of one offset; a fraction may have any number of digits. */
static int compare_dates(const char *a, const char *b)
{
    for (;; a += *a && *a != 'Z' && *a != '+', b += *b && *b != 'Z' && *b != '+') {
        bool end_a = !*a || *a == 'Z' || *a == '+', end_b = !*b || *b == 'Z' || *b == '+';
        char x = end_a ? '0' : *a, y = end_b ? '0' : *b;
        if (end_a && end_b)
            return 0;
        if (end_a && y == '.')
            x = '.';
        if (end_b && x == '.' && !end_a)
            y = '.';
        if (x != y)
            return x < y ? -1 : 1;
    }
}

static enum parley_status revisions(struct check *c)
{
    const struct parley_node *list = follow(c->document, "document/tracking/revision_history");
    struct version own, v, last = { { -1, -1, -1 }, false };
    size_t n = count(list), newest = 0;
    bool draft = !strcmp(c->status, "draft");
    if (!n)
        return bad(c, "14", "document/tracking/revision_history should be a list with at least one entry", "");
    if (!read_version(c->version, &own))
        return bad(c, "16", "document/tracking/version is no version:", c->version);
    if (!draft && (own.part[0] == 0 || own.pre))
        return bad(c, own.pre && own.part[0] ? "20" : "17", "version 0 or a pre-release must have the status draft:", c->version);
    for (size_t i = 0; i < n; i++) {
        const char *number = text_of(&list->child[i], "number"), *date = text_of(&list->child[i], "date");
        if (!*number || !*date || !read_version(number, &v))
            return bad(c, "14", "a revision lacks date, or its number is no version:", number);
        if ((v.part[1] < 0) != (own.part[1] < 0))
            return bad(c, "30", "integer and semantic versions are mixed:", number);
        for (size_t k = 0; k < i; k++)
            if (!strcmp(text_of(&list->child[k], "number"), number))
                return bad(c, "22", "revision number stands twice:", number);
        if (!draft && v.part[0] == 0)
            return bad(c, "18", "a released document has a revision 0:", number);
        if (v.pre)
            return bad(c, "19", "a revision of a pre-release:", number);
        if (compare_dates(date, text_of(&list->child[newest], "date")) >= 0)
            newest = i;
    }
    bool taken[1024] = { false };
    const char *gap = NULL;
    for (size_t i = 0; i < n && n <= 1024; i++) { /* by date: numbers must rise, and no major number be left out */
        size_t next = n;
        for (size_t k = 0; k < n; k++)
            if (!taken[k] && (next == n || compare_dates(text_of(&list->child[k], "date"), text_of(&list->child[next], "date")) < 0))
                next = k;
        for (size_t k = 0; k < n; k++) { /* of one date, the lower number first */
            struct version x, y;
            if (!taken[k] && !compare_dates(text_of(&list->child[k], "date"), text_of(&list->child[next], "date")) && read_version(text_of(&list->child[k], "number"), &x) &&
                read_version(text_of(&list->child[next], "number"), &y) && compare(&x, &y) < 0)
                next = k;
        }
        taken[next] = true;
        newest = next;
        (void)read_version(text_of(&list->child[next], "number"), &v);
        if (i && compare(&v, &last) < 0)
            return bad(c, "14", "revisions sorted by date are not sorted by number:", text_of(&list->child[next], "number"));
        if (!gap && (i ? v.part[0] > last.part[0] + 1 : v.part[0] > 1))
            gap = text_of(&list->child[next], "number");
        last = v;
    }
    if (gap)
        return bad(c, "21", "a revision is missing before", gap);
    struct version plain = own;
    plain.pre = draft ? last.pre : own.pre;
    if (compare(&plain, &last))
        return bad(c, "16", "the version is not that of the newest revision:", c->version);
    return PARLEY_OK;
}

/* --- products ------------------------------------------------------------------------------- */

/* product_id of every full product name, each once. */
static enum parley_status product_ids(struct check *c, const struct parley_node *node, int depth)
{
    if (!node || depth > DEPTH_MAX)
        return PARLEY_OK;
    const struct parley_node *own = node->kind == PARLEY_NODE_MAP ? parley_node_get(node, "product_id") : NULL;
    if (own && parley_node_get(node, "name")) {
        if (has(&c->product, own->text))
            return bad(c, "2", "product_id is defined twice:", own->text);
        if (c->product.n == IDS_MAX)
            return parley_fail(c->err, PARLEY_ELIMIT, "csaf: more than %d products", IDS_MAX);
        c->product.id[c->product.n++] = own->text;
    }
    if (node->kind == PARLEY_NODE_MAP && !strcmp(text_of(node, "category"), "product_version")) {
        const char *name = text_of(node, "name");
        static const char *const ranges[] = { "after", "all", "before", "earlier", "later", "prior", "versions" };
        for (const char *p = name; *p; p += strcspn(p, " "), p += strspn(p, " "))
            for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
                if (strcspn(p, " ") == strlen(ranges[i]) && !strncasecmp(p, ranges[i], strlen(ranges[i])))
                    return bad(c, "31", "a product_version names a range:", name);
        if (strpbrk(name, "<>"))
            return bad(c, "31", "a product_version names a range:", name);
    }
    for (size_t i = 0; i < node->n; i++) {
        enum parley_status status = product_ids(c, &node->child[i], depth + 1);
        if (status)
            return status;
    }
    return PARLEY_OK;
}

static enum parley_status known(struct check *c, const struct parley_node *list, bool groups)
{
    for (size_t i = 0; i < count(list); i++)
        if (!has(groups ? &c->group : &c->product, list->child[i].text))
            return bad(c, groups ? "4" : "1", groups ? "a product group that is not defined:" : "a product that is not defined:", list->child[i].text);
    return PARLEY_OK;
}

static const struct parley_node *relationship_of(const struct parley_node *list, const char *id)
{
    for (size_t i = 0; i < count(list); i++)
        if (!strcmp(text_of(follow(&list->child[i], "full_product_name"), "product_id"), id))
            return &list->child[i];
    return NULL;
}

/* Does a relationship, followed along what it refers to, come back to itself? */
static bool circular(const struct parley_node *list, const char *start, const char *id, int depth)
{
    static const char *const ends[] = { "product_reference", "relates_to_product_reference" };
    const struct parley_node *r = depth > DEPTH_MAX ? NULL : relationship_of(list, id);
    for (int k = 0; r && k < 2; k++)
        if (!strcmp(text_of(r, ends[k]), start) || circular(list, start, text_of(r, ends[k]), depth + 1))
            return true;
    return false;
}

static enum parley_status product_tree(struct check *c)
{
    const struct parley_node *tree = parley_node_get(c->document, "product_tree"), *groups = parley_node_get(tree, "product_groups"), *relations = parley_node_get(tree, "relationships");
    enum parley_status status = product_ids(c, tree, 0);
    for (size_t i = 0; !status && i < count(groups) && c->group.n < IDS_MAX; i++) {
        const char *id = text_of(&groups->child[i], "group_id");
        if (has(&c->group, id))
            status = bad(c, "5", "group_id is defined twice:", id);
        c->group.id[c->group.n++] = id;
        if (!status)
            status = known(c, parley_node_get(&groups->child[i], "product_ids"), false);
    }
    for (size_t i = 0; !status && i < count(relations); i++) {
        const char *id = text_of(follow(&relations->child[i], "full_product_name"), "product_id");
        static const char *const ends[] = { "product_reference", "relates_to_product_reference" };
        for (int k = 0; !status && k < 2; k++)
            if (!has(&c->product, text_of(&relations->child[i], ends[k])))
                status = bad(c, "1", "a product that is not defined:", text_of(&relations->child[i], ends[k]));
        if (!status && relations->n <= 64 && circular(relations, id, id, 0))
            status = bad(c, "3", "a product is defined by itself:", id);
    }
    return status;
}

/* --- vulnerabilities ------------------------------------------------------------------------ */

static enum parley_status contradicting(struct check *c, const struct parley_node *status)
{
    static const char *const classes[][4] = { { "first_affected", "known_affected", "last_affected", NULL }, { "known_not_affected", NULL }, { "first_fixed", "fixed", NULL }, { "under_investigation", NULL } };
    for (int a = 0; a < 4; a++)
        for (int b = a + 1; b < 4; b++)
            for (int i = 0; classes[a][i]; i++)
                for (int k = 0; classes[b][k]; k++) {
                    const struct parley_node *x = parley_node_get(status, classes[a][i]), *y = parley_node_get(status, classes[b][k]);
                    for (size_t p = 0; p < count(x); p++)
                        if (in_list(y, x->child[p].text))
                            return bad(c, "6", "contradicting status of product", x->child[p].text);
                }
    return PARLEY_OK;
}

static enum parley_status scores_once(struct check *c, const struct parley_node *scores)
{
    static const char *const kinds[] = { "cvss_v2", "cvss_v3" };
    for (size_t i = 0; i < count(scores); i++)
        for (size_t k = i + 1; k < scores->n; k++)
            for (int v = 0; v < 2; v++) {
                const struct parley_node *x = parley_node_get(&scores->child[i], kinds[v]), *y = parley_node_get(&scores->child[k], kinds[v]);
                const struct parley_node *p = parley_node_get(&scores->child[i], "products");
                if (!x || !y || strcmp(text_of(x, "version"), text_of(y, "version")))
                    continue;
                for (size_t q = 0; q < count(p); q++)
                    if (in_list(parley_node_get(&scores->child[k], "products"), p->child[q].text))
                        return bad(c, "7", "two scores of one CVSS version for product", p->child[q].text);
            }
    return PARLEY_OK;
}

static bool is_justification(const char *label)
{
    static const char *const labels[] = { "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path", "vulnerable_code_cannot_be_controlled_by_adversary",
                                          "inline_mitigations_already_exist" };
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (!strcmp(label, labels[i]))
            return true;
    return false;
}

static enum parley_status references(struct check *c, const struct parley_node *vulnerability)
{
    static const struct { const char *list, *test; } parts[] = { { "remediations", "29" }, { "threats", NULL }, { "flags", "32" } };
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; i < 3; i++) {
        const struct parley_node *list = parley_node_get(vulnerability, parts[i].list);
        for (size_t k = 0; !status && k < count(list); k++) {
            const struct parley_node *products = parley_node_get(&list->child[k], "product_ids"), *groups = parley_node_get(&list->child[k], "group_ids");
            if (parts[i].test && !count(products) && !count(groups))
                return bad(c, parts[i].test, "an entry names neither product nor group:", parts[i].list);
            status = known(c, products, false);
            if (!status)
                status = known(c, groups, true);
        }
    }
    const struct parley_node *flags = parley_node_get(vulnerability, "flags"), *scores = parley_node_get(vulnerability, "scores");
    for (size_t p = 0; !status && count(flags) > 1 && p < c->product.n; p++) {
        size_t n = 0;
        for (size_t i = 0; i < flags->n; i++)
            n += is_justification(text_of(&flags->child[i], "label")) && covers(c->document, &flags->child[i], c->product.id[p]);
        if (n > 1)
            status = bad(c, "33", "two justifications for product", c->product.id[p]);
    }
    for (size_t i = 0; !status && i < count(scores); i++)
        status = known(c, parley_node_get(&scores->child[i], "products"), false);
    return status;
}

static enum parley_status vulnerability(struct check *c, const struct parley_node *v)
{
    const struct parley_node *product_status = parley_node_get(v, "product_status"), *who = parley_node_get(v, "involvements");
    enum parley_status status = PARLEY_OK;
    for (size_t k = 0; !status && product_status && k < product_status->n; k++)
        status = known(c, &product_status->child[k], false);
    if (!status)
        status = contradicting(c, product_status);
    if (!status)
        status = scores_once(c, parley_node_get(v, "scores"));
    if (!status)
        status = references(c, v);
    for (size_t i = 0; !status && i < count(who); i++)
        for (size_t k = i + 1; !status && k < who->n; k++)
            if (!strcmp(text_of(&who->child[i], "party"), text_of(&who->child[k], "party")) && !strcmp(text_of(&who->child[i], "date"), text_of(&who->child[k], "date")))
                status = bad(c, "24", "one party is involved twice at one date:", text_of(&who->child[i], "party"));
    return status;
}

static enum parley_status vulnerabilities(struct check *c)
{
    const struct parley_node *list = parley_node_get(c->document, "vulnerabilities");
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; !status && i < count(list); i++) {
        status = vulnerability(c, &list->child[i]);
        for (size_t k = 0; !status && k < i; k++)
            if (*text_of(&list->child[i], "cve") && !strcmp(text_of(&list->child[i], "cve"), text_of(&list->child[k], "cve")))
                status = bad(c, "23", "one CVE stands twice:", text_of(&list->child[i], "cve"));
    }
    return status;
}

/* Hashes of one file: each algorithm once. Wherever they stand. */
static enum parley_status hashes(struct check *c, const struct parley_node *node, int depth)
{
    enum parley_status status = PARLEY_OK;
    const struct parley_node *list = node->kind == PARLEY_NODE_MAP ? parley_node_get(node, "file_hashes") : NULL;
    for (size_t i = 0; i < count(list); i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(text_of(&list->child[i], "algorithm"), text_of(&list->child[k], "algorithm")))
                return bad(c, "25", "one hash algorithm twice for a file:", text_of(&list->child[i], "algorithm"));
    for (size_t i = 0; !status && depth < DEPTH_MAX && i < node->n; i++)
        status = hashes(c, &node->child[i], depth + 1);
    return status;
}

/* --- the whole ------------------------------------------------------------------------------ */

static enum parley_status languages(struct check *c)
{
    const struct parley_node *d = parley_node_get(c->document, "document");
    const char *lang = text_of(d, "lang"), *source = text_of(d, "source_lang");
    if (!strcmp(text_of(parley_node_get(d, "publisher"), "category"), "translator") && !*source)
        return bad(c, "15", "a translator must name source_lang", "");
    return *lang && !strcasecmp(lang, source) ? bad(c, "28", "source_lang is the language of the document:", lang) : PARLEY_OK;
}

/* A generic category that looks like the name of a profile. */
static enum parley_status category(struct check *c)
{
    static const char *const profiles[] = { "csaf_base", "csaf_security_incident_response", "csaf_informational_advisory", "csaf_security_advisory", "csaf_vex" };
    static const char *const names[] = { "informationaladvisory", "securityincidentresponse", "securityadvisory", "vex" };
    const char *text = text_of(parley_node_get(c->document, "document"), "category");
    char plain[100];
    size_t n = 0;
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        if (!strcmp(text, profiles[i]))
            return PARLEY_OK;
    for (const char *p = text; *p && n + 1 < sizeof plain; p++)
        if (!strchr("-_ \t", *p))
            plain[n++] = *p;
    plain[n] = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(plain, names[i]) || (!strncasecmp(plain, "csaf", 4) && !strcasecmp(plain + 4, names[i])))
            return bad(c, "26", "a category that looks like a profile but is none:", text);
    return strncasecmp(text, "csaf_", 5) ? PARLEY_OK : bad(c, "26", "a category that begins with csaf_ but is no profile:", text);
}

enum parley_status parley_csaf_check(const struct parley_node *d, struct parley_error *err)
{
    static const char *const required[] = { "document/category", "document/csaf_version", "document/title", "document/publisher/category", "document/publisher/name",
                                            "document/publisher/namespace", "document/tracking/id", "document/tracking/status", "document/tracking/version",
                                            "document/tracking/initial_release_date", "document/tracking/current_release_date" };
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        const struct parley_node *node = follow(d, required[i]);
        if (!node || node->kind != PARLEY_NODE_SCALAR || !node->quoted || !node->len)
            return parley_fail(err, PARLEY_EDOM, "csaf: %s is required and should be text", required[i]);
    }
    struct check c = { .document = d, .err = err, .status = follow(d, "document/tracking/status")->text, .version = follow(d, "document/tracking/version")->text };
    if (strcmp(follow(d, "document/csaf_version")->text, "2.0"))
        return parley_fail(err, PARLEY_EDOM, "csaf: version %.20s; 2.0 was expected", follow(d, "document/csaf_version")->text);
    if (strcmp(c.status, "draft") && strcmp(c.status, "final") && strcmp(c.status, "interim"))
        return parley_fail(err, PARLEY_EDOM, "csaf: document/tracking/status is '%.20s'; expected draft, interim or final", c.status);
    enum parley_status status = csaf_values(d, err);
    if (!status)
        status = category(&c);
    if (!status)
        status = languages(&c);
    if (!status)
        status = revisions(&c);
    if (!status)
        status = product_tree(&c);
    if (!status)
        status = hashes(&c, d, 0);
    if (!status)
        status = vulnerabilities(&c);
    if (!status)
        status = csaf_scores(d, err);
    if (!status)
        status = csaf_names(d, err);
    return status ? status : csaf_profile(d, err);
}

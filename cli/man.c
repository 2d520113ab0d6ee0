/* Manual pages in roff (man macros), made from the table of commands. */
#include "command.h"

#include <parley/file.h>
#include <parley/version.h>

#include <ctype.h>
#include <string.h>

enum { PAGE_MAX = 1 << 22, FAMILIES_MAX = 64 };

/* Text that roff prints as it stands: no escapes, no requests, hyphens that can be copied. */
static void roff(struct parley_text *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        bool begins = i == 0 || text[i - 1] == '\n';
        if (begins && (c == '.' || c == '\''))
            parley_text_adds(out, "\\&");
        if (c == '\\')
            parley_text_adds(out, "\\e");
        else if (c == '-')
            parley_text_adds(out, "\\-");
        else if (c == '\'')
            parley_text_adds(out, "\\(aq");
        else if (c == '`')
            parley_text_adds(out, "\\(ga");
        else if (c == '^')
            parley_text_adds(out, "\\(ha");
        else if (c == '~')
            parley_text_adds(out, "\\(ti");
        else if (!(c == '\n' && i + 1 < n && text[i + 1] == '\n'))
            parley_text_addc(out, c);
    }
}

static void roffs(struct parley_text *out, const char *text) { roff(out, text, strlen(text)); }

static void line(struct parley_text *out, const char *before, const char *text, const char *after)
{
    parley_text_adds(out, before);
    roffs(out, text);
    parley_text_adds(out, after);
}

static void paragraphs(struct parley_text *out, const char *text)
{
    for (const char *p = text; *p;) {
        const char *end = strstr(p, "\n\n");
        size_t n = end ? (size_t)(end - p) : strlen(p);
        parley_text_adds(out, p == text ? "" : ".PP\n");
        while (n && p[n - 1] == '\n')
            n--;
        roff(out, p, n);
        parley_text_addc(out, '\n');
        p = end ? end + 2 : p + strlen(p);
        while (*p == '\n')
            p++;
    }
}

static void options(struct parley_text *out, const struct option *rows)
{
    for (const struct option *o = rows; o && o->name; o++) {
        parley_text_adds(out, ".TP\n");
        if (o->brief)
            parley_text_addf(out, "\\fB\\-%c\\fR, ", o->brief);
        line(out, "\\fB\\-\\-", o->name, "\\fR");
        if (o->value)
            line(out, " \\fI", o->value, "\\fR");
        parley_text_addc(out, '\n');
        line(out, "", o->help, "\n");
    }
}

static void examples(struct parley_text *out, const char *text)
{
    parley_text_adds(out, ".RS 4\n.nf\n");
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        roff(out, p, n);
        parley_text_addc(out, '\n');
        p += n + (p[n] == '\n');
    }
    parley_text_adds(out, ".fi\n.RE\n");
}

static void synopsis(struct parley_text *out, const struct command *c, bool first)
{
    parley_text_adds(out, first ? "" : ".br\n");
    line(out, ".B parley ", c->name, "\n");
    line(out, "[\\fIOPTIONS\\fR] ", c->operands, "\n");
}

static void ending(struct parley_text *out)
{
    parley_text_adds(out, ".SH COMMON OPTIONS\n");
    options(out, common_options);
    parley_text_adds(out, ".SH EXIT STATUS\n");
#define ROW(name, text, code) parley_text_addf(out, ".TP\n.B %d\n", code); line(out, "", text, "\n");
    PARLEY_STATUS_MAP(ROW)
#undef ROW
    parley_text_adds(out, ".SH ENVIRONMENT\n.TP\n.B PARLEY_DESK\nThe desk when \\fB\\-\\-desk\\fR is not given.\n"
                          ".TP\n.B COLUMNS\nWidth of text, when standard output is no terminal.\n"
                          ".SH FILES\n.TP\n.I \\(ti/.local/share/parley\nThe default desk.\n");
}

static void title(struct parley_text *out, const char *name)
{
    parley_text_adds(out, ".\\\" made by 'parley man' from the table of commands; do not edit\n.TH \"");
    for (const char *p = name; *p; p++)
        parley_text_addc(out, (char)toupper((unsigned char)*p));
    parley_text_addf(out, "\" \"1\" \"%s\" \"Parley %s\" \"Parley manual\"\n.SH NAME\n", PARLEY_VERSION_DATE, PARLEY_VERSION);
}

static size_t family_length(const char *name) { return strcspn(name, " "); }

static bool in_family(const struct command *c, const char *family)
{
    return family_length(c->name) == strlen(family) && !strncmp(c->name, family, strlen(family));
}

static void overview(struct parley_text *out, const char *const *family, size_t n)
{
    title(out, "parley");
    parley_text_adds(out, "parley \\- record, assess, foresee and talk between states in cyberspace\n.SH SYNOPSIS\n.B parley\n.I COMMAND\n[\\fIOPTIONS\\fR] ...\n"
                          ".SH DESCRIPTION\nParley keeps the record of what happened between states in cyberspace, assesses whether it gets out of control, foresees what\n"
                          "arrangements would change, judges whether the states can agree, and lets two sides that do not trust each other talk.\n"
                          ".PP\nReading commands work without a desk on the record that Parley ships. Results go to standard output, notes to standard error.\n"
                          ".SH COMMANDS\n");
    for (const struct command *const *c = commands; *c; c++) {
        line(out, ".TP\n.B parley ", (*c)->name, "\n");
        line(out, "", (*c)->summary, "\n");
    }
    ending(out);
    parley_text_adds(out, ".SH SEE ALSO\n");
    for (size_t i = 0; i < n; i++) {
        line(out, ".BR parley\\-", family[i], " (1)");
        parley_text_adds(out, i + 1 < n ? ",\n" : "\n");
    }
}

static void page(struct parley_text *out, const char *family)
{
    const char *first = NULL;
    struct parley_text name;
    parley_text_init(&name, 200);
    parley_text_addf(&name, "parley-%s", family);
    title(out, parley_text_str(&name));
    size_t n = 0;
    for (const struct command *const *c = commands; *c; c++)
        if (in_family(*c, family)) {
            first = first ? first : (*c)->summary;
            n++;
        }
    line(out, "", parley_text_str(&name), " \\- ");
    size_t len = first ? strlen(first) : 0;
    roff(out, first ? first : "", len && first[len - 1] == '.' ? len - 1 : len);
    parley_text_adds(out, n > 1 ? "; and more\n.SH SYNOPSIS\n" : "\n.SH SYNOPSIS\n");
    bool begun = false;
    for (const struct command *const *c = commands; *c; c++)
        if (in_family(*c, family)) {
            synopsis(out, *c, !begun);
            begun = true;
        }
    parley_text_adds(out, ".SH COMMANDS\n");
    for (const struct command *const *c = commands; *c; c++) {
        if (!in_family(*c, family))
            continue;
        line(out, ".SS \"parley ", (*c)->name, "\"\n");
        line(out, "", (*c)->summary, "\n.PP\n");
        paragraphs(out, (*c)->text);
        options(out, (*c)->options);
        parley_text_adds(out, ".PP\nExamples:\n.PP\n");
        examples(out, (*c)->examples);
    }
    ending(out);
    parley_text_adds(out, ".SH SEE ALSO\n.BR parley (1)\n");
    out->failed |= name.failed;
    parley_text_release(&name);
}

static enum parley_status all_families(struct invocation *in, const char *family[FAMILIES_MAX], size_t *n)
{
    *n = 0;
    for (const struct command *const *c = commands; *c; c++) {
        bool known = false;
        for (size_t i = 0; i < *n; i++)
            known |= in_family(*c, family[i]);
        if (known)
            continue;
        if (*n == FAMILIES_MAX)
            return parley_fail(&in->err, PARLEY_ELIMIT, "more than %d families of commands", FAMILIES_MAX);
        family[*n] = parley_arena_copy(&in->arena, (*c)->name, family_length((*c)->name));
        if (!family[(*n)++])
            return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    }
    return PARLEY_OK;
}

static enum parley_status write_page(struct invocation *in, const char *folder, const char *name, const struct parley_text *text)
{
    const char *path = parley_arena_printf(&in->arena, "%s/%s.1", folder, name);
    if (!path || text->failed)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    return parley_file_write(path, parley_text_str(text), text->len, &in->err);
}

static enum parley_status write_all(struct invocation *in, const char *folder, const char *const *family, size_t n)
{
    struct parley_text text;
    parley_text_init(&text, PAGE_MAX);
    overview(&text, family, n);
    enum parley_status status = write_page(in, folder, "parley", &text);
    for (size_t i = 0; i < n && !status; i++) {
        const char *name = parley_arena_printf(&in->arena, "parley-%s", family[i]);
        parley_text_clear(&text);
        page(&text, family[i]);
        status = name ? write_page(in, folder, name, &text) : parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    }
    parley_text_release(&text);
    return status;
}

static enum parley_status run(struct invocation *in)
{
    const char *family[FAMILIES_MAX], *folder = option_text(in, "all");
    size_t n = 0;
    enum parley_status status = all_families(in, family, &n);
    if (status)
        return status;
    if (folder)
        return write_all(in, folder, family, n);
    if (in->n_operands == 0) {
        overview(&in->out, family, n);
        return PARLEY_OK;
    }
    for (size_t i = 0; i < n; i++)
        if (!strcmp(family[i], in->operand[0])) {
            page(&in->out, family[i]);
            return PARLEY_OK;
        }
    return parley_fail(&in->err, PARLEY_ENOTFOUND, "there is no command '%s'; 'parley help' lists the commands", in->operand[0]);
}

static const struct option man_options[] = {
    { "all", 0, "DIR", "Write parley.1 and one page for each family of commands into DIR." },
    { 0 },
};

const struct command command_man = {
    .name = "man",
    .operands = "[COMMAND]",
    .operands_max = 1,
    .summary = "Print a manual page.",
    .summary_zh = "输出手册页。",
    .text = "Prints the manual page of Parley, or of a family of commands, in the language of man(1). The pages are made from the same table as "
            "'parley help'. 'make install' puts them where man(1) finds them.",
    .examples = "parley man\nparley man game\n",
    .options = man_options,
    .run = run,
};

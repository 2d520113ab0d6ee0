#include "command.h"

#include <string.h>

static bool under(const char *name, const char *words)
{
    size_t n = strlen(words);
    return !strncmp(name, words, n) && (name[n] == 0 || name[n] == ' ');
}

/* What a newcomer asks, in the order of asking: each command belongs to the first group with its name or its first word. */
static const struct group {
    const char *english, *chinese, *names;
} groups[] = {
    { "Record: what happened, who says so, how bad was it?", "记录：发生了什么，谁说的，有多严重？", "|init|desk|record|backup|" },
    { "Assess: is it getting worse, is it still under control?", "评估：是否在恶化，是否仍可控？", "|assess|hawkes|brief|" },
    { "Foresee: what would a measure change, what does each side gain?", "预见：措施会改变什么，各方得失如何？", "|game|simulate|claims|" },
    { "Agree: can these states reach a binding agreement?", "协议：这些国家能否达成有约束力的协议？", "|case|accord|qca|" },
    { "Talk: say it so that it arrives and cannot be denied", "对话：让话送达且无法否认", "|desk keys|desk card|desk ceremony|desk enrol|desk carrier|desk witness|desk rotate|desk revoke|desk recover|channel|node|relay|witness|" },
    { "Help", "帮助", "" },
};

static bool names_hold(const char *names, const char *word, size_t len)
{
    for (const char *p = names; (p = strchr(p, '|')) && p[1]; p++)
        if (!strncmp(p + 1, word, len) && p[1 + len] == '|')
            return true;
    return false;
}

static size_t group_of(const char *name)
{
    size_t n = sizeof groups / sizeof *groups;
    for (size_t g = 0; g < n; g++)
        if (names_hold(groups[g].names, name, strlen(name)))
            return g;
    for (size_t g = 0; g < n; g++)
        if (names_hold(groups[g].names, name, strcspn(name, " ")))
            return g;
    return n - 1;
}

static void list(struct invocation *in, struct parley_doc *doc, const char *words)
{
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        struct parley_table *t = NULL;
        for (const struct command *const *c = commands; *c; c++) {
            if ((*words && !under((*c)->name, words)) || group_of((*c)->name) != g)
                continue;
            if (!t) {
                t = parley_doc_table(doc, PARLEY_SAY(in->lang, groups[g].english, groups[g].chinese));
                parley_table_column(t, PARLEY_SAY(in->lang, "command", "命令"), PARLEY_LEFT);
                parley_table_column(t, PARLEY_SAY(in->lang, "what it does", "作用"), PARLEY_LEFT);
            }
            parley_table_cell(t, "parley %s", (*c)->name);
            parley_table_cell(t, "%s", PARLEY_SAY(in->lang, (*c)->summary, (*c)->summary_zh));
        }
    }
}

static void options(struct parley_doc *doc, const struct option *rows, const char *title)
{
    if (!rows || !rows->name)
        return;
    struct parley_table *t = parley_doc_table(doc, "");
    parley_table_column(t, title, PARLEY_LEFT);
    parley_table_column(t, "", PARLEY_LEFT);
    for (const struct option *o = rows; o->name; o++) {
        char brief[6] = "";
        if (o->brief)
            memcpy(brief, (char[]){ '-', o->brief, ',', ' ', 0 }, 5);
        parley_table_cell(t, "%s--%s%s%s", brief, o->name, o->value ? " " : "", o->value ? o->value : "");
        parley_table_cell(t, "%s", o->help);
    }
}

static void one(struct invocation *in, struct parley_doc *doc, const struct command *c)
{
    bool more = (c->options && c->options->name) || 1;
    parley_doc_paragraph(doc, "parley %s - %s", c->name, PARLEY_SAY(in->lang, c->summary, c->summary_zh));
    parley_doc_code(doc, "parley %s %s%s", c->name, more ? "[OPTIONS] " : "", c->operands);
    for (const char *p = c->text; *p;) {
        const char *end = strstr(p, "\n\n");
        size_t n = end ? (size_t)(end - p) : strlen(p);
        parley_doc_paragraph(doc, "%.*s", (int)n, p);
        p += n + (end ? 2 : 0);
    }
    options(doc, c->options, PARLEY_SAY(in->lang, "options", "选项"));
    options(doc, common_options, PARLEY_SAY(in->lang, "common options", "通用选项"));
    parley_doc_paragraph(doc, "%s", PARLEY_SAY(in->lang, "Examples:", "示例："));
    for (const char *p = c->examples; *p;) {
        size_t n = strcspn(p, "\n");
        parley_doc_code(doc, "%.*s", (int)n, p);
        p += n + (p[n] == '\n');
    }
}

static enum parley_status run(struct invocation *in)
{
    struct parley_doc doc;
    char words[128] = "";
    for (int i = 0; i < in->n_operands; i++) {
        size_t used = strlen(words);
        if (used + strlen(in->operand[i]) + 2 >= sizeof words)
            return parley_fail(&in->err, PARLEY_EINVAL, "no command has such a long name");
        if (i)
            words[used++] = ' ';
        strcpy(words + used, in->operand[i]);
    }
    begin_doc(in, &doc, "parley");
    const struct command *exact = NULL;
    int n = 0;
    for (const struct command *const *c = commands; *c; c++) {
        if (!strcmp((*c)->name, words))
            exact = *c;
        n += !*words || under((*c)->name, words);
    }
    if (n == 0)
        return parley_fail(&in->err, PARLEY_EINVAL, "there is no command '%s'; 'parley help' lists the commands", words);
    if (exact)
        one(in, &doc, exact);
    if (!exact || n > 1)
        list(in, &doc, words);
    return finish_doc(in, &doc);
}

const struct command command_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .operands_max = 3,
    .summary = "List the commands, or explain one.",
    .summary_zh = "列出命令，或说明某个命令。",
    .text = "Without an argument: all commands, a line each. With a command: what it does, its options and examples that work "
            "as typed on the shipped data.",
    .examples = "parley help\nparley help version\n",
    .run = run,
};

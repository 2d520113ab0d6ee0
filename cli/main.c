/* parley - the command. Finds the command in the table, reads its options, runs it, writes its result. */
#define _POSIX_C_SOURCE 200809L
#include "command.h"
#include "terminal.h"

#include <parley/channel.h>
#include <parley/file.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OUTPUT_MAX = 1 << 30 };

/* The command whose name is the longest run of leading words; *words = how many it has. */
static const struct command *find_command(int argc, char **argv, int *words)
{
    const struct command *best = NULL;
    *words = 0;
    for (const struct command *const *c = commands; *c; c++) {
        const char *name = (*c)->name;
        int n = 0;
        while (n < argc && *name) {
            size_t len = strcspn(name, " ");
            if (strlen(argv[n]) != len || memcmp(argv[n], name, len))
                break;
            n++;
            name += len;
            name += *name == ' ';
        }
        if (!*name && n > *words)
            best = *c, *words = n;
    }
    return best;
}

static int unknown_command(int argc, char **argv)
{
    char typed[200] = "";
    const char *nearest = NULL;
    size_t best = 4, first_len = strlen(argv[0]);
    for (int i = 0; i < argc && i < 2 && argv[i][0] != '-'; i++)
        snprintf(typed + strlen(typed), sizeof typed - strlen(typed), "%s%.60s", i ? " " : "", argv[i]);
    bool family = false;
    for (const struct command *const *c = commands; *c; c++) {
        size_t d = parley_edit_distance(typed, (*c)->name);
        if (d < best)
            best = d, nearest = (*c)->name;
        if (!strncmp((*c)->name, argv[0], first_len) && (*c)->name[first_len] == ' ')
            family = true;
    }
    fprintf(stderr, "parley: there is no command '%s'", typed);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    if (family)
        fprintf(stderr, "; 'parley help %s' lists what there is", argv[0]);
    fputs(nearest || family ? "\n" : "; 'parley help' lists the commands\n", stderr);
    return parley_status_exit_code(PARLEY_EINVAL);
}

/* Index of an option typed as --name, --name=value or -x; -1 if the command has none of that name. */
static int match(const struct command *c, const char *typed, size_t len, const struct option **found)
{
    int i = 0;
    for (int table = 0; table < 2; table++)
        for (const struct option *o = table ? common_options : c->options; o && o->name; o++, i++)
            if ((len > 2 && strlen(o->name) == len - 2 && !memcmp(o->name, typed + 2, len - 2) && typed[1] == '-') ||
                (len == 2 && o->brief && typed[1] == o->brief)) {
                *found = o;
                return i;
            }
    return -1;
}

static enum parley_status no_such_option(struct invocation *in, const char *typed)
{
    const char *nearest = NULL;
    size_t best = 4;
    for (int table = 0; table < 2; table++)
        for (const struct option *o = table ? common_options : in->command->options; o && o->name; o++) {
            size_t d = strlen(typed) > 2 ? parley_edit_distance(typed + 2, o->name) : 9;
            if (d < best)
                best = d, nearest = o->name;
        }
    if (nearest)
        return parley_fail(&in->err, PARLEY_EINVAL, "'%s' has no option %.60s; did you mean --%s?", in->command->name, typed, nearest);
    return parley_fail(&in->err, PARLEY_EINVAL, "'%s' has no option %.60s; see 'parley help %s'", in->command->name, typed, in->command->name);
}

static bool negative_number(const char *text)
{
    double v;
    return parley_text_to_double(text, strlen(text), &v);
}

static enum parley_status read_words(struct invocation *in, int argc, char **argv)
{
    bool only_operands = false;
    in->operand = PARLEY_NEW(&in->arena, const char *, (size_t)argc + 1);
    if (!in->operand)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (only_operands || word[0] != '-' || !word[1] || negative_number(word)) {
            in->operand[in->n_operands++] = word;
            continue;
        }
        if (!strcmp(word, "--")) {
            only_operands = true;
            continue;
        }
        const struct option *o = NULL;
        size_t len = word[1] == '-' ? strcspn(word, "=") : strlen(word);
        int index = match(in->command, word, len, &o);
        if (index < 0)
            return no_such_option(in, word);
        if (!o->value && word[len] == '=')
            return parley_fail(&in->err, PARLEY_EINVAL, "--%s takes no value", o->name);
        if (o->value && word[len] != '=' && i + 1 >= argc)
            return parley_fail(&in->err, PARLEY_EINVAL, "--%s expects %s after it", o->name, o->value);
        in->given[index] = !o->value ? "" : word[len] == '=' ? word + len + 1 : argv[++i];
    }
    if (option_given(in, "help"))
        return PARLEY_OK;
    const struct command *c = in->command;
    if (in->n_operands < c->operands_min || (c->operands_max >= 0 && in->n_operands > c->operands_max))
        return parley_fail(&in->err, PARLEY_EINVAL, "usage: parley %s [OPTIONS] %s; see 'parley help %s'", c->name, c->operands, c->name);
    return PARLEY_OK;
}

static enum parley_status read_common(struct invocation *in)
{
    const char *lang = option_text(in, "lang");
    if (lang && !parley_lang_parse(lang, &in->lang))
        return parley_fail(&in->err, PARLEY_EINVAL, "--lang: expected en or zh; found '%.60s'", lang);
    in->json = option_given(in, "json");
    in->desk = option_text(in, "desk");
    if (!in->desk && getenv("PARLEY_DESK") && *getenv("PARLEY_DESK"))
        in->desk = getenv("PARLEY_DESK");
    in->desk_named = in->desk != NULL;
    if (!in->desk && getenv("HOME")) {
        struct stat st;
        const char *folder = parley_arena_printf(&in->arena, "%s/.local/share/parley", getenv("HOME"));
        if (folder && !stat(folder, &st))
            in->desk = folder;
    }
    return PARLEY_OK;
}

int main(int argc, char **argv)
{
    static char help_word[] = "help";
    static char desk_word[] = "desk"; /* `parley` alone says what the desk holds */
    char *desk_only[] = { desk_word, NULL };
    argc--, argv++;
    /* --desk, --lang and --json may stand before the command, as in `parley --desk DIR init` */
    int lead = 0;
    while (lead < argc && argv[lead][0] == '-') {
        bool takes_value = !strcmp(argv[lead], "--desk") || !strcmp(argv[lead], "--lang");
        if (!strcmp(argv[lead], "--help") || !strcmp(argv[lead], "-h") || !strcmp(argv[lead], "--version"))
            break;
        lead += takes_value ? 2 : 1;
    }
    if (lead > argc)
        lead = argc;
    int words = 0, rest_argc = argc - lead;
    char **rest = argv + lead;
    if (rest_argc > 0 && !strcmp(rest[0], "--version"))
        rest[0] += 2;
    if (rest_argc > 0 && (!strcmp(rest[0], "--help") || !strcmp(rest[0], "-h")))
        rest[0] = help_word;
    if (rest_argc == 0)
        rest = desk_only, rest_argc = 1;
    const struct command *command = find_command(rest_argc, rest, &words);
    if (!command) {
        for (int i = 0; i < rest_argc; i++) /* parley record --help */
            if (!strcmp(rest[i], "--help") || !strcmp(rest[i], "-h")) {
                rest[i] = rest[0];
                rest[0] = help_word;
                rest_argc = i + 1;
                command = find_command(rest_argc, rest, &words);
                break;
            }
    }
    if (!command)
        return unknown_command(rest_argc, rest);

    static struct invocation in;
    in.command = command;
    in.width = terminal_width();
    parley_arena_init(&in.arena, 0);
    parley_text_init(&in.out, OUTPUT_MAX);
    terminal_progress(&in.progress);

    char **all = calloc((size_t)(lead + rest_argc) + 1, sizeof *all);
    if (!all) {
        fputs("parley: out of memory\n", stderr);
        return parley_status_exit_code(PARLEY_ENOMEM);
    }
    int n = 0;
    for (int i = 0; i < lead; i++)
        all[n++] = argv[i];
    for (int i = words; i < rest_argc; i++)
        all[n++] = rest[i];
    enum parley_status status = read_words(&in, n, all);
    if (!status && option_given(&in, "help")) {
        const char *name = command->name;
        for (const struct command *const *c = commands; *c; c++)
            if (!strcmp((*c)->name, "help"))
                in.command = *c;
        memset(in.given, 0, sizeof in.given);
        in.operand[0] = name;
        in.n_operands = 1;
    }
    if (!status)
        status = read_common(&in);
    if (!status)
        status = in.command->run(&in);
    parley_desk_close(in.channel);
    terminal_progress_end();
    if (in.out.failed && !status)
        status = parley_text_status(&in.out, "the result", &in.err);
    if (in.arena.failed && status != PARLEY_ENOMEM) /* whatever was said is perhaps not the whole of it */
        status = parley_fail(&in.err, PARLEY_ENOMEM, "out of memory");
    if (in.out.len && !in.arena.failed && !in.out.failed) {
        struct parley_error write_err = { 0 };
        enum parley_status wrote = parley_file_write(in.json_file ? in.json_file : "-", parley_text_str(&in.out), in.out.len, &write_err);
        if (wrote && !status)
            status = wrote, in.err = write_err;
    }
    if (status)
        fprintf(stderr, "parley: %s\n", in.err.text[0] ? in.err.text : parley_status_text(status));
    parley_text_release(&in.out);
    parley_arena_release(&in.arena);
    free(all);
    return parley_status_exit_code(status);
}

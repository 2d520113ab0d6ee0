/* Completion of commands, options and their values for bash, zsh and fish, made from the table of commands. */
#include "command.h"

#include <string.h>

/* --- what is common ------------------------------------------------------------------------------ */

/* Text inside single quotes of a shell. */
static void quoted(struct parley_text *out, const char *text)
{
    parley_text_addc(out, '\'');
    for (const char *p = text; *p; p++)
        if (*p == '\'')
            parley_text_adds(out, "'\\''");
        else
            parley_text_addc(out, *p);
    parley_text_addc(out, '\'');
}

enum values { VALUES_NONE, VALUES_FILE, VALUES_FOLDER, VALUES_WORDS, VALUES_ANY };

static enum values values_of(const struct option *o)
{
    return !o->value                     ? VALUES_NONE
           : strchr(o->value, '|')       ? VALUES_WORDS
           : strstr(o->value, "FILE")    ? VALUES_FILE
           : !strcmp(o->value, "DIR")    ? VALUES_FOLDER
                                         : VALUES_ANY;
}

static void words_of(struct parley_text *out, const struct option *o)
{
    for (const char *p = o->value; *p; p++)
        parley_text_addc(out, *p == '|' ? ' ' : *p);
}

/* The next word of a command's name after `words` ("" for the first), copied; false if it does not begin with them. */
static bool next_word(const char *name, const char *words, char out[64])
{
    size_t n = strlen(words);
    if (n && (strncmp(name, words, n) || name[n] != ' '))
        return false;
    const char *p = name + n + (n ? 1 : 0);
    size_t len = strcspn(p, " ");
    if (!len || len >= 64)
        return false;
    memcpy(out, p, len);
    out[len] = 0;
    return true;
}

/* Calls `each` for "" and every proper prefix of a command's name, once. */
static void each_prefix(struct parley_text *out, void (*each)(struct parley_text *, const char *))
{
    each(out, "");
    for (const struct command *const *c = commands; *c; c++)
        for (const char *space = strchr((*c)->name, ' '); space; space = strchr(space + 1, ' ')) {
            char prefix[128];
            size_t n = (size_t)(space - (*c)->name);
            if (n >= sizeof prefix)
                continue;
            memcpy(prefix, (*c)->name, n);
            prefix[n] = 0;
            bool seen = false;
            for (const struct command *const *d = commands; *d != *c && !seen; d++)
                seen = !strncmp((*d)->name, prefix, n) && (*d)->name[n] == ' ';
            if (!seen)
                each(out, prefix);
        }
}

/* Calls `each` for the words that may follow `words`, each once, with the summary of the first command there. */
static void each_next(struct parley_text *out, const char *words, void (*each)(struct parley_text *, const char *words, const char *next, const char *summary))
{
    char next[64], other[64];
    for (const struct command *const *c = commands; *c; c++) {
        bool seen = false;
        if (!next_word((*c)->name, words, next))
            continue;
        for (const struct command *const *d = commands; *d != *c && !seen; d++)
            seen = next_word((*d)->name, words, other) && !strcmp(next, other);
        if (!seen)
            each(out, words, next, (*c)->summary);
    }
}

/* --- bash ---------------------------------------------------------------------------------------- */

static void bash_word(struct parley_text *out, const char *words, const char *next, const char *summary)
{
    (void)words, (void)summary;
    parley_text_addf(out, " %s", next);
}

static void bash_prefix(struct parley_text *out, const char *words)
{
    parley_text_adds(out, "    ");
    quoted(out, words);
    parley_text_adds(out, ") echo '");
    each_next(out, words, bash_word);
    parley_text_adds(out, "' ;;\n");
}

static void bash_values(struct parley_text *out, const char *command, const struct option *rows)
{
    for (const struct option *o = rows; o && o->name; o++) {
        enum values kind = values_of(o);
        if (kind == VALUES_NONE)
            continue;
        for (int brief = 0; brief < (o->brief ? 2 : 1); brief++) {
            if (command)
                parley_text_addf(out, "    '%s ", command);
            else
                parley_text_adds(out, "    *' ");
            if (brief)
                parley_text_addf(out, "-%c') echo ", o->brief);
            else
                parley_text_addf(out, "--%s') echo ", o->name);
            parley_text_adds(out, kind == VALUES_FILE ? "'file" : kind == VALUES_FOLDER ? "'folder" : kind == VALUES_ANY ? "'any" : "'");
            if (kind == VALUES_WORDS)
                words_of(out, o);
            parley_text_adds(out, "' ;;\n");
        }
    }
}

static void bash(struct parley_text *out)
{
    parley_text_adds(out, "# bash completion for parley; made by 'parley completion bash'\n"
                          "_parley_next() { # words so far -> words that may follow\n    case \"$1\" in\n");
    each_prefix(out, bash_prefix);
    parley_text_adds(out, "    esac\n}\n_parley_options() { # command -> its options; fails when it is none\n    case \"$1\" in\n");
    for (const struct command *const *c = commands; *c; c++) {
        parley_text_addf(out, "    '%s') echo '", (*c)->name);
        for (int table = 0; table < 2; table++)
            for (const struct option *o = table ? common_options : (*c)->options; o && o->name; o++)
                parley_text_addf(out, " --%s", o->name);
        parley_text_adds(out, "' ;;\n");
    }
    parley_text_adds(out, "    *) return 1 ;;\n    esac\n}\n_parley_values() { # 'command --option' -> file, folder, any or the words it takes; nothing for a switch\n    case \"$1\" in\n");
    for (const struct command *const *c = commands; *c; c++)
        bash_values(out, (*c)->name, (*c)->options);
    bash_values(out, NULL, common_options);
    parley_text_adds(out,
        "    esac\n}\n"
        "_parley() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} command= typed= word values= i skip=\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        word=${COMP_WORDS[i]}\n"
        "        if [ -n \"$skip\" ]; then skip=; continue; fi\n"
        "        case $word in\n"
        "        -*) [ -z \"$(_parley_values \"$command $word\")\" ] || skip=1 ;;\n"
        "        *) typed=${command:+$command }$word\n"
        "           if [ -n \"$(_parley_next \"$typed\")\" ] || _parley_options \"$typed\" >/dev/null; then command=$typed; fi ;;\n"
        "        esac\n"
        "    done\n"
        "    [ -z \"$skip\" ] || values=$(_parley_values \"$command ${COMP_WORDS[COMP_CWORD - 1]}\")\n"
        "    case $values in\n"
        "    file) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n"
        "    folder) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); return ;;\n"
        "    any) COMPREPLY=(); return ;;\n"
        "    ?*) mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$cur\"); return ;;\n"
        "    esac\n"
        "    case $cur in\n"
        "    -*) mapfile -t COMPREPLY < <(compgen -W \"$(_parley_options \"$command\" || echo --desk --json --lang --help)\" -- \"$cur\") ;;\n"
        "    *) values=$(_parley_next \"$command\")\n"
        "       if [ -n \"$values\" ]; then mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$cur\")\n"
        "       else mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); fi ;;\n"
        "    esac\n"
        "}\n"
        "complete -o filenames -F _parley parley\n");
}

/* --- zsh ----------------------------------------------------------------------------------------- */

/* "word:what it does" for _describe; a colon in the word does not occur, in the text it may stand */
static void described(struct parley_text *out, const char *word, const char *help)
{
    struct parley_text both;
    parley_text_init(&both, 4096);
    parley_text_addf(&both, "%s:%s", word, help);
    parley_text_addc(out, ' ');
    quoted(out, parley_text_str(&both));
    out->failed |= both.failed;
    parley_text_release(&both);
}

static void zsh_word(struct parley_text *out, const char *words, const char *next, const char *summary)
{
    (void)words;
    described(out, next, summary);
}

static void zsh_prefix(struct parley_text *out, const char *words)
{
    parley_text_adds(out, "    ");
    quoted(out, words);
    parley_text_adds(out, ") found=(");
    each_next(out, words, zsh_word);
    parley_text_adds(out, " ) ;;\n");
}

static void zsh_options(struct parley_text *out, const struct option *rows)
{
    for (const struct option *o = rows; o && o->name; o++) {
        char name[80] = "--";
        size_t n = strlen(o->name);
        memcpy(name + 2, o->name, n < 70 ? n + 1 : 0);
        described(out, name, o->help);
    }
}

static void zsh(struct parley_text *out)
{
    parley_text_adds(out, "#compdef parley\n# made by 'parley completion zsh'\n_parley_next() {\n    found=()\n    case \"$1\" in\n");
    each_prefix(out, zsh_prefix);
    parley_text_adds(out, "    esac\n}\n_parley_options() {\n    found=()\n    case \"$1\" in\n");
    for (const struct command *const *c = commands; *c; c++) {
        parley_text_addf(out, "    '%s') found=(", (*c)->name);
        zsh_options(out, (*c)->options);
        parley_text_adds(out, " ) ;;\n");
    }
    parley_text_adds(out, "    *) return 1 ;;\n    esac\n    found+=(");
    zsh_options(out, common_options);
    parley_text_adds(out, " )\n}\n_parley_values() {\n    case \"$1\" in\n");
    for (const struct command *const *c = commands; *c; c++)
        bash_values(out, (*c)->name, (*c)->options);
    bash_values(out, NULL, common_options);
    parley_text_adds(out,
        "    esac\n}\n"
        "_parley() {\n"
        "    local command= typed= values= word skip= i\n"
        "    local -a found\n"
        "    for ((i = 2; i < CURRENT; i++)); do\n"
        "        word=${words[i]}\n"
        "        if [[ -n $skip ]]; then skip=; continue; fi\n"
        "        if [[ $word == -* ]]; then\n"
        "            [[ -z $(_parley_values \"$command $word\") ]] || skip=1\n"
        "        else\n"
        "            typed=${command:+$command }$word\n"
        "            _parley_next \"$typed\"\n"
        "            if (( $#found )) || _parley_options \"$typed\"; then command=$typed; fi\n"
        "        fi\n"
        "    done\n"
        "    [[ -z $skip ]] || values=$(_parley_values \"$command ${words[CURRENT - 1]}\")\n"
        "    case $values in\n"
        "    file) _files; return ;;\n"
        "    folder) _files -/; return ;;\n"
        "    any) return 1 ;;\n"
        "    ?*) compadd -- ${=values}; return ;;\n"
        "    esac\n"
        "    if [[ ${words[CURRENT]} == -* ]]; then\n"
        "        _parley_options \"$command\" && _describe option found\n"
        "    else\n"
        "        _parley_next \"$command\"\n"
        "        if (( $#found )); then _describe command found; else _files; fi\n"
        "    fi\n"
        "}\n"
        "if [ \"$funcstack[1]\" = _parley ]; then _parley \"$@\"; else compdef _parley parley; fi\n");
}

/* --- fish ---------------------------------------------------------------------------------------- */

static void fish_word(struct parley_text *out, const char *words, const char *next, const char *summary)
{
    parley_text_addf(out, "complete -c parley -f -n '__parley_at \"%s\"' -a %s -d ", words, next);
    quoted(out, summary);
    parley_text_addc(out, '\n');
}

static void fish_prefix(struct parley_text *out, const char *words) { each_next(out, words, fish_word); }

static void fish_options(struct parley_text *out, const char *command, const struct option *rows)
{
    for (const struct option *o = rows; o && o->name; o++) {
        parley_text_adds(out, "complete -c parley ");
        if (command)
            parley_text_addf(out, "-n '__parley_in \"%s\"' ", command);
        parley_text_addf(out, "-l %s ", o->name);
        if (o->brief)
            parley_text_addf(out, "-s %c ", o->brief);
        enum values kind = values_of(o);
        if (kind == VALUES_WORDS) {
            parley_text_adds(out, "-x -a '");
            words_of(out, o);
            parley_text_adds(out, "' ");
        }
        parley_text_adds(out, kind == VALUES_FILE ? "-r -F " : kind == VALUES_FOLDER ? "-x -a '(__fish_complete_directories)' " : kind == VALUES_ANY ? "-x " : "");
        parley_text_adds(out, "-d ");
        quoted(out, o->help);
        parley_text_addc(out, '\n');
    }
}

static void fish(struct parley_text *out)
{
    parley_text_adds(out,
        "# fish completion for parley; made by 'parley completion fish'\n"
        "function __parley_words\n    set -l found\n    for word in (commandline -opc)[2..-1]\n        string match -q -- '-*' $word; or set -a found $word\n    end\n    string join ' ' $found\nend\n"
        "function __parley_at\n    test (string join ' ' (__parley_words)) = \"$argv[1]\"\nend\n"
        "function __parley_in\n    set -l words (string join ' ' (__parley_words))\n    test \"$words\" = \"$argv[1]\"; or string match -q -- \"$argv[1] *\" \"$words\"\nend\n");
    each_prefix(out, fish_prefix);
    for (const struct command *const *c = commands; *c; c++)
        fish_options(out, (*c)->name, (*c)->options);
    fish_options(out, NULL, common_options);
}

static enum parley_status run(struct invocation *in)
{
    static const struct {
        const char *shell;
        void (*write)(struct parley_text *);
    } shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (!strcmp(in->operand[0], shells[i].shell)) {
            shells[i].write(&in->out);
            return PARLEY_OK;
        }
    return parley_fail(&in->err, PARLEY_EINVAL, "expected bash, zsh or fish; found '%.60s'", in->operand[0]);
}

const struct command command_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Print the completion script of a shell.",
    .summary_zh = "输出命令行补全脚本。",
    .text = "Prints a script that completes commands, options and their values. 'make install' puts the three scripts where the shells look; "
            "to try one now: source <(parley completion bash).",
    .examples = "parley completion bash\nparley completion fish\n",
    .run = run,
};

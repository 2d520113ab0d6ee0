/* command.h - the one grammar of the command line.
 *
 * A command is one file in cli/ that defines one `const struct command`, and one row in commands.def. From the
 * table are made: the dispatch, `parley help`, the man pages and the completions. */
#ifndef PARLEY_CLI_COMMAND_H
#define PARLEY_CLI_COMMAND_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/lang.h>
#include <parley/progress.h>
#include <parley/report.h>
#include <parley/text.h>

struct option {
    const char *name;  /* long name without dashes; short forms are `brief` */
    char brief;        /* 0 = none */
    const char *value; /* word for its value in help ("FILE"), NULL = a switch */
    const char *help;  /* one sentence */
};

struct invocation;
struct parley_desk;

struct command {
    const char *name;     /* "record import" */
    const char *operands; /* synopsis of what follows the options: "FILE" */
    int operands_min, operands_max; /* max -1 = any number */
    const char *summary;  /* one line, English; */
    const char *summary_zh; /* and Chinese */
    const char *text;     /* paragraphs of the man page, separated by blank lines */
    const char *examples; /* lines "command" or "# comment" that work as typed on the shipped data */
    const struct option *options; /* ended by a row without name; the common ones are added */
    enum parley_status (*run)(struct invocation *);
};

enum { OPTIONS_MAX = 48 };

/* One call of a command: what was typed, and where results go. */
struct invocation {
    const struct command *command;
    const char *given[OPTIONS_MAX]; /* value (or "" for a switch) by index into command->options; the common options after them */
    int n_operands;
    const char **operand;

    const char *desk; /* folder, or NULL when none was named and the default does not exist */
    bool desk_named;  /* --desk or PARLEY_DESK was given */
    bool json;
    enum parley_lang lang;
    int width;        /* columns of the terminal */

    struct parley_arena arena; /* released after the command */
    struct parley_desk *channel; /* the desk's channels once open_desk() unlocked them; closed after the command */
    const char *json_file;     /* -o FILE.json of a result in JSON, else NULL */
    struct parley_text out;    /* results; written to stdout after run() unless it failed with nothing in it */
    struct parley_error err;
    struct parley_progress progress; /* shows on stderr, stops on Ctrl-C */
};

/* Options as typed. NULL / false when absent. */
const char *option_text(const struct invocation *in, const char *name);
bool option_given(const struct invocation *in, const char *name);
/* Fill *value only if given; PARLEY_EINVAL names the option, what was expected and found. */
PARLEY_MUST_USE enum parley_status option_double(struct invocation *in, const char *name, double low, double high, double *value);
PARLEY_MUST_USE enum parley_status option_u64(struct invocation *in, const char *name, uint64_t low, uint64_t high, uint64_t *value);
/* One of the words of a NULL-terminated list; *index only set if given. */
PARLEY_MUST_USE enum parley_status option_choice(struct invocation *in, const char *name, const char *const *words, int *index);

/* A document begun for this invocation; finish_doc writes it to the file of -o (its format by extension) or puts it
 * into in->out: as --format says, as JSON after --json, else as text. Put OPTION_DOCUMENT into the options table. */
#define DOCUMENT_FORMATS "txt|html|json|md|csv|tex"
#define OPTION_DOCUMENT                                                                                                        \
    { "output", 'o', "FILE", "Write to FILE; its extension says the format: .html (one page with charts), .txt, .json, .md, .csv, .tex." }, \
    { "format", 0, DOCUMENT_FORMATS, "Print in this format." }
void begin_doc(struct invocation *in, struct parley_doc *doc, const char *title);
PARLEY_MUST_USE enum parley_status finish_doc(struct invocation *in, const struct parley_doc *doc);
/* --json, and neither --format nor a file of another kind than .json asks for a document instead. */
bool wants_json(const struct invocation *in);
/* JSON into in->out (indented); with -o FILE.json it goes there. */
void begin_json(struct invocation *in, struct parley_json *json);

/* A line on stderr for people: notes that are not results ("no desk; using the shipped record"). */
void say(const struct invocation *in, const char *fmt, ...) PARLEY_PRINTF(2, 3);

/* All commands, in the order of commands.def; ended by NULL. */
extern const struct command *const commands[];
extern const struct option common_options[]; /* ended by a row without name */

#endif

/* scan.h - the words of Gambit's files: braces, quoted labels, numbers; with line and column. */
#ifndef PARLEY_GAME_SCAN_H
#define PARLEY_GAME_SCAN_H

#include <parley/game.h>

enum word_kind { WORD_END, WORD_OPEN, WORD_CLOSE, WORD_LABEL, WORD_BARE };

struct scan {
    const char *data, *name;
    size_t len, at;
    unsigned line, column;
    struct parley_arena *arena;
    struct parley_error *err;
    /* the present word */
    enum word_kind kind;
    const char *text; /* label: unescaped, in the arena; bare: in data */
    size_t text_len;
    unsigned word_line, word_column;
    unsigned line_elsewhere; /* not 0: the text was made from another file, and this is the line there */
};

void scan_begin(struct scan *s, const char *data, size_t len, const char *name, struct parley_arena *arena, struct parley_error *err);
/* Go to the next word; commas count as blanks. */
enum parley_status scan_next(struct scan *s);
/* Fail at the present word: "expected X, found Y". */
enum parley_status scan_expected(const struct scan *s, const char *what);
enum parley_status scan_fail(const struct scan *s, enum parley_status status, const char *fmt, ...) PARLEY_PRINTF(3, 4);
/* Take a word of a kind and go on. what: for the message. */
enum parley_status scan_take(struct scan *s, enum word_kind kind, const char *what);
enum parley_status scan_label(struct scan *s, const char *what, const char **label);
enum parley_status scan_number(struct scan *s, const char *what, const struct parley_exact **x);
enum parley_status scan_integer(struct scan *s, const char *what, int low, int high, int *out);
enum parley_status scan_no_memory(const struct scan *s);

#endif

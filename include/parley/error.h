/* error.h - one small error object, owned by the caller, and the one list of statuses.
 *
 * Every function that can fail returns an enum parley_status and fills a caller-owned
 * struct parley_error (which may be NULL) with one whole sentence; it is untouched on success. */
#ifndef PARLEY_ERROR_H
#define PARLEY_ERROR_H

#define PARLEY_MUST_USE        __attribute__((warn_unused_result))
#define PARLEY_PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))

/* status, meaning, exit code of the command line */
#define PARLEY_STATUS_MAP(X)                                                   \
    X(PARLEY_OK,         "success",                                      0)    \
    X(PARLEY_EINVAL,     "parameter outside its stated range",           2)    \
    X(PARLEY_EDOM,       "data break a stated precondition",             3)    \
    X(PARLEY_ENOCONV,    "iteration did not converge",                   4)    \
    X(PARLEY_EVERIFY,    "signature or hash does not match",             5)    \
    X(PARLEY_ENOMEM,     "out of memory",                                6)    \
    X(PARLEY_EIO,        "file cannot be read or written",               7)    \
    X(PARLEY_EPARSE,     "input does not parse",                         8)    \
    X(PARLEY_ELIMIT,     "input is over a named limit",                  9)    \
    X(PARLEY_ENOTFOUND,  "no such thing",                               10)    \
    X(PARLEY_EBUSY,      "in use by another process",                   11)    \
    X(PARLEY_ENOSPC,     "no space left on the disk",                   12)    \
    X(PARLEY_ECORRUPT,   "stored data are damaged",                     13)    \
    X(PARLEY_EREADONLY,  "stored data may not be written",              14)    \
    X(PARLEY_EUNIDENT,   "the data do not identify the answer",         15)    \
    X(PARLEY_EREFUSED,   "refused by the other side or by a rule",      16)    \
    X(PARLEY_ECANCELLED, "interrupted; what was done is kept",         130)

#define PARLEY_STATUS_ENUM(name, text, code) name,
enum parley_status { PARLEY_STATUS_MAP(PARLEY_STATUS_ENUM) };
#undef PARLEY_STATUS_ENUM

struct parley_error {
    enum parley_status status;
    char text[400]; /* one line, no secrets; "" when PARLEY_OK */
};

#pragma GCC visibility push(default)

/* Fill *err (which may be NULL) and return status: a failure is one line at the place where it is
 * noticed, return parley_fail(err, PARLEY_EDOM, "..."). Control characters become '?'. */
enum parley_status parley_fail(struct parley_error *err, enum parley_status status, const char *fmt,
                               ...) PARLEY_PRINTF(3, 4);

/* Put "context: " in front of what *err says already, for example a file and line. */
enum parley_status parley_fail_in(struct parley_error *err, enum parley_status status,
                                  const char *fmt, ...) PARLEY_PRINTF(3, 4);

const char *parley_status_text(enum parley_status status);
const char *parley_status_name(enum parley_status status); /* "PARLEY_EDOM" */
int parley_status_exit_code(enum parley_status status);

#pragma GCC visibility pop
#endif

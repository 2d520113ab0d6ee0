/* tap.h - tests speak TAP: OK(condition, "what is true", ...), near(a, b, tolerance), done(). */
#ifndef PARLEY_TESTS_TAP_H
#define PARLEY_TESTS_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_run, tap_failed;

__attribute__((format(printf, 4, 5), unused)) static bool tap_ok(bool pass, const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    printf("%sok %d - ", pass ? "" : "not ", ++tap_run);
    vprintf(fmt, ap);
    putchar('\n');
    va_end(ap);
    if (!pass) {
        tap_failed++;
        printf("# at %s:%d\n", file, line);
    }
    fflush(stdout);
    return pass;
}

/* The condition first: what is printed may be its result. */
#define OK(condition, ...)                                 \
    ({                                                     \
        bool tap_pass = (condition);                       \
        tap_ok(tap_pass, __FILE__, __LINE__, __VA_ARGS__); \
    })

/* |a - b| <= tolerance, relative for magnitudes above 1; NaN is near nothing */
__attribute__((unused)) static bool near(double a, double b, double tolerance)
{
    return a == b || fabs(a - b) <= tolerance * fmax(1, fmax(fabs(a), fabs(b)));
}

__attribute__((unused)) static bool same(const char *a, const char *b)
{
    if (a && b && !strcmp(a, b))
        return true;
    fputs("# '", stdout);
    for (const char *p = a ? a : "(null)"; *p; p++)
        fputs(*p == '\n' ? "\n# " : (char[]){ *p, 0 }, stdout);
    fputs("'\n# is not\n# '", stdout);
    for (const char *p = b ? b : "(null)"; *p; p++)
        fputs(*p == '\n' ? "\n# " : (char[]){ *p, 0 }, stdout);
    puts("'");
    return false;
}

/* Say why a test cannot run here; counts as skipped. */
__attribute__((unused)) static int skip_all(const char *why)
{
    printf("1..0 # SKIP %s\n", why);
    return 0;
}

/* The folder with reference data of other programs, or NULL where it is not at hand. */
__attribute__((unused)) static const char *reference_folder(void)
{
    const char *path = getenv("PARLEY_REFERENCE");
    return path && *path ? path : NULL;
}

__attribute__((unused)) static int done(void)
{
    printf("1..%d\n", tap_run);
    return tap_failed != 0;
}

#endif

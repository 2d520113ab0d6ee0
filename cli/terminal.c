#define _DEFAULT_SOURCE
#include "terminal.h"

#include <parley/text.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted; /* the one global of the command: signals leave no choice */

static void on_interrupt(int signal_number)
{
    if (interrupted) {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
    interrupted = 1;
    alarm(1);
}

/* A read that began to wait just when the interruption came would wait for ever: it is called back a second later. */
static void on_alarm(int signal_number)
{
    (void)signal_number;
    alarm(1);
}

int terminal_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    uint64_t n;
    if (columns && parley_text_to_u64(columns, strlen(columns), &n) && n >= 40 && n <= 400)
        return (int)n;
    if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col >= 40)
        return size.ws_col < 160 ? size.ws_col : 160;
    return 100;
}

struct meter {
    double begun_s, drawn_s;
    bool shown, tty;
};

static struct meter meter;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 43008, not 4.3e+04 */
static const char *amount(double x, char text[32])
{
    snprintf(text, 32, x >= 100 ? "%.0f" : "%.3g", x);
    return text;
}

static bool tick(void *ctx, double done, double total, const char *unit)
{
    struct meter *m = ctx;
    double t = now_s();
    if (m->begun_s == 0 || done <= 0)
        m->begun_s = t;
    if (m->tty && t - m->begun_s > 1 && t - m->drawn_s > 0.2) {
        char a[32], b[32], c[32];
        double rate = done / (t - m->begun_s);
        m->drawn_s = t;
        m->shown = true;
        if (total > 0 && rate > 0)
            fprintf(stderr, "\r\033[K%3.0f %%  %s of %s %s, %s/s, %.0f s left", 100 * done / total, amount(done, a), amount(total, b), unit, amount(rate, c), (total - done) / rate);
        else
            fprintf(stderr, "\r\033[K%s %s, %s/s", amount(done, a), unit, amount(rate, c));
    }
    return !interrupted;
}

void terminal_progress(struct parley_progress *progress)
{
    struct sigaction action = { .sa_handler = on_interrupt };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file over the limit of the shell is an error of write, with a message */
    meter.tty = isatty(STDERR_FILENO);
    *progress = (struct parley_progress){ tick, &meter };
}

void terminal_progress_end(void)
{
    if (meter.shown)
        fputs("\r\033[K", stderr);
    meter.shown = false;
}

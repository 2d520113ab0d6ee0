#define _POSIX_C_SOURCE 200809L
#include "channel_desk.h"
#include "channel_words.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum parley_status open_desk(struct invocation *in)
{
    if (in->channel)
        return PARLEY_OK;
    if (!in->desk)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "a channel needs a desk: 'parley --desk DIR init', then 'parley --desk DIR desk keys --party NAME'");
    struct parley_unlock unlock = { .passphrase_file = option_text(in, "passphrase-file") };
    return parley_desk_open(in->desk, &unlock, &in->channel, &in->err);
}

const char *absolute_path(struct invocation *in, const char *path)
{
    char here[4096];
    const char *whole = *path == '/' || !getcwd(here, sizeof here) ? path : parley_arena_printf(&in->arena, "%s/%s", here, path);
    return whole ? whole : path; /* without memory the command fails in the end */
}

enum parley_status find_peer(struct invocation *in, const char *name, const struct parley_peer **out)
{
    struct parley_peer *peer;
    size_t n;
    enum parley_status status = parley_desk_peers(in->channel, &in->arena, &peer, &n, &in->err);
    *out = NULL;
    for (size_t i = 0; !status && i < n; i++)
        if (!strcmp(peer[i].name, name))
            *out = &peer[i];
    return status;
}

static void log_line(void *ctx, const char *text)
{
    char now[TIME_TEXT];
    struct timespec t;
    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &t);
    fprintf(stderr, "time=%s %s\n", utc_time((int64_t)t.tv_sec * 1000000, now), text);
    fflush(stderr);
}

const struct parley_channel_log log_to_stderr = { .line = log_line };

static volatile sig_atomic_t stop; /* a handler can reach nothing else */

static void on_signal(int number) { stop = number; }

volatile sig_atomic_t *stop_on_signals(void)
{
    struct sigaction act = { .sa_handler = on_signal };
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    return &stop;
}

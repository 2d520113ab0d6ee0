/* Any request to a relay: method, path, token, body. It answers with a status it may give, keeps its quota, and writes nothing outside
 * its folder. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/relay.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { UNITS = 4, BOXES = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];
static struct relay *relay;

static void clean(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command))
        abort();
}

static void set_up(void)
{
    static struct parley_relay_options o = { .box_units = UNITS, .boxes = BOXES, .requests_per_minute = 1u << 30 };
    static char tokens[80];
    struct parley_channel_log quiet = { NULL, NULL };
    struct stat shm;
    snprintf(folder, sizeof folder, "%s/parley-fuzz-relay-XXXXXX", stat("/dev/shm", &shm) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(folder) || atexit(clean))
        abort();
    snprintf(tokens, sizeof tokens, "%s/tokens", folder);
    FILE *f = fopen(tokens, "w");
    if (!f || fputs("a-token-of-16-bytes-or-more\n", f) < 0 || fclose(f))
        abort();
    o.folder = folder, o.tokens = tokens;
    if (crypto_init(NULL) || relay_open(&o, &quiet, &relay, NULL))
        abort();
}

/* Names in the folder are boxes of 32 hex digits, or the relay's own; boxes hold at most UNITS units. */
static void check(void)
{
    size_t boxes = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char path[400];
        uint8_t raw[16];
        size_t units = 0;
        if (e->d_name[0] == '.' || !strcmp(e->d_name, "tokens") || strchr(e->d_name, '.') || !strcmp(e->d_name, "pin"))
            continue;
        if (!from_hex(e->d_name, strlen(e->d_name), raw, 16))
            abort();
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        DIR *box = opendir(path);
        for (struct dirent *u; box && (u = readdir(box));)
            units += strlen(u->d_name) > 5 && !strcmp(u->d_name + strlen(u->d_name) - 5, ".unit");
        if (box)
            closedir(box);
        if (units > UNITS)
            abort();
        boxes++;
    }
    if (dir)
        closedir(dir);
    if (boxes > BOXES + 5)
        abort();
}

/* METHOD PATH TOKEN, a line end, the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned may[] = { 200, 201, 400, 401, 404, 405, 429, 503 };
    static unsigned calls;
    char line[400];
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t n = end ? (size_t)(end - data) : size;
    if (!relay)
        set_up();
    if (n >= sizeof line)
        return 0;
    memcpy(line, data, n);
    line[n] = 0;
    char *path = strchr(line, ' '), *token = path ? strchr(path + 1, ' ') : NULL;
    if (!path)
        return 0;
    *path++ = 0;
    if (token)
        *token++ = 0;
    struct call call = { .method = line, .path = path, .token = token, .from = "127.0.0.1" };
    if (end) {
        call.body = end + 1;
        call.body_len = size - n - 1;
    }
    unsigned code = relay_head(relay, &call);
    if (!code)
        code = relay_call(relay, &call);
    bool allowed = false;
    for (size_t i = 0; i < sizeof may / sizeof *may; i++)
        allowed |= code == may[i];
    if (!allowed || (call.answer && call.answer_len > UNIT_MAX))
        abort();
    free(call.answer);
    if (++calls % 64 == 0)
        check();
    return 0;
}

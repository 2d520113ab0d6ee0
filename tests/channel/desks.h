/* desks.h - real desks and running nodes for tests: made, enrolled, listening, logged. */
#ifndef PARLEY_TESTS_DESKS_H
#define PARLEY_TESTS_DESKS_H

#include "../tap.h"

#include "channel/desk.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <parley/channel_node.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char desks_folder[200];

static void must(enum parley_status status, const struct parley_error *err)
{
    if (status) {
        printf("Bail out! %s\n", err->text);
        exit(1);
    }
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void sleep_ms(int ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000L };
    nanosleep(&t, NULL);
}

__attribute__((unused)) static int listen_at(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 64)) {
        close(fd);
        return -1;
    }
    return fd;
}

__attribute__((unused)) static int free_port(void)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    int fd = listen_at(0);
    getsockname(fd, (struct sockaddr *)&at, &len);
    close(fd);
    return ntohs(at.sin_port);
}

struct log { /* what a node said, one line after another */
    pthread_mutex_t lock;
    char text[1 << 18];
    size_t len;
};

__attribute__((unused)) static void log_add(void *ctx, const char *line)
{
    struct log *log = ctx;
    size_t n = strlen(line);
    pthread_mutex_lock(&log->lock);
    if (log->len + n + 2 < sizeof log->text) {
        memcpy(log->text + log->len, line, n);
        log->text[log->len + n] = '\n';
        log->len += n + 1;
        log->text[log->len] = 0;
    }
    pthread_mutex_unlock(&log->lock);
}

/* Does one line hold all the words? NULL ends them. */
__attribute__((unused)) static bool log_has(struct log *log, const char *a, const char *b)
{
    bool found = false;
    pthread_mutex_lock(&log->lock);
    for (char *p = log->text, *end; !found && (end = strchr(p, '\n')); p = end + 1) {
        *end = 0;
        found = strstr(p, a) && (!b || strstr(p, b));
        *end = '\n';
    }
    pthread_mutex_unlock(&log->lock);
    return found;
}

struct party { /* a desk, and its node when it runs */
    char name[20], path[240], listen[40];
    int port;
    struct parley_desk *desk, *own; /* for us, and for the node */
    struct log log;
    pthread_t thread;
    volatile sig_atomic_t stop;
    bool runs;
};

__attribute__((unused)) static struct parley_desk *open_path(const char *path)
{
    struct parley_error err = { 0 };
    struct parley_desk *d;
    must(parley_desk_open(path, NULL, &d, &err), &err);
    return d;
}

/* port 0: a party without a direct carrier; otherwise its card names it, and the relay's line unless NULL. */
__attribute__((unused)) static struct party *party_with(const char *name, int port, const char *relay)
{
    struct parley_error err = { 0 };
    struct party *p = calloc(1, sizeof *p);
    char line[80];
    const char *carrier[2];
    struct parley_key_options o = { .party = name, .carrier = carrier };
    if (port > 0)
        carrier[o.n_carriers++] = line;
    if (relay)
        carrier[o.n_carriers++] = relay;
    snprintf(p->name, sizeof p->name, "%s", name);
    snprintf(p->path, sizeof p->path, "%s/%s", desks_folder, name);
    snprintf(p->listen, sizeof p->listen, "127.0.0.1:%d", port);
    snprintf(line, sizeof line, "direct https://%s", p->listen);
    p->port = port;
    pthread_mutex_init(&p->log.lock, NULL);
    mkdir(p->path, 0700);
    must(parley_desk_make_keys(p->path, &o, &err), &err);
    p->desk = open_path(p->path);
    return p;
}

__attribute__((unused)) static struct party *party_new(const char *name, int port) { return party_with(name, port, NULL); }

__attribute__((unused)) static void enrol_at(struct parley_desk *d, const char *name, struct parley_desk *other, const char *spool)
{
    struct parley_error err = { 0 };
    struct parley_text card, en, zh;
    const uint8_t psk[32] = { 7 };
    const char *carrier[] = { spool };
    parley_text_init(&card, 1 << 16);
    parley_text_init(&en, 4096);
    parley_text_init(&zh, 4096);
    must(parley_desk_card(other, &card, &err), &err);
    must(parley_desk_ceremony(d, card.data, card.len, psk, &en, &zh, &err), &err);
    struct parley_enrolment e = { .name = name, .card = card.data, .card_len = card.len, .psk = psk, .words = en.data, .carrier = carrier, .n_carriers = spool != NULL };
    must(parley_desk_enrol(d, &e, &err), &err);
    parley_text_release(&card);
    parley_text_release(&en);
    parley_text_release(&zh);
}

__attribute__((unused)) static void enrol(struct party *a, struct party *b)
{
    enrol_at(a->desk, b->name, b->desk, NULL);
    enrol_at(b->desk, a->name, a->desk, NULL);
}

static void *node_main(void *ctx)
{
    struct party *p = ctx;
    struct parley_error err = { 0 };
    if (parley_node_run(p->own, p->listen, &p->stop, &err))
        log_add(&p->log, err.text);
    return NULL;
}

__attribute__((unused)) static void node_start(struct party *p)
{
    struct parley_channel_log log = { log_add, &p->log };
    p->own = open_path(p->path);
    parley_desk_set_log(p->own, &log);
    __atomic_store_n(&p->stop, 0, __ATOMIC_RELAXED);
    p->runs = !pthread_create(&p->thread, NULL, node_main, p);
    for (int i = 0; i < 100 && !log_has(&p->log, "event=listening", NULL); i++)
        sleep_ms(50);
}

__attribute__((unused)) static void node_stop(struct party *p)
{
    if (!p->runs)
        return;
    __atomic_store_n(&p->stop, 1, __ATOMIC_RELAXED);
    pthread_join(p->thread, NULL);
    parley_desk_close(p->own);
    p->runs = false;
}

__attribute__((unused)) static void party_free(struct party *p)
{
    node_stop(p);
    parley_desk_close(p->desk);
    pthread_mutex_destroy(&p->log.lock);
    free(p);
}

__attribute__((unused)) static void say_to(struct party *from, const char *to, const char *text, int precedence)
{
    struct parley_error err = { 0 };
    char body[200];
    uint64_t seq;
    uint8_t hash[32];
    snprintf(body, sizeof body, "{\"text\": \"%s\"}", text);
    struct parley_draft d = { .type = "comms-check", .precedence = (uint8_t)precedence, .body = body, .body_len = strlen(body) };
    must(parley_channel_send(from->desk, to, &d, &seq, hash, &err), &err);
}

/* Seconds until everything said to the peer has its receipt; a large number when it takes longer than that. */
__attribute__((unused)) static double until_stored(struct party *from, const char *to, double at_most)
{
    struct parley_channel_counts c;
    struct parley_error err = { 0 };
    double start = now_s();
    do {
        must(parley_channel_counts(from->desk, to, &c, &err), &err);
        if (!c.outstanding)
            return now_s() - start;
        sleep_ms(20);
    } while (now_s() - start < at_most);
    return 1e9;
}

#endif

/* What running nodes do: bench-channel-node FOLDER MODE N
 *   flash:   N statements wait each way while the other side is gone, then one FLASH each way. Prints the seconds from the moment both
 *            listen to each FLASH being stored, and to everything being receipted.
 *   nodes:   N statements of 1 KiB from one node to another over TLS, said, sent, stored and receipted. Prints seconds, statements/s.
 *   file:    the same by the file carrier and sync. Prints seconds, statements/s, CPU seconds, how often fsync and fdatasync were called;
 *            all of both desks together.
 *   mail:    the same by the mail carrier, one Maildir each way.
 *   blocked: of direct, relay and file any two blocked: 20 statements, every fourth FLASH. Prints for each way that is left the seconds
 *            until all are receipted and how many the other side shows. */
#define _GNU_SOURCE
#include "../../tests/channel/desks.h"

#include <signal.h>
#include <sys/syscall.h>

static atomic_ulong syncs;

/* In place of the C library's, for SQLite, too: they count. */
int fsync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fdatasync, fd);
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

enum { BLOCKED = 20, WINDOW = 256 };

static char body[1100];

static void say_many(struct party *from, size_t n)
{
    struct parley_error err = { 0 };
    struct draft d = { .type = PARLEY_TYPE_COMMS_CHECK, .precedence = PARLEY_ROUTINE, .tlp = PARLEY_TLP_GREEN, .body = body, .body_len = strlen(body) };
    struct input in[WINDOW];
    for (size_t i = 0; i < WINDOW; i++)
        in[i] = (struct input){ .kind = IN_SEND, .draft = &d };
    for (size_t done = 0; done < n; done += WINDOW) {
        must(talk_steps(from->desk, from->desk->talk[0], in, n - done < WINDOW ? n - done : WINDOW, &err), &err);
        for (struct packet *p; (p = talk_take(from->desk->talk[0]));) /* the node or sync sends from the database */
            free(p);
    }
}

static double until_line(struct party *p, const char *a, const char *b, double start, double at_most)
{
    while (!log_has(&p->log, a, b))
        if (now_s() - start > at_most)
            return 1e9;
        else
            sleep_ms(5);
    return now_s() - start;
}

static void flash(size_t n)
{
    struct party *a = party_new("a", free_port()), *b = party_new("b", free_port());
    enrol(a, b);
    say_many(a, n);
    say_many(b, n);
    node_start(a);
    say_to(a, "b", "flash", PARLEY_FLASH);
    say_to(b, "a", "flash", PARLEY_FLASH);
    until_line(a, "peer=b event=carrier-failed", "tries=2", now_s(), 30);
    sleep_ms(3000); /* a while of silence: the tries have become rare */
    node_start(b);
    double start = now_s();
    double to_b = until_line(b, "event=stored", "precedence=FLASH", start, 120), to_a = until_line(a, "event=stored", "precedence=FLASH", start, 120);
    double all = until_stored(a, "b", 600);
    until_stored(b, "a", 600);
    printf("%.3f %.3f %.3f\n", to_b, to_a, all < 1e9 ? now_s() - start : all);
    party_free(a);
    party_free(b);
}

static void nodes(size_t n)
{
    struct party *a = party_new("a", free_port()), *b = party_new("b", free_port());
    enrol(a, b);
    double start = now_s();
    say_many(a, n);
    node_start(b);
    node_start(a);
    double rest = until_stored(a, "b", 900), all = now_s() - start;
    printf("%.3f %.1f\n", all, rest < 1e9 ? (double)n / all : 0);
    party_free(a);
    party_free(b);
}

static void by_sync(size_t n, const char *a_line, const char *b_line)
{
    struct party *a = party_new("a", 0), *b = party_new("b", 0);
    struct parley_channel_counts c = { .outstanding = 1 };
    struct parley_error err = { 0 };
    uint64_t units_in, units_out;
    enrol_at(a->desk, "b", b->desk, a_line);
    enrol_at(b->desk, "a", a->desk, b_line);
    double start = now_s(), cpu = cpu_s();
    unsigned long synced = atomic_load(&syncs);
    say_many(a, n);
    parley_desk_close(a->desk); /* as another process would find it */
    a->desk = open_path(a->path);
    for (int turn = 0; c.outstanding && turn < 10000; turn++) {
        must(parley_channel_sync(turn & 1 ? b->desk : a->desk, NULL, NULL, &units_in, &units_out, &err), &err);
        must(parley_channel_counts(a->desk, "b", &c, &err), &err);
    }
    double all = now_s() - start;
    printf("%.3f %.1f %.3f %lu\n", all, c.outstanding ? 0 : (double)n / all, cpu_s() - cpu, atomic_load(&syncs) - synced);
    party_free(a);
    party_free(b);
}

static void *relay_main(void *ctx)
{
    struct parley_error err = { 0 };
    struct parley_channel_log quiet = { NULL, NULL };
    static volatile sig_atomic_t never;
    if (parley_relay_run(ctx, &quiet, &never, &err))
        fprintf(stderr, "%s\n", err.text);
    return NULL;
}

static void one_way_left(int left)
{
    static const char *const names[] = { "direct", "relay", "file" };
    static struct parley_relay_options o;
    static char folder[300], tokens[320], at[40];
    char pin[65], name[2][8], relay[200], spool[320];
    struct parley_error err = { 0 };
    pthread_t thread;
    int dead = free_port(), port = free_port();
    snprintf(folder, sizeof folder, "%s/relay", desks_folder);
    snprintf(tokens, sizeof tokens, "%s/tokens", desks_folder);
    snprintf(at, sizeof at, "127.0.0.1:%d", port);
    FILE *f = fopen(tokens, "w");
    if (!f || fputs("a-token-of-16-bytes\n", f) < 0 || fclose(f))
        exit(1);
    o = (struct parley_relay_options){ .listen = at, .folder = folder, .tokens = tokens };
    must(parley_relay_pin(folder, pin, &err), &err);
    if (left == 1 && pthread_create(&thread, NULL, relay_main, &o))
        exit(1);
    snprintf(relay, sizeof relay, "relay https://127.0.0.1:%d %s a-token-of-16-bytes", left == 1 ? port : dead, pin);
    if (left == 2)
        snprintf(spool, sizeof spool, "file %s/spool", desks_folder);
    else
        snprintf(spool, sizeof spool, "file /proc/nowhere");
    struct party *p[2];
    for (int i = 0; i < 2; i++) {
        snprintf(name[i], sizeof name[i], "%c%d", 'a' + i, left);
        p[i] = party_with(name[i], free_port(), relay);
        if (left != 0) /* the card names a port where nobody listens */
            snprintf(p[i]->listen, sizeof p[i]->listen, "127.0.0.1:%d", free_port());
    }
    enrol_at(p[0]->desk, name[1], p[1]->desk, spool);
    enrol_at(p[1]->desk, name[0], p[0]->desk, spool);
    node_start(p[0]);
    node_start(p[1]);
    double start = now_s();
    for (int i = 0; i < BLOCKED; i++)
        say_to(p[0], name[1], "by what is left", i % 4 ? PARLEY_ROUTINE : PARLEY_FLASH);
    double rest = until_stored(p[0], name[1], 120), all = rest < 1e9 ? now_s() - start : rest;
    struct parley_channel_counts c;
    must(parley_channel_counts(p[1]->desk, name[0], &c, &err), &err);
    printf("%s %.3f %llu\n", names[left], all, (unsigned long long)c.received);
    party_free(p[0]);
    party_free(p[1]);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    size_t n = strtoul(argv[3], NULL, 10);
    char a[300], b[300];
    snprintf(desks_folder, sizeof desks_folder, "%s", argv[1]);
    setenv("PARLEY_STATE", desks_folder, 1);
    signal(SIGPIPE, SIG_IGN);
    memcpy(body, "{\"text\":\"", 9);
    memset(body + 9, 'x', 1000);
    memcpy(body + 1009, "\"}", 3);
    if (!strcmp(argv[2], "flash")) {
        flash(n);
    } else if (!strcmp(argv[2], "nodes")) {
        nodes(n);
    } else if (!strcmp(argv[2], "file")) {
        snprintf(a, sizeof a, "file %s/spool", argv[1]);
        by_sync(n, a, a);
    } else if (!strcmp(argv[2], "mail")) {
        snprintf(a, sizeof a, "mail %s/one %s/two", argv[1], argv[1]);
        snprintf(b, sizeof b, "mail %s/two %s/one", argv[1], argv[1]);
        by_sync(n, a, b);
    } else {
        for (int left = 0; left < 3; left++)
            one_way_left(left);
    }
    return 0;
}

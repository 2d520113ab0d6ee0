/* What the channel costs: bench-channel-exchange FOLDER MODE N
 *   window W: N statements of 1 KiB from one desk to another in one process, W at a time: signed, sealed, committed with
 *             fsync on both sides, receipted. Prints seconds, statements per second, p50 of a window in seconds.
 *   verify:   verify a channel of N statements; prints its seconds and those of N bare signature verifications on one thread, the
 *             number, CPU seconds of both, peak memory in bytes. The record is built without fsync, and once: a folder that holds
 *             one is verified as it is.
 *   fsync:    N times append 1 KiB and fdatasync; prints seconds and p50. */
#define _POSIX_C_SOURCE 200809L
#include "channel/desk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

static void must(enum parley_status status, const struct parley_error *err)
{
    if (status) {
        fprintf(stderr, "bench-channel-exchange: %s\n", err->text);
        exit(1);
    }
}

static struct parley_desk *make(const char *folder, const char *name)
{
    struct parley_error err = { 0 };
    struct parley_desk *desk;
    struct parley_key_options o = { .party = name };
    char path[1000];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!mkdir(path, 0700))
        must(parley_desk_make_keys(path, &o, &err), &err);
    must(parley_desk_open(path, NULL, &desk, &err), &err);
    return desk;
}

static void enrol(struct parley_desk *d, const char *name, struct parley_desk *other, const uint8_t psk[32])
{
    struct parley_error err = { 0 };
    struct parley_text card, en, zh;
    parley_text_init(&card, 1 << 16);
    parley_text_init(&en, 4096);
    parley_text_init(&zh, 4096);
    must(parley_desk_card(other, &card, &err), &err);
    must(parley_desk_ceremony(d, card.data, card.len, psk, &en, &zh, &err), &err);
    struct parley_enrolment e = { .name = name, .card = card.data, .card_len = card.len, .psk = psk, .words = en.data };
    must(parley_desk_enrol(d, &e, &err), &err);
    parley_text_release(&card);
    parley_text_release(&en);
    parley_text_release(&zh);
}

/* Everything that waits in one desk, into the other. */
static bool move(struct parley_desk *from, struct parley_desk *to)
{
    struct parley_error err = { 0 };
    bool any = false;
    for (struct packet *p; (p = talk_take(from->talk[0])); free(p)) {
        struct talk *t;
        uint8_t *content;
        size_t len;
        must(talk_open_unit(to, p->unit, p->len, &t, &content, &len, &err), &err);
        struct input in = { .kind = IN_CONTENT, .content = content, .content_len = len };
        must(talk_steps(to, t, &in, 1, &err), &err);
        free(content);
        any = true;
    }
    return any;
}

static void talk(struct parley_desk *a, struct parley_desk *b, size_t n, size_t window, double *took)
{
    static char body[1100];
    struct parley_error err = { 0 };
    struct draft d = { .type = PARLEY_TYPE_COMMS_CHECK, .precedence = PARLEY_ROUTINE, .tlp = PARLEY_TLP_GREEN, .body = body };
    struct input *in = calloc(window, sizeof *in);
    memcpy(body, "{\"text\":\"", 9);
    memset(body + 9, 'x', 1000);
    memcpy(body + 1009, "\"}", 3);
    d.body_len = strlen(body);
    for (size_t i = 0; i < window; i++)
        in[i] = (struct input){ .kind = IN_SEND, .draft = &d };
    for (size_t done = 0, k = 0; done < n; done += window, k++) {
        double start = now_s();
        must(talk_steps(a, a->talk[0], in, window, &err), &err);
        for (bool more = true; more;) {
            more = move(a, b);
            more |= move(b, a);
        }
        took[k] = now_s() - start;
        if (a->talk[0]->x.ours.epoch[0].unacked_from <= a->talk[0]->x.ours.epoch[0].top) {
            fprintf(stderr, "bench-channel-exchange: not all receipted\n");
            exit(1);
        }
    }
    free(in);
}

static void bench_fsync(const char *folder, size_t n)
{
    char path[1000], block[1024] = { 0 };
    double *took = calloc(n, sizeof *took), start = now_s();
    snprintf(path, sizeof path, "%s/fsync", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    for (size_t i = 0; i < n; i++) {
        double t = now_s();
        if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd))
            exit(1);
        took[i] = now_s() - t;
    }
    printf("%.6f %.9f\n", now_s() - start, median(took, n));
    close(fd);
    free(took);
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void bench_verify(struct parley_desk *a)
{
    struct parley_error err = { 0 };
    struct parley_text bad;
    struct rusage use;
    uint64_t verified;
    uint8_t bytes[PARLEY_STATEMENT_LEN] = { 0 };
    parley_text_init(&bad, 1000);
    double start = now_s(), cpu = cpu_s();
    must(parley_channel_verify(a, "b", &verified, &bad, &err), &err);
    double ours = now_s() - start, ours_cpu = cpu_s() - cpu;
    getrusage(RUSAGE_SELF, &use);
    sqlite3_stmt *s = db_prepare(a, "SELECT bytes FROM statement LIMIT 1", &err);
    if (s && sqlite3_step(s) == SQLITE_ROW)
        memcpy(bytes, sqlite3_column_blob(s, 0), sizeof bytes);
    sqlite3_reset(s);
    const struct card *card = &a->own[0].card; /* its key was looked at when it was parsed */
    start = now_s(), cpu = cpu_s();
    for (uint64_t i = 0; i < verified; i++)
        (void)card_signed(card, bytes);
    printf("%.6f %.6f %llu %.6f %.6f %ld\n", ours, now_s() - start, (unsigned long long)verified, ours_cpu, cpu_s() - cpu, use.ru_maxrss * 1024L);
    parley_text_release(&bad);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    size_t n = strtoul(argv[3], NULL, 10), window = argc > 4 ? strtoul(argv[4], NULL, 10) : 128;
    struct parley_error err = { 0 };
    if (!strcmp(argv[2], "fsync")) {
        bench_fsync(argv[1], n);
        return 0;
    }
    uint8_t psk[32] = { 1 };
    setenv("PARLEY_STATE", argv[1], 1);
    struct parley_desk *a = make(argv[1], "A"), *b = make(argv[1], "B");
    bool verifies = !strcmp(argv[2], "verify"), filled = a->n_talks > 0;
    if (!filled) {
        enrol(a, "b", b, psk);
        enrol(b, "a", a, psk);
    }
    if (verifies) {
        must(db_exec(a, "PRAGMA synchronous=OFF", &err), &err);
        must(db_exec(b, "PRAGMA synchronous=OFF", &err), &err);
    }
    if (!filled) {
        must(talk_ready(a, a->talk[0], &err), &err);
        must(talk_ready(b, b->talk[0], &err), &err);
        for (bool more = true; more;) {
            more = move(a, b);
            more |= move(b, a);
        }
        double *took = calloc(n / window + 2, sizeof *took), start = now_s();
        talk(a, b, n, window, took);
        double seconds = now_s() - start;
        if (!verifies)
            printf("%.6f %.1f %.9f\n", seconds, (double)n / seconds, median(took, (n + window - 1) / window));
        free(took);
    }
    parley_desk_close(b);
    if (verifies)
        bench_verify(a);
    parley_desk_close(a);
    return 0;
}

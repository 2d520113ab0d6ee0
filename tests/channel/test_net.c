/* A node among peers that stall, flood, send without end, or come with the wrong key: each leaves a line, none delays the others. */
#define _GNU_SOURCE
#include "desks.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>

enum { FLOODERS = 12 };

/* --- peers that misbehave as servers ---------------------------------------------------------- */

struct bad_server {
    int fd, port;
    bool talks; /* finishes the handshake; */
    bool gushes; /* and answers without end */
    struct own_epoch *key;
    pthread_t thread;
    atomic_bool stop;
    atomic_int met;
};

static gnutls_certificate_credentials_t credentials(const char *key, const char *cert)
{
    gnutls_certificate_credentials_t c;
    gnutls_datum_t k = { (unsigned char *)(uintptr_t)key, (unsigned)strlen(key) }, x = { (unsigned char *)(uintptr_t)cert, (unsigned)strlen(cert) };
    gnutls_certificate_allocate_credentials(&c);
    if (gnutls_certificate_set_x509_key_mem(c, &x, &k, GNUTLS_X509_FMT_PEM) < 0)
        printf("# no credentials\n");
    return c;
}

static void *bad_main(void *ctx)
{
    struct bad_server *b = ctx;
    gnutls_certificate_credentials_t cred = credentials(b->key->tls_key, b->key->tls_cert);
    while (!atomic_load(&b->stop)) {
        struct pollfd p = { b->fd, POLLIN, 0 };
        static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n";
        static char zeros[16384];
        char request[1024];
        if (poll(&p, 1, 50) < 1)
            continue;
        int fd = accept4(b->fd, NULL, NULL, SOCK_CLOEXEC);
        gnutls_session_t s;
        gnutls_init(&s, GNUTLS_SERVER);
        gnutls_priority_set_direct(s, "SECURE128:-VERS-ALL:+VERS-TLS1.3", NULL);
        gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, cred);
        gnutls_certificate_server_set_request(s, GNUTLS_CERT_REQUEST);
        gnutls_transport_set_int(s, fd);
        gnutls_handshake_set_timeout(s, 3000);
        if (b->talks && gnutls_handshake(s) >= 0) {
            atomic_fetch_add(&b->met, 1);
            gnutls_record_set_timeout(s, 1000);
            if (b->gushes && gnutls_record_recv(s, request, sizeof request) > 0 && gnutls_record_send(s, answer, sizeof answer - 1) > 0)
                while (!atomic_load(&b->stop) && gnutls_record_send(s, zeros, sizeof zeros) > 0)
                    ;
        }
        while (!b->gushes && !atomic_load(&b->stop)) /* holds the connection and says nothing */
            sleep_ms(50);
        gnutls_deinit(s);
        close(fd);
    }
    gnutls_certificate_free_credentials(cred);
    return NULL;
}

static void bad_start(struct bad_server *b, struct party *as)
{
    b->fd = listen_at(as->port);
    b->key = &as->desk->own[0];
    if (b->fd < 0 || pthread_create(&b->thread, NULL, bad_main, b))
        printf("Bail out! no bad server\n");
}

static void bad_stop(struct bad_server *b)
{
    atomic_store(&b->stop, true);
    pthread_join(b->thread, NULL);
    close(b->fd);
}

static void stalls(struct party *n, struct party *good)
{
    static struct bad_server silent, deaf = { .talks = true }, gush = { .talks = true, .gushes = true };
    struct party *p1 = party_new("silent", free_port()), *p2 = party_new("deaf", free_port()), *p3 = party_new("gush", free_port());
    bad_start(&silent, p1);
    bad_start(&deaf, p2);
    bad_start(&gush, p3);
    enrol(n, p1); /* the node runs: it must notice */
    enrol(n, p2);
    enrol(n, p3);
    say_to(n, "silent", "anybody?", PARLEY_FLASH);
    say_to(n, "deaf", "anybody?", PARLEY_FLASH);
    say_to(n, "gush", "anybody?", PARLEY_FLASH);
    for (int i = 0; i < 200 && !(atomic_load(&deaf.met) && atomic_load(&gush.met)); i++)
        sleep_ms(20);
    OK(atomic_load(&deaf.met) && atomic_load(&gush.met), "peers enrolled while the node runs are talked to at once");
    for (int i = 0; i < 3; i++) {
        say_to(n, "good", "while three others stall", i == 1 ? PARLEY_FLASH : PARLEY_ROUTINE);
        double took = until_stored(n, "good", 20);
        OK(took < 3, "a good peer is served while three others stall: %.2f s", took);
        say_to(good, "n", "the other way", PARLEY_ROUTINE);
        took = until_stored(good, "n", 20);
        OK(took < 3, "and the other way: %.2f s", took);
    }
    for (int i = 0; i < 600 && !(log_has(&n->log, "peer=silent event=carrier-failed", "why=\"") && log_has(&n->log, "peer=deaf event=carrier-failed", NULL)); i++)
        sleep_ms(50);
    OK(log_has(&n->log, "peer=silent event=carrier-failed", "https://127.0.0.1:"), "who accepts and never speaks TLS: a line with where and why");
    OK(log_has(&n->log, "peer=deaf event=carrier-stalled", NULL), "who never answers: a line after three seconds,");
    OK(log_has(&n->log, "peer=deaf event=carrier-failed", "why=\"Operation"), "and one when it is given up");
    OK(log_has(&n->log, "peer=gush event=carrier-failed", "sends without end"), "who answers without end is cut off, with a line");
    bad_stop(&silent);
    bad_stop(&deaf);
    bad_stop(&gush);
    party_free(p1);
    party_free(p2);
    party_free(p3);
}

/* --- moving units once, without a node ---------------------------------------------------------- */

struct syncing {
    struct party *p;
    pthread_t thread;
    uint64_t in, out;
    enum parley_status status;
};

static void *sync_main(void *ctx)
{
    struct syncing *s = ctx;
    struct parley_error err = { 0 };
    s->status = parley_channel_sync(s->p->desk, NULL, NULL, &s->in, &s->out, &err);
    return NULL;
}

/* Seconds until a unit lies in the folder. */
static double until_unit(const char *folder, double start, double at_most)
{
    char command[300];
    snprintf(command, sizeof command, "ls %s/*.unit >/dev/null 2>&1", folder);
    while (system(command))
        if (now_s() - start > at_most)
            return 1e9;
        else
            sleep_ms(50);
    return now_s() - start;
}

/* An officer who loses patience: Ctrl-C so long after the beginning. */
struct patience {
    double until_s;
};

static bool patient(void *ctx, double done, double total, const char *unit)
{
    (void)done, (void)total, (void)unit;
    return now_s() < ((struct patience *)ctx)->until_s;
}

static void sync_interrupted(struct party *p)
{
    struct patience patience = { now_s() + 1.5 };
    struct parley_progress progress = { patient, &patience };
    struct parley_channel_log log = { log_add, &p->log }, quiet = { NULL, NULL };
    struct parley_error err = { 0 };
    uint64_t in, out;
    parley_desk_set_log(p->desk, &log);
    say_to(p, "stuck", "still nobody?", PARLEY_FLASH);
    enum parley_status status = parley_channel_sync(p->desk, "stuck", &progress, &in, &out, &err);
    double late = now_s() - patience.until_s;
    parley_desk_set_log(p->desk, &quiet);
    OK(status == PARLEY_ECANCELLED && late < 1, "sync: Ctrl-C ends the wait for one that stalls: %.2f s later", late);
    OK(out == 1 && strstr(err.text, "1 out"), "what went by the other carrier is kept, and said: %s", err.text);
    OK(log_has(&p->log, "peer=stuck event=waiting carrier=direct", "https://127.0.0.1:"), "for whom one waits was said after a second");
}

static void sync_stalls(void)
{
    static struct bad_server deaf = { .talks = true };
    char first[300], second[300], line[2][320];
    struct party *p = party_new("once", 0), *stuck = party_new("stuck", free_port()), *near = party_new("near", 0);
    snprintf(first, sizeof first, "%s/first", desks_folder);
    snprintf(second, sizeof second, "%s/second", desks_folder);
    snprintf(line[0], sizeof line[0], "file %s", first);
    snprintf(line[1], sizeof line[1], "file %s", second);
    bad_start(&deaf, stuck);
    enrol_at(p->desk, "stuck", stuck->desk, NULL); /* first by its direct carrier, which stalls; then by a folder */
    struct parley_error err = { 0 };
    must(parley_desk_carrier_add(p->desk, "stuck", line[0], false, &err), &err);
    enrol_at(p->desk, "near", near->desk, line[1]);
    enrol_at(near->desk, "once", p->desk, line[1]);
    say_to(p, "stuck", "anybody?", PARLEY_ROUTINE);
    say_to(p, "near", "behind one that stalls", PARLEY_ROUTINE);
    struct syncing s = { .p = p };
    double start = now_s();
    if (pthread_create(&s.thread, NULL, sync_main, &s))
        printf("Bail out! no thread\n");
    double took = until_unit(second, start, 20);
    OK(took < 3, "sync: a peer behind one that stalls is served at once: %.2f s", took);
    took = until_unit(first, start, 20);
    OK(took < 10, "and what waits for the stalled carrier goes by the next one: %.2f s", took);
    bad_stop(&deaf);
    pthread_join(s.thread, NULL);
    OK(!s.status && s.out >= 2, "sync is over when the last carrier is: %llu units out", (unsigned long long)s.out);
    static struct bad_server again = { .talks = true };
    bad_start(&again, stuck);
    sync_interrupted(p);
    bad_stop(&again);
    uint64_t in, out;
    must(parley_channel_sync(near->desk, NULL, NULL, &in, &out, &err), &err);
    must(parley_channel_sync(p->desk, "near", NULL, &in, &out, &err), &err);
    OK(until_stored(p, "near", 0) < 1, "and receipted by one more of each side");
    party_free(p);
    party_free(stuck);
    party_free(near);
}

/* --- the box of a card that is no longer the newest --------------------------------------------- */

static void *relay_main(void *ctx)
{
    struct parley_error err = { 0 };
    struct parley_channel_log quiet = { NULL, NULL };
    static volatile sig_atomic_t never;
    if (parley_relay_run(ctx, &quiet, &never, &err))
        printf("# %s\n", err.text);
    return NULL;
}

static uint64_t received(struct party *p, const char *from)
{
    struct parley_channel_counts c = { 0 };
    struct parley_error err = { 0 };
    must(parley_channel_counts(p->desk, from, &c, &err), &err);
    return c.received;
}

static void old_box(void)
{
    static char folder[300], tokens[320], at[40];
    static struct parley_relay_options o;
    char pin[65], here[200], gone[200], spool[320];
    struct parley_error err = { 0 };
    pthread_t thread;
    int port = free_port();
    snprintf(folder, sizeof folder, "%s/relay", desks_folder);
    snprintf(tokens, sizeof tokens, "%s/tokens", desks_folder);
    snprintf(at, sizeof at, "127.0.0.1:%d", port);
    FILE *f = fopen(tokens, "w");
    if (!f || fputs("a-token-of-16-bytes\n", f) < 0 || fclose(f))
        printf("Bail out! no tokens\n");
    o = (struct parley_relay_options){ .listen = at, .folder = folder, .tokens = tokens };
    must(parley_relay_pin(folder, pin, &err), &err);
    if (pthread_create(&thread, NULL, relay_main, &o))
        printf("Bail out! no relay\n");
    snprintf(here, sizeof here, "relay https://%s %s a-token-of-16-bytes", at, pin);
    snprintf(gone, sizeof gone, "relay https://127.0.0.1:%d %s a-token-of-16-bytes", free_port(), pin);
    snprintf(spool, sizeof spool, "file %s/back", desks_folder);
    struct party *p = party_with("moved", 0, here), *q = party_new("sender", 0);
    enrol_at(p->desk, "sender", q->desk, spool);
    enrol_at(q->desk, "moved", p->desk, NULL);
    const char *carrier[] = { gone };
    struct parley_key_options next = { .carrier = carrier, .n_carriers = 1 };
    uint64_t in, out;
    uint32_t epoch;
    say_to(q, "moved", "into the box of the first card", PARLEY_ROUTINE);
    for (int i = 0; i < 40 && (parley_channel_sync(q->desk, NULL, NULL, &in, &out, &err) || !out); i++)
        sleep_ms(100); /* until the relay listens */
    must(parley_desk_next_epoch(p->desk, PARLEY_ROTATE, NULL, 0, NULL, &next, &epoch, &err), &err);
    must(parley_channel_sync(p->desk, NULL, NULL, &in, &out, &err), &err);
    OK(received(p, "sender") == 1, "what waits in the box of the card before a rotation is fetched by sync");
    node_start(p);
    say_to(q, "moved", "once more, without having heard of the other box", PARLEY_ROUTINE);
    must(parley_channel_sync(q->desk, NULL, NULL, &in, &out, &err), &err);
    for (int i = 0; i < 100 && received(p, "sender") < 2; i++)
        sleep_ms(50);
    OK(received(p, "sender") == 2, "and by a node");
    must(parley_desk_carrier_add(q->desk, "moved", spool, true, &err), &err);
    double start = now_s();
    while (!log_has(&p->log, "event=carrier-closed carrier=relay", NULL) && now_s() - start < 40) {
        must(parley_channel_sync(q->desk, NULL, NULL, &in, &out, &err), &err);
        sleep_ms(500);
    }
    OK(log_has(&p->log, "event=carrier-closed carrier=relay", NULL), "until everybody knows the new card and it is empty: %.1f s", now_s() - start);
    party_free(p);
    party_free(q);
}

/* --- strangers and floods at our port --------------------------------------------------------- */

/* A request over TLS as whoever holds the key (NULL: nobody); then `zeros` bytes. First line of the answer, or "". Bytes that went out. */
static size_t tls_request(int port, const struct own_epoch *key, const char *priority, const char *text, size_t zeros, char *answer, size_t cap)
{
    static char block[16384];
    gnutls_certificate_credentials_t cred = NULL;
    gnutls_session_t s;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    size_t went = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *answer = 0;
    if (key)
        cred = credentials(key->tls_key, key->tls_cert);
    else
        gnutls_certificate_allocate_credentials(&cred);
    gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
    gnutls_priority_set_direct(s, priority, NULL);
    gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, cred);
    gnutls_transport_set_int(s, fd);
    gnutls_handshake_set_timeout(s, 5000);
    if (!connect(fd, (struct sockaddr *)&at, sizeof at) && gnutls_handshake(s) >= 0) {
        gnutls_record_set_timeout(s, 5000);
        ssize_t n = gnutls_record_send(s, text, strlen(text));
        while (n > 0 && went < zeros && (n = gnutls_record_send(s, block, sizeof block)) > 0)
            went += (size_t)n;
        n = gnutls_record_recv(s, answer, cap - 1);
        answer[n > 0 ? n : 0] = 0;
        answer[strcspn(answer, "\r\n")] = 0;
    }
    gnutls_deinit(s);
    close(fd);
    gnutls_certificate_free_credentials(cred);
    return went;
}

static void strangers(struct party *n, struct party *good)
{
    struct party *eve = party_new("eve", 0);
    char answer[4096];
    static const char tls13[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3", post[] = "POST /v1/unit HTTP/1.1\r\nHost: n\r\nContent-Length: 1\r\n\r\nx";
    tls_request(n->port, &eve->desk->own[0], tls13, post, 0, answer, sizeof answer);
    OK(same(answer, "HTTP/1.1 403 Forbidden"), "a TLS key that is not enrolled: 403");
    tls_request(n->port, NULL, tls13, post, 0, answer, sizeof answer);
    OK(same(answer, "HTTP/1.1 403 Forbidden"), "no TLS key: 403");
    tls_request(n->port, &good->desk->own[0], "NORMAL:-VERS-ALL:+VERS-TLS1.2", post, 0, answer, sizeof answer);
    OK(same(answer, ""), "TLS 1.2 gets no answer, even with the right key");
    OK(log_has(&n->log, "code=403", "why=unknown-tls-key") && log_has(&n->log, "code=403", "why=no-tls-key"), "a line for each");
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)n->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval wait = { 5, 0 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ssize_t len = -1;
    if (!connect(fd, (struct sockaddr *)&at, sizeof at) && send(fd, post, sizeof post - 1, MSG_NOSIGNAL) > 0)
        len = recv(fd, answer, sizeof answer - 1, 0);
    close(fd);
    answer[len > 0 ? len : 0] = 0;
    OK(!strstr(answer, "HTTP"), "plain HTTP gets no answer");
    for (int i = 0; i < 100 && !log_has(&n->log, "no TLS 1.3 session", "from=127.0.0.1"); i++)
        sleep_ms(50);
    OK(log_has(&n->log, "no TLS 1.3 session", "from=127.0.0.1"), "a line with the address for who speaks no TLS 1.3");
    tls_request(n->port, &good->desk->own[0], tls13, "POST /v1/unit%0d%0aevent=stored%20seq=9 HTTP/1.1\r\nHost: n\r\nContent-Length: 1\r\n\r\nx", 0, answer, sizeof answer);
    OK(same(answer, "HTTP/1.1 404 Not Found") && !log_has(&n->log, "seq=9", NULL), "a path with line ends writes no line of its own");
    party_free(eve);
}

static void gigabytes(struct party *n, struct party *flood)
{
    char answer[4096];
    static const char tls13[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3";
    tls_request(n->port, &flood->desk->own[0], tls13, "POST /v1/unit HTTP/1.1\r\nHost: n\r\nContent-Length: 99999999999\r\n\r\n", 0, answer, sizeof answer);
    OK(strstr(answer, " 413 ") != NULL, "an enrolled peer that announces 100 gigabytes: 413 before the first (%s)", answer);
    size_t chunk = 1 << 28; /* one chunk of 256 MiB: it cannot be known before how much comes */
    char head[200];
    snprintf(head, sizeof head, "POST /v1/unit HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n", chunk);
    size_t went = tls_request(n->port, &flood->desk->own[0], tls13, head, chunk, answer, sizeof answer);
    OK(went < 32 << 20, "one that does not say how much is cut off: %zu KiB left it", went >> 10);
    OK(log_has(&n->log, "code=413", "cut off"), "with a line");
}

struct flooder {
    struct party *as;
    int port;
    atomic_bool *stop;
    atomic_int *busy, *other;
};

static void *flood_main(void *ctx)
{
    struct flooder *f = ctx;
    struct carrier c = { .id = { f->as->desk->own[0].tls_key, f->as->desk->own[0].tls_cert }, .n_pins = 1 };
    uint8_t unit[1100] = "PLYU\1\1";
    struct parley_error err = { 0 };
    snprintf(c.line, sizeof c.line, "direct https://127.0.0.1:%d", f->port);
    memcpy(c.pin[0], f->as->desk->talk[0]->x.theirs.epoch[0].card.tls, HASH_LEN);
    while (!atomic_load(f->stop)) {
        enum parley_status s = carrier_put(&c, &(struct given){ unit, sizeof unit, false }, 1, &err);
        atomic_fetch_add(s == PARLEY_EBUSY ? f->busy : f->other, 1);
    }
    carrier_close(&c);
    return NULL;
}

static void floods(struct party *n, struct party *good, struct party *flood)
{
    pthread_t thread[FLOODERS];
    static atomic_bool stop;
    static atomic_int busy, other;
    struct flooder f = { flood, n->port, &stop, &busy, &other };
    struct parley_error err = { 0 };
    double worst = 0;
    must(talk_ready(flood->desk, flood->desk->talk[0], &err), &err);
    for (int i = 0; i < FLOODERS; i++)
        pthread_create(&thread[i], NULL, flood_main, &f);
    for (int i = 0; i < 1000 && !(atomic_load(&busy) && log_has(&n->log, "event=unit-refused", "why=")); i++)
        sleep_ms(20);
    for (int i = 0; i < 5; i++) {
        say_to(good, "n", "through a flood", i & 1 ? PARLEY_FLASH : PARLEY_ROUTINE);
        double took = until_stored(good, "n", 20);
        worst = took > worst ? took : worst;
    }
    atomic_store(&stop, true);
    for (int i = 0; i < FLOODERS; i++)
        pthread_join(thread[i], NULL);
    printf("# %d units refused, %d told to wait\n", atomic_load(&other), atomic_load(&busy));
    OK(worst < 3, "%d connections of one peer flood the node; another's statements are stored all the same: at worst %.2f s", FLOODERS, worst);
    OK(atomic_load(&busy) > 0 && log_has(&n->log, "peer=flood code=429 why=busy", NULL), "the flood is told to wait, with a line");
    OK(log_has(&n->log, "event=unit-refused", "why="), "units for nobody leave lines");
}

/* Every line is logfmt: words key=value or key="value", nothing else. */
static bool is_logfmt(const char *p)
{
    while (*p) {
        size_t key = strspn(p, "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (!key || p[key] != '=')
            return false;
        p += key + 1;
        size_t value = *p == '"' ? 1 + strcspn(p + 1, "\"") + 1 : strcspn(p, " \"");
        for (size_t i = 0; i < value; i++)
            if ((unsigned char)p[i] < 0x20)
                return false;
        p += value;
        if (*p && *p++ != ' ')
            return false;
    }
    return true;
}

static void all_logfmt(struct log *log, const char *whose)
{
    size_t lines = 0, bad = 0;
    for (char *p = log->text, *end; (end = strchr(p, '\n')); p = end + 1, lines++) {
        *end = 0;
        if (!is_logfmt(p)) {
            printf("# not logfmt: %s\n", p);
            bad++;
        }
    }
    OK(lines && !bad, "all %zu lines of %s's log are logfmt", lines, whose);
}

/* --- changes while the node runs --------------------------------------------------------------- */

static void rotates(struct party *who, const char *other, struct party *peer)
{
    struct parley_error err = { 0 };
    struct parley_key_options o = { .days = 0 };
    uint32_t epoch;
    must(parley_desk_next_epoch(who->desk, PARLEY_ROTATE, NULL, 0, NULL, &o, &epoch, &err), &err);
    for (int i = 0; i < 200 && !log_has(&who->log, "event=listening", "epoch=2"); i++)
        sleep_ms(20);
    OK(log_has(&who->log, "event=listening", "epoch=2"), "%s's keys were rotated by another process: its node listens with the new certificate", who->name);
    say_to(who, other, "under new keys", PARLEY_ROUTINE);
    OK(until_stored(who, other, 20) < 10, "what %s says under its new keys is stored", who->name);
    say_to(peer, who->name, "to the new keys", PARLEY_ROUTINE);
    OK(until_stored(peer, who->name, 20) < 10, "and what is said to it");
}

static void changes(struct party *n, struct party *good)
{
    struct parley_error err = { 0 };
    char spool[300], line[310], name[600] = "";
    rotates(n, "good", good);
    rotates(good, "n", n);
    node_stop(good);
    snprintf(spool, sizeof spool, "%s/stick", desks_folder);
    snprintf(line, sizeof line, "file %s", spool);
    must(parley_desk_carrier_add(n->desk, "good", line, false, &err), &err);
    say_to(n, "good", "by stick", PARLEY_ROUTINE);
    for (int i = 0; i < 400 && !*name; i++) {
        char find[400];
        snprintf(find, sizeof find, "ls %s/*.unit 2>/dev/null", spool);
        FILE *f = popen(find, "r");
        if (!f || !fgets(name, sizeof name, f))
            *name = 0;
        if (f)
            pclose(f);
        sleep_ms(25);
    }
    OK(*name, "the peer's node is gone: a carrier added while ours runs takes over");
    must(parley_desk_carrier_remove(n->desk, "good", line, &err), &err);
    for (int i = 0; i < 200 && !log_has(&n->log, "event=carrier-closed", "carrier=file"); i++)
        sleep_ms(20);
    OK(log_has(&n->log, "event=carrier-open", "carrier=file") && log_has(&n->log, "event=carrier-closed", "carrier=file"), "opened and closed with a line each");
    memset(good->log.text, 0, good->log.len);
    good->log.len = 0;
    node_start(good);
    double took = until_stored(n, "good", 20);
    OK(took < 10, "the peer's node is back: what waited is stored after %.2f s", took);
    OK(log_has(&n->log, "peer=good event=carrier-up", NULL), "with a line");
}

int main(void)
{
    snprintf(desks_folder, sizeof desks_folder, "/tmp/parley-net-XXXXXX");
    if (!mkdtemp(desks_folder))
        return 1;
    setenv("PARLEY_STATE", desks_folder, 1);
    signal(SIGPIPE, SIG_IGN);
    struct party *n = party_new("n", free_port()), *good = party_new("good", free_port()), *flood = party_new("flood", 0);
    enrol(n, good);
    enrol(n, flood);
    node_start(n);
    node_start(good);
    say_to(n, "good", "hello", PARLEY_ROUTINE);
    OK(until_stored(n, "good", 20) < 10, "two nodes talk");
    strangers(n, good);
    gigabytes(n, flood);
    floods(n, good, flood);
    stalls(n, good);
    changes(n, good);
    sync_stalls();
    old_box();
    node_stop(n);
    node_stop(good);
    all_logfmt(&n->log, "n");
    all_logfmt(&good->log, "good");
    uint64_t statements;
    struct parley_text bad;
    struct parley_error err = { 0 };
    parley_text_init(&bad, 1000);
    OK(!parley_channel_verify(n->desk, "good", &statements, &bad, &err) && !parley_channel_verify(good->desk, "n", &statements, &bad, &err), "both records verify");
    parley_text_release(&bad);
    party_free(n);
    party_free(good);
    party_free(flood);
    char clean[260];
    snprintf(clean, sizeof clean, "rm -rf %s", desks_folder);
    return system(clean) || done();
}

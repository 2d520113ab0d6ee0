/* The direct and relay carriers, client side: HTTPS over TLS 1.3 with pinned keys on both sides, over a connection that is kept. */
#define _GNU_SOURCE /* memfd_create */
#include "channel/bytes.h"
#include "channel/carrier.h"
#include "channel/unit.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LOOK_UP_MS = 50, ANSWER_HEAD_MAX = 16 << 10, TAKE_ROUNDS_MAX = 10000 };

struct http { /* a handle that keeps its connection, and the identity it was opened with */
    CURL *curl;
    CURLM *multi; /* holds the kept connection; driven here, not by curl_easy_perform, which looks up only once a second */
    int key_fd, cert_fd;
    char key[40], cert[40];
};

struct receiving {
    uint8_t *data;
    size_t len, cap, head;
    const atomic_bool *stop;
    const struct parley_progress *progress;
    bool over;
};

static size_t receive(char *data, size_t size, size_t n, void *ctx)
{
    struct receiving *r = ctx;
    size_t len = size * n;
    if (len > r->cap - r->len) {
        r->over = true;
        return 0;
    }
    memcpy(r->data + r->len, data, len);
    r->len += len;
    return len;
}

static size_t receive_head(char *data, size_t size, size_t n, void *ctx)
{
    struct receiving *r = ctx;
    (void)data;
    r->head += size * n;
    r->over |= r->head > ANSWER_HEAD_MAX;
    return r->over ? 0 : size * n;
}

static bool unwanted(const struct receiving *r)
{
    return (r->stop && atomic_load_explicit(r->stop, memory_order_relaxed)) || !parley_tick(r->progress, (double)r->len, 0, "bytes");
}

struct request {
    const char *method, *url, *token;
    const uint8_t (*pin)[HASH_LEN];
    size_t n_pins;
    const void *body;
    size_t body_len;
    struct receiving *into;
};

static enum parley_status answer(long code, struct parley_error *err)
{
    switch (code) {
    case 200:
    case 201:
    case 204: return PARLEY_OK;
    case 400:
    case 413: return parley_fail(err, PARLEY_EPARSE, "the other side does not take this unit: answer %ld", code);
    case 404: return parley_fail(err, PARLEY_ENOTFOUND, "nothing there");
    case 429:
    case 503: return parley_fail(err, PARLEY_EBUSY, "busy: answer %ld", code);
    default: return parley_fail(err, PARLEY_EREFUSED, "refused: answer %ld", code);
    }
}

/* libcurl over GnuTLS reads key and certificate from files only: these live in memory and have no name on any disk. */
static int memory_file(const char *text, char path[40])
{
    int fd = memfd_create("parley", MFD_CLOEXEC);
    size_t len = strlen(text);
    if (fd >= 0 && write(fd, text, len) != (ssize_t)len) {
        close(fd);
        fd = -1;
    }
    snprintf(path, 40, "/proc/self/fd/%d", fd);
    return fd;
}

void http_close(struct http *h)
{
    if (!h)
        return;
    curl_easy_cleanup(h->curl);
    curl_multi_cleanup(h->multi);
    if (h->key_fd >= 0)
        close(h->key_fd);
    if (h->cert_fd >= 0)
        close(h->cert_fd);
    free(h);
}

static struct http *http_open(const struct tls_identity *id)
{
    struct http *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    h->key_fd = memory_file(id->key, h->key);
    h->cert_fd = memory_file(id->cert, h->cert);
    h->curl = curl_easy_init();
    h->multi = curl_multi_init();
    if (h->curl && h->multi && h->key_fd >= 0 && h->cert_fd >= 0)
        return h;
    http_close(h);
    return NULL;
}

/* Who we are, whom we accept, and how long we wait. */
static bool set_up(const struct http *h, const struct request *q, struct receiving *r, struct curl_slist *headers, char *why)
{
    char pins[CARRIER_PINS_MAX * 60] = "";
    CURL *c = h->curl;
    for (size_t i = 0; i < q->n_pins && i < CARRIER_PINS_MAX; i++) {
        char pin[50];
        to_base64(q->pin[i], HASH_LEN, pin);
        snprintf(pins + strlen(pins), sizeof pins - strlen(pins), "%ssha256//%s", i ? ";" : "", pin);
    }
    return q->n_pins && headers && !curl_easy_setopt(c, CURLOPT_URL, q->url) && !curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") &&
           !curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)(CURL_SSLVERSION_TLSv1_3 | CURL_SSLVERSION_MAX_TLSv1_3)) &&
           !curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L) && !curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L) && /* the pin is the whole trust, */
           !curl_easy_setopt(c, CURLOPT_CAINFO, NULL) && !curl_easy_setopt(c, CURLOPT_CAPATH, NULL) &&                          /* and no list of authorities is read */
           !curl_easy_setopt(c, CURLOPT_PINNEDPUBLICKEY, pins) && !curl_easy_setopt(c, CURLOPT_SSLKEY, h->key) && !curl_easy_setopt(c, CURLOPT_SSLCERT, h->cert) &&
           !curl_easy_setopt(c, CURLOPT_SSLCERTTYPE, "PEM") && !curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method) && !curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) &&
           !curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CARRIER_CONNECT_S) && !curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)CARRIER_TRANSFER_S) &&
           !curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 64L) && !curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)CARRIER_STALL_S) && /* a peer that drips */
           !curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) && !curl_easy_setopt(c, CURLOPT_PROXY, "") && !curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why) &&
           !curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, receive_head) && !curl_easy_setopt(c, CURLOPT_HEADERDATA, r) &&
           !curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive) && !curl_easy_setopt(c, CURLOPT_WRITEDATA, r) &&
           (!q->body || (!curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->body) && !curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body_len)));
}

/* One transfer; given up within LOOK_UP_MS when it is not wanted any more. */
static CURLcode drive(struct http *h, const struct receiving *r)
{
    int running = 1, left;
    CURLcode result = CURLE_ABORTED_BY_CALLBACK;
    if (curl_multi_add_handle(h->multi, h->curl))
        return CURLE_FAILED_INIT;
    while (running && !unwanted(r) && !curl_multi_perform(h->multi, &running))
        if (running && curl_multi_poll(h->multi, NULL, 0, LOOK_UP_MS, NULL))
            break;
    for (const CURLMsg *m; !running && (m = curl_multi_info_read(h->multi, &left));)
        if (m->msg == CURLMSG_DONE)
            result = m->data.result;
    curl_multi_remove_handle(h->multi, h->curl);
    return result;
}

static enum parley_status perform(struct carrier *at, const struct request *q, struct parley_error *err)
{
    struct curl_slist *headers = NULL;
    char authorization[200], why[CURL_ERROR_SIZE] = "";
    uint8_t small[1024];
    struct receiving nothing = { .data = small, .cap = sizeof small }, *r = q->into ? q->into : &nothing;
    long code = 0;
    curl_off_t wait = 0;
    if (!at->http && !(at->http = http_open(&at->id)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory or file handles");
    CURL *c = at->http->curl;
    curl_easy_reset(c); /* the connection stays */
    headers = curl_slist_append(headers, "Content-Type: application/vnd.parley.unit");
    headers = curl_slist_append(headers, "Expect:");
    if (q->token) {
        snprintf(authorization, sizeof authorization, "Authorization: Bearer %.128s", q->token);
        headers = curl_slist_append(headers, authorization);
    }
    r->stop = at->stop;
    r->progress = at->progress;
    CURLcode result = set_up(at->http, q, r, headers, why) ? drive(at->http, r) : CURLE_FAILED_INIT;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &wait);
    curl_slist_free_all(headers);
    at->retry_after_s = wait > 0 && wait < 3600 ? (long)wait : 0;
    if (r->over)
        return parley_fail(err, PARLEY_ELIMIT, "the other side sends without end: cut off after %zu bytes", r->len + r->head);
    if (result == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        return parley_fail(err, PARLEY_EVERIFY, "the other side's TLS key is not the pinned one");
    if (result == CURLE_SEND_ERROR && code >= 400) /* refused before the whole unit was out */
        return answer(code, err);
    if (result)
        return parley_fail(err, PARLEY_EIO, "%s", *why ? why : curl_easy_strerror(result));
    return answer(code, err);
}

enum parley_status direct_put(struct carrier *c, const char *url, const uint8_t *unit, size_t len, struct parley_error *err)
{
    char full[CARD_LINE_LEN + 20];
    snprintf(full, sizeof full, "%s/v1/unit", url);
    struct request q = { .method = "POST", .url = full, .pin = c->pin, .n_pins = c->n_pins, .body = unit, .body_len = len };
    return perform(c, &q, err);
}

struct box { /* "relay URL PIN TOKEN" */
    char text[CARD_LINE_LEN], url[2 * CARD_LINE_LEN], *base, *token;
    uint8_t pin[1][HASH_LEN];
};

static enum parley_status read_line(const char *line, struct box *b, struct parley_error *err)
{
    snprintf(b->text, sizeof b->text, "%s", line);
    b->base = strchr(b->text, ' ');
    char *pin = b->base ? strchr(b->base + 1, ' ') : NULL;
    b->token = pin ? strchr(pin + 1, ' ') : NULL;
    if (!b->token)
        return parley_fail(err, PARLEY_EINVAL, "a relay is given as: relay URL PIN TOKEN");
    *b->base++ = 0, *pin++ = 0, *b->token++ = 0;
    return from_hex(pin, strlen(pin), b->pin[0], HASH_LEN) ? PARLEY_OK : parley_fail(err, PARLEY_EINVAL, "the relay's pin is 64 hex digits");
}

/* "KEYHEX\n" and a signed note, as relays answer; nothing when it has not that form (whoever keeps it looks closer). */
static void keep_note(struct carrier *c, const struct box *b, const struct receiving *r, const uint8_t tag[16], const uint8_t *unit, size_t len)
{
    const char *text = (const char *)r->data;
    enum { HEAD = 2 * KEY_LEN + 1 };
    struct relay_answer *a = r->len > HEAD && text[HEAD - 1] == '\n' ? calloc(1, sizeof *a + r->len - HEAD + 1) : NULL;
    if (!a || !from_hex(text, 2 * KEY_LEN, a->key, KEY_LEN)) {
        free(a);
        return;
    }
    memcpy(a->pin, b->pin[0], HASH_LEN);
    memcpy(a->box, tag, 16);
    if (unit)
        sha256(unit, len, a->unit);
    a->bytes = len;
    a->note_len = r->len - HEAD;
    memcpy(a->note, text + HEAD, a->note_len);
    free(c->note);
    c->note = a;
}

enum { ANSWER_MAX = 128 << 10 };

enum parley_status relay_put(struct carrier *c, const uint8_t *unit, size_t len, struct parley_error *err)
{
    struct box b;
    char tag[33], small[2048];
    struct receiving r = { .data = (uint8_t *)small, .cap = sizeof small };
    enum parley_status status = read_line(c->line, &b, err);
    if (status)
        return status;
    to_hex(unit + 8, 16, tag);
    snprintf(b.url, sizeof b.url, "%s/v1/box/%s", b.base, tag);
    struct request q = { .method = "POST", .url = b.url, .token = b.token, .pin = b.pin, .n_pins = 1, .body = unit, .body_len = len, .into = &r };
    if (!(status = perform(c, &q, err)))
        keep_note(c, &b, &r, unit + 8, unit, len);
    return status;
}

enum parley_status relay_listing(struct carrier *c, const uint8_t tag[16], struct parley_error *err)
{
    struct box b;
    char hex[33];
    struct receiving r = { .data = malloc(ANSWER_MAX), .cap = ANSWER_MAX };
    enum parley_status status = r.data ? read_line(c->line, &b, err) : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status) {
        to_hex(tag, 16, hex);
        snprintf(b.url, sizeof b.url, "%s/v1/list/%s", b.base, hex);
        struct request q = { .method = "GET", .url = b.url, .token = b.token, .pin = b.pin, .n_pins = 1, .into = &r };
        status = perform(c, &q, err);
    }
    if (!status) {
        keep_note(c, &b, &r, tag, NULL, 0);
        if (!c->note)
            status = parley_fail(err, PARLEY_EPARSE, "the relay's answer is no signed listing");
    }
    free(r.data);
    return status;
}

/* One unit of one box: fetched, given, removed. *more: there may be another. */
static enum parley_status take_one(struct carrier *c, struct box *b, const uint8_t tag[16], struct receiving *r, unit_giver *give, void *ctx, bool *more, struct parley_error *err)
{
    uint8_t hash[HASH_LEN];
    char hex[33], unit_id[65];
    *more = false;
    to_hex(tag, 16, hex);
    snprintf(b->url, sizeof b->url, "%s/v1/box/%s", b->base, hex);
    struct request q = { .method = "GET", .url = b->url, .token = b->token, .pin = b->pin, .n_pins = 1, .into = r };
    r->len = r->head = 0;
    enum parley_status status = perform(c, &q, err);
    if (status == PARLEY_ENOTFOUND)
        return PARLEY_OK;
    struct given unit = { .data = r->data, .len = r->len };
    if (!status && r->len)
        give(ctx, &unit, 1);
    if (status || !unit.taken)
        return status;
    sha256(r->data, r->len, hash); /* the name of what is taken: nobody can make us delete another */
    to_hex(hash, HASH_LEN, unit_id);
    snprintf(b->url, sizeof b->url, "%s/v1/box/%s/%s", b->base, hex, unit_id);
    q = (struct request){ .method = "DELETE", .url = b->url, .token = b->token, .pin = b->pin, .n_pins = 1 };
    status = perform(c, &q, err);
    *more = !status;
    return status == PARLEY_ENOTFOUND ? PARLEY_OK : status;
}

/* Box after box, one unit each, so that a full box does not keep the others waiting. */
enum parley_status relay_take(struct carrier *c, const uint8_t (*tag)[16], size_t n_tags, unit_giver *give, void *ctx, struct parley_error *err)
{
    struct box b;
    bool more[CARRIER_TAGS_MAX], any = true;
    enum parley_status status = read_line(c->line, &b, err);
    struct receiving r = { .data = malloc(UNIT_MAX), .cap = UNIT_MAX };
    if (!status && !r.data)
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (n_tags > CARRIER_TAGS_MAX)
        n_tags = CARRIER_TAGS_MAX;
    for (size_t i = 0; i < n_tags; i++)
        more[i] = true;
    for (int round = 0; !status && any && round < TAKE_ROUNDS_MAX; round++) {
        any = false;
        for (size_t i = 0; !status && i < n_tags; i++)
            if (more[i] && !(c->stop && atomic_load(c->stop))) {
                status = take_one(c, &b, tag[i], &r, give, ctx, &more[i], err);
                any |= more[i];
            }
    }
    free(r.data);
    return status;
}

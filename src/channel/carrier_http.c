/* The direct and relay carriers, client side: HTTPS over TLS 1.3 with pinned keys on both sides. */
#define _GNU_SOURCE /* memfd_create */
#include "channel/bytes.h"
#include "channel/desk.h"

#include <curl/curl.h>
#include <parley/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CONNECT_S = 5, TRANSFER_S = 30, LIST_MAX = 1 << 20 };

struct receiving {
    uint8_t *data;
    size_t len, cap;
};

static size_t receive(char *data, size_t size, size_t n, void *ctx)
{
    struct receiving *r = ctx;
    size_t len = size * n;
    if (len > r->cap - r->len)
        return 0;
    memcpy(r->data + r->len, data, len);
    r->len += len;
    return len;
}

struct request {
    const char *method, *url, *token;
    const uint8_t *pin;
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

static enum parley_status perform(const struct tls_identity *id, const struct request *q, struct parley_error *err)
{
    CURL *c = curl_easy_init();
    struct curl_slist *headers = NULL;
    char pin[80] = "sha256//", authorization[200], why[CURL_ERROR_SIZE] = "";
    char key[40], cert[40];
    int key_fd = memory_file(id->key, key), cert_fd = memory_file(id->cert, cert);
    struct receiving nothing = { NULL, 0, 0 };
    uint8_t small[1024];
    long code = 0;
    if (!c) {
        close(key_fd);
        close(cert_fd);
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    nothing.data = small, nothing.cap = sizeof small;
    to_base64(q->pin, HASH_LEN, pin + 8);
    headers = curl_slist_append(headers, "Content-Type: application/vnd.parley.unit");
    headers = curl_slist_append(headers, "Expect:");
    if (q->token) {
        snprintf(authorization, sizeof authorization, "Authorization: Bearer %.128s", q->token);
        headers = curl_slist_append(headers, authorization);
    }
    bool ok = key_fd >= 0 && cert_fd >= 0 && !curl_easy_setopt(c, CURLOPT_URL, q->url) && !curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") &&
              !curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)(CURL_SSLVERSION_TLSv1_3 | CURL_SSLVERSION_MAX_TLSv1_3)) &&
              !curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L) && !curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L) && /* the pin is the whole trust */
              !curl_easy_setopt(c, CURLOPT_PINNEDPUBLICKEY, pin) && !curl_easy_setopt(c, CURLOPT_SSLKEY, key) && !curl_easy_setopt(c, CURLOPT_SSLCERT, cert) &&
              !curl_easy_setopt(c, CURLOPT_SSLCERTTYPE, "PEM") && !curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method) &&
              !curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) && !curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) &&
              !curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)TRANSFER_S) && !curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) && !curl_easy_setopt(c, CURLOPT_PROXY, "") &&
              !curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why) && !curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive) &&
              !curl_easy_setopt(c, CURLOPT_WRITEDATA, q->into ? q->into : &nothing);
    if (ok && q->body)
        ok = !curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->body) && !curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body_len);
    CURLcode result = ok ? curl_easy_perform(c) : CURLE_FAILED_INIT;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    if (key_fd >= 0)
        close(key_fd);
    if (cert_fd >= 0)
        close(cert_fd);
    if (result == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        return parley_fail(err, PARLEY_EVERIFY, "the other side's TLS key is not the pinned one");
    if (result)
        return parley_fail(err, PARLEY_EIO, "%s", *why ? why : curl_easy_strerror(result));
    return answer(code, err);
}

enum parley_status direct_put(const struct tls_identity *id, const char *url, const uint8_t pin[HASH_LEN], const uint8_t *unit, size_t len, struct parley_error *err)
{
    char full[CARD_LINE_LEN + 20];
    snprintf(full, sizeof full, "%s/v1/unit", url);
    struct request q = { .method = "POST", .url = full, .pin = pin, .body = unit, .body_len = len };
    return perform(id, &q, err);
}

struct box { /* "relay URL PIN TOKEN" */
    char text[CARD_LINE_LEN], url[2 * CARD_LINE_LEN], *base, *token;
    uint8_t pin[HASH_LEN];
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
    return from_hex(pin, strlen(pin), b->pin, HASH_LEN) ? PARLEY_OK : parley_fail(err, PARLEY_EINVAL, "the relay's pin is 64 hex digits");
}

enum parley_status relay_put(const struct tls_identity *id, const char *line, const uint8_t *unit, size_t len, struct parley_error *err)
{
    struct box b;
    char tag[33];
    enum parley_status status = read_line(line, &b, err);
    if (status)
        return status;
    to_hex(unit + 8, 16, tag);
    snprintf(b.url, sizeof b.url, "%s/v1/box/%s", b.base, tag);
    struct request q = { .method = "POST", .url = b.url, .token = b.token, .pin = b.pin, .body = unit, .body_len = len };
    return perform(id, &q, err);
}

enum parley_status relay_take(const struct tls_identity *id, const char *line, const uint8_t tag[16], unit_giver *give, void *ctx, struct parley_error *err)
{
    struct box b;
    char hex[33];
    enum parley_status status = read_line(line, &b, err);
    struct receiving r = { malloc(UNIT_MAX), 0, UNIT_MAX };
    if (!status && !r.data)
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    to_hex(tag, 16, hex);
    for (int guard = 0; !status && guard < 10000; guard++) {
        snprintf(b.url, sizeof b.url, "%s/v1/box/%s", b.base, hex);
        struct request q = { .method = "GET", .url = b.url, .token = b.token, .pin = b.pin, .into = &r };
        uint8_t hash[HASH_LEN];
        char unit_id[65];
        r.len = 0;
        if ((status = perform(id, &q, err)) || !r.len || !give(ctx, r.data, r.len))
            break;
        sha256(r.data, r.len, hash); /* the name of what is taken: nobody can make us delete another */
        to_hex(hash, HASH_LEN, unit_id);
        snprintf(b.url, sizeof b.url, "%s/v1/box/%s/%s", b.base, hex, unit_id);
        q = (struct request){ .method = "DELETE", .url = b.url, .token = b.token, .pin = b.pin };
        status = perform(id, &q, err);
    }
    free(r.data);
    return status == PARLEY_ENOTFOUND ? PARLEY_OK : status;
}

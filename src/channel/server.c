#define _POSIX_C_SOURCE 200809L
#include "channel/server.h"

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RETRY_BUSY_S "1"
#define RETRY_NO_ROOM_S "10"
enum { CONNECTIONS_MAX = 256, CONNECTIONS_PER_ADDRESS = 64, IDLE_S = 30 };

struct server {
    struct MHD_Daemon *daemon;
    head_handler *head;
    call_handler *handle;
    void *ctx;
    struct parley_desk *log;
    struct hush quiet; /* strangers who never ask anything */
};

struct held { /* a request that is coming in, or that waits for its answer */
    struct MHD_Connection *connection;
    uint8_t *data;
    size_t len;
    bool over, waits;
    unsigned code; /* once answered */
};

bool hush_say(struct hush *h, uint64_t *hidden)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    if (h->said && t.tv_sec == h->second) {
        h->hidden++;
        return false;
    }
    *hidden = h->hidden;
    *h = (struct hush){ .said = true, .second = t.tv_sec };
    return true;
}

/* SHA-256 of the key of the certificate that the client proved to hold. */
static bool client_pin(struct MHD_Connection *c, uint8_t pin[HASH_LEN])
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned n = 0;
    const gnutls_datum_t *list = info ? gnutls_certificate_get_peers((gnutls_session_t)info->tls_session, &n) : NULL;
    gnutls_x509_crt_t crt = NULL;
    gnutls_pubkey_t key = NULL;
    gnutls_datum_t spki = { NULL, 0 };
    bool ok = list && n && !gnutls_x509_crt_init(&crt) && !gnutls_x509_crt_import(crt, &list[0], GNUTLS_X509_FMT_DER) && !gnutls_pubkey_init(&key) &&
              !gnutls_pubkey_import_x509(key, crt, 0) && !gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &spki);
    if (ok)
        sha256(spki.data, spki.size, pin);
    gnutls_free(spki.data);
    gnutls_pubkey_deinit(key);
    gnutls_x509_crt_deinit(crt);
    return ok;
}

static void address_of(struct MHD_Connection *c, char out[64])
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info ? info->client_addr : NULL;
    snprintf(out, 64, "?");
    if (a && a->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, out, 64);
    if (a && a->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, out, 64);
}

static enum MHD_Result reply(struct MHD_Connection *c, unsigned code, uint8_t *data, size_t len)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(len, data, data ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!r) {
        free(data);
        return MHD_NO;
    }
    MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "application/vnd.parley.unit");
    if (code == 429 || code == 503)
        MHD_add_response_header(r, MHD_HTTP_HEADER_RETRY_AFTER, code == 429 ? RETRY_BUSY_S : RETRY_NO_ROOM_S);
    enum MHD_Result result = MHD_queue_response(c, code, r);
    MHD_destroy_response(r);
    return result;
}

struct held *server_hold(struct call *call)
{
    call->held->waits = true;
    MHD_suspend_connection(call->held->connection);
    return call->held;
}

void server_answer(struct held *h, unsigned code)
{
    h->code = code;
    MHD_resume_connection(h->connection);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data, size_t *len, void **state)
{
    struct server *s = cls;
    struct held *h = *state;
    uint8_t pin[HASH_LEN];
    (void)version;
    if (h && h->waits) /* called again because the answer is known */
        return reply(c, h->code, NULL, 0);
    struct call call = { .method = method, .path = url, .held = h };
    const char *authorization = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
    if (authorization && !strncmp(authorization, "Bearer ", 7))
        call.token = authorization + 7;
    if (client_pin(c, pin))
        call.pin = pin;
    address_of(c, call.from);
    if (!h) { /* the head: refuse before reading gigabytes */
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        if (info && info->socket_context)
            *(bool *)info->socket_context = true;
        unsigned code = s->head(s->ctx, &call);
        const char *length = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
        if (!code && length && (strlen(length) > 9 || atol(length) > UNIT_MAX)) {
            code = 413;
            log_line(s->log, "event=refused-connection from=%s code=413 why=\"announces over %d bytes\"", call.from, UNIT_MAX);
        }
        if (code)
            return reply(c, code, NULL, 0);
        if ((*state = h = calloc(1, sizeof *h)))
            h->connection = c;
        return h ? MHD_YES : MHD_NO;
    }
    if (*len) {
        if (!h->data)
            h->data = malloc(UNIT_MAX);
        if (h->data && *len <= UNIT_MAX - h->len) {
            memcpy(h->data + h->len, data, *len);
            h->len += *len;
        } else if (!h->over) {
            h->over = true;
            log_line(s->log, "event=refused-connection from=%s code=413 why=\"over %d bytes: cut off\"", call.from, UNIT_MAX);
        }
        *len = 0;
        return h->over ? MHD_NO : MHD_YES; /* whoever sends gigabytes is cut off */
    }
    call.body = h->data;
    call.body_len = h->len;
    unsigned code = s->handle(s->ctx, &call);
    return code ? reply(c, code, call.answer, call.answer_len) : MHD_YES;
}

static void on_done(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
    struct held *h = *state;
    (void)cls, (void)c, (void)why;
    if (h)
        free(h->data);
    free(h);
    *state = NULL;
}

/* A connection that ends without a request is a stranger: an older TLS, plain HTTP, a scan. */
static void on_connection(void *cls, struct MHD_Connection *c, void **asked, enum MHD_ConnectionNotificationCode what)
{
    struct server *s = cls;
    uint64_t hidden;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *asked = calloc(1, sizeof(bool));
        return;
    }
    if (*asked && !*(bool *)*asked && hush_say(&s->quiet, &hidden)) {
        char from[64];
        address_of(c, from);
        log_line(s->log, "event=refused-connection from=%s why=\"no TLS 1.3 session: an older TLS, plain HTTP, or nothing asked\" more=%llu", from, (unsigned long long)hidden);
    }
    free(*asked);
    *asked = NULL;
}

static bool parse_listen(const char *text, struct sockaddr_in *out)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    uint64_t port;
    if (!colon || (size_t)(colon - text) >= sizeof host || !parley_text_to_u64(colon + 1, strlen(colon + 1), &port) || port > 65535)
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = 0;
    memset(out, 0, sizeof *out);
    out->sin_family = AF_INET;
    out->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

enum parley_status server_start(const char *listen, const char *key_pem, const char *cert_pem, head_handler *head, call_handler *handle, void *ctx,
                                struct parley_desk *log, struct server **out, struct parley_error *err)
{
    struct sockaddr_in at;
    struct server *s = calloc(1, sizeof *s);
    if (!s)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    s->head = head, s->handle = handle, s->ctx = ctx, s->log = log;
    if (!parse_listen(listen, &at)) {
        free(s);
        return parley_fail(err, PARLEY_EINVAL, "--listen: expected ADDRESS:PORT such as 127.0.0.1:7001; found '%.60s'", listen);
    }
    /* HTTPS_MEM_TRUST makes the server ask for a certificate; all of ours have one name, so each client sends its own. */
    s->daemon = MHD_start_daemon(MHD_USE_TLS | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, ntohs(at.sin_port), NULL, NULL, on_request, s,
                                 MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at, MHD_OPTION_HTTPS_MEM_KEY, key_pem, MHD_OPTION_HTTPS_MEM_CERT, cert_pem,
                                 MHD_OPTION_HTTPS_MEM_TRUST, cert_pem, MHD_OPTION_HTTPS_PRIORITIES, "SECURE128:-VERS-ALL:+VERS-TLS1.3",
                                 MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)CONNECTIONS_PER_ADDRESS,
                                 MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
                                 MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
    if (!s->daemon) {
        free(s);
        return parley_fail(err, PARLEY_EBUSY, "cannot listen on %s: in use, or not allowed", listen);
    }
    *out = s;
    return PARLEY_OK;
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    MHD_stop_daemon(s->daemon);
    free(s);
}

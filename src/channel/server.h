/* server.h - the HTTPS server that node and relay share: TLS 1.3, client certificates, whole bodies with a limit. Internal. */
#ifndef PARLEY_CHANNEL_SERVER_H
#define PARLEY_CHANNEL_SERVER_H

#include "channel/desk.h"

struct hush { /* one line a second, and how many were left out */
    bool said;
    int64_t second;
    uint64_t hidden;
};
/* True: say it, and that *hidden were left out before. Not thread-safe. */
bool hush_say(struct hush *h, uint64_t *hidden);

struct call { /* one request, complete */
    const char *method, *path, *token; /* token: of "Authorization: Bearer", or NULL */
    const uint8_t *pin;                /* SHA-256 of the client's SubjectPublicKeyInfo, or NULL without a certificate */
    char from[64];                     /* address, for the log */
    const uint8_t *body;
    size_t body_len;
    /* the answer: malloc'ed or NULL */
    uint8_t *answer;
    size_t answer_len;
    struct held *held; /* for server_hold */
};

struct server;
/* Called for a whole request, on the server's thread; returns the HTTP status, or 0 after server_hold. */
typedef unsigned call_handler(void *ctx, struct call *call);
/* Called when only the head of a request with a body is there; 0 = go on, else the status to refuse with at once. */
typedef unsigned head_handler(void *ctx, struct call *call);

enum parley_status server_start(const char *listen, const char *key_pem, const char *cert_pem, head_handler *head, call_handler *handle, void *ctx,
                                struct parley_desk *log, struct server **out, struct parley_error *err);
/* Every held request must have been answered before. */
void server_stop(struct server *server);
/* The answer comes later, by server_answer on any thread, exactly once; nothing of the call may be used after that. */
struct held *server_hold(struct call *call);
void server_answer(struct held *held, unsigned code);

#endif

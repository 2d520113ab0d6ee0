/* server.h - the HTTPS server that node and relay share: TLS 1.3, client certificates, whole bodies with a limit. Internal. */
#ifndef PARLEY_CHANNEL_SERVER_H
#define PARLEY_CHANNEL_SERVER_H

#include "channel/desk.h"

struct call { /* one request, complete */
    const char *method, *path, *token; /* token: of "Authorization: Bearer", or NULL */
    const uint8_t *pin;                /* SHA-256 of the client's SubjectPublicKeyInfo, or NULL without a certificate */
    char from[64];                     /* address, for the log */
    const uint8_t *body;
    size_t body_len;
    /* the answer: malloc'ed or NULL */
    uint8_t *answer;
    size_t answer_len;
};

struct server;
/* Called for a whole request, on the server's thread; returns the HTTP status. */
typedef unsigned call_handler(void *ctx, struct call *call);
/* Called when only the head of a request with a body is there; 0 = go on, else the status to refuse with at once. */
typedef unsigned head_handler(void *ctx, struct call *call);

enum parley_status server_start(const char *listen, const char *key_pem, const char *cert_pem, head_handler *head, call_handler *handle, void *ctx, struct server **out,
                                struct parley_error *err);
void server_stop(struct server *server);

#endif

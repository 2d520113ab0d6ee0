/* channel_node.h - the node that moves a desk's units by itself, and the relay that keeps mailboxes.
 * Room: channel.
 *
 * Both serve HTTPS over TLS 1.3 only and log one logfmt line an event, without payloads or secrets. They run until `stop`
 * becomes non-zero (a signal handler may set it). */
#ifndef PARLEY_CHANNEL_NODE_H
#define PARLEY_CHANNEL_NODE_H

#include <parley/channel.h>
#include <signal.h>

enum { PARLEY_RELAY_TOKEN_MIN = 16 };

struct parley_relay_options {
    const char *listen;    /* "127.0.0.1:7700" */
    const char *folder;    /* made if missing: key, certificate, boxes */
    const char *tokens;    /* file: one token a line, at least 16 bytes; who has one may use boxes */
    uint64_t box_bytes;    /* quota of one box; 0 = 64 MiB */
    uint64_t box_units;    /* 0 = 4096 */
    uint64_t boxes;        /* 0 = 4096 */
    uint64_t requests_per_minute; /* of one address; 0 = 6000 */
};

#pragma GCC visibility push(default)

/* Serve POST /v1/unit for enrolled peers (each known by its TLS key), and carry what is said. Returns PARLEY_OK when stopped, as
 * soon as its carriers have let go.
 *
 *   listen  "ADDRESS:PORT", IPv4
 *   stop    looked at ten times a second; a signal handler or another thread makes it non-zero
 *
 * PARLEY_EINVAL listen is of another form, PARLEY_EBUSY the port is in use. A full disk or a busy database is waited for, and said in the log.
 * The desk is the node's until it returns; other processes may go on using the same folder. */
PARLEY_MUST_USE enum parley_status parley_node_run(struct parley_desk *desk, const char *listen, volatile sig_atomic_t *stop, struct parley_error *err);
/* A relay: mailboxes by tag, with token and quota. Learns tags, sizes and times. Needs no desk: its key is made in the folder when missing.
 * listen and stop as above; log is copied. PARLEY_EINVAL a token that is too short or too long, no token, or a bad address; PARLEY_ELIMIT too
 * many tokens; PARLEY_EBUSY the port is in use. */
PARLEY_MUST_USE enum parley_status parley_relay_run(const struct parley_relay_options *options, const struct parley_channel_log *log,
                                                    volatile sig_atomic_t *stop, struct parley_error *err);
/* The pin of the relay's key for the cards of those who use it: 64 hex digits and a zero. Makes folder and key when missing. */
PARLEY_MUST_USE enum parley_status parley_relay_pin(const char *folder, char pin[65], struct parley_error *err);

#pragma GCC visibility pop
#endif

/* Moving units once, without a node: all carriers of all peers in and out, each on a thread of its own, so that whoever stalls keeps
 * nobody else waiting. */
#include "channel/node.h"

#include "channel/desk.h"

#include <string.h>

enum { WAIT_MS = 50 };

/* The newest own epoch that the peer is known to have heard of: under its TLS key we are let in. */
static const struct own_epoch *epoch_known_to(struct parley_desk *d, const struct talk *t)
{
    uint32_t known = t->x.ours.epoch[0].card.epoch;
    for (size_t i = t->x.ours.n; i > 1; i--) {
        const struct epoch_log *e = &t->x.ours.epoch[i - 1];
        bool acked = false;
        for (uint64_t seq = 1; seq <= e->top && !acked; seq++)
            acked = e->slot[seq - 1].acked;
        if (acked) {
            known = e->card.epoch;
            break;
        }
    }
    for (int i = d->n_own - 1; i >= 0; i--) /* of one that was lost there is no key; peers accept that of the epoch before */
        if (d->own[i].card.epoch <= known && *d->own[i].tls_key)
            return &d->own[i];
    return &d->own[d->n_own - 1];
}

bool talk_identity(struct parley_desk *d, struct talk *t, struct tls_identity *id, uint8_t pin[CARRIER_PINS_MAX][HASH_LEN], size_t *n_pins)
{
    *n_pins = 0;
    if (!t->loaded)
        return false;
    const struct own_epoch *own = epoch_known_to(d, t);
    *id = (struct tls_identity){ own->tls_key, own->tls_cert };
    for (size_t e = t->x.theirs.n; e > 0 && *n_pins < CARRIER_PINS_MAX; e--) { /* this epoch's key; the one before, until its node has changed over */
        const struct card *card = &t->x.theirs.epoch[e - 1].card;
        if (card->has_tls)
            memcpy(pin[(*n_pins)++], card->tls, HASH_LEN);
        if (card->revokes.given)
            break;
    }
    return true;
}

enum parley_status parley_channel_sync(struct parley_desk *d, const char *peer, const struct parley_progress *progress, uint64_t *units_in, uint64_t *units_out,
                                       struct parley_error *err)
{
    struct talk *only = peer ? talk_named(d, peer, err) : NULL;
    struct node *n;
    *units_in = *units_out = 0;
    if (peer && !only)
        return PARLEY_ENOTFOUND;
    enum parley_status status = node_open_once(d, only, &n, err);
    bool wanted = true;
    while (!status && !node_settled(n) && wanted) {
        if (!(status = node_round(n, WAIT_MS, err)))
            node_moved(n, units_in, units_out);
        wanted = parley_tick(progress, (double)(*units_in + *units_out), 0, "units");
    }
    if (!status)
        status = node_round(n, 0, err); /* what relays signed for the last units */
    if (n && !status)
        node_moved(n, units_in, units_out);
    if (!status && !wanted)
        status = parley_fail(err, PARLEY_ECANCELLED, "interrupted; %llu units in and %llu out are done and kept, the rest goes with the next sync", (unsigned long long)*units_in,
                             (unsigned long long)*units_out);
    node_close(n);
    return status;
}

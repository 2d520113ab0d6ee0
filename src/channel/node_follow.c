/* What a node follows while it runs: by which carriers it goes, which certificate it shows, whose boxes it empties. */
#include "channel/node_internal.h"

#include <parley/time.h>
#include <stdlib.h>
#include <string.h>

enum { OLD_BOX_DAYS = 7, OLD_BOX_S = 10 };

static void take_boxes(struct node *n, const struct own_epoch *of, bool old, const uint8_t (*tag)[16], size_t n_tags)
{
    const struct own_epoch *own = &n->d->own[n->d->n_own - 1];
    for (int i = 0; i < of->card.n_carriers; i++) {
        const char *line = of->card.carrier[i];
        bool again = false;
        for (int k = 0; old && k < own->card.n_carriers; k++)
            again |= !strcmp(own->card.carrier[k], line);
        struct lane_config c = { .peer_name = "", .line = line, .order = i, .takes = true, .old = old, .id = { own->tls_key, own->tls_cert }, .tag = tag, .n_tags = n_tags };
        if (!again && carrier_kind(line, NULL) == CARRIER_RELAY)
            lanes_configure(n->lanes, &c);
    }
}

static void set_lanes(struct node *n)
{
    const struct own_epoch *own = &n->d->own[n->d->n_own - 1];
    uint8_t (*tags)[16] = calloc(2 * PARLEY_PEERS_MAX, sizeof *tags);
    size_t n_tags = 0;
    lanes_configure_begin(n->lanes);
    for (int i = 0; tags && i < n->d->n_talks; i++) {
        struct talk *t = n->d->talk[i];
        struct lane_config c = { .peer = t->id, .peer_name = t->name };
        uint8_t pin[CARRIER_PINS_MAX][HASH_LEN];
        if ((n->only && t != n->only) || !talk_identity(n->d, t, &c.id, pin, &c.n_pins))
            continue;
        c.tag = (const uint8_t(*)[16])(tags + n_tags);
        c.n_tags = talk_tags(n->d, t, tags + n_tags);
        n_tags += c.n_tags;
        c.pin = (const uint8_t(*)[HASH_LEN])pin;
        for (c.order = 0; c.order < t->n_carriers; c.order++) {
            enum carrier_kind kind = carrier_kind(c.line = t->carrier[c.order], NULL);
            c.puts = kind != CARRIER_NONE;
            c.takes = kind == CARRIER_FILE || kind == CARRIER_MAIL;
            if (c.puts)
                lanes_configure(n->lanes, &c);
        }
    }
    if (tags) /* our own boxes are named on our card, and on the one before */
        take_boxes(n, own, false, (const uint8_t(*)[16])tags, n_tags);
    if (tags && n->old_boxes)
        take_boxes(n, own - 1, true, (const uint8_t(*)[16])tags, n_tags);
    lanes_configure_end(n->lanes);
    free(tags);
}

/* The certificate of the newest epoch; peers that know only the one before hear of it by what we send. */
static enum parley_status serve(struct node *n, struct parley_error *err)
{
    const struct own_epoch *own = &n->d->own[n->d->n_own - 1];
    if (own == n->served)
        return PARLEY_OK;
    n->served = own;
    if (!n->listen)
        return PARLEY_OK;
    if (n->server) { /* whoever waits for a verdict on the old one is told to come again */
        arrivals_close(n->arrivals);
        server_stop(n->server);
        n->server = NULL;
        arrivals_open(n->arrivals);
    }
    enum parley_status status = server_start(n->listen, own->tls_key, own->tls_cert, node_head, node_on_unit, n, n->d, &n->server, err);
    if (!status)
        log_line(n->d, "event=listening at=%s peers=%d epoch=%u", n->listen, n->d->n_talks, own->card.epoch);
    return status;
}

/* After a rotation peers go on putting units into the boxes of the card before until they know the new one, and what they put there waits:
 * these boxes are asked until everybody knows and they are empty. A box that cannot be reached is given up a week after the rotation;
 * what nobody receipted comes by the new card. */
static bool want_old_boxes(struct node *n, bool all_know)
{
    const struct own_epoch *own = &n->d->own[n->d->n_own - 1];
    if (n->d->n_own < 2)
        return false;
    if (!all_know) {
        n->all_known = 0;
        return true;
    }
    if (!n->all_known)
        n->all_known = node_seconds();
    int64_t empty = n->old_boxes ? lanes_old_empty(n->lanes) : 0;
    bool emptied = n->old_boxes && empty / 1000000 > n->all_known + OLD_BOX_S, first = !n->served;
    return (first || n->old_boxes) && !emptied && n->d->now_us() - own->card.from_us < OLD_BOX_DAYS * PARLEY_US_PER_DAY;
}

enum parley_status node_follow_changes(struct node *n, struct parley_error *err)
{
    struct parley_desk *d = n->d;
    size_t epochs = 0;
    uint32_t known = 0;
    bool all_know = true;
    for (int i = 0; n->served && i < d->n_talks; i++)
        if (!d->talk[i]->loaded) /* the database is busy or the disk full: as it was, until the next round */
            return PARLEY_OK;
    for (int i = 0; i < d->n_talks; i++) {
        struct tls_identity id = { NULL, NULL };
        uint8_t pin[CARRIER_PINS_MAX][HASH_LEN];
        size_t pins;
        epochs += d->talk[i]->x.theirs.n;
        if (d->n_own > 1 && talk_identity(d, d->talk[i], &id, pin, &pins)) {
            for (int e = 0; e < d->n_own; e++)
                known += d->own[e].tls_key == id.key ? (uint32_t)e : 0;
            all_know &= id.key == d->own[d->n_own - 1].tls_key;
        }
    }
    bool old_boxes = want_old_boxes(n, all_know);
    if (n->lanes && n->served && n->changes == d->changes && n->epochs == epochs && n->known == known && n->old_boxes == old_boxes)
        return PARLEY_OK;
    n->old_boxes = old_boxes;
    if (n->served && n->peers != d->n_talks)
        log_line(d, "event=peers-changed peers=%d", d->n_talks);
    n->peers = d->n_talks;
    n->changes = d->changes;
    n->epochs = epochs;
    n->known = known;
    node_set_callers(n);
    set_lanes(n);
    return serve(n, err);
}

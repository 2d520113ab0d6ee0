/* Moving units once, without a node: every carrier of a peer in and out, on the caller's thread. */
#include "channel/bytes.h"
#include "channel/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 64 };

struct taking {
    struct parley_desk *d;
    uint64_t units;
    enum parley_status status; /* a failure of our own disk: stop at once */
    struct parley_error *err;
};

/* One unit that a carrier brought; true: it may be removed there. */
static bool take_unit(void *ctx, const uint8_t *unit, size_t len)
{
    struct taking *k = ctx;
    struct talk *t;
    uint8_t *content;
    size_t n;
    struct parley_error why = { 0 };
    char text[sizeof why.text];
    if (k->status)
        return false;
    enum parley_status status = talk_open_unit(k->d, unit, len, &t, &content, &n, &why);
    if (status) {
        log_line(k->d, "event=unit-refused bytes=%zu why=\"%s\"", len, log_text(why.text, text, sizeof text));
        return status == PARLEY_EVERIFY || status == PARLEY_EPARSE || status == PARLEY_ELIMIT;
    }
    struct input in = { .kind = IN_CONTENT, .content = content, .content_len = n };
    k->status = talk_steps(k->d, t, &in, 1, k->err);
    free(content);
    k->units += !k->status;
    return !k->status;
}

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
    for (int i = 0; i < d->n_own; i++)
        if (d->own[i].card.epoch == known)
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

static void prepare(struct parley_desk *d, struct talk *t, const char *line, struct carrier *c)
{
    memset(c, 0, sizeof *c);
    snprintf(c->line, sizeof c->line, "%s", line);
    (void)talk_identity(d, t, &c->id, c->pin, &c->n_pins);
}

/* FLASH by every carrier at once; the rest by the first that takes it. */
static uint64_t send_packets(struct parley_desk *d, struct talk *t)
{
    uint64_t sent = 0;
    struct carrier c[TALK_CARRIERS_MAX];
    int n = t->n_carriers;
    bool failed[TALK_CARRIERS_MAX] = { false }; /* for the rest of this turn */
    for (int i = 0; i < n; i++)
        prepare(d, t, t->carrier[i], &c[i]);
    for (struct packet *p; (p = talk_take(t)); free(p)) {
        bool went = false;
        for (int i = 0; i < n && (p->flash || !went); i++) {
            struct parley_error why = { 0 };
            char text[sizeof why.text];
            if (failed[i] || (p->only && !p->everywhere && (int)carrier_kind(t->carrier[i], NULL) != p->only))
                continue;
            enum parley_status status = carrier_put(&c[i], p->unit, p->len, &why);
            if (status)
                log_line(d, "peer=%s event=carrier-failed carrier=%.*s why=\"%s\"", t->name, (int)strcspn(t->carrier[i], " "), t->carrier[i], log_text(why.text, text, sizeof text));
            else
                went = true;
            if (c[i].note && (relay_deposit_keep(d, t, c[i].note, &why)))
                log_line(d, "peer=%s event=no-deposit-note why=\"%s\"", t->name, log_text(why.text, text, sizeof text));
            free(c[i].note);
            c[i].note = NULL;
            failed[i] = status && status != PARLEY_EPARSE;
        }
        sent += went;
        if (!went)
            log_line(d, "peer=%s event=not-sent bytes=%zu", t->name, p->len);
    }
    for (int i = 0; i < n; i++)
        carrier_close(&c[i]);
    return sent;
}

static enum parley_status take(struct parley_desk *d, struct talk *t, struct taking *k)
{
    uint8_t tag[2][16];
    size_t n = talk_tags(d, t, tag);
    const struct own_epoch *own = &d->own[d->n_own - 1];
    for (int i = 0; !k->status && i < t->n_carriers + own->card.n_carriers; i++) {
        bool ours = i >= t->n_carriers; /* our own boxes are named on our card; the peer's relay is for what we send */
        const char *line = ours ? own->card.carrier[i - t->n_carriers] : t->carrier[i];
        struct carrier c;
        struct parley_error why = { 0 };
        char text[sizeof why.text];
        if ((carrier_kind(line, NULL) == CARRIER_RELAY) != ours)
            continue;
        prepare(d, t, line, &c);
        if (carrier_take(&c, (const uint8_t(*)[16])tag, n, take_unit, k, &why))
            log_line(d, "peer=%s event=carrier-failed carrier=%.*s why=\"%s\"", t->name, (int)strcspn(line, " "), line, log_text(why.text, text, sizeof text));
        carrier_close(&c);
    }
    return k->status;
}

enum parley_status parley_channel_sync(struct parley_desk *d, const char *peer, uint64_t *units_in, uint64_t *units_out, struct parley_error *err)
{
    struct talk *only = peer ? talk_named(d, peer, err) : NULL;
    struct taking k = { .d = d, .err = err };
    *units_in = *units_out = 0;
    if (peer && !only)
        return PARLEY_ENOTFOUND;
    for (int i = 0; i < d->n_talks; i++) {
        struct talk *t = d->talk[i];
        if (only && t != only)
            continue;
        enum parley_status status = talk_again(d, t, err); /* whoever asks for a sync does not wait for a timer */
        if (status)
            return status;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            uint64_t before = k.units, out = send_packets(d, t);
            *units_out += out;
            if ((status = take(d, t, &k)))
                return status;
            if (k.units == before && !t->first)
                break;
        }
    }
    *units_in = k.units;
    return PARLEY_OK;
}

/* Moving units: every carrier of a peer in and out. */
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
    if (k->status)
        return false;
    enum parley_status status = talk_open_unit(k->d, unit, len, &t, &content, &n, &why);
    if (status) {
        log_line(k->d, "event=unit-refused bytes=%zu why=\"%s\"", len, why.text);
        return status == PARLEY_EVERIFY || status == PARLEY_EPARSE || status == PARLEY_ELIMIT;
    }
    struct input in = { .kind = IN_CONTENT, .content = content, .content_len = n };
    k->status = talk_steps(k->d, t, &in, 1, k->err);
    free(content);
    k->units += !k->status;
    return !k->status;
}

/* "file DIR", "mail OUT IN", "direct URL", "relay URL PIN TOKEN" split at blanks. */
struct words {
    char text[CARD_LINE_LEN], *word[4];
    int n;
};

static void split(const char *line, struct words *w)
{
    snprintf(w->text, sizeof w->text, "%s", line);
    w->n = 0;
    for (char *p = w->text; *p && w->n < 4;) {
        w->word[w->n++] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = 0;
    }
}

static enum parley_status put(struct parley_desk *d, struct talk *t, const char *line, const struct packet *p, struct parley_error *err)
{
    struct words w;
    const struct own_epoch *own = &d->own[d->n_own - 1];
    struct tls_identity id = { own->tls_key, own->tls_cert };
    split(line, &w);
    if (w.n >= 2 && !strcmp(w.word[0], "file"))
        return file_put(w.word[1], p->unit, p->len, err);
    if (w.n >= 2 && !strcmp(w.word[0], "mail"))
        return mail_put(w.word[1], p->unit, p->len, err);
    if (w.n >= 2 && !strcmp(w.word[0], "direct"))
        return direct_put(&id, w.word[1], t->x.theirs.epoch[t->x.theirs.n - 1].card.tls, p->unit, p->len, err);
    if (w.n >= 2 && !strcmp(w.word[0], "relay"))
        return relay_put(&id, line, p->unit, p->len, err);
    return parley_fail(err, PARLEY_EINVAL, "no such carrier: %.40s", line);
}

/* FLASH by every carrier at once; the rest by the first that takes it. */
static uint64_t send_packets(struct parley_desk *d, struct talk *t)
{
    uint64_t sent = 0;
    for (struct packet *p; (p = talk_take(t)); free(p)) {
        bool went = false;
        for (int i = 0; i < t->n_carriers && (p->flash || !went); i++) {
            struct parley_error why = { 0 };
            if (put(d, t, t->carrier[i], p, &why))
                log_line(d, "peer=%s event=carrier-failed carrier=%.*s why=\"%s\"", t->name, (int)strcspn(t->carrier[i], " "), t->carrier[i], why.text);
            else
                went = true;
        }
        sent += went;
        if (!went)
            log_line(d, "peer=%s event=not-sent bytes=%zu", t->name, p->len);
    }
    return sent;
}

static enum parley_status take(struct parley_desk *d, struct talk *t, struct taking *k)
{
    uint8_t tag[2][16];
    size_t n = talk_tags(d, t, tag);
    const struct own_epoch *own = &d->own[d->n_own - 1];
    struct tls_identity id = { own->tls_key, own->tls_cert };
    for (int i = 0; !k->status && i < t->n_carriers; i++) {
        struct words w;
        struct parley_error why = { 0 };
        enum parley_status status = PARLEY_OK;
        split(t->carrier[i], &w);
        if (w.n >= 2 && !strcmp(w.word[0], "file"))
            status = file_take(w.word[1], (const uint8_t(*)[16])tag, n, take_unit, k, &why);
        else if (w.n >= 3 && !strcmp(w.word[0], "mail"))
            status = mail_take(w.word[2], take_unit, k, &why);
        if (status)
            log_line(d, "peer=%s event=carrier-failed carrier=%s why=\"%s\"", t->name, w.word[0], why.text);
    }
    for (int i = 0; !k->status && i < own->card.n_carriers; i++) /* our own boxes are named on our card */
        for (size_t j = 0; !strncmp(own->card.carrier[i], "relay ", 6) && j < n; j++) {
            struct parley_error why = { 0 };
            if (relay_take(&id, own->card.carrier[i], tag[j], take_unit, k, &why))
                log_line(d, "peer=%s event=carrier-failed carrier=relay why=\"%s\"", t->name, why.text);
        }
    return k->status;
}

enum parley_status talk_carry(struct parley_desk *d, struct talk *t, bool poll, struct parley_error *err)
{
    struct taking k = { .d = d, .err = err };
    send_packets(d, t);
    if (!poll)
        return PARLEY_OK;
    enum parley_status status = take(d, t, &k);
    if (!status)
        send_packets(d, t);
    return status;
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
        enum parley_status status = talk_ready(d, t, err);
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

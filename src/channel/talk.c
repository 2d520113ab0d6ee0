/* A desk's talks: the exchange of each peer driven over the database. One transaction a batch of inputs; what is to be sent is
 * read back and sealed only after the commit. */
#include "channel/desk.h"
#include "channel/loading.h"
#include "channel/mark.h"
#include "channel/talk_pack.h"
#include "channel/talk_store.h"

#include <stdlib.h>
#include <string.h>

void talk_free(struct talk *t)
{
    if (!t)
        return;
    talk_unload(t);
    for (struct packet *p; (p = talk_take(t));)
        free(p);
    free(t->checkpoints.to_cosign);
    free(t);
}

struct packet *talk_take(struct talk *t)
{
    struct packet *p = t->first;
    if (p && !(t->first = p->next))
        t->last = NULL;
    return p;
}

struct talk *talk_named(struct parley_desk *d, const char *name, struct parley_error *err)
{
    const char *nearest = NULL;
    size_t best = 4;
    for (int i = 0; i < d->n_talks; i++) {
        size_t distance = parley_edit_distance(name, d->talk[i]->name);
        if (!distance)
            return d->talk[i];
        if (distance < best)
            best = distance, nearest = d->talk[i]->name;
    }
    parley_fail(err, PARLEY_ENOTFOUND, "no peer '%.64s' is enrolled%s%s%s", name, nearest ? "; did you mean '" : "; 'parley channel status' lists the peers", nearest ? nearest : "", nearest ? "'?" : "");
    return NULL;
}

/* --- stepping ------------------------------------------------------------------------------- */

static void mark_write(struct parley_desk *d, struct talk *t)
{
    char path[MARK_PATH_MAX];
    uint32_t epoch;
    uint64_t seq;
    uint8_t hash[HASH_LEN];
    exchange_head(&t->x.ours, &epoch, &seq, hash);
    if (!t->x.fenced && !mark_put(t->x.pair, t->x.self, epoch, seq, path))
        log_line(d, "event=mark-not-written peer=%s path=%s", t->name, path);
}

static enum parley_status step_and_store(struct parley_desk *d, struct talk *t, const struct input *in, struct outputs *o, struct parley_error *err)
{
    int64_t now = d->now_us();
    size_t before = o->n;
    enum parley_status status = exchange_step(&t->x, in, now, o, err);
    for (size_t i = before; !status && i < o->n; i++)
        status = talk_store(d, t, &o->out[i], now, err);
    return status;
}

enum parley_status talk_steps(struct parley_desk *d, struct talk *t, const struct input *inputs, size_t n, struct parley_error *err)
{
    struct outputs o = { 0 };
    enum parley_status status = db_exec(d, "BEGIN IMMEDIATE", err);
    if (status)
        return status;
    status = desk_refresh(d, err);
    if (!status && t->loaded && t->stale) {
        struct input more = { .kind = IN_CAUGHT_UP };
        if (talk_catch_up(d, t))
            status = step_and_store(d, t, &more, &o, err);
        else
            talk_unload(t);
    }
    if (!status && !t->loaded) {
        struct input start = { .kind = IN_START };
        if (!(status = talk_load(d, t, err))) {
            start.restored = !mark_get(t->x.pair, t->x.self, &start.mark_epoch, &start.mark_seq); /* enrolment made a mark: without it, a copy */
            status = step_and_store(d, t, &start, &o, err);
        }
    }
    for (size_t i = 0; !status && i < n; i++)
        status = step_and_store(d, t, &inputs[i], &o, err);
    if (!status)
        status = db_exec(d, "COMMIT", err);
    if (status) {
        sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
        talk_unload(t); /* memory may be ahead of the disk: it is thrown away */
        d->data_version = -1;
        memset(t->checkpoints.of, 0, sizeof t->checkpoints.of);
        t->attachments.due_us = 0;
        outputs_release(&o);
        return status;
    }
    mark_write(d, t);
    for (size_t i = 0; i < o.n; i++)
        if (o.out[i].kind == OUT_EVENT)
            log_line(d, "peer=%s %s", t->name, o.out[i].text);
    talk_pack(d, t, &o);
    outputs_release(&o);
    return PARLEY_OK;
}

enum parley_status talk_ready(struct parley_desk *d, struct talk *t, struct parley_error *err)
{
    return t->loaded && !t->stale && desk_data_version(d) == d->data_version ? PARLEY_OK : talk_steps(d, t, NULL, 0, err);
}

enum parley_status talk_again(struct parley_desk *d, struct talk *t, struct parley_error *err)
{
    struct input in = { .kind = IN_TICK };
    enum parley_status status = talk_ready(d, t, err);
    if (status || t->x.retry_at_us == INT64_MAX)
        return status;
    t->x.retry_at_us = 0;
    t->x.retry_s = t->x.want_s = RETRY_FIRST_S;
    return talk_steps(d, t, &in, 1, err);
}

/* --- units ---------------------------------------------------------------------------------- */

size_t talk_tags(struct parley_desk *d, struct talk *t, uint8_t tag[2][16])
{
    size_t n = 0;
    for (int i = d->n_own - 1; i >= 0 && n < 2; i--) {
        uint8_t key[KEY_LEN];
        if (!direction_load(d, t->id, true, d->own[i].card.epoch, key, NULL))
            mailbox_tag(key, tag[n++]);
        wipe(key, sizeof key);
    }
    return n;
}

enum parley_status talk_open_unit(struct parley_desk *d, const uint8_t *unit, size_t len, struct talk **out, uint8_t **content, size_t *content_len, struct parley_error *err)
{
    uint8_t tag[16], mine[16];
    uint32_t epoch;
    enum parley_status status = unit_header(unit, len, tag, &epoch, err);
    if (status)
        return status;
    const struct own_epoch *own = NULL;
    for (int i = 0; i < d->n_own; i++)
        if (d->own[i].card.epoch == epoch)
            own = &d->own[i];
    for (int i = 0; own && i < d->n_talks; i++) {
        struct talk *t = d->talk[i];
        struct unit_keys k = { .epoch = epoch };
        if (direction_load(d, t->id, true, epoch, k.psk, NULL))
            continue;
        mailbox_tag(k.psk, mine);
        if (!same_bytes(mine, tag, 16))
            continue;
        if ((status = talk_ready(d, t, err)))
            return status;
        memcpy(k.pair, t->x.pair, HASH_LEN);
        memcpy(k.sender, t->x.peer, HASH_LEN);
        memcpy(k.recipient, t->x.self, HASH_LEN);
        *out = t;
        return unit_open(&k, own->sealing, unit, len, content, content_len, err);
    }
    return parley_fail(err, PARLEY_ENOTFOUND, "a unit for nobody here");
}

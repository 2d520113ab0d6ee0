/* Two parties over a bad network, a bad disk and bad clocks. Everything follows from one seed; invariants are checked
 * after each step; a failing seed prints the command that replays it.
 *
 *   test-channel-simulator                     what CI runs: 150 seeds with real keys, the same and more with ideal ones
 *   test-channel-simulator SEED [real]         one seed, with its events
 *   test-channel-simulator FIRST COUNT [real]  many (make soak), with ideal keys (ideal_crypto.h) or real ones */
#include "channel/bytes.h"
#include "channel/exchange.h"
#include "ideal_crypto.h"
#include "tap.h"

#include <inttypes.h>
#include <parley/rng.h>
#include <parley/time.h>

enum { STEPS = 220, PARTIES = 2, FLIGHT_MAX = 4096, RECORDS_MAX = 4096, EPOCH_KEYS_MAX = 24, CI_SEEDS = 150, CI_IDEAL_SEEDS = 1000, PROGRESS = 10000 };

#define READ_RECEIPT "{\"receipt\":\"read\",\"n\":"

enum record_kind { R_OURS, R_THEIRS, R_CARD_OURS, R_CARD_THEIRS, R_ACK, R_COVER };

struct record { /* one row as the desk would write it */
    enum record_kind kind;
    uint8_t bytes[PARLEY_STATEMENT_LEN], salt[SALT_LEN];
    bool rotten; /* a bit of it changed: its signature must be looked at again */
    char *body; /* shared, never freed until the end of the seed */
    size_t body_len;
    uint32_t epoch, by_epoch;
    uint64_t seq, to, by_seq;
};

struct disk {
    struct record *row;
    size_t n;
};

struct party {
    uint8_t root_pk[32], root_sk[64];
    struct { uint8_t pk[32], sk[64]; struct card card; char *note; size_t note_len; } key[EPOCH_KEYS_MAX];
    int n_keys;             /* epochs that exist */
    struct disk disk, backup; /* committed rows */
    bool has_backup, alive, restored;
    uint32_t mark_epoch;
    uint64_t mark_seq;
    struct exchange x;
    int64_t clock_us;       /* offset */
    int64_t fenced_since, ticked;
};

struct flight {
    int to;
    int64_t at;
    uint8_t *content;
    size_t len;
};

struct world {
    uint64_t seed;
    struct parley_rng rng;
    struct parley_arena arena;
    struct party party[PARTIES];
    struct flight flight[FLIGHT_MAX];
    int n_flights;
    int64_t now;
    bool partition, healing, verbose;
    uint32_t restore_per_mille; /* of events: one world in four lives from copies */
    uint8_t psk[2][32]; /* direction to party i */
    uint8_t seal_pk[2][32], seal_sk[2][32];
    const char *broken; /* the invariant */
    char why[100];
    struct { uint32_t epoch; uint64_t seq; uint8_t hash[32]; } *sent[PARTIES];
    size_t n_sent[PARTIES], cap_sent[PARTIES];
    long said, delivered, kills, restores, rots, recoveries, failed_commits;
    uint64_t course; /* a digest of all that was stored and sent, but for the bytes that depend on keys */
};

struct totals {
    long said, delivered, kills, restores, rots, recoveries, failed_commits;
    uint64_t course;
};

static uint32_t pick(struct world *w, uint32_t below) { return (uint32_t)parley_rng_below(&w->rng, below); }
static bool chance(struct world *w, uint32_t per_mille) { return pick(w, 1000) < per_mille; }

static void mix(struct world *w, uint64_t v)
{
    w->course = (w->course ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    w->course ^= w->course >> 29;
}

static void fail(struct world *w, const char *what)
{
    if (!w->broken)
        w->broken = what;
}

static void make_key(struct world *w, int who, const struct card_mark *recovers)
{
    struct party *p = &w->party[who];
    int k = p->n_keys;
    uint8_t seed[32];
    for (int i = 0; i < 32; i++)
        seed[i] = (uint8_t)pick(w, 256);
    sign_keypair_from_seed(seed, p->key[k].pk, p->key[k].sk);
    struct card c = { .n_roots = 1, .threshold = 1, .epoch = (uint32_t)k + 1, .from_us = 0, .until_us = PARLEY_US_PER_DAY * 300 };
    snprintf(c.name, sizeof c.name, "P%d", who);
    memcpy(c.root[0], p->root_pk, 32);
    memcpy(c.signing, p->key[k].pk, 32);
    memcpy(c.sealing, w->seal_pk[who], 32);
    if (k) {
        c.has_previous = true;
        memcpy(c.previous, p->key[k - 1].card.text_hash, 32);
    }
    if (recovers)
        c.recovers = *recovers;
    struct parley_text text, note;
    parley_text_init(&text, CARD_MAX);
    parley_text_init(&note, CARD_MAX);
    if (card_text(&c, &text, NULL))
        abort();
    parley_text_addf(&note, "%s\n", text.data);
    note_sign(text.data, text.len, c.name, p->root_pk, p->root_sk, &note);
    p->key[k].note = parley_arena_copy(&w->arena, note.data, note.len);
    p->key[k].note_len = note.len;
    if (card_parse(p->key[k].note, note.len, &p->key[k].card, NULL))
        abort();
    p->n_keys++;
    parley_text_release(&text);
    parley_text_release(&note);
}

static void push(struct world *w, struct disk *d, const struct record *r)
{
    if (d->n == RECORDS_MAX)
        fail(w, "the simulated disk is too small");
    else
        d->row[d->n++] = *r;
}

/* --- a party's desk ------------------------------------------------------------------------- */

static struct record *find_row(struct disk *d, enum record_kind kind, uint32_t epoch, uint64_t seq)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->row[i].kind == kind && d->row[i].epoch == epoch && d->row[i].seq == seq)
            return &d->row[i];
    return NULL;
}

/* Rows that rotted are noticed by their signature and left out; ours end there. */
static bool sound(const struct party *author, const struct record *r)
{
    struct parley_statement s;
    return !r->rotten || (!parley_statement_decode(r->bytes, &s, NULL) && s.epoch <= (uint32_t)author->n_keys &&
           card_signed(&author->key[s.epoch - 1].card, r->bytes));
}

static void drop_rotten(struct world *w, int who)
{
    struct disk *d = &w->party[who].disk;
    size_t kept = 0;
    uint32_t bad_epoch = 0;
    uint64_t bad_seq = 0;
    for (size_t i = 0; i < d->n; i++) {
        struct record *r = &d->row[i];
        if (r->kind == R_OURS && !bad_epoch && !sound(&w->party[who], r))
            bad_epoch = r->epoch, bad_seq = r->seq;
    }
    for (size_t i = 0; i < d->n; i++) {
        struct record *r = &d->row[i];
        bool drop = (r->kind == R_OURS && bad_epoch && r->epoch == bad_epoch && r->seq >= bad_seq) ||
                    (r->kind == R_THEIRS && !sound(&w->party[!who], r)) ||
                    (r->kind == R_ACK && bad_epoch && r->epoch == bad_epoch && r->to >= bad_seq) ||
                    (r->kind == R_COVER && bad_epoch && r->by_epoch == bad_epoch && r->by_seq >= bad_seq);
        if (!drop)
            d->row[kept++] = *r;
    }
    d->n = kept;
}

static void run(struct world *w, int who, const struct input *in);

static int by_number(const void *a, const void *b)
{
    const struct record *const *x = a, *const *y = b;
    return (*x)->epoch != (*y)->epoch ? ((*x)->epoch > (*y)->epoch) - ((*x)->epoch < (*y)->epoch) : ((*x)->seq > (*y)->seq) - ((*x)->seq < (*y)->seq);
}

static void load(struct world *w, int who)
{
    struct party *p = &w->party[who];
    struct disk *d = &p->disk;
    drop_rotten(w, who);
    uint8_t salt_key[32] = { (uint8_t)who };
    static struct record *order[RECORDS_MAX];
    if (exchange_open(&p->x, &p->key[0].card, &w->party[!who].key[0].card, salt_key, NULL))
        abort();
    int last = 0;
    for (uint32_t e = 2; e <= EPOCH_KEYS_MAX; e++) {
        if (find_row(d, R_CARD_OURS, e, 0)) {
            if (exchange_load_card(&p->x, true, &p->key[e - 1].card, NULL))
                fail(w, "a stored own card does not load");
            last = (int)e - 1;
        }
        if (find_row(d, R_CARD_THEIRS, e, 0) && exchange_load_card(&p->x, false, &w->party[!who].key[e - 1].card, NULL))
            fail(w, "a stored card of the peer does not load");
    }
    exchange_set_secret(&p->x, p->key[last].sk);
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        if (d->row[i].kind == R_OURS || d->row[i].kind == R_THEIRS)
            order[n++] = &d->row[i];
    qsort(order, n, sizeof *order, by_number);
    for (size_t i = 0; i < n; i++) {
        struct record *r = order[i], *cover = NULL;
        bool acked = false;
        for (size_t k = 0; k < d->n; k++) {
            if (r->kind == R_OURS && d->row[k].kind == R_ACK && d->row[k].epoch == r->epoch && r->seq >= d->row[k].seq && r->seq <= d->row[k].to)
                acked = true;
            if (r->kind == R_THEIRS && d->row[k].kind == R_COVER && d->row[k].epoch == r->epoch && r->seq >= d->row[k].seq && r->seq <= d->row[k].to)
                cover = &d->row[k];
        }
        struct parley_error err = { 0 };
        if (exchange_load_statement(&p->x, r->kind == R_OURS, r->bytes, acked, cover ? cover->by_epoch : 0, cover ? cover->by_seq : 0, &err)) {
            if (w->verbose)
                printf("# %s\n", err.text);
            fail(w, "what was stored does not load");
        }
    }
    p->alive = true;
    struct input in = { .kind = IN_START, .mark_epoch = p->mark_epoch, .mark_seq = p->mark_seq, .restored = p->restored };
    run(w, who, &in);
}

static void stop(struct world *w, int who)
{
    if (w->party[who].alive)
        exchange_close(&w->party[who].x);
    w->party[who].alive = false;
    w->party[who].fenced_since = 0;
}

/* Everything that leaves a desk is remembered: two different statements of one number are an equivocation. */
static void note_sent(struct world *w, int who, const struct record *r)
{
    uint8_t hash[32];
    parley_statement_hash(r->bytes, hash);
    for (size_t i = 0; i < w->n_sent[who]; i++)
        if (w->sent[who][i].epoch == r->epoch && w->sent[who][i].seq == r->seq) {
            if (memcmp(w->sent[who][i].hash, hash, 32))
                fail(w, "own equivocation: two statements of one number left the desk");
            return;
        }
    if (w->n_sent[who] == w->cap_sent[who]) {
        w->cap_sent[who] = w->cap_sent[who] ? 2 * w->cap_sent[who] : 256;
        w->sent[who] = realloc(w->sent[who], w->cap_sent[who] * sizeof *w->sent[who]);
    }
    size_t i = w->n_sent[who]++;
    w->sent[who][i].epoch = r->epoch, w->sent[who][i].seq = r->seq;
    memcpy(w->sent[who][i].hash, hash, 32);
}

static void fly(struct world *w, int to, const struct parley_text *content)
{
    int copies = w->healing ? 1 : chance(w, 200) ? 0 : chance(w, 100) ? 2 : 1;
    for (; copies > 0 && w->n_flights < FLIGHT_MAX; copies--) {
        struct flight *f = &w->flight[w->n_flights++];
        f->to = to;
        f->at = w->now + (w->healing ? 1000 : (int64_t)pick(w, 20000) * 1000);
        f->content = (uint8_t *)parley_arena_copy(&w->arena, content->data ? content->data : "", content->len);
        f->len = content->len;
    }
}

/* Pack the SEND outputs into contents; some seeds seal them and corrupt the sealed bytes. */
static void send_all(struct world *w, int who, const struct outputs *o)
{
    struct party *p = &w->party[who];
    struct parley_text content;
    parley_text_init(&content, UNIT_PLAIN_MAX);
    for (size_t i = 0; i < o->n; i++) {
        const struct output *out = &o->out[i];
        struct record *r = NULL;
        if (out->kind == OUT_EVENT)
            continue; /* a flipped character of base64 may or may not be worth a line: that must not move the dice */
        if (out->kind == OUT_SEND_OURS || out->kind == OUT_SEND_THEIRS)
            r = find_row(&p->disk, out->kind == OUT_SEND_OURS ? R_OURS : R_THEIRS, out->epoch, out->seq);
        if (w->verbose && w->healing && out->kind > OUT_STORE_PROOF)
            printf("# %9" PRId64 " P%d sends kind %d item %d epoch %u seq %" PRIu64 "%s\n", w->now / 1000, who, (int)out->kind, out->item, out->epoch, out->seq, r ? "" : " (not stored)");
        if (r) {
            const struct part parts[] = { { r->bytes, PARLEY_STATEMENT_LEN }, { r->salt, SALT_LEN }, { r->body, r->body_len } };
            item_add(&content, ITEM_STATEMENT, parts, 3);
            if (out->kind == OUT_SEND_OURS)
                note_sent(w, who, r);
        } else if (out->kind == OUT_SEND_ITEM) {
            item_add(&content, (enum item_type)out->item, &(struct part){ out->body, out->body_len }, 1);
        } else if (out->kind == OUT_SEND_CARDS) {
            for (uint32_t e = out->epoch; e <= p->x.ours.epoch[p->x.ours.n - 1].card.epoch; e++)
                item_add(&content, ITEM_CARD, &(struct part){ p->key[e - 1].note, p->key[e - 1].note_len }, 1);
        }
        if (content.len > 8000 || (content.len && chance(w, 100))) {
            fly(w, !who, &content);
            parley_text_clear(&content);
        }
    }
    if (content.len)
        fly(w, !who, &content);
    parley_text_release(&content);
}

static bool as_record(struct world *w, const struct output *out, struct record *r)
{
    memset(r, 0, sizeof *r);
    r->epoch = out->epoch, r->seq = out->seq, r->to = out->to, r->by_epoch = out->by_epoch, r->by_seq = out->by_seq;
    switch (out->kind) {
    case OUT_STORE_OURS:
    case OUT_STORE_THEIRS:
        r->kind = out->kind == OUT_STORE_OURS ? R_OURS : R_THEIRS;
        r->epoch = out->statement.epoch, r->seq = out->statement.seq;
        memcpy(r->bytes, out->bytes, PARLEY_STATEMENT_LEN);
        memcpy(r->salt, out->salt, SALT_LEN);
        r->body = parley_arena_copy(&w->arena, out->body, out->body_len);
        r->body_len = out->body_len;
        return true;
    case OUT_STORE_CARD: r->kind = R_CARD_THEIRS; return true;
    case OUT_STORE_ACK: r->kind = R_ACK; return true;
    case OUT_STORE_COVER: r->kind = R_COVER; return true;
    default: return false;
    }
}

/* One step of a desk: commit what is stored, then send; the power may go at each point. */
static void run(struct world *w, int who, const struct input *in)
{
    struct party *p = &w->party[who];
    struct outputs o = { 0 };
    struct parley_error err = { 0 };
    if (exchange_step(&p->x, in, w->now + p->clock_us, &o, &err)) {
        if (in->kind != IN_SEND || !p->x.fenced)
            fail(w, "a step failed");
        outputs_release(&o);
        return;
    }
    mix(w, (uint64_t)in->kind << 32 | (uint64_t)who);
    for (size_t i = 0; i < o.n; i++) {
        if (o.out[i].kind == OUT_EVENT)
            continue;
        mix(w, (uint64_t)o.out[i].kind << 32 | o.out[i].epoch);
        mix(w, o.out[i].seq << 32 ^ o.out[i].to << 16 ^ o.out[i].by_seq);
        mix(w, (uint64_t)o.out[i].statement.time_us);
    }
    bool lost = !w->healing && chance(w, 15); /* full disk, fsync error or power cut at the commit */
    size_t before = p->disk.n;
    struct record r;
    if (in->kind == IN_OWN_CARD && !lost) {
        r = (struct record){ .kind = R_CARD_OURS, .epoch = in->card->epoch };
        push(w, &p->disk, &r);
    }
    for (size_t i = 0; i < o.n && !lost; i++) {
        if (w->verbose && o.out[i].kind == OUT_EVENT)
            printf("# %9" PRId64 " P%d %s\n", w->now / 1000, who, o.out[i].text);
        if (o.out[i].kind == OUT_EVENT && (strstr(o.out[i].text, "own-number-twice") || strstr(o.out[i].text, "event=equivocation") || strstr(o.out[i].text, "two-key")))
            fail(w, "an honest pair saw an equivocation");
        if (!as_record(w, &o.out[i], &r))
            continue;
        if ((r.kind == R_OURS || r.kind == R_THEIRS) && find_row(&p->disk, r.kind, r.epoch, r.seq))
            fail(w, "a statement was stored twice (a duplicate was shown)");
        w->delivered += r.kind == R_THEIRS;
        push(w, &p->disk, &r);
    }
    if (lost) {
        w->failed_commits++;
        p->disk.n = before;
        if (in->kind == IN_OWN_CARD)
            p->n_keys = (int)in->card->epoch - 1; /* nobody ever saw that key statement */
        outputs_release(&o);
        stop(w, who);
        return;
    }
    uint32_t epoch;
    uint64_t seq;
    uint8_t hash[32];
    exchange_head(&p->x.ours, &epoch, &seq, hash);
    if (seq && (epoch > p->mark_epoch || (epoch == p->mark_epoch && seq > p->mark_seq)))
        p->mark_epoch = epoch, p->mark_seq = seq;
    if (!p->x.fenced)
        p->restored = false;
    if (w->healing || !chance(w, 15)) /* else killed between commit and carrier */
        send_all(w, who, &o);
    else
        stop(w, who);
    outputs_release(&o);
}

/* --- events --------------------------------------------------------------------------------- */

static void deliver(struct world *w, int i)
{
    struct flight f = w->flight[i];
    w->flight[i] = w->flight[--w->n_flights];
    if (w->partition || !w->party[f.to].alive)
        return;
    uint8_t *content = f.content, *opened = NULL;
    size_t len = f.len;
    if (!w->healing && chance(w, 60)) { /* over a real unit, with a flipped bit half of the time */
        struct unit_keys k = { .epoch = 1 };
        uint8_t *unit;
        size_t unit_len;
        memcpy(k.psk, w->psk[f.to], 32);
        if (unit_seal(&k, w->seal_pk[f.to], f.content, f.len, &unit, &unit_len, NULL))
            abort();
        bool flip = chance(w, 500);
        if (flip)
            unit[pick(w, (uint32_t)unit_len)] ^= (uint8_t)(1 << pick(w, 8));
        bool ok = !unit_open(&k, w->seal_sk[f.to], unit, unit_len, &opened, &len, NULL);
        if (ok == flip)
            fail(w, "a corrupt unit opened, or a good one did not");
        free(unit);
        if (!ok)
            return;
        content = opened;
    } else if (!w->healing && chance(w, 30) && len > 0) { /* an insider's garbage: framing survives or not */
        content[pick(w, (uint32_t)len)] ^= (uint8_t)(1 << pick(w, 8));
        if (content_check(content, len, NULL))
            return;
    }
    struct input in = { .kind = IN_CONTENT, .content = content, .content_len = len };
    run(w, f.to, &in);
    free(opened);
}

static void deliver_due(struct world *w)
{
    for (int guard = 0; guard < 400; guard++) {
        int best = -1;
        for (int i = 0; i < w->n_flights; i++)
            if (w->flight[i].at <= w->now && (best < 0 || w->flight[i].at < w->flight[best].at))
                best = i;
        if (best < 0)
            return;
        deliver(w, best);
    }
}

static void tick_due(struct world *w)
{
    for (int who = 0; who < PARTIES; who++)
        if (w->party[who].alive && (exchange_due(&w->party[who].x) <= w->now + w->party[who].clock_us ||
                                      w->now - w->party[who].ticked > RETRY_LAST_S * INT64_C(1000000))) {
            w->party[who].ticked = w->now;
            run(w, who, &(struct input){ .kind = IN_TICK });
        }
}

static void speak(struct world *w, int who)
{
    char body[80];
    snprintf(body, sizeof body, "{\"n\":%ld}", ++w->said);
    struct draft d = { .type = PARLEY_TYPE_COMMS_CHECK, .precedence = (uint8_t)(1 + pick(w, 4)), .tlp = 1, .body = body, .body_len = strlen(body) };
    const struct author_log *theirs = &w->party[who].x.theirs;
    const struct epoch_log *last = &theirs->epoch[theirs->n - 1];
    if (last->top && chance(w, 200)) { /* a person read the last of theirs */
        d.type = PARLEY_TYPE_RECEIPT;
        memcpy(d.reply_to, last->slot[last->top - 1].hash, HASH_LEN);
        snprintf(body, sizeof body, READ_RECEIPT "%ld}", w->said);
        d.body_len = strlen(body);
    }
    run(w, who, &(struct input){ .kind = IN_SEND, .draft = &d });
}

static void new_epoch(struct world *w, int who, bool recovery)
{
    struct party *p = &w->party[who];
    /* the root key knows how many key statements it signed, whatever the desk's copy says */
    if (p->n_keys == EPOCH_KEYS_MAX || (!recovery && p->x.fenced))
        return;
    struct card_mark mark = { .given = recovery };
    uint32_t epoch;
    exchange_head(&p->x.ours, &epoch, &mark.seq, mark.hash);
    while (p->x.ours.epoch[p->x.ours.n - 1].card.epoch < (uint32_t)p->n_keys) { /* key statements that the copy forgot */
        struct record r = { .kind = R_CARD_OURS, .epoch = p->x.ours.epoch[p->x.ours.n - 1].card.epoch + 1 };
        if (exchange_load_card(&p->x, true, &p->key[r.epoch - 1].card, NULL))
            return;
        push(w, &p->disk, &r);
    }
    make_key(w, who, recovery ? &mark : NULL);
    struct input in = { .kind = IN_OWN_CARD, .card = &p->key[p->n_keys - 1].card, .note = p->key[p->n_keys - 1].note, .secret = p->key[p->n_keys - 1].sk };
    w->recoveries += recovery;
    run(w, who, &in);
}

static void copy_disk(struct disk *to, const struct disk *from)
{
    memcpy(to->row, from->row, from->n * sizeof *from->row);
    to->n = from->n;
}

static void restore(struct world *w, int who)
{
    struct party *p = &w->party[who];
    stop(w, who);
    copy_disk(&p->disk, &p->backup);
    w->restores++;
    if (chance(w, 300)) { /* on a new machine: the mark is gone, too; only the root may go on */
        p->mark_epoch = 0, p->mark_seq = 0;
        p->restored = true;
    }
}

static void random_event(struct world *w)
{
    int who = (int)pick(w, PARTIES);
    struct party *p = &w->party[who];
    uint32_t e = pick(w, 1000);
    w->now += (int64_t)pick(w, 3000) * 1000;
    if (!p->alive) {
        if (e < 400)
            load(w, who);
    } else if (e < 450) {
        speak(w, who);
    } else if (e < 500) {
        w->kills++;
        stop(w, who);
    } else if (e < 530) {
        copy_disk(&p->backup, &p->disk);
        p->has_backup = true;
    } else if (e >= 1000 - w->restore_per_mille && p->has_backup) {
        restore(w, who);
    } else if (e < 545 && p->disk.n) {
        struct record *r = &p->disk.row[pick(w, (uint32_t)p->disk.n)];
        if (r->kind == R_OURS || r->kind == R_THEIRS) {
            w->rots++;
            r->rotten = true;
            stop(w, who);
            r->bytes[pick(w, PARLEY_STATEMENT_LEN)] ^= (uint8_t)(1 << pick(w, 8));
        }
    } else if (e < 560) {
        new_epoch(w, who, false);
    } else if (e < 585) {
        p->clock_us = ((int64_t)pick(w, 2000000) - 1000000) * 1000000; /* days off */
        if (p->clock_us + w->now < 0)
            p->clock_us = 0;
    } else if (e < 615) {
        w->partition = !w->partition;
    }
    deliver_due(w);
    tick_due(w);
}

/* A desk fenced for a long time, or whose copy lost keys or its mark, is recovered with the root key. */
static void recover_fenced(struct world *w)
{
    for (int who = 0; who < PARTIES; who++) {
        struct party *p = &w->party[who];
        if (!p->alive || !p->x.fenced) {
            p->fenced_since = 0;
        } else if (p->restored) {
            new_epoch(w, who, true);
        } else if (!p->fenced_since) {
            p->fenced_since = w->now;
        } else if (w->now - p->fenced_since > 600 * INT64_C(1000000)) {
            new_epoch(w, who, true);
            p->fenced_since = 0;
        }
    }
}

static bool same_record(struct world *w)
{
    for (int who = 0; who < PARTIES; who++) {
        struct exchange *a = &w->party[who].x, *b = &w->party[!who].x;
        for (size_t i = 0; i < a->ours.n; i++) {
            const struct epoch_log *mine = &a->ours.epoch[i], *his = exchange_epoch(&b->theirs, mine->card.epoch);
            uint64_t top = his ? his->top : 0;
            for (uint64_t s = 1; s <= mine->top && s <= top; s++)
                if (!is_zero(his->slot[s - 1].hash, 32) && memcmp(mine->slot[s - 1].hash, his->slot[s - 1].hash, 32)) {
                    fail(w, "the two records differ");
                    return false;
                }
            for (uint64_t s = mine->unacked_from; s <= mine->top; s++)
                if (mine->slot[s - 1].kind != PARLEY_KIND_RECEIPT && !mine->slot[s - 1].acked) {
                    snprintf(w->why, sizeof w->why, "P%d epoch %u seq %" PRIu64 " not acked", who, mine->card.epoch, s);
                    return false;
                }
            for (uint64_t s = 1; s <= mine->top; s++)
                if (mine->slot[s - 1].acked && (s > top || is_zero(his->slot[s - 1].hash, 32))) {
                    snprintf(w->why, sizeof w->why, "P%d epoch %u seq %" PRIu64 " acked but not there", who, mine->card.epoch, s);
                    return false;
                }
        }
    }
    return true;
}

/* A receipt of a person gets no receipt; it must arrive all the same. */
static bool read_receipts_arrived(struct world *w)
{
    for (int who = 0; who < PARTIES; who++) {
        const struct party *p = &w->party[who];
        for (size_t i = 0; i < p->disk.n; i++) {
            const struct record *r = &p->disk.row[i];
            if (r->kind != R_OURS || r->body_len <= sizeof READ_RECEIPT - 1 || memcmp(r->body, READ_RECEIPT, sizeof READ_RECEIPT - 1))
                continue;
            const struct epoch_log *his = exchange_epoch(&w->party[!who].x.theirs, r->epoch);
            if (!his || r->seq > his->limit)
                continue;
            if (r->seq > his->top || is_zero(his->slot[r->seq - 1].hash, HASH_LEN)) {
                snprintf(w->why, sizeof w->why, "P%d epoch %u seq %" PRIu64 ": a read receipt did not arrive", who, r->epoch, r->seq);
                return false;
            }
        }
    }
    return true;
}

static void check(struct world *w)
{
    for (int who = 0; who < PARTIES; who++) {
        struct party *p = &w->party[who];
        if (p->alive && p->x.marked)
            fail(w, "an honest peer was marked");
    }
}

static bool simulate(uint64_t seed, bool verbose, struct totals *totals)
{
    static struct world w;
    static struct record rows[PARTIES][2][RECORDS_MAX];
    ideal_crypto_forget();
    memset(&w, 0, sizeof w);
    w.seed = seed, w.verbose = verbose;
    parley_rng_init(&w.rng, seed, 0);
    w.now = INT64_C(1000000) * 100000000;
    w.restore_per_mille = chance(&w, 250) ? 80 : 15;
    for (int who = 0; who < PARTIES; who++) {
        struct party *p = &w.party[who];
        uint8_t s[32];
        for (int i = 0; i < 32; i++)
            s[i] = (uint8_t)pick(&w, 256), w.seal_sk[who][i] = (uint8_t)pick(&w, 256), w.psk[who][i] = (uint8_t)pick(&w, 256);
        box_public(w.seal_sk[who], w.seal_pk[who]);
        sign_keypair_from_seed(s, p->root_pk, p->root_sk);
        p->disk.row = rows[who][0];
        p->backup.row = rows[who][1];
        make_key(&w, who, NULL);
    }
    load(&w, 0);
    load(&w, 1);
    for (int i = 0; i < STEPS && !w.broken; i++) {
        random_event(&w);
        recover_fenced(&w);
        check(&w);
    }
    /* All faults end: within two simulated hours both records must be one. */
    w.healing = true, w.partition = false;
    bool same_now = false;
    for (int i = 0; i < 7200 && !w.broken && !same_now; i++) {
        w.now += 1000000;
        for (int who = 0; who < PARTIES; who++)
            if (!w.party[who].alive)
                load(&w, who);
        deliver_due(&w);
        tick_due(&w);
        recover_fenced(&w);
        check(&w);
        same_now = w.n_flights == 0 && !w.party[0].x.fenced && !w.party[1].x.fenced && same_record(&w) && read_receipts_arrived(&w);
    }
    for (int who = 0; verbose && !same_now && who < PARTIES; who++)
        for (int side = 0; side < 2; side++) {
            const struct author_log *log = side ? &w.party[who].x.theirs : &w.party[who].x.ours;
            for (size_t i = 0; w.party[who].alive && i < log->n; i++)
                printf("# P%d %s epoch %u: top %" PRIu64 " gapless %" PRIu64 " unacked from %" PRIu64 " limit %" PRIu64 " fenced %d\n", who, side ? "theirs" : "ours",
                       log->epoch[i].card.epoch, log->epoch[i].top, log->epoch[i].gapless, log->epoch[i].unacked_from, log->epoch[i].limit, w.party[who].x.fenced);
        }
    if (!same_now)
        fail(&w, "after all faults ended the records did not become one");
    totals->said += w.said, totals->delivered += w.delivered, totals->kills += w.kills, totals->restores += w.restores;
    totals->rots += w.rots, totals->recoveries += w.recoveries, totals->failed_commits += w.failed_commits;
    totals->course = totals->course * UINT64_C(6364136223846793005) + w.course;
    for (int who = 0; who < PARTIES; who++) {
        stop(&w, who);
        free(w.sent[who]);
    }
    parley_arena_release(&w.arena);
    if (w.broken)
        printf("# seed %" PRIu64 ": %s (%s); replay: build/tests/test-channel-simulator %" PRIu64 "\n", seed, w.broken, w.why, seed);
    return !w.broken;
}

static uint64_t run_seeds(uint64_t first, uint64_t count, bool ideal, bool verbose, struct totals *t)
{
    uint64_t failed = 0;
    ideal_crypto = ideal;
    for (uint64_t i = 0; i < count; i++) {
        failed += !simulate(first + i, verbose, t);
        if ((i + 1) % PROGRESS == 0) {
            printf("# %" PRIu64 " seeds from %" PRIu64 ": %" PRIu64 " failed (said %ld, stored %ld, kills %ld, restored copies %ld, bit rot %ld, recoveries %ld, lost commits %ld)\n",
                   i + 1, first, failed, t->said, t->delivered, t->kills, t->restores, t->rots, t->recoveries, t->failed_commits);
            fflush(stdout);
        }
    }
    OK(failed == 0, "%" PRIu64 " seeds from %" PRIu64 " with %s keys: %" PRIu64 " failed (said %ld, stored %ld, kills %ld, restored copies %ld, bit rot %ld, recoveries %ld, lost commits %ld)",
       count, first, ideal ? "ideal" : "real", failed, t->said, t->delivered, t->kills, t->restores, t->rots, t->recoveries, t->failed_commits);
    return failed;
}

int main(int argc, char **argv)
{
    struct totals t = { 0 }, real = { 0 };
    if (crypto_init(NULL))
        return 1;
    if (argc > 1) {
        bool with_real = !strcmp(argv[argc - 1], "real"), many = argc - with_real > 2;
        run_seeds(strtoull(argv[1], NULL, 10), many ? strtoull(argv[2], NULL, 10) : 1, !with_real, !many, &t);
        return done();
    }
    run_seeds(1, CI_SEEDS, false, false, &real);
    run_seeds(1, CI_SEEDS, true, false, &t);
    OK(t.course == real.course, "with ideal keys everything takes the same course: %016" PRIx64 ", %016" PRIx64, t.course, real.course);
    run_seeds(CI_SEEDS + 1, CI_IDEAL_SEEDS - CI_SEEDS, true, false, &t);
    return done();
}

/* What one desk believes the other holds: both put back from copies while old words are under way; a key revoked with statements outstanding. */
#include "channel/bytes.h"
#include "channel/exchange.h"
#include "tap.h"

#include <parley/time.h>

enum { ROWS_MAX = 200, UNITS_MAX = 400, SECOND = 1000000 };

struct row { /* what a desk stores */
    enum output_kind kind;
    uint32_t epoch, by_epoch;
    uint64_t seq, to, by_seq;
    uint8_t bytes[PARLEY_STATEMENT_LEN], salt[SALT_LEN];
    char body[1024];
    size_t body_len;
};

struct disk {
    struct row row[ROWS_MAX];
    int n, cards;
};

struct desk {
    uint8_t root_pk[32], root_sk[64], sealing[32];
    struct { struct card card; uint8_t sk[64]; char note[CARD_MAX]; size_t note_len; } key[3];
    int n_keys;
    struct disk disk, copy;
    uint32_t mark_epoch; /* the last that was said, kept outside the copies */
    uint64_t mark_seq;
    struct exchange x;
    bool loaded;
    struct { uint8_t *content; size_t len; } out[UNITS_MAX]; /* what left and was not yet delivered */
    int n_out;
};

static struct desk a, b;
static int64_t now = 1000 * SECOND;

static void make_key(struct desk *d, const char *name, const struct card_mark *recovers, const struct card_mark *revokes)
{
    int k = d->n_keys++;
    uint8_t seed[32] = { (uint8_t)name[0], (uint8_t)k };
    struct card c = { .n_roots = 1, .threshold = 1, .epoch = (uint32_t)k + 1, .until_us = PARLEY_US_PER_DAY * 300 };
    struct parley_text text, note;
    snprintf(c.name, sizeof c.name, "%s", name);
    sign_keypair_from_seed(seed, c.signing, d->key[k].sk);
    memcpy(c.root[0], d->root_pk, 32);
    memcpy(c.sealing, d->sealing, 32);
    if ((c.has_previous = k > 0))
        memcpy(c.previous, d->key[k - 1].card.text_hash, HASH_LEN);
    if (recovers)
        c.recovers = *recovers;
    if (revokes)
        c.revokes = *revokes;
    parley_text_init(&text, CARD_MAX);
    parley_text_init(&note, CARD_MAX);
    bool made = !card_text(&c, &text, NULL);
    parley_text_addf(&note, "%s\n", text.data);
    note_sign(text.data, text.len, name, d->root_pk, d->root_sk, &note);
    memcpy(d->key[k].note, note.data, note.len + 1);
    d->key[k].note_len = note.len;
    OK(made && !card_parse(d->key[k].note, note.len, &d->key[k].card, NULL), "key statement %d of %s", k + 1, name);
    parley_text_release(&text);
    parley_text_release(&note);
}

static void make_desk(struct desk *d, const char *name)
{
    uint8_t seed[32] = { (uint8_t)name[0], 99 }, secret[32];
    sign_keypair_from_seed(seed, d->root_pk, d->root_sk);
    box_keypair(d->sealing, secret);
    make_key(d, name, NULL, NULL);
}

static const struct row *find(const struct disk *disk, enum output_kind kind, uint32_t epoch, uint64_t seq)
{
    for (int i = 0; i < disk->n; i++)
        if (disk->row[i].kind == kind && disk->row[i].epoch == epoch && disk->row[i].seq == seq)
            return &disk->row[i];
    return NULL;
}

static void keep_row(struct disk *disk, const struct output *out)
{
    struct row *r = &disk->row[disk->n++];
    bool whole = out->kind == OUT_STORE_OURS || out->kind == OUT_STORE_THEIRS;
    *r = (struct row){ .kind = out->kind, .epoch = whole ? out->statement.epoch : out->epoch, .seq = whole ? out->statement.seq : out->seq, .to = out->to, .by_epoch = out->by_epoch, .by_seq = out->by_seq };
    if (whole) {
        memcpy(r->bytes, out->bytes, sizeof r->bytes);
        memcpy(r->salt, out->salt, sizeof r->salt);
        memcpy(r->body, out->body, out->body_len);
        r->body_len = out->body_len;
    }
}

static void step(struct desk *d, const struct input *in)
{
    struct outputs o = { 0 };
    struct parley_text content;
    parley_text_init(&content, UNIT_PLAIN_MAX - 4);
    if (exchange_step(&d->x, in, now, &o, NULL))
        OK(false, "a step failed");
    uint32_t epoch;
    uint64_t seq;
    uint8_t hash[HASH_LEN];
    exchange_head(&d->x.ours, &epoch, &seq, hash);
    if (epoch > d->mark_epoch || (epoch == d->mark_epoch && seq > d->mark_seq))
        d->mark_epoch = epoch, d->mark_seq = seq;
    for (size_t i = 0; i < o.n; i++)
        if (o.out[i].kind == OUT_STORE_CARD)
            d->disk.cards = (int)o.out[i].epoch;
        else if (o.out[i].kind <= OUT_STORE_COVER)
            keep_row(&d->disk, &o.out[i]);
    for (size_t i = 0; i < o.n; i++) {
        const struct output *out = &o.out[i];
        const struct row *r = out->kind == OUT_SEND_OURS || out->kind == OUT_SEND_THEIRS ? find(&d->disk, out->kind == OUT_SEND_OURS ? OUT_STORE_OURS : OUT_STORE_THEIRS, out->epoch, out->seq) : NULL;
        if (r)
            item_add(&content, ITEM_STATEMENT, (const struct part[]){ { r->bytes, sizeof r->bytes }, { r->salt, SALT_LEN }, { r->body, r->body_len } }, 3);
        else if (out->kind == OUT_SEND_ITEM)
            item_add(&content, (enum item_type)out->item, &(struct part){ out->body, out->body_len }, 1);
        for (uint32_t e = out->epoch; out->kind == OUT_SEND_CARDS && e <= (uint32_t)d->n_keys; e++)
            item_add(&content, ITEM_CARD, &(struct part){ d->key[e - 1].note, d->key[e - 1].note_len }, 1);
    }
    if (content.len && d->n_out < UNITS_MAX) {
        d->out[d->n_out].content = malloc(content.len);
        memcpy(d->out[d->n_out].content, content.data, content.len);
        d->out[d->n_out++].len = content.len;
    }
    parley_text_release(&content);
    outputs_release(&o);
}

/* Start the desk on what its disk holds. */
static void start(struct desk *d, const struct desk *peer)
{
    uint8_t salt_key[32] = { 1 };
    bool ok = true;
    if (d->loaded)
        exchange_close(&d->x);
    ok &= !exchange_open(&d->x, &d->key[0].card, &peer->key[0].card, salt_key, NULL);
    for (int k = 1; k < d->n_keys; k++)
        ok &= !exchange_load_card(&d->x, true, &d->key[k].card, NULL);
    for (int k = 1; k < d->disk.cards; k++)
        ok &= !exchange_load_card(&d->x, false, &peer->key[k].card, NULL);
    exchange_set_secret(&d->x, d->key[d->n_keys - 1].sk);
    for (int side = 0; side < 2; side++)
        for (uint32_t epoch = 1; epoch <= 3; epoch++)
            for (uint64_t seq = 1; seq < ROWS_MAX; seq++) {
                const struct row *r = find(&d->disk, side ? OUT_STORE_THEIRS : OUT_STORE_OURS, epoch, seq), *told = NULL;
                for (int i = 0; r && i < d->disk.n; i++)
                    if (d->disk.row[i].kind == (side ? OUT_STORE_COVER : OUT_STORE_ACK) && d->disk.row[i].epoch == epoch && d->disk.row[i].seq <= seq && seq <= d->disk.row[i].to)
                        told = &d->disk.row[i];
                if (r)
                    ok &= !exchange_load_statement(&d->x, !side, r->bytes, !side && told, side && told ? told->by_epoch : 0, side && told ? told->by_seq : 0, NULL);
            }
    d->loaded = true;
    if (!ok)
        OK(false, "what was stored loads");
    step(d, &(struct input){ .kind = IN_START, .mark_epoch = d->mark_epoch, .mark_seq = d->mark_seq });
}

/* With no peer in reach the root signs a new epoch that names the last statement the desk knows. */
static void recover(struct desk *d, const char *name)
{
    struct card_mark mark = { .given = true };
    uint32_t epoch;
    exchange_head(&d->x.ours, &epoch, &mark.seq, mark.hash);
    make_key(d, name, &mark, NULL);
    step(d, &(struct input){ .kind = IN_OWN_CARD, .card = &d->key[1].card, .note = d->key[1].note, .secret = d->key[1].sk });
}

static void say(struct desk *d, int n)
{
    for (int i = 0; i < n; i++)
        step(d, &(struct input){ .kind = IN_SEND, .draft = &(struct draft){ .type = PARLEY_TYPE_CONCERN, .precedence = 1, .tlp = 1, .body = "{}", .body_len = 2 } });
}

/* Units [from, to) of one desk reach the other; they may come twice. */
static void carry(struct desk *from, struct desk *to, int first, int last)
{
    for (int i = first; i < last; i++)
        step(to, &(struct input){ .kind = IN_CONTENT, .content = from->out[i].content, .content_len = from->out[i].len });
}

static void drop(struct desk *d)
{
    for (int i = 0; i < d->n_out; i++)
        free(d->out[i].content);
    d->n_out = 0;
}

static uint64_t held(const struct desk *d, uint32_t epoch)
{
    for (size_t i = 0; i < d->x.theirs.n; i++)
        if (d->x.theirs.epoch[i].card.epoch == epoch)
            return d->x.theirs.epoch[i].gapless;
    return 0;
}

/* Everything that leaves arrives, for that long; the units that passed. */
static int run(int64_t seconds)
{
    int units = 0;
    for (int64_t end = now + seconds * SECOND; now < end; now += SECOND) {
        int na = a.n_out, nb = b.n_out;
        units += na + nb;
        carry(&a, &b, 0, na);
        carry(&b, &a, 0, nb);
        for (int i = 0; i < 2; i++) { /* what was made meanwhile moves up */
            struct desk *d = i ? &b : &a;
            int n = i ? nb : na;
            for (int k = 0; k < n; k++)
                free(d->out[k].content);
            memmove(d->out, d->out + n, (size_t)(d->n_out - n) * sizeof *d->out);
            d->n_out -= n;
        }
        if (exchange_due(&a.x) <= now)
            step(&a, &(struct input){ .kind = IN_TICK });
        if (exchange_due(&b.x) <= now)
            step(&b, &(struct input){ .kind = IN_TICK });
    }
    return units;
}

/* A says ten, B stores and receipts them. A is put back from a copy of seven and begins a new epoch; B returns 8 to 10. Its receipts, which were under way, arrive
 * after that; and B is put back from a copy of seven, too. If then an answer arrives that A gave before it had them back, nothing but a fresh question tells. */
static void both_put_back(void)
{
    make_desk(&a, "A");
    make_desk(&b, "B");
    start(&a, &b);
    start(&b, &a);
    say(&a, 7);
    run(20);
    OK(held(&b, 1) >= 7, "the peer holds the first seven");
    a.copy = a.disk, b.copy = b.disk;
    say(&a, 3);
    carry(&a, &b, 0, a.n_out);
    drop(&a);
    int receipts = b.n_out;
    OK(held(&b, 1) >= 10 && receipts > 0, "and all ten; its receipts are under way");

    a.disk = a.copy;
    start(&a, &b);
    uint64_t end = a.x.ours.epoch[0].top;
    recover(&a, "A");
    drop(&a);
    step(&a, &(struct input){ .kind = IN_TICK });
    now += 40 * SECOND;
    int before = b.n_out;
    start(&b, &a); /* a question, which A answers while it holds seven: the answer stays under way */
    carry(&b, &a, before, b.n_out);
    int answers = a.n_out;
    OK(answers > 0 && a.x.ours.epoch[0].top == end, "an old answer is under way");

    struct parley_text want;
    uint8_t wanted[21] = { 0 };
    parley_text_init(&want, 1000);
    put_u32(wanted + 1, 1);
    put_u64(wanted + 5, end + 1);
    put_u64(wanted + 13, 10);
    item_add(&want, ITEM_WANT, &(struct part){ wanted, 21 }, 1);
    before = b.n_out;
    step(&b, &(struct input){ .kind = IN_CONTENT, .content = (const uint8_t *)want.data, .content_len = want.len });
    parley_text_release(&want);
    carry(&b, &a, before, b.n_out);
    OK(a.x.ours.epoch[0].top >= 10, "the author has 8 to 10 back");
    carry(&b, &a, 0, receipts);
    OK(a.x.ours.epoch[0].slot[9].acked, "and the old receipts for them");
    drop(&b);

    b.disk = b.copy;
    start(&b, &a);
    recover(&b, "B");
    carry(&a, &b, 0, answers); /* its questions are lost; an old answer comes in their place */
    now += 3 * SECOND;
    step(&b, &(struct input){ .kind = IN_TICK });
    drop(&a);
    drop(&b);
    OK(held(&b, 1) == end, "the peer is put back, too, and holds seven");
    run(700);
    OK(held(&b, 1) == a.x.ours.epoch[0].top, "in the end it holds what its author holds: %d of %d", (int)held(&b, 1), (int)a.x.ours.epoch[0].top);
    OK(held(&b, 2) == a.x.ours.epoch[1].top, "and the new epoch");
    OK(run(3600) == 0, "then there is silence");
}

/* A says five; the peer has the first four, the receipt of the fourth is lost, the fifth never arrives. Then A's key is revoked after the third. */
static void revoked(void)
{
    make_desk(&a, "A");
    make_desk(&b, "B");
    start(&a, &b);
    start(&b, &a);
    say(&a, 3);
    run(20);
    say(&a, 1);
    carry(&a, &b, 0, a.n_out);
    drop(&b);
    say(&a, 1);
    drop(&a);
    struct epoch_log *old = &a.x.ours.epoch[0];
    uint64_t third = 3, fifth = old->top; /* receipts of what B may have said stand between */
    while (!old->slot[third - 1].acked)
        third--;
    struct card_mark mark = { .given = true, .seq = third };
    memcpy(mark.hash, old->slot[third - 1].hash, HASH_LEN);
    OK(held(&b, 1) + 1 == fifth && !old->slot[fifth - 2].acked, "the peer has all but the last, and a receipt is lost");
    make_key(&a, "A", NULL, &mark);
    step(&a, &(struct input){ .kind = IN_OWN_CARD, .card = &a.key[1].card, .note = a.key[1].note, .secret = a.key[1].sk });
    run(700);
    old = &a.x.ours.epoch[0];
    OK(held(&b, 1) + 1 == fifth && held(&b, 2) == 1, "the peer takes the new key, and nothing more that was said under the old one");
    OK(old->slot[fifth - 2].acked, "what it had receipted before stays binding: the lost receipt came again");
    OK(!old->slot[fifth - 1].acked && !exchange_unsent(&a.x), "what it never had is cut off");
    OK(run(3600) == 0, "and not offered for ever: silence");
    start(&a, &b);
    run(60);
    OK(!exchange_unsent(&a.x) && run(3600) == 0, "also after a start");
}

static void finish(void)
{
    exchange_close(&a.x);
    exchange_close(&b.x);
    drop(&a);
    drop(&b);
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
}

int main(void)
{
    if (crypto_init(NULL))
        return 1;
    both_put_back();
    finish();
    revoked();
    finish();
    return done();
}

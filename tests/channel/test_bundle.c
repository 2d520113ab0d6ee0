/* A third party and evidence bundles: the true ones are accepted, every altered one is refused. Bundles are built here by hand,
 * not by the code that makes them from a desk, so that the two agree only if both follow the specification. */
#include "channel/bundle.h"
#include "channel/bytes.h"
#include "channel/deposit.h"
#include "tap.h"

#include <parley/channel_statement.h>
#include <parley/data.h>
#include <parley/time.h>
#include <stdlib.h>

enum { FILES = 64, HELD = 9 };

struct party {
    uint8_t root_pk[32], root_sk[64], pk[32], sk[64];
    struct card card;
    char note[CARD_MAX];
};

struct bundle {
    struct claim claim;
    struct bundle_file file[FILES];
    size_t n;
};

static struct party a, b, mallory;
static struct parley_arena arena;
static uint8_t relay_pk[32], relay_sk[64], relay_pin[32];
static struct { const char *name; uint8_t pk[32], sk[64]; } witness[2] = { { .name = "witness.example.org" }, { .name = "w2.example.net" } };

static void make_party(struct party *p, const char *name, uint8_t seed_byte, const char *carrier)
{
    uint8_t seed[32], secret[32];
    struct parley_text text, note;
    struct card c = { .n_roots = 1, .threshold = 1, .epoch = 1, .until_us = PARLEY_US_PER_DAY };
    memset(seed, seed_byte, 32);
    sign_keypair_from_seed(seed, p->root_pk, p->root_sk);
    seed[0] ^= 0xff;
    sign_keypair_from_seed(seed, p->pk, p->sk);
    memset(secret, seed_byte, 32);
    box_public(secret, c.sealing);
    snprintf(c.name, sizeof c.name, "%s", name);
    memcpy(c.root[0], p->root_pk, 32);
    memcpy(c.signing, p->pk, 32);
    if (carrier)
        snprintf(c.carrier[c.n_carriers++], CARD_LINE_LEN, "%s", carrier);
    parley_text_init(&text, CARD_MAX);
    parley_text_init(&note, CARD_MAX);
    (void)!card_text(&c, &text, NULL);
    parley_text_addf(&note, "%s\n", text.data);
    note_sign(text.data, text.len, name, p->root_pk, p->root_sk, &note);
    snprintf(p->note, sizeof p->note, "%s", note.data);
    OK(!card_parse(p->note, strlen(p->note), &p->card, NULL), "card of %s", name);
    parley_text_release(&text);
    parley_text_release(&note);
}

static void put(struct bundle *k, const char *name, const void *data, size_t len)
{
    struct bundle_file *f = &k->file[k->n++];
    f->name = parley_arena_strdup(&arena, name);
    f->data = parley_arena_copy(&arena, data, len);
    f->len = len;
}

static void put_text(struct bundle *k, const char *name, struct parley_text *text)
{
    put(k, name, parley_text_str(text), text->len);
    parley_text_release(text);
}

static void put_card(struct bundle *k, const struct party *p)
{
    char name[BUNDLE_NAME_MAX];
    struct parley_text text;
    card_file_name(&p->card, "note", name);
    put(k, name, p->note, strlen(p->note));
    parley_text_init(&text, CARD_MAX);
    card_pem_text(p->pk, &text);
    card_file_name(&p->card, "pem", name);
    put_text(k, name, &text);
    parley_text_init(&text, CARD_MAX);
    card_vkey_text(&p->card, &text);
    card_file_name(&p->card, "vkey", name);
    put_text(k, name, &text);
    k->claim.cards++;
}

/* What only depends on the claim: first README, then claim.json, rendered again. */
static void seal(struct bundle *k)
{
    struct parley_text text;
    parley_text_init(&text, 4096);
    claim_text(&k->claim, &text);
    for (size_t i = 0; i < k->n; i++)
        if (!strcmp(k->file[i].name, "claim.json")) {
            k->file[i].data = parley_arena_copy(&arena, text.data, text.len);
            k->file[i].len = text.len;
            parley_text_release(&text);
            return;
        }
    const struct parley_data_file *readme = parley_data_find("channel/evidence-readme.txt");
    put(k, "README.txt", readme->bytes, readme->len);
    put_text(k, "claim.json", &text);
}

static void begin(struct bundle *k, const char *kind, const struct party *author, const struct party *other, uint64_t seq)
{
    memset(k, 0, sizeof *k);
    snprintf(k->claim.kind, sizeof k->claim.kind, "%s", kind);
    memcpy(k->claim.author, author->card.party, 32);
    memcpy(k->claim.other, other->card.party, 32);
    pair_id(author->card.party, other->card.party, k->claim.pair);
    k->claim.epoch = 1;
    k->claim.seq = seq;
}

struct say {
    const struct party *by, *to;
    uint64_t seq, seen_seq;
    const uint8_t *previous, *seen, *reply;
    const char *body;
};

static const uint8_t salt[32] = { 7, 7, 7 };

static void say(const struct say *w, uint8_t out[PARLEY_STATEMENT_LEN], uint8_t hash[32])
{
    struct parley_statement s = { .kind = 1, .type = PARLEY_TYPE_CONCERN, .precedence = 2, .tlp = 3, .epoch = 1, .seq = w->seq, .time_us = 1000000, .seen_seq = w->seen_seq };
    pair_id(w->by->card.party, w->to->card.party, s.pair);
    memcpy(s.author, w->by->card.party, 32);
    if (w->previous)
        memcpy(s.previous, w->previous, 32);
    if (w->seen)
        memcpy(s.seen_hash, w->seen, 32);
    if (w->reply)
        memcpy(s.reply_to, w->reply, 32);
    s.body_len = (uint32_t)strlen(w->body);
    parley_body_commit(salt, w->body, s.body_len, s.commitment);
    if (parley_statement_sign(&s, w->by->sk, out, NULL))
        abort();
    parley_statement_hash(out, hash);
}

static void put_statement(struct bundle *k, const uint8_t bytes[PARLEY_STATEMENT_LEN])
{
    char name[BUNDLE_NAME_MAX];
    snprintf(name, sizeof name, "statements/%zu.bin", ++k->claim.statements);
    put(k, name, bytes, PARLEY_STATEMENT_LEN);
}

static void disclose(struct bundle *k, const char *body)
{
    char name[BUNDLE_NAME_MAX];
    snprintf(name, sizeof name, "disclosed/%zu.salt", ++k->claim.disclosed);
    put(k, name, salt, 32);
    snprintf(name, sizeof name, "disclosed/%zu.body", k->claim.disclosed);
    put(k, name, body, strlen(body));
}

/* --- the record of a: nine linked statements; and what b answered --------------------------- */

static uint8_t held[HELD][PARLEY_STATEMENT_LEN], hash_of[HELD][32], leaf[HELD][HASH_LEN];
static const char *const words[HELD] = { "{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}", "{\"n\":5}", "{\"n\":6}", "{\"n\":7}", "{\"n\":8}", "{\"n\":9}" };

static void make_record(void)
{
    for (int i = 0; i < HELD; i++) {
        say(&(struct say){ .by = &a, .to = &b, .seq = (uint64_t)i + 1, .previous = i ? hash_of[i - 1] : NULL, .body = words[i] }, held[i], hash_of[i]);
        merkle_leaf(held[i], PARLEY_STATEMENT_LEN, leaf[i]);
    }
}

/* A checkpoint of a for `size` leaves, of which leaf `other` (if any) is replaced. */
static void checkpoint(size_t size, int other, bool cosigned, struct parley_text *note, uint8_t root[HASH_LEN])
{
    uint8_t leaves[HELD][HASH_LEN];
    struct checkpoint c = { .size = size };
    struct parley_text text;
    uint8_t pair[32];
    memcpy(leaves, leaf, sizeof leaves);
    if (other >= 0)
        leaves[other][0] ^= 1;
    merkle_root((const uint8_t(*)[HASH_LEN])leaves, size, c.root);
    memcpy(root, c.root, HASH_LEN);
    pair_id(a.card.party, b.card.party, pair);
    checkpoint_origin(pair, a.card.party, 1, c.origin);
    parley_text_init(&text, 4096);
    parley_text_init(note, NOTE_MAX);
    checkpoint_text(&c, &text);
    parley_text_addf(note, "%s\n", text.data);
    note_sign(text.data, text.len, a.card.name, a.pk, a.sk, note);
    if (cosigned)
        note_cosign(text.data, text.len, b.card.name, b.pk, b.sk, 1700000000, note);
    parley_text_release(&text);
}

static void put_inclusion(struct bundle *k, size_t index, size_t size, bool cosigned)
{
    struct parley_text note, proof;
    uint8_t root[HASH_LEN], path[MERKLE_PATH_MAX][HASH_LEN];
    checkpoint(size, -1, cosigned, &note, root);
    parley_text_init(&proof, NOTE_MAX);
    size_t n = merkle_inclusion((const uint8_t(*)[HASH_LEN])leaf, size, index, path);
    tlog_proof_text(index, (const uint8_t(*)[HASH_LEN])path, n, parley_text_str(&note), &proof);
    parley_text_release(&note);
    put_text(k, "proofs/1.tlog", &proof);
    k->claim.proofs = 1;
}

static void put_checkpoint(struct bundle *k, struct parley_text *note)
{
    char name[BUNDLE_NAME_MAX];
    snprintf(name, sizeof name, "checkpoints/%zu.note", ++k->claim.checkpoints);
    put_text(k, name, note);
}

static void put_relay_note(struct bundle *k, const struct deposit *d, const struct listing_note *l)
{
    struct parley_text text, note;
    char name[BUNDLE_NAME_MAX], signer[RELAY_NAME_MAX];
    parley_text_init(&text, NOTE_MAX);
    parley_text_init(&note, NOTE_MAX);
    if (d)
        deposit_text(d, &text);
    else
        listing_text(l, &text);
    relay_name(relay_pin, signer);
    parley_text_addf(&note, "%s\n", text.data);
    note_sign(text.data, text.len, signer, relay_pk, relay_sk, &note);
    parley_text_release(&text);
    snprintf(name, sizeof name, "relay/%zu.note", ++k->claim.notes);
    put_text(k, name, &note);
}

/* --- the bundles ---------------------------------------------------------------------------- */

static void said_it(struct bundle *k)
{
    begin(k, "said-it", &a, &b, 3);
    put_card(k, &a);
    put_statement(k, held[2]);
    disclose(k, words[2]);
    put_inclusion(k, 2, HELD, false);
    seal(k);
}

static void got_it_seen(struct bundle *k)
{
    uint8_t bytes[PARLEY_STATEMENT_LEN], hash[32];
    begin(k, "got-it", &a, &b, 2);
    put_card(k, &a);
    put_card(k, &b);
    for (int i = 1; i < 5; i++)
        put_statement(k, held[i]);
    say(&(struct say){ .by = &b, .to = &a, .seq = 1, .seen_seq = 5, .seen = hash_of[4], .body = "{}" }, bytes, hash);
    put_statement(k, bytes);
    put_inclusion(k, 1, 7, true);
    seal(k);
}

/* The proof of inclusion with the lines of witnesses `order` ("01": both) behind those of the parties; `size` of what they signed. */
static void put_witnessed(struct bundle *k, bool cosigned, const char *order, size_t size)
{
    struct parley_text note, other, proof;
    struct note parsed;
    uint8_t root[HASH_LEN], path[MERKLE_PATH_MAX][HASH_LEN];
    checkpoint(HELD, -1, cosigned, &note, root);
    checkpoint(size, -1, false, &other, root);
    (void)!note_parse(other.data, other.len, &parsed, NULL);
    for (const char *w = order; *w; w++)
        note_cosign(parsed.text, parsed.text_len, witness[*w - '0'].name, witness[*w - '0'].pk, witness[*w - '0'].sk, 1800000000u + (unsigned)(*w - '0'), &note);
    parley_text_init(&proof, NOTE_MAX);
    size_t n = merkle_inclusion((const uint8_t(*)[HASH_LEN])leaf, HELD, 2, path);
    tlog_proof_text(2, (const uint8_t(*)[HASH_LEN])path, n, parley_text_str(&note), &proof);
    put_text(k, "proofs/1.tlog", &proof);
    k->claim.proofs = 1;
    parley_text_release(&note);
    parley_text_release(&other);
}

static void put_witness_key(struct bundle *k, const char *name, const uint8_t key[32], int algorithm)
{
    const struct parley_data_file *readme = parley_data_find("channel/witness-readme.txt");
    char file[BUNDLE_NAME_MAX];
    struct parley_text text;
    if (!k->claim.witnesses)
        put(k, "witnesses/README.txt", readme->bytes, readme->len);
    snprintf(file, sizeof file, "witnesses/%zu.vkey", ++k->claim.witnesses);
    parley_text_init(&text, 256);
    note_vkey(name, algorithm, key, &text);
    parley_text_addc(&text, '\n');
    put_text(k, file, &text);
}

static void begin_witnessed(struct bundle *k, const char *kind, bool cosigned, const char *order, size_t size)
{
    begin(k, kind, &a, &b, 3);
    put_card(k, &a);
    if (cosigned)
        put_card(k, &b);
    put_statement(k, held[2]);
    put_witnessed(k, cosigned, order, size);
}

static void said_it_witnessed(struct bundle *k)
{
    begin_witnessed(k, "said-it", true, "01", HELD);
    put_witness_key(k, witness[0].name, witness[0].pk, NOTE_COSIGNATURE);
    put_witness_key(k, witness[1].name, witness[1].pk, NOTE_COSIGNATURE);
    seal(k);
}

static void said_it_one_witness(struct bundle *k)
{
    begin_witnessed(k, "said-it", false, "0", HELD);
    put_witness_key(k, witness[0].name, witness[0].pk, NOTE_COSIGNATURE);
    seal(k);
}

static void got_it_reply(struct bundle *k)
{
    uint8_t bytes[PARLEY_STATEMENT_LEN], hash[32];
    begin(k, "got-it", &a, &b, 4);
    put_card(k, &a);
    put_card(k, &b);
    put_statement(k, held[3]);
    say(&(struct say){ .by = &b, .to = &a, .seq = 1, .reply = hash_of[3], .body = "{}" }, bytes, hash);
    put_statement(k, bytes);
    seal(k);
}

static void equivocation_twice(struct bundle *k)
{
    uint8_t bytes[PARLEY_STATEMENT_LEN], hash[32];
    static const char other[] = "{\"n\":\"another\"}";
    begin(k, "equivocation", &a, &b, 3);
    put_card(k, &a);
    say(&(struct say){ .by = &a, .to = &b, .seq = 3, .previous = hash_of[1], .body = other }, bytes, hash);
    bool first = memcmp(hash, hash_of[2], 32) < 0;
    put_statement(k, first ? bytes : held[2]);
    put_statement(k, first ? held[2] : bytes);
    disclose(k, first ? other : words[2]);
    disclose(k, first ? words[2] : other);
    seal(k);
}

static void equivocation_fork(struct bundle *k)
{
    uint8_t bytes[PARLEY_STATEMENT_LEN], hash[32];
    begin(k, "equivocation", &a, &b, 3);
    put_card(k, &a);
    say(&(struct say){ .by = &a, .to = &b, .seq = 4, .previous = hash_of[0], .body = "{}" }, bytes, hash);
    put_statement(k, held[2]);
    put_statement(k, bytes);
    seal(k);
}

static void rewritten_same_size(struct bundle *k)
{
    struct parley_text x, y;
    uint8_t rx[HASH_LEN], ry[HASH_LEN];
    begin(k, "rewritten", &a, &b, 6);
    put_card(k, &a);
    checkpoint(6, -1, false, &x, rx);
    checkpoint(6, 2, false, &y, ry);
    bool first = memcmp(rx, ry, HASH_LEN) < 0;
    put_checkpoint(k, first ? &x : &y);
    put_checkpoint(k, first ? &y : &x);
    seal(k);
}

static void rewritten_two_sizes(struct bundle *k)
{
    struct parley_text x, y, text;
    uint8_t root[HASH_LEN];
    struct consistency c = { .from = 5, .to = HELD };
    begin(k, "rewritten", &a, &b, HELD);
    put_card(k, &a);
    checkpoint(5, 2, false, &x, root);
    checkpoint(HELD, -1, false, &y, root);
    put_checkpoint(k, &x);
    put_checkpoint(k, &y);
    merkle_root((const uint8_t(*)[HASH_LEN])leaf, 5, c.root);
    c.path_len = merkle_consistency((const uint8_t(*)[HASH_LEN])leaf, 5, HELD, c.path);
    parley_text_init(&text, NOTE_MAX);
    consistency_text(&c, &text);
    put_text(k, "proofs/1.consistency", &text);
    k->claim.proofs = 1;
    seal(k);
}

static void rewritten_statements(struct bundle *k)
{
    struct parley_text x;
    uint8_t root[HASH_LEN];
    begin(k, "rewritten", &a, &b, 4);
    put_card(k, &a);
    checkpoint(4, 2, false, &x, root);
    put_checkpoint(k, &x);
    for (int i = 0; i < 4; i++)
        put_statement(k, held[i]);
    seal(k);
}

static struct deposit first_deposit(void)
{
    struct deposit d = { .number = 3, .bytes = 1100, .at_us = 5000000 };
    memset(d.box, 9, sizeof d.box);
    memset(d.unit, 1, sizeof d.unit);
    memset(d.head, 2, sizeof d.head);
    return d;
}

static void begin_relay(struct bundle *k)
{
    struct parley_text pem;
    begin(k, "relay", &a, &b, 3);
    memset(k->claim.author, 0, 32);
    memset(k->claim.pair, 0, 32);
    put_card(k, &b);
    parley_text_init(&pem, 4096);
    card_pem_text(relay_pk, &pem);
    put_text(k, "relay/key.pem", &pem);
}

static void relay_forgets(struct bundle *k)
{
    struct deposit d = first_deposit();
    struct listing_note l = { .next = 3, .at_us = 6000000, .n = 1 };
    memcpy(l.box, d.box, sizeof l.box);
    l.unit[0].number = 2;
    begin_relay(k);
    put_relay_note(k, &d, NULL);
    put_relay_note(k, NULL, &l);
    seal(k);
}

static void relay_replaces(struct bundle *k)
{
    struct deposit d = first_deposit(), e = d;
    e.unit[0] = 0xff;
    e.at_us += 5;
    begin_relay(k);
    put_relay_note(k, &d, NULL);
    put_relay_note(k, &e, NULL);
    seal(k);
}

static void relay_other_history(struct bundle *k)
{
    struct deposit d = first_deposit();
    struct listing_note l = { .next = 4, .at_us = 1 };
    memcpy(l.box, d.box, sizeof l.box);
    begin_relay(k);
    put_relay_note(k, &d, NULL);
    put_relay_note(k, NULL, &l);
    seal(k);
}

static const struct {
    const char *name;
    void (*make)(struct bundle *);
} bundles[] = {
    { "said-it", said_it }, { "got-it, as seen", got_it_seen }, { "got-it, in reply", got_it_reply }, { "equivocation, one number twice", equivocation_twice },
    { "equivocation, fork", equivocation_fork }, { "rewritten, two of one size", rewritten_same_size }, { "rewritten, two sizes", rewritten_two_sizes },
    { "rewritten, against statements", rewritten_statements }, { "relay forgets", relay_forgets }, { "relay replaces", relay_replaces }, { "relay has another history", relay_other_history },
    { "said-it, both parties and two witnesses", said_it_witnessed }, { "said-it, the author and a witness", said_it_one_witness },
};
enum { BUNDLES = sizeof bundles / sizeof *bundles };

/* --- forging -------------------------------------------------------------------------------- */

/* PARLEY_WRITE_VECTORS=FILE: every bundle of this test, with the verdict, for other implementations. */
static FILE *recorded;

static void record(const struct bundle *k, const char *name, bool valid)
{
    FILE *out = recorded;
    const char *path = getenv("PARLEY_WRITE_VECTORS");
    if (!path || (!out && !(out = recorded = fopen(path, "w"))))
        return;
    fprintf(out, "%s{\"name\": \"%s\", \"valid\": %s, \"files\": {", ftell(out) ? ",\n" : "[", name, valid ? "true" : "false");
    for (size_t i = 0, n = 0; i < k->n; i++) {
        if (!strcmp(k->file[i].name, "README.txt"))
            continue;
        fprintf(out, "%s\"%s\": \"", n++ ? ", " : "", k->file[i].name);
        for (size_t at = 0; at < k->file[i].len; at++)
            fprintf(out, "%02x", (unsigned char)k->file[i].data[at]);
        fprintf(out, "\"");
    }
    fprintf(out, "}}");
    fflush(out);
}

static bool accepted(struct bundle *k)
{
    struct parley_arena scratch = { 0 };
    struct parley_text report;
    struct parley_error err = { 0 };
    parley_text_init(&report, 1 << 16);
    enum parley_status status = bundle_judge(k->file, k->n, &scratch, &report, &err);
    if (status && !*err.text)
        printf("# refused without a reason\n");
    parley_text_release(&report);
    parley_arena_release(&scratch);
    return !status || !*err.text;
}

/* Every byte of every file, changed in one bit; every file cut by one, grown by one, emptied, left out. */
static void every_byte(struct bundle *k, const char *name)
{
    size_t tried = 0, passed = 0;
    for (size_t i = 0; i < k->n; i++) {
        struct bundle_file was = k->file[i];
        char *copy = malloc(was.len + 2);
        bool readme = strstr(was.name, "README.txt") != NULL; /* compared as a whole: some of its bytes are enough */
        for (size_t at = 0; at < was.len; at += readme ? 97 : 1) {
            memcpy(copy, was.data, was.len);
            copy[at] ^= (char)(1 << (at % 8));
            k->file[i].data = copy;
            bool took = accepted(k);
            passed += took;
            tried++;
            if (took)
                printf("# accepted with byte %zu of %s changed\n", at, was.name);
        }
        memcpy(copy, was.data, was.len);
        copy[was.len] = '\n', copy[was.len + 1] = 0;
        k->file[i].data = copy;
        for (int grow = -1; grow <= 1; grow += 2) {
            k->file[i].len = was.len + (size_t)grow;
            passed += accepted(k);
        }
        k->file[i].len = 0;
        passed += accepted(k);
        k->file[i] = k->file[--k->n];
        passed += accepted(k);
        k->file[k->n++] = k->file[i];
        k->file[i] = was;
        tried += 4;
        free(copy);
    }
    OK(!passed && accepted(k), "%s: %zu altered bundles refused, the true one accepted again", name, tried);
}

/* Contents of every two files exchanged; every file given the name of another; a file more. */
static void swaps(struct bundle *k, const char *name)
{
    size_t tried = 0, passed = 0;
    for (size_t i = 0; i < k->n; i++)
        for (size_t j = i + 1; j < k->n; j++) {
            struct bundle_file x = k->file[i], y = k->file[j];
            if (x.len == y.len && !memcmp(x.data, y.data, x.len))
                continue;
            k->file[i].data = y.data, k->file[i].len = y.len, k->file[j].data = x.data, k->file[j].len = x.len;
            bool took = accepted(k);
            if (took)
                printf("# accepted with %s and %s exchanged\n", x.name, y.name);
            passed += took;
            tried++;
            k->file[i] = x, k->file[j] = y;
        }
    static const char *const more[] = { "statements/9.bin", "notes.txt", "cards/0000000000000000-1.pem", "disclosed/4.body", "relay/3.note", "README.TXT", "witnesses/9.vkey" };
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        put(k, more[i], held[0], PARLEY_STATEMENT_LEN);
        passed += accepted(k);
        tried++;
        k->n--;
    }
    put_card(k, &mallory);
    seal(k);
    passed += accepted(k);
    k->n -= 3, k->claim.cards--;
    seal(k);
    OK(!passed && accepted(k), "%s: %zu reorderings and additions refused", name, tried + 1);
}

/* Every field of claim.json set to something else and rendered again, as a forger would. */
static void claims(struct bundle *k, const char *name)
{
    static const char *const kinds[] = { "said-it", "got-it", "equivocation", "rewritten", "relay", "never-said-it" };
    const struct claim was = k->claim;
    struct claim *c = &k->claim;
    size_t passed = 0, tried = 0;
#define TRY(change)              \
    do {                         \
        change;                  \
        seal(k);                 \
        passed += accepted(k);   \
        tried++;                 \
        *c = was;                \
    } while (0)
    for (size_t i = 0; i < 6; i++)
        if (strcmp(was.kind, kinds[i]))
            TRY(snprintf(c->kind, sizeof c->kind, "%s", kinds[i]));
    TRY(c->pair[5] ^= 1);
    TRY(c->author[5] ^= 1);
    TRY(c->other[5] ^= 1);
    TRY(memcpy(c->author, was.other, 32); memcpy(c->other, was.author, 32));
    TRY(memcpy(c->author, mallory.card.party, 32); pair_id(c->author, c->other, c->pair));
    TRY(memcpy(c->other, mallory.card.party, 32); pair_id(c->author, c->other, c->pair));
    for (int by = -1; by <= 1; by += 2) {
        TRY(c->epoch += (uint32_t)by);
        TRY(c->seq += (uint64_t)by);
        TRY(c->cards += (size_t)by);
        if (by > 0 || was.statements)
            TRY(c->statements += (size_t)by);
        if (by > 0 || was.disclosed)
            TRY(c->disclosed += (size_t)by);
        if (by > 0 || was.checkpoints)
            TRY(c->checkpoints += (size_t)by);
        if (by > 0 || was.proofs)
            TRY(c->proofs += (size_t)by);
        if (by > 0 || was.notes)
            TRY(c->notes += (size_t)by);
        if (by > 0 || was.witnesses)
            TRY(c->witnesses += (size_t)by);
    }
    seal(k);
    OK(!passed && accepted(k), "%s: %zu other claims over the same files refused", name, tried);
}

/* A field of a statement changed, and signed by whoever is not its author. */
static void other_keys(struct bundle *k, const char *name)
{
    size_t passed = 0, tried = 0;
    for (size_t i = 0; i < k->n; i++) {
        if (strncmp(k->file[i].name, "statements/", 11))
            continue;
        struct bundle_file was = k->file[i];
        struct parley_statement s;
        (void)!parley_statement_decode((const uint8_t *)was.data, &s, NULL);
        for (int field = 0; field < 12; field++)
            for (int who = 0; who < 2; who++) {
                struct parley_statement t = s;
                uint8_t bytes[PARLEY_STATEMENT_LEN];
                bool by_a = !memcmp(s.author, a.card.party, 32);
                switch (field) {
                case 0: t.type = PARLEY_TYPE_REPLY; break;
                case 1: t.flags ^= 1; break;
                case 2: t.epoch = 2; break;
                case 3: t.seq++; break;
                case 4: t.time_us++; break;
                case 5: t.precedence = 4; break;
                case 6: t.tlp = 1; break;
                case 7: t.within_s = 60; break;
                case 8: t.commitment[0] ^= 1; break;
                case 9: t.reply_to[0] ^= 1; break;
                case 10: pair_id(mallory.card.party, b.card.party, t.pair); break;
                default: memcpy(t.author, by_a ? b.card.party : a.card.party, 32);
                }
                if (parley_statement_sign(&t, who ? mallory.sk : by_a && field < 11 ? b.sk : mallory.sk, bytes, NULL))
                    continue;
                k->file[i].data = (const char *)bytes;
                passed += accepted(k);
                tried++;
            }
        k->file[i] = was;
    }
    if (tried)
        OK(!passed && accepted(k), "%s: %zu statements under other keys refused", name, tried);
}

/* Witnesses who did not cosign this, or of whom claim.json does not speak. */
static void false_witnesses(void)
{
    static struct bundle k;
    static const struct {
        const char *name, *kind, *order;
        size_t size; /* of what was cosigned */
        int key[3];  /* of which witness, in order; -1 none */
    } tries[] = {
        { "witnesses: in another order than their keys", "said-it", "01", HELD, { 1, 0, -1 } },
        { "witnesses: one signed, two are named", "said-it", "0", HELD, { 0, 1, -1 } },
        { "witnesses: two signed, one is named", "said-it", "01", HELD, { 0, -1, -1 } },
        { "witnesses: signed, and none is named", "said-it", "0", HELD, { -1, -1, -1 } },
        { "witnesses: one signed twice", "said-it", "00", HELD, { 0, 0, -1 } },
        { "witnesses: the cosignature is of a smaller record", "said-it", "0", HELD - 1, { 0, -1, -1 } },
        { "witnesses: another one's key", "said-it", "0", HELD, { 1, -1, -1 } },
        { "witnesses: of a claim that needs none", "equivocation", "0", HELD, { 0, -1, -1 } },
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        begin_witnessed(&k, tries[i].kind, false, tries[i].order, tries[i].size);
        for (int n = 0; tries[i].key[n] >= 0; n++)
            put_witness_key(&k, witness[tries[i].key[n]].name, witness[tries[i].key[n]].pk, NOTE_COSIGNATURE);
        seal(&k);
        record(&k, tries[i].name, false), OK(!accepted(&k), "%s", tries[i].name);
    }
    begin_witnessed(&k, "said-it", false, "0", HELD);
    put_witness_key(&k, witness[0].name, witness[0].pk, NOTE_ED25519);
    seal(&k);
    record(&k, "witnesses: a key of the wrong kind", false), OK(!accepted(&k), "witnesses: a key of the wrong kind");

    static const uint8_t small_order[32] = { 1 };
    begin_witnessed(&k, "said-it", false, "0", HELD);
    put_witness_key(&k, witness[0].name, small_order, NOTE_COSIGNATURE);
    seal(&k);
    record(&k, "witnesses: a key of small order", false), OK(!accepted(&k), "witnesses: a key of small order");
}

/* What signatures alone do not catch: true statements that do not make the claim. */
static void true_parts_false_claims(void)
{
    static struct bundle k;
    uint8_t bytes[PARLEY_STATEMENT_LEN], hash[32];
    struct parley_text x, y, text;
    uint8_t root[HASH_LEN];

    begin(&k, "got-it", &a, &b, 2);
    put_card(&k, &a), put_card(&k, &b);
    put_statement(&k, held[1]);
    say(&(struct say){ .by = &b, .to = &a, .seq = 1, .seen_seq = 1, .seen = hash_of[0], .body = "{}" }, bytes, hash);
    put_statement(&k, bytes);
    seal(&k);
    record(&k, "got-it: the other has seen only what came before", false), OK(!accepted(&k), "got-it: the other has seen only what came before");

    begin(&k, "got-it", &a, &b, 2);
    put_card(&k, &a), put_card(&k, &b);
    put_statement(&k, held[1]);
    put_statement(&k, held[3]);
    say(&(struct say){ .by = &b, .to = &a, .seq = 1, .seen_seq = 4, .seen = hash_of[3], .body = "{}" }, bytes, hash);
    put_statement(&k, bytes);
    seal(&k);
    record(&k, "got-it: a link is left out", false), OK(!accepted(&k), "got-it: a link is left out");

    begin(&k, "got-it", &a, &b, 2);
    put_card(&k, &a);
    put_statement(&k, held[1]);
    say(&(struct say){ .by = &a, .to = &b, .seq = 9, .previous = hash_of[7], .reply = hash_of[1], .body = "{}" }, bytes, hash);
    put_statement(&k, bytes);
    seal(&k);
    record(&k, "got-it: the author answers itself", false), OK(!accepted(&k), "got-it: the author answers itself");

    begin(&k, "got-it", &a, &b, 2);
    put_card(&k, &a), put_card(&k, &mallory);
    put_statement(&k, held[1]);
    say(&(struct say){ .by = &mallory, .to = &a, .seq = 1, .reply = hash_of[1], .body = "{}" }, bytes, hash);
    put_statement(&k, bytes);
    seal(&k);
    record(&k, "got-it: a third party says so", false), OK(!accepted(&k), "got-it: a third party says so");

    begin(&k, "equivocation", &a, &b, 2);
    put_card(&k, &a);
    put_statement(&k, held[1]);
    put_statement(&k, held[2]);
    seal(&k);
    record(&k, "equivocation: two that follow each other", false), OK(!accepted(&k), "equivocation: two that follow each other");

    begin(&k, "equivocation", &a, &b, 2);
    put_card(&k, &a);
    put_statement(&k, held[1]);
    put_statement(&k, held[1]);
    seal(&k);
    record(&k, "equivocation: the same one twice", false), OK(!accepted(&k), "equivocation: the same one twice");

    begin(&k, "rewritten", &a, &b, 6);
    put_card(&k, &a);
    checkpoint(6, -1, false, &x, root);
    checkpoint(6, -1, false, &y, root);
    put_checkpoint(&k, &x), put_checkpoint(&k, &y);
    seal(&k);
    record(&k, "rewritten: two checkpoints that say the same", false), OK(!accepted(&k), "rewritten: two checkpoints that say the same");

    struct consistency c = { .from = 5, .to = HELD };
    begin(&k, "rewritten", &a, &b, HELD);
    put_card(&k, &a);
    checkpoint(5, -1, false, &x, root);
    checkpoint(HELD, -1, false, &y, root);
    put_checkpoint(&k, &x), put_checkpoint(&k, &y);
    merkle_root((const uint8_t(*)[HASH_LEN])leaf, 5, c.root);
    c.path_len = merkle_consistency((const uint8_t(*)[HASH_LEN])leaf, 5, HELD, c.path);
    k.claim.proofs = 1;
    parley_text_init(&text, NOTE_MAX);
    consistency_text(&c, &text);
    put_text(&k, "proofs/1.consistency", &text);
    seal(&k);
    record(&k, "rewritten: an honest author, two sizes of one record", false), OK(!accepted(&k), "rewritten: an honest author, two sizes of one record");
    c.root[0] ^= 1; /* what a liar would put there */
    parley_text_init(&text, NOTE_MAX);
    consistency_text(&c, &text);
    for (size_t i = 0; i < k.n; i++)
        if (!strcmp(k.file[i].name, "proofs/1.consistency"))
            k.file[i].data = text.data, k.file[i].len = text.len;
    record(&k, "rewritten: with a made-up root between", false), OK(!accepted(&k), "rewritten: with a made-up root between");
    parley_text_release(&text);

    begin(&k, "rewritten", &a, &b, 4);
    put_card(&k, &a);
    checkpoint(4, -1, false, &x, root);
    put_checkpoint(&k, &x);
    for (int i = 0; i < 4; i++)
        put_statement(&k, held[i]);
    seal(&k);
    record(&k, "rewritten: a checkpoint that commits to exactly these", false), OK(!accepted(&k), "rewritten: a checkpoint that commits to exactly these");

    struct deposit d = first_deposit(), e = d;
    struct listing_note l = { .next = 3, .at_us = d.at_us };
    memcpy(l.box, d.box, sizeof l.box);
    begin_relay(&k);
    put_relay_note(&k, &d, NULL), put_relay_note(&k, NULL, &l);
    seal(&k);
    record(&k, "relay: a listing not later than the deposit denies nothing", false), OK(!accepted(&k), "relay: a listing not later than the deposit denies nothing");
    l.at_us++, l.next = 9;
    begin_relay(&k);
    put_relay_note(&k, &d, NULL), put_relay_note(&k, NULL, &l);
    seal(&k);
    record(&k, "relay: a listing where the unit was taken since", false), OK(!accepted(&k), "relay: a listing where the unit was taken since");
    e.number++;
    begin_relay(&k);
    put_relay_note(&k, &d, NULL), put_relay_note(&k, &e, NULL);
    seal(&k);
    record(&k, "relay: the same unit deposited twice is no contradiction", false), OK(!accepted(&k), "relay: the same unit deposited twice is no contradiction");
    e = d, e.unit[0] = 0xff, e.box[0] ^= 1;
    begin_relay(&k);
    put_relay_note(&k, &d, NULL), put_relay_note(&k, &e, NULL);
    seal(&k);
    record(&k, "relay: two boxes", false), OK(!accepted(&k), "relay: two boxes");
    e = d, e.unit[0] = 0xff;
    begin_relay(&k);
    put_relay_note(&k, &d, NULL);
    uint8_t was_pk[32], was_sk[64];
    memcpy(was_pk, relay_pk, 32), memcpy(was_sk, relay_sk, 64);
    memcpy(relay_pk, mallory.pk, 32), memcpy(relay_sk, mallory.sk, 64);
    put_relay_note(&k, &e, NULL);
    memcpy(relay_pk, was_pk, 32), memcpy(relay_sk, was_sk, 64);
    seal(&k);
    record(&k, "relay: a note that somebody else signed", false), OK(!accepted(&k), "relay: a note that somebody else signed");
}

int main(void)
{
    static struct bundle k;
    uint8_t seed[32] = { 42 };
    char pin[65], line[CARD_LINE_LEN];
    if (crypto_init(NULL))
        return 1;
    sign_keypair_from_seed(seed, relay_pk, relay_sk);
    ed25519_pin(relay_pk, relay_pin);
    to_hex(relay_pin, 32, pin);
    snprintf(line, sizeof line, "relay https://relay.example:7700 %s a-token-of-sixteen", pin);
    make_party(&a, "A", 1, NULL);
    make_party(&b, "B", 2, line);
    make_party(&mallory, "M", 3, NULL);
    for (int i = 0; i < 2; i++) {
        memset(seed, 0xb0 + i, sizeof seed);
        sign_keypair_from_seed(seed, witness[i].pk, witness[i].sk);
    }
    make_record();
    for (size_t i = 0; i < BUNDLES; i++) {
        bundles[i].make(&k);
        record(&k, bundles[i].name, true);
        OK(accepted(&k), "%s: accepted", bundles[i].name);
        every_byte(&k, bundles[i].name);
        swaps(&k, bundles[i].name);
        claims(&k, bundles[i].name);
        other_keys(&k, bundles[i].name);
    }
    true_parts_false_claims();
    false_witnesses();
    if (recorded && (fputs("]\n", recorded) < 0 || fclose(recorded)))
        return 1;
    parley_arena_release(&arena);
    return done();
}

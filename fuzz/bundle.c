#include "channel/bundle.h"
#include "channel/bytes.h"
#include "channel/deposit.h"

#include <parley/channel_statement.h>
#include <parley/data.h>
#include <parley/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES = 48, SAID = 12 };

struct party {
    uint8_t pk[32], sk[64];
    struct card card;
    char note[CARD_MAX];
};

struct stream {
    const uint8_t *at, *end;
};

static struct party a, b;
static bool ready;

static uint8_t next(struct stream *s) { return s->at < s->end ? *s->at++ : 0; }

static void make(struct party *p, const char *name, uint8_t seed_byte)
{
    uint8_t seed[32], root_pk[32], root_sk[64], secret[32];
    struct card c = { .n_roots = 1, .threshold = 1, .epoch = 1, .until_us = PARLEY_US_PER_DAY };
    struct parley_text text, note;
    memset(seed, seed_byte, 32);
    memset(secret, seed_byte, 32);
    sign_keypair_from_seed(seed, root_pk, root_sk);
    seed[0] ^= 0xff;
    sign_keypair_from_seed(seed, p->pk, p->sk);
    box_public(secret, c.sealing);
    snprintf(c.name, sizeof c.name, "%s", name);
    memcpy(c.root[0], root_pk, 32);
    memcpy(c.signing, p->pk, 32);
    parley_text_init(&text, CARD_MAX);
    parley_text_init(&note, CARD_MAX);
    if (card_text(&c, &text, NULL))
        abort();
    parley_text_addf(&note, "%s\n", text.data);
    note_sign(text.data, text.len, name, root_pk, root_sk, &note);
    snprintf(p->note, sizeof p->note, "%s", note.data);
    if (card_parse(p->note, strlen(p->note), &p->card, NULL))
        abort();
    parley_text_release(&text);
    parley_text_release(&note);
}

struct made {
    struct parley_arena arena;
    struct bundle_file file[FILES];
    size_t n;
    struct parley_statement s[SAID];
    uint8_t bytes[SAID][PARLEY_STATEMENT_LEN], hash[SAID][32], leaf[SAID][HASH_LEN];
    struct claim claim;
};

static void put(struct made *m, const char *name, const void *data, size_t len)
{
    if (m->n == FILES)
        return;
    struct bundle_file *f = &m->file[m->n++];
    f->name = parley_arena_strdup(&m->arena, name);
    f->data = parley_arena_copy(&m->arena, data, len);
    f->len = len;
}

static void put_text(struct made *m, const char *name, struct parley_text *text)
{
    put(m, name, parley_text_str(text), text->len);
    parley_text_release(text);
}

static void put_card(struct made *m, const struct party *p)
{
    char name[BUNDLE_NAME_MAX];
    struct parley_text text;
    card_file_name(&p->card, "note", name);
    put(m, name, p->note, strlen(p->note));
    parley_text_init(&text, CARD_MAX);
    card_pem_text(p->pk, &text);
    card_file_name(&p->card, "pem", name);
    put_text(m, name, &text);
    parley_text_init(&text, CARD_MAX);
    card_vkey_text(&p->card, &text);
    card_file_name(&p->card, "vkey", name);
    put_text(m, name, &text);
    m->claim.cards++;
}

/* A validly signed statement whose links point wherever the input likes. */
static void say(struct made *m, struct stream *in)
{
    size_t i = m->claim.statements;
    uint8_t who = next(in), to = next(in), seen = next(in), reply = next(in);
    struct parley_statement *s = &m->s[i];
    *s = (struct parley_statement){ .kind = 1, .type = PARLEY_TYPE_CONCERN, .precedence = 1, .tlp = 1, .epoch = 1, .seq = 1 + next(in) % 5 };
    char name[BUNDLE_NAME_MAX];
    if (i == SAID)
        return;
    pair_id(a.card.party, b.card.party, s->pair);
    memcpy(s->author, (who & 1 ? &b : &a)->card.party, 32);
    s->commitment[0] = next(in) % 3;
    if (s->seq > 1)
        memset(s->previous, 1, 32);
    if (s->seq > 1 && i && to % 4)
        memcpy(s->previous, m->hash[to % i], 32);
    if (i && seen % 2)
        memcpy(s->seen_hash, m->hash[seen % i], 32), s->seen_seq = m->s[seen % i].seq;
    if (i && reply % 2)
        memcpy(s->reply_to, m->hash[reply % i], 32);
    if (parley_statement_sign(s, (who & 1 ? &b : &a)->sk, m->bytes[i], NULL))
        return;
    parley_statement_hash(m->bytes[i], m->hash[i]);
    merkle_leaf(m->bytes[i], PARLEY_STATEMENT_LEN, m->leaf[i]);
    snprintf(name, sizeof name, "statements/%zu.bin", ++m->claim.statements);
    put(m, name, m->bytes[i], PARLEY_STATEMENT_LEN);
}

static void checkpoint(struct made *m, struct stream *in)
{
    struct checkpoint c = { .size = next(in) % (SAID + 1) };
    struct parley_text text, note;
    char name[BUNDLE_NAME_MAX];
    uint8_t pair[32], leaf[SAID][HASH_LEN];
    memcpy(leaf, m->leaf, sizeof leaf);
    leaf[next(in) % SAID][0] ^= next(in) & 1;
    merkle_root((const uint8_t(*)[HASH_LEN])leaf, (size_t)c.size, c.root);
    pair_id(a.card.party, b.card.party, pair);
    checkpoint_origin(pair, a.card.party, 1, c.origin);
    parley_text_init(&text, NOTE_MAX);
    parley_text_init(&note, NOTE_MAX);
    checkpoint_text(&c, &text);
    parley_text_addf(&note, "%s\n", text.data);
    note_sign(text.data, text.len, "A", a.pk, a.sk, &note);
    if (next(in) & 1)
        note_cosign(text.data, text.len, "B", b.pk, b.sk, 1, &note);
    parley_text_release(&text);
    snprintf(name, sizeof name, "checkpoints/%zu.note", ++m->claim.checkpoints);
    put_text(m, name, &note);
}

static void consistency(struct made *m, struct stream *in)
{
    struct consistency c = { .to = 1 + next(in) % SAID };
    struct parley_text text;
    c.from = 1 + next(in) % c.to;
    merkle_root((const uint8_t(*)[HASH_LEN])m->leaf, (size_t)c.from, c.root);
    c.path_len = merkle_consistency((const uint8_t(*)[HASH_LEN])m->leaf, (size_t)c.from, (size_t)c.to, c.path);
    c.root[0] ^= next(in) & 1;
    parley_text_init(&text, NOTE_MAX);
    consistency_text(&c, &text);
    put_text(m, "proofs/1.consistency", &text);
    m->claim.proofs = 1;
}

static const char *const kinds[] = { "said-it", "got-it", "equivocation", "rewritten" };

/* Accepted: then it is true of what was built, judged anew. */
static void must_be_true(const struct made *m)
{
    const struct parley_statement *s = m->s;
    size_t n = m->claim.statements;
    uint8_t root[HASH_LEN];
    bool ok = true;
    if (!strcmp(m->claim.kind, "said-it"))
        ok = n == 1 && !memcmp(s[0].author, a.card.party, 32);
    else if (!strcmp(m->claim.kind, "got-it"))
        ok = n > 1 && !memcmp(s[n - 1].author, b.card.party, 32) && (!memcmp(s[n - 1].seen_hash, m->hash[n - 2], 32) || !memcmp(s[n - 1].reply_to, m->hash[0], 32));
    else if (!strcmp(m->claim.kind, "equivocation"))
        ok = n == 2 && (s[0].seq == s[1].seq ? memcmp(m->bytes[0], m->bytes[1], PARLEY_STATEMENT_LEN) != 0 : s[1].seq == s[0].seq + 1 && memcmp(s[1].previous, m->hash[0], 32));
    else if (n) {
        struct checkpoint c;
        struct note note;
        merkle_root((const uint8_t(*)[HASH_LEN])m->leaf, n, root);
        for (size_t i = 0; i < m->n; i++)
            if (!strcmp(m->file[i].name, "checkpoints/1.note"))
                ok = !note_parse(m->file[i].data, m->file[i].len, &note, NULL) && !checkpoint_parse(note.text, note.text_len, &c, NULL) && memcmp(c.root, root, HASH_LEN);
    }
    if (!ok)
        abort();
}

static void built(const uint8_t *data, size_t size)
{
    struct made *m = calloc(1, sizeof *m);
    struct stream in = { data, data + size };
    struct parley_text text, report;
    if (!m)
        return;
    uint8_t flags = next(&in);
    snprintf(m->claim.kind, sizeof m->claim.kind, "%s", kinds[flags % 4]);
    memcpy(m->claim.author, a.card.party, 32);
    memcpy(m->claim.other, b.card.party, 32);
    pair_id(a.card.party, b.card.party, m->claim.pair);
    m->claim.epoch = 1;
    m->claim.seq = next(&in) % (SAID + 1);
    put_card(m, &a);
    if (flags & 4)
        put_card(m, &b);
    while (in.at < in.end && m->n < FILES - 3)
        switch (next(&in) % 6) {
        case 0: checkpoint(m, &in); break;
        case 1: consistency(m, &in); break;
        default: say(m, &in);
        }
    const struct parley_data_file *readme = parley_data_find("channel/evidence-readme.txt");
    put(m, "README.txt", readme->bytes, readme->len);
    parley_text_init(&text, 4096);
    claim_text(&m->claim, &text);
    put_text(m, "claim.json", &text);
    parley_text_init(&report, 1 << 16);
    if (!bundle_judge(m->file, m->n, &m->arena, &report, NULL))
        must_be_true(m);
    parley_text_release(&report);
    parley_arena_release(&m->arena);
    free(m);
}

/* Files as they come: u8 name length, name, u16 length, content; README.txt goes without saying. */
static void raw(const uint8_t *data, size_t size)
{
    struct parley_arena arena = { 0 };
    struct bundle_file file[FILES];
    struct parley_text report;
    size_t n = 0;
    const struct parley_data_file *readme = parley_data_find("channel/evidence-readme.txt");
    file[n++] = (struct bundle_file){ .name = "README.txt", .data = readme->bytes, .len = readme->len };
    while (size > 3 && n < FILES) {
        size_t name = data[0], len;
        if (name + 3 > size || (len = get_u16(data + 1 + name)) > size - name - 3)
            break;
        file[n++] = (struct bundle_file){ .name = parley_arena_copy(&arena, (const char *)data + 1, name), .data = parley_arena_copy(&arena, (const char *)data + 3 + name, len), .len = len };
        data += 3 + name + len;
        size -= 3 + name + len;
    }
    parley_text_init(&report, 1 << 16);
    (void)!bundle_judge(file, n, &arena, &report, NULL);
    parley_text_release(&report);
    parley_arena_release(&arena);
}

/* Whole bundles: as bytes, and built from true signatures whose links and counts the input chooses. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (crypto_init(NULL) || !size)
        return 0;
    if (!ready) {
        make(&a, "A", 1);
        make(&b, "B", 2);
        ready = true;
    }
    if (data[0] & 1)
        built(data + 1, size - 1);
    else
        raw(data + 1, size - 1);
    return 0;
}

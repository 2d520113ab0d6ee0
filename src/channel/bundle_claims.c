/* Each kind of claim, and what may go with one: disclosed bodies, an inclusion proof. */
#include "channel/bundle_judge.h"
#include "channel/bytes.h"
#include "channel/deposit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- checkpoints ---------------------------------------------------------------------------------- */

/* The lines after those of the parties: exactly one of each witness, in order. */
static enum parley_status judge_witnesses(struct judge *j, const char *name, const struct note *note, uint64_t size)
{
    size_t first = note->n - j->claim.witnesses;
    for (size_t i = 0; i < j->claim.witnesses; i++) {
        const struct note_vkey *w = &j->witness[i];
        struct note one = { .text = note->text, .text_len = note->text_len, .n = 1 };
        char hex[2 * KEY_LEN + 1], time[NOTE_TIME_LEN];
        uint64_t time_s = 0;
        one.signature[0] = note->signature[first + i];
        if (!note_verify(&one, w->name, NOTE_COSIGNATURE, w->key, &time_s))
            return judge_bad(j, name, "a witness's cosignature is missing, does not verify, or stands in another place");
        to_hex(w->key, KEY_LEN, hex);
        parley_text_addf(j->report, "witnessed: the checkpoint of %" PRIu64 " statements, at %s by its clock, by %s with key %s (compare it with what the witness publishes)\n", size,
                         note_time_text(time_s, time), w->name, hex);
    }
    return PARLEY_OK;
}

/* A checkpoint of the author: its own signature, perhaps a cosignature of the other, and those of the witnesses named. */
static enum parley_status judge_checkpoint(struct judge *j, const char *name, const char *data, size_t len, struct checkpoint *out)
{
    struct note note;
    struct parley_error why = { 0 };
    struct parley_text again;
    char origin[CHECKPOINT_ORIGIN_MAX];
    if (note_parse(data, len, &note, &why) || checkpoint_parse(note.text, note.text_len, out, &why))
        return judge_bad(j, name, why.text);
    parley_text_init(&again, NOTE_MAX);
    checkpoint_text(out, &again);
    bool exact = again.len == note.text_len && !memcmp(parley_text_str(&again), note.text, note.text_len);
    parley_text_release(&again);
    checkpoint_origin(j->claim.pair, j->claim.author, j->claim.epoch, origin);
    if (!exact || strcmp(origin, out->origin))
        return judge_bad(j, name, "not a checkpoint of the author's record of that pair and epoch");
    const struct card *card = judge_card_of(j, j->claim.author, j->claim.epoch);
    if (!card || !note_verify(&note, card->name, NOTE_ED25519, card->signing, NULL))
        return judge_bad(j, name, "the author's signature does not verify");
    if (note.n <= j->claim.witnesses)
        return judge_bad(j, name, "it has fewer signatures than claim.json says");
    size_t parties = note.n - j->claim.witnesses;
    for (size_t i = 0; i < parties; i++) {
        struct note one = { .text = note.text, .text_len = note.text_len, .n = 1 };
        one.signature[0] = note.signature[i];
        bool good = i == 0 && note_verify(&one, card->name, NOTE_ED25519, card->signing, NULL);
        for (size_t k = 0; i == 1 && k < j->n_cards && !good; k++)
            if (!memcmp(j->card[k].party, j->claim.other, HASH_LEN) && (good = note_verify(&one, j->card[k].name, NOTE_COSIGNATURE, j->card[k].signing, NULL)))
                j->needed[k] = true;
        if (!good)
            return judge_bad(j, name, "a signature line that is neither the author's nor the other's cosignature");
    }
    if (parties > 1)
        parley_text_addf(j->report, "the other party cosigned the checkpoint of %" PRIu64 " statements\n", out->size);
    return judge_witnesses(j, name, &note, out->size);
}

/* --- about a statement -------------------------------------------------------------------------- */

static bool author_is(const struct judged_statement *s, const uint8_t party[HASH_LEN]) { return !memcmp(s->s.author, party, HASH_LEN); }

/* The statement that the claim names. */
static enum parley_status first_is_named(struct judge *j)
{
    const struct judged_statement *s = &j->s[0];
    return author_is(s, j->claim.author) && s->s.epoch == j->claim.epoch && s->s.seq == j->claim.seq ? PARLEY_OK : judge_bad(j, "claim.json", "statement 1 is not the one it names");
}

static enum parley_status judge_said_it(struct judge *j)
{
    if (j->claim.statements != 1 || j->claim.checkpoints || j->claim.notes)
        return judge_bad(j, "claim.json", "said-it rests on exactly one statement");
    return first_is_named(j);
}

static enum parley_status judge_got_it(struct judge *j)
{
    size_t n = j->claim.statements;
    if (n < 2 || j->claim.checkpoints || j->claim.notes)
        return judge_bad(j, "claim.json", "got-it rests on at least two statements and nothing else");
    enum parley_status status = first_is_named(j);
    if (status)
        return status;
    for (size_t i = 1; i + 1 < n; i++) {
        const struct judged_statement *a = &j->s[i - 1], *b = &j->s[i];
        bool next = b->s.epoch == a->s.epoch ? b->s.seq == a->s.seq + 1 : b->s.epoch > a->s.epoch && b->s.seq == 1;
        if (!author_is(b, j->claim.author) || !next || memcmp(b->s.previous, a->hash, HASH_LEN))
            return judge_bad(j, "statements", "got-it: the author's statements are not linked one after another");
    }
    const struct judged_statement *last = &j->s[n - 1], *seen = &j->s[n - 2];
    if (!author_is(last, j->claim.other))
        return judge_bad(j, "statements", "got-it: the last statement is not of the other party");
    bool sees = !memcmp(last->s.seen_hash, seen->hash, HASH_LEN) && last->s.seen_seq == seen->s.seq;
    bool names = n == 2 && !memcmp(last->s.reply_to, j->s[0].hash, HASH_LEN);
    return sees || names ? PARLEY_OK : judge_bad(j, "statements", "got-it: the other party's statement names it neither as seen nor in reply to");
}

static enum parley_status judge_equivocation(struct judge *j)
{
    const struct judged_statement *a = &j->s[0], *b = &j->s[1];
    if (j->claim.statements != 2 || j->claim.checkpoints || j->claim.notes || j->claim.proofs)
        return judge_bad(j, "claim.json", "equivocation rests on exactly two statements");
    enum parley_status status = first_is_named(j);
    if (status)
        return status;
    bool one_author = author_is(b, j->claim.author) && a->s.epoch == b->s.epoch;
    bool twice = a->s.seq == b->s.seq && memcmp(a->hash, b->hash, HASH_LEN) < 0;
    bool fork = b->s.seq == a->s.seq + 1 && memcmp(b->s.previous, a->hash, HASH_LEN);
    return one_author && (twice || fork) ? PARLEY_OK : judge_bad(j, "statements", "equivocation: the two do not contradict each other, or stand in the wrong order");
}

/* --- about a record ------------------------------------------------------------------------------ */

static enum parley_status judge_two_checkpoints(struct judge *j)
{
    const struct checkpoint *a = &j->checkpoint[0], *b = &j->checkpoint[1];
    struct consistency c;
    struct parley_error why = { 0 };
    if (j->claim.seq != b->size || !a->size)
        return judge_bad(j, "claim.json", "seq is not the size of the later checkpoint");
    if (a->size == b->size)
        return memcmp(a->root, b->root, HASH_LEN) < 0 && !j->claim.proofs ? PARLEY_OK : judge_bad(j, "checkpoints", "rewritten: two of one size must have different roots, the lower first, and need no proof");
    const struct bundle_file *f = j->claim.proofs ? judge_find(j, "proofs/1.consistency") : NULL;
    if (!f || a->size > b->size)
        return judge_bad(j, "checkpoints", "rewritten: two of different sizes need proofs/1.consistency, the smaller first");
    if (consistency_parse(f->data, f->len, &c, &why))
        return judge_bad(j, f->name, why.text);
    if (c.from != a->size || c.to != b->size || !merkle_consistency_verify(c.from, c.root, c.to, b->root, (const uint8_t(*)[HASH_LEN])c.path, c.path_len))
        return judge_bad(j, f->name, "it does not show what the later checkpoint commits to");
    return memcmp(c.root, a->root, HASH_LEN) ? PARLEY_OK : judge_bad(j, f->name, "the two checkpoints are of one record");
}

static enum parley_status judge_rewritten(struct judge *j)
{
    enum parley_status status = PARLEY_OK;
    size_t n = j->claim.statements;
    if (j->claim.checkpoints != (n ? 1u : 2u) || j->claim.notes || (n && j->claim.proofs))
        return judge_bad(j, "claim.json", "rewritten rests on two checkpoints, or on one and all statements before it");
    for (size_t i = 0; !status && i < j->claim.checkpoints; i++) {
        char name[BUNDLE_NAME_MAX];
        snprintf(name, sizeof name, "checkpoints/%zu.note", i + 1);
        const struct bundle_file *f = judge_find(j, name);
        status = f ? judge_checkpoint(j, name, f->data, f->len, &j->checkpoint[i]) : PARLEY_EVERIFY;
    }
    if (status || !n)
        return status ? status : judge_two_checkpoints(j);
    uint8_t(*leaf)[HASH_LEN] = parley_arena_calloc(j->arena, n, HASH_LEN), root[HASH_LEN];
    if (!leaf)
        return parley_fail(j->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        const struct judged_statement *s = &j->s[i];
        if (!author_is(s, j->claim.author) || s->s.epoch != j->claim.epoch || s->s.seq != i + 1 || (i && memcmp(s->s.previous, j->s[i - 1].hash, HASH_LEN)))
            return judge_bad(j, "statements", "rewritten: they are not the author's first of that epoch, linked one after another");
        merkle_leaf(s->bytes, PARLEY_STATEMENT_LEN, leaf[i]);
    }
    merkle_root((const uint8_t(*)[HASH_LEN])leaf, n, root);
    if (j->checkpoint[0].size != n || j->claim.seq != n)
        return judge_bad(j, "checkpoints/1.note", "its size is not the number of statements");
    return memcmp(root, j->checkpoint[0].root, HASH_LEN) ? PARLEY_OK : judge_bad(j, "checkpoints/1.note", "it commits to exactly these statements: nothing was rewritten");
}

/* --- about a relay ------------------------------------------------------------------------------- */

static bool pem_key(const struct bundle_file *f, uint8_t key[KEY_LEN])
{
    uint8_t der[44];
    size_t n = 0;
    struct parley_text again;
    const char *nl = memchr(f->data, '\n', f->len), *end = nl ? memchr(nl + 1, '\n', f->len - (size_t)(nl + 1 - f->data)) : NULL;
    if (!end || !from_base64(nl + 1, (size_t)(end - nl - 1), der, sizeof der, &n) || n != sizeof der)
        return false;
    memcpy(key, der + 12, KEY_LEN);
    parley_text_init(&again, CARD_MAX);
    card_pem_text(key, &again);
    bool same = again.len == f->len && !memcmp(parley_text_str(&again), f->data, f->len);
    parley_text_release(&again);
    return same && sign_key_is_valid(key);
}

/* Does the card name that relay: "relay URL PIN TOKEN"? */
static bool names_relay(const struct card *c, const uint8_t pin[HASH_LEN])
{
    char hex[2 * HASH_LEN + 1];
    to_hex(pin, HASH_LEN, hex);
    for (int i = 0; i < c->n_carriers; i++) {
        const char *url = strncmp(c->carrier[i], "relay ", 6) ? NULL : c->carrier[i] + 6, *space = url ? strchr(url, ' ') : NULL;
        if (space && !strncmp(space + 1, hex, 64) && (space[65] == ' ' || !space[65]))
            return true;
    }
    return false;
}

static enum parley_status judge_relay(struct judge *j)
{
    struct deposit first, second;
    struct listing_note *listing = PARLEY_NEW(j->arena, struct listing_note, 1);
    struct note note[2];
    struct parley_error why = { 0 };
    uint8_t key[KEY_LEN], pin[HASH_LEN];
    char name[RELAY_NAME_MAX];
    if (!listing)
        return parley_fail(j->err, PARLEY_ENOMEM, "out of memory");
    if (j->claim.notes != 2 || j->claim.statements || j->claim.checkpoints || j->claim.proofs)
        return judge_bad(j, "claim.json", "relay rests on two notes of the relay and the card that names it");
    const struct bundle_file *pem = judge_find(j, "relay/key.pem"), *f[2] = { judge_find(j, "relay/1.note"), judge_find(j, "relay/2.note") };
    if (!pem || !f[0] || !f[1])
        return PARLEY_EVERIFY;
    if (!pem_key(pem, key))
        return judge_bad(j, pem->name, "no Ed25519 public key");
    ed25519_pin(key, pin);
    relay_name(pin, name);
    const struct card *card = judge_card_of(j, j->claim.other, j->claim.epoch);
    if (!card || !names_relay(card, pin))
        return judge_bad(j, pem->name, "the other's card of that epoch does not name a relay with this key");
    for (int i = 0; i < 2; i++)
        if (note_parse(f[i]->data, f[i]->len, &note[i], &why) || !judge_all_signed(&note[i], name, (const uint8_t(*)[KEY_LEN])key, 1))
            return judge_bad(j, f[i]->name, *why.text ? why.text : "a signature line is not the relay's");
    if (deposit_parse(note[0].text, note[0].text_len, &first, &why) || first.number != j->claim.seq)
        return judge_bad(j, f[0]->name, *why.text ? why.text : "not the deposit that claim.json names");
    const char *how = !deposit_parse(note[1].text, note[1].text_len, &second, &why) ? deposits_contradict(&first, &second)
                      : !listing_parse(note[1].text, note[1].text_len, listing, &why) ? listing_contradicts(&first, listing) : NULL;
    if (!how)
        return judge_bad(j, f[1]->name, "it does not contradict the deposit");
    parley_text_addf(j->report, "how: %s\n", how);
    return PARLEY_OK;
}

/* --- what goes with a claim ---------------------------------------------------------------------- */

static enum parley_status judge_disclosed(struct judge *j)
{
    if (j->claim.disclosed > j->claim.statements)
        return judge_bad(j, "claim.json", "more is disclosed than was said");
    for (size_t i = 0; i < j->claim.disclosed; i++) {
        char name[2][BUNDLE_NAME_MAX];
        uint8_t commitment[HASH_LEN];
        snprintf(name[0], sizeof *name, "disclosed/%zu.salt", i + 1);
        snprintf(name[1], sizeof *name, "disclosed/%zu.body", i + 1);
        const struct bundle_file *salt = judge_find(j, name[0]), *body = judge_find(j, name[1]);
        if (!salt || !body)
            return PARLEY_EVERIFY;
        if (salt->len != SALT_LEN || body->len != j->s[i].s.body_len)
            return judge_bad(j, body->name, "salt or body has another length than was signed");
        parley_body_commit((const uint8_t *)salt->data, body->data, body->len, commitment);
        if (memcmp(commitment, j->s[i].s.commitment, HASH_LEN))
            return judge_bad(j, body->name, "it is not what was signed");
    }
    if (j->claim.disclosed)
        parley_text_addf(j->report, "what is disclosed of %zu statement%s is what was signed\n", j->claim.disclosed, j->claim.disclosed == 1 ? "" : "s");
    return PARLEY_OK;
}

/* proofs/1.tlog of said-it and got-it: statement 1 in its author's tree. */
static enum parley_status judge_inclusion(struct judge *j)
{
    static const char *const name = "proofs/1.tlog";
    struct tlog_proof p;
    struct checkpoint c;
    struct parley_error why = { 0 };
    struct parley_text again, note;
    uint8_t leaf[HASH_LEN];
    const struct bundle_file *f = judge_find(j, name);
    if (!f)
        return PARLEY_EVERIFY;
    if (tlog_proof_parse(f->data, f->len, &p, &why))
        return judge_bad(j, name, why.text);
    parley_text_init(&note, NOTE_MAX);
    parley_text_init(&again, NOTE_MAX);
    parley_text_add(&note, p.checkpoint, p.checkpoint_len);
    tlog_proof_text(p.index, (const uint8_t(*)[HASH_LEN])p.path, p.path_len, parley_text_str(&note), &again);
    parley_text_release(&note);
    enum parley_status status = judge_same_text(j, name, &again);
    if (!status)
        status = judge_checkpoint(j, name, p.checkpoint, p.checkpoint_len, &c);
    if (status)
        return status;
    merkle_leaf(j->s[0].bytes, PARLEY_STATEMENT_LEN, leaf);
    if (p.index + 1 != j->claim.seq || !merkle_inclusion_verify(leaf, p.index, c.size, (const uint8_t(*)[HASH_LEN])p.path, p.path_len, c.root))
        return judge_bad(j, name, "the statement is not in the tree under its number");
    parley_text_addf(j->report, "it is leaf %" PRIu64 " of %" PRIu64 " in the author's tree of the epoch\n", p.index, c.size);
    return PARLEY_OK;
}

enum parley_status judge_claim(struct judge *j)
{
    static const struct {
        const char *kind;
        enum parley_status (*judge)(struct judge *);
    } kinds[] = { { "said-it", judge_said_it }, { "got-it", judge_got_it }, { "equivocation", judge_equivocation }, { "rewritten", judge_rewritten }, { "relay", judge_relay } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(j->claim.kind, kinds[i].kind)) {
            enum parley_status status = kinds[i].judge(j);
            if (!status)
                status = judge_disclosed(j);
            return !status && i < 2 && j->claim.proofs ? judge_inclusion(j) : status;
        }
    return judge_bad(j, "claim.json", "unknown claim; expected said-it, got-it, equivocation, rewritten or relay");
}

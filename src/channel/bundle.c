/* The judgement of a third party over an evidence bundle: from the signatures alone, without a desk. */
#include "channel/bundle_judge.h"
#include "channel/bytes.h"

#include <parley/data.h>
#include <parley/tree.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CLAIM_MAX = 4096 };

enum parley_status judge_bad(struct judge *j, const char *name, const char *why) { return parley_fail(j->err, PARLEY_EVERIFY, "%s: %s", name, why); }

struct bundle_file *judge_find(struct judge *j, const char *name)
{
    for (size_t i = 0; i < j->n_files; i++)
        if (!strcmp(j->file[i].name, name)) {
            j->file[i].used = true;
            return &j->file[i];
        }
    parley_fail(j->err, PARLEY_EVERIFY, "%s: missing", name);
    return NULL;
}

enum parley_status judge_same_text(struct judge *j, const char *name, struct parley_text *expected)
{
    const struct bundle_file *f = judge_find(j, name);
    bool same = f && !expected->failed && f->len == expected->len && !memcmp(f->data, parley_text_str(expected), f->len);
    parley_text_release(expected);
    return same ? PARLEY_OK : f ? judge_bad(j, name, "not what it must be") : PARLEY_EVERIFY;
}

const struct card *judge_card_of(struct judge *j, const uint8_t party[HASH_LEN], uint32_t epoch)
{
    for (size_t i = 0; i < j->n_cards; i++)
        if (j->card[i].epoch == epoch && !memcmp(j->card[i].party, party, HASH_LEN)) {
            j->needed[i] = true;
            return &j->card[i];
        }
    return NULL;
}

/* --- reading ------------------------------------------------------------------------------------ */

static bool hash_value(const struct parley_node *root, const char *key, uint8_t out[HASH_LEN])
{
    const struct parley_node *v = parley_node_get(root, key);
    return v && v->kind == PARLEY_NODE_SCALAR && from_hex(v->text, v->len, out, HASH_LEN);
}

static bool count_value(const struct parley_node *root, const char *key, int64_t most, size_t *out)
{
    int64_t v;
    if (parley_node_i64(parley_node_get(root, key), 0, most, &v, NULL))
        return false;
    *out = (size_t)v;
    return true;
}

static enum parley_status read_claim(struct judge *j)
{
    const struct bundle_file *f = judge_find(j, "claim.json");
    struct claim *c = &j->claim;
    struct parley_node *root;
    const struct parley_node *kind;
    struct parley_text again;
    size_t epoch = 0, seq = 0;
    if (!f || f->len > CLAIM_MAX || parley_json_parse(f->data, f->len, "claim.json", j->arena, &root, j->err))
        return f ? judge_bad(j, "claim.json", "no JSON object of a claim") : PARLEY_EVERIFY;
    kind = parley_node_get(root, "claim");
    if (!kind || !kind->len || kind->len > BUNDLE_KIND_MAX || strspn(kind->text, "abcdefghijklmnopqrstuvwxyz-") != kind->len || !hash_value(root, "pair", c->pair) ||
        !hash_value(root, "author", c->author) || !hash_value(root, "other", c->other) || !count_value(root, "epoch", UINT32_MAX, &epoch) ||
        !count_value(root, "seq", INT64_MAX, &seq) || !count_value(root, "cards", BUNDLE_CARDS_MAX, &c->cards) ||
        !count_value(root, "statements", BUNDLE_STATEMENTS_MAX, &c->statements) || !count_value(root, "disclosed", BUNDLE_STATEMENTS_MAX, &c->disclosed) ||
        !count_value(root, "checkpoints", BUNDLE_CHECKPOINTS_MAX, &c->checkpoints) || !count_value(root, "proofs", 1, &c->proofs) || !count_value(root, "notes", 2, &c->notes) ||
        (parley_node_get(root, "witnesses") && !count_value(root, "witnesses", BUNDLE_WITNESSES_MAX, &c->witnesses)))
        return judge_bad(j, "claim.json", "a field is missing or out of its range");
    memcpy(c->kind, kind->text, kind->len);
    c->epoch = (uint32_t)epoch, c->seq = seq;
    parley_text_init(&again, CLAIM_MAX);
    claim_text(c, &again);
    return judge_same_text(j, "claim.json", &again);
}

bool judge_all_signed(const struct note *note, const char *name, const uint8_t (*key)[KEY_LEN], int n_keys)
{
    for (size_t i = 0; i < note->n; i++) {
        struct note one = { .text = note->text, .text_len = note->text_len, .n = 1 };
        bool good = false;
        one.signature[0] = note->signature[i];
        for (int k = 0; k < n_keys && !good; k++)
            good = note_verify(&one, name, NOTE_ED25519, key[k], NULL);
        for (size_t k = 0; k < i && good; k++)
            good = memcmp(note->signature[k].key_id, note->signature[i].key_id, 4) != 0;
        if (!good)
            return false;
    }
    return true;
}

static enum parley_status read_card(struct judge *j, struct bundle_file *f)
{
    struct card *c = &j->card[j->n_cards];
    struct note note;
    struct parley_error why = { 0 };
    struct parley_text text;
    char name[BUNDLE_NAME_MAX];
    if (j->n_cards == j->claim.cards)
        return judge_bad(j, f->name, "more cards than claim.json says");
    if (card_parse(f->data, f->len, c, &why) || note_parse(f->data, f->len, &note, &why))
        return judge_bad(j, f->name, why.text);
    card_file_name(c, "note", name);
    if (strcmp(name, f->name))
        return judge_bad(j, f->name, "it is the card of another party or epoch");
    if (!judge_all_signed(&note, c->name, (const uint8_t(*)[KEY_LEN])c->root, c->n_roots))
        return judge_bad(j, f->name, "a signature line is not of one of its root keys");
    if (memcmp(c->party, j->claim.author, HASH_LEN) && memcmp(c->party, j->claim.other, HASH_LEN))
        return judge_bad(j, f->name, "it is the card of neither party");
    for (size_t i = 0; i < j->n_cards; i++)
        if (j->card[i].epoch == c->epoch && !memcmp(j->card[i].party, c->party, HASH_LEN))
            return judge_bad(j, f->name, "two cards of one party and epoch");
    f->used = true;
    j->n_cards++;
    card_file_name(c, "pem", name);
    parley_text_init(&text, CARD_MAX);
    card_pem_text(c->signing, &text);
    enum parley_status status = judge_same_text(j, name, &text);
    if (status)
        return status;
    card_file_name(c, "vkey", name);
    parley_text_init(&text, CARD_MAX);
    card_vkey_text(c, &text);
    return judge_same_text(j, name, &text);
}

static enum parley_status read_cards(struct judge *j)
{
    uint8_t pair[HASH_LEN];
    bool of_relay = !strcmp(j->claim.kind, "relay"); /* nobody's word but the relay's: no author, no pair */
    pair_id(j->claim.author, j->claim.other, pair);
    if (of_relay ? !is_zero(j->claim.pair, HASH_LEN) || !is_zero(j->claim.author, HASH_LEN)
                 : memcmp(pair, j->claim.pair, HASH_LEN) || !memcmp(j->claim.author, j->claim.other, HASH_LEN))
        return judge_bad(j, "claim.json", "the pair is not that of author and other");
    if (!(j->card = PARLEY_NEW(j->arena, struct card, j->claim.cards + 1)) || !(j->needed = PARLEY_NEW(j->arena, bool, j->claim.cards + 1)))
        return parley_fail(j->err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; !status && i < j->n_files; i++) {
        size_t n = strlen(j->file[i].name);
        if (!strncmp(j->file[i].name, "cards/", 6) && n > 11 && !strcmp(j->file[i].name + n - 5, ".note"))
            status = read_card(j, &j->file[i]);
    }
    return status || j->n_cards == j->claim.cards ? status : judge_bad(j, "claim.json", "fewer cards are there than it says");
}

/* witnesses/N.vkey: keys that are no two the same, and the text that explains them. */
static enum parley_status read_witnesses(struct judge *j)
{
    const struct parley_data_file *readme = parley_data_find("channel/witness-readme.txt");
    struct parley_text text;
    for (size_t i = 0; i < j->claim.witnesses; i++) {
        char name[BUNDLE_NAME_MAX];
        struct parley_error why = { 0 };
        snprintf(name, sizeof name, "witnesses/%zu.vkey", i + 1);
        const struct bundle_file *f = judge_find(j, name);
        if (!f)
            return PARLEY_EVERIFY;
        if (!f->len || f->data[f->len - 1] != '\n' || note_vkey_parse(f->data, f->len - 1, &j->witness[i], &why) || j->witness[i].algorithm != NOTE_COSIGNATURE)
            return judge_bad(j, name, *why.text ? why.text : "no verifier key of a witness on a line");
        for (size_t k = 0; k < i; k++)
            if (!memcmp(j->witness[k].key, j->witness[i].key, KEY_LEN))
                return judge_bad(j, name, "one key under two names");
    }
    if (!j->claim.witnesses)
        return PARLEY_OK;
    if (strcmp(j->claim.kind, "said-it") && strcmp(j->claim.kind, "got-it"))
        return judge_bad(j, "claim.json", "witnesses go with said-it and got-it only");
    if (!j->claim.proofs)
        return judge_bad(j, "claim.json", "witnesses cosign the checkpoint of proofs/1.tlog, which is not there");
    parley_text_init(&text, 1 << 16);
    parley_text_add(&text, readme->bytes, readme->len);
    return judge_same_text(j, "witnesses/README.txt", &text);
}

static enum parley_status read_statements(struct judge *j)
{
    if (!(j->s = PARLEY_NEW(j->arena, struct judged_statement, j->claim.statements + 1)))
        return parley_fail(j->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < j->claim.statements; i++) {
        char name[BUNDLE_NAME_MAX];
        struct parley_error why = { 0 };
        struct judged_statement *s = &j->s[i];
        snprintf(name, sizeof name, "statements/%zu.bin", i + 1);
        const struct bundle_file *f = judge_find(j, name);
        if (!f)
            return PARLEY_EVERIFY;
        if (f->len != PARLEY_STATEMENT_LEN)
            return judge_bad(j, name, "a statement has 304 bytes");
        s->bytes = (const uint8_t *)f->data;
        if (parley_statement_decode(s->bytes, &s->s, &why))
            return judge_bad(j, name, why.text);
        const struct card *card = judge_card_of(j, s->s.author, s->s.epoch);
        if (!card)
            return judge_bad(j, name, "no card of its author and epoch");
        if (!card_signed(card, s->bytes))
            return judge_bad(j, name, "its signature does not verify");
        if (memcmp(s->s.pair, j->claim.pair, HASH_LEN))
            return judge_bad(j, name, "it is of another pair");
        parley_statement_hash(s->bytes, s->hash);
    }
    return PARLEY_OK;
}

/* --- the whole ------------------------------------------------------------------------------------ */

enum parley_status bundle_judge(struct bundle_file *file, size_t n, struct parley_arena *arena, struct parley_text *report, struct parley_error *err)
{
    struct judge j = { .file = file, .n_files = n, .arena = arena, .report = report, .err = err };
    const struct parley_data_file *readme = parley_data_find("channel/evidence-readme.txt");
    struct parley_text text;
    char hex[2 * HASH_LEN + 1];
    for (size_t i = 0; i < n; i++)
        file[i].used = false;
    enum parley_status status = crypto_init(err);
    if (!status)
        status = read_claim(&j);
    if (!status) {
        parley_text_init(&text, 1 << 16);
        parley_text_add(&text, readme->bytes, readme->len);
        status = judge_same_text(&j, "README.txt", &text);
    }
    if (!status)
        status = read_cards(&j);
    if (!status)
        status = read_witnesses(&j);
    if (!status)
        status = read_statements(&j);
    to_hex(j.claim.notes ? j.claim.other : j.claim.author, 8, hex);
    if (!status) {
        parley_text_addf(report, j.claim.notes ? "proven: %s, deposit %" PRIu64 "; it is named on the card of epoch %" PRIu32 " of %s\n" : "proven: %s, statement %" PRIu64 " of epoch %" PRIu32 " by %s\n",
                         j.claim.kind, j.claim.seq, j.claim.epoch, hex);
        status = judge_claim(&j);
    }
    for (size_t i = 0; !status && i < n; i++)
        if (!file[i].used)
            status = judge_bad(&j, file[i].name, "nothing in claim.json accounts for this file");
    for (size_t i = 0; !status && i < j.n_cards; i++) {
        char name[BUNDLE_NAME_MAX];
        card_file_name(&j.card[i], "note", name);
        if (!j.needed[i])
            status = judge_bad(&j, name, "nothing rests on this card");
        for (int k = 0; !status && k < j.card[i].n_roots; k++) {
            to_hex(j.card[i].root[k], KEY_LEN, hex);
            parley_text_addf(report, "rests on root key of %s (epoch %" PRIu32 "): %s\n", j.card[i].name, j.card[i].epoch, hex);
        }
    }
    if (status)
        parley_text_clear(report);
    return status;
}

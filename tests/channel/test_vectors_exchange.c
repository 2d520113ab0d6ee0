/* tests/vectors/channel/exchange.json: what two desks say to each other, and what must be refused. All of it is computed here and must be what
 * the file says; PARLEY_WRITE_VECTORS=FILE writes it anew. */
#include "channel/attachment.h"
#include "channel/bytes.h"
#include "channel/deposit.h"
#include "channel/hpke.h"
#include "channel/merkle.h"
#include "channel/unit.h"
#include "parties.h"
#include "vectors.h"

#include <parley/channel_attachment.h>
#include <stdlib.h>

enum { SAID = 5, TIME_S = 1795262400 };

struct world { /* CN speaks to US; everything from seeds */
    struct card card[PARTIES];
    struct parley_text note[PARTIES];
    uint8_t pair[HASH_LEN], seed[KEY_LEN], pk[KEY_LEN], sk[SIGN_SECRET_LEN]; /* CN's signing key of epoch 1 */
    uint8_t bytes[SAID][PARLEY_STATEMENT_LEN], hash[SAID][HASH_LEN], salt[SAID][32];
    const char *body[SAID];
    struct parley_json *json;
    size_t refused, taken;
};

static void text_field(struct world *w, const char *key, const char *value) { parley_json_put_string(w->json, key, value); }

static void row(struct world *w, const char *what)
{
    parley_json_object(w->json);
    text_field(w, "what", what);
}

/* --- cards of later epochs ------------------------------------------------------------------ */

static void cards(struct world *w)
{
    struct card said = { .epoch = 2, .has_previous = true }, card[3] = { { .epoch = 0 } };
    struct parley_text note[3];
    static const char *const what[] = { "CN, epoch 2, a rotation", "CN, epoch 3, recovers", "CN, epoch 4, revokes; no number can be named" };
    parley_json_key(w->json, "cards");
    parley_json_array(w->json);
    for (int i = 0; i < 3; i++) {
        memcpy(said.previous, i ? card[i - 1].text_hash : w->card[0].text_hash, HASH_LEN);
        said.epoch = (uint32_t)i + 2;
        said.recovers = (struct card_mark){ .given = i == 1, .seq = i == 1 ? SAID : 0 };
        if (i == 1)
            memcpy(said.recovers.hash, w->hash[SAID - 1], HASH_LEN);
        said.revokes = (struct card_mark){ .given = i == 2 };
        make_card(0, false, &said, &card[i], &note[i]);
        row(w, what[i]);
        text_field(w, "note", parley_text_str(&note[i]));
        put_hex(w->json, "text_hash", card[i].text_hash, HASH_LEN);
        parley_json_object_end(w->json);
        parley_text_release(&note[i]);
    }
    parley_json_array_end(w->json);
}

/* --- statements ----------------------------------------------------------------------------- */

static void statements(struct world *w)
{
    static const struct { const char *what, *body; uint16_t type; uint8_t kind, flags, precedence, tlp; uint32_t within_s; } say[SAID] = {
        { "the first: no previous, nothing seen", "{\"text\": \"one\"}", 1, 1, 0, 1, 1, 86400 },
        { "an exercise, TLP:RED", "{\"what\": \"演习\", \"when\": \"2026-11-21T09:00Z\", \"affected\": [\"health\"]}", 2, 1, 1, 4, 5, 21600 },
        { "a receipt (R1) of two of the other's", "{\"receipt\":\"stored\",\"seq\":7,\"also\":[\"8888888888888888888888888888888888888888888888888888888888888888\"],\"meaning\":\"Acknowledging is not agreeing; origin in a territory is "
          "not responsibility.\"}", 100, 2, 0, 3, 2, 0 },
        { "a receipt (R2) by an officer", "{\"receipt\":\"read\",\"seq\":7,\"by\":\"duty officer\"}", 100, 2, 0, 3, 2, 0 },
        { "a reply with an attachment", "{\"answer\": \"annex\", \"attachments\": [{\"name\": \"附件.csv\", \"bytes\": 34, \"sha256\": \"e6570eae8e9f85a01e4e865383ca42aba0318a62f41f69c2acf9e4112b4f5108\"}]}", 5, 1, 0, 2, 4, 0 },
    };
    parley_json_key(w->json, "statements");
    parley_json_array(w->json);
    for (int i = 0; i < SAID; i++) {
        struct parley_statement s = { .kind = say[i].kind, .flags = say[i].flags, .precedence = say[i].precedence, .tlp = say[i].tlp, .type = say[i].type, .within_s = say[i].within_s, .epoch = 1,
                                      .seq = (uint64_t)i + 1, .time_us = INT64_C(1000000) * TIME_S + i, .body_len = (uint32_t)strlen(say[i].body) };
        memcpy(s.pair, w->pair, 32);
        memcpy(s.author, w->card[0].party, 32);
        if (i)
            memcpy(s.previous, w->hash[i - 1], 32);
        if (say[i].type == PARLEY_TYPE_RECEIPT || say[i].type == PARLEY_TYPE_REPLY) {
            s.seen_seq = 7;
            memset(s.seen_hash, 0x77, 32);
            memset(s.reply_to, 0x77, 32);
        }
        memset(w->salt[i], i + 1, 32);
        w->body[i] = say[i].body;
        parley_body_commit(w->salt[i], say[i].body, s.body_len, s.commitment);
        OK(!parley_statement_sign(&s, w->sk, w->bytes[i], NULL) && !parley_body_check(say[i].body, s.body_len, "body", NULL), "said: %s", say[i].what);
        parley_statement_hash(w->bytes[i], w->hash[i]);
        row(w, say[i].what);
        put_hex(w->json, "salt", w->salt[i], 32);
        text_field(w, "body", say[i].body);
        put_hex(w->json, "statement", w->bytes[i], PARLEY_STATEMENT_LEN);
        put_hex(w->json, "hash", w->hash[i], HASH_LEN);
        parley_json_object_end(w->json);
    }
    parley_json_array_end(w->json);
}

/* --- record: roots, checkpoint, cosignature ------------------------------------------------- */

static void record(struct world *w, struct parley_text *cosigned)
{
    uint8_t leaf[SAID][HASH_LEN], root[HASH_LEN], seed[KEY_LEN], pk[KEY_LEN], sk[SIGN_SECRET_LEN];
    struct checkpoint c = { .size = SAID };
    struct parley_text text;
    parley_json_key(w->json, "record");
    parley_json_object(w->json);
    parley_json_key(w->json, "roots");
    parley_json_array(w->json);
    for (size_t i = 0; i < SAID; i++) {
        char hex[2 * HASH_LEN + 1];
        merkle_leaf(w->bytes[i], PARLEY_STATEMENT_LEN, leaf[i]);
        merkle_root((const uint8_t(*)[HASH_LEN])leaf, i + 1, root);
        to_hex(root, HASH_LEN, hex);
        parley_json_string(w->json, hex);
    }
    parley_json_array_end(w->json);
    char pair[33], author[33];
    to_hex(w->pair, 16, pair);
    to_hex(w->card[0].party, 16, author);
    snprintf(c.origin, sizeof c.origin, "parley/%s/%s/1", pair, author);
    memcpy(c.root, root, HASH_LEN);
    parley_text_init(&text, NOTE_MAX);
    parley_text_init(cosigned, NOTE_MAX);
    checkpoint_text(&c, &text);
    parley_text_addf(cosigned, "%s\n", parley_text_str(&text));
    note_sign(text.data, text.len, "CN", w->pk, w->sk, cosigned);
    text_field(w, "checkpoint", parley_text_str(cosigned));
    memset(seed, 0x71, 32);
    sign_keypair_from_seed(seed, pk, sk);
    note_cosign(text.data, text.len, "US", pk, sk, TIME_S, cosigned);
    text_field(w, "cosigned_by_US", parley_text_str(cosigned));
    parley_json_object_end(w->json);
    parley_text_release(&text);
}

/* --- items and a unit ----------------------------------------------------------------------- */

/* A unit of this plaintext with a given ephemeral secret, made of HPKE alone. */
static struct blob seal_plain(struct parley_arena *arena, const struct unit_keys *k, const uint8_t sealing[KEY_LEN], const uint8_t *plain, size_t len)
{
    uint8_t info[14 + 3 * HASH_LEN], psk_id[17], ephemeral[KEY_LEN];
    struct hpke_context context;
    struct blob unit = { parley_arena_alloc(arena, UNIT_HEADER + len + AEAD_TAG_LEN), UNIT_HEADER + len + AEAD_TAG_LEN };
    memcpy(info, "parley-unit-v1", 14);
    memcpy(info + 14, k->pair, HASH_LEN);
    memcpy(info + 14 + HASH_LEN, k->sender, HASH_LEN);
    memcpy(info + 14 + 2 * HASH_LEN, k->recipient, HASH_LEN);
    memcpy(psk_id, "parley-psk-v1", 13);
    put_u32(psk_id + 13, k->epoch);
    memset(ephemeral, 0xee, KEY_LEN);
    memcpy(unit.data, "PLYU\1\1\0\0", 8);
    mailbox_tag(k->psk, unit.data + 8);
    put_u32(unit.data + 24, k->epoch);
    struct hpke_inputs in = { .mode = HPKE_PSK, .info = info, .info_len = sizeof info, .psk = k->psk, .psk_len = KEY_LEN, .psk_id = psk_id, .psk_id_len = sizeof psk_id };
    if (hpke_sender(&in, sealing, ephemeral, unit.data + UNIT_AAD, &context, NULL))
        return (struct blob){ NULL, 0 };
    hpke_seal(&context, unit.data, UNIT_AAD, plain, len, unit.data + UNIT_HEADER);
    return unit;
}

static void item(struct world *w, struct parley_text *content, enum item_type type, const char *what, const struct part *parts, size_t n)
{
    size_t before = content->len;
    item_add(content, type, parts, n);
    row(w, what);
    put_hex(w->json, "item", content->data + before, content->len - before);
    parley_json_object_end(w->json);
}

static void items(struct world *w, const struct parley_text *cosigned, struct parley_text *content)
{
    uint8_t heads[8 + 4 * 44] = "question", want[21] = { 1 }, chunk[48] = { 0 }, wanted[48];
    const char *file = "indicator,kind\n203.0.113.7,address";
    put_u32(heads + 8, 1), put_u64(heads + 12, 7), memset(heads + 20, 0x77, 32);
    put_u32(heads + 52, 1), put_u64(heads + 56, SAID), memcpy(heads + 64, w->hash[SAID - 1], 32);
    put_u32(heads + 140, 2);
    put_u32(want + 1, 1), put_u64(want + 5, 3), put_u64(want + 13, 9);
    sha256(file, strlen(file), chunk);
    memcpy(wanted, chunk, sizeof wanted);
    put_u64(chunk + 32, strlen(file));
    put_u64(wanted + 40, 65536);
    parley_json_key(w->json, "items");
    parley_json_array(w->json);
    item(w, content, ITEM_CARD, "1 card", &(struct part){ w->note[0].data, w->note[0].len }, 1);
    item(w, content, ITEM_STATEMENT, "2 statement: the first above", (const struct part[]){ { w->bytes[0], PARLEY_STATEMENT_LEN }, { w->salt[0], 32 }, { w->body[0], strlen(w->body[0]) } }, 3);
    item(w, content, ITEM_HEAD_ASK, "3 head?", &(struct part){ "question", 8 }, 1);
    item(w, content, ITEM_HEAD, "4 head: epoch 1 of the asker up to 7, of the answerer up to 5; no second epoch of the asker, one of the answerer in which nothing was said", &(struct part){ heads, sizeof heads }, 1);
    item(w, content, ITEM_WANT, "5 want: yours of epoch 1, 3 to 9", &(struct part){ want, sizeof want }, 1);
    item(w, content, ITEM_CHUNK, "6 chunk: a whole file of 34 bytes", (const struct part[]){ { chunk, sizeof chunk }, { file, strlen(file) } }, 2);
    item(w, content, ITEM_BUSY, "7 busy: 30 s", &(struct part){ "\0\0\0\x1e", 4 }, 1);
    item(w, content, ITEM_CHECKPOINT, "8 checkpoint, cosigned", &(struct part){ cosigned->data, cosigned->len }, 1);
    item(w, content, ITEM_CHUNK_WANT, "9 want chunks: from 0 to 65536", &(struct part){ wanted, sizeof wanted }, 1);
    parley_json_array_end(w->json);
}

static void unit(struct world *w, const struct parley_text *content, struct unit_keys *k, struct parley_arena *arena)
{
    uint8_t psk[KEY_LEN], secret[KEY_LEN], plain[4096] = { 0 }, *opened = NULL;
    size_t n = 0;
    memset(psk, 0x5a, KEY_LEN);
    *k = (struct unit_keys){ .epoch = 1 };
    memcpy(k->pair, w->pair, HASH_LEN);
    memcpy(k->sender, w->card[0].party, HASH_LEN);
    memcpy(k->recipient, w->card[1].party, HASH_LEN);
    direction_key(psk, k->sender, k->recipient, k->psk);
    put_u32(plain, (uint32_t)content->len);
    memcpy(plain + 4, content->data, content->len);
    memset(secret, 0x81, KEY_LEN);
    struct blob sealed = seal_plain(arena, k, w->card[1].sealing, plain, sizeof plain);
    OK(!unit_open(k, secret, sealed.data, sealed.len, &opened, &n, NULL) && n == content->len && !memcmp(opened, content->data, n), "a unit with every item opens");
    free(opened);
    parley_json_key(w->json, "unit");
    parley_json_object(w->json);
    text_field(w, "what", "all items in this order, from CN to US in epoch 1; keys as in identity.json, the ephemeral secret is 32 x ee");
    put_hex(w->json, "unit", sealed.data, sealed.len);
    parley_json_object_end(w->json);
}

/* --- a relay's notes ------------------------------------------------------------------------ */

static void relay(struct world *w)
{
    uint8_t seed[KEY_LEN], pk[KEY_LEN], sk[SIGN_SECRET_LEN], pin[HASH_LEN];
    char name[RELAY_NAME_MAX], hex[65];
    struct deposit d = { .bytes = 1100 };
    struct listing_note *l = calloc(1, sizeof *l);
    struct parley_text text, note;
    memset(seed, 0x99, KEY_LEN);
    sign_keypair_from_seed(seed, pk, sk);
    ed25519_pin(pk, pin);
    relay_name(pin, name);
    parley_json_key(w->json, "relay");
    parley_json_object(w->json);
    put_hex(w->json, "seed", seed, KEY_LEN);
    put_hex(w->json, "pin", pin, HASH_LEN);
    text_field(w, "name", name);
    memset(d.box, 0xb0, BOX_TAG_LEN);
    memset(l->box, 0xb0, BOX_TAG_LEN);
    parley_json_key(w->json, "deposits");
    parley_json_array(w->json);
    for (d.number = 1; d.number <= 2; d.number++) {
        memset(d.unit, 0x10 * (int)d.number, HASH_LEN);
        box_head(d.head, d.box, d.number, d.unit, d.head);
        d.at_us = INT64_C(1000000) * TIME_S + (int64_t)d.number;
        parley_text_init(&text, NOTE_MAX);
        parley_text_init(&note, NOTE_MAX);
        deposit_text(&d, &text);
        parley_text_addf(&note, "%s\n", parley_text_str(&text));
        note_sign(text.data, text.len, name, pk, sk, &note);
        parley_json_string(w->json, parley_text_str(&note));
        parley_text_release(&text), parley_text_release(&note);
    }
    parley_json_array_end(w->json);
    l->next = 3, l->at_us = d.at_us + 1, l->n = 1, l->unit[0].number = 2; /* the first was fetched */
    memcpy(l->head, d.head, HASH_LEN);
    memcpy(l->unit[0].unit, d.unit, HASH_LEN);
    parley_text_init(&text, NOTE_MAX);
    parley_text_init(&note, NOTE_MAX);
    listing_text(l, &text);
    parley_text_addf(&note, "%s\n", parley_text_str(&text));
    note_sign(text.data, text.len, name, pk, sk, &note);
    to_hex(pk, KEY_LEN, hex);
    parley_text_clear(&text);
    parley_text_addf(&text, "%s\n%s", hex, parley_text_str(&note));
    text_field(w, "answer_to_list", parley_text_str(&text));
    parley_json_object_end(w->json);
    parley_text_release(&text), parley_text_release(&note);
    free(l);
}

/* --- what must be refused ------------------------------------------------------------------- */

static void refuse(struct world *w, const char *kind, const char *what, const void *data, size_t len, bool taken)
{
    row(w, what);
    text_field(w, "kind", kind);
    put_hex(w->json, "bytes", data, len);
    parley_json_object_end(w->json);
    w->refused++;
    w->taken += taken;
    if (taken)
        printf("# taken: %s: %s\n", kind, what);
}

/* A statement with some of its first 240 bytes changed, then signed. */
static void bad_statement(struct world *w, const char *what, size_t at, const char *bytes, size_t n)
{
    static const char label[] = "parley-statement-v1";
    uint8_t b[PARLEY_STATEMENT_LEN], message[19 + PARLEY_STATEMENT_SIGNED_LEN];
    struct parley_statement s;
    memcpy(b, w->bytes[1], sizeof b);
    memcpy(b + at, bytes, n);
    memcpy(message, label, 19);
    memcpy(message + 19, b, PARLEY_STATEMENT_SIGNED_LEN);
    sign_bytes(message, sizeof message, w->sk, b + PARLEY_STATEMENT_SIGNED_LEN);
    refuse(w, "statement", what, b, sizeof b, !parley_statement_decode(b, &s, NULL));
}

static void bad_statements(struct world *w)
{
    static const char zeros[32], ones[32] = "1111111111111111111111111111111";
    bad_statement(w, "magic", 0, "PLYT", 4);
    bad_statement(w, "version 2", 4, "\2", 1);
    bad_statement(w, "kind 4", 5, "\4", 1);
    bad_statement(w, "a kind that is not the type's", 5, "\3", 1);
    bad_statement(w, "suite 2", 6, "\2", 1);
    bad_statement(w, "flag 2", 7, "\3", 1);
    bad_statement(w, "key epoch 0", 72, zeros, 4);
    bad_statement(w, "seq 0", 76, zeros, 8);
    bad_statement(w, "a time of the year 10000", 84, "\x03\x84\x44\x0c\xcc\x73\x60\x00", 8);
    bad_statement(w, "no previous at seq 2", 92, zeros, 32);
    bad_statement(w, "seen without a hash", 124, "\0\0\0\0\0\0\0\1", 8);
    bad_statement(w, "the hash of nothing seen", 132, ones, 32);
    bad_statement(w, "a receipt that names nothing", 198, "\0\x64", 2);
    bad_statement(w, "precedence 0", 196, "\0", 1);
    bad_statement(w, "precedence 5", 196, "\5", 1);
    bad_statement(w, "TLP 0", 197, "\0", 1);
    bad_statement(w, "TLP 6", 197, "\6", 1);
    bad_statement(w, "type 19", 198, "\0\x13", 2);
    bad_statement(w, "a body of 262145 bytes", 200, "\0\4\0\1", 4);
    static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
    uint8_t b[PARLEY_STATEMENT_LEN];
    memcpy(b, w->bytes[1], sizeof b);
    b[100] ^= 1;
    refuse(w, "signature", "of another statement", b, sizeof b, parley_statement_verify(b, w->pk));
    memcpy(b, w->bytes[1], sizeof b);
    for (unsigned i = 0, carry = 0; i < 32; i++, carry >>= 8)
        b[272 + i] = (uint8_t)(carry += (unsigned)b[272 + i] + order[i]);
    refuse(w, "signature", "S + L: the same equation, not canonical", b, sizeof b, parley_statement_verify(b, w->pk));
    memcpy(b, w->bytes[1], sizeof b);
    memset(b + 240, 0, 32);
    b[240] = 1;
    refuse(w, "signature", "R of small order", b, sizeof b, parley_statement_verify(b, w->pk));
}

static void bad_bodies(struct world *w)
{
    static const struct { const char *what, *body; } bad[] = {
        { "empty", "" }, { "a list", "[1]" }, { "two objects", "{}{}" }, { "a name twice", "{\"a\":1,\"a\":2}" }, { "the same name, escaped", "{\"a\":1,\"\\u0061\":2}" },
        { "a fraction", "{\"a\":1.0}" }, { "an exponent", "{\"a\":1e2}" }, { "minus zero", "{\"a\":-0}" }, { "2^53", "{\"a\":9007199254740992}" },
        { "a lone surrogate", "{\"a\":\"\\ud800\"}" }, { "a noncharacter", "{\"a\":\"\xef\xbf\xbe\"}" }, { "a noncharacter, escaped", "{\"a\":\"\\ufffe\"}" },
        { "a byte that is no UTF-8", "{\"a\":\"\xff\"}" }, { "a byte order mark", "\xef\xbb\xbf{}" }, { "depth 17", "{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}" }, { "a comma at the end", "{\"a\":1,}" },
    };
    static const char *const good[] = { "{}", " {\"a\" : -9007199254740991} ", "{\"a\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse(w, "body", bad[i].what, bad[i].body, strlen(bad[i].body), !parley_body_check(bad[i].body, strlen(bad[i].body), "body", NULL));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        OK(!parley_body_check(good[i], strlen(good[i]), "body", NULL), "while %s is taken", good[i]);
}

static void bad_attachments(struct world *w)
{
    static const char *const name[] = { "", "a/b", "a\\b", "..", ".hidden", "-rf", "~", "a ", "a.", "con.txt", "LPT1", "a\nb", "a\342\200\256b", "a:b", "a?" };
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        refuse(w, "attachment name", "a name of an attachment", name[i], strlen(name[i]), !parley_attachment_name_check(name[i], strlen(name[i]), NULL));
    OK(!parley_attachment_name_check("附件 (1).csv", strlen("附件 (1).csv"), NULL), "while 附件 (1).csv is taken");
}

/* A card with one piece of its text replaced, signed again by its root. */
static void bad_card(struct world *w, const char *what, const char *old, const char *new)
{
    const char *from = parley_text_str(&w->note[0]), *at = strstr(from, old), *end = strstr(from, "\n\n") + 1;
    uint8_t seed[KEY_LEN], pk[KEY_LEN], sk[SIGN_SECRET_LEN];
    struct parley_text text, note;
    struct card card;
    parley_text_init(&text, 2 * CARD_MAX);
    parley_text_init(&note, 2 * CARD_MAX);
    parley_text_addf(&text, "%.*s%s%.*s", (int)(at - from), from, new, (int)(end - at) - (int)strlen(old), at + strlen(old));
    memset(seed, 0x10, KEY_LEN);
    sign_keypair_from_seed(seed, pk, sk);
    parley_text_addf(&note, "%s\n", parley_text_str(&text));
    note_sign(text.data, text.len, "CN", pk, sk, &note);
    refuse(w, "card", what, note.data, note.len, !card_parse(note.data, note.len, &card, NULL));
    parley_text_release(&text), parley_text_release(&note);
}

static void bad_cards(struct world *w)
{
    uint8_t unsigned_again[CARD_MAX];
    struct card card;
    bad_card(w, "another first line", "statement v1", "statement v2");
    bad_card(w, "a name with a blank", "party CN", "party C N");
    bad_card(w, "threshold above the roots", "threshold 1", "threshold 2");
    bad_card(w, "a leading zero", "epoch 1", "epoch 01");
    bad_card(w, "epoch 2 without previous", "epoch 1", "epoch 2");
    bad_card(w, "a signing key of small order", "signing 19204c8c3ba85ba059cd18ac9017bd02a18da5d10c68fb779a34be43ef067791", "signing 0100000000000000000000000000000000000000000000000000000000000000");
    bad_card(w, "a sealing key of small order", "sealing c84a0f784d9723c28577272ff700d42b6c923c23f5bdd38e933ac77d6ceb9157", "sealing 0100000000000000000000000000000000000000000000000000000000000000");
    bad_card(w, "upper case", "signing 19204c8c3ba8", "signing 19204C8C3BA8");
    bad_card(w, "until before from", "until 2027", "until 2025");
    bad_card(w, "valid for five years", "until 2027", "until 2031");
    bad_card(w, "a time that is none", "from 2026-01-01", "from 2026-02-30");
    bad_card(w, "lines in another order", "threshold 1\nepoch 1\n", "epoch 1\nthreshold 1\n");
    bad_card(w, "a line that no card has", "contact diplomatic", "phone");
    memcpy(unsigned_again, w->note[0].data, w->note[0].len);
    unsigned_again[9] ^= 1;
    refuse(w, "card", "a changed text under the old signature", unsigned_again, w->note[0].len, !card_parse((char *)unsigned_again, w->note[0].len, &card, NULL));
}

static void bad_unit(struct world *w, const struct unit_keys *k, const char *what, const uint8_t *plain, size_t len, struct parley_arena *arena)
{
    uint8_t secret[KEY_LEN], *opened = NULL;
    size_t n;
    memset(secret, 0x81, KEY_LEN);
    struct blob sealed = seal_plain(arena, k, w->card[1].sealing, plain, len);
    bool taken = !unit_open(k, secret, sealed.data, sealed.len, &opened, &n, NULL);
    free(opened);
    refuse(w, "unit", what, sealed.data, sealed.len, taken);
}

static void bad_units(struct world *w, const struct unit_keys *k, struct parley_arena *arena)
{
    uint8_t plain[1024] = { 0 };
    struct unit_keys other = *k;
    put_u32(plain, 6), plain[4] = ITEM_BUSY;
    bad_unit(w, k, "an item longer than the content", (memcpy(plain + 5, "\0\0\0\4", 4), plain), sizeof plain, arena);
    put_u32(plain, 1021);
    bad_unit(w, k, "a content longer than the unit", plain, sizeof plain, arena);
    memset(plain, 0, sizeof plain), put_u32(plain, 5), plain[4] = ITEM_HEAD_ASK, plain[1023] = 1;
    bad_unit(w, k, "bytes behind the content", plain, sizeof plain, arena);
    plain[1023] = 0;
    bad_unit(w, k, "1023 bytes of plaintext", plain, 1023, arena);
    other.psk[0] ^= 1; /* the tag is another one, too: a desk does not find the pair */
    uint8_t secret[KEY_LEN], *opened = NULL;
    size_t n;
    struct blob sealed = seal_plain(arena, &other, w->card[1].sealing, plain, sizeof plain);
    memset(secret, 0x81, KEY_LEN);
    refuse(w, "unit", "sealed under another pre-shared key", sealed.data, sealed.len, !unit_open(k, secret, sealed.data, sealed.len, &opened, &n, NULL));
}

static void compute(struct world *w, struct parley_arena *arena)
{
    struct parley_text cosigned, content;
    struct unit_keys keys;
    parley_text_init(&content, UNIT_PLAIN_MAX - 4);
    for (int p = 0; p < PARTIES; p++)
        make_card(p, false, NULL, &w->card[p], &w->note[p]);
    pair_id(w->card[0].party, w->card[1].party, w->pair);
    memset(w->seed, 0x70, KEY_LEN);
    sign_keypair_from_seed(w->seed, w->pk, w->sk);
    parley_json_object(w->json);
    statements(w);
    cards(w);
    record(w, &cosigned);
    items(w, &cosigned, &content);
    unit(w, &content, &keys, arena);
    relay(w);
    parley_json_key(w->json, "refused");
    parley_json_array(w->json);
    bad_statements(w);
    bad_bodies(w);
    bad_attachments(w);
    bad_cards(w);
    bad_units(w, &keys, arena);
    parley_json_array_end(w->json);
    parley_json_object_end(w->json);
    OK(!w->taken && w->refused > 60, "%zu of %zu that must be refused are taken", w->taken, w->refused);
    parley_text_release(&cosigned), parley_text_release(&content);
}

int main(void)
{
    struct parley_arena arena = { 0 };
    struct parley_text text;
    struct parley_json json;
    struct world w = { .json = &json };
    const char *write = getenv("PARLEY_WRITE_VECTORS"), *folder = getenv("PARLEY_SOURCE") ? getenv("PARLEY_SOURCE") : ".";
    char *data;
    size_t len;
    if (crypto_init(NULL))
        return 1;
    parley_text_init(&text, 8 << 20);
    parley_json_init(&json, &text, true);
    compute(&w, &arena);
    parley_text_addc(&text, '\n');
    if (write)
        return parley_file_write(write, text.data, text.len, NULL) != PARLEY_OK;
    OK(!parley_file_read(parley_arena_printf(&arena, "%s/tests/vectors/channel/exchange.json", folder), 8 << 20, &arena, &data, &len, NULL) && len == text.len && !memcmp(data, text.data, len),
       "statements, cards, record, items, unit, relay and what is refused are those of the file");
    for (int p = 0; p < PARTIES; p++)
        parley_text_release(&w.note[p]);
    parley_text_release(&text);
    parley_arena_release(&arena);
    return done();
}

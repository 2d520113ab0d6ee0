/* The vectors that another implementation can use: cards, ceremony, direction keys, units, attachments and proofs of
 * tests/vectors/channel are what this one computes. PARLEY_WRITE_VECTORS=FILE writes identity.json anew. */
#include "channel/attachment.h"
#include "channel/bundle.h"
#include "channel/bytes.h"
#include "channel/unit.h"
#include "parties.h"
#include "vectors.h"

#include <parley/channel_attachment.h>
#include <parley/data.h>
#include <parley/time.h>
#include <stdlib.h>

/* identity.json, all of it computed; the unit's ephemeral key is random, so it comes from the file that is checked. */
static void compute(struct parley_text *out, const char *unit_hex, struct parley_arena *arena)
{
    struct parley_json json;
    struct card card[PARTIES], three;
    struct parley_text note[PARTIES], three_note, words;
    uint8_t psk[32], pair[32], key[32], tag[16], transcript[16], secret[32];
    parley_json_init(&json, out, true);
    parley_json_object(&json);
    for (int p = 0; p < PARTIES; p++)
        make_card(p, false, NULL, &card[p], &note[p]);
    make_card(0, true, NULL, &three, &three_note);
    parley_json_key(&json, "cards");
    parley_json_array(&json);
    for (int p = 0; p <= PARTIES; p++) {
        const struct card *c = p < PARTIES ? &card[p] : &three;
        parley_json_object(&json);
        parley_json_put_string(&json, "root_seeds", p == 1 ? "32 x 20, 21, 22 (hex bytes); the first only" : p ? "32 x 10, 11, 12; two of three, signed by the first two" : "32 x 10, 11, 12; the first only");
        parley_json_put_string(&json, "note", parley_text_str(p < PARTIES ? &note[p] : &three_note));
        put_hex(&json, "party", c->party, 32);
        put_hex(&json, "text_hash", c->text_hash, 32);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    memset(psk, 0x5a, 32);
    pair_id(card[0].party, card[1].party, pair);
    put_hex(&json, "pair", pair, 32);
    put_hex(&json, "psk", psk, 32);
    ceremony_transcript(note[0].data, note[0].len, note[1].data, note[1].len, psk, transcript);
    put_hex(&json, "transcript", transcript, 16);
    for (int lang = 0; lang < 2; lang++) {
        parley_text_init(&words, 4096);
        (void)!words_of(transcript, lang ? PARLEY_ZH : PARLEY_EN, &words, NULL);
        parley_json_put_string(&json, lang ? "words_chinese" : "words_english", parley_text_str(&words));
        parley_text_release(&words);
    }
    parley_json_key(&json, "directions");
    parley_json_array(&json);
    for (int p = 0; p < PARTIES; p++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "from", names[p]);
        parley_json_put_string(&json, "to", names[1 - p]);
        direction_key(psk, card[p].party, card[1 - p].party, key);
        for (uint32_t epoch = 1; epoch <= 3; epoch++) {
            char label[40];
            if (epoch > 1)
                ratchet_key(key, epoch, key);
            mailbox_tag(key, tag);
            snprintf(label, sizeof label, "psk_epoch_%u", epoch);
            put_hex(&json, label, key, 32);
            snprintf(label, sizeof label, "tag_epoch_%u", epoch);
            put_hex(&json, label, tag, 16);
        }
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);

    struct parley_attachment_file file = { "indicators.csv", "indicator,kind\n203.0.113.7,address\n", 34 };
    struct parley_text body, content;
    parley_text_init(&body, PARLEY_BODY_MAX);
    parley_text_init(&content, UNIT_PLAIN_MAX - 4);
    (void)!attachments_compose("{\"text\":\"with a file\"}", 22, &file, 1, &body, NULL);
    parley_json_put_string(&json, "attachment_body", parley_text_str(&body));
    uint8_t head[HASH_LEN + 16] = { 0 };
    sha256(file.data, file.len, head);
    put_u64(head + HASH_LEN, file.len);
    const struct part parts[] = { { head, sizeof head }, { file.data, file.len } };
    item_add(&content, ITEM_CHUNK, parts, 2);
    item_add(&content, ITEM_HEAD_ASK, &(struct part){ "question", 8 }, 1);
    put_hex(&json, "unit_content", content.data, content.len);
    memset(secret, 0x81, 32);
    put_hex(&json, "unit_recipient_secret", secret, 32);
    struct unit_keys k = { .epoch = 1 };
    memcpy(k.pair, pair, 32);
    memcpy(k.sender, card[0].party, 32);
    memcpy(k.recipient, card[1].party, 32);
    direction_key(psk, card[0].party, card[1].party, k.psk);
    struct parley_node node = { .text = unit_hex ? unit_hex : "", .len = unit_hex ? strlen(unit_hex) : 0 };
    struct blob unit = hex_of(arena, &node);
    if (!unit_hex) {
        uint8_t *made;
        if (!unit_seal(&k, card[1].sealing, content.data, content.len, &made, &unit.len, NULL))
            unit.data = made;
    } else {
        uint8_t *opened = NULL;
        size_t n = 0, refused = 0;
        OK(!unit_open(&k, secret, unit.data, unit.len, &opened, &n, NULL) && n == content.len && !memcmp(opened, content.data, n), "the unit opens and holds chunk and question");
        free(opened);
        for (size_t i = 0; i < unit.len; i++) {
            unit.data[i] ^= 1;
            opened = NULL;
            refused += unit_open(&k, secret, unit.data, unit.len, &opened, &n, NULL) != PARLEY_OK;
            free(opened);
            unit.data[i] ^= 1;
        }
        OK(refused == unit.len, "and with any of its %zu bytes changed it does not", unit.len);
    }
    put_hex(&json, "unit", unit.data, unit.len);
    parley_json_object_end(&json);
    parley_text_addc(out, '\n');
    parley_text_release(&body), parley_text_release(&content), parley_text_release(&note[0]), parley_text_release(&note[1]), parley_text_release(&three_note);
}

static void proofs(struct parley_arena *arena)
{
    const char *folder = getenv("PARLEY_SOURCE") ? getenv("PARLEY_SOURCE") : ".";
    const struct parley_node *list = load_json(arena, folder, "tests/vectors/channel/proofs.json");
    const struct parley_data_file *readme = parley_data_find("channel/evidence-readme.txt");
    size_t valid = 0;
    OK(list && list->n > 20, "proofs.json");
    for (size_t i = 0; list && i < list->n; i++) {
        const struct parley_node *files = parley_node_get(&list->child[i], "files");
        struct bundle_file file[64];
        struct parley_text report;
        size_t n = 0;
        file[n++] = (struct bundle_file){ .name = "README.txt", .data = readme->bytes, .len = readme->len };
        for (size_t k = 0; k < files->n && n < 64; k++) {
            struct blob b = hex_of(arena, &files->child[k]);
            file[n++] = (struct bundle_file){ .name = files->child[k].key, .data = (const char *)b.data, .len = b.len };
        }
        parley_text_init(&report, 1 << 16);
        bool expected = !strcmp(text_of(&list->child[i], "valid"), "true");
        OK(!bundle_judge(file, n, arena, &report, NULL) == expected, "%s: %s", text_of(&list->child[i], "name"), expected ? "proven" : "refused");
        valid += expected;
        parley_text_release(&report);
    }
    OK(valid >= 10, "%zu of them are true", valid);
}

int main(void)
{
    struct parley_arena arena = { 0 };
    struct parley_text text;
    const char *write = getenv("PARLEY_WRITE_VECTORS"), *folder = getenv("PARLEY_SOURCE") ? getenv("PARLEY_SOURCE") : ".";
    char *data;
    size_t len;
    if (crypto_init(NULL))
        return 1;
    parley_text_init(&text, 8 << 20);
    if (write) {
        compute(&text, NULL, &arena);
        return parley_file_write(write, text.data, text.len, NULL) != PARLEY_OK;
    }
    const struct parley_node *root = load_json(&arena, folder, "tests/vectors/channel/identity.json");
    OK(root != NULL, "identity.json");
    compute(&text, root ? text_of(root, "unit") : "", &arena);
    OK(!parley_file_read(parley_arena_printf(&arena, "%s/tests/vectors/channel/identity.json", folder), 8 << 20, &arena, &data, &len, NULL) && len == text.len && !memcmp(data, text.data, len),
       "cards, party and pair ids, words, keys, tags and contents are those of the file");
    proofs(&arena);
    parley_text_release(&text);
    parley_arena_release(&arena);
    return done();
}

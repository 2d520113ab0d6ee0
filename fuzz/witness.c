#include "channel/witness.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KNOWN = 7, NAME_AT = 3 };

static uint8_t pk[32], sk[64];
static struct witness_log known;

static void setup(void)
{
    uint8_t seed[32], leaf[KNOWN][HASH_LEN];
    memset(seed, 0xa1, sizeof seed);
    sign_keypair_from_seed(seed, pk, sk);
    for (int i = 0; i < KNOWN; i++) {
        const char digit = (char)('1' + i);
        merkle_leaf(&digit, 1, leaf[i]);
    }
    merkle_root((const uint8_t(*)[HASH_LEN])leaf, KNOWN, known.root);
    memcpy(known.origin, "o", 2);
    memcpy(known.author.name, "CN", NAME_AT);
    memcpy(known.author.key, pk, 32);
    known.author.algorithm = NOTE_ED25519;
    known.size = KNOWN;
}

/* A request: its form is one and only one; signed by the author (here, so that the judgement is reached), it is cosigned only when it
 * begins where the witness stands, does not go back, and has the same root at the same size. */
static void request(const char *input, size_t size)
{
    struct witness_request r;
    struct note note;
    struct checkpoint c;
    struct parley_text again, text;
    if (witness_request_parse(input, size, &r, NULL))
        return;
    parley_text_init(&again, WITNESS_REQUEST_MAX);
    parley_text_init(&text, WITNESS_REQUEST_MAX);
    witness_request_text(&r, &again);
    if (again.len != size || memcmp(parley_text_str(&again), input, size))
        abort();
    if (!checkpoint_note_parse(r.note, r.note_len, &note, &c, NULL)) {
        memcpy(c.origin, "o", 2);
        checkpoint_text(&c, &text);
        struct note_signature line = { .blob_len = SIGNATURE_LEN };
        memcpy(line.name, "CN", NAME_AT);
        note_key_id("CN", NOTE_ED25519, pk, line.key_id);
        sign_bytes(text.data, text.len, sk, line.blob);
        struct note own = { .text = text.data, .text_len = text.len, .n = 1 };
        own.signature[0] = line;
        if (!witness_judge(&known, &r, &own, &c, NULL) && (c.size < KNOWN || r.old != KNOWN || (c.size == KNOWN && memcmp(c.root, known.root, HASH_LEN))))
            abort();
    }
    parley_text_release(&again);
    parley_text_release(&text);
}

/* The witness's own file, and verifier keys. */
static void kept(const char *input, size_t size)
{
    static struct witness_log log[WITNESS_LOGS_MAX];
    struct note_vkey k;
    struct parley_text again;
    size_t n;
    parley_text_init(&again, WITNESS_STATE_MAX);
    if (!witness_logs_parse(input, size, log, &n, NULL)) {
        witness_logs_text(log, n, &again);
        if (again.len != size || memcmp(parley_text_str(&again), input, size))
            abort();
    }
    parley_text_clear(&again);
    if (!note_vkey_parse(input, size, &k, NULL)) {
        note_vkey(k.name, k.algorithm, k.key, &again);
        if (again.len != size || memcmp(parley_text_str(&again), input, size))
            abort();
    }
    parley_text_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (crypto_init(NULL))
        return 0;
    if (!known.size)
        setup();
    request((const char *)data, size);
    kept((const char *)data, size);
    return 0;
}

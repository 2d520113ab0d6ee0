/* card.h - key statements (desk cards), party and pair ids, ceremony words, and the keys of a direction. Pure. */
#ifndef PARLEY_CHANNEL_CARD_H
#define PARLEY_CHANNEL_CARD_H

#include "channel/note.h"

#include <parley/channel_statement.h>

enum { CARD_MAX = 8 << 10, CARD_ROOTS_MAX = 3, CARD_LINES_MAX = 8, CARD_LINE_LEN = 300, CARD_YEARS_MAX = 3, CEREMONY_WORDS = 12 };

struct card_mark { /* "recovers" and "revokes": a statement of the epoch before */
    bool given;
    uint64_t seq;
    uint8_t hash[HASH_LEN];
};

struct card {
    char name[NOTE_NAME_MAX + 1];
    uint8_t root[CARD_ROOTS_MAX][KEY_LEN]; /* sorted */
    int n_roots, threshold;
    uint8_t party[HASH_LEN]; /* computed */
    uint32_t epoch;
    uint8_t signing[KEY_LEN], sealing[KEY_LEN];
    int64_t from_us, until_us;
    bool has_tls;
    uint8_t tls[HASH_LEN];
    char carrier[CARD_LINES_MAX][CARD_LINE_LEN]; /* "direct https://..." */
    int n_carriers;
    char contact[CARD_LINES_MAX][CARD_LINE_LEN];
    int n_contacts;
    bool has_previous;
    uint8_t previous[HASH_LEN];
    struct card_mark recovers, revokes;
    uint8_t text_hash[HASH_LEN]; /* computed: H of the text, what the next card names as previous */
};

/* The text of a card, ready for root signatures; also fills party and text_hash. Sorts the roots. */
PARLEY_MUST_USE enum parley_status card_text(struct card *card, struct parley_text *out, struct parley_error *err);
/* Read a note and check form, keys, validity span and the root signatures. */
PARLEY_MUST_USE enum parley_status card_parse(const char *note, size_t len, struct card *out, struct parley_error *err);
/* The hash that names a card's text (card.text_hash), without looking at keys and signatures; false: not a note. */
bool card_text_hash(const char *note, size_t len, uint8_t hash[HASH_LEN]);
/* As parley_statement_verify with the signing key of a parsed card: card_parse has looked at the key, which halves the
 * cost here. */
bool card_signed(const struct card *card, const uint8_t statement[PARLEY_STATEMENT_LEN]);

void pair_id(const uint8_t a[HASH_LEN], const uint8_t b[HASH_LEN], uint8_t out[HASH_LEN]);

/* First 16 bytes of the ceremony transcript of two card notes and the pre-shared key. */
void ceremony_transcript(const char *note_a, size_t len_a, const char *note_b, size_t len_b, const uint8_t psk[KEY_LEN], uint8_t out[16]);
/* Twelve BIP-39 words with single blanks between. PARLEY_ENOTFOUND when the list is not among the shipped data. */
PARLEY_MUST_USE enum parley_status words_of(const uint8_t entropy[16], enum parley_lang lang, struct parley_text *out, struct parley_error *err);

void direction_key(const uint8_t psk[KEY_LEN], const uint8_t from[HASH_LEN], const uint8_t to[HASH_LEN], uint8_t out[KEY_LEN]);
void ratchet_key(const uint8_t key[KEY_LEN], uint32_t next_epoch, uint8_t out[KEY_LEN]); /* out may be key */
void mailbox_tag(const uint8_t key[KEY_LEN], uint8_t out[16]);

#endif

#include "channel/card.h"
#include "channel/bytes.h"

#include <inttypes.h>
#include <parley/data.h>
#include <parley/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "parley key statement v1"

static int by_bytes(const void *a, const void *b) { return memcmp(a, b, KEY_LEN); }

static void party_id(const uint8_t (*root)[KEY_LEN], int n, int threshold, uint8_t out[HASH_LEN])
{
    const uint8_t k = (uint8_t)threshold;
    const struct part parts[] = { { "parley-party-v1", 15 }, { &k, 1 }, { root, (size_t)n * KEY_LEN } };
    sha256_parts(parts, 3, out);
}

void pair_id(const uint8_t a[HASH_LEN], const uint8_t b[HASH_LEN], uint8_t out[HASH_LEN])
{
    bool swap = memcmp(a, b, HASH_LEN) > 0;
    const struct part parts[] = { { "parley-pair-v1", 14 }, { swap ? b : a, HASH_LEN }, { swap ? a : b, HASH_LEN } };
    sha256_parts(parts, 3, out);
}

static void time_text(int64_t us, char out[PARLEY_DATE_TEXT])
{
    int y, m, d;
    int64_t days = us / PARLEY_US_PER_DAY, s = us % PARLEY_US_PER_DAY / 1000000;
    parley_civil_from_days(days, &y, &m, &d);
    snprintf(out, PARLEY_DATE_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static bool name_ok(const char *name)
{
    size_t n = strlen(name);
    return n >= 1 && n <= NOTE_NAME_MAX && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-") == n;
}

static void add_hex(struct parley_text *out, const char *word, const uint8_t *bytes)
{
    char hex[65];
    to_hex(bytes, 32, hex);
    parley_text_addf(out, "%s %s\n", word, hex);
}

static void add_mark(struct parley_text *out, const char *word, const struct card_mark *m)
{
    char hex[65];
    to_hex(m->hash, 32, hex);
    if (m->given)
        parley_text_addf(out, "%s %" PRIu64 " %s\n", word, m->seq, hex);
}

enum parley_status card_text(struct card *c, struct parley_text *out, struct parley_error *err)
{
    if (!name_ok(c->name))
        return parley_fail(err, PARLEY_EINVAL, "the party's name must be 1 to 64 of A-Z a-z 0-9 . _ : -; found '%.80s'", c->name);
    qsort(c->root, (size_t)c->n_roots, KEY_LEN, by_bytes);
    party_id((const uint8_t(*)[KEY_LEN])c->root, c->n_roots, c->threshold, c->party);
    char from[PARLEY_DATE_TEXT], until[PARLEY_DATE_TEXT];
    time_text(c->from_us, from);
    time_text(c->until_us, until);
    parley_text_addf(out, HEAD "\nparty %s\n", c->name);
    for (int i = 0; i < c->n_roots; i++)
        add_hex(out, "root", c->root[i]);
    parley_text_addf(out, "threshold %d\nepoch %" PRIu32 "\n", c->threshold, c->epoch);
    add_hex(out, "signing", c->signing);
    add_hex(out, "sealing", c->sealing);
    parley_text_addf(out, "from %s\nuntil %s\n", from, until);
    if (c->has_tls)
        add_hex(out, "tls", c->tls);
    for (int i = 0; i < c->n_carriers; i++)
        parley_text_addf(out, "carrier %s\n", c->carrier[i]);
    for (int i = 0; i < c->n_contacts; i++)
        parley_text_addf(out, "contact %s\n", c->contact[i]);
    if (c->has_previous)
        add_hex(out, "previous", c->previous);
    add_mark(out, "recovers", &c->recovers);
    add_mark(out, "revokes", &c->revokes);
    if (out->failed)
        return parley_fail(err, PARLEY_ELIMIT, "the card is over its limit of %d bytes", CARD_MAX);
    sha256(parley_text_str(out), out->len, c->text_hash);
    return PARLEY_OK;
}

/* One line after another of a card's text. */
struct lines {
    const char *text;
    size_t len, at;
    int number;
    char line[CARD_LINE_LEN + 40];
    struct parley_error *err;
};

static bool next_line(struct lines *l)
{
    const char *end = l->at < l->len ? memchr(l->text + l->at, '\n', l->len - l->at) : NULL;
    size_t n = end ? (size_t)(end - (l->text + l->at)) : 0;
    if (!end || n >= sizeof l->line)
        l->line[0] = 0;
    else
        memcpy(l->line, l->text + l->at, n), l->line[n] = 0;
    l->at += n + 1;
    l->number++;
    return end != NULL;
}

/* The value when this line begins with `word `, else NULL. */
static const char *value_of(const struct lines *l, const char *word)
{
    size_t n = strlen(word);
    return !strncmp(l->line, word, n) && l->line[n] == ' ' ? l->line + n + 1 : NULL;
}

static enum parley_status expected(struct lines *l, const char *what)
{
    return parley_fail(l->err, PARLEY_EPARSE, "card, line %d: expected '%s', found '%.60s'", l->number, what, l->line);
}

static bool hex_value(const char *v, uint8_t out[32]) { return v && from_hex(v, strlen(v), out, 32); }

static bool number_value(const char *v, uint64_t low, uint64_t high, uint64_t *out)
{
    return v && *v >= '1' && *v <= '9' && parley_text_to_u64(v, strlen(v), out) && *out >= low && *out <= high;
}

static bool time_value(const char *v, int64_t *out)
{
    struct parley_date date;
    char again[PARLEY_DATE_TEXT];
    if (!v || strlen(v) != 20 || parley_date_parse(v, 20, &date, NULL))
        return false;
    *out = date.start_us;
    time_text(*out, again);
    return *out >= 0 && !strcmp(again, v);
}

static bool mark_value(const char *v, struct card_mark *m)
{
    const char *space = v ? strchr(v, ' ') : NULL;
    if (!space)
        return false;
    m->given = true;
    size_t n = (size_t)(space - v);
    return ((n == 1 && *v == '0') || *v != '0') && parley_text_to_u64(v, n, &m->seq) && *v != '+' && hex_value(space + 1, m->hash);
}

static enum parley_status read_keys(struct lines *l, struct card *c)
{
    uint64_t n;
    next_line(l);
    if (strcmp(l->line, HEAD))
        return expected(l, HEAD);
    next_line(l);
    const char *v = value_of(l, "party");
    if (!v || !name_ok(v))
        return expected(l, "party NAME");
    snprintf(c->name, sizeof c->name, "%.64s", v);
    for (next_line(l); (v = value_of(l, "root")); next_line(l)) {
        if (c->n_roots == CARD_ROOTS_MAX || !hex_value(v, c->root[c->n_roots]) || !sign_key_is_valid(c->root[c->n_roots]) ||
            (c->n_roots && memcmp(c->root[c->n_roots - 1], c->root[c->n_roots], KEY_LEN) >= 0))
            return expected(l, "root KEY (at most 3, valid points, sorted)");
        c->n_roots++;
    }
    if (!c->n_roots || !number_value(value_of(l, "threshold"), 1, (uint64_t)c->n_roots, &n))
        return expected(l, "threshold K");
    c->threshold = (int)n;
    next_line(l);
    if (!number_value(value_of(l, "epoch"), 1, UINT32_MAX, &n))
        return expected(l, "epoch N");
    c->epoch = (uint32_t)n;
    next_line(l);
    if (!hex_value(value_of(l, "signing"), c->signing) || !sign_key_is_valid(c->signing))
        return expected(l, "signing KEY (a valid point)");
    next_line(l);
    if (!hex_value(value_of(l, "sealing"), c->sealing))
        return expected(l, "sealing KEY");
    uint8_t probe[KEY_LEN] = { 1 }, shared[KEY_LEN];
    if (!x25519(probe, c->sealing, shared))
        return expected(l, "sealing KEY (not of small order)");
    return PARLEY_OK;
}

static enum parley_status read_rest(struct lines *l, struct card *c)
{
    const char *v;
    next_line(l);
    if (!time_value(value_of(l, "from"), &c->from_us))
        return expected(l, "from TIME");
    next_line(l);
    if (!time_value(value_of(l, "until"), &c->until_us) || c->until_us <= c->from_us ||
        c->until_us - c->from_us > (int64_t)CARD_YEARS_MAX * 366 * PARLEY_US_PER_DAY)
        return expected(l, "until TIME (after from, at most three years)");
    next_line(l);
    if ((v = value_of(l, "tls"))) {
        if (!hex_value(v, c->tls))
            return expected(l, "tls HEX64");
        c->has_tls = true;
        next_line(l);
    }
    for (; (v = value_of(l, "carrier")); next_line(l)) {
        if (c->n_carriers == CARD_LINES_MAX || strlen(v) >= CARD_LINE_LEN)
            return expected(l, "at most 8 carriers");
        snprintf(c->carrier[c->n_carriers++], CARD_LINE_LEN, "%s", v);
    }
    for (; (v = value_of(l, "contact")); next_line(l)) {
        if (c->n_contacts == CARD_LINES_MAX || strlen(v) >= CARD_LINE_LEN)
            return expected(l, "at most 8 contacts");
        snprintf(c->contact[c->n_contacts++], CARD_LINE_LEN, "%s", v);
    }
    if ((v = value_of(l, "previous"))) {
        if (!hex_value(v, c->previous))
            return expected(l, "previous HEX64");
        c->has_previous = true;
        next_line(l);
    }
    if (c->has_previous != (c->epoch > 1))
        return expected(l, "previous exactly from epoch 2 on");
    if ((v = value_of(l, "recovers"))) {
        if (!mark_value(v, &c->recovers))
            return expected(l, "recovers SEQ HEX64");
        next_line(l);
    }
    if ((v = value_of(l, "revokes"))) {
        if (!mark_value(v, &c->revokes))
            return expected(l, "revokes SEQ HEX64");
        next_line(l);
    }
    if (l->at <= l->len)
        return expected(l, "the end of the text");
    return PARLEY_OK;
}

enum parley_status card_parse(const char *note_text, size_t len, struct card *out, struct parley_error *err)
{
    struct note note;
    struct card c = { .n_roots = 0 };
    if (len > CARD_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "card: %zu bytes; at most %d are read", len, CARD_MAX);
    enum parley_status status = note_parse(note_text, len, &note, err);
    if (status)
        return status;
    struct lines lines = { .text = note.text, .len = note.text_len, .err = err };
    if ((status = read_keys(&lines, &c)) || (status = read_rest(&lines, &c)))
        return status;
    int good = 0;
    for (int i = 0; i < c.n_roots; i++)
        good += note_verify(&note, c.name, NOTE_ED25519, c.root[i], NULL);
    if (good < c.threshold)
        return parley_fail(err, PARLEY_EVERIFY, "card of %s: %d valid root signatures; %d are needed", c.name, good, c.threshold);
    party_id((const uint8_t(*)[KEY_LEN])c.root, c.n_roots, c.threshold, c.party);
    sha256(note.text, note.text_len, c.text_hash);
    *out = c;
    return PARLEY_OK;
}

bool card_text_hash(const char *note_text, size_t len, uint8_t hash[HASH_LEN])
{
    for (size_t cut = len <= CARD_MAX ? len : 0; cut > 1; cut--) /* the text ends with the last empty line */
        if (note_text[cut - 1] == '\n' && note_text[cut - 2] == '\n') {
            sha256(note_text, cut - 1, hash);
            return true;
        }
    return false;
}

void ceremony_transcript(const char *note_a, size_t len_a, const char *note_b, size_t len_b, const uint8_t psk[KEY_LEN], uint8_t out[16])
{
    uint8_t a[HASH_LEN], b[HASH_LEN], p[HASH_LEN], all[HASH_LEN];
    const struct part psk_parts[] = { { "parley-psk-v1", 13 }, { psk, KEY_LEN } };
    sha256(note_a, len_a, a);
    sha256(note_b, len_b, b);
    sha256_parts(psk_parts, 2, p);
    bool swap = memcmp(a, b, HASH_LEN) > 0;
    const struct part parts[] = { { "parley-ceremony-v1", 18 }, { swap ? b : a, HASH_LEN }, { swap ? a : b, HASH_LEN }, { p, HASH_LEN } };
    sha256_parts(parts, 4, all);
    memcpy(out, all, 16);
}

enum parley_status words_of(const uint8_t entropy[16], enum parley_lang lang, struct parley_text *out, struct parley_error *err)
{
    const struct parley_data_file *list = parley_data_find(lang == PARLEY_ZH ? "channel/words/chinese.txt" : "channel/words/english.txt");
    uint8_t bits[17], check[HASH_LEN];
    if (!list)
        return parley_fail(err, PARLEY_ENOTFOUND, "the word list is not among the shipped data");
    sha256(entropy, 16, check);
    memcpy(bits, entropy, 16);
    bits[16] = check[0];
    for (int w = 0; w < CEREMONY_WORDS; w++) {
        int index = 0;
        for (int k = 0; k < 11; k++) {
            int bit = 11 * w + k;
            index = index * 2 + (bits[bit / 8] >> (7 - bit % 8) & 1);
        }
        const char *p = list->bytes;
        for (; index > 0 && p; index--)
            p = (p = strchr(p, '\n')) ? p + 1 : NULL;
        if (!p)
            return parley_fail(err, PARLEY_ECORRUPT, "the word list is too short");
        parley_text_addf(out, "%s%.*s", w ? " " : "", (int)strcspn(p, "\r\n"), p);
    }
    return PARLEY_OK;
}

void direction_key(const uint8_t psk[KEY_LEN], const uint8_t from[HASH_LEN], const uint8_t to[HASH_LEN], uint8_t out[KEY_LEN])
{
    uint8_t pair[HASH_LEN], prk[HASH_LEN];
    pair_id(from, to, pair);
    hkdf_extract(pair, HASH_LEN, &(struct part){ psk, KEY_LEN }, 1, prk);
    const struct part info[] = { { "parley-direction-v1", 19 }, { from, HASH_LEN }, { to, HASH_LEN } };
    hkdf_expand(prk, info, 3, out, KEY_LEN);
    wipe(prk, sizeof prk);
}

void ratchet_key(const uint8_t key[KEY_LEN], uint32_t next_epoch, uint8_t out[KEY_LEN])
{
    uint8_t prk[HASH_LEN], epoch[4];
    put_u32(epoch, next_epoch);
    hkdf_extract(NULL, 0, &(struct part){ key, KEY_LEN }, 1, prk);
    const struct part info[] = { { "parley-ratchet-v1", 17 }, { epoch, 4 } };
    hkdf_expand(prk, info, 2, out, KEY_LEN);
    wipe(prk, sizeof prk);
}

void mailbox_tag(const uint8_t key[KEY_LEN], uint8_t out[16])
{
    uint8_t prk[HASH_LEN];
    hkdf_extract(NULL, 0, &(struct part){ key, KEY_LEN }, 1, prk);
    hkdf_expand(prk, &(struct part){ "parley-mailbox-v1", 17 }, 1, out, 16);
}

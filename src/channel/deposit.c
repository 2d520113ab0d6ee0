#include "channel/deposit.h"
#include "channel/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DEPOSIT_HEAD "parley relay deposit v1\n"
#define LISTING_HEAD "parley relay listing v1\n"

void box_head(const uint8_t before[HASH_LEN], const uint8_t box[BOX_TAG_LEN], uint64_t number, const uint8_t unit[HASH_LEN], uint8_t out[HASH_LEN])
{
    uint8_t n[8];
    put_u64(n, number);
    const struct part parts[] = { { "parley-box-v1", 13 }, { before, HASH_LEN }, { box, BOX_TAG_LEN }, { n, 8 }, { unit, HASH_LEN } };
    sha256_parts(parts, 5, out);
}

static void add_hex(struct parley_text *out, const char *word, const uint8_t *bytes, size_t n)
{
    char hex[2 * HASH_LEN + 1];
    to_hex(bytes, n, hex);
    parley_text_addf(out, "%s %s\n", word, hex);
}

void deposit_text(const struct deposit *d, struct parley_text *out)
{
    parley_text_adds(out, DEPOSIT_HEAD);
    add_hex(out, "box", d->box, BOX_TAG_LEN);
    parley_text_addf(out, "number %" PRIu64 "\n", d->number);
    add_hex(out, "unit", d->unit, HASH_LEN);
    parley_text_addf(out, "bytes %" PRIu64 "\n", d->bytes);
    add_hex(out, "head", d->head, HASH_LEN);
    parley_text_addf(out, "at %" PRId64 "\n", d->at_us);
}

void listing_text(const struct listing_note *l, struct parley_text *out)
{
    char hex[2 * HASH_LEN + 1];
    parley_text_adds(out, LISTING_HEAD);
    add_hex(out, "box", l->box, BOX_TAG_LEN);
    parley_text_addf(out, "next %" PRIu64 "\n", l->next);
    add_hex(out, "head", l->head, HASH_LEN);
    parley_text_addf(out, "at %" PRId64 "\n", l->at_us);
    for (size_t i = 0; i < l->n; i++) {
        to_hex(l->unit[i].unit, HASH_LEN, hex);
        parley_text_addf(out, "unit %" PRIu64 " %s\n", l->unit[i].number, hex);
    }
}

/* What is read must be what would be written: reading is loose, then the text is rendered again and compared. */
struct cursor {
    const char *at, *end;
};

static const char *value_of(struct cursor *c, const char *word, size_t *len)
{
    size_t w = strlen(word);
    const char *nl = c->at < c->end ? memchr(c->at, '\n', (size_t)(c->end - c->at)) : NULL;
    if (!nl || (size_t)(nl - c->at) <= w || memcmp(c->at, word, w) || c->at[w] != ' ')
        return NULL;
    const char *value = c->at + w + 1;
    *len = (size_t)(nl - value);
    c->at = nl + 1;
    return value;
}

static bool hex_value(struct cursor *c, const char *word, uint8_t *out, size_t n)
{
    size_t len;
    const char *v = value_of(c, word, &len);
    return v && from_hex(v, len, out, n);
}

static bool number_value(struct cursor *c, const char *word, uint64_t *out)
{
    size_t len;
    const char *v = value_of(c, word, &len);
    return v && parley_text_to_u64(v, len, out) && *out <= INT64_MAX;
}

static bool rendered_same(struct parley_text *again, const char *text, size_t len)
{
    bool same = !again->failed && again->len == len && !memcmp(parley_text_str(again), text, len);
    parley_text_release(again);
    return same;
}

enum parley_status deposit_parse(const char *text, size_t len, struct deposit *out, struct parley_error *err)
{
    struct deposit d = { .number = 0 };
    struct cursor c = { text, text + len };
    struct parley_text again;
    uint64_t at = 0;
    bool ok = len > sizeof DEPOSIT_HEAD - 1 && !memcmp(text, DEPOSIT_HEAD, sizeof DEPOSIT_HEAD - 1);
    c.at += ok ? sizeof DEPOSIT_HEAD - 1 : 0;
    ok = ok && hex_value(&c, "box", d.box, BOX_TAG_LEN) && number_value(&c, "number", &d.number) && d.number && hex_value(&c, "unit", d.unit, HASH_LEN) &&
         number_value(&c, "bytes", &d.bytes) && hex_value(&c, "head", d.head, HASH_LEN) && number_value(&c, "at", &at);
    d.at_us = (int64_t)at;
    parley_text_init(&again, NOTE_MAX);
    if (ok)
        deposit_text(&d, &again);
    if (!rendered_same(&again, text, len) || !ok)
        return parley_fail(err, PARLEY_EPARSE, "no deposit note: expected the lines box, number, unit, bytes, head, at after 'parley relay deposit v1'");
    *out = d;
    return PARLEY_OK;
}

enum parley_status listing_parse(const char *text, size_t len, struct listing_note *l, struct parley_error *err)
{
    struct cursor c = { text, text + len };
    struct parley_text again;
    uint64_t at = 0, last = 0;
    memset(l, 0, sizeof *l);
    bool ok = len > sizeof LISTING_HEAD - 1 && !memcmp(text, LISTING_HEAD, sizeof LISTING_HEAD - 1);
    c.at += ok ? sizeof LISTING_HEAD - 1 : 0;
    ok = ok && hex_value(&c, "box", l->box, BOX_TAG_LEN) && number_value(&c, "next", &l->next) && l->next && hex_value(&c, "head", l->head, HASH_LEN) &&
         number_value(&c, "at", &at);
    l->at_us = (int64_t)at;
    while (ok && c.at < c.end) {
        size_t n;
        const char *v = value_of(&c, "unit", &n), *space = v ? memchr(v, ' ', n) : NULL;
        ok = space && l->n < LISTING_UNITS_MAX && parley_text_to_u64(v, (size_t)(space - v), &l->unit[l->n].number) && l->unit[l->n].number > last &&
             l->unit[l->n].number < l->next && from_hex(space + 1, n - (size_t)(space + 1 - v), l->unit[l->n].unit, HASH_LEN);
        if (ok)
            last = l->unit[l->n++].number;
    }
    parley_text_init(&again, NOTE_MAX);
    if (ok)
        listing_text(l, &again);
    return rendered_same(&again, text, len) && ok
               ? PARLEY_OK
               : parley_fail(err, PARLEY_EPARSE, "no listing: expected the lines box, next, head, at and unit NUMBER HEX64 (ascending, below next) after 'parley relay listing v1'");
}

void ed25519_pin(const uint8_t key[KEY_LEN], uint8_t pin[HASH_LEN])
{
    static const uint8_t der_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
    const struct part parts[] = { { der_head, sizeof der_head }, { key, KEY_LEN } };
    sha256_parts(parts, 2, pin);
}

void relay_name(const uint8_t pin[HASH_LEN], char out[RELAY_NAME_MAX])
{
    memcpy(out, "relay-", 6);
    to_hex(pin, 8, out + 6);
}

const char *deposits_contradict(const struct deposit *a, const struct deposit *b)
{
    if (memcmp(a->box, b->box, BOX_TAG_LEN) || a->number != b->number)
        return NULL;
    int unit = memcmp(a->unit, b->unit, HASH_LEN), head = memcmp(a->head, b->head, HASH_LEN);
    return unit < 0 ? "two units under one number" : !unit && head < 0 ? "two histories before one number" : NULL;
}

const char *listing_contradicts(const struct deposit *d, const struct listing_note *l)
{
    if (memcmp(d->box, l->box, BOX_TAG_LEN))
        return NULL;
    if (l->next <= d->number) /* only a listing signed later denies: an earlier one could not know */
        return l->at_us > d->at_us ? "a later listing knows nothing of the deposit" : NULL;
    if (l->next == d->number + 1 && memcmp(l->head, d->head, HASH_LEN))
        return "a listing with as many deposits has another history";
    for (size_t i = 0; i < l->n; i++)
        if (l->unit[i].number == d->number && memcmp(l->unit[i].unit, d->unit, HASH_LEN))
            return "a listing has another unit under the number";
    return NULL;
}

#include "channel/unit.h"
#include "channel/bytes.h"
#include "channel/card.h"
#include "channel/hpke.h"

#include <stdlib.h>
#include <string.h>

static const size_t buckets[] = { 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, UNIT_PLAIN_MAX };
enum { BUCKETS = sizeof buckets / sizeof *buckets };

void item_add(struct parley_text *content, enum item_type type, const struct part *parts, size_t n)
{
    uint8_t head[ITEM_HEADER] = { (uint8_t)type };
    size_t len = 0;
    for (size_t i = 0; i < n; i++)
        len += parts[i].len;
    put_u32(head + 1, (uint32_t)len);
    parley_text_add(content, head, sizeof head);
    for (size_t i = 0; i < n; i++)
        if (parts[i].len)
            parley_text_add(content, parts[i].data, parts[i].len);
}

bool item_next(const uint8_t *content, size_t len, size_t *at, struct item *out)
{
    if (len - *at < ITEM_HEADER)
        return false;
    size_t n = get_u32(content + *at + 1);
    if (n > len - *at - ITEM_HEADER)
        return false;
    *out = (struct item){ content[*at], content + *at + ITEM_HEADER, n };
    *at += ITEM_HEADER + n;
    return true;
}

enum parley_status content_check(const uint8_t *content, size_t len, struct parley_error *err)
{
    struct item item;
    size_t at = 0, n = 0;
    while (item_next(content, len, &at, &item))
        if (++n > UNIT_ITEMS_MAX)
            return parley_fail(err, PARLEY_ELIMIT, "unit: more than %d items", UNIT_ITEMS_MAX);
    return at == len ? PARLEY_OK : parley_fail(err, PARLEY_EPARSE, "unit: item %zu at byte %zu runs over the end", n + 1, at);
}

/* HPKE inputs; info and psk_id are filled in the caller's buffers. */
struct bound {
    uint8_t info[14 + 3 * HASH_LEN], psk_id[17];
    struct hpke_inputs in;
};

static void bind_inputs(const struct unit_keys *k, struct bound *b)
{
    memcpy(b->info, "parley-unit-v1", 14);
    memcpy(b->info + 14, k->pair, HASH_LEN);
    memcpy(b->info + 14 + HASH_LEN, k->sender, HASH_LEN);
    memcpy(b->info + 14 + 2 * HASH_LEN, k->recipient, HASH_LEN);
    memcpy(b->psk_id, "parley-psk-v1", 13);
    put_u32(b->psk_id + 13, k->epoch);
    b->in = (struct hpke_inputs){ .mode = HPKE_PSK, .info = b->info, .info_len = sizeof b->info, .psk = k->psk, .psk_len = KEY_LEN,
                                  .psk_id = b->psk_id, .psk_id_len = sizeof b->psk_id };
}

enum parley_status unit_seal(const struct unit_keys *keys, const uint8_t sealing[KEY_LEN], const void *content, size_t len, uint8_t **unit,
                             size_t *unit_len, struct parley_error *err)
{
    int bucket = 0;
    while (bucket < BUCKETS && buckets[bucket] < len + 4)
        bucket++;
    if (bucket == BUCKETS)
        return parley_fail(err, PARLEY_ELIMIT, "unit: %zu bytes of content; at most %d fit", len, UNIT_PLAIN_MAX - 4);
    size_t plain_len = buckets[bucket];
    uint8_t *plain = calloc(1, plain_len), *out = malloc(UNIT_HEADER + plain_len + AEAD_TAG_LEN);
    struct hpke_context context;
    struct bound b;
    bind_inputs(keys, &b);
    enum parley_status status = plain && out ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "unit: out of memory");
    if (!status)
        status = hpke_sender(&b.in, sealing, NULL, out + UNIT_AAD, &context, err);
    if (status) {
        free(plain);
        free(out);
        return status;
    }
    put_u32(plain, (uint32_t)len);
    memcpy(plain + 4, content, len);
    memcpy(out, "PLYU\1\1\0\0", 8);
    mailbox_tag(keys->psk, out + 8);
    put_u32(out + 24, keys->epoch);
    hpke_seal(&context, out, UNIT_AAD, plain, plain_len, out + UNIT_HEADER);
    wipe(&context, sizeof context);
    wipe(plain, plain_len);
    free(plain);
    *unit = out;
    *unit_len = UNIT_HEADER + plain_len + AEAD_TAG_LEN;
    return PARLEY_OK;
}

enum parley_status unit_header(const uint8_t *unit, size_t len, uint8_t tag[16], uint32_t *epoch, struct parley_error *err)
{
    bool size_ok = false;
    for (int i = 0; i < BUCKETS; i++)
        size_ok |= len == UNIT_HEADER + buckets[i] + AEAD_TAG_LEN;
    if (!size_ok)
        return parley_fail(err, PARLEY_EPARSE, "unit: %zu bytes is not one of the padded sizes", len);
    if (memcmp(unit, "PLYU\1\1\0\0", 8))
        return parley_fail(err, PARLEY_EPARSE, "unit: expected magic PLYU, version 1, suite 1");
    memcpy(tag, unit + 8, 16);
    *epoch = get_u32(unit + 24);
    return PARLEY_OK;
}

enum parley_status unit_open(const struct unit_keys *keys, const uint8_t secret[KEY_LEN], const uint8_t *unit, size_t len, uint8_t **content,
                             size_t *content_len, struct parley_error *err)
{
    uint8_t tag[16];
    uint32_t epoch;
    enum parley_status status = unit_header(unit, len, tag, &epoch, err);
    if (status)
        return status;
    struct hpke_context context;
    struct bound b;
    bind_inputs(keys, &b);
    if ((status = hpke_recipient(&b.in, secret, unit + UNIT_AAD, &context, err)))
        return status;
    size_t plain_len = len - UNIT_HEADER - AEAD_TAG_LEN;
    uint8_t *plain = malloc(plain_len);
    if (!plain)
        return parley_fail(err, PARLEY_ENOMEM, "unit: out of memory");
    bool ok = hpke_open(&context, unit, UNIT_AAD, unit + UNIT_HEADER, len - UNIT_HEADER, plain);
    wipe(&context, sizeof context);
    size_t n = ok ? get_u32(plain) : 0;
    if (!ok)
        status = parley_fail(err, PARLEY_EVERIFY, "unit: it does not open with this pair's keys");
    else if (n > plain_len - 4 || !is_zero(plain + 4 + n, plain_len - 4 - n))
        status = parley_fail(err, PARLEY_EPARSE, "unit: the padding is wrong");
    else
        status = content_check(plain + 4, n, err);
    if (status) {
        free(plain);
        return status;
    }
    memmove(plain, plain + 4, n);
    *content = plain;
    *content_len = n;
    return PARLEY_OK;
}

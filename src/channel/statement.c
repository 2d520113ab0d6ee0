#include "channel/bytes.h"
#include "channel/card.h"

#include <parley/channel_statement.h>
#include <string.h>

#define DOMAIN "parley-statement-v1"
#define YEAR_10000_US INT64_C(253402300800000000)

enum { /* offsets of docs/spec/channel.md section 4 */
    AT_VERSION = 4, AT_KIND, AT_SUITE, AT_FLAGS, AT_PAIR = 8, AT_AUTHOR = 40, AT_EPOCH = 72, AT_SEQ = 76, AT_TIME = 84,
    AT_PREVIOUS = 92, AT_SEEN_SEQ = 124, AT_SEEN_HASH = 132, AT_REPLY = 164, AT_PRECEDENCE = 196, AT_TLP, AT_TYPE,
    AT_BODY_LEN = 200, AT_WITHIN = 204, AT_COMMITMENT = 208, AT_SIGNATURE = 240,
};

static enum parley_status bad(struct parley_error *err, int offset, const char *expected, unsigned long long found)
{
    return parley_fail(err, PARLEY_EPARSE, "statement, byte %d: expected %s, found %llu", offset, expected, found);
}

static enum parley_status check(const struct parley_statement *s, struct parley_error *err)
{
    const struct parley_type_info *type = parley_type_by_code(s->type);
    if (!type)
        return bad(err, AT_TYPE, "a type of the type table", s->type);
    if (s->kind != type->kind)
        return bad(err, AT_KIND, "the kind of its type", s->kind);
    if (s->flags & ~PARLEY_EXERCISE)
        return bad(err, AT_FLAGS, "only bit 0", s->flags);
    if (!s->epoch)
        return bad(err, AT_EPOCH, "an epoch from 1", s->epoch);
    if (!s->seq || s->seq > INT64_MAX)
        return bad(err, AT_SEQ, "a number from 1 below 2^63", s->seq);
    if (s->time_us < 0 || s->time_us >= YEAR_10000_US)
        return bad(err, AT_TIME, "a time from 1970 to 9999", (unsigned long long)s->time_us);
    if (s->epoch == 1 && (s->seq == 1) != is_zero(s->previous, 32))
        return bad(err, AT_PREVIOUS, "zero exactly for the first statement", s->seq);
    if (s->seq > 1 && is_zero(s->previous, 32))
        return bad(err, AT_PREVIOUS, "the hash of the statement before", s->seq);
    if (s->seen_seq > INT64_MAX || (s->seen_seq == 0) != is_zero(s->seen_hash, 32))
        return bad(err, AT_SEEN_HASH, "a hash exactly when a number is seen", s->seen_seq);
    if (s->kind == PARLEY_KIND_RECEIPT && is_zero(s->reply_to, 32))
        return bad(err, AT_REPLY, "the statement this receipt is for", 0);
    if (s->precedence < PARLEY_ROUTINE || s->precedence > PARLEY_FLASH)
        return bad(err, AT_PRECEDENCE, "1 to 4", s->precedence);
    if (s->tlp < PARLEY_TLP_CLEAR || s->tlp > PARLEY_TLP_RED)
        return bad(err, AT_TLP, "1 to 5", s->tlp);
    if (s->body_len > PARLEY_BODY_MAX)
        return bad(err, AT_BODY_LEN, "at most 262144", s->body_len);
    return PARLEY_OK;
}

enum parley_status parley_statement_decode(const uint8_t b[PARLEY_STATEMENT_LEN], struct parley_statement *out, struct parley_error *err)
{
    if (memcmp(b, "PLYS", 4))
        return bad(err, 0, "PLYS", get_u32(b));
    if (b[AT_VERSION] != 1)
        return bad(err, AT_VERSION, "version 1", b[AT_VERSION]);
    if (b[AT_SUITE] != 1)
        return bad(err, AT_SUITE, "suite 1", b[AT_SUITE]);
    struct parley_statement s = {
        .kind = b[AT_KIND], .flags = b[AT_FLAGS], .precedence = b[AT_PRECEDENCE], .tlp = b[AT_TLP], .type = get_u16(b + AT_TYPE),
        .epoch = get_u32(b + AT_EPOCH), .seq = get_u64(b + AT_SEQ), .time_us = (int64_t)get_u64(b + AT_TIME),
        .seen_seq = get_u64(b + AT_SEEN_SEQ), .body_len = get_u32(b + AT_BODY_LEN), .within_s = get_u32(b + AT_WITHIN),
    };
    memcpy(s.pair, b + AT_PAIR, 32);
    memcpy(s.author, b + AT_AUTHOR, 32);
    memcpy(s.previous, b + AT_PREVIOUS, 32);
    memcpy(s.seen_hash, b + AT_SEEN_HASH, 32);
    memcpy(s.reply_to, b + AT_REPLY, 32);
    memcpy(s.commitment, b + AT_COMMITMENT, 32);
    enum parley_status status = check(&s, err);
    if (!status)
        *out = s;
    return status;
}

enum parley_status parley_statement_sign(const struct parley_statement *s, const uint8_t secret[64], uint8_t out[PARLEY_STATEMENT_LEN],
                                         struct parley_error *err)
{
    struct parley_error why = { 0 };
    if (check(s, &why))
        return parley_fail(err, PARLEY_EINVAL, "%s", why.text);
    uint8_t message[sizeof DOMAIN - 1 + PARLEY_STATEMENT_SIGNED_LEN] = DOMAIN, *b = message + sizeof DOMAIN - 1;
    memcpy(b, "PLYS", 4);
    b[AT_VERSION] = b[AT_SUITE] = 1;
    b[AT_KIND] = s->kind, b[AT_FLAGS] = s->flags, b[AT_PRECEDENCE] = s->precedence, b[AT_TLP] = s->tlp;
    memcpy(b + AT_PAIR, s->pair, 32);
    memcpy(b + AT_AUTHOR, s->author, 32);
    put_u32(b + AT_EPOCH, s->epoch);
    put_u64(b + AT_SEQ, s->seq);
    put_u64(b + AT_TIME, (uint64_t)s->time_us);
    memcpy(b + AT_PREVIOUS, s->previous, 32);
    put_u64(b + AT_SEEN_SEQ, s->seen_seq);
    memcpy(b + AT_SEEN_HASH, s->seen_hash, 32);
    memcpy(b + AT_REPLY, s->reply_to, 32);
    put_u16(b + AT_TYPE, s->type);
    put_u32(b + AT_BODY_LEN, s->body_len);
    put_u32(b + AT_WITHIN, s->within_s);
    memcpy(b + AT_COMMITMENT, s->commitment, 32);
    memcpy(out, b, PARLEY_STATEMENT_SIGNED_LEN);
    sign_bytes(message, sizeof message, secret, out + AT_SIGNATURE);
    return PARLEY_OK;
}

static bool verify_by_valid_key(const uint8_t bytes[PARLEY_STATEMENT_LEN], const uint8_t signing_key[32])
{
    uint8_t message[sizeof DOMAIN - 1 + PARLEY_STATEMENT_SIGNED_LEN] = DOMAIN;
    memcpy(message + sizeof DOMAIN - 1, bytes, PARLEY_STATEMENT_SIGNED_LEN);
    return verify_bytes_by_valid_key(message, sizeof message, signing_key, bytes + AT_SIGNATURE);
}

bool parley_statement_verify(const uint8_t bytes[PARLEY_STATEMENT_LEN], const uint8_t signing_key[32])
{
    return sign_key_is_valid(signing_key) && verify_by_valid_key(bytes, signing_key);
}

bool card_signed(const struct card *card, const uint8_t statement[PARLEY_STATEMENT_LEN]) { return verify_by_valid_key(statement, card->signing); }

void parley_statement_hash(const uint8_t bytes[PARLEY_STATEMENT_LEN], uint8_t out[32])
{
    const struct part parts[] = { { "parley-statement-hash-v1", 24 }, { bytes, PARLEY_STATEMENT_LEN } };
    sha256_parts(parts, 2, out);
}

void parley_body_commit(const uint8_t salt[32], const void *body, size_t len, uint8_t out[32])
{
    const struct part parts[] = { { "parley-body", 11 }, { salt, SALT_LEN }, { body, len } };
    sha256_parts(parts, 3, out);
}

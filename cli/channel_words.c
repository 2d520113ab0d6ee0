#define _POSIX_C_SOURCE 200809L
#include "channel_words.h"

#include <parley/time.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *utc_time(int64_t us, char out[TIME_TEXT])
{
    int y, m, d;
    int64_t s = us / 1000000;
    if (us <= 0)
        return memcpy(out, "-", 2);
    parley_civil_from_days(s / 86400, &y, &m, &d);
    snprintf(out, TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
    return out;
}

const char *both_times(int64_t us, char out[TIME_TEXT])
{
    struct tm local;
    time_t s = (time_t)(us / 1000000);
    char utc[TIME_TEXT], here[32];
    if (us <= 0 || !localtime_r(&s, &local))
        return utc_time(0, out);
    utc_time(us, utc);
    strftime(here, sizeof here, "%H:%M %z", &local);
    snprintf(out, TIME_TEXT, "%.20s (%.20s)", utc, here);
    return out;
}

void put_time(struct parley_json *json, const char *key, int64_t us)
{
    char text[TIME_TEXT];
    parley_json_put_string(json, key, us > 0 ? utc_time(us, text) : NULL);
}

const char *time_or_not_yet(const struct invocation *in, int64_t us, char out[TIME_TEXT])
{
    return us > 0 ? utc_time(us, out) : PARLEY_SAY(in->lang, "not yet", "尚未");
}

const char *hash_text(const uint8_t hash[32], char out[HASH_TEXT])
{
    for (int i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
    return out;
}

void put_hash(struct parley_json *json, const char *key, const uint8_t *hash)
{
    char hex[HASH_TEXT];
    parley_json_put_string(json, key, hash ? hash_text(hash, hex) : NULL);
}

const char *side_name(const struct invocation *in, bool ours, const char *peer) { return ours ? PARLEY_SAY(in->lang, "us", "我方") : peer; }

const char *type_label(const struct invocation *in, int code)
{
    const struct parley_type_info *t = parley_type_by_code(code);
    return t ? PARLEY_SAY(in->lang, t->en, t->zh) : "?";
}

void said_json_open(struct parley_json *json, const struct parley_said *s, bool body)
{
    static const uint8_t none[32];
    const struct parley_type_info *t = parley_type_by_code(s->statement.type);
    parley_json_object(json);
    put_hash(json, "hash", s->hash);
    parley_json_put_string(json, "peer", s->peer);
    parley_json_put_bool(json, "ours", s->ours);
    put_hash(json, "author", s->statement.author);
    parley_json_put_integer(json, "epoch", s->statement.epoch);
    parley_json_put_integer(json, "seq", (int64_t)s->statement.seq);
    parley_json_put_string(json, "type", t ? t->name : "?");
    parley_json_put_string(json, "precedence", parley_precedence_name(s->statement.precedence, PARLEY_EN));
    parley_json_put_string(json, "tlp", parley_tlp_name(s->statement.tlp));
    parley_json_put_bool(json, "exercise", s->statement.flags & PARLEY_EXERCISE);
    put_time(json, "author_time", s->statement.time_us);
    put_time(json, "stored", s->stored_us);
    put_time(json, "receipt", s->receipt_us);
    put_time(json, "read", s->read_us);
    if (*s->read_by)
        parley_json_put_string(json, "read_by", s->read_by);
    put_time(json, "answered", s->answered_us);
    if (*s->outcome)
        parley_json_put_string(json, "outcome", s->outcome);
    parley_json_put_integer(json, "answer_within_s", s->statement.within_s);
    put_time(json, "deadline", s->deadline_us);
    put_hash(json, "in_reply_to", memcmp(s->statement.reply_to, none, 32) ? s->statement.reply_to : NULL);
    parley_json_put_bool(json, "verified", s->verified);
    parley_json_put_bool(json, "earlier_outstanding", s->earlier_outstanding);
    if (s->override)
        parley_json_put_string(json, "advice_overridden", s->override);
    if (body) {
        parley_json_key(json, "body");
        parley_json_raw(json, s->body);
    }
}

void said_json(struct parley_json *json, const struct parley_said *s)
{
    said_json_open(json, s, false);
    parley_json_object_end(json);
}

/* channel_words.h - times, hashes and statements as words and as JSON. */
#ifndef PARLEY_CLI_CHANNEL_WORDS_H
#define PARLEY_CLI_CHANNEL_WORDS_H

#include "command.h"

#include <parley/channel.h>

enum { TIME_TEXT = 64, HASH_TEXT = 65 };

/* Both return out; "-" for 0, which is "not yet". Times are microseconds since 1970, UTC. */
const char *utc_time(int64_t us, char out[TIME_TEXT]);
const char *both_times(int64_t us, char out[TIME_TEXT]); /* UTC, and the local time behind it */
void put_time(struct parley_json *json, const char *key, int64_t us); /* UTC; null for 0 */
/* utc_time, or for 0 "not yet" in the reader's language. */
const char *time_or_not_yet(const struct invocation *in, int64_t us, char out[TIME_TEXT]);

const char *hash_text(const uint8_t hash[32], char out[HASH_TEXT]);
void put_hash(struct parley_json *json, const char *key, const uint8_t *hash); /* [32], or NULL for null */
const char *side_name(const struct invocation *in, bool ours, const char *peer); /* "us" in the reader's language, or the peer's name */
const char *type_label(const struct invocation *in, int code);

/* A statement as a JSON object without its body; the open one lets the caller add to it and end it. */
void said_json(struct parley_json *json, const struct parley_said *s);
void said_json_open(struct parley_json *json, const struct parley_said *s, bool body);

#endif

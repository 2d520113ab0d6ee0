/* channel_shared.h - what the desk and channel commands share: opening the desk, times, statements as JSON and rows. */
#ifndef PARLEY_CLI_CHANNEL_SHARED_H
#define PARLEY_CLI_CHANNEL_SHARED_H

#include "command.h"

#include <parley/channel.h>

#define UNLOCK_OPTION { "passphrase-file", 0, "FILE", "First line: the passphrase of the desk. Default: PARLEY_PASSPHRASE_FILE, else the desk's key file." }

enum { TIME_TEXT = 64 };

PARLEY_MUST_USE enum parley_status open_desk(struct invocation *in, struct parley_desk **out);
/* Events of the desk as logfmt lines on stderr. */
void log_to_stderr(struct parley_desk *desk);
/* 90s, 30m, 6h, 2d; a bare number is seconds. */
PARLEY_MUST_USE enum parley_status option_duration(struct invocation *in, const char *name, uint32_t *seconds, bool *given);
/* UTC and local time together; "-" for 0. */
const char *both_times(int64_t us, char out[TIME_TEXT]);
const char *utc_time(int64_t us, char out[TIME_TEXT]);
const char *hash_text(const uint8_t hash[32], char out[65]);
void said_json(struct parley_json *json, const struct parley_said *s, bool body);
void said_json_open(struct parley_json *json, const struct parley_said *s, bool body); /* the object's end is the caller's */
const char *type_label(const struct invocation *in, int code);
/* A file (or standard input "-") of at most a body's size. */
PARLEY_MUST_USE enum parley_status read_body(struct invocation *in, const char *path, char **data, size_t *len);
/* The operands from number `from` on, as files to attach: their last path component is the label. */
PARLEY_MUST_USE enum parley_status read_attachments(struct invocation *in, int from, struct parley_draft *draft);
/* {"seq":..,"hash":".."} or a sentence. */
PARLEY_MUST_USE enum parley_status print_sent(struct invocation *in, uint64_t seq, const uint8_t hash[32]);
/* A new epoch: rotate, recover, revoke. */
PARLEY_MUST_USE enum parley_status new_epoch(struct invocation *in, enum parley_epoch_reason reason, const char *peer, uint64_t seq);

#endif

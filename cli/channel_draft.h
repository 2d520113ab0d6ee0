/* channel_draft.h - from what was typed to a signed statement. */
#ifndef PARLEY_CLI_CHANNEL_DRAFT_H
#define PARLEY_CLI_CHANNEL_DRAFT_H

#include "command.h"

#include <parley/channel.h>

/* 90s, 30m, 6h, 2d; a bare number is seconds. Without the option *seconds stays and *given is false. */
PARLEY_MUST_USE enum parley_status option_duration(struct invocation *in, const char *name, uint32_t *seconds, bool *given);
/* The type of that name, if a person may send it; else NULL, and in->err says where to look. */
const struct parley_type_info *message_type(struct invocation *in, const char *name);
/* "-" is told as standard input. */
const char *body_name(const char *path);
/* A file (or standard input "-") of at most a body's size; in the invocation's arena. */
PARLEY_MUST_USE enum parley_status read_body(struct invocation *in, const char *path, char **data, size_t *len);
/* The operands from number `from` on, as files to attach: their last path component is the label. */
PARLEY_MUST_USE enum parley_status read_attachments(struct invocation *in, int from, struct parley_draft *draft);
/* Sign and store it at in->channel, and print {"seq":..,"hash":".."} or a sentence. */
PARLEY_MUST_USE enum parley_status send_draft(struct invocation *in, const char *peer, const struct parley_draft *draft);

#endif

/* attachment.h - storing, asking for and sending the chunks of attachments. Internal to the desk.
 *
 * Chunks lie at multiples of CHUNK_MAX and are stored sealed, by peer and direction, so that what one peer sent tells another
 * nothing. A sender pushes the first window with the statement; the receiver asks for what is missing. */
#ifndef PARLEY_CHANNEL_ATTACHMENT_INTERNAL_H
#define PARLEY_CHANNEL_ATTACHMENT_INTERNAL_H

#include "channel/desk.h"

#include <parley/channel_attachment.h>

enum { CHUNK_WINDOW = 64 }; /* chunks that go at once: 4 MiB */

/* A body with the list of files appended. PARLEY_EDOM when it has a list already or a name is bad. */
enum parley_status attachments_compose(const char *body, size_t len, const struct parley_attachment_file *file, size_t n, struct parley_text *out, struct parley_error *err);
/* PARLEY_EDOM when a body names attachments that nobody gave. */
enum parley_status attachments_none(const char *body, size_t len, struct parley_error *err);
/* Store files of ours for a peer, before the statement that names them is said. */
enum parley_status attachments_store(struct parley_desk *d, struct talk *t, const struct parley_attachment_file *file, size_t n, struct parley_error *err);

/* Inside the transaction of a step: a statement of theirs was stored, or one of ours that came back; a chunk arrived. Fail only when our own
 * disk does. */
enum parley_status attachments_named(struct parley_desk *d, struct talk *t, bool ours, const char *body, size_t len, int64_t now_us, struct parley_error *err);
enum parley_status attachment_chunk(struct parley_desk *d, struct talk *t, const uint8_t *item, size_t len, struct parley_error *err);

/* After the commit: items for units. emit(ctx) seals what content holds and clears it. */
typedef void chunk_emit(void *ctx);
/* Chunks that a want item asks for: of files that we attached for this peer, or that it attached for us and lost. */
void attachment_answer(struct parley_desk *d, struct talk *t, const uint8_t *want, size_t len, struct parley_text *content, chunk_emit *emit, void *ctx);
/* The first window of what a body of ours names. */
void attachments_push(struct parley_desk *d, struct talk *t, const char *body, size_t len, struct parley_text *content, chunk_emit *emit, void *ctx);
/* What is missing and due to be asked for. */
void attachments_want(struct parley_desk *d, struct talk *t, struct parley_text *content);
/* When attachments_want wants to be asked next; INT64_MAX never. */
int64_t attachments_due(const struct talk *t);

/* What is wrong with what is stored of the files that a body names; NULL: nothing. What the other side attached may still be under way, be
 * forgotten or be over a limit. */
const char *attachments_fault(struct parley_desk *d, struct talk *t, bool ours, const char *body, size_t len);

#endif

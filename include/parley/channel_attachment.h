/* channel_attachment.h - files that go with a statement: named and committed to in its body, moved in sealed chunks beside it.
 * Room: channel.
 *
 * The name is a label for people. It is checked, shown, and never used as a path: what is taken out is written where the
 * officer says. docs/spec/channel.md section 4. */
#ifndef PARLEY_CHANNEL_ATTACHMENT_H
#define PARLEY_CHANNEL_ATTACHMENT_H

#include <parley/channel.h>

enum {
    PARLEY_ATTACHMENTS_MAX = 16,          /* of one statement */
    PARLEY_ATTACHMENT_BYTES_MAX = 16 << 20, /* together */
    PARLEY_ATTACHMENT_NAME_MAX = 128,     /* bytes */
    PARLEY_ATTACHMENT_QUOTA = 256 << 20,  /* of one peer, at rest here; more is not fetched until some is forgotten */
};

enum parley_attachment_state {
    PARLEY_ATTACHMENT_UNKNOWN,  /* not fetched: over the quota, or forgotten */
    PARLEY_ATTACHMENT_FETCHING,
    PARLEY_ATTACHMENT_COMPLETE, /* all there, and its hash is the one that was signed */
    PARLEY_ATTACHMENT_WRONG,    /* what came has another hash */
};

struct parley_attachment {
    const char *name;     /* a label that its sender chose */
    uint64_t bytes, have; /* in all, and stored here so far; have is 0 from parley_attachments_of */
    uint8_t sha256[32];   /* of the content, as signed */
    enum parley_attachment_state state;
};

#pragma GCC visibility push(default)

/* May a file be called so? PARLEY_EDOM says why not: empty, too long, path separators, control or direction-changing
 * characters, characters or names that some system treats specially, dots or blanks at the ends. */
PARLEY_MUST_USE enum parley_status parley_attachment_name_check(const char *name, size_t len, struct parley_error *err);
/* The attachments that a body names: at most PARLEY_ATTACHMENTS_MAX, names good and different. *n = 0 when it names none. PARLEY_EDOM
 * says why a list is not followed. Pure. */
PARLEY_MUST_USE enum parley_status parley_attachments_of(const char *body, size_t len, struct parley_arena *arena, struct parley_attachment **out, size_t *n, struct parley_error *err);
/* The same for a statement of the desk (from parley_channel_list or _find), with how much of each is here. */
PARLEY_MUST_USE enum parley_status parley_attachments_held(struct parley_desk *desk, const struct parley_said *said, struct parley_arena *arena, struct parley_attachment **out,
                                                           size_t *n, struct parley_error *err);
/* The content of one from parley_attachments_held: attachment->bytes of it in the arena, decrypted and checked against the hash that was
 * signed. PARLEY_ENOTFOUND while it is not complete, and says how much is here; PARLEY_EVERIFY or PARLEY_ECORRUPT when what is stored is not it. */
PARLEY_MUST_USE enum parley_status parley_attachment_read(struct parley_desk *desk, const struct parley_said *said, const struct parley_attachment *attachment, struct parley_arena *arena,
                                                          const char **data, struct parley_error *err);
/* Delete what is here of it, which frees quota; the statement that names it stays, and it is not fetched again. PARLEY_EREFUSED for a file of
 * ours: the other side may still ask for it. */
PARLEY_MUST_USE enum parley_status parley_attachment_forget(struct parley_desk *desk, const struct parley_said *said, const struct parley_attachment *attachment, struct parley_error *err);

#pragma GCC visibility pop
#endif

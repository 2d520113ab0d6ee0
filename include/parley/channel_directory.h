/* channel_directory.h - points of contact as both sides confirmed them, and communications checks with their read-backs.
 * Room: channel.
 *
 * A card is signed by its party's root; a contact-confirmation of the other side that names the card's hash co-signs it. Both are
 * to be confirmed once a year. A communications check goes by one carrier; the other side reads its text back word for word. */
#ifndef PARLEY_CHANNEL_DIRECTORY_H
#define PARLEY_CHANNEL_DIRECTORY_H

#include <parley/channel.h>

enum { PARLEY_CONFIRM_DAYS = 365 };

struct parley_contacts { /* of one side, as its newest card says */
    const char *party;
    const char *const *contact;
    size_t n;
    uint32_t epoch;
    uint8_t card[32];      /* hash of the card's text */
    int64_t confirmed_us;  /* its own newest confirmation that these are its contacts; 0 never */
    int64_t cosigned_us;   /* the other side's newest statement that names this card; 0 never */
    int64_t due_us;        /* when the next confirmation is due: a year after the last, or after enrolment */
    bool differs;          /* its newest confirmation lists other contacts than its card */
};

struct parley_comms_check {
    uint8_t hash[32];
    bool ours;                      /* we asked */
    const char *carrier;            /* by which it was to go; "" any */
    const char *text, *answer, *by; /* the words, the words read back, and who did; "" not yet */
    int64_t said_us, stored_us, answered_us; /* by the clocks of the authors of statement, receipt and read-back; 0 none */
    bool matches;        /* read back word for word */
    uint32_t within_s;   /* wanted back within, seconds */
    int64_t deadline_us; /* 0 none, or not stored yet */
};

#pragma GCC visibility push(default)

/* Both sides of the directory. Failures and cost as parley_channel_list, which it reads; the texts live in the arena. */
PARLEY_MUST_USE enum parley_status parley_channel_directory(struct parley_desk *desk, const char *peer, struct parley_arena *arena, struct parley_contacts *ours,
                                                            struct parley_contacts *theirs, struct parley_error *err);
/* The body of a contact-confirmation, added to *out: our contacts, our card, and the card of theirs that we hold. Signing it with
 * parley_channel_send is what confirms and co-signs. */
PARLEY_MUST_USE enum parley_status parley_confirmation_body(struct parley_desk *desk, const char *peer, struct parley_text *out, struct parley_error *err);
/* Every communications check of both sides, *n of them, oldest first; those that do not verify are left out. Reads the whole channel. */
PARLEY_MUST_USE enum parley_status parley_channel_checks(struct parley_desk *desk, const char *peer, struct parley_arena *arena, struct parley_comms_check **out, size_t *n,
                                                         struct parley_error *err);
/* The body of a check of a carrier ("direct", "relay", "file", "mail", or NULL for any), added to *out; parley_channel_send sends it. text NULL:
 * neutral words that nobody could guess. PARLEY_ENOTFOUND: the channel has no such carrier. */
PARLEY_MUST_USE enum parley_status parley_check_body(struct parley_desk *desk, const char *peer, const char *carrier, const char *text, struct parley_text *out, struct parley_error *err);

#pragma GCC visibility pop
#endif

/* channel_register.h - the register of commitments: norms proposed, accepted, withdrawn and reported on over a channel.
 * Room: channel.
 *
 * Derived from the signed statements alone, so both desks derive the same register. A norm is in force from the acceptance by
 * the side that did not propose it until either side withdraws; proposed again, it is a further entry of the same name. */
#ifndef PARLEY_CHANNEL_REGISTER_H
#define PARLEY_CHANNEL_REGISTER_H

#include <parley/channel.h>

enum parley_norm_state { PARLEY_NORM_PROPOSED, PARLEY_NORM_IN_FORCE, PARLEY_NORM_WITHDRAWN };

struct parley_norm {
    const char *name, *text, *domain;
    const char *mechanism; /* what it sets up in the record: "norm", "notification", "dialogue", "working-group", "agreement" */
    bool proposed_by_us;
    enum parley_norm_state state;
    int64_t proposed_us, accepted_us, withdrawn_us; /* author's clocks; 0 none */
    bool withdrawn_by_us;
    uint8_t proposal[32], acceptance[32], withdrawal[32]; /* hashes; zero none */
    unsigned observed, not_observed, unknown;             /* reports of both sides */
};

#pragma GCC visibility push(default)

/* The register as of now, *n norms in order of their proposal; exercises, statements that do not verify and those marked stricter than `tlp`
 * (PARLEY_TLP_RED: none) do not count, so that what flows on holds nothing of what may not. Failures and cost as parley_channel_list, which
 * it reads; at most 1,024 norms are looked at. */
PARLEY_MUST_USE enum parley_status parley_channel_norms(struct parley_desk *desk, const char *peer, enum parley_tlp tlp, struct parley_arena *arena, struct parley_norm **out,
                                                        size_t *n, struct parley_error *err);
/* The name on our own card; lives as long as the desk, or until its next epoch. */
const char *parley_desk_party(const struct parley_desk *desk);

#pragma GCC visibility pop
#endif

/* cosignature.h - witnesses a desk believes, and their cosignatures of checkpoints that it keeps. Internal to the desk. */
#ifndef PARLEY_CHANNEL_COSIGNATURE_H
#define PARLEY_CHANNEL_COSIGNATURE_H

#include "channel/bundle.h"
#include "channel/desk.h"
#include "channel/witness.h"

enum { COSIGNATURES_MAX = 256 }; /* kept of one side of a talk: the newest */

/* In SQL over `checkpoint AS c`: how many witnesses, whom the desk believes still, cosigned it. */
#define COSIGNED_BY "(SELECT count(*) FROM cosignature AS w JOIN witness AS k ON k.name = w.name AND k.key = w.key " \
                    "WHERE w.peer = c.peer AND w.ours = c.ours AND w.epoch = c.epoch AND w.size = c.size AND w.root = c.root)"

struct cosigned { /* what became of the lines of a note */
    size_t kept, wrong; /* held now; under a witness's name and key id, but not its signature */
};

enum parley_status witnesses_of(struct parley_desk *d, struct note_vkey witness[BUNDLE_WITNESSES_MAX], size_t *n, struct parley_error *err);
/* Text and author's line (the first) of a kept note, without what else signed it. */
bool author_note(const char *data, size_t len, struct parley_text *out);
/* Keep one of ours, unless it is kept already. */
enum parley_status checkpoint_keep(struct parley_desk *d, struct talk *t, uint32_t epoch, const struct checkpoint *c, const struct parley_text *note, struct parley_error *err);
/* Keep the cosignatures of witnesses written down here, if the checkpoint is kept as good. Inside a transaction. */
enum parley_status cosignatures_take(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, const struct checkpoint *c, const struct note *note, struct cosigned *out,
                                     struct parley_error *err);
/* Our newest checkpoint that witnesses cosigned, with its author's line and theirs; false: none. */
bool cosignatures_newest(struct parley_desk *d, struct talk *t, struct parley_text *note);
/* The lines for one checkpoint, and the verifier keys of their witnesses, in order of name; returns how many. */
size_t cosignatures_of(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t size, const uint8_t root[HASH_LEN], struct parley_text *lines,
                       struct note_vkey witness[BUNDLE_WITNESSES_MAX]);
/* Does everything kept still verify? PARLEY_EVERIFY: *bad says what does not. */
enum parley_status cosignatures_fit(struct parley_desk *d, struct talk *t, struct parley_text *bad, struct parley_error *err);

#endif

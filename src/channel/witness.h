/* witness.h - what a neutral witness reads, judges and keeps: requests (c2sp.org/tlog-witness), and one line a record. Pure.
 *
 * A witness cosigns a checkpoint only when it extends the last one it cosigned for that origin, so nobody can have two histories
 * cosigned. It keeps origin, size and root, and the key by which the author signs. */
#ifndef PARLEY_CHANNEL_WITNESS_H
#define PARLEY_CHANNEL_WITNESS_H

#include "channel/note.h"

enum { WITNESS_PATH_MAX = 63, WITNESS_LOGS_MAX = 4096, WITNESS_REQUEST_MAX = NOTE_MAX + 4096, WITNESS_STATE_MAX = WITNESS_LOGS_MAX * 512 };

/* "old SIZE", the RFC 6962 consistency path from that size in base64 lines, an empty line, the checkpoint's note. */
struct witness_request {
    uint64_t old;
    uint8_t path[WITNESS_PATH_MAX][HASH_LEN];
    size_t path_len;
    const char *note; /* inside what was parsed */
    size_t note_len;
};
void witness_request_text(const struct witness_request *request, struct parley_text *out);
PARLEY_MUST_USE enum parley_status witness_request_parse(const char *data, size_t len, struct witness_request *out, struct parley_error *err);

struct witness_log { /* one author's record, as far as the witness has cosigned it; size 0: never */
    char origin[160];
    struct note_vkey author;
    uint64_t size;
    uint8_t root[HASH_LEN];
};

/* A checkpoint of exactly three lines, whose origin has no blank: what a witness takes and what a desk writes. */
PARLEY_MUST_USE enum parley_status checkpoint_note_parse(const char *data, size_t len, struct note *note, struct checkpoint *out, struct parley_error *err);

/* May it be cosigned, after what was cosigned before? PARLEY_EREFUSED: it goes back, or begins elsewhere than where the witness
 * stands; PARLEY_EVERIFY: not signed by the author, or not an extension: another record. Nothing is changed. */
PARLEY_MUST_USE enum parley_status witness_judge(const struct witness_log *known, const struct witness_request *request, const struct note *note,
                                                 const struct checkpoint *checkpoint, struct parley_error *err);

/* The witness's file: "parley witness records v1", then "ORIGIN VKEY SIZE ROOT" lines in order of origin. */
void witness_logs_text(const struct witness_log *log, size_t n, struct parley_text *out);
/* log: room for WITNESS_LOGS_MAX. PARLEY_ECORRUPT names the line. */
PARLEY_MUST_USE enum parley_status witness_logs_parse(const char *data, size_t len, struct witness_log *log, size_t *n, struct parley_error *err);

#endif

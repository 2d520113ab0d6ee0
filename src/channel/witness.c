#include "channel/witness.h"

#include <inttypes.h>
#include <string.h>

/* --- requests ------------------------------------------------------------------------------- */

void witness_request_text(const struct witness_request *r, struct parley_text *out)
{
    char b64[48];
    parley_text_addf(out, "old %" PRIu64 "\n", r->old);
    for (size_t i = 0; i < r->path_len; i++) {
        to_base64(r->path[i], HASH_LEN, b64);
        parley_text_addf(out, "%s\n", b64);
    }
    parley_text_addc(out, '\n');
    parley_text_add(out, r->note, r->note_len);
}

/* "0" or digits without a leading zero. */
static bool decimal(const char *text, size_t len, uint64_t *out)
{
    return len && text[0] >= '0' && text[0] <= '9' && (len == 1 || text[0] != '0') && parley_text_to_u64(text, len, out);
}

enum parley_status witness_request_parse(const char *data, size_t len, struct witness_request *out, struct parley_error *err)
{
    struct witness_request r = { .old = 0 };
    size_t at = 0, got;
    if (len > WITNESS_REQUEST_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "request: %zu bytes; at most %d are read", len, WITNESS_REQUEST_MAX);
    for (int line = 1;; line++) {
        const char *text = data + at, *end = at < len ? memchr(text, '\n', len - at) : NULL;
        if (!end)
            return parley_fail(err, PARLEY_EPARSE, "request:%d: it ends before the checkpoint; expected 'old SIZE', base64 lines, an empty line, a checkpoint", line);
        size_t n = (size_t)(end - text);
        at += n + 1;
        if (line == 1) {
            if (n < 5 || memcmp(text, "old ", 4) || !decimal(text + 4, n - 4, &r.old))
                return parley_fail(err, PARLEY_EPARSE, "request:1: expected 'old SIZE', the number of statements that the witness cosigned last; 'parley channel checkpoint PEER -o FILE' writes it");
        } else if (!n) {
            break;
        } else if (r.path_len == WITNESS_PATH_MAX) {
            return parley_fail(err, PARLEY_ELIMIT, "request:%d: more than %d lines of proof", line, WITNESS_PATH_MAX);
        } else if (!from_base64(text, n, r.path[r.path_len++], HASH_LEN, &got) || got != HASH_LEN) {
            return parley_fail(err, PARLEY_EPARSE, "request:%d: expected a line of proof, base64 of 32 bytes, or an empty line", line);
        }
    }
    r.note = data + at;
    r.note_len = len - at;
    *out = r;
    return PARLEY_OK;
}

/* --- judging -------------------------------------------------------------------------------- */

enum parley_status checkpoint_note_parse(const char *data, size_t len, struct note *note, struct checkpoint *out, struct parley_error *err)
{
    struct parley_text exact;
    enum parley_status status = note_parse(data, len, note, err);
    if (!status)
        status = checkpoint_parse(note->text, note->text_len, out, err);
    if (status)
        return status;
    parley_text_init(&exact, NOTE_MAX);
    checkpoint_text(out, &exact);
    bool plain = exact.len == note->text_len && !memcmp(parley_text_str(&exact), note->text, note->text_len) && !strchr(out->origin, ' ');
    parley_text_release(&exact);
    if (!plain || !out->size || out->size > INT64_MAX)
        return parley_fail(err, PARLEY_EPARSE, "checkpoint: expected exactly three lines: an origin without blanks, a size of at least 1, the root");
    return PARLEY_OK;
}

enum parley_status witness_judge(const struct witness_log *known, const struct witness_request *r, const struct note *note, const struct checkpoint *c, struct parley_error *err)
{
    if (strcmp(known->origin, c->origin))
        return parley_fail(err, PARLEY_EVERIFY, "the checkpoint is of another record: %s", c->origin);
    if (!note_verify(note, known->author.name, NOTE_ED25519, known->author.key, NULL))
        return parley_fail(err, PARLEY_EVERIFY, "the checkpoint of %s is not signed by the author's key: %s", c->origin, known->author.name);
    if (r->old > c->size)
        return parley_fail(err, PARLEY_EREFUSED, "the request begins at %" PRIu64 ", behind its own checkpoint of %" PRIu64, r->old, c->size);
    if (c->size < known->size)
        return parley_fail(err, PARLEY_EREFUSED, "this witness cosigned %" PRIu64 " statements of %s; it does not go back to %" PRIu64, known->size, c->origin, c->size);
    if (r->old != known->size)
        return parley_fail(err, PARLEY_EREFUSED, "the request begins at %" PRIu64 ", this witness stands at %" PRIu64 "; ask again with: parley channel checkpoint PEER --from %" PRIu64 " -o FILE",
                           r->old, known->size, known->size);
    bool extends = known->size ? merkle_consistency_verify(known->size, known->root, c->size, c->root, (const uint8_t(*)[HASH_LEN])r->path, r->path_len) : !r->path_len;
    if (extends)
        return PARLEY_OK;
    return parley_fail(err, PARLEY_EVERIFY, "NOT cosigned: the checkpoint of %" PRIu64 " does not extend the %" PRIu64 " statements cosigned before: the record was rewritten, or the proof is forged",
                       c->size, known->size);
}

/* --- what is kept --------------------------------------------------------------------------- */

#define LOGS_HEAD "parley witness records v1\n"

void witness_logs_text(const struct witness_log *log, size_t n, struct parley_text *out)
{
    char root[48];
    parley_text_adds(out, LOGS_HEAD);
    for (size_t i = 0; i < n; i++) {
        to_base64(log[i].root, HASH_LEN, root);
        parley_text_addf(out, "%s ", log[i].origin);
        note_vkey(log[i].author.name, log[i].author.algorithm, log[i].author.key, out);
        parley_text_addf(out, " %" PRIu64 " %s\n", log[i].size, root);
    }
}

static bool parse_log(const char *line, size_t len, struct witness_log *out)
{
    const char *word[4];
    size_t n[4], got;
    for (int i = 0; i < 4; i++) {
        const char *end = i < 3 ? memchr(line, ' ', len) : line + len;
        if (!end || end == line)
            return false;
        word[i] = line;
        n[i] = (size_t)(end - line);
        line += n[i] + (i < 3);
        len -= n[i] + (i < 3);
    }
    if (n[0] >= sizeof out->origin)
        return false;
    memcpy(out->origin, word[0], n[0]);
    out->origin[n[0]] = 0;
    return strlen(out->origin) == n[0] && !note_vkey_parse(word[1], n[1], &out->author, NULL) && out->author.algorithm == NOTE_ED25519 && decimal(word[2], n[2], &out->size) && out->size &&
           from_base64(word[3], n[3], out->root, HASH_LEN, &got) && got == HASH_LEN;
}

enum parley_status witness_logs_parse(const char *data, size_t len, struct witness_log *log, size_t *n, struct parley_error *err)
{
    size_t at = sizeof LOGS_HEAD - 1;
    *n = 0;
    if (len < at || memcmp(data, LOGS_HEAD, at))
        return parley_fail(err, PARLEY_ECORRUPT, "line 1: expected '%.24s'", LOGS_HEAD);
    for (int line = 2; at < len; line++) {
        const char *end = memchr(data + at, '\n', len - at);
        if (*n == WITNESS_LOGS_MAX)
            return parley_fail(err, PARLEY_ELIMIT, "line %d: a witness keeps at most %d records", line, WITNESS_LOGS_MAX);
        memset(&log[*n], 0, sizeof *log);
        if (!end || !parse_log(data + at, (size_t)(end - data) - at, &log[*n]) || (*n && strcmp(log[*n - 1].origin, log[*n].origin) >= 0))
            return parley_fail(err, PARLEY_ECORRUPT, "line %d: expected 'ORIGIN VERIFIER-KEY SIZE ROOT', in order of origin", line);
        ++*n;
        at = (size_t)(end - data) + 1;
    }
    return PARLEY_OK;
}

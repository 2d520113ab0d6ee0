#define _GNU_SOURCE /* memmem */
#include "channel/attachment.h"
#include "channel/bytes.h"

#include <inttypes.h>
#include <parley/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S_US INT64_C(1000000)
enum { BEHIND_US = 250000, WANT_FIRST_S = 3, WANT_LAST_S = 300, WANTED_AT_ONCE = 16, CHUNK_HEAD = HASH_LEN + 16, WANT_LEN = HASH_LEN + 16, WRONG_MAX = 3 };
enum { FETCHING, COMPLETE, WRONG, FORGOTTEN }; /* column state */

/* --- what we attach ------------------------------------------------------------------------- */

enum parley_status attachments_compose(const char *body, size_t len, const struct parley_attachment_file *file, size_t n, struct parley_text *out, struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    struct parley_attachment *named;
    struct parley_json json;
    size_t there = 0, end = len;
    enum parley_status status = parley_body_check(body, len, "body", err);
    if (!status)
        status = parley_attachments_of(body, len, &arena, &named, &there, err);
    parley_arena_release(&arena);
    if (!status && there)
        status = parley_fail(err, PARLEY_EDOM, "the body has a list of attachments already; leave it out, it is made from the files");
    if (!status && n > PARLEY_ATTACHMENTS_MAX)
        status = parley_fail(err, PARLEY_ELIMIT, "%zu files; a statement has at most %d attachments", n, PARLEY_ATTACHMENTS_MAX);
    if (status)
        return status;
    while (end && body[end - 1] != '}')
        end--;
    size_t inside = end - 1;
    while (inside && strchr(" \t\r\n", body[inside - 1]))
        inside--;
    parley_text_add(out, body, end - 1);
    parley_text_adds(out, inside && body[inside - 1] == '{' ? "\"attachments\": " : ", \"attachments\": ");
    parley_json_init(&json, out, false);
    parley_json_array(&json);
    for (size_t i = 0; i < n; i++) {
        uint8_t hash[HASH_LEN];
        char hex[2 * HASH_LEN + 1];
        sha256(file[i].data, file[i].len, hash);
        to_hex(hash, HASH_LEN, hex);
        parley_json_object(&json);
        parley_json_put_string(&json, "name", file[i].name);
        parley_json_put_integer(&json, "bytes", (int64_t)file[i].len);
        parley_json_put_string(&json, "sha256", hex);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_text_adds(out, "}");
    if (out->failed)
        return parley_fail(err, PARLEY_ELIMIT, "with its list of attachments the body has more than %d bytes", PARLEY_BODY_MAX);
    status = parley_attachments_of(parley_text_str(out), out->len, &arena, &named, &there, err); /* names and sizes, by the rules of who reads it */
    parley_arena_release(&arena);
    return status;
}

enum parley_status attachments_none(const char *body, size_t len, struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    struct parley_attachment *named;
    size_t n = 0;
    enum parley_status status = memmem(body, len, "\"attachments\"", 13) ? parley_attachments_of(body, len, &arena, &named, &n, err) : PARLEY_OK;
    parley_arena_release(&arena);
    return status ? status : n ? parley_fail(err, PARLEY_EDOM, "the body names attachments, but no file was given; leave the list out and name the files behind the peer") : PARLEY_OK;
}

static void chunk_place(bool ours, const uint8_t hash[HASH_LEN], uint64_t offset, char where[120])
{
    char hex[2 * HASH_LEN + 1];
    to_hex(hash, HASH_LEN, hex);
    snprintf(where, 120, "chunk %d %s %" PRIu64, ours, hex, offset);
}

static enum parley_status put_chunk(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], uint64_t offset, const void *data, size_t len, bool *new_one,
                                    struct parley_error *err)
{
    char where[120];
    uint8_t *sealed;
    size_t n;
    chunk_place(ours, hash, offset, where);
    enum parley_status status = row_seal(d->row_key, where, data, len, &sealed, &n, err);
    sqlite3_stmt *s = status ? NULL : db_prepare(d, "INSERT OR IGNORE INTO chunk(peer, ours, hash, offset, sealed) VALUES(?, ?, ?, ?, ?)", err);
    if (!s) {
        if (!status)
            free(sealed);
        return status ? status : PARLEY_EIO;
    }
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    db_blob(s, 3, hash, HASH_LEN);
    sqlite3_bind_int64(s, 4, (int64_t)offset);
    db_blob(s, 5, sealed, n);
    status = db_done(d, s, err);
    *new_one = !status && sqlite3_changes(d->db) > 0;
    free(sealed);
    return status;
}

static enum parley_status put_row(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], uint64_t total, uint64_t have, int state, int64_t now_us,
                                  struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "INSERT INTO attachment(peer, ours, hash, total, have, state, named_us) VALUES(?, ?, ?, ?, ?, ?, ?)"
                                    " ON CONFLICT DO UPDATE SET total = excluded.total, have = 0, state = excluded.state, named_us = excluded.named_us WHERE state > 1", err); /* given up before: again */
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    db_blob(s, 3, hash, HASH_LEN);
    sqlite3_bind_int64(s, 4, (int64_t)total);
    sqlite3_bind_int64(s, 5, (int64_t)have);
    sqlite3_bind_int(s, 6, state);
    sqlite3_bind_int64(s, 7, now_us);
    return db_done(d, s, err);
}

enum parley_status attachments_store(struct parley_desk *d, struct talk *t, const struct parley_attachment_file *file, size_t n, struct parley_error *err)
{
    enum parley_status status = db_exec(d, "BEGIN IMMEDIATE", err);
    if (status)
        return status;
    for (size_t i = 0; !status && i < n; i++) {
        uint8_t hash[HASH_LEN];
        bool new_one;
        sha256(file[i].data, file[i].len, hash);
        status = put_row(d, t, true, hash, file[i].len, file[i].len, COMPLETE, d->now_us(), err);
        for (size_t at = 0; !status && at < file[i].len; at += CHUNK_MAX)
            status = put_chunk(d, t, true, hash, at, (const char *)file[i].data + at, file[i].len - at < CHUNK_MAX ? file[i].len - at : CHUNK_MAX, &new_one, err);
    }
    if (!status)
        status = db_exec(d, "COMMIT", err);
    if (status)
        sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* --- what they attach ----------------------------------------------------------------------- */

static uint64_t bytes_of_peer(struct parley_desk *d, struct talk *t)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT coalesce(sum(total), 0) FROM attachment WHERE peer = ? AND ours = 0 AND state < 2", NULL);
    if (!s)
        return UINT64_MAX;
    sqlite3_bind_int64(s, 1, t->id);
    uint64_t n = sqlite3_step(s) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : UINT64_MAX;
    sqlite3_reset(s);
    return n;
}

enum parley_status attachments_named(struct parley_desk *d, struct talk *t, bool ours, const char *body, size_t len, int64_t now_us, struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    struct parley_attachment *a;
    struct parley_error why = { 0 };
    char text[sizeof why.text];
    size_t n = 0;
    enum parley_status status = PARLEY_OK;
    if (!memmem(body, len, "\"attachments\"", 13))
        return PARLEY_OK;
    if (parley_attachments_of(body, len, &arena, &a, &n, &why)) {
        log_line(d, "peer=%s event=attachments-refused why=\"%s\"", t->name, log_text(why.text, text, sizeof text));
        n = 0;
    }
    for (size_t i = 0; !status && i < n; i++) {
        if (!ours && bytes_of_peer(d, t) + a[i].bytes > PARLEY_ATTACHMENT_QUOTA) {
            log_line(d, "peer=%s event=attachment-over-quota bytes=%" PRIu64, t->name, a[i].bytes);
            continue;
        }
        status = put_row(d, t, ours, a[i].sha256, a[i].bytes, 0, a[i].bytes ? FETCHING : COMPLETE, now_us, err);
        t->attachments.due_us = now_us + BEHIND_US; /* they may come behind the statement; a sender in another process sends none unasked */
        t->attachments.wait_s = WANT_FIRST_S;
    }
    parley_arena_release(&arena);
    return status;
}

struct row {
    uint64_t total, have;
    int state;
};

static bool find_row(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], struct row *out)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT total, have, state FROM attachment WHERE peer = ? AND ours = ? AND hash = ?", NULL);
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    db_blob(s, 3, hash, HASH_LEN);
    bool found = sqlite3_step(s) == SQLITE_ROW;
    if (found)
        *out = (struct row){ (uint64_t)sqlite3_column_int64(s, 0), (uint64_t)sqlite3_column_int64(s, 1), sqlite3_column_int(s, 2) };
    sqlite3_reset(s);
    return found;
}

static enum parley_status set_row(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], uint64_t have, int state, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "UPDATE attachment SET have = ?, state = ? WHERE peer = ? AND ours = ? AND hash = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, (int64_t)have);
    sqlite3_bind_int(s, 2, state);
    sqlite3_bind_int64(s, 3, t->id);
    sqlite3_bind_int(s, 4, ours);
    db_blob(s, 5, hash, HASH_LEN);
    return db_done(d, s, err);
}

static enum parley_status drop_chunks(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "DELETE FROM chunk WHERE peer = ? AND ours = ? AND hash = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    db_blob(s, 3, hash, HASH_LEN);
    return db_done(d, s, err);
}

/* One stored chunk, opened; malloc'ed. */
static enum parley_status open_chunk(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], uint64_t offset, uint8_t **data, size_t *len, struct parley_error *err)
{
    char where[120];
    sqlite3_stmt *s = db_prepare(d, "SELECT sealed FROM chunk WHERE peer = ? AND ours = ? AND hash = ? AND offset = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    db_blob(s, 3, hash, HASH_LEN);
    sqlite3_bind_int64(s, 4, (int64_t)offset);
    chunk_place(ours, hash, offset, where);
    enum parley_status status = sqlite3_step(s) == SQLITE_ROW ? row_open(d->row_key, where, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), data, len, err)
                                                              : parley_fail(err, PARLEY_ENOTFOUND, "a chunk at %" PRIu64 " is missing", offset);
    sqlite3_reset(s);
    return status;
}

/* All chunks in order, checked against the hash that was signed. out has total bytes. */
static enum parley_status assemble(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], uint64_t total, uint8_t *out, struct parley_error *err)
{
    uint8_t found[HASH_LEN], *data;
    size_t len;
    for (uint64_t at = 0; at < total; at += CHUNK_MAX) {
        enum parley_status status = open_chunk(d, t, ours, hash, at, &data, &len, err);
        if (status)
            return status;
        bool fits = len == (total - at < CHUNK_MAX ? total - at : CHUNK_MAX);
        if (fits)
            memcpy(out + at, data, len);
        free(data);
        if (!fits)
            return parley_fail(err, PARLEY_ECORRUPT, "a chunk has the wrong length");
    }
    sha256(out, total, found);
    return same_bytes(found, hash, HASH_LEN) ? PARLEY_OK : parley_fail(err, PARLEY_EVERIFY, "what came is not the file that was signed for: its hash is another");
}

static const char *fault_of(struct parley_desk *d, struct talk *t, bool ours, const struct parley_attachment *a)
{
    struct row row;
    if (!find_row(d, t, ours, a->sha256, &row))
        return ours ? "a file that it names is missing" : NULL;
    if (row.total != a->bytes)
        return "a file that it names stands with another length";
    if (row.state != COMPLETE)
        return NULL;
    uint8_t *all = malloc(row.total + 1);
    if (!all)
        return "no memory for a file that it names";
    const char *why = assemble(d, t, ours, a->sha256, row.total, all, NULL) ? "a file that it names is not what was signed, or a part of it is missing" : NULL;
    free(all);
    return why;
}

const char *attachments_fault(struct parley_desk *d, struct talk *t, bool ours, const char *body, size_t len)
{
    struct parley_arena arena = { 0 };
    struct parley_attachment *a;
    const char *why = NULL;
    size_t n = 0;
    if (parley_attachments_of(body, len, &arena, &a, &n, NULL))
        n = 0; /* a list that breaks a rule is not followed */
    for (size_t i = 0; !why && i < n; i++)
        why = fault_of(d, t, ours, &a[i]);
    parley_arena_release(&arena);
    return why;
}

static enum parley_status completed(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], uint64_t total, struct parley_error *err)
{
    uint8_t *all = malloc(total ? total : 1);
    struct parley_error why = { 0 };
    char hex[17];
    if (!all)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = assemble(d, t, ours, hash, total, all, &why);
    free(all);
    to_hex(hash, 8, hex);
    if (!status) {
        log_line(d, "peer=%s event=attachment-complete sha256=%s bytes=%" PRIu64, t->name, hex, total);
        return set_row(d, t, ours, hash, total, COMPLETE, err);
    }
    log_line(d, "peer=%s event=attachment-wrong sha256=%s", t->name, hex); /* only the peer itself could do that: units are sealed */
    status = drop_chunks(d, t, ours, hash, err);
    return status ? status : set_row(d, t, ours, hash, 0, ++t->attachments.wrong >= WRONG_MAX ? WRONG : FETCHING, err);
}

enum parley_status attachment_chunk(struct parley_desk *d, struct talk *t, const uint8_t *item, size_t len, struct parley_error *err)
{
    struct row row;
    bool new_one = false;
    if (len <= CHUNK_HEAD)
        return PARLEY_OK;
    uint64_t total = get_u64(item + HASH_LEN), offset = get_u64(item + HASH_LEN + 8), n = len - CHUNK_HEAD;
    bool ours = !find_row(d, t, false, item, &row) || row.state != FETCHING;
    if (ours && (!find_row(d, t, true, item, &row) || row.state != FETCHING))
        return PARLEY_OK; /* nobody asked: not stored */
    if (total != row.total || offset >= total || offset % CHUNK_MAX || n != (total - offset < CHUNK_MAX ? total - offset : CHUNK_MAX)) {
        log_line(d, "peer=%s event=refused why=chunk-form", t->name);
        return PARLEY_OK;
    }
    enum parley_status status = put_chunk(d, t, ours, item, offset, item + CHUNK_HEAD, n, &new_one, err);
    if (status || !new_one)
        return status;
    t->attachments.wait_s = WANT_FIRST_S;
    t->attachments.got++;
    if (t->attachments.asked && t->attachments.got >= t->attachments.asked) /* all that was asked for: the next window at once */
        t->attachments.due_us = 0;
    return row.have + n == total ? completed(d, t, ours, item, total, err) : set_row(d, t, ours, item, row.have + n, FETCHING, err);
}

/* --- items for units ------------------------------------------------------------------------ */

static size_t add_chunks(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], uint64_t total, uint64_t from, uint64_t to, size_t room, struct parley_text *content,
                         chunk_emit *emit, void *ctx)
{
    size_t sent = 0;
    for (uint64_t at = from; at < to && at < total && sent < room; at += CHUNK_MAX, sent++) {
        uint8_t head[CHUNK_HEAD], *data;
        size_t len;
        if (open_chunk(d, t, ours, hash, at, &data, &len, NULL))
            break;
        memcpy(head, hash, HASH_LEN);
        put_u64(head + HASH_LEN, total);
        put_u64(head + HASH_LEN + 8, at);
        const struct part parts[] = { { head, sizeof head }, { data, len } };
        item_add(content, ITEM_CHUNK, parts, 2);
        free(data);
        if (content->len > UNIT_PACK - 4 - ITEM_HEADER - CHUNK_HEAD - CHUNK_MAX) /* another does not fit */
            emit(ctx);
    }
    return sent;
}

void attachment_answer(struct parley_desk *d, struct talk *t, const uint8_t *want, size_t len, struct parley_text *content, chunk_emit *emit, void *ctx)
{
    struct row row;
    if (len != WANT_LEN)
        return;
    bool ours = find_row(d, t, true, want, &row) && row.state == COMPLETE;
    if (!ours && (!find_row(d, t, false, want, &row) || row.state != COMPLETE)) /* who attached it for us may have lost it */
        return;
    uint64_t from = get_u64(want + HASH_LEN), to = get_u64(want + HASH_LEN + 8);
    if (from % CHUNK_MAX == 0)
        add_chunks(d, t, ours, want, row.total, from, to, CHUNK_WINDOW, content, emit, ctx);
}

void attachments_push(struct parley_desk *d, struct talk *t, const char *body, size_t len, struct parley_text *content, chunk_emit *emit, void *ctx)
{
    struct parley_arena arena = { 0 };
    struct parley_attachment *a;
    size_t n = 0, room = CHUNK_WINDOW;
    if (memmem(body, len, "\"attachments\"", 13) && !parley_attachments_of(body, len, &arena, &a, &n, NULL))
        for (size_t i = 0; i < n && room; i++) {
            struct row row;
            if (find_row(d, t, true, a[i].sha256, &row) && row.state == COMPLETE)
                room -= add_chunks(d, t, true, a[i].sha256, row.total, 0, row.total, room, content, emit, ctx);
        }
    parley_arena_release(&arena);
}

/* Up to `room` chunks of one attachment that are missing: as ranges. */
static size_t want_of(struct parley_desk *d, struct talk *t, bool ours, const uint8_t hash[HASH_LEN], uint64_t total, size_t room, struct parley_text *content)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT offset FROM chunk WHERE peer = ? AND ours = ? AND hash = ? ORDER BY offset", NULL);
    size_t asked = 0;
    uint64_t at = 0;
    if (!s)
        return 0;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    db_blob(s, 3, hash, HASH_LEN);
    bool more = true;
    while (more && at < total && asked < room) {
        more = sqlite3_step(s) == SQLITE_ROW;
        uint64_t there = more ? (uint64_t)sqlite3_column_int64(s, 0) : total;
        if (there > at) {
            uint8_t want[WANT_LEN];
            uint64_t most = at + (uint64_t)(room - asked) * CHUNK_MAX, to = there < most ? there : most;
            memcpy(want, hash, HASH_LEN);
            put_u64(want + HASH_LEN, at);
            put_u64(want + HASH_LEN + 8, to);
            item_add(content, ITEM_CHUNK_WANT, &(struct part){ want, sizeof want }, 1);
            asked += (size_t)((to - at + CHUNK_MAX - 1) / CHUNK_MAX);
        }
        at = there + CHUNK_MAX;
    }
    sqlite3_reset(s);
    return asked;
}

void attachments_want(struct parley_desk *d, struct talk *t, struct parley_text *content)
{
    int64_t now = d->now_us();
    if (t->attachments.due_us > now + WANT_LAST_S * S_US) /* the clock was set back */
        t->attachments.due_us = t->attachments.due_us == INT64_MAX ? INT64_MAX : now;
    if (t->attachments.due_us > now)
        return;
    struct { uint8_t hash[HASH_LEN]; uint64_t total; bool ours; } open[WANTED_AT_ONCE];
    size_t n = 0, asked = 0;
    sqlite3_stmt *s = db_prepare(d, "SELECT hash, total, ours FROM attachment WHERE peer = ? AND state = 0 ORDER BY named_us LIMIT ?", NULL);
    if (!s)
        return;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, WANTED_AT_ONCE);
    while (sqlite3_step(s) == SQLITE_ROW && n < WANTED_AT_ONCE)
        if (sqlite3_column_bytes(s, 0) == HASH_LEN) {
            memcpy(open[n].hash, sqlite3_column_blob(s, 0), HASH_LEN);
            open[n].ours = sqlite3_column_int(s, 2);
            open[n++].total = (uint64_t)sqlite3_column_int64(s, 1);
        }
    sqlite3_reset(s);
    for (size_t i = 0; i < n && asked < CHUNK_WINDOW; i++)
        asked += want_of(d, t, open[i].ours, open[i].hash, open[i].total, CHUNK_WINDOW - asked, content);
    t->attachments.asked = asked;
    t->attachments.got = 0;
    if (!t->attachments.wait_s)
        t->attachments.wait_s = WANT_FIRST_S;
    t->attachments.due_us = asked ? now + t->attachments.wait_s * S_US : INT64_MAX;
    t->attachments.wait_s = 2 * t->attachments.wait_s > WANT_LAST_S ? WANT_LAST_S : 2 * t->attachments.wait_s;
}

int64_t attachments_due(const struct talk *t) { return t->attachments.due_us; }

/* --- asked by commands ---------------------------------------------------------------------- */

enum parley_status parley_attachments_held(struct parley_desk *d, const struct parley_said *said, struct parley_arena *arena, struct parley_attachment **out, size_t *n,
                                           struct parley_error *err)
{
    struct talk *t = talk_named(d, said->peer, err);
    enum parley_status status = t ? parley_attachments_of(said->body, said->body_len, arena, out, n, err) : PARLEY_ENOTFOUND;
    for (size_t i = 0; !status && i < *n; i++) {
        struct parley_attachment *a = &(*out)[i];
        struct row row;
        static const enum parley_attachment_state states[] = { PARLEY_ATTACHMENT_FETCHING, PARLEY_ATTACHMENT_COMPLETE, PARLEY_ATTACHMENT_WRONG, PARLEY_ATTACHMENT_UNKNOWN };
        if (!find_row(d, t, said->ours, a->sha256, &row) || row.total != a->bytes)
            continue;
        a->have = row.have;
        a->state = row.state >= 0 && row.state < 4 ? states[row.state] : PARLEY_ATTACHMENT_UNKNOWN;
    }
    return status;
}

enum parley_status parley_attachment_read(struct parley_desk *d, const struct parley_said *said, const struct parley_attachment *a, struct parley_arena *arena, const char **data,
                                          struct parley_error *err)
{
    struct talk *t = talk_named(d, said->peer, err);
    if (!t)
        return PARLEY_ENOTFOUND;
    if (a->state != PARLEY_ATTACHMENT_COMPLETE)
        return parley_fail(err, PARLEY_ENOTFOUND, a->state == PARLEY_ATTACHMENT_FETCHING ? "'%s' is not complete yet: %llu of %llu bytes are here"
                                                  : a->state == PARLEY_ATTACHMENT_WRONG  ? "'%s' cannot be had: what the other side sends is not what it signed for (%llu of %llu bytes)"
                                                                                         : "'%s' is not here: over the quota, or forgotten (%llu of %llu bytes)",
                           a->name, (unsigned long long)a->have, (unsigned long long)a->bytes);
    uint8_t *all = parley_arena_alloc(arena, a->bytes + 1);
    if (!all)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    *data = (const char *)all;
    return assemble(d, t, said->ours, a->sha256, a->bytes, all, err);
}

enum parley_status parley_attachment_forget(struct parley_desk *d, const struct parley_said *said, const struct parley_attachment *a, struct parley_error *err)
{
    struct talk *t = talk_named(d, said->peer, err);
    if (!t)
        return PARLEY_ENOTFOUND;
    if (said->ours)
        return parley_fail(err, PARLEY_EREFUSED, "this file is ours: the other side may still ask for it");
    enum parley_status status = db_exec(d, "BEGIN IMMEDIATE", err);
    if (status)
        return status;
    status = drop_chunks(d, t, false, a->sha256, err);
    if (!status)
        status = set_row(d, t, false, a->sha256, 0, FORGOTTEN, err);
    if (!status)
        status = db_exec(d, "COMMIT", err);
    if (status)
        sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

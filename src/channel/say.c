/* Saying and listing: what the commands show of a channel. */
#include "channel/attachment.h"
#include "channel/bytes.h"
#include "channel/desk.h"

#include <parley/blocks.h>
#include <parley/tree.h>
#include <stdlib.h>
#include <string.h>

/* The officer's reason is nobody else's: sealed like a body, as hex behind a word (desks of earlier versions hold it in the clear). */
static const char sealed_word[] = "sealed ";

static enum parley_status note_override(struct parley_desk *d, const uint8_t hash[HASH_LEN], const char *reason, struct parley_error *err)
{
    char where[20 + 2 * HASH_LEN] = "override ";
    uint8_t *sealed;
    size_t len;
    to_hex(hash, HASH_LEN, where + strlen(where));
    enum parley_status status = row_seal(d->row_key, where, reason, strlen(reason), &sealed, &len, err);
    if (status)
        return status;
    char *text = malloc(sizeof sealed_word + 2 * len);
    sqlite3_stmt *s = text ? db_prepare(d, "UPDATE statement SET override = ? WHERE hash = ?", err) : NULL;
    if (s) {
        memcpy(text, sealed_word, sizeof sealed_word);
        to_hex(sealed, len, text + strlen(sealed_word));
        sqlite3_bind_text(s, 1, text, -1, SQLITE_TRANSIENT);
        db_blob(s, 2, hash, HASH_LEN);
        status = db_done(d, s, err);
    } else {
        status = text ? PARLEY_EIO : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    free(text);
    free(sealed);
    return status;
}

static const char *override_of(struct parley_desk *d, const uint8_t hash[HASH_LEN], const char *stored, struct parley_arena *arena)
{
    char where[20 + 2 * HASH_LEN] = "override ";
    if (strncmp(stored, sealed_word, strlen(sealed_word)))
        return parley_arena_strdup(arena, stored);
    const char *hex = stored + strlen(sealed_word), *out = "(the note does not open: it was altered)";
    size_t len = strlen(hex) / 2, plain_len;
    uint8_t *sealed = parley_arena_alloc(arena, len + 1), *plain;
    to_hex(hash, HASH_LEN, where + strlen(where));
    if (sealed && from_hex(hex, strlen(hex), sealed, len) && !row_open(d->row_key, where, sealed, len, &plain, &plain_len, NULL)) {
        out = parley_arena_copy(arena, (const char *)plain, plain_len);
        free(plain);
    }
    return out;
}

enum parley_status parley_channel_send(struct parley_desk *d, const char *peer, const struct parley_draft *draft, uint64_t *seq, uint8_t hash[32],
                                       struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    if (!t)
        return PARLEY_ENOTFOUND;
    const struct parley_type_info *type = parley_type_by_name(draft->type);
    if (!type)
        return parley_fail(err, PARLEY_EINVAL, "there is no statement type '%.60s'; 'parley channel types' lists them", draft->type);
    struct draft x = { .type = (uint16_t)type->code, .flags = draft->exercise ? PARLEY_EXERCISE : 0,
                       .precedence = draft->precedence ? draft->precedence : (uint8_t)type->precedence, .tlp = draft->tlp ? draft->tlp : PARLEY_TLP_AMBER,
                       .within_s = draft->within_given ? draft->within_s : type->within_s, .body = draft->body, .body_len = draft->body_len };
    if (draft->reply_to)
        memcpy(x.reply_to, draft->reply_to, HASH_LEN);
    struct input in = { .kind = IN_SEND, .draft = &x };
    struct parley_text with_files;
    parley_text_init(&with_files, PARLEY_BODY_MAX);
    enum parley_status status = talk_ready(d, t, err);
    if (!status && !draft->n_attach)
        status = attachments_none(draft->body, draft->body_len, err);
    if (!status && draft->n_attach) {
        status = attachments_compose(draft->body, draft->body_len, draft->attach, draft->n_attach, &with_files, err);
        x.body = parley_text_str(&with_files), x.body_len = with_files.len;
        if (!status && t->x.fenced)
            status = parley_fail(err, PARLEY_EREFUSED, "this desk seems to be restored from a copy: nothing is signed until it holds all it ever said");
        if (!status) /* first the files: a statement never names what is not there */
            status = attachments_store(d, t, draft->attach, draft->n_attach, err);
    }
    if (!status)
        status = talk_steps(d, t, &in, 1, err);
    parley_text_release(&with_files);
    if (status)
        return status;
    const struct epoch_log *e = &t->x.ours.epoch[t->x.ours.n - 1];
    *seq = e->top;
    memcpy(hash, e->slot[e->top - 1].hash, HASH_LEN);
    log_line(d, "peer=%s event=said type=%s seq=%llu precedence=%s", t->name, type->name, (unsigned long long)*seq, parley_precedence_name(x.precedence, PARLEY_EN));
    return draft->override ? note_override(d, hash, draft->override, err) : PARLEY_OK;
}

/* --- listing -------------------------------------------------------------------------------- */

struct listing {
    struct parley_desk *d;
    struct parley_arena *arena;
    struct parley_said *said;
    struct { int64_t by_seq; uint32_t by_epoch; } *teller;
    size_t n, cap;
    bool unverified; /* counts and times need no signatures, which cost more than all else */
};

static bool verifies(struct talk *t, const struct parley_said *e)
{
    const struct epoch_log *log = exchange_epoch(e->ours ? &t->x.ours : &t->x.theirs, e->statement.epoch);
    return log && card_signed(&log->card, e->bytes);
}

static enum parley_status read_row(struct listing *l, struct talk *t, sqlite3_stmt *s, struct parley_error *err)
{
    struct parley_said *e = &l->said[l->n];
    uint8_t *plain, *bytes;
    size_t len;
    char where[65];
    if (sqlite3_column_bytes(s, 1) != PARLEY_STATEMENT_LEN || parley_statement_decode(sqlite3_column_blob(s, 1), &e->statement, err))
        return parley_fail(err, PARLEY_ECORRUPT, "channel.db: a statement with %s is damaged; 'parley channel verify %s' names it", t->name, t->name);
    bytes = parley_arena_alloc(l->arena, PARLEY_STATEMENT_LEN);
    if (!bytes)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    memcpy(bytes, sqlite3_column_blob(s, 1), PARLEY_STATEMENT_LEN);
    e->bytes = bytes;
    parley_statement_hash(bytes, e->hash);
    to_hex(e->hash, HASH_LEN, where);
    enum parley_status status = row_open(l->d->row_key, where, sqlite3_column_blob(s, 2), (size_t)sqlite3_column_bytes(s, 2), &plain, &len, err);
    if (status)
        return status;
    e->body_len = len >= SALT_LEN ? len - SALT_LEN : 0;
    e->body = len >= SALT_LEN ? parley_arena_copy(l->arena, (const char *)plain + SALT_LEN, e->body_len) : "";
    free(plain);
    e->peer = parley_arena_strdup(l->arena, t->name);
    e->ours = sqlite3_column_int(s, 0);
    const struct epoch_log *log = exchange_epoch(e->ours ? &t->x.ours : &t->x.theirs, e->statement.epoch);
    e->earlier_outstanding = log && e->statement.seq > log->gapless;
    e->stored_us = sqlite3_column_int64(s, 3);
    const char *override = (const char *)sqlite3_column_text(s, 6);
    e->override = override ? override_of(l->d, e->hash, override, l->arena) : NULL;
    e->read_by = e->outcome = "";
    l->teller[l->n].by_epoch = (uint32_t)sqlite3_column_int64(s, 4);
    l->teller[l->n].by_seq = sqlite3_column_int64(s, 5);
    l->n++;
    return e->body && e->peer ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

/* Index of all entries by hash, so that receipts and replies find what they are about. */
struct by_hash {
    const uint8_t *hash;
    struct parley_said *said;
};

static int compare_hash(const void *a, const void *b) { return memcmp(((const struct by_hash *)a)->hash, ((const struct by_hash *)b)->hash, HASH_LEN); }

static int compare_stored(const void *a, const void *b)
{
    const struct parley_said *x = a, *y = b;
    if (x->stored_us != y->stored_us)
        return x->stored_us < y->stored_us ? -1 : 1;
    return (x->statement.seq > y->statement.seq) - (x->statement.seq < y->statement.seq);
}

static bool declines(const struct parley_said *by)
{
    struct parley_arena arena = { 0 };
    struct parley_node *root;
    const struct parley_node *decision = by->statement.type == PARLEY_TYPE_REPLY && !parley_json_parse(by->body, by->body_len, "reply", &arena, &root, NULL) ? parley_node_get(root, "decision") : NULL;
    bool no = decision && decision->kind == PARLEY_NODE_SCALAR && !strcmp(decision->text, "decline");
    parley_arena_release(&arena);
    return no;
}

static void apply(struct listing *l, const struct parley_said *by, struct by_hash *index, size_t n)
{
    struct by_hash key = { by->statement.reply_to, NULL }, *found = bsearch(&key, index, n, sizeof *index, compare_hash);
    struct parley_arena arena = { 0 };
    struct parley_node *root;
    if (!found || found->said->ours == by->ours)
        return;
    struct parley_said *about = found->said;
    if (by->statement.kind == PARLEY_KIND_RECEIPT) {
        if (!parley_json_parse(by->body, by->body_len, "receipt", &arena, &root, NULL)) {
            const struct parley_node *what = parley_node_get(root, "receipt"), *who = parley_node_get(root, "by");
            const char *word = what ? what->text : "";
            if (!strcmp(word, "read") && !*about->read_by) { /* an answer may have come first; it names nobody */
                char *name = who && who->kind == PARLEY_NODE_SCALAR ? parley_arena_copy(l->arena, who->text, who->len) : NULL;
                for (char *c = name; c && *c; c++)
                    if ((unsigned char)*c < 0x20 || *c == 0x7f)
                        *c = ' '; /* it is shown in one line */
                about->read_by = name ? name : "";
                if (!about->read_us || about->read_us > by->statement.time_us)
                    about->read_us = by->statement.time_us;
            }
            if (!strcmp(word, "answered") || !strcmp(word, "declined")) {
                about->answered_us = by->statement.time_us;
                about->outcome = word[0] == 'a' ? "answered" : "declined";
            }
        }
    } else if (by->statement.kind == PARLEY_KIND_MESSAGE && !about->answered_us) {
        about->answered_us = by->statement.time_us;
        about->outcome = declines(by) ? "declined" : "answered";
        if (!about->read_us)
            about->read_us = by->statement.time_us;
    }
    parley_arena_release(&arena);
}

/* The other side's statements by number. */
struct by_number {
    uint32_t epoch;
    uint64_t seq;
    int64_t time_us;
};

static int compare_number(const void *a, const void *b)
{
    const struct by_number *x = a, *y = b;
    return x->epoch != y->epoch ? (x->epoch > y->epoch) - (x->epoch < y->epoch) : (x->seq > y->seq) - (x->seq < y->seq);
}

static enum parley_status set_times(struct listing *l, size_t from, struct parley_error *err)
{
    struct by_number *theirs = PARLEY_NEW(l->arena, struct by_number, l->n - from + 1);
    size_t n = 0;
    if (!theirs)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = from; i < l->n; i++)
        if (!l->said[i].ours)
            theirs[n++] = (struct by_number){ l->said[i].statement.epoch, l->said[i].statement.seq, l->said[i].statement.time_us };
    qsort(theirs, n, sizeof *theirs, compare_number);
    for (size_t i = from; i < l->n; i++) {
        struct parley_said *e = &l->said[i];
        int64_t by = l->teller[i].by_seq;
        if (e->ours && by > 0) { /* told by one of theirs: its author's clock */
            struct by_number key = { l->teller[i].by_epoch, (uint64_t)by, 0 }, *teller = bsearch(&key, theirs, n, sizeof *theirs, compare_number);
            e->receipt_us = teller ? teller->time_us : 0;
        }
        if (e->ours && by < 0)
            e->receipt_us = e->stored_us;
        if (!e->ours && by > 0)
            e->receipt_us = e->stored_us;
        if (e->statement.within_s && e->receipt_us)
            e->deadline_us = e->receipt_us + (int64_t)e->statement.within_s * 1000000;
    }
    return PARLEY_OK;
}

enum { VERIFY_BLOCK = 64 };

struct verifying {
    struct talk *t;
    struct parley_said *said;
    size_t n;
};

static enum parley_status verify_block(void *ctx, size_t block, unsigned thread, struct parley_error *err)
{
    struct verifying *v = ctx;
    (void)thread, (void)err;
    for (size_t i = block * VERIFY_BLOCK; i < v->n && i < (block + 1) * VERIFY_BLOCK; i++)
        v->said[i].verified = verifies(v->t, &v->said[i]);
    return PARLEY_OK;
}

static enum parley_status list_talk(struct listing *l, struct talk *t, struct parley_error *err)
{
    enum parley_status status = talk_ready(l->d, t, err);
    size_t from = l->n;
    sqlite3_stmt *s = status ? NULL : db_prepare(l->d, "SELECT count(*) FROM statement WHERE peer = ?", err);
    if (!s)
        return status ? status : PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    size_t rows = sqlite3_step(s) == SQLITE_ROW ? (size_t)sqlite3_column_int64(s, 0) : 0;
    sqlite3_reset(s);
    if (l->n + rows > l->cap) {
        struct parley_said *more = PARLEY_NEW(l->arena, struct parley_said, l->n + rows + 1);
        void *tellers = parley_arena_calloc(l->arena, l->n + rows + 1, sizeof *l->teller);
        if (!more || !tellers)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        if (l->n) {
            memcpy(more, l->said, l->n * sizeof *more);
            memcpy(tellers, l->teller, l->n * sizeof *l->teller);
        }
        l->said = more, l->teller = tellers, l->cap = l->n + rows;
    }
    if (!(s = db_prepare(l->d, "SELECT ours, bytes, sealed, stored_us, by_epoch, by_seq, override FROM statement WHERE peer = ? ORDER BY stored_us, ours, epoch, seq", err)))
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    while (!status && l->n < l->cap && sqlite3_step(s) == SQLITE_ROW)
        status = read_row(l, t, s, err);
    status = db_rest(l->d, s, status, err);
    if (status || (status = set_times(l, from, err)))
        return status;
    struct verifying verifying = { t, l->said + from, l->n - from };
    if (!l->unverified && l->n > from && (status = parley_blocks_run((verifying.n + VERIFY_BLOCK - 1) / VERIFY_BLOCK, 0, verify_block, &verifying, NULL, NULL, err)))
        return status;
    struct by_hash *index = PARLEY_NEW(l->arena, struct by_hash, l->n - from + 1);
    if (!index)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = from; i < l->n; i++)
        index[i - from] = (struct by_hash){ l->said[i].hash, &l->said[i] };
    qsort(index, l->n - from, sizeof *index, compare_hash);
    for (size_t i = from; i < l->n; i++)
        if (!is_zero(l->said[i].statement.reply_to, HASH_LEN))
            apply(l, &l->said[i], index, l->n - from);
    return PARLEY_OK;
}

static enum parley_status list_all(struct listing *l, const char *peer, struct parley_error *err)
{
    struct talk *only = peer ? talk_named(l->d, peer, err) : NULL;
    enum parley_status status = PARLEY_OK;
    if (peer && !only)
        return PARLEY_ENOTFOUND;
    for (int i = 0; !status && i < l->d->n_talks; i++)
        if (!only || l->d->talk[i] == only)
            status = list_talk(l, l->d->talk[i], err);
    if (l->n > 1)
        qsort(l->said, l->n, sizeof *l->said, compare_stored);
    return status;
}

enum parley_status parley_channel_list(struct parley_desk *d, const char *peer, struct parley_arena *arena, struct parley_said **out, size_t *n, struct parley_error *err)
{
    struct listing l = { .d = d, .arena = arena };
    enum parley_status status = list_all(&l, peer, err);
    *out = l.said;
    *n = l.n;
    return status;
}

enum parley_status said_list(struct parley_desk *d, const char *peer, struct parley_arena *arena, struct parley_said **out, size_t *n, struct parley_error *err)
{
    struct listing l = { .d = d, .arena = arena, .unverified = true };
    enum parley_status status = list_all(&l, peer, err);
    *out = l.said;
    *n = l.n;
    return status;
}

bool said_verifies(struct parley_desk *d, const struct parley_said *s)
{
    struct talk *t = talk_named(d, s->peer, NULL);
    return t && verifies(t, s);
}

/* Whose statement begins with these digits, and its whole hash. */
static enum parley_status whose(struct parley_desk *d, const char *digits, uint8_t hash[HASH_LEN], struct talk **t, struct parley_error *err)
{
    char low[65], high[65];
    uint8_t from[HASH_LEN], to[HASH_LEN];
    size_t len = strlen(digits);
    if (len < 6 || len > 64 || strspn(digits, "0123456789abcdefABCDEF") != len)
        return parley_fail(err, PARLEY_EINVAL, "expected a hash of 64 hex digits, or at least its first 6; found '%.70s'", digits);
    memset(low, '0', 64);
    memset(high, 'f', 64);
    for (size_t i = 0; i < len; i++)
        low[i] = high[i] = (char)(digits[i] >= 'A' && digits[i] <= 'F' ? digits[i] - 'A' + 'a' : digits[i]);
    low[64] = high[64] = 0;
    sqlite3_stmt *s = db_prepare(d, "SELECT peer, hash FROM statement WHERE hash BETWEEN ? AND ? LIMIT 2", err);
    if (!s)
        return PARLEY_EIO;
    if (!from_hex(low, 64, from, HASH_LEN) || !from_hex(high, 64, to, HASH_LEN))
        return parley_fail(err, PARLEY_EINVAL, "expected hex digits; found '%.70s'", digits);
    db_blob(s, 1, from, HASH_LEN);
    db_blob(s, 2, to, HASH_LEN);
    int found = 0;
    for (; sqlite3_step(s) == SQLITE_ROW; found++) {
        for (int i = 0; i < d->n_talks; i++)
            if (d->talk[i]->id == sqlite3_column_int64(s, 0))
                *t = d->talk[i];
        if (sqlite3_column_bytes(s, 1) == HASH_LEN)
            memcpy(hash, sqlite3_column_blob(s, 1), HASH_LEN);
    }
    sqlite3_reset(s);
    return found == 1 && *t ? PARLEY_OK :
        parley_fail(err, PARLEY_ENOTFOUND, found ? "more than one statement begins with %s; give more digits" : "no statement has the hash %s; 'parley channel inbox --all' lists them", digits);
}

enum parley_status parley_channel_find(struct parley_desk *d, const char *digits, struct parley_arena *arena, struct parley_said *out, struct parley_error *err)
{
    struct listing l = { .d = d, .arena = arena, .unverified = true };
    struct talk *t = NULL;
    uint8_t hash[HASH_LEN];
    enum parley_status status = whose(d, digits, hash, &t, err);
    if (status || (status = list_talk(&l, t, err)))
        return status;
    for (size_t i = 0; i < l.n; i++)
        if (!memcmp(l.said[i].hash, hash, HASH_LEN)) {
            *out = l.said[i];
            out->verified = verifies(t, out);
            return PARLEY_OK;
        }
    return parley_fail(err, PARLEY_ECORRUPT, "channel.db: the statement %s is not what was stored; 'parley channel verify %s' names it", digits, t->name);
}

/* Said under a key that was revoked, after the last good statement: no peer takes it any more. */
static bool is_cut(struct talk *t, const struct parley_said *said)
{
    const struct epoch_log *e = exchange_epoch(&t->x.ours, said->statement.epoch);
    return e && said->statement.seq > e->limit;
}

enum parley_status parley_channel_counts(struct parley_desk *d, const char *peer, struct parley_channel_counts *out, struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    struct listing l = { .d = d, .arena = &arena, .unverified = true };
    struct parley_channel_counts c = { 0 };
    struct talk *t = talk_named(d, peer, err);
    if (!t)
        return PARLEY_ENOTFOUND;
    enum parley_status status = list_talk(&l, t, err);
    for (size_t i = 0; !status && i < l.n; i++) {
        const struct parley_said *e = &l.said[i];
        if (e->statement.kind == PARLEY_KIND_RECEIPT)
            continue;
        if (e->ours) {
            c.sent++;
            c.stored_by_peer += e->receipt_us != 0;
            c.revoked += !e->receipt_us && is_cut(t, e);
            c.read += e->read_us != 0;
            c.answered += e->answered_us != 0;
        } else {
            c.received++;
            c.to_answer += e->statement.within_s && !e->answered_us;
        }
    }
    parley_arena_release(&arena);
    if (status)
        return status;
    c.outstanding = c.sent - c.stored_by_peer - c.revoked;
    exchange_head(&t->x.ours, &c.our_epoch, &c.our_seq, c.our_hash);
    exchange_head(&t->x.theirs, &c.their_epoch, &c.their_seq, c.their_hash);
    uint8_t hash[HASH_LEN];
    uint32_t epoch;
    exchange_seen(&t->x.theirs, &epoch, &c.their_gapless, hash);
    c.fenced = t->x.fenced;
    sqlite3_stmt *s = db_prepare(d, "SELECT equivocated FROM peer WHERE id = ?", err);
    if (s) {
        sqlite3_bind_int64(s, 1, t->id);
        int marks = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int(s, 0) : 0;
        c.equivocated = marks & 1, c.rewritten = marks & 2;
        sqlite3_reset(s);
    }
    *out = c;
    return PARLEY_OK;
}

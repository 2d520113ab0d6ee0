/* A desk's talks: the exchange of each peer driven over the database. One transaction a batch of inputs; what is to be sent is
 * read back and sealed only after the commit. */
#define _GNU_SOURCE /* memmem */
#include "channel/attachment.h"
#include "channel/bytes.h"
#include "channel/checkpoint.h"
#include "channel/desk.h"
#include "channel/loading.h"
#include "channel/mark.h"

#include <inttypes.h>
#include <parley/file.h>
#include <parley/tree.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


void log_line(struct parley_desk *d, const char *fmt, ...)
{
    char text[600];
    va_list ap;
    if (!d->log.line)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    for (char *p = text; *p; p++) /* nothing that a peer chose may break the line or speak to a terminal */
        if ((unsigned char)*p < 0x20 || *p == 0x7f || ((unsigned char)p[0] == 0xc2 && (unsigned char)p[1] < 0xa0))
            *p = '?';
    d->log.line(d->log.ctx, text);
}

const char *log_text(const char *text, char *out, size_t cap)
{
    size_t n = 0;
    for (; text[n] && n + 1 < cap; n++)
        out[n] = text[n] == '"' || text[n] == '\\' ? '\'' : (unsigned char)text[n] < 0x20 || (unsigned char)text[n] > 0x7e ? '?' : text[n];
    out[n] = 0;
    return out;
}

static void mark_write(struct parley_desk *d, struct talk *t)
{
    char path[MARK_PATH_MAX];
    uint32_t epoch;
    uint64_t seq;
    uint8_t hash[HASH_LEN];
    exchange_head(&t->x.ours, &epoch, &seq, hash);
    if (!t->x.fenced && !mark_put(t->x.pair, t->x.self, epoch, seq, path))
        log_line(d, "event=mark-not-written peer=%s path=%s", t->name, path);
}

/* --- loading -------------------------------------------------------------------------------- */

void talk_free(struct talk *t)
{
    if (!t)
        return;
    talk_unload(t);
    for (struct packet *p; (p = talk_take(t));)
        free(p);
    free(t->checkpoints.to_cosign);
    free(t);
}

struct packet *talk_take(struct talk *t)
{
    struct packet *p = t->first;
    if (p && !(t->first = p->next))
        t->last = NULL;
    return p;
}

struct talk *talk_named(struct parley_desk *d, const char *name, struct parley_error *err)
{
    const char *nearest = NULL;
    size_t best = 4;
    for (int i = 0; i < d->n_talks; i++) {
        size_t distance = parley_edit_distance(name, d->talk[i]->name);
        if (!distance)
            return d->talk[i];
        if (distance < best)
            best = distance, nearest = d->talk[i]->name;
    }
    parley_fail(err, PARLEY_ENOTFOUND, "no peer '%.64s' is enrolled%s%s%s", name, nearest ? "; did you mean '" : "; 'parley channel status' lists the peers", nearest ? nearest : "", nearest ? "'?" : "");
    return NULL;
}

enum parley_status talk_again(struct parley_desk *d, struct talk *t, struct parley_error *err)
{
    struct input in = { .kind = IN_TICK };
    enum parley_status status = talk_ready(d, t, err);
    if (status || t->x.retry_at_us == INT64_MAX)
        return status;
    t->x.retry_at_us = 0;
    t->x.retry_s = t->x.want_s = RETRY_FIRST_S;
    return talk_steps(d, t, &in, 1, err);
}

/* --- storing -------------------------------------------------------------------------------- */

enum parley_status direction_store(struct parley_desk *d, int64_t peer, bool inbound, uint32_t epoch, const uint8_t key[KEY_LEN], struct parley_error *err)
{
    char where[80];
    uint8_t *sealed;
    size_t len;
    snprintf(where, sizeof where, "direction %lld %d %u", (long long)peer, inbound, epoch);
    enum parley_status status = row_seal(d->row_key, where, key, KEY_LEN, &sealed, &len, err);
    if (status)
        return status;
    sqlite3_stmt *s = db_prepare(d, "INSERT OR REPLACE INTO direction(peer, inbound, epoch, key) VALUES(?, ?, ?, ?)", err);
    if (s) {
        sqlite3_bind_int64(s, 1, peer);
        sqlite3_bind_int(s, 2, inbound);
        sqlite3_bind_int64(s, 3, epoch);
        db_blob(s, 4, sealed, len);
        status = db_done(d, s, err);
    }
    free(sealed);
    if (!status && s && (s = db_prepare(d, "DELETE FROM direction WHERE peer = ? AND inbound = ? AND epoch < ?", err))) { /* forward secrecy: old keys go */
        sqlite3_bind_int64(s, 1, peer);
        sqlite3_bind_int(s, 2, inbound);
        sqlite3_bind_int64(s, 3, (int64_t)epoch - 1);
        status = db_done(d, s, err);
    }
    return s ? status : PARLEY_EIO;
}

enum parley_status direction_load(struct parley_desk *d, int64_t peer, bool inbound, uint32_t epoch, uint8_t key[KEY_LEN], struct parley_error *err)
{
    char where[80];
    uint8_t *plain = NULL;
    size_t len;
    sqlite3_stmt *s = db_prepare(d, "SELECT key FROM direction WHERE peer = ? AND inbound = ? AND epoch = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, peer);
    sqlite3_bind_int(s, 2, inbound);
    sqlite3_bind_int64(s, 3, epoch);
    snprintf(where, sizeof where, "direction %lld %d %u", (long long)peer, inbound, epoch);
    enum parley_status status = sqlite3_step(s) == SQLITE_ROW ? row_open(d->row_key, where, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), &plain, &len, err)
                                                              : parley_fail(err, PARLEY_ENOTFOUND, "no key of epoch %u", epoch);
    sqlite3_reset(s);
    if (!status) {
        memcpy(key, plain, KEY_LEN);
        wipe(plain, len);
        free(plain);
    }
    return status;
}

static enum parley_status store_statement(struct parley_desk *d, struct talk *t, const struct output *o, int64_t now, struct parley_error *err)
{
    bool proof = o->kind == OUT_STORE_PROOF, ours = o->kind == OUT_STORE_OURS;
    uint8_t hash[HASH_LEN], *sealed, *plain = malloc(SALT_LEN + o->body_len);
    char where[65];
    size_t len;
    if (!plain)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    parley_statement_hash(o->bytes, hash);
    to_hex(hash, HASH_LEN, where);
    memcpy(plain, o->salt, SALT_LEN);
    memcpy(plain + SALT_LEN, o->body, o->body_len);
    enum parley_status status = row_seal(d->row_key, where, plain, SALT_LEN + o->body_len, &sealed, &len, err);
    free(plain);
    if (status)
        return status;
    sqlite3_stmt *s = db_prepare(d, proof ? "INSERT OR IGNORE INTO proof(peer, epoch, seq, fork, bytes, sealed, found_us) VALUES(?1, ?3, ?4, ?2, ?6, ?7, ?8)"
                                          : "INSERT INTO statement(peer, ours, epoch, seq, hash, bytes, sealed, stored_us) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", err);
    if (s) {
        sqlite3_bind_int64(s, 1, t->id);
        sqlite3_bind_int(s, 2, proof ? o->fork : ours);
        sqlite3_bind_int64(s, 3, o->statement.epoch);
        sqlite3_bind_int64(s, 4, (int64_t)o->statement.seq);
        db_blob(s, 6, o->bytes, PARLEY_STATEMENT_LEN);
        db_blob(s, 7, sealed, len);
        sqlite3_bind_int64(s, 8, now);
        if (!proof)
            db_blob(s, 5, hash, HASH_LEN);
        status = db_done(d, s, err);
        if (!status && !proof)
            t->rows = sqlite3_last_insert_rowid(d->db);
    }
    free(sealed);
    return s ? status : PARLEY_EIO;
}

static enum parley_status store_range(struct parley_desk *d, struct talk *t, bool ours, const struct output *o, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "UPDATE statement SET by_epoch = ?1, by_seq = ?2 WHERE peer = ?3 AND ours = ?4 AND epoch = ?5 AND seq BETWEEN ?6 AND ?7", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, o->by_epoch);
    sqlite3_bind_int64(s, 2, (int64_t)o->by_seq);
    sqlite3_bind_int64(s, 3, t->id);
    sqlite3_bind_int(s, 4, ours);
    sqlite3_bind_int64(s, 5, o->epoch);
    sqlite3_bind_int64(s, 6, (int64_t)o->seq);
    sqlite3_bind_int64(s, 7, (int64_t)o->to);
    return db_done(d, s, err);
}

static bool on_card(const struct card *card, const char *line)
{
    bool there = false;
    for (int i = 0; i < card->n_carriers; i++)
        there |= !strcmp(card->carrier[i], line);
    return there;
}

static enum parley_status carrier_row(struct parley_desk *d, struct talk *t, const char *sql, int at, const char *line, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, sql, err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_text(s, 2, line, -1, SQLITE_TRANSIENT);
    if (at >= 0)
        sqlite3_bind_int(s, 3, at);
    return db_done(d, s, err);
}

/* The carriers of the peer's next card take the place of those of the card before; local ones stay. */
static enum parley_status follow_carriers(struct parley_desk *d, struct talk *t, uint32_t epoch, struct parley_error *err)
{
    const struct epoch_log *now = exchange_epoch(&t->x.theirs, epoch), *last = exchange_epoch(&t->x.theirs, epoch - 1);
    const struct card *card = &now->card, *before = last ? &last->card : NULL;
    enum parley_status status = PARLEY_OK;
    bool there[CARD_LINES_MAX] = { false };
    int kept = 0;
    for (int i = 0; !status && i < t->n_carriers; i++) {
        for (int k = 0; k < card->n_carriers; k++)
            there[k] |= !strcmp(card->carrier[k], t->carrier[i]);
        if (before && on_card(before, t->carrier[i]) && !on_card(card, t->carrier[i]))
            status = carrier_row(d, t, "DELETE FROM carrier WHERE peer = ?1 AND line = ?2", -1, t->carrier[i], err);
        else if (kept++ != i)
            memcpy(t->carrier[kept - 1], t->carrier[i], CARD_LINE_LEN);
    }
    t->n_carriers = kept;
    for (int k = 0; !status && k < card->n_carriers; k++) {
        enum carrier_kind kind = carrier_kind(card->carrier[k], NULL);
        bool usable = (kind == CARRIER_DIRECT || kind == CARRIER_RELAY) && !there[k] && t->n_carriers < TALK_CARRIERS_MAX && !(before && on_card(before, card->carrier[k]));
        if (!usable)
            continue; /* what an officer took away stays away */
        snprintf(t->carrier[t->n_carriers++], CARD_LINE_LEN, "%s", card->carrier[k]);
        status = carrier_row(d, t, "INSERT INTO carrier(peer, line, at) SELECT ?1, ?2, coalesce(max(at) + 1, ?3) FROM carrier WHERE peer = ?1", 0, card->carrier[k], err);
    }
    d->changes++;
    return status;
}

static enum parley_status store_card(struct parley_desk *d, struct talk *t, const struct output *o, struct parley_error *err)
{
    uint8_t key[KEY_LEN];
    sqlite3_stmt *s = db_prepare(d, "INSERT INTO peer_card(peer, epoch, note) VALUES(?, ?, ?)", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int64(s, 2, o->epoch);
    sqlite3_bind_text(s, 3, o->body, (int)o->body_len, SQLITE_TRANSIENT);
    enum parley_status status = db_done(d, s, err);
    if (!status)
        status = direction_load(d, t->id, false, o->epoch - 1, key, err);
    if (!status) {
        ratchet_key(key, o->epoch, key);
        status = direction_store(d, t->id, false, o->epoch, key, err);
    }
    return status ? status : follow_carriers(d, t, o->epoch, err);
}

static enum parley_status store_output(struct parley_desk *d, struct talk *t, const struct output *o, int64_t now, struct parley_error *err)
{
    sqlite3_stmt *s;
    enum parley_status status;
    switch (o->kind) {
    case OUT_STORE_OURS: /* what the peer returned to us may name files that we lost, too */
        status = store_statement(d, t, o, now, err);
        return status || !o->imported ? status : attachments_named(d, t, true, o->body, o->body_len, now, err);
    case OUT_STORE_THEIRS: return (status = store_statement(d, t, o, now, err)) ? status : attachments_named(d, t, false, o->body, o->body_len, now, err);
    case OUT_CHUNK: return attachment_chunk(d, t, (const uint8_t *)o->body, o->body_len, err);
    case OUT_STORE_PROOF:
        if ((status = store_statement(d, t, o, now, err)))
            return status;
        if (!(s = db_prepare(d, "UPDATE peer SET equivocated = equivocated | 1 WHERE id = ?", err)))
            return PARLEY_EIO;
        sqlite3_bind_int64(s, 1, t->id);
        return db_done(d, s, err);
    case OUT_STORE_ACK: return store_range(d, t, true, o, err);
    case OUT_STORE_COVER: return store_range(d, t, false, o, err);
    case OUT_STORE_CARD: return store_card(d, t, o, err);
    case OUT_CHECKPOINT: return checkpoint_take(d, t, o->body, o->body_len, now, err);
    default: return PARLEY_OK;
    }
}

/* --- sending -------------------------------------------------------------------------------- */

static bool seal_for(struct parley_desk *d, struct talk *t, const struct parley_text *content, bool flash, int only)
{
    struct unit_keys k = { .epoch = t->x.theirs.epoch[t->x.theirs.n - 1].card.epoch };
    uint8_t *unit;
    size_t len;
    struct parley_error why = { 0 };
    memcpy(k.pair, t->x.pair, HASH_LEN);
    memcpy(k.sender, t->x.self, HASH_LEN);
    memcpy(k.recipient, t->x.peer, HASH_LEN);
    if (direction_load(d, t->id, false, k.epoch, k.psk, &why) ||
        unit_seal(&k, t->x.theirs.epoch[t->x.theirs.n - 1].card.sealing, content->data, content->len, &unit, &len, &why)) {
        log_line(d, "event=not-sealed peer=%s why=\"%s\"", t->name, why.text);
        return false;
    }
    struct packet *p = malloc(sizeof *p + len);
    if (p) {
        p->next = NULL;
        p->refs = 0;
        p->went = false;
        p->only = only;
        p->flash = flash;
        p->everywhere = t->x.retry_s > 2 * RETRY_FIRST_S; /* twice sent and no answer: the carrier that took it may lose it */
        p->len = len;
        memcpy(p->unit, unit, len);
        if (t->last)
            t->last->next = p;
        else
            t->first = p;
        t->last = p;
    }
    free(unit);
    wipe(&k, sizeof k);
    return p != NULL;
}

static bool seal_content(struct parley_desk *d, struct talk *t, const struct parley_text *content, bool flash) { return seal_for(d, t, content, flash, 0); }

void talk_busy(struct parley_desk *d, struct talk *t, uint32_t seconds)
{
    struct parley_text content;
    uint8_t payload[4];
    parley_text_init(&content, 1024);
    put_u32(payload, seconds);
    item_add(&content, ITEM_BUSY, &(struct part){ payload, sizeof payload }, 1);
    (void)seal_content(d, t, &content, false);
    parley_text_release(&content);
}

/* The carrier that a communications check names; 0 none. */
static int carrier_checked(const uint8_t bytes[PARLEY_STATEMENT_LEN], const char *body, size_t len)
{
    struct parley_arena arena = { 0 };
    struct parley_node *root;
    int kind = 0;
    if (get_u16(bytes + 198) == PARLEY_TYPE_COMMS_CHECK && memmem(body, len, "\"carrier\"", 9) && !parley_json_parse(body, len, "body", &arena, &root, NULL)) {
        static const struct { const char *name; enum carrier_kind kind; } kinds[] = { { "direct", CARRIER_DIRECT }, { "relay", CARRIER_RELAY }, { "file", CARRIER_FILE }, { "mail", CARRIER_MAIL } };
        const struct parley_node *named = parley_node_get(root, "carrier");
        for (size_t i = 0; named && i < 4; i++)
            if (!strcmp(named->text, kinds[i].name))
                kind = (int)kinds[i].kind;
    }
    parley_arena_release(&arena);
    return kind;
}

/* A stored statement as an item; which carrier alone it should go by, or 0. */
static int add_stored(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t seq, struct parley_text *content)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT bytes, sealed, hash FROM statement WHERE peer = ? AND ours = ? AND epoch = ? AND seq = ?", NULL);
    uint8_t *plain;
    size_t len;
    char where[65];
    int only = 0;
    if (!s)
        return 0;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int64(s, 3, epoch);
    sqlite3_bind_int64(s, 4, (int64_t)seq);
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == PARLEY_STATEMENT_LEN && sqlite3_column_bytes(s, 2) == HASH_LEN) {
        to_hex(sqlite3_column_blob(s, 2), HASH_LEN, where);
        if (!row_open(d->row_key, where, sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1), &plain, &len, NULL)) {
            const struct part parts[] = { { sqlite3_column_blob(s, 0), PARLEY_STATEMENT_LEN }, { plain, len } };
            item_add(content, ITEM_STATEMENT, parts, 2);
            if (ours && len > SALT_LEN)
                only = carrier_checked(sqlite3_column_blob(s, 0), (const char *)plain + SALT_LEN, len - SALT_LEN);
            free(plain);
        }
    }
    sqlite3_reset(s);
    return only;
}

/* What was just added goes in a unit of its own, by one kind of carrier. */
static void seal_apart(struct parley_desk *d, struct talk *t, struct parley_text *content, size_t from, bool flash, int only)
{
    struct parley_text apart;
    parley_text_init(&apart, UNIT_PLAIN_MAX - 4);
    parley_text_add(&apart, content->data + from, content->len - from);
    seal_for(d, t, &apart, flash, only);
    parley_text_release(&apart);
    content->len = from;
    content->data[from] = 0;
}

struct packing {
    struct parley_desk *d;
    struct talk *t;
    struct parley_text *content;
};

static void seal_packed(void *ctx)
{
    struct packing *p = ctx;
    if (p->content->len)
        seal_content(p->d, p->t, p->content, false);
    parley_text_clear(p->content);
}

/* Files go behind everything that was said. */
static void pack_files(struct parley_desk *d, struct talk *t, const struct outputs *o, struct parley_text *content)
{
    struct packing p = { d, t, content };
    for (size_t i = 0; i < o->n; i++) {
        const struct output *out = &o->out[i];
        if (out->kind == OUT_CHUNK_WANT)
            attachment_answer(d, t, (const uint8_t *)out->body, out->body_len, content, seal_packed, &p);
        else if (out->kind == OUT_STORE_OURS && !out->imported)
            attachments_push(d, t, out->body, out->body_len, content, seal_packed, &p);
    }
    attachments_want(d, t, content);
    seal_packed(&p);
}

struct filling { /* a unit being packed */
    struct parley_text content;
    size_t items;
    bool flash;
};

static void seal_filled(struct parley_desk *d, struct talk *t, struct filling *f)
{
    if (f->content.len)
        seal_content(d, t, &f->content, f->flash);
    parley_text_clear(&f->content);
    f->items = 0;
}

/* After an item was added behind `before`: units are filled up to UNIT_PACK, what does not fit begins the next one. */
static void pack_item(struct parley_desk *d, struct talk *t, struct filling *f, size_t before)
{
    size_t len = f->content.len - before;
    if (before && f->content.len > UNIT_PACK - 4) {
        char *last = malloc(len);
        if (!last) /* it is sent again some time */
            len = 0;
        else
            memcpy(last, f->content.data + before, len);
        f->content.len = before;
        seal_filled(d, t, f);
        parley_text_add(&f->content, last, len);
        free(last);
    }
    if (++f->items == UNIT_ITEMS_MAX / 2 || f->content.len > UNIT_PACK - 4)
        seal_filled(d, t, f);
}

static void add_cards(struct parley_desk *d, uint32_t from, struct parley_text *content)
{
    for (int e = 0; e < d->n_own; e++)
        if (d->own[e].card.epoch >= from)
            item_add(content, ITEM_CARD, &(struct part){ d->own[e].note, d->own[e].note_len }, 1);
}

static void pack_output(struct parley_desk *d, struct talk *t, const struct output *out, struct filling *f)
{
    size_t before = f->content.len;
    int only = 0;
    if (out->kind == OUT_SEND_OURS || out->kind == OUT_SEND_THEIRS)
        only = add_stored(d, t, out->kind == OUT_SEND_OURS, out->epoch, out->seq, &f->content);
    else if (out->kind == OUT_SEND_ITEM)
        item_add(&f->content, (enum item_type)out->item, &(struct part){ out->body, out->body_len }, 1);
    else if (out->kind == OUT_SEND_CARDS && !f->items)
        add_cards(d, out->epoch, &f->content);
    if (f->content.len == before)
        return;
    if (only && !f->content.failed)
        seal_apart(d, t, &f->content, before, f->flash, only);
    else
        pack_item(d, t, f, before);
}

/* Seal what a batch wants sent: FLASH in units of its own, first. */
static void pack(struct parley_desk *d, struct talk *t, const struct outputs *o)
{
    struct filling f = { .flash = true };
    parley_text_init(&f.content, UNIT_PACK + UNIT_PLAIN_MAX);
    for (int pass = 0; pass < 2; pass++, f.flash = false) {
        bool said = false;
        for (size_t i = 0; i < o->n; i++) {
            const struct output *out = &o->out[i];
            bool is_flash = out->kind == OUT_SEND_OURS && out->precedence == PARLEY_FLASH;
            if (out->kind == OUT_SEND_CARDS)
                is_flash = f.flash; /* whoever goes first needs them */
            if (is_flash != f.flash)
                continue;
            said |= out->kind == OUT_SEND_OURS;
            pack_output(d, t, out, &f);
        }
        if (said && !f.flash) {
            size_t before = f.content.len;
            checkpoint_add(d, t, &f.content);
            pack_item(d, t, &f, before);
        }
        seal_filled(d, t, &f);
    }
    pack_files(d, t, o, &f.content);
    parley_text_release(&f.content);
}

/* --- stepping ------------------------------------------------------------------------------- */

static enum parley_status step_and_store(struct parley_desk *d, struct talk *t, const struct input *in, struct outputs *o, struct parley_error *err)
{
    int64_t now = d->now_us();
    size_t before = o->n;
    enum parley_status status = exchange_step(&t->x, in, now, o, err);
    for (size_t i = before; !status && i < o->n; i++)
        status = store_output(d, t, &o->out[i], now, err);
    return status;
}

enum parley_status talk_steps(struct parley_desk *d, struct talk *t, const struct input *inputs, size_t n, struct parley_error *err)
{
    struct outputs o = { 0 };
    enum parley_status status = db_exec(d, "BEGIN IMMEDIATE", err);
    if (status)
        return status;
    status = desk_refresh(d, err);
    if (!status && t->loaded && t->stale) {
        struct input more = { .kind = IN_CAUGHT_UP };
        if (talk_catch_up(d, t))
            status = step_and_store(d, t, &more, &o, err);
        else
            talk_unload(t);
    }
    if (!status && !t->loaded) {
        struct input start = { .kind = IN_START };
        if (!(status = talk_load(d, t, err))) {
            start.restored = !mark_get(t->x.pair, t->x.self, &start.mark_epoch, &start.mark_seq); /* enrolment made a mark: without it, a copy */
            status = step_and_store(d, t, &start, &o, err);
        }
    }
    for (size_t i = 0; !status && i < n; i++)
        status = step_and_store(d, t, &inputs[i], &o, err);
    if (!status)
        status = db_exec(d, "COMMIT", err);
    if (status) {
        sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
        talk_unload(t); /* memory may be ahead of the disk: it is thrown away */
        d->data_version = -1;
        memset(t->checkpoints.of, 0, sizeof t->checkpoints.of);
        t->attachments.due_us = 0;
        outputs_release(&o);
        return status;
    }
    mark_write(d, t);
    for (size_t i = 0; i < o.n; i++)
        if (o.out[i].kind == OUT_EVENT)
            log_line(d, "peer=%s %s", t->name, o.out[i].text);
    pack(d, t, &o);
    outputs_release(&o);
    return PARLEY_OK;
}

enum parley_status talk_ready(struct parley_desk *d, struct talk *t, struct parley_error *err)
{
    return t->loaded && !t->stale && desk_data_version(d) == d->data_version ? PARLEY_OK : talk_steps(d, t, NULL, 0, err);
}

size_t talk_tags(struct parley_desk *d, struct talk *t, uint8_t tag[2][16])
{
    size_t n = 0;
    for (int i = d->n_own - 1; i >= 0 && n < 2; i--) {
        uint8_t key[KEY_LEN];
        if (!direction_load(d, t->id, true, d->own[i].card.epoch, key, NULL))
            mailbox_tag(key, tag[n++]);
        wipe(key, sizeof key);
    }
    return n;
}

enum parley_status talk_open_unit(struct parley_desk *d, const uint8_t *unit, size_t len, struct talk **out, uint8_t **content, size_t *content_len, struct parley_error *err)
{
    uint8_t tag[16], mine[16];
    uint32_t epoch;
    enum parley_status status = unit_header(unit, len, tag, &epoch, err);
    if (status)
        return status;
    const struct own_epoch *own = NULL;
    for (int i = 0; i < d->n_own; i++)
        if (d->own[i].card.epoch == epoch)
            own = &d->own[i];
    for (int i = 0; own && i < d->n_talks; i++) {
        struct talk *t = d->talk[i];
        struct unit_keys k = { .epoch = epoch };
        if (direction_load(d, t->id, true, epoch, k.psk, NULL))
            continue;
        mailbox_tag(k.psk, mine);
        if (!same_bytes(mine, tag, 16))
            continue;
        if ((status = talk_ready(d, t, err)))
            return status;
        memcpy(k.pair, t->x.pair, HASH_LEN);
        memcpy(k.sender, t->x.peer, HASH_LEN);
        memcpy(k.recipient, t->x.self, HASH_LEN);
        *out = t;
        return unit_open(&k, own->sealing, unit, len, content, content_len, err);
    }
    return parley_fail(err, PARLEY_ENOTFOUND, "a unit for nobody here");
}

/* --- peers ---------------------------------------------------------------------------------- */

static bool same_words(const char *typed, const char *words)
{
    for (;;) {
        typed += strspn(typed, " \t\r\n");
        words += strspn(words, " ");
        size_t a = strcspn(typed, " \t\r\n"), b = strcspn(words, " ");
        if (a != b || memcmp(typed, words, a))
            return false;
        if (!a)
            return true;
        typed += a, words += b;
    }
}

static enum parley_status insert_peer(struct parley_desk *d, const struct parley_enrolment *e, const struct card *card, struct parley_error *err)
{
    const struct card *own = &d->own[d->n_own - 1].card;
    uint8_t key[KEY_LEN];
    sqlite3_stmt *s = db_prepare(d, "INSERT INTO peer(name, party, own_from, enrolled_us) VALUES(?, ?, ?, ?)", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_text(s, 1, e->name, -1, SQLITE_TRANSIENT);
    db_blob(s, 2, card->party, HASH_LEN);
    sqlite3_bind_int64(s, 3, own->epoch);
    sqlite3_bind_int64(s, 4, d->now_us());
    enum parley_status status = db_done(d, s, err);
    int64_t id = sqlite3_last_insert_rowid(d->db);
    if (!status && (s = db_prepare(d, "INSERT INTO peer_card(peer, epoch, note) VALUES(?, ?, ?)", err))) {
        sqlite3_bind_int64(s, 1, id);
        sqlite3_bind_int64(s, 2, card->epoch);
        sqlite3_bind_text(s, 3, e->card, (int)e->card_len, SQLITE_TRANSIENT);
        status = db_done(d, s, err);
    }
    int at = 0;
    for (int local = 1; local >= 0; local--) /* ours first, then those of the card that need no local folder */
        for (size_t i = 0; !status && i < (local ? e->n_carriers : (size_t)card->n_carriers); i++) {
            const char *line = local ? e->carrier[i] : card->carrier[i];
            if ((!local && strncmp(line, "direct ", 7) && strncmp(line, "relay ", 6)) || at == TALK_CARRIERS_MAX)
                continue;
            if (!(s = db_prepare(d, "INSERT INTO carrier(peer, at, line) VALUES(?, ?, ?)", err)))
                return PARLEY_EIO;
            sqlite3_bind_int64(s, 1, id);
            sqlite3_bind_int(s, 2, at++);
            sqlite3_bind_text(s, 3, line, -1, SQLITE_TRANSIENT);
            status = db_done(d, s, err);
        }
    direction_key(e->psk, card->party, own->party, key);
    if (!status)
        status = direction_store(d, id, true, own->epoch, key, err);
    direction_key(e->psk, own->party, card->party, key);
    if (!status)
        status = direction_store(d, id, false, card->epoch, key, err);
    wipe(key, sizeof key);
    return status;
}

enum parley_status parley_desk_enrol(struct parley_desk *d, const struct parley_enrolment *e, struct parley_error *err)
{
    struct card card;
    struct parley_text english, chinese;
    if (d->n_talks == PARLEY_PEERS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "at most %d peers", PARLEY_PEERS_MAX);
    if (!*e->name || strlen(e->name) > PARLEY_PEER_NAME_MAX || strspn(e->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") != strlen(e->name))
        return parley_fail(err, PARLEY_EINVAL, "a peer's name is 1 to 64 of A-Z a-z 0-9 . _ -; found '%.80s'", e->name);
    enum parley_status status = card_parse(e->card, e->card_len, &card, err);
    if (status)
        return status;
    const struct card *own = &d->own[d->n_own - 1].card;
    if (!memcmp(card.party, own->party, HASH_LEN))
        return parley_fail(err, PARLEY_EREFUSED, "this is the desk's own card");
    if (card.until_us <= d->now_us())
        return parley_fail(err, PARLEY_EREFUSED, "the card of %s is no longer valid", card.name);
    parley_text_init(&english, 4096);
    parley_text_init(&chinese, 4096);
    status = parley_desk_ceremony(d, e->card, e->card_len, e->psk, &english, &chinese, err);
    if (!status && !(e->words && (same_words(e->words, parley_text_str(&english)) || same_words(e->words, parley_text_str(&chinese)))))
        status = parley_fail(err, PARLEY_EVERIFY, "the words do not match: compare the twelve words of 'parley desk ceremony' with the other side by voice; "
                                                  "if they differ, somebody changed a card or the key on its way");
    parley_text_release(&english);
    parley_text_release(&chinese);
    if (status)
        return status;
    for (int i = 0; i < d->n_talks; i++)
        if (!strcmp(d->talk[i]->name, e->name))
            return parley_fail(err, PARLEY_EREFUSED, "a peer '%s' is enrolled already", e->name);
    if ((status = db_exec(d, "BEGIN IMMEDIATE", err)))
        return status;
    status = insert_peer(d, e, &card, err);
    uint8_t pair[HASH_LEN];
    char path[MARK_PATH_MAX] = "";
    pair_id(own->party, card.party, pair);
    if (!status && !mark_put(pair, own->party, own->epoch, 0, path)) /* from now on a desk without it is a copy */
        status = parley_fail(err, PARLEY_EIO, "cannot write the mark %s", path);
    if (!status)
        status = db_exec(d, "COMMIT", err);
    if (status) {
        sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
        return parley_fail_in(err, status, "cannot enrol %s", e->name);
    }
    return talks_load(d, err);
}

enum parley_status parley_desk_peers(struct parley_desk *d, struct parley_arena *arena, struct parley_peer **out, size_t *n, struct parley_error *err)
{
    *n = 0;
    if (!(*out = PARLEY_NEW(arena, struct parley_peer, (size_t)d->n_talks + 1)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (int i = 0; i < d->n_talks; i++) {
        struct talk *t = d->talk[i];
        enum parley_status status = talk_ready(d, t, err);
        if (status)
            return status;
        struct parley_peer *p = &(*out)[(*n)++];
        const struct card *card = &t->x.theirs.epoch[t->x.theirs.n - 1].card;
        const char **contact = PARLEY_NEW(arena, const char *, CARD_LINES_MAX), **carrier = PARLEY_NEW(arena, const char *, TALK_CARRIERS_MAX);
        if (!contact || !carrier)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        p->name = parley_arena_strdup(arena, t->name);
        p->party_name = parley_arena_strdup(arena, card->name);
        memcpy(p->party, card->party, HASH_LEN);
        memcpy(p->pair, t->x.pair, HASH_LEN);
        p->epoch = card->epoch, p->from_us = card->from_us, p->until_us = card->until_us;
        p->contact = contact, p->carrier = carrier;
        for (int k = 0; k < card->n_contacts; k++)
            contact[p->n_contacts++] = parley_arena_strdup(arena, card->contact[k]);
        for (int k = 0; k < t->n_carriers; k++)
            carrier[p->n_carriers++] = parley_arena_strdup(arena, t->carrier[k]);
        p->fenced = t->x.fenced;
        sqlite3_stmt *s = db_prepare(d, "SELECT equivocated FROM peer WHERE id = ?", err);
        if (s) {
            sqlite3_bind_int64(s, 1, t->id);
            int marks = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int(s, 0) : 0;
            p->equivocated = marks & 1, p->rewritten = marks & 2;
            sqlite3_reset(s);
        }
    }
    return PARLEY_OK;
}

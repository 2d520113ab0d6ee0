#define _GNU_SOURCE /* memmem */
#include "channel/talk_pack.h"

#include "channel/attachment.h"
#include "channel/bytes.h"
#include "channel/checkpoint.h"

#include <parley/tree.h>
#include <stdlib.h>
#include <string.h>

/* --- sealing ------------------------------------------------------------------------------------ */

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

/* --- statements ---------------------------------------------------------------------------------- */

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

/* --- files --------------------------------------------------------------------------------------- */

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

/* --- filling units -------------------------------------------------------------------------------- */

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
void talk_pack(struct parley_desk *d, struct talk *t, const struct outputs *o)
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

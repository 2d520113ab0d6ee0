/* Who is enrolled: after the words of the ceremony, with what the card says. */
#include "channel/desk.h"
#include "channel/mark.h"

#include <string.h>

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

static enum parley_status not_enrolled(struct parley_desk *d, const struct card *card, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT name FROM peer WHERE party = ?", err);
    if (!s)
        return PARLEY_EIO;
    db_blob(s, 1, card->party, HASH_LEN);
    enum parley_status status = PARLEY_OK;
    if (sqlite3_step(s) == SQLITE_ROW)
        status = parley_fail(err, PARLEY_EREFUSED, "the party of this card is enrolled already, as '%s'", (const char *)sqlite3_column_text(s, 0));
    sqlite3_reset(s);
    return status;
}

enum parley_status parley_desk_enrol(struct parley_desk *d, const struct parley_enrolment *e, struct parley_error *err)
{
    struct card card;
    struct parley_text english, chinese;
    if (d->n_talks == PARLEY_PEERS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "at most %d peers", PARLEY_PEERS_MAX);
    if (!*e->name || *e->name == '-' || strlen(e->name) > PARLEY_PEER_NAME_MAX || strspn(e->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") != strlen(e->name))
        return parley_fail(err, PARLEY_EINVAL, "a peer's name is 1 to 64 of A-Z a-z 0-9 . _ - and does not begin with -; found '%.80s'", e->name);
    for (size_t i = 0; i < e->n_carriers; i++)
        if (carrier_kind(e->carrier[i], err) == CARRIER_NONE) /* what it would never carry by is not noted */
            return parley_fail_in(err, PARLEY_EINVAL, "'%.80s'", e->carrier[i]);
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
    if ((status = not_enrolled(d, &card, err)))
        return status;
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

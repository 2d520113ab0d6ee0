/* Making evidence bundles from a desk's record; bundle.c judges them. */
#include "channel/bundle.h"
#include "channel/bytes.h"
#include "channel/checkpoint.h"
#include "channel/cosignature.h"
#include "channel/deposit.h"
#include "channel/desk.h"
#include "channel/evidence_folder.h"

#include <inttypes.h>
#include <parley/data.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct made { /* a bundle in the making: files are collected first, so that nothing half is written */
    struct parley_desk *d;
    struct talk *t;
    const struct parley_evidence *what;
    struct parley_arena arena;
    struct claim claim;
    struct bundle_file file[BUNDLE_FILES_MAX];
    size_t n;
    struct { bool ours; uint32_t epoch; } card[BUNDLE_CARDS_MAX];
};

static enum parley_status add_file(struct made *m, const char *name, const void *data, size_t len, struct parley_error *err)
{
    if (m->n == BUNDLE_FILES_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "the bundle would have more than %d files", BUNDLE_FILES_MAX);
    struct bundle_file *f = &m->file[m->n++];
    f->name = parley_arena_strdup(&m->arena, name);
    f->data = parley_arena_copy(&m->arena, data, len);
    f->len = len;
    return f->name && f->data ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

static enum parley_status add_text(struct made *m, const char *name, struct parley_text *text, struct parley_error *err)
{
    enum parley_status status = text->failed ? parley_fail(err, PARLEY_ELIMIT, "%s is over its limit", name) : add_file(m, name, parley_text_str(text), text->len, err);
    parley_text_release(text);
    return status;
}

/* --- statements ----------------------------------------------------------------------------- */

static bool read_statement(struct made *m, bool ours, uint32_t epoch, uint64_t seq, uint8_t out[PARLEY_STATEMENT_LEN])
{
    sqlite3_stmt *s = db_prepare(m->d, "SELECT bytes FROM statement WHERE peer = ? AND ours = ? AND epoch = ? AND seq = ?", NULL);
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, m->t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int64(s, 3, epoch);
    sqlite3_bind_int64(s, 4, (int64_t)seq);
    bool ok = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == PARLEY_STATEMENT_LEN;
    if (ok)
        memcpy(out, sqlite3_column_blob(s, 0), PARLEY_STATEMENT_LEN);
    sqlite3_reset(s);
    return ok;
}

/* Which card a file of the bundle rests on. */
static enum parley_status need_card(struct made *m, bool ours, uint32_t epoch, struct parley_error *err)
{
    for (size_t i = 0; i < m->claim.cards; i++)
        if (m->card[i].ours == ours && m->card[i].epoch == epoch)
            return PARLEY_OK;
    if (m->claim.cards == BUNDLE_CARDS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "the bundle would need more than %d cards", BUNDLE_CARDS_MAX);
    m->card[m->claim.cards].ours = ours;
    m->card[m->claim.cards++].epoch = epoch;
    return PARLEY_OK;
}

static enum parley_status add_statement(struct made *m, const uint8_t bytes[PARLEY_STATEMENT_LEN], struct parley_error *err)
{
    char name[BUNDLE_NAME_MAX];
    if (m->claim.statements == BUNDLE_STATEMENTS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "the bundle would need more than %d statements", BUNDLE_STATEMENTS_MAX);
    snprintf(name, sizeof name, "statements/%zu.bin", ++m->claim.statements);
    enum parley_status status = need_card(m, !memcmp(bytes + 40, m->t->x.self, HASH_LEN), get_u32(bytes + 72), err);
    return status ? status : add_file(m, name, bytes, PARLEY_STATEMENT_LEN, err);
}

/* The newest epoch of that side which has the number. */
static enum parley_status find_first(struct made *m, uint8_t bytes[PARLEY_STATEMENT_LEN], struct parley_error *err)
{
    const struct parley_evidence *w = m->what;
    const struct author_log *log = w->theirs ? &m->t->x.theirs : &m->t->x.ours;
    for (size_t i = log->n; i > 0; i--)
        if ((!w->epoch || log->epoch[i - 1].card.epoch == w->epoch) && read_statement(m, !w->theirs, log->epoch[i - 1].card.epoch, w->seq, bytes)) {
            m->claim.epoch = log->epoch[i - 1].card.epoch;
            m->claim.seq = w->seq;
            return PARLEY_OK;
        }
    char epoch[40] = "on this channel";
    if (w->epoch)
        snprintf(epoch, sizeof epoch, "in epoch %" PRIu32 " of this channel", w->epoch);
    return parley_fail(err, PARLEY_ENOTFOUND, "%s said no statement %" PRIu64 " %s; 'parley channel inbox %s --all' lists them", w->theirs ? w->peer : "this desk", w->seq, epoch, w->peer);
}

static enum parley_status collect_said_it(struct made *m, struct parley_error *err)
{
    uint8_t bytes[PARLEY_STATEMENT_LEN];
    enum parley_status status = find_first(m, bytes, err);
    return status ? status : add_statement(m, bytes, err);
}

/* Ours from the claimed one to the one with that hash, in order; ENOTFOUND when none later than it has it. */
static enum parley_status add_up_to(struct made *m, const uint8_t hash[HASH_LEN], struct parley_error *err)
{
    const struct author_log *log = &m->t->x.ours;
    uint8_t bytes[PARLEY_STATEMENT_LEN];
    for (size_t i = 0; i < log->n; i++) {
        const struct epoch_log *e = &log->epoch[i];
        if (e->card.epoch < m->claim.epoch)
            continue;
        for (uint64_t seq = e->card.epoch == m->claim.epoch ? m->claim.seq : 1; seq <= e->top; seq++) {
            enum parley_status status = read_statement(m, true, e->card.epoch, seq, bytes) ? add_statement(m, bytes, err) : parley_fail(err, PARLEY_ECORRUPT, "our statement %" PRIu64 " is missing", seq);
            if (status || !memcmp(e->slot[seq - 1].hash, hash, HASH_LEN))
                return status;
        }
    }
    return parley_fail(err, PARLEY_ECORRUPT, "a statement that the peer has seen is missing here");
}

/* Is that hash one of ours from the claimed one on? */
static bool is_later(const struct made *m, uint64_t seq, const uint8_t hash[HASH_LEN])
{
    const struct author_log *log = &m->t->x.ours;
    for (size_t i = 0; seq && i < log->n; i++) {
        const struct epoch_log *e = &log->epoch[i];
        if (e->card.epoch >= m->claim.epoch && seq <= e->top && (e->card.epoch > m->claim.epoch || seq >= m->claim.seq) && !memcmp(e->slot[seq - 1].hash, hash, HASH_LEN))
            return true;
    }
    return false;
}

/* Ours, up to the first of which the peer says that it has it; and the peer's statement that says so. */
static enum parley_status collect_got_it(struct made *m, struct parley_error *err)
{
    uint8_t bytes[PARLEY_STATEMENT_LEN], theirs[PARLEY_STATEMENT_LEN], hash[HASH_LEN];
    struct parley_statement s;
    if (m->what->theirs)
        return parley_fail(err, PARLEY_EINVAL, "got-it is about our own statements: that the peer has them");
    enum parley_status status = find_first(m, bytes, err);
    if (status)
        return status;
    parley_statement_hash(bytes, hash);
    sqlite3_stmt *rows = db_prepare(m->d, "SELECT bytes FROM statement WHERE peer = ? AND ours = 0 ORDER BY epoch, seq", err);
    if (!rows)
        return PARLEY_EIO;
    sqlite3_bind_int64(rows, 1, m->t->id);
    bool sees = false, names = false;
    while (!sees && !names && sqlite3_step(rows) == SQLITE_ROW) {
        if (sqlite3_column_bytes(rows, 0) != PARLEY_STATEMENT_LEN || parley_statement_decode(sqlite3_column_blob(rows, 0), &s, NULL))
            continue;
        names = !memcmp(s.reply_to, hash, HASH_LEN);
        sees = !names && is_later(m, s.seen_seq, s.seen_hash);
        memcpy(theirs, sqlite3_column_blob(rows, 0), sizeof theirs);
    }
    sqlite3_reset(rows);
    if (!sees && !names)
        return parley_fail(err, PARLEY_ENOTFOUND, "the peer has not yet said that it got statement %" PRIu64, m->what->seq);
    status = names ? add_statement(m, bytes, err) : add_up_to(m, s.seen_hash, err);
    return status ? status : add_statement(m, theirs, err);
}

/* A stored proof and what it contradicts: the other of its number; or, for a fork, its neighbour to which it does not link. */
static enum parley_status collect_equivocation(struct made *m, struct parley_error *err)
{
    uint8_t a[PARLEY_STATEMENT_LEN], b[PARLEY_STATEMENT_LEN], ha[HASH_LEN], hb[HASH_LEN];
    sqlite3_stmt *s = db_prepare(m->d, "SELECT bytes, fork FROM proof WHERE peer = ?1 AND (?2 = 0 OR seq = ?2) AND (?3 = 0 OR epoch = ?3) ORDER BY epoch, seq, fork", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, m->t->id);
    sqlite3_bind_int64(s, 2, (int64_t)m->what->seq);
    sqlite3_bind_int64(s, 3, m->what->epoch);
    bool found = false;
    while (!found && sqlite3_step(s) == SQLITE_ROW) {
        if (sqlite3_column_bytes(s, 0) != PARLEY_STATEMENT_LEN)
            continue;
        memcpy(b, sqlite3_column_blob(s, 0), sizeof b);
        uint32_t epoch = get_u32(b + 72);
        uint64_t seq = get_u64(b + 76);
        parley_statement_hash(b, hb);
        if (!sqlite3_column_int(s, 1)) {
            found = read_statement(m, false, epoch, seq, a);
        } else if (seq > 1 && read_statement(m, false, epoch, seq - 1, a)) {
            parley_statement_hash(a, ha);
            found = memcmp(b + 92, ha, HASH_LEN) != 0;
        }
        if (!found && sqlite3_column_int(s, 1) && read_statement(m, false, epoch, seq + 1, a))
            found = memcmp(a + 92, hb, HASH_LEN) != 0;
    }
    sqlite3_reset(s);
    if (!found)
        return parley_fail(err, PARLEY_ENOTFOUND, "no second statement%s of %s is known: there is no equivocation to prove", m->what->seq ? " of that number" : "", m->what->peer);
    parley_statement_hash(a, ha);
    parley_statement_hash(b, hb);
    uint64_t na = get_u64(a + 76), nb = get_u64(b + 76);
    bool swap = na == nb ? memcmp(ha, hb, HASH_LEN) > 0 : na > nb;
    m->claim.epoch = get_u32(a + 72);
    m->claim.seq = na < nb ? na : nb;
    enum parley_status status = add_statement(m, swap ? b : a, err);
    return status ? status : add_statement(m, swap ? a : b, err);
}

/* --- records and relays --------------------------------------------------------------------- */

static enum parley_status add_checkpoint(struct made *m, const char *note, size_t len, struct parley_error *err)
{
    char name[BUNDLE_NAME_MAX];
    snprintf(name, sizeof name, "checkpoints/%zu.note", ++m->claim.checkpoints);
    enum parley_status status = need_card(m, false, m->claim.epoch, err);
    return status ? status : add_file(m, name, note, len, err);
}

/* The strongest form that the desk can show: two of one size, else two that do not join, else one against all statements. */
static enum parley_status collect_rewritten(struct made *m, struct parley_error *err)
{
    struct rewriting r;
    enum parley_status status = checkpoint_rewriting(m->d, m->t, &m->arena, &r, err);
    if (status)
        return status;
    m->claim.epoch = r.epoch;
    m->claim.seq = r.size;
    for (size_t i = 0; !status && i < r.n; i++)
        status = add_checkpoint(m, r.note[i], strlen(r.note[i]), err);
    if (!status && r.joined) {
        struct parley_text text;
        parley_text_init(&text, NOTE_MAX);
        consistency_text(r.joined, &text);
        m->claim.proofs = 1;
        status = add_text(m, "proofs/1.consistency", &text, err);
    }
    for (uint64_t seq = 1; !status && r.n == 1 && seq <= r.size; seq++) {
        uint8_t bytes[PARLEY_STATEMENT_LEN];
        status = read_statement(m, false, r.epoch, seq, bytes) ? add_statement(m, bytes, err) : parley_fail(err, PARLEY_ECORRUPT, "their statement %" PRIu64 " is missing", seq);
    }
    return status;
}

static enum parley_status collect_relay(struct made *m, struct parley_error *err)
{
    struct relay_denial r;
    struct parley_text pem;
    enum parley_status status = relay_denial_find(m->d, m->t, &m->arena, &r, err);
    if (status)
        return status;
    m->claim.epoch = r.card_epoch;
    m->claim.seq = r.number;
    m->claim.notes = 2;
    memset(m->claim.pair, 0, HASH_LEN);
    memset(m->claim.author, 0, HASH_LEN);
    memcpy(m->claim.other, m->t->x.peer, HASH_LEN);
    parley_text_init(&pem, CARD_MAX);
    card_pem_text(r.key, &pem);
    status = need_card(m, false, r.card_epoch, err);
    if (!status)
        status = add_file(m, "relay/1.note", r.deposit, strlen(r.deposit), err);
    if (!status)
        status = add_file(m, "relay/2.note", r.denial, strlen(r.denial), err);
    if (status) {
        parley_text_release(&pem);
        return status;
    }
    return add_text(m, "relay/key.pem", &pem, err);
}

/* --- what goes with every claim ------------------------------------------------------------- */

static enum parley_status add_card(struct made *m, const struct card *c, const char *note, size_t len, struct parley_error *err)
{
    char name[BUNDLE_NAME_MAX];
    struct parley_text text;
    card_file_name(c, "note", name);
    enum parley_status status = add_file(m, name, note, len, err);
    if (status)
        return status;
    parley_text_init(&text, CARD_MAX);
    card_pem_text(c->signing, &text);
    card_file_name(c, "pem", name);
    if ((status = add_text(m, name, &text, err)))
        return status;
    parley_text_init(&text, CARD_MAX);
    card_vkey_text(c, &text);
    card_file_name(c, "vkey", name);
    return add_text(m, name, &text, err);
}

static enum parley_status add_cards(struct made *m, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    struct card card;
    for (size_t i = 0; !status && i < m->claim.cards; i++) {
        if (m->card[i].ours) {
            const struct own_epoch *own = NULL;
            for (int k = 0; k < m->d->n_own; k++)
                if (m->d->own[k].card.epoch == m->card[i].epoch)
                    own = &m->d->own[k];
            status = own ? add_card(m, &own->card, own->note, own->note_len, err) : parley_fail(err, PARLEY_ECORRUPT, "our card of epoch %" PRIu32 " is missing", m->card[i].epoch);
            continue;
        }
        sqlite3_stmt *s = db_prepare(m->d, "SELECT note FROM peer_card WHERE peer = ? AND epoch = ?", err);
        if (!s)
            return PARLEY_EIO;
        sqlite3_bind_int64(s, 1, m->t->id);
        sqlite3_bind_int64(s, 2, m->card[i].epoch);
        if (sqlite3_step(s) != SQLITE_ROW)
            status = parley_fail(err, PARLEY_ECORRUPT, "their card of epoch %" PRIu32 " is missing", m->card[i].epoch);
        const char *note = status ? "" : (const char *)sqlite3_column_text(s, 0);
        size_t len = status ? 0 : (size_t)sqlite3_column_bytes(s, 0);
        if (!status && !(status = card_parse(note, len, &card, err)))
            status = add_card(m, &card, note, len, err);
        sqlite3_reset(s);
    }
    return status;
}

/* Salt and body of the statement in file `at` of the bundle, from the record or from the proofs. */
static enum parley_status add_disclosed(struct made *m, const uint8_t bytes[PARLEY_STATEMENT_LEN], struct parley_error *err)
{
    uint8_t hash[HASH_LEN], *plain = NULL;
    char where[65], name[BUNDLE_NAME_MAX];
    size_t len = 0;
    enum parley_status status = parley_fail(err, PARLEY_ECORRUPT, "the body does not open");
    parley_statement_hash(bytes, hash);
    to_hex(hash, HASH_LEN, where);
    static const char *const from[] = { "SELECT sealed FROM statement WHERE hash = ?", "SELECT sealed FROM proof WHERE bytes = ?" };
    for (int i = 0; i < 2 && !plain; i++) {
        sqlite3_stmt *s = db_prepare(m->d, from[i], err);
        if (!s)
            return PARLEY_EIO;
        db_blob(s, 1, i ? bytes : hash, i ? PARLEY_STATEMENT_LEN : HASH_LEN);
        if (sqlite3_step(s) == SQLITE_ROW)
            status = row_open(m->d->row_key, where, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), &plain, &len, err);
        sqlite3_reset(s);
    }
    if (status || !plain || len < SALT_LEN) {
        free(plain);
        return status ? status : parley_fail(err, PARLEY_ECORRUPT, "the body is damaged");
    }
    snprintf(name, sizeof name, "disclosed/%zu.salt", ++m->claim.disclosed);
    status = add_file(m, name, plain, SALT_LEN, err);
    snprintf(name, sizeof name, "disclosed/%zu.body", m->claim.disclosed);
    if (!status)
        status = add_file(m, name, plain + SALT_LEN, len - SALT_LEN, err);
    wipe(plain, len);
    free(plain);
    return status;
}

/* The lines of the witnesses whom we believe, behind those of the parties; their keys, and what they are. */
static enum parley_status add_witnesses(struct made *m, bool ours, const struct covering *c, struct parley_text *note, struct parley_error *err)
{
    const struct parley_data_file *readme = parley_data_find("channel/witness-readme.txt");
    struct note_vkey witness[BUNDLE_WITNESSES_MAX];
    struct parley_text text;
    enum parley_status status = PARLEY_OK;
    m->claim.witnesses = cosignatures_of(m->d, m->t, ours, m->claim.epoch, c->size, c->root, note, witness);
    for (size_t i = 0; !status && i < m->claim.witnesses; i++) {
        char name[BUNDLE_NAME_MAX];
        snprintf(name, sizeof name, "witnesses/%zu.vkey", i + 1);
        parley_text_init(&text, 256);
        note_vkey(witness[i].name, NOTE_COSIGNATURE, witness[i].key, &text);
        parley_text_addc(&text, '\n');
        status = add_text(m, name, &text, err);
    }
    return status || !m->claim.witnesses ? status : add_file(m, "witnesses/README.txt", readme->bytes, readme->len, err);
}

/* Inclusion of statement 1 in its author's tree: ours under a checkpoint we sign, theirs under one they signed, if they did. */
static enum parley_status add_inclusion(struct made *m, struct parley_error *err)
{
    struct parley_text text, note;
    struct covering c;
    uint8_t(*leaf)[HASH_LEN], path[MERKLE_PATH_MAX][HASH_LEN];
    bool ours = !m->what->theirs;
    enum parley_status status = checkpoint_covering(m->d, m->t, ours, m->claim.epoch, m->claim.seq, &m->arena, &c, err);
    if (status)
        return status == PARLEY_ENOTFOUND ? PARLEY_OK : status;
    if ((status = checkpoint_leaves(m->d, m->t, ours, m->claim.epoch, c.size, &m->arena, &leaf, err)))
        return status;
    parley_text_init(&note, NOTE_MAX);
    parley_text_init(&text, NOTE_MAX);
    parley_text_adds(&note, c.note);
    status = add_witnesses(m, ours, &c, &note, err);
    size_t n = merkle_inclusion((const uint8_t(*)[HASH_LEN])leaf, (size_t)c.size, (size_t)m->claim.seq - 1, path);
    tlog_proof_text(m->claim.seq - 1, (const uint8_t(*)[HASH_LEN])path, n, parley_text_str(&note), &text);
    parley_text_release(&note);
    m->claim.proofs = 1;
    if (status) {
        parley_text_release(&text);
        return status;
    }
    status = add_text(m, "proofs/1.tlog", &text, err);
    if (!status)
        status = need_card(m, ours, m->claim.epoch, err);
    return !status && c.cosigner ? need_card(m, !ours, c.cosigner, err) : status;
}

static enum parley_status collect(struct made *m, struct parley_error *err)
{
    static const struct {
        const char *kind;
        enum parley_status (*collect)(struct made *, struct parley_error *);
        bool theirs, inclusion;
    } kinds[] = { { "said-it", collect_said_it, false, true }, { "got-it", collect_got_it, false, true }, { "equivocation", collect_equivocation, true, false },
                  { "rewritten", collect_rewritten, true, false }, { "relay", collect_relay, true, false } };
    size_t k = 0;
    while (k < 5 && strcmp(m->what->claim, kinds[k].kind))
        k++;
    if (k == 5)
        return parley_fail(err, PARLEY_EINVAL, "claim '%.30s': expected said-it, got-it (of ours), equivocation, rewritten (of theirs) or relay", m->what->claim);
    bool theirs = kinds[k].theirs || m->what->theirs;
    snprintf(m->claim.kind, sizeof m->claim.kind, "%s", kinds[k].kind);
    memcpy(m->claim.pair, m->t->x.pair, HASH_LEN);
    memcpy(m->claim.author, theirs ? m->t->x.peer : m->t->x.self, HASH_LEN);
    memcpy(m->claim.other, theirs ? m->t->x.self : m->t->x.peer, HASH_LEN);
    enum parley_status status = kinds[k].collect(m, err);
    size_t most = k == 2 ? 2 : k < 2; /* of an equivocation both, else only what the claim is about */
    for (size_t i = 0, seen = 0; !status && m->what->disclose && i < m->n && seen < most; i++)
        if (!strncmp(m->file[i].name, "statements/", 11) && ++seen)
            status = add_disclosed(m, (const uint8_t *)m->file[i].data, err);
    if (!status && kinds[k].inclusion)
        status = add_inclusion(m, err);
    return status ? status : add_cards(m, err);
}

/* --- the whole ----------------------------------------------------------------------------------- */

enum parley_status parley_channel_evidence(struct parley_desk *d, const struct parley_evidence *what, struct parley_error *err)
{
    struct talk *t = talk_named(d, what->peer, err);
    const struct parley_data_file *readme = parley_data_find("channel/evidence-readme.txt");
    struct parley_text text, report;
    if (!t)
        return PARLEY_ENOTFOUND;
    struct made *m = calloc(1, sizeof *m);
    if (!m)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    m->d = d, m->t = t, m->what = what;
    enum parley_status status = talk_ready(d, t, err);
    if (!status)
        status = collect(m, err);
    if (!status)
        status = add_file(m, "README.txt", readme->bytes, readme->len, err);
    if (!status) {
        parley_text_init(&text, 1 << 16);
        claim_text(&m->claim, &text);
        status = add_text(m, "claim.json", &text, err); /* last: a folder without it is no bundle */
    }
    if (!status) { /* what does not convince ourselves is not handed over */
        parley_text_init(&report, 1 << 16);
        status = bundle_judge(m->file, m->n, &m->arena, &report, err);
        parley_text_release(&report);
    }
    if (!status)
        status = evidence_folder_write(what->folder, m->file, m->n, err);
    parley_arena_release(&m->arena);
    free(m);
    return status;
}

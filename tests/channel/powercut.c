/* Two desks whose database loses power: what SQLite had not yet synced is kept, lost or torn sector by sector. Everything
 * follows from one seed; a failing round prints the command that replays it.
 *
 *   test-channel-powercut              the number of cuts CI runs
 *   test-channel-powercut SEED CUTS    as many as wanted (make soak)
 *
 * After each cut: the desk opens, is not taken for a copy, holds everything whose sending had succeeded, and verifies;
 * its peer never sees two statements of one number. Between cuts the disk is full or fails for a while, and the desk
 * that stays open goes on when that is over. At the end of a round both records are one. */
#include "channel/desk.h"
#include "tap.h"

#include <inttypes.h>
#include <parley/rng.h>
#include <parley/time.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)

enum { IMAGES = 8, SECTOR = 512, SHM_REGION = 32768, SHM_REGIONS = 4, CUTS_A_ROUND = 60, CI_CUTS = 150, PENDING_MAX = 4096, SAID_MAX = 4096 };

/* --- a disk in memory ----------------------------------------------------------------------- */

struct bytes {
    uint8_t *data;
    size_t len, cap;
};

struct change { /* a write (data) or a truncation to `off` that was not synced */
    size_t off, len;
    uint8_t *data;
};

struct image {
    char path[300];
    bool exists, named_for_good; /* the folder's entry was synced */
    struct bytes now, synced;
    struct change pending[PENDING_MAX];
    int n_pending;
    uint8_t *shm[SHM_REGIONS];
    int owner;
};

enum trouble { FINE, CUT, FULL, BROKEN };

struct disk {
    enum trouble trouble; /* what happens when `left` operations are done */
    long left, lasts;
    bool off; /* the power is gone */
};

struct handle {
    sqlite3_file base;
    struct image *image;
};

static struct image image[IMAGES];
static struct disk disk[2];
static struct parley_rng rng;
static sqlite3_vfs *usual, vfs;

static uint32_t pick(uint32_t below) { return (uint32_t)parley_rng_below(&rng, below); }

static void resize(struct bytes *b, size_t len)
{
    if (len > b->cap || !b->data) {
        b->cap = 2 * len + 4096;
        b->data = realloc(b->data, b->cap);
        if (!b->data)
            abort();
    }
    if (len > b->len)
        memset(b->data + b->len, 0, len - b->len);
    b->len = len;
}

static void apply(struct bytes *b, const struct change *c)
{
    if (!c->data) {
        resize(b, c->off);
        return;
    }
    if (c->off + c->len > b->len)
        resize(b, c->off + c->len);
    memcpy(b->data + c->off, c->data, c->len);
}

static void forget_pending(struct image *m)
{
    for (int i = 0; i < m->n_pending; i++)
        free(m->pending[i].data);
    m->n_pending = 0;
}

/* SQLITE_OK: go on. Each operation that changes the disk counts. */
static int trouble(struct image *m, int failure)
{
    struct disk *d = &disk[m->owner];
    if (d->off)
        return failure;
    if (d->trouble == FINE || d->left-- > 0)
        return SQLITE_OK;
    if (d->trouble == CUT) {
        d->off = true;
        return failure;
    }
    if (d->lasts-- > 0)
        return d->trouble == FULL && failure == SQLITE_IOERR_WRITE ? SQLITE_FULL : failure;
    d->trouble = FINE;
    return SQLITE_OK;
}

static int on_close(sqlite3_file *f)
{
    (void)f;
    return SQLITE_OK;
}

static int on_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
    struct bytes *b = &((struct handle *)f)->image->now;
    size_t have = (size_t)at < b->len ? b->len - (size_t)at : 0, take = have < (size_t)n ? have : (size_t)n;
    if (take)
        memcpy(out, b->data + at, take);
    memset((uint8_t *)out + take, 0, (size_t)n - take);
    return take < (size_t)n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static void later(struct image *m, size_t off, const void *data, size_t len)
{
    if (m->n_pending == PENDING_MAX)
        abort();
    struct change *c = &m->pending[m->n_pending++];
    *c = (struct change){ .off = off, .len = len };
    if (data) {
        c->data = malloc(len);
        if (!c->data)
            abort();
        memcpy(c->data, data, len);
    }
    apply(&m->now, c);
}

static int on_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    struct image *m = ((struct handle *)f)->image;
    bool was_off = disk[m->owner].off;
    int code = trouble(m, SQLITE_IOERR_WRITE);
    if (!code || (!was_off && disk[m->owner].off && pick(2))) /* the last write may have reached the drive */
        later(m, (size_t)at, data, (size_t)n);
    return code;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 len)
{
    struct image *m = ((struct handle *)f)->image;
    int code = trouble(m, SQLITE_IOERR_TRUNCATE);
    if (!code)
        later(m, (size_t)len, NULL, 0);
    return code;
}

static int on_sync(sqlite3_file *f, int flags)
{
    (void)flags;
    struct image *m = ((struct handle *)f)->image;
    int code = trouble(m, SQLITE_IOERR_FSYNC);
    if (code)
        return code;
    for (int i = 0; i < m->n_pending; i++)
        apply(&m->synced, &m->pending[i]);
    forget_pending(m);
    m->named_for_good = true;
    return SQLITE_OK;
}

static int on_size(sqlite3_file *f, sqlite3_int64 *len)
{
    *len = (sqlite3_int64)((struct handle *)f)->image->now.len;
    return SQLITE_OK;
}

static int on_lock(sqlite3_file *f, int level) { return (void)f, (void)level, SQLITE_OK; }
static int on_reserved(sqlite3_file *f, int *out) { return (void)f, *out = 0, SQLITE_OK; }
static int on_control(sqlite3_file *f, int op, void *arg) { return (void)f, (void)op, (void)arg, SQLITE_NOTFOUND; }
static int on_sector(sqlite3_file *f) { return (void)f, SECTOR; }
static int on_features(sqlite3_file *f) { return (void)f, SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

static int on_shm_map(sqlite3_file *f, int at, int size, int extend, void volatile **out)
{
    struct image *m = ((struct handle *)f)->image;
    if (at >= SHM_REGIONS || size != SHM_REGION)
        return SQLITE_IOERR_SHMMAP;
    if (!m->shm[at] && extend && !(m->shm[at] = calloc(1, SHM_REGION)))
        return SQLITE_IOERR_NOMEM;
    *out = m->shm[at];
    return SQLITE_OK;
}

static int on_shm_lock(sqlite3_file *f, int at, int n, int flags) { return (void)f, (void)at, (void)n, (void)flags, SQLITE_OK; }
static void on_shm_barrier(sqlite3_file *f) { (void)f; }

static void forget_shm(struct image *m)
{
    for (int i = 0; i < SHM_REGIONS; i++)
        free(m->shm[i]), m->shm[i] = NULL;
}

static int on_shm_unmap(sqlite3_file *f, int remove)
{
    (void)remove; /* one connection: the last one */
    forget_shm(((struct handle *)f)->image);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    2, on_close, on_read, on_write, on_truncate, on_sync, on_size, on_lock, on_lock, on_reserved, on_control, on_sector, on_features,
    on_shm_map, on_shm_lock, on_shm_barrier, on_shm_unmap, NULL, NULL,
};

static struct image *image_of(const char *path)
{
    for (int i = 0; i < IMAGES; i++)
        if (!strcmp(image[i].path, path))
            return &image[i];
    for (int i = 0; i < IMAGES; i++)
        if (!image[i].path[0]) {
            snprintf(image[i].path, sizeof image[i].path, "%s", path);
            image[i].owner = strstr(path, "/b/") != NULL;
            return &image[i];
        }
    abort();
}

static int on_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    if (!name || !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)))
        return usual->xOpen(usual, name, f, flags, out); /* temporary files */
    (void)v;
    struct image *m = image_of(name);
    f->pMethods = NULL;
    if (!m->exists && !(flags & SQLITE_OPEN_CREATE))
        return SQLITE_CANTOPEN;
    if (!m->exists && trouble(m, SQLITE_CANTOPEN))
        return SQLITE_CANTOPEN;
    m->exists = true;
    f->pMethods = &methods;
    ((struct handle *)f)->image = m;
    if (out)
        *out = flags;
    return SQLITE_OK;
}

static void empty(struct image *m)
{
    forget_pending(m);
    resize(&m->now, 0);
    resize(&m->synced, 0);
    m->exists = m->named_for_good = false;
}

static int on_delete(sqlite3_vfs *v, const char *name, int sync)
{
    (void)v, (void)sync;
    struct image *m = image_of(name);
    int code = trouble(m, SQLITE_IOERR_DELETE);
    if (!code)
        empty(m);
    return code;
}

static int on_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    (void)v, (void)flags;
    *out = image_of(name)->exists;
    return SQLITE_OK;
}

/* What the drive holds when the power comes back. */
static void power_back(int who)
{
    uint32_t survives = pick(3) * 500; /* per mille of the sectors: none, half, all */
    for (int i = 0; i < IMAGES; i++) {
        struct image *m = &image[i];
        if (!m->path[0] || m->owner != who || !m->exists)
            continue;
        if (!m->named_for_good && pick(2)) {
            empty(m);
        } else {
            for (int k = 0; k < m->n_pending; k++) {
                struct change *c = &m->pending[k];
                if (!c->data && pick(1000) < survives)
                    apply(&m->synced, c);
                for (size_t at = 0; c->data && at < c->len;) {
                    size_t end = (c->off + at) / SECTOR * SECTOR + SECTOR - c->off, n = (end < c->len ? end : c->len) - at;
                    struct change part = { .off = c->off + at, .len = n, .data = c->data + at };
                    if (pick(1000) < survives)
                        apply(&m->synced, &part);
                    at += n;
                }
            }
            forget_pending(m);
            resize(&m->now, m->synced.len);
            if (m->synced.len)
                memcpy(m->now.data, m->synced.data, m->synced.len);
            m->named_for_good = true;
        }
        forget_shm(m);
    }
    disk[who] = (struct disk){ .trouble = FINE };
}

static void use_disk(void)
{
    usual = sqlite3_vfs_find(NULL);
    vfs = *usual;
    vfs.zName = "power";
    vfs.pNext = NULL;
    vfs.szOsFile = usual->szOsFile > (int)sizeof(struct handle) ? usual->szOsFile : (int)sizeof(struct handle);
    vfs.xOpen = on_open;
    vfs.xDelete = on_delete;
    vfs.xAccess = on_access;
    sqlite3_vfs_register(&vfs, 1);
}

/* --- two desks ------------------------------------------------------------------------------ */

static char folder[2][120], top[100];
static struct parley_desk *desk[2];
static struct { uint8_t hash[32]; } said[2][SAID_MAX];
static int n_said[2];
static struct bytes start[2];
static const char *broken;
static char why[500];
static long cuts, confirmed, refused, torn_rounds, full;

static void fail(const char *what, const struct parley_error *err)
{
    if (!broken) {
        broken = what;
        snprintf(why, sizeof why, "%s", err && err->text[0] ? err->text : "-");
    }
}

static void must(enum parley_status status, const struct parley_error *err)
{
    if (status) {
        printf("Bail out! %s\n", err->text);
        exit(1);
    }
}

static void enrol(int who, const uint8_t psk[32])
{
    struct parley_error err = { 0 };
    struct parley_text card, en, zh;
    parley_text_init(&card, 1 << 16);
    parley_text_init(&en, 4096);
    parley_text_init(&zh, 4096);
    must(parley_desk_card(desk[!who], &card, &err), &err);
    must(parley_desk_ceremony(desk[who], card.data, card.len, psk, &en, &zh, &err), &err);
    struct parley_enrolment e = { .name = who ? "a" : "b", .card = card.data, .card_len = card.len, .psk = psk, .words = en.data };
    must(parley_desk_enrol(desk[who], &e, &err), &err);
    parley_text_release(&card);
    parley_text_release(&en);
    parley_text_release(&zh);
}

/* Two fresh desks on the real disk; the bytes of their databases are what every round starts from. */
static void make_desks(void)
{
    struct parley_error err = { 0 };
    const char *tmp = getenv("TMPDIR");
    snprintf(top, sizeof top, "%.60s/parley-power-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(top))
        exit(1);
    setenv("PARLEY_STATE", top, 1);
    for (int who = 0; who < 2; who++) {
        snprintf(folder[who], sizeof folder[who], "%s/%c", top, 'a' + who);
        mkdir(folder[who], 0700);
        must(parley_desk_make_keys(folder[who], &(struct parley_key_options){ .party = who ? "B" : "A" }, &err), &err);
        must(parley_desk_open(folder[who], NULL, &desk[who], &err), &err);
    }
    uint8_t psk[32] = { 7 };
    enrol(0, psk);
    enrol(1, psk);
    for (int who = 0; who < 2; who++) {
        parley_desk_close(desk[who]); /* the last connection leaves no log behind */
        char path[300];
        snprintf(path, sizeof path, "%s/channel.db", folder[who]);
        FILE *f = fopen(path, "rb");
        static uint8_t all[1 << 20];
        size_t n = f ? fread(all, 1, sizeof all, f) : 0;
        if (!n || n == sizeof all)
            exit(1);
        fclose(f);
        resize(&start[who], n);
        memcpy(start[who].data, all, n);
    }
}

static int64_t clock_of_round;
static int64_t round_clock(void) { return clock_of_round += 1000; }

static void open_desk(int who)
{
    struct parley_error err = { 0 };
    if (parley_desk_open(folder[who], NULL, &desk[who], &err))
        fail("a desk does not open after a power cut", &err);
    else
        desk[who]->now_us = round_clock;
}

static void first_marks(void)
{
    char command[300];
    snprintf(command, sizeof command, "for f in %s/*.mark; do printf '%%020d %%020d\\n' 1 0 >$f; done", top);
    if (system(command))
        exit(1);
}

static void new_round(void)
{
    for (int i = 0; i < IMAGES; i++) {
        empty(&image[i]);
        forget_shm(&image[i]);
    }
    first_marks();
    clock_of_round = (clock_us() / PARLEY_US_PER_DAY + 1) * PARLEY_US_PER_DAY; /* tomorrow at midnight: the same hours in every run */
    memset(disk, 0, sizeof disk);
    n_said[0] = n_said[1] = 0;
    for (int who = 0; who < 2; who++) {
        char path[300];
        snprintf(path, sizeof path, "%s/channel.db", folder[who]);
        struct image *m = image_of(path);
        resize(&m->now, start[who].len);
        memcpy(m->now.data, start[who].data, start[who].len);
        resize(&m->synced, start[who].len);
        memcpy(m->synced.data, start[who].data, start[who].len);
        m->exists = m->named_for_good = true;
        open_desk(who);
    }
}

static bool in_trouble(int who) { return disk[who].off || disk[who].trouble != FINE; }

static void speak(int who)
{
    char body[40];
    uint8_t hash[32];
    uint64_t seq;
    struct parley_error err = { 0 };
    snprintf(body, sizeof body, "{\"text\":\"%08d\"}", n_said[who]);
    bool trouble_before = in_trouble(who);
    struct parley_draft d = { .type = "comms-check", .body = body, .body_len = strlen(body) };
    enum parley_status status = parley_channel_send(desk[who], who ? "a" : "b", &d, &seq, hash, &err);
    if (status) {
        refused++;
        full += status == PARLEY_ENOSPC;
        if (!trouble_before)
            fail("a statement was refused on a sound disk", &err);
    } else if (n_said[who] < SAID_MAX) {
        memcpy(said[who][n_said[who]++].hash, hash, 32);
        confirmed++;
    }
}

/* Carry what waits in one desk to the other; some of it is lost on the way. */
static bool carry(int from, uint32_t lose_per_mille)
{
    struct parley_error err = { 0 };
    bool any = false;
    struct talk *t = desk[from]->talk[0];
    for (struct packet *p; (p = talk_take(t)); free(p)) {
        any = true;
        uint8_t *content;
        size_t len;
        struct talk *to;
        if (disk[!from].off || pick(1000) < lose_per_mille)
            continue;
        bool trouble_before = in_trouble(!from);
        if (talk_open_unit(desk[!from], p->unit, p->len, &to, &content, &len, &err)) {
            if (!trouble_before)
                fail("a unit does not open", &err);
            continue;
        }
        struct input in = { .kind = IN_CONTENT, .content = content, .content_len = len };
        if (talk_steps(desk[!from], to, &in, 1, &err) && !trouble_before)
            fail("a unit is not taken", &err);
        free(content);
    }
    return any;
}

static void tick(int who)
{
    clock_of_round += pick(5) * SECOND_US;
    struct parley_error err = { 0 };
    struct input in = { .kind = IN_TICK };
    bool trouble_before = in_trouble(who);
    if (talk_steps(desk[who], desk[who]->talk[0], &in, 1, &err) && !trouble_before)
        fail("a tick fails", &err);
}

static void look(int who, bool deep)
{
    struct parley_error err = { 0 };
    const char *peer = who ? "a" : "b";
    struct talk *t = desk[who]->talk[0];
    if (talk_ready(desk[who], t, &err)) {
        fail("a desk does not load", &err);
        return;
    }
    if (t->x.fenced)
        fail("a power cut made a desk look like a copy", NULL);
    if (t->x.marked)
        fail("an honest peer was seen to equivocate", NULL);
    uint64_t n;
    struct parley_text bad;
    parley_text_init(&bad, 1000);
    if (deep && parley_channel_verify(desk[who], peer, &n, &bad, &err))
        fail("a record does not verify", &err);
    parley_text_release(&bad);
    sqlite3_stmt *s = db_prepare(desk[who], "SELECT ours FROM statement WHERE hash=?", &err);
    for (int i = deep || n_said[who] < 8 ? 0 : n_said[who] - 8; s && i < n_said[who]; i++) {
        db_blob(s, 1, said[who][i].hash, 32);
        if (sqlite3_step(s) != SQLITE_ROW || !sqlite3_column_int(s, 0))
            fail("a statement whose sending succeeded is gone", NULL);
        sqlite3_reset(s);
    }
    if (deep && (!(s = db_prepare(desk[who], "PRAGMA integrity_check", &err)) || sqlite3_step(s) != SQLITE_ROW || strcmp((const char *)sqlite3_column_text(s, 0), "ok")))
        fail("the database is damaged", &err);
    if (s)
        sqlite3_reset(s);
}

static void one_cut(void)
{
    int who = (int)pick(2);
    enum trouble kind = pick(4) ? CUT : pick(2) ? FULL : BROKEN;
    disk[who] = (struct disk){ .trouble = kind, .left = (long)pick(60), .lasts = 1 + (long)pick(8) };
    for (int i = 0; i < 60 && !broken && in_trouble(who) && !disk[who].off; i++) {
        uint32_t e = pick(10);
        if (e < 5)
            speak((int)pick(2));
        else if (e < 9)
            carry((int)pick(2), 100);
        else
            tick((int)pick(2));
    }
    if (kind != CUT) { /* the trouble is over; the desk that stayed open goes on */
        disk[who] = (struct disk){ .trouble = FINE };
        look(who, !pick(8));
        return;
    }
    disk[who].off = true;
    if (pick(2))
        carry(who, 500); /* what had left before the cut */
    parley_desk_close(desk[who]);
    power_back(who);
    cuts++;
    open_desk(who);
    if (!broken)
        look(who, !pick(8));
}

/* Has the other desk all messages of this one, and does this one know? A last receipt that was lost on the way is missed by
 * nobody: it is found with the next statement. */
static bool holds_all(int who)
{
    const struct author_log *ours = &desk[who]->talk[0]->x.ours, *theirs = &desk[!who]->talk[0]->x.theirs;
    for (size_t i = 0; i < ours->n; i++) {
        const struct epoch_log *mine = &ours->epoch[i], *his = i < theirs->n ? &theirs->epoch[i] : NULL;
        for (uint64_t s = 1; s <= mine->top; s++) {
            const struct slot *slot = &mine->slot[s - 1];
            bool there = his && s <= his->top && !memcmp(slot->hash, his->slot[s - 1].hash, 32);
            if ((slot->acked || slot->kind != PARLEY_KIND_RECEIPT) && !(slot->acked && there))
                return false;
        }
    }
    return true;
}

static void settle(void)
{
    for (int i = 0; i < 400 && !broken; i++) {
        clock_of_round += 10 * SECOND_US;
        tick(0), tick(1);
        for (bool more = true; more;) {
            more = carry(0, 0);
            more = carry(1, 0) || more;
        }
        if (holds_all(0) && holds_all(1))
            return;
    }
    fail("the records did not become one", NULL);
}

/* Keys, salts and nonces follow from the seed, too: which desk comes first in a pair and how long a note is must not change
 * from run to run. */
static struct parley_rng keys;
static const char *keys_name(void) { return "seeded"; }
static void keys_fill(void *const out, const size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)out)[i] = (uint8_t)parley_rng_below(&keys, 256);
}
static uint32_t keys_one(void)
{
    uint32_t r;
    keys_fill(&r, sizeof r);
    return r;
}
static struct randombytes_implementation seeded = { .implementation_name = keys_name, .random = keys_one, .buf = keys_fill };

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    long wanted = argc > 2 ? strtol(argv[2], NULL, 10) : CI_CUTS;
    parley_rng_init(&keys, 0, 1);
    randombytes_set_implementation(&seeded);
    make_desks();
    use_disk();
    for (uint64_t seed = first; cuts < wanted && !broken; seed++) {
        parley_rng_init(&rng, seed, 0);
        parley_rng_init(&keys, seed, 1);
        new_round();
        for (int i = 0; i < CUTS_A_ROUND && !broken; i++)
            one_cut();
        if (!broken)
            settle();
        for (int who = 0; who < 2 && !broken; who++)
            look(who, true);
        for (int who = 0; who < 2; who++)
            parley_desk_close(desk[who]);
        torn_rounds++;
        if (broken)
            printf("# seed %" PRIu64 ": %s (%s); replay: build/tests/test-channel-powercut %" PRIu64 " 1\n", seed, broken, why, seed);
    }
    OK(!broken, "%ld power cuts in %ld rounds from seed %" PRIu64 ": every confirmed statement is there, nothing was said twice (%ld confirmed, %ld refused in trouble, %ld for a full disk)",
       cuts, torn_rounds, first, confirmed, refused, full);
    OK(full > 0 && refused > full, "a full disk and a failing one are told from each other");
    for (int i = 0; i < IMAGES; i++) {
        empty(&image[i]);
        forget_shm(&image[i]);
        free(image[i].now.data);
        free(image[i].synced.data);
    }
    free(start[0].data);
    free(start[1].data);
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s", top);
    return system(command) ? 1 : done();
}

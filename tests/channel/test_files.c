/* Attachments between two real desks when the other side lies: names that are paths, other content, chunks nobody asked for, more
 * than the quota. */
#define _POSIX_C_SOURCE 200809L
#include "channel/attachment.h"
#include "channel/bytes.h"
#include "tap.h"

#include <inttypes.h>
#include <parley/file.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[200], last_log[4000];
static int64_t later_us;

static int64_t test_clock(void) { return clock_us() + later_us; }

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void on_line(void *ctx, const char *text) /* carriers work on threads of their own */
{
    (void)ctx;
    pthread_mutex_lock(&lock);
    size_t n = strlen(last_log);
    if (n + strlen(text) + 2 > sizeof last_log)
        n = 0;
    snprintf(last_log + n, sizeof last_log - n, "%s\n", text);
    pthread_mutex_unlock(&lock);
}

static bool logged(const char *what)
{
    bool there = strstr(last_log, what) != NULL;
    if (!there)
        printf("# %s\n", last_log);
    last_log[0] = 0;
    return there;
}

static struct parley_desk *with_log(struct parley_desk *d)
{
    struct parley_channel_log log = { .line = on_line };
    if (d) {
        d->now_us = test_clock;
        parley_desk_set_log(d, &log);
    }
    return d;
}

static struct parley_desk *make_desk(const char *name, char folder[300])
{
    struct parley_desk *d = NULL;
    struct parley_error err = { 0 };
    snprintf(folder, 300, "%s/%s", top, name);
    mkdir(folder, 0700);
    struct parley_key_options o = { .party = name };
    if (parley_desk_make_keys(folder, &o, &err) || parley_desk_open(folder, NULL, &d, &err))
        printf("# %s\n", err.text);
    return with_log(d);
}

static void enrol(struct parley_desk *d, const char *peer, struct parley_desk *other)
{
    struct parley_text card, en, zh;
    struct parley_error err = { 0 };
    uint8_t psk[32] = { 5 };
    char line[300];
    snprintf(line, sizeof line, "file %s/spool", top);
    const char *carrier[] = { line };
    parley_text_init(&card, CARD_MAX), parley_text_init(&en, 4096), parley_text_init(&zh, 4096);
    (void)!parley_desk_card(other, &card, &err);
    (void)!parley_desk_ceremony(d, card.data, card.len, psk, &en, &zh, &err);
    struct parley_enrolment e = { .name = peer, .card = card.data, .card_len = card.len, .psk = psk, .words = parley_text_str(&en), .carrier = carrier, .n_carriers = 1 };
    OK(!parley_desk_enrol(d, &e, &err), "%s is enrolled %s", peer, err.text);
    parley_text_release(&card), parley_text_release(&en), parley_text_release(&zh);
}

static void sync_both(struct parley_desk *a, struct parley_desk *b, int rounds)
{
    uint64_t in, out;
    for (int i = 0; i < rounds; i++) {
        a->talk[0]->attachments.due_us = b->talk[0]->attachments.due_us = 0; /* as after some time */
        struct input tick = { .kind = IN_TICK };
        later_us += INT64_C(400000000);
        (void)!talk_steps(a, a->talk[0], &tick, 1, NULL);
        (void)!parley_channel_sync(a, NULL, NULL, &in, &out, NULL);
        (void)!talk_steps(b, b->talk[0], &tick, 1, NULL);
        (void)!parley_channel_sync(b, NULL, NULL, &in, &out, NULL);
    }
}

/* What a program that follows no rules would sign. */
static bool say_raw(struct parley_desk *d, const char *body)
{
    struct draft x = { .type = PARLEY_TYPE_COMMS_CHECK, .precedence = 1, .tlp = 1, .body = body, .body_len = strlen(body) };
    struct input in = { .kind = IN_SEND, .draft = &x };
    return !talk_ready(d, d->talk[0], NULL) && !talk_steps(d, d->talk[0], &in, 1, NULL);
}

static const struct parley_said *newest(struct parley_desk *d, struct parley_arena *arena)
{
    struct parley_said *s, *found = NULL;
    size_t n;
    if (parley_channel_list(d, NULL, arena, &s, &n, NULL))
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!s[i].ours && s[i].statement.kind == PARLEY_KIND_MESSAGE && (!found || s[i].statement.seq > found->statement.seq))
            found = &s[i];
    return found;
}

static int64_t rows(struct parley_desk *d, const char *sql)
{
    sqlite3_stmt *s;
    int64_t n = -1;
    if (!sqlite3_prepare_v2(d->db, sql, -1, &s, NULL) && sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static void hostile_names(struct parley_desk *us, struct parley_desk *cn)
{
    static const char *const names[] = { "../../etc/passwd", "/etc/passwd", "..\\\\boot.ini", "CON", "x\\u001b[2J", "rep\\u202efdp.exe", ".ssh" };
    char body[400];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct parley_arena arena = { 0 };
        struct parley_attachment *a;
        size_t n;
        snprintf(body, sizeof body, "{\"text\":\"%zu\",\"attachments\":[{\"name\":\"%s\",\"bytes\":5,\"sha256\":\"%064d\"}]}", i, names[i], 7);
        OK(say_raw(us, body), "said, with a file called %s", names[i]);
        sync_both(us, cn, 2);
        const struct parley_said *s = newest(cn, &arena);
        OK(s && s->receipt_us && logged("event=attachments-refused"), "the statement is stored and receipted; its files are not followed, and a line says so");
        OK(s && parley_attachments_held(cn, s, &arena, &a, &n, NULL) == PARLEY_EDOM, "nor shown as files");
        parley_arena_release(&arena);
    }
    OK(rows(cn, "SELECT count(*) FROM attachment") == 0 && rows(cn, "SELECT count(*) FROM chunk") == 0, "nothing is stored for them");
}

static void unasked_and_wrong(struct parley_desk *us, struct parley_desk *cn)
{
    struct parley_error err = { 0 };
    struct parley_arena arena = { 0 };
    struct parley_attachment *a = NULL;
    const char *data;
    size_t n = 0;
    uint64_t seq;
    uint8_t item[HASH_LEN + 16 + 5] = { 1 }, hash[32];
    put_u64(item + HASH_LEN, 5);
    OK(!attachment_chunk(cn, cn->talk[0], item, sizeof item, NULL) && rows(cn, "SELECT count(*) FROM chunk") == 0, "a chunk that nobody asked for is not stored");

    char *file = malloc(200000);
    for (size_t i = 0; i < 200000; i++)
        file[i] = (char)(i * 31);
    struct parley_attachment_file f = { "samples.bin", file, 200000 };
    struct parley_draft d = { .type = "comms-check", .body = "{\"text\":\"with a file\"}", .body_len = 22, .attach = &f, .n_attach = 1, .within_given = true };
    OK(!parley_channel_send(us, "cn", &d, &seq, hash, &err), "a file is attached %s", err.text);
    sync_both(us, cn, 1);
    const struct parley_said *s = newest(cn, &arena);
    OK(s && !parley_attachments_held(cn, s, &arena, &a, &n, NULL) && n == 1 && a->state == PARLEY_ATTACHMENT_COMPLETE, "it comes with the statement");
    OK(s && n && !parley_attachment_read(cn, s, a, &arena, &data, &err) && !memcmp(data, file, 200000), "and is the same");
    OK(s && n && !parley_attachment_forget(cn, s, a, NULL) && rows(cn, "SELECT count(*) FROM chunk WHERE ours = 0") == 0, "forgotten");

    /* the sender's copy is replaced: what is sent is not what was signed */
    file[0] ^= 1;
    sha256(file, 200000, hash);
    d.body = "{\"text\":\"another\"}", d.body_len = 18;
    OK(!parley_channel_send(us, "cn", &d, &seq, hash, &err), "another file");
    uint8_t *sealed;
    size_t len;
    char where[120], hex[65];
    sha256(file, 200000, hash);
    to_hex(hash, 32, hex);
    snprintf(where, sizeof where, "chunk 1 %s %d", hex, 0);
    file[1] ^= 1;
    (void)!row_seal(us->row_key, where, file, CHUNK_MAX, &sealed, &len, NULL);
    sqlite3_stmt *q;
    (void)sqlite3_prepare_v2(us->db, "UPDATE chunk SET sealed = ? WHERE hash = ? AND offset = 0 AND ours = 1", -1, &q, NULL);
    db_blob(q, 1, sealed, len);
    db_blob(q, 2, hash, 32);
    OK(sqlite3_step(q) == SQLITE_DONE && sqlite3_changes(us->db) == 1, "with one byte changed after signing");
    sqlite3_finalize(q);
    free(sealed);
    struct talk *t = us->talk[0];
    for (struct packet *p; (p = talk_take(t));) /* what was packed before the change is lost on the way */
        free(p);
    last_log[0] = 0;
    sync_both(us, cn, 6);
    OK(logged("event=attachment-wrong"), "noticed");
    parley_arena_release(&arena);
    s = newest(cn, &arena);
    OK(s && !parley_attachments_held(cn, s, &arena, &a, &n, NULL) && n == 1 && a->state == PARLEY_ATTACHMENT_WRONG && parley_attachment_read(cn, s, a, &arena, &data, NULL), "and never handed out");
    OK(rows(cn, "SELECT count(*) FROM chunk WHERE ours = 0") == 0, "nor kept");
    parley_arena_release(&arena);
    free(file);
}

static void quota_and_others(struct parley_desk *us, struct parley_desk *cn)
{
    char body[300];
    last_log[0] = 0;
    for (int i = 0; i < 18; i++) {
        snprintf(body, sizeof body, "{\"text\":\"%d\",\"attachments\":[{\"name\":\"big\",\"bytes\":16777216,\"sha256\":\"%064d\"}]}", i, 1000 + i);
        (void)say_raw(us, body);
    }
    sync_both(us, cn, 2);
    OK(rows(cn, "SELECT sum(total) FROM attachment WHERE ours = 0 AND state < 2") <= PARLEY_ATTACHMENT_QUOTA && logged("event=attachment-over-quota"), "no more than the quota is asked for");
    OK(rows(us, "SELECT count(*) FROM statement WHERE ours = 1 AND by_seq = 0") <= 1, "and what was said is receipted all the same");
    /* a want for what we hold of theirs, or of nobody, is not served */
    struct parley_text content;
    uint8_t want[HASH_LEN + 16] = { 0 };
    parley_text_init(&content, UNIT_PLAIN_MAX);
    memset(want + HASH_LEN + 8, 0x7f, 8);
    attachment_answer(cn, cn->talk[0], want, sizeof want, &content, NULL, NULL);
    OK(!content.len, "nobody is served what was not attached for him");
    parley_text_release(&content);
}

/* The desk is put back from a copy that is older than a file it had sent: the peer returns statement and file. */
static struct parley_desk *lost_and_returned(struct parley_desk *us, const char *folder, struct parley_desk *cn)
{
    enum { BYTES = 5 << 20 };
    struct parley_error err = { 0 };
    struct parley_arena arena = { 0 };
    struct parley_attachment *a = NULL;
    struct parley_said said;
    const char *data = NULL;
    char command[1000], hex[65];
    uint8_t hash[32];
    uint64_t seq;
    size_t n = 0;
    char *file = malloc(BYTES);
    for (size_t i = 0; file && i < BYTES; i++)
        file[i] = (char)(i * 37 + i / 1000);
    parley_desk_close(us);
    snprintf(command, sizeof command, "cp -r %s %s.copy", folder, folder);
    OK(!system(command) && !parley_desk_open(folder, NULL, &us, &err), "a copy of the desk is put aside");
    with_log(us);
    struct parley_attachment_file f = { "evidence.bin", file, BYTES };
    struct parley_draft d = { .type = "comms-check", .body = "{\"text\":\"with a large file\"}", .body_len = 28, .attach = &f, .n_attach = 1, .within_given = true };
    OK(!parley_channel_send(us, "cn", &d, &seq, hash, &err), "a file is sent %s", err.text);
    sync_both(us, cn, 4);
    OK(rows(cn, "SELECT count(*) FROM attachment WHERE ours = 0 AND total = 5242880 AND state = 1") == 1, "and arrives");
    parley_desk_close(us);
    snprintf(command, sizeof command, "rm -rf %s && mv %s.copy %s", folder, folder, folder);
    OK(!system(command) && !parley_desk_open(folder, NULL, &us, &err), "the copy takes the desk's place");
    with_log(us);
    OK(rows(us, "SELECT count(*) FROM attachment WHERE ours = 1 AND total = 5242880") == 0, "it does not know the file");
    sync_both(us, cn, 8);
    to_hex(hash, 32, hex);
    OK(!parley_channel_find(us, hex, &arena, &said, &err) && said.ours, "the statement came back %s", err.text);
    OK(!parley_attachments_held(us, &said, &arena, &a, &n, &err) && n == 1 && a->state == PARLEY_ATTACHMENT_COMPLETE, "and its file %s", err.text);
    OK(n == 1 && !parley_attachment_read(us, &said, a, &arena, &data, &err) && !memcmp(data, file, BYTES), "the same, byte for byte %s", err.text);
    d.n_attach = 0, d.body = "{\"text\":\"again\"}", d.body_len = 16;
    OK(!parley_channel_send(us, "cn", &d, &seq, hash, &err), "and the desk speaks again %s", err.text);
    parley_arena_release(&arena);
    free(file);
    return us;
}

int main(void)
{
    char a[300], b[300], state[300], command[400];
    snprintf(top, sizeof top, "/tmp/parley-files-%ld", (long)getpid());
    mkdir(top, 0700);
    snprintf(state, sizeof state, "%s/state", top);
    setenv("PARLEY_STATE", state, 1);
    struct parley_desk *cn = make_desk("CN", a), *us = make_desk("US", b);
    OK(cn && us, "two desks");
    if (cn && us) {
        enrol(cn, "us", us);
        enrol(us, "cn", cn);
        hostile_names(us, cn);
        unasked_and_wrong(us, cn);
        us = lost_and_returned(us, b, cn);
        quota_and_others(us, cn);
    }
    parley_desk_close(cn);
    parley_desk_close(us);
    snprintf(command, sizeof command, "rm -rf %s", top);
    if (system(command))
        printf("# %s stays\n", top);
    return done();
}

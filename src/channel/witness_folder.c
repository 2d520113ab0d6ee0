/* The witness's side: a folder with `witness.key` (name and secret), `records` (what it has cosigned) and `lock`. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/desk.h"
#include "channel/secret_file.h"
#include "channel/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <parley/channel_witness.h>
#include <parley/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_HEAD "parley-witness-v1 "
_Static_assert((int)PARLEY_WITNESS_REQUEST_MAX == (int)WITNESS_REQUEST_MAX, "the public limit is the parser's");

struct witness { /* an open folder */
    char path[1100]; /* of `records` */
    int lock;
    struct note_vkey self;
    uint8_t secret[SIGN_SECRET_LEN];
    struct witness_log *log; /* [WITNESS_LOGS_MAX] */
    size_t n;
    struct parley_arena arena;
};

static enum parley_status path_in(const char *folder, const char *name, char out[1100], struct parley_error *err)
{
    return snprintf(out, 1100, "%s/%s", folder, name) >= 1100 ? parley_fail(err, PARLEY_EINVAL, "the path of the witness's folder is too long") : PARLEY_OK;
}

static enum parley_status write_logs(const struct witness *w, const char *path, struct parley_error *err)
{
    struct parley_text text;
    parley_text_init(&text, WITNESS_STATE_MAX);
    witness_logs_text(w->log, w->n, &text);
    enum parley_status status = parley_text_status(&text, "the witness's file", err);
    if (!status)
        status = parley_file_write(path, parley_text_str(&text), text.len, err);
    parley_text_release(&text);
    return status;
}

enum parley_status parley_witness_make(const char *folder, const char *name, struct parley_text *vkey, struct parley_error *err)
{
    struct witness none = { .n = 0 };
    struct note_vkey k;
    struct parley_text text;
    struct stat st;
    char key_path[1100], path[1100], line[NOTE_NAME_MAX + 100], hex[65];
    uint8_t seed[KEY_LEN], pk[KEY_LEN], sk[SIGN_SECRET_LEN];
    enum parley_status status = crypto_init(err);
    if (!status)
        status = path_in(folder, "records", path, err);
    if (!status)
        status = path_in(folder, "witness.key", key_path, err);
    if (status)
        return status;
    random_fill(seed, sizeof seed);
    sign_keypair_from_seed(seed, pk, sk);
    wipe(sk, sizeof sk);
    parley_text_init(&text, 256);
    note_vkey(name, NOTE_COSIGNATURE, pk, &text);
    if (strlen(name) > NOTE_NAME_MAX || parley_utf8_valid(name, strlen(name)) != strlen(name) || note_vkey_parse(parley_text_str(&text), text.len, &k, NULL))
        status = parley_fail(err, PARLEY_EINVAL, "'%.80s': a witness's name is 1 to %d bytes without blanks and '+', for example witness.example.org", name, NOTE_NAME_MAX);
    else if (mkdir(folder, 0700) && errno != EEXIST)
        status = parley_file_failed(err, folder, "make the folder");
    else if (!stat(key_path, &st) || !stat(path, &st))
        status = parley_fail(err, PARLEY_EREFUSED, "%s: there is a witness in this folder already", folder);
    if (!status)
        status = write_logs(&none, path, err); /* before the key: a key without it would begin anew what it has cosigned */
    if (!status) {
        to_hex(seed, KEY_LEN, hex);
        snprintf(line, sizeof line, KEY_HEAD "%s %s\n", name, hex);
        status = secret_file_write(key_path, line, err);
        wipe(line, sizeof line), wipe(hex, sizeof hex);
    }
    wipe(seed, sizeof seed);
    if (!status)
        parley_text_adds(vkey, parley_text_str(&text));
    parley_text_release(&text);
    return status;
}

static enum parley_status read_key(struct witness *w, const char *path, struct parley_error *err)
{
    char *line, *space;
    uint8_t seed[KEY_LEN];
    struct stat st;
    if (stat(path, &st))
        return parley_fail(err, PARLEY_ENOTFOUND, "%s: no witness here; 'parley witness keys --name NAME --folder DIR' makes one", path);
    enum parley_status status = secret_file_read(path, &w->arena, &line, err);
    if (status)
        return status;
    bool ok = !strncmp(line, KEY_HEAD, strlen(KEY_HEAD)) && (space = strchr(line + strlen(KEY_HEAD), ' ')) && space - line - (ptrdiff_t)strlen(KEY_HEAD) <= NOTE_NAME_MAX &&
              from_hex(space + 1, strlen(space + 1), seed, KEY_LEN);
    if (ok) {
        snprintf(w->self.name, sizeof w->self.name, "%.*s", (int)(space - line - (ptrdiff_t)strlen(KEY_HEAD)), line + strlen(KEY_HEAD));
        w->self.algorithm = NOTE_COSIGNATURE;
        sign_keypair_from_seed(seed, w->self.key, w->secret);
        wipe(seed, sizeof seed);
    }
    wipe(line, strlen(line));
    return ok ? PARLEY_OK : parley_fail(err, PARLEY_ECORRUPT, "%s: expected '" KEY_HEAD "NAME SEED'", path);
}

/* Only one process at a time may look where the witness stands and move it. */
static enum parley_status take_lock(struct witness *w, const char *path, struct parley_error *err)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (w->lock < 0)
        return parley_file_failed(err, path, "open");
    return fcntl(w->lock, F_SETLKW, &whole) ? parley_file_failed(err, path, "lock") : PARLEY_OK;
}

static void close_witness(struct witness *w)
{
    if (w->lock >= 0)
        close(w->lock);
    wipe(w->secret, sizeof w->secret);
    parley_arena_release(&w->arena);
}

static enum parley_status open_witness(const char *folder, bool locked, struct witness *w, struct parley_error *err)
{
    char path[1100], *data;
    size_t len;
    memset(w, 0, sizeof *w);
    w->lock = -1;
    enum parley_status status = crypto_init(err);
    if (!status)
        status = path_in(folder, "witness.key", path, err);
    if (!status)
        status = read_key(w, path, err);
    struct stat st;
    if (!status && !stat(folder, &st) && (st.st_mode & 022)) /* they could put old records back */
        status = parley_fail(err, PARLEY_EREFUSED, "%s: other users may write into the witness's folder; run: chmod 700 %s", folder, folder);
    if (!status && locked && !(status = path_in(folder, "lock", path, err)))
        status = take_lock(w, path, err);
    if (!status)
        status = path_in(folder, "records", w->path, err);
    if (!status && !(w->log = parley_arena_calloc(&w->arena, WITNESS_LOGS_MAX, sizeof *w->log)))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status && (status = parley_file_read(w->path, WITNESS_STATE_MAX, &w->arena, &data, &len, err)))
        status = parley_fail_in(err, status, "a witness without its records would cosign anything: put them back, or make a new witness");
    if (!status && (status = witness_logs_parse(data, len, w->log, &w->n, err)))
        status = parley_fail_in(err, status, "%s", w->path);
    if (status)
        close_witness(w);
    return status;
}

/* The record of that origin; a new one, in its place by origin, when the officer names its author's key. */
static enum parley_status log_of(struct witness *w, const char *origin, const char *author, struct witness_log **out, struct parley_error *err)
{
    struct note_vkey key;
    size_t at = 0;
    if (author && note_vkey_parse(author, strlen(author), &key, err))
        return PARLEY_EPARSE;
    if (author && key.algorithm != NOTE_ED25519)
        return parley_fail(err, PARLEY_EINVAL, "%.120s: the key of a witness, not of an author", author);
    while (at < w->n && strcmp(w->log[at].origin, origin) < 0)
        at++;
    *out = &w->log[at];
    if (at < w->n && !strcmp(w->log[at].origin, origin)) {
        bool same = !author || (!strcmp(w->log[at].author.name, key.name) && !memcmp(w->log[at].author.key, key.key, KEY_LEN));
        return same ? PARLEY_OK : parley_fail(err, PARLEY_EREFUSED, "%.160s is known with another author's key; a record has one key for good", origin);
    }
    if (!author)
        return parley_fail(err, PARLEY_ENOTFOUND, "%.160s is not known to this witness; give its author's verifier key once: --author KEY", origin);
    if (w->n == WITNESS_LOGS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "a witness keeps at most %d records", WITNESS_LOGS_MAX);
    memmove(*out + 1, *out, (w->n - at) * sizeof **out);
    memset(*out, 0, sizeof **out);
    snprintf((*out)->origin, sizeof(*out)->origin, "%s", origin);
    (*out)->author = key;
    w->n++;
    return PARLEY_OK;
}

static enum parley_status show(const struct witness_log *log, struct parley_arena *arena, struct parley_witnessed *out, struct parley_error *err)
{
    struct parley_text vkey;
    parley_text_init(&vkey, 256);
    note_vkey(log->author.name, log->author.algorithm, log->author.key, &vkey);
    out->origin = parley_arena_strdup(arena, log->origin);
    out->author = parley_text_keep(&vkey, arena);
    out->size = log->size;
    memcpy(out->root, log->root, HASH_LEN);
    parley_text_release(&vkey);
    return out->origin && out->author ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

enum parley_status parley_witness_cosign(const char *folder, const char *request, size_t len, const char *author, struct parley_text *out, struct parley_arena *arena,
                                         struct parley_witnessed *now, struct parley_error *err)
{
    struct witness w;
    struct witness_request r;
    struct witness_log *log = NULL;
    struct note note = { .n = 0 };
    struct checkpoint c = { .size = 0 };
    enum parley_status status = open_witness(folder, true, &w, err);
    if (status)
        return status;
    status = witness_request_parse(request, len, &r, err);
    if (!status)
        status = checkpoint_note_parse(r.note, r.note_len, &note, &c, err);
    if (!status)
        status = log_of(&w, c.origin, author, &log, err);
    if (!status)
        status = witness_judge(log, &r, &note, &c, err);
    if (!status) {
        log->size = c.size;
        memcpy(log->root, c.root, HASH_LEN);
        status = write_logs(&w, w.path, err); /* first; what is handed out is never taken back */
    }
    if (!status) {
        parley_text_add(out, note.text, note.text_len);
        parley_text_addc(out, '\n');
        note_signature_line(note_signature_of(&note, log->author.name, NOTE_ED25519, log->author.key), out);
        note_cosign(note.text, note.text_len, w.self.name, w.self.key, w.secret, (uint64_t)clock_us() / 1000000, out);
        status = parley_text_status(out, "the cosigned checkpoint", err);
    }
    if (!status)
        status = show(log, arena, now, err);
    close_witness(&w);
    return status;
}

enum parley_status parley_witness_list(const char *folder, struct parley_arena *arena, const char **vkey, struct parley_witnessed **out, size_t *n, struct parley_error *err)
{
    struct witness w;
    struct parley_text text;
    enum parley_status status = open_witness(folder, false, &w, err);
    if (status)
        return status;
    parley_text_init(&text, 256);
    note_vkey(w.self.name, NOTE_COSIGNATURE, w.self.key, &text);
    *vkey = parley_text_keep(&text, arena);
    parley_text_release(&text);
    *n = w.n;
    if (!*vkey || !(*out = PARLEY_NEW(arena, struct parley_witnessed, w.n + 1)))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; !status && i < w.n; i++)
        status = show(&w.log[i], arena, &(*out)[i], err);
    close_witness(&w);
    return status;
}

/* A neutral witness: it cosigns what extends the last it cosigned, and nothing else; its file, and tests/vectors/channel/witness.json.
 * PARLEY_WRITE_VECTORS=FILE writes the vectors anew. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/witness.h"
#include "vectors.h"

#include <parley/channel_witness.h>
#include <parley/json.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LEAVES = 20, SMALL = 12 };

static const char origin[] = "parley/00112233445566778899aabbccddeeff/0123456789abcdef0123456789abcdef/1";
static uint8_t author_pk[32], author_sk[64], other_pk[32], other_sk[64], witness_pk[32], witness_sk[64];
static uint8_t leaf[2][LEAVES][HASH_LEN]; /* the true record, and one of which the third statement was exchanged */

static void setup(void)
{
    uint8_t seed[32];
    memset(seed, 0xa1, 32);
    sign_keypair_from_seed(seed, author_pk, author_sk);
    memset(seed, 0xa2, 32);
    sign_keypair_from_seed(seed, other_pk, other_sk);
    memset(seed, 0xb0, 32);
    sign_keypair_from_seed(seed, witness_pk, witness_sk);
    for (int which = 0; which < 2; which++)
        for (int i = 0; i < LEAVES; i++) {
            char data[16];
            int n = snprintf(data, sizeof data, "%d%s", i + 1, which && i == 2 ? " rewritten" : "");
            merkle_leaf(data, (size_t)n, leaf[which][i]);
        }
}

/* --- requests as an author would write them, honest or not ---------------------------------- */

struct ask {
    const char *name;
    int record; /* leaf[record] */
    uint64_t old, size;
    const char *origin;
    bool forged_key; /* signed with another key under the author's name */
};

static void request(const struct ask *a, struct parley_text *out)
{
    struct witness_request r = { .old = a->old };
    struct checkpoint c = { .size = a->size };
    struct parley_text text, note;
    uint8_t path[MERKLE_PATH_MAX][HASH_LEN];
    const uint8_t(*leaves)[HASH_LEN] = (const uint8_t(*)[HASH_LEN])leaf[a->record];
    snprintf(c.origin, sizeof c.origin, "%s", a->origin ? a->origin : origin);
    merkle_root(leaves, (size_t)a->size, c.root);
    if (a->old && a->old <= a->size) {
        r.path_len = merkle_consistency(leaves, (size_t)a->old, (size_t)a->size, path);
        memcpy(r.path, path, r.path_len * HASH_LEN);
    }
    parley_text_init(&text, NOTE_MAX);
    parley_text_init(&note, NOTE_MAX);
    checkpoint_text(&c, &text);
    parley_text_addf(&note, "%s\n", parley_text_str(&text));
    if (a->forged_key) { /* the right name and key id, a signature by somebody else */
        struct note_signature s = { .blob_len = SIGNATURE_LEN };
        snprintf(s.name, sizeof s.name, "CN");
        note_key_id("CN", NOTE_ED25519, author_pk, s.key_id);
        sign_bytes(text.data, text.len, other_sk, s.blob);
        note_signature_line(&s, &note);
    } else {
        note_sign(text.data, text.len, "CN", author_pk, author_sk, &note);
    }
    r.note = parley_text_str(&note);
    r.note_len = note.len;
    witness_request_text(&r, out);
    parley_text_release(&text);
    parley_text_release(&note);
}

static void known_at(struct witness_log *log, int record, uint64_t size)
{
    memset(log, 0, sizeof *log);
    snprintf(log->origin, sizeof log->origin, "%s", origin);
    log->author.algorithm = NOTE_ED25519;
    snprintf(log->author.name, sizeof log->author.name, "CN");
    memcpy(log->author.key, author_pk, 32);
    log->size = size;
    if (size)
        merkle_root((const uint8_t(*)[HASH_LEN])leaf[record], (size_t)size, log->root);
}

static enum parley_status judged(const struct witness_log *log, const char *data, size_t len, struct parley_error *err)
{
    struct witness_request r;
    struct note note;
    struct checkpoint c;
    enum parley_status status = witness_request_parse(data, len, &r, err);
    if (!status)
        status = checkpoint_note_parse(r.note, r.note_len, &note, &c, err);
    return status ? status : witness_judge(log, &r, &note, &c, err);
}

/* --- every pair of sizes: the obvious rule is the oracle ------------------------------------ */

static void all_sizes(void)
{
    size_t wrong = 0, tried = 0, cosigned = 0;
    for (uint64_t at = 0; at <= SMALL; at++)
        for (int known = 0; known < 2; known++)
            for (uint64_t old = 0; old <= SMALL; old++)
                for (uint64_t size = 1; size <= SMALL; size++)
                    for (int record = 0; record < 2; record++) {
                        struct witness_log log;
                        struct parley_text text;
                        known_at(&log, known, at);
                        parley_text_init(&text, WITNESS_REQUEST_MAX);
                        request(&(struct ask){ .record = record, .old = old, .size = size }, &text);
                        bool same = !at || !memcmp(leaf[known], leaf[record], (size_t)at * HASH_LEN); /* is what was cosigned the beginning of this? */
                        bool expected = old == at && size >= at && same;
                        if (size < at || old != at) /* most are refused for that alone: not all of them need a signature */
                            size % 5 ? (void)0 : (void)(wrong += !judged(&log, text.data, text.len, NULL), tried++);
                        else
                            wrong += !judged(&log, text.data, text.len, NULL) != expected, tried++, cosigned += expected;
                        parley_text_release(&text);
                    }
    OK(!wrong && cosigned > 100, "%zu requests of %d sizes: cosigned exactly when they extend what was cosigned (%zu)", tried, SMALL, cosigned);
}

/* Each bit, each hash of the proof, each length. */
static void forged_proofs(void)
{
    struct witness_log log;
    struct parley_text text, changed;
    struct parley_error err = { 0 };
    size_t passed = 0, tried = 0;
    known_at(&log, 0, 7);
    parley_text_init(&text, WITNESS_REQUEST_MAX);
    parley_text_init(&changed, WITNESS_REQUEST_MAX);
    request(&(struct ask){ .old = 7, .size = 19 }, &text);
    OK(!judged(&log, text.data, text.len, &err), "the true request is cosigned: %s", err.text);
    for (size_t i = 0; i < text.len; i++) {
        text.data[i] ^= (char)(1 << i % 8);
        passed += !judged(&log, text.data, text.len, NULL);
        text.data[i] ^= (char)(1 << i % 8);
        passed += !judged(&log, text.data, i, NULL);
        tried += 2;
    }
    struct witness_request r, forged;
    OK(!witness_request_parse(text.data, text.len, &r, NULL) && r.path_len > 3, "a proof of %zu lines", r.path_len);
    for (size_t i = 0; i <= r.path_len; i++)
        for (int how = 0; how < 4; how++) {
            forged = r;
            if (how == 0 && i < r.path_len)
                forged.path[i][31] ^= 1;
            else if (how == 1 && i < r.path_len)
                memmove(forged.path[i], forged.path[i + 1], (r.path_len - i - 1) * HASH_LEN), forged.path_len--;
            else if (how == 2)
                memcpy(forged.path[forged.path_len++], log.root, HASH_LEN);
            else if (i + 1 < r.path_len)
                memcpy(forged.path[i], r.path[i + 1], HASH_LEN), memcpy(forged.path[i + 1], r.path[i], HASH_LEN);
            else
                continue;
            parley_text_clear(&changed);
            witness_request_text(&forged, &changed);
            enum parley_status status = judged(&log, changed.data, changed.len, NULL);
            passed += status != PARLEY_EVERIFY;
            tried++;
        }
    OK(!passed, "%zu altered requests and forged proofs refused", tried);
    parley_text_release(&text);
    parley_text_release(&changed);
}

static void forms(void)
{
    static const struct { const char *text; enum parley_status status; } bad[] = {
        { "", PARLEY_EPARSE }, { "\n", PARLEY_EPARSE }, { "old\n\nx", PARLEY_EPARSE }, { "old 01\n\n", PARLEY_EPARSE }, { "old -1\n\n", PARLEY_EPARSE }, { "old +1\n\n", PARLEY_EPARSE },
        { "old 1 \n\n", PARLEY_EPARSE }, { "old 18446744073709551616\n\n", PARLEY_EPARSE }, { "old 0", PARLEY_EPARSE }, { "old 0\nabc\n\n", PARLEY_EPARSE }, { "old 0\n", PARLEY_EPARSE },
        { "old 0\n\n", PARLEY_EPARSE }, { "old 0\n\nnonsense\n", PARLEY_EPARSE }, { "\xff\xfe\x00", PARLEY_EPARSE },
        { "old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nAAAA\n\n", PARLEY_EPARSE }, /* not 32 bytes */
    };
    struct witness_log log;
    size_t wrong = 0;
    known_at(&log, 0, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct parley_error err = { 0 };
        wrong += judged(&log, bad[i].text, strlen(bad[i].text), &err) != bad[i].status || !*err.text;
    }
    OK(!wrong, "%zu broken requests refused with a reason", sizeof bad / sizeof *bad);
    struct parley_text text;
    parley_text_init(&text, WITNESS_REQUEST_MAX + 64);
    parley_text_adds(&text, "old 5\n");
    for (int i = 0; i <= WITNESS_PATH_MAX; i++)
        parley_text_adds(&text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    OK(judged(&log, text.data, text.len, NULL) == PARLEY_ELIMIT, "a 64th line of proof is over the limit");
    while (text.len <= WITNESS_REQUEST_MAX)
        parley_text_adds(&text, "AAAAAAAAAAAAAAAA");
    OK(judged(&log, text.data, text.len, NULL) == PARLEY_ELIMIT, "and so is a request of %zu bytes", text.len);
    parley_text_release(&text);

    struct note_vkey k;
    parley_text_init(&text, 256);
    note_vkey("w", NOTE_COSIGNATURE, witness_pk, &text);
    OK(!note_vkey_parse(text.data, text.len, &k, NULL) && k.algorithm == NOTE_COSIGNATURE && !memcmp(k.key, witness_pk, 32), "a verifier key is read");
    size_t passed = 0;
    for (size_t i = 0; i < text.len; i++) {
        passed += !note_vkey_parse(text.data, i, &k, NULL);
        text.data[i] ^= 1;
        passed += !note_vkey_parse(text.data, text.len, &k, NULL);
        text.data[i] ^= 1;
    }
    OK(!passed, "and none that is cut or altered");
    parley_text_release(&text);
}

static void kept_file(void)
{
    static struct witness_log log[2], back[WITNESS_LOGS_MAX];
    struct parley_text text;
    size_t n, passed = 0;
    known_at(&log[0], 0, 7);
    known_at(&log[1], 0, 9);
    memset(log[1].origin, 0, sizeof log[1].origin);
    memcpy(log[1].origin, "parley/zz", 9);
    parley_text_init(&text, WITNESS_STATE_MAX);
    witness_logs_text(log, 2, &text);
    OK(!witness_logs_parse(text.data, text.len, back, &n, NULL) && n == 2 && !memcmp(back, log, sizeof log), "what a witness keeps is read back");
    for (size_t i = 0; i < text.len; i++) /* whole lines may be missing at the end: nothing else */
        passed += i && text.data[i - 1] == '\n' ? witness_logs_parse(text.data, i, back, &n, NULL) != PARLEY_OK : witness_logs_parse(text.data, i, back, &n, NULL) == PARLEY_OK;
    OK(!passed, "cut within a line it is damaged");
    parley_text_clear(&text);
    struct witness_log again[2] = { log[0], log[0] };
    witness_logs_text(again, 2, &text);
    struct parley_error err = { 0 };
    OK(witness_logs_parse(text.data, text.len, back, &n, &err) == PARLEY_ECORRUPT && strstr(err.text, "line 3"), "one record twice is damage: %s", err.text);
    parley_text_release(&text);
}

/* --- the folder ----------------------------------------------------------------------------- */

static enum parley_status cosign(const char *folder, const struct ask *a, const char *author, struct parley_text *note, struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    struct parley_witnessed now;
    struct parley_text text;
    parley_text_init(&text, WITNESS_REQUEST_MAX);
    request(a, &text);
    parley_text_clear(note);
    enum parley_status status = parley_witness_cosign(folder, text.data, text.len, author, note, &arena, &now, err);
    OK(!status || !note->len, "%s", status ? err->text : "cosigned");
    parley_text_release(&text);
    parley_arena_release(&arena);
    return status;
}

static void put_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

static void folder(void)
{
    char base[] = "/tmp/parley-witness-XXXXXX", dir[64], path[96], command[160];
    struct parley_text vkey, note, author;
    struct parley_error err = { 0 };
    struct note parsed;
    struct note_vkey k;
    struct stat st;
    uint64_t time_s = 0;
    if (!mkdtemp(base))
        exit(1);
    snprintf(dir, sizeof dir, "%s/w", base);
    parley_text_init(&vkey, 256), parley_text_init(&note, NOTE_MAX), parley_text_init(&author, 256);
    note_vkey("CN", NOTE_ED25519, author_pk, &author);
    const char *key = parley_text_str(&author);
    OK(parley_witness_make(dir, "two words", &vkey, &err) == PARLEY_EINVAL && parley_witness_make(dir, "", &vkey, &err) == PARLEY_EINVAL, "a name with a blank, or none: %s", err.text);
    OK(!parley_witness_make(dir, "witness.example.org", &vkey, &err) && !note_vkey_parse(vkey.data, vkey.len, &k, NULL), "a witness is made");
    snprintf(path, sizeof path, "%s/witness.key", dir);
    OK(!stat(path, &st) && (st.st_mode & 0777) == 0600 && !stat(dir, &st) && (st.st_mode & 0777) == 0700, "nobody else can read it");
    OK(parley_witness_make(dir, "another", &vkey, &err) == PARLEY_EREFUSED, "and not made twice");

    OK(cosign(dir, &(struct ask){ .size = 3 }, NULL, &note, &err) == PARLEY_ENOTFOUND, "a record that nobody named is unknown");
    OK(cosign(dir, &(struct ask){ .size = 3 }, "nonsense", &note, &err) == PARLEY_EPARSE, "no key");
    OK(cosign(dir, &(struct ask){ .size = 3 }, vkey.data, &note, &err) == PARLEY_EINVAL, "the key of a witness is none of an author");
    OK(cosign(dir, &(struct ask){ .size = 3, .forged_key = true }, key, &note, &err) == PARLEY_EVERIFY, "signed by somebody else");
    OK(cosign(dir, &(struct ask){ .size = 3 }, key, &note, &err) == PARLEY_OK, "the first checkpoint");
    OK(!note_parse(note.data, note.len, &parsed, NULL) && parsed.n == 2 && note_verify(&parsed, "CN", NOTE_ED25519, author_pk, NULL) &&
           note_verify(&parsed, k.name, NOTE_COSIGNATURE, k.key, &time_s) && time_s > 1600000000, "carries the author's signature and the witness's");
    OK(cosign(dir, &(struct ask){ .old = 3, .size = 8 }, NULL, &note, &err) == PARLEY_OK, "an extension");
    OK(cosign(dir, &(struct ask){ .old = 8, .size = 8 }, key, &note, &err) == PARLEY_OK, "the same again");
    OK(cosign(dir, &(struct ask){ .old = 3, .size = 5 }, NULL, &note, &err) == PARLEY_EREFUSED && strstr(err.text, "does not go back to 5"), "rollback of size");
    OK(cosign(dir, &(struct ask){ .old = 0, .size = 9 }, NULL, &note, &err) == PARLEY_EREFUSED && strstr(err.text, "--from 8"), "from the beginning: it says where it stands");
    OK(cosign(dir, &(struct ask){ .record = 1, .old = 8, .size = 9 }, NULL, &note, &err) == PARLEY_EVERIFY, "a rewritten record, longer");
    OK(cosign(dir, &(struct ask){ .record = 1, .old = 8, .size = 8 }, NULL, &note, &err) == PARLEY_EVERIFY, "a rewritten record of the same size");
    OK(cosign(dir, &(struct ask){ .old = 8, .size = 9, .origin = "parley/0/0/2" }, NULL, &note, &err) == PARLEY_ENOTFOUND, "the author's key under another origin");
    char other[200];
    struct parley_text text;
    parley_text_init(&text, 256);
    note_vkey("CN", NOTE_ED25519, other_pk, &text);
    snprintf(other, sizeof other, "%s", parley_text_str(&text));
    parley_text_release(&text);
    OK(cosign(dir, &(struct ask){ .old = 8, .size = 9 }, other, &note, &err) == PARLEY_EREFUSED, "a record keeps its author's key");
    OK(cosign(dir, &(struct ask){ .old = 8, .size = 9 }, NULL, &note, &err) == PARLEY_OK, "what was refused changed nothing");

    chmod(dir, 0777);
    OK(cosign(dir, &(struct ask){ .old = 9, .size = 9 }, NULL, &note, &err) == PARLEY_EREFUSED && strstr(err.text, "chmod 700"), "a folder into which others may write");
    chmod(dir, 0700);

    /* of many at once, one */
    int got = 0;
    fflush(stdout);
    for (uint64_t i = 0; i < 6; i++) {
        pid_t pid = fork();
        if (!pid) {
            struct parley_arena arena = { 0 };
            struct parley_witnessed now;
            struct parley_text ask;
            parley_text_init(&ask, WITNESS_REQUEST_MAX);
            request(&(struct ask){ .old = 9, .size = 10 + i }, &ask);
            _exit(parley_witness_cosign(dir, ask.data, ask.len, NULL, &note, &arena, &now, NULL) != PARLEY_OK);
        }
    }
    for (int i = 0; i < 6; i++) {
        int state;
        wait(&state);
        got += WIFEXITED(state) && !WEXITSTATUS(state);
    }
    OK(got == 1, "of six requests at once that begin at one size, one is cosigned (%d)", got);

    snprintf(path, sizeof path, "%s/records", dir);
    put_file(path, "parley witness records v1\nrubbish\n");
    OK(cosign(dir, &(struct ask){ .old = 0, .size = 9 }, key, &note, &err) == PARLEY_ECORRUPT && strstr(err.text, "line 2"), "damaged records");
    unlink(path);
    OK(cosign(dir, &(struct ask){ .old = 0, .size = 9 }, key, &note, &err) != PARLEY_OK, "a witness whose records are lost cosigns nothing");
    OK(parley_witness_make(dir, "witness.example.org", &vkey, &err) == PARLEY_EREFUSED, "and is not made anew over its key");
    snprintf(path, sizeof path, "%s/witness.key", dir);
    chmod(path, 0644);
    OK(cosign(dir, &(struct ask){ .old = 0, .size = 9 }, key, &note, &err) == PARLEY_EREFUSED, "a key that others may read");
    chmod(path, 0600);
    put_file(path, "parley-witness-v1 x\n");
    OK(cosign(dir, &(struct ask){ .old = 0, .size = 9 }, key, &note, &err) == PARLEY_ECORRUPT, "a damaged key");
    snprintf(command, sizeof command, "rm -rf %s", base);
    (void)!system(command);
    parley_text_release(&vkey), parley_text_release(&note), parley_text_release(&author);
}

/* --- vectors -------------------------------------------------------------------------------- */

static const struct ask steps[] = {
    { .name = "signed by another key", .size = 3, .forged_key = true },
    { .name = "the proof begins where nothing was cosigned", .old = 2, .size = 3 },
    { .name = "the first", .size = 3 },
    { .name = "an extension", .old = 3, .size = 8 },
    { .name = "the same again", .old = 8, .size = 8 },
    { .name = "smaller than what was cosigned", .old = 3, .size = 5 },
    { .name = "begins behind", .old = 3, .size = 11 },
    { .name = "begins at nothing", .size = 11 },
    { .name = "the old size above the checkpoint's", .old = 8, .size = 7 },
    { .name = "another root of the same size", .record = 1, .old = 8, .size = 8 },
    { .name = "rewritten, with a proof of its own record", .record = 1, .old = 8, .size = 11 },
    { .name = "another origin under the same key", .old = 8, .size = 11, .origin = "parley/00112233445566778899aabbccddeeff/0123456789abcdef0123456789abcdef/2" },
    { .name = "a long extension", .old = 8, .size = 20 },
};

static void put_key(struct parley_json *json, const char *key, const char *seed, const char *name, int algorithm, const uint8_t pk[32])
{
    struct parley_text vkey;
    parley_text_init(&vkey, 256);
    note_vkey(name, algorithm, pk, &vkey);
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_string(json, "seed", seed);
    parley_json_put_string(json, "vkey", parley_text_str(&vkey));
    parley_json_object_end(json);
    parley_text_release(&vkey);
}

static void put_step(struct parley_json *json, const struct ask *a, struct witness_log *log, uint64_t time_s)
{
    struct witness_request r;
    struct note note;
    struct checkpoint c;
    struct parley_text text, answer;
    parley_text_init(&text, WITNESS_REQUEST_MAX);
    parley_text_init(&answer, NOTE_MAX);
    request(a, &text);
    bool parsed = !witness_request_parse(text.data, text.len, &r, NULL) && !checkpoint_note_parse(r.note, r.note_len, &note, &c, NULL);
    bool good = parsed && !witness_judge(log, &r, &note, &c, NULL);
    if (good) {
        log->size = c.size;
        memcpy(log->root, c.root, HASH_LEN);
        note_cosign(note.text, note.text_len, "witness.example.org", witness_pk, witness_sk, time_s, &answer);
    }
    parley_json_object(json);
    parley_json_put_string(json, "name", a->name);
    parley_json_put_string(json, "request", parley_text_str(&text));
    parley_json_put_bool(json, "cosigned", good);
    parley_json_put_integer(json, "time", (int64_t)time_s);
    parley_json_put_string(json, "line", good ? parley_text_str(&answer) : NULL);
    parley_json_put_integer(json, "stands_at", (int64_t)log->size);
    parley_json_object_end(json);
    parley_text_release(&text);
    parley_text_release(&answer);
}

static void compute(struct parley_text *out)
{
    struct parley_json json;
    struct witness_log log;
    known_at(&log, 0, 0);
    parley_json_init(&json, out, true);
    parley_json_object(&json);
    put_key(&json, "witness", "32 x b0 (hex bytes)", "witness.example.org", NOTE_COSIGNATURE, witness_pk);
    put_key(&json, "author", "32 x a1", "CN", NOTE_ED25519, author_pk);
    parley_json_put_string(&json, "origin", origin);
    parley_json_put_string(&json, "leaves", "leaf data are the decimal numbers 1 to 20; in rewritten records the third is '3 rewritten'");
    parley_json_key(&json, "steps");
    parley_json_array(&json);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        put_step(&json, &steps[i], &log, 1800000000 + i);
    parley_json_array_end(&json);
    parley_json_object_end(&json);
    parley_text_addc(out, '\n');
}

int main(void)
{
    struct parley_arena arena = { 0 };
    struct parley_text text;
    const char *write = getenv("PARLEY_WRITE_VECTORS"), *source = getenv("PARLEY_SOURCE") ? getenv("PARLEY_SOURCE") : ".";
    char *data;
    size_t len;
    if (crypto_init(NULL))
        return 1;
    setup();
    parley_text_init(&text, 1 << 20);
    compute(&text);
    if (write)
        return parley_file_write(write, text.data, text.len, NULL) != PARLEY_OK;
    OK(!parley_file_read(parley_arena_printf(&arena, "%s/tests/vectors/channel/witness.json", source), 1 << 20, &arena, &data, &len, NULL) && len == text.len && !memcmp(data, text.data, len),
       "witness.json: requests, verdicts and lines are those of the file");
    parley_text_release(&text);
    parley_arena_release(&arena);
    all_sizes();
    forged_proofs();
    forms();
    kept_file();
    folder();
    return done();
}

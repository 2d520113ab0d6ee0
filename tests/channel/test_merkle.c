/* Trees and notes: our proofs against a slow definition, other programs' vectors against our verifiers. */
#include "channel/note.h"
#include "vectors.h"

#include <dirent.h>
#include <string.h>

static struct parley_arena arena;

/* RFC 6962 section 2.1, word by word. */
static void slow_root(const uint8_t (*leaf)[32], size_t n, uint8_t out[32])
{
    if (n == 1) {
        memcpy(out, leaf[0], 32);
        return;
    }
    size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    uint8_t both[65] = { 1 };
    slow_root(leaf, k, both + 1);
    slow_root(leaf + k, n - k, both + 33);
    sha256(both, 65, out);
}

static void own_proofs(void)
{
    enum { N = 41 };
    uint8_t leaf[N][32], root[N + 1][32], path[MERKLE_PATH_MAX][32];
    size_t inclusion = 0, consistency = 0, roots = 0, flips = 0;
    for (size_t i = 0; i < N; i++)
        merkle_leaf(&(uint8_t){ (uint8_t)i }, 1, leaf[i]);
    for (size_t n = 1; n <= N; n++) {
        uint8_t slow[32];
        merkle_root((const uint8_t(*)[32])leaf, n, root[n]);
        slow_root((const uint8_t(*)[32])leaf, n, slow);
        roots += !memcmp(root[n], slow, 32);
        for (size_t i = 0; i < n; i++) {
            size_t len = merkle_inclusion((const uint8_t(*)[32])leaf, n, i, path);
            inclusion += merkle_inclusion_verify(leaf[i], i, n, (const uint8_t(*)[32])path, len, root[n]);
            if (len) {
                path[len - 1][7] ^= 1;
                flips += merkle_inclusion_verify(leaf[i], i, n, (const uint8_t(*)[32])path, len, root[n]);
            }
        }
        for (size_t m = 1; m <= n; m++) {
            size_t len = merkle_consistency((const uint8_t(*)[32])leaf, m, n, path);
            consistency += merkle_consistency_verify(m, root[m], n, root[n], (const uint8_t(*)[32])path, len);
            flips += m < n && merkle_consistency_verify(m, root[n], n, root[n], (const uint8_t(*)[32])path, len);
        }
    }
    OK(roots == N, "roots agree with the definition");
    OK(inclusion == N * (N + 1) / 2, "every inclusion proof of up to %d leaves", N);
    OK(consistency == N * (N + 1) / 2, "every consistency proof");
    OK(flips == 0, "no altered proof is taken");
}

static void proof_files(const char *folder, bool consistency)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    static size_t files, agree;
    for (struct dirent *e; (e = readdir(dir));) {
        char path[2000];
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (!strstr(e->d_name, ".json")) {
            proof_files(path, consistency);
            continue;
        }
        const struct parley_node *t = load_json(&arena, folder, e->d_name), *list = parley_node_get(t, "proof");
        uint8_t(*proof)[32] = parley_arena_calloc(&arena, list ? list->n + 1 : 1, 32);
        bool sound = true, want_error = !t || !strcmp(text_of(t, "wantErr"), "true"); /* an index beyond 2^63 is no JSON to us */
        for (size_t i = 0; list && i < list->n; i++) {
            struct blob b = base64_of(&arena, &list->child[i]);
            if (b.data && b.len == 32)
                memcpy(proof[i], b.data, 32);
            else
                sound = false;
        }
        size_t n = list ? list->n : 0;
        bool ok;
        if (consistency) {
            struct blob r1 = base64_of(&arena, parley_node_get(t, "root1")), r2 = base64_of(&arena, parley_node_get(t, "root2"));
            uint64_t m = strtoull(text_of(t, "size1"), NULL, 10), size = strtoull(text_of(t, "size2"), NULL, 10);
            ok = sound && r1.len == 32 && r2.len == 32 && merkle_consistency_verify(m, r1.data, size, r2.data, (const uint8_t(*)[32])proof, n);
        } else {
            struct blob root = base64_of(&arena, parley_node_get(t, "root")), leaf = base64_of(&arena, parley_node_get(t, "leafHash"));
            ok = sound && root.len == 32 && leaf.len == 32 &&
                 merkle_inclusion_verify(leaf.data, strtoull(text_of(t, "leafIdx"), NULL, 10), strtoull(text_of(t, "treeSize"), NULL, 10),
                                         (const uint8_t(*)[32])proof, n, root.data);
        }
        files++;
        agree += ok != want_error;
        if (ok == want_error)
            printf("# %s: ours %d\n", path, ok);
    }
    closedir(dir);
    if (strstr(folder, consistency ? "/consistency" : "/inclusion") && !strrchr(strstr(folder, "merkle-rfc6962/") + 15, '/'))
        OK(files > 30 && agree == files, "%s: %zu of %zu files", consistency ? "consistency" : "inclusion", agree, files);
}

static void notes(void)
{
    uint8_t seed[32] = { 7 }, pk[32], sk[64];
    sign_keypair_from_seed(seed, pk, sk);
    struct parley_text text, note;
    parley_text_init(&text, NOTE_MAX);
    parley_text_init(&note, NOTE_MAX);
    struct checkpoint c = { "parley/aa/bb", 5, { 1, 2, 3 } }, d;
    checkpoint_text(&c, &text);
    parley_text_addf(&note, "%s\n", text.data);
    note_sign(text.data, text.len, "CN", pk, sk, &note);
    note_cosign(text.data, text.len, "US", pk, sk, 1700000000, &note);
    struct note parsed;
    uint64_t when = 0;
    OK(!note_parse(note.data, note.len, &parsed, NULL) && parsed.n == 2, "a note reads back");
    OK(note_verify(&parsed, "CN", NOTE_ED25519, pk, NULL) && note_verify(&parsed, "US", NOTE_COSIGNATURE, pk, &when) && when == 1700000000,
       "signature and cosignature verify");
    OK(!note_verify(&parsed, "US", NOTE_ED25519, pk, NULL) && !note_verify(&parsed, "XX", NOTE_ED25519, pk, NULL), "not under another name");
    OK(!checkpoint_parse(parsed.text, parsed.text_len, &d, NULL) && d.size == 5 && !memcmp(d.root, c.root, 32) && !strcmp(d.origin, c.origin), "the checkpoint reads back");
    size_t taken = 0;
    for (size_t i = 0; i < note.len; i++) {
        char *copy = parley_arena_copy(&arena, note.data, note.len);
        copy[i] ^= 1;
        if (!note_parse(copy, note.len, &parsed, NULL) && note_verify(&parsed, "CN", NOTE_ED25519, pk, NULL) &&
            note_verify(&parsed, "US", NOTE_COSIGNATURE, pk, NULL))
            taken++;
    }
    OK(taken == 0, "a changed bit anywhere is noticed");
    struct tlog_proof proof;
    struct parley_text t;
    parley_text_init(&t, NOTE_MAX);
    uint8_t path[2][32] = { { 9 }, { 8 } };
    tlog_proof_text(3, (const uint8_t(*)[32])path, 2, note.data, &t);
    OK(!tlog_proof_parse(t.data, t.len, &proof, NULL) && proof.index == 3 && proof.path_len == 2 && proof.checkpoint_len == note.len &&
           !memcmp(proof.path, path, 64), "a tlog proof reads back");
    parley_text_release(&t);
    parley_text_release(&text);
    parley_text_release(&note);
}

static void c2sp(const char *folder)
{
    const struct parley_node *all = load_json(&arena, folder, "c2sp/spec-examples.json");
    const struct parley_node *first = parley_node_get(all, "signed_note");
    const char *vkey = text_of(first, "vkey"), *text = text_of(first, "note"), *b64 = strrchr(vkey, '+');
    uint8_t key[64];
    size_t n;
    struct note note;
    OK(b64 && from_base64(strstr(vkey, "+530d903a+") + 10, strlen(strstr(vkey, "+530d903a+") + 10), key, sizeof key, &n) && n == 33 && key[0] == 1 &&
           !note_parse(text, strlen(text), &note, NULL) && note_verify(&note, "example.com/foo", NOTE_ED25519, key + 1, NULL),
       "the example note of the specification verifies");
    struct parley_text again;
    parley_text_init(&again, 200);
    note_vkey("example.com/foo", NOTE_ED25519, key + 1, &again);
    OK(same(parley_text_str(&again), vkey), "its verifier key is written the same");
    parley_text_release(&again);
    text = text_of(parley_node_get(all, "checkpoint_with_cosignature"), "note");
    struct checkpoint c;
    OK(!note_parse(text, strlen(text), &note, NULL) && note.n == 2 && !checkpoint_parse(note.text, note.text_len, &c, NULL) && c.size == 20852163,
       "the example checkpoint reads");
}

int main(void)
{
    if (crypto_init(NULL))
        return 1;
    own_proofs();
    notes();
    const char *folder = reference_folder();
    if (folder) {
        char path[1000];
        snprintf(path, sizeof path, "%s/channel/merkle-rfc6962/inclusion", folder);
        proof_files(path, false);
        snprintf(path, sizeof path, "%s/channel/merkle-rfc6962/consistency", folder);
        proof_files(path, true);
        snprintf(path, sizeof path, "%s/channel", folder);
        c2sp(path);
    }
    parley_arena_release(&arena);
    return done();
}

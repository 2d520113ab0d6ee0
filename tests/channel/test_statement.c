/* Statements and bodies: the byte table, every flipped bit, strict I-JSON; the vectors of tests/vectors/channel. */
#include "channel/bytes.h"
#include "vectors.h"

#include <dirent.h>
#include <parley/channel_statement.h>
#include <parley/json.h>

static struct parley_arena arena;

static const struct {
    const char *body;
    enum parley_status status;
} bodies[] = {
    { "{}", PARLEY_OK },
    { " { \"a\" : [ 1 , -2, true , null , {} ] } \n", PARLEY_OK },
    { "{\"a\":9007199254740991}", PARLEY_OK },
    { "{\"a\":9007199254740992}", PARLEY_EPARSE },
    { "{\"a\":1.0}", PARLEY_EPARSE },
    { "{\"a\":1e3}", PARLEY_EPARSE },
    { "{\"a\":-0}", PARLEY_EPARSE },
    { "{\"a\":01}", PARLEY_EPARSE },
    { "{\"a\":1,\"a\":2}", PARLEY_EPARSE },
    { "{\"a\":1,\"\\u0061\":2}", PARLEY_EPARSE }, /* the same name behind an escape */
    { "{\"a\":{\"a\":1},\"b\":{\"a\":1}}", PARLEY_OK },
    { "{\"a\":\"\\ud800\"}", PARLEY_EPARSE },
    { "{\"a\":\"\\ud83d\\ude00\"}", PARLEY_OK },
    { "{\"a\":\"\\uffff\"}", PARLEY_EPARSE },
    { "{\"a\":\"pay\\u0000 nothing\"}", PARLEY_EPARSE }, /* a reader that stops at NUL sees another text */
    { "{\"\\u0000a\":1}", PARLEY_EPARSE },
    { "{\"a\":\"\xef\xbf\xbe\"}", PARLEY_EPARSE },
    { "{\"a\":\"\xff\"}", PARLEY_EPARSE },
    { "\xef\xbb\xbf{}", PARLEY_EPARSE }, /* a BOM */
    { "[]", PARLEY_EPARSE },
    { "{} {}", PARLEY_EPARSE },
    { "{\"a\":1,}", PARLEY_EPARSE },
    { "{\"a\":\"\t\"}", PARLEY_EPARSE },
    { "", PARLEY_EPARSE },
    { "{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}", PARLEY_OK },          /* 16 levels */
    { "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", PARLEY_ELIMIT },    /* 17 */
};

static void check_bodies(void)
{
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct parley_error err = { 0 };
        enum parley_status status = parley_body_check(bodies[i].body, strlen(bodies[i].body), "body", &err);
        OK(status == bodies[i].status, "body %.40s: %s", bodies[i].body, err.text);
    }
    struct parley_error err = { 0 };
    OK(parley_body_check("{\n \"a\": x}", 10, "b.json", &err) == PARLEY_EPARSE && same(err.text, "b.json:2:7: expected a value"), "line and column");
}

/* n_ files must be refused, y_ files taken when wrapped in an object, unless they hold what I-JSON forbids. */
static void json_suite(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t refused = 0, n_files = 0, y_files = 0, taken = 0, narrower = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char path[2000], *data;
        size_t len;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (!strstr(e->d_name, ".json") || parley_file_read(path, 1 << 20, &arena, &data, &len, NULL))
            continue;
        char *wrapped = parley_arena_alloc(&arena, len + 8);
        memcpy(wrapped, "{\"x\":", 5);
        memcpy(wrapped + 5, data, len);
        wrapped[5 + len] = '}';
        bool plain = !parley_body_check(data, len, "x", NULL), inside = !parley_body_check(wrapped, len + 6, "x", NULL);
        if (e->d_name[0] == 'n') {
            n_files++;
            refused += !plain;
            if (plain)
                printf("# taken: %s\n", e->d_name);
        } else if (e->d_name[0] == 'y') {
            y_files++;
            taken += inside;
            narrower += !inside && (strstr(e->d_name, "number") || strstr(e->d_name, "duplicat") || strstr(e->d_name, "nonchar") || strstr(e->d_name, "real") ||
                                     strstr(e->d_name, "last_surrogates") || strstr(e->d_name, "null_escape") || strstr(e->d_name, "escaped_null") || strstr(e->d_name, "FDD0") || strstr(e->d_name, "FFFE") || strstr(e->d_name, "FFFF"));
            if (!inside)
                printf("# narrower than JSON: %s\n", e->d_name);
        }
    }
    if (dir)
        closedir(dir);
    OK(n_files > 80 && refused == n_files, "%zu of %zu broken JSON files are refused", refused, n_files);
    OK(y_files > 40 && taken + narrower == y_files, "%zu of %zu good ones are taken, %zu are JSON but not I-JSON with integers", taken, y_files, narrower);
}

static struct parley_statement example(uint64_t seq)
{
    struct parley_statement s = { .kind = 1, .type = PARLEY_TYPE_INCIDENT_NOTIFICATION, .precedence = PARLEY_FLASH, .tlp = PARLEY_TLP_AMBER,
                                  .epoch = 1, .seq = seq, .time_us = 1763700000000000, .within_s = 21600 };
    memset(s.pair, 0x11, 32);
    memset(s.author, 0x22, 32);
    if (seq > 1)
        memset(s.previous, 0x33, 32);
    return s;
}

static void check_codec(void)
{
    uint8_t seed[32] = { 1 }, pk[32], sk[64], bytes[PARLEY_STATEMENT_LEN], hash[32], again[32];
    sign_keypair_from_seed(seed, pk, sk);
    struct parley_statement s = example(1), back;
    OK(!parley_statement_sign(&s, sk, bytes, NULL) && !parley_statement_decode(bytes, &back, NULL) && !memcmp(&s, &back, sizeof s), "encode, decode");
    OK(parley_statement_verify(bytes, pk), "it verifies");
    parley_statement_hash(bytes, hash);
    size_t noticed = 0;
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        parley_statement_hash(bytes, again);
        noticed += !parley_statement_verify(bytes, pk) && memcmp(hash, again, 32);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    OK(noticed == 8 * sizeof bytes, "each of %zu flipped bits breaks signature and hash", noticed);
    static const struct {
        const char *what;
        size_t at;
        uint8_t value;
    } bad[] = { { "magic", 0, 'X' }, { "version", 4, 2 }, { "kind of another type", 5, 2 }, { "suite", 6, 9 }, { "unknown flag", 7, 2 }, { "unknown type", 199, 99 },
                { "epoch 0", 75, 0 }, { "seq 0", 83, 0 }, { "time beyond 9999", 84, 0x7f }, { "previous of a first", 92, 1 }, { "seen without hash", 131, 1 },
                { "precedence", 196, 5 }, { "TLP", 197, 0 }, { "body of 16 MiB", 200, 1 } };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t copy[PARLEY_STATEMENT_LEN];
        struct parley_error err = { 0 };
        memcpy(copy, bytes, sizeof copy);
        copy[bad[i].at] = bad[i].value;
        OK(parley_statement_decode(copy, &back, &err) == PARLEY_EPARSE, "%s: %s", bad[i].what, err.text);
    }
    s.precedence = 9;
    OK(parley_statement_sign(&s, sk, bytes, NULL) == PARLEY_EINVAL, "what decode refuses is not signed");
    uint8_t p;
    OK(parley_tlp_parse("tlp:amber+strict", &p) && p == 4 && !parley_tlp_parse("PINK", &p) && parley_precedence_parse("flash", &p) && p == 4, "labels");
    size_t n, codes = 0;
    const struct parley_type_info *t = parley_types(&n);
    for (size_t i = 0; i < n; i++)
        codes += parley_type_by_code(t[i].code) == &t[i] && parley_type_by_name(t[i].name) == &t[i];
    OK(codes == n, "types have unique codes and names");
}

/* Three linked statements from fixed seeds: what tests/vectors/channel/statements.json says. --update prints that file. */
static void make_vectors(struct parley_text *out)
{
    struct parley_json json;
    parley_json_init(&json, out, true);
    parley_json_array(&json);
    uint8_t seed[32], pk[32], sk[64], bytes[PARLEY_STATEMENT_LEN], previous[32] = { 0 }, salt[32];
    char hex[2 * PARLEY_STATEMENT_LEN + 1];
    memset(seed, 0x42, 32);
    sign_keypair_from_seed(seed, pk, sk);
    static const char *const body[] = { "{\"what\":\"test\"}", "{\"text\":\"\xe4\xba\x8b\xe4\xbb\xb6\"}", "{\"receipt\":\"stored\"}" };
    for (uint64_t i = 1; i <= 3; i++) {
        struct parley_statement s = example(i);
        memcpy(s.previous, previous, 32);
        memset(salt, (int)i, 32);
        s.body_len = (uint32_t)strlen(body[i - 1]);
        parley_body_commit(salt, body[i - 1], s.body_len, s.commitment);
        if (i == 3) {
            s.kind = PARLEY_KIND_RECEIPT, s.type = PARLEY_TYPE_RECEIPT, s.within_s = 0;
            s.seen_seq = 9;
            memset(s.seen_hash, 0x99, 32);
            memset(s.reply_to, 0x99, 32);
        }
        if (parley_statement_sign(&s, sk, bytes, NULL))
            return;
        parley_statement_hash(bytes, previous);
        parley_json_object(&json);
        to_hex(seed, 32, hex);
        parley_json_put_string(&json, "signing_seed", hex);
        to_hex(pk, 32, hex);
        parley_json_put_string(&json, "signing_key", hex);
        to_hex(salt, 32, hex);
        parley_json_put_string(&json, "salt", hex);
        parley_json_put_string(&json, "body", body[i - 1]);
        to_hex(bytes, sizeof bytes, hex);
        parley_json_put_string(&json, "statement", hex);
        to_hex(previous, 32, hex);
        parley_json_put_string(&json, "hash", hex);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_text_addc(out, '\n');
}

int main(int argc, char **argv)
{
    if (crypto_init(NULL))
        return 1;
    struct parley_text vectors;
    parley_text_init(&vectors, 1 << 20);
    make_vectors(&vectors);
    if (argc > 1 && !strcmp(argv[1], "--update")) {
        fputs(vectors.data, stdout);
        return 0;
    }
    check_codec();
    check_bodies();
    char path[1000], *file;
    size_t len;
    const char *source = getenv("PARLEY_SOURCE");
    snprintf(path, sizeof path, "%s/tests/vectors/channel/statements.json", source ? source : ".");
    OK(!parley_file_read(path, 1 << 20, &arena, &file, &len, NULL) && !strcmp(file, parley_text_str(&vectors)), "the published vectors are what this code makes");
    if (reference_folder()) {
        snprintf(path, sizeof path, "%s/channel/json-parsing", reference_folder());
        json_suite(path);
    }
    parley_text_release(&vectors);
    parley_arena_release(&arena);
    return done();
}

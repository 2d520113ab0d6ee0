/* The relay: mailboxes by tag on disk, with tokens and quotas. It learns tags, sizes and times; units are sealed. Names on disk are
 * hex digits that were checked, so no request names a path. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/relay_box.h"
#include "channel/relay.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <parley/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TOKENS_MAX = 1024, TOKEN_LEN_MAX = 128, ADDRESSES_MAX = 1024, YEARS = 3 };

struct relay {
    const struct parley_relay_options *o;
    const struct parley_channel_log *log;
    struct parley_desk logger; /* only its log is used */
    char token[TOKENS_MAX][TOKEN_LEN_MAX + 1];
    size_t n_tokens;
    struct { char from[64]; uint64_t n; } address[ADDRESSES_MAX];
    int64_t minute;
    struct hush refused;
    struct parley_arena arena; /* of key and certificate, PEM */
    char *key, *cert;
    uint8_t pin[HASH_LEN];
    struct relay_signer signer;
};

/* key.pem and cert.pem of the relay, made when missing. */
static enum parley_status identity(const char *folder, struct parley_arena *arena, char **key, char **cert, uint8_t pin[HASH_LEN], struct parley_error *err)
{
    char key_path[1100], cert_path[1100], pin_path[1100], *hex;
    size_t len;
    struct stat st;
    snprintf(key_path, sizeof key_path, "%.1000s/key.pem", folder);
    snprintf(cert_path, sizeof cert_path, "%.1000s/cert.pem", folder);
    snprintf(pin_path, sizeof pin_path, "%.1000s/pin", folder);
    enum parley_status status = crypto_init(err);
    if (!status && mkdir(folder, 0700) && errno != EEXIST)
        status = parley_fail(err, PARLEY_EIO, "%s: the relay's folder cannot be made", folder);
    if (!status && stat(key_path, &st)) {
        char *made_key = NULL, *made_cert = NULL, text[65];
        int64_t now = clock_us();
        status = tls_make("relay", now, now + YEARS * 365 * INT64_C(86400000000), &made_key, &made_cert, pin, err);
        to_hex(pin, HASH_LEN, text);
        if (!status && !(status = parley_file_write_private(cert_path, made_cert, strlen(made_cert), err)) && !(status = parley_file_write_private(pin_path, text, 64, err)))
            status = parley_file_write_private(key_path, made_key, strlen(made_key), err);
        free(made_key);
        free(made_cert);
    }
    if (!status)
        status = parley_file_read(key_path, 1 << 16, arena, key, &len, err);
    if (!status)
        status = parley_file_read(cert_path, 1 << 16, arena, cert, &len, err);
    if (!status)
        status = parley_file_read(pin_path, 64, arena, &hex, &len, err);
    if (!status && !from_hex(hex, len, pin, HASH_LEN))
        status = parley_fail(err, PARLEY_ECORRUPT, "%s: expected 64 hex digits", pin_path);
    return status;
}

enum parley_status parley_relay_pin(const char *folder, char pin[65], struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    char *key, *cert;
    uint8_t raw[HASH_LEN];
    enum parley_status status = identity(folder, &arena, &key, &cert, raw, err);
    if (!status)
        to_hex(raw, HASH_LEN, pin);
    parley_arena_release(&arena);
    return status;
}

static enum parley_status read_tokens(struct relay *r, struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    char *data;
    size_t len;
    enum parley_status status = parley_file_read(r->o->tokens, 1 << 20, &arena, &data, &len, err);
    for (char *p = data; !status && *p;) {
        size_t n = strcspn(p, "\r\n");
        if (n && (n < PARLEY_RELAY_TOKEN_MIN || n > TOKEN_LEN_MAX))
            status = parley_fail(err, PARLEY_EINVAL, "%s: a token has %d to %d bytes; found one of %zu", r->o->tokens, PARLEY_RELAY_TOKEN_MIN, TOKEN_LEN_MAX, n);
        else if (n && r->n_tokens == TOKENS_MAX)
            status = parley_fail(err, PARLEY_ELIMIT, "%s: more than %d tokens", r->o->tokens, TOKENS_MAX);
        else if (n)
            snprintf(r->token[r->n_tokens++], TOKEN_LEN_MAX + 1, "%.*s", (int)n, p);
        p += n;
        p += strspn(p, "\r\n");
    }
    if (!status && !r->n_tokens)
        status = parley_fail(err, PARLEY_EINVAL, "%s: no token; nobody could use the relay", r->o->tokens);
    parley_arena_release(&arena);
    return status;
}

static bool token_ok(const struct relay *r, const char *token)
{
    bool ok = false;
    size_t len = token ? strlen(token) : 0;
    for (size_t i = 0; token && i < r->n_tokens; i++)
        ok |= strlen(r->token[i]) == len && same_bytes(r->token[i], token, len);
    return ok;
}

/* Requests of one address in this minute. */
static bool over_rate(struct relay *r, const char *from)
{
    int64_t minute = clock_us() / 60000000;
    if (minute != r->minute) {
        memset(r->address, 0, sizeof r->address);
        r->minute = minute;
    }
    for (size_t i = 0; i < ADDRESSES_MAX; i++) {
        if (!r->address[i].from[0])
            snprintf(r->address[i].from, sizeof r->address[i].from, "%s", from);
        if (!strcmp(r->address[i].from, from))
            return ++r->address[i].n > (r->o->requests_per_minute ? r->o->requests_per_minute : 6000);
    }
    return true; /* more addresses than we count */
}

/* "/v1/box/TAG", "/v1/box/TAG/ID" or "/v1/list/TAG"; tag and id are copied only when they are hex of the right length. */
static bool parse_path(const char *path, char tag[33], char id[65], bool *list)
{
    uint8_t raw[32];
    id[0] = 0;
    *list = !strncmp(path, "/v1/list/", 9);
    if (*list)
        path++; /* the tag begins one later */
    if ((!*list && strncmp(path, "/v1/box/", 8)) || strlen(path) < 40 || !from_hex(path + 8, 32, raw, 16))
        return false;
    memcpy(tag, path + 8, 32);
    tag[32] = 0;
    if (!path[40])
        return true;
    if (*list)
        return false;
    if (path[40] != '/' || !from_hex(path + 41, strlen(path + 41), raw, 32))
        return false;
    memcpy(id, path + 41, 65);
    return true;
}

unsigned relay_head(void *ctx, struct call *call)
{
    struct relay *r = ctx;
    char tag[33], id[65];
    bool list;
    unsigned code = !token_ok(r, call->token) ? 401 : over_rate(r, call->from) ? 429 : !parse_path(call->path, tag, id, &list) ? 404 : 0;
    uint64_t hidden;
    if (code && hush_say(&r->refused, &hidden))
        log_line(&r->logger, "event=refused from=%s code=%u more=%llu", call->from, code, (unsigned long long)hidden);
    return code;
}

/* Oldest unit of a box (names begin with a counter), number and bytes in it. */
static void survey(const char *box, char oldest[300], uint64_t *units, uint64_t *bytes)
{
    DIR *dir = opendir(box);
    *units = *bytes = 0;
    oldest[0] = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char path[1500];
        struct stat st;
        if (e->d_name[0] == '.' || !strstr(e->d_name, ".unit") || strlen(e->d_name) > 255)
            continue;
        snprintf(path, sizeof path, "%.1100s/%s", box, e->d_name);
        if (!strcmp(path + strlen(path) - 5, ".unit") && !stat(path, &st)) {
            ++*units;
            *bytes += (uint64_t)st.st_size;
            if (!oldest[0] || strcmp(e->d_name, oldest) < 0)
                snprintf(oldest, 300, "%s", e->d_name);
        }
    }
    if (dir)
        closedir(dir);
}

/* Sign a text and hand it out. */
static unsigned give_note(struct relay *r, struct parley_text *text, unsigned code, struct call *call)
{
    struct parley_text out;
    parley_text_init(&out, 2 * NOTE_MAX);
    relay_signed(&r->signer, text, &out);
    parley_text_release(text);
    if (!out.failed && (call->answer = malloc(out.len))) {
        memcpy(call->answer, out.data, out.len);
        call->answer_len = out.len;
    }
    parley_text_release(&out);
    return code;
}

static unsigned deposit_note(struct relay *r, const struct deposit *d, unsigned code, struct call *call)
{
    struct parley_text text;
    parley_text_init(&text, NOTE_MAX);
    deposit_text(d, &text);
    return give_note(r, &text, code, call);
}

static unsigned listing(struct relay *r, const char *box, const char *tag, struct call *call)
{
    struct listing_note *l = malloc(sizeof *l);
    struct parley_text text;
    uint8_t raw[BOX_TAG_LEN];
    bool ok = l && from_hex(tag, 32, raw, BOX_TAG_LEN) && !box_listing(box, raw, clock_us(), l, NULL);
    parley_text_init(&text, NOTE_MAX);
    if (ok)
        listing_text(l, &text);
    else
        parley_text_release(&text);
    free(l);
    return ok ? give_note(r, &text, 200, call) : 503;
}

static unsigned deposit(struct relay *r, const char *box, const char *tag, struct call *call)
{
    uint8_t found[16], hash[HASH_LEN];
    uint32_t epoch;
    uint64_t units, bytes, number;
    struct deposit d = { .number = 0 };
    char oldest[300], hex[65], path[1400];
    to_hex(call->body && call->body_len > 24 ? call->body + 8 : hash, 16, hex);
    if (!call->body || unit_header(call->body, call->body_len, found, &epoch, NULL) || strcmp(hex, tag))
        return 400; /* no unit, or not for this box */
    survey(box, oldest, &units, &bytes);
    if (units >= (r->o->box_units ? r->o->box_units : 4096) || bytes + call->body_len > (r->o->box_bytes ? r->o->box_bytes : 64 << 20))
        return 429;
    if (!units) {
        DIR *all = opendir(r->o->folder);
        uint64_t n = 0;
        while (all && readdir(all))
            n++;
        if (all)
            closedir(all);
        if (n > (r->o->boxes ? r->o->boxes : 4096) + 5)
            return 429;
    }
    if (mkdir(box, 0700) && errno != EEXIST)
        return 503;
    sha256(call->body, call->body_len, hash);
    to_hex(hash, HASH_LEN, hex);
    DIR *dir = opendir(box); /* the same unit again is one unit */
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (strlen(e->d_name) > 21 && !strncmp(e->d_name + 21, hex, 64)) {
            bool numbered = parley_text_to_u64(e->d_name, 20, &number) && !box_log_read(box, found, number, &d, NULL) && !memcmp(d.unit, hash, HASH_LEN);
            closedir(dir);
            return numbered ? deposit_note(r, &d, 200, call) : 200;
        }
    if (dir)
        closedir(dir);
    memcpy(d.box, found, BOX_TAG_LEN);
    enum parley_status next = box_log_next(box, hash, call->body_len, clock_us(), &d, NULL);
    if (next)
        return next == PARLEY_ELIMIT ? 429 : 503;
    snprintf(path, sizeof path, "%.1100s/%020llu-%s.unit", box, (unsigned long long)d.number, hex);
    if (parley_file_write_private(path, call->body, call->body_len, NULL) || box_log_append(box, &d, NULL)) /* signed for only when both are on disk */
        return 503;
    return deposit_note(r, &d, 201, call);
}

static unsigned fetch(const char *box, struct call *call)
{
    char oldest[300], path[1500], *data;
    uint64_t units, bytes;
    size_t len;
    struct parley_arena arena = { 0 };
    survey(box, oldest, &units, &bytes);
    if (!oldest[0])
        return 404;
    snprintf(path, sizeof path, "%.1100s/%s", box, oldest);
    unsigned code = 503;
    if (!parley_file_read(path, UNIT_MAX, &arena, &data, &len, NULL) && (call->answer = malloc(len ? len : 1))) {
        memcpy(call->answer, data, len);
        call->answer_len = len;
        code = 200;
    }
    parley_arena_release(&arena);
    return code;
}

static unsigned drop(const char *box, const char *id)
{
    DIR *dir = opendir(box);
    unsigned code = 404;
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (strlen(e->d_name) > 21 && !strncmp(e->d_name + 21, id, 64)) {
            char path[1500];
            snprintf(path, sizeof path, "%.1100s/%.255s", box, e->d_name);
            code = unlink(path) ? 503 : 200;
            break;
        }
    if (dir)
        closedir(dir);
    return code;
}

unsigned relay_call(void *ctx, struct call *call)
{
    struct relay *r = ctx;
    char tag[33], id[65], box[1200];
    bool list;
    if (!parse_path(call->path, tag, id, &list))
        return 404;
    snprintf(box, sizeof box, "%.1000s/%s", r->o->folder, tag);
    unsigned code = 405;
    if (list)
        code = strcmp(call->method, "GET") ? 405 : listing(r, box, tag, call);
    else if (!strcmp(call->method, "POST") && !id[0])
        code = deposit(r, box, tag, call);
    else if (!strcmp(call->method, "GET") && !id[0])
        code = fetch(box, call);
    else if (!strcmp(call->method, "DELETE") && id[0])
        code = drop(box, id);
    if (code != 404)
        log_line(&r->logger, "event=%s box=%.8s bytes=%zu code=%u", !strcmp(call->method, "POST") ? "deposit" : !strcmp(call->method, "GET") ? "fetch" : "drop", tag,
                 call->body_len ? call->body_len : call->answer_len, code);
    return code;
}

enum parley_status relay_open(const struct parley_relay_options *o, const struct parley_channel_log *log, struct relay **out, struct parley_error *err)
{
    struct relay *r = *out = calloc(1, sizeof *r);
    if (!r)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    r->o = o;
    r->logger.log = *log;
    enum parley_status status = identity(o->folder, &r->arena, &r->key, &r->cert, r->pin, err);
    if (!status)
        status = read_tokens(r, err);
    if (!status && !tls_signing_key(r->key, r->signer.pk, r->signer.sk))
        status = parley_fail(err, PARLEY_ECORRUPT, "%s: key.pem is no Ed25519 key", o->folder);
    relay_name(r->pin, r->signer.name);
    return status;
}

void relay_close(struct relay *r)
{
    if (!r)
        return;
    parley_arena_release(&r->arena);
    wipe(&r->signer, sizeof r->signer);
    free(r);
}

enum parley_status parley_relay_run(const struct parley_relay_options *o, const struct parley_channel_log *log, volatile sig_atomic_t *stop, struct parley_error *err)
{
    struct relay *r;
    struct server *server = NULL;
    char hex[65];
    enum parley_status status = relay_open(o, log, &r, err);
    if (!status)
        status = server_start(o->listen, r->key, r->cert, relay_head, relay_call, r, &r->logger, &server, err);
    if (!status) {
        to_hex(r->pin, HASH_LEN, hex);
        log_line(&r->logger, "event=listening at=%s pin=%s", o->listen, hex);
    }
    while (!status && !__atomic_load_n(stop, __ATOMIC_RELAXED)) {
        struct timespec t = { 0, 100000000L };
        nanosleep(&t, NULL);
    }
    server_stop(server);
    relay_close(r);
    return status;
}

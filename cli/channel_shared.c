#define _POSIX_C_SOURCE 200809L
#include "channel_shared.h"

#include <parley/channel_attachment.h>
#include <parley/file.h>
#include <parley/time.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum parley_status open_desk(struct invocation *in, struct parley_desk **out)
{
    if (!in->desk)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "a channel needs a desk: 'parley --desk DIR init', then 'parley --desk DIR desk keys --party NAME'");
    struct parley_unlock unlock = { .passphrase_file = option_text(in, "passphrase-file") };
    return parley_desk_open(in->desk, &unlock, out, &in->err);
}

const char *utc_time(int64_t us, char out[TIME_TEXT])
{
    int y, m, d;
    int64_t s = us / 1000000;
    if (us <= 0)
        return memcpy(out, "-", 2);
    parley_civil_from_days(s / 86400, &y, &m, &d);
    snprintf(out, TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
    return out;
}

const char *both_times(int64_t us, char out[TIME_TEXT])
{
    struct tm local;
    time_t s = (time_t)(us / 1000000);
    char utc[TIME_TEXT], here[32];
    if (us <= 0 || !localtime_r(&s, &local))
        return utc_time(0, out);
    utc_time(us, utc);
    strftime(here, sizeof here, "%H:%M %z", &local);
    snprintf(out, TIME_TEXT, "%.20s (%.20s)", utc, here);
    return out;
}

static void log_stderr(void *ctx, const char *text)
{
    char now[TIME_TEXT];
    struct timespec t;
    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &t);
    fprintf(stderr, "time=%s %s\n", utc_time((int64_t)t.tv_sec * 1000000, now), text);
    fflush(stderr);
}

void log_to_stderr(struct parley_desk *desk)
{
    struct parley_channel_log log = { .line = log_stderr };
    parley_desk_set_log(desk, &log);
}

enum parley_status option_duration(struct invocation *in, const char *name, uint32_t *seconds, bool *given)
{
    const char *text = option_text(in, name);
    uint64_t n, unit = 1;
    *given = text != NULL;
    if (!text)
        return PARLEY_OK;
    size_t len = strlen(text);
    static const char letters[] = "smhd";
    static const uint64_t of[] = { 1, 60, 3600, 86400 };
    const char *k = len ? strchr(letters, text[len - 1]) : NULL;
    if (k && *k)
        unit = of[k - letters], len--;
    if (!parley_text_to_u64(text, len, &n) || n > 366u * 86400u / unit)
        return parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected a time such as 30m, 6h or 2d, at most a year; found '%.40s'", name, text);
    *seconds = (uint32_t)(n * unit);
    return PARLEY_OK;
}

const char *hash_text(const uint8_t hash[32], char out[65])
{
    for (int i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
    return out;
}

const char *type_label(const struct invocation *in, int code)
{
    const struct parley_type_info *t = parley_type_by_code(code);
    return t ? PARLEY_SAY(in->lang, t->en, t->zh) : "?";
}

static void put_time(struct parley_json *json, const char *key, int64_t us)
{
    char text[TIME_TEXT];
    parley_json_put_string(json, key, us > 0 ? utc_time(us, text) : NULL);
}

void said_json_open(struct parley_json *json, const struct parley_said *s, bool body)
{
    char hex[65];
    static const uint8_t none[32];
    const struct parley_type_info *t = parley_type_by_code(s->statement.type);
    parley_json_object(json);
    parley_json_put_string(json, "hash", hash_text(s->hash, hex));
    parley_json_put_string(json, "peer", s->peer);
    parley_json_put_bool(json, "ours", s->ours);
    parley_json_put_string(json, "author", hash_text(s->statement.author, hex));
    parley_json_put_integer(json, "epoch", s->statement.epoch);
    parley_json_put_integer(json, "seq", (int64_t)s->statement.seq);
    parley_json_put_string(json, "type", t ? t->name : "?");
    parley_json_put_string(json, "precedence", parley_precedence_name(s->statement.precedence, PARLEY_EN));
    parley_json_put_string(json, "tlp", parley_tlp_name(s->statement.tlp));
    parley_json_put_bool(json, "exercise", s->statement.flags & PARLEY_EXERCISE);
    put_time(json, "author_time", s->statement.time_us);
    put_time(json, "stored", s->stored_us);
    put_time(json, "receipt", s->receipt_us);
    put_time(json, "read", s->read_us);
    if (*s->read_by)
        parley_json_put_string(json, "read_by", s->read_by);
    put_time(json, "answered", s->answered_us);
    if (*s->outcome)
        parley_json_put_string(json, "outcome", s->outcome);
    parley_json_put_integer(json, "answer_within_s", s->statement.within_s);
    put_time(json, "deadline", s->deadline_us);
    parley_json_put_string(json, "in_reply_to", memcmp(s->statement.reply_to, none, 32) ? hash_text(s->statement.reply_to, hex) : NULL);
    parley_json_put_bool(json, "verified", s->verified);
    parley_json_put_bool(json, "earlier_outstanding", s->earlier_outstanding);
    if (s->override)
        parley_json_put_string(json, "advice_overridden", s->override);
    if (body) {
        parley_json_key(json, "body");
        parley_json_raw(json, s->body);
    }
}

void said_json(struct parley_json *json, const struct parley_said *s, bool body)
{
    said_json_open(json, s, body);
    parley_json_object_end(json);
}

enum parley_status read_body(struct invocation *in, const char *path, char **data, size_t *len)
{
    return parley_file_read(path, PARLEY_BODY_MAX, &in->arena, data, len, &in->err);
}

enum parley_status read_attachments(struct invocation *in, int from, struct parley_draft *draft)
{
    int n = in->n_operands - from;
    struct parley_attachment_file *file = PARLEY_NEW(&in->arena, struct parley_attachment_file, (size_t)(n > 0 ? n : 0) + 1);
    if (!file)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (int i = 0; i < n; i++) {
        const char *path = in->operand[from + i], *slash = strrchr(path, '/');
        char *data;
        enum parley_status status = parley_file_read(path, PARLEY_ATTACHMENT_BYTES_MAX, &in->arena, &data, &file[i].len, &in->err);
        file[i].name = slash ? slash + 1 : path;
        if (!status && (status = parley_attachment_name_check(file[i].name, strlen(file[i].name), &in->err)))
            status = parley_fail_in(&in->err, status, "%s", path);
        if (status)
            return status;
        file[i].data = data;
    }
    draft->attach = file;
    draft->n_attach = (size_t)(n > 0 ? n : 0);
    return PARLEY_OK;
}

enum parley_status print_sent(struct invocation *in, uint64_t seq, const uint8_t hash[32])
{
    char hex[65];
    hash_text(hash, hex);
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_integer(&json, "seq", (int64_t)seq);
        parley_json_put_string(&json, "hash", hex);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "Signed and stored as number %llu; hash %s.\nIt leaves with the next sync, or at once by a running node.\n",
                                              "已签署并存储，编号 %llu；哈希 %s。\n将在下次同步时发出；如节点在运行则立即发出。\n"), (unsigned long long)seq, hex);
    }
    return PARLEY_OK;
}

enum parley_status new_epoch(struct invocation *in, enum parley_epoch_reason reason, const char *peer, uint64_t seq)
{
    struct parley_desk *desk;
    uint32_t epoch = 0;
    const char *carrier[2], *contact[2];
    struct parley_key_options o = { .passphrase_file = option_text(in, "passphrase-file"), .carrier = carrier, .contact = contact };
    enum parley_status status = open_desk(in, &desk);
    if (status)
        return status;
    if (option_text(in, "direct"))
        carrier[o.n_carriers++] = parley_arena_printf(&in->arena, "direct %s", option_text(in, "direct"));
    if (option_text(in, "relay"))
        carrier[o.n_carriers++] = parley_arena_printf(&in->arena, "relay %s", option_text(in, "relay"));
    status = parley_desk_next_epoch(desk, reason, peer, seq, option_text(in, "root"), &o, &epoch, &in->err);
    parley_desk_close(desk);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_integer(&json, "epoch", epoch);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "Epoch %u is open; its key statement goes to every peer with the next sync.\n", "第 %u 期已开启；密钥声明将随下次同步送达各方。\n"), epoch);
    }
    return PARLEY_OK;
}

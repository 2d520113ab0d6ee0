#include "channel_draft.h"
#include "channel_words.h"

#include <parley/channel_attachment.h>
#include <parley/channel_register.h>
#include <parley/file.h>
#include <parley/tree.h>
#include <string.h>

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

const struct parley_type_info *message_type(struct invocation *in, const char *name)
{
    const struct parley_type_info *type = parley_type_by_name(name);
    if (type && type->kind == PARLEY_KIND_MESSAGE)
        return type;
    (void)!parley_fail(&in->err, PARLEY_EINVAL, "--type: there is no message type '%.60s'; 'parley channel types' lists them", name);
    return NULL;
}

const char *body_name(const char *path) { return strcmp(path, "-") ? path : "standard input"; }

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

/* A statement about a norm that nobody proposed would be signed for ever and mean nothing. */
static enum parley_status norm_is_there(struct invocation *in, const char *peer, const struct parley_draft *draft)
{
    bool acceptance = !strcmp(draft->type, "norm-acceptance");
    struct parley_norm *norm;
    struct parley_node *body;
    size_t n;
    if (draft->exercise || (!acceptance && strcmp(draft->type, "norm-withdrawal") && strcmp(draft->type, "norm-report")))
        return PARLEY_OK;
    enum parley_status status = parley_json_parse(draft->body, draft->body_len, "body", &in->arena, &body, &in->err);
    if (!status)
        status = parley_channel_norms(in->channel, peer, PARLEY_TLP_RED, &in->arena, &norm, &n, &in->err);
    if (status)
        return status;
    const char *name = parley_node_get(body, "norm")->text;
    bool known = false, open = false, own = false;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(norm[i].name, name)) {
            known = true;
            open = norm[i].state == PARLEY_NORM_PROPOSED;
            own = norm[i].proposed_by_us;
        }
    if (!known)
        return parley_fail(&in->err, PARLEY_EDOM, "no norm '%.60s' was proposed on the channel with %s; 'parley channel norms %s' lists them", name, peer, peer);
    if (acceptance && !open)
        return parley_fail(&in->err, PARLEY_EDOM, "the norm '%.60s' does not wait for acceptance; see 'parley channel norms %s'", name, peer);
    if (acceptance && own)
        return parley_fail(&in->err, PARLEY_EDOM, "the norm '%.60s' is our own proposal; the other side accepts it or not", name);
    return PARLEY_OK;
}

enum parley_status send_draft(struct invocation *in, const char *peer, const struct parley_draft *draft)
{
    uint64_t seq;
    uint8_t hash[32];
    char hex[HASH_TEXT];
    enum parley_status status = norm_is_there(in, peer, draft);
    if (!status)
        status = parley_channel_send(in->channel, peer, draft, &seq, hash, &in->err);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_integer(&json, "seq", (int64_t)seq);
        put_hash(&json, "hash", hash);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "Signed and stored as number %llu; hash %s.\nIt leaves with the next sync, or at once by a running node.\n",
                                              "已签署并存储，编号 %llu；哈希 %s。\n将在下次同步时发出；如节点在运行则立即发出。\n"), (unsigned long long)seq, hash_text(hash, hex));
    }
    return PARLEY_OK;
}

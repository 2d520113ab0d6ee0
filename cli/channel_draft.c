#include "channel_draft.h"
#include "channel_words.h"

#include <parley/channel_attachment.h>
#include <parley/file.h>
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

enum parley_status send_draft(struct invocation *in, const char *peer, const struct parley_draft *draft)
{
    uint64_t seq;
    uint8_t hash[32];
    char hex[HASH_TEXT];
    enum parley_status status = parley_channel_send(in->channel, peer, draft, &seq, hash, &in->err);
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

/* Names of attachments are labels chosen by the other side: what they may be, and what a body says of them. Pure. */
#include "channel/bytes.h"
#include "channel/crypto.h"

#include <parley/channel_attachment.h>
#include <parley/tree.h>
#include <string.h>
#include <strings.h>

/* Reserved by one system or another, with any extension behind them. */
static bool is_device(const char *name, size_t len)
{
    static const char *const words[] = { "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$" };
    size_t stem = 0;
    while (stem < len && name[stem] != '.')
        stem++;
    while (stem && name[stem - 1] == ' ')
        stem--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (stem == strlen(words[i]) && !strncasecmp(name, words[i], stem))
            return true;
    if (stem < 4 || (strncasecmp(name, "COM", 3) && strncasecmp(name, "LPT", 3)))
        return false;
    if (stem == 4)
        return name[3] >= '0' && name[3] <= '9';
    return stem == 5 && (unsigned char)name[3] == 0xc2 && ((unsigned char)name[4] == 0xb9 || (unsigned char)name[4] == 0xb2 || (unsigned char)name[4] == 0xb3); /* COM with a raised digit */
}

/* Invisible, or changing the direction in which the rest is read. */
static bool deceives(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x34f || c == 0x180e || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef) ||
           (c >= 0xe000 && c <= 0xf8ff) || c >= 0xe0000;
}

enum parley_status parley_attachment_name_check(const char *name, size_t len, struct parley_error *err)
{
    if (!len || len > PARLEY_ATTACHMENT_NAME_MAX)
        return parley_fail(err, PARLEY_EDOM, "the name of an attachment has 1 to %d bytes; found %zu", PARLEY_ATTACHMENT_NAME_MAX, len);
    if (parley_utf8_valid(name, len) != len)
        return parley_fail(err, PARLEY_EDOM, "the name of an attachment is not UTF-8");
    for (size_t at = 0; at < len;) {
        uint32_t code = 0;
        size_t n = parley_utf8_decode(name + at, len - at, &code);
        if (!n || deceives(code))
            return parley_fail(err, PARLEY_EDOM, "the name of an attachment has an invisible, control or direction-changing character (U+%04X) at byte %zu", (unsigned)code, at);
        if (code < 0x80 && strchr("/\\:*?\"<>|", (int)code))
            return parley_fail(err, PARLEY_EDOM, "the name of an attachment has a '%c' at byte %zu: it is a label and no path", (char)code, at);
        at += n;
    }
    if (name[0] == '.' || name[0] == ' ' || name[0] == '-' || name[0] == '~' || name[len - 1] == '.' || name[len - 1] == ' ')
        return parley_fail(err, PARLEY_EDOM, "the name of an attachment begins with a dot, blank, '-' or '~', or ends with a dot or blank");
    if (is_device(name, len))
        return parley_fail(err, PARLEY_EDOM, "the name of an attachment is that of a device on some systems");
    return PARLEY_OK;
}

static enum parley_status read_one(const struct parley_node *node, struct parley_attachment *out, struct parley_error *err)
{
    static const char *const keys[] = { "name", "bytes", "sha256", NULL };
    int64_t bytes;
    const struct parley_node *name = parley_node_get(node, "name"), *hash = parley_node_get(node, "sha256");
    if (node->kind != PARLEY_NODE_MAP || parley_node_only_keys(node, keys, NULL) || !name || name->kind != PARLEY_NODE_SCALAR || !name->quoted || !hash || !hash->quoted ||
        !from_hex(hash->text, hash->len, out->sha256, HASH_LEN) || parley_node_i64(parley_node_get(node, "bytes"), 0, PARLEY_ATTACHMENT_BYTES_MAX, &bytes, NULL))
        return parley_fail(err, PARLEY_EDOM, "an attachment is {\"name\": TEXT, \"bytes\": 0 to %d, \"sha256\": 64 hex digits}", PARLEY_ATTACHMENT_BYTES_MAX);
    out->name = name->text;
    out->bytes = (uint64_t)bytes;
    return parley_attachment_name_check(name->text, name->len, err);
}

enum parley_status parley_attachments_of(const char *body, size_t len, struct parley_arena *arena, struct parley_attachment **out, size_t *n, struct parley_error *err)
{
    struct parley_node *root;
    uint64_t total = 0;
    *n = 0;
    enum parley_status status = parley_json_parse(body, len, "body", arena, &root, err);
    const struct parley_node *list = status ? NULL : parley_node_get(root, "attachments");
    if (!list)
        return status;
    if (list->kind != PARLEY_NODE_LIST || list->n > PARLEY_ATTACHMENTS_MAX)
        return parley_fail(err, PARLEY_EDOM, "'attachments' is a list of at most %d", PARLEY_ATTACHMENTS_MAX);
    if (!(*out = PARLEY_NEW(arena, struct parley_attachment, list->n + 1)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list->n; i++) {
        struct parley_attachment *a = &(*out)[i];
        if ((status = read_one(&list->child[i], a, err)))
            return status;
        for (size_t k = 0; k < i; k++)
            if (!strcasecmp(a->name, (*out)[k].name))
                return parley_fail(err, PARLEY_EDOM, "two attachments are called '%.80s'", a->name);
        if ((total += a->bytes) > PARLEY_ATTACHMENT_BYTES_MAX)
            return parley_fail(err, PARLEY_EDOM, "the attachments together have more than %d bytes", PARLEY_ATTACHMENT_BYTES_MAX);
    }
    *n = list->n;
    return PARLEY_OK;
}

/* The mail carrier: a unit as a base64 attachment, out of and into a Maildir. What reads a message takes nothing on trust:
 * it looks for one header and the base64 lines behind it, and the unit is checked by its seal. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/carrier.h"
#include "channel/unit.h"

#include <dirent.h>
#include <errno.h>
#include <parley/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEDIA_TYPE "application/vnd.parley.unit"
enum { MAIL_MAX = 2 << 20, MAIL_LINE = 76, MAILS_MAX = 10000 };

enum parley_status mail_put(const char *maildir, const uint8_t *unit, size_t len, struct parley_error *err)
{
    uint8_t hash[HASH_LEN];
    char id[33], path[1200];
    static const char *const parts[] = { "", "/tmp", "/new", "/cur" };
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%.1100s%s", maildir, parts[i]);
        if (mkdir(path, 0700) && errno != EEXIST)
            return parley_fail(err, PARLEY_EIO, "%s: the Maildir cannot be made", path);
    }
    sha256(unit, len, hash);
    to_hex(hash, 16, id);
    struct parley_text mail;
    parley_text_init(&mail, MAIL_MAX);
    parley_text_addf(&mail, "Message-ID: <%s@parley.invalid>\nMIME-Version: 1.0\nSubject: parley unit\n"
                            "Content-Type: multipart/mixed; boundary=\"%s\"\n\n--%s\nContent-Type: text/plain; charset=utf-8\n\n"
                            "A sealed unit of a Parley channel is attached.\n--%s\nContent-Type: " MEDIA_TYPE "\nContent-Transfer-Encoding: base64\n"
                            "Content-Disposition: attachment; filename=\"parley.unit\"\n\n", id, id, id, id);
    char *b64 = malloc(base64_len(len) + 1);
    if (b64) {
        to_base64(unit, len, b64);
        for (size_t at = 0, n = base64_len(len); at < n; at += MAIL_LINE)
            parley_text_addf(&mail, "%.*s\n", MAIL_LINE, b64 + at);
    }
    parley_text_addf(&mail, "--%s--\n", id);
    enum parley_status status = !b64 || mail.failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : PARLEY_OK;
    free(b64);
    snprintf(path, sizeof path, "%.1000s/new/%s.parley", maildir, id);
    if (!status)
        status = parley_file_write_private(path, mail.data, mail.len, err);
    parley_text_release(&mail);
    return status;
}

/* The next line of text[at, len) without its line end; false at the end. */
static bool line_at(const char *text, size_t len, size_t *at, const char **line, size_t *n)
{
    if (*at >= len)
        return false;
    const char *end = memchr(text + *at, '\n', len - *at);
    *line = text + *at;
    *n = end ? (size_t)(end - *line) : len - *at;
    *at += *n + (end != NULL);
    if (*n && (*line)[*n - 1] == '\r')
        (*n)--;
    return true;
}

static bool names_unit(const char *line, size_t n)
{
    static const char head[] = "content-type:", type[] = MEDIA_TYPE;
    if (n < sizeof head - 1 || strncasecmp(line, head, sizeof head - 1))
        return false;
    size_t at = sizeof head - 1;
    while (at < n && (line[at] == ' ' || line[at] == '\t'))
        at++;
    return n - at >= sizeof type - 1 && !strncasecmp(line + at, type, sizeof type - 1) && (n - at == sizeof type - 1 || line[at + sizeof type - 1] == ';' || line[at + sizeof type - 1] == ' ');
}

enum parley_status mail_unit(const char *message, size_t len, uint8_t **unit, size_t *unit_len, struct parley_error *err)
{
    const char *line;
    size_t at = 0, n;
    bool found = false;
    while (!found && line_at(message, len, &at, &line, &n))
        found = names_unit(line, n);
    if (!found)
        return parley_fail(err, PARLEY_ENOTFOUND, "mail: no attachment of type " MEDIA_TYPE);
    while (line_at(message, len, &at, &line, &n) && n)
        ; /* the rest of the part's header */
    char *b64 = malloc(len - at + 1);
    *unit = malloc(UNIT_MAX);
    size_t got = 0;
    if (!b64 || !*unit) {
        free(b64);
        free(*unit);
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    while (line_at(message, len, &at, &line, &n) && !(n >= 2 && line[0] == '-' && line[1] == '-'))
        for (size_t i = 0; i < n; i++)
            if (line[i] != ' ' && line[i] != '\t')
                b64[got++] = line[i];
    bool ok = from_base64(b64, got, *unit, UNIT_MAX, unit_len) && *unit_len > 0;
    free(b64);
    if (ok)
        return PARLEY_OK;
    free(*unit);
    *unit = NULL;
    return parley_fail(err, PARLEY_EPARSE, "mail: the attachment is no base64, or over %d bytes", UNIT_MAX);
}

struct mails { /* read and not yet given */
    const char *maildir;
    struct given unit[GIVE_MAX];
    char name[GIVE_MAX][256];
    size_t n, bytes;
};

/* What was taken is moved out of the way. */
static void give_mails(struct mails *m, unit_giver *give, void *ctx)
{
    char path[1500], done[1500];
    if (m->n)
        give(ctx, m->unit, m->n);
    for (size_t i = 0; i < m->n; i++) {
        snprintf(path, sizeof path, "%.1000s/new/%s", m->maildir, m->name[i]);
        snprintf(done, sizeof done, "%.1000s/cur/%s:2,S", m->maildir, m->name[i]);
        if (m->unit[i].taken && rename(path, done))
            unlink(path);
        free((void *)(uintptr_t)m->unit[i].data);
    }
    m->n = m->bytes = 0;
}

enum parley_status mail_take(const char *maildir, unit_giver *give, void *ctx, struct parley_error *err)
{
    char folder[1100], path[1500];
    snprintf(folder, sizeof folder, "%.1000s/new", maildir);
    DIR *dir = opendir(folder);
    if (!dir)
        return errno == ENOENT ? PARLEY_OK : parley_fail(err, PARLEY_EIO, "%s: the Maildir cannot be read", folder);
    struct mails *m = calloc(1, sizeof *m);
    if (!m) {
        closedir(dir);
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    m->maildir = maildir;
    int seen = 0;
    for (struct dirent *e; seen < MAILS_MAX && (e = readdir(dir));) {
        struct parley_arena arena = { 0 };
        struct stat st;
        char *data;
        uint8_t *unit = NULL;
        size_t len, unit_len = 0;
        if (e->d_name[0] == '.' || strlen(e->d_name) > 255)
            continue;
        seen++;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (!lstat(path, &st) && S_ISREG(st.st_mode) && !parley_file_read(path, MAIL_MAX, &arena, &data, &len, NULL) && !mail_unit(data, len, &unit, &unit_len, NULL)) {
            m->unit[m->n] = (struct given){ .data = unit, .len = unit_len };
            snprintf(m->name[m->n++], sizeof m->name[0], "%s", e->d_name);
            m->bytes += unit_len;
        }
        parley_arena_release(&arena);
        if (m->n == GIVE_MAX || m->bytes >= GIVE_BYTES_MAX)
            give_mails(m, give, ctx);
    }
    give_mails(m, give, ctx);
    free(m);
    closedir(dir);
    return PARLEY_OK;
}

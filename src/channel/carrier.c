/* Which code moves a unit, by the first word of a carrier's line. */
#include "channel/bytes.h"
#include "channel/carrier.h"

#include <parley/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 4 };

struct words {
    char text[CARD_LINE_LEN], *word[WORDS_MAX];
    int n; /* one more than WORDS_MAX when there are too many */
};

static void split(const char *line, struct words *w)
{
    snprintf(w->text, sizeof w->text, "%s", line);
    w->n = 0;
    for (char *p = w->text + strspn(w->text, " "); *p; p += strspn(p, " ")) {
        if (w->n == WORDS_MAX) {
            w->n++;
            return;
        }
        w->word[w->n++] = p;
        if (w->n == 2 && !strcmp(w->word[0], "file")) /* one path, blanks and all */
            return;
        p += strcspn(p, " ");
        if (*p)
            *p++ = 0;
    }
}

/* https://HOST or https://HOST:PORT, and nothing behind: a name or password in it would be seen in every log. */
static bool is_address(const char *url)
{
    const char *host = url + 8, *end;
    uint64_t port = 443;
    if (strncmp(url, "https://", 8) || strpbrk(host, "@/?#\\"))
        return false;
    end = *host == '[' ? strchr(host, ']') : host + strcspn(host, ":");
    if (!end || end == host)
        return false;
    end += *end == ']';
    return !*end || (*end == ':' && parley_text_to_u64(end + 1, strlen(end + 1), &port) && port >= 1 && port <= 65535);
}

static const struct {
    const char *word;
    enum carrier_kind kind;
    int words;
    const char *form;
} forms[] = {
    { "direct", CARRIER_DIRECT, 2, "direct https://HOST:PORT" },
    { "relay", CARRIER_RELAY, 4, "relay https://HOST:PORT PIN TOKEN" },
    { "file", CARRIER_FILE, 2, "file FOLDER" },
    { "mail", CARRIER_MAIL, 3, "mail MAILDIR-OUT MAILDIR-IN" },
};

static enum carrier_kind kind_of(const struct words *w, struct parley_error *why)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!w->n || strcmp(w->word[0], forms[i].word))
            continue;
        uint8_t pin[HASH_LEN];
        bool url = forms[i].kind == CARRIER_DIRECT || forms[i].kind == CARRIER_RELAY;
        bool fits = w->n == forms[i].words && (!url || is_address(w->word[1])) &&
                    (forms[i].kind != CARRIER_RELAY || from_hex(w->word[2], strlen(w->word[2]), pin, HASH_LEN));
        if (!fits)
            (void)!parley_fail(why, PARLEY_EINVAL, "a carrier of this kind is written '%s'", forms[i].form);
        return fits ? forms[i].kind : CARRIER_NONE;
    }
    (void)!parley_fail(why, PARLEY_EINVAL, "a carrier begins with direct, relay, file or mail; found '%.40s'", w->n ? w->word[0] : "");
    return CARRIER_NONE;
}

enum carrier_kind carrier_kind(const char *line, struct parley_error *why)
{
    struct words w;
    if (strlen(line) >= CARD_LINE_LEN || strpbrk(line, "\r\n\t")) {
        (void)!parley_fail(why, PARLEY_EINVAL, "a carrier is one line of at most %d bytes", CARD_LINE_LEN - 1);
        return CARRIER_NONE;
    }
    split(line, &w);
    return kind_of(&w, why);
}

void carrier_name(const char *line, char out[CARD_LINE_LEN])
{
    size_t n = strcspn(line, " ");
    if (n == 4 && !strncmp(line, "file", n))
        n = strlen(line);
    else if (line[n])
        n += 1 + strcspn(line + n + 1, " ");
    snprintf(out, CARD_LINE_LEN, "%.*s", (int)n, line);
    for (char *c = out; *c; c++)
        if (*c == '"' || *c == '\\') /* it stands between quotes in the log */
            *c = '\'';
}

enum parley_status carrier_put(struct carrier *c, const struct given *unit, size_t n, struct parley_error *err)
{
    struct words w;
    split(c->line, &w);
    c->retry_after_s = 0;
    free(c->note);
    c->note = NULL;
    switch (kind_of(&w, err)) {
    case CARRIER_DIRECT: return direct_put(c, w.word[1], unit->data, unit->len, err);
    case CARRIER_RELAY: return relay_put(c, unit->data, unit->len, err);
    case CARRIER_FILE: return file_put(w.word[1], unit, n, err);
    case CARRIER_MAIL: return mail_put(w.word[1], unit->data, unit->len, err);
    case CARRIER_NONE: break;
    }
    return PARLEY_EINVAL;
}

enum parley_status carrier_take(struct carrier *c, const uint8_t (*tag)[16], size_t n_tags, unit_giver *give, void *ctx, struct parley_error *err)
{
    struct words w;
    split(c->line, &w);
    switch (kind_of(&w, err)) {
    case CARRIER_RELAY: return relay_take(c, tag, n_tags, give, ctx, err);
    case CARRIER_FILE: return file_take(w.word[1], tag, n_tags, give, ctx, err);
    case CARRIER_MAIL: return mail_take(w.word[2], give, ctx, err);
    case CARRIER_DIRECT: return PARLEY_OK; /* the peer comes to us */
    case CARRIER_NONE: break;
    }
    return PARLEY_EINVAL;
}

void carrier_close(struct carrier *c)
{
    free(c->note);
    c->note = NULL;
    http_close(c->http);
    c->http = NULL;
}

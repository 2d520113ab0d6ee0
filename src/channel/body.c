/* Strict I-JSON (RFC 7493) of a body. Our own reader rather than jansson's, because the rules are narrower than JSON's and
 * the bytes, not a tree, are what is signed: whatever passes here must mean the same to every reader. */
#include <parley/channel_statement.h>
#include <parley/text.h>

#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 8192 };

struct name { /* a member name as it reads after its escapes: bytes of `text` */
    uint32_t at, len;
    int depth;
};

struct reader {
    const char *file, *text;
    size_t len, at;
    struct parley_error *err;
    enum parley_status status;
    struct name *name; /* names of the objects that are still open, innermost last */
    size_t n_names;
    char *pool;
    size_t pool_len;
};

static bool fail(struct reader *r, enum parley_status status, const char *what)
{
    if (r->status)
        return false;
    size_t line = 1, column = 1;
    for (size_t i = 0; i < r->at && i < r->len; i++) {
        column++;
        if (r->text[i] == '\n')
            line++, column = 1;
    }
    r->status = parley_fail(r->err, status, "%s:%zu:%zu: %s", r->file, line, column, what);
    return false;
}

static int peek(const struct reader *r) { return r->at < r->len ? (unsigned char)r->text[r->at] : -1; }

static void blanks(struct reader *r)
{
    while (r->at < r->len && strchr(" \t\r\n", r->text[r->at]) && r->text[r->at])
        r->at++;
}

static int hex4(struct reader *r)
{
    int v = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        int c = peek(r), d = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
        if (d < 0)
            return fail(r, PARLEY_EPARSE, "expected four hexadecimal digits after \\u"), -1;
        v = v * 16 + d;
    }
    return v;
}

static void keep(struct reader *r, uint32_t code)
{
    char *p = r->pool + r->pool_len;
    int n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (n == 1)
        p[0] = (char)code;
    else
        for (int i = n - 1; i >= 0; i--, code >>= 6)
            p[i] = (char)(i ? 0x80 | (code & 0x3f) : (n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | code);
    r->pool_len += (size_t)n;
}

static bool escape(struct reader *r, uint32_t *code)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c = peek(r);
    const char *k = c > 0 ? strchr(from, c) : NULL;
    if (k) {
        r->at++;
        *code = (unsigned char)to[k - from];
        return true;
    }
    if (c != 'u')
        return fail(r, PARLEY_EPARSE, "no such escape; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
    r->at++;
    int high = hex4(r);
    if (high < 0)
        return false;
    *code = (uint32_t)high;
    if (high >= 0xd800 && high <= 0xdfff) {
        int low = -1;
        if (high < 0xdc00 && r->len - r->at >= 2 && r->text[r->at] == '\\' && r->text[r->at + 1] == 'u') {
            r->at += 2;
            low = hex4(r);
        }
        if (low < 0xdc00 || low > 0xdfff)
            return fail(r, PARLEY_EPARSE, "a lone surrogate is no character");
        *code = 0x10000 + (((uint32_t)high & 0x3ff) << 10 | ((uint32_t)low & 0x3ff));
    }
    return true;
}

/* keep_it: put the text behind the escapes into the pool (member names only). */
static bool string(struct reader *r, bool keep_it)
{
    if (peek(r) != '"')
        return fail(r, PARLEY_EPARSE, "expected a string in double quotes");
    r->at++;
    for (;;) {
        int c = peek(r);
        uint32_t code = 0;
        if (c < 0)
            return fail(r, PARLEY_EPARSE, "the string does not end");
        if (c == '"') {
            r->at++;
            return true;
        }
        if (c < 0x20)
            return fail(r, PARLEY_EPARSE, "a control character inside a string; write it as \\u00..");
        if (c == '\\') {
            r->at++;
            if (!escape(r, &code))
                return false;
        } else {
            r->at += parley_utf8_decode(r->text + r->at, r->len - r->at, &code);
        }
        if (!code)
            return fail(r, PARLEY_EPARSE, "a NUL character (\\u0000), at which some readers stop");
        if ((code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef))
            return fail(r, PARLEY_EPARSE, "a code point that is no character (Unicode noncharacter)");
        if (keep_it)
            keep(r, code);
    }
}

static bool number(struct reader *r)
{
    size_t start = r->at;
    r->at += peek(r) == '-';
    size_t digits = r->at;
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    size_t n = r->at - digits;
    if (!n || (n > 1 && r->text[digits] == '0'))
        return fail(r, PARLEY_EPARSE, "expected a value");
    if (peek(r) == '.' || (peek(r) | 32) == 'e')
        return fail(r, PARLEY_EPARSE, "only whole numbers; write fractions as text or in a smaller unit");
    int64_t v;
    if (!parley_text_to_i64(r->text + start, r->at - start, &v) || v > INT64_C(9007199254740991) || v < -INT64_C(9007199254740991))
        return fail(r, PARLEY_EPARSE, "a number beyond 2^53 - 1, which not every reader keeps");
    if (n == 1 && r->text[digits] == '0' && digits > start)
        return fail(r, PARLEY_EPARSE, "-0 is not a whole number");
    return true;
}

static bool word(struct reader *r, const char *w)
{
    size_t n = strlen(w);
    if (r->len - r->at < n || memcmp(r->text + r->at, w, n))
        return fail(r, PARLEY_EPARSE, "expected a value");
    r->at += n;
    return true;
}

static bool value(struct reader *r, int depth);

/* Names of one object are compared with each other; a body has at most NAMES_MAX open names. */
static bool member_name(struct reader *r, int depth)
{
    size_t begin = r->pool_len;
    if (!string(r, true))
        return false;
    for (size_t i = r->n_names; i > 0 && r->name[i - 1].depth == depth; i--)
        if (r->name[i - 1].len == r->pool_len - begin && !memcmp(r->pool + r->name[i - 1].at, r->pool + begin, r->pool_len - begin))
            return fail(r, PARLEY_EPARSE, "this name was used before in the same object");
    if (r->n_names == NAMES_MAX)
        return fail(r, PARLEY_ELIMIT, "more than 8192 names are open at once");
    r->name[r->n_names++] = (struct name){ (uint32_t)begin, (uint32_t)(r->pool_len - begin), depth };
    return true;
}

static bool object(struct reader *r, int depth)
{
    size_t names = r->n_names, pool = r->pool_len;
    r->at++;
    blanks(r);
    if (peek(r) == '}') {
        r->at++;
        return true;
    }
    for (;;) {
        blanks(r);
        if (!member_name(r, depth))
            return false;
        blanks(r);
        if (peek(r) != ':')
            return fail(r, PARLEY_EPARSE, "expected ':' after a name");
        r->at++;
        if (!value(r, depth))
            return false;
        int c = peek(r);
        if (c != ',' && c != '}')
            return fail(r, PARLEY_EPARSE, "expected ',' or '}'");
        r->at++;
        if (c == '}') {
            r->n_names = names, r->pool_len = pool;
            return true;
        }
    }
}

static bool array(struct reader *r, int depth)
{
    r->at++;
    blanks(r);
    if (peek(r) == ']') {
        r->at++;
        return true;
    }
    for (;;) {
        if (!value(r, depth))
            return false;
        int c = peek(r);
        if (c != ',' && c != ']')
            return fail(r, PARLEY_EPARSE, "expected ',' or ']'");
        r->at++;
        if (c == ']')
            return true;
    }
}

static bool value(struct reader *r, int depth)
{
    blanks(r);
    bool ok;
    int c = peek(r);
    if ((c == '{' || c == '[') && depth == PARLEY_BODY_DEPTH_MAX)
        return fail(r, PARLEY_ELIMIT, "nested deeper than 16 levels");
    switch (c) {
    case '{': ok = object(r, depth + 1); break;
    case '[': ok = array(r, depth + 1); break;
    case '"': ok = string(r, false); break;
    case 't': ok = word(r, "true"); break;
    case 'f': ok = word(r, "false"); break;
    case 'n': ok = word(r, "null"); break;
    default: ok = number(r);
    }
    blanks(r);
    return ok;
}

enum parley_status parley_body_check(const char *body, size_t len, const char *name, struct parley_error *err)
{
    struct reader r = { .file = name, .text = body, .len = len, .err = err };
    if (len > PARLEY_BODY_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%s: %zu bytes; a body has at most %d", name, len, PARLEY_BODY_MAX);
    size_t valid = parley_utf8_valid(body, len);
    if (valid < len) {
        r.at = valid;
        fail(&r, PARLEY_EPARSE, "bytes that are not UTF-8");
        return r.status;
    }
    r.name = malloc(NAMES_MAX * sizeof *r.name);
    r.pool = malloc(len + 4);
    if (!r.name || !r.pool) {
        free(r.name);
        free(r.pool);
        return parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", name);
    }
    blanks(&r);
    if (peek(&r) != '{')
        fail(&r, PARLEY_EPARSE, "a body is one JSON object; expected '{'");
    else if (value(&r, 0) && r.at < len)
        fail(&r, PARLEY_EPARSE, "text after the end of the object");
    free(r.name);
    free(r.pool);
    return r.status;
}

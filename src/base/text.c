#include <parley/text.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void parley_text_init(struct parley_text *text, size_t max)
{
    *text = (struct parley_text){ .max = max };
}

void parley_text_release(struct parley_text *text)
{
    free(text->data);
    *text = (struct parley_text){ .max = text->max };
}

void parley_text_clear(struct parley_text *text)
{
    text->len = 0;
    text->failed = text->no_memory = false;
    if (text->data)
        text->data[0] = 0;
}

const char *parley_text_str(const struct parley_text *text) { return text->data ? text->data : ""; }

bool parley_text_reserve(struct parley_text *text, size_t n)
{
    if (text->failed || n > text->max - text->len) {
        text->failed = true;
        return false;
    }
    if (text->len + n + 1 <= text->cap)
        return true;
    size_t cap = text->cap ? text->cap : 64;
    while (cap < text->len + n + 1)
        cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
    char *data = realloc(text->data, cap);
    if (!data) {
        text->failed = text->no_memory = true;
        return false;
    }
    text->data = data;
    text->cap = cap;
    return true;
}

enum parley_status parley_text_status(const struct parley_text *text, const char *what, struct parley_error *err)
{
    if (!text->failed)
        return PARLEY_OK;
    return text->no_memory ? parley_fail(err, PARLEY_ENOMEM, "out of memory for %s", what) : parley_fail(err, PARLEY_ELIMIT, "%s: longer than %zu bytes", what, text->max);
}

char *parley_text_keep(const struct parley_text *text, struct parley_arena *arena)
{
    arena->failed |= text->failed;
    return text->failed ? NULL : parley_arena_copy(arena, parley_text_str(text), text->len);
}

void parley_text_add(struct parley_text *text, const void *bytes, size_t n)
{
    if (!parley_text_reserve(text, n))
        return;
    if (n)
        memcpy(text->data + text->len, bytes, n);
    text->len += n;
    text->data[text->len] = 0;
}

void parley_text_adds(struct parley_text *text, const char *s) { parley_text_add(text, s, strlen(s)); }
void parley_text_addc(struct parley_text *text, char c) { parley_text_add(text, &c, 1); }

void parley_text_addf(struct parley_text *text, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n >= 0 && parley_text_reserve(text, (size_t)n)) {
        vsnprintf(text->data + text->len, (size_t)n + 1, fmt, again);
        text->len += (size_t)n;
    }
    va_end(again);
}

/* --- numbers ---------------------------------------------------------------------------- */

/* printf and strtod use the host program's decimal point; put ours there, and theirs back. */
static size_t format_double(double value, int digits, char out[PARLEY_NUMBER_TEXT])
{
    int n = snprintf(out, PARLEY_NUMBER_TEXT, "%.*g", digits, value);
    const char *point = localeconv()->decimal_point;
    char *at = *point && strcmp(point, ".") ? strstr(out, point) : NULL;
    if (at) {
        size_t width = strlen(point);
        *at = '.';
        memmove(at + 1, at + width, strlen(at + width) + 1);
        n -= (int)width - 1;
    }
    return (size_t)n;
}

size_t parley_double_to_short(double value, int digits, char out[PARLEY_NUMBER_TEXT])
{
    if (isnan(value))
        return (size_t)snprintf(out, PARLEY_NUMBER_TEXT, "nan");
    if (value == 0)
        value = 0; /* no "-0" for people */
    if (digits < 1)
        digits = 1;
    return format_double(value, digits > 17 ? 17 : digits, out);
}

size_t parley_double_to_text(double value, char out[PARLEY_NUMBER_TEXT])
{
    if (!isfinite(value))
        return (size_t)snprintf(out, PARLEY_NUMBER_TEXT, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    if (value == floor(value) && fabs(value) < 1e15)
        return (size_t)snprintf(out, PARLEY_NUMBER_TEXT, "%lld", (long long)value);
    for (int digits = 15; digits < 17; digits++) {
        size_t n = format_double(value, digits, out);
        double back;
        if (parley_text_to_double(out, n, &back) && back == value)
            return n;
    }
    return format_double(value, 17, out);
}

static bool digit(char c) { return c >= '0' && c <= '9'; }

static bool slow_double(const char *text, size_t len, double *value)
{
    enum { STACK = 128, MAX = 4096 };
    const char *point = localeconv()->decimal_point;
    size_t width = strlen(point);
    char stack[STACK], *copy = stack;
    if (len > MAX)
        return false;
    if (len + width + 1 > STACK && !(copy = malloc(len + width + 1)))
        return false;
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i] == '.') {
            memcpy(copy + n, point, width);
            n += width;
        } else {
            copy[n++] = text[i];
        }
    copy[n] = 0;
    char *end;
    double v = strtod(copy, &end);
    bool ok = end == copy + n && isfinite(v);
    if (copy != stack)
        free(copy);
    if (ok)
        *value = v;
    return ok;
}

bool parley_text_to_double(const char *text, size_t len, double *value)
{
    static const double pow10[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    const char *p = text, *end = text + len;
    bool minus = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    uint64_t mantissa = 0;
    int digits = 0, significant = 0, exponent = 0;
    for (; p < end && digit(*p); p++, digits++)
        if (significant < 19) {
            mantissa = mantissa * 10 + (uint64_t)(*p - '0');
            significant += mantissa > 0;
        } else {
            exponent++, significant++;
        }
    if (p < end && *p == '.') {
        for (p++; p < end && digit(*p); p++, digits++)
            if (significant < 19) {
                mantissa = mantissa * 10 + (uint64_t)(*p - '0');
                significant += mantissa > 0;
                exponent--;
            } else {
                significant++;
            }
    }
    if (!digits)
        return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        const char *q = p + 1;
        bool down = q < end && *q == '-';
        if (q < end && (*q == '-' || *q == '+'))
            q++;
        if (q == end || !digit(*q))
            return false;
        int e = 0;
        for (; q < end && digit(*q); q++)
            e = e < 100000 ? e * 10 + (*q - '0') : e;
        exponent += down ? -e : e;
        p = q;
    }
    if (p != end)
        return false;
    /* Clinger's fast path: both factors exact, so one rounding. */
    if (mantissa < (UINT64_C(1) << 53) && significant <= 19 && exponent >= -22 && exponent <= 22) {
        double v = (double)mantissa;
        v = exponent < 0 ? v / pow10[-exponent] : v * pow10[exponent];
        *value = minus ? -v : v;
        return true;
    }
    return slow_double(text, len, value);
}

bool parley_text_to_u64(const char *text, size_t len, uint64_t *value)
{
    uint64_t v = 0;
    if (!len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!digit(text[i]) || __builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(text[i] - '0'), &v))
            return false;
    *value = v;
    return true;
}

bool parley_text_to_i64(const char *text, size_t len, int64_t *value)
{
    bool minus = len && text[0] == '-';
    size_t sign = len && (text[0] == '-' || text[0] == '+');
    uint64_t v;
    if (!parley_text_to_u64(text + sign, len - sign, &v) || v > (uint64_t)INT64_MAX + minus)
        return false;
    *value = minus ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

/* --- UTF-8 ------------------------------------------------------------------------------ */

size_t parley_utf8_decode(const char *text, size_t len, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)text;
    if (!len)
        return 0;
    if (s[0] < 0x80) {
        *code = s[0];
        return 1;
    }
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || len < n)
        return 0;
    uint32_t c = s[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code = c;
    return n;
}

size_t parley_utf8_valid(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        uint64_t word;
        if (len - at >= 8 && (memcpy(&word, text + at, 8), !(word & UINT64_C(0x8080808080808080)))) {
            at += 8;
            continue;
        }
        uint32_t code;
        size_t n = parley_utf8_decode(text + at, len - at, &code);
        if (!n)
            break;
        at += n;
    }
    return at;
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *r, size_t n)
{
    for (size_t i = 0; i < n && r[i].first <= c; i++)
        if (c <= r[i].last)
            return true;
    return false;
}

size_t parley_display_width(const char *text, size_t len)
{
    static const struct range zero[] = {
        { 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a }, { 0x064b, 0x065f },
        { 0x0900, 0x0902 }, { 0x093c, 0x093c }, { 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e },
        { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x2064 },
        { 0x20d0, 0x20f0 }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef },
    };
    static const struct range wide[] = {
        { 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },   { 0x23e9, 0x23ec },   { 0x2614, 0x2615 },
        { 0x26a1, 0x26a1 },   { 0x2705, 0x2705 },   { 0x274c, 0x274c },   { 0x2757, 0x2757 },   { 0x2b50, 0x2b50 },
        { 0x2e80, 0x303e },   { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },   { 0x4e00, 0xa4cf },   { 0xa960, 0xa97c },
        { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
        { 0xffe0, 0xffe6 },   { 0x16fe0, 0x18cff }, { 0x1b000, 0x1b2fb }, { 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf },
        { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a }, { 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f64f }, { 0x1f680, 0x1f6fc },
        { 0x1f7e0, 0x1f7eb }, { 0x1f900, 0x1faff }, { 0x20000, 0x3fffd },
    };
    size_t width = 0;
    for (size_t at = 0; at < len;) {
        uint32_t c;
        size_t n = parley_utf8_decode(text + at, len - at, &c);
        if (!n) {
            at++, width++;
            continue;
        }
        at += n;
        if (c < 0x300)
            width += c >= 0x20 && c != 0x7f;
        else if (!in_ranges(c, zero, sizeof zero / sizeof *zero))
            width += in_ranges(c, wide, sizeof wide / sizeof *wide) ? 2 : 1;
    }
    return width;
}

size_t parley_edit_distance(const char *a, const char *b)
{
    enum { MAX = 63 };
    size_t n = strlen(a), m = strlen(b);
    if (n > MAX || m > MAX)
        return n > m ? n : m;
    size_t row[3][MAX + 1];
    for (size_t j = 0; j <= m; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = row[i % 3], *up = row[(i + 2) % 3], *upup = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);
            if (up[j] + 1 < best)
                best = up[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && upup[j - 2] + 1 < best)
                best = upup[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[n % 3][m];
}

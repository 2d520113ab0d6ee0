#include <parley/json.h>

#include <math.h>
#include <string.h>

void parley_json_init(struct parley_json *json, struct parley_text *out, bool indent)
{
    *json = (struct parley_json){ .out = out, .indent = indent, .first = true };
}

static void newline(struct parley_json *j)
{
    if (!j->indent)
        return;
    parley_text_addc(j->out, '\n');
    for (int i = 0; i < j->depth; i++)
        parley_text_adds(j->out, "  ");
}

static void before_value(struct parley_json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (!j->first)
        parley_text_addc(j->out, ',');
    if (j->depth > 0)
        newline(j);
    j->first = false;
}

static void open(struct parley_json *j, char c)
{
    before_value(j);
    parley_text_addc(j->out, c);
    if (++j->depth > PARLEY_JSON_DEPTH_MAX)
        j->out->failed = true;
    j->first = true;
}

static void close(struct parley_json *j, char c)
{
    j->depth--;
    if (!j->first)
        newline(j);
    parley_text_addc(j->out, c);
    j->first = false;
    if (j->depth == 0 && j->indent)
        parley_text_addc(j->out, '\n');
}

void parley_json_object(struct parley_json *j) { open(j, '{'); }
void parley_json_object_end(struct parley_json *j) { close(j, '}'); }
void parley_json_array(struct parley_json *j) { open(j, '['); }
void parley_json_array_end(struct parley_json *j) { close(j, ']'); }

static void quoted(struct parley_text *out, const char *s, size_t len)
{
    parley_text_addc(out, '"');
    for (size_t at = 0; at < len;) {
        size_t plain = at;
        while (plain < len && (unsigned char)s[plain] >= 0x20 && (unsigned char)s[plain] < 0x7f && s[plain] != '"' &&
               s[plain] != '\\')
            plain++;
        parley_text_add(out, s + at, plain - at);
        at = plain;
        if (at == len)
            break;
        unsigned char c = (unsigned char)s[at];
        if (c == '"' || c == '\\') {
            parley_text_addc(out, '\\');
            parley_text_addc(out, (char)c);
        } else if (c == '\n') {
            parley_text_adds(out, "\\n");
        } else if (c == '\t') {
            parley_text_adds(out, "\\t");
        } else if (c == '\r') {
            parley_text_adds(out, "\\r");
        } else if (c < 0x20 || c == 0x7f) {
            parley_text_addf(out, "\\u%04x", c);
        } else {
            uint32_t code;
            size_t n = parley_utf8_decode(s + at, len - at, &code);
            if (n)
                parley_text_add(out, s + at, n);
            else
                parley_text_adds(out, "\xef\xbf\xbd");
            at += n ? n : 1;
            continue;
        }
        at++;
    }
    parley_text_addc(out, '"');
}

void parley_json_key(struct parley_json *j, const char *key)
{
    before_value(j);
    quoted(j->out, key, strlen(key));
    parley_text_adds(j->out, j->indent ? ": " : ":");
    j->after_key = true;
}

void parley_json_string_n(struct parley_json *j, const char *text, size_t len)
{
    before_value(j);
    quoted(j->out, text, len);
}

void parley_json_raw(struct parley_json *j, const char *valid_json)
{
    before_value(j);
    parley_text_adds(j->out, valid_json);
}

void parley_json_null(struct parley_json *j) { parley_json_raw(j, "null"); }
void parley_json_bool(struct parley_json *j, bool value) { parley_json_raw(j, value ? "true" : "false"); }

void parley_json_string(struct parley_json *j, const char *text)
{
    if (text)
        parley_json_string_n(j, text, strlen(text));
    else
        parley_json_null(j);
}

void parley_json_number(struct parley_json *j, double value)
{
    char text[PARLEY_NUMBER_TEXT];
    if (!isfinite(value)) {
        parley_json_null(j);
        return;
    }
    parley_double_to_text(value, text);
    parley_json_raw(j, text);
}

void parley_json_integer(struct parley_json *j, int64_t value)
{
    before_value(j);
    parley_text_addf(j->out, "%lld", (long long)value);
}

void parley_json_unsigned(struct parley_json *j, uint64_t value)
{
    before_value(j);
    parley_text_addf(j->out, "%llu", (unsigned long long)value);
}

void parley_json_put_string(struct parley_json *j, const char *key, const char *text)
{
    parley_json_key(j, key);
    parley_json_string(j, text);
}

void parley_json_put_number(struct parley_json *j, const char *key, double value)
{
    parley_json_key(j, key);
    parley_json_number(j, value);
}

void parley_json_put_integer(struct parley_json *j, const char *key, int64_t value)
{
    parley_json_key(j, key);
    parley_json_integer(j, value);
}

void parley_json_put_bool(struct parley_json *j, const char *key, bool value)
{
    parley_json_key(j, key);
    parley_json_bool(j, value);
}

void parley_json_put_numbers(struct parley_json *j, const char *key, const double *values, size_t n)
{
    parley_json_key(j, key);
    parley_json_array(j);
    for (size_t i = 0; i < n; i++)
        parley_json_number(j, values[i]);
    parley_json_array_end(j);
}

void parley_json_put_strings(struct parley_json *j, const char *key, const char *const *text, size_t n)
{
    parley_json_key(j, key);
    parley_json_array(j);
    for (size_t i = 0; i < n; i++)
        parley_json_string(j, text[i]);
    parley_json_array_end(j);
}

void parley_json_put_matrix(struct parley_json *j, const char *key, const double *values, size_t n)
{
    parley_json_key(j, key);
    parley_json_array(j);
    for (size_t row = 0; row < n; row++) {
        parley_json_array(j);
        for (size_t column = 0; column < n; column++)
            parley_json_number(j, values[row * n + column]);
        parley_json_array_end(j);
    }
    parley_json_array_end(j);
}

#include <parley/json.h>
#include <parley/text.h>
#include "tap.h"

static void doubles(void)
{
    static const double values[] = { 0, 1, -1, .1, 1.0 / 3, 123456789.123, 5e-324, 1.7976931348623157e308, 2.385, 1e22, 1e23 };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[PARLEY_NUMBER_TEXT];
        double back;
        size_t n = parley_double_to_text(values[i], text);
        OK(parley_text_to_double(text, n, &back) && back == values[i], "%s reads back", text);
    }
    static const char *const bad[] = { "", "-", ".", "1e", "1.2.3", "nan", "inf", "0x10", " 1", "1 ", "1e999", "--1" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double v = 42;
        OK(!parley_text_to_double(bad[i], strlen(bad[i]), &v) && v == 42, "'%s' is no number", bad[i]);
    }
    double v;
    OK(parley_text_to_double("9007199254740993", 16, &v) && v == 9007199254740992., "rounds to even beyond 2^53");
    OK(parley_text_to_double("0.000000000000000000000000000001234567890123456789", 50, &v) && v == 1.234567890123456789e-30, "long fractions");
    int64_t i;
    OK(parley_text_to_i64("-9223372036854775808", 20, &i) && i == INT64_MIN, "least int64");
    OK(!parley_text_to_i64("9223372036854775808", 19, &i), "one over the largest int64");
}

static void utf8(void)
{
    static const struct {
        const char *name, *text;
        size_t len, valid, width;
    } cases[] = {
        { "ascii", "abc", 3, 3, 3 },
        { "Chinese is two columns", "中国", 6, 6, 4 },
        { "combining mark is none", "e\xcc\x81", 3, 3, 1 },
        { "surrogate", "a\xed\xa0\x80", 4, 1, 4 },
        { "overlong", "\xc0\xaf", 2, 0, 2 },
        { "cut", "ab\xe4\xb8", 4, 2, 4 },
        { "beyond Unicode", "\xf4\x90\x80\x80", 4, 0, 4 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OK(parley_utf8_valid(cases[i].text, cases[i].len) == cases[i].valid, "%s: valid prefix", cases[i].name);
        OK(parley_display_width(cases[i].text, cases[i].len) == cases[i].width, "%s: width", cases[i].name);
    }
}

static void json(void)
{
    struct parley_text out;
    struct parley_json j;
    parley_text_init(&out, 1000);
    parley_json_init(&j, &out, false);
    parley_json_object(&j);
    parley_json_put_string(&j, "a\"b", "line\nbreak \x01 中 \xff");
    parley_json_key(&j, "list");
    parley_json_array(&j);
    parley_json_number(&j, .1);
    parley_json_number(&j, NAN);
    parley_json_array_end(&j);
    parley_json_object_end(&j);
    OK(same(parley_text_str(&out), "{\"a\\\"b\":\"line\\nbreak \\u0001 中 \xef\xbf\xbd\",\"list\":[0.1,null]}"), "JSON escapes");
    parley_text_release(&out);
    parley_text_init(&out, 5);
    parley_text_adds(&out, "123456");
    OK(out.failed && out.len == 0, "the ceiling holds");
    parley_text_release(&out);
    OK(parley_edit_distance("imprt", "import") == 1 && parley_edit_distance("improt", "import") == 1, "edits");
}

int main(void)
{
    doubles();
    utf8();
    json();
    return done();
}

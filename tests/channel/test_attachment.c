/* Names that somebody chose to do harm, and lists of attachments. */
#include "tap.h"

#include <parley/channel_attachment.h>
#include <string.h>

static const char *const good[] = { "indicators.csv", "report (2).pdf", "事件报告.pdf", "Ünïcode.txt", "a", "no_extension", "archive.tar.gz", "concert.txt", "com10.txt", "nullify", "lpt.txt", "x.con", "a b.txt", "$x", "COMA.txt" };

static const char *const bad[] = {
    "", ".", "..", "...", "/etc/passwd", "../../etc/passwd", "..\\..\\boot.ini", "a/b", "a\\b", "C:\\autoexec.bat", "C:x", "\\\\server\\share\\x", ".bashrc", ".ssh", "~/.profile", "~root", "-rf",
    "--output=x", " leading", "trailing ", "trailing.", "x\n", "x\ny", "x\ty", "x\x01", "x\x7f", "x\x1b[2J", "nul", "NUL", "Nul.txt", "con", "CON.tar.gz", "prn", "aux.c", "com1", "COM9.log", "lpt1", "LPT0.txt",
    "con .txt", "conin$", "CONOUT$", "COM\xc2\xb9", "lpt\xc2\xb3.txt", "a*b", "a?b", "a\"b", "a<b", "a>b", "a|b", "a:b", "file.txt:stream", ("rep\xe2\x80\xae" "fdp.exe"), "x\xe2\x80\x8b.txt", "x\xe2\x80\xa8y",
    "x\xef\xbb\xbf", "\xc2\x85next-line", "\xc0\xae\xc0\xae", "\xff\xfe", "x\xed\xa0\x80", "x\xe2\x81\xa6y", "\xf3\xa0\x80\x81tag", "x\xef\xbf\xbf", "soft\xc2\xadhyphen",
};

static const struct {
    const char *name, *body;
    bool ok;
    size_t n;
} lists[] = {
#define H "\"sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\""
    { "none", "{\"text\":\"x\"}", true, 0 },
    { "empty", "{\"attachments\":[]}", true, 0 },
    { "one", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":5," H "}]}", true, 1 },
    { "two", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":5," H "},{\"name\":\"b.txt\",\"bytes\":16777211," H "}]}", true, 2 },
    { "no list", "{\"attachments\":{\"name\":\"a.txt\"}}", false, 0 },
    { "a string in it", "{\"attachments\":[\"a.txt\"]}", false, 0 },
    { "a key too many", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":5," H ",\"path\":\"/tmp\"}]}", false, 0 },
    { "no hash", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":5}]}", false, 0 },
    { "hash in upper case", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":5,\"sha256\":\"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\"}]}", false, 0 },
    { "hash too short", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":5,\"sha256\":\"01\"}]}", false, 0 },
    { "size as text", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":\"many\"," H "}]}", false, 0 },
    { "negative size", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":-1," H "}]}", false, 0 },
    { "17 MiB", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":17825792," H "}]}", false, 0 },
    { "16 MiB in two and a byte", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":16777216," H "},{\"name\":\"b.txt\",\"bytes\":1," H "}]}", false, 0 },
    { "one name twice", "{\"attachments\":[{\"name\":\"a.txt\",\"bytes\":5," H "},{\"name\":\"A.TXT\",\"bytes\":5," H "}]}", false, 0 },
    { "name is a number", "{\"attachments\":[{\"name\":5,\"bytes\":5," H "}]}", false, 0 },
    { "name escaped into a path", "{\"attachments\":[{\"name\":\"\\u002e\\u002e\\u002fx\",\"bytes\":5," H "}]}", false, 0 },
    { "name with a zero inside", "{\"attachments\":[{\"name\":\"a\\u0000.txt\",\"bytes\":5," H "}]}", false, 0 },
};

int main(void)
{
    struct parley_error err;
    char name[600];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        OK(!parley_attachment_name_check(good[i], strlen(good[i]), &err), "%s is a name", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err.text[0] = 0;
        OK(parley_attachment_name_check(bad[i], strlen(bad[i]), &err) == PARLEY_EDOM && err.text[0], "bad name %zu: %s", i, err.text);
    }
    OK(parley_attachment_name_check("a\0b", 3, NULL) == PARLEY_EDOM, "a zero inside");
    memset(name, 'x', sizeof name);
    OK(!parley_attachment_name_check(name, PARLEY_ATTACHMENT_NAME_MAX, NULL) && parley_attachment_name_check(name, PARLEY_ATTACHMENT_NAME_MAX + 1, NULL), "length");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct parley_arena arena = { 0 };
        struct parley_attachment *a;
        size_t n = 99;
        enum parley_status status = parley_attachments_of(lists[i].body, strlen(lists[i].body), &arena, &a, &n, &err);
        OK(lists[i].ok ? !status && n == lists[i].n : status && !n, "list: %s", lists[i].name);
        parley_arena_release(&arena);
    }
    return done();
}

#include "command.h"

#include <parley/file.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int index_of(const struct invocation *in, const char *name)
{
    int i = 0;
    for (const struct option *o = in->command->options; o && o->name; o++, i++)
        if (!strcmp(o->name, name))
            return i;
    for (const struct option *o = common_options; o->name; o++, i++)
        if (!strcmp(o->name, name))
            return i;
    return -1;
}

const char *option_text(const struct invocation *in, const char *name)
{
    int i = index_of(in, name);
    return i < 0 ? NULL : in->given[i];
}

bool option_given(const struct invocation *in, const char *name) { return option_text(in, name) != NULL; }

enum parley_status option_double(struct invocation *in, const char *name, double low, double high, double *value)
{
    const char *text = option_text(in, name);
    double v;
    if (!text)
        return PARLEY_OK;
    if (!parley_text_to_double(text, strlen(text), &v) || !(v >= low && v <= high)) {
        char a[PARLEY_NUMBER_TEXT], b[PARLEY_NUMBER_TEXT];
        parley_double_to_short(low, 6, a);
        parley_double_to_short(high, 6, b);
        return parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected a number from %s to %s, found '%.60s'", name, a, b, text);
    }
    *value = v;
    return PARLEY_OK;
}

enum parley_status option_u64(struct invocation *in, const char *name, uint64_t low, uint64_t high, uint64_t *value)
{
    const char *text = option_text(in, name);
    uint64_t v;
    if (!text)
        return PARLEY_OK;
    if (!parley_text_to_u64(text, strlen(text), &v) || v < low || v > high)
        return parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected a whole number from %llu to %llu, found '%.60s'", name,
                           (unsigned long long)low, (unsigned long long)high, text);
    *value = v;
    return PARLEY_OK;
}

enum parley_status option_choice(struct invocation *in, const char *name, const char *const *words, int *index)
{
    const char *text = option_text(in, name);
    if (!text)
        return PARLEY_OK;
    struct parley_text list;
    parley_text_init(&list, 300);
    for (int i = 0; words[i]; i++) {
        if (!strcmp(words[i], text)) {
            *index = i;
            parley_text_release(&list);
            return PARLEY_OK;
        }
        parley_text_addf(&list, "%s%s", i ? ", " : "", words[i]);
    }
    parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected one of %s; found '%.60s'", name, parley_text_str(&list), text);
    parley_text_release(&list);
    return PARLEY_EINVAL;
}

void begin_doc(struct invocation *in, struct parley_doc *doc, const char *title)
{
    parley_doc_init(doc, &in->arena, in->lang, title);
}

/* Some commands have a --format or -o of their own, which say nothing about documents. */
static bool has_document_options(const struct command *c)
{
    for (const struct option *o = c->options; o && o->name; o++)
        if (o->value && !strcmp(o->name, "format") && !strcmp(o->value, DOCUMENT_FORMATS))
            return true;
    return false;
}

enum { FILE_WIDTH = 100 }; /* columns of a text file; a terminal has its own */

enum parley_status finish_doc(struct invocation *in, const struct parley_doc *doc)
{
#define WORD(name, text) text,
    static const char *const formats[] = { PARLEY_FORMAT_MAP(WORD) NULL };
#undef WORD
    int index = in->json ? PARLEY_FORMAT_JSON : PARLEY_FORMAT_TEXT;
    if (!has_document_options(in->command))
        return parley_doc_render(doc, (enum parley_format)index, in->width, &in->out, &in->err);
    const char *file = option_text(in, "output");
    enum parley_status status = option_choice(in, "format", formats, &index);
    enum parley_format format = (enum parley_format)index;
    if (!status && file && !option_given(in, "format"))
        status = parley_format_of_file(file, &format, &in->err);
    if (status)
        return status;
    if (!file)
        return parley_doc_render(doc, format, in->width, &in->out, &in->err);
    struct parley_text text;
    parley_text_init(&text, in->out.max);
    status = parley_doc_render(doc, format, FILE_WIDTH, &text, &in->err);
    if (!status)
        status = parley_file_write(file, parley_text_str(&text), text.len, &in->err);
    parley_text_release(&text);
    return status;
}

bool wants_json(const struct invocation *in)
{
    const char *file = has_document_options(in->command) ? option_text(in, "output") : NULL;
    size_t len = file ? strlen(file) : 0;
    bool document = file && (len < 5 || strcmp(file + len - 5, ".json"));
    return in->json && !document && !(has_document_options(in->command) && option_given(in, "format"));
}

void begin_json(struct invocation *in, struct parley_json *json)
{
    if (has_document_options(in->command) && wants_json(in))
        in->json_file = option_text(in, "output");
    parley_json_init(json, &in->out, true);
}

void say(const struct invocation *in, const char *fmt, ...)
{
    (void)in;
    va_list ap;
    va_start(ap, fmt);
    fputs("parley: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

#include "event_text.h"
#include "list_rows.h"

#include <string.h>

static enum parley_status run(struct invocation *in)
{
    static const char *const key[] = { "source", "kind", "author", "year", "title", "covers", "coverage" };
    const char *const title[] = { PARLEY_SAY(in->lang, "code", "代码"), PARLEY_SAY(in->lang, "kind", "种类"), PARLEY_SAY(in->lang, "author", "作者"), PARLEY_SAY(in->lang, "year", "年份"),
                                  PARLEY_SAY(in->lang, "title", "标题"), PARLEY_SAY(in->lang, "covers", "覆盖"), PARLEY_SAY(in->lang, "coverage and its breaks", "覆盖说明与断点") };
    struct parley_record *record = NULL;
    struct parley_source *s = NULL;
    struct parley_coverage_break *b = NULL;
    size_t n = 0, n_breaks = 0;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = parley_record_sources(record, &in->arena, &s, &n, &in->err);
    if (!status)
        status = parley_record_breaks(record, &in->arena, &b, &n_breaks, &in->err);
    parley_record_close(record);
    const char **cell = PARLEY_NEW(&in->arena, const char *, 7 * n + 1);
    if (!status && !cell)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        const char *coverage = PARLEY_SAY(in->lang, s[i].coverage, *s[i].coverage_zh ? s[i].coverage_zh : s[i].coverage);
        for (size_t k = 0; k < n_breaks && coverage; k++)
            if (!strcmp(b[k].source, s[i].code))
                coverage = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "%s%s%s: %s.", "%s%s%s：%s。"), coverage, *coverage ? " " : "", date_text(in, &b[k].at),
                                               PARLEY_SAY(in->lang, b[k].what, *b[k].what_zh ? b[k].what_zh : b[k].what));
        const char *const row[] = { s[i].code, list_word(in, s[i].kind), s[i].author, s[i].year, in->lang == PARLEY_ZH && *s[i].title_zh ? s[i].title_zh : s[i].title,
                                    date_text(in, &s[i].covers), coverage ? coverage : "" };
        for (size_t c = 0; c < 7; c++)
            cell[7 * i + c] = row[c];
    }
    return list_rows(in, key, title, 7, cell, n);
}

const struct command command_record_sources = {
    .name = "record sources",
    .operands = "",
    .summary = "List the sources, what they cover and where their collection changed.",
    .summary_zh = "列出来源、覆盖范围及其断点。",
    .text = "A jump of counts at a break is a change of what was collected, not of the world.",
    .examples = "parley record sources\nparley record sources --lang zh\n",
    .run = run,
};

#include "event_text.h"
#include "listing.h"

#include <string.h>

/* What a source covers, and where its coverage breaks. */
static const char *coverage(struct invocation *in, const struct parley_source *s, const struct parley_coverage_break *b, size_t n)
{
    const char *text = PARLEY_SAY(in->lang, s->coverage, *s->coverage_zh ? s->coverage_zh : s->coverage);
    for (size_t i = 0; i < n && text; i++)
        if (!strcmp(b[i].source, s->code))
            text = parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "%s%s%s: %s.", "%s%s%s：%s。"), text, *text ? " " : "", date_text(in, &b[i].at),
                                       PARLEY_SAY(in->lang, b[i].what, *b[i].what_zh ? b[i].what_zh : b[i].what));
    return text ? text : "";
}

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "code", "代码", .key = "source" }, { "kind", "种类", .key = "kind" }, { "author", "作者", .key = "author" }, { "year", "年份", .key = "year" },
                                                     { "title", "标题", .key = "title" }, { "covers", "覆盖", .key = "covers" }, { "coverage and its breaks", "覆盖说明与断点", .key = "coverage" } };
    struct listing list;
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
    if (status)
        return status;
    begin_listing(in, &list, "", columns, 7);
    for (size_t i = 0; i < n; i++)
        list_row(&list, (const char *const[]){ s[i].code, list_word(in, s[i].kind), s[i].author, s[i].year, in->lang == PARLEY_ZH && *s[i].title_zh ? s[i].title_zh : s[i].title,
                                               date_text(in, &s[i].covers), coverage(in, &s[i], b, n_breaks) });
    return finish_listing(in, &list);
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

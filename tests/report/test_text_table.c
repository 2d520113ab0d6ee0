/* Tables as text: they fit, words that matter stay whole, columns line up by display width. */
#include <parley/report.h>

#include "tap.h"

static struct parley_arena arena;

static char *rendered(void (*fill)(struct parley_doc *), int width)
{
    struct parley_doc doc;
    struct parley_text out;
    struct parley_error err = { 0 };
    parley_doc_init(&doc, &arena, PARLEY_EN, "t");
    fill(&doc);
    parley_text_init(&out, 1 << 20);
    char *copy = parley_doc_to_text(&doc, width, &out, &err) ? NULL : parley_arena_strdup(&arena, parley_text_str(&out));
    parley_text_release(&out);
    return copy;
}

static void wide(struct parley_doc *doc)
{
    struct parley_table *t = parley_doc_table(doc, "");
    parley_table_column(t, "date", PARLEY_LEFT);
    parley_table_column(t, "intensity", PARLEY_RIGHT);
    parley_table_column(t, "what", PARLEY_LEFT);
    parley_table_cell(t, "2019-04-03");
    parley_table_number(t, -4, 2);
    parley_table_cell(t, "a long description that does not fit into the line at all");
    parley_table_cell(t, "中文日期");
    parley_table_number(t, -12.5, 3);
    parley_table_cell(t, "short");
}

static const char narrow[] =
    "date        intensity  what\n"
    "----------  ---------  -----------------\n"
    "2019-04-03         -4  a long\n"
    "                       description that\n"
    "                       does not fit into\n"
    "                       the line at all\n"
    "中文日期        -12.5  short\n";

static void awkward(struct parley_doc *doc)
{
    struct parley_table *t = parley_doc_table(doc, "");
    for (int c = 0; c < 30; c++)
        parley_table_column(t, c ? "" : "title", c % 2 ? PARLEY_RIGHT : PARLEY_LEFT);
    for (int c = 0; c < 45; c++)
        parley_table_cell(t, "%s", c % 3 ? "" : "word word");
}

int main(void)
{
    OK(same(rendered(wide, 40), narrow), "dates and titles stay whole, the long column is wrapped");
    char *text = rendered(wide, 100);
    OK(text && strstr(text, "at all\n") && !strstr(text, "a long\n"), "a table with room is not wrapped");
    OK(rendered(awkward, 20) != NULL, "empty cells, too many columns and an unfinished row");
    parley_arena_release(&arena);
    return done();
}

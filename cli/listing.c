#include "listing.h"

#include <string.h>

const char *list_word(const struct invocation *in, const char *code)
{
    static const char *const words[][2] = {
        { "hotline", "热线" }, { "dialogue", "对话" }, { "working-group", "工作组" }, { "track2", "二轨渠道" }, { "notification", "通报" }, { "norm", "规范" }, { "agreement", "协议" }, { "forum", "论坛" },
        { "suspended", "中止" }, { "lapsed", "停办" }, { "replaced", "被取代" }, { "completed", "完成" },
        { "state", "国家" }, { "former state", "前国家" }, { "body", "国际机构" }, { "firm", "企业" }, { "group", "团体" }, { "region", "地区" }, { "unknown", "未知" },
        { "study", "研究" }, { "data set", "数据集" }, { "document", "文件" }, { "coder", "编码员" }, { "synthetic", "人工合成" }, { "overt", "公开" }, { "covert", "隐蔽" } };
    for (size_t i = 0; in->lang == PARLEY_ZH && !in->json && i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], code))
            return words[i][1];
    return code;
}

void begin_listing(struct invocation *in, struct listing *list, const char *title, const struct listing_column *column, size_t n_columns)
{
    *list = (struct listing){ .column = column, .n_columns = n_columns };
    if (in->json) {
        begin_json(in, &list->json);
        parley_json_array(&list->json);
        return;
    }
    begin_doc(in, &list->doc, title);
    list->table = parley_doc_table(&list->doc, "");
    for (size_t i = 0; i < n_columns; i++)
        parley_table_column(list->table, PARLEY_SAY(in->lang, column[i].en, column[i].zh), column[i].align);
}

void list_row(struct listing *list, const char *const *text)
{
    if (list->table) {
        for (size_t i = 0; i < list->n_columns; i++)
            parley_table_cell(list->table, "%s", text[i]);
        return;
    }
    parley_json_object(&list->json);
    for (size_t i = 0; i < list->n_columns; i++)
        parley_json_put_string(&list->json, list->column[i].key, text[i]);
    parley_json_object_end(&list->json);
}

enum parley_status finish_listing(struct invocation *in, struct listing *list)
{
    if (list->table)
        return finish_doc(in, &list->doc);
    parley_json_array_end(&list->json);
    return PARLEY_OK;
}

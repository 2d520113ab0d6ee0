#include "list_rows.h"

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

enum parley_status list_rows(struct invocation *in, const char *const *key, const char *const *title, size_t columns, const char **cell, size_t rows)
{
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_array(&json);
        for (size_t r = 0; r < rows; r++) {
            parley_json_object(&json);
            for (size_t c = 0; c < columns; c++)
                parley_json_put_string(&json, key[c], cell[r * columns + c]);
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, "");
    struct parley_table *t = parley_doc_table(&doc, "");
    for (size_t c = 0; c < columns; c++)
        parley_table_column(t, title[c], PARLEY_LEFT);
    for (size_t i = 0; i < rows * columns; i++)
        parley_table_cell(t, "%s", cell[i]);
    return finish_doc(in, &doc);
}

#define _POSIX_C_SOURCE 200809L
#include "channel_shared.h"

#include <time.h>

static enum parley_status run(struct invocation *in)
{
    struct parley_desk *desk;
    struct parley_said *said;
    struct timespec t;
    size_t n;
    char time[TIME_TEXT], hash[65];
    enum parley_status status = open_desk(in, &desk);
    if (status)
        return status;
    status = parley_channel_list(desk, in->n_operands ? in->operand[0] : NULL, &in->arena, &said, &n, &in->err);
    parley_desk_close(desk);
    if (status)
        return status;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t now = (int64_t)t.tv_sec * 1000000;
    struct parley_json json;
    struct parley_doc doc;
    struct parley_table *table = NULL;
    if (in->json) {
        begin_json(in, &json);
        parley_json_array(&json);
    } else {
        begin_doc(in, &doc, PARLEY_SAY(in->lang, "Answers that are due", "待答复事项"));
        table = parley_doc_table(&doc, "");
        const char *const titles[][2] = { { "hash", "哈希" }, { "due", "期限" }, { "in minutes", "剩余分钟" }, { "owed by", "答复方" }, { "type", "类型" }, { "precedence", "缓急" } };
        for (int i = 0; i < 6; i++)
            parley_table_column(table, PARLEY_SAY(in->lang, titles[i][0], titles[i][1]), i == 2 ? PARLEY_RIGHT : PARLEY_LEFT);
    }
    for (size_t i = 0; i < n; i++) {
        const struct parley_said *s = &said[i];
        if (!s->statement.within_s || s->answered_us || s->statement.kind != PARLEY_KIND_MESSAGE)
            continue;
        if (in->json) {
            said_json(&json, s, false);
            continue;
        }
        hash_text(s->hash, hash);
        parley_table_cell(table, "%.12s", hash);
        parley_table_cell(table, "%s", s->deadline_us ? both_times(s->deadline_us, time) : PARLEY_SAY(in->lang, "runs from the receipt", "自回执起算"));
        parley_table_cell(table, s->deadline_us ? "%lld" : "-", (long long)((s->deadline_us - now) / 60000000));
        parley_table_cell(table, "%s", s->ours ? s->peer : PARLEY_SAY(in->lang, "us", "我方"));
        parley_table_cell(table, "%s", type_label(in, s->statement.type));
        parley_table_cell(table, "%s", parley_precedence_name(s->statement.precedence, in->lang));
    }
    if (in->json) {
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    return finish_doc(in, &doc);
}

const struct command command_channel_deadlines = {
    .name = "channel deadlines",
    .operands = "[PEER]",
    .operands_max = 1,
    .summary = "List answers that are due, theirs and ours; deadlines run from the receipt.",
    .summary_zh = "列出双方待答复事项；期限自存储回执起算。",
    .text = "A negative number of minutes is overdue.",
    .examples = "parley --desk us channel deadlines\n",
    .options = (const struct option[]){ UNLOCK_OPTION, { 0 } },
    .run = run,
};

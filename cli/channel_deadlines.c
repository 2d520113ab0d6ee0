#define _POSIX_C_SOURCE 200809L
#include "channel_shared.h"

#include <parley/channel_directory.h>
#include <string.h>
#include <time.h>

/* Yearly confirmations that are due, or soon will be. */
static enum parley_status confirmations(struct invocation *in, struct parley_desk *desk, int64_t now, int64_t ahead_us, struct parley_json *json, struct parley_table *table)
{
    struct parley_peer *peer;
    size_t n;
    char time[TIME_TEXT];
    enum parley_status status = parley_desk_peers(desk, &in->arena, &peer, &n, &in->err);
    for (size_t i = 0; !status && i < n; i++) {
        struct parley_contacts side[2];
        if (in->n_operands && strcmp(in->operand[0], peer[i].name))
            continue;
        status = parley_channel_directory(desk, peer[i].name, &in->arena, &side[0], &side[1], &in->err);
        for (int k = 0; !status && k < 2; k++) {
            if (side[k].due_us > now + ahead_us)
                continue;
            const char *who = k ? peer[i].name : PARLEY_SAY(in->lang, "us", "我方");
            if (json) {
                parley_json_object(json);
                parley_json_put_string(json, "type", "contact-confirmation");
                parley_json_put_string(json, "peer", peer[i].name);
                parley_json_put_bool(json, "owed_by_us", !k);
                parley_json_put_string(json, "deadline", utc_time(side[k].due_us, time));
                parley_json_object_end(json);
                continue;
            }
            parley_table_cell(table, "%s", "-");
            parley_table_cell(table, "%s", both_times(side[k].due_us, time));
            parley_table_cell(table, "%lld", (long long)((side[k].due_us - now) / 60000000));
            parley_table_cell(table, "%s", who);
            parley_table_cell(table, PARLEY_SAY(in->lang, "yearly confirmation of contacts (%s)", "联络点年度确认（%s）"), peer[i].name);
            parley_table_cell(table, "%s", "-");
        }
    }
    return status;
}

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
    uint32_t ahead = 30 * 86400;
    bool given;
    status = option_duration(in, "contacts-within", &ahead, &given);
    if (!status)
        status = parley_channel_list(desk, in->n_operands ? in->operand[0] : NULL, &in->arena, &said, &n, &in->err);
    if (status) {
        parley_desk_close(desk);
        return status;
    }
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
    status = confirmations(in, desk, now, (int64_t)ahead * 1000000, in->json ? &json : NULL, table);
    parley_desk_close(desk);
    if (in->json)
        parley_json_array_end(&json);
    return status || in->json ? status : finish_doc(in, &doc);
}

const struct command command_channel_deadlines = {
    .name = "channel deadlines",
    .operands = "[PEER]",
    .operands_max = 1,
    .summary = "List answers that are due, theirs and ours; deadlines run from the receipt.",
    .summary_zh = "列出双方待答复事项；期限自存储回执起算。",
    .text = "A negative number of minutes is overdue. Contacts are to be confirmed by both sides once a year ('channel contacts').",
    .examples = "parley --desk us channel deadlines\n",
    .options = (const struct option[]){ { "contacts-within", 0, "TIME", "Yearly confirmations of contacts due within this time. Default: 30d." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

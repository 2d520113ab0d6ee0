#define _POSIX_C_SOURCE 200809L
#include "channel_desk.h"
#include "channel_draft.h"
#include "channel_words.h"
#include "listing.h"

#include <parley/channel_directory.h>
#include <string.h>
#include <time.h>

static long long minutes(int64_t us) { return (long long)(us / 60000000); }

/* An answer that somebody owes. */
static void put_answer(const struct invocation *in, struct listing *list, const struct parley_said *s, int64_t now)
{
    char time[TIME_TEXT], hash[HASH_TEXT];
    if (in->json) {
        said_json(&list->json, s);
        return;
    }
    parley_table_cell(list->table, "%.12s", hash_text(s->hash, hash));
    parley_table_cell(list->table, "%s", s->deadline_us ? both_times(s->deadline_us, time) : PARLEY_SAY(in->lang, "runs from the receipt", "自回执起算"));
    parley_table_cell(list->table, s->deadline_us ? "%lld" : "-", minutes(s->deadline_us - now));
    parley_table_cell(list->table, "%s", side_name(in, !s->ours, s->peer));
    parley_table_cell(list->table, "%s", type_label(in, s->statement.type));
    parley_table_cell(list->table, "%s", parley_precedence_name(s->statement.precedence, in->lang));
}

/* A yearly confirmation of contacts, ours or the peer's. */
static void put_confirmation(const struct invocation *in, struct listing *list, const char *peer, bool ours, int64_t due_us, int64_t now)
{
    char time[TIME_TEXT];
    if (in->json) {
        parley_json_object(&list->json);
        parley_json_put_string(&list->json, "type", "contact-confirmation");
        parley_json_put_string(&list->json, "peer", peer);
        parley_json_put_bool(&list->json, "owed_by_us", ours);
        put_time(&list->json, "deadline", due_us);
        parley_json_object_end(&list->json);
        return;
    }
    parley_table_cell(list->table, "-");
    parley_table_cell(list->table, "%s", both_times(due_us, time));
    parley_table_cell(list->table, "%lld", minutes(due_us - now));
    parley_table_cell(list->table, "%s", side_name(in, ours, peer));
    parley_table_cell(list->table, PARLEY_SAY(in->lang, "yearly confirmation of contacts (%s)", "联络点年度确认（%s）"), peer);
    parley_table_cell(list->table, "-");
}

/* Those that are due before `until`. */
static enum parley_status put_confirmations(struct invocation *in, struct listing *list, int64_t now, int64_t until)
{
    struct parley_peer *peer;
    size_t n;
    enum parley_status status = parley_desk_peers(in->channel, &in->arena, &peer, &n, &in->err);
    for (size_t i = 0; !status && i < n; i++) {
        struct parley_contacts side[2]; /* ours, theirs */
        if (in->n_operands && strcmp(in->operand[0], peer[i].name))
            continue;
        status = parley_channel_directory(in->channel, peer[i].name, &in->arena, &side[0], &side[1], &in->err);
        for (int k = 0; !status && k < 2; k++)
            if (side[k].due_us <= until)
                put_confirmation(in, list, peer[i].name, k == 0, side[k].due_us, now);
    }
    return status;
}

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "hash", "哈希" }, { "due", "期限" }, { "in minutes", "剩余分钟", PARLEY_RIGHT }, { "owed by", "答复方" }, { "type", "类型" }, { "precedence", "缓急" } };
    struct listing list;
    struct parley_said *said;
    struct timespec t;
    size_t n;
    uint32_t ahead_s = 30 * 86400;
    bool given;
    enum parley_status status = open_desk(in);
    if (!status)
        status = option_duration(in, "contacts-within", &ahead_s, &given);
    if (!status)
        status = parley_channel_list(in->channel, in->n_operands ? in->operand[0] : NULL, &in->arena, &said, &n, &in->err);
    if (status)
        return status;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t now = (int64_t)t.tv_sec * 1000000;
    begin_listing(in, &list, PARLEY_SAY(in->lang, "Answers that are due", "待答复事项"), columns, 6);
    for (size_t i = 0; i < n; i++)
        if (said[i].statement.within_s && !said[i].answered_us && said[i].statement.kind == PARLEY_KIND_MESSAGE)
            put_answer(in, &list, &said[i], now);
    status = put_confirmations(in, &list, now, now + (int64_t)ahead_s * 1000000);
    if (status)
        parley_text_clear(&in->out); /* half a list would look like all that is due */
    return status ? status : finish_listing(in, &list);
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

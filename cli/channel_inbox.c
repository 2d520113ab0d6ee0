#include "channel_desk.h"
#include "channel_words.h"
#include "listing.h"

static void put_row(const struct invocation *in, struct parley_table *t, const struct parley_said *s, bool all)
{
    char time[TIME_TEXT], hash[65];
    hash_text(s->hash, hash);
    parley_table_cell(t, "%.8s", hash);
    parley_table_cell(t, "%s", both_times(s->stored_us, time));
    parley_table_cell(t, !all ? "%s" : s->ours ? PARLEY_SAY(in->lang, "to %s", "致 %s") : PARLEY_SAY(in->lang, "from %s", "自 %s"), s->peer);
    parley_table_cell(t, "%s%s", s->statement.flags & PARLEY_EXERCISE ? "EXERCISE " : "", type_label(in, s->statement.type));
    parley_table_cell(t, "%s", parley_precedence_name(s->statement.precedence, in->lang));
    parley_table_cell(t, "%s%s", s->answered_us ? PARLEY_SAY(in->lang, "answered", "已答复") : s->read_us ? PARLEY_SAY(in->lang, "read", "已读")
                          : s->receipt_us ? PARLEY_SAY(in->lang, "stored", "已存储") : PARLEY_SAY(in->lang, "under way", "在途"),
                      !s->verified ? PARLEY_SAY(in->lang, ", NOT VERIFIED", "，未通过验证") : s->earlier_outstanding ? PARLEY_SAY(in->lang, ", earlier ones outstanding", "，此前有未到") : "");
}

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "hash", "哈希" }, { "stored", "存储时间" }, { "peer", "对方" }, { "type", "类型" }, { "precedence", "缓急" }, { "state", "状态" } };
    struct listing list;
    struct parley_said *said;
    size_t n;
    bool all = option_given(in, "all"), receipts = option_given(in, "receipts");
    enum parley_status status = open_desk(in);
    if (!status)
        status = parley_channel_list(in->channel, in->n_operands ? in->operand[0] : NULL, &in->arena, &said, &n, &in->err);
    if (status)
        return status;
    begin_listing(in, &list, all ? PARLEY_SAY(in->lang, "What was said", "往来声明") : PARLEY_SAY(in->lang, "What came in", "收到的声明"), columns, 6);
    for (size_t i = 0; i < n; i++) {
        if ((said[i].ours && !all) || (said[i].statement.kind == PARLEY_KIND_RECEIPT && !receipts))
            continue;
        if (in->json)
            said_json(&list.json, &said[i]);
        else
            put_row(in, list.table, &said[i], all);
    }
    return finish_listing(in, &list);
}

const struct command command_channel_inbox = {
    .name = "channel inbox",
    .operands = "[PEER]",
    .operands_max = 1,
    .summary = "List what the other side said (with --all: both sides).",
    .summary_zh = "列出对方的声明（--all：双方）。",
    .text = "Times are UTC with the local time beside it. Statements that came out of order are shown at once and marked.",
    .examples = "parley --desk us channel inbox\nparley --desk us channel inbox cn --all --json\n",
    .options = (const struct option[]){ { "all", 0, NULL, "What we said, too." }, { "receipts", 0, NULL, "Receipts, too." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

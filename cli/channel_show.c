#include "channel_shared.h"

static enum parley_status run(struct invocation *in)
{
    struct parley_desk *desk;
    struct parley_said s;
    char a[TIME_TEXT], hash[65];
    enum parley_status status = open_desk(in, &desk);
    if (status)
        return status;
    status = parley_channel_find(desk, in->operand[0], &in->arena, &s, &in->err);
    parley_desk_close(desk);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        said_json(&json, &s, true);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, type_label(in, s.statement.type));
    if (s.statement.flags & PARLEY_EXERCISE)
        parley_doc_note(&doc, "EXERCISE EXERCISE EXERCISE");
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "said by %s on the channel with %s, number %llu of epoch %u", "%s，与 %s 的信道，编号 %llu，第 %u 期"),
                    s.ours ? PARLEY_SAY(in->lang, "us", "我方") : PARLEY_SAY(in->lang, "them", "对方"), s.peer, (unsigned long long)s.statement.seq, s.statement.epoch);
    parley_doc_item(&doc, "%s, TLP:%s", parley_precedence_name(s.statement.precedence, in->lang), parley_tlp_name(s.statement.tlp));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "hash %s", "哈希 %s"), hash_text(s.hash, hash));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "its author's clock: %s", "作者时钟：%s"), both_times(s.statement.time_us, a));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "stored here: %s", "本台存储：%s"), both_times(s.stored_us, a));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "receipt (R1): %s", "存储回执（R1）：%s"), both_times(s.receipt_us, a));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "read (R2): %s %s", "已读（R2）：%s %s"), both_times(s.read_us, a), s.read_by);
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "answered (R3): %s %s", "已答（R3）：%s %s"), both_times(s.answered_us, a), s.outcome);
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "answer wanted by: %s", "答复期限：%s"), both_times(s.deadline_us, a));
    parley_doc_item(&doc, "%s", s.verified ? PARLEY_SAY(in->lang, "signature verified", "签名有效") : PARLEY_SAY(in->lang, "SIGNATURE NOT VALID", "签名无效"));
    parley_doc_code(&doc, "%s", s.body);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "Acknowledging is not agreeing; origin in a territory is not responsibility.", "确认收到不等于同意；源自某地不等于由其负责。"));
    return finish_doc(in, &doc);
}

const struct command command_channel_show = {
    .name = "channel show",
    .operands = "HASH",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Show one statement: who, when by both clocks, receipts, deadline, body.",
    .summary_zh = "显示一份声明：发言方、双方时钟、回执、期限、正文。",
    .text = "A beginning of the hash of at least 6 digits is enough.",
    .examples = "parley --desk us channel show 3f9a1c --json\n",
    .options = (const struct option[]){ UNLOCK_OPTION, { 0 } },
    .run = run,
};

#include "channel_desk.h"
#include "channel_draft.h"

static enum parley_status run(struct invocation *in)
{
    static const char *const kinds[] = { "read", "answered", "declined", NULL };
    struct parley_said about;
    struct parley_text body;
    struct parley_json json;
    const char *by = option_text(in, "by");
    int kind = 0;
    enum parley_status status = option_choice(in, "kind", kinds, &kind);
    if (!status && !by)
        status = parley_fail(&in->err, PARLEY_EINVAL, "--by NAME is needed: a receipt that something was read names who read it");
    if (!status)
        status = open_desk(in);
    if (!status)
        status = parley_channel_find(in->channel, in->operand[0], &in->arena, &about, &in->err);
    if (status)
        return status;
    if (about.ours || about.statement.kind == PARLEY_KIND_RECEIPT)
        return parley_fail(&in->err, PARLEY_EREFUSED, "receipts are given for what the other side said, and never for receipts");
    parley_text_init(&body, PARLEY_BODY_MAX);
    parley_json_init(&json, &body, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "receipt", kinds[kind]);
    parley_json_put_integer(&json, "seq", (int64_t)about.statement.seq);
    parley_json_put_string(&json, "by", by);
    parley_json_put_string(&json, "meaning", "Acknowledging is not agreeing; origin in a territory is not responsibility.");
    parley_json_object_end(&json);
    struct parley_draft d = { .type = "receipt", .precedence = about.statement.precedence, .tlp = about.statement.tlp, .within_given = true,
                              .reply_to = about.hash, .body = parley_text_str(&body), .body_len = body.len };
    status = send_draft(in, about.peer, &d);
    parley_text_release(&body);
    return status;
}

const struct command command_channel_receipt = {
    .name = "channel receipt",
    .operands = "HASH",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Tell the other side that a named officer read a statement (R2), or that it is answered or declined (R3).",
    .summary_zh = "告知对方：声明已由具名官员阅读（R2），或已答复、拒绝（R3）。",
    .text = "That a statement is stored (R1) is told by the desk itself. Every receipt says: acknowledging is not agreeing; origin in a territory is not responsibility.",
    .examples = "parley --desk us channel receipt 3f9a1c --by 'J. Doe, duty officer'\n",
    .options = (const struct option[]){ { "by", 0, "NAME", "Who read or decided." }, { "kind", 0, "WORD", "read, answered or declined. Default: read." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

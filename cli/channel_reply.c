#include "channel_desk.h"
#include "channel_draft.h"

#include <parley/channel_advice.h>

/* The body as given: a file, or the words of --text with the --decision. */
static enum parley_status body_of_answer(struct invocation *in, struct parley_draft *d)
{
    const char *text = option_text(in, "text"), *file = option_text(in, "body"), *decision = option_text(in, "decision");
    struct parley_text body;
    struct parley_json json;
    if (!text == !file)
        return parley_fail(&in->err, PARLEY_EINVAL, "give the answer as --text TEXT or as --body FILE");
    if (file) {
        char *data;
        enum parley_status status = read_body(in, file, &data, &d->body_len);
        if (status)
            return status;
        d->body = data;
    } else {
        parley_text_init(&body, PARLEY_BODY_MAX);
        parley_json_init(&json, &body, false);
        parley_json_object(&json);
        parley_json_put_string(&json, "answer", text);
        if (decision)
            parley_json_put_string(&json, "decision", decision);
        parley_json_object_end(&json);
        d->body = parley_arena_strdup(&in->arena, parley_text_str(&body));
        d->body_len = body.len;
        parley_text_release(&body);
    }
    return parley_body_fields_check(d->type, d->body, d->body_len, file ? body_name(file) : "answer", &in->err);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_said about;
    struct parley_draft d = { .type = option_text(in, "type") ? option_text(in, "type") : "reply" };
    enum parley_status status = message_type(in, d.type) ? body_of_answer(in, &d) : PARLEY_EINVAL;
    if (!status)
        status = open_desk(in);
    if (!status)
        status = parley_channel_find(in->channel, in->operand[0], &in->arena, &about, &in->err);
    if (!status && about.ours)
        status = parley_fail(&in->err, PARLEY_EREFUSED, "that statement is our own; answers are to what the other side said");
    if (!status)
        status = read_attachments(in, 1, &d);
    if (status)
        return status;
    d.reply_to = about.hash;
    d.precedence = about.statement.precedence;
    d.tlp = about.statement.tlp;
    d.exercise = about.statement.flags & PARLEY_EXERCISE;
    return send_draft(in, about.peer, &d);
}

const struct command command_channel_reply = {
    .name = "channel reply",
    .operands = "HASH [FILE...]",
    .operands_min = 1,
    .operands_max = -1,
    .summary = "Answer a statement of the other side.",
    .summary_zh = "答复对方的一份声明。",
    .text = "The answer takes over precedence, TLP label and the EXERCISE mark of what it answers. A beginning of the hash of at least 6 digits is enough. Files behind it are attached.",
    .examples = "parley --desk us channel reply 3f9a1c --text 'Received; we look into it.' --decision acknowledge\n",
    .options = (const struct option[]){ { "text", 0, "TEXT", "The answer." }, { "decision", 0, "WORD", "agree, decline, partly or acknowledge." },
                                        { "body", 0, "FILE", "A whole body instead." }, { "type", 0, "TYPE", "Default: reply." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

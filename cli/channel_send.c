#include "channel_desk.h"
#include "channel_draft.h"

#include <parley/channel_advice.h>
#include <string.h>

/* Advice is shown, never enforced: the officer decides, and says why. */
static enum parley_status advise(struct invocation *in, const struct parley_draft *d)
{
    struct parley_advice *a;
    size_t n;
    enum parley_status status = parley_draft_advice(d->type, d->body, d->body_len, d->within_s, &in->arena, &a, &n, &in->err);
    for (size_t i = 0; !status && i < n; i++)
        say(in, "advice (%s): %s", a[i].rule, PARLEY_SAY(in->lang, a[i].en, a[i].zh));
    return status;
}

/* Type, marks, body and attachments as typed; all that can be said of them without a desk. */
static enum parley_status read_draft(struct invocation *in, struct parley_draft *d)
{
    const char *precedence = option_text(in, "precedence"), *tlp = option_text(in, "tlp"), *body = option_text(in, "body");
    char *data;
    *d = (struct parley_draft){ .type = option_text(in, "type"), .exercise = option_given(in, "exercise"), .override = option_text(in, "override") };
    if (!d->type || !body)
        return parley_fail(&in->err, PARLEY_EINVAL, "--type TYPE and --body FILE are needed; 'parley channel types' lists types and their fields");
    const struct parley_type_info *type = message_type(in, d->type);
    if (!type)
        return PARLEY_EINVAL;
    if (precedence && !parley_precedence_parse(precedence, &d->precedence))
        return parley_fail(&in->err, PARLEY_EINVAL, "--precedence: expected flash, immediate, priority or routine; found '%.40s'", precedence);
    if (tlp && !parley_tlp_parse(tlp, &d->tlp))
        return parley_fail(&in->err, PARLEY_EINVAL, "--tlp: expected RED, AMBER+STRICT, AMBER, GREEN or CLEAR; found '%.40s'", tlp);
    enum parley_status status = option_duration(in, "within", &d->within_s, &d->within_given);
    if (!status)
        status = read_body(in, body, &data, &d->body_len);
    if (!status)
        status = read_attachments(in, 1, d);
    if (status)
        return status;
    d->body = data;
    if (!d->within_given)
        d->within_s = type->within_s, d->within_given = true;
    return parley_body_fields_check(d->type, d->body, d->body_len, body_name(body), &in->err);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_draft d;
    struct parley_said about;
    const char *peer = in->operand[0], *reply = option_text(in, "reply-to");
    enum parley_status status = read_draft(in, &d);
    if (!status)
        status = advise(in, &d);
    if (!status)
        status = open_desk(in);
    if (!status && reply) {
        status = parley_channel_find(in->channel, reply, &in->arena, &about, &in->err);
        if (!status && strcmp(about.peer, peer))
            status = parley_fail(&in->err, PARLEY_EREFUSED, "that statement is of the channel with %s, not %s", about.peer, peer);
        d.reply_to = about.hash;
    }
    return status ? status : send_draft(in, peer, &d);
}

const struct command command_channel_send = {
    .name = "channel send",
    .operands = "PEER [FILE...]",
    .operands_min = 1,
    .operands_max = -1,
    .summary = "Sign a statement for a peer and store it; carriers move it.",
    .summary_zh = "向对方签署并存储一份声明，由载体传送。",
    .text = "The body is one strict JSON object (whole numbers only, no duplicate names, at most 256 KiB) with the fields of its type. The advice of 'parley channel check' is shown; "
            "--override records locally why it was not followed, and is never sent.\n\n"
            "Files named behind the peer are attached: at most 16, together 16 MiB. The statement commits to their hashes; the other side sees their names as labels and takes them out where "
            "it likes with 'channel show'.\n\nA statement is signed once and for all: it can be answered or corrected by a later one, not taken back.",
    .examples = "parley --desk cn channel send us --type incident-notification --precedence flash --tlp AMBER --within 6h --body incident.json --json\nparley --desk cn channel send us indicators.csv --type incident-notification --body incident.json\n",
    .options = (const struct option[]){ { "type", 0, "TYPE", "Statement type; 'parley channel types' lists them." },
                                        { "precedence", 0, "P", "flash, immediate, priority or routine. Default: usual for the type." },
                                        { "tlp", 0, "LABEL", "TLP 2.0: RED, AMBER+STRICT, AMBER, GREEN, CLEAR. Default: AMBER." },
                                        { "within", 0, "TIME", "Answer wanted within: 30m, 6h, 2d; 0 for none. Default: usual for the type." },
                                        { "body", 0, "FILE", "The body, or - for standard input." },
                                        { "reply-to", 0, "HASH", "The statement this one is about." },
                                        { "exercise", 0, NULL, "Mark it EXERCISE." },
                                        { "override", 0, "REASON", "Why advice is not followed; kept here." },
                                        UNLOCK_OPTION,
                                        { 0 } },
    .run = run,
};

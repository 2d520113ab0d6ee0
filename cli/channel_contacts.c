#include "channel_desk.h"
#include "channel_draft.h"
#include "channel_words.h"

#include <parley/channel_directory.h>

static enum parley_status confirm(struct invocation *in)
{
    struct parley_text body;
    parley_text_init(&body, PARLEY_BODY_MAX);
    enum parley_status status = parley_confirmation_body(in->channel, in->operand[0], &body, &in->err);
    struct parley_draft d = { .type = "contact-confirmation", .tlp = PARLEY_TLP_GREEN, .body = parley_text_str(&body), .body_len = body.len };
    if (!status)
        status = send_draft(in, in->operand[0], &d);
    parley_text_release(&body);
    return status;
}

static void side_json(struct parley_json *json, const char *key, const struct parley_contacts *c)
{
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_string(json, "party", c->party);
    parley_json_put_strings(json, "contacts", c->contact, c->n);
    parley_json_put_integer(json, "epoch", c->epoch);
    put_hash(json, "card", c->card);
    put_time(json, "confirmed", c->confirmed_us);
    put_time(json, "cosigned", c->cosigned_us);
    put_time(json, "due", c->due_us);
    parley_json_put_bool(json, "differs", c->differs);
    parley_json_object_end(json);
}

static void side_text(const struct invocation *in, struct parley_doc *doc, const struct parley_contacts *c, bool ours)
{
    char time[TIME_TEXT], hex[HASH_TEXT];
    parley_doc_heading(doc, 2, NULL, PARLEY_SAY(in->lang, "%s (%s)", "%s（%s）"), c->party, side_name(in, ours, PARLEY_SAY(in->lang, "them", "对方")));
    for (size_t i = 0; i < c->n; i++)
        parley_doc_item(doc, "%s", c->contact[i]);
    if (!c->n)
        parley_doc_paragraph(doc, "%s", PARLEY_SAY(in->lang, "The card names no contact.", "名片未列联络点。"));
    parley_doc_item(doc, PARLEY_SAY(in->lang, "card of epoch %u, signed by its root: %.16s", "第 %u 期名片，由根密钥签署：%.16s"), c->epoch, hash_text(c->card, hex));
    parley_doc_item(doc, PARLEY_SAY(in->lang, "co-signed by the other side: %s", "另一方联署：%s"), time_or_not_yet(in, c->cosigned_us, time));
    parley_doc_item(doc, PARLEY_SAY(in->lang, "confirmed as current: %s", "确认有效：%s"), time_or_not_yet(in, c->confirmed_us, time));
    parley_doc_item(doc, PARLEY_SAY(in->lang, "next confirmation due: %s", "下次确认期限：%s"), utc_time(c->due_us, time));
    if (c->differs)
        parley_doc_note(doc, "%s", PARLEY_SAY(in->lang, "The newest confirmation lists other contacts than the card.", "最近一次确认所列联络点与名片不同。"));
}

static enum parley_status run(struct invocation *in)
{
    struct parley_contacts ours, theirs;
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    if (option_given(in, "confirm"))
        return confirm(in);
    if ((status = parley_channel_directory(in->channel, in->operand[0], &in->arena, &ours, &theirs, &in->err)))
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        side_json(&json, "ours", &ours);
        side_json(&json, "theirs", &theirs);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Directory of contacts", "联络点名录"));
    side_text(in, &doc, &ours, true);
    side_text(in, &doc, &theirs, false);
    return finish_doc(in, &doc);
}

const struct command command_channel_contacts = {
    .name = "channel contacts",
    .operands = "PEER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "The directory: contacts of both sides, who co-signed which card, when they are to be confirmed again.",
    .summary_zh = "联络点名录：双方联络点、名片联署情况、下次确认期限。",
    .text = "A card is signed by its party's root. --confirm says, signed, that our contacts are current and which card of theirs we hold; that co-signs it. Both sides are asked to do so "
            "once a year, and 'channel deadlines' reminds them.",
    .examples = "parley --desk cn channel contacts us\nparley --desk cn channel contacts us --confirm\n",
    .options = (const struct option[]){ { "confirm", 0, NULL, "Confirm our contacts and co-sign their card." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

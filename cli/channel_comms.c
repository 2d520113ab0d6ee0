#include "channel_desk.h"
#include "channel_draft.h"
#include "channel_words.h"
#include "listing.h"

#include <parley/channel_directory.h>
#include <string.h>

static enum parley_status send_check(struct invocation *in)
{
    struct parley_text body;
    parley_text_init(&body, PARLEY_BODY_MAX);
    enum parley_status status = parley_check_body(in->channel, in->operand[0], option_text(in, "carrier"), option_text(in, "text"), &body, &in->err);
    struct parley_draft d = { .type = "comms-check", .tlp = PARLEY_TLP_GREEN, .body = parley_text_str(&body), .body_len = body.len };
    if (!status)
        status = send_draft(in, in->operand[0], &d);
    parley_text_release(&body);
    return status;
}

/* Word for word what they asked us to read back. */
static enum parley_status read_back(struct invocation *in, const struct parley_comms_check *c, size_t n)
{
    const char *which = option_text(in, "read-back"), *by = option_text(in, "by"), *text = option_text(in, "text");
    struct parley_text body;
    struct parley_json json;
    char hex[HASH_TEXT];
    size_t len = strlen(which);
    while (n && (c[n - 1].ours || len < 6 || strncmp(hash_text(c[n - 1].hash, hex), which, len)))
        n--;
    if (!n)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "no communications check of theirs begins with %.64s (at least 6 digits)", which);
    if (!by)
        return parley_fail(&in->err, PARLEY_EINVAL, "--by NAME is needed: who reads it back");
    parley_text_init(&body, PARLEY_BODY_MAX);
    parley_json_init(&json, &body, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "answer", text ? text : c[n - 1].text);
    parley_json_put_string(&json, "by", by);
    parley_json_object_end(&json);
    struct parley_draft d = { .type = "reply", .tlp = PARLEY_TLP_GREEN, .within_given = true, .reply_to = c[n - 1].hash, .body = parley_text_str(&body), .body_len = body.len };
    enum parley_status status = send_draft(in, in->operand[0], &d);
    parley_text_release(&body);
    return status;
}

static void put_json(struct parley_json *json, const struct parley_comms_check *c)
{
    parley_json_object(json);
    put_hash(json, "hash", c->hash);
    parley_json_put_bool(json, "ours", c->ours);
    parley_json_put_string(json, "carrier", *c->carrier ? c->carrier : NULL);
    parley_json_put_string(json, "text", c->text);
    put_time(json, "said", c->said_us);
    put_time(json, "stored", c->stored_us);
    put_time(json, "read_back", c->answered_us);
    parley_json_put_string(json, "by", *c->by ? c->by : NULL);
    parley_json_put_bool(json, "matches", c->matches);
    parley_json_object_end(json);
}

static void put_row(const struct invocation *in, struct parley_table *t, const struct parley_comms_check *c)
{
    char time[TIME_TEXT], hex[HASH_TEXT];
    parley_table_cell(t, "%.12s", hash_text(c->hash, hex));
    parley_table_cell(t, "%s", utc_time(c->said_us, time));
    parley_table_cell(t, "%s", side_name(in, c->ours, in->operand[0]));
    parley_table_cell(t, "%s", *c->carrier ? c->carrier : PARLEY_SAY(in->lang, "any", "任意"));
    parley_table_cell(t, c->stored_us ? "%.1f" : "-", (double)(c->stored_us - c->said_us) / 1e6);
    parley_table_cell(t, c->answered_us ? "%.1f" : "-", (double)(c->answered_us - c->said_us) / 1e6);
    parley_table_cell(t, "%s", !c->answered_us ? PARLEY_SAY(in->lang, "not yet", "尚未") : c->matches ? PARLEY_SAY(in->lang, "word for word", "逐字一致") : PARLEY_SAY(in->lang, "DIFFERENT", "不一致"));
}

static enum parley_status list_checks(struct invocation *in, const struct parley_comms_check *c, size_t n)
{
    static const struct listing_column columns[] = { { "hash", "哈希" }, { "said", "时间" }, { "by", "发起方" }, { "carrier", "载体" }, { "stored after s", "存储用时秒", PARLEY_RIGHT },
                                                     { "read back after s", "复述用时秒", PARLEY_RIGHT }, { "read back", "复述" } };
    struct listing list;
    begin_listing(in, &list, PARLEY_SAY(in->lang, "Communications checks", "通信检查"), columns, 7);
    for (size_t i = 0; i < n; i++) {
        if (in->json)
            put_json(&list.json, &c[i]);
        else
            put_row(in, list.table, &c[i]);
    }
    if (n && !in->json)
        parley_doc_note(&list.doc, "%s", PARLEY_SAY(in->lang, "Times between two clocks: they are as good as both clocks are.", "时差涉及双方时钟，其准确度取决于两边时钟。"));
    return finish_listing(in, &list);
}

static enum parley_status run(struct invocation *in)
{
    static const char *const kinds[] = { "direct", "relay", "file", "mail", NULL };
    struct parley_comms_check *c;
    size_t n;
    int kind;
    enum parley_status status = option_choice(in, "carrier", kinds, &kind);
    if (status || (status = open_desk(in)))
        return status;
    if (option_given(in, "check"))
        return send_check(in);
    if ((status = parley_channel_checks(in->channel, in->operand[0], &in->arena, &c, &n, &in->err)))
        return status;
    return option_given(in, "read-back") ? read_back(in, c, n) : list_checks(in, c, n);
}

const struct command command_channel_comms = {
    .name = "channel comms",
    .operands = "PEER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Communications checks: send one by a carrier, read one back, list them.",
    .summary_zh = "通信检查：经某载体发起、复述、列出历史。",
    .text = "--check signs a check with words that nobody could guess; with --carrier it goes by that carrier alone until it was sent twice without an answer. The other side reads the words "
            "back with --read-back; the history says by which carrier, how fast, and whether word for word.",
    .examples = "parley --desk cn channel comms us --check --carrier direct\nparley --desk us channel comms cn --read-back 3f9a1c --by 'J. Doe'\nparley --desk cn channel comms us\n",
    .options = (const struct option[]){ { "check", 0, NULL, "Send a check." }, { "carrier", 0, "KIND", "By this carrier: direct, relay, file or mail." },
                                        { "text", 0, "TEXT", "These words instead of random ones." }, { "read-back", 0, "HASH", "Read back a check of theirs." },
                                        { "by", 0, "NAME", "Who reads it back." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

#include "channel_shared.h"

#include <parley/channel_directory.h>
#include <string.h>

static enum parley_status send_check(struct invocation *in, struct parley_desk *desk)
{
    struct parley_text body;
    uint64_t seq;
    uint8_t hash[32];
    parley_text_init(&body, PARLEY_BODY_MAX);
    enum parley_status status = parley_check_body(desk, in->operand[0], option_text(in, "carrier"), option_text(in, "text"), &body, &in->err);
    struct parley_draft d = { .type = "comms-check", .tlp = PARLEY_TLP_GREEN, .body = parley_text_str(&body), .body_len = body.len };
    if (!status)
        status = parley_channel_send(desk, in->operand[0], &d, &seq, hash, &in->err);
    parley_text_release(&body);
    return status ? status : print_sent(in, seq, hash);
}

/* Word for word what they asked us to read back. */
static enum parley_status read_back(struct invocation *in, struct parley_desk *desk, const struct parley_comms_check *c, size_t n)
{
    const char *which = option_text(in, "read-back"), *by = option_text(in, "by"), *text = option_text(in, "text");
    struct parley_text body;
    struct parley_json json;
    uint64_t seq;
    uint8_t hash[32];
    char hex[65];
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
    enum parley_status status = parley_channel_send(desk, in->operand[0], &d, &seq, hash, &in->err);
    parley_text_release(&body);
    return status ? status : print_sent(in, seq, hash);
}

static void as_json(struct invocation *in, const struct parley_comms_check *c, size_t n)
{
    struct parley_json json;
    char time[TIME_TEXT], hex[65];
    begin_json(in, &json);
    parley_json_array(&json);
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "hash", hash_text(c[i].hash, hex));
        parley_json_put_bool(&json, "ours", c[i].ours);
        parley_json_put_string(&json, "carrier", *c[i].carrier ? c[i].carrier : NULL);
        parley_json_put_string(&json, "text", c[i].text);
        parley_json_put_string(&json, "said", utc_time(c[i].said_us, time));
        parley_json_put_string(&json, "stored", c[i].stored_us ? utc_time(c[i].stored_us, time) : NULL);
        parley_json_put_string(&json, "read_back", c[i].answered_us ? utc_time(c[i].answered_us, time) : NULL);
        parley_json_put_string(&json, "by", *c[i].by ? c[i].by : NULL);
        parley_json_put_bool(&json, "matches", c[i].matches);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
}

static enum parley_status run(struct invocation *in)
{
    static const char *const kinds[] = { "direct", "relay", "file", "mail", NULL };
    struct parley_desk *desk;
    struct parley_comms_check *c;
    size_t n;
    int kind;
    char time[TIME_TEXT], hex[65];
    enum parley_status status = option_choice(in, "carrier", kinds, &kind);
    if (status || (status = open_desk(in, &desk)))
        return status;
    if (option_given(in, "check")) {
        status = send_check(in, desk);
        parley_desk_close(desk);
        return status;
    }
    status = parley_channel_checks(desk, in->operand[0], &in->arena, &c, &n, &in->err);
    if (!status && option_given(in, "read-back")) {
        status = read_back(in, desk, c, n);
        parley_desk_close(desk);
        return status;
    }
    parley_desk_close(desk);
    if (status)
        return status;
    if (in->json) {
        as_json(in, c, n);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Communications checks", "通信检查"));
    struct parley_table *t = parley_doc_table(&doc, "");
    const char *const titles[][2] = { { "hash", "哈希" }, { "said", "时间" }, { "by", "发起方" }, { "carrier", "载体" }, { "stored after s", "存储用时秒" }, { "read back after s", "复述用时秒" }, { "read back", "复述" } };
    for (int i = 0; i < 7; i++)
        parley_table_column(t, PARLEY_SAY(in->lang, titles[i][0], titles[i][1]), i == 4 || i == 5 ? PARLEY_RIGHT : PARLEY_LEFT);
    for (size_t i = 0; i < n; i++) {
        parley_table_cell(t, "%.12s", hash_text(c[i].hash, hex));
        parley_table_cell(t, "%s", utc_time(c[i].said_us, time));
        parley_table_cell(t, "%s", c[i].ours ? PARLEY_SAY(in->lang, "us", "我方") : in->operand[0]);
        parley_table_cell(t, "%s", *c[i].carrier ? c[i].carrier : PARLEY_SAY(in->lang, "any", "任意"));
        parley_table_cell(t, c[i].stored_us ? "%.1f" : "-", (double)(c[i].stored_us - c[i].said_us) / 1e6);
        parley_table_cell(t, c[i].answered_us ? "%.1f" : "-", (double)(c[i].answered_us - c[i].said_us) / 1e6);
        parley_table_cell(t, "%s", !c[i].answered_us ? PARLEY_SAY(in->lang, "not yet", "尚未") : c[i].matches ? PARLEY_SAY(in->lang, "word for word", "逐字一致") : PARLEY_SAY(in->lang, "DIFFERENT", "不一致"));
    }
    if (n)
        parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "Times between two clocks: they are as good as both clocks are.", "时差涉及双方时钟，其准确度取决于两边时钟。"));
    return finish_doc(in, &doc);
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

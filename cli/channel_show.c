#include "channel_desk.h"
#include "channel_words.h"

#include <parley/channel_attachment.h>
#include <parley/file.h>
#include <string.h>
#include <sys/stat.h>

struct attached {
    struct parley_attachment *a;
    size_t n;
    const char *refused; /* why the list is not followed; NULL it is */
};

/* Take attachment N out to the file of -o, which must not be there; or delete what is here of it. */
static enum parley_status take_out(struct invocation *in, const struct parley_said *s, const struct attached *l)
{
    uint64_t number = 0;
    const char *file = option_text(in, "output"), *data;
    struct stat st;
    enum parley_status status = option_u64(in, "attachment", 1, PARLEY_ATTACHMENTS_MAX, &number);
    if (status)
        return status;
    if (l->refused)
        return parley_fail(&in->err, PARLEY_EREFUSED, "the attachments of this statement are not followed: %s", l->refused);
    if (number > l->n)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "this statement has %zu attachment%s", l->n, l->n == 1 ? "" : "s");
    if (option_given(in, "forget"))
        return parley_attachment_forget(in->channel, s, &l->a[number - 1], &in->err);
    if (!file)
        return parley_fail(&in->err, PARLEY_EINVAL, "-o FILE is needed: names that the other side chose are never used as paths");
    if (strcmp(file, "-") && !lstat(file, &st))
        return parley_fail(&in->err, PARLEY_EREFUSED, "%s: is there already and is not overwritten", file);
    status = parley_attachment_read(in->channel, s, &l->a[number - 1], &in->arena, &data, &in->err);
    if (!status)
        status = parley_file_write_private(file, data, l->a[number - 1].bytes, &in->err);
    if (!status && strcmp(file, "-"))
        say(in, PARLEY_SAY(in->lang, "%s: %llu bytes; the hash is the one that was signed.", "%s：%llu 字节；哈希与签署的一致。"), file, (unsigned long long)l->a[number - 1].bytes);
    return status;
}

static const char *state_word(enum parley_attachment_state state)
{
    static const char *const words[] = { "not here", "under way", "complete", "wrong" };
    return words[state];
}

static void attached_json(struct parley_json *json, const struct attached *l)
{
    parley_json_key(json, "attachments");
    parley_json_array(json);
    for (size_t i = 0; i < l->n && !l->refused; i++) {
        parley_json_object(json);
        parley_json_put_integer(json, "attachment", (int64_t)i + 1);
        parley_json_put_string(json, "name", l->a[i].name);
        parley_json_put_integer(json, "bytes", (int64_t)l->a[i].bytes);
        parley_json_put_integer(json, "have", (int64_t)l->a[i].have);
        put_hash(json, "sha256", l->a[i].sha256);
        parley_json_put_string(json, "state", state_word(l->a[i].state));
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    if (l->refused)
        parley_json_put_string(json, "attachments_refused", l->refused);
}

static void attached_text(const struct invocation *in, struct parley_doc *doc, const struct attached *l)
{
    static const char *const zh[] = { "未在本台", "传输中", "完整", "内容不符" };
    if (l->refused)
        parley_doc_note(doc, PARLEY_SAY(in->lang, "Its list of attachments is not followed: %s", "其附件清单未被采纳：%s"), l->refused);
    for (size_t i = 0; i < l->n && !l->refused; i++)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "attachment %zu, labelled \"%s\": %llu bytes, %s (%llu bytes here)", "附件 %zu，标签“%s”：%llu 字节，%s（本台 %llu 字节）"), i + 1, l->a[i].name,
                        (unsigned long long)l->a[i].bytes, PARLEY_SAY(in->lang, state_word(l->a[i].state), zh[l->a[i].state]), (unsigned long long)l->a[i].have);
}

static enum parley_status put_text(struct invocation *in, const struct parley_said *s, const struct attached *l)
{
    char a[TIME_TEXT], hash[HASH_TEXT];
    struct parley_doc doc;
    begin_doc(in, &doc, type_label(in, s->statement.type));
    if (s->statement.flags & PARLEY_EXERCISE)
        parley_doc_note(&doc, "EXERCISE EXERCISE EXERCISE");
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "said by %s on the channel with %s, number %llu of epoch %u", "%s，与 %s 的信道，编号 %llu，第 %u 期"),
                    side_name(in, s->ours, PARLEY_SAY(in->lang, "them", "对方")), s->peer, (unsigned long long)s->statement.seq, s->statement.epoch);
    parley_doc_item(&doc, "%s, TLP:%s", parley_precedence_name(s->statement.precedence, in->lang), parley_tlp_name(s->statement.tlp));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "hash %s", "哈希 %s"), hash_text(s->hash, hash));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "its author's clock: %s", "作者时钟：%s"), both_times(s->statement.time_us, a));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "stored here: %s", "本台存储：%s"), both_times(s->stored_us, a));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "receipt (R1): %s", "存储回执（R1）：%s"), both_times(s->receipt_us, a));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "read (R2): %s %s", "已读（R2）：%s %s"), both_times(s->read_us, a), s->read_by);
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "answered (R3): %s %s", "已答（R3）：%s %s"), both_times(s->answered_us, a),
                    !s->answered_us ? "" : !strcmp(s->outcome, "declined") ? PARLEY_SAY(in->lang, "declined", "不予答复") : PARLEY_SAY(in->lang, "answered", "已答复"));
    parley_doc_item(&doc, PARLEY_SAY(in->lang, "answer wanted by: %s", "答复期限：%s"), both_times(s->deadline_us, a));
    parley_doc_item(&doc, "%s", s->verified ? PARLEY_SAY(in->lang, "signature verified", "签名有效") : PARLEY_SAY(in->lang, "SIGNATURE NOT VALID", "签名无效"));
    if (s->override)
        parley_doc_item(&doc, PARLEY_SAY(in->lang, "advice was not followed (noted here only): %s", "未采纳建议（仅记于本台）：%s"), s->override);
    attached_text(in, &doc, l);
    parley_doc_code(&doc, "%s", s->body);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "Acknowledging is not agreeing; origin in a territory is not responsibility.", "确认收到不等于同意；源自某地不等于由其负责。"));
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_said s;
    struct attached l = { .n = 0 };
    struct parley_error why = { 0 };
    enum parley_status status = open_desk(in);
    if (!status)
        status = parley_channel_find(in->channel, in->operand[0], &in->arena, &s, &in->err);
    if (status)
        return status;
    if (parley_attachments_held(in->channel, &s, &in->arena, &l.a, &l.n, &why))
        l.refused = parley_arena_strdup(&in->arena, why.text);
    if (option_given(in, "attachment"))
        return take_out(in, &s, &l);
    if (!in->json)
        return put_text(in, &s, &l);
    struct parley_json json;
    begin_json(in, &json);
    said_json_open(&json, &s, true);
    attached_json(&json, &l);
    parley_json_object_end(&json);
    return PARLEY_OK;
}

const struct command command_channel_show = {
    .name = "channel show",
    .operands = "HASH",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Show one statement: who, when by both clocks, receipts, deadline, body.",
    .summary_zh = "显示一份声明：发言方、双方时钟、回执、期限、正文。",
    .text = "A beginning of the hash of at least 6 digits is enough.\n\nAttachments are listed with the labels that their sender chose. --attachment N -o FILE takes one out, after checking that it is what "
            "was signed for; FILE must not be there. --forget deletes what is stored of it here and frees quota (256 MiB a peer).",
    .examples = "parley --desk us channel show 3f9a1c --json\nparley --desk us channel show 3f9a1c --attachment 1 -o indicators.csv\n",
    .options = (const struct option[]){ { "attachment", 0, "N", "Take out attachment N." }, { "output", 'o', "FILE", "Where to; - for standard output." },
                                        { "forget", 0, NULL, "With --attachment: delete what is here of it." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

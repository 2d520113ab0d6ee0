#include "channel_desk.h"
#include "channel_words.h"

#include <parley/channel_directory.h>
#include <parley/channel_witness.h>
#include <string.h>

enum { KINDS = 5 };
static const char *const kinds[KINDS] = { "direct", "relay", "file", "mail", "" };

struct contact_state { /* confirmations, the newest check of ours by each carrier, and how far witnesses have seen the records */
    struct parley_contacts ours, theirs;
    const struct parley_comms_check *check[KINDS];
    const struct parley_checkpoint *witnessed[2]; /* theirs, ours: the newest that a witness cosigned; NULL none */
};

static enum parley_status contact_state(struct invocation *in, const char *peer, struct contact_state *s)
{
    struct parley_comms_check *c;
    size_t n = 0;
    memset(s, 0, sizeof *s);
    enum parley_status status = parley_channel_directory(in->channel, peer, &in->arena, &s->ours, &s->theirs, &in->err);
    if (!status)
        status = parley_channel_checks(in->channel, peer, &in->arena, &c, &n, &in->err);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < KINDS; k++)
            if (c[i].ours && !strcmp(c[i].carrier, kinds[k]))
                s->check[k] = &c[i];
    struct parley_checkpoint *point;
    if (!status)
        status = parley_channel_checkpoints(in->channel, peer, &in->arena, &point, &n, &in->err);
    for (size_t i = n; !status && i > 0; i--)
        if (point[i - 1].n)
            s->witnessed[point[i - 1].ours] = &point[i - 1];
    return status;
}

static void put_witnessed(struct parley_json *json, const char *key, const struct parley_checkpoint *c)
{
    const char *by[PARLEY_WITNESSES_MAX];
    parley_json_key(json, key);
    if (!c) {
        parley_json_null(json);
        return;
    }
    for (size_t i = 0; i < c->n; i++)
        by[i] = c->cosignature[i].witness;
    parley_json_object(json);
    parley_json_put_integer(json, "epoch", c->epoch);
    parley_json_put_integer(json, "size", (int64_t)c->size);
    parley_json_put_strings(json, "by", by, c->n);
    put_time(json, "time", c->cosignature[0].time_us);
    parley_json_object_end(json);
}

static void head(struct parley_json *json, const char *key, uint32_t epoch, uint64_t seq, const uint8_t hash[32])
{
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_integer(json, "epoch", epoch);
    parley_json_put_integer(json, "seq", (int64_t)seq);
    put_hash(json, "hash", seq ? hash : NULL);
    parley_json_object_end(json);
}

static void as_json(struct invocation *in, const struct parley_peer *p, const struct parley_channel_counts *c, const struct contact_state *s)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "peer", p->name);
    parley_json_put_string(&json, "party", p->party_name);
    parley_json_put_integer(&json, "sent", (int64_t)c->sent);
    parley_json_put_integer(&json, "stored_by_peer", (int64_t)c->stored_by_peer);
    parley_json_put_integer(&json, "read", (int64_t)c->read);
    parley_json_put_integer(&json, "answered", (int64_t)c->answered);
    parley_json_put_integer(&json, "outstanding", (int64_t)c->outstanding);
    parley_json_put_integer(&json, "revoked", (int64_t)c->revoked);
    parley_json_put_integer(&json, "received", (int64_t)c->received);
    parley_json_put_integer(&json, "to_answer", (int64_t)c->to_answer);
    parley_json_key(&json, "heads");
    parley_json_object(&json);
    head(&json, "ours", c->our_epoch, c->our_seq, c->our_hash);
    head(&json, "theirs", c->their_epoch, c->their_seq, c->their_hash);
    parley_json_put_integer(&json, "theirs_without_gap", (int64_t)c->their_gapless);
    parley_json_object_end(&json);
    parley_json_put_strings(&json, "carriers", p->carrier, p->n_carriers);
    parley_json_put_strings(&json, "contacts", p->contact, p->n_contacts);
    put_time(&json, "contacts_confirmed", s->theirs.confirmed_us);
    put_time(&json, "contacts_due", s->theirs.due_us);
    put_time(&json, "our_card_cosigned", s->ours.cosigned_us);
    parley_json_key(&json, "comms_checks");
    parley_json_array(&json);
    for (int k = 0; k < KINDS; k++) {
        if (!s->check[k])
            continue;
        parley_json_object(&json);
        parley_json_put_string(&json, "carrier", *kinds[k] ? kinds[k] : "any");
        put_time(&json, "said", s->check[k]->said_us);
        put_time(&json, "read_back", s->check[k]->answered_us);
        parley_json_put_bool(&json, "matches", s->check[k]->matches);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_key(&json, "witnessed");
    parley_json_object(&json);
    put_witnessed(&json, "ours", s->witnessed[1]);
    put_witnessed(&json, "theirs", s->witnessed[0]);
    parley_json_object_end(&json);
    put_time(&json, "card_valid_until", p->until_us);
    parley_json_put_bool(&json, "fenced", c->fenced);
    parley_json_put_bool(&json, "equivocated", c->equivocated);
    parley_json_put_bool(&json, "rewritten", c->rewritten);
    parley_json_object_end(&json);
}

static void as_text(struct invocation *in, struct parley_doc *doc, const struct parley_peer *p, const struct parley_channel_counts *c, const struct contact_state *s)
{
    char time[TIME_TEXT];
    parley_doc_heading(doc, 2, NULL, "%s (%s)", p->name, p->party_name);
    parley_doc_item(doc, PARLEY_SAY(in->lang, "we said %llu: %llu stored there, %llu read, %llu answered, %llu outstanding", "我方 %llu 份：对方已存 %llu，已读 %llu，已答 %llu，在途 %llu"),
                    (unsigned long long)c->sent, (unsigned long long)c->stored_by_peer, (unsigned long long)c->read, (unsigned long long)c->answered, (unsigned long long)c->outstanding);
    parley_doc_item(doc, PARLEY_SAY(in->lang, "they said %llu; %llu wait for our answer", "对方 %llu 份；%llu 份待我方答复"), (unsigned long long)c->received, (unsigned long long)c->to_answer);
    if (c->revoked)
        parley_doc_note(doc, PARLEY_SAY(in->lang, "Void: %llu of ours, cut off by a revocation before the peer had them. Say them again.", "作废：我方 %llu 份，送达前因密钥吊销而失效。请重新发送。"),
                        (unsigned long long)c->revoked);
    if (c->their_gapless < c->their_seq)
        parley_doc_note(doc, PARLEY_SAY(in->lang, "Earlier ones of theirs are outstanding (without a gap: %llu of %llu).", "对方有更早的声明未到（连续到 %llu，共 %llu）。"),
                        (unsigned long long)c->their_gapless, (unsigned long long)c->their_seq);
    for (size_t i = 0; i < p->n_carriers; i++)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "carrier: %s", "载体：%s"), p->carrier[i]);
    for (size_t i = 0; i < p->n_contacts; i++)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "contact: %s", "联络点：%s"), p->contact[i]);
    parley_doc_item(doc, PARLEY_SAY(in->lang, "contacts confirmed by them: %s", "对方确认联络点：%s"), time_or_not_yet(in, s->theirs.confirmed_us, time));
    for (int k = 0; k < KINDS; k++)
        if (s->check[k])
            parley_doc_item(doc, PARLEY_SAY(in->lang, "last comms check by %s: %s, %s", "最近经 %s 的通信检查：%s，%s"), *kinds[k] ? kinds[k] : PARLEY_SAY(in->lang, "any carrier", "任意载体"),
                            utc_time(s->check[k]->said_us, time), !s->check[k]->answered_us ? PARLEY_SAY(in->lang, "not read back yet", "尚未复述") :
                            s->check[k]->matches ? PARLEY_SAY(in->lang, "read back word for word", "逐字复述一致") : PARLEY_SAY(in->lang, "READ BACK DIFFERENTLY", "复述不一致"));
    for (int ours = 1; ours >= 0; ours--)
        if (s->witnessed[ours])
            parley_doc_item(doc, ours ? PARLEY_SAY(in->lang, "our record is witnessed up to number %llu of epoch %u, by %s, %s", "我方记录见证至第 %llu 号（第 %u 期），见证人 %s，%s")
                                      : PARLEY_SAY(in->lang, "their record is witnessed up to number %llu of epoch %u, by %s, %s", "对方记录见证至第 %llu 号（第 %u 期），见证人 %s，%s"),
                            (unsigned long long)s->witnessed[ours]->size, s->witnessed[ours]->epoch, s->witnessed[ours]->cosignature[0].witness, utc_time(s->witnessed[ours]->cosignature[0].time_us, time));
    parley_doc_item(doc, PARLEY_SAY(in->lang, "their card is valid until %s", "对方名片有效至 %s"), utc_time(p->until_us, time));
    if (c->fenced)
        parley_doc_note(doc, "%s", PARLEY_SAY(in->lang, "This desk seems to be restored from a copy: it signs nothing until it has its own statements back (sync), or 'parley desk recover'.",
                                              "本台疑似从副本恢复：在取回己方声明（sync）或执行“parley desk recover”之前不签署任何声明。"));
    if (c->equivocated)
        parley_doc_note(doc, "%s", PARLEY_SAY(in->lang, "THE PEER SIGNED TWO STATEMENTS OF ONE NUMBER. Make the proof: parley channel evidence PEER --claim equivocation -o DIR",
                                              "对方对同一编号签署了两份声明。取证：parley channel evidence PEER --claim equivocation -o DIR"));
    if (c->rewritten)
        parley_doc_note(doc, "%s", PARLEY_SAY(in->lang, "THE PEER SIGNED A CHECKPOINT THAT CONTRADICTS WHAT IT SAID. Make the proof: parley channel evidence PEER --claim rewritten -o DIR",
                                              "对方签署的检查点与其声明矛盾。取证：parley channel evidence PEER --claim rewritten -o DIR"));
}

/* One peer, into the document or as the JSON. */
static enum parley_status show(struct invocation *in, struct parley_doc *doc, const struct parley_peer *peer)
{
    struct parley_channel_counts c;
    struct contact_state s;
    enum parley_status status = parley_channel_counts(in->channel, peer->name, &c, &in->err);
    if (!status)
        status = contact_state(in, peer->name, &s);
    if (status)
        return status;
    if (in->json)
        as_json(in, peer, &c, &s);
    else
        as_text(in, doc, peer, &c, &s);
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_peer *peer;
    struct parley_channel_counts c;
    struct parley_doc doc;
    size_t n, shown = 0;
    const char *only = in->n_operands ? in->operand[0] : NULL;
    enum parley_status status = open_desk(in);
    if (!status)
        status = parley_desk_peers(in->channel, &in->arena, &peer, &n, &in->err);
    if (!status && in->json && !only)
        status = parley_fail(&in->err, PARLEY_EINVAL, "name a peer: channel status PEER --json");
    if (status)
        return status;
    if (!in->json)
        begin_doc(in, &doc, PARLEY_SAY(in->lang, "Channels", "信道"));
    for (size_t i = 0; !status && i < n; i++) {
        if (only && strcmp(peer[i].name, only))
            continue;
        status = show(in, &doc, &peer[i]);
        shown++;
    }
    if (!status && only && !shown)
        status = parley_channel_counts(in->channel, only, &c, &in->err); /* says which peer was meant */
    if (status || in->json)
        return status;
    if (!shown)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "Nobody is enrolled yet; see 'parley help desk ceremony'.", "尚未登记任何一方；见“parley help desk ceremony”。"));
    return finish_doc(in, &doc);
}

const struct command command_channel_status = {
    .name = "channel status",
    .operands = "[PEER]",
    .operands_max = 1,
    .summary = "What is sent, stored, read, answered and outstanding; heads; carriers; contacts.",
    .summary_zh = "已发、已存、已读、已答、在途；链头；载体；联络点。",
    .text = "Receipts are not counted as sent. A head is the highest number of a side with its hash.",
    .examples = "parley --desk cn channel status us --json\n",
    .options = (const struct option[]){ UNLOCK_OPTION, { 0 } },
    .run = run,
};

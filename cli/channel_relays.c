#include "channel_desk.h"

#include <string.h>

static void put_json(struct invocation *in, const struct parley_relay_state *r, size_t n, bool contradiction)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_bool(&json, "contradiction", contradiction);
    parley_json_key(&json, "relays");
    parley_json_array(&json);
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "relay", r[i].relay);
        parley_json_put_string(&json, "box", r[i].box);
        parley_json_put_bool(&json, "answered", r[i].answered);
        parley_json_put_integer(&json, "deposits", (int64_t)r[i].deposits);
        parley_json_put_integer(&json, "notes_held", (int64_t)r[i].kept);
        parley_json_put_string(&json, "trouble", *r[i].trouble ? r[i].trouble : NULL);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
}

static enum parley_status put_text(struct invocation *in, const struct parley_relay_state *r, size_t n, bool contradiction)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Relays, and what they signed", "中继及其签署内容"));
    if (!n)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "No relay is among the carriers of this channel.", "该信道的载体中没有中继。"));
    for (size_t i = 0; i < n; i++)
        parley_doc_item(&doc, r[i].answered ? PARLEY_SAY(in->lang, "%s: it says that %llu units were put into our box; we hold its note for %llu%s", "%s：其称我方信箱共存入 %llu 个单元；我方持有其 %llu 份存入凭证%s")
                                            : "%s: %llu, %llu: %s",
                        r[i].relay, (unsigned long long)r[i].deposits, (unsigned long long)r[i].kept, r[i].trouble);
    if (contradiction)
        parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "A RELAY CONTRADICTS WHAT IT SIGNED. Make the proof: parley channel evidence PEER --claim relay -o DIR",
                                               "中继与其签署内容矛盾。取证：parley channel evidence PEER --claim relay -o DIR"));
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_relay_state *r;
    size_t n;
    bool contradiction = false;
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    const struct parley_peer *peer;
    if ((status = find_peer(in, in->operand[0], &peer)))
        return status;
    bool waits = false;
    for (size_t i = 0; peer && i < peer->n_carriers; i++)
        waits |= !strncmp(peer->carrier[i], "relay ", 6);
    if (waits)
        say(in, PARLEY_SAY(in->lang, "asking the relays of %s; one that is silent is waited for 15 s, Ctrl-C ends the wait", "正在询问 %s 的中继；无应答者最多等待15秒，可用 Ctrl-C 中止"), in->operand[0]);
    status = parley_channel_relays(in->channel, in->operand[0], &in->progress, &in->arena, &r, &n, &contradiction, &in->err);
    if (status)
        return status;
    if (in->json)
        put_json(in, r, n, contradiction);
    else if ((status = put_text(in, r, n, contradiction)))
        return status;
    if (contradiction)
        return parley_fail(&in->err, PARLEY_EVERIFY, "a relay contradicts what it signed; 'parley channel evidence %s --claim relay -o DIR' makes the proof", in->operand[0]);
    return PARLEY_OK;
}

const struct command command_channel_relays = {
    .name = "channel relays",
    .operands = "PEER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Ask the peer's relays for a signed listing, and compare it with the notes they signed for our deposits.",
    .summary_zh = "要求对方的中继给出签名清单，并与其存入凭证比对。",
    .text = "A relay signs for each unit it takes (R0); the notes are kept. A listing that knows fewer deposits, another unit or another history proves that the relay cheats, or lost its "
            "disk: exit code 5, and 'channel evidence PEER --claim relay' makes the proof. That a unit was taken from the box by somebody else than its owner cannot be seen here.",
    .examples = "parley --desk cn channel relays us\n",
    .options = (const struct option[]){ UNLOCK_OPTION, { 0 } },
    .run = run,
};

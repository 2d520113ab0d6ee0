#include "channel_desk.h"

#include <string.h>

/* {"proven": true, "report": [a line each]} */
static void report_json(struct invocation *in, const char *report)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_bool(&json, "proven", true);
    parley_json_key(&json, "report");
    parley_json_array(&json);
    for (const char *line = report; *line; line += strcspn(line, "\n"), line += *line == '\n')
        parley_json_string(&json, parley_arena_printf(&in->arena, "%.*s", (int)strcspn(line, "\n"), line));
    parley_json_array_end(&json);
    parley_json_object_end(&json);
}

/* Somebody's bundle, checked without a desk. */
static enum parley_status check_bundle(struct invocation *in, const char *folder)
{
    struct parley_text report;
    parley_text_init(&report, 1 << 16);
    enum parley_status status = parley_evidence_check(folder, &report, &in->err);
    if (!status && in->json) {
        report_json(in, parley_text_str(&report));
    } else if (!status) {
        parley_text_adds(&in->out, PARLEY_SAY(in->lang, "", "证据成立；所证与所据如下：\n"));
        parley_text_adds(&in->out, parley_text_str(&report));
    }
    parley_text_release(&report);
    return status;
}

/* The claim asked for; of a statement of ours without one, the strongest that holds: they have it. */
static enum parley_status make_bundle(struct invocation *in, struct parley_evidence *e)
{
    bool choose = !e->claim && !e->theirs;
    if (!e->claim)
        e->claim = choose ? "got-it" : "said-it";
    enum parley_status status = parley_channel_evidence(in->channel, e, &in->err);
    if (status == PARLEY_ENOTFOUND && choose) {
        e->claim = "said-it";
        status = parley_channel_evidence(in->channel, e, &in->err);
    }
    return status;
}

static enum parley_status run(struct invocation *in)
{
    const char *claim = option_text(in, "claim");
    if (option_given(in, "check"))
        return check_bundle(in, option_text(in, "check"));
    struct parley_evidence e = { .claim = claim, .theirs = option_given(in, "theirs"), .folder = option_text(in, "output"), .disclose = option_given(in, "disclose") };
    uint64_t epoch = 0;
    bool of_peer = claim && (!strcmp(claim, "equivocation") || !strcmp(claim, "rewritten") || !strcmp(claim, "relay")); /* what is kept says where */
    if (!in->n_operands || (!of_peer && !option_given(in, "seq")) || !e.folder)
        return parley_fail(&in->err, PARLEY_EINVAL, "usage: parley channel evidence PEER --seq N -o DIR; PEER --claim equivocation|rewritten|relay -o DIR; or --check DIR");
    e.peer = in->operand[0];
    enum parley_status status = option_u64(in, "seq", 1, INT64_MAX, &e.seq);
    if (!status)
        status = option_u64(in, "epoch", 1, UINT32_MAX, &epoch);
    if (!status)
        status = open_desk(in);
    e.epoch = (uint32_t)epoch;
    if (!status)
        status = make_bundle(in, &e);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "claim", e.claim);
        parley_json_put_string(&json, "folder", e.folder);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%s: the bundle proves '%s'; README.txt there tells how to check it without Parley.\n", "%s：该证据包证明“%s”；其中 README.txt 说明如何不用 Parley 验证。\n"),
                         e.folder, e.claim);
    }
    return PARLEY_OK;
}

const struct command command_channel_evidence = {
    .name = "channel evidence",
    .operands = "[PEER]",
    .operands_max = 1,
    .summary = "Make (or check) a bundle that proves to a third party what was said and received.",
    .summary_zh = "生成（或验证）可向第三方证明所言所收的证据包。",
    .text = "About a statement (--seq): said-it (a signature: 'we never said it' is false) and got-it (the peer's own later statement names ours: 'we never got it' is false). Without --claim the "
            "stronger one that holds is proven.\n\nAbout the peer or its relay, when the desk holds the proof: equivocation (two statements under one number, or one that leaves out the one before), "
            "rewritten (checkpoints it signed that no one record can have), relay (a relay signed that it took a unit and later that it did not).\n\n"
            "Contents stay closed unless --disclose. A bundle is checked with openssl and a signed-note verifier, by tools/verify-bundle, or with --check; each refuses a folder with a byte that "
            "nothing accounts for. The cards in it may hold the token of a mailbox: ask your relay for another one afterwards.",
    .examples = "parley --desk cn channel evidence us --seq 1 -o evidence\nparley channel evidence --check evidence\nparley --desk cn channel evidence us --claim equivocation --disclose -o two-words\n",
    .options = (const struct option[]){ { "seq", 0, "N", "Number of the statement. Not needed for equivocation, rewritten and relay." }, { "epoch", 0, "N", "Its epoch. Default: the newest that has the number." },
                                        { "theirs", 0, NULL, "A statement of the peer, not ours." }, { "claim", 0, "WORD", "said-it, got-it, equivocation, rewritten or relay." },
                                        { "disclose", 0, NULL, "With the body and its salt." }, { "output", 'o', "DIR", "The folder to make." },
                                        { "check", 0, "DIR", "Check this bundle; needs no desk." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

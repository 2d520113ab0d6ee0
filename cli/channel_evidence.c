#include "channel_shared.h"

static enum parley_status run(struct invocation *in)
{
    struct parley_desk *desk;
    struct parley_text report;
    const char *check = option_text(in, "check"), *claim = option_text(in, "claim");
    enum parley_status status;
    if (check) {
        parley_text_init(&report, 1 << 16);
        status = parley_evidence_check(check, &report, &in->err);
        if (!status)
            parley_text_adds(&in->out, parley_text_str(&report));
        parley_text_release(&report);
        return status;
    }
    struct parley_evidence e = { .theirs = option_given(in, "theirs"), .folder = option_text(in, "output"), .disclose = option_given(in, "disclose") };
    uint64_t epoch = 0;
    if (!in->n_operands || !option_given(in, "seq") || !e.folder)
        return parley_fail(&in->err, PARLEY_EINVAL, "usage: parley channel evidence PEER --seq N -o DIR; or --check DIR");
    e.peer = in->operand[0];
    e.claim = claim ? claim : "said-it";
    if ((status = option_u64(in, "seq", 1, INT64_MAX, &e.seq)) || (status = option_u64(in, "epoch", 1, UINT32_MAX, &epoch)) || (status = open_desk(in, &desk)))
        return status;
    e.epoch = (uint32_t)epoch;
    if (!claim && !e.theirs) { /* the strongest claim that holds: they have it */
        e.claim = "got-it";
        status = parley_channel_evidence(desk, &e, &in->err);
        if (status == PARLEY_ENOTFOUND) {
            e.claim = "said-it";
            status = parley_channel_evidence(desk, &e, &in->err);
        }
    } else {
        status = parley_channel_evidence(desk, &e, &in->err);
    }
    parley_desk_close(desk);
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
    .text = "Claims: said-it (a signature: 'never sent it' is false), got-it (the peer's own later statement names ours: 'never got it' is false), equivocation (two statements of the peer under one "
            "number). Without --claim the strongest one that holds is proven. Contents stay closed unless --disclose.\n\n"
            "The bundle is checked with openssl and a signed-note verifier, by tools/verify-bundle, or with --check.",
    .examples = "parley --desk cn channel evidence us --seq 1 -o evidence\nparley channel evidence --check evidence\n",
    .options = (const struct option[]){ { "seq", 0, "N", "Number of the statement." }, { "epoch", 0, "N", "Its epoch. Default: the newest that has the number." },
                                        { "theirs", 0, NULL, "A statement of the peer, not ours." }, { "claim", 0, "WORD", "said-it, got-it or equivocation." },
                                        { "disclose", 0, NULL, "With the body and its salt." }, { "output", 'o', "DIR", "The folder to make." },
                                        { "check", 0, "DIR", "Check this bundle; needs no desk." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

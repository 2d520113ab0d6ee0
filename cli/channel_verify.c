#include "channel_desk.h"

static enum parley_status run(struct invocation *in)
{
    struct parley_text bad;
    uint64_t n = 0;
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    parley_text_init(&bad, 4096);
    status = parley_channel_verify(in->channel, in->operand[0], &n, &bad, &in->err);
    if (in->json && (!status || status == PARLEY_EVERIFY)) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_bool(&json, "verified", !status);
        parley_json_put_integer(&json, "statements", (int64_t)n);
        parley_json_put_string(&json, "first_bad", status ? (bad.len ? parley_text_str(&bad) : in->err.text) : NULL);
        parley_json_object_end(&json);
    } else if (!status) {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%llu statements verified: signatures, links, bodies, and what each side says it has seen.\n",
                                              "%llu 份声明通过验证：签名、链接、正文及双方所见。\n"), (unsigned long long)n);
    }
    parley_text_release(&bad);
    return status;
}

const struct command command_channel_verify = {
    .name = "channel verify",
    .operands = "PEER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Verify every stored byte of a channel; name the first bad statement.",
    .summary_zh = "验证信道的每一字节，指出首个有误的声明。",
    .text = "Exit code 5 when anything was altered, deleted, swapped or cut off. What the other side says it has seen, and the high-water mark kept outside the desk, show a cut-off end. Attached files, noted receipts, kept checkpoints, their cosignatures and keys are checked, too. Nothing is signed or mended meanwhile. The hour at which this desk stored something and the reason why advice was not followed are its own notes: nobody signed them, so nobody can verify them.",
    .examples = "parley --desk cn channel verify us\n",
    .options = (const struct option[]){ UNLOCK_OPTION, { 0 } },
    .run = run,
};

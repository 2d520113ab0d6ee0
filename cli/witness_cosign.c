#include "channel_words.h"

#include <parley/channel_witness.h>
#include <parley/file.h>

static enum parley_status run(struct invocation *in)
{
    const char *folder = option_text(in, "folder"), *file = option_text(in, "output");
    struct parley_witnessed now;
    struct parley_text note;
    char *request, hex[HASH_TEXT];
    size_t len;
    if (!folder || !file)
        return parley_fail(&in->err, PARLEY_EINVAL, "--folder DIR and -o FILE are needed: where the witness is, and where the cosigned checkpoint goes");
    enum parley_status status = parley_file_read(in->operand[0], PARLEY_WITNESS_REQUEST_MAX, &in->arena, &request, &len, &in->err);
    if (status)
        return status;
    parley_text_init(&note, PARLEY_WITNESS_REQUEST_MAX);
    if ((status = parley_witness_cosign(folder, request, len, option_text(in, "author"), &note, &in->arena, &now, &in->err)))
        status = parley_fail_in(&in->err, status, "%s", in->operand[0]);
    else
        status = parley_file_write(file, parley_text_str(&note), note.len, &in->err);
    parley_text_release(&note);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "origin", now.origin);
        parley_json_put_integer(&json, "size", (int64_t)now.size);
        put_hash(&json, "root", now.root);
        parley_json_put_string(&json, "file", file);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "Cosigned: %s, %llu statements, root %.12s. Hand %s back: parley channel checkpoint PEER --cosigned FILE\n",
                                              "已联署：%s，%llu 份声明，根 %.12s。请交回 %s：parley channel checkpoint PEER --cosigned FILE\n"),
                         now.origin, (unsigned long long)now.size, hash_text(now.root, hex), file);
    }
    return PARLEY_OK;
}

const struct command command_witness_cosign = {
    .name = "witness cosign",
    .operands = "REQUEST",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "As a neutral witness: check a request and cosign its checkpoint, if it extends the last one.",
    .summary_zh = "作为中立见证人：检查请求，若确为延续则联署其检查点。",
    .text = "REQUEST is what 'parley channel checkpoint PEER -o FILE' wrote. The witness checks that the author signed the checkpoint and that it extends the last one which this witness "
            "cosigned for that record (RFC 6962 consistency proof), notes size and root on disk, and cosigns with the time of its clock (c2sp.org/tlog-cosignature).\n\n"
            "A record that the witness does not know is taken up when --author names its author's verifier key; which records it takes up is the witness's decision, and that key stays for "
            "good. Refused: a record that goes back or begins elsewhere than where the witness stands (exit code 16); another author's signature, a forged proof, a rewritten record (5); "
            "an unknown record (10). A refused request is worth keeping: with what was cosigned before, it is evidence.",
    .examples = "# A record that this witness has not seen before: with its author's key\nparley witness cosign request --folder witness --author CN+cf0480d2+Abx8vLVjY3X6HYJDTUZnJNkjd/U7mAaV3UnSbQzhIgWl -o cosigned.note\n"
                "# From then on\nparley witness cosign request --folder witness -o cosigned.note\n",
    .options = (const struct option[]){ { "folder", 0, "DIR", "The witness's folder." }, { "author", 0, "KEY", "Verifier key of the author of a record not seen before." },
                                        { "output", 'o', "FILE", "Where the cosigned checkpoint goes." }, { 0 } },
    .run = run,
};

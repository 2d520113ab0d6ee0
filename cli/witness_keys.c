#include "command.h"

#include <parley/channel_witness.h>

static enum parley_status run(struct invocation *in)
{
    const char *folder = option_text(in, "folder"), *name = option_text(in, "name");
    struct parley_text vkey;
    if (!folder || !name)
        return parley_fail(&in->err, PARLEY_EINVAL, "--folder DIR and --name NAME are needed, for example --folder witness --name witness.example.org");
    parley_text_init(&vkey, 256);
    enum parley_status status = parley_witness_make(folder, name, &vkey, &in->err);
    if (!status && in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "name", name);
        parley_json_put_string(&json, "key", parley_text_str(&vkey));
        parley_json_object_end(&json);
    } else if (!status) {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%s\nPublish this verifier key; desks write it down: parley desk witness KEY. The secret is in %s/witness.key.\n",
                                              "%s\n请公布此验证密钥；各方登记：parley desk witness KEY。私钥在 %s/witness.key。\n"), parley_text_str(&vkey), folder);
    }
    parley_text_release(&vkey);
    return status;
}

const struct command command_witness_keys = {
    .name = "witness keys",
    .operands = "",
    .summary = "Make the key of a neutral witness, in a folder of its own.",
    .summary_zh = "为中立见证人生成密钥（独立文件夹）。",
    .text = "A witness needs no desk and no network: a folder with its key and, for each record, the size and root that it cosigned last. NAME appears on its cosignatures; a name of the "
            "domain name system without https:// is usual.\n\n"
            "Keep the folder; do not put it back from an old copy: a witness that forgets what it cosigned would cosign a second history. If its records are lost, make a new witness with "
            "another name.",
    .examples = "parley witness keys --name witness.example.org --folder witness\n",
    .options = (const struct option[]){ { "name", 0, "NAME", "Its name: 1 to 64 bytes without blanks and '+'." }, { "folder", 0, "DIR", "Its folder; made when missing, mode 0700." }, { 0 } },
    .run = run,
};

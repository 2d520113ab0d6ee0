#include "channel_words.h"

#include <parley/channel_witness.h>
#include <string.h>

static enum parley_status run(struct invocation *in)
{
    const char *folder = option_text(in, "folder"), *vkey;
    struct parley_witnessed *w;
    size_t n;
    char hex[HASH_TEXT];
    if (!folder)
        return parley_fail(&in->err, PARLEY_EINVAL, "--folder DIR is needed: the witness's folder");
    enum parley_status status = parley_witness_list(folder, &in->arena, &vkey, &w, &n, &in->err);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "key", vkey);
        parley_json_key(&json, "records");
        parley_json_array(&json);
        for (size_t i = 0; i < n; i++) {
            parley_json_object(&json);
            parley_json_put_string(&json, "origin", w[i].origin);
            parley_json_put_string(&json, "author", w[i].author);
            parley_json_put_integer(&json, "size", (int64_t)w[i].size);
            put_hash(&json, "root", w[i].root);
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    parley_text_addf(&in->out, PARLEY_SAY(in->lang, "Verifier key: %s\n", "验证密钥：%s\n"), vkey);
    for (size_t i = 0; i < n; i++)
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%s\n    of %.*s: %llu statements, root %.12s\n", "%s\n    作者 %.*s：%llu 份声明，根 %.12s\n"), w[i].origin, (int)strcspn(w[i].author, "+"), w[i].author,
                         (unsigned long long)w[i].size, hash_text(w[i].root, hex));
    if (!n)
        parley_text_adds(&in->out, PARLEY_SAY(in->lang, "Nothing is cosigned yet.\n", "尚未联署任何记录。\n"));
    return PARLEY_OK;
}

const struct command command_witness_list = {
    .name = "witness list",
    .operands = "",
    .summary = "The witness's verifier key, and how far it has cosigned which records.",
    .summary_zh = "见证人的验证密钥，及其已联署各记录的进展。",
    .text = "All that a witness keeps: origin (pair, author and epoch as numbers), the author's verifier key, size and root.",
    .examples = "parley witness list --folder witness\n",
    .options = (const struct option[]){ { "folder", 0, "DIR", "The witness's folder." }, { 0 } },
    .run = run,
};

#include "desk_epoch.h"

void card_line(struct invocation *in, const char *option, const char **line, size_t *n)
{
    if (option_given(in, option))
        line[(*n)++] = parley_arena_printf(&in->arena, "%s %s", option, option_text(in, option));
}

enum parley_status new_epoch(struct invocation *in, enum parley_epoch_reason reason, const char *peer, uint64_t seq)
{
    uint32_t epoch = 0;
    const char *carrier[2];
    struct parley_key_options o = { .passphrase_file = option_text(in, "passphrase-file"), .carrier = carrier };
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    card_line(in, "direct", carrier, &o.n_carriers);
    card_line(in, "relay", carrier, &o.n_carriers);
    status = parley_desk_next_epoch(in->channel, reason, peer, seq, option_text(in, "root"), &o, &epoch, &in->err);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_integer(&json, "epoch", epoch);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "Epoch %u is open; its key statement goes to every peer with the next sync.\n", "第 %u 期已开启；密钥声明将随下次同步送达各方。\n"), epoch);
    }
    return PARLEY_OK;
}

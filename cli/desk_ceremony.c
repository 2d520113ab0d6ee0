#include "channel_desk.h"

#include <parley/file.h>

static enum parley_status run(struct invocation *in)
{
    const char *card_file = option_text(in, "card"), *psk_file = option_text(in, "psk");
    char *card;
    size_t len;
    uint8_t psk[32];
    if (option_text(in, "new-psk"))
        return parley_psk_make(option_text(in, "new-psk"), &in->err);
    if (!card_file || !psk_file)
        return parley_fail(&in->err, PARLEY_EINVAL, "--card FILE (the other side's) and --psk FILE are needed; --new-psk FILE makes a key");
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    struct parley_text en, zh;
    parley_text_init(&en, 4096);
    parley_text_init(&zh, 4096);
    status = parley_file_read(card_file, 1 << 16, &in->arena, &card, &len, &in->err);
    if (!status)
        status = parley_psk_read(psk_file, psk, &in->err);
    if (!status)
        status = parley_desk_ceremony(in->channel, card, len, psk, &en, &zh, &in->err);
    if (!status && in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "english", parley_text_str(&en));
        parley_json_put_string(&json, "chinese", parley_text_str(&zh));
        parley_json_object_end(&json);
    } else if (!status) {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "Read these words to each other by voice. Enrol only if they are the same on both sides.\n\n  %s\n\n  %s\n\n",
                                              "请双方以语音互相朗读以下词语。仅当两边完全一致时才登记。\n\n  %s\n\n  %s\n\n"), parley_text_str(&en), parley_text_str(&zh));
        status = parley_qr(parley_text_str(&en), &in->out, &in->err);
    }
    parley_text_release(&en);
    parley_text_release(&zh);
    return status;
}

const struct command command_desk_ceremony = {
    .name = "desk ceremony",
    .operands = "",
    .summary = "Show the twelve words that both sides compare before they enrol each other.",
    .summary_zh = "显示双方登记前核对的十二个词。",
    .text = "Both sides exchange cards and hold the same 32-byte pre-shared key, carried by hand (--new-psk FILE makes one, mode 0600). The words are 128 bits of a hash of both cards "
            "and the key, in English and Chinese: word k of one list stands for word k of the other.",
    .examples = "# One side makes the key and carries it over\nparley desk ceremony --new-psk cn-us.psk\nparley --desk cn desk ceremony --card us.card --psk cn-us.psk\n",
    .options = (const struct option[]){ { "card", 0, "FILE", "The other side's card." }, { "psk", 0, "FILE", "The pre-shared key." },
                                        { "new-psk", 0, "FILE", "Make a pre-shared key and stop." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

#include "channel_desk.h"

#include <parley/file.h>

static enum parley_status run(struct invocation *in)
{
    struct parley_text card;
    uint64_t epoch = 0;
    enum parley_status status = option_u64(in, "epoch", 1, UINT32_MAX, &epoch);
    if (!status && epoch && !option_given(in, "of"))
        status = parley_fail(&in->err, PARLEY_EINVAL, "--epoch goes with --of NAME");
    if (!status)
        status = open_desk(in);
    if (status)
        return status;
    parley_text_init(&card, 1 << 16);
    status = option_given(in, "of") ? parley_desk_peer_card(in->channel, option_text(in, "of"), (uint32_t)epoch, &card, &in->err) : parley_desk_card(in->channel, &card, &in->err);
    if (!status && in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "card", parley_text_str(&card));
        parley_json_object_end(&json);
    } else if (!status && option_text(in, "output")) {
        status = parley_file_write(option_text(in, "output"), card.data, card.len, &in->err);
    } else if (!status) {
        parley_text_adds(&in->out, parley_text_str(&card));
        if (option_given(in, "qr"))
            status = parley_qr(parley_text_str(&card), &in->out, &in->err);
    }
    parley_text_release(&card);
    return status;
}

const struct command command_desk_card = {
    .name = "desk card",
    .operands = "",
    .summary = "Print our desk card: the signed key statement that the other side enrols.",
    .summary_zh = "打印本台名片：供对方登记的签名密钥声明。",
    .text = "The card is a C2SP signed note; any signed-note verifier checks it. Hand it over by any means: the ceremony proves that it arrived unchanged.\n\n"
            "--of prints the card of a peer that we hold: a peer that lost its own with a restored copy asks for it ('desk recover --card').",
    .examples = "parley --desk cn desk card -o cn.card\n# The peer's, of its second epoch\nparley --desk us desk card --of cn --epoch 2\n",
    .options = (const struct option[]){ { "output", 'o', "FILE", "Write it to a file." }, { "qr", 0, NULL, "Print a QR code, too." }, { "of", 0, "PEER", "The card of this peer, as we hold it." },
                                        { "epoch", 0, "N", "With --of: of this epoch. Default: the newest." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

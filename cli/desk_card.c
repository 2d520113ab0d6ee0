#include "channel_desk.h"

#include <parley/file.h>

static enum parley_status run(struct invocation *in)
{
    struct parley_text card;
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    parley_text_init(&card, 1 << 16);
    status = parley_desk_card(in->channel, &card, &in->err);
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
    .text = "The card is a C2SP signed note; any signed-note verifier checks it. Hand it over by any means: the ceremony proves that it arrived unchanged.",
    .examples = "parley --desk cn desk card -o cn.card\n",
    .options = (const struct option[]){ { "output", 'o', "FILE", "Write it to a file." }, { "qr", 0, NULL, "Print a QR code, too." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};

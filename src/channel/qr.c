/* QR codes for the ceremony, drawn with half blocks: two rows of modules a line of text. */
#include <parley/channel.h>

#include <qrencode.h>

enum parley_status parley_qr(const char *text, struct parley_text *out, struct parley_error *err)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
    if (!code)
        return parley_fail(err, PARLEY_ELIMIT, "the text is too long for a QR code");
    int w = code->width;
    for (int y = -2; y < w + 2; y += 2) {
        for (int x = -2; x < w + 2; x++) {
            int top = x >= 0 && x < w && y >= 0 && y < w ? code->data[y * w + x] & 1 : 0;
            int bottom = x >= 0 && x < w && y + 1 >= 0 && y + 1 < w ? code->data[(y + 1) * w + x] & 1 : 0;
            parley_text_adds(out, top ? (bottom ? " " : "\xe2\x96\x84") : (bottom ? "\xe2\x96\x80" : "\xe2\x96\x88"));
        }
        parley_text_addc(out, '\n');
    }
    QRcode_free(code);
    return PARLEY_OK;
}

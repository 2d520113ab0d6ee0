#include "channel/card.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken as a card says the same when it is written again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct card card;
    struct note note;
    struct parley_text text;
    if (crypto_init(NULL) || card_parse((const char *)data, size, &card, NULL) || note_parse((const char *)data, size, &note, NULL))
        return 0;
    parley_text_init(&text, CARD_MAX);
    if (card_text(&card, &text, NULL) || text.len != note.text_len || memcmp(text.data, note.text, text.len))
        abort();
    parley_text_release(&text);
    return 0;
}

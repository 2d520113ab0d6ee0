#include "channel/deposit.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What parses is exactly what would be written, and nothing contradicts itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct deposit d;
    struct listing_note *l = malloc(sizeof *l);
    struct parley_text text;
    const char *input = (const char *)data;
    if (crypto_init(NULL) || !l) {
        free(l);
        return 0;
    }
    parley_text_init(&text, NOTE_MAX);
    if (!deposit_parse(input, size, &d, NULL)) {
        deposit_text(&d, &text);
        if (text.len != size || memcmp(text.data, data, size) || deposits_contradict(&d, &d))
            abort();
    }
    parley_text_clear(&text);
    if (!listing_parse(input, size, l, NULL)) {
        listing_text(l, &text);
        if (text.len != size || memcmp(text.data, data, size))
            abort();
    }
    parley_text_release(&text);
    free(l);
    return 0;
}

#include "channel/desk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any mail that a stranger may put into the Maildir. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *unit, tag[16];
    size_t len;
    uint32_t epoch;
    if (mail_unit((const char *)data, size, &unit, &len, NULL))
        return 0;
    if (len > UNIT_MAX)
        abort();
    (void)!unit_header(unit, len, tag, &epoch, NULL);
    free(unit);
    return 0;
}

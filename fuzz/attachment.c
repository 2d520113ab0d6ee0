#include "channel/bytes.h"

#include <parley/channel_attachment.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever passes as a list of attachments has names that are no paths, however the body says them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parley_arena arena = { 0 };
    struct parley_attachment *a;
    size_t n = 0;
    uint64_t total = 0;
    const char *text = (const char *)data;
    if (!parley_attachment_name_check(text, size, NULL) && (memchr(text, '/', size) || memchr(text, '\\', size) || memchr(text, 0, size) || *text == '.' || size > PARLEY_ATTACHMENT_NAME_MAX))
        abort();
    if (!parley_body_check(text, size, "body", NULL) && !parley_attachments_of(text, size, &arena, &a, &n, NULL))
        for (size_t i = 0; i < n; i++) {
            total += a[i].bytes;
            if (strchr(a[i].name, '/') || strchr(a[i].name, '\\') || !strcmp(a[i].name, "..") || total > PARLEY_ATTACHMENT_BYTES_MAX || i >= PARLEY_ATTACHMENTS_MAX)
                abort();
            for (const char *p = a[i].name; *p; p++)
                if ((unsigned char)*p < 0x20)
                    abort();
        }
    parley_arena_release(&arena);
    return 0;
}

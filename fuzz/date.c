#include <parley/time.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What reads must write and read again as the same date. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parley_date date, again;
    char text[PARLEY_DATE_TEXT];
    if (parley_date_parse((const char *)data, size, &date, NULL))
        return 0;
    size_t n = parley_date_start_text(&date, text);
    if (parley_date_parse(text, n, &again, NULL) || memcmp(&again.start_us, &date.start_us, 8) || again.precision != date.precision)
        abort();
    return 0;
}

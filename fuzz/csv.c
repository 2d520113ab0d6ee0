#include <parley/csv.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parley_csv *csv;
    struct parley_csv_row row;
    struct parley_error err;
    if (parley_csv_open_memory((const char *)data, size, "fuzz", NULL, &csv, &err))
        return 0;
    for (size_t rows = 0; rows <= size; rows++)
        if (!parley_csv_next(csv, &row, &err) && row.n == 0)
            break;
    parley_csv_close(csv);
    return 0;
}

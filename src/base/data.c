#include <parley/data.h>

#include <string.h>

/* made by tools/embed-data.py, sorted by name */
extern const struct parley_data_file parley_data_files[];
extern const size_t parley_data_n;

const struct parley_data_file *parley_data_all(size_t *n)
{
    *n = parley_data_n;
    return parley_data_files;
}

const struct parley_data_file *parley_data_find(const char *name)
{
    size_t low = 0, high = parley_data_n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = strcmp(name, parley_data_files[mid].name);
        if (c == 0)
            return &parley_data_files[mid];
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

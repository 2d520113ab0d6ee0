/* A mapping file, and rows through whatever it says. */
#include <parley/import.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char rows[] = "id,when,a,b,n,t\n1,2014-05-19,US,CN,-3,x|y\n2,20140519,China,Nobody,7,\n3,,2,710,NA,\"q,\"\n";
    static struct parley_record *record;
    struct parley_arena arena = { 0 };
    struct parley_import_result result;
    struct parley_error err;
    char *text = malloc(size + 1);
    if (!text || (!record && parley_record_open_shipped(&record, &err)))
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    struct parley_import_options options = { .path = "fuzz", .data = rows, .len = sizeof rows - 1, .mapping = text, .check_only = true };
    if (parley_record_import(record, &options, NULL, &arena, &result, &err) == PARLEY_OK && result.read != 3)
        __builtin_trap();
    parley_arena_release(&arena);
    free(text);
    return 0;
}

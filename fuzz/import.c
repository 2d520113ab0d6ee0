/* A whole import of bytes, checked and not written, in the format that is recognised. */
#include <parley/import.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct parley_record *record; /* opened once: it is not changed */
    struct parley_arena arena = { 0 };
    struct parley_import_result result;
    struct parley_error err;
    if (!record && parley_record_open_shipped(&record, &err))
        return 0;
    struct parley_import_options options = { .path = "fuzz", .data = size ? (const char *)data : "", .len = size, .check_only = true };
    if (!parley_record_import(record, &options, NULL, &arena, &result, &err) &&
        result.read != result.added + result.duplicate + result.rejected + result.skipped + result.merged)
        __builtin_trap();
    parley_arena_release(&arena);
    return 0;
}

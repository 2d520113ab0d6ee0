/* Rows of our own CSV parsed and checked, nothing written: record_rows FILE [parse|check]; prints CPU seconds. */
#include <parley/csv.h>
#include <parley/import.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    struct parley_error err = { 0 };
    struct parley_arena arena = { 0 };
    struct parley_record *record = NULL;
    struct parley_import_result result = { 0 };
    struct parley_csv *csv = NULL;
    struct parley_csv_row row;
    enum parley_status status = parley_record_open_shipped(&record, &err);
    clock_t begun = clock();
    if (!status && !strcmp(argv[2], "check")) {
        struct parley_import_options options = { .path = argv[1], .format = "csv", .check_only = true };
        status = parley_record_import(record, &options, NULL, &arena, &result, &err);
    } else if (!status) {
        status = parley_csv_open(argv[1], NULL, &csv, &err);
        while (!status && !(status = parley_csv_next(csv, &row, &err)) && row.n)
            result.read++;
    }
    double s = (double)(clock() - begun) / CLOCKS_PER_SEC;
    if (status || result.rejected) {
        fprintf(stderr, "%s (%llu rejected)\n", err.text, (unsigned long long)result.rejected);
        return 1;
    }
    printf("%.6f %llu\n", s, (unsigned long long)result.read);
    parley_csv_close(csv);
    parley_record_close(record);
    parley_arena_release(&arena);
    return 0;
}

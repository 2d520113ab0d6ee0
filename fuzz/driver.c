/* Runs a fuzz target without libFuzzer, as an ordinary test: every seed of the corpus, then mutations of it that
 * depend only on their number, so a failure can be repeated. usage: fuzz-NAME CORPUS_DIR [MUTATIONS] */
#define _POSIX_C_SOURCE 200809L
#include <parley/rng.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEED_MAX = 1 << 20, SEEDS_MAX = 4096 };

struct seed {
    uint8_t *data;
    size_t size;
};

static struct seed read_seed(const char *folder, const char *name)
{
    struct seed s = { 0 };
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (f) {
        s.data = malloc(SEED_MAX);
        s.size = s.data ? fread(s.data, 1, SEED_MAX, f) : 0;
        fclose(f);
    }
    return s;
}

/* Run on a heap copy of exactly that size, so that the sanitizer sees a byte read too many. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return;
    if (size)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static size_t mutate(uint8_t *data, size_t size, size_t room, struct parley_rng *rng)
{
    static const char interesting[] = "\0\n\r\",;:-+.{}[]()<>|&#'*~0189eE \xff\x80";
    for (uint64_t edits = 1 + parley_rng_below(rng, 6); edits; edits--) {
        size_t at = size ? parley_rng_below(rng, size) : 0;
        switch (parley_rng_below(rng, 5)) {
        case 0: /* flip */
            if (size)
                data[at] ^= (uint8_t)(1u << parley_rng_below(rng, 8));
            break;
        case 1: /* replace */
            if (size)
                data[at] = (uint8_t)interesting[parley_rng_below(rng, sizeof interesting - 1)];
            break;
        case 2: /* cut short */
            size = at;
            break;
        case 3: /* delete one */
            if (size) {
                memmove(data + at, data + at + 1, size - at - 1);
                size--;
            }
            break;
        default: { /* repeat a piece */
            size_t n = size ? 1 + parley_rng_below(rng, size - at < 32 ? size - at : 32) : 0;
            if (size + n <= room) {
                memmove(data + at + n, data + at, size - at);
                size += n;
            }
        }
        }
    }
    return size;
}

int main(int argc, char **argv)
{
    static struct seed seeds[SEEDS_MAX];
    static uint8_t work[2 * SEED_MAX];
    size_t n = 0;
    unsigned long mutations = argc > 2 ? strtoul(argv[2], NULL, 10) : 2000;
    DIR *folder = argc > 1 ? opendir(argv[1]) : NULL;
    if (!folder) {
        puts("1..1\nnot ok 1 - the folder of seeds can be opened");
        return 1;
    }
    for (struct dirent *e; n < SEEDS_MAX && (e = readdir(folder));)
        if (e->d_name[0] != '.')
            seeds[n++] = read_seed(argv[1], e->d_name);
    closedir(folder);
    for (size_t i = 0; i < n; i++)
        run(seeds[i].data, seeds[i].size);
    printf("ok 1 - %zu seeds\n", n);
    for (unsigned long i = 0; n && i < mutations; i++) {
        struct parley_rng rng;
        parley_rng_init(&rng, 1, i);
        const struct seed *s = &seeds[parley_rng_below(&rng, n)];
        memcpy(work, s->data, s->size);
        run(work, mutate(work, s->size, sizeof work, &rng));
    }
    printf("ok 2 - %lu mutations\n1..2\n", mutations);
    for (size_t i = 0; i < n; i++)
        free(seeds[i].data);
    return 0;
}

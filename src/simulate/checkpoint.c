/* Layout: magic "PARLCK1\0"; version text 16; scenario hash, seed, first replicate u64; then the packed tally (tally.c), which has a
 * check sum of its own. A file is replaced as a whole, so a kill leaves the old one or the new one. */
#include "checkpoint.h"

#include <parley/arena.h>
#include <parley/file.h>
#include <parley/version.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct head {
    char magic[8], version[16];
    uint64_t scenario, seed, first;
};

/* Changes when equal inputs give other numbers. */
#define MODEL_VERSION PARLEY_VERSION " m2"

static struct head head_of(const struct parley_scenario *s, const struct parley_run *run)
{
    struct head h = { .magic = "PARLCK1", .scenario = parley_scenario_hash(s), .seed = run->seed, .first = run->first };
    snprintf(h.version, sizeof h.version, "%s", MODEL_VERSION);
    return h;
}

static enum parley_status compare_head(const char *path, const struct head *found, const struct head *expected, struct parley_error *err)
{
    if (memcmp(found->magic, expected->magic, 8))
        return parley_fail(err, PARLEY_ECORRUPT, "%s is no checkpoint of parley simulate; it is left as it is", path);
    if (memcmp(found->version, expected->version, sizeof found->version))
        return parley_fail(err, PARLEY_EVERIFY, "%s was written by version %.15s, this is %s; run without it or name another file", path, found->version,
                           expected->version);
    if (found->scenario != expected->scenario)
        return parley_fail(err, PARLEY_EVERIFY, "%s belongs to another scenario; name another file or the scenario it was begun with", path);
    if (found->seed != expected->seed || found->first != expected->first)
        return parley_fail(err, PARLEY_EVERIFY, "%s was begun with seed %llu, this run has seed %llu", path, (unsigned long long)found->seed,
                           (unsigned long long)expected->seed);
    return PARLEY_OK;
}

enum parley_status checkpoint_read(const char *path, const struct parley_scenario *s, const struct parley_run *run, struct parley_tally *into,
                                   struct parley_error *err)
{
    struct parley_arena arena;
    char *data;
    size_t len, expected = sizeof(struct head) + parley_tally_bytes(s->weeks);
    if (access(path, F_OK) && errno == ENOENT)
        return PARLEY_OK;
    parley_arena_init(&arena, 64 << 20);
    enum parley_status status = parley_file_read(path, 32 << 20, &arena, &data, &len, err);
    struct head found, mine = head_of(s, run);
    if (!status && len < sizeof found)
        status = parley_fail(err, PARLEY_ECORRUPT, "%s is cut short: %zu bytes; a checkpoint of this run has %zu. It is left as it is", path, len, expected);
    if (!status) {
        memcpy(&found, data, sizeof found);
        status = compare_head(path, &found, &mine, err);
    }
    if (!status && len != expected)
        status = parley_fail(err, PARLEY_ECORRUPT, "%s is cut short or damaged: %zu bytes, expected %zu. It is left as it is", path, len, expected);
    if (!status && (status = parley_tally_unpack(data + sizeof found, len - sizeof found, into, err)))
        parley_fail_in(err, status, "%s", path);
    if (!status && into->replicates > run->replicates)
        status = parley_fail(err, PARLEY_EVERIFY, "%s has %llu replicates already, more than the %llu asked for", path,
                             (unsigned long long)into->replicates, (unsigned long long)run->replicates);
    if (!status && into->replicates % PARLEY_BLOCK_REPLICATES && into->replicates != run->replicates)
        status = parley_fail(err, PARLEY_EVERIFY, "%s is a finished run of %llu replicates and cannot go on; name another file", path,
                             (unsigned long long)into->replicates);
    parley_arena_release(&arena);
    return status;
}

enum parley_status checkpoint_write(const char *path, const struct parley_scenario *s, const struct parley_run *run, const struct parley_tally *tally,
                                    struct parley_error *err)
{
    size_t n = sizeof(struct head) + parley_tally_bytes(s->weeks);
    unsigned char *bytes = malloc(n);
    if (!bytes)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    struct head h = head_of(s, run);
    memcpy(bytes, &h, sizeof h);
    parley_tally_pack(tally, bytes + sizeof h);
    enum parley_status status = parley_file_write(path, bytes, n, err);
    free(bytes);
    return status;
}

/* The parts of an ensemble on the ranks of an MPI job; linked into parley-mpi only. Tallies are whole numbers, so rank 0 may
 * add them in any order and has the bits of one process. */
#include <parley/cluster.h>

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void leave(void)
{
    int done = 0;
    MPI_Finalized(&done);
    if (!done)
        MPI_Finalize();
}

/* The worst status of all ranks; on rank 0 with the words of the lowest rank that has one. */
static enum parley_status agree(enum parley_status status, const struct parley_cluster *c, struct parley_error *err)
{
    int mine = status == PARLEY_OK ? 0 : status == PARLEY_ECANCELLED ? 1 : 2, worst = 0;
    struct parley_error *all = NULL, here = { .status = status };
    if (err)
        here = *err, here.status = status;
    MPI_Allreduce(&mine, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    if (worst == 0)
        return PARLEY_OK;
    if (c->rank == 0)
        all = calloc(c->ranks, sizeof *all);
    MPI_Gather(&here, sizeof here, MPI_BYTE, all, sizeof here, MPI_BYTE, 0, MPI_COMM_WORLD);
    enum parley_status result = worst == 1 ? PARLEY_ECANCELLED : status ? status : PARLEY_EBUSY;
    for (unsigned i = 0; all && i < c->ranks; i++)
        if (all[i].status && (worst == 1 || all[i].status != PARLEY_ECANCELLED)) {
            result = parley_fail(err, all[i].status, "rank %u of %u: %s", i, c->ranks, all[i].text);
            break;
        }
    free(all);
    return result;
}

static enum parley_status join(struct parley_cluster *c, struct parley_tally *tally, enum parley_status status, double *seconds, struct parley_error *err)
{
    double mine = *seconds;
    status = agree(status, c, err);
    MPI_Reduce(&mine, seconds, 1, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
    if (status && status != PARLEY_ECANCELLED)
        return status;
    size_t n = parley_tally_bytes(tally->weeks);
    unsigned char *bytes = malloc(n), *all = c->rank == 0 ? malloc(n * c->ranks) : NULL;
    if (!bytes || (c->rank == 0 && !all)) {
        fprintf(stderr, "parley-mpi: rank %u: out of memory\n", c->rank);
        MPI_Abort(MPI_COMM_WORLD, parley_status_exit_code(PARLEY_ENOMEM));
    }
    parley_tally_pack(tally, bytes);
    MPI_Gather(bytes, (int)n, MPI_BYTE, all, (int)n, MPI_BYTE, 0, MPI_COMM_WORLD);
    for (unsigned i = 1; all && i < c->ranks; i++) {
        struct parley_tally part;
        enum parley_status read = parley_tally_init(&part, tally->weeks, err);
        if (!read)
            read = parley_tally_unpack(all + n * i, n, &part, err);
        if (read)
            status = read;
        else
            parley_tally_add(tally, &part);
        parley_tally_release(&part);
    }
    free(bytes);
    free(all);
    return status;
}

struct parley_cluster *parley_cluster_here(void)
{
    static struct parley_cluster cluster; /* one process is one rank: MPI itself is global */
    int started = 0, rank = 0, ranks = 1;
    MPI_Initialized(&started);
    if (!started) {
        MPI_Init(NULL, NULL);
        atexit(leave);
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    cluster = (struct parley_cluster){ (unsigned)rank, (unsigned)ranks, join };
    return &cluster;
}

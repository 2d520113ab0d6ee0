/* cluster.h - the ranks of an MPI job, as `simulate run` sees them.
 * Room: simulate.
 *
 * Not part of libparley: the executables parley (one process) and parley-mpi each link their own. */
#ifndef PARLEY_CLUSTER_H
#define PARLEY_CLUSTER_H

#include <parley/simulate.h>

struct parley_cluster {
    unsigned rank, ranks;
    /* Collective. Adds the tallies of all ranks on rank 0 and makes *seconds the longest. When any rank failed, all fail; rank 0 says
     * which and why. A rank that dies ends the job with MPI's own message. */
    enum parley_status (*join)(struct parley_cluster *cluster, struct parley_tally *tally, enum parley_status status, double *seconds,
                               struct parley_error *err);
};

/* NULL in a process that is alone. */
struct parley_cluster *parley_cluster_here(void);

#endif

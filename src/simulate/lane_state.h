/* lane_state.h - the state of LANES replicates side by side. Sixteen lanes make a tile: a row of a tile has one number of each
 * of its lanes, so that a vector is a part of a row, and everything about a lane lies in a few neighbouring kilobytes.
 * What only incidents read is kept in records of four numbers, which are cheaper to gather than four rows.
 *
 * Included by lanes.c only, which is compiled once for each kind of processor and for two or more states. */
#ifndef PARLEY_SIMULATE_LANE_STATE_H
#define PARLEY_SIMULATE_LANE_STATE_H

#include "model.h"
#include "lane_vector.h"

#include <parley/rng.h>

#include <string.h>

#ifdef LANES_TWO /* the common case, two states, has loops of known length */
enum { N = 2, PAIRS = 1 };
#define STATES(e) 2u
#else
enum { N = PARLEY_STATES_MAX, PAIRS = PARLEY_PAIRS_MAX };
#define STATES(e) ((e)->m->n_states)
#endif
/* Loops over states are laid out flat when there are two. */
#if defined(LANES_TWO) && !defined(__clang__)
#define FLAT _Pragma("GCC unroll 4")
#else
#define FLAT
#endif
#define ENTITY(i, j) ((uint32_t)(i) * PARLEY_STATES_MAX + (uint32_t)(j)) /* of an ordered pair, in the address of a draw */

enum {
    TILE = 16,
    TILES = LANES / TILE,
    SPARE = TILE, /* lanes of one more tile; they fill up the last vector of a list */
    LIST = LANES + SPARE,
};
#define STOPPED 1e30f /* a clock that never runs out */

/* What changes only when something happens to a pair, in one word. The low five bits are KIND. */
enum {
    RUNG = 7,
    IN_MIL = 8, /* the quarrel is in MIL */
    DIALOGUE = 16,
    FACE = 32,
    AGREED = 64,
    IN_CRISIS = 128,
    GREEDY_FIRST = 256, /* the state with the lower number */
    GREEDY_SECOND = 512,
    ENDED = 1024, /* the replicate is over */
};
enum { COUNT, LOSS, WRONG, HARM }; /* of struct tile, act; HARM only of third parties, in units of the quarter's start */

struct tile { /* index of an ordered pair: i * N + j */
    float y[N * N][TILE], g[N * N][TILE], sum_x[N * N][TILE];
    float clock[N * N][TILE]; /* of acts of i on j, wound down to 0; [i * N + i] third parties on i: goes off at used.third[i] */
    float doctrine[N * N][TILE]; /* goes off at used.doctrine */
    float k[N][TILE], o[N][TILE], sum_k[N][TILE];
    float I[PAIRS][TILE], norm[PAIRS][TILE], pair_clock[PAIRS][TILE], sum_I[PAIRS][TILE], sum_norm[PAIRS][TILE];
    uint32_t state[PAIRS][TILE];
    uint32_t sum_rung[PAIRS][TILE], sum_agreed[PAIRS][TILE]; /* rung + 2^16 dialogue; agreement + 2^16 crisis */
    float sum_trust[TILE], sum_threat[TILE];
    /* from here on touched only when something happens */
    uint32_t pair_count[PAIRS][TILE], doctrine_count[N * N][TILE], crisis_since[PAIRS][TILE], agreed_since[PAIRS][TILE];
    float crises[TILE], deescalated[TILE], deescalate_weeks[TILE], spillovers[TILE], misreadings[TILE], agreements[TILE];
    int32_t bloc[N][TILE];
    float x[N * N][TILE][DOMAINS], act[N * N][TILE][RECORD];
};
_Static_assert(7 * PARLEY_WEEKS_MAX < 1 << 16, "sums of rungs and of weeks share a word");

struct lanes {
    struct tile tile[TILES + 1];
    int32_t due[N * N][LIST]; /* lanes whose clock i * N + j ran out */
    int32_t shocked[N * N][LIST]; /* lanes whose doctrine changes */
    int32_t list[LIST];
    uint32_t seen_what[LIST]; /* noticed incidents: the lane, the domain << 16, the severity << 20 */
    float seen_signal[LIST], seen_answer[LIST];
    unsigned n_due[N * N], n_shocked[N * N];
};

struct used { /* hazards that are the same for all lanes, summed since the quarter began */
    float doctrine, third[N];
};

struct engine {
    struct lanes *s;
    const struct phase *p;
    const struct lives *lives;
    const struct model *m;
    uint32_t key[2], week, first;
    uint32_t epoch; /* the third word of most draws */
    unsigned q;     /* week of the quarter */
    unsigned n, vectors; /* replicates that count, vectors that hold them */
    struct used used;
    float (*out)[LANES]; /* NULL: not wanted */
    struct branching *branching; /* NULL: none */
};

enum { CELLS = sizeof(struct tile) / 4 };

/* A part of a row of `struct tile *t` from lane `o` of the tile on. */
#define AT(row) (*(vf_row *)&(row)[o])
#define WORDS(row) (*(vu_row *)&(row)[o])

INLINE struct tile *tile_of(const struct engine *e, unsigned v) { return &e->s->tile[v * W / TILE]; }
INLINE unsigned offset_of(unsigned v) { return v * W % TILE; }

INLINE unsigned pair_of(const struct engine *e, unsigned i, unsigned j)
{
    (void)e;
    return STATES(e) == 2 ? 0 : parley_pair_index(STATES(e), i, j);
}

INLINE const struct tie *tie_of(const struct engine *e, unsigned i, unsigned j) { return &e->p->tie[pair_of(e, i, j)]; }

INLINE uint32_t greedy_bit(unsigned i, unsigned other) { return i < other ? GREEDY_FIRST : GREEDY_SECOND; }

/* Indices into a row, or into rows of records, counted from the first tile. */
INLINE vi place(vi lane) { return (lane >> 4) * CELLS + (lane & (TILE - 1)); }
INLINE vi record_place(vi lane) { return (lane >> 4) * CELLS + (lane & (TILE - 1)) * RECORD; }

INLINE vi lanes_of(unsigned v)
{
    vi lane = { 0 };
    for (int i = 0; i < W; i++)
        lane[i] = i;
    return lane + (int32_t)(v * W);
}

/* --- random numbers ----------------------------------------------------------------------- */

static void draw(const struct engine *e, enum purpose purpose, uint32_t index, uint32_t entity, int lane, uint32_t out[4])
{
    const uint32_t counter[4] = { (uint32_t)purpose << 24 | (index & 0xffffff), entity, e->epoch, e->first + (uint32_t)lane };
    parley_philox(counter, e->key, out);
}

INLINE void vdraw(const struct engine *e, enum purpose purpose, vu index, uint32_t entity, uint32_t week, vi lane, vu out[4])
{
    vphilox((uint32_t)purpose << 24 | (index & 0xffffff), entity, week, (vu)lane + e->first, e->key, out);
}

/* --- lists of lanes ----------------------------------------------------------------------- */

/* Append the lanes of vector v in the mask. Without a branch, for nobody could foretell it. */
INLINE unsigned collect(int32_t *list, unsigned n, unsigned v, vm mask)
{
    return n + append(&list[n], lanes_of(v), bits_of(mask));
}

/* Fill the last vector with spare lanes. */
INLINE void pad(int32_t *list, unsigned n)
{
    for (unsigned i = 0; n % W; i++)
        list[n++] = LANES + (int32_t)i;
}

INLINE vm counts(vi lane) { return more(all_int(LANES), lane); } /* is no spare */

#endif

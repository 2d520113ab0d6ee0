/* payoffset_inner.h - polygons of fractions and the operator of Abreu and Sannikov, for payoffset*.c. */
#ifndef PARLEY_GAME_PAYOFFSET_INNER_H
#define PARLEY_GAME_PAYOFFSET_INNER_H

#include "rational.h"

#include <parley/payoffset.h>

struct point {
    mpq_t v[2];
    double near[2]; /* of a polygon: v, towards 0 to the next double */
};

struct polygon { /* hull, counter-clockwise from the lowest, leftmost; 1 = point, 2 = segment */
    struct point *p;
    size_t n, cap;
};

struct solver {
    const struct parley_game *game;
    size_t rows, columns;
    struct point *stage;  /* [profiles] payoffs */
    struct point *gain;   /* [profiles] what the best deviation gains each player */
    mpq_t d, rest, ratio; /* d, 1 - d, (1 - d) / d */
    struct parley_ratio discount;
    mpq_t threat[2], minmax[2];
    mpq_t a, b, c, t, least[2], xy[2]; /* scratch */
    struct polygon now, next, cut, other, candidates;
};

/* payoffset_polygon.c; false = out of memory */
bool polygon_add(struct polygon *g, mpq_srcptr x, mpq_srcptr y);
void polygon_drop(struct polygon *g);
/* Andrew's monotone chain, exact: collinear points go. `from` is put in order. */
bool polygon_hull(struct solver *s, struct polygon *from, struct polygon *to);
bool polygon_same(const struct polygon *a, const struct polygon *b);
/* sign of (b - a) x (c - a); leaves the two products in s->a and s->b */
int polygon_turn(struct solver *s, const struct point *a, const struct point *b, const struct point *c);
/* next = operator of now */
bool payoffset_operate(struct solver *s);
/* The worst that the set `now` can hold each player to. */
void payoffset_set_threat(struct solver *s);

/* payoffset_outer.c: the same operator in whole numbers on a grid, rounded outwards: fast, and every set holds the true one. */
struct outer;
struct outer *outer_start(const struct solver *s); /* from s->now; NULL = out of memory or numbers out of range */
enum outer_step { OUTER_MOVED, OUTER_STILL, OUTER_EMPTY, OUTER_NO_MEMORY };
enum outer_step outer_step(struct outer *o);
size_t outer_points(const struct outer *o);
void outer_point(const struct outer *o, size_t i, double xy[2]);
bool outer_polygon(const struct outer *o, struct polygon *to); /* the vertices as fractions */
double outer_moved(const struct outer *o); /* how far a vertex moved in the last step, at most, about */
long outer_digits(const struct outer *o); /* points closer than 2^-this are one */
void outer_end(struct outer *o);

/* payoffset_fixed.c: guess the limit of the outer sets as fractions, and prove it. FIXED_PROVEN: s->now is the set, exactly. */
enum fixed { FIXED_NOT, FIXED_PROVEN, FIXED_NO_MEMORY };
enum fixed payoffset_fixed(struct solver *s, const struct outer *o);

#endif

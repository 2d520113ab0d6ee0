/* exchange.pml - the exchange of one direction as a Promela model for spin.
 *
 * A says statements 1..N to B over a carrier that loses, duplicates and reorders. Either may be killed at any point; what is not
 * committed is gone. A may be restored from a copy; then its mark, which is outside, is ahead and it is fenced until B gave
 * back what it holds up to the mark.
 *   spin -run -safety -m400000 docs/spec/exchange.pml
 *
 * Checked: no number is ever sent with two contents; B stores a number once; a receipt only for what is stored. */
#define N 2
#define CONTENTS 5
#define NONE 0

byte said[N + 1];   /* what left A under each number: a content, never two */
byte a_disk[N + 1], a_top;           /* committed by A */
byte copy_disk[N + 1], copy_top;     /* a backup of A */
bool has_copy;
byte mark;                           /* the high-water mark, outside A */
byte b_disk[N + 1];                  /* committed by B */
bool receipted[N + 1];
byte fresh = 1;                      /* contents are numbered as they are made */

chan to_b = [2] of { byte, byte };   /* number, content */
chan to_a = [2] of { byte, byte };   /* give-back: number, content; content NONE: receipt */

inline send(n) {
    assert(said[n] == NONE || said[n] == a_disk[n]);
    said[n] = a_disk[n];
    if
    :: nfull(to_b) -> to_b!n, a_disk[n]
    :: skip /* lost */
    fi
}

active proctype A() {
    byte n, c;
    do
    :: a_top < N && a_top >= mark && fresh <= CONTENTS -> /* not fenced: commit, mark, and only then send */
        d_step { a_top++; a_disk[a_top] = fresh; fresh++ }
        if
        :: mark = a_top; if :: send(a_top) :: skip /* killed before the carrier */ fi
        :: a_top > 0 -> skip /* killed before the mark: nothing left the desk */
        fi
    :: a_top > 0 && a_top <= mark -> atomic { select(n : 1 .. N); if :: n <= a_top -> send(n) :: else fi }
    :: to_a?n, c ->
        if
        :: c == NONE -> assert(b_disk[n] != NONE)
        :: c != NONE && n == a_top + 1 -> d_step { a_top = n; a_disk[n] = c } /* our own, given back */
        :: else
        fi
    :: !has_copy -> atomic { has_copy = true; copy_top = a_top; for (n : 1 .. N) { copy_disk[n] = a_disk[n] } }
    :: has_copy -> atomic { a_top = copy_top; for (n : 1 .. N) { a_disk[n] = copy_disk[n] } } /* restored */
    od
}

active proctype B() {
    byte n, c;
    do
    :: to_b?n, c ->
        if
        :: b_disk[n] == NONE -> b_disk[n] = c; receipted[n] = true
        :: else -> assert(b_disk[n] == c) /* a duplicate is the same */
        fi;
        if :: nfull(to_a) -> to_a!n, NONE :: skip fi
    :: atomic { select(n : 1 .. N); if :: b_disk[n] != NONE && nfull(to_a) -> to_a!n, b_disk[n] :: else fi }
    od
}

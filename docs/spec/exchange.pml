/* exchange.pml - the exchange of one direction as a Promela model for spin.
 *
 * A says statements to B over carriers that lose, duplicate and reorder. B stores and receipts them, answers A's question what
 * it holds, and gives A's own back. Either may be killed at any point, what is not committed is gone; either may be put back
 * from a copy. A's high-water mark is outside its copy: behind it A is fenced until the answer to its latest question came and it
 * holds everything up to the mark again. Without the mark (another machine), and whenever it is fenced, only the root opens the
 * fence: a new epoch, numbers from 1.
 *   spin -run -safety -m20000 docs/spec/exchange.pml
 *
 * Checked: no number of an epoch leaves A with two contents; none comes to B with two; a receipt speaks of what B held; what A
 * takes back is what it had said. Not modelled: attachments, keys lost with an old copy, revocation; that something arrives at all. */
#define N 2            /* numbers an epoch, of two epochs; slot = (epoch - 1) * N + number - 1 */
#define SLOTS (2 * N)
#define CONTENTS 4
#define QUESTIONS 2
#define NONE 0
#define SLOT(number) ((e - 1) * N + (number) - 1)
#define LEVEL (e > mark_e || (e == mark_e && top >= mark_top))

byte said[SLOTS];      /* what ever left A under each number */
byte held[SLOTS];      /* what B ever held under each number */
byte fresh = 1;        /* contents are numbered as they are made */

byte a[SLOTS], e = 1, top;                  /* committed by A: contents, epoch, its last number */
byte copy_a[SLOTS], copy_e, copy_top;       /* a backup of it */
bool acked[SLOTS], a_copied, restored, fenced;
byte mark_e = 1, mark_top;                  /* outside */
bool mark_lost, answered;                   /* the latest question was */
byte question;                              /* its number; no number is asked twice */

byte b[SLOTS], copy_b[SLOTS];
bool b_copied;

mtype = { STATEMENT, QUESTION, RECEIPT, BACK, HEAD };
chan to_b = [1] of { mtype, byte, byte };
chan to_a = [1] of { mtype, byte, byte };

inline leave(s) { /* at once or never; it may be sent again */
    assert(said[s] == NONE || said[s] == a[s]);
    said[s] = a[s];
    if
    :: nfull(to_b) -> to_b!STATEMENT, s, a[s]
    :: true
    fi
}

inline wake() { /* A starts: is it what it was? */
    fenced = mark_lost || !LEVEL;
    answered = false
}

active proctype A() {
    byte s, c;
    do
    :: atomic { !fenced && top < N && fresh <= CONTENTS -> top++; a[SLOT(top)] = fresh; fresh++ } /* commit */
       if
       :: atomic { mark_e = e; mark_top = top; s = SLOT(top); leave(s) } /* the mark, then it leaves */
       :: true /* killed between */
       fi
    :: atomic { !fenced && !(mark_e == e && mark_top == top) -> mark_e = e; mark_top = top } /* killed between: written at the next start */
    :: atomic { !fenced -> select(s : 0 .. SLOTS - 1);
           if
           :: a[s] != NONE && !acked[s] && s <= (mark_e - 1) * N + mark_top - 1 -> leave(s) /* again, until it is receipted */
           :: else
           fi }
    :: atomic { nfull(to_b) && question < QUESTIONS -> question++; answered = false; to_b!QUESTION, question, e }
    :: atomic { to_a?RECEIPT(s, c) -> assert(held[s] == c);
           if
           :: a[s] == c -> acked[s] = true
           :: else
           fi; s = 0; c = 0 }
    :: atomic { to_a?BACK(s, c) -> assert(said[s] == c && (a[s] == NONE || a[s] == c));
           if
           :: a[s] == NONE && (s % N == 0 || a[s - (s % N != 0)] != NONE) && s / N < e -> /* the next one of its epoch */
              a[s] = c; if :: s / N == e - 1 -> top++ :: else fi
           :: else
           fi; s = 0; c = 0 }
    :: atomic { to_a?HEAD(s, c) -> /* c: how many B holds of the newest epoch that A has */
           if
           :: s == question -> answered = true;
              s = 0; do :: s < SLOTS -> if :: s / N == e - 1 && s % N >= c -> acked[s] = false :: else fi; s++ :: else -> break od
           :: else
           fi; s = 0; c = 0 }
    :: atomic { fenced && answered && !mark_lost && LEVEL -> fenced = false }
    :: atomic { fenced && e == 1 -> e = 2; top = 0; fenced = false; mark_lost = false; mark_e = 2; mark_top = 0 } /* recovered by the root */
    :: d_step { !a_copied -> a_copied = true; copy_e = e; copy_top = top; s = 0; do :: s < SLOTS -> copy_a[s] = a[s]; s++ :: else -> break od; s = 0 }
    :: d_step { a_copied && !restored && copy_e == e -> restored = true; e = copy_e; top = copy_top;
           s = 0; do :: s < SLOTS -> a[s] = copy_a[s]; acked[s] = false; s++ :: else -> break od; s = 0;
           wake() }
    :: atomic { restored && fenced && !mark_lost && e == 1 -> mark_lost = true } /* on another machine */
    od
}

active proctype B() {
    byte s, c, i;
    do
    :: atomic { to_b?STATEMENT(s, c) -> assert(held[s] == NONE || held[s] == c); held[s] = c; b[s] = c; /* commit, then receipt */
           if
           :: nfull(to_a) -> to_a!RECEIPT, s, c
           :: true /* lost, or killed before */
           fi; s = 0; c = 0 }
    :: atomic { nfull(to_a) && to_b?[QUESTION, s, c] -> to_b?QUESTION(s, c); /* c: the epoch; how many of it are held, up to the highest */
           i = N; do :: i > 0 && b[(c - 1) * N + i - 1] == NONE -> i-- :: else -> break od;
           to_a!HEAD, s, i; s = 0; c = 0; i = 0 }
    :: atomic { nfull(to_a) -> select(s : 0 .. SLOTS - 1); /* given back, when A wants it */
           if
           :: b[s] != NONE -> to_a!BACK, s, b[s]
           :: else
           fi; s = 0 }
    :: d_step { !b_copied -> b_copied = true; s = 0; do :: s < SLOTS -> copy_b[s] = b[s]; s++ :: else -> break od; s = 0 }
    :: d_step { b_copied -> s = 0; do :: s < SLOTS -> b[s] = copy_b[s]; s++ :: else -> break od; s = 0 } /* put back from a copy */
    od
}

/* Is a number that looks like zero zero? A slack is a whole number N over the determinant of the tight rows; N is below
 * the slack's bound times Hadamard's bound of the determinant, and it is zero if it is zero modulo enough primes. */
#include "polytope.h"

#include <math.h>

static const uint64_t primes[] = { ((uint64_t)1 << 61) - 1,   ((uint64_t)1 << 61) - 31,  ((uint64_t)1 << 61) - 45,
                                   ((uint64_t)1 << 61) - 229, ((uint64_t)1 << 61) - 259, ((uint64_t)1 << 61) - 283,
                                   ((uint64_t)1 << 61) - 339, ((uint64_t)1 << 61) - 391, ((uint64_t)1 << 61) - 403 };

enum { SIDE = 64 };

static uint64_t times(uint64_t a, uint64_t b, uint64_t p) { return (uint64_t)((unsigned __int128)a * b % p); }

static uint64_t inverse(uint64_t a, uint64_t p)
{
    uint64_t x = 1;
    for (uint64_t e = p - 2; e; e >>= 1, a = times(a, a, p))
        if (e & 1)
            x = times(x, a, p);
    return x;
}

/* Solve modulo p; false when the determinant is 0 modulo p. */
static bool solve(uint64_t *t, size_t s, uint64_t p, uint64_t *z)
{
    for (size_t c = 0; c < s; c++) {
        size_t r = c;
        while (r < s && !t[r * (s + 1) + c])
            r++;
        if (r == s)
            return false;
        for (size_t j = c; r != c && j <= s; j++) {
            uint64_t swap = t[r * (s + 1) + j];
            t[r * (s + 1) + j] = t[c * (s + 1) + j];
            t[c * (s + 1) + j] = swap;
        }
        uint64_t i1 = inverse(t[c * (s + 1) + c], p);
        for (size_t j = c; j <= s; j++)
            t[c * (s + 1) + j] = times(t[c * (s + 1) + j], i1, p);
        for (size_t i = c + 1; i < s; i++) {
            uint64_t f = t[i * (s + 1) + c];
            for (size_t j = c; f && j <= s; j++)
                t[i * (s + 1) + j] = (t[i * (s + 1) + j] + p - times(f, t[c * (s + 1) + j], p)) % p;
        }
    }
    for (size_t c = s; c-- > 0;) {
        z[c] = t[c * (s + 1) + s];
        for (size_t j = c + 1; j < s; j++)
            z[c] = (z[c] + p - times(t[c * (s + 1) + j], z[j], p)) % p;
    }
    return true;
}

bool zero_proven(const struct polytope *p, const uint8_t *support, const uint8_t *tight, size_t s, uint64_t zero)
{
    uint64_t t[SIDE * (SIDE + 1)], z[SIDE];
    double bits = 2; /* of the largest N that may occur */
    for (size_t i = 0; i < s; i++) {
        double sum = 0;
        for (size_t j = 0; j < s; j++)
            sum += p->f[tight[i] * p->d + support[j]] * p->f[tight[i] * p->d + support[j]];
        bits += .5 * log2(fmax(sum, 1)) + 1e-9;
    }
    double largest = 0;
    for (size_t i = 0; i < p->k * p->d; i++)
        largest = p->f[i] > largest ? p->f[i] : largest;
    bits += log2(largest + 1) + log2((double)s + 1); /* |slack| <= 1 + s max M z, z <= 1 / min M <= 1 */
    for (size_t which = 0; bits > 0; which++) {
        if (which == sizeof primes / sizeof *primes)
            return false;
        uint64_t q = primes[which];
        for (size_t i = 0; i < s; i++) {
            for (size_t j = 0; j < s; j++)
                t[i * (s + 1) + j] = (uint64_t)p->f[tight[i] * p->d + support[j]] % q;
            t[i * (s + 1) + s] = 1;
        }
        if (!solve(t, s, q, z))
            continue;
        for (size_t i = 0; i < s; i++)
            if (zero >> support[i] & 1 && z[i])
                return false;
        for (size_t r = 0; r < p->k; r++) {
            if (!(zero >> (p->d + r) & 1))
                continue;
            uint64_t sum = q - 1;
            for (size_t j = 0; j < s; j++)
                sum = (sum + times((uint64_t)p->f[r * p->d + support[j]] % q, z[j], q)) % q;
            if (sum)
                return false;
        }
        bits -= 60.9;
    }
    return true;
}

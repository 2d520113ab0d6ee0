#include "rational.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* GMP lets a number point at limbs that it does not own, as long as nobody writes to it. */
static bool keep_integer(mpz_ptr out, mpz_srcptr z, struct parley_arena *arena)
{
    static const mp_limb_t one = 1;
    size_t n = mpz_size(z);
    if (n == 1 && mpz_sgn(z) > 0 && mpz_getlimbn(z, 0) == 1) {
        mpz_roinit_n(out, &one, 1);
        return true;
    }
    mp_limb_t *limbs = PARLEY_NEW(arena, mp_limb_t, n ? n : 1);
    if (!limbs)
        return false;
    memcpy(limbs, mpz_limbs_read(z), n * sizeof *limbs);
    mpz_roinit_n(out, limbs, mpz_sgn(z) < 0 ? -(mp_size_t)n : (mp_size_t)n);
    return true;
}

const struct parley_exact *exact_keep(mpq_srcptr q, struct parley_arena *arena)
{
    struct parley_exact *x = PARLEY_NEW(arena, struct parley_exact, 1);
    if (!x || !keep_integer(mpq_numref(x->v), mpq_numref(q), arena) || !keep_integer(mpq_denref(x->v), mpq_denref(q), arena))
        return NULL;
    return x;
}

const struct parley_exact *parley_exact_ratio(long long numerator, long long denominator, struct parley_arena *arena)
{
    mpq_t q;
    mpq_init(q);
    mpq_set_si(q, numerator, (unsigned long)denominator);
    mpq_canonicalize(q);
    const struct parley_exact *x = exact_keep(q, arena);
    mpq_clear(q);
    return x;
}

static size_t digits(const char *text, size_t len, size_t at)
{
    while (at < len && text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* [text, text+len) are digits: as an integer. */
static bool integer(mpz_ptr z, const char *text, size_t len)
{
    char small[64], *copy = len < sizeof small ? small : malloc(len + 1);
    if (!copy)
        return false;
    memcpy(copy, text, len);
    copy[len] = 0;
    bool ok = mpz_set_str(z, copy, 10) == 0;
    if (copy != small)
        free(copy);
    return ok;
}

/* Where the parts of "-12.50e-3" or "-1/3" lie. */
struct parts {
    bool minus;
    size_t whole, whole_end, after, after_end, denominator, denominator_end;
    long exponent;
};

static const char *split(const char *text, size_t len, struct parts *p)
{
    size_t at = 0;
    if (len > PARLEY_EXACT_TEXT_MAX)
        return "a number of more than 4096 characters";
    if (at < len && (text[at] == '-' || text[at] == '+'))
        p->minus = text[at++] == '-';
    p->whole = at;
    at = p->whole_end = p->after = p->after_end = digits(text, len, at);
    if (at < len && text[at] == '/') {
        if (p->whole == p->whole_end)
            return "no digits before '/'";
        p->denominator = ++at;
        at = p->denominator_end = digits(text, len, at);
        return at == p->denominator ? "no digits after '/'" : at < len ? "text after the fraction" : NULL;
    }
    if (at < len && text[at] == '.') {
        p->after = ++at;
        at = p->after_end = digits(text, len, at);
    }
    if (p->whole == p->whole_end && p->after == p->after_end)
        return "not a number";
    if (at < len && (text[at] == 'e' || text[at] == 'E')) {
        size_t sign = ++at < len && (text[at] == '-' || text[at] == '+') ? at++ : 0;
        size_t end = digits(text, len, at);
        if (end == at || end - at > 4)
            return end == at ? "no digits in the exponent" : "an exponent of more than four digits";
        for (; at < end; at++)
            p->exponent = p->exponent * 10 + (text[at] - '0');
        if (sign && text[sign] == '-')
            p->exponent = -p->exponent;
    }
    return at < len ? "not a number" : NULL;
}

const struct parley_exact *parley_exact_parse(const char *text, size_t len, struct parley_arena *arena, const char **why)
{
    struct parts p = { 0 };
    *why = split(text, len, &p);
    if (*why)
        return NULL;
    const struct parley_exact *x = NULL;
    mpq_t q;
    mpz_t part;
    mpq_init(q);
    mpz_init(part);
    mpz_ptr num = mpq_numref(q), den = mpq_denref(q);
    bool ok = p.whole == p.whole_end || integer(num, text + p.whole, p.whole_end - p.whole);
    if (ok && p.denominator_end > p.denominator)
        ok = integer(den, text + p.denominator, p.denominator_end - p.denominator);
    long scale = p.exponent - (long)(p.after_end - p.after);
    if (ok && p.after_end > p.after) {
        mpz_ui_pow_ui(part, 10, p.after_end - p.after);
        mpz_mul(num, num, part);
        ok = integer(part, text + p.after, p.after_end - p.after);
        mpz_add(num, num, part);
    }
    if (ok && mpz_sgn(den) == 0) {
        *why = "a division by zero";
        ok = false;
    } else if (!ok) {
        *why = "out of memory";
    }
    if (ok) {
        mpz_ui_pow_ui(part, 10, (unsigned long)labs(scale));
        mpz_mul(scale < 0 ? den : num, scale < 0 ? den : num, part);
        if (p.minus)
            mpz_neg(num, num);
        mpq_canonicalize(q);
        if (!(x = exact_keep(q, arena)))
            *why = "out of memory";
    }
    mpz_clear(part);
    mpq_clear(q);
    return x;
}

void parley_exact_add_text(struct parley_text *out, const struct parley_exact *x)
{
    if (mpz_fits_slong_p(mpq_numref(x->v)) && mpz_fits_slong_p(mpq_denref(x->v))) {
        parley_text_addf(out, "%ld", mpz_get_si(mpq_numref(x->v)));
        if (mpz_cmp_ui(mpq_denref(x->v), 1))
            parley_text_addf(out, "/%ld", mpz_get_si(mpq_denref(x->v)));
        return;
    }
    size_t room = mpz_sizeinbase(mpq_numref(x->v), 10) + mpz_sizeinbase(mpq_denref(x->v), 10) + 3;
    char *text = malloc(room);
    if (text)
        parley_text_adds(out, mpq_get_str(text, 10, x->v));
    else
        out->failed = true;
    free(text);
}

const char *parley_exact_text(const struct parley_exact *x, struct parley_arena *arena)
{
    struct parley_text text;
    parley_text_init(&text, 1 << 24);
    parley_exact_add_text(&text, x);
    const char *copy = parley_text_keep(&text, arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

double parley_exact_double(const struct parley_exact *x) { return mpq_get_d(x->v); }

int parley_exact_compare(const struct parley_exact *a, const struct parley_exact *b)
{
    int c = mpq_cmp(a->v, b->v);
    return (c > 0) - (c < 0);
}

int parley_exact_sign(const struct parley_exact *x) { return mpq_sgn(x->v); }

/* Factorising: A*B + A*C -> A*(B + C). Repeatedly the literals that save most are taken out; the result is equivalent, and need not be the
 * shortest there is. */
#include <parley/sop.h>
#include <parley/text.h>

#include <stdlib.h>
#include <string.h>

struct factoring {
    const struct parley_sop *sop;
    bool brackets;
    struct parley_arena *arena;
    struct parley_text text;
    bool no_memory;
};

static uint64_t every(const struct parley_sop_names *names, size_t j)
{
    return names->levels[j] >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << names->levels[j]) - 1;
}

static bool is_everything(const struct parley_sop_names *names, const uint64_t *product)
{
    for (size_t j = 0; j < names->n; j++)
        if (product[j] != every(names, j))
            return false;
    return true;
}

/* The literals shared by all products that have literal (j, values); returns what taking them out saves. */
static size_t common(const struct parley_sop_names *names, const uint64_t *product, size_t n, size_t j, uint64_t values, uint64_t *cube)
{
    size_t k = names->n, with = 0, literals = 0;
    for (size_t i = 0; i < n; i++) {
        const uint64_t *p = product + i * k;
        if (p[j] != values)
            continue;
        for (size_t l = 0; l < k; l++)
            cube[l] = with && cube[l] != p[l] ? every(names, l) : p[l];
        with++;
    }
    for (size_t l = 0; l < k; l++)
        literals += cube[l] != every(names, l);
    return with < 2 ? 0 : literals * (with - 1);
}

static bool has_cube(const struct parley_sop_names *names, const uint64_t *product, const uint64_t *cube)
{
    for (size_t j = 0; j < names->n; j++)
        if (cube[j] != every(names, j) && product[j] != cube[j])
            return false;
    return true;
}

static void write_product(struct factoring *f, const uint64_t *product)
{
    const struct parley_sop one = { .names = f->sop->names, .n = 1, .values = (uint64_t *)(uintptr_t)product };
    const char *text = parley_sop_text(&one, f->brackets, f->arena);
    if (text)
        parley_text_adds(&f->text, text);
    else
        f->no_memory = true;
}

static void write_sum(struct factoring *f, const uint64_t *product, size_t n);

/* cube * (what is left of the products that have it) + the others */
static void divide(struct factoring *f, const uint64_t *product, size_t n, const uint64_t *cube)
{
    const struct parley_sop_names *names = f->sop->names;
    size_t k = names->n, inside = 0, outside = 0;
    uint64_t *quotient = malloc((2 * n * k + 1) * sizeof *quotient);
    uint64_t *rest = quotient ? quotient + n * k : NULL;
    bool whole = false; /* the cube itself is a product: it absorbs the others */
    if (!quotient) {
        f->no_memory = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const uint64_t *p = product + i * k;
        if (!has_cube(names, p, cube)) {
            memcpy(rest + outside++ * k, p, k * sizeof *p);
            continue;
        }
        uint64_t *q = quotient + inside++ * k;
        for (size_t j = 0; j < k; j++)
            q[j] = cube[j] == every(names, j) ? p[j] : every(names, j);
        whole |= is_everything(names, q);
    }
    write_product(f, cube);
    if (!whole) {
        parley_text_adds(&f->text, "*(");
        write_sum(f, quotient, inside);
        parley_text_addc(&f->text, ')');
    }
    if (outside) {
        parley_text_adds(&f->text, " + ");
        write_sum(f, rest, outside);
    }
    free(quotient);
}

/* Each level takes at least one literal out of at least two products, so the depth is at most the number of literals. */
static void write_sum(struct factoring *f, const uint64_t *product, size_t n)
{
    const struct parley_sop_names *names = f->sop->names;
    size_t k = names->n, best = 0;
    uint64_t *cube = malloc((2 * k + 1) * sizeof *cube);
    if (!cube) {
        f->no_memory = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++) {
            size_t saved = product[i * k + j] == every(names, j) ? 0 : common(names, product, n, j, product[i * k + j], cube + k);
            if (saved <= best)
                continue;
            best = saved;
            memcpy(cube, cube + k, k * sizeof *cube);
        }
    if (best)
        divide(f, product, n, cube);
    for (size_t i = 0; !best && i < n; i++) {
        if (i)
            parley_text_adds(&f->text, " + ");
        write_product(f, product + i * k);
    }
    free(cube);
}

enum parley_status parley_sop_factorise(const struct parley_sop *sop, bool brackets, struct parley_arena *arena, const char **out, struct parley_error *err)
{
    struct factoring f = { .sop = sop, .brackets = brackets, .arena = arena };
    if (sop->n > PARLEY_SOP_FACTOR_TERMS)
        return parley_fail(err, PARLEY_ELIMIT, "the expression has %zu products; at most %d can be factorised", sop->n, PARLEY_SOP_FACTOR_TERMS);
    parley_text_init(&f.text, 16 << 20);
    write_sum(&f, sop->values, sop->n);
    *out = f.no_memory ? NULL : parley_text_keep(&f.text, arena);
    parley_text_release(&f.text);
    return *out ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "no memory for the expression");
}

/* Enhanced standard analysis: untenable rows are found, excluded and looked for again until none is left. */
#include <parley/qca_theory.h>

#include <stdlib.h>
#include <string.h>

static enum parley_status no_memory(struct parley_error *err) { return parley_fail(err, PARLEY_ENOMEM, "no memory for the enhanced analysis"); }

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t unique(uint64_t *row, size_t n)
{
    size_t kept = 0;
    qsort(row, n, sizeof *row, ascending);
    for (size_t i = 0; i < n; i++)
        if (!i || row[i] != row[i - 1])
            row[kept++] = row[i];
    return kept;
}

static size_t append(uint64_t *to, size_t n, const uint64_t *from, size_t more)
{
    if (more)
        memcpy(to + n, from, more * sizeof *to);
    return n + more;
}

/* The rows of a pass beside those excluded before, ascending and once each. */
static enum parley_status exclude(const struct parley_qca_spec *spec, const struct parley_qca_untenable *u, struct parley_arena *arena,
                                  struct parley_qca_spec *out, struct parley_error *err)
{
    uint64_t *row = PARLEY_NEW(arena, uint64_t, spec->n_exclude + u->n_impossible + u->n_contradictory + u->n_simultaneous);
    if (!row)
        return no_memory(err);
    size_t n = append(row, 0, spec->exclude, spec->n_exclude);
    n = append(row, n, u->impossible, u->n_impossible);
    n = append(row, n, u->contradictory, u->n_contradictory);
    n = append(row, n, u->simultaneous, u->n_simultaneous);
    *out = *spec;
    out->n_exclude = unique(row, n);
    out->exclude = row;
    return PARLEY_OK;
}

enum parley_status parley_qca_enhance(const struct parley_qca_table *table, const char *impossible, const struct parley_progress *progress,
                                      struct parley_arena *arena, struct parley_qca_table *out, struct parley_qca_enhanced *enhanced,
                                      struct parley_error *err)
{
    struct parley_qca_enhanced e = { 0 };
    struct parley_qca_table now = *table;
    for (;;) {
        struct parley_qca_untenable u;
        struct parley_qca_spec spec;
        enum parley_status status = parley_qca_untenable(&now, impossible, progress, arena, &u, err);
        if (!status)
            status = exclude(&now.spec, &u, arena, &spec, err);
        if (status)
            return status;
        if (!e.passes++)
            e.first = u;
        else if (spec.n_exclude > now.spec.n_exclude) {
            uint64_t *later = PARLEY_NEW(arena, uint64_t, e.n_later + u.n_contradictory);
            if (!later)
                return no_memory(err);
            e.n_later = append(later, append(later, 0, e.later, e.n_later), u.contradictory, u.n_contradictory);
            e.n_later = unique(later, e.n_later);
            e.later = later;
        }
        if (spec.n_exclude == now.spec.n_exclude)
            break;
        status = parley_qca_truth_table(now.data, &spec, arena, &now, err);
        if (status)
            return status;
    }
    *out = now;
    *enhanced = e;
    return PARLEY_OK;
}

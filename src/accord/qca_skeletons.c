#include "qca_skeletons.h"

#include "qca_lagrange.h"

#include <stdlib.h>
#include <string.h>

enum { TICK_WORK = 20000000, STEPS = 40, ROUNDS_MAX = 6, DIRECT = 2 };
static const double SLACK = 1e-6;

struct class; /* groups of which a model takes one, and the leader whose rows left hold theirs */

struct link {
    const struct class *other;
    const struct link *next;
};

struct class {
    uint32_t leader;
    const struct link *links; /* classes that joined */
};

struct node { /* what is left to cover, and the classes that may; one block of memory */
    size_t n, set_words, n_rows;
    uint64_t *rows;             /* [words] */
    uint64_t *bits;             /* [n][words] rows left of a leader */
    const struct class **class; /* [n] */
    struct class *own;          /* [n] classes that grew here */
    struct link *link;          /* [n] */
    size_t n_own, n_links;
    uint32_t *row;              /* [n_rows] numbers of the rows left */
    uint64_t *sets;             /* [n_rows][set_words] columns of a row */
    uint64_t *alive;            /* [set_words] */
    uint64_t *above;            /* [set_words] */
    double *price;              /* [chart rows] */
    bool hopeless;
};

struct walk {
    struct qca_skeletons *k;
    size_t words;
    const struct class **path; /* [size] */
    size_t depth;
    uint64_t next_tick;
    qca_count total;
    uint64_t *all;             /* [words] every row */
    uint32_t *members;         /* [chart.n] */
    uint32_t *groups;          /* [size] of a model */
    bool listing;
};

static bool bit(const uint64_t *a, size_t i) { return a[i / 64] >> i % 64 & 1; }

static size_t count_bits(const uint64_t *a, size_t words)
{
    size_t n = 0;
    for (size_t w = 0; w < words; w++)
        n += (size_t)__builtin_popcountll(a[w]);
    return n;
}

static void out_of_memory(struct walk *x) { x->k->stopped = x->k->no_memory = true; }

static bool may_go_on(struct walk *x)
{
    struct qca_skeletons *k = x->k;
    if (k->work > x->next_tick) {
        x->next_tick = k->work + TICK_WORK;
        if (!parley_tick(k->progress, (double)k->work, (double)k->work_limit, "models"))
            k->stopped = k->cancelled = true;
    }
    if (k->work > k->work_limit)
        k->stopped = true;
    return !k->stopped;
}

/* --- leaves ------------------------------------------------------------------------------------------------ */

static const uint64_t *cover(const struct walk *x, uint32_t group) { return x->k->chart->cover + group * x->words; }

static size_t collect(const struct class *c, uint32_t *to, size_t n)
{
    to[n++] = c->leader;
    for (const struct link *l = c->links; l; l = l->next)
        n = collect(l->other, to, n);
    return n;
}

static bool found_one(void *ctx, const size_t *option)
{
    struct walk *x = ctx;
    for (size_t i = 0; i < x->depth; i++)
        x->groups[i] = x->members[option[i]]; /* the names of the options */
    return x->listing = x->k->found(x->k->ctx, x->groups);
}

/* The models of the skeleton on the path. A group may cover rows its leader does not, where another class had covered them before. */
static void leaf(struct walk *x)
{
    struct qca_skeletons *k = x->k;
    size_t words = x->words, n = 0, m = x->depth;
    size_t *begin = malloc((m + 2) * sizeof *begin);
    for (size_t i = 0; begin && i < m; i++) {
        begin[i] = n;
        n = collect(x->path[i], x->members, n);
    }
    struct qca_lists lists = { .n = m, .words = words, .begin = begin, .id = x->members, .price = k->price };
    char *memory = malloc(n * (sizeof(qca_count) + words * sizeof(uint64_t)) + 16);
    if (!begin || !memory) {
        free(begin);
        free(memory);
        out_of_memory(x);
        return;
    }
    begin[m] = n;
    lists.times = (qca_count *)(void *)memory;
    lists.bits = (uint64_t *)(void *)(lists.times + n);
    for (size_t o = 0; o < n; o++) {
        lists.times[o] = k->chart->multiplicity[x->members[o]];
        memcpy(lists.bits + o * words, cover(x, x->members[o]), words * sizeof *lists.bits);
    }
    qca_count ways = 0;
    bool possible;
    enum qca_choices_status status = qca_choices_bind(&lists, x->all, &k->work, &possible);
    if (x->listing && !status)
        status = qca_choices_list(&lists, x->all, &k->work, k->work_limit, found_one, x);
    if (!status)
        status = qca_choices_count(&lists, x->all, &k->work, k->work_limit, &ways);
    k->work += n * words;
    k->skeletons++;
    for (size_t i = 0; k->leads && i < m; i++)
        k->leads[x->path[i]->leader]++;
    if (status == QCA_CHOICES_NO_MEMORY)
        out_of_memory(x);
    else if (status || __builtin_add_overflow(x->total, ways, &x->total))
        k->stopped = true;
    free(begin);
    free(memory);
}

/* --- nodes ------------------------------------------------------------------------------------------------- */

static bool node_new(struct node *v, const struct walk *x, size_t n)
{
    size_t rows = x->k->chart->rows, set_words = (n + 63) / 64;
    size_t words64 = x->words + n * x->words + (rows + 2) * set_words + rows;
    *v = (struct node){ .n = n, .set_words = set_words };
    size_t bytes = words64 * sizeof(uint64_t) + n * (sizeof *v->class + sizeof *v->own + sizeof *v->link) + rows * sizeof *v->row + 16;
    char *m = malloc(bytes);
    if (!m)
        return false;
    v->rows = (uint64_t *)(void *)m;
    v->bits = v->rows + x->words;
    v->sets = v->bits + n * x->words;
    v->alive = v->sets + rows * set_words;
    v->above = v->alive + set_words;
    v->price = (double *)(void *)(v->above + set_words);
    v->class = (const struct class **)(void *)(v->price + rows);
    v->own = (struct class *)(void *)(v->class + n);
    v->link = (struct link *)(void *)(v->own + n);
    v->row = (uint32_t *)(void *)(v->link + n);
    return true;
}

static void node_release(struct node *v) { free(v->rows); }

/* Rows and columns turned around; a column without a row left is no longer alive. False when a row has no column. */
static bool turn(struct walk *x, struct node *v)
{
    uint32_t local[64 * 256];
    v->n_rows = 0;
    for (size_t w = 0; w < x->words; w++)
        for (uint64_t b = v->rows[w]; b; b &= b - 1) {
            local[w * 64 + (size_t)__builtin_ctzll(b)] = (uint32_t)v->n_rows;
            v->row[v->n_rows++] = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(b));
        }
    memset(v->sets, 0, (v->n_rows + 1) * v->set_words * sizeof *v->sets); /* alive, too, when all rows are left */
    memset(v->alive, 0, v->set_words * sizeof *v->alive);
    for (size_t c = 0; c < v->n; c++)
        for (size_t w = 0; w < x->words; w++)
            for (uint64_t b = v->bits[c * x->words + w] &= v->rows[w]; b; b &= b - 1) {
                v->sets[local[w * 64 + (size_t)__builtin_ctzll(b)] * v->set_words + c / 64] |= (uint64_t)1 << c % 64;
                v->alive[c / 64] |= (uint64_t)1 << c % 64;
            }
    x->k->work += v->n * x->words * 4;
    for (size_t r = 0; r < v->n_rows; r++)
        if (!count_bits(v->sets + r * v->set_words, v->set_words))
            return false;
    return true;
}

/* Rows that are covered whenever another is need no attention. Returns how many went; their price goes to the other. */
static size_t drop_rows(struct walk *x, struct node *v)
{
    size_t gone = 0;
    for (size_t r = 0; r < v->n_rows; r++)
        for (size_t s = 0; s < v->n_rows; s++) {
            const uint64_t *a = v->sets + s * v->set_words, *b = v->sets + r * v->set_words;
            bool within = s != r && bit(v->rows, v->row[s]), same = true;
            for (size_t w = 0; within && w < v->set_words; w++) {
                within = !(a[w] & ~b[w]);
                same &= a[w] == b[w];
            }
            x->k->work += 2;
            if (!within || (same && s > r))
                continue;
            v->rows[v->row[r] / 64] &= ~((uint64_t)1 << v->row[r] % 64);
            v->price[v->row[s]] += v->price[v->row[r]];
            v->price[v->row[r]] = 0;
            gone++;
            break;
        }
    return gone;
}

/* A class whose leader's rows another leader has too joins the other. Returns how many did. */
static size_t join_classes(struct walk *x, struct node *v)
{
    size_t gone = 0;
    for (size_t c = 0; c < v->n; c++) {
        bool first = true;
        uint64_t any = 1;
        if (!bit(v->alive, c))
            continue;
        for (size_t r = 0; r < v->n_rows && any; r++) {
            if (!bit(v->bits + c * x->words, v->row[r]) || !bit(v->rows, v->row[r]))
                continue;
            const uint64_t *set = v->sets + r * v->set_words, *from = first ? v->alive : v->above;
            any = 0;
            for (size_t w = 0; w < v->set_words; w++)
                any |= v->above[w] = from[w] & set[w] & ~(w == c / 64 ? (uint64_t)1 << c % 64 : 0);
            first = false;
            x->k->work += v->set_words;
        }
        size_t d = 0;
        while (d < v->set_words && !v->above[d])
            d++;
        if (first || d == v->set_words)
            continue;
        d = d * 64 + (size_t)__builtin_ctzll(v->above[d]);
        struct class *into;
        size_t place = ((uintptr_t)v->class[d] - (uintptr_t)v->own) / sizeof *into;
        if ((uintptr_t)v->class[d] >= (uintptr_t)v->own && place < v->n_own)
            into = &v->own[place];
        else {
            into = &v->own[v->n_own++];
            *into = *v->class[d];
            v->class[d] = into;
        }
        v->link[v->n_links] = (struct link){ v->class[c], into->links };
        into->links = &v->link[v->n_links++];
        v->alive[c / 64] &= ~((uint64_t)1 << c % 64);
        gone++;
    }
    return gone;
}

/* Only columns alive stay. */
static void squeeze(struct walk *x, struct node *v)
{
    size_t to = 0;
    for (size_t c = 0; c < v->n; c++)
        if (bit(v->alive, c)) {
            memmove(v->bits + to * x->words, v->bits + c * x->words, x->words * sizeof *v->bits);
            v->class[to++] = v->class[c];
        }
    v->n = to;
    v->set_words = (to + 63) / 64;
}

/* Dominance of rows and columns until nothing changes. */
static void reduce(struct walk *x, struct node *v)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        if (!turn(x, v)) {
            v->hopeless = true;
            return;
        }
        size_t rows = drop_rows(x, v), joined = join_classes(x, v);
        squeeze(x, v);
        if (!rows && !joined)
            return;
    }
    if (!turn(x, v))
        v->hopeless = true;
    squeeze(x, v);
}

/* Prices for this node, and the columns that are then too dear out. Returns how many went. */
static size_t price_columns(struct walk *x, struct node *v, size_t budget)
{
    struct qca_matrix m;
    struct qca_lagrange l = { .iterations = STEPS, .step = .4, .upper = (double)budget + 1, .stop_at = (double)budget + SLACK };
    size_t entries = 0, gone = 0;
    for (size_t c = 0; c < v->n; c++)
        entries += count_bits(v->bits + c * x->words, x->words);
    l.reduced = malloc((v->n + 1) * sizeof *l.reduced);
    if (!l.reduced || !qca_matrix_new(&m, v->n_rows, v->n, entries)) {
        free(l.reduced);
        out_of_memory(x);
        return 0;
    }
    entries = 0;
    for (size_t r = 0; r < v->n_rows; r++)
        m.price[r] = v->price[v->row[r]];
    for (size_t c = 0; c < v->n; c++) {
        for (size_t r = 0; r < v->n_rows; r++)
            if (bit(v->bits + c * x->words, v->row[r]))
                m.row[entries++] = (uint32_t)r;
        m.begin[c + 1] = (uint32_t)entries;
        m.id[c] = (uint32_t)c;
    }
    if (!qca_lagrange_bound(&m, &l))
        out_of_memory(x);
    x->k->work += l.work;
    for (size_t r = 0; r < v->n_rows; r++)
        v->price[v->row[r]] = m.price[r];
    v->hopeless = l.bound > (double)budget + SLACK;
    memset(v->alive, 0, v->set_words * sizeof *v->alive);
    for (size_t c = 0; c < v->n; c++)
        if (l.reduced[c] > 0 && l.bound + l.reduced[c] > (double)budget + SLACK)
            gone++;
        else
            v->alive[c / 64] |= (uint64_t)1 << c % 64;
    qca_matrix_release(&m);
    free(l.reduced);
    if (gone && !v->hopeless)
        squeeze(x, v);
    return gone;
}

static void explore(struct walk *x, struct node *v);

static bool child_of(struct walk *x, const struct node *v, size_t column, const uint64_t *alive, struct node *child)
{
    size_t n = 0;
    if (!node_new(child, x, count_bits(alive, v->set_words)))
        return false;
    for (size_t w = 0; w < x->words; w++)
        child->rows[w] = v->rows[w] & ~v->bits[column * x->words + w];
    memcpy(child->price, v->price, x->k->chart->rows * sizeof *child->price);
    for (size_t c = 0; c < v->n; c++) {
        uint64_t any = 0;
        if (!bit(alive, c))
            continue;
        for (size_t w = 0; w < x->words; w++)
            any |= child->bits[n * x->words + w] = v->bits[c * x->words + w] & child->rows[w];
        child->class[n] = v->class[c];
        n += any != 0;
    }
    child->n = n;
    child->set_words = (n + 63) / 64;
    x->k->work += v->n * x->words;
    return true;
}

/* The row with few columns, each of them large. */
static size_t hardest(struct walk *x, const struct node *v)
{
    size_t best = 0;
    double least = 1e300;
    for (size_t r = 0; r < v->n_rows; r++) {
        size_t times = 0, sizes = 0;
        const uint64_t *set = v->sets + r * v->set_words;
        for (size_t w = 0; w < v->set_words; w++)
            for (uint64_t b = set[w]; b; b &= b - 1) {
                times++;
                sizes += count_bits(v->bits + (w * 64 + (size_t)__builtin_ctzll(b)) * x->words, x->words);
            }
        double score = (double)times / (double)(1 + sizes);
        if (score < least) {
            least = score;
            best = r;
        }
        x->k->work += times;
    }
    return best;
}

/* One or two classes left to take: the last is one of the columns common to all rows left. */
static void finish(struct walk *x, const struct node *v, const uint64_t *alive, const uint64_t *covered, size_t budget)
{
    uint64_t common[1024], tried[1024];
    size_t words = v->set_words, open = 0, row = 0, fewest = SIZE_MAX;
    memcpy(common, alive, words * sizeof *common);
    for (size_t r = 0; r < v->n_rows; r++) {
        size_t n = 0;
        if (covered && bit(covered, v->row[r]))
            continue;
        open++;
        for (size_t w = 0; w < words; w++) {
            uint64_t set = v->sets[r * words + w] & alive[w];
            common[w] &= set;
            n += budget > 1 ? (size_t)__builtin_popcountll(set) : 0;
        }
        if (n < fewest)
            fewest = n, row = r;
        x->k->work += words;
    }
    for (size_t w = 0; budget == 1 && open && w < words; w++)
        for (uint64_t b = common[w]; b; b &= b - 1) {
            x->path[x->depth++] = v->class[w * 64 + (size_t)__builtin_ctzll(b)];
            leaf(x);
            x->depth--;
        }
    if (budget == 1 || !open)
        return;
    memcpy(tried, alive, words * sizeof *tried);
    for (size_t w = 0; w < words; w++)
        for (uint64_t b = v->sets[row * words + w] & alive[w]; b && !x->k->stopped; b &= b - 1) {
            size_t c = w * 64 + (size_t)__builtin_ctzll(b);
            tried[w] &= ~(b & -b);
            x->path[x->depth++] = v->class[c];
            finish(x, v, tried, v->bits + c * x->words, 1);
            x->depth--;
        }
}

static void branch(struct walk *x, struct node *v)
{
    size_t row = hardest(x, v);
    uint64_t *set = malloc((2 * v->set_words + 1) * sizeof *set);
    if (!set) {
        out_of_memory(x);
        return;
    }
    uint64_t *alive = set + v->set_words;
    memcpy(set, v->sets + row * v->set_words, v->set_words * sizeof *set);
    memcpy(alive, v->alive, v->set_words * sizeof *alive);
    for (size_t w = 0; w < v->set_words; w++)
        for (uint64_t b = set[w]; b && !x->k->stopped; b &= b - 1) {
            size_t c = w * 64 + (size_t)__builtin_ctzll(b);
            struct node child;
            alive[w] &= ~(b & -b);
            if (!child_of(x, v, c, alive, &child)) {
                out_of_memory(x);
                break;
            }
            x->path[x->depth++] = v->class[c];
            explore(x, &child);
            x->depth--;
            node_release(&child);
        }
    free(set);
}

/* By the prices of the node above: is there no hope, and which columns are too dear? */
static bool too_dear(struct walk *x, struct node *v, size_t budget)
{
    double bound = 0, *reduced = malloc((v->n + 1) * sizeof *reduced);
    if (!reduced) {
        out_of_memory(x);
        return true;
    }
    for (size_t w = 0; w < x->words; w++)
        for (uint64_t b = v->rows[w]; b; b &= b - 1)
            bound += v->price[w * 64 + (size_t)__builtin_ctzll(b)];
    memset(v->alive, 0, v->set_words * sizeof *v->alive);
    for (size_t c = 0; c < v->n; c++) {
        reduced[c] = 1;
        for (size_t w = 0; w < x->words; w++)
            for (uint64_t b = v->bits[c * x->words + w]; b; b &= b - 1)
                reduced[c] -= v->price[w * 64 + (size_t)__builtin_ctzll(b)];
        bound += reduced[c] < 0 ? reduced[c] : 0;
    }
    size_t kept = 0;
    for (size_t c = 0; c < v->n; c++)
        if (!(reduced[c] > 0 && bound + reduced[c] > (double)budget + SLACK)) {
            v->alive[c / 64] |= (uint64_t)1 << c % 64;
            kept++;
        }
    x->k->work += v->n * x->words * 2;
    free(reduced);
    if (kept < v->n)
        squeeze(x, v);
    return bound > (double)budget + SLACK;
}

static void explore(struct walk *x, struct node *v)
{
    size_t budget = x->k->size - x->depth;
    bool left = false;
    for (size_t w = 0; w < x->words; w++)
        left |= v->rows[w] != 0;
    if (!left) {
        leaf(x); /* only when the budget is used up, since no cover is smaller */
        return;
    }
    if (!budget || !may_go_on(x))
        return;
    if (too_dear(x, v, budget))
        return;
    if (budget > DIRECT || v->set_words > 1024)
        reduce(x, v);
    else if (!turn(x, v))
        v->hopeless = true;
    while (!v->hopeless && budget > DIRECT && !x->k->stopped) {
        size_t before = v->n;
        if (price_columns(x, v, budget) && !v->hopeless)
            reduce(x, v);
        if (v->n * 8 > before * 7)
            break;
    }
    if (v->hopeless || x->k->stopped)
        return;
    if (budget > DIRECT && !turn(x, v))
        return;
    if (budget <= DIRECT && v->set_words <= 1024)
        finish(x, v, v->alive, NULL, budget);
    else
        branch(x, v);
}

size_t qca_usable_groups(const struct qca_chart *chart, size_t size, const double *price, double bound, uint32_t *group)
{
    size_t n = 0;
    for (size_t g = 0; g < chart->n; g++) {
        double reduced = 1;
        for (size_t w = 0; w < chart->words; w++)
            for (uint64_t b = chart->cover[g * chart->words + w]; b; b &= b - 1)
                reduced -= price[w * 64 + (size_t)__builtin_ctzll(b)];
        if (chart->multiplicity[g] && bound + reduced <= (double)size + SLACK)
            group[n++] = (uint32_t)g;
    }
    return n;
}

bool qca_skeletons_count(struct qca_skeletons *k, qca_count *count)
{
    const struct qca_chart *chart = k->chart;
    struct walk x = { .k = k, .words = chart->words, .next_tick = TICK_WORK, .listing = k->found != NULL };
    struct node root = { 0 };
    struct class *class = malloc((k->n + 1) * sizeof *class);
    x.path = malloc((k->size + 1) * sizeof *x.path);
    x.all = calloc(x.words + 1, sizeof *x.all);
    x.groups = malloc((k->size + 1) * sizeof *x.groups);
    x.members = malloc((chart->n + 1) * sizeof *x.members);
    k->work = k->skeletons = 0;
    k->stopped = chart->words > 256;
    if (!class || !x.path || !x.all || !x.members || !x.groups || !node_new(&root, &x, k->n)) {
        out_of_memory(&x);
    } else if (!k->stopped) {
        for (size_t r = 0; r < chart->rows; r++)
            x.all[r / 64] |= (uint64_t)1 << r % 64;
        memcpy(root.rows, x.all, x.words * sizeof *root.rows);
        memcpy(root.price, k->price, chart->rows * sizeof *root.price);
        for (size_t c = 0; c < k->n; c++) {
            class[c] = (struct class){ .leader = k->group[c] };
            root.class[c] = &class[c];
            memcpy(root.bits + c * x.words, cover(&x, k->group[c]), x.words * sizeof *root.bits);
        }
        explore(&x, &root);
    }
    node_release(&root);
    free(class);
    free((void *)x.path);
    free(x.all);
    free(x.members);
    free(x.groups);
    *count = x.total;
    return !k->stopped;
}

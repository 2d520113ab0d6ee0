#include "channel/merkle.h"

#include <string.h>

void merkle_leaf(const void *data, size_t len, uint8_t out[HASH_LEN])
{
    const struct part parts[] = { { "\0", 1 }, { data, len } };
    sha256_parts(parts, 2, out);
}

static void node(const uint8_t left[HASH_LEN], const uint8_t right[HASH_LEN], uint8_t out[HASH_LEN])
{
    uint8_t buffer[1 + 2 * HASH_LEN] = { 1 };
    memcpy(buffer + 1, left, HASH_LEN);
    memcpy(buffer + 1 + HASH_LEN, right, HASH_LEN);
    sha256(buffer, sizeof buffer, out);
}

/* The largest power of two below n, for n > 1. */
static size_t split(size_t n)
{
    size_t k = 1;
    while (k < n - k)
        k *= 2;
    return k;
}

void merkle_push(struct merkle_frontier *f, const uint8_t leaf[HASH_LEN])
{
    memcpy(f->node[f->height++], leaf, HASH_LEN);
    for (uint64_t k = f->n; k & 1; k >>= 1, f->height--) /* a binary counter over the leaves */
        node(f->node[f->height - 2], f->node[f->height - 1], f->node[f->height - 2]);
    f->n++;
}

void merkle_frontier_root(const struct merkle_frontier *f, uint8_t out[HASH_LEN])
{
    if (f->n == 0) {
        sha256("", 0, out);
        return;
    }
    memcpy(out, f->node[f->height - 1], HASH_LEN);
    for (size_t i = f->height - 1; i > 0; i--)
        node(f->node[i - 1], out, out);
}

void merkle_root(const uint8_t (*leaf)[HASH_LEN], size_t n, uint8_t out[HASH_LEN])
{
    struct merkle_frontier f = { .n = 0 };
    for (size_t i = 0; i < n; i++)
        merkle_push(&f, leaf[i]);
    merkle_frontier_root(&f, out);
}

size_t merkle_inclusion(const uint8_t (*leaf)[HASH_LEN], size_t n, size_t index, uint8_t path[MERKLE_PATH_MAX][HASH_LEN])
{
    if (n <= 1)
        return 0;
    size_t k = split(n), len;
    if (index < k) {
        len = merkle_inclusion(leaf, k, index, path);
        merkle_root(leaf + k, n - k, path[len]);
    } else {
        len = merkle_inclusion(leaf + k, n - k, index - k, path);
        merkle_root(leaf, k, path[len]);
    }
    return len + 1;
}

/* whole: the subtree so far is exactly the old tree, whose root the verifier has. */
static size_t consistency(const uint8_t (*leaf)[HASH_LEN], size_t m, size_t n, bool whole, uint8_t path[MERKLE_PATH_MAX][HASH_LEN])
{
    if (m == n) {
        if (whole)
            return 0;
        merkle_root(leaf, n, path[0]);
        return 1;
    }
    size_t k = split(n), len;
    if (m <= k) {
        len = consistency(leaf, m, k, whole, path);
        merkle_root(leaf + k, n - k, path[len]);
    } else {
        len = consistency(leaf + k, m - k, n - k, false, path);
        merkle_root(leaf, k, path[len]);
    }
    return len + 1;
}

size_t merkle_consistency(const uint8_t (*leaf)[HASH_LEN], size_t m, size_t n, uint8_t path[MERKLE_PATH_MAX][HASH_LEN])
{
    return consistency(leaf, m, n, true, path);
}

bool merkle_inclusion_verify(const uint8_t leaf[HASH_LEN], uint64_t index, uint64_t n, const uint8_t (*path)[HASH_LEN], size_t path_len,
                             const uint8_t root[HASH_LEN])
{
    if (index >= n)
        return false;
    uint8_t h[HASH_LEN];
    memcpy(h, leaf, HASH_LEN);
    uint64_t at = index, last = n - 1;
    for (size_t i = 0; i < path_len; i++) {
        if (last == 0)
            return false;
        if ((at & 1) || at == last) {
            node(path[i], h, h);
            while (at && !(at & 1))
                at >>= 1, last >>= 1;
        } else {
            node(h, path[i], h);
        }
        at >>= 1, last >>= 1;
    }
    return last == 0 && !memcmp(h, root, HASH_LEN);
}

bool merkle_consistency_verify(uint64_t m, const uint8_t root_m[HASH_LEN], uint64_t n, const uint8_t root_n[HASH_LEN],
                               const uint8_t (*path)[HASH_LEN], size_t path_len)
{
    if (m > n || m == 0)
        return false;
    if (m == n)
        return path_len == 0 && !memcmp(root_m, root_n, HASH_LEN);
    uint64_t at = m - 1, last = n - 1;
    while (at & 1)
        at >>= 1, last >>= 1;
    uint8_t old_root[HASH_LEN], new_root[HASH_LEN];
    size_t i = 0;
    if (at) { /* the old tree is not one full subtree: the proof begins with a node of it */
        if (!path_len)
            return false;
        memcpy(old_root, path[0], HASH_LEN);
        i = 1;
    } else {
        memcpy(old_root, root_m, HASH_LEN);
    }
    memcpy(new_root, old_root, HASH_LEN);
    for (; i < path_len; i++) {
        if (last == 0)
            return false;
        if ((at & 1) || at == last) {
            node(path[i], old_root, old_root);
            node(path[i], new_root, new_root);
            while (at && !(at & 1))
                at >>= 1, last >>= 1;
        } else {
            node(new_root, path[i], new_root);
        }
        at >>= 1, last >>= 1;
    }
    return last == 0 && !memcmp(old_root, root_m, HASH_LEN) && !memcmp(new_root, root_n, HASH_LEN);
}

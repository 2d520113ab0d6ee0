/* merkle.h - RFC 6962 Merkle trees: roots, inclusion and consistency proofs. Pure. */
#ifndef PARLEY_CHANNEL_MERKLE_H
#define PARLEY_CHANNEL_MERKLE_H

#include "channel/crypto.h"

enum { MERKLE_PATH_MAX = 64 };

struct merkle_frontier { /* a tree that grows: its finished subtrees; zeroed = the empty tree */
    uint64_t n;
    uint8_t node[MERKLE_PATH_MAX][HASH_LEN];
    size_t height;
};
void merkle_push(struct merkle_frontier *f, const uint8_t leaf[HASH_LEN]);
void merkle_frontier_root(const struct merkle_frontier *f, uint8_t out[HASH_LEN]);

void merkle_leaf(const void *data, size_t len, uint8_t out[HASH_LEN]);
/* Root over n leaf hashes (n = 0: the hash of nothing). O(n) hashes, O(log n) memory. */
void merkle_root(const uint8_t (*leaf)[HASH_LEN], size_t n, uint8_t out[HASH_LEN]);
/* Proof that leaf `index` is in the tree of n; returns its length. index < n. */
size_t merkle_inclusion(const uint8_t (*leaf)[HASH_LEN], size_t n, size_t index, uint8_t path[MERKLE_PATH_MAX][HASH_LEN]);
/* Proof that the tree of the first m leaves is a prefix of the tree of n; 0 < m <= n. */
size_t merkle_consistency(const uint8_t (*leaf)[HASH_LEN], size_t m, size_t n, uint8_t path[MERKLE_PATH_MAX][HASH_LEN]);

bool merkle_inclusion_verify(const uint8_t leaf[HASH_LEN], uint64_t index, uint64_t n, const uint8_t (*path)[HASH_LEN], size_t path_len,
                             const uint8_t root[HASH_LEN]);
bool merkle_consistency_verify(uint64_t m, const uint8_t root_m[HASH_LEN], uint64_t n, const uint8_t root_n[HASH_LEN],
                               const uint8_t (*path)[HASH_LEN], size_t path_len);

#endif

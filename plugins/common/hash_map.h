/* hash_map — an intrusive hash table.
 *
 * Shape:    buckets of chained nodes, doubled when there are more nodes than buckets; all-zero is a
 *           valid empty map. Nodes are members of the structs that are mapped.
 * Owns:     the bucket array, until hash_map_fini.
 * Borrows:  the nodes, until they are removed.
 * Calls up: the caller's comparison.
 * Not here: what a key is; callers hash it with hash_keyed and compare it themselves.
 */
#ifndef LWSHOST_HASH_MAP_H
#define LWSHOST_HASH_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_node {
    struct hash_node *next;
    uint64_t hash; /* 0: it is in no map */
};

struct hash_map {
    struct hash_node **buckets; /* NULL: everything hangs on `only`, which always works */
    struct hash_node *only;
    size_t bucket_count; /* a power of two */
    size_t count;
};

/* Whether `node` has the key that is looked for. */
typedef bool hash_map_equal_fn(const struct hash_node *node, const void *key);

/* The struct of type `type` whose member `member` is `node`. */
#define HASH_MAP_ENTRY(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* What makes a hash unforeseeable; 16 random bytes. */
struct hash_key {
    uint64_t words[2];
};

/* SipHash-2-4: for whatever comes from outside. Who does not know the key can't make keys that all
 * fall into one bucket. */
uint64_t hash_keyed(const struct hash_key *key, const void *bytes, size_t len);

/* FNV-1a, 64 bits, for what is chosen here; `seed` chains several parts into one hash, 0 to begin.
 * A secret seed would not help against those who want collisions: its lowest byte alone decides
 * about many of them. */
uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed);

static inline bool hash_node_is_mapped(const struct hash_node *node) { return node->hash != 0; }

/* Add a node under `hash`. Never fails: when memory is short the chains only get longer. */
void hash_map_insert(struct hash_map *map, struct hash_node *node, uint64_t hash);

/* Returns the first node under `hash` for which `equal` holds, or NULL. */
struct hash_node *hash_map_find(const struct hash_map *map, uint64_t hash, hash_map_equal_fn *equal,
                                const void *key);

/* Take a node out; harmless when it is in no map. */
void hash_map_remove(struct hash_map *map, struct hash_node *node);

/* Free the buckets; the nodes must be out. */
void hash_map_fini(struct hash_map *map);

#endif

/* cache — answers that were given before: by address, by whom they were asked from, by language.
 *
 * Shape:    a map, and a list in the order of use; the one that was not used for longest goes
 * first. An answer is fresh for its time to live. Behind that it is kept stale for a while, for the
 * case that nobody can give a newer one. Owns:     its entries, each with a reference to a record,
 * until cache_free. Borrows:  the provider and `source` of what is kept, as long as the cache
 * lives. Calls up: nothing. Not here: questions that are under way (flights).
 */
#ifndef LWSHOST_IP_INFO_CACHE_H
#define LWSHOST_IP_INFO_CACHE_H

#include "hash_map.h"
#include "lookup.h"

struct cache;

/* All zero keeps nothing. */
struct cache_limits {
    size_t max_entries;
    size_t max_bytes;  /* of everything, the table itself left out */
    uint64_t stale_us; /* behind its time; only what was found is kept stale */
};

struct cache_stats {
    size_t entries, bytes;
    uint64_t hits, misses, stale_hits, evictions; /* since the start */
};

enum cache_result { CACHE_MISS, CACHE_FRESH, CACHE_STALE };

/* hash_key: random; copied. Returns NULL when memory is short. */
struct cache *cache_new(const struct cache_limits *limits, const struct hash_key *hash_key);

void cache_free(struct cache *cache);

/* Look a question up. CACHE_FRESH: `outcome`, which was all zero, is what was kept, with a
 * reference to its record, its age and how long it is still fresh. CACHE_STALE: there is one that
 * cache_find_stale would give. */
enum cache_result cache_find(struct cache *cache, const struct lookup_question *question,
                             uint64_t now_us, struct outcome *outcome);

/* As cache_find, but give what is too old: `outcome->is_stale` is set then. Returns whether there
 * was one. */
bool cache_find_stale(struct cache *cache, const struct lookup_question *question, uint64_t now_us,
                      struct outcome *outcome);

/* Keep how a question ended, if it is of the kind that is kept: what was found, and that there is
 * nothing, for as long as its `fresh_s` says. It replaces what was kept before. When memory is
 * short nothing is kept. */
void cache_keep(struct cache *cache, const struct lookup_question *question, uint64_t now_us,
                const struct outcome *outcome);

struct cache_stats cache_stats(const struct cache *cache);

#endif

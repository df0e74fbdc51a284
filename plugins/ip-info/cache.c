#include "cache.h"

#include "dlist.h"
#include "hash_map.h"
#include "question_key.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    struct hash_node node;
    struct dlist_node use;
    struct question_key key;
    uint64_t kept_us, ttl_us;
    size_t bytes;
    enum outcome_code code;
    enum ip_kind kind; /* a provider may know that the address is reserved */
    struct record *record;
    const char *source;
};

struct cache {
    struct cache_limits limits;
    struct hash_key hash_key;
    struct hash_map map;
    struct dlist uses; /* the one that was not used for longest is the first */
    struct cache_stats stats;
};

struct cache *cache_new(const struct cache_limits *limits, const struct hash_key *hash_key)
{
    struct cache *cache = calloc(1, sizeof(*cache));

    if (!cache)
        return NULL;
    cache->limits = *limits;
    cache->hash_key = *hash_key;
    dlist_init(&cache->uses);
    return cache;
}

static void drop(struct cache *cache, struct entry *entry)
{
    hash_map_remove(&cache->map, &entry->node);
    dlist_remove(&entry->use);
    cache->stats.entries--;
    cache->stats.bytes -= entry->bytes;
    record_release(entry->record);
    free(entry);
}

static struct entry *least_used(const struct cache *cache)
{
    struct dlist_node *node = dlist_first(&cache->uses);

    return node ? DLIST_ENTRY(node, struct entry, use) : NULL;
}

void cache_free(struct cache *cache)
{
    struct entry *entry;

    if (!cache)
        return;
    while ((entry = least_used(cache)))
        drop(cache, entry);
    hash_map_fini(&cache->map);
    free(cache);
}

static bool has_key(const struct hash_node *node, const void *key)
{
    return question_key_equal(&HASH_MAP_ENTRY(node, struct entry, node)->key, key);
}

/* The entry of a question, put at the end of the list; NULL when there is none. One that is too old
 * for anything is dropped. */
static struct entry *find(struct cache *cache, const struct question_key *key, uint64_t now_us)
{
    struct hash_node *node =
        hash_map_find(&cache->map, question_key_hash(key, &cache->hash_key), has_key, key);
    struct entry *entry = node ? HASH_MAP_ENTRY(node, struct entry, node) : NULL;
    uint64_t stale_us;

    if (!entry)
        return NULL;
    stale_us = entry->code == OUTCOME_FOUND ? cache->limits.stale_us : 0;
    if (now_us - entry->kept_us >= entry->ttl_us + stale_us) {
        drop(cache, entry);
        return NULL;
    }
    dlist_remove(&entry->use);
    dlist_append(&cache->uses, &entry->use);
    return entry;
}

static void hand_out(const struct entry *entry, uint64_t now_us, struct outcome *outcome)
{
    uint64_t age_us = now_us - entry->kept_us;

    outcome->kind = entry->kind;
    outcome->source = entry->source;
    if (entry->code != OUTCOME_FOUND)
        outcome_fail(outcome, entry->code, "the provider does not know this address");
    outcome->record = record_hold(entry->record);
    outcome->is_cached = true;
    outcome->is_stale = age_us >= entry->ttl_us;
    outcome->age_s = (unsigned)(age_us / 1000000);
    outcome->fresh_s = age_us < entry->ttl_us ? (unsigned)((entry->ttl_us - age_us) / 1000000) : 0;
}

enum cache_result cache_find(struct cache *cache, const struct lookup_question *question,
                             uint64_t now_us, struct outcome *outcome)
{
    const struct question_key key = question_key_of(question);
    struct entry *entry = find(cache, &key, now_us);

    if (entry && now_us - entry->kept_us < entry->ttl_us) {
        cache->stats.hits++;
        hand_out(entry, now_us, outcome);
        return CACHE_FRESH;
    }
    cache->stats.misses++;
    return entry ? CACHE_STALE : CACHE_MISS;
}

bool cache_find_stale(struct cache *cache, const struct lookup_question *question, uint64_t now_us,
                      struct outcome *outcome)
{
    const struct question_key key = question_key_of(question);
    struct entry *entry = find(cache, &key, now_us);

    if (!entry)
        return false;
    cache->stats.stale_hits++;
    hand_out(entry, now_us, outcome);
    return true;
}

/* Make room for one of `bytes`. Returns whether there is any. */
static bool make_room(struct cache *cache, size_t bytes)
{
    if (cache->limits.max_entries == 0 || bytes > cache->limits.max_bytes)
        return false;
    while (cache->stats.entries >= cache->limits.max_entries ||
           cache->stats.bytes + bytes > cache->limits.max_bytes) {
        drop(cache, least_used(cache));
        cache->stats.evictions++;
    }
    return true;
}

void cache_keep(struct cache *cache, const struct lookup_question *question, uint64_t now_us,
                const struct outcome *outcome)
{
    const struct question_key key = question_key_of(question);
    size_t bytes =
        sizeof(struct entry) + (outcome->record ? record_size_bytes(outcome->record) : 0);
    struct entry *entry;

    if (outcome->code != OUTCOME_FOUND && outcome->code != OUTCOME_NOT_FOUND)
        return;
    if (outcome->fresh_s == 0)
        return;
    entry = find(cache, &key, now_us);
    if (entry)
        drop(cache, entry);
    entry = make_room(cache, bytes) ? calloc(1, sizeof(*entry)) : NULL;
    if (!entry)
        return;
    entry->key = key;
    entry->kept_us = now_us;
    entry->ttl_us = (uint64_t)outcome->fresh_s * 1000000;
    entry->bytes = bytes;
    entry->code = outcome->code;
    entry->kind = outcome->kind;
    entry->record = record_hold(outcome->record);
    entry->source = outcome->source;
    cache->stats.entries++;
    cache->stats.bytes += bytes;
    dlist_append(&cache->uses, &entry->use);
    hash_map_insert(&cache->map, &entry->node, question_key_hash(&key, &cache->hash_key));
}

struct cache_stats cache_stats(const struct cache *cache) { return cache->stats; }

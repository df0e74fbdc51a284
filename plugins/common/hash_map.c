#include "hash_map.h"

#include <stdlib.h>

#define FIRST_BUCKETS 16

uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed)
{
    const unsigned char *at = bytes;
    uint64_t hash = seed ^ 0xcbf29ce484222325u;
    size_t n;

    for (n = 0; n < len; n++)
        hash = (hash ^ at[n]) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

static struct hash_node **bucket_of(const struct hash_map *map, uint64_t hash)
{
    if (!map->buckets)
        return (struct hash_node **)&map->only;
    return &map->buckets[hash & (map->bucket_count - 1)];
}

static void push(struct hash_map *map, struct hash_node *node)
{
    struct hash_node **bucket = bucket_of(map, node->hash);

    node->next = *bucket;
    *bucket = node;
}

static void move_chain(struct hash_map *to, struct hash_node *node)
{
    struct hash_node *next;

    for (; node; node = next) {
        next = node->next;
        push(to, node);
    }
}

static void grow(struct hash_map *map)
{
    struct hash_map larger = {.count = map->count};
    size_t n;

    larger.bucket_count = map->buckets ? map->bucket_count * 2 : FIRST_BUCKETS;
    larger.buckets = calloc(larger.bucket_count, sizeof(*larger.buckets));
    if (!larger.buckets)
        return;
    move_chain(&larger, map->only);
    for (n = 0; map->buckets && n < map->bucket_count; n++)
        move_chain(&larger, map->buckets[n]);
    free(map->buckets);
    *map = larger;
}

void hash_map_insert(struct hash_map *map, struct hash_node *node, uint64_t hash)
{
    if (map->count >= map->bucket_count)
        grow(map);
    node->hash = hash;
    node->is_mapped = true;
    push(map, node);
    map->count++;
}

struct hash_node *hash_map_find(const struct hash_map *map, uint64_t hash, hash_map_equal_fn *equal,
                                const void *key)
{
    struct hash_node *node;

    for (node = *bucket_of(map, hash); node; node = node->next)
        if (node->hash == hash && equal(node, key))
            return node;
    return NULL;
}

void hash_map_remove(struct hash_map *map, struct hash_node *node)
{
    struct hash_node **at;

    if (!node->is_mapped)
        return;
    for (at = bucket_of(map, node->hash); *at != node; at = &(*at)->next)
        ;
    *at = node->next;
    node->next = NULL;
    node->is_mapped = false;
    map->count--;
}

void hash_map_fini(struct hash_map *map)
{
    free(map->buckets);
    *map = (struct hash_map){0};
}

#include "hash_map.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

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

static uint64_t rotate(uint64_t word, unsigned bits) { return word << bits | word >> (64 - bits); }

static void sip_rounds(uint64_t v[4], int rounds)
{
    while (rounds--) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32) + v[3];
        v[2] += v[1];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[2] = rotate(v[2], 32);
    }
}

/* Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), little-endian words. */
uint64_t hash_keyed(const struct hash_key *key, const void *bytes, size_t len)
{
    uint64_t v[4] = {
        key->words[0] ^ 0x736f6d6570736575u,
        key->words[1] ^ 0x646f72616e646f6du,
        key->words[0] ^ 0x6c7967656e657261u,
        key->words[1] ^ 0x7465646279746573u,
    };
    const unsigned char *at = bytes;
    uint64_t word;
    size_t n, rest = len % 8;

    for (n = 0; n < len - rest; n += 8) {
        memcpy(&word, at + n, 8);
        word = le64toh(word);
        v[3] ^= word;
        sip_rounds(v, 2);
        v[0] ^= word;
    }
    word = (uint64_t)len << 56;
    while (rest--)
        word |= (uint64_t)at[n + rest] << 8 * rest;
    v[3] ^= word;
    sip_rounds(v, 2);
    v[0] ^= word;
    v[2] ^= 0xff;
    sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
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

/* 0 is what a node has that is in no map. */
static uint64_t no_zero(uint64_t hash) { return hash ? hash : 1; }

void hash_map_insert(struct hash_map *map, struct hash_node *node, uint64_t hash)
{
    if (map->count >= map->bucket_count)
        grow(map);
    node->hash = no_zero(hash);
    push(map, node);
    map->count++;
}

struct hash_node *hash_map_find(const struct hash_map *map, uint64_t hash, hash_map_equal_fn *equal,
                                const void *key)
{
    struct hash_node *node;

    hash = no_zero(hash);
    for (node = *bucket_of(map, hash); node; node = node->next)
        if (node->hash == hash && equal(node, key))
            return node;
    return NULL;
}

void hash_map_remove(struct hash_map *map, struct hash_node *node)
{
    struct hash_node **at;

    if (!hash_node_is_mapped(node))
        return;
    for (at = bucket_of(map, node->hash); *at != node; at = &(*at)->next)
        ;
    *at = node->next;
    node->next = NULL;
    node->hash = 0;
    map->count--;
}

void hash_map_fini(struct hash_map *map)
{
    free(map->buckets);
    *map = (struct hash_map){0};
}

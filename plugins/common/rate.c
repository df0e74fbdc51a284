#include "rate.h"

#include "dlist.h"
#include "hash_map.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    struct hash_node node;
    struct dlist_node seen;
    struct ip_addr client;
    uint64_t full_us; /* when the bucket is full again */
};

struct rate {
    uint64_t drop_us; /* that one address takes to flow in */
    unsigned long burst;
    size_t max_clients;
    struct hash_key hash_key;
    struct hash_map map;
    struct dlist seen; /* the one that was not seen for longest is the first */
};

struct rate *rate_new(unsigned long per_minute, unsigned long burst, size_t max_clients,
                      const struct hash_key *hash_key)
{
    struct rate *rate = calloc(1, sizeof(*rate));

    if (!rate)
        return NULL;
    rate->drop_us = 60000000u / per_minute;
    rate->burst = burst;
    rate->max_clients = max_clients;
    rate->hash_key = *hash_key;
    dlist_init(&rate->seen);
    return rate;
}

static void drop(struct rate *rate, struct entry *entry)
{
    hash_map_remove(&rate->map, &entry->node);
    dlist_remove(&entry->seen);
    free(entry);
}

static struct entry *oldest(const struct rate *rate)
{
    struct dlist_node *node = dlist_first(&rate->seen);

    return node ? DLIST_ENTRY(node, struct entry, seen) : NULL;
}

void rate_free(struct rate *rate)
{
    struct entry *entry;

    if (!rate)
        return;
    while ((entry = oldest(rate)))
        drop(rate, entry);
    hash_map_fini(&rate->map);
    free(rate);
}

static bool is_of(const struct hash_node *node, const void *key)
{
    return ip_addr_equal(&HASH_MAP_ENTRY(node, struct entry, node)->client, key);
}

/* Who gets an IPv6 address has 2^64 of them at least. */
static struct ip_addr client_of(const struct ip_addr *addr)
{
    struct ip_addr client = *addr;

    if (!ip_addr_is_v4(addr))
        memset(client.octets + 8, 0, 8);
    return client;
}

static struct entry *find(const struct rate *rate, const struct ip_addr *client, uint64_t hash)
{
    struct hash_node *node = hash_map_find(&rate->map, hash, is_of, client);

    return node ? HASH_MAP_ENTRY(node, struct entry, node) : NULL;
}

static uint64_t hash_of(const struct rate *rate, const struct ip_addr *client)
{
    return hash_keyed(&rate->hash_key, client->octets, sizeof(client->octets));
}

static struct entry *find_or_make(struct rate *rate, const struct ip_addr *client)
{
    uint64_t hash = hash_of(rate, client);
    struct entry *entry = find(rate, client, hash);

    if (entry)
        return entry;
    if (rate->map.count >= rate->max_clients)
        drop(rate, oldest(rate));
    entry = calloc(1, sizeof(*entry));
    if (!entry)
        return NULL;
    entry->client = *client;
    dlist_append(&rate->seen, &entry->seen);
    hash_map_insert(&rate->map, &entry->node, hash);
    return entry;
}

/* Those at the front whose buckets are full need not be remembered. */
static void forget(struct rate *rate, uint64_t now_us)
{
    struct entry *entry;

    while ((entry = oldest(rate)) && entry->full_us <= now_us)
        drop(rate, entry);
}

/* What is taken out of a bucket that is full again at full_us. Returns the time at which it will be
 * full then, and `wait_ms`: 0 when it is in it. */
static uint64_t after(const struct rate *rate, uint64_t full_us, unsigned long cost,
                      uint64_t now_us, uint64_t *wait_ms)
{
    uint64_t most_us = now_us + rate->burst * rate->drop_us;

    if (cost > rate->burst)
        cost = rate->burst;
    full_us = (full_us > now_us ? full_us : now_us) + cost * rate->drop_us;
    *wait_ms = full_us > most_us ? (full_us - most_us + 999) / 1000 : 0;
    return full_us;
}

uint64_t rate_take(struct rate *rate, const struct ip_addr *addr, unsigned long cost,
                   uint64_t now_us)
{
    const struct ip_addr client = client_of(addr);
    struct entry *entry;
    uint64_t full_us, wait_ms;

    forget(rate, now_us);
    entry = find_or_make(rate, &client);
    if (!entry)
        return 0;
    dlist_remove(&entry->seen);
    dlist_append(&rate->seen, &entry->seen);
    full_us = after(rate, entry->full_us, cost, now_us, &wait_ms);
    if (!wait_ms)
        entry->full_us = full_us;
    return wait_ms;
}

uint64_t rate_wait(const struct rate *rate, const struct ip_addr *addr, unsigned long cost,
                   uint64_t now_us)
{
    const struct ip_addr client = client_of(addr);
    const struct entry *entry = find(rate, &client, hash_of(rate, &client));
    uint64_t wait_ms;

    after(rate, entry ? entry->full_us : now_us, cost, now_us, &wait_ms);
    return wait_ms;
}

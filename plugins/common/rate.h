/* rate — how often one client may do something: a bucket for each client that refills steadily.
 *
 * Shape:    one time for each client, at which its bucket is full again (the generic cell rate
 *           algorithm), in a map of bounded size. Whose bucket is full needs no entry. An IPv6
 *           client is its /64.
 * Owns:     its entries, until rate_free.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: who is a client, and who is exempt.
 */
#ifndef LWSHOST_RATE_H
#define LWSHOST_RATE_H

#include "hash_map.h"
#include "ip_addr.h"

#include <stddef.h>
#include <stdint.h>

struct rate;

/* per_minute: what flows into each bucket; at least 1. burst: what fits into one; at least 1.
 * max_clients: entries at most; the one that was not seen for longest is forgotten for a new one.
 * hash_key: random; copied. Returns NULL when memory is short. */
struct rate *rate_new(unsigned long per_minute, unsigned long burst, size_t max_clients,
                      const struct hash_key *hash_key);

/* NULL is fine. */
void rate_free(struct rate *rate);

/* Take `cost` out of a client's bucket; what is more than a whole bucket counts as a whole one.
 * Returns 0 when it was in it, else the milliseconds after which it will be; nothing is taken then.
 * When memory is short for a new client it is 0. */
uint64_t rate_take(struct rate *rate, const struct ip_addr *client, unsigned long cost,
                   uint64_t now_us);

/* As rate_take, but nothing is taken: whether it could be. */
uint64_t rate_wait(const struct rate *rate, const struct ip_addr *client, unsigned long cost,
                   uint64_t now_us);

#endif

/* flights — questions that are under way: equal ones share one lookup, across all requests.
 *
 * Shape:    a map from question to flight; each flight has one lookup and any number of waiters.
 *           Before that the cache is asked, and how a flight ends is kept there. A flight goes on
 *           when its waiters have left: what it finds is for the next who ask.
 * Owns:     its flights and the cache, until flights_free.
 * Borrows:  the service; waiters, from flights_ask until their outcome is there or flights_forget.
 * Calls up: `done` of each waiter, once, never before flights_ask returns.
 * Not here: how a question is answered (lookup), many questions of one request (batch).
 */
#ifndef LWSHOST_IP_INFO_FLIGHTS_H
#define LWSHOST_IP_INFO_FLIGHTS_H

#include "cache.h"
#include "dlist.h"

struct flights;
struct flight;

/* One who waits for an outcome; embedded in whoever that is. All zero at first. */
struct flight_waiter {
    struct dlist_node of_flight;
    struct flight *flight;
    uint64_t asked_us;
    struct outcome *outcome;
    void (*done)(struct flight_waiter *waiter);
};

struct flight_stats {
    uint64_t started, joined; /* since the start */
    size_t under_way;
};

/* hash_key: random; copied. Returns NULL when memory is short. */
struct flights *flights_new(struct lookup_service *service, const struct cache_limits *cache_limits,
                            const struct hash_key *hash_key);

/* No lookup may be under way, and nobody wait. NULL is fine. */
void flights_free(struct flights *flights);

/* Answer `question` into `waiter->outcome`, which is made all zero first. `question->deadline_us`
 * is the flight's own, not the waiter's: it has to be late enough for all who may join. Returns
 * true when it is answered already and `done` will not be called. */
bool flights_ask(struct flights *flights, const struct lookup_question *question,
                 struct flight_waiter *waiter);

/* Wait no more; `done` will not be called. Harmless when it does not wait. */
void flights_forget(struct flight_waiter *waiter);

struct flight_stats flights_stats(const struct flights *flights);

struct cache_stats flights_cache_stats(const struct flights *flights);

#endif

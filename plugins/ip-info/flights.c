#include "flights.h"

#include "question_key.h"

#include <stdlib.h>
#include <string.h>

struct flight {
    struct flights *flights;
    struct hash_node node;
    struct question_key key;
    struct lookup_question question;
    struct outcome outcome;
    struct dlist waiters;
};

struct flights {
    struct lookup_service *service;
    struct cache *cache;
    struct hash_key hash_key;
    struct hash_map map;
    struct flight_stats stats;
};

static uint64_t now_us(const struct flights *flights)
{
    return flights->service->chains.ports.now_us(flights->service->chains.ports.opaque);
}

struct flights *flights_new(struct lookup_service *service, const struct cache_limits *cache_limits,
                            const struct hash_key *hash_key)
{
    struct flights *flights = calloc(1, sizeof(*flights));

    if (!flights)
        return NULL;
    flights->service = service;
    flights->hash_key = *hash_key;
    flights->cache = cache_new(cache_limits, hash_key);
    if (!flights->cache) {
        free(flights);
        return NULL;
    }
    return flights;
}

void flights_free(struct flights *flights)
{
    if (!flights)
        return;
    cache_free(flights->cache);
    hash_map_fini(&flights->map);
    free(flights);
}

static void hand_over(struct flight_waiter *waiter, const struct outcome *outcome, uint64_t now)
{
    *waiter->outcome = *outcome;
    record_hold(outcome->record);
    waiter->outcome->elapsed_ms = (unsigned)((now - waiter->asked_us) / 1000);
}

/* An old answer is better than none. What was found out is that nobody can give a newer one. */
static void fall_back(struct flight *flight, uint64_t now)
{
    struct outcome stale = {0};

    if (flight->outcome.code == OUTCOME_FOUND || flight->outcome.code == OUTCOME_NOT_FOUND ||
        !cache_find_stale(flight->flights->cache, &flight->question, now, &stale))
        return;
    outcome_fini(&flight->outcome);
    flight->outcome = stale;
}

static void end(struct flight *flight, uint64_t now)
{
    struct flights *flights = flight->flights;

    flights->stats.under_way--;
    hash_map_remove(&flights->map, &flight->node);
    cache_keep(flights->cache, &flight->question, now, &flight->outcome);
    fall_back(flight, now);
}

static void on_lookup_done(void *opaque)
{
    struct flight *flight = opaque;
    uint64_t now = now_us(flight->flights);
    struct dlist_node *node;

    end(flight, now);
    while ((node = dlist_first(&flight->waiters))) {
        struct flight_waiter *waiter = DLIST_ENTRY(node, struct flight_waiter, of_flight);

        flights_forget(waiter);
        hand_over(waiter, &flight->outcome, now);
        waiter->done(waiter);
    }
    outcome_fini(&flight->outcome);
    free(flight);
}

static bool has_key(const struct hash_node *node, const void *key)
{
    return question_key_equal(&HASH_MAP_ENTRY(node, struct flight, node)->key, key);
}

static void join(struct flight *flight, struct flight_waiter *waiter)
{
    waiter->flight = flight;
    dlist_append(&flight->waiters, &waiter->of_flight);
}

/* Returns true when it has ended already. */
static bool start(struct flights *flights, const struct question_key *key,
                  const struct lookup_question *question, struct flight_waiter *waiter)
{
    struct flight *flight = calloc(1, sizeof(*flight));

    if (!flight) {
        outcome_fail(waiter->outcome, OUTCOME_INTERNAL, "out of memory");
        return true;
    }
    flight->flights = flights;
    flight->key = *key;
    flight->question = *question;
    dlist_init(&flight->waiters);
    flights->stats.started++;
    flights->stats.under_way++;
    hash_map_insert(&flights->map, &flight->node, question_key_hash(key, &flights->hash_key));
    if (!lookup_start(flights->service, question, &flight->outcome, on_lookup_done, flight)) {
        join(flight, waiter);
        return false;
    }
    end(flight, waiter->asked_us);
    hand_over(waiter, &flight->outcome, waiter->asked_us);
    outcome_fini(&flight->outcome);
    free(flight);
    return true;
}

bool flights_ask(struct flights *flights, const struct lookup_question *question,
                 struct flight_waiter *waiter)
{
    struct question_key key;
    struct hash_node *node;

    memset(waiter->outcome, 0, sizeof(*waiter->outcome));
    waiter->asked_us = now_us(flights);
    /* What nobody is asked about needs neither company nor memory. */
    if (!question->providers.count || ip_class_of(&question->addr) != IP_KIND_PUBLIC)
        return lookup_start(flights->service, question, waiter->outcome, NULL, NULL);
    if (cache_find(flights->cache, question, waiter->asked_us, waiter->outcome) == CACHE_FRESH)
        return true;
    key = question_key_of(question);
    node = hash_map_find(&flights->map, question_key_hash(&key, &flights->hash_key), has_key, &key);
    if (!node)
        return start(flights, &key, question, waiter);
    flights->stats.joined++;
    join(HASH_MAP_ENTRY(node, struct flight, node), waiter);
    return false;
}

void flights_forget(struct flight_waiter *waiter)
{
    dlist_remove(&waiter->of_flight);
    waiter->flight = NULL;
}

struct flight_stats flights_stats(const struct flights *flights) { return flights->stats; }

struct cache_stats flights_cache_stats(const struct flights *flights)
{
    return cache_stats(flights->cache);
}

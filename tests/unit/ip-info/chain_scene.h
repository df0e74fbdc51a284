/* chain_scene — three providers that are all alike, and one question at a time, for the tests of
 * chain. */
#ifndef TEST_IP_INFO_CHAIN_SCENE_H
#define TEST_IP_INFO_CHAIN_SCENE_H

#include "chain.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND ((uint64_t)1000000)

static unsigned dones;         /* how often on_done was called since the last start */
static struct outcome outcome; /* of the last start */

static inline void on_done(void *opaque)
{
    (void)opaque;
    dones++;
}

/* Providers a, b and c, all alike, and options more. */
static inline void begin(struct fake_world *world, const char *const *more)
{
    const char *pairs[40] = {"providers", "a,b,c",
                             "a:url",     "http://192.0.2.1/a/{ip}",
                             "b:url",     "http://192.0.2.1/b/{ip}",
                             "c:url",     "http://192.0.2.1/c/{ip}",
                             "a:map",     "city=/city",
                             "b:map",     "city=/city",
                             "c:map",     "city=/city",
                             "a:private", "1",
                             "b:private", "1",
                             "c:private", "1"};
    size_t count = 20;

    while (*more)
        pairs[count++] = *more++;
    fake_world_init_with(world, pairs);
}

static inline bool start_in(struct fake_world *world, uint64_t patience_us)
{
    const struct chain_question question = {.addr = fixture_addr("1.2.3.4"),
                                            .providers = world->chain,
                                            .deadline_us = world->now_us + patience_us};

    dones = 0;
    outcome_fini(&outcome);
    memset(&outcome, 0, sizeof(outcome));
    return chain_start(&world->service.chains, &question, &outcome, on_done, NULL);
}

static inline bool start(struct fake_world *world) { return start_in(world, 2 * SECOND); }

static inline void expect_asked(const struct fake_world *world, size_t n, char provider)
{
    assert_int_equal(world->count, n + 1);
    assert_int_equal(world->requests[n].url[17], provider);
}

static inline void end(struct fake_world *world)
{
    outcome_fini(&outcome);
    fake_world_fini(world);
}

#endif

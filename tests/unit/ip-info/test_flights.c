#include "flights.h"

#include "alloc_fail.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define S 1000000u

struct asker {
    struct flight_waiter waiter;
    struct outcome outcome;
    unsigned dones;
};

static void on_done(struct flight_waiter *waiter) { ((struct asker *)(void *)waiter)->dones++; }

static bool ask(struct fake_world *world, struct asker *asker, const char *ip)
{
    const struct lookup_question question = {
        .addr = fixture_addr(ip), .providers = world->chain, .deadline_us = world->now_us + 2 * S};

    memset(asker, 0, sizeof(*asker));
    asker->waiter.outcome = &asker->outcome;
    asker->waiter.done = on_done;
    return flights_ask(world->flights, &question, &asker->waiter);
}

static void is_city(struct asker *asker, const char *city)
{
    assert_int_equal(asker->outcome.code, OUTCOME_FOUND);
    assert_string_equal(record_get(asker->outcome.record, RECORD_CITY), city);
    outcome_fini(&asker->outcome);
}

static void who_asks_the_same_meanwhile_joins(void **state)
{
    struct fake_world world;
    struct asker one, two, three;

    (void)state;
    fake_world_init(&world);
    assert_false(ask(&world, &one, "1.2.3.4"));
    world.now_us += 20000;
    assert_false(ask(&world, &two, "64:ff9b::1.2.3.4"));
    assert_false(ask(&world, &three, "1.2.3.5"));
    assert_int_equal(world.count, 2);
    assert_int_equal(flights_stats(world.flights).joined, 1);
    assert_int_equal(flights_stats(world.flights).under_way, 2);
    world.now_us += 30000;
    fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"x\"}");
    assert_int_equal(one.dones, 1);
    assert_int_equal(two.dones, 1);
    assert_int_equal(three.dones, 0);
    assert_int_equal(one.outcome.elapsed_ms, 50);
    assert_int_equal(two.outcome.elapsed_ms, 30);
    is_city(&one, "x");
    is_city(&two, "x");
    fake_fail(&world, 1, FETCH_CLOSED);
    assert_int_equal(three.outcome.code, OUTCOME_UPSTREAM_CLOSED);
    assert_int_equal(flights_stats(world.flights).under_way, 0);
    fake_world_fini(&world);
}

static void who_asks_later_gets_what_was_kept(void **state)
{
    struct fake_world world;
    struct asker asker;

    (void)state;
    fake_world_init(&world);
    assert_false(ask(&world, &asker, "1.2.3.4"));
    fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"x\"}");
    is_city(&asker, "x");
    assert_true(ask(&world, &asker, "1.2.3.4"));
    assert_true(asker.outcome.is_cached);
    is_city(&asker, "x");
    world.now_us += 100 * S;
    assert_false(ask(&world, &asker, "1.2.3.4"));
    fake_answer(&world, 1, 200, "{\"ret\":1,\"city\":\"new\"}");
    assert_false(asker.outcome.is_cached);
    is_city(&asker, "new");
    fake_world_fini(&world);
}

static void an_old_answer_stands_in_for_a_failure(void **state)
{
    struct fake_world world;
    struct asker asker;

    (void)state;
    fake_world_init(&world);
    assert_false(ask(&world, &asker, "1.2.3.4"));
    fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"old\"}");
    is_city(&asker, "old");
    world.now_us += 110 * S;
    assert_false(ask(&world, &asker, "1.2.3.4"));
    fake_fail(&world, 1, FETCH_TIMEOUT);
    assert_true(asker.outcome.is_stale);
    is_city(&asker, "old");
    world.refuses = FETCH_QUEUE_FULL;
    assert_true(ask(&world, &asker, "1.2.3.4"));
    assert_true(asker.outcome.is_stale);
    is_city(&asker, "old");
    world.now_us += 50 * S;
    assert_true(ask(&world, &asker, "1.2.3.4"));
    assert_int_equal(asker.outcome.code, OUTCOME_QUEUE_FULL);
    fake_world_fini(&world);
}

static void who_left_is_not_called_and_the_others_are(void **state)
{
    struct fake_world world;
    struct asker one, two;

    (void)state;
    fake_world_init(&world);
    assert_false(ask(&world, &one, "1.2.3.4"));
    assert_false(ask(&world, &two, "1.2.3.4"));
    flights_forget(&one.waiter);
    flights_forget(&one.waiter);
    fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"x\"}");
    assert_int_equal(one.dones, 0);
    assert_null(one.outcome.record);
    is_city(&two, "x");
    fake_world_fini(&world);
}

static void what_needs_nobody_is_answered_at_once(void **state)
{
    struct fake_world world;
    struct asker asker;

    (void)state;
    fake_world_init(&world);
    assert_true(ask(&world, &asker, "10.0.0.1"));
    assert_int_equal(asker.outcome.kind, IP_KIND_PRIVATE);
    assert_int_equal(flights_stats(world.flights).started, 0);
    assert_int_equal(flights_cache_stats(world.flights).misses, 0);
    fake_world_fini(&world);
}

static void short_memory_is_an_outcome(void **state)
{
    struct fake_world world;
    struct asker asker;
    unsigned long n;
    bool was_short = true;

    (void)state;
    for (n = 0; was_short; n++) {
        fake_world_init(&world);
        alloc_fail_arm(n);
        if (!ask(&world, &asker, "1.2.3.4")) {
            fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"x\"}");
            assert_int_equal(asker.dones, 1);
        }
        was_short = alloc_fail_disarm();
        if (!was_short)
            assert_int_equal(asker.outcome.code, OUTCOME_FOUND);
        outcome_fini(&asker.outcome);
        assert_int_equal(flights_stats(world.flights).under_way, 0);
        fake_world_fini(&world);
    }
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(who_asks_the_same_meanwhile_joins),
                                       cmocka_unit_test(who_asks_later_gets_what_was_kept),
                                       cmocka_unit_test(an_old_answer_stands_in_for_a_failure),
                                       cmocka_unit_test(who_left_is_not_called_and_the_others_are),
                                       cmocka_unit_test(what_needs_nobody_is_answered_at_once),
                                       cmocka_unit_test(short_memory_is_an_outcome)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

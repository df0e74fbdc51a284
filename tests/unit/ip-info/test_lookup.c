#include "lookup.h"

#include "alloc_fail.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned dones;

static void on_done(void *opaque)
{
    (void)opaque;
    dones++;
}

static bool start(struct fake_world *world, const char *ip, uint64_t patience_us,
                  struct outcome *outcome)
{
    const struct lookup_question question = {.addr = fixture_addr(ip),
                                             .providers = world->chain,
                                             .deadline_us = world->now_us + patience_us};

    dones = 0;
    return lookup_start(&world->service, &question, outcome, on_done, NULL);
}

static void a_public_address_is_asked_for(void **state)
{
    struct fake_world world;
    struct outcome outcome;

    (void)state;
    fake_world_init(&world);
    assert_false(start(&world, "1.2.3.4", 2000000, &outcome));
    assert_string_equal(world.requests[0].url, "http://192.0.2.1/?ip=1.2.3.4");
    assert_true(world.requests[0].deadline_us == world.now_us + 800000);
    assert_int_equal(dones, 0);
    fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"x\"}");
    assert_int_equal(dones, 1);
    assert_int_equal(outcome.code, OUTCOME_FOUND);
    assert_int_equal(outcome.kind, IP_KIND_PUBLIC);
    assert_string_equal(outcome.source, "sina");
    assert_string_equal(record_get(outcome.record, RECORD_CITY), "x");
    outcome_fini(&outcome);
    fake_world_fini(&world);
}

static void special_addresses_are_answered_at_once(void **state)
{
    struct fake_world world;
    struct outcome outcome;

    (void)state;
    fake_world_init(&world);
    assert_true(start(&world, "10.0.0.1", 2000000, &outcome));
    assert_int_equal(outcome.code, OUTCOME_FOUND);
    assert_int_equal(outcome.kind, IP_KIND_PRIVATE);
    assert_string_equal(outcome.source, "local");
    assert_int_equal(world.count, 0);
    fake_world_fini(&world);
}

static void nat64_asks_for_the_address_inside(void **state)
{
    struct fake_world world;
    struct outcome outcome;

    (void)state;
    fake_world_init(&world);
    assert_false(start(&world, "64:ff9b::1.2.3.4", 2000000, &outcome));
    assert_string_equal(world.requests[0].url, "http://192.0.2.1/?ip=1.2.3.4");
    fake_fail(&world, 0, FETCH_CLOSED);
    fake_world_fini(&world);
}

static void nobody_to_ask(void **state)
{
    struct fake_world world;
    struct outcome outcome;
    struct lookup_question question = {.addr = fixture_addr("1.2.3.4")};

    (void)state;
    fake_world_init(&world);
    assert_true(lookup_start(&world.service, &question, &outcome, on_done, NULL));
    assert_int_equal(outcome.code, OUTCOME_NO_PROVIDER);
    assert_null(outcome.source);
    fake_world_fini(&world);
}

static void the_nearer_end_counts(void **state)
{
    struct fake_world world;
    struct outcome outcome;

    (void)state;
    fake_world_init(&world);
    assert_false(start(&world, "1.2.3.4", 300000, &outcome));
    assert_true(world.requests[0].deadline_us == world.now_us + 300000);
    fake_fail(&world, 0, FETCH_TIMEOUT);
    assert_int_equal(outcome.code, OUTCOME_TIMEOUT);
    assert_string_equal(outcome.detail, "no answer in 300 ms");
    fake_world_fini(&world);
}

static void each_failure_of_fetch_has_a_code(void **state)
{
    static const struct {
        enum fetch_error error;
        enum outcome_code code;
    } rows[] = {
        {FETCH_TIMEOUT, OUTCOME_TIMEOUT},        {FETCH_CONNECT_FAILED, OUTCOME_CONNECT_FAILED},
        {FETCH_TLS_FAILED, OUTCOME_TLS_FAILED},  {FETCH_DNS_FAILED, OUTCOME_DNS_FAILED},
        {FETCH_CLOSED, OUTCOME_UPSTREAM_CLOSED}, {FETCH_TOO_LARGE, OUTCOME_TOO_LARGE},
        {FETCH_QUEUE_FULL, OUTCOME_QUEUE_FULL},  {FETCH_NO_ORIGIN, OUTCOME_INTERNAL},
        {FETCH_NO_MEMORY, OUTCOME_INTERNAL},     {FETCH_STOPPED, OUTCOME_INTERNAL}};
    struct fake_world world;
    struct outcome outcome;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        fake_world_init(&world);
        assert_false(start(&world, "1.2.3.4", 2000000, &outcome));
        fake_fail(&world, 0, rows[n].error);
        assert_int_equal(outcome.code, rows[n].code);
        assert_true(outcome.detail[0]);
        assert_string_equal(outcome.source, "sina");
        assert_int_equal(dones, 1);
        world.refuses = rows[n].error;
        assert_true(start(&world, "1.2.3.4", 2000000, &outcome));
        assert_int_equal(outcome.code, rows[n].code);
        assert_int_equal(dones, 0);
        fake_world_fini(&world);
    }
}

static void a_certificate_that_is_not_taken_is_told(void **state)
{
    struct fake_world world;
    struct outcome outcome;

    (void)state;
    fake_world_init(&world);
    assert_false(start(&world, "1.2.3.4", 300000, &outcome));
    fake_fail_because(&world, 0, FETCH_TLS_FAILED, "certificate has expired");
    assert_string_equal(outcome.detail,
                        "no secure connection to the provider: certificate has expired");
    fake_world_fini(&world);
}

static void short_memory_is_an_outcome(void **state)
{
    struct fake_world world;
    struct outcome outcome;
    unsigned long n;

    (void)state;
    for (n = 0; n < 2; n++) {
        fake_world_init(&world);
        alloc_fail_arm(n);
        assert_true(start(&world, "1.2.3.4", 2000000, &outcome));
        assert_true(alloc_fail_disarm());
        assert_int_equal(outcome.code, OUTCOME_INTERNAL);
        fake_world_fini(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_public_address_is_asked_for),
                                       cmocka_unit_test(special_addresses_are_answered_at_once),
                                       cmocka_unit_test(nat64_asks_for_the_address_inside),
                                       cmocka_unit_test(nobody_to_ask),
                                       cmocka_unit_test(the_nearer_end_counts),
                                       cmocka_unit_test(each_failure_of_fetch_has_a_code),
                                       cmocka_unit_test(a_certificate_that_is_not_taken_is_told),
                                       cmocka_unit_test(short_memory_is_an_outcome)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "batch.h"

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

static void on_done(void *requester)
{
    dones++;
    assert_string_equal(requester, "me");
}

static struct batch *start(struct fake_world *world, const char *list)
{
    static char me[] = "me";
    struct query query;
    struct batch *batch;

    query_init(&query, 8);
    assert_int_equal(query_parameter(&query, "ip", 2, list, strlen(list)), 0);
    dones = 0;
    batch = batch_start_take(&world->service, &query, &world->settings.providers[0],
                             world->now_us + 2000000, on_done, me);
    assert_non_null(batch);
    assert_null(query.questions);
    return batch;
}

static void all_are_asked_at_once_and_kept_in_order(void **state)
{
    struct fake_world world;
    struct batch *batch;
    const struct outcome *outcomes;

    (void)state;
    fake_world_init(&world);
    batch = start(&world, "1.0.0.1,10.0.0.1,nonsense,1.0.0.2");
    assert_int_equal(world.count, 2);
    assert_false(batch_is_complete(batch));
    fake_answer(&world, 1, 200, "{\"ret\":1,\"city\":\"second\"}");
    assert_int_equal(dones, 0);
    fake_fail(&world, 0, FETCH_TIMEOUT);
    assert_int_equal(dones, 1);
    assert_true(batch_is_complete(batch));
    assert_int_equal(batch_query(batch)->count, 4);
    outcomes = batch_outcomes(batch);
    assert_int_equal(outcomes[0].code, OUTCOME_TIMEOUT);
    assert_int_equal(outcomes[1].kind, IP_KIND_PRIVATE);
    assert_int_equal(outcomes[2].code, OUTCOME_INVALID_IP);
    assert_string_equal(outcomes[2].detail, "\"nonsense\" is not an IP address");
    assert_string_equal(record_get(outcomes[3].record, RECORD_CITY), "second");
    batch_release(batch);
    fake_world_fini(&world);
}

static void one_that_needs_nobody_is_complete_at_once(void **state)
{
    struct fake_world world;
    struct batch *batch;

    (void)state;
    fake_world_init(&world);
    batch = start(&world, "10.0.0.1,x");
    assert_true(batch_is_complete(batch));
    assert_int_equal(dones, 0);
    batch_release(batch);
    world.refuses = FETCH_QUEUE_FULL;
    batch = start(&world, "1.0.0.1,1.0.0.2");
    assert_true(batch_is_complete(batch));
    assert_int_equal(dones, 0);
    assert_int_equal(batch_outcomes(batch)[1].code, OUTCOME_QUEUE_FULL);
    batch_release(batch);
    fake_world_fini(&world);
}

static void answers_after_the_requester_left_find_nobody(void **state)
{
    struct fake_world world;
    struct batch *batch;

    (void)state;
    fake_world_init(&world);
    batch = start(&world, "1.0.0.1,1.0.0.2,1.0.0.3");
    fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"x\"}");
    batch_release(batch);
    fake_answer(&world, 2, 200, "{\"ret\":1,\"city\":\"x\"}");
    fake_fail(&world, 1, FETCH_CLOSED); /* frees it; the sanitizer would tell */
    assert_int_equal(dones, 0);
    batch_release(NULL);
    fake_world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_asked_at_once_and_kept_in_order),
        cmocka_unit_test(one_that_needs_nobody_is_complete_at_once),
        cmocka_unit_test(answers_after_the_requester_left_find_nobody)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

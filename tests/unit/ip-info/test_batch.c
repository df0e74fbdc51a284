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

static unsigned dones, answers;
static size_t last_answer;

static void on_done(void *requester)
{
    dones++;
    assert_string_equal(requester, "me");
}

static void on_answer(void *requester, size_t n)
{
    assert_string_equal(requester, "me");
    answers++;
    last_answer = n;
}

static struct batch *start(struct fake_world *world, const char *list)
{
    static char me[] = "me";
    const struct batch_events events = {.answered = on_answer, .done = on_done, .requester = me};
    const struct lookup_question ask = {.providers = world->chain,
                                        .deadline_us = world->now_us + 2000000};
    struct query query;
    struct batch *batch;

    query_init(&query, 8);
    assert_int_equal(query_parameter(&query, "ip", 2, list, strlen(list)), 0);
    dones = answers = 0;
    batch = batch_start_take(world->flights, &query, &ask, &events);
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
    batch_free(batch);
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
    batch_free(batch);
    world.refuses = FETCH_QUEUE_FULL;
    batch = start(&world, "1.0.0.1,1.0.0.2");
    assert_true(batch_is_complete(batch));
    assert_int_equal(dones, 0);
    assert_int_equal(batch_outcomes(batch)[1].code, OUTCOME_QUEUE_FULL);
    batch_free(batch);
    fake_world_fini(&world);
}

static void who_left_is_not_called_and_the_lookups_go_on(void **state)
{
    struct fake_world world;
    struct batch *batch;

    (void)state;
    fake_world_init(&world);
    batch = start(&world, "1.0.0.1,1.0.0.2,1.0.0.3");
    fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"x\"}");
    assert_int_equal(answers, 1);
    batch_free(batch);
    fake_answer(&world, 2, 200, "{\"ret\":1,\"city\":\"kept\"}");
    fake_fail(&world, 1, FETCH_CLOSED);
    assert_int_equal(answers, 1);
    assert_int_equal(dones, 0);
    batch_free(NULL);
    batch = start(&world, "1.0.0.3");
    assert_true(batch_is_complete(batch));
    assert_string_equal(record_get(batch_outcomes(batch)[0].record, RECORD_CITY), "kept");
    batch_free(batch);
    fake_world_fini(&world);
}

static void equal_questions_are_asked_once_and_answered_each(void **state)
{
    struct fake_world world;
    struct batch *batch;

    (void)state;
    fake_world_init(&world);
    batch = start(&world, "1.0.0.1,1.0.0.2,1.0.0.1,::ffff:1.0.0.1");
    assert_int_equal(world.count, 2);
    fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"x\"}");
    assert_int_equal(answers, 3);
    assert_true(batch_has_answer(batch, 3));
    assert_false(batch_has_answer(batch, 1));
    assert_string_equal(record_get(batch_outcomes(batch)[3].record, RECORD_CITY), "x");
    fake_fail(&world, 1, FETCH_CLOSED);
    assert_int_equal(dones, 1);
    batch_free(batch);
    fake_world_fini(&world);
}

static void what_is_missing_when_time_is_up_is_a_timeout(void **state)
{
    struct fake_world world;
    struct batch *batch;

    (void)state;
    fake_world_init(&world);
    batch = start(&world, "1.0.0.1,1.0.0.2");
    fake_answer(&world, 0, 200, "{\"ret\":1,\"city\":\"x\"}");
    batch_expire(batch, 300);
    assert_true(batch_is_complete(batch));
    assert_int_equal(answers, 2);
    assert_int_equal(last_answer, 1);
    assert_int_equal(dones, 0);
    assert_int_equal(batch_outcomes(batch)[1].code, OUTCOME_TIMEOUT);
    assert_string_equal(batch_outcomes(batch)[1].detail, "no answer in 300 ms");
    assert_string_equal(batch_outcomes(batch)[1].source, "sina");
    fake_answer(&world, 1, 200, "{\"ret\":1,\"city\":\"late\"}");
    assert_int_equal(answers, 2);
    assert_null(batch_outcomes(batch)[1].record);
    batch_free(batch);
    fake_world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_asked_at_once_and_kept_in_order),
        cmocka_unit_test(one_that_needs_nobody_is_complete_at_once),
        cmocka_unit_test(who_left_is_not_called_and_the_lookups_go_on),
        cmocka_unit_test(equal_questions_are_asked_once_and_answered_each),
        cmocka_unit_test(what_is_missing_when_time_is_up_is_a_timeout)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

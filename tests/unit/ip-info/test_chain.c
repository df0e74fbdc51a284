#include "chain_scene.h"

static const char *const nothing[] = {NULL};

static void failures_go_on_to_the_next(void **state)
{
    struct fake_world world;

    (void)state;
    begin(&world, nothing);
    assert_false(start(&world));
    expect_asked(&world, 0, 'a');
    world.now_us += 800000;
    fake_fail(&world, 0, FETCH_TIMEOUT);
    expect_asked(&world, 1, 'b');
    assert_int_equal(dones, 0);
    fake_answer(&world, 1, 200, "no JSON");
    expect_asked(&world, 2, 'c');
    world.now_us += 30000;
    fake_answer(&world, 2, 200, "{\"city\":\"x\"}");
    assert_int_equal(dones, 1);
    assert_int_equal(outcome.code, OUTCOME_FOUND);
    assert_string_equal(outcome.source, "c");
    assert_string_equal(outcome.detail, "");
    assert_int_equal(outcome.attempt_count, 3);
    assert_string_equal(outcome.attempts[0].provider, "a");
    assert_int_equal(outcome.attempts[0].code, OUTCOME_TIMEOUT);
    assert_int_equal(outcome.attempts[0].ms, 800);
    assert_int_equal(outcome.attempts[1].code, OUTCOME_BAD_JSON);
    assert_int_equal(outcome.attempts[2].code, OUTCOME_FOUND);
    assert_int_equal(outcome.attempts[2].ms, 30);
    end(&world);
}

static void the_last_failure_is_the_outcome(void **state)
{
    struct fake_world world;

    (void)state;
    begin(&world, nothing);
    assert_false(start(&world));
    fake_fail(&world, 0, FETCH_TIMEOUT);
    fake_fail(&world, 1, FETCH_TOO_LARGE);
    fake_answer(&world, 2, 404, "");
    assert_int_equal(dones, 1);
    assert_int_equal(outcome.code, OUTCOME_UPSTREAM_STATUS);
    assert_int_equal(outcome.upstream_status, 404);
    assert_string_equal(outcome.source, "c");
    end(&world);
}

static void answers_end_it(void **state)
{
    struct fake_world world;

    (void)state;
    fake_world_init(&world); /* sina: -1 is "not found" */
    assert_false(start(&world));
    fake_answer(&world, 0, 200, "{\"ret\":-1}");
    assert_int_equal(dones, 1);
    assert_int_equal(outcome.code, OUTCOME_NOT_FOUND);
    assert_int_equal(world.count, 1);
    end(&world);
}

static void nothing_is_begun_behind_the_deadline(void **state)
{
    struct fake_world world;

    (void)state;
    begin(&world, nothing);
    assert_false(start_in(&world, SECOND));
    world.now_us += 800000;
    fake_fail(&world, 0, FETCH_TIMEOUT);
    expect_asked(&world, 1, 'b');
    assert_true(world.requests[1].deadline_us == world.now_us + 200000); /* what is left */
    world.now_us += 195000;
    fake_fail(&world, 1, FETCH_TOO_LARGE);
    assert_int_equal(world.count, 2);
    assert_int_equal(dones, 1);
    assert_int_equal(outcome.code, OUTCOME_TOO_LARGE);
    assert_string_equal(outcome.source, "b");
    end(&world);
}

static void what_another_try_may_change_is_tried_again(void **state)
{
    static const enum fetch_error errors[] = {FETCH_CONNECT_FAILED, FETCH_CLOSED};
    struct fake_world world;
    size_t n;

    (void)state;
    for (n = 0; n < 2; n++) {
        begin(&world, nothing);
        assert_false(start(&world));
        fake_fail(&world, 0, errors[n]);
        expect_asked(&world, 1, 'a');
        fake_fail(&world, 1, errors[n]);
        expect_asked(&world, 2, 'b');
        fake_answer(&world, 2, 502, "");
        expect_asked(&world, 3, 'b');
        fake_answer(&world, 3, 200, "{}");
        assert_int_equal(dones, 1);
        assert_int_equal(outcome.attempt_count, 4);
        end(&world);
    }
}

static void others_are_not(void **state)
{
    struct fake_world world;

    (void)state;
    begin(&world, nothing);
    assert_false(start(&world));
    fake_answer(&world, 0, 500, "");
    expect_asked(&world, 1, 'b');
    fake_answer_with(&world, 1,
                     &(struct fetch_response){
                         .code = 503, .body = "", .retry_after_s = 9, .wanted = {"", "", ""}});
    expect_asked(&world, 2, 'c');
    fake_fail(&world, 2, FETCH_DNS_FAILED);
    assert_int_equal(dones, 1);
    end(&world);
}

static void retries_are_bounded(void **state)
{
    static const char *const once[] = {"attempts", "1", NULL};
    static const char *const never_open[] = {"breaker-failures", "0", NULL};
    struct fake_world world;
    size_t n;

    (void)state;
    begin(&world, once);
    assert_false(start(&world));
    fake_fail(&world, 0, FETCH_CLOSED);
    expect_asked(&world, 1, 'b');
    fake_answer(&world, 1, 200, "{}");
    end(&world);
    begin(&world, never_open);
    world.chain.count = 1;
    for (n = 0; n < 3; n++) { /* three are always allowed */
        assert_false(start(&world));
        fake_fail(&world, 2 * n, FETCH_CLOSED);
        fake_fail(&world, 2 * n + 1, FETCH_CLOSED);
        assert_int_equal(dones, 1);
    }
    assert_false(start(&world));
    fake_fail(&world, 6, FETCH_CLOSED);
    assert_int_equal(dones, 1);
    assert_int_equal(world.count, 7);
    end(&world);
}

static void families_are_respected(void **state)
{
    static const char *const pairs[] = {"providers", "sina", NULL};
    struct fake_world world;
    struct chain_question question = {.addr = fixture_addr("2a00::1")};

    (void)state;
    fake_world_init_with(&world, pairs);
    memset(&outcome, 0, sizeof(outcome));
    question.providers = world.chain;
    question.deadline_us = world.now_us + SECOND;
    assert_true(chain_start(&world.service.chains, &question, &outcome, on_done, NULL));
    assert_int_equal(outcome.code, OUTCOME_UNSUPPORTED_FAMILY);
    end(&world);
}

static void one_whose_secret_is_missing_is_not_asked(void **state)
{
    static const char *const more[] = {"a:url", "http://192.0.2.1/a/{ip}?{env:TEST_UNSET}", NULL};
    const char *pairs[] = {"providers", "a",     "a:private", "1", "a:map",
                           "city=/c",   more[0], more[1],     NULL};
    struct fake_world world;

    (void)state;
    unsetenv("TEST_UNSET");
    fake_world_init_with(&world, pairs);
    assert_true(start(&world));
    assert_int_equal(outcome.code, OUTCOME_NO_PROVIDER);
    assert_int_equal(world.count, 0);
    end(&world);
}

static void stopping_asks_nobody_else(void **state)
{
    struct fake_world world;

    (void)state;
    begin(&world, nothing);
    assert_false(start(&world));
    fake_fail(&world, 0, FETCH_STOPPED);
    assert_int_equal(world.count, 1);
    assert_int_equal(dones, 1);
    assert_int_equal(outcome.code, OUTCOME_INTERNAL);
    world.refuses = FETCH_QUEUE_FULL;
    assert_true(start(&world)); /* nobody can be asked */
    assert_int_equal(outcome.attempt_count, 3);
    assert_int_equal(outcome.code, OUTCOME_QUEUE_FULL);
    end(&world);
}

static void answers_are_good_as_long_as_their_provider_says(void **state)
{
    static const char *const pairs[] = {"cache-ttl", "70", NULL};
    struct fake_world world;

    (void)state;
    begin(&world, pairs);
    world.settings.providers[1].ttl_s = 30; /* as its file may say */
    assert_false(start(&world));
    fake_fail(&world, 0, FETCH_TIMEOUT);
    fake_answer(&world, 1, 200, "{\"city\":\"x\"}");
    assert_int_equal(outcome.fresh_s, 30);
    assert_false(start(&world));
    fake_answer(&world, 2, 200, "{\"city\":\"x\"}");
    assert_int_equal(outcome.fresh_s, 70);
    assert_int_equal(world.service.chains.attempts[0], 2);
    assert_int_equal(world.service.chains.failures[0], 1);
    assert_int_equal(world.service.chains.failures[1], 0);
    end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_go_on_to_the_next),
        cmocka_unit_test(the_last_failure_is_the_outcome),
        cmocka_unit_test(answers_end_it),
        cmocka_unit_test(nothing_is_begun_behind_the_deadline),
        cmocka_unit_test(what_another_try_may_change_is_tried_again),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(retries_are_bounded),
        cmocka_unit_test(families_are_respected),
        cmocka_unit_test(one_whose_secret_is_missing_is_not_asked),
        cmocka_unit_test(stopping_asks_nobody_else),
        cmocka_unit_test(answers_are_good_as_long_as_their_provider_says)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

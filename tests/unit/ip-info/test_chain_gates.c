#include "chain_scene.h"

static const char *const nothing[] = {NULL};

/* Let a, the only one, fail n times with a timeout of its whole time. */
static void time_out(struct fake_world *world, unsigned times)
{
    while (times--) {
        assert_false(start(world));
        fake_fail(world, world->count - 1, FETCH_TIMEOUT);
    }
}

static void a_breaker_opens_and_lets_one_probe(void **state)
{
    static const char *const more[] = {"breaker-failures", "3", "breaker-open-ms", "4000", NULL};
    struct fake_world world;

    (void)state;
    begin(&world, more);
    world.chain.count = 1;
    time_out(&world, 3);
    assert_true(start(&world));
    assert_int_equal(outcome.code, OUTCOME_CIRCUIT_OPEN);
    assert_int_equal(outcome.retry_after_s, 4);
    assert_int_equal(outcome.attempt_count, 1);
    assert_string_equal(outcome.source, "a");
    world.now_us += 4 * SECOND;
    assert_false(start(&world));
    assert_int_equal(world.count, 4);
    fake_answer(&world, 3, 200, "{}");
    assert_false(start(&world)); /* closed again */
    fake_answer(&world, 4, 200, "{}");
    end(&world);
}

static void while_the_probe_is_out_others_go_elsewhere(void **state)
{
    static const char *const more[] = {"breaker-failures", "1", "breaker-open-ms", "1000", NULL};
    struct fake_world world;
    struct outcome probe = {0};
    struct chain_question question = {.addr = fixture_addr("1.2.3.4")};

    (void)state;
    begin(&world, more);
    assert_false(start(&world));
    fake_fail(&world, 0, FETCH_TIMEOUT);
    fake_answer(&world, 1, 200, "{}"); /* b */
    world.now_us += SECOND;
    question.providers = world.chain;
    question.deadline_us = world.now_us + 2 * SECOND;
    assert_false(chain_start(&world.service.chains, &question, &probe, on_done, NULL));
    expect_asked(&world, 2, 'a');
    assert_false(start(&world));
    expect_asked(&world, 3, 'b');
    fake_answer(&world, 3, 200, "{}");
    assert_int_equal(outcome.attempts[0].code, OUTCOME_CIRCUIT_OPEN);
    assert_int_equal(outcome.attempts[0].ms, 0);
    assert_string_equal(outcome.source, "b");
    fake_answer(&world, 2, 200, "{}");
    outcome_fini(&probe);
    end(&world);
}

static void what_says_no_does_not_open_it(void **state)
{
    static const char *const more[] = {"breaker-failures", "1", NULL};
    struct fake_world world;

    (void)state;
    begin(&world, more);
    world.chain.count = 1;
    assert_false(start(&world));
    fake_answer(&world, 0, 404, "");
    assert_false(start_in(&world, 100000)); /* hurried by the client: not the provider's fault */
    fake_fail(&world, 1, FETCH_TIMEOUT);
    assert_false(start(&world));
    fake_fail(&world, 2, FETCH_QUEUE_FULL);
    assert_false(start(&world));
    fake_answer(&world, 3, 500, "");
    assert_true(start(&world));
    assert_int_equal(outcome.code, OUTCOME_CIRCUIT_OPEN);
    end(&world);
}

static void what_the_provider_says_is_left_counts(void **state)
{
    struct fake_world world;

    (void)state;
    begin(&world, nothing);
    world.chain.count = 1;
    assert_false(start(&world));
    fake_answer_with(&world, 0,
                     &(struct fetch_response){
                         .code = 429, .body = "", .retry_after_s = 7, .wanted = {"", "", ""}});
    assert_int_equal(outcome.code, OUTCOME_QUOTA);
    assert_int_equal(outcome.retry_after_s, 7);
    world.now_us += 5 * SECOND;
    assert_true(start(&world));
    assert_int_equal(outcome.code, OUTCOME_QUOTA);
    assert_int_equal(outcome.retry_after_s, 2);
    assert_int_equal(world.count, 1);
    world.now_us += 2 * SECOND;
    assert_false(start(&world));
    fake_answer(&world, 1, 200, "{}");
    end(&world);
}

static void within_the_deadline_a_quota_is_waited_for(void **state)
{
    static const char *const pairs[] = {"providers", "ipwhois", NULL};
    struct fake_world world;
    struct outcome outcomes[3] = {{0}};
    uint64_t begin_us;
    size_t n;

    (void)state;
    fake_world_init_with(&world, pairs); /* one a second */
    begin_us = world.now_us;
    for (n = 0; n < 3; n++) {
        const struct chain_question question = {.addr = fixture_addr("1.2.3.4"),
                                                .providers = world.chain,
                                                .lang = "zh",
                                                .deadline_us = begin_us + 1500000};

        assert_int_equal(chain_start(&world.service.chains, &question, &outcomes[n], on_done, NULL),
                         n == 2);
    }
    assert_int_equal(world.count, 2);
    assert_string_equal(world.requests[0].url, "https://ipwho.is/1.2.3.4?lang=zh-CN");
    assert_true(world.requests[0].not_before_us == begin_us);
    assert_true(world.requests[1].not_before_us == begin_us + SECOND);
    assert_true(world.requests[1].deadline_us == begin_us + 1500000);
    assert_int_equal(outcomes[2].code, OUTCOME_QUOTA);
    assert_int_equal(outcomes[2].retry_after_s, 2);
    fake_fail(&world, 0, FETCH_STOPPED);
    fake_fail(&world, 1, FETCH_STOPPED);
    fake_world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_breaker_opens_and_lets_one_probe),
                                       cmocka_unit_test(while_the_probe_is_out_others_go_elsewhere),
                                       cmocka_unit_test(what_says_no_does_not_open_it),
                                       cmocka_unit_test(what_the_provider_says_is_left_counts),
                                       cmocka_unit_test(within_the_deadline_a_quota_is_waited_for)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

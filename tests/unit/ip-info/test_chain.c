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

static unsigned dones;
static struct outcome outcome;

static void on_done(void *opaque)
{
    (void)opaque;
    dones++;
}

/* Providers a, b and c, all alike, and options more. */
static void begin(struct fake_world *world, const char *const *more)
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

static const char *const nothing[] = {NULL};

static bool start_in(struct fake_world *world, uint64_t patience_us)
{
    const struct chain_question question = {.addr = fixture_addr("1.2.3.4"),
                                            .providers = world->chain,
                                            .deadline_us = world->now_us + patience_us};

    dones = 0;
    outcome_fini(&outcome);
    memset(&outcome, 0, sizeof(outcome));
    return chain_start(&world->service.chains, &question, &outcome, on_done, NULL);
}

static bool start(struct fake_world *world) { return start_in(world, 2 * SECOND); }

static void expect_asked(const struct fake_world *world, size_t n, char provider)
{
    assert_int_equal(world->count, n + 1);
    assert_int_equal(world->requests[n].url[17], provider);
}

static void end(struct fake_world *world)
{
    outcome_fini(&outcome);
    fake_world_fini(world);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(failures_go_on_to_the_next),
                                       cmocka_unit_test(the_last_failure_is_the_outcome),
                                       cmocka_unit_test(answers_end_it),
                                       cmocka_unit_test(nothing_is_begun_behind_the_deadline),
                                       cmocka_unit_test(what_another_try_may_change_is_tried_again),
                                       cmocka_unit_test(others_are_not),
                                       cmocka_unit_test(retries_are_bounded),
                                       cmocka_unit_test(a_breaker_opens_and_lets_one_probe),
                                       cmocka_unit_test(while_the_probe_is_out_others_go_elsewhere),
                                       cmocka_unit_test(what_says_no_does_not_open_it),
                                       cmocka_unit_test(what_the_provider_says_is_left_counts),
                                       cmocka_unit_test(within_the_deadline_a_quota_is_waited_for),
                                       cmocka_unit_test(families_are_respected),
                                       cmocka_unit_test(one_whose_secret_is_missing_is_not_asked),
                                       cmocka_unit_test(stopping_asks_nobody_else)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "breaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND ((uint64_t)1000000)
#define START (1000 * SECOND)

static struct breaker opened(void)
{
    struct breaker breaker;
    unsigned n;

    breaker_init(&breaker, 5, 30 * SECOND);
    for (n = 0; n < 5; n++) {
        assert_true(breaker_admits(&breaker, START));
        assert_false(breaker_begin(&breaker));
        breaker_end(&breaker, false, BREAKER_FAILURE, START);
    }
    return breaker;
}

static void failures_in_a_row_open_it(void **state)
{
    struct breaker breaker;
    unsigned n;

    (void)state;
    breaker_init(&breaker, 5, 30 * SECOND);
    for (n = 0; n < 40; n++) {
        /* Four failures, a success: never five in a row. */
        breaker_end(&breaker, false, n % 5 == 4 ? BREAKER_SUCCESS : BREAKER_FAILURE, START);
        assert_true(breaker_admits(&breaker, START));
    }
    breaker = opened();
    assert_false(breaker_admits(&breaker, START));
    assert_int_equal(breaker_retry_after_s(&breaker, START), 30);
    assert_int_equal(breaker_retry_after_s(&breaker, START + 29 * SECOND + 1), 1);
    assert_false(breaker_admits(&breaker, START + 30 * SECOND - 1));
    assert_true(breaker_admits(&breaker, START + 30 * SECOND));
}

static void what_says_nothing_neither_counts_nor_forgives(void **state)
{
    struct breaker breaker;
    unsigned n;

    (void)state;
    breaker_init(&breaker, 2, SECOND);
    breaker_end(&breaker, false, BREAKER_FAILURE, START);
    for (n = 0; n < 9; n++)
        breaker_end(&breaker, false, BREAKER_NEITHER, START);
    assert_true(breaker_admits(&breaker, START));
    breaker_end(&breaker, false, BREAKER_FAILURE, START);
    assert_false(breaker_admits(&breaker, START));
}

static void exactly_one_probe_goes(void **state)
{
    struct breaker breaker = opened();
    uint64_t now = START + 30 * SECOND;

    (void)state;
    assert_true(breaker_begin(&breaker));
    assert_false(breaker_admits(&breaker, now));
    assert_false(breaker_admits(&breaker, now + 1000 * SECOND));
    breaker_end(&breaker, true, BREAKER_SUCCESS, now + SECOND);
    assert_true(breaker_admits(&breaker, now + SECOND));
    assert_false(breaker_begin(&breaker));
}

static void a_probe_without_a_result_leaves_the_place_to_the_next(void **state)
{
    struct breaker breaker = opened();
    uint64_t now = START + 30 * SECOND;

    (void)state;
    assert_true(breaker_begin(&breaker));
    breaker_end(&breaker, true, BREAKER_NEITHER, now);
    assert_true(breaker_admits(&breaker, now));
    assert_true(breaker_begin(&breaker));
}

static void a_failed_probe_doubles_the_time(void **state)
{
    struct breaker breaker = opened();
    uint64_t now = START, lengths[] = {30, 60, 120, 240, 300, 300};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++) {
        assert_int_equal(breaker_retry_after_s(&breaker, now), lengths[n]);
        now += lengths[n] * SECOND;
        assert_true(breaker_admits(&breaker, now));
        assert_true(breaker_begin(&breaker));
        breaker_end(&breaker, true, BREAKER_FAILURE, now);
    }
    now += 300 * SECOND;
    assert_true(breaker_begin(&breaker));
    breaker_end(&breaker, true, BREAKER_SUCCESS, now);
    for (n = 0; n < 5; n++)
        breaker_end(&breaker, false, BREAKER_FAILURE, now);
    assert_int_equal(breaker_retry_after_s(&breaker, now), 30); /* from the beginning again */
}

static void ends_from_before_it_opened_do_not_count(void **state)
{
    struct breaker breaker = opened();

    (void)state;
    breaker_end(&breaker, false, BREAKER_SUCCESS, START + SECOND);
    breaker_end(&breaker, false, BREAKER_FAILURE, START + SECOND);
    assert_false(breaker_admits(&breaker, START + SECOND));
    assert_int_equal(breaker_retry_after_s(&breaker, START + SECOND), 29);
}

static void without_a_bound_it_never_opens(void **state)
{
    struct breaker breaker = {0};
    unsigned n;

    (void)state;
    for (n = 0; n < 1000; n++)
        breaker_end(&breaker, breaker_begin(&breaker), BREAKER_FAILURE, START);
    assert_true(breaker_admits(&breaker, START));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_in_a_row_open_it),
        cmocka_unit_test(what_says_nothing_neither_counts_nor_forgives),
        cmocka_unit_test(exactly_one_probe_goes),
        cmocka_unit_test(a_probe_without_a_result_leaves_the_place_to_the_next),
        cmocka_unit_test(a_failed_probe_doubles_the_time),
        cmocka_unit_test(ends_from_before_it_opened_do_not_count),
        cmocka_unit_test(without_a_bound_it_never_opens)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "quota.h"

#include "alloc_fail.h"

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

/* Take the next place; returns when it begins, in milliseconds from START. */
static unsigned long take(struct quota *quota, uint64_t now_us)
{
    uint64_t next_us = quota_next_us(quota, now_us);

    quota_take(quota, next_us);
    return (unsigned long)((next_us - START) / 1000);
}

static void without_bounds_it_is_always_now(void **state)
{
    struct quota quota = {0};
    unsigned n;

    (void)state;
    for (n = 0; n < 100; n++)
        assert_int_equal(take(&quota, START), 0);
    assert_int_equal(quota_paused_until_us(&quota, START), 0);
    quota_fini(&quota);
}

static void no_second_has_more(void **state)
{
    struct quota quota;

    (void)state;
    assert_int_equal(quota_init(&quota, 2, 0), 0);
    assert_int_equal(take(&quota, START), 0);
    assert_int_equal(take(&quota, START + SECOND / 2), 500);
    assert_int_equal(take(&quota, START + SECOND / 2), 1000); /* a second after the first */
    assert_int_equal(take(&quota, START + SECOND / 2), 1500);
    assert_int_equal(take(&quota, START + SECOND / 2), 2000);
    assert_int_equal(take(&quota, START + 10 * SECOND), 10000);
    quota_fini(&quota);
}

static void nor_any_minute(void **state)
{
    struct quota quota;
    unsigned n;

    (void)state;
    assert_int_equal(quota_init(&quota, 0, 45), 0);
    for (n = 0; n < 45; n++)
        assert_int_equal(take(&quota, START + n * SECOND), n * 1000);
    assert_true(quota_next_us(&quota, START + 50 * SECOND) == START + 60 * SECOND);
    assert_int_equal(take(&quota, START + 60 * SECOND), 60000);
    assert_true(quota_next_us(&quota, START + 60 * SECOND) == START + 61 * SECOND);
    quota_fini(&quota);
}

static void the_stricter_bound_counts(void **state)
{
    struct quota quota;

    (void)state;
    assert_int_equal(quota_init(&quota, 1, 2), 0);
    assert_int_equal(take(&quota, START), 0);
    assert_int_equal(take(&quota, START), 1000);
    assert_int_equal(take(&quota, START), 60000);
    assert_int_equal(take(&quota, START), 61000);
    quota_fini(&quota);
}

static void a_pause_holds_everybody(void **state)
{
    struct quota quota = {0};

    (void)state;
    quota_pause(&quota, 7, START);
    quota_pause(&quota, 3, START);
    assert_true(quota_paused_until_us(&quota, START) == START + 7 * SECOND);
    assert_true(quota_next_us(&quota, START + SECOND) == START + 7 * SECOND);
    assert_int_equal(quota_paused_until_us(&quota, START + 7 * SECOND), 0);
    assert_int_equal(take(&quota, START + 8 * SECOND), 8000);
    quota_fini(&quota);
}

static void short_memory_is_said(void **state)
{
    struct quota quota;
    unsigned long n;

    (void)state;
    for (n = 0; n < 2; n++) {
        alloc_fail_arm(n);
        assert_int_equal(quota_init(&quota, 1, 1), -1);
        assert_true(alloc_fail_disarm());
        quota_fini(&quota);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_bounds_it_is_always_now),
                                       cmocka_unit_test(no_second_has_more),
                                       cmocka_unit_test(nor_any_minute),
                                       cmocka_unit_test(the_stricter_bound_counts),
                                       cmocka_unit_test(a_pause_holds_everybody),
                                       cmocka_unit_test(short_memory_is_said)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

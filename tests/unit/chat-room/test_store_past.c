#include "store_past.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct store_limits limits = {
    .history_count = 3, .history_bytes = 50, .kept_bytes = 100, .ttl_ms = 1000};

static void add(struct past *past, int64_t time_ms, uint32_t bytes)
{
    assert_int_equal(past_reserve(past, 1), 0);
    past_add(past, time_ms, bytes);
    past_bound(past, &limits);
}

static void is(const struct past *past, uint64_t oldest, uint64_t history_from, uint64_t head)
{
    assert_int_equal(past->state.oldest, oldest);
    assert_int_equal(past->state.history_from, history_from);
    assert_int_equal(past->state.head, head);
}

static void it_goes_on_behind_the_head(void **state)
{
    struct past past;

    (void)state;
    past_init(&past, "0123456789abcdef", 41);
    assert_string_equal(past.state.epoch, "0123456789abcdef");
    is(&past, 42, 42, 41);
    add(&past, 1, 10);
    is(&past, 42, 42, 42);
    past_fini(&past);
    past_init(&past, past.state.epoch, 6); /* its own epoch */
    assert_string_equal(past.state.epoch, "0123456789abcdef");
}

static void count_and_bytes_bound_it(void **state)
{
    struct past past;
    int n;

    (void)state;
    past_init(&past, "e", 0);
    for (n = 0; n < 5; n++)
        add(&past, 1, 10);
    is(&past, 1, 3, 5);
    add(&past, 1, 45); /* alone in the history */
    is(&past, 1, 6, 6);
    add(&past, 1, 51); /* larger than a history may be */
    is(&past, 6, 8, 7);
    for (n = 0; n < 1000; n++)
        add(&past, 1, 1);
    is(&past, 908, 1005, 1007);
    past_fini(&past);
}

static void age_bounds_it(void **state)
{
    struct past past;

    (void)state;
    past_init(&past, "e", 0);
    add(&past, 1000, 10);
    add(&past, 1500, 10);
    past_expire(&past, &limits, 1999);
    is(&past, 1, 1, 2);
    past_expire(&past, &limits, 2000);
    is(&past, 2, 2, 2);
    past_expire(&past, &limits, 9000);
    is(&past, 3, 3, 2);
    add(&past, 9000, 10);
    is(&past, 3, 3, 3);
    past_fini(&past);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_behind_the_head),
        cmocka_unit_test(count_and_bytes_bound_it),
        cmocka_unit_test(age_bounds_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

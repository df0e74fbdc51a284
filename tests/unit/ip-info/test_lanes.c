#include "lanes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_last_used_is_taken_first(void **state)
{
    struct lanes lanes;
    struct lane a = {0}, b = {0}, c = {0};
    bool is_warm;

    (void)state;
    lanes_init(&lanes, 3, 0);
    lanes_add(&lanes, &a);
    lanes_add(&lanes, &b);
    assert_true(lanes_may_add(&lanes));
    lanes_add(&lanes, &c);
    assert_false(lanes_may_add(&lanes));
    assert_ptr_equal(lanes_take(&lanes, &is_warm), &c);
    assert_false(is_warm);
    assert_ptr_equal(lanes_take(&lanes, &is_warm), &b);
    lanes_give_back(&lanes, &c, LANE_WARM);
    lanes_give_back(&lanes, &b, LANE_WARM);
    assert_ptr_equal(lanes_take(&lanes, &is_warm), &b);
    assert_true(is_warm);
    assert_ptr_equal(lanes_take(&lanes, &is_warm), &c);
    assert_true(is_warm);
    assert_ptr_equal(lanes_take(&lanes, &is_warm), &a);
    assert_false(is_warm);
    assert_null(lanes_take(&lanes, &is_warm));
    assert_int_equal(lanes.used_count, 3);
}

static void a_closing_one_is_free_when_it_has_closed(void **state)
{
    struct lanes lanes;
    struct lane lane = {0};
    bool is_warm;

    (void)state;
    lanes_init(&lanes, 1, 0);
    lanes_add(&lanes, &lane);
    assert_ptr_equal(lanes_take(&lanes, &is_warm), &lane);
    lanes_closed(&lanes, &lane); /* its user hears of it otherwise */
    assert_int_equal(lane.state, LANE_BUSY);
    lanes_give_back(&lanes, &lane, LANE_CLOSING);
    assert_null(lanes_take(&lanes, &is_warm));
    assert_int_equal(lanes.used_count, 1);
    lanes_closed(&lanes, &lane);
    assert_ptr_equal(lanes_take(&lanes, &is_warm), &lane);
    assert_false(is_warm);
    lanes_give_back(&lanes, &lane, LANE_WARM);
    lanes_closed(&lanes, &lane);
    assert_ptr_equal(lanes_take(&lanes, &is_warm), &lane);
    assert_false(is_warm);
    lanes_remove(&lanes, &lane);
    assert_int_equal(lanes.used_count, 0);
    assert_int_equal(lanes.lane_count, 0);
}

static void waiters_are_served_in_order_and_bounded(void **state)
{
    struct lanes lanes;
    struct lane lane = {0};
    struct lane_waiter waiters[4] = {0};
    bool is_warm;

    (void)state;
    lanes_init(&lanes, 1, 2);
    lanes_add(&lanes, &lane);
    lanes_take(&lanes, &is_warm);
    assert_int_equal(lanes_wait(&lanes, &waiters[0]), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[1]), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[2]), -1);
    assert_ptr_equal(lanes_next_waiter(&lanes), &waiters[0]);
    assert_int_equal(lanes_wait(&lanes, &waiters[2]), 0);
    lanes_wait_first(&lanes, &waiters[0]);
    assert_ptr_equal(lanes_next_waiter(&lanes), &waiters[0]);
    lanes_forget(&lanes, &waiters[1]);
    lanes_forget(&lanes, &waiters[1]);
    assert_int_equal(lanes.waiter_count, 1);
    assert_ptr_equal(lanes_next_waiter(&lanes), &waiters[2]);
    assert_null(lanes_next_waiter(&lanes));
    /* A lane that is free, for which somebody waits all the same, adds to the bound. */
    lanes_give_back(&lanes, &lane, LANE_COLD);
    assert_int_equal(lanes_wait(&lanes, &waiters[0]), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[1]), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[2]), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[3]), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_last_used_is_taken_first),
                                       cmocka_unit_test(a_closing_one_is_free_when_it_has_closed),
                                       cmocka_unit_test(waiters_are_served_in_order_and_bounded)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

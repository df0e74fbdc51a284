#include "lanes.h"

#include "alloc_fail.h"

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
    struct lane_waiter waiters[4] = {0}, *displaced;
    bool is_warm;

    (void)state;
    lanes_init(&lanes, 1, 2);
    lanes_add(&lanes, &lane);
    lanes_take(&lanes, &is_warm);
    assert_int_equal(lanes_wait(&lanes, &waiters[0], &displaced), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[1], &displaced), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[2], &displaced), -1);
    assert_null(displaced);
    assert_ptr_equal(lanes_first_waiter(&lanes), &waiters[0]);
    assert_ptr_equal(lanes_first_waiter(&lanes), &waiters[0]);
    lanes_served(&lanes, &waiters[0]);
    assert_int_equal(lanes_wait(&lanes, &waiters[2], &displaced), 0);
    lanes_forget(&lanes, &waiters[1]);
    lanes_forget(&lanes, &waiters[1]);
    assert_int_equal(lanes.waiter_count, 1);
    assert_ptr_equal(lanes_first_waiter(&lanes), &waiters[2]);
    lanes_served(&lanes, &waiters[2]);
    lanes_served(&lanes, &waiters[2]);
    assert_null(lanes_first_waiter(&lanes));
    /* A lane that is free, for which somebody waits all the same, adds to the bound. */
    lanes_give_back(&lanes, &lane, LANE_COLD);
    assert_int_equal(lanes_wait(&lanes, &waiters[0], &displaced), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[1], &displaced), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[2], &displaced), 0);
    assert_int_equal(lanes_wait(&lanes, &waiters[3], &displaced), -1);
    while (lanes_first_waiter(&lanes))
        lanes_served(&lanes, lanes_first_waiter(&lanes));
    lanes_fini(&lanes);
}

#define GREEDY 1000

static void requesters_take_turns(void **state)
{
    static struct lane_waiter greedy[GREEDY];
    struct lane_waiter others[3] = {{.requester = 2}, {.requester = 2}, {.requester = 3}};
    struct lane_waiter *displaced, *const order[] = {&greedy[0], &others[0], &others[2],
                                                     &greedy[1], &others[1], &greedy[2]};
    struct lanes lanes;
    size_t n;

    (void)state;
    lanes_init(&lanes, 0, GREEDY + 3);
    for (n = 0; n < GREEDY; n++) {
        greedy[n].requester = 1;
        assert_int_equal(lanes_wait(&lanes, &greedy[n], &displaced), 0);
    }
    for (n = 0; n < 3; n++)
        assert_int_equal(lanes_wait(&lanes, &others[n], &displaced), 0);
    for (n = 0; n < sizeof(order) / sizeof(order[0]); n++) {
        assert_ptr_equal(lanes_first_waiter(&lanes), order[n]);
        lanes_served(&lanes, order[n]);
    }
    for (n = 3; n < GREEDY; n++)
        lanes_served(&lanes, &greedy[n]);
    assert_int_equal(lanes.waiter_count, 0);
    lanes_fini(&lanes);
}

static void the_longest_line_gives_way(void **state)
{
    struct lane_waiter greedy[4] = {
        {.requester = 1}, {.requester = 1}, {.requester = 1}, {.requester = 1}};
    struct lane_waiter other[3] = {{.requester = 2}, {.requester = 2}, {.requester = 2}};
    struct lane_waiter *displaced;
    struct lanes lanes;
    size_t n;

    (void)state;
    lanes_init(&lanes, 0, 4);
    for (n = 0; n < 4; n++)
        assert_int_equal(lanes_wait(&lanes, &greedy[n], &displaced), 0);
    for (n = 0; n < 2; n++) {
        assert_int_equal(lanes_wait(&lanes, &other[n], &displaced), 0);
        assert_ptr_equal(displaced, &greedy[3 - n]);
        assert_null(displaced->line);
        assert_int_equal(lanes.waiter_count, 4);
    }
    /* Two and two: nobody has more than his part. */
    assert_int_equal(lanes_wait(&lanes, &other[2], &displaced), -1);
    assert_int_equal(lanes_wait(&lanes, &greedy[2], &displaced), -1);
    assert_null(displaced);
    while (lanes_first_waiter(&lanes))
        lanes_served(&lanes, lanes_first_waiter(&lanes));
    lanes_fini(&lanes);
}

static void short_memory_for_a_line_is_an_answer(void **state)
{
    struct lane_waiter waiter = {.requester = 1}, *displaced;
    struct lanes lanes;

    (void)state;
    lanes_init(&lanes, 0, 4);
    alloc_fail_arm(0);
    assert_int_equal(lanes_wait(&lanes, &waiter, &displaced), -1);
    assert_true(alloc_fail_disarm());
    assert_int_equal(lanes.waiter_count, 0);
    assert_int_equal(lanes_wait(&lanes, &waiter, &displaced), 0);
    lanes_forget(&lanes, &waiter);
    lanes_fini(&lanes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_last_used_is_taken_first),
                                       cmocka_unit_test(a_closing_one_is_free_when_it_has_closed),
                                       cmocka_unit_test(waiters_are_served_in_order_and_bounded),
                                       cmocka_unit_test(requesters_take_turns),
                                       cmocka_unit_test(the_longest_line_gives_way),
                                       cmocka_unit_test(short_memory_for_a_line_is_an_answer)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "timers.h"

#include "alloc_fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT 500

struct entry {
    struct timer timer;
    int fired;
    struct timers *restart_in;
};

static uint64_t last_due_us;

static void on_fire(struct timer *timer)
{
    struct entry *entry = (struct entry *)timer;

    assert_true(timer->due_us >= last_due_us);
    last_due_us = timer->due_us;
    entry->fired++;
    if (entry->restart_in)
        assert_int_equal(timers_start(entry->restart_in, timer, 0), 0);
}

static void fire_in_order_and_once(void **state)
{
    static struct entry entries[COUNT];
    struct timers timers = {0};
    uint64_t seed = 1, now_us;
    size_t n, fired = 0;

    (void)state;
    for (n = 0; n < COUNT; n++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        entries[n].timer.fire = on_fire;
        assert_int_equal(timers_start(&timers, &entries[n].timer, seed >> 50), 0);
    }
    for (n = 0; n < COUNT; n += 3) /* some are stopped, some move */
        timers_stop(&timers, &entries[n].timer);
    for (n = 1; n < COUNT; n += 3)
        assert_int_equal(timers_start(&timers, &entries[n].timer, entries[n].timer.due_us / 2), 0);
    last_due_us = 0;
    for (now_us = 0; now_us <= 16384; now_us += 64) {
        timers_run(&timers, now_us);
        assert_true(timers_next_us(&timers) > now_us);
    }
    for (n = 0; n < COUNT; n++) {
        assert_int_equal(entries[n].fired, n % 3 ? 1 : 0);
        assert_int_equal(entries[n].timer.place, 0);
        fired += (size_t)entries[n].fired;
    }
    assert_int_equal(fired, COUNT - (COUNT + 2) / 3);
    assert_true(timers_next_us(&timers) == UINT64_MAX);
    timers_fini(&timers);
}

static void one_that_restarts_itself_does_not_hold_the_loop(void **state)
{
    struct timers timers = {0};
    struct entry entry = {.timer = {.fire = on_fire}, .restart_in = &timers};

    (void)state;
    last_due_us = 0;
    assert_int_equal(timers_start(&timers, &entry.timer, 0), 0);
    timers_run(&timers, 10);
    assert_int_equal(entry.fired, 1);
    timers_run(&timers, 10);
    assert_int_equal(entry.fired, 2);
    timers_stop(&timers, &entry.timer);
    timers_stop(&timers, &entry.timer);
    timers_run(&timers, 10);
    assert_int_equal(entry.fired, 2);
    timers_fini(&timers);
}

static void room_that_is_reserved_is_there(void **state)
{
    struct timers timers = {0};
    struct entry entries[3] = {0};
    size_t n;

    (void)state;
    assert_int_equal(timers_reserve(&timers, 3), 0);
    alloc_fail_arm(0);
    for (n = 0; n < 3; n++)
        assert_int_equal(timers_start(&timers, &entries[n].timer, n), 0);
    assert_false(alloc_fail_disarm());
    timers_fini(&timers);
    assert_int_equal(entries[1].timer.place, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fire_in_order_and_once),
        cmocka_unit_test(one_that_restarts_itself_does_not_hold_the_loop),
        cmocka_unit_test(room_that_is_reserved_is_there)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The recovery's decision table, row by row. */
#include "catch_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct store_state some = {.epoch = "e", .head = 20, .oldest = 11, .history_from = 16};
static const struct store_state none = {.epoch = "e", .head = 0, .oldest = 1, .history_from = 1};

static void newcomers_get_the_newest_of_the_history(void **state)
{
    struct catch_up got;

    (void)state;
    got = catch_up_newest(&some, 3);
    assert_int_equal(got.first, 18);
    assert_int_equal(got.last, 20);
    got = catch_up_newest(&some, 50);
    assert_int_equal(got.first, 16);
    got = catch_up_newest(&some, 0);
    assert_int_equal(got.first, 21);
    got = catch_up_newest(&none, 50);
    assert_true(got.first > got.last);
}

static void rows(void **state)
{
    static const struct {
        const char *epoch;
        uint64_t since;
        enum recovery kind;
        uint64_t first, missed;
    } table[] = {
        {"e", 20, RECOVERY_WHOLE, 21, 0},   {"e", 15, RECOVERY_WHOLE, 16, 0},
        {"e", 10, RECOVERY_WHOLE, 11, 0},   {"e", 9, RECOVERY_GAP, 21, 1},
        {"e", 0, RECOVERY_GAP, 21, 10},     {"e", 21, RECOVERY_UNKNOWN, 21, 0},
        {"f", 20, RECOVERY_UNKNOWN, 21, 0}, {"", 0, RECOVERY_UNKNOWN, 21, 0},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(table) / sizeof(table[0]); n++) {
        struct catch_up got = catch_up_since(&some, table[n].epoch, table[n].since);

        assert_int_equal(catch_up_kind(&got), table[n].kind);
        assert_int_equal(got.first, table[n].first);
        assert_int_equal(got.last, 20);
        assert_int_equal(got.missed, table[n].missed);
    }
}

static void an_empty_room_is_recovered_from_0(void **state)
{
    struct catch_up got = catch_up_since(&none, "e", 0);

    (void)state;
    assert_true(got.is_recovered);
    assert_true(got.first > got.last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newcomers_get_the_newest_of_the_history),
        cmocka_unit_test(rows),
        cmocka_unit_test(an_empty_room_is_recovered_from_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "out_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void frames_come_out_in_order_and_whole(void **state)
{
    struct out_queue queue = {0};
    const void *bytes;

    (void)state;
    assert_int_equal(out_queue_add(&queue, WS_TEXT, "abc", 3, 100), 0);
    assert_int_equal(out_queue_add(&queue, WS_PING, "", 0, 100), 0);
    assert_int_equal(out_queue_add(&queue, WS_TEXT, "d", 1, 100), 0);
    assert_int_equal(out_queue_waiting(&queue), 10);
    assert_int_equal(out_queue_take(&queue, 8, &bytes), 7);
    assert_memory_equal(bytes,
                        "\x81\x03"
                        "abc\x89\x00",
                        7);
    assert_int_equal(out_queue_waiting(&queue), 3);
    assert_int_equal(out_queue_add(&queue, WS_TEXT, "e", 1, 100), 0);
    assert_int_equal(out_queue_take(&queue, 1, &bytes), 3);
    assert_memory_equal(bytes,
                        "\x81\x01"
                        "d",
                        3);
    assert_int_equal(out_queue_take(&queue, 100, &bytes), 3);
    assert_int_equal(out_queue_waiting(&queue), 0);
    out_queue_tidy(&queue);
    assert_null(queue.frames.data); /* an idle one holds no memory */
    assert_int_equal(out_queue_take(&queue, 100, &bytes), 0);
    out_queue_fini(&queue);
}

static void the_bound_counts_what_waits(void **state)
{
    struct out_queue queue = {0};
    const void *bytes;

    (void)state;
    assert_int_equal(out_queue_add(&queue, WS_TEXT, "12345678", 8, 10), 0);
    assert_int_equal(out_queue_add(&queue, WS_TEXT, "", 0, 10), -1);
    assert_int_equal(out_queue_waiting(&queue), 10);
    assert_int_equal(out_queue_add_finished(&queue, "\x88\x00", 2), 0);
    assert_int_equal(out_queue_take(&queue, 100, &bytes), 12);
    assert_int_equal(out_queue_add(&queue, WS_TEXT, "12345678", 8, 10), 0);
    out_queue_fini(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_in_order_and_whole),
        cmocka_unit_test(the_bound_counts_what_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "rx_buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum rx_result feed(struct rx_buf *rx, const char *text, size_t announced, const char *ends,
                           const char **message, size_t *len)
{
    struct rx_piece piece = {.data = text,
                             .len = strlen(text),
                             .announced = announced,
                             .is_first = ends[0] == '<',
                             .is_last = ends[1] == '>'};

    return rx_buf_feed(rx, &piece, 10, message, len);
}

static void one_piece_passes_without_a_copy(void **state)
{
    struct rx_buf rx = {0};
    const char *text = "hello", *message;
    size_t len;

    (void)state;
    assert_int_equal(feed(&rx, text, 0, "<>", &message, &len), RX_WHOLE);
    assert_ptr_equal(message, text);
    assert_int_equal(len, 5);
    assert_null(rx.pieces.data);
}

static void pieces_become_one_message(void **state)
{
    struct rx_buf rx = {0};
    const char *message;
    size_t len;
    int round;

    (void)state;
    for (round = 0; round < 2; round++) {
        assert_int_equal(feed(&rx, "ab", 2, "< ", &message, &len), RX_MORE);
        assert_int_equal(feed(&rx, "cd", 0, "  ", &message, &len), RX_MORE);
        assert_int_equal(feed(&rx, "", 0, " >", &message, &len), RX_WHOLE);
        assert_int_equal(len, 4);
        assert_memory_equal(message, "abcd", 4);
    }
    rx_buf_fini(&rx);
}

static void an_empty_message_is_whole(void **state)
{
    struct rx_buf rx = {0};
    struct rx_piece piece = {.data = NULL, .is_first = true, .is_last = true};
    const char *message;
    size_t len = 7;

    (void)state;
    assert_int_equal(rx_buf_feed(&rx, &piece, 10, &message, &len), RX_WHOLE);
    assert_int_equal(len, 0);
    assert_non_null(message);
}

static void exactly_the_limit_passes_and_one_more_does_not(void **state)
{
    struct rx_buf rx = {0};
    const char *message;
    size_t len;

    (void)state;
    assert_int_equal(feed(&rx, "0123456789", 0, "<>", &message, &len), RX_WHOLE);
    assert_int_equal(feed(&rx, "0123456789x", 0, "<>", &message, &len), RX_TOO_BIG);
    assert_int_equal(feed(&rx, "01234567", 0, "< ", &message, &len), RX_MORE);
    assert_int_equal(feed(&rx, "89", 0, " >", &message, &len), RX_WHOLE);
    assert_int_equal(feed(&rx, "01234567", 0, "< ", &message, &len), RX_MORE);
    assert_int_equal(feed(&rx, "89x", 0, " >", &message, &len), RX_TOO_BIG);
    assert_null(rx.pieces.data);
}

static void an_announced_excess_is_refused_before_it_comes(void **state)
{
    struct rx_buf rx = {0};
    const char *message;
    size_t len;

    (void)state;
    assert_int_equal(feed(&rx, "0", 10, "< ", &message, &len), RX_TOO_BIG);
    assert_int_equal(feed(&rx, "0", (size_t)-1, "< ", &message, &len), RX_TOO_BIG);
    assert_int_equal(feed(&rx, "0", 9, "< ", &message, &len), RX_MORE);
    rx_buf_fini(&rx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_piece_passes_without_a_copy),
        cmocka_unit_test(pieces_become_one_message),
        cmocka_unit_test(an_empty_message_is_whole),
        cmocka_unit_test(exactly_the_limit_passes_and_one_more_does_not),
        cmocka_unit_test(an_announced_excess_is_refused_before_it_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

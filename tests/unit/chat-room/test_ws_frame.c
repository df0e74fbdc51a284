#include "ws_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void lengths_take_the_form_that_the_rfc_wants(void **state)
{
    static const struct {
        uint64_t len;
        uint8_t head[WS_FRAME_HEAD_MAX];
        size_t bytes;
    } cases[] = {
        {0, {0x81, 0}, 2},
        {125, {0x81, 125}, 2},
        {126, {0x81, 126, 0, 126}, 4},
        {65535, {0x81, 126, 0xff, 0xff}, 4},
        {65536, {0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}, 10},
    };
    uint8_t head[WS_FRAME_HEAD_MAX];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        assert_int_equal(ws_frame_head(head, WS_TEXT, cases[n].len), cases[n].bytes);
        assert_memory_equal(head, cases[n].head, cases[n].bytes);
    }
}

static void a_frame_measures_what_its_head_says(void **state)
{
    static const size_t lengths[] = {0, 1, 125, 126, 65535, 65536, 100000};
    uint8_t head[WS_FRAME_HEAD_MAX];
    size_t n, measured, bytes;

    (void)state;
    for (n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++) {
        bytes = ws_frame_head(head, WS_PING, lengths[n]);
        assert_int_equal(ws_frame_measure(head, &measured), bytes + lengths[n]);
        assert_int_equal(measured, bytes);
    }
}

static void a_close_frame_holds_code_and_reason(void **state)
{
    uint8_t frame[WS_CLOSE_FRAME_MAX];

    (void)state;
    assert_int_equal(ws_frame_close(frame, 4002, "slow"), 8);
    assert_memory_equal(frame, "\x88\x06\x0f\xa2slow", 8);
}

static void a_long_reason_is_cut_between_characters(void **state)
{
    uint8_t frame[WS_CLOSE_FRAME_MAX];
    char reason[200];
    size_t n;

    (void)state;
    for (n = 0; n < 180; n += 3)
        memcpy(reason + n, "\xe4\xb8\xad", 3);
    reason[180] = '\0';
    assert_int_equal(ws_frame_close(frame, 1000, reason), 2 + 2 + 123);
    reason[0] = 'x';
    memmove(reason + 1, reason + 3, 178);
    assert_int_equal(ws_frame_close(frame, 1000, reason), 2 + 2 + 121);
}

static void fit_counts_whole_frames_and_at_least_one(void **state)
{
    static const uint8_t run[] = "\x81\x03"
                                 "abc"
                                 "\x81\x01"
                                 "d"
                                 "\x81\x00";
    size_t all = 5 + 3 + 2;

    (void)state;
    assert_int_equal(ws_frame_fit(run, all, 100), all);
    assert_int_equal(ws_frame_fit(run, all, 9), 8);
    assert_int_equal(ws_frame_fit(run, all, 7), 5);
    assert_int_equal(ws_frame_fit(run, all, 1), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_take_the_form_that_the_rfc_wants),
        cmocka_unit_test(a_frame_measures_what_its_head_says),
        cmocka_unit_test(a_close_frame_holds_code_and_reason),
        cmocka_unit_test(a_long_reason_is_cut_between_characters),
        cmocka_unit_test(fit_counts_whole_frames_and_at_least_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

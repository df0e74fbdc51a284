#include "text_mode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct text_mode tutorial = {"进入聊天室", "说：", "离开聊天室", "公告",
                                          "%Y-%m-%d %H:%M:%S"};

static void lines_are_the_tutorial_s(void **state)
{
    struct bytes out = {0};
    struct message message = {.time_ms = 1700000000999,
                              .label = "127.0.0.1",
                              .text = "hi\n[x]-[y]-\xe8\xaf\xb4",
                              .text_len = 14};

    (void)state;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    assert_int_equal(text_mode_open(&out, &tutorial, "127.0.0.1", 1700000000000), 0);
    assert_string_equal(out.data, "[127.0.0.1]-[2023-11-15 06:13:20]-进入聊天室");
    bytes_clear(&out);
    assert_int_equal(text_mode_say(&out, &tutorial, &message), 0);
    assert_string_equal(out.data, "[127.0.0.1]-[2023-11-15 06:13:20]-说：hi [x]-[y]-说");
    bytes_clear(&out);
    assert_int_equal(text_mode_close(&out, &tutorial, "::1", 1700000000000), 0);
    assert_string_equal(out.data, "[::1]-[2023-11-15 06:13:20]-离开聊天室");
    bytes_clear(&out);
    assert_int_equal(text_mode_whisper(&out, &tutorial, &message), 0);
    assert_string_equal(out.data, "[127.0.0.1]-[2023-11-15 06:13:20]-(私聊)hi [x]-[y]-说");
    bytes_fini(&out);
}

static void an_endless_time_is_left_out(void **state)
{
    char format[130];
    struct text_mode mode = tutorial;
    struct bytes out = {0};

    (void)state;
    memset(format, 'x', sizeof(format) - 1);
    format[sizeof(format) - 1] = '\0';
    mode.time_format = format;
    assert_int_equal(text_mode_open(&out, &mode, "a", 0), 0);
    assert_string_equal(out.data, "[a]-[]-进入聊天室");
    bytes_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_the_tutorial_s),
        cmocka_unit_test(an_endless_time_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

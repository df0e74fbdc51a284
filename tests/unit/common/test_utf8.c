#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void good_and_bad_sequences_are_told_apart(void **state)
{
    static const char *const good[] = {
        "",
        "plain ascii, longer than eight bytes",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "eight by\xe8\xbf\x9b\xe5\x85\xa5 and more",
    };
    static const char *const bad[] = {
        "\x80",             /* continuation without a beginning */
        "\xff",             /* never a byte of UTF-8 */
        "\xc0\xaf",         /* overlong */
        "\xc1\xbf",         /* overlong */
        "\xe0\x9f\xbf",     /* overlong */
        "\xf0\x8f\xbf\xbf", /* overlong */
        "\xed\xa0\x80",     /* a surrogate */
        "\xed\xbf\xbf",     /* a surrogate */
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf8\x88\x80\x80\x80",
        "12345678\xe8\xbf", /* cut off */
        "\xe8\x28\xa1",
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(good) / sizeof(good[0]); n++)
        assert_true(utf8_is_valid(good[n], strlen(good[n])));
    for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++)
        assert_false(utf8_is_valid(bad[n], strlen(bad[n])));
}

static void code_points_are_counted(void **state)
{
    (void)state;
    assert_int_equal(utf8_count("a\xc3\xa4\xe4\xb8\xad\xf0\x9f\x98\x80", 10), 4);
}

static void check_text(const char *in, size_t len, const char *expected)
{
    struct bytes out = {0};

    assert_int_equal(utf8_clean_text(&out, in, len), 0);
    assert_int_equal(out.len, strlen(expected));
    assert_memory_equal(out.data, expected, out.len);
    bytes_fini(&out);
}

static void text_loses_controls_and_outer_space(void **state)
{
    (void)state;
    check_text("  hello \n", 9, "hello");
    check_text("a\nb\tc", 5, "a\nb\tc");
    check_text("a\0b\x01\x7f\xc2\x85"
               "c\r\n",
               10, "abc");
    check_text("\xe3\x80\x80\xc2\xa0x y\xe2\x80\x83", 11, "x y");
    check_text("\t \n", 3, "");
    check_text("", 0, "");
    check_text("\xc2\xa9", 2, "\xc2\xa9"); /* not every C2 begins a control character */
}

static void a_line_has_a_space_for_each_control(void **state)
{
    struct bytes out = {0};

    (void)state;
    assert_int_equal(utf8_clean_line(&out, " a\r\nb\xc2\x85\xe8\xaf\xb4\x1b ", 12), 0);
    assert_string_equal(out.data, " a  b \xe8\xaf\xb4  ");
    bytes_fini(&out);
}

/* Whole texts are looked at eight bytes at a time: no place may be passed over. */
static void a_control_is_found_wherever_it_stands(void **state)
{
    static const char controls[] = {0x01, 0x1f, 0x7f};
    char text[26], expected[26];
    size_t len, at, n;

    (void)state;
    for (len = 1; len <= 25; len++)
        for (at = 0; at < len; at++)
            for (n = 0; n < sizeof(controls); n++) {
                struct bytes out = {0};

                memset(text, '~', sizeof(text)); /* the highest of ASCII */
                memset(expected, '~', sizeof(expected));
                text[at] = controls[n];
                expected[at] = ' ';
                assert_int_equal(utf8_clean_line(&out, text, len), 0);
                assert_int_equal(out.len, len);
                assert_memory_equal(out.data, expected, len);
                bytes_fini(&out);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_and_bad_sequences_are_told_apart),
        cmocka_unit_test(code_points_are_counted),
        cmocka_unit_test(text_loses_controls_and_outer_space),
        cmocka_unit_test(a_line_has_a_space_for_each_control),
        cmocka_unit_test(a_control_is_found_wherever_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Complaints are one readable line, whatever is in them. */
#include "conf_complain.h"

#include "complaints.h"
#include "conf_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void complain(struct complaints *complaints, bool is_error, const struct conf_place *place,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

static void complain(struct complaints *complaints, bool is_error, const struct conf_place *place,
                     const char *format, ...)
{
    struct conf_env env = {.complain = complaints_take, .user = complaints};
    va_list args;

    bytes_clear(&complaints->lines);
    va_start(args, format);
    conf_complain(&env, is_error, place, format, args);
    va_end(args);
}

static void leaves_out_what_is_not_known(void **state)
{
    struct conf_source source = {.file = "d/conf"};
    struct conf_place place = {.source = &source, .path = "vhosts[0].port", .line = 12};
    struct complaints complaints = {.errors = 0};

    (void)state;
    complain(&complaints, true, &place, "%d is taken", 80);
    assert_string_equal(complaints.lines.data, "d/conf:12: vhosts[0].port: 80 is taken\n");
    complain(&complaints, false, &place, "ignored");
    assert_string_equal(complaints.lines.data, "d/conf:12: vhosts[0].port: warning: ignored\n");
    place.path = "";
    complain(&complaints, true, &place, "no");
    assert_string_equal(complaints.lines.data, "d/conf:12: no\n");
    place.line = 0;
    complain(&complaints, true, &place, "no");
    assert_string_equal(complaints.lines.data, "d/conf: no\n");
    assert_int_equal(complaints.errors, 3);
    assert_int_equal(complaints.warnings, 1);
    bytes_fini(&complaints.lines);
}

static void stays_one_line_of_plain_text(void **state)
{
    struct conf_source source = {.file = "a\nb"};
    struct conf_place place = {.source = &source, .path = "x\033[2Jy\177é", .line = 1};
    struct complaints complaints = {.errors = 0};

    (void)state;
    complain(&complaints, true, &place, "%s", "tab\there\r\n");
    assert_string_equal(complaints.lines.data, "a?b:1: x?[2Jy?é: tab?here??\n");
    bytes_fini(&complaints.lines);
}

static void cuts_long_parts_between_characters(void **state)
{
    char file[2000], path[2000], reason[4000];
    struct conf_source source = {.file = file};
    struct conf_place place = {.source = &source, .path = path, .line = 1};
    struct complaints complaints = {.errors = 0};
    size_t n;

    (void)state;
    memset(file, 'f', sizeof(file) - 1);
    memset(reason, 'r', sizeof(reason) - 1);
    file[sizeof(file) - 1] = reason[sizeof(reason) - 1] = '\0';
    strcpy(path, "x");
    for (n = 1; n + 2 < sizeof(path); n += 2)
        strcpy(path + n, "é");
    complain(&complaints, true, &place, "%s", reason);
    assert_true(complaints.lines.len < 1300);
    assert_non_null(strstr(complaints.lines.data, "éé…: rrrr"));
    bytes_fini(&complaints.lines);
}

static void clips_values_for_quoting(void **state)
{
    char out[CONF_CLIP_BYTES];

    (void)state;
    assert_string_equal(conf_clip("", out), "");
    assert_string_equal(conf_clip("short", out), "short");
    assert_string_equal(
        conf_clip("123456789012345678901234567890123456789012345678901234567890", out),
        "123456789012345678901234567890123456789012345678901234567890");
    assert_string_equal(
        conf_clip("1234567890123456789012345678901234567890123456789012345678901", out),
        "123456789012345678901234567890123456789012345678901234567890…");
    assert_string_equal(
        conf_clip("12345678901234567890123456789012345678901234567890123456789é", out),
        "12345678901234567890123456789012345678901234567890123456789…");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_out_what_is_not_known),
        cmocka_unit_test(stays_one_line_of_plain_text),
        cmocka_unit_test(cuts_long_parts_between_characters),
        cmocka_unit_test(clips_values_for_quoting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

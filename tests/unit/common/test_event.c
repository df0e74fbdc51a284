#include "event.h"

#include "alloc_fail.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON_MS 1767268800123 /* 2026-01-01 12:00:00.123 UTC */

static void check(const struct event *event, enum event_format format, int64_t wall_ms,
                  const char *expected)
{
    struct bytes out = {0};

    assert_int_equal(event_write(event, format, wall_ms, &out), 0);
    assert_string_equal(out.data, expected);
    bytes_fini(&out);
}

static void a_line_of_each_format(void **state)
{
    struct event event;

    (void)state;
    event_begin(&event, "http");
    event_text(&event, "path", "/a b");
    event_text(&event, "client", "::1");
    event_text(&event, "nothing", NULL);
    event_number(&event, "status", 200);
    check(&event, EVENT_KEY_VALUE, NOON_MS,
          "time=2026-01-01T12:00:00.123Z event=http path=\"/a b\" client=::1 status=200\n");
    check(&event, EVENT_JSON, NOON_MS,
          "{\"time\":\"2026-01-01T12:00:00.123Z\",\"event\":\"http\",\"path\":\"/a b\","
          "\"client\":\"::1\",\"status\":200}\n");
    check(&event, EVENT_KEY_VALUE, -1, "event=http path=\"/a b\" client=::1 status=200\n");
    check(&event, EVENT_JSON, -1,
          "{\"event\":\"http\",\"path\":\"/a b\",\"client\":\"::1\",\"status\":200}\n");
}

static void what_is_written_of(const char *text, size_t len, const char *expected)
{
    struct event event;
    struct bytes line = {0};

    event_begin(&event, "x");
    event_bytes(&event, "v", text, len);
    bytes_printf(&line, "event=x v=%s\n", expected);
    check(&event, EVENT_KEY_VALUE, -1, line.data);
    bytes_fini(&line);
}

static void texts_that_would_be_something_else_are_quoted(void **state)
{
    (void)state;
    what_is_written_of("", 0, "\"\"");
    what_is_written_of("plain-1.2_3:/@+", 15, "plain-1.2_3:/@+");
    what_is_written_of("a=b", 3, "\"a=b\"");
    what_is_written_of("say \"x\\\"", 8, "\"say \\\"x\\\\\\\"\"");
    what_is_written_of("1\n2 event=forged", 16, "\"1\\u000a2 event=forged\"");
    what_is_written_of("\r\x1b[31m\x7f", 7, "\"\\u000d\\u001b[31m\\u007f\"");
    what_is_written_of("a\0b", 3, "\"a\\u0000b\"");
    what_is_written_of("小明", 6, "\"小明\"");
    what_is_written_of("\xe2\x80\xaegnp.exe", 10, "\"\\u202egnp.exe\"");
    what_is_written_of("\xe2\x80\xa8\xc2\x85\xef\xbb\xbf", 8, "\"\\u2028\\u0085\\ufeff\"");
    what_is_written_of("\xf3\xa0\x81\x81", 4, "\"\\udb40\\udc41\"");
    what_is_written_of("\xff\xc3(", 3, "\"\\ufffd\\ufffd(\"");
}

static void a_long_text_is_cut_between_its_characters(void **state)
{
    char text[2 * EVENT_TEXT_BYTES + 1] = "";
    struct event event;
    struct bytes out = {0};
    json_t *json;

    (void)state;
    memset(text, 'a', EVENT_TEXT_BYTES - 1);
    strcat(text, "小明");
    event_begin(&event, "x");
    event_text(&event, "v", text);
    assert_int_equal(event_write(&event, EVENT_JSON, 0, &out), 0);
    assert_in_range(out.len, EVENT_TEXT_BYTES, EVENT_TEXT_BYTES + 80);
    json = json_loadb(out.data, out.len, 0, NULL);
    assert_non_null(json);
    assert_non_null(strstr(json_string_value(json_object_get(json, "v")), "a小..."));
    json_decref(json);
    bytes_fini(&out);
}

static void more_fields_than_there_is_room_for_are_left_out(void **state)
{
    struct event event;
    int n;

    (void)state;
    event_begin(&event, "x");
    for (n = 0; n < EVENT_FIELDS + 3; n++)
        event_number(&event, "n", (uint64_t)n);
    assert_int_equal(event.count, EVENT_FIELDS);
}

/* Whatever the bytes are: one line, and as JSON one object with just these members. */
static void any_bytes_stay_one_line_and_one_field(void **state)
{
    char text[24];
    int round;

    (void)state;
    srand(20260101);
    for (round = 0; round < 20000; round++) {
        size_t len = (size_t)rand() % sizeof(text), n;
        struct event event;
        struct bytes out = {0};
        json_t *json;

        for (n = 0; n < len; n++)
            text[n] = (char)(rand() % 4 ? rand() : "\n\"\\= \xe2\x80\xae"[rand() % 8]);
        event_begin(&event, "x");
        event_bytes(&event, "v", text, len);
        event_number(&event, "last", 1);
        assert_int_equal(event_write(&event, EVENT_JSON, 0, &out), 0);
        assert_ptr_equal(strchr(out.data, '\n'), out.data + out.len - 1);
        json = json_loadb(out.data, out.len, JSON_ALLOW_NUL, NULL);
        assert_non_null(json);
        assert_int_equal(json_object_size(json), 4);
        json_decref(json);
        bytes_clear(&out);
        assert_int_equal(event_write(&event, EVENT_KEY_VALUE, 0, &out), 0);
        assert_ptr_equal(strchr(out.data, '\n'), out.data + out.len - 1);
        assert_string_equal(out.data + out.len - 8, " last=1\n");
        for (n = 0; n + 1 < out.len; n++)
            assert_false((unsigned char)out.data[n] < 0x20 || out.data[n] == 0x7f);
        bytes_fini(&out);
    }
}

static void short_memory_is_told(void **state)
{
    struct event event;
    unsigned long n;
    bool failed = true;

    (void)state;
    event_begin(&event, "x");
    event_text(&event, "v", "a b");
    for (n = 0; failed; n++) {
        struct bytes out = {0};
        int result;

        alloc_fail_arm(n);
        result = event_write(&event, EVENT_JSON, 0, &out);
        failed = alloc_fail_disarm();
        assert_int_equal(result, failed ? -1 : 0);
        bytes_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_each_format),
        cmocka_unit_test(texts_that_would_be_something_else_are_quoted),
        cmocka_unit_test(a_long_text_is_cut_between_its_characters),
        cmocka_unit_test(more_fields_than_there_is_room_for_are_left_out),
        cmocka_unit_test(any_bytes_stay_one_line_and_one_field),
        cmocka_unit_test(short_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

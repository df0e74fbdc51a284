/* Event streams, byte by byte. */
#include "sse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect(struct bytes *out, const char *text)
{
    assert_string_equal(out->data, text);
    bytes_fini(out);
}

static void a_stream_begins_without_an_event(void **state)
{
    struct bytes out = {0};

    (void)state;
    assert_int_equal(sse_begin(&out, "e1", 7), 0);
    expect(&out, "retry: 2000\nid: e1:7\n\n");
}

static void a_message_is_one_event_on_one_line(void **state)
{
    struct message message = {.offset = 8,
                              .time_ms = 1700000000123,
                              .nick = "Ann",
                              .user = "u1",
                              .cid = "c",
                              .text = "a\nb",
                              .text_len = 3};
    struct bytes out = {0};

    (void)state;
    assert_int_equal(sse_message(&out, "r", "e1", &message, true), 0);
    expect(&out,
           "id: e1:8\nevent: message\n"
           "data: {\"type\":\"message\",\"room\":\"r\",\"offset\":8,"
           "\"time\":\"2023-11-14T22:13:20.123Z\",\"from\":{\"nick\":\"Ann\",\"user\":\"u1\"},"
           "\"text\":\"a\\nb\",\"cid\":\"c\",\"replay\":true}\n\n");
    message.kind = MESSAGE_ANNOUNCED;
    message.user = message.cid = "";
    assert_int_equal(sse_message(&out, "r", "e1", &message, false), 0);
    expect(&out, "id: e1:8\nevent: announcement\n"
                 "data: {\"type\":\"announcement\",\"room\":\"r\",\"offset\":8,"
                 "\"time\":\"2023-11-14T22:13:20.123Z\",\"text\":\"a\\nb\"}\n\n");
}

static void a_gap_says_what_is_known(void **state)
{
    const uint64_t missed = 3;
    struct bytes out = {0};

    (void)state;
    assert_int_equal(sse_gap(&out, "r", "e2", 9, &missed), 0);
    expect(&out, "event: gap\ndata: {\"type\":\"gap\",\"room\":\"r\",\"epoch\":\"e2\",\"offset\":9,"
                 "\"missed\":3}\n\n");
    assert_int_equal(sse_gap(&out, "r", "e2", 9, NULL), 0);
    expect(&out, "event: gap\ndata: {\"type\":\"gap\",\"room\":\"r\",\"epoch\":\"e2\",\"offset\":9,"
                 "\"missed\":null}\n\n");
}

static void a_closed_room_is_told(void **state)
{
    struct bytes object = {0}, out = {0};

    (void)state;
    assert_int_equal(bytes_append_str(&object, "{}"), 0);
    assert_int_equal(sse_room_closed(&out, &object), 0);
    expect(&out, "event: room_closed\ndata: {}\n\n");
    bytes_fini(&object);
}

static void places_are_read_back(void **state)
{
    static const char *const bad[] = {"",
                                      ":",
                                      "a",
                                      "a:",
                                      ":1",
                                      "a:b",
                                      "a:1x",
                                      "a:-1",
                                      "a: 1",
                                      "0123456789abcdef0:1",
                                      "a:1234567890123456789"};
    struct sse_place place = {"before", 99};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
        assert_int_equal(sse_place_read(bad[n], strlen(bad[n]), &place), -1);
        assert_string_equal(place.epoch, "before");
        assert_int_equal(place.offset, 99);
    }
    assert_int_equal(sse_place_read("0123456789abcdef:120 tail", 20, &place), 0);
    assert_string_equal(place.epoch, "0123456789abcdef");
    assert_int_equal(place.offset, 120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_begins_without_an_event),
        cmocka_unit_test(a_message_is_one_event_on_one_line),
        cmocka_unit_test(a_gap_says_what_is_known),
        cmocka_unit_test(a_closed_room_is_told),
        cmocka_unit_test(places_are_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "wire_event.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct wire_id seven = {.kind = WIRE_ID_NUMBER, .number = 7};
static const struct wire_id none = {.kind = WIRE_ID_NONE};
static const struct wire_person ann = {"Ann", "u1"};

static struct message a_message(const char *text)
{
    return (struct message){.offset = 3,
                            .time_ms = 1700000000007,
                            .nick = "Ann",
                            .label = "l",
                            .user = "u1",
                            .cid = "c",
                            .text = text,
                            .text_len = strlen(text)};
}

static void check(struct bytes *out, const char *expected)
{
    json_t *json = json_loadb(out->data, out->len, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(json);
    json_decref(json);
    assert_string_equal(out->data, expected);
    bytes_fini(out);
}

static void a_message_is_written_as_documented(void **state)
{
    struct message message = a_message("hi");
    struct bytes out = {0};

    (void)state;
    assert_int_equal(wire_message(&out, "lobby", &message, false), 0);
    check(&out, "{\"type\":\"message\",\"room\":\"lobby\",\"offset\":3,"
                "\"time\":\"2023-11-14T22:13:20.007Z\",\"from\":{\"nick\":\"Ann\",\"user\":\"u1\"},"
                "\"text\":\"hi\",\"cid\":\"c\"}");
    message.cid = "";
    assert_int_equal(wire_message(&out, "lobby", &message, true), 0);
    check(&out, "{\"type\":\"message\",\"room\":\"lobby\",\"offset\":3,"
                "\"time\":\"2023-11-14T22:13:20.007Z\",\"from\":{\"nick\":\"Ann\",\"user\":\"u1\"},"
                "\"text\":\"hi\",\"replay\":true}");
}

static void an_announcement_is_from_nobody(void **state)
{
    struct message message = a_message("hi");
    const struct wire_id id = {0};
    struct bytes out = {0};

    (void)state;
    message.kind = MESSAGE_ANNOUNCED;
    message.cid = message.nick = message.user = "";
    assert_int_equal(wire_message(&out, "lobby", &message, true), 0);
    check(&out, "{\"type\":\"announcement\",\"room\":\"lobby\",\"offset\":3,"
                "\"time\":\"2023-11-14T22:13:20.007Z\",\"text\":\"hi\",\"replay\":true}");
    assert_int_equal(wire_history(&out, &id, "lobby", "e", &message, 1, false), 0);
    check(&out, "{\"type\":\"history\",\"room\":\"lobby\",\"epoch\":\"e\",\"messages\":["
                "{\"type\":\"announcement\",\"room\":\"lobby\",\"offset\":3,"
                "\"time\":\"2023-11-14T22:13:20.007Z\",\"text\":\"hi\"}],\"more\":false}");
}

static void who_is_put_out_is_told_why(void **state)
{
    struct bytes out = {0};

    (void)state;
    assert_int_equal(wire_expelled(&out, "r", &ann, 0, 2, "kicked: \"x\""), 0);
    check(&out, "{\"type\":\"leave\",\"room\":\"r\",\"user\":\"u1\",\"nick\":\"Ann\","
                "\"time\":\"1970-01-01T00:00:00.000Z\",\"count\":2,\"reason\":\"kicked\","
                "\"message\":\"kicked: \\\"x\\\"\"}");
    assert_int_equal(wire_room_closed(&out, "r", "over"), 0);
    check(&out, "{\"type\":\"room_closed\",\"room\":\"r\",\"reason\":\"over\"}");
}

static void every_character_survives(void **state)
{
    char text[300];
    size_t len = 0;
    unsigned c;
    struct message message;
    struct bytes out = {0};
    json_t *json;

    (void)state;
    for (c = 1; c < 0x80; c++)
        text[len++] = (char)c;
    strcpy(text + len, "\xe4\xb8\xad\xf0\x9f\x98\x80</script>");
    message = a_message(text);
    assert_int_equal(wire_message(&out, "r", &message, false), 0);
    json = json_loadb(out.data, out.len, 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "text")), text);
    json_decref(json);
    bytes_fini(&out);
}

static void joined_says_missed_and_recovered(void **state)
{
    struct wire_joined joined = {.id = &none,
                                 .room = "r",
                                 .self = ann,
                                 .epoch = "e",
                                 .offset = 9,
                                 .participants = &ann,
                                 .participant_count = 1,
                                 .count = 2};
    struct bytes out = {0};

    (void)state;
    assert_int_equal(wire_joined(&out, &joined), 0);
    check(&out, "{\"type\":\"joined\",\"room\":\"r\",\"nick\":\"Ann\",\"user\":\"u1\",\"epoch\":"
                "\"e\",\"offset\":9,\"replay\":0,\"missed\":null,"
                "\"participants\":[{\"nick\":\"Ann\",\"user\":\"u1\"}],\"count\":2}");
    joined.id = &seven;
    joined.has_since = joined.has_missed = true;
    joined.missed = 4;
    joined.participant_count = 0;
    assert_int_equal(wire_joined(&out, &joined), 0);
    check(&out, "{\"type\":\"joined\",\"id\":7,\"room\":\"r\",\"nick\":\"Ann\",\"user\":\"u1\","
                "\"epoch\":\"e\",\"offset\":9,\"recovered\":false,\"replay\":0,\"missed\":4,"
                "\"participants\":[],\"count\":2}");
}

static void errors_carry_what_is_known(void **state)
{
    struct bytes out = {0};

    (void)state;
    assert_int_equal(wire_error(&out, &none, NULL, REFUSAL_BAD_JSON, NULL, 0), 0);
    check(&out,
          "{\"type\":\"error\",\"code\":400,\"reason\":\"bad-json\",\"message\":\"This is not "
          "JSON.\",\"temporary\":false}");
    assert_int_equal(wire_error(&out, &seven, "r", REFUSAL_RATE_LIMITED, "Slow.", 250), 0);
    check(&out, "{\"type\":\"error\",\"id\":7,\"room\":\"r\",\"code\":429,\"reason\":"
                "\"rate-limited\",\"message\":\"Slow.\",\"temporary\":true,\"retry_after\":250}");
}

static void the_small_events_are_as_documented(void **state)
{
    struct bytes out = {0};
    const char *delivered[] = {"Bob"};
    struct wire_text to = {"bob", 3};
    struct message message = a_message("psst");

    (void)state;
    assert_int_equal(wire_presence(&out, WIRE_LEAVE, "r", &ann, 0, 2, "left"), 0);
    check(&out, "{\"type\":\"leave\",\"room\":\"r\",\"user\":\"u1\",\"nick\":\"Ann\",\"time\":"
                "\"1970-01-01T00:00:00.000Z\",\"count\":2,\"reason\":\"left\"}");
    assert_int_equal(wire_renamed(&out, "r", &ann, "Anna"), 0);
    check(&out, "{\"type\":\"nick\",\"room\":\"r\",\"user\":\"u1\",\"nick\":\"Ann\",\"previous\":"
                "\"Anna\"}");
    assert_int_equal(wire_ok(&out, &seven), 0);
    check(&out, "{\"type\":\"ok\",\"id\":7}");
    assert_int_equal(wire_ok_kept(&out, &seven, 12, 1700000000007), 0);
    check(&out, "{\"type\":\"ok\",\"id\":7,\"offset\":12,\"time\":\"2023-11-14T22:13:20.007Z\"}");
    assert_int_equal(wire_ok_delivered(&out, &seven, delivered, 1), 0);
    check(&out, "{\"type\":\"ok\",\"id\":7,\"delivered\":[\"Bob\"]}");
    assert_int_equal(wire_whisper(&out, "r", &ann, &to, 1, &message), 0);
    check(&out, "{\"type\":\"message\",\"room\":\"r\",\"time\":\"2023-11-14T22:13:20.007Z\","
                "\"from\":{\"nick\":\"Ann\",\"user\":\"u1\"},\"to\":[\"bob\"],\"text\":\"psst\","
                "\"cid\":\"c\"}");
    assert_int_equal(wire_typing(&out, "r", &ann, true), 0);
    check(&out, "{\"type\":\"typing\",\"room\":\"r\",\"user\":\"u1\",\"nick\":\"Ann\",\"active\":"
                "true}");
    assert_int_equal(wire_ping(&out), 0);
    check(&out, "{\"type\":\"ping\"}");
}

static void pages_say_whether_there_is_more(void **state)
{
    struct bytes out = {0};
    struct message message = a_message("hi");

    (void)state;
    assert_int_equal(wire_history(&out, &seven, "r", "e", &message, 1, true), 0);
    check(&out, "{\"type\":\"history\",\"id\":7,\"room\":\"r\",\"epoch\":\"e\",\"messages\":[{"
                "\"type\":\"message\",\"room\":\"r\",\"offset\":3,\"time\":"
                "\"2023-11-14T22:13:20.007Z\",\"from\":{\"nick\":\"Ann\",\"user\":\"u1\"},"
                "\"text\":\"hi\",\"cid\":\"c\"}],\"more\":true}");
    assert_int_equal(wire_participants(&out, &none, "r", &ann, 1, 5, false), 0);
    check(&out, "{\"type\":\"participants\",\"room\":\"r\",\"participants\":[{\"nick\":\"Ann\","
                "\"user\":\"u1\"}],\"count\":5,\"more\":false}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_written_as_documented),
        cmocka_unit_test(an_announcement_is_from_nobody),
        cmocka_unit_test(who_is_put_out_is_told_why),
        cmocka_unit_test(every_character_survives),
        cmocka_unit_test(joined_says_missed_and_recovered),
        cmocka_unit_test(errors_carry_what_is_known),
        cmocka_unit_test(the_small_events_are_as_documented),
        cmocka_unit_test(pages_say_whether_there_is_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

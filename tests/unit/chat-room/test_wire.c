#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum refusal read_text(struct request *request, const char *text)
{
    return request_read(request, text, strlen(text));
}

static void a_join_with_everything_is_read(void **state)
{
    struct request request;

    (void)state;
    assert_int_equal(read_text(&request,
                               "{\"type\":\"join\",\"id\":7,\"room\":\"r\",\"nick\":\"n\","
                               "\"session\":\"s\",\"history\":20,"
                               "\"since\":{\"epoch\":\"e\",\"offset\":9},\"new\":[1]}"),
                     REFUSAL_NONE);
    assert_int_equal(request.type, REQUEST_JOIN);
    assert_int_equal(request.id.kind, WIRE_ID_NUMBER);
    assert_int_equal(request.id.number, 7);
    assert_string_equal(request.room.at, "r");
    assert_string_equal(request.nick.at, "n");
    assert_string_equal(request.session.at, "s");
    assert_true(request.has_history && request.history == 20);
    assert_true(request.has_since && request.since == 9);
    assert_string_equal(request.epoch.at, "e");
    request_fini(&request);
}

static void a_measure_is_read(void **state)
{
    static const char *const types[] = {"kick", "mute", "ban", "unban"};
    struct request request;
    char text[200];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(types) / sizeof(types[0]); n++) {
        snprintf(text, sizeof(text),
                 "{\"type\":\"%s\",\"room\":\"r\",\"secret\":\"s\",\"nick\":\"n\",\"user\":\"u\","
                 "\"seconds\":9,\"reason\":\"why\"}",
                 types[n]);
        assert_int_equal(read_text(&request, text), REFUSAL_NONE);
        assert_int_equal(request.type, REQUEST_KICK + (int)n);
        assert_string_equal(request.secret.at, "s");
        assert_string_equal(request.nick.at, "n");
        assert_string_equal(request.user.at, "u");
        assert_string_equal(request.reason.at, "why");
        assert_true(request.has_seconds && request.seconds == 9);
        request_fini(&request);
    }
    assert_int_equal(read_text(&request, "{\"type\":\"close_room\",\"room\":\"r\"}"), REFUSAL_NONE);
    assert_int_equal(request.type, REQUEST_CLOSE_ROOM);
    assert_null(request.secret.at);
    request_fini(&request);
    assert_int_equal(read_text(&request, "{\"type\":\"announce\",\"room\":\"r\",\"text\":\"t\"}"),
                     REFUSAL_NONE);
    assert_int_equal(request.type, REQUEST_ANNOUNCE);
    assert_string_equal(request.text.at, "t");
    request_fini(&request);
    assert_int_equal(read_text(&request, "{\"type\":\"kick\",\"nick\":\"n\"}"),
                     REFUSAL_BAD_REQUEST);
    request_fini(&request);
}

static void what_is_left_out_is_zero(void **state)
{
    struct request request;

    (void)state;
    assert_int_equal(read_text(&request, "{\"type\":\"join\"}"), REFUSAL_NONE);
    assert_int_equal(request.id.kind, WIRE_ID_NONE);
    assert_null(request.room.at);
    assert_null(request.nick.at);
    assert_false(request.has_history || request.has_since);
    request_fini(&request);
}

static void recipients_are_one_or_a_list(void **state)
{
    struct request request;

    (void)state;
    assert_int_equal(read_text(&request, "{\"type\":\"message\",\"room\":\"r\",\"text\":\"t\","
                                         "\"cid\":\"c\",\"to\":\"ann\"}"),
                     REFUSAL_NONE);
    assert_true(request.has_to);
    assert_int_equal(request.to_count, 1);
    assert_string_equal(request.to[0].at, "ann");
    request_fini(&request);
    assert_int_equal(read_text(&request, "{\"type\":\"message\",\"room\":\"r\",\"text\":\"t\","
                                         "\"cid\":\"c\",\"to\":[\"a\",\"b\"]}"),
                     REFUSAL_NONE);
    assert_int_equal(request.to_count, 2);
    request_fini(&request);
}

static void refusals_say_what_is_wrong(void **state)
{
    static const struct {
        const char *text;
        enum refusal refusal;
    } cases[] = {
        {"", REFUSAL_BAD_JSON},
        {"{", REFUSAL_BAD_JSON},
        {"{}x", REFUSAL_BAD_JSON},
        {"{\"type\":\"join\",\"type\":\"join\"}", REFUSAL_BAD_JSON},
        {"{\"type\":\"join\",\"nick\":\"a\\u0000b\"}", REFUSAL_BAD_JSON},
        {"{\"type\":\"join\",\"nick\":\"\\ud800\"}", REFUSAL_BAD_JSON},
        {"[]", REFUSAL_BAD_REQUEST},
        {"7", REFUSAL_BAD_REQUEST},
        {"null", REFUSAL_BAD_REQUEST},
        {"{}", REFUSAL_BAD_REQUEST},
        {"{\"type\":5}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"joint\"}", REFUSAL_UNKNOWN_TYPE},
        {"{\"type\":\"\"}", REFUSAL_UNKNOWN_TYPE},
        {"{\"type\":\"join\",\"room\":5}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"join\",\"history\":-1}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"join\",\"history\":1.5}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"join\",\"since\":5}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"join\",\"since\":{\"epoch\":\"e\"}}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"join\",\"since\":{\"offset\":1}}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"join\",\"id\":1.5}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"join\",\"id\":{}}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"leave\"}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"message\",\"room\":\"r\",\"cid\":\"c\"}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"message\",\"room\":\"r\",\"text\":\"t\"}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"message\",\"room\":\"r\",\"text\":\"t\",\"cid\":\"\"}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"message\",\"room\":\"r\",\"text\":\"t\",\"cid\":\"c\",\"to\":[]}",
         REFUSAL_BAD_REQUEST},
        {"{\"type\":\"message\",\"room\":\"r\",\"text\":\"t\",\"cid\":\"c\",\"to\":[1]}",
         REFUSAL_BAD_REQUEST},
        {"{\"type\":\"message\",\"room\":\"r\",\"text\":\"t\",\"cid\":\"c\",\"to\":"
         "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}",
         REFUSAL_TOO_MANY_RECIPIENTS},
        {"{\"type\":\"typing\",\"room\":\"r\",\"active\":1}", REFUSAL_BAD_REQUEST},
        {"{\"type\":\"nick\",\"room\":\"r\"}", REFUSAL_BAD_REQUEST},
    };
    struct request request;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        enum refusal refusal = read_text(&request, cases[n].text);

        if (refusal != cases[n].refusal)
            fail_msg("%s: %d", cases[n].text, (int)refusal);
        if (refusal == REFUSAL_BAD_REQUEST)
            assert_non_null(request.trouble);
        request_fini(&request);
    }
}

static void the_id_is_there_for_the_error(void **state)
{
    struct request request;

    (void)state;
    assert_int_equal(read_text(&request, "{\"id\":\"\xe4\xb8\xad\",\"type\":\"x\"}"),
                     REFUSAL_UNKNOWN_TYPE);
    assert_int_equal(request.id.kind, WIRE_ID_TEXT);
    assert_string_equal(request.id.text, "\xe4\xb8\xad");
    request_fini(&request);
}

/* An id of `count` characters of four bytes each. */
static enum refusal read_id_of(struct request *request, int count)
{
    char text[600] = "{\"type\":\"pong\",\"id\":\"";

    while (count--)
        strcat(text, "\xf0\x9f\x98\x80");
    strcat(text, "\"}");
    return read_text(request, text);
}

static void an_id_has_64_characters_at_most(void **state)
{
    struct request request;

    (void)state;
    assert_int_equal(read_id_of(&request, 64), REFUSAL_NONE);
    assert_int_equal(strlen(request.id.text), 256);
    request_fini(&request);
    assert_int_equal(read_id_of(&request, 65), REFUSAL_BAD_REQUEST);
    assert_int_equal(request.id.kind, WIRE_ID_NONE);
    request_fini(&request);
}

/* `levels` arrays in one another as an unknown member. */
static enum refusal read_nested(int levels)
{
    char text[20000] = "{\"type\":\"pong\",\"x\":";
    size_t len = strlen(text);
    struct request request;
    enum refusal refusal;

    memset(text + len, '[', (size_t)levels);
    memset(text + len + levels, ']', (size_t)levels);
    strcpy(text + len + 2 * levels, "}");
    refusal = read_text(&request, text);
    request_fini(&request);
    return refusal;
}

static void nesting_is_bounded_and_brackets_in_strings_are_no_nesting(void **state)
{
    struct request request;

    (void)state;
    assert_int_equal(read_nested(15), REFUSAL_NONE);
    assert_int_equal(read_nested(16), REFUSAL_BAD_JSON);
    assert_int_equal(read_nested(9000), REFUSAL_BAD_JSON);
    assert_int_equal(
        read_text(&request, "{\"type\":\"pong\",\"x\":\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"}"),
        REFUSAL_NONE);
    request_fini(&request);
}

static void a_nul_is_no_json_wherever_it_stands(void **state)
{
    static const char text[] = "{\"type\":\"leave\",\"id\":1\0}";
    struct request request;

    (void)state;
    assert_int_equal(request_read(&request, text, sizeof(text) - 1), REFUSAL_BAD_JSON);
    request_fini(&request);
}

static enum refusal read_body(struct request *request, const char *text, const char *type)
{
    return request_read_body(request, text, strlen(text), "den", type);
}

static void bodies_of_http_are_requests_too(void **state)
{
    static const struct {
        const char *text, *type;
        enum refusal refusal;
    } bad[] = {
        {"{", NULL, REFUSAL_BAD_JSON},
        {"", "announce", REFUSAL_BAD_JSON},
        {"[]", NULL, REFUSAL_BAD_REQUEST},
        {"{}", NULL, REFUSAL_BAD_REQUEST},
        {"{\"op\":7}", NULL, REFUSAL_BAD_REQUEST},
        {"{\"op\":\"dance\"}", NULL, REFUSAL_UNKNOWN_TYPE},
        {"{\"op\":\"message\"}", NULL, REFUSAL_UNKNOWN_TYPE},
        {"{\"op\":\"announce\",\"text\":\"x\"}", NULL, REFUSAL_UNKNOWN_TYPE},
        {"{\"op\":\"kick\",\"nick\":7}", NULL, REFUSAL_BAD_REQUEST},
        {"{}", "announce", REFUSAL_BAD_REQUEST},
    };
    struct request request;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
        assert_int_equal(read_body(&request, bad[n].text, bad[n].type), bad[n].refusal);
        request_fini(&request);
    }
    assert_int_equal(
        read_body(&request, "{\"op\":\"ban\",\"nick\":\"Ann\",\"seconds\":5,\"room\":\"x\"}", NULL),
        REFUSAL_NONE);
    assert_int_equal(request.type, REQUEST_BAN);
    assert_string_equal(request.room.at, "den");
    assert_string_equal(request.nick.at, "Ann");
    assert_int_equal(request.seconds, 5);
    request_fini(&request);
    assert_int_equal(read_body(&request, "{\"text\":\"x\"}", "announce"), REFUSAL_NONE);
    assert_int_equal(request.type, REQUEST_ANNOUNCE);
    assert_string_equal(request.text.at, "x");
    request_fini(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_join_with_everything_is_read),
        cmocka_unit_test(a_measure_is_read),
        cmocka_unit_test(what_is_left_out_is_zero),
        cmocka_unit_test(recipients_are_one_or_a_list),
        cmocka_unit_test(refusals_say_what_is_wrong),
        cmocka_unit_test(the_id_is_there_for_the_error),
        cmocka_unit_test(an_id_has_64_characters_at_most),
        cmocka_unit_test(nesting_is_bounded_and_brackets_in_strings_are_no_nesting),
        cmocka_unit_test(a_nul_is_no_json_wherever_it_stands),
        cmocka_unit_test(bodies_of_http_are_requests_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

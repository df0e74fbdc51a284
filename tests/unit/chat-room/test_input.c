/* What a connection sends, up to the point where it is a request or a line. */
#include "fake_port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void drop(json_t *json) { json_decref(json); }

static void send_piece(struct fake_link *link, const char *data, size_t len, const char *ends,
                       bool is_binary)
{
    struct rx_piece piece = {
        .data = data, .len = len, .is_first = ends[0] == '<', .is_last = ends[1] == '>'};

    input_piece(&link->conn, &piece, is_binary);
    fake_flush(link->conn.world);
}

static void ten_bad_frames_in_a_row_end_it(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *link = fake_json(world, NULL, "ann");
    int n;

    (void)state;
    for (n = 0; n < 9; n++) {
        fake_send(link, "{");
        drop(fake_expect_error(link, "bad-json"));
    }
    fake_send(link, "{\"type\":\"pong\"}"); /* a good one: the row is broken */
    for (n = 0; n < 9; n++) {
        fake_send(link, "{}");
        drop(fake_expect_error(link, "bad-request"));
    }
    fake_send(link, "{\"type\":\"dance\"}");
    drop(fake_expect_error(link, "unknown-type"));
    fake_expect_close(link, 4500);
    assert_int_equal(fake_metric(world, "chat_errors_total{reason=\"bad-json\"}"), 9);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"4500\"}"), 1);
    fake_send(link, "{}");
    fake_expect(link, NULL);
    fake_free(link);
    fake_world_free(world);
}

static void the_rate_refuses_and_says_when(void **state)
{
    static const char *const options[] = {"rate", "2", "burst", "3", NULL};
    struct world *world = fake_world(options);
    struct fake_link *link = fake_json(world, NULL, "ann"); /* took one */
    json_t *error;
    int n;

    (void)state;
    for (n = 0; n < 2; n++) {
        fake_send(link, "{\"type\":\"participants\",\"room\":\"lobby\"}");
        drop(fake_expect_json(link, "participants"));
    }
    fake_send(link, "{\"type\":\"leave\",\"room\":\"lobby\",\"id\":5}");
    error = fake_expect_error(link, "rate-limited");
    assert_int_equal(json_integer_value(json_object_get(error, "id")), 5);
    assert_int_equal(json_integer_value(json_object_get(error, "code")), 429);
    assert_int_equal(json_integer_value(json_object_get(error, "retry_after")), 500);
    assert_true(json_is_true(json_object_get(error, "temporary")));
    drop(error);
    assert_int_equal(fake_metric(world, "chat_errors_total{reason=\"rate-limited\"}"), 1);
    fake_send(link, "{\"type\":\"pong\"}"); /* never counts */
    fake_expect(link, NULL);
    fake_forward_ms(500);
    fake_send(link, "{\"type\":\"leave\",\"room\":\"lobby\",\"id\":6}");
    drop(fake_expect_json(link, "ok"));
    fake_free(link);
    fake_world_free(world);
}

static void fifty_refusals_within_a_minute_are_a_flood(void **state)
{
    static const char *const options[] = {"rate", "1", "burst", "1", NULL};
    struct world *world = fake_world(options);
    struct fake_link *link = fake_json(world, NULL, "ann");
    int n;

    (void)state;
    for (n = 0; n < 49; n++)
        fake_send(link, "{\"type\":\"leave\",\"room\":\"lobby\"}");
    fake_skip(link);
    assert_false(link->conn.is_closing);
    fake_send(link, "{\"type\":\"leave\",\"room\":\"lobby\"}");
    fake_expect_close(link, 4500);
    assert_int_equal(fake_metric(world, "chat_errors_total{reason=\"rate-limited\"}"), 50);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"4500\"}"), 1);
    fake_free(link);
    fake_world_free(world);
}

static void refusals_of_long_ago_are_forgotten(void **state)
{
    static const char *const options[] = {"rate", "1", "burst", "1", NULL};
    struct world *world = fake_world(options);
    struct fake_link *link = fake_json(world, NULL, "ann");
    int n;

    (void)state;
    for (n = 0; n < 49; n++)
        fake_send(link, "{\"type\":\"leave\",\"room\":\"lobby\"}");
    fake_forward_ms(61000);
    fake_send(link, "{\"type\":\"typing\",\"room\":\"lobby\",\"active\":true}");
    for (n = 0; n < 49; n++)
        fake_send(link, "{\"type\":\"leave\",\"room\":\"lobby\"}");
    assert_false(link->conn.is_closing);
    fake_free(link);
    fake_world_free(world);
}

static void a_text_flood_is_dropped_then_closed(void **state)
{
    static const char *const options[] = {"rate", "1", "burst", "2", NULL};
    struct world *world = fake_world(options);
    struct fake_link *link = fake_text(world, NULL, "ann");
    struct fake_link *other = fake_text(world, NULL, "bob");
    char *line;
    int n;

    (void)state;
    fake_skip(other);
    for (n = 0; n < 51; n++)
        fake_send(link, "x");
    assert_false(link->conn.is_closing);
    for (n = 0; n < 2; n++) {
        line = fake_text_message(other);
        assert_non_null(strstr(line, "说：x"));
        free(line);
    }
    fake_expect(other, NULL);
    fake_skip(link);
    fake_send(link, "x");
    fake_expect_close(link, 4500);
    assert_int_equal(fake_metric(world, "chat_errors_total{reason=\"rate-limited\"}"), 50);
    fake_free(other);
    fake_free(link);
    fake_world_free(world);
}

static void pieces_make_one_message(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *link = fake_text(world, NULL, "ann");
    char *line;

    (void)state;
    fake_skip(link);
    send_piece(link, "\xe8\xaf", 2, "< ", false); /* half a character */
    send_piece(link, "\xb4!", 2, "  ", false);
    fake_expect(link, NULL);
    send_piece(link, "", 0, " >", false);
    line = fake_text_message(link);
    assert_non_null(strstr(line, "]-说：说!"));
    free(line);
    assert_null(link->conn.rx.pieces.data);
    fake_free(link);
    fake_world_free(world);
}

static void what_a_connection_may_not_send_has_its_code(void **state)
{
    static const char *const options[] = {"max-message-bytes", "64", "max-frame-bytes", "1024",
                                          NULL};
    static const struct {
        enum conn_mode mode;
        size_t len;
        char fill;
        bool is_binary;
        unsigned code; /* 0: it stays open */
    } cases[] = {
        {CONN_TEXT, 64, 'x', false, 0},      {CONN_TEXT, 65, 'x', false, 1009},
        {CONN_JSON, 1024, ' ', false, 0},    {CONN_JSON, 1025, ' ', false, 1009},
        {CONN_TEXT, 3, 'x', true, 1003},     {CONN_JSON, 3, 'x', true, 1003},
        {CONN_TEXT, 3, '\xff', false, 1007}, {CONN_JSON, 3, '\xff', false, 1007},
        {CONN_TEXT, 0, 'x', false, 0},
    };
    char data[2000], sample[80];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        struct world *world = fake_world(options);
        struct fake_link *link =
            cases[n].mode == CONN_TEXT ? fake_text(world, NULL, "a") : fake_json(world, NULL, "a");

        memset(data, cases[n].fill, sizeof(data));
        fake_skip(link);
        send_piece(link, data, cases[n].len, "<>", cases[n].is_binary);
        if (cases[n].code) {
            fake_expect_close(link, cases[n].code);
            snprintf(sample, sizeof(sample), "chat_closes_total{by=\"server\",code=\"%u\"}",
                     cases[n].code);
            assert_int_equal(fake_metric(world, sample), 1);
        } else {
            assert_false(link->conn.is_closing);
        }
        fake_free(link);
        fake_world_free(world);
    }
}

static void nothing_is_taken_before_the_beginning_or_after_the_end(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *link = fake_text(world, NULL, "ann");
    struct fake_link *other = fake_text(world, NULL, "bob");
    struct conn never = {0};
    struct rx_piece piece = {.data = "x", .len = 1, .is_first = true, .is_last = true};

    (void)state;
    input_piece(&never, &piece, false);
    conn_close(&link->conn, 1001, "");
    fake_flush(world);
    fake_skip(other);
    fake_send(link, "x");
    fake_expect(other, NULL);
    fake_free(other);
    fake_free(link);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_bad_frames_in_a_row_end_it),
        cmocka_unit_test(the_rate_refuses_and_says_when),
        cmocka_unit_test(fifty_refusals_within_a_minute_are_a_flood),
        cmocka_unit_test(refusals_of_long_ago_are_forgotten),
        cmocka_unit_test(a_text_flood_is_dropped_then_closed),
        cmocka_unit_test(pieces_make_one_message),
        cmocka_unit_test(what_a_connection_may_not_send_has_its_code),
        cmocka_unit_test(nothing_is_taken_before_the_beginning_or_after_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

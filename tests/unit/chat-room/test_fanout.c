/* How what is said reaches people: one write for many messages, slow readers, slices. */
#include "fake_port.h"

#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 2500

static const char *const options[] = {
    "rate",           "0", "max-participants", "0",     "per-ip", "0",
    "presence-limit", "1", "room-log-bytes",   "65536", NULL};

/* Say something without flushing it. */
static void say(struct fake_link *link, const char *text)
{
    struct rx_piece piece = {.data = text, .len = strlen(text), .is_first = true, .is_last = true};

    input_piece(&link->conn, &piece, false);
}

static void make_writable(struct fake_link *link)
{
    link->room = SIZE_MAX;
    assert_true(link->wants_writable);
    link->wants_writable = false;
    conn_writable(&link->conn);
    fake_flush(link->conn.world);
}

/* The next lines must end with `prefix` and these numbers. */
static void expect_lines(struct fake_link *link, int first, int last)
{
    char expected[32];

    for (; first <= last; first++) {
        char *line = fake_text_message(link);

        assert_non_null(line);
        snprintf(expected, sizeof(expected), "说：%d", first);
        assert_non_null(strstr(line, "]-"));
        assert_string_equal(strstr(line, "说"), expected);
        free(line);
    }
}

static void say_numbers(struct fake_link *link, int first, int last)
{
    char number[16];

    for (; first <= last; first++) {
        snprintf(number, sizeof(number), "%d", first);
        say(link, number);
    }
}

static void many_messages_are_one_write_for_each_member(void **state)
{
    struct world *world = fake_world(options);
    struct fake_link *a = fake_text(world, NULL, NULL), *b = fake_text(world, NULL, NULL);

    (void)state;
    fake_skip(a);
    fake_skip(b);
    a->writes = b->writes = 0;
    say_numbers(a, 1, 100);
    assert_int_equal(a->writes + b->writes, 0);
    assert_int_equal(fake_flush(world), 1);
    assert_int_equal(a->writes, 1);
    assert_int_equal(b->writes, 1);
    expect_lines(a, 1, 100);
    expect_lines(b, 1, 100);
    fake_free(a);
    fake_free(b);
    fake_world_free(world);
}

static void a_blocked_member_is_asked_for_once_and_catches_up(void **state)
{
    struct world *world = fake_world(options);
    struct fake_link *a = fake_text(world, NULL, NULL), *b = fake_text(world, NULL, NULL);

    (void)state;
    fake_skip(a);
    fake_skip(b);
    b->room = 0;
    say_numbers(a, 1, 1);
    fake_flush(world);
    say_numbers(a, 2, 3); /* the fake insists that it is asked for only once */
    fake_flush(world);
    expect_lines(a, 1, 3);
    fake_expect(b, NULL);
    make_writable(b);
    expect_lines(b, 1, 3);
    fake_expect(b, NULL);
    fake_free(a);
    fake_free(b);
    fake_world_free(world);
}

static void who_falls_off_the_log_is_closed_and_nobody_else_notices(void **state)
{
    struct world *world = fake_world(options);
    struct fake_link *a = fake_text(world, NULL, "a"), *b = fake_text(world, NULL, "b");
    struct fake_link *c = fake_text(world, NULL, "c");
    int n;

    (void)state;
    b->room = 0;
    for (n = 0; n < 3000; n += 100) {
        fake_skip(a);
        fake_skip(c);
        say_numbers(a, n + 1, n + 100);
        fake_flush(world);
        expect_lines(a, n + 1, n + 100);
        expect_lines(c, n + 1, n + 100);
        if (b->conn.is_closing)
            break;
    }
    assert_true(b->conn.is_closing);
    fake_skip(b);
    make_writable(b);
    fake_expect_close(b, 4002);
    assert_int_equal(fake_metric(world, "chat_evictions_total{cause=\"log\"}"), 1);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"4002\"}"), 1);
    fake_free(a);
    fake_free(b);
    fake_free(c);
    fake_world_free(world);
}

static void a_member_far_behind_is_served_piece_by_piece(void **state)
{
    static const char *const large[] = {"rate", "0", "presence-limit", "1", NULL};
    struct world *world = fake_world(large);
    struct fake_link *a = fake_text(world, NULL, "a"), *b = fake_text(world, NULL, "b");

    (void)state;
    fake_skip(b);
    b->room = 0;
    say_numbers(a, 1, 6000);
    fake_flush(world);
    b->writes = 0;
    make_writable(b);
    assert_true(b->writes >= 4);
    expect_lines(b, 1, 6000);
    fake_expect(b, NULL);
    fake_free(a);
    fake_free(b);
    fake_world_free(world);
}

static void a_large_room_is_flushed_in_slices_and_nobody_is_left_out(void **state)
{
    struct world *world = fake_world(options);
    struct fake_link **links = calloc(MANY, sizeof(*links));
    unsigned rounds = 0;
    size_t n, total;

    (void)state;
    for (n = 0; n < MANY; n++)
        links[n] = fake_text(world, NULL, NULL);
    for (n = 0; n < MANY; n++) {
        fake_skip(links[n]);
        links[n]->writes = 0;
    }
    say_numbers(links[0], 1, 1);
    while (fake_flush_once(world)) {
        for (n = 0, total = 0; n < MANY; n++)
            total += links[n]->writes;
        assert_true(total <= 1024 * ++rounds);
        if (rounds == 1)
            say_numbers(links[1], 2, 2); /* in the middle of it */
        if (rounds == 2) {
            fake_gone(links[1100]); /* the room is told, and goes on */
            fake_gone(links[2048]);
        }
    }
    assert_true(rounds >= 3);
    for (n = 0; n < MANY; n++) {
        if (n == 1100 || n == 2048)
            continue;
        expect_lines(links[n], 1, 2);
        fake_expect(links[n], NULL);
    }
    for (n = 0; n < MANY; n++)
        fake_gone(links[n]);
    for (n = 0; n < MANY; n++)
        fake_free(links[n]);
    free(links);
    fake_world_free(world);
}

static void a_room_with_slow_sockets_yields_to_others(void **state)
{
    struct world *world = fake_world(options);
    struct fake_link *links[500], *a = fake_text(world, "r", "a");
    size_t n;

    (void)state;
    for (n = 0; n < 500; n++) {
        links[n] = fake_text(world, "crowd", "c");
        links[n]->write_us = 100;
    }
    for (n = 0; n < 500; n++)
        fake_skip(links[n]);
    fake_skip(a);
    say_numbers(links[0], 1, 1);
    assert_int_equal(fake_flush_once(world), 1); /* 4 ms, and no more than a look at the clock */
    say_numbers(a, 2, 2);
    assert_int_equal(fake_flush_once(world), 1);
    assert_int_equal(fake_flush_once(world), 1);
    expect_lines(a, 2, 2);
    assert_int_equal(links[499]->read, links[499]->received.len);
    fake_flush(world);
    for (n = 0; n < 500; n++) {
        expect_lines(links[n], 1, 1);
        fake_free(links[n]);
    }
    fake_free(a);
    fake_world_free(world);
}

static void a_sender_with_more_to_say_is_heard_out_for_a_moment(void **state)
{
    struct world *world = fake_world(options);
    struct fake_link *a = fake_text(world, NULL, NULL);

    (void)state;
    fake_skip(a);
    a->writes = 0;
    a->has_input = true;
    say_numbers(a, 1, 1);
    assert_int_equal(fake_flush_once(world), 1);
    assert_int_equal(a->writes, 0);
    say_numbers(a, 2, 2);
    a->has_input = false;
    assert_int_equal(fake_flush_once(world), 1);
    assert_int_equal(a->writes, 1);
    a->has_input = true;
    say_numbers(a, 3, 3);
    assert_int_equal(fake_flush_once(world), 1);
    assert_int_equal(a->writes, 1);
    fake_forward_ms(3); /* but only for a moment */
    assert_int_equal(fake_flush_once(world), 1);
    assert_int_equal(a->writes, 2);
    expect_lines(a, 1, 3);
    fake_free(a);
    fake_world_free(world);
}

static void a_large_room_hears_a_sender_out_before_it_begins_anew(void **state)
{
    struct world *world = fake_world(options);
    struct fake_link *links[130];
    size_t n;

    (void)state;
    for (n = 0; n < 130; n++) {
        links[n] = fake_text(world, NULL, NULL);
        links[n]->write_us = 100;
    }
    for (n = 0; n < 130; n++)
        fake_skip(links[n]);
    say_numbers(links[0], 1, 1);
    assert_int_equal(fake_flush_once(world), 1); /* 64 of them */
    say_numbers(links[0], 2, 2);
    links[0]->has_input = true;
    fake_flush_once(world); /* a sender does not stop what has begun */
    fake_flush_once(world);
    assert_true(links[129]->received.len > links[129]->read);
    links[0]->writes = 0;
    assert_int_equal(fake_flush_once(world), 1);
    say_numbers(links[0], 3, 3);
    assert_int_equal(links[0]->writes, 0);
    links[0]->has_input = false;
    fake_flush(world);
    assert_int_equal(links[0]->writes, 1);
    for (n = 0; n < 130; n++) {
        expect_lines(links[n], 1, 3);
        fake_free(links[n]);
    }
    fake_world_free(world);
}

static void a_dead_socket_is_ended_and_not_written_to_again(void **state)
{
    struct world *world = fake_world(options);
    struct fake_link *a = fake_text(world, NULL, "a"), *b = fake_text(world, NULL, "b");

    (void)state;
    b->is_broken = true;
    say_numbers(a, 1, 1);
    fake_flush(world);
    assert_true(b->is_killed);
    say_numbers(a, 2, 2); /* the fake fails on a write after the kill */
    fake_flush(world);
    fake_free(b);
    fake_free(a);
    fake_world_free(world);
}

static void answers_to_many_do_not_keep_a_room_waiting(void **state)
{
    struct world *world = fake_world(options);
    struct fake_link *links[1100], *a = fake_text(world, "r", "a");
    size_t n;

    (void)state;
    for (n = 0; n < 1100; n++) {
        links[n] = fake_connect(world, CONN_JSON, "192.0.2.7");
        fake_skip(links[n]);
    }
    fake_skip(a);
    for (n = 0; n < 1100; n++)
        say(links[n], "{");
    say_numbers(a, 1, 1);
    assert_int_equal(fake_flush_once(world), 1);
    expect_lines(a, 1, 1);
    fake_flush(world);
    for (n = 0; n < 1100; n++) {
        json_decref(fake_expect_error(links[n], "bad-json"));
        fake_free(links[n]);
    }
    fake_free(a);
    fake_world_free(world);
}

static void who_joins_many_rooms_at_once_gets_the_past_of_each(void **state)
{
    static const char *const large[] = {"rate", "0", "client-queue-bytes", "65536", NULL};
    struct world *world = fake_world(large);
    struct fake_link *a, *b = fake_connect(world, CONN_JSON, "192.0.2.7");
    char request[80];
    int room, n, count = 0;
    char *message;

    (void)state;
    for (room = 0; room < 8; room++) {
        snprintf(request, sizeof(request), "room%d", room);
        a = fake_text(world, request, "a");
        memset(request, 'x', sizeof(request) - 1);
        request[sizeof(request) - 1] = '\0';
        for (n = 0; n < 60; n++)
            say(a, request);
        fake_free(a);
    }
    fake_skip(b);
    b->room = 0; /* its socket takes nothing while it asks */
    for (room = 0; room < 8; room++) {
        snprintf(request, sizeof(request), "{\"type\":\"join\",\"room\":\"room%d\",\"history\":60}",
                 room);
        fake_send(b, request);
    }
    assert_false(b->conn.is_closing);
    make_writable(b);
    for (; (message = fake_text_message(b)); count++)
        free(message);
    assert_int_equal(count, 8 + 8 * 60);
    fake_free(b);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_messages_are_one_write_for_each_member),
        cmocka_unit_test(a_blocked_member_is_asked_for_once_and_catches_up),
        cmocka_unit_test(who_falls_off_the_log_is_closed_and_nobody_else_notices),
        cmocka_unit_test(a_member_far_behind_is_served_piece_by_piece),
        cmocka_unit_test(a_large_room_is_flushed_in_slices_and_nobody_is_left_out),
        cmocka_unit_test(a_room_with_slow_sockets_yields_to_others),
        cmocka_unit_test(a_sender_with_more_to_say_is_heard_out_for_a_moment),
        cmocka_unit_test(a_large_room_hears_a_sender_out_before_it_begins_anew),
        cmocka_unit_test(a_dead_socket_is_ended_and_not_written_to_again),
        cmocka_unit_test(answers_to_many_do_not_keep_a_room_waiting),
        cmocka_unit_test(who_joins_many_rooms_at_once_gets_the_past_of_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A conversation in which one allocation after the other fails: somebody may lose a connection or
 * an answer, but nothing crashes, nothing leaks, and those who come later notice nothing. */
#include "alloc_fail.h"
#include "fake_port.h"
#include "listener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINKS 3

static void send_text(struct fake_link *link, const char *text)
{
    struct rx_piece half = {.data = text, .len = strlen(text) / 2, .is_first = true};
    struct rx_piece rest = {
        .data = text + half.len, .len = strlen(text) - half.len, .is_last = true};

    input_piece(&link->conn, &half, false);
    input_piece(&link->conn, &rest, false);
}

static void open_link(struct world *world, struct fake_link *link, enum conn_mode mode)
{
    struct text_join join = {.room = "r", .nick = mode == CONN_TEXT ? "line" : NULL, .history = 5};

    link->room = SIZE_MAX;
    if (conn_open(&link->conn, world, link, mode, "192.0.2.1"))
        conn_closed(&link->conn);
    if (!link->conn.world || link->conn.is_closing)
        return;
    if (mode == CONN_JSON ? join_welcome(&link->conn) : join_text(&link->conn, &join) != 0)
        conn_closed(&link->conn);
}

static void converse(struct world *world, struct fake_link *links)
{
    static const char *const requests[] = {
        "{\"type\":\"join\",\"room\":\"r\",\"nick\":\"ann\"}",
        "{\"type\":\"message\",\"id\":1,\"room\":\"r\",\"text\":\"a\\u0007b\",\"cid\":\"1\"}",
        "{\"type\":\"message\",\"room\":\"r\",\"text\":\"b\",\"cid\":\"2\",\"to\":\"line\"}",
        "{\"type\":\"nick\",\"id\":3,\"room\":\"r\",\"nick\":\"anna\"}",
        "{\"type\":\"history\",\"id\":4,\"room\":\"r\"}",
        "{\"type\":\"participants\",\"id\":5,\"room\":\"r\"}",
        "{\"type\":\"announce\",\"id\":7,\"room\":\"r\",\"secret\":\"k\",\"text\":\"tea\"}",
        "{\"type\":\"mute\",\"id\":8,\"room\":\"r\",\"secret\":\"k\",\"nick\":\"line\"}",
        "{\"type\":\"unban\",\"id\":9,\"room\":\"r\",\"secret\":\"k\",\"nick\":\"line\"}",
        "{\"type\":\"leave\",\"id\":6,\"room\":\"r\"}",
        "{\"type\":\"join\",\"room\":\"r\",\"history\":5}",
        "{\"type\":\"join\",\"room\":\"other\"}",
        "{\"type\":\"ban\",\"id\":10,\"room\":\"r\",\"secret\":\"k\",\"nick\":\"ann\"}",
        "{\"type\":\"close_room\",\"id\":11,\"room\":\"other\",\"secret\":\"k\",\"seconds\":9}",
        "{",
    };
    size_t n;

    open_link(world, &links[0], CONN_TEXT);
    open_link(world, &links[1], CONN_JSON);
    for (n = 0; n < sizeof(requests) / sizeof(requests[0]); n++) {
        send_text(&links[1], requests[n]);
        fake_flush(world);
    }
    send_text(&links[0], "a line\x1b");
    fake_flush(world);
    open_link(world, &links[2], CONN_TEXT);
    fake_flush(world);
    conn_close(&links[2].conn, 1001, "bye");
    fake_flush(world);
}

static void expect_that_it_still_works(struct world *world)
{
    struct fake_link *a = fake_json(world, "fresh", "a"), *b = fake_text(world, "fresh", "b");

    fake_skip(a);
    fake_skip(b);
    fake_send(a, "{\"type\":\"message\",\"room\":\"fresh\",\"text\":\"x\",\"cid\":\"1\"}");
    json_decref(fake_expect_json(a, "message"));
    free(fake_text_message(b));
    fake_expect(b, NULL);
    fake_free(a);
    fake_free(b);
}

static void every_allocation_may_fail(void **state)
{
    static const char *const options[] = {"rate", "0", "admin-key", "k", NULL};
    unsigned long n;
    bool has_failed = true;
    int link;

    (void)state;
    alloc_fail_include_jansson(true);
    for (n = 0; has_failed; n++) {
        struct fake_link links[LINKS] = {0};
        struct world *world = fake_world(options);

        alloc_fail_arm(n);
        converse(world, links);
        has_failed = alloc_fail_disarm();
        expect_that_it_still_works(world);
        for (link = 0; link < LINKS; link++) {
            conn_closed(&links[link].conn);
            bytes_fini(&links[link].received);
        }
        fake_world_free(world);
    }
    assert_true(n > 100);
    alloc_fail_include_jansson(false);
}

/* A message that is kept but can't be shown would be a hole in what a member sees. */
static void a_member_misses_no_message_unless_it_is_told_so(void **state)
{
    static const char *const options[] = {"rate", "0", NULL};
    struct rx_piece piece = {.is_first = true, .is_last = true};
    char text[600];
    unsigned long n;
    bool has_failed = true, has_lost = false;

    (void)state;
    piece.len = (size_t)snprintf(
        text, sizeof(text),
        "{\"type\":\"message\",\"room\":\"r\",\"cid\":\"1\",\"text\":\"%0500d\"}", 7);
    piece.data = text;
    for (n = 0; has_failed; n++) {
        struct world *world = fake_world(options);
        struct fake_link *ann = fake_json(world, "r", "ann"), *bob = fake_json(world, "r", "bob");
        const struct store_state *past;
        char *message;

        bytes_fini(&world->scratch);
        alloc_fail_arm(n);
        input_piece(&ann->conn, &piece, false);
        has_failed = alloc_fail_disarm();
        past = world->store->ops->state(world_room(world, "r", false)->past, 0);
        fake_flush(world);
        if (bob->conn.is_closing) {
            fake_expect_close(bob, 4002);
            has_lost = true;
        } else {
            message = fake_text_message(bob);
            assert_int_equal(message != NULL, past->head == 1);
            free(message);
        }
        fake_free(ann);
        fake_free(bob);
        fake_world_free(world);
    }
    assert_true(has_lost);
}

/* Nobody is told to stay away because their address has too many connections when it has not. */
static void an_address_that_can_not_be_counted_is_not_full(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link link = {.room = SIZE_MAX};
    struct listener listener = {.world = NULL};
    struct room *room;
    enum listener_opening opening;
    bool has_failed = true;
    unsigned long n;

    (void)state;
    for (n = 0; has_failed; n++) {
        alloc_fail_arm(n);
        if (conn_open(&link.conn, world, &link, CONN_JSON, "192.0.2.1"))
            conn_closed(&link.conn);
        has_failed = alloc_fail_disarm();
        fake_flush(world);
        assert_true(has_failed || !link.conn.is_closing);
        conn_closed(&link.conn);
        room = world_room(world, "r", true);
        link.wants_writable = false;
        alloc_fail_arm(n);
        opening = listener_open(&listener, room, &link, "192.0.2.1", NULL);
        has_failed |= alloc_fail_disarm();
        assert_true(opening == LISTENER_OPEN || opening == LISTENER_NO_MEMORY);
        listener_closed(&listener);
    }
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"4504\"}"), 0);
    assert_true(n > 3);
    bytes_fini(&link.received);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_member_misses_no_message_unless_it_is_told_so),
        cmocka_unit_test(an_address_that_can_not_be_counted_is_not_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

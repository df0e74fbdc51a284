/* One connection: limits at its door, its patience, its end. */
#include "fake_port.h"

#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void two_worlds_hash_the_same_word_differently(void **state)
{
    struct world *a = fake_world(NULL), *b = fake_world(NULL);

    (void)state;
    assert_memory_not_equal(&a->hash_key, &b->hash_key, sizeof(a->hash_key));
    assert_true(hash_keyed(&a->hash_key, "x", 1) != hash_keyed(&b->hash_key, "x", 1));
    fake_world_free(a);
    fake_world_free(b);
}

static void sweep_after_ms(struct world *world, uint64_t ms)
{
    fake_forward_ms(ms);
    world_sweep(world);
    fake_flush(world);
}

static void an_address_has_so_many_connections(void **state)
{
    static const char *const options[] = {"per-ip", "2", NULL};
    struct world *world = fake_world(options);
    struct fake_link *a = fake_connect(world, CONN_TEXT, "192.0.2.1");
    struct fake_link *b = fake_connect(world, CONN_TEXT, "192.0.2.1");
    struct fake_link *c = fake_connect(world, CONN_TEXT, "192.0.2.1");
    struct fake_link *d = fake_connect(world, CONN_TEXT, "192.0.2.2"), *e;

    (void)state;
    fake_expect_close(c, 4504);
    assert_false(d->conn.is_closing);
    fake_gone(c); /* it was not counted, so nothing is given back */
    e = fake_connect(world, CONN_TEXT, "192.0.2.1");
    fake_expect_close(e, 4504);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"4504\"}"), 2);
    assert_int_equal(fake_metric(world, "chat_addresses"), 2);
    fake_free(e);
    fake_free(a);
    e = fake_connect(world, CONN_TEXT, "192.0.2.1");
    assert_false(e->conn.is_closing);
    fake_free(e);
    fake_free(b);
    fake_free(c);
    fake_free(d);
    assert_int_equal(world->addresses.count, 0);
    fake_world_free(world);
}

static void the_server_has_so_many_connections(void **state)
{
    static const char *const options[] = {"max-connections", "1", NULL};
    struct world *world = fake_world(options);
    struct fake_link *a = fake_connect(world, CONN_TEXT, "192.0.2.1");
    struct fake_link *b = fake_connect(world, CONN_JSON, "192.0.2.2");

    (void)state;
    fake_expect_close(b, 4505);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"4505\"}"), 1);
    fake_free(b);
    fake_free(a);
    fake_world_free(world);
}

static void who_does_not_join_has_to_go(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *json = fake_connect(world, CONN_JSON, "192.0.2.1");
    struct fake_link *joined = fake_json(world, NULL, "ann");

    (void)state;
    fake_skip(json);
    sweep_after_ms(world, 9999);
    fake_send(json, "{\"type\":\"pong\"}"); /* saying something else doesn't help */
    fake_expect(json, NULL);
    sweep_after_ms(world, 1);
    fake_expect_close(json, 4506);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"4506\"}"), 1);
    fake_expect(joined, NULL);
    fake_free(json);
    fake_free(joined);
    fake_world_free(world);
}

static void silence_is_pinged_and_then_ended(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *json = fake_json(world, NULL, "ann"), *line = fake_text(world, "x", "bob");

    (void)state;
    fake_skip(line);
    sweep_after_ms(world, 24999);
    fake_expect(json, NULL);
    sweep_after_ms(world, 1);
    json_decref(fake_expect_json(json, "ping"));
    assert_memory_equal(line->received.data + line->read, "\x89\x04ping", 6);
    fake_skip(line);
    fake_send(json, "{\"type\":\"pong\"}");
    sweep_after_ms(world, 10000);
    fake_expect(json, NULL);
    fake_expect_close(line, 4001);
    sweep_after_ms(world, 15000);
    json_decref(fake_expect_json(json, "ping"));
    sweep_after_ms(world, 10000);
    fake_expect_close(json, 4001);
    assert_int_equal(fake_metric(world, "chat_pings_total"), 3);
    assert_int_equal(fake_metric(world, "chat_closes_total{by=\"server\",code=\"4001\"}"), 2);
    fake_free(json);
    fake_free(line);
    fake_world_free(world);
}

static void who_has_left_all_rooms_is_still_pinged_and_may_answer(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *json = fake_json(world, NULL, "ann");
    int n;

    (void)state;
    fake_send(json, "{\"type\":\"leave\",\"room\":\"lobby\"}");
    for (n = 0; n < 3; n++) {
        sweep_after_ms(world, 25000);
        json_decref(fake_expect_json(json, "ping"));
        fake_send(json, "{\"type\":\"pong\"}");
    }
    assert_false(json->conn.is_closing);
    assert_null(json->conn.out.frames.data); /* an idle connection holds no memory */
    assert_null(json->conn.rx.pieces.data);
    fake_free(json);
    fake_world_free(world);
}

static void a_clock_that_goes_on_during_a_sweep_ends_nobody(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *line = fake_text(world, NULL, "bob");

    (void)state;
    fake_forward_ms(25000);
    world_sweep(world);
    line->conn.waiting.since_us += 5; /* as if the ping had taken its time */
    world_sweep(world);
    assert_false(line->conn.is_closing);
    fake_free(line);
    fake_world_free(world);
}

static void a_close_that_is_not_answered_is_cut_off(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *line = fake_text(world, NULL, "bob");

    (void)state;
    fake_skip(line);
    conn_close(&line->conn, 1001, "bye");
    conn_close(&line->conn, 1011, "a second one does nothing");
    fake_flush(world);
    fake_expect_close(line, 1001);
    sweep_after_ms(world, 999);
    assert_false(line->is_killed);
    sweep_after_ms(world, 1);
    assert_true(line->is_killed);
    fake_free(line);
    fake_world_free(world);
}

static void a_close_waits_its_turn_behind_the_answers(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *json = fake_json(world, NULL, "ann");

    (void)state;
    json->room = 0;
    fake_send(json, "{\"type\":\"leave\",\"room\":\"lobby\",\"id\":1}");
    conn_close(&json->conn, 4500, "flood");
    fake_flush(world);
    assert_true(json->wants_writable);
    json->room = SIZE_MAX;
    conn_writable(&json->conn);
    json_decref(fake_expect_json(json, "ok"));
    fake_expect_close(json, 4500);
    fake_free(json);
    fake_world_free(world);
}

static void a_peer_s_close_is_the_end_or_the_answer(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *a = fake_text(world, NULL, "a"), *b = fake_text(world, NULL, "b");
    struct conn never = {0};

    (void)state;
    assert_false(conn_peer_closes(&a->conn, 1000));
    conn_close(&b->conn, 1001, "");
    assert_true(conn_peer_closes(&b->conn, 1001));
    assert_true(conn_peer_closes(&never, 1000));
    conn_closed(&never);
    fake_skip(a);
    fake_flush(world);
    fake_expect(a, NULL); /* nothing after its own Close */
    fake_free(a);
    fake_free(b);
    fake_world_free(world);
}

static void who_lets_too_many_answers_wait_is_too_slow(void **state)
{
    static const char *const options[] = {"client-queue-bytes", "65536", "rate", "0", NULL};
    struct world *world = fake_world(options);
    struct fake_link *json = fake_json(world, NULL, "ann");
    int n;

    (void)state;
    json->room = 0;
    for (n = 0; n < 2000 && !json->conn.is_closing; n++)
        fake_send(json, "{\"type\":\"participants\",\"room\":\"lobby\"}");
    assert_true(n > 300 && n < 1000);
    json->room = SIZE_MAX;
    conn_writable(&json->conn);
    fake_expect_close(json, 4002); /* and the answers are dropped */
    assert_int_equal(fake_metric(world, "chat_evictions_total{cause=\"queue\"}"), 1);
    fake_free(json);
    fake_world_free(world);
}

static void answers_that_the_socket_takes_are_never_too_many(void **state)
{
    static const char *const options[] = {"client-queue-bytes", "65536", NULL};
    struct world *world = fake_world(options);
    struct fake_link *json = fake_json(world, NULL, "ann");
    char text[2000];
    int n;

    (void)state;
    memset(text, 'x', sizeof(text));
    for (n = 0; n < 200; n++)
        conn_send(&json->conn, text, sizeof(text)); /* all of them before any flush */
    fake_flush(world);
    assert_false(json->conn.is_closing);
    for (n = 0; n < 200; n++) {
        char *message = fake_text_message(json);

        assert_non_null(message);
        assert_int_equal(strlen(message), sizeof(text));
        free(message);
    }
    fake_expect(json, NULL);
    fake_free(json);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_worlds_hash_the_same_word_differently),
        cmocka_unit_test(an_address_has_so_many_connections),
        cmocka_unit_test(the_server_has_so_many_connections),
        cmocka_unit_test(who_does_not_join_has_to_go),
        cmocka_unit_test(silence_is_pinged_and_then_ended),
        cmocka_unit_test(who_has_left_all_rooms_is_still_pinged_and_may_answer),
        cmocka_unit_test(a_clock_that_goes_on_during_a_sweep_ends_nobody),
        cmocka_unit_test(a_close_that_is_not_answered_is_cut_off),
        cmocka_unit_test(a_close_waits_its_turn_behind_the_answers),
        cmocka_unit_test(a_peer_s_close_is_the_end_or_the_answer),
        cmocka_unit_test(who_lets_too_many_answers_wait_is_too_slow),
        cmocka_unit_test(answers_that_the_socket_takes_are_never_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A message's way, with a store that answers when the test says so: what SQLite will do. */
#include "fake_port.h"

#include "publish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The store of the world, behind one that holds back what is appended to it. */
struct late_store {
    struct store_ops ops;
    const struct store_ops *real;
    struct store_room *room;
    struct message message;
    char text[32], nick[32], label[32], user[SESSION_USER_BYTES], cid[32];
    store_kept_fn *done;
    void *ticket;
    struct store_query query;
    store_page_fn *page;
    void *page_ticket;
};

static struct late_store late; /* ops have no context of their own but the store */

static const char *keep(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text);
    return to;
}

static void append_later(struct store_room *room, const struct message *message,
                         store_kept_fn *done, void *ticket)
{
    assert_null(late.done);
    late.room = room;
    late.message = *message;
    late.message.text = keep(late.text, sizeof(late.text), message->text);
    late.message.nick = keep(late.nick, sizeof(late.nick), message->nick);
    late.message.label = keep(late.label, sizeof(late.label), message->label);
    late.message.user = keep(late.user, sizeof(late.user), message->user);
    late.message.cid = keep(late.cid, sizeof(late.cid), message->cid);
    late.done = done;
    late.ticket = ticket;
}

static void read_later(struct store_room *room, const struct store_query *query,
                       store_page_fn *done, void *ticket)
{
    assert_null(late.page);
    late.room = room;
    late.query = *query;
    late.page = done;
    late.page_ticket = ticket;
}

static void read_now(struct world *world)
{
    store_page_fn *page = late.page;

    late.page = NULL;
    late.real->read(late.room, &late.query, page, late.page_ticket);
    fake_flush(world);
}

static struct world *late_world(void)
{
    struct world *world = fake_world(NULL);

    memset(&late, 0, sizeof(late));
    late.real = world->store->ops;
    late.ops = *late.real;
    late.ops.append = append_later;
    world->store->ops = &late.ops;
    return world;
}

static void keep_now(struct world *world)
{
    late.real->append(late.room, &late.message, late.done, late.ticket);
    late.done = NULL;
    fake_flush(world);
}

static void fail_now(struct world *world)
{
    late.done(late.ticket, STORE_FAILED, &late.message);
    late.done = NULL;
    fake_flush(world);
}

static const char *const a_message =
    "{\"type\":\"message\",\"id\":1,\"room\":\"lobby\",\"text\":\"x\",\"cid\":\"1\"}";

static void nothing_is_shown_before_it_is_kept(void **state)
{
    struct world *world = late_world();
    struct fake_link *ann = fake_json(world, NULL, "ann"), *bob = fake_json(world, NULL, "bob");

    (void)state;
    fake_skip(ann);
    fake_send(ann, a_message);
    fake_expect(ann, NULL);
    fake_expect(bob, NULL);
    keep_now(world);
    json_decref(fake_expect_json(bob, "message"));
    json_decref(fake_expect_json(ann, "ok"));
    json_decref(fake_expect_json(ann, "message"));
    fake_free(ann);
    fake_free(bob);
    fake_world_free(world);
}

static void what_is_not_kept_is_told_and_not_shown(void **state)
{
    struct world *world = late_world();
    struct fake_link *ann = fake_json(world, NULL, "ann"), *bob = fake_json(world, NULL, "bob");
    json_t *error;

    (void)state;
    fake_skip(ann);
    fake_send(ann, a_message);
    fail_now(world);
    error = fake_expect_error(ann, "storage");
    assert_int_equal(json_integer_value(json_object_get(error, "id")), 1);
    json_decref(error);
    fake_expect(ann, NULL);
    fake_expect(bob, NULL);
    fake_free(ann);
    fake_free(bob);
    fake_world_free(world);
}

static void a_sender_that_is_gone_meanwhile_is_not_answered(void **state)
{
    struct world *world = late_world();
    struct fake_link *ann = fake_json(world, NULL, "ann"), *bob = fake_json(world, NULL, "bob");

    (void)state;
    fake_send(ann, a_message);
    conn_peer_closes(&ann->conn, 1000);
    fake_gone(ann);
    fake_flush(world);
    fake_skip(bob);
    keep_now(world);
    json_decref(fake_expect_json(bob, "message"));
    fake_free(ann);
    fake_free(bob);
    fake_world_free(world);
}

static void a_room_waits_for_the_store_even_when_everybody_has_left(void **state)
{
    struct world *world = late_world();
    struct fake_link *ann = fake_json(world, NULL, "ann");

    (void)state;
    fake_send(ann, a_message);
    fake_send(ann, "{\"type\":\"leave\",\"room\":\"lobby\"}");
    world_sweep(world);
    assert_non_null(world_room(world, "lobby", false));
    keep_now(world);
    json_decref(fake_expect_json(ann, "ok"));
    fake_forward_ms(86400000);
    world_sweep(world);
    assert_null(world_room(world, "lobby", false)); /* the history's time is up */
    fake_free(ann);
    fake_world_free(world);
}

/* A world with one message, whose reads are late, and somebody who has just joined. */
static struct fake_link *join_late(struct world *world)
{
    struct fake_link *link = fake_connect(world, CONN_JSON, "192.0.2.3");

    late.ops.append = late.real->append;
    late.ops.read = read_later;
    fake_skip(link);
    fake_send(link, "{\"type\":\"join\",\"nick\":\"late\"}");
    return link;
}

static void what_is_live_waits_for_the_past_that_is_still_read(void **state)
{
    struct world *world = late_world();
    struct fake_link *bob = fake_text(world, NULL, "bob"), *late_one;
    json_t *message;
    int n;

    (void)state;
    fake_send(bob, "past");
    keep_now(world);
    late_one = join_late(world);
    json_decref(fake_expect_json(late_one, "joined"));
    fake_send(bob, "live");
    fake_expect(late_one, NULL);
    read_now(world);
    for (n = 1; n <= 2; n++) {
        message = fake_expect_json(late_one, "message");
        assert_int_equal(json_integer_value(json_object_get(message, "offset")), n);
        json_decref(message);
    }
    fake_expect(late_one, NULL);
    fake_free(late_one);
    fake_free(bob);
    fake_world_free(world);
}

static void a_past_that_is_read_for_nobody_is_dropped(void **state)
{
    struct world *world = late_world();
    struct fake_link *bob = fake_text(world, NULL, "bob"), *late_one;

    (void)state;
    fake_send(bob, "past");
    keep_now(world);
    late_one = join_late(world);
    conn_peer_closes(&late_one->conn, 1000);
    fake_gone(late_one);
    read_now(world);
    fake_free(late_one);
    fake_free(bob);
    fake_world_free(world);
}

static void a_page_of_history_for_nobody_is_dropped(void **state)
{
    struct world *world = late_world();
    struct fake_link *ann = fake_json(world, NULL, "ann"), *bob = fake_json(world, NULL, "bob");

    (void)state;
    late.ops.read = read_later;
    fake_skip(ann);
    fake_send(ann, "{\"type\":\"history\",\"id\":1,\"room\":\"lobby\"}");
    fake_expect(ann, NULL);
    read_now(world);
    json_decref(fake_expect_json(ann, "history"));
    fake_send(bob, "{\"type\":\"history\",\"id\":1,\"room\":\"lobby\"}");
    conn_peer_closes(&bob->conn, 1000);
    fake_gone(bob);
    read_now(world);
    fake_free(ann);
    fake_free(bob);
    fake_world_free(world);
}

/* A disk that can't be read. */
static void read_nothing(struct store_room *room, const struct store_query *query,
                         store_page_fn *done, void *ticket)
{
    (void)room;
    (void)query;
    done(ticket, NULL, 0);
}

static void history_that_cannot_be_read_is_an_error_and_not_an_empty_page(void **state)
{
    struct world *world = late_world();
    struct fake_link *ann = fake_json(world, NULL, "ann");
    json_t *event;

    (void)state;
    late.ops.read = read_nothing;
    fake_skip(ann);
    fake_send(ann, "{\"type\":\"history\",\"id\":1,\"room\":\"lobby\"}");
    json_decref(fake_expect_json(ann, "history")); /* nothing was said yet */
    fake_send(ann, "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"x\",\"cid\":\"c\"}");
    keep_now(world);
    fake_skip(ann);
    fake_send(ann, "{\"type\":\"history\",\"id\":2,\"room\":\"lobby\"}");
    event = fake_expect_json(ann, "error");
    assert_string_equal(json_string_value(json_object_get(event, "reason")), "storage");
    assert_int_equal(json_integer_value(json_object_get(event, "id")), 2);
    assert_int_equal(world->counters.errors[REFUSAL_STORAGE], 1);
    json_decref(event);
    fake_free(ann);
    fake_world_free(world);
}

static void who_is_named_twice_gets_a_whisper_once(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *a = fake_json(world, NULL, "ann"), *b = fake_json(world, NULL, "bob");
    json_t *ok, *delivered;

    (void)state;
    fake_skip(a);
    fake_send(a, "{\"type\":\"message\",\"id\":1,\"room\":\"lobby\",\"text\":\"x\",\"cid\":\"1\","
                 "\"to\":[\"bob\",\"BOB\",\"bob\"]}");
    json_decref(fake_expect_json(b, "message"));
    fake_expect(b, NULL);
    ok = fake_expect_json(a, "ok");
    delivered = json_object_get(ok, "delivered");
    assert_int_equal(json_array_size(delivered), 1);
    json_decref(ok);
    fake_free(a);
    fake_free(b);
    fake_world_free(world);
}

/* How many `typing` events have come. */
static int typings(struct fake_link *link)
{
    int count = 0;
    char *message;

    for (; (message = fake_text_message(link)); count++)
        free(message);
    return count;
}

static void typing_is_told_once_in_three_seconds_whatever_comes_between(void **state)
{
    static const char *const on = "{\"type\":\"typing\",\"room\":\"lobby\",\"active\":true}";
    static const char *const off = "{\"type\":\"typing\",\"room\":\"lobby\",\"active\":false}";
    struct world *world = fake_world(NULL);
    struct fake_link *a = fake_json(world, NULL, "ann"), *b = fake_json(world, NULL, "bob");

    (void)state;
    fake_send(a, off); /* it was not typing */
    assert_int_equal(typings(b), 0);
    fake_send(a, on);
    fake_send(a, off);
    fake_send(a, on);
    fake_send(a, off);
    assert_int_equal(typings(b), 2);
    fake_forward_ms(3000);
    fake_send(a, on);
    fake_send(a, on);
    assert_int_equal(typings(b), 1);
    fake_free(a);
    fake_free(b);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_shown_before_it_is_kept),
        cmocka_unit_test(what_is_not_kept_is_told_and_not_shown),
        cmocka_unit_test(a_sender_that_is_gone_meanwhile_is_not_answered),
        cmocka_unit_test(what_is_live_waits_for_the_past_that_is_still_read),
        cmocka_unit_test(a_past_that_is_read_for_nobody_is_dropped),
        cmocka_unit_test(a_page_of_history_for_nobody_is_dropped),
        cmocka_unit_test(history_that_cannot_be_read_is_an_error_and_not_an_empty_page),
        cmocka_unit_test(a_room_waits_for_the_store_even_when_everybody_has_left),
        cmocka_unit_test(who_is_named_twice_gets_a_whisper_once),
        cmocka_unit_test(typing_is_told_once_in_three_seconds_whatever_comes_between),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

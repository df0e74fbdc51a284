/* Event streams on a fake world: what they get, when they are woken, and how they end. */
#include "listener.h"

#include "fake_port.h"
#include "moderation.h"
#include "publish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Someone who listens; the link's `received` is what was sent on the stream. */
struct ear {
    struct fake_link link;
    struct listener listener;
};

static const struct sse_place *place(const char *text)
{
    static struct sse_place result;

    memset(&result, 0, sizeof(result));
    sse_place_read(text, strlen(text), &result);
    return &result;
}

static struct ear *listen_since(struct world *world, const struct sse_place *since)
{
    struct ear *ear = calloc(1, sizeof(*ear));

    assert_int_equal(listener_open(&ear->listener, world_room(world, "lobby", true), &ear->link,
                                   "192.0.2.9", since),
                     LISTENER_OPEN);
    return ear;
}

static struct ear *listen_now(struct world *world) { return listen_since(world, NULL); }

/* The socket is writable, and takes at most `max` bytes at once. Returns how the last turn ended.
 */
static enum listener_turn drink(struct ear *ear, size_t max)
{
    enum listener_turn turn = LISTENER_NOTHING;
    struct frames run;

    while (ear->link.wants_writable) {
        ear->link.wants_writable = false;
        turn = listener_next(&ear->listener, max, &run);
        if (turn != LISTENER_BYTES)
            return turn;
        assert_true(run.len > 0 && run.len <= max);
        assert_int_equal(bytes_append(&ear->link.received, run.bytes, run.len), 0);
        listener_wrote(&ear->listener);
    }
    return turn;
}

/* What has come since the last look. */
static const char *heard(struct ear *ear)
{
    const char *text;

    drink(ear, SIZE_MAX);
    text = ear->link.received.data ? ear->link.received.data + ear->link.read : "";
    ear->link.read = ear->link.received.len;
    return text;
}

static void leave(struct ear *ear)
{
    listener_closed(&ear->listener);
    bytes_fini(&ear->link.received);
    free(ear);
}

static void say(struct fake_link *speaker, unsigned n, const char *text)
{
    char request[70000];

    snprintf(request, sizeof(request),
             "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"%s\",\"cid\":\"c%u\"}", text, n);
    fake_send(speaker, request);
    fake_skip(speaker);
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;

    for (; (text = strstr(text, part)); text++)
        found++;
    return found;
}

static const char *const no_rate[] = {"rate", "0", NULL, NULL};

static void everybody_gets_what_is_said_from_now_on(void **state)
{
    struct world *world = fake_world(no_rate);
    struct fake_link *ann = fake_json(world, "lobby", "Ann");
    struct ear *a, *b;
    const char *text;

    (void)state;
    say(ann, 1, "before");
    a = listen_now(world);
    text = heard(a);
    assert_true(strncmp(text, "retry: ", 7) == 0);
    assert_non_null(strstr(text, ":1\n\n"));
    assert_null(strstr(text, "before"));
    b = listen_now(world);
    heard(b);
    assert_int_equal(world->conn_count, 3);
    say(ann, 2, "one");
    say(ann, 3, "two");
    assert_true(a->link.wants_writable && b->link.wants_writable);
    assert_string_equal(heard(a), heard(b));
    assert_int_equal(count(a->link.received.data, "event: message\n"), 2);
    leave(a);
    assert_non_null(world_room(world, "lobby", false)->logs[RENDITION_EVENTS]);
    leave(b);
    assert_null(world_room(world, "lobby", false)->logs[RENDITION_EVENTS]);
    assert_int_equal(world->conn_count, 1);
    fake_free(ann);
    fake_world_free(world);
}

/* Byte by byte, with the past, news and comments in between, the stream is the same. */
static void small_windows_change_nothing(void **state)
{
    struct world *world = fake_world(no_rate);
    struct fake_link *ann = fake_json(world, "lobby", "Ann");
    struct ear *large, *small;
    char since[40];
    unsigned n;

    (void)state;
    for (n = 0; n < 150; n++)
        say(ann, n, "past");
    snprintf(since, sizeof(since), "%s:%d",
             world->store->ops->state(world_room(world, "lobby", false)->past, 0)->epoch, 20);
    large = listen_since(world, place(since));
    small = listen_since(world, place(since));
    say(ann, 1000, "live");
    heard(large);
    drink(small, 1);
    assert_int_equal(count(large->link.received.data, "\"replay\":true"), 130);
    assert_int_equal(count(large->link.received.data, "live"), 1);
    assert_int_equal(large->link.received.len, small->link.received.len);
    assert_memory_equal(large->link.received.data, small->link.received.data,
                        large->link.received.len);
    leave(large);
    leave(small);
    fake_free(ann);
    fake_world_free(world);
}

static void silence_is_filled_and_its_takers_stay(void **state)
{
    struct world *world = fake_world(no_rate);
    struct ear *ear = listen_now(world), *deaf = listen_now(world);
    unsigned n;

    (void)state;
    heard(ear);
    for (n = 0; n < 3; n++) {
        fake_forward_ms(24000);
        world_sweep(world);
        fake_forward_ms(1000);
        world_sweep(world);
        assert_string_equal(heard(ear), ":\n\n");
        assert_true(deaf->link.is_killed); /* it has taken nothing, not even the beginning */
    }
    assert_int_equal(world->counters.evictions[EVICTION_LOG], 1);
    leave(ear);
    leave(deaf);
    fake_world_free(world);
}

static void who_falls_off_the_log_is_dropped(void **state)
{
    static const char *const options[] = {"rate", "0", "room-log-bytes", "65536", NULL, NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_json(world, "lobby", "Ann");
    struct ear *fast = listen_now(world), *slow = listen_now(world);
    char text[3001];
    unsigned n;

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    heard(slow);
    for (n = 0; n < 40; n++) {
        say(ann, n, text);
        heard(fast);
    }
    world_sweep(world);
    assert_true(slow->link.is_killed);
    assert_false(fast->link.is_killed);
    assert_int_equal(drink(slow, SIZE_MAX), LISTENER_DROPPED);
    assert_int_equal(count(fast->link.received.data, "event: message\n"), 40);
    leave(fast);
    leave(slow);
    fake_free(ann);
    fake_world_free(world);
}

static void who_is_gone_is_dropped(void **state)
{
    struct world *world = fake_world(NULL);
    struct ear *ear = listen_now(world);

    (void)state;
    heard(ear);
    world_sweep(world);
    assert_false(ear->link.is_killed);
    ear->link.is_gone = true;
    world_sweep(world);
    assert_true(ear->link.is_killed);
    leave(ear);
    assert_true(world_is_idle(world) || dlist_first(&world->all_rooms));
    fake_world_free(world);
}

static void the_end_comes_behind_everything(void **state)
{
    struct world *world = fake_world(no_rate);
    struct fake_link *ann = fake_json(world, "lobby", "Ann");
    struct ear *ear = listen_now(world), *other;
    struct measure measure = {0};

    (void)state;
    say(ann, 1, "last words");
    assert_int_equal(moderate(world, MODERATION_CLOSE_ROOM, "lobby", &measure), REFUSAL_NONE);
    assert_int_equal(drink(ear, 7), LISTENER_END);
    assert_non_null(strstr(ear->link.received.data, "last words"));
    assert_non_null(strstr(ear->link.received.data, "event: room_closed\n"));
    leave(ear);
    other = listen_now(world);
    world_stop(world, 1001, "bye");
    assert_int_equal(drink(other, SIZE_MAX), LISTENER_END);
    leave(other);
    fake_free(ann);
    fake_world_free(world);
}

/* What is left of the past is not that of the room any more. */
static void a_closed_room_has_no_past(void **state)
{
    struct world *world = fake_world(no_rate);
    struct fake_link *ann = fake_json(world, "lobby", "Ann");
    struct measure measure = {0};
    struct ear *ear;
    char since[40];
    unsigned n;

    (void)state;
    for (n = 0; n < 150; n++)
        say(ann, n, "past");
    snprintf(since, sizeof(since), "%s:0",
             world->store->ops->state(world_room(world, "lobby", false)->past, 0)->epoch);
    ear = listen_since(world, place(since));
    assert_int_equal(moderate(world, MODERATION_CLOSE_ROOM, "lobby", &measure), REFUSAL_NONE);
    fake_send(ann, "{\"type\":\"join\",\"room\":\"lobby\"}");
    for (n = 0; n < 3; n++)
        say(ann, 1000 + n, "new");
    assert_int_equal(drink(ear, SIZE_MAX), LISTENER_END);
    assert_null(strstr(ear->link.received.data, "\"replay\":true"));
    assert_int_equal(count(ear->link.received.data, "event: room_closed\n"), 1);
    assert_int_equal(world->counters.evictions[EVICTION_PAST], 0);
    leave(ear);
    fake_free(ann);
    fake_world_free(world);
}

static void bounds_hold(void **state)
{
    static const char *const options[] = {"per-ip", "2", "max-connections", "3", NULL, NULL};
    struct world *world = fake_world(options);
    struct ear *a = listen_now(world), *b = listen_now(world);
    struct fake_link *ann = fake_json(world, "lobby", "Ann"), *bob;
    struct room *room = world_room(world, "lobby", true);
    struct listener more = {0};

    (void)state;
    assert_int_equal(listener_open(&more, room, NULL, "192.0.2.1", NULL), LISTENER_SERVER_FULL);
    bob = fake_connect(world, CONN_JSON, "192.0.2.1");
    fake_expect_close(bob, CLOSE_SERVER_FULL);
    fake_free(bob);
    fake_free(ann);
    assert_int_equal(listener_open(&more, room, NULL, "192.0.2.9", NULL), LISTENER_ADDRESS_FULL);
    assert_null(more.world);
    listener_closed(&more);
    leave(a);
    leave(b);
    assert_int_equal(world->conn_count, 0);
    fake_world_free(world);
}

static void a_world_may_go_first(void **state)
{
    struct world *world = fake_world(NULL);
    struct ear *ear = listen_now(world);

    (void)state;
    fake_world_free(world);
    assert_null(ear->listener.world);
    leave(ear);
}

/* More than one turn of the loop is needed, and nobody is forgotten. */
static void thousands_are_woken_in_slices(void **state)
{
    static const char *const options[] = {"rate", "0", "per-ip", "0", NULL, NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_json(world, "lobby", "Ann");
    static struct ear *ears[2500];
    size_t n, ears_count = sizeof(ears) / sizeof(ears[0]);

    (void)state;
    for (n = 0; n < ears_count; n++) {
        ears[n] = listen_now(world);
        heard(ears[n]);
    }
    say(ann, 1, "hi");
    for (n = 0; n < ears_count; n++) {
        assert_int_equal(count(heard(ears[n]), "\"hi\""), 1);
        leave(ears[n]);
    }
    fake_free(ann);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_gets_what_is_said_from_now_on),
        cmocka_unit_test(small_windows_change_nothing),
        cmocka_unit_test(silence_is_filled_and_its_takers_stay),
        cmocka_unit_test(who_falls_off_the_log_is_dropped),
        cmocka_unit_test(who_is_gone_is_dropped),
        cmocka_unit_test(the_end_comes_behind_everything),
        cmocka_unit_test(a_closed_room_has_no_past),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(a_world_may_go_first),
        cmocka_unit_test(thousands_are_woken_in_slices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

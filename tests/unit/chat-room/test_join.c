/* Coming in: names, limits, history, and every row of the recovery's decision table. */
#include "fake_port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_int_t number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));

    assert_non_null(value);
    return value;
}

static void say(struct fake_link *link, int first, int last)
{
    char line[32];

    for (; first <= last; first++) {
        snprintf(line, sizeof(line), "m%d", first);
        fake_send(link, line);
    }
}

/* Join on a fresh connection with these members added; returns `joined`. */
static json_t *join(struct world *world, const char *members, struct fake_link **link)
{
    char request[400];

    *link = fake_connect(world, CONN_JSON, "192.0.2.9");
    json_decref(fake_expect_json(*link, "welcome"));
    snprintf(request, sizeof(request), "{\"type\":\"join\"%s}", members);
    fake_send(*link, request);
    return fake_expect_json(*link, "joined");
}

/* The replayed messages must be first..last, and nothing else. */
static void expect_replay(struct fake_link *link, int first, int last)
{
    for (; first <= last; first++) {
        json_t *message = fake_expect_json(link, "message");

        assert_int_equal(number(message, "offset"), first);
        assert_true(json_is_true(json_object_get(message, "replay")));
        json_decref(message);
    }
    fake_expect(link, NULL);
}

static const char *const no_rate[] = {"rate", "0", "history-count", "60", NULL};

static void recovery_follows_its_table(void **state)
{
    static const struct {
        const char *members; /* %s: the epoch */
        int recovered;       /* -1: not said */
        int missed;          /* -1: null */
        int first, last;     /* replayed; none when first > last */
    } cases[] = {
        {"", -1, -1, 51, 100},
        {",\"history\":3", -1, -1, 98, 100},
        {",\"history\":1000", -1, -1, 41, 100},
        {",\"history\":0", -1, -1, 1, 0},
        {",\"since\":{\"epoch\":\"%s\",\"offset\":100}", 1, -1, 1, 0},
        {",\"since\":{\"epoch\":\"%s\",\"offset\":99}", 1, -1, 100, 100},
        {",\"history\":2,\"since\":{\"epoch\":\"%s\",\"offset\":90}", 1, -1, 91, 100},
        {",\"since\":{\"epoch\":\"%s\",\"offset\":10}", 1, -1, 11, 100}, /* beyond the history */
        {",\"since\":{\"epoch\":\"%s\",\"offset\":0}", 1, -1, 1, 100},
        {",\"since\":{\"epoch\":\"%s\",\"offset\":101}", 0, -1, 51, 100},
        {",\"since\":{\"epoch\":\"other\",\"offset\":99}", 0, -1, 51, 100},
        {",\"history\":1,\"since\":{\"epoch\":\"\",\"offset\":0}", 0, -1, 100, 100},
    };
    struct world *world = fake_world(no_rate);
    struct fake_link *speaker = fake_text(world, NULL, "bob"), *link;
    json_t *joined = join(world, "", &link);
    char epoch[64], members[200];
    size_t n;

    (void)state;
    snprintf(epoch, sizeof(epoch), "%s", text(joined, "epoch"));
    assert_int_equal(number(joined, "offset"), 0);
    json_decref(joined);
    fake_free(link);
    say(speaker, 1, 100);
    for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        snprintf(members, sizeof(members), cases[n].members, epoch);
        joined = join(world, members, &link);
        assert_int_equal(number(joined, "offset"), 100);
        assert_string_equal(text(joined, "epoch"), epoch);
        if (cases[n].recovered < 0)
            assert_null(json_object_get(joined, "recovered"));
        else
            assert_int_equal(json_is_true(json_object_get(joined, "recovered")),
                             cases[n].recovered);
        assert_true(json_is_null(json_object_get(joined, "missed")));
        assert_int_equal(number(joined, "replay"), cases[n].last + 1 - cases[n].first);
        json_decref(joined);
        expect_replay(link, cases[n].first, cases[n].last);
        fake_free(link);
    }
    fake_free(speaker);
    fake_world_free(world);
}

static void a_gap_is_counted(void **state)
{
    static const char *const options[] = {"rate", "0", "history-ttl", "60", NULL};
    struct world *world = fake_world(options);
    struct fake_link *speaker = fake_text(world, NULL, "bob"), *link;
    char epoch[64], members[200];
    json_t *joined;

    (void)state;
    say(speaker, 1, 10);
    fake_forward_ms(60000);
    say(speaker, 11, 12);
    joined = join(world, "", &link);
    snprintf(epoch, sizeof(epoch), "%s", text(joined, "epoch"));
    json_decref(joined);
    expect_replay(link, 11, 12);
    fake_free(link);
    snprintf(members, sizeof(members), ",\"since\":{\"epoch\":\"%s\",\"offset\":4}", epoch);
    joined = join(world, members, &link);
    assert_true(json_is_false(json_object_get(joined, "recovered")));
    assert_int_equal(number(joined, "missed"), 6);
    json_decref(joined);
    expect_replay(link, 11, 12);
    fake_free(link);
    snprintf(members, sizeof(members), ",\"since\":{\"epoch\":\"%s\",\"offset\":10}", epoch);
    joined = join(world, members, &link);
    assert_true(json_is_true(json_object_get(joined, "recovered")));
    json_decref(joined);
    expect_replay(link, 11, 12);
    fake_free(link);
    fake_free(speaker);
    fake_world_free(world);
}

static void an_empty_room_can_be_recovered(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *a, *b;
    json_t *joined = join(world, ",\"room\":\"quiet\"", &a);
    char members[200];

    (void)state;
    snprintf(members, sizeof(members),
             ",\"room\":\"quiet\",\"since\":{\"epoch\":\"%s\",\"offset\":0}",
             text(joined, "epoch"));
    json_decref(joined);
    joined = join(world, members, &b);
    assert_true(json_is_true(json_object_get(joined, "recovered")));
    assert_int_equal(number(joined, "replay"), 0);
    json_decref(joined);
    fake_free(b);
    fake_free(a);
    fake_world_free(world);
}

static void a_long_past_comes_page_by_page_before_what_is_live(void **state)
{
    static const char *const options[] = {"rate",
                                          "0",
                                          "history-count",
                                          "5000",
                                          "history-bytes",
                                          "9999999",
                                          "room-log-bytes",
                                          "2000000",
                                          "client-queue-bytes",
                                          "65536",
                                          NULL};
    struct world *world = fake_world(options);
    struct fake_link *speaker = fake_text(world, NULL, "bob"), *link;
    json_t *joined;

    (void)state;
    say(speaker, 1, 3000);
    link = fake_connect(world, CONN_JSON, "192.0.2.9");
    fake_skip(link);
    link->room = 0; /* takes nothing while others talk */
    fake_send(link, "{\"type\":\"join\",\"history\":3000}");
    say(speaker, 3001, 3010);
    assert_true(out_queue_waiting(&link->conn.out) < 65536);
    link->room = 1; /* one frame at a time */
    while (link->wants_writable) {
        link->wants_writable = false;
        conn_writable(&link->conn);
        fake_flush(world);
    }
    joined = fake_expect_json(link, "joined");
    assert_int_equal(number(joined, "offset"), 3000);
    assert_int_equal(number(joined, "replay"), 3000);
    json_decref(joined);
    for (int n = 1; n <= 3010; n++) {
        json_t *message = fake_expect_json(link, "message");

        assert_int_equal(number(message, "offset"), n);
        assert_int_equal(json_is_true(json_object_get(message, "replay")), n <= 3000);
        json_decref(message);
    }
    fake_expect(link, NULL);
    fake_free(link);
    fake_free(speaker);
    fake_world_free(world);
}

static void a_past_that_is_forgotten_on_the_way_ends_it(void **state)
{
    static const char *const options[] = {"rate",          "0",           "client-queue-bytes",
                                          "65536",         "history-ttl", "60",
                                          "history-count", "200",         NULL};
    struct world *world = fake_world(options);
    struct fake_link *speaker = fake_text(world, NULL, "bob"), *link;

    (void)state;
    say(speaker, 1, 200);
    link = fake_connect(world, CONN_JSON, "192.0.2.9");
    link->room = 0;
    fake_send(link, "{\"type\":\"join\",\"history\":200}");
    fake_forward_ms(60001);
    say(speaker, 201, 201); /* what was to be replayed is gone now */
    link->room = SIZE_MAX;
    link->wants_writable = false;
    conn_writable(&link->conn);
    fake_flush(world);
    assert_true(link->conn.is_closing);
    fake_free(link);
    fake_free(speaker);
    fake_world_free(world);
}

static void a_taken_nick_gets_a_number(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *a = fake_json(world, NULL, "Ann"), *b, *c;
    json_t *joined = join(world, ",\"nick\":\"ANN\"", &b);

    (void)state;
    assert_string_equal(text(joined, "nick"), "ANN-2");
    assert_int_equal(number(joined, "count"), 2);
    assert_int_equal(json_array_size(json_object_get(joined, "participants")), 2);
    json_decref(joined);
    joined = join(world, ",\"nick\":\"ann\"", &c);
    assert_string_equal(text(joined, "nick"), "ann-3");
    json_decref(joined);
    joined = fake_expect_json(a, "join");
    assert_string_equal(text(joined, "nick"), "ANN-2");
    assert_int_equal(number(joined, "count"), 2);
    json_decref(joined);
    fake_free(c);
    fake_free(b);
    fake_free(a);
    fake_world_free(world);
}

static void refusals_leave_the_room_as_it_was(void **state)
{
    static const char *const options[] = {
        "max-rooms", "2", "rooms-per-client", "2", "max-participants", "2", "rate", "0", NULL};
    static const struct {
        const char *members, *reason;
    } cases[] = {
        {",\"room\":\"a b\"", "bad-room"},    {",\"room\":\"\"", "bad-room"},
        {",\"nick\":\" x\"", "bad-nick"},     {",\"nick\":\"\"", "bad-nick"},
        {",\"nick\":\"a\\nb\"", "bad-nick"},  {",\"room\":\"third\"", "too-many-rooms"},
        {",\"room\":\"lobby\"", "room-full"},
    };
    struct world *world = fake_world(options);
    struct fake_link *a = fake_json(world, "lobby", "a"), *b = fake_json(world, "lobby", "b");
    struct fake_link *c = fake_json(world, "second", "c"), *link;
    char request[200], sample[80];
    uint64_t before;
    size_t n;

    (void)state;
    fake_skip(a);
    for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        link = fake_connect(world, CONN_JSON, "192.0.2.9");
        fake_skip(link);
        snprintf(request, sizeof(request), "{\"type\":\"join\",\"id\":1%s}", cases[n].members);
        snprintf(sample, sizeof(sample), "chat_errors_total{reason=\"%s\"}", cases[n].reason);
        before = fake_metric(world, sample);
        fake_send(link, request);
        json_decref(fake_expect_error(link, cases[n].reason));
        assert_int_equal(fake_metric(world, sample), before + 1);
        fake_expect(a, NULL);
        fake_free(link);
    }
    fake_send(a, "{\"type\":\"join\",\"room\":\"lobby\"}");
    json_decref(fake_expect_error(a, "already-joined"));
    fake_free(c);
    fake_free(b);
    fake_free(a);
    fake_world_free(world);
}

static void an_empty_room_makes_place_for_another(void **state)
{
    static const char *const options[] = {"max-rooms", "1", NULL};
    struct world *world = fake_world(options);
    struct fake_link *a = fake_json(world, "first", "a");

    (void)state;
    fake_send(a, "{\"type\":\"join\",\"room\":\"second\"}");
    json_decref(fake_expect_error(a, "too-many-rooms"));
    assert_int_equal(fake_metric(world, "chat_rooms"), 1);
    fake_send(a, "{\"type\":\"leave\",\"room\":\"first\",\"id\":1}");
    json_decref(fake_expect_json(a, "ok"));
    fake_send(a, "{\"type\":\"join\",\"room\":\"second\"}");
    json_decref(fake_expect_json(a, "joined"));
    fake_free(a);
    fake_world_free(world);
}

static void a_text_client_joins_by_connecting(void **state)
{
    struct world *world = fake_world(no_rate);
    struct fake_link *speaker = fake_json(world, "x", "Ann"), *link;
    struct text_join with_history = {.room = "X", .nick = "Bob", .history = 2};
    struct text_join bad_nick = {.nick = "a\xff"}, bad_room = {.room = "a/b"};
    char *line;
    int n;

    (void)state;
    for (n = 0; n < 3; n++)
        fake_send(speaker,
                  n == 0 ? "{\"type\":\"message\",\"room\":\"x\",\"text\":\"a\",\"cid\":\"1\"}"
                  : n == 1
                      ? "{\"type\":\"message\",\"room\":\"x\",\"text\":\"b\\nc\",\"cid\":\"2\"}"
                      : "{\"type\":\"message\",\"room\":\"x\",\"text\":\"d\",\"cid\":\"3\"}");
    link = fake_connect(world, CONN_TEXT, "192.0.2.1");
    assert_int_equal(join_text(&link->conn, &with_history), REFUSAL_NONE);
    fake_flush(world);
    line = fake_text_message(link);
    assert_non_null(strstr(line, "[Ann]-["));
    assert_non_null(strstr(line, "]-说：b c"));
    free(line);
    line = fake_text_message(link);
    assert_non_null(strstr(line, "]-说：d"));
    free(line);
    line = fake_text_message(link);
    assert_non_null(strstr(line, "[Bob]-["));
    assert_non_null(strstr(line, "]-进入聊天室"));
    free(line);
    fake_expect(link, NULL);
    fake_free(link);
    link = fake_connect(world, CONN_TEXT, "192.0.2.1");
    assert_int_equal(join_text(&link->conn, &bad_nick), REFUSAL_BAD_NICK);
    assert_int_equal(join_text(&link->conn, &bad_room), REFUSAL_BAD_ROOM);
    fake_free(link);
    fake_free(speaker);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovery_follows_its_table),
        cmocka_unit_test(a_gap_is_counted),
        cmocka_unit_test(an_empty_room_can_be_recovered),
        cmocka_unit_test(a_long_past_comes_page_by_page_before_what_is_live),
        cmocka_unit_test(a_past_that_is_forgotten_on_the_way_ends_it),
        cmocka_unit_test(a_taken_nick_gets_a_number),
        cmocka_unit_test(refusals_leave_the_room_as_it_was),
        cmocka_unit_test(an_empty_room_makes_place_for_another),
        cmocka_unit_test(a_text_client_joins_by_connecting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

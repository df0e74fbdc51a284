/* The bounds of what a request may ask for: what is just within passes, one more has its answer and
 * is counted. Bounds of a connection are in test_conn.c and test_input.c, of rooms in test_join.c,
 * of a room's log in test_fanout.c. */
#include "fake_port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const no_rate[] = {"rate", "0", "max-message-bytes", "64", NULL};

static size_t array_size(const json_t *object, const char *name)
{
    return json_array_size(json_object_get(object, name));
}

/* The next message must be that error, which was counted once. */
static void expect_counted_error(struct fake_link *link, const char *reason)
{
    char sample[80];

    json_decref(fake_expect_error(link, reason));
    snprintf(sample, sizeof(sample), "chat_errors_total{reason=\"%s\"}", reason);
    assert_int_equal(fake_metric(link->conn.world, sample), 1);
}

/* Send `request` with `count` letters in the place of its @. */
static void send_letters(struct fake_link *link, const char *request, size_t count)
{
    size_t before = strcspn(request, "@");
    char text[400];

    memcpy(text, request, before);
    memset(text + before, 'x', count);
    strcpy(text + before + count, request + before + 1);
    fake_send(link, text);
}

static void a_text_has_max_message_bytes(void **state)
{
    static const char say[] =
        "{\"type\":\"message\",\"id\":1,\"room\":\"lobby\",\"cid\":\"1\",\"text\":\"@\"}";
    static const char whisper[] = "{\"type\":\"message\",\"id\":1,\"room\":\"lobby\",\"cid\":\"2\","
                                  "\"to\":\"ann\",\"text\":\"@\"}";
    struct world *world = fake_world(no_rate);
    struct fake_link *ann = fake_json(world, NULL, "ann");

    (void)state;
    send_letters(ann, say, 64);
    json_decref(fake_expect_json(ann, "ok"));
    json_decref(fake_expect_json(ann, "message"));
    send_letters(ann, say, 65);
    expect_counted_error(ann, "text-too-long");
    send_letters(ann, whisper, 65);
    json_decref(fake_expect_error(ann, "text-too-long"));
    assert_int_equal(fake_metric(world, "chat_messages_total"), 1);
    fake_free(ann);
    fake_world_free(world);
}

static void a_nick_has_32_characters(void **state)
{
    static const char rename[] = "{\"type\":\"nick\",\"id\":1,\"room\":\"lobby\",\"nick\":\"@\"}";
    struct world *world = fake_world(no_rate);
    struct fake_link *ann = fake_json(world, NULL, "ann");

    (void)state;
    send_letters(ann, rename, 32);
    json_decref(fake_expect_json(ann, "ok"));
    json_decref(fake_expect_json(ann, "nick"));
    send_letters(ann, rename, 33);
    expect_counted_error(ann, "bad-nick");
    fake_free(ann);
    fake_world_free(world);
}

static void a_cid_has_64_characters(void **state)
{
    static const char say[] =
        "{\"type\":\"message\",\"id\":1,\"room\":\"lobby\",\"cid\":\"@\",\"text\":\"x\"}";
    struct world *world = fake_world(no_rate);
    struct fake_link *ann = fake_json(world, NULL, "ann");

    (void)state;
    send_letters(ann, say, 64);
    json_decref(fake_expect_json(ann, "ok"));
    json_decref(fake_expect_json(ann, "message"));
    send_letters(ann, say, 65);
    expect_counted_error(ann, "bad-request");
    fake_free(ann);
    fake_world_free(world);
}

static void a_whisper_has_eight_recipients(void **state)
{
    static const char eight[] = "{\"type\":\"message\",\"id\":1,\"room\":\"lobby\",\"cid\":\"1\","
                                "\"text\":\"x\",\"to\":[\"ann\",\"1\",\"2\",\"3\",\"4\",\"5\","
                                "\"6\",\"7\"]}";
    static const char nine[] = "{\"type\":\"message\",\"id\":1,\"room\":\"lobby\",\"cid\":\"2\","
                               "\"text\":\"x\",\"to\":[\"ann\",\"1\",\"2\",\"3\",\"4\",\"5\","
                               "\"6\",\"7\",\"8\"]}";
    struct world *world = fake_world(no_rate);
    struct fake_link *ann = fake_json(world, NULL, "ann");

    (void)state;
    fake_send(ann, eight);
    json_decref(fake_expect_json(ann, "message"));
    json_decref(fake_expect_json(ann, "ok"));
    fake_send(ann, nine);
    expect_counted_error(ann, "too-many-recipients");
    assert_int_equal(fake_metric(world, "chat_whispers_total"), 1);
    fake_free(ann);
    fake_world_free(world);
}

static void a_client_has_so_many_rooms(void **state)
{
    static const char *const options[] = {"rooms-per-client", "2", NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_json(world, "a", "ann"), *bob;

    (void)state;
    fake_send(ann, "{\"type\":\"join\",\"room\":\"b\"}");
    json_decref(fake_expect_json(ann, "joined"));
    fake_send(ann, "{\"type\":\"join\",\"room\":\"c\"}");
    expect_counted_error(ann, "too-many-rooms");
    assert_int_equal(fake_metric(world, "chat_rooms"), 2);
    bob = fake_json(world, "c", "bob"); /* it is not the server that is full */
    fake_free(bob);
    fake_free(ann);
    fake_world_free(world);
}

static void a_list_of_people_has_200(void **state)
{
    static const char *const options[] = {"per-ip", "0", "presence-limit", "1", NULL};
    struct world *world = fake_world(options);
    struct fake_link *links[200], *ann;
    json_t *list;
    int n;

    (void)state;
    for (n = 0; n < 199; n++)
        links[n] = fake_text(world, NULL, NULL);
    links[199] = fake_json(world, NULL, "last");
    assert_int_equal(fake_metric(world, "chat_cut_lists_total{list=\"participants\"}"), 0);
    ann = fake_connect(world, CONN_JSON, "192.0.2.3");
    json_decref(fake_expect_json(ann, "welcome"));
    fake_send(ann, "{\"type\":\"join\"}");
    list = fake_expect_json(ann, "joined");
    assert_int_equal(array_size(list, "participants"), 200);
    assert_int_equal(json_integer_value(json_object_get(list, "count")), 201);
    json_decref(list);
    assert_int_equal(fake_metric(world, "chat_cut_lists_total{list=\"participants\"}"), 1);
    fake_send(ann, "{\"type\":\"participants\",\"room\":\"lobby\"}");
    list = fake_expect_json(ann, "participants");
    assert_int_equal(array_size(list, "participants"), 200);
    assert_true(json_is_true(json_object_get(list, "more")));
    json_decref(list);
    assert_int_equal(fake_metric(world, "chat_cut_lists_total{list=\"participants\"}"), 2);
    for (n = 0; n < 200; n++)
        fake_free(links[n]);
    fake_free(ann);
    fake_world_free(world);
}

static void a_larger_room_is_not_told_who_comes_and_goes(void **state)
{
    static const char *const options[] = {"presence-limit", "2", NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_json(world, NULL, "ann"), *bob = fake_json(world, NULL, "bob");
    struct fake_link *eve;

    (void)state;
    json_decref(fake_expect_json(ann, "join"));
    assert_int_equal(fake_metric(world, "chat_untold_presence_total"), 0);
    eve = fake_json(world, NULL, "eve");
    conn_peer_closes(&eve->conn, 1000);
    fake_flush(world);
    fake_expect(ann, NULL);
    assert_int_equal(fake_metric(world, "chat_untold_presence_total"), 2);
    conn_peer_closes(&bob->conn, 1000);
    fake_flush(world);
    json_decref(fake_expect_json(ann, "leave"));
    assert_int_equal(fake_metric(world, "chat_untold_presence_total"), 2);
    fake_free(eve);
    fake_free(bob);
    fake_free(ann);
    fake_world_free(world);
}

static void a_room_of_more_than_50_is_not_told_who_is_typing(void **state)
{
    static const char *const options[] = {"per-ip", "0", "presence-limit", "1", NULL};
    struct world *world = fake_world(options);
    struct fake_link *links[51];
    int n;

    (void)state;
    for (n = 0; n < 50; n++)
        links[n] = fake_json(world, NULL, NULL);
    fake_send(links[1], "{\"type\":\"typing\",\"room\":\"lobby\",\"active\":true}");
    json_decref(fake_expect_json(links[0], "typing"));
    links[50] = fake_json(world, NULL, NULL);
    fake_send(links[2], "{\"type\":\"typing\",\"room\":\"lobby\",\"active\":true}");
    fake_expect(links[0], NULL);
    for (n = 0; n < 51; n++)
        fake_free(links[n]);
    fake_world_free(world);
}

static void say(struct fake_link *link, int count)
{
    while (count--)
        fake_send(link, "12345678901234567890");
}

static void a_history_has_its_count_bytes_and_age(void **state)
{
    static const char *const options[] = {
        "rate", "0", "history-count", "10", "history-bytes", "3000", "history-ttl", "60", NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_text(world, NULL, "ann");
    uint64_t each;

    (void)state;
    say(ann, 1);
    each = fake_metric(world, "chat_history_bytes");
    assert_in_range(each, 20, 299);
    say(ann, 20);
    assert_int_equal(fake_metric(world, "chat_history_messages"), 10);
    assert_int_equal(fake_metric(world, "chat_history_bytes"), 10 * each);
    assert_int_equal(fake_metric(world, "chat_kept_messages"), 21);
    assert_int_equal(fake_metric(world, "chat_kept_bytes"), 21 * each);
    fake_forward_ms(60000);
    assert_int_equal(fake_metric(world, "chat_history_messages"), 0);
    assert_int_equal(fake_metric(world, "chat_kept_bytes"), 0);
    fake_free(ann);
    fake_world_free(world);
}

static void a_page_of_history_says_that_there_is_more(void **state)
{
    struct world *world = fake_world(no_rate);
    struct fake_link *line = fake_text(world, NULL, "lee"), *ann = fake_json(world, NULL, "ann");
    json_t *page;

    (void)state;
    say(line, 51);
    fake_skip(ann);
    fake_send(ann, "{\"type\":\"history\",\"room\":\"lobby\"}");
    page = fake_expect_json(ann, "history");
    assert_int_equal(array_size(page, "messages"), 50);
    assert_true(json_is_true(json_object_get(page, "more")));
    json_decref(page);
    assert_int_equal(fake_metric(world, "chat_cut_lists_total{list=\"history\"}"), 1);
    fake_send(ann, "{\"type\":\"history\",\"room\":\"lobby\",\"limit\":101}");
    expect_counted_error(ann, "bad-request");
    fake_free(line);
    fake_free(ann);
    fake_world_free(world);
}

static void a_place_is_held_for_so_long(void **state)
{
    static const char *const options[] = {"leave-delay", "7", NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_json(world, NULL, "ann"), *bob = fake_json(world, NULL, "bob");

    (void)state;
    fake_gone(bob);
    fake_forward_ms(6999);
    world_sweep(world);
    assert_int_equal(fake_metric(world, "chat_away_members"), 1);
    assert_int_equal(fake_metric(world, "chat_members"), 2);
    fake_forward_ms(1);
    world_sweep(world);
    assert_int_equal(fake_metric(world, "chat_away_members"), 0);
    assert_int_equal(fake_metric(world, "chat_members"), 1);
    assert_int_equal(fake_metric(world, "chat_sessions"), 1);
    fake_free(bob);
    fake_free(ann);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_has_max_message_bytes),
        cmocka_unit_test(a_nick_has_32_characters),
        cmocka_unit_test(a_cid_has_64_characters),
        cmocka_unit_test(a_whisper_has_eight_recipients),
        cmocka_unit_test(a_client_has_so_many_rooms),
        cmocka_unit_test(a_list_of_people_has_200),
        cmocka_unit_test(a_larger_room_is_not_told_who_comes_and_goes),
        cmocka_unit_test(a_room_of_more_than_50_is_not_told_who_is_typing),
        cmocka_unit_test(a_history_has_its_count_bytes_and_age),
        cmocka_unit_test(a_page_of_history_says_that_there_is_more),
        cmocka_unit_test(a_place_is_held_for_so_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

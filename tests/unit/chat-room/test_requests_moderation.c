/* What who moderates does to a room, and who may do it. */
#include "moderation_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void drop(json_t *json) { json_decref(json); }

static void a_closed_room_is_empty_and_forgotten(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *line = fake_text(world, "tea", "lee");
    struct fake_link *ann = fake_json(world, "tea", "ann"), *away = fake_json(world, "tea", "bob");
    json_t *json;
    char *epoch;

    (void)state;
    mod_say(ann, "");
    fake_gone(away);
    fake_skip(ann);
    fake_skip(line);
    epoch = strdup(world_room(world, "tea", false)
                       ->world->store->ops->state(world_room(world, "tea", false)->past, 0)
                       ->epoch);
    mod_order(mod, "close_room", "\"reason\":\"tea is over\"");
    fake_expect_close(line, 4508);
    json = fake_expect_json(ann, "room_closed");
    assert_string_equal(mod_text(json, "room"), "tea");
    assert_string_equal(mod_text(json, "reason"), "tea is over");
    drop(json);
    fake_expect(ann, NULL);
    mod_say(ann, "");
    drop(fake_expect_error(ann, "no-such-room"));
    mod_join(ann, "\"nick\":\"ann\"");
    json = fake_expect_json(ann, "joined");
    assert_int_equal(mod_number(json, "offset"), 0);
    assert_int_equal(mod_number(json, "count"), 1);
    assert_string_not_equal(mod_text(json, "epoch"), epoch);
    drop(json);
    free(epoch);
    fake_free(away);
    fake_free(ann);
    fake_free(line);
    fake_free(mod);
    fake_world_free(world);
}

static void a_room_stays_closed_for_the_time_given(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *ann = fake_json(world, "tea", "ann");
    json_t *error;

    (void)state;
    mod_order(mod, "close_room", "\"seconds\":60");
    drop(fake_expect_json(ann, "room_closed"));
    world_sweep(world);
    mod_join(ann, "");
    error = fake_expect_error(ann, "room-closed");
    assert_int_equal(mod_number(error, "code"), 410);
    assert_int_equal(mod_number(error, "retry_after"), 60000);
    drop(error);
    mod_ask(mod, "announce", "\"text\":\"x\"");
    error = fake_expect_error(mod, "room-closed");
    assert_int_equal(mod_number(error, "retry_after"), 60000);
    drop(error);
    mod_refused(mod, "unban", "\"nick\":\"\"", "no-such-user");
    fake_forward_ms(60000);
    mod_join(ann, "");
    drop(fake_expect_json(ann, "joined"));
    mod_order(mod, "close_room", "");
    mod_refused(mod, "close_room", "", "no-such-room");
    fake_free(ann);
    fake_free(mod);
    fake_world_free(world);
}

static void an_announcement_is_numbered_and_nobodys(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *ann = fake_json(world, "tea", "ann"), *late;
    struct fake_link *line = fake_text(world, "tea", "lee");
    char *said;
    json_t *json;

    (void)state;
    fake_skip(ann);
    fake_skip(line);
    mod_ask(mod, "announce", "\"text\":\" tea\\nis ready \"");
    json = fake_expect_json(mod, "ok");
    assert_int_equal(mod_number(json, "offset"), 1);
    assert_non_null(mod_text(json, "time"));
    drop(json);
    json = fake_expect_json(ann, "announcement");
    assert_string_equal(mod_text(json, "text"), "tea\nis ready");
    assert_int_equal(mod_number(json, "offset"), 1);
    assert_null(json_object_get(json, "from"));
    assert_null(json_object_get(json, "cid"));
    assert_null(json_object_get(json, "replay"));
    drop(json);
    said = fake_text_message(line);
    assert_non_null(said);
    assert_ptr_equal(strstr(said, "[公告]-["), said);
    assert_string_equal(strstr(said, "]-tea"), "]-tea is ready");
    free(said);
    fake_send(ann, "{\"type\":\"history\",\"room\":\"tea\"}");
    json = fake_expect_json(ann, "history");
    assert_string_equal(mod_text(json_array_get(json_object_get(json, "messages"), 0), "type"),
                        "announcement");
    drop(json);
    late = mod_connect(world);
    fake_send(late, "{\"type\":\"join\",\"room\":\"tea\"}");
    drop(fake_expect_json(late, "joined"));
    json = fake_expect_json(late, "announcement");
    assert_true(json_is_true(json_object_get(json, "replay")));
    drop(json);
    fake_free(late);
    fake_free(line);
    fake_free(ann);
    fake_free(mod);
    fake_world_free(world);
}

static void announcements_have_the_bounds_of_messages(void **state)
{
    static const char *const options[] = {"rate", "0", "admin-key", "k", "max-message-bytes",
                                          "64",   NULL};
    struct world *world = fake_world(options);
    struct fake_link *mod = mod_connect(world), *ann;
    char rest[120];

    (void)state;
    mod_refused(mod, "announce", "\"text\":\"x\"", "no-such-room");
    ann = fake_json(world, "tea", "ann");
    mod_refused(mod, "announce", "\"text\":\" \"", "empty-text");
    mod_refused(mod, "announce", "", "bad-request");
    snprintf(rest, sizeof(rest), "\"text\":\"%065d\"", 0);
    mod_refused(mod, "announce", rest, "text-too-long");
    fake_free(ann);
    fake_free(mod);
    fake_world_free(world);
}

static void a_room_has_only_so_many_bans(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *ann = fake_json(world, "tea", "ann");
    struct store_sanction sanction = {
        .user = "u1", .nick = "n", .address = "", .reason = "", .until_ms = INT64_MAX};
    int n;

    (void)state;
    mod_order(mod, "mute", "\"nick\":\"ann\",\"seconds\":10");
    for (n = 1; n < SANCTIONS_MAX; n++)
        sanctions_add(&world_room(world, "tea", false)->sanctions, &sanction, false, 0);
    mod_order(mod, "mute", "\"nick\":\"ann\",\"seconds\":99"); /* takes the place of the old one */
    mod_refused(mod, "ban", "\"nick\":\"ann\"", "too-many-bans");
    mod_order(mod, "unban", "\"nick\":\"ann\"");
    sanctions_add(&world_room(world, "tea", false)->sanctions, &sanction, false, 0);
    mod_refused(mod, "ban", "\"nick\":\"ann\"", "too-many-bans");
    mod_refused(mod, "mute", "\"nick\":\"ann\"", "too-many-bans");
    mod_refused(mod, "close_room", "\"seconds\":9", "too-many-bans");
    fake_expect(ann, NULL);
    mod_order(mod, "unban", "\"nick\":\"n\"");
    mod_order(mod, "ban", "\"nick\":\"ann\"");
    fake_expect_close(ann, 4502);
    fake_free(ann);
    fake_free(mod);
    fake_world_free(world);
}

static void bad_orders_are_refused(void **state)
{
    static const struct {
        const char *type, *rest, *reason;
    } rows[] = {
        {"kick", "", "bad-request"},
        {"kick", "\"nick\":\"eve\"", "no-such-user"},
        {"kick", "\"user\":\"u1\"", "no-such-user"},
        {"kick", "\"nick\":\"ann\",\"user\":\"u1\"", "no-such-user"},
        {"kick", "\"nick\":5", "bad-request"},
        {"mute", "\"nick\":\"ann\",\"seconds\":0", "bad-request"},
        {"mute", "\"nick\":\"ann\",\"seconds\":31536001", "bad-request"},
        {"ban", "\"nick\":\"ann\",\"seconds\":\"1\"", "bad-request"},
        {"ban", "\"nick\":\"ann\",\"seconds\":-1", "bad-request"},
        {"close_room", "\"seconds\":0", "bad-request"},
    };
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *ann;
    char rest[200];
    size_t n;

    (void)state;
    mod_refused(mod, "kick", "\"nick\":\"ann\"", "no-such-room");
    mod_refused(mod, "kick", "", "bad-request");
    mod_refused(mod, "unban", "\"nick\":\"ann\"", "no-such-user");
    mod_refused(mod, "announce", "\"text\":\"x\"", "no-such-room");
    ann = fake_json(world, "tea", "ann");
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        mod_refused(mod, rows[n].type, rows[n].rest, rows[n].reason);
        mod_refused(mod, "unban", "\"nick\":\"x\"", "no-such-user"); /* the row is broken */
    }
    snprintf(rest, sizeof(rest), "\"nick\":\"ann\",\"reason\":\"%0101d\"", 0);
    mod_refused(mod, "kick", rest, "bad-request");
    fake_expect(ann, NULL);
    fake_free(ann);
    fake_free(mod);
    fake_world_free(world);
}

static void ten_wrong_secrets_end_it_whatever_is_between(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *ann = fake_json(world, "tea", "ann");
    int n;

    (void)state;
    for (n = 0; n < 9; n++) {
        fake_send(ann, "{\"type\":\"kick\",\"room\":\"tea\",\"secret\":\"x\",\"nick\":\"ann\"}");
        drop(fake_expect_error(ann, "bad-secret"));
        fake_send(ann, "{\"type\":\"pong\"}");
    }
    mod_refused(ann, "kick", "\"nick\":\"eve\"", "no-such-user"); /* a right one: counted anew */
    for (n = 0; n < 10; n++) {
        fake_send(ann, "{\"type\":\"kick\",\"room\":\"tea\",\"nick\":\"ann\"}");
        drop(fake_expect_error(ann, "bad-secret"));
    }
    fake_expect_close(ann, 4500);
    fake_free(ann);
    fake_world_free(world);
}

static void an_address_may_guess_so_often(void **state)
{
    static const char *const options[] = {"rate", "0", "admin-key", "k", "guesses", "3", NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_json(world, "tea", "ann"), *again;
    int n;

    (void)state;
    for (n = 0; n < 3; n++) {
        fake_send(ann, "{\"type\":\"kick\",\"room\":\"tea\",\"secret\":\"x\",\"nick\":\"ann\"}");
        drop(fake_expect_error(ann, "bad-secret"));
    }
    mod_refused(ann, "kick", "\"nick\":\"eve\"", "too-many-guesses"); /* a right one, too */
    again = fake_json(world, "tea", "bob");                           /* of the same address */
    mod_refused(again, "kick", "\"nick\":\"eve\"", "too-many-guesses");
    fake_send(again, "{\"type\":\"kick\",\"room\":\"tea\",\"nick\":\"ann\"}"); /* no guess */
    drop(fake_expect_error(again, "bad-secret"));
    assert_int_equal(fake_metric(world, "chat_errors_total{reason=\"too-many-guesses\"}"), 2);
    fake_forward_ms(20000);
    mod_refused(again, "kick", "\"nick\":\"eve\"", "no-such-user");
    fake_free(ann);
    fake_free(again);
    fake_world_free(world);
}

static void without_a_key_nobody_moderates(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *ann = fake_json(world, "tea", "ann");

    (void)state;
    mod_refused(ann, "kick", "\"nick\":\"ann\"", "not-allowed");
    mod_refused(ann, "announce", "\"text\":\"x\"", "not-allowed");
    fake_free(ann);
    fake_world_free(world);
}

static void a_pin_is_asked_of_newcomers(void **state)
{
    static const char *const options[] = {"tea:pin", "1234", NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = mod_connect(world), *line = fake_connect(world, CONN_TEXT, "192.0.2.1");
    struct text_join by_text = {.room = "Tea"};

    (void)state;
    mod_join(ann, "");
    drop(fake_expect_error(ann, "pin-required"));
    mod_join(ann, "\"pin\":\"4321\"");
    drop(fake_expect_error(ann, "bad-pin"));
    assert_null(world_room(world, "tea", false));
    mod_join(ann, "\"pin\":\"1234\"");
    drop(fake_expect_json(ann, "joined"));
    assert_int_equal(join_text(&line->conn, &by_text), REFUSAL_PIN_REQUIRED);
    by_text.pin = "123";
    assert_int_equal(join_text(&line->conn, &by_text), REFUSAL_BAD_PIN);
    by_text.pin = "1234";
    assert_int_equal(join_text(&line->conn, &by_text), REFUSAL_NONE);
    fake_free(line);
    fake_free(ann);
    fake_world_free(world);
}

static void measures_have_names(void **state)
{
    (void)state;
    assert_int_equal(moderation_named("kick"), MODERATION_KICK);
    assert_int_equal(moderation_named("close_room"), MODERATION_CLOSE_ROOM);
    assert_int_equal(moderation_named("close"), MODERATION_NONE);
    assert_int_equal(moderation_named(""), MODERATION_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_room_is_empty_and_forgotten),
        cmocka_unit_test(a_room_stays_closed_for_the_time_given),
        cmocka_unit_test(an_announcement_is_numbered_and_nobodys),
        cmocka_unit_test(announcements_have_the_bounds_of_messages),
        cmocka_unit_test(a_room_has_only_so_many_bans),
        cmocka_unit_test(bad_orders_are_refused),
        cmocka_unit_test(an_address_may_guess_so_often),
        cmocka_unit_test(ten_wrong_secrets_end_it_whatever_is_between),
        cmocka_unit_test(without_a_key_nobody_moderates),
        cmocka_unit_test(a_pin_is_asked_of_newcomers),
        cmocka_unit_test(measures_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

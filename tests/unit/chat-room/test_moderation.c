/* What who moderates does to people, over the JSON requests that ask for it. */
#include "moderation_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void drop(json_t *json) { json_decref(json); }

static void a_kicked_member_is_out_and_may_come_again(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *again;
    struct fake_link *ann = fake_json(world, "tea", "ann"), *bob = fake_json(world, "tea", "bob");
    json_t *leave;

    (void)state;
    fake_skip(ann);
    mod_order(mod, "kick", "\"nick\":\"BOB\",\"reason\":\"spam\"");
    fake_expect_close(bob, 4501);
    assert_non_null(memmem(bob->received.data, bob->received.len, "kicked: spam", 12));
    leave = fake_expect_json(ann, "leave");
    assert_string_equal(mod_text(leave, "nick"), "bob");
    assert_string_equal(mod_text(leave, "reason"), "kicked");
    assert_int_equal(mod_number(leave, "count"), 1);
    drop(leave);
    again = fake_json(world, "tea", "bob");
    fake_free(again);
    fake_free(bob);
    fake_free(ann);
    fake_free(mod);
    fake_world_free(world);
}

static void a_member_of_other_rooms_keeps_its_connection(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_json(world, "tea", "bob");
    json_t *leave;

    (void)state;
    fake_send(bob, "{\"type\":\"join\",\"room\":\"b\",\"history\":0}");
    drop(fake_expect_json(bob, "joined"));
    mod_order(mod, "ban", "\"nick\":\"bob\",\"seconds\":60,\"reason\":\"no\\nspam\"");
    leave = fake_expect_json(bob, "leave");
    assert_string_equal(mod_text(leave, "room"), "tea");
    assert_string_equal(mod_text(leave, "user"), bob->conn.session->user);
    assert_string_equal(mod_text(leave, "reason"), "kicked");
    assert_string_equal(mod_text(leave, "message"), "banned for 60 s: no spam");
    drop(leave);
    fake_expect(bob, NULL);
    assert_false(bob->conn.is_closing);
    fake_free(bob);
    fake_free(mod);
    fake_world_free(world);
}

static void a_text_member_is_kicked_too(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *line = fake_text(world, "tea", "lee");

    (void)state;
    fake_skip(line);
    mod_order(mod, "kick", "\"nick\":\"lee\"");
    fake_expect_close(line, 4501);
    fake_free(line);
    fake_free(mod);
    fake_world_free(world);
}

static void who_kicks_itself_is_closed(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *ann = fake_json(world, "tea", "ann");

    (void)state;
    mod_ask(ann, "kick", "\"nick\":\"ann\"");
    fake_expect_close(ann, 4501);
    fake_free(ann);
    fake_world_free(world);
}

static void who_is_away_does_not_come_back_in_silence(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_json(world, "tea", "bob"), *back;
    struct fake_link *ann = fake_json(world, "tea", "ann");
    char rest[80], token[SESSION_TOKEN_BYTES];

    (void)state;
    session_token(bob->conn.session, token);
    snprintf(rest, sizeof(rest), "\"nick\":\"bob\",\"session\":\"%s\"", token);
    fake_gone(bob);
    mod_order(mod, "ban", "\"nick\":\"bob\"");
    drop(fake_expect_json(ann, "leave"));
    back = mod_connect(world);
    mod_join(back, rest);
    drop(fake_expect_error(back, "banned"));
    fake_expect(ann, NULL);
    fake_free(back);
    fake_free(bob);
    fake_free(ann);
    fake_free(mod);
    fake_world_free(world);
}

static void a_ban_knows_session_nick_and_address(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_json(world, "tea", "bob");
    struct fake_link *same_address, *same_nick, *other;
    json_t *error;

    (void)state;
    mod_order(mod, "ban", "\"nick\":\"bob\",\"seconds\":10");
    fake_expect_close(bob, 4502);
    same_address = fake_connect(world, CONN_JSON, "192.0.2.2");
    drop(fake_expect_json(same_address, "welcome"));
    mod_join(same_address, "\"nick\":\"innocent\"");
    error = fake_expect_error(same_address, "banned");
    assert_int_equal(mod_number(error, "code"), 403);
    assert_int_equal(mod_number(error, "retry_after"), 10000);
    drop(error);
    same_nick = mod_connect(world);
    mod_join(same_nick, "\"nick\":\"Bob\"");
    drop(fake_expect_error(same_nick, "banned"));
    other = mod_connect(world);
    mod_join(other, "\"nick\":\"eve\"");
    drop(fake_expect_json(other, "joined"));
    fake_send(other, "{\"type\":\"nick\",\"room\":\"tea\",\"nick\":\"BOB\"}");
    drop(fake_expect_error(other, "banned"));
    fake_forward_ms(10000);
    mod_join(same_address, "\"nick\":\"bob\"");
    drop(fake_expect_json(same_address, "joined"));
    fake_free(same_address);
    fake_free(same_nick);
    fake_free(other);
    fake_free(bob);
    fake_free(mod);
    fake_world_free(world);
}

static void a_banned_line_does_not_get_in(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *line = fake_text(world, "tea", "lee"), *back;
    struct text_join again = {.room = "tea", .nick = "other"};

    (void)state;
    fake_skip(line);
    mod_order(mod, "ban", "\"nick\":\"lee\"");
    fake_expect_close(line, 4502);
    back = fake_connect(world, CONN_TEXT, "192.0.2.1");
    assert_int_equal(join_text(&back->conn, &again), REFUSAL_BANNED);
    conn_refuse(&back->conn, REFUSAL_BANNED);
    fake_flush(world);
    fake_expect_close(back, 4502);
    fake_free(back);
    fake_free(line);
    fake_free(mod);
    fake_world_free(world);
}

static void a_unix_socket_is_nobodys_address(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_connect(world, CONN_JSON, "local");
    struct fake_link *ann = fake_connect(world, CONN_JSON, "local");

    (void)state;
    fake_skip(bob);
    mod_join(bob, "\"nick\":\"bob\"");
    fake_skip(bob);
    mod_order(mod, "ban", "\"nick\":\"bob\"");
    fake_skip(ann);
    mod_join(ann, "\"nick\":\"ann\"");
    drop(fake_expect_json(ann, "joined"));
    fake_free(ann);
    fake_free(bob);
    fake_free(mod);
    fake_world_free(world);
}

static void a_ban_can_be_lifted_by_nick_or_user(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_json(world, "tea", "bob"), *back;
    char rest[60];

    (void)state;
    snprintf(rest, sizeof(rest), "\"user\":\"%s\"", bob->conn.session->user);
    mod_order(mod, "ban", rest);
    mod_refused(mod, "unban", "\"nick\":\"nobody\"", "no-such-user");
    mod_refused(mod, "unban", "", "bad-request");
    mod_order(mod, "unban", rest);
    mod_refused(mod, "unban", rest, "no-such-user");
    back = fake_json(world, "tea", "bob");
    mod_order(mod, "ban", "\"nick\":\"bob\"");
    mod_order(mod, "unban", "\"nick\":\"Bob\"");
    fake_free(back);
    back = fake_json(world, "tea", "bob");
    fake_free(back);
    fake_free(bob);
    fake_free(mod);
    fake_world_free(world);
}

static void a_muted_member_is_not_heard(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_json(world, "tea", "bob");
    struct fake_link *ann = fake_json(world, "tea", "ann");
    json_t *error;

    (void)state;
    fake_skip(bob);
    mod_order(mod, "mute", "\"nick\":\"bob\",\"seconds\":5");
    mod_say(bob, "");
    error = fake_expect_error(bob, "muted");
    assert_int_equal(mod_number(error, "code"), 403);
    assert_int_equal(mod_number(error, "retry_after"), 5000);
    assert_true(json_is_true(json_object_get(error, "temporary")));
    drop(error);
    mod_say(bob, ",\"to\":\"ann\"");
    drop(fake_expect_error(bob, "muted"));
    fake_send(bob, "{\"type\":\"nick\",\"room\":\"tea\",\"nick\":\"hello\"}");
    drop(fake_expect_error(bob, "muted"));
    fake_send(bob, "{\"type\":\"typing\",\"room\":\"tea\",\"active\":true}");
    fake_expect(bob, NULL);
    fake_expect(ann, NULL);
    fake_forward_ms(5000);
    mod_say(bob, "");
    drop(fake_expect_json(ann, "message"));
    fake_free(ann);
    fake_free(bob);
    fake_free(mod);
    fake_world_free(world);
}

static void a_mute_stays_with_the_session(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_json(world, "tea", "bob");
    struct fake_link *back = mod_connect(world);
    char rest[80], token[SESSION_TOKEN_BYTES];

    (void)state;
    session_token(bob->conn.session, token);
    snprintf(rest, sizeof(rest), "\"nick\":\"bob\",\"session\":\"%s\"", token);
    mod_order(mod, "mute", "\"nick\":\"bob\"");
    fake_gone(bob);
    mod_join(back, rest);
    drop(fake_expect_json(back, "joined"));
    mod_say(back, "");
    drop(fake_expect_error(back, "muted"));
    fake_send(back, "{\"type\":\"leave\",\"room\":\"tea\"}");
    mod_join(back, "\"nick\":\"rob\"");
    drop(fake_expect_json(back, "joined"));
    mod_say(back, "");
    drop(fake_expect_error(back, "muted"));
    mod_order(mod, "unban", "\"nick\":\"bob\"");
    mod_say(back, "");
    drop(fake_expect_json(back, "message"));
    fake_free(back);
    fake_free(bob);
    fake_free(mod);
    fake_world_free(world);
}

static void a_new_mute_replaces_the_old_one(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_json(world, "tea", "bob");
    int n;

    (void)state;
    for (n = 0; n < SANCTIONS_MAX + 10; n++)
        if (n != SANCTIONS_MAX)
            mod_order(mod, "mute", "\"nick\":\"bob\",\"seconds\":100");
    mod_order(mod, "mute", "\"nick\":\"bob\",\"seconds\":1");
    fake_forward_ms(1000);
    mod_say(bob, "");
    drop(fake_expect_json(bob, "message"));
    fake_free(bob);
    fake_free(mod);
    fake_world_free(world);
}

/* The one that was over is freed on the way, and its memory may be that of the new one. */
static void a_mute_after_one_that_is_over_stays_with_the_session(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_json(world, "tea", "bob");

    (void)state;
    mod_order(mod, "mute", "\"nick\":\"bob\",\"seconds\":1");
    fake_forward_ms(1000);
    mod_order(mod, "mute", "\"nick\":\"bob\",\"seconds\":9");
    fake_send(bob, "{\"type\":\"leave\",\"room\":\"tea\"}");
    mod_join(bob, "\"nick\":\"bob\"");
    drop(fake_expect_json(bob, "joined"));
    mod_say(bob, "");
    drop(fake_expect_error(bob, "muted"));
    fake_free(bob);
    fake_free(mod);
    fake_world_free(world);
}

static int punish_not(struct store_room *room, const struct store_sanction *sanction)
{
    (void)room;
    (void)sanction;
    return -1;
}

static void pardon_nobody(struct store_room *room, const struct store_sanction *sanction)
{
    (void)room;
    fail_msg("%s is pardoned", sanction->nick);
}

static void a_mute_stays_where_the_store_takes_no_new_one(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *bob = fake_json(world, "tea", "bob");
    const struct store_ops *all = world->store->ops;
    struct store_ops full = *all;

    (void)state;
    full.punish = punish_not;
    full.pardon = pardon_nobody;
    mod_order(mod, "mute", "\"nick\":\"bob\",\"seconds\":9");
    world->store->ops = &full;
    mod_refused(mod, "mute", "\"nick\":\"bob\",\"seconds\":99", "too-many-bans");
    world->store->ops = all;
    fake_send(bob, "{\"type\":\"leave\",\"room\":\"tea\"}");
    mod_join(bob, "\"nick\":\"bob\"");
    drop(fake_expect_json(bob, "joined"));
    mod_say(bob, "");
    drop(fake_expect_error(bob, "muted"));
    fake_forward_ms(9000);
    mod_say(bob, "");
    drop(fake_expect_json(bob, "message"));
    fake_free(bob);
    fake_free(mod);
    fake_world_free(world);
}

static void a_muted_line_is_dropped(void **state)
{
    struct world *world = fake_world(mod_options);
    struct fake_link *mod = mod_connect(world), *line = fake_text(world, "tea", "lee");

    (void)state;
    fake_skip(line);
    mod_order(mod, "mute", "\"nick\":\"lee\",\"seconds\":1");
    fake_send(line, "unheard");
    fake_expect(line, NULL);
    fake_forward_ms(1000);
    fake_send(line, "heard");
    free(fake_text_message(line));
    fake_expect(line, NULL);
    fake_free(line);
    fake_free(mod);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kicked_member_is_out_and_may_come_again),
        cmocka_unit_test(a_member_of_other_rooms_keeps_its_connection),
        cmocka_unit_test(a_text_member_is_kicked_too),
        cmocka_unit_test(who_kicks_itself_is_closed),
        cmocka_unit_test(who_is_away_does_not_come_back_in_silence),
        cmocka_unit_test(a_ban_knows_session_nick_and_address),
        cmocka_unit_test(a_banned_line_does_not_get_in),
        cmocka_unit_test(a_unix_socket_is_nobodys_address),
        cmocka_unit_test(a_ban_can_be_lifted_by_nick_or_user),
        cmocka_unit_test(a_muted_member_is_not_heard),
        cmocka_unit_test(a_mute_stays_with_the_session),
        cmocka_unit_test(a_new_mute_replaces_the_old_one),
        cmocka_unit_test(a_mute_after_one_that_is_over_stays_with_the_session),
        cmocka_unit_test(a_mute_stays_where_the_store_takes_no_new_one),
        cmocka_unit_test(a_muted_line_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

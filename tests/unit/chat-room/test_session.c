/* Who somebody is across connections: away, back, taken over, gone. */
#include "fake_port.h"

#include "room.h"

#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Join the lobby with the session of `of`; returns the nick that `joined` names. */
static void resume(struct fake_link *link, const char *token, const char *expected_nick)
{
    char request[200];
    json_t *joined;

    snprintf(request, sizeof(request), "{\"type\":\"join\",\"history\":0,\"session\":\"%s\"}",
             token);
    fake_send(link, request);
    joined = fake_expect_json(link, "joined");
    assert_string_equal(json_string_value(json_object_get(joined, "nick")), expected_nick);
    json_decref(joined);
}

static void expect_leave(struct fake_link *link, const char *reason)
{
    json_t *leave = fake_expect_json(link, "leave");

    assert_string_equal(json_string_value(json_object_get(leave, "reason")), reason);
    json_decref(leave);
    fake_expect(link, NULL);
}

static struct fake_link *newcomer(struct world *world)
{
    struct fake_link *link = fake_connect(world, CONN_JSON, "192.0.2.3");

    fake_skip(link);
    return link;
}

static void a_broken_connection_is_away_until_its_time_is_up(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *watcher = fake_json(world, NULL, "w"), *ann = fake_json(world, NULL, "Ann");

    (void)state;
    fake_skip(watcher);
    fake_gone(ann);
    fake_forward_ms(4999);
    world_sweep(world);
    fake_flush(world);
    fake_expect(watcher, NULL);
    fake_forward_ms(1);
    world_sweep(world);
    fake_flush(world);
    expect_leave(watcher, "timeout");
    assert_int_equal(world->sessions.count, 1);
    fake_free(ann);
    fake_free(watcher);
    fake_world_free(world);
}

static void who_comes_back_in_time_is_not_missed(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *watcher = fake_json(world, NULL, "w"), *ann = fake_json(world, NULL, "Ann");
    struct fake_link *again;
    char token[SESSION_TOKEN_BYTES];

    (void)state;
    session_token(ann->conn.session, token);
    fake_skip(watcher);
    fake_gone(ann);
    fake_send(watcher, "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"x\",\"cid\":\"1\"}");
    fake_skip(watcher);
    again = newcomer(world);
    resume(again, token, "Ann");
    fake_forward_ms(60000);
    world_sweep(world);
    fake_skip(again); /* a ping */
    fake_skip(watcher);
    fake_send(watcher, "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"y\",\"cid\":\"2\"}");
    json_decref(fake_expect_json(again, "ping"));
    json_decref(fake_expect_json(again, "message"));
    assert_int_equal(world->sessions.count, 2);
    fake_free(ann);
    fake_free(again);
    fake_free(watcher);
    fake_world_free(world);
}

static void the_code_of_the_end_decides_who_may_come_back(void **state)
{
    static const struct {
        unsigned code;
        const char *reason; /* of the leave at once; NULL: it is away */
        bool is_peers;      /* that says it */
    } cases[] = {{1000, "left", true},  {1001, NULL, true},    {0, NULL, false},
                 {4001, NULL, false},   {4002, NULL, false},   {4500, "left", false},
                 {4508, "left", false}, {1009, "left", false}, {4002, NULL, true},
                 {4500, "left", true}};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        struct world *world = fake_world(NULL);
        struct fake_link *watcher = fake_json(world, NULL, "w");
        struct fake_link *ann = fake_json(world, NULL, "Ann");

        fake_skip(watcher);
        if (cases[n].code == 0)
            fake_gone(ann);
        else if (cases[n].is_peers)
            conn_peer_closes(&ann->conn, cases[n].code);
        else
            conn_close(&ann->conn, cases[n].code, "");
        fake_flush(world);
        if (cases[n].reason)
            expect_leave(watcher, cases[n].reason);
        else
            fake_expect(watcher, NULL);
        fake_forward_ms(5000);
        world_sweep(world);
        fake_flush(world);
        if (!cases[n].reason)
            expect_leave(watcher, cases[n].code == 4002 && !cases[n].is_peers ? "slow" : "timeout");
        fake_free(ann);
        fake_free(watcher);
        fake_world_free(world);
    }
}

static void a_text_client_is_never_away(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *watcher = fake_json(world, NULL, "w"), *line = fake_text(world, NULL, "L");

    (void)state;
    fake_skip(watcher);
    fake_gone(line);
    fake_flush(world);
    expect_leave(watcher, "timeout");
    fake_free(line);
    fake_free(watcher);
    fake_world_free(world);
}

static void a_take_over_moves_the_session(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *watcher = fake_json(world, NULL, "w"), *ann = fake_json(world, NULL, "Ann");
    struct fake_link *second;
    char token[SESSION_TOKEN_BYTES];

    (void)state;
    session_token(ann->conn.session, token);
    fake_send(ann, "{\"type\":\"join\",\"room\":\"b\"}");
    json_decref(fake_expect_json(ann, "joined"));
    fake_skip(watcher);
    second = newcomer(world);
    resume(second, token, "Ann");
    fake_expect_close(ann, 4503);
    fake_expect(watcher, NULL);
    assert_int_equal(second->conn.session->room_count, 2);
    fake_forward_ms(5000); /* room b was not taken up again */
    world_sweep(world);
    assert_int_equal(second->conn.session->room_count, 1);
    resume(ann = (fake_free(ann), newcomer(world)), token, "Ann"); /* the token stays good */
    fake_free(ann);
    fake_free(second);
    fake_free(watcher);
    fake_world_free(world);
}

static void wrong_tokens_join_afresh(void **state)
{
    static const char *const tokens[] = {"", "x", "00000000000000000000000000000000"};
    struct world *world = fake_world(NULL);
    struct fake_link *ann = fake_json(world, NULL, "Ann"), *link;
    char user[SESSION_USER_BYTES];
    size_t n;

    (void)state;
    for (n = 0; n < 3; n++) {
        link = newcomer(world);
        strcpy(user, link->conn.session->user);
        resume(link, tokens[n], n == 0 ? "guest-1" : n == 1 ? "guest-2" : "guest-3");
        assert_string_equal(link->conn.session->user, user);
        fake_free(link);
    }
    fake_free(ann);
    fake_world_free(world);
}

static void who_comes_back_late_is_still_the_same(void **state)
{
    static const char say[] =
        "{\"type\":\"message\",\"room\":\"lobby\",\"text\":\"x\",\"cid\":\"c\",\"id\":1}";
    struct world *world = fake_world(NULL);
    struct fake_link *watcher = fake_json(world, NULL, "W"), *ann = fake_json(world, NULL, "Ann");
    char token[SESSION_TOKEN_BYTES], user[SESSION_USER_BYTES];
    json_t *ok;

    (void)state;
    session_token(ann->conn.session, token);
    strcpy(user, ann->conn.session->user);
    fake_send(ann, say);
    fake_free(ann);
    fake_forward_ms(60000);
    world_sweep(world);
    fake_skip(watcher);
    ann = newcomer(world);
    resume(ann, token, "guest-1");
    assert_string_equal(ann->conn.session->user, user);
    fake_skip(ann);
    fake_send(ann, say);
    ok = fake_expect_json(ann, "ok");
    assert_int_equal(json_integer_value(json_object_get(ok, "offset")), 1);
    json_decref(ok);
    fake_expect(ann, NULL);
    fake_free(ann);
    fake_free(watcher);
    fake_world_free(world);
}

static void stopping_tells_everybody_and_nobody_leaves(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *ann = fake_json(world, NULL, "Ann"), *line = fake_text(world, NULL, "L");

    (void)state;
    fake_skip(ann);
    fake_skip(line);
    world_stop(world, 1012, "restart");
    fake_flush(world);
    fake_expect_close(ann, 1012);
    fake_expect_close(line, 1012);
    assert_int_equal(world->conn_count, 2);
    assert_int_equal(world->sessions.count, 0);
    fake_free(ann);
    fake_free(line);
    assert_int_equal(world->conn_count, 0);
    fake_world_free(world);
}

static void a_crowd_of_one_name_is_told_apart(void **state)
{
    static const char *const options[] = {"max-participants", "0", "per-ip", "0",
                                          "max-connections",  "0", NULL};
    enum { CROWD = 3000 };
    struct world *world = fake_world(options);
    struct fake_link **links = calloc(CROWD, sizeof(struct fake_link *));
    struct room *room;
    char nick[40];
    int n;

    (void)state;
    for (n = 0; n < CROWD; n++)
        links[n] = fake_text(world, NULL, "guest");
    room = world_room(world, "lobby", false);
    assert_ptr_equal(room_find(room, "guest", 5)->session, links[0]->conn.session);
    for (n = 1; n < CROWD; n++) {
        snprintf(nick, sizeof(nick), "guest-%d", n + 1);
        assert_ptr_equal(room_find(room, nick, strlen(nick))->session, links[n]->conn.session);
    }
    for (n = 1; n < CROWD; n += 7)
        fake_free(links[n]);
    for (n = 1; n < CROWD; n += 7) { /* wherever they fit in: every name is one member's */
        links[n] = fake_text(world, NULL, "GUEST");
        snprintf(nick, sizeof(nick), "%s",
                 member_label(session_member(links[n]->conn.session, room)));
        assert_ptr_equal(room_find(room, nick, strlen(nick))->session, links[n]->conn.session);
    }
    for (n = 0; n < CROWD; n++)
        fake_free(links[n]);
    free(links);
    fake_world_free(world);
}

static void a_log_lives_only_while_somebody_reads_it(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *a = fake_text(world, NULL, "a"), *b;
    struct room *room = world_room(world, "lobby", false);

    (void)state;
    assert_non_null(room->logs[RENDITION_TEXT]);
    assert_null(room->logs[RENDITION_JSON]);
    b = fake_json(world, NULL, "b");
    assert_non_null(room->logs[RENDITION_JSON]);
    fake_free(a);
    assert_null(room->logs[RENDITION_TEXT]);
    fake_gone(b); /* away, but it may come back */
    assert_null(room->logs[RENDITION_JSON]);
    fake_free(b);
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_lives_only_while_somebody_reads_it),
        cmocka_unit_test(a_broken_connection_is_away_until_its_time_is_up),
        cmocka_unit_test(who_comes_back_in_time_is_not_missed),
        cmocka_unit_test(the_code_of_the_end_decides_who_may_come_back),
        cmocka_unit_test(a_text_client_is_never_away),
        cmocka_unit_test(a_take_over_moves_the_session),
        cmocka_unit_test(wrong_tokens_join_afresh),
        cmocka_unit_test(who_comes_back_late_is_still_the_same),
        cmocka_unit_test(stopping_tells_everybody_and_nobody_leaves),
        cmocka_unit_test(a_crowd_of_one_name_is_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

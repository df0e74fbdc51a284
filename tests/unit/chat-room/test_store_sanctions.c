/* Bans and mutes that outlive the process. */
#include "alloc_fail.h"
#include "store_rig.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

/* Half an hour after the rig's beginning. */
#define LATER 2800000

static void bound_files(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static struct store_sanction ban(const char *user)
{
    return (struct store_sanction){.kind = STORE_BAN,
                                   .user = user,
                                   .nick = "Bob",
                                   .address = "192.0.2.7",
                                   .reason = "spam",
                                   .until_ms = LATER};
}

struct seen {
    int count, mutes;
    int64_t until_ms;
    char text[200];
};

static void see(void *user, const struct store_sanction *sanction)
{
    struct seen *seen = user;

    seen->count++;
    seen->mutes += sanction->kind == STORE_MUTE;
    seen->until_ms = sanction->until_ms;
    snprintf(seen->text, sizeof(seen->text), "%s/%s/%s/%s", sanction->user, sanction->nick,
             sanction->address, sanction->reason);
}

static struct seen look_at(struct rig *rig, struct store_room *room)
{
    struct seen seen = {0};

    rig->store->ops->sanctions(room, rig->now_ms, see, &seen);
    return seen;
}

static struct seen look(struct rig *rig, const char *name)
{
    struct store_room *room = rig_room(rig, name);
    struct seen seen = look_at(rig, room);

    rig->store->ops->close(room);
    return seen;
}

static int punish(struct rig *rig, const char *name, const struct store_sanction *sanction)
{
    struct store_room *room = rig_room(rig, name);
    int result = rig->store->ops->punish(room, sanction);

    rig->store->ops->close(room);
    return result;
}

static void pardon(struct rig *rig, const char *name, const struct store_sanction *sanction)
{
    struct store_room *room = rig_room(rig, name);

    rig->store->ops->pardon(room, sanction);
    rig->store->ops->close(room);
}

static void reopen(struct rig *rig)
{
    rig_close(rig);
    rig_open(rig);
}

static void a_ban_outlives_the_process(void **state)
{
    struct rig *rig = *state;
    struct store_sanction one = ban("u1"), mute = ban("u1");

    mute.kind = STORE_MUTE;
    rig_open(rig);
    assert_int_equal(punish(rig, "a", &one), 0); /* in a room in which nothing was said */
    assert_int_equal(look(rig, "a").count, 1);
    reopen(rig);
    assert_int_equal(look(rig, "a").count, 1);
    assert_int_equal(look(rig, "b").count, 0);
    assert_string_equal(look(rig, "a").text, "u1/Bob/192.0.2.7/spam");
    assert_int_equal(look(rig, "a").until_ms, LATER);
    assert_int_equal(punish(rig, "a", &mute), 0);
    assert_int_equal(punish(rig, "b", &one), 0);
    reopen(rig);
    assert_int_equal(look(rig, "a").count, 2);
    assert_int_equal(look(rig, "a").mutes, 1);
    assert_int_equal(look(rig, "b").count, 1);
}

static void the_same_one_is_replaced(void **state)
{
    struct rig *rig = *state;
    struct store_sanction one = ban("u1");

    rig_open(rig);
    punish(rig, "a", &one);
    one.until_ms = LATER + 5;
    one.reason = "more spam";
    punish(rig, "a", &one);
    assert_int_equal(look(rig, "a").count, 1);
    assert_int_equal(look(rig, "a").until_ms, LATER + 5);
    reopen(rig);
    assert_int_equal(look(rig, "a").count, 1);
    assert_string_equal(look(rig, "a").text, "u1/Bob/192.0.2.7/more spam");
}

static void what_is_pardoned_stays_so(void **state)
{
    struct rig *rig = *state;
    struct store_sanction one = ban("u1"), two = ban("u2");

    rig_open(rig);
    punish(rig, "a", &one);
    punish(rig, "a", &two);
    pardon(rig, "a", &one);
    pardon(rig, "a", &one); /* twice is harmless */
    pardon(rig, "b", &two); /* there is none */
    assert_int_equal(look(rig, "a").count, 1);
    assert_string_equal(look(rig, "a").text, "u2/Bob/192.0.2.7/spam");
    reopen(rig);
    assert_int_equal(look(rig, "a").count, 1);
    pardon(rig, "a", &two);
    punish(rig, "a", &two);
    reopen(rig);
    assert_int_equal(look(rig, "a").count, 1);
}

static void one_that_is_over_is_forgotten(void **state)
{
    struct rig *rig = *state;
    struct store_sanction one = ban("u1"), two = ban("u2");

    two.until_ms = LATER + 1000000;
    rig_open(rig);
    punish(rig, "a", &one);
    punish(rig, "a", &two);
    rig->now_ms = LATER;
    assert_int_equal(look(rig, "a").count, 1);
    rig->store->ops->deliver(rig->store, rig->now_ms);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM sanctions"), 1);
    rig->now_ms = LATER + 1000000;
    rig_open(rig); /* over while nobody ran */
    assert_int_equal(look(rig, "a").count, 0);
    rig->store->ops->deliver(rig->store, rig->now_ms + 60000);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM sanctions"), 0);
}

static void forgetting_the_room_forgives_nobody(void **state)
{
    struct rig *rig = *state;
    struct store_sanction one = ban("u1");
    struct store_room *room;

    rig_open(rig);
    punish(rig, "a", &one);
    room = rig_room(rig, "a");
    assert_int_equal(rig->store->ops->forget(room), 0);
    rig->store->ops->close(room);
    reopen(rig);
    assert_int_equal(look(rig, "a").count, 1);
}

static void a_disk_that_fails_is_told_again(void **state)
{
    struct rig *rig = *state;
    struct store_sanction one = ban("u1"), two = ban("u2"), three = ban("u3");

    rig_open(rig);
    punish(rig, "a", &one);
    punish(rig, "a", &three);
    rig->store->ops->drain(rig->store);
    bound_files(1);
    pardon(rig, "a", &one);
    punish(rig, "a", &two);
    pardon(rig, "a", &three);
    rig->store->ops->drain(rig->store);
    bound_files(RLIM_INFINITY);
    punish(rig, "a", &three); /* anew: the sweep must not pardon it */
    assert_int_equal(look(rig, "a").count, 2);
    rig->now_ms += 60000;
    rig->store->ops->deliver(rig->store, rig->now_ms);
    reopen(rig);
    assert_int_equal(look(rig, "a").count, 2);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM sanctions WHERE user='u1'"), 0);
}

static void too_many_are_refused(void **state)
{
    struct rig *rig = *state;
    struct store_sanction one = ban("");
    char user[16], room[16];
    int n;

    rig_open(rig);
    one.user = user;
    for (n = 0; n < STORE_SANCTIONS_MAX; n++) {
        snprintf(user, sizeof(user), "%d", n);
        snprintf(room, sizeof(room), "%d", n / 200);
        assert_int_equal(punish(rig, room, &one), 0);
        if (n % 1000 == 999)
            rig->store->ops->drain(rig->store);
    }
    one.until_ms++; /* the last one again is no more than before */
    assert_int_equal(punish(rig, room, &one), 0);
    snprintf(user, sizeof(user), "more");
    assert_int_equal(punish(rig, room, &one), -1);
    snprintf(user, sizeof(user), "17");
    pardon(rig, "0", &one);
    rig->store->ops->drain(rig->store);
    snprintf(user, sizeof(user), "more");
    assert_int_equal(punish(rig, room, &one), 0);
}

/* The loop does not look, so nothing comes back. */
static void too_many_at_once_are_refused(void **state)
{
    struct rig *rig = *state;
    struct store_sanction one = ban("");
    struct store_session session = {.user = "u", .seen_ms = 1000};
    struct store_room *room;
    int n;

    rig_open(rig);
    room = rig_room(rig, "a");
    for (n = 0; n < STORE_NOTES_MAX; n++)
        assert_int_equal(rig->store->ops->punish(room, &one), 0);
    assert_int_equal(rig->store->ops->punish(room, &one), -1);
    rig->store->ops->remember(rig->store, &session);
    assert_null(rig->store->ops->recall(rig->store, session.hash));
    rig->store->ops->pardon(room, &one); /* later, then */
    assert_int_equal(look_at(rig, room).count, 0);
    rig->store->ops->drain(rig->store);
    rig->now_ms += 60000;
    rig->store->ops->deliver(rig->store, rig->now_ms);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM sanctions"), 0);
}

static void without_memory_nothing_changes(void **state)
{
    struct rig *rig = *state;
    struct store_sanction one = ban("u1");
    struct store_room *room;
    bool has_failed = true;
    unsigned long n;

    rig_open(rig);
    room = rig_room(rig, "a");
    for (n = 0; has_failed; n++) {
        alloc_fail_arm(n);
        assert_int_equal(rig->store->ops->punish(room, &one) != 0, n < 2);
        has_failed = alloc_fail_disarm();
    }
    rig->store->ops->drain(rig->store);
    alloc_fail_arm(0);
    rig->store->ops->pardon(room, &one);
    assert_true(alloc_fail_disarm());
    assert_int_equal(look_at(rig, room).count, 0);
    rig->now_ms += 60000;
    rig->store->ops->deliver(rig->store, rig->now_ms);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM sanctions"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_ban_outlives_the_process, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(the_same_one_is_replaced, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(what_is_pardoned_stays_so, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(one_that_is_over_is_forgotten, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(forgetting_the_room_forgives_nobody, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(a_disk_that_fails_is_told_again, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(too_many_are_refused, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(too_many_at_once_are_refused, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(without_memory_nothing_changes, rig_setup, rig_teardown),
    };

    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

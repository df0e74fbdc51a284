/* A room's history that is forgotten whole: a new epoch, and nothing of the old one comes back. */
#include "store_rig.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

static const struct store_query everything = {
    .after = 0, .before = 1000, .limit = STORE_PAGE_MAX, .max_bytes = 100000};

static void bound_files(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void say_three(struct rig *rig, struct store_room *room)
{
    assert_int_equal(rig_say(rig, room, "u", "c1", "old").offset, 1);
    assert_int_equal(rig_say(rig, room, "u", "c2", "old").offset, 2);
    assert_int_equal(rig_say(rig, room, "u", "c3", "old").offset, 3);
}

static void a_forgotten_room_begins_anew(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct store_state before, after;

    rig_open(rig);
    room = rig_room(rig, "a");
    say_three(rig, room);
    before = rig_past(rig, room);
    assert_int_equal(rig->store->ops->forget(room), 0);
    after = rig_past(rig, room);
    assert_string_not_equal(after.epoch, before.epoch);
    assert_int_equal(after.head, 0);
    assert_int_equal(after.oldest, 1);
    assert_int_equal(after.history_from, 1);
    assert_int_equal(rig_say(rig, room, "u", "c1", "new").offset, 1);
    assert_int_equal(rig_read(rig, room, &everything).count, 1);
    assert_string_equal(rig_read(rig, room, &everything).first_text, "new");
    rig->store->ops->close(room);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 1);
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_string_equal(rig_past(rig, room).epoch, after.epoch);
    assert_int_equal(rig_past(rig, room).head, 1);
    rig->store->ops->close(room);
}

static void an_empty_one_keeps_its_new_epoch(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    char first[STORE_EPOCH_BYTES], second[STORE_EPOCH_BYTES];

    rig_open(rig);
    room = rig_room(rig, "a");
    strcpy(first, rig_past(rig, room).epoch);
    assert_int_equal(rig->store->ops->forget(room), 0);
    strcpy(second, rig_past(rig, room).epoch);
    assert_string_not_equal(second, first);
    rig->store->ops->close(room);
    rig->store->ops->drain(rig->store);
    room = rig_room(rig, "a");
    assert_string_equal(rig_past(rig, room).epoch, second);
    rig->store->ops->close(room);
    rig_close(rig);
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_string_equal(rig_past(rig, room).epoch, second);
    assert_int_equal(rig_say(rig, room, "u", "", "x").offset, 1);
    rig->store->ops->close(room);
}

static void what_is_under_way_is_forgotten_too(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct rig_kept before[3], after;

    rig_open(rig);
    room = rig_room(rig, "a");
    say_three(rig, room);
    rig_append(rig, room, "u", "c1", "known", &before[0]);
    rig_append(rig, room, "u", "", "old", &before[1]);
    rig_append(rig, room, "u", "", "old", &before[2]);
    assert_int_equal(rig->store->ops->forget(room), 0);
    rig_append(rig, room, "u", "c1", "new", &after);
    rig_turn_until(rig, &after.calls, 1);
    assert_int_equal(before[0].result, STORE_FORGOTTEN);
    assert_int_equal(before[1].result, STORE_FORGOTTEN);
    assert_int_equal(before[2].result, STORE_FORGOTTEN);
    assert_int_equal(after.result, STORE_KEPT);
    assert_int_equal(after.offset, 1);
    assert_int_equal(rig_read(rig, room, &everything).count, 1);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT sum(offset)*10+count(*) FROM messages"), 11);
}

static void count_page(void *ticket, const struct message *messages, size_t count)
{
    size_t *pages = ticket;

    (void)messages;
    pages[0]++;
    pages[1] += count;
}

static void a_page_that_was_asked_for_before_is_empty(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    size_t pages[2] = {0, 0};

    rig_open(rig);
    room = rig_room(rig, "a");
    say_three(rig, room);
    rig->store->ops->read(room, &everything, count_page, pages);
    assert_int_equal(rig->store->ops->forget(room), 0);
    rig->store->ops->drain(rig->store);
    assert_int_equal(pages[0], 1);
    assert_int_equal(pages[1], 0);
    rig->store->ops->close(room);
}

/* The new epoch must not get a number of the old one because the disk did not hear of it. */
static void a_disk_that_fails_is_told_again(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct rig_kept kept;
    char epoch[STORE_EPOCH_BYTES];

    rig_open(rig);
    room = rig_room(rig, "a");
    say_three(rig, room);
    bound_files(1);
    assert_int_equal(rig->store->ops->forget(room), 0);
    rig->store->ops->drain(rig->store);
    kept = rig_say(rig, room, "u", "", "lost");
    bound_files(RLIM_INFINITY);
    assert_int_equal(kept.result, STORE_FAILED);
    assert_int_equal(rig_past(rig, room).head, 0);
    strcpy(epoch, rig_past(rig, room).epoch);
    kept = rig_say(rig, room, "u", "c1", "new");
    assert_int_equal(kept.result, STORE_KEPT);
    assert_int_equal(kept.offset, 1);
    assert_string_equal(rig_read(rig, room, &everything).first_text, "new");
    rig->store->ops->close(room);
    rig_close(rig);
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_string_equal(rig_past(rig, room).epoch, epoch);
    assert_int_equal(rig_past(rig, room).head, 1);
    rig->store->ops->close(room);
}

static void a_quiet_room_is_told_again_by_the_sweep(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;

    rig_open(rig);
    room = rig_room(rig, "a");
    say_three(rig, room);
    bound_files(1);
    assert_int_equal(rig->store->ops->forget(room), 0);
    rig->store->ops->close(room);
    rig->store->ops->drain(rig->store);
    bound_files(RLIM_INFINITY);
    rig->now_ms += 60000;
    rig->store->ops->deliver(rig->store, rig->now_ms);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 0);
    assert_int_equal(rig_ask(rig, "SELECT sum(head) FROM rooms"), 0);
}

/* While the file has not taken one, another one is not queued behind it. */
static void again_and_again_ends_with_the_last_epoch(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    char epoch[STORE_EPOCH_BYTES];
    int n;

    rig_open(rig);
    room = rig_room(rig, "a");
    say_three(rig, room);
    for (n = 0; n < 1000; n++)
        assert_int_equal(rig->store->ops->forget(room), 0);
    strcpy(epoch, rig_past(rig, room).epoch);
    rig->store->ops->close(room);
    rig->store->ops->drain(rig->store);
    rig->now_ms += 60000;
    rig->store->ops->deliver(rig->store, rig->now_ms);
    rig_close(rig);
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_string_equal(rig_past(rig, room).epoch, epoch);
    rig->store->ops->close(room);
}

/* Nor does a page that is read tell the file anything. */
static void a_page_read_in_a_quiet_room_hinders_no_forgetting(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 3, .before = 5, .limit = 5, .max_bytes = 1000};
    struct store_room *room;

    rig_open(rig);
    room = rig_room(rig, "a");
    say_three(rig, room);
    rig->now_ms += 90000;
    rig_say(rig, room, "u", "", "young");
    rig->now_ms += 20000; /* the first three are too old now */
    assert_int_equal(rig_past(rig, room).oldest, 4);
    assert_int_equal(rig_read(rig, room, &query).count, 1);
    rig->store->ops->close(room);
    rig->now_ms += 60000;
    rig->store->ops->deliver(rig->store, rig->now_ms);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 1);
}

/* Said and forgotten again while the disk was still told of the first time, and then the end. */
static void what_is_forgotten_twice_at_once_does_not_come_back(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct rig_kept kept;
    struct store_state after;

    rig_open(rig);
    room = rig_room(rig, "a");
    say_three(rig, room);
    assert_int_equal(rig->store->ops->forget(room), 0);
    rig_append(rig, room, "u", "", "between", &kept);
    assert_int_equal(rig->store->ops->forget(room), 0);
    after = rig_past(rig, room);
    rig_turn_until(rig, &kept.calls, 1);
    assert_int_equal(kept.result, STORE_FORGOTTEN);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 0);
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_string_equal(rig_past(rig, room).epoch, after.epoch);
    assert_int_equal(rig_past(rig, room).head, 0);
    rig->store->ops->close(room);
}

/* The bound of the new epoch is lower than what was deleted of the old one. */
static void the_new_epoch_is_bounded_like_the_old_one(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct rig_kept kept[40];
    int n;

    rig->config.limits.history_bytes = 100;
    rig->config.limits.kept_bytes = 700; /* ten messages */
    rig_open(rig);
    room = rig_room(rig, "a");
    for (n = 0; n < 40; n++)
        rig_say(rig, room, "u", "", "xxx");
    rig->store->ops->forget(room);
    for (n = 0; n < 40; n++)
        rig_append(rig, room, "u", "", "xxx", &kept[n]);
    rig_turn_until(rig, &kept[39].calls, 1);
    rig_say(rig, room, "u", "", "xxx");
    assert_int_equal(rig_past(rig, room).head, 41);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_in_range(rig_ask(rig, "SELECT min(offset) FROM messages"), 30, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_forgotten_room_begins_anew, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(an_empty_one_keeps_its_new_epoch, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(what_is_under_way_is_forgotten_too, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(a_page_that_was_asked_for_before_is_empty, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(a_disk_that_fails_is_told_again, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_quiet_room_is_told_again_by_the_sweep, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(again_and_again_ends_with_the_last_epoch, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(what_is_forgotten_twice_at_once_does_not_come_back,
                                        rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_page_read_in_a_quiet_room_hinders_no_forgetting,
                                        rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(the_new_epoch_is_bounded_like_the_old_one, rig_setup,
                                        rig_teardown),
    };

    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

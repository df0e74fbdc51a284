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

static int setup(void **state)
{
    *state = calloc(1, sizeof(struct rig));
    rig_init(*state);
    return 0;
}

static int teardown(void **state)
{
    rig_fini(*state);
    free(*state);
    return 0;
}

static struct store_room *open_room(struct rig *rig, const char *name)
{
    struct store_room *room = rig->store->ops->open(rig->store, name);

    assert_non_null(room);
    return room;
}

static struct store_state past_of(struct rig *rig, struct store_room *room)
{
    return *rig->store->ops->state(room, rig->now_ms);
}

static void a_restart_keeps_numbers_epoch_and_messages(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 0, .before = 3, .limit = 10, .max_bytes = 1000};
    struct store_room *room;
    struct store_state before, after;

    rig_open(rig);
    room = open_room(rig, "a");
    assert_int_equal(past_of(rig, room).head, 0);
    assert_int_equal(rig_say(rig, room, "u", "", "one 中").offset, 1);
    assert_int_equal(rig_say(rig, room, "u", "", "two").offset, 2);
    before = past_of(rig, room);
    rig->store->ops->close(room);
    rig_close(rig);
    rig_open(rig);
    room = open_room(rig, "a");
    after = past_of(rig, room);
    assert_string_equal(after.epoch, before.epoch);
    assert_int_equal(after.head, 2);
    assert_int_equal(after.oldest, 1);
    assert_int_equal(after.history_from, 1);
    assert_int_equal(rig_read(rig, room, &query).count, 2);
    assert_string_equal(rig_read(rig, room, &query).first_text, "one 中");
    assert_int_equal(rig_say(rig, room, "u", "", "three").offset, 3);
    rig->store->ops->close(room);
}

static void a_message_is_not_known_before_the_loop_is_told(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct rig_kept kept;

    rig_open(rig);
    room = open_room(rig, "a");
    rig_append(rig, room, "u", "", "x", &kept);
    assert_int_equal(sem_wait(&rig->woken), 0); /* it is on the disk */
    assert_int_equal(kept.calls, 0);
    assert_int_equal(past_of(rig, room).head, 0);
    assert_false(rig->store->ops->deliver(rig->store, rig->now_ms));
    assert_int_equal(kept.calls, 1);
    assert_int_equal(kept.result, STORE_KEPT);
    assert_int_equal(past_of(rig, room).head, 1);
    rig->store->ops->close(room);
}

static void an_empty_room_keeps_its_epoch(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    char a[STORE_EPOCH_BYTES], b[STORE_EPOCH_BYTES];

    rig_open(rig);
    room = open_room(rig, "a");
    strcpy(a, past_of(rig, room).epoch);
    rig->store->ops->close(room);
    room = open_room(rig, "b");
    strcpy(b, past_of(rig, room).epoch);
    rig_say(rig, room, "u", "", "x");
    rig->now_ms += 200000; /* now it is empty, too */
    rig->store->ops->close(room);
    rig_close(rig);
    rig_open(rig);
    room = open_room(rig, "a");
    assert_string_equal(past_of(rig, room).epoch, a);
    rig->store->ops->close(room);
    room = open_room(rig, "b");
    assert_string_equal(past_of(rig, room).epoch, b);
    assert_string_not_equal(a, b);
    assert_int_equal(past_of(rig, room).head, 1);
    assert_int_equal(past_of(rig, room).oldest, 2);
    assert_int_equal(rig_say(rig, room, "u", "", "y").offset, 2);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM rooms"), 1); /* of b alone */
}

static void a_cid_is_known_at_once_and_after_a_restart(void **state)
{
    struct rig *rig = *state;
    struct store_room *room, *other;
    struct rig_kept first, again, others, kept;

    rig_open(rig);
    room = open_room(rig, "a");
    other = open_room(rig, "b");
    rig_append(rig, room, "u", "c1", "first", &first);
    rig_append(rig, room, "u", "c1", "again", &again);
    rig_append(rig, other, "u", "c1", "other room", &others);
    rig_turn_until(rig, &others.calls, 1);
    assert_int_equal(first.result, STORE_KEPT);
    assert_int_equal(again.result, STORE_KNOWN);
    assert_int_equal(again.offset, 1);
    assert_string_equal(again.text, "first");
    assert_int_equal(others.result, STORE_KEPT);
    assert_int_equal(rig_say(rig, room, "v", "c1", "x").offset, 2);
    rig->store->ops->close(room);
    rig->store->ops->close(other);
    rig_close(rig);
    rig_open(rig);
    room = open_room(rig, "a");
    kept = rig_say(rig, room, "u", "c1", "later");
    assert_int_equal(kept.result, STORE_KNOWN);
    assert_int_equal(kept.offset, 1);
    assert_int_equal(kept.time_ms, 1000000);
    assert_int_equal(past_of(rig, room).head, 2);
    rig->now_ms += 200000; /* forgotten with its message */
    assert_int_equal(rig_say(rig, room, "u", "c1", "x").offset, 3);
    rig->store->ops->close(room);
}

static void what_is_too_old_or_too_much_leaves_the_file(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    char text[1001];
    int n;

    rig->config.limits = (struct store_limits){
        .history_count = 5, .history_bytes = 20000, .kept_bytes = 20000, .ttl_ms = 100000};
    memset(text, 'x', 1000);
    text[1000] = '\0';
    rig_open(rig);
    room = open_room(rig, "a");
    for (n = 0; n < 40; n++)
        rig_say(rig, room, "u", "", text);
    assert_int_equal(past_of(rig, room).head, 40);
    assert_int_equal(past_of(rig, room).history_from, 36);
    assert_in_range(past_of(rig, room).oldest, 20, 25);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_in_range(rig_ask(rig, "SELECT min(offset) FROM messages"), 19, 25);
    rig_open(rig);
    room = open_room(rig, "a");
    assert_int_equal(past_of(rig, room).history_from, 36);
    rig->store->ops->close(room);
    rig->now_ms += 100000;
    while (rig->store->ops->deliver(rig->store, rig->now_ms)) /* nobody is in the room */
        ;
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 0);
    assert_int_equal(rig_ask(rig, "SELECT head FROM rooms"), 40);
}

static void pages_go_forward_and_back(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 10, .before = 31, .limit = 5, .max_bytes = 1000};
    struct store_room *room;
    struct rig_page page;
    struct rig_kept kept[40];
    int n;

    rig_open(rig);
    room = open_room(rig, "a");
    for (n = 0; n < 40; n++)
        rig_append(rig, room, "u", "", "0123456789", &kept[n]);
    rig_turn_until(rig, &kept[39].calls, 1);
    page = rig_read(rig, room, &query);
    assert_int_equal(page.count, 5);
    assert_int_equal(page.offsets[0], 11);
    assert_int_equal(page.offsets[4], 15);
    query.is_newest = true;
    page = rig_read(rig, room, &query);
    assert_int_equal(page.count, 5);
    assert_int_equal(page.offsets[0], 26);
    assert_int_equal(page.offsets[4], 30);
    query.max_bytes = 25;
    page = rig_read(rig, room, &query);
    assert_int_equal(page.count, 2);
    assert_int_equal(page.offsets[0], 29);
    query.max_bytes = 1;
    query.is_newest = false;
    page = rig_read(rig, room, &query);
    assert_int_equal(page.count, 1);
    assert_int_equal(page.offsets[0], 11);
    query = (struct store_query){.after = 40, .before = 41, .limit = 5, .max_bytes = 100};
    assert_int_equal(rig_read(rig, room, &query).count, 0);
    query = (struct store_query){.after = 0, .before = 1000, .limit = 1000, .max_bytes = 9999};
    assert_int_equal(rig_read(rig, room, &query).count, 40);
    rig->store->ops->close(room);
}

static void many_pages_wait_for_the_loop(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 0, .before = 2, .limit = 5, .max_bytes = 1000};
    struct store_room *room;
    int n, calls = 0;

    rig_open(rig);
    room = open_room(rig, "a");
    rig_say(rig, room, "u", "", "x");
    for (n = 0; n < 1000; n++) {
        struct rig_page page = rig_read(rig, room, &query);

        calls += page.calls;
        assert_int_equal(page.count, 1);
    }
    assert_int_equal(calls, 1000);
    rig->store->ops->close(room);
}

static void a_slice_is_handed_out_at_a_time(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct rig_kept kept[100];
    int n, slices = 1;

    rig->config.slice_bytes = 1;
    rig_open(rig);
    room = open_room(rig, "a");
    for (n = 0; n < 100; n++)
        rig_append(rig, room, "u", "", "x", &kept[n]);
    while (past_of(rig, room).head < 100) {
        assert_int_equal(past_of(rig, room).head, slices - 1);
        if (!rig->store->ops->deliver(rig->store, rig->now_ms) &&
            past_of(rig, room).head < (uint64_t)slices)
            assert_int_equal(sem_wait(&rig->woken), 0);
        slices = (int)past_of(rig, room).head + 1;
    }
    assert_int_equal(kept[99].offset, 100);
    rig->store->ops->close(room);
}

static void too_many_at_once_are_refused(void **state)
{
    struct rig *rig = *state;
    struct rig_kept *kept = calloc(STORE_APPENDS_MAX + 1, sizeof(*kept));
    struct store_room *room;
    int n;

    rig_open(rig);
    room = open_room(rig, "a");
    for (n = 0; n < STORE_APPENDS_MAX; n++)
        rig_append(rig, room, "u", "", "x", &kept[n]);
    assert_int_equal(kept[STORE_APPENDS_MAX - 1].calls, 0);
    rig_append(rig, room, "u", "", "x", &kept[STORE_APPENDS_MAX]);
    assert_int_equal(kept[STORE_APPENDS_MAX].calls, 1);
    assert_int_equal(kept[STORE_APPENDS_MAX].result, STORE_FAILED);
    rig_turn_until(rig, &kept[STORE_APPENDS_MAX - 1].calls, 1);
    assert_int_equal(kept[STORE_APPENDS_MAX - 1].offset, STORE_APPENDS_MAX);
    assert_int_equal(rig_say(rig, room, "u", "", "x").offset, STORE_APPENDS_MAX + 1);
    rig->store->ops->close(room);
    free(kept);
}

static void the_end_answers_everything(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 0, .before = 2, .limit = 5, .max_bytes = 1000};
    struct store_room *room;
    struct rig_kept kept[500];
    int n;

    rig_open(rig);
    room = open_room(rig, "a");
    for (n = 0; n < 500; n++)
        rig_append(rig, room, "u", "", "x", &kept[n]);
    rig->store->ops->drain(rig->store);
    for (n = 0; n < 500; n++) {
        assert_int_equal(kept[n].calls, 1);
        assert_int_equal(kept[n].offset, n + 1);
    }
    assert_int_equal(rig_read(rig, room, &query).count, 1);
    rig->store->ops->close(room);
}

static void the_room_left_longest_ago_is_dropped(void **state)
{
    struct rig *rig = *state;
    struct store_room *room, *held;
    char epoch[STORE_EPOCH_BYTES];

    rig->config.rooms_max = 2;
    rig_open(rig);
    room = open_room(rig, "a");
    rig_say(rig, room, "u", "", "x");
    strcpy(epoch, past_of(rig, room).epoch);
    rig->store->ops->close(room);
    held = open_room(rig, "b");
    rig_say(rig, held, "u", "", "x");
    assert_null(rig->store->ops->open(rig->store, "c")); /* both keep something */
    rig->now_ms += 200000;
    assert_false(rig->store->ops->deliver(rig->store, rig->now_ms));
    rig->store->ops->drain(rig->store);
    room = open_room(rig, "c");
    assert_int_equal(rig_say(rig, room, "u", "", "x").offset, 1);
    rig->store->ops->close(room);
    assert_null(rig->store->ops->open(rig->store, "a"));
    rig->now_ms += 200000;
    assert_false(rig->store->ops->deliver(rig->store, rig->now_ms));
    rig->store->ops->drain(rig->store);
    room = open_room(rig, "a");
    assert_string_not_equal(past_of(rig, room).epoch, epoch);
    assert_int_equal(past_of(rig, room).head, 0);
    assert_int_equal(rig_say(rig, room, "u", "", "x").offset, 1);
    strcpy(epoch, past_of(rig, room).epoch);
    rig->store->ops->close(room);
    rig->store->ops->close(held);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM rooms"), 2);
    rig_open(rig);
    room = open_room(rig, "a");
    assert_string_equal(past_of(rig, room).epoch, epoch);
    rig->store->ops->close(room);
}

static struct store_session session_of(unsigned char token, const char *user, int64_t seen_ms)
{
    struct store_session session = {.seen_ms = seen_ms};

    memset(session.hash, token, sizeof(session.hash));
    strcpy(session.user, user);
    return session;
}

static void sessions_are_remembered_as_long_as_they_come_back(void **state)
{
    struct rig *rig = *state;
    struct store_session ann = session_of(1, "uann", 1000), bob = session_of(2, "ubob", 1000);
    const struct store_ops *ops;

    rig_open(rig);
    ops = rig->store->ops;
    assert_null(ops->recall(rig->store, ann.hash));
    ops->remember(rig->store, &ann);
    ops->remember(rig->store, &bob);
    assert_string_equal(ops->recall(rig->store, ann.hash), "uann");
    bob.seen_ms = 2000; /* too soon to be written again */
    ops->remember(rig->store, &bob);
    ann.seen_ms = 86400000;
    ops->remember(rig->store, &ann);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT sum(seen_ms) FROM sessions"), 86401000);
    rig_open(rig);
    assert_string_equal(ops->recall(rig->store, ann.hash), "uann");
    assert_string_equal(ops->recall(rig->store, bob.hash), "ubob");
    rig->now_ms = 31 * (int64_t)86400000;
    ops->deliver(rig->store, rig->now_ms);
    assert_string_equal(ops->recall(rig->store, ann.hash), "uann");
    assert_null(ops->recall(rig->store, bob.hash));
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM sessions"), 1);
}

static void the_sessions_seen_longest_ago_make_room(void **state)
{
    struct rig *rig = *state;
    struct store_session session = session_of(0, "u", 1000);
    const struct store_ops *ops;
    int n;

    rig_open(rig);
    ops = rig->store->ops;
    for (n = 0; n <= 65536; n++) {
        memcpy(session.hash, &n, sizeof(n));
        session.seen_ms = 1000 + n;
        ops->remember(rig->store, &session);
    }
    assert_string_equal(ops->recall(rig->store, session.hash), "u");
    n = 1023;
    memcpy(session.hash, &n, sizeof(n));
    assert_null(ops->recall(rig->store, session.hash));
    n = 1024;
    memcpy(session.hash, &n, sizeof(n));
    assert_string_equal(ops->recall(rig->store, session.hash), "u");
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM sessions"), 65537 - 1024);
}

static void without_memory_nothing_is_kept_and_nothing_breaks(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 0, .before = 2, .limit = 5, .max_bytes = 1000};
    struct store_session session = session_of(1, "u", 1000);
    struct store_room *room;
    struct rig_kept kept;
    bool has_failed = true;
    unsigned long n;

    rig_open(rig);
    for (n = 0; has_failed; n++) {
        alloc_fail_arm(n);
        room = rig->store->ops->open(rig->store, "a");
        has_failed = alloc_fail_disarm();
        assert_true(has_failed ? !room || n : room != NULL);
        rig->store->ops->close(room);
    }
    room = open_room(rig, "a");
    for (n = 0, has_failed = true; has_failed; n++) {
        alloc_fail_arm(n);
        rig_append(rig, room, "u", "", "x", &kept);
        has_failed = alloc_fail_disarm();
        assert_int_equal(kept.calls, has_failed);
        if (has_failed)
            assert_int_equal(kept.result, STORE_FAILED);
    }
    assert_true(n > 2);
    rig_turn_until(rig, &kept.calls, 1);
    assert_int_equal(kept.offset, 1);
    alloc_fail_arm(0);
    rig->store->ops->remember(rig->store, &session);
    assert_true(alloc_fail_disarm());
    assert_null(rig->store->ops->recall(rig->store, session.hash));
    assert_int_equal(rig_read(rig, room, &query).count, 1);
    rig->store->ops->close(room);
}

static void bound_files(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_disk_that_takes_nothing_fails_and_heals(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 0, .before = 2, .limit = 5, .max_bytes = 1000};
    struct store_room *room;
    struct rig_kept one, two, kept;

    rig_open(rig);
    room = open_room(rig, "a");
    rig_say(rig, room, "u", "", "before");
    bound_files(1);
    rig_append(rig, room, "u", "c", "lost", &one);
    rig_append(rig, room, "u", "c", "lost, too", &two);
    rig_turn_until(rig, &two.calls, 1);
    kept = rig_say(rig, room, "u", "", "third");
    bound_files(RLIM_INFINITY);
    assert_int_equal(one.result, STORE_FAILED);
    assert_string_equal(one.text, "lost");
    assert_int_equal(one.offset, 0);
    assert_int_equal(two.result, STORE_FAILED);
    assert_string_equal(two.text, "lost, too");
    assert_int_equal(kept.result, STORE_FAILED);
    assert_int_equal(rig->reports, 1);
    assert_string_not_equal(rig->trouble, "");
    assert_int_equal(past_of(rig, room).head, 1);
    assert_string_equal(rig_read(rig, room, &query).first_text, "before");
    kept = rig_say(rig, room, "u", "c", "healed");
    assert_int_equal(kept.result, STORE_KEPT);
    assert_int_equal(kept.offset, 2);
    assert_int_equal(rig->reports, 2);
    assert_string_equal(rig->trouble, "");
    rig->store->ops->close(room);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_restart_keeps_numbers_epoch_and_messages, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_message_is_not_known_before_the_loop_is_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_empty_room_keeps_its_epoch, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cid_is_known_at_once_and_after_a_restart, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_too_old_or_too_much_leaves_the_file, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(pages_go_forward_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(many_pages_wait_for_the_loop, setup, teardown),
        cmocka_unit_test_setup_teardown(a_slice_is_handed_out_at_a_time, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_at_once_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(the_end_answers_everything, setup, teardown),
        cmocka_unit_test_setup_teardown(the_room_left_longest_ago_is_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(sessions_are_remembered_as_long_as_they_come_back, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_sessions_seen_longest_ago_make_room, setup, teardown),
        cmocka_unit_test_setup_teardown(without_memory_nothing_is_kept_and_nothing_breaks, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_disk_that_takes_nothing_fails_and_heals, setup, teardown),
    };

    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What is kept: numbers, epochs, cids, pages, across restarts. */
#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_restart_keeps_numbers_epoch_and_messages(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 0, .before = 3, .limit = 10, .max_bytes = 1000};
    struct store_room *room;
    struct store_state before, after;

    rig_open(rig);
    room = rig_room(rig, "a");
    assert_int_equal(rig_past(rig, room).head, 0);
    assert_int_equal(rig_say(rig, room, "u", "", "one 中").offset, 1);
    assert_int_equal(rig_say(rig, room, "u", "", "two").offset, 2);
    before = rig_past(rig, room);
    rig->store->ops->close(room);
    rig_close(rig);
    rig_open(rig);
    room = rig_room(rig, "a");
    after = rig_past(rig, room);
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
    room = rig_room(rig, "a");
    rig_append(rig, room, "u", "", "x", &kept);
    assert_int_equal(sem_wait(&rig->woken), 0); /* it is on the disk */
    assert_int_equal(kept.calls, 0);
    assert_int_equal(rig_past(rig, room).head, 0);
    assert_false(rig->store->ops->deliver(rig->store, rig->now_ms));
    assert_int_equal(kept.calls, 1);
    assert_int_equal(kept.result, STORE_KEPT);
    assert_int_equal(rig_past(rig, room).head, 1);
    rig->store->ops->close(room);
}

static void an_empty_room_keeps_its_epoch(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    char a[STORE_EPOCH_BYTES], b[STORE_EPOCH_BYTES];

    rig_open(rig);
    room = rig_room(rig, "a");
    strcpy(a, rig_past(rig, room).epoch);
    rig->store->ops->close(room);
    room = rig_room(rig, "b");
    strcpy(b, rig_past(rig, room).epoch);
    rig_say(rig, room, "u", "", "x");
    rig->now_ms += 200000; /* now it is empty, too */
    rig->store->ops->close(room);
    rig_close(rig);
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_string_equal(rig_past(rig, room).epoch, a);
    rig->store->ops->close(room);
    room = rig_room(rig, "b");
    assert_string_equal(rig_past(rig, room).epoch, b);
    assert_string_not_equal(a, b);
    assert_int_equal(rig_past(rig, room).head, 1);
    assert_int_equal(rig_past(rig, room).oldest, 2);
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
    room = rig_room(rig, "a");
    other = rig_room(rig, "b");
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
    room = rig_room(rig, "a");
    kept = rig_say(rig, room, "u", "c1", "later");
    assert_int_equal(kept.result, STORE_KNOWN);
    assert_int_equal(kept.offset, 1);
    assert_int_equal(kept.time_ms, 1000000);
    assert_int_equal(rig_past(rig, room).head, 2);
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
    room = rig_room(rig, "a");
    for (n = 0; n < 40; n++)
        rig_say(rig, room, "u", "", text);
    assert_int_equal(rig_past(rig, room).head, 40);
    assert_int_equal(rig_past(rig, room).history_from, 36);
    assert_in_range(rig_past(rig, room).oldest, 20, 25);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_in_range(rig_ask(rig, "SELECT min(offset) FROM messages"), 19, 25);
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_int_equal(rig_past(rig, room).history_from, 36);
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
    room = rig_room(rig, "a");
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
    room = rig_room(rig, "a");
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
    room = rig_room(rig, "a");
    for (n = 0; n < 100; n++)
        rig_append(rig, room, "u", "", "x", &kept[n]);
    while (rig_past(rig, room).head < 100) {
        assert_int_equal(rig_past(rig, room).head, slices - 1);
        if (!rig->store->ops->deliver(rig->store, rig->now_ms) &&
            rig_past(rig, room).head < (uint64_t)slices)
            assert_int_equal(sem_wait(&rig->woken), 0);
        slices = (int)rig_past(rig, room).head + 1;
    }
    assert_int_equal(kept[99].offset, 100);
    rig->store->ops->close(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_restart_keeps_numbers_epoch_and_messages, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(a_message_is_not_known_before_the_loop_is_told, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(an_empty_room_keeps_its_epoch, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_cid_is_known_at_once_and_after_a_restart, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(what_is_too_old_or_too_much_leaves_the_file, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(pages_go_forward_and_back, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(many_pages_wait_for_the_loop, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_slice_is_handed_out_at_a_time, rig_setup, rig_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

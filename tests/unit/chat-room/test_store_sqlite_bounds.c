/* The bounds of the store, and what happens when memory or the disk has none left. */
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

static struct store_health health(const struct rig *rig)
{
    struct store_health health;

    rig->store->ops->health(rig->store, &health);
    return health;
}

static void too_many_at_once_are_refused(void **state)
{
    struct rig *rig = *state;
    struct rig_kept *kept = calloc(STORE_APPENDS_MAX + 1, sizeof(*kept));
    struct store_room *room;
    int n;

    rig_open(rig);
    room = rig_room(rig, "a");
    for (n = 0; n < STORE_APPENDS_MAX; n++)
        rig_append(rig, room, "u", "", "x", &kept[n]);
    assert_int_equal(kept[STORE_APPENDS_MAX - 1].calls, 0);
    rig_append(rig, room, "u", "", "x", &kept[STORE_APPENDS_MAX]);
    assert_int_equal(kept[STORE_APPENDS_MAX].calls, 1);
    assert_int_equal(kept[STORE_APPENDS_MAX].result, STORE_FAILED);
    assert_int_equal(health(rig).appends, STORE_APPENDS_MAX);
    assert_true(health(rig).append_bytes >= STORE_APPENDS_MAX);
    rig_turn_until(rig, &kept[STORE_APPENDS_MAX - 1].calls, 1);
    assert_int_equal(kept[STORE_APPENDS_MAX - 1].offset, STORE_APPENDS_MAX);
    assert_int_equal(rig_say(rig, room, "u", "", "x").offset, STORE_APPENDS_MAX + 1);
    assert_int_equal(health(rig).appends, 0);
    assert_int_equal(health(rig).append_bytes, 0);
    rig->store->ops->close(room);
    free(kept);
}

/* The loop does not look, so what is done waits as well. */
static void too_many_bytes_at_once_are_refused(void **state)
{
    struct rig *rig = *state;
    char *text = malloc(65537);
    int n, most = STORE_APPEND_BYTES_MAX / 65536;
    struct rig_kept *kept = calloc((size_t)most + 2, sizeof(*kept));
    struct store_room *room;

    memset(text, 'x', 65536);
    text[65536] = '\0';
    rig->config.limits.kept_bytes = 64 << 20;
    rig_open(rig);
    room = rig_room(rig, "a");
    for (n = 0; n <= most; n++)
        rig_append(rig, room, "u", "", text, &kept[n]);
    assert_int_equal(kept[most - 1].calls, 0);
    assert_int_equal(kept[most].calls, 1);
    assert_int_equal(kept[most].result, STORE_FAILED);
    rig->store->ops->drain(rig->store);
    assert_int_equal(kept[most - 1].result, STORE_KEPT);
    assert_int_equal(rig_say(rig, room, "u", "", "x").offset, most + 1);
    rig->store->ops->close(room);
    free(kept);
    free(text);
}

static void count_page(void *ticket, const struct message *messages, size_t count)
{
    size_t *pages = ticket;

    (void)messages;
    pages[0]++;
    pages[1] += count;
}

static void too_many_pages_at_once_are_empty(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 0, .before = 2, .limit = 5, .max_bytes = 1000};
    struct store_room *room;
    size_t pages[2] = {0, 0};
    int n;

    rig_open(rig);
    room = rig_room(rig, "a");
    rig_say(rig, room, "u", "", "x");
    for (n = 0; n < STORE_PAGES_MAX; n++)
        rig->store->ops->read(room, &query, count_page, pages);
    assert_int_equal(pages[0], 0);
    rig->store->ops->read(room, &query, count_page, pages);
    assert_int_equal(pages[0], 1);
    assert_int_equal(pages[1], 0);
    rig->store->ops->drain(rig->store);
    assert_int_equal(pages[0], STORE_PAGES_MAX + 1);
    assert_int_equal(pages[1], STORE_PAGES_MAX);
    rig->store->ops->close(room);
}

static void the_end_answers_everything(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.after = 0, .before = 2, .limit = 5, .max_bytes = 1000};
    struct store_room *room;
    struct rig_kept kept[500];
    int n;

    rig_open(rig);
    room = rig_room(rig, "a");
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
    room = rig_room(rig, "a");
    rig_say(rig, room, "u", "", "x");
    strcpy(epoch, rig_past(rig, room).epoch);
    rig->store->ops->close(room);
    held = rig_room(rig, "b");
    rig_say(rig, held, "u", "", "x");
    assert_null(rig->store->ops->open(rig->store, "c")); /* both keep something */
    rig->now_ms += 200000;
    assert_false(rig->store->ops->deliver(rig->store, rig->now_ms));
    rig->store->ops->drain(rig->store);
    room = rig_room(rig, "c");
    assert_int_equal(rig_say(rig, room, "u", "", "x").offset, 1);
    rig->store->ops->close(room);
    assert_null(rig->store->ops->open(rig->store, "a"));
    rig->now_ms += 200000;
    assert_false(rig->store->ops->deliver(rig->store, rig->now_ms));
    rig->store->ops->drain(rig->store);
    room = rig_room(rig, "a");
    assert_string_not_equal(rig_past(rig, room).epoch, epoch);
    assert_int_equal(rig_past(rig, room).head, 0);
    assert_int_equal(rig_say(rig, room, "u", "", "x").offset, 1);
    strcpy(epoch, rig_past(rig, room).epoch);
    rig->store->ops->close(room);
    rig->store->ops->close(held);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM rooms"), 2);
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_string_equal(rig_past(rig, room).epoch, epoch);
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
        if (n % STORE_NOTES_MAX == STORE_NOTES_MAX - 1)
            ops->drain(rig->store);
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
    room = rig_room(rig, "a");
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
    room = rig_room(rig, "a");
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
    assert_true(health(rig).is_failing);
    assert_int_equal(rig_past(rig, room).head, 1);
    assert_string_equal(rig_read(rig, room, &query).first_text, "before");
    kept = rig_say(rig, room, "u", "c", "healed");
    assert_int_equal(kept.result, STORE_KEPT);
    assert_int_equal(kept.offset, 2);
    assert_int_equal(rig->reports, 2);
    assert_string_equal(rig->trouble, "");
    assert_false(health(rig).is_failing);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(too_many_at_once_are_refused, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(too_many_bytes_at_once_are_refused, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(too_many_pages_at_once_are_empty, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(the_end_answers_everything, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(the_room_left_longest_ago_is_dropped, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(sessions_are_remembered_as_long_as_they_come_back,
                                        rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(the_sessions_seen_longest_ago_make_room, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(without_memory_nothing_is_kept_and_nothing_breaks,
                                        rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_disk_that_takes_nothing_fails_and_heals, rig_setup,
                                        rig_teardown),
    };

    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

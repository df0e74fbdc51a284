/* What is kept for how long: by count, by bytes and by age, in what people see and in the file,
 * which does not grow with all that was ever said. */
#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define BURST 200
#define TEXT_BYTES 400
#define LOG_BYTES_MAX (20 << 20) /* written into the file at 16 MiB */

static int64_t size_of(const struct rig *rig, const char *suffix)
{
    char path[128];
    struct stat status;

    snprintf(path, sizeof(path), "%s%s", rig->path, suffix);
    return stat(path, &status) ? 0 : status.st_size;
}

static void say_many(struct rig *rig, struct store_room *room, int bursts, int64_t step_ms)
{
    static struct rig_kept kept[BURST];
    char text[TEXT_BYTES + 1], cid[16];
    int burst, n;

    memset(text, 'x', TEXT_BYTES);
    text[TEXT_BYTES] = '\0';
    for (burst = 0; burst < bursts; burst++, rig->now_ms += step_ms) {
        for (n = 0; n < BURST; n++) {
            snprintf(cid, sizeof(cid), "%d-%d", burst, n);
            rig_append(rig, room, "u", cid, text, &kept[n]);
        }
        for (n = 0; n < BURST; n++) {
            rig_turn_until(rig, &kept[n].calls, 1);
            assert_int_equal(kept[n].result, STORE_KEPT);
        }
        assert_in_range(size_of(rig, "-wal"), 0, LOG_BYTES_MAX);
    }
}

/* The file has what the store says it keeps, give or take what the next message would delete. */
static void file_is_as_said(struct rig *rig, const struct store_state *past)
{
    assert_int_equal(rig_ask(rig, "SELECT max(offset) FROM messages"), past->head);
    assert_in_range(rig_ask(rig, "SELECT min(offset) FROM messages"), past->oldest - BURST,
                    past->oldest);
    assert_int_equal(rig_ask(rig, "SELECT max(offset)-min(offset)+1-count(*) FROM messages"), 0);
}

static void bytes_bound_the_file(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct store_state past;
    int64_t size;

    rig->config.limits.kept_bytes = 500000;
    rig->config.limits.history_bytes = 100000;
    rig_open(rig);
    room = rig_room(rig, "a");
    say_many(rig, room, 20, 0);
    rig->store->ops->close(room);
    rig_close(rig);
    size = size_of(rig, "");
    rig_open(rig);
    room = rig_room(rig, "a");
    say_many(rig, room, 60, 0);
    past = rig_past(rig, room);
    assert_int_equal(past.head, 80 * BURST);
    assert_in_range(past.head + 1 - past.oldest, 900, 1100);
    rig->store->ops->close(room);
    rig_close(rig);
    file_is_as_said(rig, &past);
    assert_in_range(size_of(rig, ""), size / 2, size + size / 4); /* its pages are used again */
    assert_int_equal(size_of(rig, "-wal"), 0);
}

static void age_empties_the_file(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct store_state past;
    int64_t size;

    rig_open(rig);
    room = rig_room(rig, "a");
    say_many(rig, room, 10, 10000);
    past = rig_past(rig, room);
    assert_int_equal(past.head, 10 * BURST);
    assert_int_equal(past.oldest, BURST + 1); /* as old as they may get, and so forgotten */
    rig->store->ops->close(room);
    rig_close(rig);
    file_is_as_said(rig, &past);
    size = size_of(rig, "");
    rig->now_ms += 1000000;
    rig_open(rig); /* nobody ran, and nobody says anything */
    assert_false(rig->store->ops->deliver(rig->store, rig->now_ms));
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 0);
    rig_open(rig);
    room = rig_room(rig, "b");
    say_many(rig, room, 9, 10000);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_in_range(size_of(rig, ""), size / 2, size);
}

static void count_bounds_what_newcomers_see(void **state)
{
    struct rig *rig = *state;
    struct store_query query = {.before = 10000, .limit = 100, .max_bytes = 1 << 20};
    struct store_room *room;
    struct store_state past;
    struct rig_page page;

    rig->config.limits.history_count = 37;
    rig_open(rig);
    room = rig_room(rig, "a");
    say_many(rig, room, 3, 0);
    past = rig_past(rig, room);
    assert_int_equal(past.history_from, 3 * BURST + 1 - 37);
    rig->store->ops->close(room);
    rig_close(rig);
    rig_open(rig);
    room = rig_room(rig, "a");
    past = rig_past(rig, room);
    assert_int_equal(past.history_from, 3 * BURST + 1 - 37);
    query.after = past.history_from - 1;
    page = rig_read(rig, room, &query);
    assert_int_equal(page.count, 37);
    assert_int_equal(page.offsets[36], 3 * BURST);
    rig->store->ops->close(room);
}

static void a_forgotten_room_gives_its_pages_back(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    int64_t size;
    int n;

    rig_open(rig);
    room = rig_room(rig, "a");
    say_many(rig, room, 10, 0);
    rig->store->ops->close(room);
    rig_close(rig);
    size = size_of(rig, "");
    for (n = 0; n < 4; n++) {
        rig_open(rig);
        room = rig_room(rig, "a");
        assert_int_equal(rig->store->ops->forget(room), 0);
        say_many(rig, room, 10, 0);
        rig->store->ops->close(room);
        rig_close(rig);
    }
    assert_in_range(size_of(rig, ""), size / 2, size + size / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bytes_bound_the_file, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(age_empties_the_file, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(count_bounds_what_newcomers_see, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_forgotten_room_gives_its_pages_back, rig_setup,
                                        rig_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A disk that fails at any operation, for a moment or for good: senders are told, what was answered
 * stays, numbers have no holes, and it heals without anybody's help. */
#include "fault_vfs.h"
#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOR_EVER 1000000
#define KEPT_MAX 4000

struct world {
    struct rig rig;
    struct store_room *room;
    int said;
    uint64_t head;
    char kept[KEPT_MAX][32]; /* the text of message n */
};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    rig_init(&world->rig);
    fault_vfs_install(NULL);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;

    fault_vfs_heal();
    rig_fini(&world->rig);
    fault_vfs_remove();
    free(world);
    return 0;
}

static void open_world(struct world *world)
{
    world->rig.config.limits.history_count = KEPT_MAX;
    world->rig.config.limits.kept_bytes = 64 << 20;
    rig_open(&world->rig);
    world->room = rig_room(&world->rig, "a");
}

static void close_world(struct world *world)
{
    world->rig.store->ops->close(world->room);
    rig_close(&world->rig);
}

/* Say `count` things at once. Returns how many were kept. */
static int say(struct world *world, int count)
{
    struct rig_kept kept[16];
    char cid[24];
    int n, result = 0;

    for (n = 0; n < count; n++) {
        snprintf(cid, sizeof(cid), "c%d", world->said);
        rig_append(&world->rig, world->room, "u", cid, cid, &kept[n]);
        world->said++;
    }
    for (n = 0; n < count; n++) {
        rig_turn_until(&world->rig, &kept[n].calls, 1);
        if (kept[n].result == STORE_FAILED) {
            assert_int_equal(kept[n].offset, 0);
            continue;
        }
        assert_int_equal(kept[n].result, STORE_KEPT);
        assert_int_equal(kept[n].offset, ++world->head);
        strcpy(world->kept[world->head], kept[n].text);
        result++;
    }
    assert_int_equal(rig_past(&world->rig, world->room).head, world->head);
    return result;
}

struct page {
    struct world *world;
    int calls;
    size_t count;
    uint64_t next;
};

static void check_page(void *ticket, const struct message *messages, size_t count)
{
    struct page *page = ticket;
    size_t n;

    page->calls++;
    page->count = count;
    for (n = 0; n < count; n++, page->next++) {
        assert_int_equal(messages[n].offset, page->next);
        assert_string_equal(messages[n].text, page->world->kept[page->next]);
    }
}

/* Read everything from number `first` on. Returns whether all came. */
static bool read_from(struct world *world, uint64_t first)
{
    struct page page = {.world = world, .next = first};
    struct store_query query = {
        .before = world->head + 1, .limit = STORE_PAGE_MAX, .max_bytes = 100000};

    do {
        query.after = page.next - 1;
        page.calls = 0;
        world->rig.store->ops->read(world->room, &query, check_page, &page);
        rig_turn_until(&world->rig, &page.calls, 1);
    } while (page.count && page.next <= world->head);
    return page.next == world->head + 1;
}

static void fail_at_each_operation(struct world *world, enum fault fault, int count, bool can_read)
{
    int after, failures = 0;

    open_world(world);
    say(world, 5);
    for (after = 0; after < 40; after++) {
        fault_vfs_arm(fault, after, count);
        say(world, 8);
        say(world, 1);
        if (can_read)
            assert_true(read_from(world, world->head > 20 ? world->head - 20 : 1));
        failures += fault_vfs_heal();
        assert_int_equal(say(world, 2), 2);
        assert_string_equal(world->rig.trouble, "");
    }
    assert_true(failures > 0);
    assert_true(read_from(world, 1));
    close_world(world);
    open_world(world);
    assert_int_equal(rig_past(&world->rig, world->room).head, world->head);
    assert_int_equal(rig_past(&world->rig, world->room).oldest, 1);
    assert_true(read_from(world, 1));
    close_world(world);
}

static void a_full_disk(void **state)
{
    fail_at_each_operation(*state, FAULT_FULL, FOR_EVER, true);
}

static void a_disk_that_is_full_for_a_moment(void **state)
{
    fail_at_each_operation(*state, FAULT_FULL, 1, true);
}

static void writing_fails(void **state)
{
    fail_at_each_operation(*state, FAULT_WRITE, FOR_EVER, true);
}

static void writing_fails_once(void **state)
{
    fail_at_each_operation(*state, FAULT_WRITE, 1, true);
}

static void syncing_fails(void **state)
{
    ((struct world *)*state)->rig.config.survives_power_loss = true;
    fail_at_each_operation(*state, FAULT_SYNC, FOR_EVER, true);
}

static void syncing_fails_once(void **state)
{
    ((struct world *)*state)->rig.config.survives_power_loss = true;
    fail_at_each_operation(*state, FAULT_SYNC, 1, true);
}

/* What SQLite has read lies in its memory; so there is more here than fits into it. */
static void reading_fails(void **state)
{
    struct world *world = *state;
    struct rig *rig = &world->rig;
    struct store_query query = {.before = 3, .limit = 5, .max_bytes = 100000};
    char *text = malloc(20001);
    struct rig_kept kept[400];
    int n;

    memset(text, 'x', 20000);
    text[20000] = '\0';
    open_world(world);
    rig->config.limits.kept_bytes = 64 << 20;
    for (n = 0; n < 400; n++)
        rig_append(rig, world->room, "u", "", text, &kept[n]);
    rig_turn_until(rig, &kept[399].calls, 1);
    close_world(world);
    open_world(world);
    fault_vfs_arm(FAULT_READ, 0, FOR_EVER);
    assert_int_equal(rig_read(rig, world->room, &query).count, 0);
    assert_string_not_equal(rig->trouble, "");
    assert_true(fault_vfs_heal() > 0);
    assert_int_equal(rig_read(rig, world->room, &query).count, 2);
    assert_int_equal(rig_say(rig, world->room, "u", "", "x").offset, 401);
    assert_string_equal(rig->trouble, "");
    close_world(world);
    free(text);
}

/* The log is written into the file while people talk, and that fails. */
static void a_checkpoint_fails(void **state)
{
    struct world *world = *state;
    struct rig *rig = &world->rig;
    char *text = malloc(60001);
    struct rig_kept kept[50];
    uint64_t head = 0;
    int round, n;

    memset(text, 'x', 60000);
    text[60000] = '\0';
    open_world(world);
    for (round = 0; round < 24; round++) {
        fault_vfs_arm(round % 2 ? FAULT_FULL : FAULT_SYNC, 500, FOR_EVER);
        for (n = 0; n < 50; n++)
            rig_append(rig, world->room, "u", "", text, &kept[n]);
        for (n = 0; n < 50; n++) {
            rig_turn_until(rig, &kept[n].calls, 1);
            if (kept[n].result == STORE_KEPT)
                assert_int_equal(kept[n].offset, ++head);
        }
        fault_vfs_heal();
    }
    assert_true(head > 50);
    assert_int_equal(rig_say(rig, world->room, "u", "", "x").offset, head + 1);
    close_world(world);
    open_world(world);
    assert_int_equal(rig_past(rig, world->room).head, head + 1);
    close_world(world);
    free(text);
}

static void opening_fails_at_each_operation(void **state)
{
    static const enum fault faults[] = {FAULT_FULL, FAULT_WRITE, FAULT_SYNC, FAULT_READ};
    struct world *world = *state;
    struct problem problem = {0};
    struct store *store;
    int n, after;

    for (n = 0; n < 4; n++) {
        for (after = 0; after < 60; after++) {
            fault_vfs_arm(faults[n], after, FOR_EVER);
            store = store_sqlite_new(&world->rig.config, world->rig.now_ms, &problem);
            if (store)
                store->ops->free(store);
            else
                assert_string_not_equal(problem.text, "");
            fault_vfs_heal();
            problem = (struct problem){0};
        }
        open_world(world);
        assert_int_equal(say(world, 3), 3);
        assert_true(read_from(world, 1));
        close_world(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(a_disk_that_is_full_for_a_moment, setup, teardown),
        cmocka_unit_test_setup_teardown(writing_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(writing_fails_once, setup, teardown),
        cmocka_unit_test_setup_teardown(syncing_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(syncing_fails_once, setup, teardown),
        cmocka_unit_test_setup_teardown(reading_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(a_checkpoint_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(opening_fails_at_each_operation, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a loss of the process or of power leaves, at any moment of a store's work: the file is
 * sound, and what was answered before is in it. */
#include "fault_vfs.h"
#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TEXT_MAX 16000

struct work {
    bool survives_power_loss;
    int bursts, burst_max, text_len;
    int reopen_every; /* bursts; 0: never */
};

struct said {
    struct disk_log *log;
    int answered;
    uint64_t kept;
};

/* The text tells the number that the message must have. */
static size_t make_text(char *text, uint64_t n, int len)
{
    memset(text, 'a' + (int)(n % 26), (size_t)len);
    text[len] = '\0';
    snprintf(text, 24, "%llu", (unsigned long long)n);
    text[strlen(text)] = ' ';
    return (size_t)len;
}

static void on_kept(void *ticket, enum store_result result, const struct message *message)
{
    struct said *said = ticket;

    assert_int_equal(result, STORE_KEPT);
    assert_int_equal(message->offset, said->kept + 1);
    said->kept++;
    said->answered++;
    disk_log_mark(said->log, said->kept);
}

static void say_burst(struct rig *rig, struct store_room *room, struct said *said, int count,
                      int text_len)
{
    static char text[TEXT_MAX + 1];
    char cid[24];
    struct message message = {
        .time_ms = rig->now_ms, .nick = "n", .label = "l", .user = "u", .cid = cid, .text = text};
    uint64_t number = said->kept + 1;
    int n;

    said->answered = 0;
    for (n = 0; n < count; n++, number++) {
        message.text_len = make_text(text, number, text_len);
        snprintf(cid, sizeof(cid), "c%llu", (unsigned long long)number);
        rig->store->ops->append(room, &message, on_kept, said);
    }
    rig_turn_until(rig, &said->answered, count);
}

static struct disk_log *record(struct rig *rig, const struct work *work, unsigned *seed)
{
    struct said said = {.log = disk_log_new()};
    struct store_room *room;
    int n;

    rig->config.survives_power_loss = work->survives_power_loss;
    rig->config.limits.kept_bytes = 64 << 20;
    fault_vfs_install(said.log);
    rig_open(rig);
    room = rig_room(rig, "a");
    for (n = 1; n <= work->bursts; n++) {
        say_burst(rig, room, &said, 1 + rand_r(seed) % work->burst_max, work->text_len);
        if (!work->reopen_every || n % work->reopen_every)
            continue;
        rig->store->ops->close(room);
        rig_close(rig);
        rig_open(rig);
        room = rig_room(rig, "a");
        assert_int_equal(rig_past(rig, room).head, said.kept);
    }
    rig->store->ops->close(room);
    rig_close(rig);
    fault_vfs_remove();
    return said.log;
}

struct page {
    int calls;
    uint64_t next;
    int text_len;
};

static void check_page(void *ticket, const struct message *messages, size_t count)
{
    static char expected[TEXT_MAX + 1];
    struct page *page = ticket;
    size_t n;

    page->calls++;
    assert_true(count > 0);
    for (n = 0; n < count; n++, page->next++) {
        assert_int_equal(messages[n].offset, page->next);
        make_text(expected, page->next, page->text_len);
        assert_string_equal(messages[n].text, expected);
    }
}

/* Returns how many messages are there; each is what it was. */
static uint64_t check_file(struct rig *rig, int text_len)
{
    struct page page = {.next = 1, .text_len = text_len};
    struct store_query query = {.limit = STORE_PAGE_MAX, .max_bytes = 1 << 20};
    struct store_room *room;
    struct store_state past;

    rig_open(rig);
    room = rig_room(rig, "a");
    past = rig_past(rig, room);
    while (page.next <= past.head) {
        query.after = page.next - 1;
        query.before = past.head + 1;
        page.calls = 0;
        rig->store->ops->read(room, &query, check_page, &page);
        rig_turn_until(rig, &page.calls, 1);
    }
    rig->store->ops->close(room);
    rig_close(rig);
    return past.head;
}

/* losing_is_fine: only the end of what was answered may be missing. */
static void lose_at_many_points(struct rig *rig, const struct work *work, enum disk_loss loss,
                                int points, bool losing_is_fine)
{
    unsigned seed = 20240229;
    struct disk_log *log = record(rig, work, &seed);
    size_t position;
    uint64_t kept, answered;
    int n;

    fault_vfs_install(NULL); /* nothing is lost any more, so nothing need be synced */
    for (n = 0; n < points; n++) {
        position = (size_t)rand_r(&seed) % (disk_log_count(log) + 1);
        answered = disk_log_replay(log, position, loss, &seed, rig->path);
        if (!answered) /* perhaps the file is not made yet */
            continue;
        kept = check_file(rig, work->text_len);
        if (kept < answered && !losing_is_fine)
            fail_msg("%llu of %llu messages are lost by operation %zu",
                     (unsigned long long)(answered - kept), (unsigned long long)answered, position);
    }
    fault_vfs_remove();
    disk_log_free(log);
}

static const struct work busy = {.survives_power_loss = true,
                                 .bursts = 120,
                                 .burst_max = 12,
                                 .text_len = 300,
                                 .reopen_every = 40};

/* 16 MiB are written between two checkpoints; these are about four times that. */
static const struct work long_run = {
    .survives_power_loss = true, .bursts = 120, .burst_max = 50, .text_len = TEXT_MAX};

static void power_lost_takes_nothing_that_was_answered(void **state)
{
    lose_at_many_points(*state, &busy, LOSS_OF_POWER, 250, false);
}

static void power_lost_around_checkpoints_takes_nothing_either(void **state)
{
    lose_at_many_points(*state, &long_run, LOSS_OF_POWER, 8, false);
}

static void a_kill_takes_nothing_that_was_answered(void **state)
{
    struct work work = busy;

    work.survives_power_loss = false;
    lose_at_many_points(*state, &work, LOSS_OF_PROCESS, 250, false);
}

/* The test of the test: here something has to be missing, and the file is sound all the same. */
static void power_lost_without_waiting_for_the_disk_takes_only_the_end(void **state)
{
    struct rig *rig = *state;
    struct work work = busy;
    unsigned seed = 1;
    struct disk_log *log;
    uint64_t answered;

    work.survives_power_loss = false;
    lose_at_many_points(rig, &work, LOSS_OF_POWER, 150, true);
    work.reopen_every = 0;
    rig_fini(rig);
    rig_init(rig);
    log = record(rig, &work, &seed);
    answered = disk_log_replay(log, disk_log_count(log) / 2, LOSS_OF_POWER, &seed, rig->path);
    assert_true(answered > 100);
    assert_true(check_file(rig, work.text_len) < answered);
    disk_log_free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(power_lost_takes_nothing_that_was_answered, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(power_lost_around_checkpoints_takes_nothing_either,
                                        rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_kill_takes_nothing_that_was_answered, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(power_lost_without_waiting_for_the_disk_takes_only_the_end,
                                        rig_setup, rig_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

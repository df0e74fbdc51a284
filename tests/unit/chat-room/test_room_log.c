/* The ring against a model that keeps every frame for ever and knows nothing of rings. */
#include "room_log.h"

#include "ws_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define READERS 5
#define FRAMES_MAX 20000

/* Every frame's place, as counted when it was appended: where it ended in the log's positions. */
struct model {
    unsigned char fill[FRAMES_MAX];
    size_t len[FRAMES_MAX];
    uint64_t end[FRAMES_MAX];
    size_t count;
};

struct reader {
    uint64_t cursor;
    size_t next; /* the frame that it has to see next */
};

static uint32_t seed = 12345;

static uint32_t roll(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static void say(struct room_log *log, struct model *model, size_t len)
{
    unsigned char payload[1000];
    size_t n = model->count++;

    model->fill[n] = (unsigned char)('a' + n % 26);
    model->len[n] = len;
    memset(payload, model->fill[n], len);
    assert_int_equal(room_log_append(log, payload, len), 0);
    model->end[n] = room_log_head(log);
}

/* A frame is whole in the ring as long as no later one reached its first byte's place again. */
static int is_intact(const struct model *model, size_t n, size_t capacity)
{
    size_t frame = model->len[n] + (model->len[n] < 126 ? 2 : 4);

    return model->end[model->count - 1] - (model->end[n] - frame) <= capacity;
}

static void check_frames(const struct model *model, struct reader *reader, struct frames frames,
                         size_t max)
{
    size_t at, head, n, first = reader->next;

    for (at = 0; at < frames.len; reader->next++) {
        size_t frame = ws_frame_measure(frames.bytes + at, &head);

        assert_true(reader->next < model->count);
        assert_int_equal(frames.bytes[at], 0x81);
        assert_int_equal(frame - head, model->len[reader->next]);
        for (n = head; n < frame; n++)
            assert_int_equal(frames.bytes[at + n], model->fill[reader->next]);
        at += frame;
    }
    assert_int_equal(at, frames.len);
    assert_true(frames.len <= max || reader->next == first + 1);
}

static size_t unread(const struct model *model, const struct reader *reader)
{
    uint8_t head[WS_FRAME_HEAD_MAX];
    size_t n, bytes = 0;

    for (n = reader->next; n < model->count; n++)
        bytes += ws_frame_head(head, WS_TEXT, model->len[n]) + model->len[n];
    return bytes;
}

/* Returns 0 when the reader has caught up, 1 when it got something, -1 when it is lost. */
static int step(struct room_log *log, const struct model *model, struct reader *reader,
                size_t capacity)
{
    size_t max = 1 + roll(600);
    struct frames frames;
    int is_lost = reader->next < model->count && !is_intact(model, reader->next, capacity);

    assert_int_equal(room_log_is_lost(log, reader->cursor), is_lost);
    assert_int_equal(room_log_behind(log, reader->cursor),
                     is_lost ? capacity : unread(model, reader));
    assert_true(room_log_used(log) <= capacity);
    switch (room_log_read(log, &reader->cursor, max, &frames)) {
    case ROOM_LOG_NOTHING:
        assert_int_equal(reader->next, model->count);
        return 0;
    case ROOM_LOG_FRAMES:
        assert_false(is_lost);
        check_frames(model, reader, frames, max);
        return 1;
    case ROOM_LOG_LOST:
        break;
    }
    assert_true(is_lost);
    return -1;
}

static void act(struct room_log *log, struct model *model, struct reader *readers, size_t capacity,
                int *lost)
{
    struct reader *reader = &readers[roll(READERS)];

    if (roll(3)) {
        say(log, model, roll(8) ? roll(60) : roll((uint32_t)capacity - 4));
        return;
    }
    if (step(log, model, reader, capacity) < 0) {
        ++*lost;
        reader->cursor = room_log_head(log);
        reader->next = model->count;
    }
}

static void every_reader_sees_every_frame_once_in_order_or_is_lost(void **state)
{
    static const size_t capacities[] = {16, 64, 257, 1000};
    struct model *model = calloc(1, sizeof(*model));
    size_t n;
    int lost = 0;

    (void)state;
    for (n = 0; n < sizeof(capacities) / sizeof(capacities[0]); n++) {
        struct room_log *log = room_log_new(capacities[n]);
        struct reader readers[READERS] = {{0, 0}};

        model->count = 0;
        while (model->count < FRAMES_MAX - 1)
            if (capacities[n] >= 64)
                act(log, model, readers, capacities[n], &lost);
            else
                say(log, model, roll(12));
        room_log_free(log);
    }
    assert_true(lost > 100);
    free(model);
}

static void a_reader_that_keeps_up_is_never_lost(void **state)
{
    struct room_log *log = room_log_new(300);
    struct model *model = calloc(1, sizeof(*model));
    struct reader reader = {0, 0};

    (void)state;
    while (model->count < 5000) {
        say(log, model, roll(140));
        while (step(log, model, &reader, 300) > 0)
            ;
        assert_int_equal(reader.next, model->count);
    }
    room_log_free(log);
    free(model);
}

static void a_frame_that_fills_the_ring_fits_and_a_larger_one_is_refused(void **state)
{
    struct room_log *log = room_log_new(100);
    char payload[100];
    uint64_t cursor = 0;
    struct frames frames;

    (void)state;
    memset(payload, 'x', sizeof(payload));
    assert_int_equal(room_log_append(log, payload, 99), -1);
    assert_int_equal(room_log_head(log), 0);
    assert_int_equal(room_log_append(log, payload, 98), 0);
    assert_int_equal(room_log_read(log, &cursor, 1, &frames), ROOM_LOG_FRAMES);
    assert_int_equal(frames.len, 100);
    assert_int_equal(room_log_append(log, payload, 98), 0);
    assert_int_equal(room_log_read(log, &cursor, 1000, &frames), ROOM_LOG_FRAMES);
    assert_int_equal(frames.len, 100);
    assert_int_equal(room_log_read(log, &cursor, 1000, &frames), ROOM_LOG_NOTHING);
    room_log_free(log);
}

static void what_was_skipped_at_the_end_costs_no_reader_its_place(void **state)
{
    struct room_log *log = room_log_new(100);
    char payload[60] = "";
    uint64_t cursor;
    struct frames frames;

    (void)state;
    room_log_append(log, payload, 58); /* 0..60 */
    cursor = room_log_head(log);
    room_log_append(log, payload, 58); /* skips 60..100 */
    room_log_append(log, payload, 38); /* fills the ring */
    assert_false(room_log_is_lost(log, cursor));
    assert_int_equal(room_log_read(log, &cursor, 1000, &frames), ROOM_LOG_FRAMES);
    assert_int_equal(frames.len, 100);
    room_log_free(log);
}

static void after_a_break_every_reader_is_lost_but_those_who_come_then(void **state)
{
    uint64_t cursors[3] = {0}, head;
    struct room_log *log = room_log_new(100);
    struct frames frames;
    size_t n;

    (void)state;
    room_log_append(log, "0123456789", 10);
    cursors[1] = room_log_head(log);
    for (n = 0; n < 88; n++)
        room_log_append(log, "", 0);
    cursors[2] = room_log_head(log);
    room_log_break(log);
    for (n = 0; n < 3; n++)
        assert_true(room_log_is_lost(log, cursors[n]));
    head = room_log_head(log);
    assert_false(room_log_is_lost(log, head));
    room_log_append(log, "abc", 3);
    assert_int_equal(room_log_read(log, &head, 1000, &frames), ROOM_LOG_FRAMES);
    assert_memory_equal(frames.bytes + 2, "abc", 3);
    room_log_free(log);
}

/* A log of bytes against one that is not bounded: readers of any appetite see the same run. */
static void bytes_come_as_they_were_appended(void **state)
{
    static unsigned char model[200000];
    struct room_log *log = room_log_new(4096);
    uint64_t cursor = 0;
    size_t len = 0, seen = 0;

    (void)state;
    while (len + 1000 < sizeof(model)) {
        size_t n, piece = 1 + roll(999), eats = 1 + roll(3);
        struct frames run;

        for (n = 0; n < piece; n++)
            model[len + n] = (unsigned char)roll(256);
        assert_int_equal(room_log_append_bytes(log, model + len, piece), 0);
        len += piece;
        while (eats-- || len - seen > 2000) {
            size_t max = 1 + roll(700);

            if (room_log_read_bytes(log, &cursor, max, &run) != ROOM_LOG_FRAMES)
                break;
            assert_in_range(run.len, 1, max);
            assert_memory_equal(run.bytes, model + seen, run.len);
            seen += run.len;
        }
    }
    assert_true(seen > 190000);
    room_log_free(log);
}

static void a_reader_of_bytes_can_lose_its_place(void **state)
{
    struct room_log *log = room_log_new(100);
    uint64_t cursor = room_log_head(log);
    struct frames run;
    unsigned n;

    (void)state;
    for (n = 0; n < 3; n++)
        assert_int_equal(room_log_append_bytes(log, "0123456789012345678901234567890123456789", 40),
                         0);
    assert_int_equal(room_log_read_bytes(log, &cursor, 9, &run), ROOM_LOG_LOST);
    assert_int_equal(room_log_append_bytes(log, log, 101), -1);
    room_log_free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reader_sees_every_frame_once_in_order_or_is_lost),
        cmocka_unit_test(a_reader_that_keeps_up_is_never_lost),
        cmocka_unit_test(a_frame_that_fills_the_ring_fits_and_a_larger_one_is_refused),
        cmocka_unit_test(what_was_skipped_at_the_end_costs_no_reader_its_place),
        cmocka_unit_test(after_a_break_every_reader_is_lost_but_those_who_come_then),
        cmocka_unit_test(bytes_come_as_they_were_appended),
        cmocka_unit_test(a_reader_of_bytes_can_lose_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

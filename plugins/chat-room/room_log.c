#include "room_log.h"

#include "ws_frame.h"

#include <stdlib.h>
#include <string.h>

struct room_log {
    size_t capacity;
    uint64_t head;
    uint64_t lap_end;   /* where the last frame before the present lap ended */
    uint64_t lap_start; /* where the present lap begins, a multiple of the capacity */
    uint8_t ring[];
};

struct room_log *room_log_new(size_t capacity)
{
    struct room_log *log = malloc(sizeof(*log) + capacity);

    if (log) {
        log->capacity = capacity;
        log->head = log->lap_end = log->lap_start = 0;
    }
    return log;
}

void room_log_free(struct room_log *log) { free(log); }

/* Append the two parts in one run. */
static int append(struct room_log *log, const void *head, size_t head_len, const void *payload,
                  size_t len)
{
    size_t frame = head_len + len;
    uint8_t *to;

    if (frame > log->capacity)
        return -1;
    if (log->head - log->lap_start + frame > log->capacity) {
        log->lap_end = log->head;
        log->lap_start += log->capacity;
        log->head = log->lap_start;
    }
    to = log->ring + (log->head - log->lap_start);
    memcpy(to, head, head_len);
    memcpy(to + head_len, payload, len);
    log->head += frame;
    return 0;
}

int room_log_append(struct room_log *log, const void *payload, size_t len)
{
    uint8_t head[WS_FRAME_HEAD_MAX];

    return append(log, head, ws_frame_head(head, WS_TEXT, len), payload, len);
}

int room_log_append_bytes(struct room_log *log, const void *bytes, size_t len)
{
    return append(log, "", 0, bytes, len);
}

void room_log_break(struct room_log *log)
{
    log->lap_start += 3 * (uint64_t)log->capacity;
    log->head = log->lap_end = log->lap_start;
}

uint64_t room_log_head(const struct room_log *log) { return log->head; }

/* A cursor that stands where the last lap ended stands at the beginning of the present one. */
static uint64_t past_gap(const struct room_log *log, uint64_t cursor)
{
    return cursor >= log->lap_end && cursor < log->lap_start ? log->lap_start : cursor;
}

bool room_log_is_lost(const struct room_log *log, uint64_t cursor)
{
    return log->head - past_gap(log, cursor) > log->capacity;
}

size_t room_log_behind(const struct room_log *log, uint64_t cursor)
{
    uint64_t from = past_gap(log, cursor);

    if (room_log_is_lost(log, cursor))
        return log->capacity;
    /* What was skipped at the end of the lap before is not read. */
    if (from < log->lap_start)
        return (size_t)(log->lap_end - from + log->head - log->lap_start);
    return (size_t)(log->head - from);
}

size_t room_log_used(const struct room_log *log)
{
    return log->lap_start ? log->capacity : (size_t)log->head;
}

/* Find the whole contiguous run that stands at the cursor. */
static enum room_log_read find_run(const struct room_log *log, uint64_t *cursor, struct frames *out)
{
    uint64_t end = log->head;

    if (*cursor == log->head)
        return ROOM_LOG_NOTHING;
    if (room_log_is_lost(log, *cursor))
        return ROOM_LOG_LOST;
    *cursor = past_gap(log, *cursor);
    if (*cursor < log->lap_end)
        end = log->lap_end;
    out->bytes = log->ring + *cursor % log->capacity;
    out->len = (size_t)(end - *cursor);
    return ROOM_LOG_FRAMES;
}

enum room_log_read room_log_read(const struct room_log *log, uint64_t *cursor, size_t max,
                                 struct frames *out)
{
    enum room_log_read result = find_run(log, cursor, out);

    if (result != ROOM_LOG_FRAMES)
        return result;
    out->len = ws_frame_fit(out->bytes, out->len, max);
    *cursor += out->len;
    return result;
}

enum room_log_read room_log_read_bytes(const struct room_log *log, uint64_t *cursor, size_t max,
                                       struct frames *out)
{
    enum room_log_read result = find_run(log, cursor, out);

    if (result != ROOM_LOG_FRAMES)
        return result;
    if (out->len > max)
        out->len = max;
    *cursor += out->len;
    return result;
}

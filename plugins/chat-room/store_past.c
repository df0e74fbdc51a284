#include "store_past.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_ENTRIES 16

void past_init(struct past *past, const char *epoch, uint64_t head)
{
    struct past fresh = {
        .state = {.head = head, .oldest = head + 1, .history_from = head + 1},
    };

    snprintf(fresh.state.epoch, sizeof(fresh.state.epoch), "%s", epoch);
    *past = fresh;
}

void past_fini(struct past *past)
{
    free(past->ring);
    past->ring = NULL;
    past->ring_size = 0;
}

static struct past_entry *entry(const struct past *past, uint64_t offset)
{
    return &past->ring[offset & (past->ring_size - 1)];
}

int past_reserve(struct past *past, size_t more)
{
    size_t wanted = (size_t)(past->state.head + 1 - past->state.oldest) + more;
    struct past grown = *past;
    uint64_t n;

    if (wanted <= past->ring_size)
        return 0;
    if (!grown.ring_size)
        grown.ring_size = FIRST_ENTRIES;
    while (grown.ring_size < wanted)
        grown.ring_size *= 2;
    grown.ring = malloc(grown.ring_size * sizeof(*grown.ring));
    if (!grown.ring)
        return -1;
    for (n = past->state.oldest; n <= past->state.head; n++)
        *entry(&grown, n) = *entry(past, n);
    free(past->ring);
    past->ring = grown.ring;
    past->ring_size = grown.ring_size;
    return 0;
}

void past_add(struct past *past, int64_t time_ms, uint32_t bytes)
{
    *entry(past, ++past->state.head) = (struct past_entry){.time_ms = time_ms, .bytes = bytes};
    past->state.bytes += bytes;
    past->state.history_bytes += bytes;
}

static void leave_history(struct past *past)
{
    past->state.history_bytes -= entry(past, past->state.history_from)->bytes;
    past->state.history_from++;
}

static void forget_oldest(struct past *past)
{
    if (past->state.history_from == past->state.oldest)
        leave_history(past);
    past->state.bytes -= entry(past, past->state.oldest)->bytes;
    past->state.oldest++;
}

void past_expire(struct past *past, const struct store_limits *limits, int64_t now_ms)
{
    while (past->state.oldest <= past->state.head &&
           now_ms - entry(past, past->state.oldest)->time_ms >= limits->ttl_ms)
        forget_oldest(past);
}

void past_bound(struct past *past, const struct store_limits *limits)
{
    while (past->state.history_from <= past->state.head &&
           (past->state.head + 1 - past->state.history_from > limits->history_count ||
            past->state.history_bytes > limits->history_bytes))
        leave_history(past);
    while (past->state.oldest <= past->state.head && past->state.bytes > limits->kept_bytes)
        forget_oldest(past);
}

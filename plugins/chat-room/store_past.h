/* store_past — what a room's past is made of, in numbers: when each message was sent and how large
 * it is, so that a store can say at once what is kept, whether it holds the messages itself or a
 * disk does.
 *
 * Shape:    one entry a message, oldest, oldest + 1, …, head, bounded by age and bytes; the newest
 *           `history_count` within `history_bytes` are the history.
 * Owns:     the entries, until past_fini. All-zero is not valid yet, see past_init.
 * Borrows:  the limits, during a call.
 * Calls up: nothing.
 * Not here: the messages themselves (store_memory.c, store_db.h).
 */
#ifndef CHAT_STORE_PAST_H
#define CHAT_STORE_PAST_H

#include "store.h"
#include "store_memory.h"

struct past_entry {
    int64_t time_ms;
    uint32_t bytes;
};

struct past {
    struct store_state state;
    struct past_entry *ring; /* message n stands at n modulo ring_size */
    size_t ring_size;        /* a power of two, or 0 */
};

/* A past in which nothing is kept and `head` was the last number. epoch: may be its own. */
void past_init(struct past *past, const char *epoch, uint64_t head);
void past_fini(struct past *past);

/* Make room for `more` entries, so that past_add can't fail. Returns 0, or -1 when memory is short.
 */
int past_reserve(struct past *past, size_t more);

/* Add the message with the number head + 1; past_reserve has made room for it. */
void past_add(struct past *past, int64_t time_ms, uint32_t bytes);

/* Forget what is too old. */
void past_expire(struct past *past, const struct store_limits *limits, int64_t now_ms);

/* Forget what is too much. */
void past_bound(struct past *past, const struct store_limits *limits);

#endif

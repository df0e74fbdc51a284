/* catch_up — what of a room's past somebody gets who comes, or comes back.
 *
 * Shape:    two decisions over a past in numbers; the second one is the recovery's table
 *           (docs/chat-protocol.md).
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 * Not here: how it is read (replay.c, listener.h, api_task.h).
 */
#ifndef CHAT_CATCH_UP_H
#define CHAT_CATCH_UP_H

#include "counters.h"
#include "store.h"

struct catch_up {
    uint64_t first, last; /* empty when first > last */
    bool is_recovered;    /* nothing between is missing */
    bool has_missed;      /* something is, and it is known how many messages */
    uint64_t missed;
};

/* The newest `count` messages of the history. */
struct catch_up catch_up_newest(const struct store_state *past, uint64_t count);

/* Everything after `since` of `epoch`. When that is not possible, `is_recovered` is false and the
 * range is empty: the caller chooses what it shows instead. */
struct catch_up catch_up_since(const struct store_state *past, const char *epoch, uint64_t since);

/* What came of it, for counters.h. */
enum recovery catch_up_kind(const struct catch_up *catch_up);

#endif

/* lanes — the pool of connections to one origin: which is free, and who waits for one.
 *
 * Shape:    at most `max_lanes` lanes, each with one user at a time. A free lane is warm (its
 *           connection is open) or cold (it has none); the one that was used last is taken first,
 *           so that a light load stays on few connections. At most `max_waiters` wait while all
 *           lanes are in use: each requester in a line of its own, first come, first served, and
 *           the lines take turns, so that who asks a thousand things holds up nobody who asks one.
 *           Constant time, but for one who comes when all places are taken.
 * Owns:     the lines, until lanes_fini; lanes and waiters live in their owners.
 * Borrows:  each added lane, until lanes_remove; each waiter, until it is handed out or forgotten.
 * Calls up: nothing.
 * Not here: connections themselves (fetch), deadlines (timers).
 */
#ifndef LWSHOST_LANES_H
#define LWSHOST_LANES_H

#include "dlist.h"
#include "hash_map.h"

#include <stdbool.h>
#include <stddef.h>

enum lane_state {
    LANE_COLD,    /* free, no connection */
    LANE_WARM,    /* free, connected */
    LANE_BUSY,    /* has a user */
    LANE_CLOSING, /* has no user; its connection is being closed */
};

/* All zero is a lane that is in no pool. */
struct lane {
    struct dlist_node link; /* among the free ones */
    enum lane_state state;
};

struct lane_line;

/* All zero but for `requester` is one that does not wait. */
struct lane_waiter {
    struct dlist_node link;
    struct lane_line *line;
    uint64_t requester; /* whose line it is; any number */
};

struct lanes {
    struct dlist warm, cold; /* the free ones, the last used first */
    struct dlist turns;      /* the lines, the next one first */
    struct hash_map lines;   /* by requester */
    size_t lane_count, max_lanes;
    size_t used_count; /* busy or closing */
    size_t waiter_count, max_waiters;
};

/* Make `lanes` an empty pool. */
void lanes_init(struct lanes *lanes, size_t max_lanes, size_t max_waiters);

/* Nobody may wait any more. */
void lanes_fini(struct lanes *lanes);

/* True when the pool may grow. */
bool lanes_may_add(const struct lanes *lanes);

/* Add a new lane, cold and free. The caller has asked lanes_may_add. */
void lanes_add(struct lanes *lanes, struct lane *lane);

/* Take a free lane, a warm one if there is one; NULL when all are in use. It is LANE_BUSY; whether
 * it was warm is in `is_warm`. */
struct lane *lanes_take(struct lanes *lanes, bool *is_warm);

/* The user of a busy lane is done. Its connection stays open (LANE_WARM), has gone (LANE_COLD), or
 * will go (LANE_CLOSING); lanes_closed follows then. */
void lanes_give_back(struct lanes *lanes, struct lane *lane, enum lane_state state);

/* The connection of a lane has gone: a warm or closing one becomes cold and free. Nothing changes
 * for a busy one, whose user hears of it otherwise. */
void lanes_closed(struct lanes *lanes, struct lane *lane);

/* Take a lane out of the pool, whatever its state. */
void lanes_remove(struct lanes *lanes, struct lane *lane);

/* Wait for a lane. When enough wait already, `max_waiters` more than there are lanes free or still
 * to be added, the last one of the longest line gives way, if that line stays the longest without
 * it: it does not wait any more and is in `displaced`, which is NULL otherwise.
 * Returns 0, or -1 when there is no place, or memory is short. */
int lanes_wait(struct lanes *lanes, struct lane_waiter *waiter, struct lane_waiter **displaced);

/* Whose turn it is; NULL when nobody waits. It still waits. */
struct lane_waiter *lanes_first_waiter(const struct lanes *lanes);

/* The one whose turn it was has got a lane: it waits no more, and the next line has its turn. */
void lanes_served(struct lanes *lanes, struct lane_waiter *waiter);

/* Stop waiting; harmless when it does not wait. */
void lanes_forget(struct lanes *lanes, struct lane_waiter *waiter);

#endif

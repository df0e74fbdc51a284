/* timers — many deadlines, of which only the earliest matters: a binary heap.
 *
 * Shape:    pointers to timers that live in their owners, ordered by `due_us`. The owner of the
 *           heap keeps one timer of the event loop for the earliest; libwebsockets' own timers are
 *           a sorted list, and a list of thousands of deadlines costs a walk for each.
 * Owns:     the array of pointers.
 * Borrows:  each started timer, until it is due or stopped.
 * Calls up: `fire`, from timers_run only; it may start and stop any timer.
 * Not here: reading the clock.
 */
#ifndef LWSHOST_TIMERS_H
#define LWSHOST_TIMERS_H

#include <stddef.h>
#include <stdint.h>

/* All zero but `fire` is a stopped timer. */
struct timer {
    uint64_t due_us;
    size_t place; /* in the heap, counted from 1; 0 when stopped */
    void (*fire)(struct timer *timer);
};

/* All zero is an empty one. */
struct timers {
    struct timer **heap;
    size_t count;
    size_t capacity;
};

/* Make room for `capacity` started timers at once, so that starting one never needs memory.
 * Returns 0, or -1 when memory is short. */
int timers_reserve(struct timers *timers, size_t capacity);

/* Start or restart `timer`. O(log n). Returns 0, or -1 when there is no room; it is stopped then.
 */
int timers_start(struct timers *timers, struct timer *timer, uint64_t due_us);

/* Stop `timer`; harmless when it is stopped. O(log n). */
void timers_stop(struct timers *timers, struct timer *timer);

/* When the earliest is due; UINT64_MAX when none is started. */
uint64_t timers_next_us(const struct timers *timers);

/* Fire each timer that is due at `now_us`, the earliest first. One that `fire` starts for a time
 * that has come already waits for the next call. */
void timers_run(struct timers *timers, uint64_t now_us);

/* Free the heap; started timers are forgotten. */
void timers_fini(struct timers *timers);

#endif

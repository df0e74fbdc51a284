/* quota — when a provider may be asked next, by its own rules.
 *
 * Shape:    at most so many attempts in any second and in any minute, exactly: the times of the
 * last ones are kept. And pauses, which the provider asked for. Owns:     the times, until
 * quota_fini. Borrows:  nothing. Calls up: nothing; time is an argument. Not here: who waits until
 * then (chain), the HTTP fields that say so (fetch).
 */
#ifndef LWSHOST_IP_INFO_QUOTA_H
#define LWSHOST_IP_INFO_QUOTA_H

#include <stddef.h>
#include <stdint.h>

#define QUOTA_MAX_PER_SECOND 1000
#define QUOTA_MAX_PER_MINUTE 60000

/* At most `count` times in `length_us`. */
struct quota_window {
    uint64_t *times; /* a ring; 0 for one that was never used */
    size_t count, oldest;
    uint64_t length_us;
};

/* All zero is one without a bound. */
struct quota {
    struct quota_window second, minute;
    uint64_t paused_until_us;
};

/* Make a quota; 0 is no bound. Returns 0, or -1 when memory is short; quota_fini is due either way.
 */
int quota_init(struct quota *quota, unsigned long per_second, unsigned long per_minute);

/* When the next attempt may begin: `now_us` or later. */
uint64_t quota_next_us(const struct quota *quota, uint64_t now_us);

/* When the pause ends that is on now; 0 when none is. */
uint64_t quota_paused_until_us(const struct quota *quota, uint64_t now_us);

/* An attempt begins at `start_us`, which is not before quota_next_us. */
void quota_take(struct quota *quota, uint64_t start_us);

/* Nobody may ask for `seconds`; a longer pause stays. */
void quota_pause(struct quota *quota, unsigned seconds, uint64_t now_us);

void quota_fini(struct quota *quota);

#endif

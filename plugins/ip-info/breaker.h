/* breaker — whether a provider that keeps failing is left alone for a while.
 *
 * Shape:    closed: all may ask, failures in a row are counted. Open: nobody asks until the time is
 *           over. Then exactly one asks, the probe; its end closes the breaker or opens it for
 * twice as long, at most BREAKER_MAX_OPEN_US. Owns:     nothing. Borrows:  nothing. Calls up:
 * nothing; time is an argument. Not here: what counts as a failure (chain), how often may be asked
 * (quota).
 */
#ifndef LWSHOST_IP_INFO_BREAKER_H
#define LWSHOST_IP_INFO_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#define BREAKER_MAX_OPEN_US (300 * (uint64_t)1000000)

/* All zero is a breaker that never opens. */
struct breaker {
    unsigned long max_failures; /* in a row; 0: it never opens */
    uint64_t first_open_us;     /* how long it is open at first */

    unsigned long failures; /* in a row, while it is closed */
    bool is_open;           /* also while the probe is under way */
    bool is_probing;
    uint64_t open_us;  /* how long it is open this time */
    uint64_t until_us; /* when the probe may go */
};

/* How an attempt ended. */
enum breaker_result {
    BREAKER_SUCCESS,
    BREAKER_FAILURE,
    BREAKER_NEITHER, /* it says nothing about the provider */
};

/* Make a closed breaker. */
void breaker_init(struct breaker *breaker, unsigned long max_failures, uint64_t open_us);

/* True when somebody may ask now. Nothing is taken by asking this. */
bool breaker_admits(const struct breaker *breaker, uint64_t now_us);

/* An attempt begins, breaker_admits has said yes. Returns true when it is the probe, which
 * breaker_end has to be told. */
bool breaker_begin(struct breaker *breaker);

/* An attempt has ended. While the breaker is open only the probe's end counts: the others are from
 * before, and are known to be so. */
void breaker_end(struct breaker *breaker, bool is_probe, enum breaker_result result,
                 uint64_t now_us);

/* Seconds until somebody may ask, rounded up, at least 1. For one that does not admit. */
unsigned breaker_retry_after_s(const struct breaker *breaker, uint64_t now_us);

#endif

/* counters — what has happened since the process began, in numbers.
 *
 * Shape:    plain integers, all zero at first; they live longer than one configuration.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 * Not here: how they are written (host_metrics.h).
 */
#ifndef LWSHOST_COUNTERS_H
#define LWSHOST_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#define COUNTED_STATUSES 24
#define COUNTED_DURATIONS 9

/* The statuses that are counted one by one; 0 stands for no answer, and the last one, 1, for all
 * others. */
extern const unsigned counted_statuses[COUNTED_STATUSES];

/* Upper ends of the classes of durations, µs; the last one is all of them. */
extern const uint64_t counted_durations_us[COUNTED_DURATIONS];

struct host_counters {
    int64_t started_ms; /* since 1970 */
    uint64_t requests[COUNTED_STATUSES];
    uint64_t durations[COUNTED_DURATIONS];   /* of requests: up to that end, not adding up */
    uint64_t duration_us, body_bytes;        /* of all of them */
    uint64_t refused_upgrades;               /* WebSockets that the host itself refused */
    uint64_t refused_full, refused_stopping; /* connections */
    uint64_t loads, bad_loads;               /* of configurations */
    uint64_t log_lines, log_dropped;         /* of files that are closed by now */
};

/* Count a request that is over. */
void counters_request(struct host_counters *counters, unsigned status, uint64_t body_bytes,
                      uint64_t duration_us);

#endif

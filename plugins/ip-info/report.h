/* report — how the service is: its metrics, and whether it is of any use.
 *
 * Shape:    functions that read what is counted and append a text.
 * Owns:     nothing.
 * Borrows:  everything, during a call.
 * Calls up: nothing.
 * Not here: who may see it (endpoints).
 */
#ifndef LWSHOST_IP_INFO_REPORT_H
#define LWSHOST_IP_INFO_REPORT_H

#include "flights.h"
#include "open_metrics.h"
#include "tally.h"

struct report {
    const struct tally *tally;
    const struct flights *flights;
    const struct chains *chains;
    struct fetch_stats fetch;
    size_t open_requests;
    uint64_t now_us;
};

/* Append the metrics as OpenMetrics text (OPEN_METRICS_CONTENT_TYPE).
 * Returns 0, or -1 when memory is short. */
int report_metrics(const struct report *report, struct bytes *out);

/* Append `{"status":"ok","providers":[{"name":"x","state":"ok"}]}`. The state of a provider is ok,
 * paused (its quota), open (its breaker) or unusable (a secret of it is not set); the status is ok
 * when one of them can be asked, else unavailable.
 * is_ok: filled. Returns 0, or -1 when memory is short. */
int report_health(const struct report *report, bool *is_ok, struct bytes *out);

#endif

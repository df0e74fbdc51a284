/* host_metrics — the host in numbers: OpenMetrics text, and the word about its health.
 *
 * Shape:    functions over counters and a few gauges.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: /proc/self, for the process's own numbers.
 * Not here: who may see it (status.h).
 */
#ifndef LWSHOST_HOST_METRICS_H
#define LWSHOST_HOST_METRICS_H

#include "bytes.h"
#include "counters.h"

#include <stdbool.h>

struct host_report {
    const struct host_counters *counters;
    const char *version, *libwebsockets;
    uint64_t log_lines, log_dropped; /* of the files that are open */
    uint64_t open_requests;
    unsigned long connections_max; /* descriptors that connections may have */
    bool is_draining;
    int64_t now_ms;
};

/* Append the metrics. Returns 0, or -1 when memory is short. */
int host_metrics_write(struct bytes *out, const struct host_report *report);

/* Append `{"status":"ok","version":"0.1.0","uptime_s":17}`; the status is `draining` when the
 * server stops. As host_metrics_write. */
int host_health_write(struct bytes *out, const struct host_report *report);

#endif

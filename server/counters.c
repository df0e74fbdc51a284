#include "counters.h"

#define OTHERS 1

const unsigned counted_statuses[COUNTED_STATUSES] = {0,   200, 201, 204, 206, 301, 302, 304,
                                                     400, 401, 403, 404, 405, 409, 411, 413,
                                                     415, 429, 500, 502, 503, 504, 410, OTHERS};

const uint64_t counted_durations_us[COUNTED_DURATIONS] = {
    1000, 5000, 10000, 50000, 100000, 500000, 1000000, 5000000, UINT64_MAX};

void counters_request(struct host_counters *counters, unsigned status, uint64_t body_bytes,
                      uint64_t duration_us)
{
    int n = 0;

    while (counted_statuses[n] != status && n < COUNTED_STATUSES - 1)
        n++;
    counters->requests[n]++;
    for (n = 0; duration_us > counted_durations_us[n]; n++)
        ;
    counters->durations[n]++;
    counters->duration_us += duration_us;
    counters->body_bytes += body_bytes;
}

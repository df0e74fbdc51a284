#include "tally.h"

/* The last one stands for all others: `upstream-error-status` can be any of 500 to 599. */
const unsigned tally_statuses[TALLY_STATUSES] = {200, 204, 304, 400, 403, 404, 405, 406, 408,
                                                 411, 413, 415, 422, 429, 502, 503, 504, 0};

void tally_request(struct tally *tally, unsigned status)
{
    size_t n = 0;

    while (n < TALLY_STATUSES - 1 && tally_statuses[n] != status)
        n++;
    tally->requests[n]++;
}

void tally_outcomes(struct tally *tally, const struct outcome *outcomes, size_t count)
{
    while (count)
        tally->outcomes[outcomes[--count].code]++;
}

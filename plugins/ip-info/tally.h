/* tally — what is counted of requests and lookups, for the metrics.
 *
 * Shape:    plain counters since the start; all zero at first.
 * Owns, borrows, calls up: nothing.
 * Not here: what others count of themselves (flights, cache, chain, fetch).
 */
#ifndef LWSHOST_IP_INFO_TALLY_H
#define LWSHOST_IP_INFO_TALLY_H

#include "outcome.h"

/* The statuses of our answers, and all others. */
enum { TALLY_STATUSES = 18 };
extern const unsigned tally_statuses[TALLY_STATUSES];

struct tally {
    uint64_t requests[TALLY_STATUSES];
    uint64_t outcomes[OUTCOME_CODE_COUNT]; /* of addresses that were answered */
    uint64_t streams;                      /* answers that were sent line by line */
};

/* Count an answer of that status. */
void tally_request(struct tally *tally, unsigned status);

/* Count how the lookups of one answer ended. */
void tally_outcomes(struct tally *tally, const struct outcome *outcomes, size_t count);

#endif

/* retry_budget — keeps retries from making a bad hour of a provider worse.
 *
 * Shape:    retries are at most a fifth of the recent attempts, but RETRY_BUDGET_ALWAYS of them are
 *           always allowed. What is recent fades: every ten seconds the counts are halved. All zero
 *           is a fresh one.
 * Owns, borrows, calls up: nothing; time is an argument.
 * Not here: what is worth a retry (chain); the free one on a stale connection (fetch).
 */
#ifndef LWSHOST_IP_INFO_RETRY_BUDGET_H
#define LWSHOST_IP_INFO_RETRY_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#define RETRY_BUDGET_ALWAYS 3

struct retry_budget {
    uint64_t since_us; /* when the counts were halved last */
    unsigned long attempts, retries;
};

/* Count an attempt, a first one or a retry. */
void retry_budget_count(struct retry_budget *budget, bool is_retry, uint64_t now_us);

/* True when one more retry is within the budget. */
bool retry_budget_allows(struct retry_budget *budget, uint64_t now_us);

#endif

#include "retry_budget.h"

#define HALF_LIFE_US (10 * (uint64_t)1000000)

static void fade(struct retry_budget *budget, uint64_t now_us)
{
    uint64_t halvings = (now_us - budget->since_us) / HALF_LIFE_US;

    if (budget->since_us == 0 || halvings > 30) {
        budget->since_us = now_us;
        budget->attempts = budget->retries = 0;
        return;
    }
    budget->since_us += halvings * HALF_LIFE_US;
    budget->attempts >>= halvings;
    budget->retries >>= halvings;
}

void retry_budget_count(struct retry_budget *budget, bool is_retry, uint64_t now_us)
{
    fade(budget, now_us);
    budget->attempts++;
    budget->retries += is_retry;
}

bool retry_budget_allows(struct retry_budget *budget, uint64_t now_us)
{
    fade(budget, now_us);
    return budget->retries < RETRY_BUDGET_ALWAYS || budget->retries < budget->attempts / 5;
}

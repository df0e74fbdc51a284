#include "gate.h"

#include <string.h>

int gate_init(struct gate *gate, const struct provider *provider)
{
    memset(gate, 0, sizeof(*gate));
    breaker_init(&gate->breaker, provider->breaker_failures,
                 (uint64_t)provider->breaker_open_ms * 1000);
    return quota_init(&gate->quota, provider->per_second, provider->per_minute);
}

static unsigned seconds_up(uint64_t us) { return (unsigned)((us + 999999) / 1000000); }

enum outcome_code gate_ask(const struct gate *gate, uint64_t now_us, uint64_t latest_us,
                           uint64_t *start_us, unsigned *retry_after_s)
{
    uint64_t paused_until_us = quota_paused_until_us(&gate->quota, now_us);

    if (!breaker_admits(&gate->breaker, now_us)) {
        *retry_after_s = breaker_retry_after_s(&gate->breaker, now_us);
        return OUTCOME_CIRCUIT_OPEN;
    }
    *start_us = quota_next_us(&gate->quota, now_us);
    if (!paused_until_us && *start_us <= latest_us)
        return OUTCOME_FOUND;
    *retry_after_s = seconds_up(*start_us - now_us);
    return OUTCOME_QUOTA;
}

bool gate_enter(struct gate *gate, uint64_t now_us, uint64_t start_us, bool is_retry)
{
    quota_take(&gate->quota, start_us);
    retry_budget_count(&gate->budget, is_retry, now_us);
    return breaker_begin(&gate->breaker);
}

void gate_leave(struct gate *gate, bool is_probe, enum breaker_result result, unsigned pause_s,
                uint64_t now_us)
{
    breaker_end(&gate->breaker, is_probe, result, now_us);
    if (pause_s)
        quota_pause(&gate->quota, pause_s, now_us);
}

bool gate_allows_retry(struct gate *gate, uint64_t now_us)
{
    return retry_budget_allows(&gate->budget, now_us);
}

void gate_fini(struct gate *gate) { quota_fini(&gate->quota); }

/* gate — what is remembered of one provider: may it be asked now, and may it be asked again?
 *
 * Shape:    its breaker, its quota, its budget of retries.
 * Owns:     the quota's times, until gate_fini.
 * Borrows:  nothing.
 * Calls up: nothing; time is an argument.
 * Not here: who goes to which gate in which order (chain).
 */
#ifndef LWSHOST_IP_INFO_GATE_H
#define LWSHOST_IP_INFO_GATE_H

#include "breaker.h"
#include "provider.h"
#include "quota.h"
#include "retry_budget.h"

struct gate {
    struct breaker breaker;
    struct quota quota;
    struct retry_budget budget;
};

/* Returns 0, or -1 when memory is short; gate_fini is due either way. */
int gate_init(struct gate *gate, const struct provider *provider);

/* May an attempt begin by `latest_us`? Nothing is taken by asking this.
 * start_us: filled with the time when it may.
 * Returns OUTCOME_FOUND when it may, OUTCOME_CIRCUIT_OPEN or OUTCOME_QUOTA when it may not;
 * `retry_after_s` is filled then. */
enum outcome_code gate_ask(const struct gate *gate, uint64_t now_us, uint64_t latest_us,
                           uint64_t *start_us, unsigned *retry_after_s);

/* An attempt is under way that begins at `start_us`. Returns true when it is the breaker's probe.
 */
bool gate_enter(struct gate *gate, uint64_t now_us, uint64_t start_us, bool is_retry);

/* It has ended. pause_s: how long the provider asked to be left alone, 0 when it did not. */
void gate_leave(struct gate *gate, bool is_probe, enum breaker_result result, unsigned pause_s,
                uint64_t now_us);

/* May one that failed be tried once more? */
bool gate_allows_retry(struct gate *gate, uint64_t now_us);

void gate_fini(struct gate *gate);

#endif

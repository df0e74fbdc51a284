#include "breaker.h"

#include <string.h>

void breaker_init(struct breaker *breaker, unsigned long max_failures, uint64_t open_us)
{
    memset(breaker, 0, sizeof(*breaker));
    breaker->max_failures = max_failures;
    breaker->first_open_us = open_us;
}

bool breaker_admits(const struct breaker *breaker, uint64_t now_us)
{
    return !breaker->is_open || (!breaker->is_probing && now_us >= breaker->until_us);
}

bool breaker_begin(struct breaker *breaker)
{
    breaker->is_probing = breaker->is_open;
    return breaker->is_open;
}

static void open_for(struct breaker *breaker, uint64_t open_us, uint64_t now_us)
{
    breaker->is_open = true;
    breaker->failures = 0;
    breaker->open_us = open_us < BREAKER_MAX_OPEN_US ? open_us : BREAKER_MAX_OPEN_US;
    breaker->until_us = now_us + breaker->open_us;
}

static void end_probe(struct breaker *breaker, enum breaker_result result, uint64_t now_us)
{
    breaker->is_probing = false;
    if (result == BREAKER_SUCCESS)
        breaker->is_open = false;
    else if (result == BREAKER_FAILURE)
        open_for(breaker, breaker->open_us * 2, now_us);
    /* One that says nothing leaves the place to the next. */
}

void breaker_end(struct breaker *breaker, bool is_probe, enum breaker_result result,
                 uint64_t now_us)
{
    if (is_probe)
        end_probe(breaker, result, now_us);
    else if (breaker->is_open || result == BREAKER_NEITHER)
        return;
    else if (result == BREAKER_SUCCESS)
        breaker->failures = 0;
    else if (breaker->max_failures && ++breaker->failures >= breaker->max_failures)
        open_for(breaker, breaker->first_open_us, now_us);
}

unsigned breaker_retry_after_s(const struct breaker *breaker, uint64_t now_us)
{
    uint64_t left_us = breaker->until_us > now_us ? breaker->until_us - now_us : 0;

    return left_us ? (unsigned)((left_us + 999999) / 1000000) : 1;
}

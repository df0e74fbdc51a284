#include "quota.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_US ((uint64_t)1000000)

static int window_init(struct quota_window *window, unsigned long count, uint64_t length_us)
{
    if (count == 0)
        return 0;
    window->times = calloc(count, sizeof(window->times[0]));
    if (!window->times)
        return -1;
    window->count = count;
    window->length_us = length_us;
    return 0;
}

int quota_init(struct quota *quota, unsigned long per_second, unsigned long per_minute)
{
    memset(quota, 0, sizeof(*quota));
    if (window_init(&quota->second, per_second, SECOND_US) ||
        window_init(&quota->minute, per_minute, 60 * SECOND_US))
        return -1;
    return 0;
}

static uint64_t later(uint64_t a, uint64_t b) { return a > b ? a : b; }

static uint64_t window_next_us(const struct quota_window *window)
{
    uint64_t oldest = window->count ? window->times[window->oldest] : 0;

    return oldest ? oldest + window->length_us : 0;
}

uint64_t quota_next_us(const struct quota *quota, uint64_t now_us)
{
    uint64_t next_us = later(now_us, quota->paused_until_us);

    next_us = later(next_us, window_next_us(&quota->second));
    return later(next_us, window_next_us(&quota->minute));
}

uint64_t quota_paused_until_us(const struct quota *quota, uint64_t now_us)
{
    return quota->paused_until_us > now_us ? quota->paused_until_us : 0;
}

static void window_take(struct quota_window *window, uint64_t start_us)
{
    if (window->count == 0)
        return;
    window->times[window->oldest] = start_us;
    window->oldest = (window->oldest + 1) % window->count;
}

void quota_take(struct quota *quota, uint64_t start_us)
{
    window_take(&quota->second, start_us);
    window_take(&quota->minute, start_us);
}

void quota_pause(struct quota *quota, unsigned seconds, uint64_t now_us)
{
    quota->paused_until_us = later(quota->paused_until_us, now_us + seconds * SECOND_US);
}

void quota_fini(struct quota *quota)
{
    free(quota->second.times);
    free(quota->minute.times);
    memset(quota, 0, sizeof(*quota));
}

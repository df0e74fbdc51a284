#include "timers.h"

#include <stdlib.h>

static void put(struct timers *timers, size_t place, struct timer *timer)
{
    timers->heap[place - 1] = timer;
    timer->place = place;
}

static void sift_up(struct timers *timers, struct timer *timer, size_t place)
{
    while (place > 1 && timers->heap[place / 2 - 1]->due_us > timer->due_us) {
        put(timers, place, timers->heap[place / 2 - 1]);
        place /= 2;
    }
    put(timers, place, timer);
}

static void sift_down(struct timers *timers, struct timer *timer, size_t place)
{
    for (;;) {
        size_t child = place * 2;

        if (child > timers->count)
            break;
        if (child < timers->count && timers->heap[child]->due_us < timers->heap[child - 1]->due_us)
            child++;
        if (timers->heap[child - 1]->due_us >= timer->due_us)
            break;
        put(timers, place, timers->heap[child - 1]);
        place = child;
    }
    put(timers, place, timer);
}

int timers_reserve(struct timers *timers, size_t capacity)
{
    struct timer **heap;

    if (capacity <= timers->capacity)
        return 0;
    heap = realloc(timers->heap, capacity * sizeof(*heap));
    if (!heap)
        return -1;
    timers->heap = heap;
    timers->capacity = capacity;
    return 0;
}

int timers_start(struct timers *timers, struct timer *timer, uint64_t due_us)
{
    timers_stop(timers, timer);
    if (timers->count == timers->capacity && timers_reserve(timers, timers->capacity * 2 + 16))
        return -1;
    timer->due_us = due_us;
    timers->count++;
    sift_up(timers, timer, timers->count);
    return 0;
}

void timers_stop(struct timers *timers, struct timer *timer)
{
    size_t place = timer->place;
    struct timer *last;

    if (place == 0)
        return;
    timer->place = 0;
    last = timers->heap[--timers->count];
    if (last == timer)
        return;
    if (place > 1 && timers->heap[place / 2 - 1]->due_us > last->due_us)
        sift_up(timers, last, place);
    else
        sift_down(timers, last, place);
}

uint64_t timers_next_us(const struct timers *timers)
{
    return timers->count ? timers->heap[0]->due_us : UINT64_MAX;
}

void timers_run(struct timers *timers, uint64_t now_us)
{
    size_t most =
        timers->count; /* so that a timer that restarts itself at once can't hold the loop */

    while (most-- && timers->count && timers->heap[0]->due_us <= now_us) {
        struct timer *timer = timers->heap[0];

        timers_stop(timers, timer);
        timer->fire(timer);
    }
}

void timers_fini(struct timers *timers)
{
    size_t n;

    for (n = 0; n < timers->count; n++)
        timers->heap[n]->place = 0;
    free(timers->heap);
    timers->heap = NULL;
    timers->count = timers->capacity = 0;
}

#include "histogram.h"

#include <math.h>
#include <stddef.h>

#define SLOTS (HISTOGRAM_DOUBLINGS * HISTOGRAM_STEPS)

void histogram_add(struct histogram *histogram, double us, uint64_t times)
{
    double place = us > 1 ? log2(us) * HISTOGRAM_STEPS : 0;
    size_t slot = place < SLOTS - 1 ? (size_t)place : SLOTS - 1;

    histogram->counts[slot] += times;
    histogram->total += times;
    if (us > histogram->max_us)
        histogram->max_us = us;
}

double histogram_quantile(const struct histogram *histogram, double part)
{
    double wanted = part * (double)histogram->total;
    uint64_t seen = 0;
    size_t slot;

    if (!histogram->total)
        return 0;
    for (slot = 0; slot < SLOTS - 1; slot++) {
        seen += histogram->counts[slot];
        if ((double)seen >= wanted)
            break;
    }
    return exp2((double)(slot + 1) / HISTOGRAM_STEPS);
}

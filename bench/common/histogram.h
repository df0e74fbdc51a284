/* histogram — how long things took, without keeping each one.
 *
 * Shape:    64 steps for each doubling, from 1 µs to 1 minute: a quantile is right within 2 %.
 * Owns:     nothing; all-zero is a valid empty one.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS 64
#define HISTOGRAM_DOUBLINGS 27

struct histogram {
    uint64_t counts[HISTOGRAM_DOUBLINGS * HISTOGRAM_STEPS];
    uint64_t total;
    double max_us;
};

void histogram_add(struct histogram *histogram, double us, uint64_t times);

/* The time that `part` (0 to 1) of all stayed below, in µs; 0 when there are none. */
double histogram_quantile(const struct histogram *histogram, double part);

#endif

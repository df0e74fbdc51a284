/* open_metrics — numbers for whoever watches: OpenMetrics text 1.0, written family by family.
 *
 * Shape:    a page that is appended to. Once something failed the rest is only noise, so that only
 *           the end has to be checked. Labels have values that stand in the code, never what
 * somebody sent, so nothing has to be escaped and their number is bounded. Owns:     nothing.
 * Borrows:  `out`, as long as the page is used.
 * Calls up: nothing.
 */
#ifndef LWSHOST_OPEN_METRICS_H
#define LWSHOST_OPEN_METRICS_H

#include "bytes.h"

#include <stdint.h>

#define OPEN_METRICS_CONTENT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct metrics_page {
    struct bytes *out;
    int failed; /* not 0: memory was short */
};

/* Begin a family; its samples have to follow. name: without the "_total" of a counter's samples.
 * type: "gauge", "counter". unit: NULL, or how `name` ends. */
void metrics_family(struct metrics_page *page, const char *name, const char *type, const char *unit,
                    const char *help);

/* A family of one sample. */
void metrics_gauge(struct metrics_page *page, const char *name, const char *unit, const char *help,
                   uint64_t value);
void metrics_counter(struct metrics_page *page, const char *name, const char *unit,
                     const char *help, uint64_t value);

/* One sample of a family. sample: its whole name, of a counter with "_total". */
void metrics_labelled(struct metrics_page *page, const char *sample, const char *label,
                      const char *word, uint64_t value);

/* The same for each of `words`; those that are NULL are left out. */
void metrics_labelled_all(struct metrics_page *page, const char *sample, const char *label,
                          const char *const *words, const uint64_t *values, size_t count);

/* End the page. Returns 0, or -1 when something failed; what is in `out` is of no use then. */
int metrics_end(struct metrics_page *page);

#endif

/* descriptors — how many descriptors the process may have.
 *
 * Shape:    two functions, before and after the context is created: lws's table of connections has
 *           the size of the limit then. Some are held back for files, databases and the like: where
 *           accept fails for want of one, lws tries and logs for ever.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_DESCRIPTORS_H
#define LWSHOST_DESCRIPTORS_H

#include "log.h"

/* Set the soft limit of RLIMIT_NOFILE to what connections may have of `wanted` descriptors, or of a
 * default when that is 0; bounded by the hard limit, which is raised only when it must be and may.
 * lws makes a table of that many entries and scans it at each accepted connection, so a huge limit
 * is as bad as a small one; beyond ten million lws takes 2560.
 * count: the whole number, for descriptors_give.
 * Returns the limit that is set: connections have descriptors below it. */
unsigned long descriptors_hold_back(unsigned long wanted, unsigned long *count,
                                    const struct log *log);

/* Set the soft limit to the whole `count`. */
void descriptors_give(unsigned long count, const struct log *log);

#endif

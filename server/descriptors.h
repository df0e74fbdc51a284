/* descriptors — how many descriptors the process may have.
 *
 * Shape:    one function.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 */
#ifndef LWSHOST_DESCRIPTORS_H
#define LWSHOST_DESCRIPTORS_H

#include "log.h"

/* Set the soft limit of RLIMIT_NOFILE to `wanted`, or to a default when that is 0; bounded by the
 * hard limit, which is raised only when it must be and may. lws makes a table of that many entries
 * and scans it at each accepted connection, so a huge limit is as bad as a small one; beyond ten
 * million lws takes 2560. */
void descriptors_limit(unsigned long wanted, const struct log *log);

#endif

/* metrics — the chat in numbers, for whoever watches over it: OpenMetrics text 1.0.
 *
 * Shape:    counters (counters.h), and gauges that are counted when they are asked for. A label has
 *           one of a few values that stand in the code, never what somebody sent: no room, no
 *           nick, no address.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: the port's clock, the store.
 * Not here: who may see it, and where.
 */
#ifndef CHAT_METRICS_H
#define CHAT_METRICS_H

#include "open_metrics.h"
#include "world.h"

#define METRICS_CONTENT_TYPE OPEN_METRICS_CONTENT_TYPE

/* Append the whole exposition, about 10 KB, with the "# EOF" behind it. O(members + rooms).
 * Returns 0, or -1 when memory is short; what is in `out` then is of no use. */
int metrics_write(struct bytes *out, const struct world *world);

#endif

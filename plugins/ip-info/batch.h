/* batch — the questions of one request, asked all at once, answered together.
 *
 * Shape:    the query, one outcome per question in the same order, a countdown. A requester that
 *           goes away lets go of the batch; answers that come later find nobody and are dropped.
 * Owns:     the query and the outcomes, until nobody needs them.
 * Borrows:  the service, as long as anything is open.
 * Calls up: `done`, once, when the last answer came, unless all were there when batch_start
 *           returned or the batch was released.
 * Not here: one question (lookup), how the answer looks (answer).
 */
#ifndef LWSHOST_BATCH_H
#define LWSHOST_BATCH_H

#include "lookup.h"
#include "query.h"

struct batch;
typedef void batch_done_fn(void *requester);

/* Start every lookup of `query`, whose content moves into the batch; `query` is empty afterwards.
 * provider: who is asked about public addresses, NULL for nobody.
 * Returns the batch, or NULL when memory is short. */
struct batch *batch_start_take(const struct lookup_service *service, struct query *query,
                               const struct provider *provider, uint64_t deadline_us,
                               batch_done_fn *done, void *requester);

/* True when no answer is missing. */
bool batch_is_complete(const struct batch *batch);

const struct query *batch_query(const struct batch *batch);

/* One outcome per question of the query, in the same order. */
const struct outcome *batch_outcomes(const struct batch *batch);

/* The requester needs it no more, complete or not. NULL is fine. */
void batch_release(struct batch *batch);

#endif

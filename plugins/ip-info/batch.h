/* batch — the questions of one request, asked all at once, answered together.
 *
 * Shape:    the query, one outcome per question in the same order, a countdown. Equal questions are
 *           asked once (flights) and answered each.
 * Owns:     the query and the outcomes, until batch_free.
 * Borrows:  the flights, as long as anything is open.
 * Calls up: `answered` for each outcome that comes after batch_start_take has returned, then `done`
 *           when it was the last one. Either may free the batch as the last thing it does.
 * Not here: one question (lookup), how the answer looks (answer), the clock: whoever has it calls
 *           batch_expire.
 */
#ifndef LWSHOST_BATCH_H
#define LWSHOST_BATCH_H

#include "flights.h"
#include "query.h"

struct batch;

struct batch_events {
    void (*answered)(void *requester, size_t n); /* outcome n is there; may be NULL */
    void (*done)(void *requester);
    void *requester;
};

/* Start every lookup of `query`, whose content moves into the batch; `query` is empty afterwards.
 * ask: whom and how; its address is not looked at. Its deadline is that of the lookups, which other
 * requests may join, and not that of the batch.
 * Returns the batch, or NULL when memory is short. */
struct batch *batch_start_take(struct flights *flights, struct query *query,
                               const struct lookup_question *ask,
                               const struct batch_events *events);

/* What is missing will not be waited for: it is OUTCOME_TIMEOUT after `waited_ms`, and the batch is
 * complete. Calls `answered` for each of them, not `done`. */
void batch_expire(struct batch *batch, unsigned long waited_ms);

/* True when no answer is missing. */
bool batch_is_complete(const struct batch *batch);

/* True when outcome n is there. */
bool batch_has_answer(const struct batch *batch, size_t n);

const struct query *batch_query(const struct batch *batch);

/* One outcome per question of the query, in the same order. */
const struct outcome *batch_outcomes(const struct batch *batch);

/* Complete or not; lookups that are under way go on for those who ask next. NULL is fine. */
void batch_free(struct batch *batch);

#endif

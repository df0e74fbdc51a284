#include "batch.h"

#include <stdlib.h>
#include <string.h>

struct item {
    struct flight_waiter waiter;
    struct batch *batch;
    bool is_answered;
};

struct batch {
    struct query query;
    struct batch_events events;
    const char *source; /* who is asked, if it is only one; or NULL */
    struct outcome *outcomes;
    size_t open; /* items without an outcome */
    struct item items[];
};

void batch_free(struct batch *batch)
{
    size_t n;

    if (!batch)
        return;
    for (n = 0; n < batch->query.count; n++) {
        flights_forget(&batch->items[n].waiter);
        outcome_fini(&batch->outcomes[n]);
    }
    query_fini(&batch->query);
    free(batch->outcomes);
    free(batch);
}

static void take_answer(struct item *item)
{
    struct batch *batch = item->batch;

    item->is_answered = true;
    batch->open--;
    if (batch->events.answered)
        batch->events.answered(batch->events.requester, (size_t)(item - batch->items));
}

static void on_answer(struct flight_waiter *waiter)
{
    struct item *item = (struct item *)(void *)((char *)waiter - offsetof(struct item, waiter));
    struct batch *batch = item->batch;
    bool is_last = batch->open == 1;

    take_answer(item);
    if (is_last)
        batch->events.done(batch->events.requester);
}

static void start_one(struct flights *flights, struct batch *batch, size_t n,
                      const struct lookup_question *ask)
{
    const struct question *question = &batch->query.questions[n];
    struct lookup_question lookup = *ask;
    struct item *item = &batch->items[n];

    item->batch = batch;
    item->waiter.outcome = &batch->outcomes[n];
    item->waiter.done = on_answer;
    lookup.addr = question->addr;
    if (!question->is_valid)
        outcome_fail(&batch->outcomes[n], OUTCOME_INVALID_IP, "\"%s\" is not an IP address",
                     question->text);
    item->is_answered = !question->is_valid || flights_ask(flights, &lookup, &item->waiter);
    if (!item->is_answered)
        batch->open++;
}

struct batch *batch_start_take(struct flights *flights, struct query *query,
                               const struct lookup_question *ask, const struct batch_events *events)
{
    struct batch *batch = calloc(1, sizeof(*batch) + query->count * sizeof(batch->items[0]));
    size_t n;

    if (!batch)
        return NULL;
    batch->outcomes = calloc(query->count + 1, sizeof(batch->outcomes[0]));
    if (!batch->outcomes) {
        free(batch);
        return NULL;
    }
    batch->query = *query;
    memset(query, 0, sizeof(*query));
    batch->events = *events;
    batch->source = ask->providers.count == 1 ? ask->providers.first->name : NULL;
    for (n = 0; n < batch->query.count; n++)
        start_one(flights, batch, n, ask);
    return batch;
}

void batch_expire(struct batch *batch, unsigned long waited_ms)
{
    size_t n;

    for (n = 0; n < batch->query.count && batch->open; n++) {
        struct item *item = &batch->items[n];

        if (item->is_answered)
            continue;
        flights_forget(&item->waiter);
        batch->outcomes[n].source = batch->source;
        outcome_fail(&batch->outcomes[n], OUTCOME_TIMEOUT, "no answer in %lu ms", waited_ms);
        batch->outcomes[n].elapsed_ms = (unsigned)waited_ms;
        take_answer(item);
    }
}

bool batch_is_complete(const struct batch *batch) { return batch->open == 0; }

bool batch_has_answer(const struct batch *batch, size_t n) { return batch->items[n].is_answered; }

const struct query *batch_query(const struct batch *batch) { return &batch->query; }

const struct outcome *batch_outcomes(const struct batch *batch) { return batch->outcomes; }

#include "batch.h"

#include <stdlib.h>
#include <string.h>

struct batch {
    struct query query;
    size_t open; /* lookups without an outcome */
    bool is_released;
    batch_done_fn *done;
    void *requester;
    struct outcome outcomes[];
};

static void destroy(struct batch *batch)
{
    size_t n;

    for (n = 0; n < batch->query.count; n++)
        outcome_fini(&batch->outcomes[n]);
    query_fini(&batch->query);
    free(batch);
}

static void on_lookup_done(void *opaque)
{
    struct batch *batch = opaque;

    if (--batch->open)
        return;
    if (batch->is_released)
        destroy(batch);
    else
        batch->done(batch->requester);
}

static void start_one(const struct lookup_service *service, struct batch *batch, size_t n,
                      const struct provider *provider, uint64_t deadline_us)
{
    const struct question *question = &batch->query.questions[n];
    struct lookup_question lookup = {
        .addr = question->addr, .provider = provider, .deadline_us = deadline_us};

    if (!question->is_valid) {
        outcome_fail(&batch->outcomes[n], OUTCOME_INVALID_IP, "\"%s\" is not an IP address",
                     question->text);
        return;
    }
    batch->open++;
    if (lookup_start(service, &lookup, &batch->outcomes[n], on_lookup_done, batch))
        batch->open--;
}

struct batch *batch_start_take(const struct lookup_service *service, struct query *query,
                               const struct provider *provider, uint64_t deadline_us,
                               batch_done_fn *done, void *requester)
{
    struct batch *batch = calloc(1, sizeof(*batch) + query->count * sizeof(batch->outcomes[0]));
    size_t n;

    if (!batch)
        return NULL;
    batch->query = *query;
    memset(query, 0, sizeof(*query));
    batch->done = done;
    batch->requester = requester;
    for (n = 0; n < batch->query.count; n++)
        start_one(service, batch, n, provider, deadline_us);
    return batch;
}

bool batch_is_complete(const struct batch *batch) { return batch->open == 0; }

const struct query *batch_query(const struct batch *batch) { return &batch->query; }

const struct outcome *batch_outcomes(const struct batch *batch) { return batch->outcomes; }

void batch_release(struct batch *batch)
{
    if (!batch)
        return;
    batch->is_released = true;
    batch->requester = NULL;
    if (batch->open == 0)
        destroy(batch);
}

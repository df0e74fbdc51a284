#include "history.h"

#include <stdlib.h>

#define PAGE_SHARE 8 /* a page's texts are at most this part of client-queue-bytes */

struct page {
    struct errand errand;
    struct wire_id id;
    uint64_t history_from; /* what is older is not shown */
    bool has_some;         /* there was something to read when it was asked for */
};

/* Encode the page, or that it could not be read: an empty one would say that there is nothing. */
static int write_page(const struct page *page, const struct message *messages, size_t count)
{
    struct room *room = page->errand.room;
    struct world *world = room->world;
    const struct store_state *past = world->store->ops->state(room->past, world->port->wall_ms());
    bool has_more = count && messages[0].offset > page->history_from;

    bytes_clear(&world->scratch);
    if (page->has_some && !count) {
        world->counters.errors[REFUSAL_STORAGE]++;
        return wire_error(&world->scratch, &page->id, room->name, REFUSAL_STORAGE,
                          "The messages could not be read.", 0);
    }
    if (has_more)
        world->counters.cuts[CUT_HISTORY]++;
    return wire_history(&world->scratch, &page->id, room->name, past->epoch, messages, count,
                        has_more);
}

static void on_page(void *ticket, const struct message *messages, size_t count)
{
    struct page *page = ticket;
    const struct world *world = page->errand.room->world;
    struct conn *conn = errand_conn(&page->errand);

    if (conn && !write_page(page, messages, count))
        conn_send(conn, world->scratch.data, world->scratch.len);
    errand_end(&page->errand);
    free(page);
}

enum refusal history_send(struct member *member, const struct request *request)
{
    struct room *room = member->room;
    struct world *world = room->world;
    const struct store_state *past = world->store->ops->state(room->past, world->port->wall_ms());
    struct store_query query = {
        .after = past->history_from - 1,
        .before = request->before ? request->before : past->head + 1,
        .limit = (size_t)request->limit,
        .max_bytes = world->options->client_queue_bytes / PAGE_SHARE,
        .is_newest = true,
    };
    struct page *page;

    if (query.before > past->head + 1)
        return REFUSAL_OFFSET_OUT_OF_RANGE;
    page = malloc(sizeof(*page));
    if (!page)
        return REFUSAL_INTERNAL;
    page->id = request->id;
    page->history_from = past->history_from;
    page->has_some = query.before > past->history_from;
    errand_begin(&page->errand, room, member->session);
    world->store->ops->read(room->past, &query, on_page, page);
    return REFUSAL_NONE;
}

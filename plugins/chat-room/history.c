#include "history.h"

#include <stdlib.h>

#define PAGE_SHARE 8 /* a page's texts are at most this part of client-queue-bytes */

struct page {
    struct errand errand;
    struct wire_id id;
    uint64_t history_from; /* what is older is not shown */
};

static void on_page(void *ticket, const struct message *messages, size_t count)
{
    struct page *page = ticket;
    struct room *room = page->errand.room;
    struct world *world = room->world;
    struct conn *conn = errand_conn(&page->errand);
    const struct store_state *past;

    if (conn) {
        past = world->store->ops->state(room->past, world->port->wall_ms());
        bytes_clear(&world->scratch);
        if (count && messages[0].offset > page->history_from)
            world->counters.cuts[CUT_HISTORY]++;
        if (!wire_history(&world->scratch, &page->id, room->name, past->epoch, messages, count,
                          count && messages[0].offset > page->history_from))
            conn_send(conn, world->scratch.data, world->scratch.len);
    }
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
    errand_begin(&page->errand, room, member->session);
    world->store->ops->read(room->past, &query, on_page, page);
    return REFUSAL_NONE;
}

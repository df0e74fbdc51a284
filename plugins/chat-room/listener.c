#include "listener.h"

#include "catch_up.h"
#include "conn.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_SHARE 8 /* a page's texts are at most this part of client-queue-bytes */
#define LOOK_MAX 256 /* listeners of one sweep */

/* A page of the past that the store has not read yet; it may outlive who waits for it. */
struct listener_page {
    struct listener *listener; /* NULL: it is gone */
    struct room *room;
};

static struct room_log *log_of(const struct listener *listener)
{
    return listener->room->logs[RENDITION_EVENTS];
}

static void drop(struct listener *listener, enum eviction why)
{
    if (listener->is_dead)
        return;
    listener->is_dead = true;
    listener->world->counters.evictions[why]++;
    listener->world->port->kill(listener->link);
}

static void wake(struct listener *listener)
{
    dlist_remove(&listener->idle);
    if (listener->wants_writable || listener->is_dead)
        return;
    listener->wants_writable = true;
    listener->world->port->want_writable(listener->link);
}

/* What stands at the beginning of the stream. */
static int begin(struct listener *listener, const struct sse_place *since)
{
    struct room *room = listener->room;
    const struct store_state *past =
        room->world->store->ops->state(room->past, room->world->port->wall_ms());
    struct catch_up catch_up = catch_up_newest(past, 0);

    if (since) {
        catch_up = catch_up_since(past, since->epoch, since->offset);
        if (!catch_up.is_recovered)
            catch_up.first = catch_up.has_missed ? past->oldest : past->history_from;
        room->world->counters.recoveries[catch_up_kind(&catch_up)]++;
    }
    listener->next = catch_up.first;
    listener->last = catch_up.last;
    if (sse_begin(&listener->own, past->epoch, catch_up.first - 1))
        return -1;
    if (!since || catch_up.is_recovered)
        return 0;
    return sse_gap(&listener->own, room->name, past->epoch, past->head,
                   catch_up.has_missed ? &catch_up.missed : NULL);
}

static int open_log(struct listener *listener)
{
    struct room *room = listener->room;
    struct room_log **log = &room->logs[RENDITION_EVENTS];

    if (!*log)
        *log = room_log_new(room->world->options->room_log_bytes);
    if (!*log)
        return -1;
    room->readers[RENDITION_EVENTS]++;
    listener->cursor = room_log_head(*log);
    return 0;
}

static void close_log(struct room *room)
{
    if (--room->readers[RENDITION_EVENTS])
        return;
    room_log_free(room->logs[RENDITION_EVENTS]);
    room->logs[RENDITION_EVENTS] = NULL;
}

enum listener_opening listener_open(struct listener *listener, struct room *room, void *link,
                                    const char *address, const struct sse_place *since)
{
    struct world *world = room->world;
    bool is_full;

    if (world->options->max_connections && world->conn_count >= world->options->max_connections)
        return LISTENER_SERVER_FULL;
    if (!address_take(world, address, &is_full))
        return is_full ? LISTENER_ADDRESS_FULL : LISTENER_NO_MEMORY;
    memset(listener, 0, sizeof(*listener));
    listener->room = room;
    if (begin(listener, since) || open_log(listener)) {
        address_release(world, address);
        bytes_fini(&listener->own);
        memset(listener, 0, sizeof(*listener));
        return LISTENER_NO_MEMORY;
    }
    listener->world = world;
    listener->link = link;
    strncpy(listener->address, address, sizeof(listener->address) - 1);
    dlist_append(&world->all_listeners, &listener->of_world);
    dlist_append(&room->listeners, &listener->of_room);
    world->conn_count++;
    world->listener_count++;
    waiting_start(world, &listener->waiting, PATIENCE_LISTEN);
    wake(listener);
    return LISTENER_OPEN;
}

static void on_page(void *ticket, const struct message *messages, size_t count)
{
    struct listener_page *page = ticket;
    struct listener *listener = page->listener;
    struct room *room = page->room;
    const struct store_state *past;
    size_t n;

    room->errands--;
    free(page);
    if (!listener)
        return;
    listener->reading = NULL;
    if (listener->next > listener->last) { /* the room was closed meanwhile */
        wake(listener);
        return;
    }
    if (count == 0 || messages[0].offset != listener->next) {
        drop(listener, EVICTION_PAST);
        return;
    }
    past = room->world->store->ops->state(room->past, room->world->port->wall_ms());
    for (n = 0; n < count && !listener->is_dead; n++, listener->next++)
        if (sse_message(&listener->own, room->name, past->epoch, &messages[n], true))
            drop(listener, EVICTION_QUEUE);
    wake(listener);
}

static void read_past(struct listener *listener)
{
    struct room *room = listener->room;
    struct store_query query = {
        .after = listener->next - 1,
        .before = listener->last + 1,
        .limit = STORE_PAGE_MAX,
        .max_bytes = room->world->options->client_queue_bytes / PAGE_SHARE,
    };
    struct listener_page *page = malloc(sizeof(*page));

    if (!page) {
        drop(listener, EVICTION_QUEUE);
        return;
    }
    page->listener = listener;
    page->room = room;
    room->errands++;
    listener->reading = page;
    room->world->store->ops->read(room->past, &query, on_page, page);
}

/* Returns whether there is something in front of the log. */
static bool fill_own(struct listener *listener)
{
    if (listener->own_sent == listener->own.len) {
        bytes_clear(&listener->own);
        listener->own_sent = 0;
        if (listener->next <= listener->last && !listener->reading)
            read_past(listener);
    }
    return listener->own_sent < listener->own.len;
}

static void take_own(struct listener *listener, size_t max, struct frames *out)
{
    out->bytes = (const uint8_t *)listener->own.data + listener->own_sent;
    out->len = listener->own.len - listener->own_sent;
    if (out->len > max)
        out->len = max;
    listener->own_sent += out->len;
}

static enum listener_turn rest(struct listener *listener)
{
    if (listener->is_ending)
        return LISTENER_END;
    if (!dlist_is_listed(&listener->idle))
        dlist_append(&listener->room->idle_listeners, &listener->idle);
    return LISTENER_NOTHING;
}

enum listener_turn listener_next(struct listener *listener, size_t max, struct frames *out)
{
    bool has_own;

    listener->wants_writable = false;
    has_own = !listener->is_dead && fill_own(listener);
    if (listener->is_dead)
        return LISTENER_DROPPED;
    if (has_own) {
        take_own(listener, max, out);
        return LISTENER_BYTES;
    }
    if (listener->reading)
        return LISTENER_NOTHING;
    switch (room_log_read_bytes(log_of(listener), &listener->cursor, max, out)) {
    case ROOM_LOG_FRAMES:
        return LISTENER_BYTES;
    case ROOM_LOG_LOST:
        drop(listener, EVICTION_LOG);
        return LISTENER_DROPPED;
    case ROOM_LOG_NOTHING:
        break;
    }
    return rest(listener);
}

void listener_wrote(struct listener *listener)
{
    waiting_start(listener->world, &listener->waiting, PATIENCE_LISTEN);
    if (listener->own_sent < listener->own.len || listener->is_ending ||
        (listener->next <= listener->last && !listener->reading) ||
        listener->cursor != room_log_head(log_of(listener)))
        wake(listener);
    else if (!listener->reading)
        rest(listener);
}

void listener_closed(struct listener *listener)
{
    struct world *world = listener->world;

    if (!world)
        return;
    if (listener->reading)
        listener->reading->listener = NULL;
    dlist_remove(&listener->of_world);
    dlist_remove(&listener->of_room);
    dlist_remove(&listener->idle);
    waiting_stop(&listener->waiting);
    close_log(listener->room);
    world->conn_count--;
    world->listener_count--;
    address_release(world, listener->address);
    bytes_fini(&listener->own);
    memset(listener, 0, sizeof(*listener));
}

void listener_quiet(struct listener *listener)
{
    waiting_start(listener->world, &listener->waiting, PATIENCE_LISTEN);
    if (listener->wants_writable) {
        drop(listener, EVICTION_LOG);
    } else if (!listener->is_dead) {
        /* When memory is short for that the peer may give up, and come back. */
        bytes_append(&listener->own, SSE_KEEP_ALIVE, sizeof(SSE_KEEP_ALIVE) - 1);
        wake(listener);
    }
}

bool listener_wake_next(struct room *room)
{
    struct dlist_node *node = dlist_first(&room->idle_listeners);
    struct listener *listener;

    if (!node)
        return false;
    /* In the order in which they became idle: behind one that has everything all have. */
    listener = DLIST_ENTRY(node, struct listener, idle);
    if (listener->cursor == room_log_head(log_of(listener)))
        return false;
    wake(listener);
    return true;
}

void listener_dismiss(struct listener *listener)
{
    listener->is_ending = true;
    if (!listener->reading)
        wake(listener);
}

void listeners_dismiss(struct room *room, const struct bytes *closed)
{
    struct bytes event = {0};
    struct dlist_node *node;

    if (!sse_room_closed(&event, closed))
        room_append(room, RENDITION_EVENTS, &event);
    bytes_fini(&event);
    for (node = dlist_first(&room->listeners); node; node = dlist_next(&room->listeners, node)) {
        struct listener *listener = DLIST_ENTRY(node, struct listener, of_room);

        listener->last = listener->next - 1; /* the rest of the past is forgotten */
        listener_dismiss(listener);
    }
}

void listeners_sweep(struct world *world)
{
    size_t left = world->listener_count < LOOK_MAX ? world->listener_count : LOOK_MAX;

    for (; left; left--) {
        struct dlist_node *node = dlist_first(&world->all_listeners);
        struct listener *listener = DLIST_ENTRY(node, struct listener, of_world);

        dlist_remove(node);
        dlist_append(&world->all_listeners, node);
        if (listener->is_dead)
            continue;
        if (room_log_is_lost(log_of(listener), listener->cursor)) {
            drop(listener, EVICTION_LOG);
        } else if (world->port->is_gone(listener->link)) {
            listener->is_dead = true;
            world->port->kill(listener->link);
        }
    }
}

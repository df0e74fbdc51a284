#include "fanout.h"

#include "listener.h"

#include <stdlib.h>

#define SLICE_MAX 1024  /* connections, or members, that are served in one turn of the loop */
#define SLICE_US 4000u  /* and about how long that may take: a send to many sleepers is slow */
#define SLICE_LOOK 64   /* of them are served between two looks at the clock */
#define GATHER_US 2000u /* that a message waits at most for more of its sender's */

void room_mark(struct room *room)
{
    struct world *world = room->world;

    if (!dlist_is_listed(&room->dirty)) {
        if (!dlist_first(&world->dirty_rooms))
            world->published_us = world->port->now_us();
        dlist_append(&world->dirty_rooms, &room->dirty);
    }
    world_wake(world);
}

void member_deliver(struct member *member)
{
    struct conn *conn = member->session->conn;
    struct room_log *log = member->room->logs[member->rendition];
    struct frames frames;
    size_t room;

    if (!member->is_live || !conn || member->cursor == room_log_head(log))
        return;
    if (room_log_is_lost(log, member->cursor)) {
        conn_evict(conn, EVICTION_LOG);
        return;
    }
    if (member->replay || out_queue_waiting(&conn->out))
        return;
    room = conn_room(conn);
    if (!room || room_log_read(log, &member->cursor, room, &frames) != ROOM_LOG_FRAMES)
        return;
    conn_write(conn, frames.bytes, frames.len);
    if (member->cursor != room_log_head(log))
        conn_enlist(conn);
}

/* What one turn of the loop may still do for connections, or for members of rooms: neither part of
 * a flush keeps the other waiting. */
struct slice {
    struct world *world;
    size_t left;
    uint64_t until_us;
};

static struct slice new_slice(struct world *world)
{
    return (struct slice){world, SLICE_MAX, world->port->now_us() + SLICE_US};
}

/* Whether one more may be served; the first one always may. */
static bool take(struct slice *slice)
{
    if (slice->left == 0)
        return false;
    slice->left--;
    if (slice->left % SLICE_LOOK == 0 && slice->world->port->now_us() >= slice->until_us)
        slice->left = 0;
    return true;
}

/* Go on with a room's members, and then with those who listen to it. */
static void flush_room(struct room *room, struct slice *slice)
{
    struct dlist_node *node = room->flush_next;

    if (!node) {
        node = dlist_first(&room->members);
        room->is_stale = false;
    }
    for (; node && take(slice); node = room->flush_next) {
        room->flush_next = dlist_next(&room->members, node);
        member_deliver(DLIST_ENTRY(node, struct member, of_room));
    }
    room->flush_next = node;
    while (!node && slice->left && listener_wake_next(room))
        take(slice);
    dlist_remove(&room->dirty);
    if (node || room->is_stale || !slice->left)
        dlist_append(&room->world->dirty_rooms, &room->dirty);
}

/* A sender with more messages in its socket is heard out first, for a moment: one write to each
 * member for many messages instead of one a message is what makes a busy room cheap. */
static bool is_gathering(struct world *world)
{
    struct conn *conn = world->last_publisher;
    struct dlist_node *node = dlist_first(&world->dirty_rooms);
    uint64_t now_us = world->port->now_us();

    if (!conn || conn->is_closing || !node || now_us - world->published_us > GATHER_US)
        return false;
    if (DLIST_ENTRY(node, struct room, dirty)->flush_next)
        return false;
    return world->port->has_input(conn->link);
}

static void flush_outbox(struct world *world)
{
    struct dlist_node *last = world->outbox.ring.prev, *node;
    struct slice slice = new_slice(world);

    while ((node = dlist_first(&world->outbox)) && take(&slice)) {
        conn_pump(DLIST_ENTRY(node, struct conn, outbox));
        if (node == last)
            break;
    }
}

/* Each room once; what it could not do now comes after the others' turn. */
static void flush_rooms(struct world *world)
{
    struct dlist_node *last = world->dirty_rooms.ring.prev, *node;
    struct slice slice = new_slice(world);

    while (slice.left && (node = dlist_first(&world->dirty_rooms))) {
        flush_room(DLIST_ENTRY(node, struct room, dirty), &slice);
        if (node == last)
            break;
    }
}

static void yield(struct world *world)
{
    world->is_awake = true;
    world->port->yield(world->host);
}

void world_flush(struct world *world)
{
    world->is_awake = false;
    if (is_gathering(world)) {
        yield(world);
        return;
    }
    world->is_flushing = true;
    flush_outbox(world);
    flush_rooms(world);
    world->is_flushing = false;
    world->published_us = world->port->now_us(); /* what is left may gather more once again */
    if (dlist_first(&world->dirty_rooms) || dlist_first(&world->outbox))
        yield(world);
}

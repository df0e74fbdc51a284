#include "fanout.h"

#include <stdlib.h>

#define SLICE_CONNS 1024   /* whose own answers are sent in one turn of the loop, and */
#define SLICE_MEMBERS 1024 /* of rooms: neither can keep the other waiting */
#define GATHER_US 2000u    /* that a message waits at most for more of its sender's */

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
        conn_close(conn, CLOSE_TOO_SLOW, "too slow");
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

/* Go on with a room's members. Returns how many were looked at. */
static size_t flush_room(struct room *room, size_t budget)
{
    struct dlist_node *node = room->flush_next;
    size_t count = 0;

    if (!node) {
        node = dlist_first(&room->members);
        room->is_stale = false;
    }
    for (; node && count < budget; node = room->flush_next, count++) {
        room->flush_next = dlist_next(&room->members, node);
        member_deliver(DLIST_ENTRY(node, struct member, of_room));
    }
    room->flush_next = node;
    dlist_remove(&room->dirty);
    if (node || room->is_stale)
        dlist_append(&room->world->dirty_rooms, &room->dirty);
    return count;
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

static void flush_outbox(struct world *world, size_t budget)
{
    struct dlist_node *last = world->outbox.ring.prev, *node;

    while (budget-- && (node = dlist_first(&world->outbox))) {
        conn_pump(DLIST_ENTRY(node, struct conn, outbox));
        if (node == last)
            break;
    }
}

/* Each room once; what it could not do now comes after the others' turn. */
static void flush_rooms(struct world *world, size_t budget)
{
    struct dlist_node *last = world->dirty_rooms.ring.prev, *node;
    size_t count;

    while (budget && (node = dlist_first(&world->dirty_rooms))) {
        count = flush_room(DLIST_ENTRY(node, struct room, dirty), budget);
        budget -= count ? count : 1;
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
    flush_outbox(world, SLICE_CONNS);
    flush_rooms(world, SLICE_MEMBERS);
    world->is_flushing = false;
    if (dlist_first(&world->dirty_rooms))
        world->published_us = 0;
    if (dlist_first(&world->dirty_rooms) || dlist_first(&world->outbox))
        yield(world);
}

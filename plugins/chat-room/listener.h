/* listener — one event stream: somebody who reads a room over HTTP and says nothing.
 *
 * Shape:    a cursor in the room's log of events, and the past in front of it, page after page.
 *           All zero before listener_open and after listener_closed. It is counted as a connection.
 * Owns:     what is in front of the log: the beginning of the stream, the past, comments.
 * Borrows:  its room, which lives as long as somebody listens.
 * Calls up: port.h (want_writable, kill, is_gone); the store.
 * Not here: how the bytes get to the peer (chat_events.h), what they look like (sse.h).
 *
 * A listener whose place in the log was overwritten, or who takes nothing for a whole
 * ping-interval, is dropped; it comes back with the `id` of the last event that it got.
 */
#ifndef CHAT_LISTENER_H
#define CHAT_LISTENER_H

#include "ip_addr.h"
#include "room.h"
#include "sse.h"

struct listener_page;

struct listener {
    struct world *world; /* NULL: never opened, or closed */
    struct room *room;
    void *link;
    struct dlist_node of_world, of_room;
    struct dlist_node idle; /* of the room: has all that there is */
    struct waiting waiting;
    struct bytes own; /* what comes before the log */
    size_t own_sent;
    uint64_t cursor;
    uint64_t next, last; /* of the past, what is still to be read; none when next > last */
    struct listener_page *reading;
    char address[IP_ADDR_TEXT_BYTES];
    bool is_counted; /* among the connections of its address */
    bool is_ending;  /* the stream ends when everything is sent */
    bool is_dead;    /* dropped */
    bool wants_writable;
};

enum listener_opening {
    LISTENER_OPEN,
    LISTENER_SERVER_FULL,
    LISTENER_ADDRESS_FULL,
    LISTENER_NO_MEMORY
};

enum listener_turn {
    LISTENER_NOTHING, /* wait */
    LISTENER_BYTES,   /* send these, then call listener_wrote */
    LISTENER_END,     /* all is sent: end the stream */
    LISTENER_DROPPED  /* end the connection */
};

/* Begin to listen, at the head, or behind `since` when it is not NULL: the recovery's decision
 * table, with an event `gap` and what is still there instead of `joined`. Asks for want_writable.
 * address: the peer's, canonical text. When it does not return LISTENER_OPEN the listener is as
 * before. */
enum listener_opening listener_open(struct listener *listener, struct room *room, void *link,
                                    const char *address, const struct sse_place *since);

/* The peer can take bytes: the next at most `max` (not 0) of them, good until the next call. */
enum listener_turn listener_next(struct listener *listener, size_t max, struct frames *out);

/* They are sent. */
void listener_wrote(struct listener *listener);

/* The connection is gone. Harmless twice, and when it was never opened. */
void listener_closed(struct listener *listener);

/* Nothing was sent for a ping-interval: send a comment, or drop who takes nothing. */
void listener_quiet(struct listener *listener);

/* From the flush: have the next listener that waits for news of the room sent to. Returns whether
 * there was one. */
bool listener_wake_next(struct room *room);

/* Let one go when it has got what there is. */
void listener_dismiss(struct listener *listener);

/* The room is closed, as that object of wire_room_closed says: tell all listeners, and let them go.
 */
void listeners_dismiss(struct room *room, const struct bytes *closed);

/* Drop those that have lost their place, or are gone: some of them, and the others next time. */
void listeners_sweep(struct world *world);

#endif

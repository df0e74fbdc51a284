/* world — the chat of a vhost or a hub: its rooms, sessions and connections, limits and clock.
 *
 * Shape:    maps and lists that the parts below hang themselves into. A list of waiting has one
 *           constant patience, so that its first entry is always the next one whose time is up.
 * Owns:     rooms, sessions, addresses and the store, until world_free. Connections are the host's.
 * Borrows:  options and port, as long as it lives.
 * Calls up: port.h.
 * Not here: what requests do (requests.h), how output reaches people (fanout.h).
 */
#ifndef CHAT_WORLD_H
#define CHAT_WORLD_H

#include "chat_options.h"
#include "counters.h"
#include "dlist.h"
#include "hash_map.h"
#include "nick.h"
#include "port.h"
#include "store.h"

struct conn;
struct rate;
struct room;

/* What is waited for, and then. */
enum patience {
    PATIENCE_JOIN,    /* a JSON connection has to join a room, or is closed */
    PATIENCE_QUIET,   /* nothing was heard from a connection: a ping is due */
    PATIENCE_PONG,    /* a ping was sent: any answer, or it is closed */
    PATIENCE_CLOSING, /* a Close frame was sent: the peer's, or it is killed */
    PATIENCE_AWAY,    /* a member lost its connection: it comes back, or leaves */
    PATIENCE_LISTEN,  /* nothing was sent on an event stream */
    PATIENCE_KINDS
};

/* One entry of a list of waiting. */
struct waiting {
    struct dlist_node node;
    uint64_t since_us;
};

struct world {
    const struct chat_options *options;
    const struct chat_port *port;
    void *host;
    struct store *store;
    struct counters counters;
    struct nick_rules nicks;
    struct hash_key hash_key;
    struct hash_map rooms, sessions, addresses;
    struct rate *guesses; /* for guesses.c; NULL: no bound */
    struct dlist all_rooms, all_conns, all_sessions, all_listeners;
    struct dlist waiting[PATIENCE_KINDS];
    uint64_t patience_us[PATIENCE_KINDS];
    struct dlist outbox, dirty_rooms; /* what the next flush has to do */
    struct bytes scratch;             /* one event while it is encoded */
    struct bytes clean;               /* one text while it is said */
    struct conn *last_publisher;      /* for fanout.c: who may have more to say at once */
    uint64_t published_us;            /* when the oldest unflushed message was published */
    uint64_t started_us;
    unsigned conn_count;     /* WebSockets and event streams */
    unsigned listener_count; /* of these, event streams */
    unsigned guest_count;
    uint32_t conn_number; /* of the newest connection */
    bool is_flushing;     /* what comes now is for the flush after it */
    bool is_awake;        /* a flush is coming */
    bool is_stopping;     /* nobody new; nobody is told who leaves */
};

/* Returns NULL when memory is short. store is taken over, in every case; NULL is fine. */
struct world *world_new(const struct chat_options *options, const struct chat_port *port,
                        void *host, struct store *store);

/* Free everything. Connections that are still open must not be used any more. */
void world_free(struct world *world);

/* The room of that good name. create: make it when there is none and max-rooms allows it.
 * Returns NULL when there is none or memory is short. */
struct room *world_room(struct world *world, const char *name, bool create);

/* The room of that good name, also one that only the store or the options know.
 * out: the room, only with REFUSAL_NONE.
 * Returns REFUSAL_NONE; NO_SUCH_ROOM; TOO_MANY_ROOMS when there may be one, but max-rooms or memory
 * allows no more. */
enum refusal world_known_room(struct world *world, const char *name, struct room **out);

/* See to everything whose time is up; call it a few times a second while there are connections. */
void world_sweep(struct world *world);

/* Close every connection with `code` and take no new ones. */
void world_stop(struct world *world, unsigned code, const char *reason);

/* Whether there is nothing that a sweep could have to do. */
bool world_is_idle(const struct world *world);

/* Make the next flush happen. */
void world_wake(struct world *world);

/* (Re)start waiting in the list of `kind`; waiting_stop is harmless when nothing is waited for. */
void waiting_start(struct world *world, struct waiting *waiting, enum patience kind);
void waiting_stop(struct waiting *waiting);

#define ADDRESS_LOCAL "local" /* of who came through a unix socket, and of nobody else */

/* How text clients see who has that address and no nick, as show-ip wants it. buffer: for the text,
 * which may be `address` itself. Returns NULL when they are to see the guest's nick. */
const char *address_label(const struct world *world, const char *address, char *buffer);

/* Count one connection more or less of an address. address_take returns its text, which lives as
 * long as a connection of it is counted; or NULL when it has as many as per-ip allows already
 * (`is_full`), or memory is short; nothing is counted then. */
const char *address_take(struct world *world, const char *address, bool *is_full);
void address_release(struct world *world, const char *address);

/* Keep the text of an address that a connection is counted of, beyond that connection. Returns it,
 * or "" when no connection is; let_go takes either. */
const char *address_hold(struct world *world, const char *address);
void address_let_go(struct world *world, const char *address);

#endif

#include "world.h"

#include "listener.h"
#include "rate.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define GUESSERS_MAX 4096
#define CLOSE_LINGER_US 1000000u /* for a Close frame to arrive and be answered */

static uint64_t seconds(unsigned long s) { return (uint64_t)s * 1000000u; }

struct world *world_new(const struct chat_options *options, const struct chat_port *port,
                        void *host, struct store *store)
{
    struct world *world = store ? calloc(1, sizeof(*world)) : NULL;
    int kind;

    if (!world) {
        if (store)
            store->ops->free(store);
        return NULL;
    }
    world->options = options;
    world->port = port;
    world->host = host;
    world->store = store;
    nick_rules_init(&world->nicks);
    port->random(&world->hash_key, sizeof(world->hash_key));
    if (options->guesses) /* without the memory for it there is no bound */
        world->guesses =
            rate_new(options->guesses, options->guesses, GUESSERS_MAX, &world->hash_key);
    dlist_init(&world->all_rooms);
    dlist_init(&world->all_conns);
    dlist_init(&world->all_sessions);
    dlist_init(&world->all_listeners);
    world->started_us = port->now_us();
    dlist_init(&world->outbox);
    dlist_init(&world->dirty_rooms);
    for (kind = 0; kind < PATIENCE_KINDS; kind++)
        dlist_init(&world->waiting[kind]);
    world->patience_us[PATIENCE_JOIN] = seconds(options->join_timeout_s);
    world->patience_us[PATIENCE_QUIET] = seconds(options->ping_interval_s);
    world->patience_us[PATIENCE_PONG] = seconds(options->pong_timeout_s);
    world->patience_us[PATIENCE_CLOSING] = CLOSE_LINGER_US;
    world->patience_us[PATIENCE_LISTEN] = seconds(options->ping_interval_s);
    world->patience_us[PATIENCE_AWAY] = seconds(options->leave_delay_s);
    return world;
}

static struct conn *first_conn(const struct world *world)
{
    struct dlist_node *node = dlist_first(&world->all_conns);

    return node ? DLIST_ENTRY(node, struct conn, of_world) : NULL;
}

void world_free(struct world *world)
{
    struct dlist_node *node;
    struct conn *conn;

    if (!world)
        return;
    world->is_stopping = true;
    while ((conn = first_conn(world)))
        conn_closed(conn);
    while ((node = dlist_first(&world->all_listeners)))
        listener_closed(DLIST_ENTRY(node, struct listener, of_world));
    while ((node = dlist_first(&world->all_sessions)))
        session_free(DLIST_ENTRY(node, struct session, of_world), NULL);
    if (world->store->ops->drain)
        world->store->ops->drain(world->store);
    while ((node = dlist_first(&world->all_rooms)))
        room_free(DLIST_ENTRY(node, struct room, of_world));
    world->store->ops->free(world->store);
    hash_map_fini(&world->rooms);
    hash_map_fini(&world->sessions);
    hash_map_fini(&world->addresses);
    rate_free(world->guesses);
    bytes_fini(&world->scratch);
    bytes_fini(&world->clean);
    nick_rules_fini(&world->nicks);
    free(world);
}

static bool is_named(const struct hash_node *node, const void *key)
{
    return strcmp(HASH_MAP_ENTRY(node, struct room, by_name)->name, key) == 0;
}

/* Free the rooms that nobody is in and of which nothing is kept any more. */
static void collect_rooms(struct world *world)
{
    struct dlist_node *node, *next;

    for (node = dlist_first(&world->all_rooms); node; node = next) {
        struct room *room = DLIST_ENTRY(node, struct room, of_world);

        next = dlist_next(&world->all_rooms, node);
        if (room_is_unused(room))
            room_free(room);
    }
}

struct room *world_room(struct world *world, const char *name, bool create)
{
    uint64_t hash = hash_keyed(&world->hash_key, name, strlen(name));
    struct hash_node *node = hash_map_find(&world->rooms, hash, is_named, name);

    if (node)
        return HASH_MAP_ENTRY(node, struct room, by_name);
    if (!create)
        return NULL;
    if (world->rooms.count >= world->options->max_rooms)
        collect_rooms(world);
    if (world->rooms.count >= world->options->max_rooms)
        return NULL;
    return room_new(world, name);
}

static bool is_configured(const struct chat_options *options, const char *name)
{
    return strcmp(name, options->default_room) == 0 || chat_options_room(options, name) ||
           (!options->create && chat_options_allow(options, name));
}

enum refusal world_known_room(struct world *world, const char *name, struct room **out)
{
    bool is_expected = is_configured(world->options, name), is_new;

    *out = world_room(world, name, false);
    is_new = !*out;
    if (is_new)
        *out = world_room(world, name, true);
    if (!*out)
        return is_expected || world->store->ops->rooms ? REFUSAL_TOO_MANY_ROOMS
                                                       : REFUSAL_NO_SUCH_ROOM;
    if (is_expected || !room_is_unused(*out))
        return REFUSAL_NONE;
    if (is_new)
        room_free(*out);
    return REFUSAL_NO_SUCH_ROOM;
}

void waiting_start(struct world *world, struct waiting *waiting, enum patience kind)
{
    dlist_remove(&waiting->node);
    waiting->since_us = world->port->now_us();
    dlist_append(&world->waiting[kind], &waiting->node);
}

void waiting_stop(struct waiting *waiting) { dlist_remove(&waiting->node); }

/* Send a ping: JSON clients get one that a page's script sees, others a WebSocket one. */
static void ping(struct conn *conn)
{
    struct world *world = conn->world;

    world->counters.pings++;
    waiting_start(world, &conn->waiting, PATIENCE_PONG);
    if (conn->mode == CONN_TEXT) {
        conn_send_ping(conn);
        return;
    }
    bytes_clear(&world->scratch);
    if (!wire_ping(&world->scratch))
        conn_send(conn, world->scratch.data, world->scratch.len);
}

static void time_is_up(struct world *world, struct waiting *waiting, enum patience kind)
{
    struct conn *conn = DLIST_ENTRY(waiting, struct conn, waiting);
    struct member *member = DLIST_ENTRY(waiting, struct member, away);
    struct session *session;

    switch (kind) {
    case PATIENCE_JOIN:
        conn_close(conn, CLOSE_NOT_JOINED, "join a room first");
        return;
    case PATIENCE_QUIET:
        ping(conn);
        return;
    case PATIENCE_PONG:
        conn_close(conn, CLOSE_NO_PONG, "no answer to a ping");
        return;
    case PATIENCE_CLOSING:
        waiting_stop(waiting);
        conn->is_dead = true;
        world->port->kill(conn->link);
        return;
    case PATIENCE_AWAY:
        session = member->session;
        room_remove(member, member->away_reason);
        if (!session->conn && !dlist_first(&session->members))
            session_free(session, NULL);
        return;
    case PATIENCE_LISTEN:
        listener_quiet(DLIST_ENTRY(waiting, struct listener, waiting));
        return;
    case PATIENCE_KINDS:
        break;
    }
}

void world_sweep(struct world *world)
{
    uint64_t now_us = world->port->now_us();
    struct dlist_node *node;
    int kind;

    for (kind = 0; kind < PATIENCE_KINDS; kind++) {
        while ((node = dlist_first(&world->waiting[kind]))) {
            struct waiting *waiting = DLIST_ENTRY(node, struct waiting, node);

            if (now_us < waiting->since_us + world->patience_us[kind])
                break;
            time_is_up(world, waiting, (enum patience)kind);
        }
    }
    listeners_sweep(world);
    collect_rooms(world);
}

void world_stop(struct world *world, unsigned code, const char *reason)
{
    struct dlist_node *node, *next;

    world->is_stopping = true;
    for (node = dlist_first(&world->all_conns); node; node = next) {
        next = dlist_next(&world->all_conns, node);
        conn_close(DLIST_ENTRY(node, struct conn, of_world), code, reason);
    }
    for (node = dlist_first(&world->all_listeners); node;
         node = dlist_next(&world->all_listeners, node))
        listener_dismiss(DLIST_ENTRY(node, struct listener, of_world));
}

bool world_is_idle(const struct world *world)
{
    return !dlist_first(&world->all_conns) && !dlist_first(&world->all_sessions) &&
           !dlist_first(&world->all_rooms) && !dlist_first(&world->all_listeners);
}

void world_wake(struct world *world)
{
    if (world->is_awake || world->is_flushing)
        return;
    world->is_awake = true;
    world->port->wake(world->host);
}

#include "conn.h"

#include "fanout.h"
#include "seen.h"

#include <string.h>

/* Over a limit: told by a close code, because a page's script can't see why a handshake failed. */
static bool is_refused(struct conn *conn, const char *address)
{
    const struct chat_options *options = conn->world->options;
    bool is_full;

    if (options->max_connections && conn->world->conn_count > options->max_connections) {
        conn_close(conn, CLOSE_SERVER_FULL, "the server is full");
        return true;
    }
    conn->address = address_take(conn->world, address, &is_full);
    if (!conn->address && !is_full)
        conn_close(conn, CLOSE_INTERNAL, "out of memory");
    else if (!conn->address)
        conn_close(conn, CLOSE_ADDRESS_FULL, "too many connections from this address");
    return !conn->address;
}

int conn_open(struct conn *conn, struct world *world, void *link, enum conn_mode mode,
              const char *address)
{
    memset(conn, 0, sizeof(*conn));
    conn->world = world;
    conn->link = link;
    conn->mode = mode;
    dlist_append(&world->all_conns, &conn->of_world);
    world->conn_count++;
    world->counters.connections[mode]++;
    conn->number = ++world->conn_number;
    seen_open(conn, address);
    if (is_refused(conn, address))
        return 0;
    waiting_start(world, &conn->waiting, mode == CONN_JSON ? PATIENCE_JOIN : PATIENCE_QUIET);
    conn->session = session_new(conn);
    return conn->session ? 0 : -1;
}

void conn_heard(struct conn *conn)
{
    if (!conn->world || conn->is_closing)
        return;
    if (conn->mode == CONN_TEXT || conn->has_joined)
        waiting_start(conn->world, &conn->waiting, PATIENCE_QUIET);
}

void conn_enlist(struct conn *conn)
{
    if (!dlist_is_listed(&conn->outbox))
        dlist_append(&conn->world->outbox, &conn->outbox);
    world_wake(conn->world);
}

static int add(struct conn *conn, enum ws_opcode opcode, const void *payload, size_t len)
{
    return out_queue_add(&conn->out, opcode, payload, len,
                         conn->world->options->client_queue_bytes);
}

/* Hand one write of what waits to the socket, if it takes one. Returns whether it did. */
static bool send_waiting(struct conn *conn)
{
    size_t room = out_queue_waiting(&conn->out) ? conn_room(conn) : 0;
    const void *frames;
    size_t len = room ? out_queue_take(&conn->out, room, &frames) : 0;

    if (len)
        conn_write(conn, frames, len);
    out_queue_tidy(&conn->out);
    return len > 0;
}

/* Too much at once does not make a connection slow: only what its socket does not take does. */
static void queue(struct conn *conn, enum ws_opcode opcode, const void *payload, size_t len)
{
    int failed;

    if (conn->is_closing || conn->is_dead || conn->is_overrun)
        return;
    while ((failed = add(conn, opcode, payload, len)) && send_waiting(conn))
        ;
    conn->is_overrun = failed != 0;
    conn_enlist(conn);
}

void conn_send(struct conn *conn, const void *payload, size_t len)
{
    queue(conn, WS_TEXT, payload, len);
}

/* Not an empty one: lws up to 4.5 keeps the pong that answers it to itself. */
void conn_send_ping(struct conn *conn) { queue(conn, WS_PING, "ping", 4); }

static void die(struct conn *conn)
{
    conn->is_dead = true;
    conn->world->port->kill(conn->link);
}

size_t conn_room(struct conn *conn)
{
    size_t room = conn->is_dead ? 0 : conn->world->port->room(conn->link);

    if (room == 0 && !conn->is_dead && !conn->wants_writable) {
        conn->wants_writable = true;
        conn->world->port->want_writable(conn->link);
    }
    return room < FANOUT_WRITE_BYTES ? room : FANOUT_WRITE_BYTES;
}

void conn_write(struct conn *conn, const void *frames, size_t len)
{
    struct counters *counters = &conn->world->counters;

    if (conn->is_dead)
        return;
    counters->writes++;
    counters->sent_bytes += len;
    if (conn->world->port->write(conn->link, frames, len))
        die(conn);
}

void conn_pump(struct conn *conn)
{
    dlist_remove(&conn->outbox);
    if (conn->is_overrun)
        conn_evict(conn, EVICTION_QUEUE);
    send_waiting(conn);
    if (!conn->is_closing && conn->session && !out_queue_waiting(&conn->out))
        session_deliver(conn->session);
    if (out_queue_waiting(&conn->out) && conn_room(conn))
        conn_enlist(conn);
}

void conn_writable(struct conn *conn)
{
    if (!conn->world)
        return;
    conn->wants_writable = false;
    conn_pump(conn);
}

/* End the session's part, if there is one. */
static void let_go(struct conn *conn, unsigned code)
{
    struct session *session = conn->session;

    conn->session = NULL;
    if (session)
        session_detach(session, code);
}

void conn_close(struct conn *conn, unsigned code, const char *reason)
{
    uint8_t frame[WS_CLOSE_FRAME_MAX];
    size_t len = ws_frame_close(frame, code, reason);

    if (conn->is_closing || !conn->world)
        return;
    conn->is_closing = true;
    counters_closed(&conn->world->counters, CLOSER_SERVER, code);
    seen_close(conn, CLOSER_SERVER, code);
    rx_buf_fini(&conn->rx);
    waiting_start(conn->world, &conn->waiting, PATIENCE_CLOSING);
    let_go(conn, code);
    if (code == CLOSE_TOO_SLOW)
        out_queue_fini(&conn->out);
    if (out_queue_add_finished(&conn->out, frame, len)) {
        die(conn);
        return;
    }
    conn_enlist(conn);
}

void conn_refuse(struct conn *conn, enum refusal refusal)
{
    conn->world->counters.errors[refusal]++;
    seen_refusal(conn, refusal, NULL);
    conn_close(conn, refusal == REFUSAL_BANNED ? CLOSE_BANNED : CLOSE_NO_ENTRY,
               refusal_info(refusal)->reason);
}

void conn_evict(struct conn *conn, enum eviction why)
{
    if (conn->is_closing)
        return;
    conn->world->counters.evictions[why]++;
    conn_close(conn, CLOSE_TOO_SLOW, "too slow");
}

bool conn_peer_closes(struct conn *conn, unsigned code)
{
    if (!conn->world || conn->is_closing)
        return true;
    conn->is_closing = true;
    counters_closed(&conn->world->counters, CLOSER_CLIENT, code);
    seen_close(conn, CLOSER_CLIENT, code);
    waiting_start(conn->world, &conn->waiting, PATIENCE_CLOSING);
    /* To come back is its right, but which of our reasons holds is not for it to say. */
    let_go(conn, code >= 4000 && code < 4500 ? 0 : code);
    out_queue_fini(&conn->out);
    return false;
}

void conn_closed(struct conn *conn)
{
    struct world *world = conn->world;

    if (!world)
        return;
    if (!conn->is_closing) {
        counters_closed(&world->counters, CLOSER_NOBODY, 0);
        seen_close(conn, CLOSER_NOBODY, 1006);
    }
    conn->is_dead = true;
    conn->is_closing = true;
    let_go(conn, 0);
    if (world->last_publisher == conn)
        world->last_publisher = NULL;
    dlist_remove(&conn->of_world);
    dlist_remove(&conn->outbox);
    waiting_stop(&conn->waiting);
    world->conn_count--;
    if (conn->address)
        address_release(world, conn->address);
    out_queue_fini(&conn->out);
    rx_buf_fini(&conn->rx);
    memset(conn, 0, sizeof(*conn));
}

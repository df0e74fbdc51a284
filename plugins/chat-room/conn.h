/* conn — one WebSocket connection: its output, its patience, its end.
 *
 * Shape:    lives in the host's per-connection memory, all zero before conn_open and after
 *           conn_closed. A connection that is closing has no session: people see it leave when its
 *           Close frame is queued, not when the peer has answered it.
 * Owns:     its queue and its half-received message.
 * Borrows:  its world and its session.
 * Calls up: port.h.
 * Not here: what a message means (input.h), whose connection it is (session.h).
 */
#ifndef CHAT_CONN_H
#define CHAT_CONN_H

#include "out_queue.h"
#include "rx_buf.h"
#include "world.h"

struct session;

struct conn {
    struct world *world; /* NULL: never opened, or closed */
    struct session *session;
    void *link;
    struct out_queue out;
    struct rx_buf rx;
    struct dlist_node of_world, outbox;
    struct waiting waiting;
    const char *address; /* the peer's, or NULL when it is not counted: refused from the start */
    enum conn_mode mode;
    uint32_t number; /* in the order in which they came, for logs */
    bool has_joined; /* a room, some time */
    bool is_closing; /* a Close frame is queued or sent */
    bool is_dead;    /* the socket is gone or will be */
    bool is_overrun; /* more waited than may; the next flush closes it */
    bool wants_writable;
    uint8_t bad_frames; /* in a row; each of these is bounded where it is counted */
    uint8_t guesses;    /* wrong secrets and PINs since the last right one */
    uint8_t refused;    /* for their rate, since refused_us */
    uint64_t refused_us;
    uint64_t tokens_us; /* the rate's bucket: when it was, or will be, full */
};

/* What conn_closed and conn_close have to know to tell others why somebody left. */
#define CLOSE_NORMAL 1000u
#define CLOSE_GOING_AWAY 1001u
#define CLOSE_UNSUPPORTED 1003u
#define CLOSE_BAD_UTF8 1007u
#define CLOSE_TOO_BIG 1009u
#define CLOSE_INTERNAL 1011u
#define CLOSE_RESTART 1012u
#define CLOSE_NO_PONG 4001u
#define CLOSE_TOO_SLOW 4002u
#define CLOSE_FLOOD 4500u
#define CLOSE_KICKED 4501u
#define CLOSE_BANNED 4502u
#define CLOSE_REPLACED 4503u
#define CLOSE_ADDRESS_FULL 4504u
#define CLOSE_SERVER_FULL 4505u
#define CLOSE_NOT_JOINED 4506u
#define CLOSE_NO_ENTRY 4508u

/* Begin. address: the peer's, canonical text, copied. A connection over a limit is open too, but
 * closing from the start. Returns 0, or -1 when memory is short: the host drops it then. */
int conn_open(struct conn *conn, struct world *world, void *link, enum conn_mode mode,
              const char *address);

/* The peer was heard: whatever it sent, it lives. */
void conn_heard(struct conn *conn);

/* Queue one text frame for this connection alone; the next flush sends it, or the call itself when
 * more than client-queue-bytes would wait. A connection whose socket does not take that is closed
 * with 4002, by the flush: nothing ends during the call. */
void conn_send(struct conn *conn, const void *payload, size_t len);

/* Queue a WebSocket ping. */
void conn_send_ping(struct conn *conn);

/* Have the connection pumped by the next flush. */
void conn_enlist(struct conn *conn);

/* Send what waits as far as it goes: from the flush, and when the socket is writable. */
void conn_pump(struct conn *conn);

/* The socket can take bytes; whatever was left waiting for that goes on. */
void conn_writable(struct conn *conn);

/* Hand finished frames of a room to the socket at once. */
void conn_write(struct conn *conn, const void *frames, size_t len);

/* How many bytes a write may have now, at most FANOUT_WRITE_BYTES; a frame that is larger is taken
 * too. 0: it would have to wait; conn_writable is called then when it need not. */
size_t conn_room(struct conn *conn);

/* The peer has sent a Close frame with `code`: it is out of its rooms, and gets nothing any more.
 * Returns true when that answers a Close of ours. */
bool conn_peer_closes(struct conn *conn, unsigned code);

/* Take the session out of its rooms, send a Close frame, and see that the connection ends soon. */
void conn_close(struct conn *conn, unsigned code, const char *reason);

/* Close a text connection with 4508, because it can't enter its room. */
void conn_refuse(struct conn *conn, enum refusal refusal);

/* Close it with 4002, because of something that it should have read. */
void conn_evict(struct conn *conn, enum eviction why);

/* The connection is gone. Harmless twice, and when it was never opened. */
void conn_closed(struct conn *conn);

#endif

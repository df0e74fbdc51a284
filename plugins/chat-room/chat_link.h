/* chat_link — libwebsockets behind the chat's port: clocks, timers and sockets.
 *
 * Shape:    the state that lws keeps for us, one struct a vhost and one a connection, and the table
 *           of functions over them.
 * Owns:     nothing; both structs are lws's memory, all zero at first.
 * Borrows:  nothing.
 * Calls up: libwebsockets.
 * Not here: lws's callbacks (chat_room.c).
 */
#ifndef CHAT_LINK_H
#define CHAT_LINK_H

#include "chat_mux.h"
#include "conn.h"
#include "fanout.h"
#include "ip_net.h"
#include "journal_port.h"
#include "problem.h"

#include <libwebsockets.h>

struct chat_hub;
struct chat_http;

/* From PROTOCOL_INIT to PROTOCOL_DESTROY; of each of the two protocols, and only the first one's
 * has a world. */
struct chat_vhd {
    struct lws_context *context;
    struct chat_options options; /* those in effect: of its own door, and the world's */
    struct ip_nets trusted;      /* its proxies */
    struct chat_hub *hub;        /* NULL: it could not start, or is gone */
    struct dlist_node of_hub;
    struct dlist requests;                 /* over HTTP, struct chat_http */
    struct world *world;                   /* the hub's, or NULL */
    const struct lwshost_journal *journal; /* the host's, or NULL */
    struct problem problem;                /* why it could not start */
    char broken[480];                      /* the same for people; empty when it runs */
};

/* From ESTABLISHED to CLOSED; of an HTTP request, from LWS_CALLBACK_HTTP to HTTP_DROP_PROTOCOL. */
struct chat_pss {
    struct conn conn;
    struct lws *wsi;
    struct mux_frame *mux;  /* on its way into a stream, or NULL */
    struct chat_http *http; /* of an HTTP request, else NULL */
    bool is_mux;            /* a stream of an HTTP/2 connection */
    bool is_writable;       /* lws asks for output of this stream, and has had none yet */
    bool has_to_close;      /* lws is to send the stream's Close frame */
    bool is_unread;         /* nothing is read from it until it has taken what lws holds for it */
};

/* For world_new with a chat_hub as `host`, and conn_open with a chat_pss as `link`. */
extern const struct chat_port chat_port;

/* From LWS_CALLBACK_SERVER_WRITEABLE, which comes when lws holds nothing back any more. Returns 0,
 * or -1 when the connection is to be ended. */
int chat_link_writable(struct chat_pss *pss);

/* From LWS_CALLBACK_EVENT_WAIT_CANCELLED: go on with a flush that has yielded, and
 * with what the store has answered. */
void chat_turn(struct chat_vhd *vhd);

#endif

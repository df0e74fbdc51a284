/* fetch_private — what the files of the client share: fetch.c (requests and who goes next),
 * fetch_origin.c (names and addresses), fetch_lane.c (the place of one request), fetch_link.c
 * (connections), fetch_share.c (one connection for all lanes: HTTP/2), fetch_events.c (what
 * libwebsockets says about connections).
 *
 * A request is in exactly one place: waiting in its origin's pool, on a lane, or, for the moment
 * between an outcome and its completion, in the timers with `is_ending` set.
 *
 * Over HTTP/1.1 each lane has a link of its own. With HTTP/2 an origin has one shared link; it is
 * made while the requests wait in the pool, as an address is looked for, and a lane is on it for
 * one request only, with a stream. A server that chooses HTTP/1.1 on it gives it to the first lane.
 */
#ifndef LWSHOST_FETCH_PRIVATE_H
#define LWSHOST_FETCH_PRIVATE_H

#include "dlist.h"
#include "fetch.h"
#include "h2_session.h"
#include "http_response.h"
#include "ip_addr.h"
#include "lanes.h"
#include "resolver.h"
#include "timers.h"
#include "tls_stream.h"
#include "url.h"

#include <libwebsockets.h>

struct fetch_client {
    struct lws_context *context;
    struct lws_vhost *vhost;    /* of all lanes, without a listener; made with the first */
    lws_sorted_usec_list_t sul; /* for the earliest timer */
    uint64_t sul_due_us;        /* UINT64_MAX when it is not armed */
    struct timers timers;
    struct timer pump; /* due now when somebody may go on a lane */
    struct resolver *resolver;
    struct dlist origins;
    struct dlist requests;
    struct dlist again; /* lanes that send anew the request that they have */
    size_t link_total, pending, inflight, max_inflight;
    uint64_t opened, stale, queue_full; /* for fetch_client_stats */
};

struct fetch_origin {
    struct dlist_node link;
    struct fetch_client *client;
    struct url url; /* in `text` */
    char *text;
    char *authority; /* the Host header */
    struct tls_trust *trust;
    const char *tls_problem; /* as it was logged; NULL since a connection was secure */
    struct lanes lanes;
    struct dlist lane_list;    /* every lane of the pool */
    struct dlist links;        /* every connection */
    struct fetch_link *shared; /* that requests go on, or wait for; NULL when there is none yet */
    size_t shared_failures;    /* addresses at which there was nobody, one after the other */
    bool wants_h2;
    bool speaks_h1; /* it was offered HTTP/2 and took HTTP/1.1; until no connection is left */
    bool allows_private;
    bool is_literal, is_resolving;
    struct ip_addr addresses[RESOLVER_MAX_ADDRESSES];
    size_t address_count; /* 0: not resolved yet */
    size_t address_at;    /* the one that is tried next */
    uint64_t resolved_us;
};

/* One request under way. */
struct fetch {
    struct dlist_node link; /* in client->requests */
    struct lane_waiter waiter;
    struct timer timer; /* the deadline */
    struct fetch_origin *origin;
    struct fetch_lane *lane;
    struct fetch_request request; /* its url points to `url` */
    const char *target;           /* path and query in `url` */
    fetch_done_fn *done;
    void *opaque;
    bool is_early;    /* the timer is not for its end but for its beginning */
    bool is_starting; /* inside fetch_start or the pump: a completion has to wait */
    bool is_ending;   /* `error` is known, `done` is not called yet */
    bool was_stale;   /* the free retry is used up */
    size_t addresses_tried;
    enum fetch_error error;
    char url[];
};

/* The place of one request under way. */
struct fetch_lane {
    struct lane lane;        /* in the origin's pool */
    struct dlist_node list;  /* in origin->lane_list */
    struct dlist_node again; /* in client->again */
    struct fetch_origin *origin;
    struct fetch *fetch;     /* who has the lane; NULL when free */
    struct fetch_link *link; /* its own, or the shared one that it has a stream on; or NULL */
    struct h2_stream stream;
    bool is_unsent; /* nothing of the request has gone out: there is no connection yet */
    bool was_warm;  /* the request went out on a connection that was there before */
    struct http_response response;
};

/* A connection. lws knows it by the connection's opaque user data. */
struct fetch_link {
    struct dlist_node list; /* in origin->links */
    struct timer timer;     /* closes it when it was not used for long */
    struct fetch_origin *origin;
    struct fetch_lane *lane; /* whose own it is; NULL for a shared one */
    struct lws *wsi;         /* from the connect call to WSI_DESTROY */
    struct ip_addr address;  /* that it connects or connected to */
    struct tls_stream *tls;  /* with https only */
    struct h2_session *h2;   /* of an open shared one */
    bool is_connecting;      /* inside the connect call */
    bool has_failed;         /* the call, of a shared one */
    bool is_open;            /* connected, and secured if that is wanted */
    bool is_closing;         /* lws has begun to close it */
};

/* fetch.c */

/* End `fetch` with `error`; its lane, if it has one, is the caller's to give back before. */
void fetch_finish(struct fetch *fetch, enum fetch_error error,
                  const struct fetch_response *response);

/* Let those who wait go on, in the next turn of the loop. */
void fetch_pump_later(struct fetch_client *client);

/* Start a timer of the client's. */
void fetch_timer_start(struct fetch_client *client, struct timer *timer, uint64_t due_us);

/* Make sure that there is room for the timers of one more request or link. Returns 0 or -1. */
int fetch_timers_reserve(struct fetch_client *client);

/* fetch_origin.c */

struct fetch_origin *fetch_origin_find(const struct fetch_client *client, const struct url *url);
void fetch_origin_free(struct fetch_origin *origin);

/* True when a cold lane can connect: an address is known. Asks for one when it is not, or is old.
 */
bool fetch_origin_is_ready(struct fetch_origin *origin);

/* The address to connect to. */
struct ip_addr fetch_origin_address(const struct fetch_origin *origin);

/* A connection is not secure because of `problem`, a text that lasts. It is logged when it is news.
 */
void fetch_origin_distrust(struct fetch_origin *origin, const char *problem);

/* Nobody answers at `address`: let others try the next, unless one is tried already. */
void fetch_origin_blame(struct fetch_origin *origin, const struct ip_addr *address);

/* End those who wait with `error`, and with a reason or an empty text. */
void fetch_origin_fail_waiters(struct fetch_origin *origin, enum fetch_error error,
                               const char *reason);

/* fetch_lane.c */

/* A free lane of the pool, taken or made; NULL when all are in use or memory is short.
 * is_warm: it has an open connection of its own. */
struct fetch_lane *fetch_lane_take(struct fetch_origin *origin, bool *is_warm);

/* Give it back with its own connection, which is open. */
void fetch_lane_rest(struct fetch_lane *lane);

void fetch_lane_free(struct fetch_lane *lane);

/* Send lane->fetch out, connecting before if need be; fetch_share_is_ready has been asked. What
 * fails at once ends the request inside the call, so it has `is_starting` set. */
void fetch_lane_send(struct fetch_lane *lane);

/* Send lane->fetch on its own open connection. Returns 0 or -1. */
int fetch_lane_write(struct fetch_lane *lane);

/* Take the request off the lane and end it. Without `keep` a connection of its own is of no use any
 * more and the caller sees to its end; it is off a shared one already. */
void fetch_lane_end(struct fetch_lane *lane, enum fetch_error error, bool keep);

/* End the request and its connection or stream, from outside the connection's callback. */
void fetch_lane_abort(struct fetch_lane *lane, enum fetch_error error);

/* The connection of the request, or its stream, has failed: try again, or end it with `error`.
 * is_refused: the server has not begun with it. */
void fetch_lane_fail(struct fetch_lane *lane, enum fetch_error error, bool is_refused);

/* fetch_link.c */

/* A connection to be; lane: whose own it is, or NULL. NULL when memory is short. */
struct fetch_link *fetch_link_new(struct fetch_origin *origin, struct fetch_lane *lane);

/* Begin to connect. Returns -1 when that fails at once; fetch_link_drop is due then. */
int fetch_link_connect(struct fetch_link *link);

/* Forget one that could not be connected. NULL is fine. */
void fetch_link_drop(struct fetch_link *link);

/* Free it; lws may still have to close it, and finds nobody then. */
void fetch_link_free(struct fetch_link *link);

/* Have lws close it in the next turn. Where nobody has answered yet, the next will not ask. */
void fetch_link_kill(struct fetch_link *link);

/* Close it if it is not used for long from now on. */
void fetch_link_rest(struct fetch_link *link);

/* Send bytes. Returns 0 or -1. */
int fetch_link_write(struct fetch_link *link, const void *data, size_t len);

/* Send what the security layer has for the peer. Returns 0 or -1. */
int fetch_link_flush(struct fetch_link *link);

/* fetch_share.c */

/* True when requests to the origin go on a shared connection. */
bool fetch_share_is_wanted(const struct fetch_origin *origin);

/* True when one more request may go on it. Begins to connect when there is none.
 * deadline_us: of the request that asks; it may take as long to connect. */
bool fetch_share_is_ready(struct fetch_origin *origin, uint64_t deadline_us);

/* True while requests wait for the connection and not for each other. */
bool fetch_share_is_awaited(const struct fetch_origin *origin);

/* Send lane->fetch on it. */
void fetch_share_send(struct fetch_lane *lane);

/* Nobody waits for the answer to lane's request any more. */
void fetch_share_cancel(struct fetch_lane *lane);

/* What happens to a shared connection: it is open, bytes have come (-1: close it), it closes, its
 * timer is due. */
int fetch_share_open(struct fetch_link *link);
int fetch_share_read(struct fetch_link *link, const void *data, size_t len);
void fetch_share_closing(struct fetch_link *link);
void fetch_share_is_due(struct fetch_link *link);

/* fetch_events.c: the callback of the links' one protocol. */
int fetch_events(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                 size_t len);

#endif

/* fetch_private — what the files of the client share: fetch.c (requests and who goes next),
 * fetch_origin.c (names and addresses), fetch_lane.c (connections), fetch_events.c (what
 * libwebsockets says about them).
 *
 * A request is in exactly one place: waiting in its origin's pool, on a lane, or, for the moment
 * between an outcome and its completion, in the timers with `is_ending` set.
 */
#ifndef LWSHOST_FETCH_PRIVATE_H
#define LWSHOST_FETCH_PRIVATE_H

#include "dlist.h"
#include "fetch.h"
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
    struct dlist again; /* lanes that connect anew for the request that they have */
    size_t lane_total, pending, inflight, max_inflight;
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
    struct dlist lane_list; /* every lane of the pool */
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

/* A connection, or the place for one. lws knows it by the connection's opaque user data. */
struct fetch_lane {
    struct lane lane;        /* in the origin's pool */
    struct dlist_node list;  /* in origin->lane_list */
    struct dlist_node again; /* in client->again */
    struct timer idle;       /* closes it when it was not used for long */
    struct fetch_origin *origin;
    struct fetch *fetch;    /* who has the lane; NULL when free */
    struct lws *wsi;        /* from the connect call to WSI_DESTROY */
    struct ip_addr address; /* that it connects or connected to */
    struct tls_stream *tls; /* with https only */
    bool is_open;           /* connected, and secured if that is wanted */
    bool is_closing;        /* lws has begun to close it */
    bool was_warm;          /* the request went out on a connection that was idle before */
    struct http_response response;
};

/* fetch.c */

/* End `fetch` with `error`; its lane, if it has one, is the caller's to give back before. */
void fetch_finish(struct fetch *fetch, enum fetch_error error,
                  const struct fetch_response *response);

/* Let those who wait go on, in the next turn of the loop. */
void fetch_pump_later(struct fetch_client *client);

/* Start a timer of the client's. */
void fetch_timer_start(struct fetch_client *client, struct timer *timer, uint64_t due_us);

/* Make sure that there is room for the timers of one more request or lane. Returns 0 or -1. */
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

/* fetch_lane.c */

/* A lane in the pool of the origin, without a connection; NULL when memory is short. */
struct fetch_lane *fetch_lane_new(struct fetch_origin *origin);

/* Free the lane; lws may still have to close its connection, and finds nobody then. */
void fetch_lane_free(struct fetch_lane *lane);

/* Send lane->fetch out, connecting before if need be. What fails at once ends the request inside
 * the call, so it has `is_starting` set. */
void fetch_lane_send(struct fetch_lane *lane);

/* Send lane->fetch on the open connection. Returns 0 or -1. */
int fetch_lane_write(struct fetch_lane *lane);

/* Send what the security layer has for the peer. Returns 0 or -1. */
int fetch_lane_flush(struct fetch_lane *lane);

/* Take the request off the lane and end it. Without `keep` the connection is of no use any more and
 * the caller sees to its end. */
void fetch_lane_end(struct fetch_lane *lane, enum fetch_error error, bool keep);

/* End the request and the connection, from outside the connection's callback. */
void fetch_lane_abort(struct fetch_lane *lane, enum fetch_error error);

/* The connection of the request has failed: try again, or end it with `error`. */
void fetch_lane_fail(struct fetch_lane *lane, enum fetch_error error);

/* fetch_events.c: the callback of the lanes' one protocol. */
int fetch_events(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                 size_t len);

#endif

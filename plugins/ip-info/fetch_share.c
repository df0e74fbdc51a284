#include "fetch_private.h"

/* How long it may take to connect, if the request that began it has less time: others wait, too. */
#define CONNECT_US (2 * LWS_US_PER_SEC)

bool fetch_share_is_wanted(const struct fetch_origin *origin)
{
    return origin->wants_h2 && !origin->speaks_h1;
}

bool fetch_share_is_awaited(const struct fetch_origin *origin)
{
    return origin->shared && !origin->shared->h2;
}

/* No more requests go on it; those under way may still be answered. */
static void retire(struct fetch_link *link)
{
    if (link->origin->shared == link)
        link->origin->shared = NULL;
}

/* ---- making the connection */

static void begin(struct fetch_origin *origin, uint64_t deadline_us)
{
    struct fetch_link *link = fetch_link_new(origin, NULL);
    uint64_t due_us = (uint64_t)lws_now_usecs() + (uint64_t)CONNECT_US;

    if (!link)
        return;
    origin->shared = link;
    if (due_us < deadline_us)
        due_us = deadline_us;
    if (fetch_link_connect(link)) {
        link->has_failed = true; /* whoever has asked is not to hear of it within this call */
        due_us = 0;
    }
    if (!link->is_open)
        fetch_timer_start(origin->client, &link->timer, due_us);
}

bool fetch_share_is_ready(struct fetch_origin *origin, uint64_t deadline_us)
{
    if (!origin->shared && fetch_origin_is_ready(origin))
        begin(origin, deadline_us);
    return origin->shared && origin->shared->h2 && h2_session_has_room(origin->shared->h2);
}

/* Requests that wait on a lane to be sent again. */
static void fail_again(struct fetch_origin *origin, enum fetch_error error)
{
    struct dlist_node *link;

    for (link = dlist_first(&origin->lane_list); link;
         link = dlist_next(&origin->lane_list, link)) {
        struct fetch_lane *lane = lws_container_of(link, struct fetch_lane, list);

        if (!lane->link && dlist_is_listed(&lane->again))
            fetch_lane_end(lane, error, false);
    }
}

/* There is no connection: try the next address, or tell those who wait. */
static void fail(struct fetch_link *link, enum fetch_error error)
{
    struct fetch_origin *origin = link->origin;

    if (origin->shared != link)
        return;
    origin->shared = NULL;
    fetch_origin_blame(origin, &link->address);
    if (++origin->shared_failures < origin->address_count) {
        fetch_pump_later(origin->client);
        return;
    }
    origin->shared_failures = 0;
    fail_again(origin, error);
    fetch_origin_fail_waiters(origin, error, link->tls ? tls_stream_problem(link->tls) : "");
}

/* The server has chosen HTTP/1.1: the connection becomes that of the first lane, and each of the
 * others makes its own. */
static int hand_over(struct fetch_link *link)
{
    struct fetch_origin *origin = link->origin;
    struct fetch_lane *lane;
    bool is_warm;

    origin->speaks_h1 = true;
    retire(link);
    lane = fetch_lane_take(origin, &is_warm);
    if (!lane)
        return -1;
    link->lane = lane;
    lane->link = link;
    link->is_open = true;
    fetch_lane_rest(lane);
    fetch_pump_later(origin->client);
    return 0;
}

/* ---- streams */

/* Send what the session has for the peer. Returns 0 or -1. */
static int flush(struct fetch_link *link)
{
    struct bytes *out = h2_session_output(link->h2);
    int result = out->len ? fetch_link_write(link, out->data, out->len) : 0;

    bytes_clear(out);
    return result;
}

/* The same from outside the connection's callback; see whether it is still of use. */
static void flush_outside(struct fetch_link *link)
{
    bool is_over = flush(link) || h2_session_is_over(link->h2);

    if (is_over || h2_session_is_leaving(link->h2))
        retire(link);
    if (is_over)
        fetch_link_kill(link);
}

static void end_lane(struct fetch_lane *lane, enum h2_end end)
{
    lane->link = NULL;
    switch (end) {
    case H2_END_DONE:
        fetch_lane_end(lane, FETCH_OK, false);
        break;
    case H2_END_REFUSED:
        fetch_lane_fail(lane, FETCH_CLOSED, true);
        break;
    case H2_END_CLOSED:
        fetch_lane_fail(lane, FETCH_CLOSED, false);
        break;
    case H2_END_TOO_LARGE:
        fetch_lane_end(lane, FETCH_TOO_LARGE, false);
        break;
    case H2_END_NO_MEMORY:
        fetch_lane_end(lane, FETCH_NO_MEMORY, false);
        break;
    }
}

/* Complete what has ended; that may begin new requests. */
static void settle(struct fetch_link *link)
{
    struct h2_stream *stream;

    while ((stream = h2_session_next_ended(link->h2)))
        end_lane(lws_container_of(stream, struct fetch_lane, stream), stream->end);
    if (!link->is_closing && h2_session_count(link->h2) == 0)
        fetch_link_rest(link);
    fetch_pump_later(link->origin->client);
}

void fetch_share_send(struct fetch_lane *lane)
{
    struct fetch_link *link = lane->origin->shared;

    lane->is_unsent = false;
    lane->was_warm = h2_session_is_settled(link->h2);
    timers_stop(&lane->origin->client->timers, &link->timer);
    if (h2_session_send(link->h2, &lane->stream, &lane->fetch->request, lane->fetch->target,
                        &lane->response) == 0)
        lane->link = link;
    else
        fetch_lane_end(lane, FETCH_NO_MEMORY, false);
    flush_outside(link);
}

void fetch_share_cancel(struct fetch_lane *lane)
{
    struct fetch_link *link = lane->link;

    h2_session_cancel(&lane->stream);
    lane->link = NULL;
    flush_outside(link);
    if (h2_session_count(link->h2) == 0)
        fetch_link_rest(link);
}

/* ---- what happens to the connection */

int fetch_share_open(struct fetch_link *link)
{
    const struct fetch_origin *origin = link->origin;

    if (origin->shared != link) /* it took too long */
        return -1;
    link->origin->shared_failures = 0;
    if (link->tls && !tls_stream_speaks_h2(link->tls))
        return hand_over(link);
    link->h2 = h2_session_new(origin->url.is_tls ? "https" : "http", origin->authority);
    if (!link->h2)
        return -1;
    link->is_open = true;
    fetch_link_rest(link);
    fetch_pump_later(origin->client);
    return flush(link);
}

int fetch_share_read(struct fetch_link *link, const void *data, size_t len)
{
    int result = h2_session_feed(link->h2, data, len);

    if (flush(link))
        result = -1;
    if (h2_session_is_leaving(link->h2))
        retire(link);
    settle(link);
    return result;
}

void fetch_share_closing(struct fetch_link *link)
{
    if (!link->h2) {
        fail(link, link->tls ? FETCH_TLS_FAILED : FETCH_CONNECT_FAILED);
        return;
    }
    retire(link);
    h2_session_close(link->h2);
    settle(link);
}

void fetch_share_is_due(struct fetch_link *link)
{
    if (link->has_failed) {
        fail(link, FETCH_CONNECT_FAILED);
        fetch_link_drop(link);
        return;
    }
    if (link->h2) {
        h2_session_leave(link->h2);
        flush(link);
    }
    retire(link);
    fetch_link_kill(link);
    fetch_pump_later(link->origin->client);
}

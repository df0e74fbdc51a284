#include "fetch_head.h"
#include "fetch_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEEP_WARM_US (60 * LWS_US_PER_SEC) /* most servers close an idle connection sooner */
#define SECURE_PIECE_BYTES 4096

_Static_assert(FETCH_MAX_WANTED == HTTP_RESPONSE_MAX_WANTED, "they are handed on one by one");

/* WSI_DESTROY, which ends every connection, is told to the first protocol of a vhost only. */
static const struct lws_protocols lane_protocols[] = {
    {.name = "ip-info-lane", .callback = fetch_events},
    {.name = NULL},
};

static int need_vhost(struct fetch_client *client)
{
    struct lws_context_creation_info info;

    if (client->vhost)
        return 0;
    memset(&info, 0, sizeof(info));
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.vhost_name = "ip-info-lanes";
    info.protocols = lane_protocols;
    /* lws would send even raw connections through a proxy that the environment happens to name. A
     * proxy with port 0 is none. */
#if defined(LWS_CLIENT_HTTP_PROXYING)
    info.http_proxy_address = "none:0";
#endif
#if defined(LWS_WITH_SOCKS5)
    info.socks_proxy_address = "none:0";
#endif
    client->vhost = lws_create_vhost(client->context, &info);
    return client->vhost ? 0 : -1;
}

static void on_idle(struct timer *timer);

struct fetch_lane *fetch_lane_new(struct fetch_origin *origin)
{
    struct fetch_client *client = origin->client;
    struct fetch_lane *lane;

    if (need_vhost(client) || fetch_timers_reserve(client))
        return NULL;
    lane = calloc(1, sizeof(*lane));
    if (!lane)
        return NULL;
    lane->origin = origin;
    lane->idle.fire = on_idle;
    client->lane_total++;
    dlist_append(&origin->lane_list, &lane->list);
    lanes_add(&origin->lanes, &lane->lane);
    return lane;
}

/* Have lws close the connection in the next turn. */
static void kill_connection(struct fetch_lane *lane)
{
    if (lane->wsi && !lane->is_closing)
        lws_set_timeout(lane->wsi, 1, LWS_TO_KILL_ASYNC);
}

void fetch_lane_free(struct fetch_lane *lane)
{
    struct fetch_client *client = lane->origin->client;

    if (lane->wsi) {
        lws_set_opaque_user_data(lane->wsi, NULL);
        kill_connection(lane);
    }
    timers_stop(&client->timers, &lane->idle);
    dlist_remove(&lane->list);
    dlist_remove(&lane->again);
    lanes_remove(&lane->origin->lanes, &lane->lane);
    client->lane_total--;
    tls_stream_free(lane->tls);
    http_response_fini(&lane->response);
    free(lane);
}

static void on_idle(struct timer *timer)
{
    struct fetch_lane *lane = lws_container_of(timer, struct fetch_lane, idle);

    lanes_give_back(&lane->origin->lanes, &lane->lane, LANE_CLOSING);
    kill_connection(lane);
}

static void connect_lane(struct fetch_lane *lane)
{
    struct fetch_origin *origin = lane->origin;
    struct lws_client_connect_info info;
    char address[IP_ADDR_TEXT_BYTES];

    lane->address = fetch_origin_address(origin);
    ip_addr_format(&lane->address, address);
    lane->fetch->addresses_tried++;
    origin->client->opened++;
    lane->is_closing = false;
    memset(&info, 0, sizeof(info));
    info.context = origin->client->context;
    info.vhost = origin->client->vhost;
    info.method = "RAW";
    info.address = address; /* a number, so that lws resolves nothing */
    info.host = address;
    info.port = (int)origin->url.port;
    /* No local_protocol_name: the first protocol of the vhost is the default, and what is bound by
     * name lws frees without unbinding it when memory is short. */
    info.opaque_user_data = lane;
    info.pwsi = &lane->wsi;
    if (lws_client_connect_via_info(&info))
        return;
    /* Of a failure inside the call lws tells the caller, sometimes the callback, too. */
    lane->wsi = NULL;
    if (lane->fetch && !dlist_is_listed(&lane->again))
        fetch_lane_fail(lane, FETCH_CONNECT_FAILED);
}

void fetch_lane_send(struct fetch_lane *lane)
{
    timers_stop(&lane->origin->client->timers, &lane->idle);
    http_response_begin(&lane->response, lane->fetch->request.max_reply_bytes,
                        lane->fetch->request.wanted);
    lane->response.is_to_head = strcmp(lane->fetch->request.method, "HEAD") == 0;
    if (!lane->is_open)
        connect_lane(lane);
    else if (fetch_lane_write(lane)) {
        kill_connection(lane);
        fetch_lane_fail(lane, FETCH_CLOSED);
    }
}

int fetch_lane_write(struct fetch_lane *lane)
{
    static const char room[LWS_PRE];
    const struct fetch_request *request = &lane->fetch->request;
    struct bytes out = {0};
    int result = -1;

    if (bytes_reserve(&out, sizeof(room) + 512 + request->body_bytes) == 0 &&
        bytes_append(&out, room, sizeof(room)) == 0 &&
        fetch_head_write(request, lane->origin->authority, lane->fetch->target, &out) == 0 &&
        bytes_append(&out, request->body, request->body ? request->body_bytes : 0) == 0) {
        unsigned char *data = (unsigned char *)out.data + LWS_PRE;
        size_t len = out.len - LWS_PRE;

        if (lane->tls)
            result = tls_stream_write(lane->tls, data, len) ? -1 : fetch_lane_flush(lane);
        else
            result = lws_write(lane->wsi, data, len, LWS_WRITE_RAW) < 0 ? -1 : 0;
    }
    bytes_fini(&out);
    return result;
}

int fetch_lane_flush(struct fetch_lane *lane)
{
    unsigned char buffer[LWS_PRE + SECURE_PIECE_BYTES];
    size_t len;

    while ((len = tls_stream_output(lane->tls, buffer + LWS_PRE, SECURE_PIECE_BYTES)))
        if (lws_write(lane->wsi, buffer + LWS_PRE, len, LWS_WRITE_RAW) < 0)
            return -1;
    return 0;
}

void fetch_lane_end(struct fetch_lane *lane, enum fetch_error error, bool keep)
{
    struct fetch *fetch = lane->fetch;
    struct fetch_client *client = lane->origin->client;
    struct lanes *lanes = &lane->origin->lanes;
    const struct fetch_response response = {
        .error = error,
        .code = lane->response.code,
        .reason = error == FETCH_TLS_FAILED && lane->tls ? tls_stream_problem(lane->tls)
                                                         : lane->response.reason,
        .body = lane->response.body.data ? lane->response.body.data : "",
        .body_bytes = lane->response.body.len,
        .wanted = {lane->response.wanted[0], lane->response.wanted[1], lane->response.wanted[2]},
        .retry_after_s = http_response_retry_after_s(&lane->response, (int64_t)time(NULL))};

    lane->fetch = NULL;
    fetch->lane = NULL;
    dlist_remove(&lane->again);
    client->inflight--;
    if (!keep)
        lanes_give_back(lanes, &lane->lane, lane->wsi ? LANE_CLOSING : LANE_COLD);
    /* A kept lane is busy while `done` runs: the response is in its memory. */
    fetch_finish(fetch, error, &response);
    if (keep) {
        lanes_give_back(lanes, &lane->lane, LANE_WARM);
        fetch_timer_start(client, &lane->idle, (uint64_t)lws_now_usecs() + (uint64_t)KEEP_WARM_US);
    }
    fetch_pump_later(client);
}

void fetch_lane_abort(struct fetch_lane *lane, enum fetch_error error)
{
    if (lane->wsi && !lane->is_open && !lane->is_closing)
        fetch_origin_blame(lane->origin, &lane->address);
    kill_connection(lane);
    fetch_lane_end(lane, error, false);
}

void fetch_lane_fail(struct fetch_lane *lane, enum fetch_error error)
{
    struct fetch *fetch = lane->fetch;
    struct fetch_origin *origin = lane->origin;
    bool is_stale = lane->was_warm && !fetch->was_stale &&
                    http_response_is_untouched(&lane->response) &&
                    fetch_head_is_idempotent(&fetch->request);
    bool has_other = !lane->is_open && fetch->addresses_tried < origin->address_count;

    if (!is_stale && !has_other) {
        fetch_lane_end(lane, error, false);
        return;
    }
    if (is_stale) {
        fetch->was_stale = true;
        origin->client->stale++;
    } else {
        fetch_origin_blame(origin, &lane->address);
    }
    /* On the same lane, so that no other old connection is tried; when this one has gone. */
    lane->was_warm = false;
    lane->is_open = false;
    if (!dlist_is_listed(&lane->again))
        dlist_append(&origin->client->again, &lane->again);
    fetch_pump_later(origin->client);
}

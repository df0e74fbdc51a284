#include "fetch_private.h"

#include <string.h>

#define PLAIN_PIECE_BYTES 4096

/* End the request from within a callback that closes the connection by returning -1. */
static int end_and_close(struct fetch_lane *lane, enum fetch_error error)
{
    fetch_lane_end(lane, error, false);
    return -1;
}

static enum fetch_error error_of(enum http_response_result result)
{
    switch (result) {
    case HTTP_RESPONSE_DONE:
        return FETCH_OK;
    case HTTP_RESPONSE_TOO_LARGE:
        return FETCH_TOO_LARGE;
    case HTTP_RESPONSE_NO_MEMORY:
        return FETCH_NO_MEMORY;
    default:
        return FETCH_CLOSED;
    }
}

/* Plain bytes of the peer. Returns -1 when the connection is of no use any more. */
static int on_bytes(struct fetch_lane *lane, const char *data, size_t len)
{
    enum http_response_result result;

    if (!lane->fetch) /* nobody has asked */
        return -1;
    result = http_response_feed(&lane->response, data, len);
    if (result == HTTP_RESPONSE_MORE)
        return 0;
    if (result != HTTP_RESPONSE_DONE || !lane->response.keeps_alive)
        return end_and_close(lane, error_of(result));
    fetch_lane_end(lane, FETCH_OK, true);
    return 0;
}

static int on_open(struct fetch_lane *lane)
{
    lane->is_open = true;
    lane->origin->tls_problem = NULL;
    if (fetch_lane_write(lane) == 0)
        return 0;
    return end_and_close(lane, FETCH_CLOSED);
}

static int on_connected(struct fetch_lane *lane)
{
    if (!lane->fetch)
        return -1;
    if (!lane->origin->trust)
        return on_open(lane);
    lane->tls = tls_stream_new(lane->origin->trust, lane->origin->url.host);
    if (!lane->tls)
        return end_and_close(lane, FETCH_NO_MEMORY);
    tls_stream_feed(lane->tls, NULL, 0);
    return fetch_lane_flush(lane);
}

/* Every plain byte that has come. The peer's end of the stream is an end of the connection. */
static int read_plain(struct fetch_lane *lane)
{
    char buffer[PLAIN_PIECE_BYTES];
    int len;

    while ((len = tls_stream_read(lane->tls, buffer, sizeof(buffer))) > 0)
        if (on_bytes(lane, buffer, (size_t)len))
            return -1;
    return len;
}

static int on_secure_bytes(struct fetch_lane *lane, const void *data, size_t len)
{
    enum tls_state state = tls_stream_feed(lane->tls, data, len);

    /* Also when it failed: the peer may learn why. */
    if (fetch_lane_flush(lane))
        return -1;
    if (state == TLS_FAILED) {
        fetch_origin_distrust(lane->origin, tls_stream_problem(lane->tls));
        return lane->fetch ? end_and_close(lane, FETCH_TLS_FAILED) : -1;
    }
    if (state == TLS_HANDSHAKE)
        return 0;
    if (!lane->is_open && (!lane->fetch || on_open(lane)))
        return -1;
    return read_plain(lane) ? -1 : fetch_lane_flush(lane);
}

static int on_received(struct fetch_lane *lane, const void *data, size_t len)
{
    return lane->tls ? on_secure_bytes(lane, data, len) : on_bytes(lane, data, len);
}

/* True when the end of the connection is the end of the response. On a secure one the peer must
 * have said so: what only breaks off may have been cut by somebody else (RFC 9112 9.8). */
static bool ends_response(struct fetch_lane *lane)
{
    return http_response_close(&lane->response) == HTTP_RESPONSE_DONE &&
           (!lane->tls || tls_stream_has_ended(lane->tls));
}

/* The connection ends, or could not be made. Harmless twice. */
static void on_closing(struct fetch_lane *lane)
{
    lane->is_closing = true;
    /* On libuv the end comes a turn later; nobody may take it until then. */
    if (lane->lane.state == LANE_WARM)
        lanes_give_back(&lane->origin->lanes, &lane->lane, LANE_CLOSING);
    if (!lane->fetch || dlist_is_listed(&lane->again))
        return;
    if (!lane->is_open)
        fetch_lane_fail(lane, lane->tls ? FETCH_TLS_FAILED : FETCH_CONNECT_FAILED);
    else if (ends_response(lane))
        fetch_lane_end(lane, FETCH_OK, false);
    else
        fetch_lane_fail(lane, FETCH_CLOSED);
}

static void on_gone(struct fetch_lane *lane)
{
    on_closing(lane);
    lane->wsi = NULL;
    lane->is_open = false;
    tls_stream_free(lane->tls);
    lane->tls = NULL;
    http_response_fini(&lane->response); /* up to max-reply; idle lanes hold none */
    timers_stop(&lane->origin->client->timers, &lane->idle);
    lanes_closed(&lane->origin->lanes, &lane->lane);
    fetch_pump_later(lane->origin->client);
}

int fetch_events(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                 size_t len)
{
    struct fetch_lane *lane = wsi ? lws_get_opaque_user_data(wsi) : NULL;

    (void)user;
    if (!lane)
        return reason == LWS_CALLBACK_RAW_RX ? -1 : 0;
    switch (reason) {
    case LWS_CALLBACK_RAW_CONNECTED:
        lane->wsi = wsi;
        return on_connected(lane);
    case LWS_CALLBACK_RAW_RX:
        return on_received(lane, in, len);
    case LWS_CALLBACK_RAW_WRITEABLE:
        /* What was written just when the connection came, lws would leave where it is. */
        if (lws_partial_buffered(wsi))
            lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_RAW_CLOSE:
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        on_closing(lane);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        on_gone(lane);
        return 0;
    default:
        return 0;
    }
}

#include "fetch_private.h"

#include <string.h>

#define PLAIN_PIECE_BYTES 4096

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

/* End the request of the link's own lane, if it has one, from within a callback that closes the
 * connection by returning -1. */
static int end_and_close(struct fetch_link *link, enum fetch_error error)
{
    if (link->lane && link->lane->fetch)
        fetch_lane_end(link->lane, error, false);
    return -1;
}

/* Bytes of an HTTP/1.1 response. Returns -1 when the connection is of no use any more. */
static int on_response(struct fetch_link *link, const char *data, size_t len)
{
    struct fetch_lane *lane = link->lane;
    enum http_response_result result;

    if (!lane || !lane->fetch) /* nobody has asked */
        return -1;
    result = http_response_feed(&lane->response, data, len);
    if (result == HTTP_RESPONSE_MORE)
        return 0;
    if (result != HTTP_RESPONSE_DONE || !lane->response.keeps_alive)
        return end_and_close(link, error_of(result));
    fetch_lane_end(lane, FETCH_OK, true);
    return 0;
}

/* Plain bytes of the peer. */
static int on_bytes(struct fetch_link *link, const void *data, size_t len)
{
    return link->h2 ? fetch_share_read(link, data, len) : on_response(link, data, len);
}

static int on_open(struct fetch_link *link)
{
    link->origin->tls_problem = NULL;
    if (!link->lane)
        return fetch_share_open(link);
    if (!link->lane->fetch)
        return -1;
    link->is_open = true;
    return fetch_lane_write(link->lane) ? end_and_close(link, FETCH_CLOSED) : 0;
}

static int on_connected(struct fetch_link *link)
{
    const struct fetch_origin *origin = link->origin;

    if (!origin->trust)
        return on_open(link);
    link->tls = tls_stream_new(origin->trust, origin->url.host, !link->lane);
    if (!link->tls)
        return end_and_close(link, FETCH_NO_MEMORY);
    tls_stream_feed(link->tls, NULL, 0);
    return fetch_link_flush(link);
}

/* Every plain byte that has come. The peer's end of the stream is an end of the connection. */
static int read_plain(struct fetch_link *link)
{
    char buffer[PLAIN_PIECE_BYTES];
    int len;

    while ((len = tls_stream_read(link->tls, buffer, sizeof(buffer))) > 0)
        if (on_bytes(link, buffer, (size_t)len))
            return -1;
    return len;
}

static int on_secure_bytes(struct fetch_link *link, const void *data, size_t len)
{
    enum tls_state state = tls_stream_feed(link->tls, data, len);

    /* Also when it failed: the peer may learn why. */
    if (fetch_link_flush(link))
        return -1;
    if (state == TLS_FAILED) {
        fetch_origin_distrust(link->origin, tls_stream_problem(link->tls));
        return end_and_close(link, FETCH_TLS_FAILED);
    }
    if (state == TLS_HANDSHAKE)
        return 0;
    if (!link->is_open && on_open(link))
        return -1;
    return read_plain(link) ? -1 : fetch_link_flush(link);
}

static int on_received(struct fetch_link *link, const void *data, size_t len)
{
    return link->tls ? on_secure_bytes(link, data, len) : on_bytes(link, data, len);
}

/* True when the end of the connection is the end of the response. On a secure one the peer must
 * have said so: what only breaks off may have been cut by somebody else (RFC 9112 9.8). */
static bool ends_response(struct fetch_link *link)
{
    return http_response_close(&link->lane->response) == HTTP_RESPONSE_DONE &&
           (!link->tls || tls_stream_has_ended(link->tls));
}

static void end_own_lane(struct fetch_link *link)
{
    struct fetch_lane *lane = link->lane;

    /* On libuv the end comes a turn later; nobody may take it until then. */
    if (lane->lane.state == LANE_WARM)
        lanes_give_back(&link->origin->lanes, &lane->lane, LANE_CLOSING);
    if (!lane->fetch || dlist_is_listed(&lane->again))
        return;
    if (!link->is_open)
        fetch_lane_fail(lane, link->tls ? FETCH_TLS_FAILED : FETCH_CONNECT_FAILED, false);
    else if (ends_response(link))
        fetch_lane_end(lane, FETCH_OK, false);
    else
        fetch_lane_fail(lane, FETCH_CLOSED, false);
}

/* The connection ends, or could not be made, unless the one who has it made finds out himself.
 * Harmless twice. */
static void on_closing(struct fetch_link *link)
{
    if (link->is_closing || link->is_connecting)
        return;
    link->is_closing = true;
    if (link->lane)
        end_own_lane(link);
    else
        fetch_share_closing(link);
}

static void on_gone(struct fetch_link *link)
{
    struct fetch_origin *origin = link->origin;

    on_closing(link);
    link->wsi = NULL;
    if (link->is_connecting)
        return;
    if (link->lane && !link->lane->fetch)
        http_response_fini(&link->lane->response); /* up to max-reply; idle lanes hold none */
    fetch_link_free(link);
    if (dlist_is_empty(&origin->links))
        origin->speaks_h1 = false;
    fetch_pump_later(origin->client);
}

int fetch_events(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                 size_t len)
{
    struct fetch_link *link = wsi ? lws_get_opaque_user_data(wsi) : NULL;

    (void)user;
    if (!link)
        return reason == LWS_CALLBACK_RAW_RX ? -1 : 0;
    switch (reason) {
    case LWS_CALLBACK_RAW_CONNECTED:
        link->wsi = wsi;
        return on_connected(link);
    case LWS_CALLBACK_RAW_RX:
        return on_received(link, in, len);
    case LWS_CALLBACK_RAW_WRITEABLE:
        /* What was written just when the connection came, lws would leave where it is. */
        if (lws_partial_buffered(wsi))
            lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_RAW_CLOSE:
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        on_closing(link);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        lws_set_opaque_user_data(wsi, NULL);
        on_gone(link);
        return 0;
    default:
        return 0;
    }
}

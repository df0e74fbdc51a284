#include "chat_events.h"

#include "chat_mux.h"

#include <string.h>

#define HEAD_BYTES 10240  /* status line and headers, the vhost's among them */
#define PIECE_BYTES 65536 /* at once; lws sends it in one piece */
#define MUX_BYTES 8192    /* within the 16384 bytes of a DATA frame that every peer takes */
#define LAST_BYTES 16     /* of the comment at the end */

/* lws is not told the type with the rest: one that compresses would compress it. */
static int send_head(struct chat_http *http)
{
    struct http_header headers[CHAT_HTTP_HEADERS];
    struct http_answer answer = {.headers = headers};
    unsigned char buffer[LWS_PRE + HEAD_BYTES], *start = buffer + LWS_PRE, *at = start;
    unsigned char *end = start + HEAD_BYTES - 1;
    struct lws *wsi = http->pss->wsi;

    answer.header_count = chat_http_headers(http, "no-cache", headers);
    headers[answer.header_count++] = (struct http_header){"content-type:", "text/event-stream"};
    headers[answer.header_count++] = (struct http_header){"x-accel-buffering:", "no"};
    if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, NULL, LWS_ILLEGAL_HTTP_CONTENT_LEN, &at,
                                    end) ||
        http_reply_add_headers(wsi, &answer, start, &at, end))
        return -1;
    http->reply.status = HTTP_STATUS_OK; /* for the logs */
    return lws_finalize_write_http_header(wsi, start, &at, end);
}

static int answer_head(struct chat_http *http)
{
    struct lws *wsi = http->pss->wsi;
    bool is_mux = http->pss->is_mux;

    if (send_head(http))
        return -1;
    return lws_http_transaction_completed(wsi) || !is_mux ? -1 : 0;
}

/* Neither a timeout of lws nor its table of headers is for something that lasts. */
static void settle(struct chat_http *http)
{
    struct lws *wsi = http->pss->wsi;

    if (http->pss->is_mux) {
        lws_http_mark_sse(wsi);
        return;
    }
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    lws_http_headers_detach(wsi);
}

/* HTTP/1: lws does not read what comes behind a request that is not over, be it the peer's end, and
 * would be told of it again and again. So nothing is listened to; but lws sees only then, and not
 * before its own output is gone, that it could write (chat_link.c listens again for that). */
static void rest(struct chat_http *http)
{
    struct lws *wsi = http->pss->wsi;

    if (http->pss->is_mux || http->listener.wants_writable)
        return;
    if (lws_partial_buffered(wsi))
        lws_callback_on_writable(wsi);
    else
        lws_rx_flow_control(wsi, 0);
}

static int refuse(struct chat_http *http, unsigned status, const char *reason, const char *detail)
{
    api_problem_set(&http->problem, status, reason, detail);
    return chat_http_refuse(http);
}

int chat_events_begin(struct chat_http *http, struct room *room)
{
    const struct api_request *request = &http->request;

    if (request->method == API_HEAD)
        return answer_head(http);
    switch (listener_open(&http->listener, room, http->pss, http->address,
                          request->has_since ? &request->since : NULL)) {
    case LISTENER_OPEN:
        break;
    case LISTENER_SERVER_FULL:
        return refuse(http, 503, "server-full", "The server is full.");
    case LISTENER_ADDRESS_FULL:
        return refuse(http, 429, "address-full", "Too many connections from this address.");
    case LISTENER_NO_MEMORY:
        return refuse(http, 503, "internal", "Memory is short.");
    }
    if (send_head(http))
        return -1;
    settle(http);
    return 0;
}

static int write_run(struct chat_http *http, const struct frames *run)
{
    unsigned char buffer[LWS_PRE + MUX_BYTES];
    unsigned char *from = (unsigned char *)(uintptr_t)run->bytes;

    if (http->pss->is_mux) { /* lws writes in front of it */
        from = buffer + LWS_PRE;
        memcpy(from, run->bytes, run->len);
    }
    if (lws_write(http->pss->wsi, from, run->len, LWS_WRITE_HTTP) < 0)
        return -1;
    http->reply.body_sent += run->len;
    return 0;
}

/* The server stops, or the room is closed. */
static int end_stream(struct chat_http *http)
{
    unsigned char buffer[LWS_PRE + LAST_BYTES] = {0}, *last = buffer + LWS_PRE;
    struct lws *wsi = http->pss->wsi;
    bool is_mux = http->pss->is_mux;

    memcpy(last, ": end\n\n", 7);
    if (lws_write(wsi, last, 7, LWS_WRITE_HTTP_FINAL) < 0 || !is_mux)
        return -1;
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

int chat_events_writable(struct chat_http *http)
{
    size_t room = http->pss->is_mux ? mux_window(http->pss->wsi) : PIECE_BYTES;
    struct frames run;

    if (room == 0)
        return 0; /* lws comes back when the peer has opened its window */
    if (http->pss->is_mux && room > MUX_BYTES)
        room = MUX_BYTES;
    switch (listener_next(&http->listener, room, &run)) {
    case LISTENER_NOTHING:
        rest(http);
        return 0;
    case LISTENER_BYTES:
        if (write_run(http, &run))
            return -1;
        listener_wrote(&http->listener);
        rest(http);
        return 0;
    case LISTENER_END:
        return end_stream(http);
    case LISTENER_DROPPED:
        break;
    }
    return -1;
}

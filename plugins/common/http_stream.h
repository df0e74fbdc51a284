/* http_stream — one HTTP answer whose length is not known when it begins, through libwebsockets.
 *
 * Shape:    headers at once, then pieces: chunks on HTTP/1.1, DATA frames on HTTP/2, and on
 * HTTP/1.0 bare bytes until the connection closes. All zero is one that has not begun. Lives in the
 * per-session data of a protocol. Owns:     the piece that is on its way, until http_stream_fini.
 * Borrows:  nothing after a call returns.
 * Calls up: libwebsockets only.
 * Not here: answers of known length (http_reply); what to do while the peer takes nothing, which
 *           http_stream_wants tells.
 */
#ifndef LWSHOST_HTTP_STREAM_H
#define LWSHOST_HTTP_STREAM_H

#include "http_reply.h"

struct http_stream {
    struct bytes piece; /* room for what lws and a chunk put in front, then what is to be sent */
    size_t sent;        /* of it */
    bool is_open;       /* begun, and not over */
    bool has_ended;     /* nothing comes behind the piece */
    bool is_chunked;
    bool is_bare; /* HTTP/1.0: closing the connection is the end */

    /* Of the last answer, also when it is over: for who writes a log. */
    unsigned status;    /* 0: none has begun */
    uint64_t body_sent; /* bytes that lws has taken, those of chunks included */
};

/* Send the headers; not for a request for HEAD. answer: without a body; its length is not looked
 * at. The connection is dropped when the peer takes nothing of a piece for 20 s. Returns what the
 * lws callback returns: 0, or -1 to drop the connection. */
int http_stream_begin(struct lws *wsi, struct http_stream *stream,
                      const struct http_answer *answer);

/* Whether it has begun and takes more now: nothing is on its way. */
bool http_stream_wants(const struct http_stream *stream);

/* Add to the piece, when http_stream_wants, or when bytes were added since it did.
 * Returns 0, or -1 when memory is short. */
int http_stream_append(struct http_stream *stream, const void *data, size_t len);

/* Nothing more will be appended. */
void http_stream_end(struct http_stream *stream);

/* From LWS_CALLBACK_HTTP_WRITEABLE, once each: send what the peer takes.
 * LWS_CALLBACK_HTTP_WRITEABLE comes again when there is more. With the end the transaction is
 * completed (`stream` may be gone then: lws frees the session). Returns 0, or -1 when the
 * connection has to close now. */
int http_stream_writable(struct lws *wsi, struct http_stream *stream);

/* Forget what is unsent. From LWS_CALLBACK_HTTP_DROP_PROTOCOL; harmless twice. */
void http_stream_fini(struct http_stream *stream);

#endif

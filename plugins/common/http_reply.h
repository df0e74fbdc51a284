/* http_reply — one HTTP answer of known length through libwebsockets, HTTP/1 and HTTP/2 alike.
 *
 * Shape:    status, headers, body; all-zero is a valid "nothing to say yet". Lives in the
 *           per-session data of a protocol.
 * Owns:     a copy of what is unsent, until it is sent or http_reply_fini.
 * Borrows:  nothing after a call returns.
 * Calls up: libwebsockets only.
 * Not here: answers whose length is not known when they begin (NDJSON, server-sent events).
 */
#ifndef LWSHOST_HTTP_REPLY_H
#define LWSHOST_HTTP_REPLY_H

#include "bytes.h"

#include <libwebsockets.h>
#include <stdbool.h>

struct http_reply {
    struct bytes out; /* LWS_PRE bytes of room, then what is to be sent */
    size_t sent;      /* bytes of it that lws has taken */
    bool is_pending;  /* http_reply_writable has work to do */

    /* Of the last answer, also when it is over: for who writes a log. */
    unsigned status;   /* 0: none has begun */
    size_t head_bytes; /* of `out`, before the body */
    size_t body_sent;  /* bytes of the body that lws has taken */
};

/* Not sent when the vhost's own headers have one of that name: whoever configured it decides. */
struct http_header {
    const char *name;  /* lower case, with the colon lws wants: "retry-after:" */
    const char *value; /* printable; the caller has kept CR and LF out */
};

struct http_answer {
    unsigned status;
    const char *content_type; /* NULL only with an empty body */
    const struct http_header *headers;
    size_t header_count;
    const void *body;
    size_t body_bytes;
};

/* True when the request that `wsi` carries is a HEAD: the answer's headers only. */
bool http_reply_is_head(struct lws *wsi);

/* Begin to answer: http_reply_writable sends it. A request for HEAD gets the same headers at once,
 * and its transaction ends here (`reply` may be gone then: lws frees the session). The
 * connection is dropped when the peer takes nothing for 20 s. Returns what the lws callback
 * returns: 0, or -1 to drop the connection (memory short, dead peer).
 */
int http_reply_send(struct lws *wsi, struct http_reply *reply, const struct http_answer *answer);

/* As http_reply_send, but what can go out goes at once; `reply` may be gone afterwards. For
 * LWS_CALLBACK_HTTP_WRITEABLE, and on HTTP/1 for LWS_CALLBACK_HTTP of a request without a body. It
 * saves a turn of the loop. */
int http_reply_send_now(struct lws *wsi, struct http_reply *reply,
                        const struct http_answer *answer);

/* Send an error as application/problem+json (RFC 9457) with `status`, its standard title and
 * `detail` (plain text, no secrets). Returns as http_reply_send. */
int http_reply_problem(struct lws *wsi, struct http_reply *reply, unsigned status,
                       const char *detail);

/* As http_reply_problem, with further headers ("allow:" for 405, "retry-after:" for 503). */
int http_reply_problem_with(struct lws *wsi, struct http_reply *reply, unsigned status,
                            const char *detail, const struct http_header *headers,
                            size_t header_count);

/* Add the headers of `answer` to those that stand between `start` and `*at`, but those that are
 * there. For who builds an answer itself. Returns 0, or -1 when there is no room before `end`. */
int http_reply_add_headers(struct lws *wsi, const struct http_answer *answer,
                           const unsigned char *start, unsigned char **at, unsigned char *end);

/* As http_reply_problem_with, and a word for programs, `reason`, in the object. */
int http_reply_problem_reason(struct lws *wsi, struct http_reply *reply, unsigned status,
                              const char *reason, const char *detail,
                              const struct http_header *headers, size_t header_count);

/* From LWS_CALLBACK_HTTP_WRITEABLE: send the next piece. When the last one is out the transaction
 * is completed. Returns 0, or -1 when the connection has to close now. */
int http_reply_writable(struct lws *wsi, struct http_reply *reply);

/* Forget what is unsent. From LWS_CALLBACK_HTTP_DROP_PROTOCOL; harmless twice. */
void http_reply_fini(struct http_reply *reply);

#endif

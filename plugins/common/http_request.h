/* http_request — what an HTTP request on libwebsockets is, beyond what lws says itself.
 *
 * Shape:    questions about the request that `wsi` carries, from
 *           LWS_CALLBACK_FILTER_HTTP_CONNECTION or LWS_CALLBACK_HTTP on.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: libwebsockets only.
 */
#ifndef LWSHOST_HTTP_REQUEST_H
#define LWSHOST_HTTP_REQUEST_H

#include <libwebsockets.h>
#include <stdbool.h>

enum http_body {
    HTTP_BODY_NONE,
    HTTP_BODY_KNOWN,   /* as many bytes as Content-Length says, more than 0 */
    HTTP_BODY_UNKNOWN, /* lws can't tell where it ends: the connection must end with the answer */
};

/* What follows the headers. Unknown are chunks, which lws does not decode; a Content-Length that is
 * given twice or is no number; and on HTTP/1 a POST, PUT or PATCH without one, of which lws expects
 * a body. Somebody else in front of us may see its end elsewhere, and the next request with it. */
enum http_body http_request_body(struct lws *wsi);

/* The bytes of a body that is known. */
unsigned long long http_request_length(struct lws *wsi);

/* Whether a body is still coming HTTP_BODY_MAX_MS after its request came, `begun_us` by
 * lws_now_usecs. To be asked with each piece of it: a client that says nothing at all is lws's to
 * end (after "timeout-secs", 5 s), but lws begins to wait anew with each byte. */
#define HTTP_BODY_MAX_MS 20000
bool http_request_is_late(lws_usec_t begun_us);

/* Whether the body is said to be JSON. */
bool http_request_is_json(struct lws *wsi);

/* True when lws would take the headers of this request for its body, and might loop for ever: it
 * has a body, and its headers came together with the end of the request before. Seen on 4.1.6,
 * and 5.0 has the same lines (lws_http_action's loop over the input that it kept). The callback
 * must return -1 then, before anything else. Never so for the first request of a connection. Can be
 * true for another reason than that, input that waits on another connection; a client that
 * reuses connections has to cope with one that is closed. lwshost itself looks at every request
 * before a plugin does. */
bool http_request_is_entangled(struct lws *wsi);

#endif

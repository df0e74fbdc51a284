/* http_request — what an HTTP request on libwebsockets is, beyond what lws says itself.
 *
 * Shape:    questions about the request that `wsi` carries, from
 * LWS_CALLBACK_FILTER_HTTP_CONNECTION or LWS_CALLBACK_HTTP on. Owns:     nothing. Borrows: nothing.
 * Calls up: libwebsockets only.
 */
#ifndef LWSHOST_HTTP_REQUEST_H
#define LWSHOST_HTTP_REQUEST_H

#include <libwebsockets.h>
#include <stdbool.h>

/* True when a body follows: a Content-Length over 0, or a POST, PUT or PATCH that has none, of
 * which lws expects one too. Chunked bodies have no length: lws does not decode them. */
bool http_request_has_body(struct lws *wsi);

/* True when lws would take the headers of this request for its body, and might loop for ever: it
 * has a body, and its headers came together with the end of the request before. Seen on 4.1.6,
 * and 5.0 has the same lines (lws_http_action's loop over the input that it kept). The callback
 * must return -1 then, before anything else. Can be true for another reason than that, input that
 * waits on another connection; a client that reuses connections has to cope with one that is
 * closed.
 */
bool http_request_is_entangled(struct lws *wsi);

#endif

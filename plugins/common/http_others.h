/* http_others — what a protocol owes libwebsockets for requests that are not its own.
 *
 * Shape:    one function, for whatever a protocol's callback does not handle.
 * Owns:     nothing.
 * Borrows:  nothing.
 * Calls up: nothing.
 *
 * In lwsws all protocols come from plugins, and the first of them is told of the vhost's files,
 * redirects and CGI programs as well. When nobody says that a file has been sent, the connection
 * stays in that request: the next one gets the file's headers again and no body.
 */
#ifndef LWSHOST_HTTP_OTHERS_H
#define LWSHOST_HTTP_OTHERS_H

#include <libwebsockets.h>

/* Takes the arguments of a protocol's callback, returns what it has to return. A request that
 * nobody answers is answered with 404. */
int http_others(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                size_t len);

#endif

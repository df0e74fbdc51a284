/* tls_anchor — keep TLS alive while one context ends and the next begins.
 *
 * Shape:    an idle context; NULL with the versions of lws that need none.
 * Owns:     the context, until tls_anchor_free.
 * Borrows:  nothing.
 * Calls up: nothing.
 *
 * lws 4.4 and 4.5 take the OpenSSL library down with the last context that uses it, after which no
 * other can be created in the same process.
 */
#ifndef LWSHOST_TLS_ANCHOR_H
#define LWSHOST_TLS_ANCHOR_H

#include <libwebsockets.h>

/* Before the first context that serves. Returns NULL also when it can't be made: restarts then
 * fail.
 */
struct lws_context *tls_anchor_new(void);

/* After the last context that served; NULL is fine. */
void tls_anchor_free(struct lws_context *anchor);

#endif

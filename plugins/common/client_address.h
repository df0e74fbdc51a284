/* client_address — whose request it is that libwebsockets has at hand, proxies considered.
 *
 * Shape:    one question about the request that `wsi` carries.
 * Owns:     nothing.
 * Borrows:  the list, during a call.
 * Calls up: libwebsockets only.
 * Not here: the decision itself (forwarded.h).
 */
#ifndef LWSHOST_CLIENT_ADDRESS_H
#define LWSHOST_CLIENT_ADDRESS_H

#include "forwarded.h"

#include <libwebsockets.h>

/* The client's address, as forwarded_client finds it. Call it while lws has the request's headers:
 * up to LWS_CALLBACK_ESTABLISHED or the end of LWS_CALLBACK_HTTP.
 * Returns 1 with `out` filled; 0 when the client has no address (a unix socket); -1 when memory is
 * short. */
int client_address(struct lws *wsi, const struct ip_nets *trusted, enum client_header header,
                   struct ip_addr *out);

#endif

/* endpoints — what is beside the addresses under the mount point: health, metrics, openapi.json.
 *
 * Shape:    functions over a request that asks for one of them.
 * Owns:     nothing.
 * Borrows:  the request, during a call.
 * Calls up: libwebsockets.
 */
#ifndef LWSHOST_IP_INFO_ENDPOINTS_H
#define LWSHOST_IP_INFO_ENDPOINTS_H

#include "request.h"

/* Which one a path behind the mount point names. */
enum endpoint endpoint_find(const char *path, size_t len);

/* Answer with it; is_admin: the client may see the metrics. Returns what the lws callback returns.
 */
int endpoint_answer(struct request *request, enum endpoint endpoint, bool is_admin);

#endif

/* upgrade — which WebSocket upgrades a vhost takes.
 *
 * Shape:    functions.
 * Owns:     nothing.
 * Borrows:  nothing after a call returns.
 * Calls up: nothing.
 * Not here: answering (front).
 */
#ifndef LWSHOST_UPGRADE_H
#define LWSHOST_UPGRADE_H

#include "site.h"

/* Whether lws will find a protocol for what the request of `wsi` asks for. */
bool upgrade_is_offered(struct lws *wsi, const struct site *site);

/* Say in a sentence what there is, for a client that asked for something else; cut when too long.
 */
void upgrade_refusal(const struct site *site, char *out, size_t bytes);

#endif

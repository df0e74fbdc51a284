/* front — the host's own protocol, protocols[0] of each vhost: what nobody else answers.
 *
 * Shape:    one lws protocol, "http-only". It answers 404 for paths without a mount, refuses
 *           WebSocket upgrades that name no protocol of the vhost with 400, where lws itself says
 *           nothing, turns new connections away while the host stops or
 *           is short of descriptors. Mounts of files are bound to
 *           it, so that it sees their answers begin and end, and refuses methods but GET and HEAD.
 * Owns:     its sessions' answers.
 * Borrows:  the site that is the vhost's user pointer.
 * Calls up: server_admits, server_count_answer.
 */
#ifndef LWSHOST_FRONT_H
#define LWSHOST_FRONT_H

#include <libwebsockets.h>

#define FRONT_PROTOCOL "http-only"

/* Fill in the protocol. */
void front_protocol(struct lws_protocols *out);

/* Fill in `protocol` with the host looking at upgrades first: for the protocol that takes clients
 * who name none. lws binds each new connection to it, so that front itself would not be asked. The
 * site's `default_protocol` tells where the rest goes. */
void front_default_protocol(const struct lws_protocols *protocol, struct lws_protocols *out);

#endif

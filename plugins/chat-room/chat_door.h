/* chat_door — what the request of a handshake says: may it come in, and where to.
 *
 * Shape:    two questions about one handshake.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: libwebsockets; both look at the request's headers, which lws keeps until
 *           LWS_CALLBACK_ESTABLISHED has returned.
 */
#ifndef CHAT_DOOR_H
#define CHAT_DOOR_H

#include "chat_link.h"
#include "refusal.h"

/* From LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION. vhd: NULL when there is no chat on the vhost.
 * Returns 0 to go on, or 1 when the handshake was answered with a status. */
int door_check(struct lws *wsi, const struct chat_vhd *vhd);

/* Join the room that a text client's URI names: `?room=`, `?nick=`, `?history=`. Returns
 * REFUSAL_NONE, or why not. */
enum refusal door_enter(struct lws *wsi, struct conn *conn);

#endif

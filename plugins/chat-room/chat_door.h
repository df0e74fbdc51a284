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

#define DOOR_HEADER_BYTES 1024 /* of a header field that is looked at */
#define DOOR_ARGUMENT_BYTES 256

/* Copy a header field. Returns it, or NULL when there is none; "\x01", which equals no value that
 * anybody accepts, when it is too long to be looked at. */
const char *door_header(struct lws *wsi, enum lws_token_indexes token, char out[DOOR_HEADER_BYTES]);

/* Find an argument of the URI. name: with its "=". Returns the value in `out`, NULL when there is
 * none; one that is too long comes out as "\x01", which is no good name or number. */
const char *door_argument(struct lws *wsi, const char *name, char out[DOOR_ARGUMENT_BYTES]);

/* Whose request it is, canonical text. Returns 0, or -1 when memory is short. */
int door_address(struct lws *wsi, const struct chat_vhd *vhd, char out[IP_ADDR_TEXT_BYTES]);

/* Whether the page that makes the request may; what it may not is logged. */
bool door_is_origin_allowed(struct lws *wsi, const struct chat_vhd *vhd);

/* From LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION. vhd: NULL when there is no chat on the vhost.
 * Returns 0 to go on, or 1 when the handshake was answered with a status. */
int door_check(struct lws *wsi, const struct chat_vhd *vhd);

/* Join the room that a text client's URI names: `?room=`, `?nick=`, `?history=`. Returns
 * REFUSAL_NONE, or why not. */
enum refusal door_enter(struct lws *wsi, struct conn *conn);

#endif

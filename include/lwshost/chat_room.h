/* lwshost/chat_room.h — the chat room in a libwebsockets server of your own
 * (liblwshost-chat-room.a).
 *
 * Add the protocols to your vhost's, and name them in its per-vhost options:
 *
 *     const struct lws_protocols *protocols[] = {&http, lws_chat_room_protocol(), NULL};
 *     const struct lws_protocol_vhost_options chat = {NULL, options, "chat-room", ""};
 *     info.pprotocols = protocols;
 *     info.pvo = &chat;
 *
 * For an `info.protocols` array of structs copy one in:
 * `protocols[1] = *lws_chat_room_protocol();`. Each vhost has rooms of its own, unless the option
 * `hub` says otherwise. All options, with their defaults: docs/chat-room.md. A mount of type
 * LWSMPRO_CALLBACK with `protocol` and `origin` "chat-room" adds the chat over HTTP:
 * docs/chat-http.md.
 *
 * Everything happens on the thread that runs the context's loop, whichever loop that is, and these
 * functions are for that thread. The library has no constructors, and no names but those below.
 */
#ifndef LWSHOST_CHAT_ROOM_H
#define LWSHOST_CHAT_ROOM_H

#include <libwebsockets.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The protocol "chat-room", JSON over WebSocket: docs/chat-protocol.md. The struct is constant and
 * lives as long as the program. */
const struct lws_protocols *lws_chat_room_protocol(void);

/* The protocol "chat-room-text", lines of plain text in the same rooms. Needs "chat-room" on the
 * same vhost. */
const struct lws_protocols *lws_chat_room_text_protocol(void);

/* Look at the options of one vhost without starting anything.
 * options: the list that "chat-room" gets; may be NULL.
 * Returns 0, or -1 when one is wrong; then `why` (`size` bytes; NULL with 0 when nobody asks) says
 * which and what about it, in one line. */
int lws_chat_room_check(const struct lws_protocol_vhost_options *options, char *why, size_t size);

/* Why the chat of `vhost` could not start: an option that is wrong, a file that can't be opened. It
 * starts with the first turn of the loop; the reason is in lws's log, too, and clients are refused
 * with 503. Returns NULL when it runs, did not start yet, or is not there; the text lives as long
 * as the vhost. */
const char *lws_chat_room_problem(struct lws_vhost *vhost);

/* Begin to stop: members are closed with `close_code` (1001 going away, 1012 service restart), who
 * comes is refused. Then run the loop until lws_chat_room_pending returns 0, or patience ends.
 * lws_context_destroy alone loses nothing that was stored, but says goodbye to nobody. */
void lws_chat_room_stop(struct lws_vhost *vhost, int close_code);

/* How many members and answers of `vhost` have not ended yet. */
unsigned lws_chat_room_pending(struct lws_vhost *vhost);

#ifdef __cplusplus
}
#endif

#endif

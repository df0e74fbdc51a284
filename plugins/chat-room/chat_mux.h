/* chat_mux — frames on their way into a stream of an HTTP/2 connection (RFC 8441).
 *
 * Shape:    at most one frame at a time, handed over in pieces that are WebSocket fragments: lws
 *           neither cuts a DATA frame to the size that a peer takes (RFC 9113 4.2) nor keeps within
 *           its window for us.
 * Owns:     a copy of the frame until it is sent, or mux_fini; NULL is "nothing", and takes no more
 *           room in the many connections that are no such streams.
 * Borrows:  the stream's wsi, during a call.
 * Calls up: libwebsockets.
 * Not here: HTTP/1, where finished frames go out as they are (chat_link.c).
 */
#ifndef CHAT_MUX_H
#define CHAT_MUX_H

#include <libwebsockets.h>

#include <stdbool.h>
#include <stdint.h>

struct mux_frame;

/* Bytes of the peer's window, as far as lws tells. */
size_t mux_window(struct lws *wsi);

/* Whether the peer's window has room for a piece. When it has not, lws asks for output when the
 * peer gives more; to ask lws before would only make it ask back at once.
 * lws before 5.0 tells the window of the whole connection, but not the stream's. */
bool mux_has_window(struct lws *wsi);

/* Copy a finished text or ping frame of ours, of which nothing is sent yet. Nothing may wait
 * already. Returns 0, or -1 when it is no such frame or memory is short. */
int mux_take(struct mux_frame **out, const uint8_t *bytes, size_t len);

/* Send a piece of it: only from LWS_CALLBACK_SERVER_WRITEABLE, once. Harmless when nothing waits,
 * or there is no window. Returns 0, or -1 when the connection is dead. */
int mux_send(struct mux_frame **waiting, struct lws *wsi);

void mux_fini(struct mux_frame **waiting);

#endif

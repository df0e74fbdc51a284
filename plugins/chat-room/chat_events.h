/* chat_events — an event stream of the chat through libwebsockets, HTTP/1 and HTTP/2 alike.
 *
 * Shape:    the answer whose length is not known: on HTTP/1 it ends with the connection.
 * Owns:     nothing; the listener is the request's.
 * Borrows:  the request.
 * Calls up: libwebsockets.
 * Not here: what is sent (listener.h).
 */
#ifndef CHAT_EVENTS_H
#define CHAT_EVENTS_H

#include "chat_http.h"

/* Begin it, or answer why not; may free `http`. Returns what the lws callback returns. */
int chat_events_begin(struct chat_http *http, struct room *room);

/* From LWS_CALLBACK_HTTP_WRITEABLE of a request whose listener is open; may free `http`. As above.
 */
int chat_events_writable(struct chat_http *http);

#endif

/* seen — what happens in the chat, told to whoever watches over the server.
 *
 * Shape:    one function for each kind of event. No text of a message, no secret and no reason that
 *           somebody typed is in them; nicks and addresses are.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: port.h, `event`, if there is one.
 * Not here: how a line looks (event.h), numbers (counters.h).
 */
#ifndef CHAT_SEEN_H
#define CHAT_SEEN_H

#include "moderation.h"

/* A connection was opened. address: also when it is not counted for it. */
void seen_open(const struct conn *conn, const char *address);

/* Somebody has closed it, or it just ended. */
void seen_close(const struct conn *conn, enum closer closer, unsigned code);

/* Somebody has taken, or left, a place in a room. reason: NULL when nobody is told. */
void seen_join(const struct member *member);
void seen_leave(const struct member *member, const char *reason);

/* A request was refused, also one to enter. room: NULL when there is none. */
void seen_refusal(const struct conn *conn, enum refusal refusal, const char *room);

/* A measure was taken. by: the address of who did it. */
void seen_measure(const struct world *world, enum moderation what, const char *room,
                  const struct measure *measure, const char *by);

#endif

/* join — the way into a room: for newcomers with some of its past, for those who come back with
 * everything that they missed.
 *
 * Shape:    one function a mode.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: nothing.
 */
#ifndef CHAT_JOIN_H
#define CHAT_JOIN_H

#include "session.h"

/* The first frame on a JSON connection. Returns 0, or -1 when memory is short. */
int join_welcome(struct conn *conn);

/* Do a `join` and answer it with `joined` and the messages that are due. Returns REFUSAL_NONE, or
 * why not; nothing was answered then. */
enum refusal join_json(struct conn *conn, struct request *request);

struct text_join {
    const char *room; /* NULL: the default one */
    const char *nick; /* NULL: none was given, and lines show the address */
    const char *pin;  /* NULL: none was given */
    uint64_t history; /* messages of the past to begin with */
};

/* Join as a text client does, by connecting. Returns as join_json. */
enum refusal join_text(struct conn *conn, const struct text_join *join);

#endif

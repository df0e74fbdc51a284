/* message — one numbered message of a room, as the parts hand it to each other.
 *
 * Shape:    texts by pointer, all NUL-terminated valid UTF-8, none NULL.
 * Owns:     nothing; whoever makes one says how long its texts live.
 * Borrows:  every text.
 * Calls up: nothing.
 */
#ifndef CHAT_MESSAGE_H
#define CHAT_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

enum message_kind {
    MESSAGE_SAID,
    MESSAGE_ANNOUNCED /* by the operator: it has no cid, and user may be "" */
};

struct message {
    enum message_kind kind;
    uint64_t offset;   /* its number in the room, from 1; 0 while it has none */
    int64_t time_ms;   /* since 1970, UTC */
    const char *nick;  /* who said it, as JSON clients see it */
    const char *label; /* who said it, as text clients see it between the first brackets */
    const char *user;  /* public id of the session that said it */
    const char *cid;   /* the sender's own id of the message; "" when it gave none */
    const char *text;
    size_t text_len;
};

#endif

/* publish — a message's way: into the store, from there to everybody in the room, and the answer to
 * the one who said it.
 *
 * Shape:    one publication a message, from the call to the store's answer.
 * Owns:     the publication; it survives the session that made it.
 * Borrows:  the texts, during the call.
 * Calls up: the store.
 */
#ifndef CHAT_PUBLISH_H
#define CHAT_PUBLISH_H

#include "session.h"

struct saying {
    const char *text; /* clean, valid UTF-8, NUL-terminated */
    size_t text_len;
    const char *cid;          /* "" for none */
    const struct wire_id *id; /* of the request that wants an answer; NULL for none */
};

/* Say something in the member's room. The answer, or the error of a store that fails, follows.
 * Returns REFUSAL_NONE, or INTERNAL when memory is short. */
enum refusal publish(struct member *member, const struct saying *saying);

#endif

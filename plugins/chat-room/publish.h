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

/* What became of an announcement: REFUSAL_NONE, STORAGE or ROOM_CLOSED. message: with its number,
 * when it is kept; good until this returns. */
typedef void announced_fn(void *ticket, enum refusal refusal, const struct message *message);

/* Clean a text as it is kept, into the world's `clean`.
 * Returns REFUSAL_NONE, EMPTY_TEXT, TEXT_TOO_LONG or INTERNAL. */
enum refusal publish_clean(struct world *world, const char *text, size_t len);

/* Say something in the member's room. The answer, or the error of a store that fails, follows.
 * Returns REFUSAL_NONE, or INTERNAL when memory is short. */
enum refusal publish(struct member *member, const struct saying *saying);

/* Announce what publish_clean has cleaned to everybody in the room, as a numbered message that is
 * nobody's. session: whose request that of `id` is, which is answered; or NULL, and `done` is
 * called instead. Returns as publish; `done` is never called then. */
enum refusal publish_announcement(struct room *room, struct session *session,
                                  const struct wire_id *id, announced_fn *done, void *ticket);

#endif

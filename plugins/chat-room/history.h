/* history — pages of a room's past for those who scroll back.
 *
 * Shape:    one page a request, ascending, the newest before a number.
 * Owns:     a page that the store has not read yet; it survives the member that asked.
 * Borrows:  its arguments, during a call.
 * Calls up: the store.
 */
#ifndef CHAT_HISTORY_H
#define CHAT_HISTORY_H

#include "session.h"

/* Read a page and send it; request->limit is within its range. Returns REFUSAL_NONE,
 * OFFSET_OUT_OF_RANGE, or INTERNAL when memory is short; nothing was sent then. */
enum refusal history_send(struct member *member, const struct request *request);

#endif

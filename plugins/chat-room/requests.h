/* requests — what the requests of the JSON protocol do.
 *
 * Shape:    one function a type of request behind one entry.
 * Owns:     nothing.
 * Borrows:  the connection and the request, during a call.
 * Calls up: nothing.
 * Not here: reading them (wire.h), rates and bad frames (input.h), joining (join.h), pages of the
 *           history (history.h).
 */
#ifndef CHAT_REQUESTS_H
#define CHAT_REQUESTS_H

#include "moderation.h"

/* Do it and answer it. Returns REFUSAL_NONE, or why it was not done; nothing was answered then, and
 * request->trouble may say more. The connection may be closing afterwards. */
enum refusal request_do(struct conn *conn, struct request *request);

/* The plain `ok`, when the request has an id. Returns REFUSAL_NONE or INTERNAL. */
enum refusal request_ok(struct conn *conn, const struct request *request);

/* What a request of who moderates asks for: the measure, and whom it hits. */
enum moderation request_measure(const struct request *request, struct measure *out);

/* Requests of who moderates (requests_moderation.c); as request_do. */
enum refusal request_announce(struct conn *conn, struct request *request);
enum refusal request_moderate(struct conn *conn, struct request *request);

#endif

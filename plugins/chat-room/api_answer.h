/* api_answer — what the chat's HTTP side says, as JSON.
 *
 * Shape:    one function an answer; each appends one object to `out`.
 * Owns:     nothing.
 * Borrows:  its arguments, during a call.
 * Calls up: the port's clocks; the store.
 * Not here: problems (http_reply.h), metrics (metrics.h), what the store answers later
 * (api_task.h).
 *
 * Every function returns 0, or -1 when memory is short; `out` may hold half an object then.
 */
#ifndef CHAT_API_ANSWER_H
#define CHAT_API_ANSWER_H

#include "api_request.h"
#include "catch_up.h"
#include "world.h"

/* version: of the program. */
int api_answer_status(struct bytes *out, const struct world *world, const char *version);

/* A page of the rooms that somebody is in, listens to, or of which messages are kept: in the order
 * of their names, those behind request->after. O(rooms). */
int api_answer_rooms(struct bytes *out, struct world *world, const struct api_request *request);

/* What part of a room's past is answered, and what is said about that. */
struct api_page {
    struct catch_up catch_up;
    bool has_since; /* a place was given: say whether the page goes on from there */
};

/* Choose it. Returns 0, or -1 with `problem`: 416. */
int api_page_choose(struct api_page *out, const struct store_state *past,
                    const struct api_request *request, struct api_problem *problem);

/* messages: of that range, as many as there were; ascending. */
int api_answer_messages(struct bytes *out, const char *room, const struct store_state *past,
                        const struct api_page *page, const struct message *messages, size_t count);

#endif

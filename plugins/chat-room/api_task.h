/* api_task — what an HTTP request has to wait for, because the store answers it: a page of a room's
 * past, or an announcement.
 *
 * Shape:    begins, is done once, and holds the answer then; a store in memory is done at once.
 * Owns:     the answer. A task whose requester has gone lives until the store has answered.
 * Borrows:  the room, which lives as long as tasks of it are under way; the request during a call.
 * Calls up: the store; `done`, at most once, never during api_task_*: after that api_task_is_done
 *           is true.
 */
#ifndef CHAT_API_TASK_H
#define CHAT_API_TASK_H

#include "api_answer.h"
#include "room.h"

typedef void api_task_done_fn(void *requester);

struct api_task;

/* Read the page that the request asks for.
 * Returns the task, or NULL with `problem`: 416, or 503 when memory is short. */
struct api_task *api_task_messages(struct room *room, const struct api_request *request,
                                   api_task_done_fn *done, void *requester,
                                   struct api_problem *problem);

/* Announce what publish_clean has cleaned. Returns as api_task_messages. */
struct api_task *api_task_announce(struct room *room, api_task_done_fn *done, void *requester,
                                   struct api_problem *problem);

bool api_task_is_done(const struct api_task *task);

/* The answer of a task that is done. Returns NULL with `problem` when it failed, else the JSON;
 * good until api_task_end. */
const struct bytes *api_task_answer(const struct api_task *task, struct api_problem *problem);

/* Let it go, done or not; `done` is not called any more. NULL is fine. */
void api_task_end(struct api_task *task);

#endif

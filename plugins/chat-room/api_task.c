#include "api_task.h"

#include "publish.h"

#include <stdlib.h>

#define PAGE_SHARE 8 /* a page's texts are at most this part of client-queue-bytes */

struct api_task {
    struct room *room;
    api_task_done_fn *done;
    void *requester;
    struct api_page page;
    struct api_problem problem;
    struct bytes body;
    bool is_starting; /* `done` is not for a call that has not returned yet */
    bool is_done;
    bool is_orphan;
};

static int refuse_memory(struct api_problem *problem)
{
    return api_problem_set(problem, 503, "internal", "Memory is short.");
}

static struct api_task *begin(struct room *room, api_task_done_fn *done, void *requester,
                              struct api_problem *problem)
{
    struct api_task *task = calloc(1, sizeof(*task));

    if (!task) {
        refuse_memory(problem);
        return NULL;
    }
    task->room = room;
    task->done = done;
    task->requester = requester;
    task->is_starting = true;
    room->errands++;
    return task;
}

static void finish(struct api_task *task, int failed)
{
    task->room->errands--;
    task->is_done = true;
    if (failed)
        refuse_memory(&task->problem);
    if (task->is_orphan)
        api_task_end(task);
    else if (!task->is_starting)
        task->done(task->requester);
}

static const struct store_state *state_of(const struct room *room)
{
    return room->world->store->ops->state(room->past, room->world->port->wall_ms());
}

/* What was there when it was asked for can't be read, or was forgotten in between. */
static bool is_lost(const struct api_page *page, const struct message *messages, size_t count)
{
    const struct catch_up *catch_up = &page->catch_up;

    if (catch_up->first > catch_up->last)
        return false;
    return count == 0 || (page->has_since && messages[0].offset != catch_up->first);
}

static void on_page(void *ticket, const struct message *messages, size_t count)
{
    struct api_task *task = ticket;
    const struct room *room = task->room;

    if (is_lost(&task->page, messages, count)) {
        api_problem_refusal(&task->problem, REFUSAL_STORAGE,
                            "The messages could not be read; try again.");
        finish(task, 0);
        return;
    }
    finish(task, !task->is_orphan && api_answer_messages(&task->body, room->name, state_of(room),
                                                         &task->page, messages, count));
}

struct api_task *api_task_messages(struct room *room, const struct api_request *request,
                                   api_task_done_fn *done, void *requester,
                                   struct api_problem *problem)
{
    const struct world *world = room->world;
    const struct store_state *past = state_of(room);
    struct api_page page;
    struct api_task *task;
    struct store_query query = {
        .limit = request->limit,
        .max_bytes = world->options->client_queue_bytes / PAGE_SHARE,
        .is_newest = !request->has_offset,
    };

    if (api_page_choose(&page, past, request, problem))
        return NULL;
    query.after = page.catch_up.first - 1;
    query.before = page.catch_up.last + 1;
    task = begin(room, done, requester, problem);
    if (!task)
        return NULL;
    task->page = page;
    world->store->ops->read(room->past, &query, on_page, task);
    task->is_starting = false;
    return task;
}

static void on_announced(void *ticket, enum refusal refusal, const struct message *message)
{
    struct api_task *task = ticket;
    static const struct wire_id no_id = {WIRE_ID_NONE, 0, ""};
    int failed = 0;

    if (refusal)
        api_problem_refusal(&task->problem, refusal, NULL);
    else
        failed = wire_ok_kept(&task->body, &no_id, message->offset, message->time_ms);
    finish(task, failed);
}

struct api_task *api_task_announce(struct room *room, api_task_done_fn *done, void *requester,
                                   struct api_problem *problem)
{
    struct api_task *task = begin(room, done, requester, problem);

    if (!task)
        return NULL;
    if (publish_announcement(room, NULL, NULL, on_announced, task)) {
        room->errands--;
        free(task);
        refuse_memory(problem);
        return NULL;
    }
    task->is_starting = false;
    return task;
}

bool api_task_is_done(const struct api_task *task) { return task->is_done; }

const struct bytes *api_task_answer(const struct api_task *task, struct api_problem *problem)
{
    if (!task->problem.status)
        return &task->body;
    *problem = task->problem;
    return NULL;
}

void api_task_end(struct api_task *task)
{
    if (!task)
        return;
    if (!task->is_done) {
        task->is_orphan = true;
        return;
    }
    bytes_fini(&task->body);
    free(task);
}

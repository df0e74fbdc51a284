/* The HTTP side while one allocation after the other fails: an answer may be an error, a listener
 * may be dropped, but nothing crashes, leaks, or is told half. */
#include "alloc_fail.h"
#include "api_task.h"
#include "fake_port.h"
#include "listener.h"
#include "publish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void never(void *requester)
{
    (void)requester;
    fail();
}

/* Returns whether it could be announced. */
static bool announce(struct room *room, const char *text)
{
    struct api_problem problem = {0};
    struct api_task *task;
    bool is_done;

    if (publish_clean(room->world, text, strlen(text)))
        return false;
    task = api_task_announce(room, never, NULL, &problem);
    is_done = task && api_task_answer(task, &problem);
    assert_true(is_done || problem.status == 503);
    api_task_end(task);
    return is_done;
}

static void ask(struct world *world, struct room *room)
{
    struct api_request request = {.limit = 10};
    struct api_problem problem = {0};
    struct bytes out = {0};
    struct api_task *task = api_task_messages(room, &request, never, NULL, &problem);
    const struct bytes *body = task ? api_task_answer(task, &problem) : NULL;

    if (body)
        assert_string_equal(body->data + body->len - 2, "e}"); /* "more":false} or true} */
    else
        assert_int_equal(problem.status, 503);
    api_task_end(task);
    (void)!api_answer_rooms(&out, world, &request);
    (void)!api_answer_status(&out, world, "1.0.0");
    bytes_fini(&out);
}

/* What it has heard ends with a whole event, unless it is dropped. */
static void listen_to(struct world *world, struct room *room)
{
    struct sse_place since = {"old", 3};
    struct listener listener = {0};
    struct fake_link link = {0};
    struct frames run;

    if (listener_open(&listener, room, &link, "192.0.2.1", &since) == LISTENER_OPEN) {
        announce(room, "news");
        fake_flush(world);
        while (link.wants_writable) {
            link.wants_writable = false;
            if (listener_next(&listener, 64, &run) != LISTENER_BYTES)
                break;
            listener_wrote(&listener);
            if (listener.own_sent == listener.own.len && !link.wants_writable)
                assert_memory_equal(run.bytes + run.len - 2, "\n\n", 2);
        }
        world_sweep(world);
    }
    listener_closed(&listener);
}

static void everything_may_fail_once(void **state)
{
    static const char *const options[] = {"rate", "0", NULL, NULL};
    unsigned long n;
    bool has_failed = true;

    (void)state;
    for (n = 0; has_failed; n++) {
        struct world *world = fake_world(options);
        struct room *room = world_room(world, "lobby", true);

        assert_true(announce(room, "first"));
        alloc_fail_arm(n);
        announce(room, "second");
        ask(world, room);
        listen_to(world, room);
        has_failed = alloc_fail_disarm();
        assert_int_equal(world->listener_count, 0);
        assert_int_equal(world->conn_count, 0);
        assert_int_equal(room->errands, 0);
        assert_true(announce(room, "third"));
        fake_flush(world);
        fake_world_free(world);
    }
    assert_true(n > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_may_fail_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

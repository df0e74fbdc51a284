/* What the HTTP side says, also where the store lets it wait. */
#include "api_answer.h"

#include "api_task.h"
#include "fake_port.h"
#include "publish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *loaded(struct bytes *out)
{
    json_t *object = json_loadb(out->data, out->len, 0, NULL);

    assert_non_null(object);
    bytes_fini(out);
    return object;
}

static void expect_number(const json_t *object, const char *name, json_int_t value)
{
    const json_t *number = json_object_get(object, name);

    assert_true(json_is_integer(number));
    assert_int_equal(json_integer_value(number), value);
}

static void the_status_counts(void **state)
{
    struct world *world = fake_world(NULL);
    struct fake_link *a = fake_json(world, "a", "Ann"), *b = fake_text(world, "b", NULL);
    struct bytes out = {0};
    json_t *status, *part;

    (void)state;
    fake_forward_ms(2500);
    assert_int_equal(api_answer_status(&out, world, "1.2.3"), 0);
    status = loaded(&out);
    assert_string_equal(json_string_value(json_object_get(status, "version")), "1.2.3");
    expect_number(status, "uptime", 2);
    expect_number(status, "rooms", 2);
    expect_number(status, "members", 2);
    part = json_object_get(status, "connections");
    expect_number(part, "all", 2);
    expect_number(part, "json", 1);
    expect_number(part, "text", 1);
    expect_number(part, "events", 0);
    part = json_object_get(status, "store");
    assert_string_equal(json_string_value(json_object_get(part, "state")), "ok");
    json_decref(status);
    fake_free(a);
    fake_free(b);
    fake_world_free(world);
}

/* Pages of every size hold all rooms in the order of their names, each once. */
static void rooms_come_in_order(void **state)
{
    static const char *const options[] = {"rooms-per-client", "100", NULL, NULL};
    struct world *world = fake_world(options);
    struct fake_link *ann = fake_json(world, "r0", "Ann");
    struct api_request request = {0};
    char name[16];
    unsigned n;

    (void)state;
    for (n = 1; n < 23; n++) {
        snprintf(name, sizeof(name), "r%u", n * 7 % 23);
        fake_free(fake_json(world, name, "x"));
        assert_int_equal(world_room(world, name, false) != NULL, 1);
    }
    for (request.limit = 1; request.limit <= 30; request.limit++) {
        unsigned seen = 0;
        bool has_more = true;

        request.after[0] = '\0';
        while (has_more) {
            struct bytes out = {0};
            json_t *page, *room;
            size_t at;

            assert_int_equal(api_answer_rooms(&out, world, &request), 0);
            page = loaded(&out);
            json_array_foreach(json_object_get(page, "rooms"), at, room)
            {
                const char *found = json_string_value(json_object_get(room, "room"));

                assert_true(strcmp(found, request.after) > 0);
                strcpy(request.after, found);
                seen++;
            }
            assert_true(at > 0 && at <= request.limit);
            has_more = json_is_true(json_object_get(page, "more"));
            assert_int_equal(has_more, seen < world->rooms.count);
            json_decref(page);
        }
        assert_int_equal(seen, world->rooms.count);
    }
    fake_free(ann);
    fake_world_free(world);
}

static const struct store_state past = {.epoch = "e", .head = 20, .oldest = 11, .history_from = 16};

static struct api_page chosen(const struct api_request *request)
{
    struct api_problem problem = {0};
    struct api_page page;

    assert_int_equal(api_page_choose(&page, &past, request, &problem), 0);
    return page;
}

static void pages_are_chosen(void **state)
{
    struct api_request request = {.limit = 3};
    struct api_problem problem = {0};
    struct api_page page = chosen(&request);

    (void)state;
    assert_false(page.has_since);
    assert_int_equal(page.catch_up.first, 18);
    request.has_offset = true;
    request.offset = 12;
    page = chosen(&request);
    assert_true(page.has_since && page.catch_up.is_recovered);
    assert_int_equal(page.catch_up.first, 13);
    request.offset = 2;
    page = chosen(&request);
    assert_int_equal(page.catch_up.missed, 8);
    assert_int_equal(page.catch_up.first, 11);
    request.offset = 21;
    assert_int_equal(api_page_choose(&page, &past, &request, &problem), -1);
    assert_int_equal(problem.status, 416);
    request.has_epoch = true;
    strcpy(request.epoch, "e");
    page = chosen(&request);
    assert_false(page.catch_up.is_recovered || page.catch_up.has_missed);
    assert_int_equal(page.catch_up.first, 16);
}

static void never(void *requester)
{
    (void)requester;
    fail();
}

static void tasks_of_memory_are_done_at_once(void **state)
{
    struct world *world = fake_world(NULL);
    struct room *room = world_room(world, "lobby", true);
    struct api_request request = {.limit = 2};
    struct api_problem problem = {0};
    struct api_task *task;
    const struct bytes *body;
    unsigned n;

    (void)state;
    for (n = 0; n < 3; n++) {
        assert_int_equal(publish_clean(world, "tea", 3), REFUSAL_NONE);
        task = api_task_announce(room, never, NULL, &problem);
        assert_non_null(task);
        assert_true(api_task_is_done(task));
        body = api_task_answer(task, &problem);
        assert_non_null(strstr(body->data, "{\"type\":\"ok\",\"offset\":"));
        api_task_end(task);
    }
    task = api_task_messages(room, &request, never, NULL, &problem);
    assert_true(api_task_is_done(task));
    body = api_task_answer(task, &problem);
    assert_non_null(strstr(body->data, "\"offset\":2,"));
    assert_non_null(strstr(body->data, "\"more\":true}"));
    api_task_end(task);
    request.has_offset = true;
    request.offset = 9;
    assert_null(api_task_messages(room, &request, never, NULL, &problem));
    assert_int_equal(problem.status, 416);
    assert_int_equal(room->errands, 0);
    fake_world_free(world);
}

/* A store that answers when it is told to. */
static struct {
    store_page_fn *done;
    void *ticket;
} asked;

static void read_later(struct store_room *room, const struct store_query *query,
                       store_page_fn *done, void *ticket)
{
    (void)room;
    (void)query;
    asked.done = done;
    asked.ticket = ticket;
}

static void count_call(void *requester) { ++*(unsigned *)requester; }

static void requesters_may_go_before_the_answer(void **state)
{
    struct world *world = fake_world(NULL);
    const struct store_ops *ops = world->store->ops;
    struct store_ops slow = *ops;
    struct room *room = world_room(world, "lobby", true);
    struct api_request request = {.limit = 2};
    struct api_problem problem = {0};
    unsigned calls = 0;
    struct api_task *task;

    (void)state;
    slow.read = read_later;
    world->store->ops = &slow;
    task = api_task_messages(room, &request, count_call, &calls, &problem);
    assert_false(api_task_is_done(task));
    assert_int_equal(room->errands, 1);
    asked.done(asked.ticket, NULL, 0);
    assert_int_equal(calls, 1);
    assert_true(api_task_is_done(task));
    assert_non_null(api_task_answer(task, &problem));
    api_task_end(task);
    task = api_task_messages(room, &request, count_call, &calls, &problem);
    api_task_end(task);
    asked.done(asked.ticket, NULL, 0);
    assert_int_equal(calls, 1);
    assert_int_equal(room->errands, 0);
    world->store->ops = ops;
    fake_world_free(world);
}

/* An empty page would say that there is nothing, and a later one that nothing was before it. */
static void a_page_that_the_store_does_not_give_is_an_error(void **state)
{
    struct world *world = fake_world(NULL);
    const struct store_ops *ops = world->store->ops;
    struct store_ops slow = *ops;
    struct room *room = world_room(world, "lobby", true);
    struct api_request newest = {.limit = 2}, after = {.limit = 2, .has_offset = true};
    const struct api_request *const requests[] = {&newest, &after, &after};
    const struct message second = {
        .offset = 2, .nick = "", .label = "", .user = "", .cid = "", .text = "", .text_len = 0};
    struct api_problem problem = {0};
    unsigned calls = 0;
    struct api_task *task;
    size_t n;

    (void)state;
    for (n = 0; n < 2; n++) {
        assert_int_equal(publish_clean(world, "x", 1), REFUSAL_NONE);
        task = api_task_announce(room, never, NULL, &problem);
        assert_non_null(api_task_answer(task, &problem));
        api_task_end(task);
    }
    slow.read = read_later;
    world->store->ops = &slow;
    for (n = 0; n < sizeof(requests) / sizeof(requests[0]); n++) {
        problem = (struct api_problem){0};
        task = api_task_messages(room, requests[n], count_call, &calls, &problem);
        asked.done(asked.ticket, n == 2 ? &second : NULL, n == 2);
        assert_null(api_task_answer(task, &problem));
        assert_int_equal(problem.status, 503);
        assert_string_equal(problem.reason, "storage");
        api_task_end(task);
    }
    world->store->ops = ops;
    fake_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_counts),
        cmocka_unit_test(rooms_come_in_order),
        cmocka_unit_test(pages_are_chosen),
        cmocka_unit_test(tasks_of_memory_are_done_at_once),
        cmocka_unit_test(requesters_may_go_before_the_answer),
        cmocka_unit_test(a_page_that_the_store_does_not_give_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

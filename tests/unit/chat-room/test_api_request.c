/* What a path, a method and parameters mean, and who may. */
#include "api_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_route(enum api_method method, const char *path, enum api_route route,
                         const char *room)
{
    struct api_problem problem = {0};
    struct api_request request;

    assert_int_equal(api_request_route(&request, method, path, strlen(path), &problem), 0);
    assert_int_equal(request.route, route);
    assert_string_equal(request.room, room);
    assert_int_equal(request.is_write, method == API_POST || method == API_DELETE);
}

static void routes_are_found(void **state)
{
    (void)state;
    expect_route(API_GET, "/status", API_STATUS, "");
    expect_route(API_HEAD, "status", API_STATUS, ""); /* lws's way for a mount on "/" */
    expect_route(API_GET, "/metrics", API_METRICS, "");
    expect_route(API_GET, "/rooms", API_ROOMS, "");
    expect_route(API_DELETE, "/rooms/Den", API_ROOM, "den");
    expect_route(API_GET, "/rooms/a/messages", API_MESSAGES, "a");
    expect_route(API_HEAD, "/rooms/a/events", API_EVENTS, "a");
    expect_route(API_POST, "/rooms/rooms/announcements", API_ANNOUNCEMENTS, "rooms");
    expect_route(API_POST, "/rooms/a.b-c_9/moderation", API_MODERATION, "a.b-c_9");
}

static void expect_problem(enum api_method method, const char *path, unsigned status,
                           const char *allow)
{
    struct api_problem problem = {0};
    struct api_request request;

    assert_int_equal(api_request_route(&request, method, path, strlen(path), &problem), -1);
    assert_int_equal(problem.status, status);
    if (allow)
        assert_string_equal(problem.allow, allow);
    else
        assert_null(problem.allow);
}

static void what_is_no_route_is_refused(void **state)
{
    static const char *const unknown[] = {"",         "/",       "//",         "/statuss",
                                          "/status/", "/rooms/", "/rooms/a/b", "/rooms/a/messages/",
                                          "/messages"};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(unknown) / sizeof(unknown[0]); n++)
        expect_problem(API_GET, unknown[n], 404, NULL);
    expect_problem(API_GET, "/rooms/a b/messages", 400, NULL);
    expect_problem(API_GET, "/rooms//messages", 400, NULL);
    expect_problem(API_POST, "/status", 405, "GET, HEAD, OPTIONS");
    expect_problem(API_GET, "/rooms/a", 405, "DELETE, OPTIONS");
    expect_problem(API_HEAD, "/rooms/a/moderation", 405, "POST, OPTIONS");
    expect_problem(API_OPTIONS, "/rooms", 405, "GET, HEAD, OPTIONS");
}

static int read(struct api_request *request, const struct api_parameters *given,
                struct api_problem *problem)
{
    memset(request, 0, sizeof(*request));
    memset(problem, 0, sizeof(*problem));
    return api_request_parameters(request, given, problem);
}

static void parameters_are_read(void **state)
{
    struct api_parameters given = {0};
    struct api_request request;
    struct api_problem problem;

    (void)state;
    assert_int_equal(read(&request, &given, &problem), 0);
    assert_int_equal(request.limit, API_PAGE_DEFAULT);
    assert_false(request.has_offset || request.has_epoch || request.has_since);
    given = (struct api_parameters){
        .epoch = "e", .offset = "12", .limit = "100", .after = "Den", .last_event_id = "e:3"};
    assert_int_equal(read(&request, &given, &problem), 0);
    assert_string_equal(request.epoch, "e");
    assert_int_equal(request.offset, 12);
    assert_int_equal(request.limit, 100);
    assert_string_equal(request.after, "den");
    assert_true(request.has_since);
    assert_int_equal(request.since.offset, 3);
}

static void strange_places_are_places_of_long_ago(void **state)
{
    struct api_parameters given = {.last_event_id = "what?", .offset = "1"};
    char epoch[100];
    struct api_request request;
    struct api_problem problem;

    (void)state;
    memset(epoch, 'e', sizeof(epoch) - 1);
    epoch[sizeof(epoch) - 1] = '\0';
    given.epoch = epoch;
    assert_int_equal(read(&request, &given, &problem), 0);
    assert_true(request.has_since && request.has_epoch);
    assert_string_equal(request.since.epoch, "");
    assert_string_equal(request.epoch, "");
    given.last_event_id = "";
    assert_int_equal(read(&request, &given, &problem), 0);
    assert_false(request.has_since);
}

static void bad_parameters_are_refused(void **state)
{
    static const struct api_parameters bad[] = {
        {.limit = "0"},   {.limit = "101"}, {.limit = ""},  {.limit = "1x"},
        {.offset = "-1"}, {.offset = ""},   {.epoch = "e"}, {.offset = "1000000000000000000"},
        {.after = " "}};
    struct api_request request;
    struct api_problem problem;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
        assert_int_equal(read(&request, &bad[n], &problem), -1);
        assert_int_equal(problem.status, 400);
    }
}

static void set_options(struct chat_options *options, const char *api, bool has_key)
{
    struct option_value values[] = {
        {"den:pin", "1234"}, {"den:secret", "lion"}, {"api", api}, {"admin-key", "sesame"}};
    struct problem problem = {0};

    memset(options, 0, sizeof(*options));
    assert_int_equal(options_read(chat_option_table, chat_option_rows, values, has_key ? 4 : 3,
                                  chat_options_family, options, &problem),
                     0);
    assert_int_equal(chat_options_check(options, &problem), 0);
}

static unsigned admit(const struct chat_options *options, const char *room, bool is_write,
                      const char *authorization, const char *pin)
{
    struct api_credentials given = {.authorization = authorization, .pin = pin};
    struct api_request request = {.is_write = is_write};
    struct api_problem problem = {0};

    strcpy(request.room, room);
    return api_request_admit(&request, options, &given, &problem) ? problem.status : 200;
}

static void keys_open(void **state)
{
    static struct chat_options options;

    (void)state;
    set_options(&options, "on", true);
    assert_int_equal(admit(&options, "", false, NULL, NULL), 200);
    assert_int_equal(admit(&options, "a", true, NULL, NULL), 401);
    assert_int_equal(admit(&options, "a", true, "Basic sesame", NULL), 401);
    assert_int_equal(admit(&options, "a", true, "Bearer sesam", NULL), 403);
    assert_int_equal(admit(&options, "a", true, "Bearer sesame", NULL), 200);
    assert_int_equal(admit(&options, "a", true, "bearer  sesame", NULL), 200);
    assert_int_equal(admit(&options, "a", true, "Bearer sesame \t ", NULL), 200);
    assert_int_equal(admit(&options, "a", true, "Bearer \t ", NULL), 403);
    assert_int_equal(admit(&options, "a", true, "Bearer lion", NULL), 403);
    assert_int_equal(admit(&options, "den", true, "Bearer lion", NULL), 200);
    assert_int_equal(admit(&options, "den", true, NULL, "1234"), 401);
}

static void pins_open_for_reading(void **state)
{
    static struct chat_options options;

    (void)state;
    set_options(&options, "on", true);
    assert_int_equal(admit(&options, "den", false, NULL, NULL), 401);
    assert_int_equal(admit(&options, "den", false, NULL, "1235"), 401);
    assert_int_equal(admit(&options, "den", false, NULL, "1234"), 200);
    assert_int_equal(admit(&options, "den", false, "Bearer sesame", NULL), 200);
    assert_int_equal(admit(&options, "den", false, "Bearer 1234", NULL), 401);
}

static void the_option_closes(void **state)
{
    static struct chat_options options;

    (void)state;
    set_options(&options, "off", true);
    assert_int_equal(admit(&options, "", false, "Bearer sesame", NULL), 404);
    set_options(&options, "read", true);
    assert_int_equal(admit(&options, "", false, NULL, NULL), 200);
    assert_int_equal(admit(&options, "a", true, "Bearer sesame", NULL), 403);
    set_options(&options, "key", true);
    assert_int_equal(admit(&options, "", false, NULL, NULL), 401);
    assert_int_equal(admit(&options, "", false, "Bearer lion", NULL), 403);
    assert_int_equal(admit(&options, "", false, "Bearer sesame", NULL), 200);
    set_options(&options, "on", false);
    assert_int_equal(admit(&options, "a", true, "Bearer sesame", NULL), 403);
    assert_int_equal(admit(&options, "den", true, "Bearer lion", NULL), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_are_found),
        cmocka_unit_test(what_is_no_route_is_refused),
        cmocka_unit_test(parameters_are_read),
        cmocka_unit_test(strange_places_are_places_of_long_ago),
        cmocka_unit_test(bad_parameters_are_refused),
        cmocka_unit_test(keys_open),
        cmocka_unit_test(pins_open_for_reading),
        cmocka_unit_test(the_option_closes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

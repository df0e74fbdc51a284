#include "h2_scene.h"

#include <stdio.h>
#include <stdlib.h>

static void a_request_and_its_answer(void **state)
{
    static const char *const wanted[] = {"X-Left", NULL};
    static const struct fetch_header headers[] = {{"Accept", "a/b"}, {"X-Y", "Z \xc3\xa9"}};
    const struct fetch_request post = {.method = "POST",
                                       .headers = headers,
                                       .header_count = 2,
                                       .body = "hello",
                                       .body_bytes = 5,
                                       .wanted = wanted,
                                       .max_reply_bytes = MAX_BODY};
    struct scene scene;

    (void)state;
    open_scene(&scene);
    assert_int_equal(send(&scene, 0, &post, "/a?b=c"), 0);
    carry(&scene);
    assert_string_equal(scene.peer.requests[0].head.data,
                        ":method: POST\n:scheme: https\n:authority: a.example:8443\n:path: /a?b=c\n"
                        "accept: a/b\nx-y: Z \xc3\xa9\ncontent-length: 5\n");
    assert_int_equal(scene.peer.requests[0].body_bytes, 5);
    assert_true(scene.peer.requests[0].is_whole);
    h2_peer_headers(&scene.peer, 0, 1,
                    ":status: 503\nx-left: 7\nretry-after: 9\ncontent-length: 4\n");
    h2_peer_data(&scene.peer, 0, 1, "bu");
    h2_peer_data(&scene.peer, NGHTTP2_FLAG_END_STREAM, 1, "sy");
    carry(&scene);
    assert_end(&scene, 0, H2_END_DONE);
    assert_int_equal(scene.responses[0].code, 503);
    assert_string_equal(scene.responses[0].reason, "");
    assert_string_equal(scene.responses[0].body.data, "busy");
    assert_string_equal(scene.responses[0].wanted[0], "7");
    assert_int_equal(http_response_retry_after_s(&scene.responses[0], 0), 9);
    assert_int_equal(h2_session_count(scene.session), 0);
    assert_int_equal(scene.result, 0);
    close_scene(&scene);
}

static void lengths_and_paths_are_said_as_in_http_1(void **state)
{
    static const struct {
        const char *method, *body, *said;
    } rows[] = {{"GET", NULL, NULL},
                {"HEAD", NULL, NULL},
                {"DELETE", NULL, NULL},
                {"POST", NULL, "content-length: 0\n"},
                {"PUT", "", "content-length: 0\n"},
                {"DELETE", "why", "content-length: 3\n"}};
    struct scene scene;
    size_t n;

    (void)state;
    open_scene(&scene);
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        const struct fetch_request request = {.method = rows[n].method,
                                              .body = rows[n].body,
                                              .body_bytes =
                                                  rows[n].body ? strlen(rows[n].body) : 0};
        const char *said;

        assert_int_equal(send(&scene, n, &request, ""), 0);
        carry(&scene);
        assert_true(scene.peer.requests[n].is_whole);
        assert_non_null(strstr(scene.peer.requests[n].head.data, ":path: /\n"));
        said = strstr(scene.peer.requests[n].head.data, "content-length");
        assert_true(rows[n].said ? said && strcmp(said, rows[n].said) == 0 : !said);
        h2_session_cancel(&scene.streams[n]);
    }
    close_scene(&scene);
}

static void a_hundred_at_once_answered_backwards(void **state)
{
    static char texts[COUNT][24];
    struct scene scene;
    size_t n;

    (void)state;
    ask(&scene, &get, COUNT);
    assert_int_equal(h2_session_count(scene.session), COUNT);
    for (n = COUNT; n-- > 0;) {
        snprintf(texts[n], sizeof(texts[n]), "%zu", n);
        h2_peer_answer(&scene.peer, (int32_t)(2 * n + 1), texts[n]);
    }
    carry(&scene);
    for (n = 0; n < COUNT; n++) {
        assert_end(&scene, n, H2_END_DONE);
        assert_string_equal(scene.responses[n].body.data, texts[n]);
    }
    close_scene(&scene);
}

static void bytes_may_come_one_by_one(void **state)
{
    struct scene scene;

    (void)state;
    ask(&scene, &get, 2);
    h2_peer_headers(&scene.peer, 0, 3, ":status: 200\nx-long: 0123456789\n");
    h2_peer_answer(&scene.peer, 1, "one");
    h2_peer_data(&scene.peer, NGHTTP2_FLAG_END_STREAM, 3, "two");
    assert_int_equal(h2_peer_carry(&scene.peer, scene.session, 1), 0);
    carry(&scene);
    assert_end(&scene, 0, H2_END_DONE);
    assert_end(&scene, 1, H2_END_DONE);
    assert_string_equal(scene.responses[0].body.data, "one");
    assert_string_equal(scene.responses[1].body.data, "two");
    close_scene(&scene);
}

static void large_bodies_pass_the_windows_both_ways(void **state)
{
    const size_t len = 1000000;
    char *text = malloc(len + 1);
    const struct fetch_request put = {
        .method = "PUT", .body = text, .body_bytes = len, .max_reply_bytes = len};
    struct scene scene;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', len);
    text[len] = 0;
    ask(&scene, &put, 2);
    assert_int_equal(scene.peer.requests[0].body_bytes, len);
    assert_int_equal(scene.peer.requests[1].body_bytes, len);
    h2_peer_answer(&scene.peer, 1, text);
    h2_peer_answer(&scene.peer, 3, text);
    carry(&scene);
    assert_end(&scene, 0, H2_END_DONE);
    assert_end(&scene, 1, H2_END_DONE);
    assert_int_equal(scene.responses[1].body.len, len);
    close_scene(&scene);
    free(text);
}

/* One until the peer has said how many; then as many as it said last. */
static void the_peer_says_how_many(void **state)
{
    struct scene scene = {0};
    size_t n;

    (void)state;
    h2_peer_init(&scene.peer, 3, WINDOW);
    scene.session = h2_session_new("http", "a");
    assert_true(h2_session_has_room(scene.session));
    assert_int_equal(send(&scene, 0, &get, "/"), 0);
    assert_false(h2_session_has_room(scene.session));
    carry(&scene);
    for (n = 1; n < 3; n++) {
        assert_true(h2_session_has_room(scene.session));
        assert_int_equal(send(&scene, n, &get, "/"), 0);
    }
    assert_false(h2_session_has_room(scene.session));
    carry(&scene);
    h2_peer_setting(&scene.peer, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1);
    carry(&scene);
    for (n = 0; n < 3; n++) {
        assert_false(h2_session_has_room(scene.session));
        h2_peer_answer(&scene.peer, (int32_t)(2 * n + 1), "x");
        carry(&scene);
        assert_end(&scene, n, H2_END_DONE);
    }
    assert_true(h2_session_has_room(scene.session));
    h2_peer_setting(&scene.peer, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 0);
    carry(&scene);
    assert_false(h2_session_has_room(scene.session));
    assert_false(h2_session_is_leaving(scene.session));
    close_scene(&scene);
}

static void resets_end_one_stream(void **state)
{
    static const struct {
        uint32_t code;
        enum h2_end end;
    } rows[] = {{NGHTTP2_REFUSED_STREAM, H2_END_REFUSED},
                {NGHTTP2_CANCEL, H2_END_CLOSED},
                {NGHTTP2_INTERNAL_ERROR, H2_END_CLOSED},
                {NGHTTP2_NO_ERROR, H2_END_CLOSED}};
    const size_t count = sizeof(rows) / sizeof(rows[0]);
    struct scene scene;
    size_t n;

    (void)state;
    ask(&scene, &get, count + 1);
    for (n = 0; n < count; n++) {
        if (n)
            h2_peer_headers(&scene.peer, 0, (int32_t)(2 * n + 1), ":status: 200\n");
        h2_peer_reset(&scene.peer, (int32_t)(2 * n + 1), rows[n].code);
    }
    h2_peer_answer(&scene.peer, (int32_t)(2 * count + 1), "x");
    carry(&scene);
    for (n = 0; n < count; n++)
        assert_end(&scene, n, rows[n].end);
    assert_end(&scene, count, H2_END_DONE);
    assert_int_equal(scene.result, 0);
    close_scene(&scene);
}

/* What it has begun with it may end; the rest may be asked elsewhere. */
static void a_peer_that_leaves(void **state)
{
    struct scene scene;

    (void)state;
    ask(&scene, &get, 4);
    h2_peer_goaway(&scene.peer, INT32_MAX, NGHTTP2_NO_ERROR); /* a warning */
    carry(&scene);
    assert_true(h2_session_is_leaving(scene.session));
    assert_false(h2_session_has_room(scene.session));
    assert_int_equal(h2_session_count(scene.session), 4);
    h2_peer_goaway(&scene.peer, 3, NGHTTP2_NO_ERROR);
    carry(&scene);
    assert_end(&scene, 2, H2_END_REFUSED);
    assert_end(&scene, 3, H2_END_REFUSED);
    h2_peer_answer(&scene.peer, 1, "x");
    carry(&scene);
    assert_end(&scene, 0, H2_END_DONE);
    assert_int_equal(scene.result, 0);
    h2_peer_answer(&scene.peer, 3, "x");
    carry(&scene);
    assert_end(&scene, 1, H2_END_DONE);
    assert_int_equal(scene.result, -1);
    assert_int_equal(send(&scene, 4, &get, "/"), -1);
    assert_null(scene.streams[4].session);
    close_scene(&scene);
}

static void the_end_of_the_connection_ends_each_once(void **state)
{
    struct scene scene;

    (void)state;
    ask(&scene, &get, 3);
    h2_peer_answer(&scene.peer, 1, "x");
    h2_peer_headers(&scene.peer, 0, 3, ":status: 200\n");
    carry(&scene);
    h2_session_close(scene.session);
    h2_session_close(scene.session);
    carry(&scene);
    assert_end(&scene, 0, H2_END_DONE);
    assert_end(&scene, 1, H2_END_CLOSED);
    assert_end(&scene, 2, H2_END_CLOSED);
    assert_false(http_response_is_untouched(&scene.responses[1]));
    assert_true(http_response_is_untouched(&scene.responses[2]));
    close_scene(&scene);
}

static void who_gives_up_hurts_nobody(void **state)
{
    struct scene scene;

    (void)state;
    ask(&scene, &get, 3);
    h2_peer_headers(&scene.peer, 0, 1, ":status: 200\n");
    carry(&scene);
    h2_session_cancel(&scene.streams[0]);
    h2_session_cancel(&scene.streams[0]);
    h2_session_cancel(&scene.streams[1]);
    assert_int_equal(h2_session_count(scene.session), 1);
    h2_peer_data(&scene.peer, NGHTTP2_FLAG_END_STREAM, 1, "too late");
    h2_peer_headers(&scene.peer, NGHTTP2_FLAG_END_STREAM, 3, ":status: 200\n");
    h2_peer_answer(&scene.peer, 5, "x");
    carry(&scene);
    assert_true(scene.peer.requests[0].is_reset);
    assert_int_equal(scene.peer.requests[0].reset, NGHTTP2_CANCEL);
    assert_int_equal(scene.have_ended[0] + scene.have_ended[1], 0);
    assert_end(&scene, 2, H2_END_DONE);
    assert_int_equal(scene.result, 0);
    assert_int_equal(send(&scene, 0, &get, "/"), 0);
    close_scene(&scene); /* with one under way */
    h2_session_cancel(&scene.streams[0]);
    h2_session_free(NULL);
}

static void leaving_is_said(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene);
    h2_session_leave(scene.session);
    assert_true(h2_session_is_leaving(scene.session));
    carry(&scene);
    assert_true(scene.peer.has_farewell);
    assert_int_equal(scene.peer.farewell, NGHTTP2_NO_ERROR);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_and_its_answer),
        cmocka_unit_test(lengths_and_paths_are_said_as_in_http_1),
        cmocka_unit_test(a_hundred_at_once_answered_backwards),
        cmocka_unit_test(bytes_may_come_one_by_one),
        cmocka_unit_test(large_bodies_pass_the_windows_both_ways),
        cmocka_unit_test(the_peer_says_how_many),
        cmocka_unit_test(resets_end_one_stream),
        cmocka_unit_test(a_peer_that_leaves),
        cmocka_unit_test(the_end_of_the_connection_ends_each_once),
        cmocka_unit_test(who_gives_up_hurts_nobody),
        cmocka_unit_test(leaving_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "h2_scene.h"

#include "alloc_fail.h"

#include <stdlib.h>

/* One answer in raw frames, behind an open request of `method`. */
static void assert_answer(const char *method, const char *head, const char *body, enum h2_end end)
{
    const struct fetch_request request = {.method = method, .max_reply_bytes = 10};
    struct scene scene;

    ask(&scene, &request, 1);
    h2_peer_headers(&scene.peer, body ? 0 : NGHTTP2_FLAG_END_STREAM, 1, head);
    if (body)
        h2_peer_data(&scene.peer, NGHTTP2_FLAG_END_STREAM, 1, body);
    carry(&scene);
    assert_end(&scene, 0, end);
    assert_int_equal(scene.result, 0);
    if (end == H2_END_DONE && body)
        assert_string_equal(scene.responses[0].body.data, body);
    /* The connection is as good as before. */
    assert_int_equal(send(&scene, 1, &get, "/"), 0);
    carry(&scene);
    h2_peer_answer(&scene.peer, 3, "x");
    carry(&scene);
    assert_end(&scene, 1, H2_END_DONE);
    close_scene(&scene);
}

static void lengths_must_be_right(void **state)
{
    (void)state;
    assert_answer("GET", ":status: 200\ncontent-length: 3\n", "abc", H2_END_DONE);
    assert_answer("GET", ":status: 200\ncontent-length: 4\n", "abc", H2_END_CLOSED);
    assert_answer("GET", ":status: 200\ncontent-length: 2\n", "abc", H2_END_CLOSED);
    assert_answer("GET", ":status: 200\ncontent-length: 1\n", NULL, H2_END_CLOSED);
    assert_answer("GET", ":status: 200\ncontent-length: 1\ncontent-length: 2\n", "a",
                  H2_END_CLOSED);
    assert_answer("GET", ":status: 200\n", NULL, H2_END_DONE);
    assert_answer("GET", ":status: 204\n", NULL, H2_END_DONE);
    assert_answer("HEAD", ":status: 200\ncontent-length: 99\n", NULL, H2_END_DONE);
    assert_answer("GET", ":status: 304\ncontent-length: 99\n", NULL, H2_END_DONE);
}

static void what_is_no_response(void **state)
{
    (void)state;
    assert_answer("GET", "x: y\n", "a", H2_END_CLOSED);
    assert_answer("GET", ":status: 2000\n", "a", H2_END_CLOSED);
    assert_answer("GET", ":status: 101\n", "a", H2_END_CLOSED);
    assert_answer("GET", ":status: 200\nTransfer-Encoding: chunked\n", "a", H2_END_CLOSED);
    assert_answer("GET", ":status: 200\nconnection: close\n", "a", H2_END_CLOSED);
    assert_answer("GET", ":status: 100\n", NULL, H2_END_CLOSED);
}

static void bodies_are_bounded(void **state)
{
    (void)state;
    assert_answer("GET", ":status: 200\n", "0123456789", H2_END_DONE);
    assert_answer("GET", ":status: 200\n", "0123456789a", H2_END_TOO_LARGE);
    assert_answer("GET", ":status: 200\ncontent-length: 11\n", "0123456789a", H2_END_TOO_LARGE);
}

static void heads_are_bounded(void **state)
{
    char large[20000];
    struct scene scene;
    size_t n;

    (void)state;
    memset(large, 'x', sizeof(large));
    memcpy(large, ":status: 200\nx: ", 16);
    memcpy(large + sizeof(large) - 2, "\n", 2);
    memmove(large + 16000, large + sizeof(large) - 2, 2);
    assert_answer("GET", large, "a", H2_END_DONE);
    memcpy(large + 16000, "xx", 2);
    memcpy(large + 16380, "\n", 2);
    assert_answer("GET", large, "a", H2_END_TOO_LARGE);
    /* Interim responses count, too. */
    ask(&scene, &get, 1);
    for (n = 0; n < 1000; n++)
        h2_peer_headers(&scene.peer, 0, 1, ":status: 103\nx: y\n");
    carry(&scene);
    assert_end(&scene, 0, H2_END_TOO_LARGE);
    close_scene(&scene);
}

static void interim_responses_and_trailers_are_skipped(void **state)
{
    static const char *const wanted[] = {"x", NULL};
    const struct fetch_request request = {.method = "GET", .max_reply_bytes = 10, .wanted = wanted};
    struct scene scene;

    (void)state;
    ask(&scene, &request, 1);
    h2_peer_headers(&scene.peer, 0, 1, ":status: 100\n");
    h2_peer_headers(&scene.peer, 0, 1, ":status: 103\nx: early\nretry-after: 3\n");
    h2_peer_headers(&scene.peer, 0, 1, ":status: 404\nx: right\n");
    h2_peer_data(&scene.peer, 0, 1, "abc");
    h2_peer_headers(&scene.peer, NGHTTP2_FLAG_END_STREAM, 1, "x: late\nretry-after: 4\n");
    carry(&scene);
    assert_end(&scene, 0, H2_END_DONE);
    assert_int_equal(scene.responses[0].code, 404);
    assert_string_equal(scene.responses[0].wanted[0], "right");
    assert_string_equal(scene.responses[0].body.data, "abc");
    assert_string_equal(scene.responses[0].retry_after, "");
    close_scene(&scene);
}

/* A peer that lets nothing of the body go, and one that does not wait for it. */
static void an_answer_before_the_request_is_whole(void **state)
{
    const struct fetch_request put = {
        .method = "PUT", .body = "hello", .body_bytes = 5, .max_reply_bytes = 10};
    struct scene scene = {0};

    (void)state;
    h2_peer_init(&scene.peer, COUNT, 0);
    scene.session = h2_session_new("http", "a");
    carry(&scene);
    assert_int_equal(send(&scene, 0, &put, "/"), 0);
    assert_int_equal(send(&scene, 1, &put, "/"), 0);
    carry(&scene);
    assert_int_equal(scene.peer.requests[0].body_bytes, 0);
    h2_peer_answer(&scene.peer, 1, "enough");
    carry(&scene);
    assert_end(&scene, 0, H2_END_DONE);
    assert_string_equal(scene.responses[0].body.data, "enough");
    assert_true(scene.peer.requests[0].is_reset);
    assert_int_equal(scene.have_ended[1], 0);
    h2_session_cancel(&scene.streams[1]);
    carry(&scene);
    assert_true(scene.peer.requests[1].is_reset);
    assert_int_equal(scene.result, 0);
    close_scene(&scene);
}

/* Frames that bring nothing, until the client has had enough, which is soon. */
static void assert_flood(uint8_t type, uint8_t flags, int32_t id, const void *payload, size_t len,
                         const char *head)
{
    struct scene scene;
    size_t sent = 0;

    ask(&scene, &get, 2);
    if (head)
        h2_peer_headers(&scene.peer, 0, 1, head);
    carry(&scene);
    for (scene.result = 0; scene.result == 0 && sent < 3 * H2_SESSION_MAX_WASTE; sent += 100) {
        size_t n;

        for (n = 0; n < 100; n++)
            h2_peer_frame(&scene.peer, type, flags, id, payload, len);
        /* What the client answers stays small; a peer need not read it. */
        scene.result = h2_session_feed(scene.session, scene.peer.out.data, scene.peer.out.len);
        bytes_clear(&scene.peer.out);
    }
    assert_int_equal(scene.result, -1);
    assert_true(sent <= H2_SESSION_MAX_WASTE + 100);
    assert_true(h2_session_output(scene.session)->len < 30 * H2_SESSION_MAX_WASTE);
    assert_int_equal(h2_session_feed(scene.session, "x", 1), -1);
    assert_int_equal(send(&scene, 2, &get, "/"), -1);
    h2_session_close(scene.session);
    while (h2_session_next_ended(scene.session))
        scene.have_ended[0]++;
    assert_int_equal(scene.have_ended[0], 2);
    close_scene(&scene);
}

static void floods_end_the_connection(void **state)
{
    static const uint8_t ping[8], priority[5] = {0, 0, 0, 3}, update[4] = {0, 0, 0, 1},
                                  padded[3] = {2};

    (void)state;
    assert_flood(NGHTTP2_PING, 0, 0, ping, 8, NULL);
    assert_flood(NGHTTP2_SETTINGS, 0, 0, NULL, 0, NULL);
    assert_flood(NGHTTP2_PRIORITY, 0, 1, priority, 5, NULL);
    assert_flood(NGHTTP2_WINDOW_UPDATE, 0, 0, update, 4, NULL);
    assert_flood(NGHTTP2_DATA, 0, 1, NULL, 0, ":status: 200\n");
    assert_flood(NGHTTP2_DATA, NGHTTP2_DATA_FLAG_NONE | NGHTTP2_FLAG_PADDED, 1, padded, 3,
                 ":status: 200\n");
}

/* A block of fields without an end. */
static void continuations_without_end(void **state)
{
    struct scene scene;
    size_t sent;

    (void)state;
    ask(&scene, &get, 1);
    h2_peer_frame(&scene.peer, NGHTTP2_HEADERS, 0, 1, NULL, 0);
    for (sent = 0; sent < 2 * H2_SESSION_MAX_WASTE; sent++)
        h2_peer_frame(&scene.peer, NGHTTP2_CONTINUATION, 0, 1, NULL, 0);
    assert_int_equal(h2_session_feed(scene.session, scene.peer.out.data, scene.peer.out.len), -1);
    close_scene(&scene);
}

static void what_breaks_the_rules_ends_the_connection(void **state)
{
    static const uint8_t settings[6] = {0, NGHTTP2_SETTINGS_ENABLE_PUSH, 0, 0, 0, 2},
                         promise[5] = {0, 0, 0, 2, 0x88}, update[4];
    static const struct {
        uint8_t type;
        int32_t id;
        const void *payload;
        size_t len;
    } rows[] = {{NGHTTP2_SETTINGS, 0, settings, 6},
                {NGHTTP2_SETTINGS, 1, NULL, 0},
                {NGHTTP2_PING, 0, NULL, 0},
                {NGHTTP2_PUSH_PROMISE, 1, promise, 5},
                {NGHTTP2_WINDOW_UPDATE, 0, update, 4},
                {NGHTTP2_DATA, 0, NULL, 0},
                {NGHTTP2_HEADERS, 2, "\x88", 1},
                {NGHTTP2_HEADERS, 1, "\xff\xff\xff\xff\xff\xff", 6},
                {NGHTTP2_CONTINUATION, 1, NULL, 0},
                {NGHTTP2_RST_STREAM, 99, update, 4}};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct scene scene;

        ask(&scene, &get, 2);
        h2_peer_frame(&scene.peer, rows[n].type, NGHTTP2_FLAG_END_HEADERS * (rows[n].type != 4),
                      rows[n].id, rows[n].payload, rows[n].len);
        carry(&scene);
        assert_int_equal(scene.result, -1);
        assert_true(scene.peer.has_farewell && scene.peer.farewell != NGHTTP2_NO_ERROR);
        h2_session_close(scene.session);
        carry(&scene);
        assert_end(&scene, 0, H2_END_CLOSED);
        assert_end(&scene, 1, H2_END_CLOSED);
        close_scene(&scene);
    }
}

static void who_speaks_something_else(void **state)
{
    static const char *const texts[] = {"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
                                        "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(texts) / sizeof(texts[0]); n++) {
        struct h2_session *session = h2_session_new("http", "a");

        assert_non_null(session);
        assert_int_equal(h2_session_feed(session, texts[n], strlen(texts[n])), -1);
        assert_true(h2_session_is_leaving(session));
        h2_session_free(session);
    }
}

/* What a peer has said to `ask(…, 3)` and three answers, to be said again. */
static struct bytes record(void)
{
    struct scene scene;
    struct bytes said = {0};

    memset(&scene, 0, sizeof(scene));
    h2_peer_init(&scene.peer, COUNT, WINDOW);
    h2_peer_setting(&scene.peer, NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 8192);
    h2_peer_headers(&scene.peer, 0, 1, ":status: 200\nx-a: b\nretry-after: 1\n");
    h2_peer_data(&scene.peer, NGHTTP2_FLAG_END_STREAM, 1, "one");
    h2_peer_headers(&scene.peer, NGHTTP2_FLAG_END_STREAM, 3, ":status: 204\n");
    h2_peer_reset(&scene.peer, 5, NGHTTP2_REFUSED_STREAM);
    h2_peer_goaway(&scene.peer, 5, NGHTTP2_NO_ERROR);
    bytes_append(&said, scene.peer.out.data, scene.peer.out.len);
    h2_peer_fini(&scene.peer);
    return said;
}

/* One whole conversation. Returns how many streams have ended, each counted once. */
static unsigned converse(const struct bytes *said, size_t piece)
{
    static const struct fetch_header headers[] = {{"Accept", "a/b"}};
    const struct fetch_request request = {.method = "PUT",
                                          .headers = headers,
                                          .header_count = 1,
                                          .body = "hello",
                                          .body_bytes = 5,
                                          .max_reply_bytes = 10};
    struct http_response responses[3];
    struct h2_stream streams[3], *stream;
    struct h2_session *session = h2_session_new("https", "a");
    unsigned sent = 0, ended = 0, n;
    size_t at;

    memset(responses, 0, sizeof(responses));
    for (n = 0; session && n < 3; n++) {
        http_response_begin(&responses[n], 10, NULL);
        if (h2_session_send(session, &streams[n], &request, "/", &responses[n]) == 0)
            sent++;
    }
    for (at = 0; session && at < said->len; at += piece)
        if (h2_session_feed(session, said->data + at,
                            said->len - at < piece ? said->len - at : piece))
            break;
    if (session)
        h2_session_close(session);
    while (session && (stream = h2_session_next_ended(session)))
        ended++;
    assert_int_equal(sent, ended);
    h2_session_free(session);
    for (n = 0; n < 3; n++)
        http_response_fini(&responses[n]);
    return ended;
}

static void short_memory_ends_each_once(void **state)
{
    struct bytes said = record();
    unsigned long n = 0;

    (void)state;
    assert_int_equal(converse(&said, SIZE_MAX / 2), 3);
    do {
        alloc_fail_arm(n++);
        converse(&said, 7);
    } while (alloc_fail_disarm());
    assert_true(n > 30);
    bytes_fini(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_must_be_right),
        cmocka_unit_test(what_is_no_response),
        cmocka_unit_test(bodies_are_bounded),
        cmocka_unit_test(heads_are_bounded),
        cmocka_unit_test(interim_responses_and_trailers_are_skipped),
        cmocka_unit_test(an_answer_before_the_request_is_whole),
        cmocka_unit_test(floods_end_the_connection),
        cmocka_unit_test(continuations_without_end),
        cmocka_unit_test(what_breaks_the_rules_ends_the_connection),
        cmocka_unit_test(who_speaks_something_else),
        cmocka_unit_test(short_memory_ends_each_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

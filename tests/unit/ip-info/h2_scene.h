/* h2_scene — a client with up to COUNT requests and its peer, for the tests of h2_session. */
#ifndef LWSHOST_TEST_H2_SCENE_H
#define LWSHOST_TEST_H2_SCENE_H

#include "h2_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MAX_BODY 65536
#define COUNT 100
#define WINDOW 65535

struct scene {
    struct h2_peer peer;
    struct h2_session *session;
    struct h2_stream streams[COUNT];
    struct http_response responses[COUNT];
    enum h2_end ends[COUNT]; /* of those that have_ended */
    unsigned have_ended[COUNT];
    int result; /* of the last feed */
};

static const struct fetch_request get = {.method = "GET", .max_reply_bytes = MAX_BODY};

static inline void carry(struct scene *scene)
{
    struct h2_stream *stream;

    scene->result = h2_peer_carry(&scene->peer, scene->session, SIZE_MAX);
    while ((stream = h2_session_next_ended(scene->session))) {
        scene->ends[stream - scene->streams] = stream->end;
        scene->have_ended[stream - scene->streams]++;
    }
}

static inline void open_scene(struct scene *scene)
{
    memset(scene, 0, sizeof(*scene));
    h2_peer_init(&scene->peer, COUNT, WINDOW);
    scene->session = h2_session_new("https", "a.example:8443");
    assert_non_null(scene->session);
    assert_false(h2_session_is_settled(scene->session));
    carry(scene);
    assert_true(h2_session_is_settled(scene->session));
}

static inline void close_scene(struct scene *scene)
{
    size_t n;

    h2_session_free(scene->session);
    h2_peer_fini(&scene->peer);
    for (n = 0; n < COUNT; n++)
        http_response_fini(&scene->responses[n]);
}

static inline int send(struct scene *scene, size_t n, const struct fetch_request *request,
                       const char *target)
{
    http_response_begin(&scene->responses[n], request->max_reply_bytes, request->wanted);
    scene->responses[n].is_to_head = strcmp(request->method, "HEAD") == 0;
    return h2_session_send(scene->session, &scene->streams[n], request, target,
                           &scene->responses[n]);
}

/* Send `count` requests; the number of stream n is 2n + 1. */
static inline void ask(struct scene *scene, const struct fetch_request *request, size_t count)
{
    size_t n;

    open_scene(scene);
    for (n = 0; n < count; n++)
        assert_int_equal(send(scene, n, request, "/"), 0);
    carry(scene);
    assert_int_equal(scene->peer.count, count);
}

static inline void assert_end(const struct scene *scene, size_t n, enum h2_end end)
{
    assert_int_equal(scene->have_ended[n], 1);
    assert_int_equal(scene->ends[n], end);
}

#endif

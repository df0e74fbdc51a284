/* What an HTTP/2 server may send: requests end each once, responses stay within their bounds, and
 * if all are whole, they are the same wherever the bytes were cut. */
#include "fuzz.h"

#include "h2_session.h"

#include <stdlib.h>
#include <string.h>

#define REQUESTS 3
#define MAX_BODY 1000
#define MAX_LEN 8000 /* libnghttp2 bears no more than 1000 frames to be answered in one piece */

struct end {
    unsigned times;
    enum h2_end how;
};

struct run {
    struct http_response responses[REQUESTS];
    struct end ends[REQUESTS];
};

static const char *const wanted[] = {"content-type", "x-rl", NULL};

static void take_ended(struct h2_session *session, struct h2_stream *streams, struct run *run)
{
    struct h2_stream *stream;

    while ((stream = h2_session_next_ended(session))) {
        run->ends[stream - streams].times++;
        run->ends[stream - streams].how = stream->end;
    }
}

/* A GET, a HEAD and a PUT, and then whatever comes, in pieces of `step` bytes. */
static void converse(struct run *run, const char *text, size_t len, size_t step)
{
    static const char *const methods[REQUESTS] = {"GET", "HEAD", "PUT"};
    struct fetch_request requests[REQUESTS];
    struct h2_stream streams[REQUESTS];
    struct h2_session *session = h2_session_new("https", "a.example");
    size_t n, at;

    FUZZ_CHECK(session);
    memset(run, 0, sizeof(*run));
    for (n = 0; n < REQUESTS; n++) {
        requests[n] = (struct fetch_request){.method = methods[n], .wanted = wanted};
        requests[n].body = n == 2 ? "hello" : NULL;
        requests[n].body_bytes = n == 2 ? 5 : 0;
        http_response_begin(&run->responses[n], MAX_BODY, wanted);
        run->responses[n].is_to_head = n == 1;
        FUZZ_CHECK(h2_session_send(session, &streams[n], &requests[n], "/", &run->responses[n]) ==
                   0);
    }
    for (at = 0; at < len; at += step) {
        char *piece = malloc(step);
        size_t size = len - at < step ? len - at : step;
        int result;

        FUZZ_CHECK(piece);
        memcpy(piece, text + at, size);
        result = h2_session_feed(session, piece, size);
        free(piece);
        take_ended(session, streams, run);
        FUZZ_CHECK((result != 0) == h2_session_is_over(session));
        if (result)
            break;
    }
    h2_session_close(session);
    take_ended(session, streams, run);
    FUZZ_CHECK(h2_session_count(session) == 0);
    FUZZ_CHECK(h2_session_output(session)->len < 30 * (len + 100));
    h2_session_free(session);
}

static void check(const struct run *run)
{
    size_t n;

    for (n = 0; n < REQUESTS; n++) {
        const struct http_response *response = &run->responses[n];

        FUZZ_CHECK(run->ends[n].times == 1);
        FUZZ_CHECK(run->ends[n].how != H2_END_NO_MEMORY);
        FUZZ_CHECK(response->body.len <= MAX_BODY);
        if (run->ends[n].how == H2_END_DONE)
            FUZZ_CHECK(response->code >= 200 && response->code <= 999);
        if (run->ends[n].how == H2_END_DONE && n == 1)
            FUZZ_CHECK(response->body.len == 0);
    }
}

static bool is_whole(const struct run *run)
{
    size_t n;

    for (n = 0; n < REQUESTS; n++)
        if (run->ends[n].how != H2_END_DONE)
            return false;
    return true;
}

/* A server that breaks the rules for one stream and goes on with it is told so in between or not:
 * how the others end depends on that. */
static void check_same(const struct run *a, const struct run *b)
{
    size_t n;

    FUZZ_CHECK(is_whole(a) == is_whole(b));
    for (n = 0; n < REQUESTS && is_whole(a); n++) {
        const struct http_response *one = &a->responses[n], *other = &b->responses[n];

        FUZZ_CHECK(one->code == other->code && one->body.len == other->body.len);
        FUZZ_CHECK(!memcmp(one->wanted, other->wanted, sizeof(one->wanted)));
        FUZZ_CHECK(!one->body.len || !memcmp(one->body.data, other->body.data, one->body.len));
    }
}

static void fini(struct run *run)
{
    size_t n;

    for (n = 0; n < REQUESTS; n++)
        http_response_fini(&run->responses[n]);
}

/* A byte that says how to cut, then what the server sends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t step = 1 + fuzz_byte(&input) % 40u, len;
    char *text = fuzz_rest(&input, &len);
    struct run whole, cut;

    if (len <= MAX_LEN) {
        converse(&whole, text, len, MAX_LEN);
        converse(&cut, text, len, step);
        check(&whole);
        check(&cut);
        check_same(&whole, &cut);
        fini(&whole);
        fini(&cut);
    }
    free(text);
    return 0;
}

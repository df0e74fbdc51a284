/* An HTTP/1 response in pieces: cut anywhere, it is the same response, and within its bounds. */
#include "fuzz.h"

#include "http_response.h"

#include <stdlib.h>
#include <string.h>

static const char *const wanted[] = {"content-type", "x-rl", "X-Ttl", NULL};

enum cut { CUT_NOWHERE, CUT_EVERYWHERE, CUT_BY_SEED };

/* Read all of it in pieces, each a copy, then the end of the connection. */
static enum http_response_result read_all(struct http_response *response, const char *text,
                                          size_t len, enum cut cut, unsigned seed)
{
    enum http_response_result result = HTTP_RESPONSE_MORE;
    size_t at = 0, step;
    char *piece;

    while (at < len && result == HTTP_RESPONSE_MORE) {
        seed = seed * 1103515245u + 12345u;
        step = cut == CUT_NOWHERE ? len : cut == CUT_EVERYWHERE ? 1 : 1 + (seed >> 16) % 40;
        if (step > len - at)
            step = len - at;
        piece = malloc(step);
        FUZZ_CHECK(piece);
        memcpy(piece, text + at, step);
        result = http_response_feed(response, piece, step);
        free(piece);
        at += step;
        FUZZ_CHECK(response->body.len <= response->max_body_bytes);
        FUZZ_CHECK(result != HTTP_RESPONSE_NO_MEMORY);
    }
    if (at < len)
        response->keeps_alive = false; /* more came behind its end */
    if (result == HTTP_RESPONSE_MORE)
        result = http_response_close(response);
    return result;
}

static void check_same(const struct http_response *a, const struct http_response *b)
{
    FUZZ_CHECK(a->code == b->code && !strcmp(a->reason, b->reason));
    FUZZ_CHECK(a->keeps_alive == b->keeps_alive);
    FUZZ_CHECK(!strcmp(a->retry_after, b->retry_after));
    FUZZ_CHECK(!memcmp(a->wanted, b->wanted, sizeof(a->wanted)));
    FUZZ_CHECK(a->body.len == b->body.len);
    FUZZ_CHECK(!a->body.len || !memcmp(a->body.data, b->body.data, a->body.len));
}

static void check_done(const struct http_response *response)
{
    FUZZ_CHECK(response->code >= 200 && response->code <= 999);
    if (response->is_to_head || response->code == 204 || response->code == 304)
        FUZZ_CHECK(response->body.len == 0);
    if (response->state == HTTP_RESPONSE_UNTIL_CLOSE)
        FUZZ_CHECK(!response->keeps_alive);
    FUZZ_CHECK(http_response_retry_after_s(response, 1700000000) <= 86400);
    FUZZ_CHECK(!strpbrk(response->reason, "\r\n"));
}

/* Two bytes of settings, then the response. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct http_response one = {0}, other = {0};
    unsigned settings = fuzz_byte(&input), seed = fuzz_byte(&input), n;
    size_t max = (settings >> 1) * 64, len;
    enum http_response_result result;
    char *text = fuzz_rest(&input, &len);

    http_response_begin(&one, max, wanted);
    one.is_to_head = settings & 1;
    FUZZ_CHECK(http_response_is_untouched(&one));
    result = read_all(&one, text, len, CUT_NOWHERE, 0);
    if (result == HTTP_RESPONSE_DONE)
        check_done(&one);
    for (n = 0; n < 2; n++) { /* the memory of the first is used again for the second */
        http_response_begin(&other, max, wanted);
        other.is_to_head = settings & 1;
        FUZZ_CHECK(result == read_all(&other, text, len, n ? CUT_EVERYWHERE : CUT_BY_SEED, seed));
        if (result == HTTP_RESPONSE_DONE)
            check_same(&one, &other);
    }
    http_response_fini(&one);
    http_response_fini(&other);
    free(text);
    return 0;
}

#include "http_response.h"

#include "alloc_fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_BODY 100

/* Feed in pieces of `piece` bytes; `text` may be followed by the connection's end. */
static enum http_response_result feed(struct http_response *response, const char *text,
                                      size_t piece, bool closes)
{
    enum http_response_result result = HTTP_RESPONSE_MORE;
    size_t len = strlen(text), at, n;

    http_response_begin(response, MAX_BODY, NULL);
    assert_true(http_response_is_untouched(response));
    for (at = 0; at < len && result == HTTP_RESPONSE_MORE; at += n) {
        n = len - at < piece ? len - at : piece;
        result = http_response_feed(response, text + at, n);
    }
    if (result == HTTP_RESPONSE_MORE && closes)
        result = http_response_close(response);
    return result;
}

static const struct {
    const char *text;
    const char *body;
    unsigned code;
    bool keeps_alive, closes;
} good[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", 200, true, false},
    {"HTTP/1.1 200\r\ncontent-length:2\r\n\r\nok", "ok", 200, true, false},
    {"HTTP/1.1 200 OK\nContent-Length: 2 \n\nok", "ok", 200, true, false},
    {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "", 404, true, false},
    {"HTTP/1.1 204 No Content\r\n\r\n", "", 204, true, false},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "", 304, true, false},
    {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "ok", 200, false,
     false},
    {"HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok", "ok", 200, false,
     false},
    {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", 200, false, false},
    {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", "ok", 200, true,
     false},
    {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end", 200, false, true},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok", 200, true,
     false},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n1;a=b\r\no\r\n0A \r\n0123456789\r\n0\r\n"
     "Trailer: x\r\n\r\n",
     "o0123456789", 200, true, false},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n0\r\n\r\n", "", 200,
     false, false},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nContent-Length: 5\r\n\r\n"
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
     "ok", 200, true, false},
    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "ok", 200, true, false},
    {"HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: keep-alive\r\nContent-Length: "
     "2\r\n\r\nok",
     "ok", 200, false, false},
    {"HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
     "2\r\n\r\nok",
     "ok", 200, true, false},
    {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
     "2\r\nok\r\n0\r\n\r\n",
     "ok", 200, false, false},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2 \t ;a=\"b;c\"\r\nok\r\n0000\r\n\r\n",
     "ok", 200, true, false},
};

static void good_ones_are_read_however_they_are_cut(void **state)
{
    struct http_response response = {0};
    size_t n, piece;

    (void)state;
    for (n = 0; n < sizeof(good) / sizeof(good[0]); n++) {
        for (piece = 1; piece < 300; piece = piece < 10 ? piece + 1 : piece * 2) {
            if (feed(&response, good[n].text, piece, good[n].closes) != HTTP_RESPONSE_DONE ||
                response.code != good[n].code || response.keeps_alive != good[n].keeps_alive ||
                strcmp(response.body.data ? response.body.data : "", good[n].body) != 0)
                fail_msg("%s in pieces of %zu", good[n].text, piece);
        }
    }
    http_response_fini(&response);
}

static void bad_ones_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum http_response_result result;
    } rows[] = {
        {"", HTTP_RESPONSE_BAD},
        {"H", HTTP_RESPONSE_BAD},
        {"SSH-2.0-x\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/2 200 OK\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 20 OK\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 2000 OK\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 099 OK\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 101 Switching\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", HTTP_RESPONSE_TOO_LARGE},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1x\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", HTTP_RESPONSE_TOO_LARGE},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
         HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\n: x\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nName : x\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nA: x\r\n folded: y\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 1\r\n", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nA: x\rContent-Length: 2\r\n\r\nok", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\r\n\r\nok", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok", HTTP_RESPONSE_BAD},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n",
         HTTP_RESPONSE_BAD},
    };
    struct http_response response = {0};
    size_t n, piece;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
        for (piece = 1; piece < 300; piece *= 4)
            if (feed(&response, rows[n].text, piece, true) != rows[n].result)
                fail_msg("%s in pieces of %zu", rows[n].text, piece);
    http_response_begin(&response, MAX_BODY, NULL);
    assert_int_equal(http_response_feed(&response, "HTTP/1.1 200 OK\r\nA: \0\r\n", 24),
                     HTTP_RESPONSE_BAD);
    http_response_fini(&response);
}

/* `begin`, and then `piece` for ever: TOO_LARGE must come, and soon. */
static void is_bounded(const char *begin, const char *piece)
{
    struct http_response response = {0};
    enum http_response_result result;
    size_t fed = 0;

    http_response_begin(&response, MAX_BODY, NULL);
    result = http_response_feed(&response, begin, strlen(begin));
    for (; result == HTTP_RESPONSE_MORE; fed += strlen(piece)) {
        result = http_response_feed(&response, piece, strlen(piece));
        assert_true(fed < 2 * HTTP_RESPONSE_MAX_HEAD_BYTES);
    }
    assert_int_equal(result, HTTP_RESPONSE_TOO_LARGE);
    assert_true(response.line.capacity <= 2 * HTTP_RESPONSE_MAX_HEAD_BYTES);
    http_response_fini(&response);
}

static void nothing_goes_on_for_ever(void **state)
{
    (void)state;
    is_bounded("", "x");
    is_bounded("", "HTTP/1.1 100 Continue\r\n\r\n");
    is_bounded("HTTP/1.1 200 OK\r\n", "A: b\r\n");
    is_bounded("HTTP/1.1 200 OK\r\nA: ", "x");
    is_bounded("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0");
    is_bounded("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x");
    is_bounded("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na", "x");
    is_bounded("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n");
    is_bounded("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n");
}

static void what_has_no_end_is_bounded(void **state)
{
    static const char head[] = "HTTP/1.1 200 OK\r\n";
    static const char field[] = "A: 0123456789\r\n";
    struct http_response response = {0};
    enum http_response_result result;
    size_t n = 0;

    (void)state;
    http_response_begin(&response, MAX_BODY, NULL);
    result = http_response_feed(&response, head, sizeof(head) - 1);
    for (; result == HTTP_RESPONSE_MORE; n++)
        result = http_response_feed(&response, field, sizeof(field) - 1);
    assert_int_equal(result, HTTP_RESPONSE_TOO_LARGE);
    assert_true(n * sizeof(field) < 2 * HTTP_RESPONSE_MAX_HEAD_BYTES);
    http_response_begin(&response, MAX_BODY, NULL);
    result = http_response_feed(&response, head, sizeof(head) - 1);
    result = http_response_feed(&response, "\r\n", 2);
    for (n = 0; result == HTTP_RESPONSE_MORE; n++)
        result = http_response_feed(&response, "x", 1);
    assert_int_equal(result, HTTP_RESPONSE_TOO_LARGE);
    assert_int_equal(n, MAX_BODY + 1);
    http_response_fini(&response);
}

static void many_small_chunks_do_not_count_as_head(void **state)
{
    struct http_response response = {0};
    size_t n;

    (void)state;
    http_response_begin(&response, 40000, NULL);
    assert_int_equal(
        http_response_feed(&response, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 47),
        HTTP_RESPONSE_MORE);
    for (n = 0; n < 40000; n++)
        assert_int_equal(http_response_feed(&response, "1\r\nx\r\n", 6), HTTP_RESPONSE_MORE);
    assert_int_equal(http_response_feed(&response, "0\r\n\r\n", 5), HTTP_RESPONSE_DONE);
    assert_int_equal(response.body.len, 40000);
    http_response_fini(&response);
}

static void bytes_behind_the_end_spoil_the_connection(void **state)
{
    struct http_response response = {0};

    (void)state;
    assert_int_equal(
        feed(&response, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP", 300, false),
        HTTP_RESPONSE_DONE);
    assert_false(response.keeps_alive);
    assert_string_equal(response.body.data, "ok");
    assert_false(http_response_is_untouched(&response));
    http_response_fini(&response);
}

static void the_reason_is_kept_and_cut(void **state)
{
    static const char eighty[] =
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
    static const struct {
        const char *text, *reason;
    } rows[] = {{"HTTP/1.1 200 OK\r\n\r\n", "OK"},
                {"HTTP/1.1 404 Not  Found\r\n\r\n", "Not  Found"},
                {"HTTP/1.1 200\r\n\r\n", ""},
                {"HTTP/1.1 200 \r\n\r\n", ""},
                {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 \xe5\xa5\xbd\r\n\r\n", "\xe5\xa5\xbd"},
                {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204\r\n\r\n", ""}};
    struct http_response response = {0};
    char text[160];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        feed(&response, rows[n].text, 1, true);
        assert_string_equal(response.reason, rows[n].reason);
    }
    snprintf(text, sizeof(text), "HTTP/1.1 204 %s\r\n\r\n", eighty);
    assert_int_equal(feed(&response, text, 1000, false), HTTP_RESPONSE_DONE);
    assert_int_equal(strlen(response.reason), HTTP_RESPONSE_REASON_BYTES - 1);
    assert_int_equal(strncmp(response.reason, eighty, HTTP_RESPONSE_REASON_BYTES - 1), 0);
    http_response_fini(&response);
}

static void a_response_to_head_has_no_body(void **state)
{
    static const char *const heads[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"};
    struct http_response response = {0};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(heads) / sizeof(heads[0]); n++) {
        http_response_begin(&response, MAX_BODY, NULL);
        response.is_to_head = true;
        assert_int_equal(http_response_feed(&response, heads[n], strlen(heads[n])),
                         HTTP_RESPONSE_DONE);
        assert_true(response.keeps_alive);
        assert_int_equal(response.body.len, 0);
    }
    http_response_fini(&response);
}

static void wanted_fields_are_kept(void **state)
{
    static const char *const names[] = {"x-rl", "X-Ttl", "content-type", NULL};
    static const char head[] = "HTTP/1.1 100 Continue\r\nX-TTL: 1\r\n\r\n"
                               "HTTP/1.1 200 OK\r\nX-Rl: 4\r\nx-rl:0 \r\nX-Rlx: 9\r\n"
                               "Content-Type: 0123456789012345678901234567890123456789"
                               "012345678901234567890123\r\nContent-Length: 0\r\n\r\n";
    struct http_response response = {0};

    (void)state;
    http_response_begin(&response, MAX_BODY, names);
    assert_int_equal(http_response_feed(&response, head, sizeof(head) - 1), HTTP_RESPONSE_DONE);
    assert_string_equal(response.wanted[0], "0");
    assert_string_equal(response.wanted[1], ""); /* of an answer before the answer */
    assert_string_equal(response.wanted[2], ""); /* 64 bytes are too many */
    http_response_begin(&response, MAX_BODY, NULL);
    assert_int_equal(http_response_feed(&response, head, sizeof(head) - 1), HTTP_RESPONSE_DONE);
    assert_string_equal(response.wanted[0], "");
    http_response_fini(&response);
}

static void retry_after_is_understood(void **state)
{
    static const struct {
        const char *text;
        unsigned seconds;
    } rows[] = {{"", 0},
                {"7", 7},
                {"86401", 86400},
                {"99999999999999999999", 86400},
                {"7x", 0},
                {"-7", 0},
                {"soon", 0},
                {"Sun, 06 Nov 1994 08:49:37 GMT", 60},
                {"Sun, 06 Nov 1994 08:48:00 GMT", 0},
                {"Sun, 06 Nov 2094 08:49:37 GMT", 86400},
                {"Sun, 06 Nov 1994 08:49:37 GMT x", 0}};
    struct http_response response = {0};
    size_t n;

    (void)state;
    feed(&response, "HTTP/1.1 429 Slow\r\nRetry-After:  7 \r\nContent-Length: 0\r\n\r\n", 300,
         false);
    assert_string_equal(response.retry_after, "7");
    feed(&response, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 300, false);
    assert_string_equal(response.retry_after, "");
    feed(&response,
         "HTTP/1.1 103 Early\r\nRetry-After: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
         300, false);
    assert_string_equal(response.retry_after, "");
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        strcpy(response.retry_after, rows[n].text);
        /* RFC 9110's own example date is 784111777 s after 1970. */
        if (http_response_retry_after_s(&response, 784111777 - 60) != rows[n].seconds)
            fail_msg("%s", rows[n].text);
    }
    http_response_fini(&response);
}

static void short_memory_is_an_answer(void **state)
{
    struct http_response response = {0};
    unsigned long n = 0;
    enum http_response_result result;

    (void)state;
    do {
        http_response_fini(&response);
        memset(&response, 0, sizeof(response));
        alloc_fail_arm(n++);
        result = feed(&response, good[11].text, 7, false);
        assert_true(result == (alloc_fail_disarm() ? HTTP_RESPONSE_NO_MEMORY : HTTP_RESPONSE_DONE));
    } while (result == HTTP_RESPONSE_NO_MEMORY);
    assert_true(n > 2);
    http_response_fini(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good_ones_are_read_however_they_are_cut),
                                       cmocka_unit_test(bad_ones_are_refused),
                                       cmocka_unit_test(what_has_no_end_is_bounded),
                                       cmocka_unit_test(nothing_goes_on_for_ever),
                                       cmocka_unit_test(many_small_chunks_do_not_count_as_head),
                                       cmocka_unit_test(bytes_behind_the_end_spoil_the_connection),
                                       cmocka_unit_test(the_reason_is_kept_and_cut),
                                       cmocka_unit_test(a_response_to_head_has_no_body),
                                       cmocka_unit_test(wanted_fields_are_kept),
                                       cmocka_unit_test(retry_after_is_understood),
                                       cmocka_unit_test(short_memory_is_an_answer)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

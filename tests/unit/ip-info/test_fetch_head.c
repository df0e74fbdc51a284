#include "fetch_head.h"

#include "alloc_fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_head_is_written(void **state)
{
    const struct fetch_header headers[] = {{"Accept", "a/b"}, {"X", ""}};
    const struct {
        struct fetch_request request;
        const char *target, *text;
    } rows[] = {
        {{.method = "GET"}, "", "GET / HTTP/1.1\r\nHost: h:1\r\n\r\n"},
        {{.method = "GET", .headers = headers, .header_count = 2},
         "/p?q",
         "GET /p?q HTTP/1.1\r\nHost: h:1\r\nAccept: a/b\r\nX: \r\n\r\n"},
        {{.method = "POST"}, "/", "POST / HTTP/1.1\r\nHost: h:1\r\nContent-Length: 0\r\n\r\n"},
        {{.method = "PATCH", .body = "", .body_bytes = 0},
         "/",
         "PATCH / HTTP/1.1\r\nHost: h:1\r\nContent-Length: 0\r\n\r\n"},
        {{.method = "DELETE", .body = "abc", .body_bytes = 3},
         "/",
         "DELETE / HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n\r\n"},
        {{.method = "HEAD"}, "/", "HEAD / HTTP/1.1\r\nHost: h:1\r\n\r\n"},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct bytes out = {0};

        assert_true(fetch_head_is_sound(&rows[n].request));
        assert_int_equal(fetch_head_write(&rows[n].request, "h:1", rows[n].target, &out), 0);
        assert_string_equal(out.data, rows[n].text);
        bytes_fini(&out);
    }
}

static void what_can_not_be_sent_is_unsound(void **state)
{
    static const char *const methods[] = {"", "CONNECT", "G T", "GET\r", "G\n", "\xc3\xa9"};
    static const struct fetch_header headers[] = {
        {"", "x"},
        {"A b", "x"},
        {"A:", "x"},
        {"host", "x"},
        {"Connection", "x"},
        {"Expect", "x"},
        {"TE", "x"},
        {"Keep-Alive", "timeout=5"},
        {"proxy-connection", "close"},
        {"Upgrade", "x"},
        {"Trailer", "x"},
        {"A", "b\rc"},
        {"A", "b\nC: d"},
        {"A", "\x01"},
        {"A", "\x7f"},
        {"A\r\nB", "x"},
        {"content-LENGTH", "1"},
        {"Transfer-Encoding", "chunked"},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(methods) / sizeof(methods[0]); n++)
        assert_false(fetch_head_is_sound(&(struct fetch_request){.method = methods[n]}));
    for (n = 0; n < sizeof(headers) / sizeof(headers[0]); n++)
        assert_false(fetch_head_is_sound(
            &(struct fetch_request){.method = "GET", .headers = &headers[n], .header_count = 1}));
    assert_true(fetch_head_is_sound(
        &(struct fetch_request){.method = "M-SEARCH",
                                .headers = &(struct fetch_header){"X", "a\tb \xc3\xa9"},
                                .header_count = 1}));
}

static void only_some_methods_may_be_repeated(void **state)
{
    (void)state;
    assert_true(fetch_head_is_idempotent(&(struct fetch_request){.method = "GET"}));
    assert_true(fetch_head_is_idempotent(&(struct fetch_request){.method = "DELETE"}));
    assert_false(fetch_head_is_idempotent(&(struct fetch_request){.method = "POST"}));
    assert_false(fetch_head_is_idempotent(&(struct fetch_request){.method = "PURGE"}));
}

static void short_memory_is_an_answer(void **state)
{
    const struct fetch_request request = {.method = "POST"};
    struct bytes out = {0};

    (void)state;
    alloc_fail_arm(0);
    assert_int_equal(fetch_head_write(&request, "h", "/", &out), -1);
    assert_true(alloc_fail_disarm());
    bytes_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_head_is_written),
                                       cmocka_unit_test(what_can_not_be_sent_is_unsound),
                                       cmocka_unit_test(only_some_methods_may_be_repeated),
                                       cmocka_unit_test(short_memory_is_an_answer)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void parts_are_told_apart(void **state)
{
    static const struct {
        const char *text;
        const char *host;
        unsigned port;
        const char *authority;
        const char *target;
        bool is_tls;
    } rows[] = {
        {"http://h/", "h", 80, "h", "/", false},
        {"https://h.example/a?b=c", "h.example", 443, "h.example", "/a?b=c", true},
        {"http://h", "h", 80, "h", "", false},
        {"http://127.0.0.1:8080/x", "127.0.0.1", 8080, "127.0.0.1:8080", "/x", false},
        {"http://[2001:db8::1]/", "2001:db8::1", 80, "[2001:db8::1]", "/", false},
        {"https://[::1]:65535/{ip}", "::1", 65535, "[::1]:65535", "/{ip}", true},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct url url;

        assert_int_equal(url_parse(rows[n].text, &url, NULL), 0);
        assert_string_equal(url.host, rows[n].host);
        assert_int_equal(url.port, rows[n].port);
        assert_int_equal(url.authority_bytes, strlen(rows[n].authority));
        assert_memory_equal(url.authority, rows[n].authority, url.authority_bytes);
        assert_string_equal(url.target, rows[n].target);
        assert_int_equal(url.is_tls, rows[n].is_tls);
    }
}

static void mistakes_are_refused(void **state)
{
    static const char *const mistakes[] = {"",
                                           "h/x",
                                           "ftp://h/",
                                           "http:///x",
                                           "http://u@h/",
                                           "http://u:p@h/",
                                           "http://h:/",
                                           "http://h:0/",
                                           "http://h:65536/",
                                           "http://h:8x/",
                                           "http://h:99999999999999999999/",
                                           "http://h/#f",
                                           "http://h/a b",
                                           "http://h/\n",
                                           "http://h/\xc3\xa4",
                                           "http://[::1/",
                                           "http://[::1]x/",
                                           "http://a:b:c/",
                                           "http://{ip}/",
                                           "http://h?x",
                                           "http://[x]/"};
    char longest[400] = "http://";
    struct url url;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(mistakes) / sizeof(mistakes[0]); n++) {
        struct problem problem = {0};

        if (url_parse(mistakes[n], &url, &problem) == 0 || !problem.text[0])
            fail_msg("\"%s\" is taken", mistakes[n]);
    }
    memset(longest + 7, 'h', 254);
    assert_int_equal(url_parse(longest, &url, NULL), -1);
    longest[7 + 253] = 0;
    assert_int_equal(url_parse(longest, &url, NULL), 0);
}

static void origins_are_compared(void **state)
{
    struct url a, b;

    (void)state;
    assert_int_equal(url_parse("http://h:1/x", &a, NULL), 0);
    assert_int_equal(url_parse("http://h:1/y?z", &b, NULL), 0);
    assert_true(url_same_origin(&a, &b));
    assert_int_equal(url_parse("https://h:1/x", &b, NULL), 0);
    assert_false(url_same_origin(&a, &b));
    assert_int_equal(url_parse("http://h:12/x", &b, NULL), 0);
    assert_false(url_same_origin(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_are_told_apart),
                                       cmocka_unit_test(mistakes_are_refused),
                                       cmocka_unit_test(origins_are_compared)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void same_compares_host_and_port(void **state)
{
    static const struct {
        const char *origin, *host;
        bool is_allowed;
    } cases[] = {
        {NULL, "example.com", true}, /* no browser */
        {"http://example.com", "example.com", true},
        {"http://EXAMPLE.com", "example.COM", true},
        {"http://example.com:80", "example.com", true},
        {"https://example.com", "example.com:443", true},
        {"https://example.com:443", "example.com", true},
        {"http://127.0.0.1:7681", "127.0.0.1:7681", true},
        {"http://[::1]:7681", "[::1]:7681", true},
        {"http://example.com:8080", "example.com", false},
        {"http://example.com", "example.com:8080", false},
        {"https://example.com:80", "example.com", false},
        {"http://evil.example", "example.com", false},
        {"http://example.com.evil", "example.com", false},
        {"http://xexample.com", "example.com", false},
        {"null", "example.com", false},
        {"http://", "", false},
        {"http://example.com", NULL, false},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++)
        assert_int_equal(origin_is_allowed("same", cases[n].origin, cases[n].host),
                         cases[n].is_allowed);
}

static void any_lets_everybody_in(void **state)
{
    (void)state;
    assert_true(origin_is_allowed("any", "null", "example.com"));
}

static void a_list_stands_instead_of_same(void **state)
{
    const char *list = "https://a.example, https://b.example:8443";

    (void)state;
    assert_true(origin_is_allowed(list, "https://a.example", "c.example"));
    assert_true(origin_is_allowed(list, "https://B.example:8443", "c.example"));
    assert_true(origin_is_allowed(list, NULL, "c.example"));
    assert_false(origin_is_allowed(list, "https://b.example", "c.example"));
    assert_false(origin_is_allowed(list, "http://a.example", "c.example"));
    assert_false(origin_is_allowed(list, "https://c.example", "c.example"));
    assert_false(origin_is_allowed(list, "https://a.exampl", "c.example"));
}

static void options_are_checked(void **state)
{
    static const char *const good[] = {"same", "any", "https://a.example",
                                       "https://a.example,http://b.example:1"};
    static const char *const bad[] = {"",     "a.example", "https://a.example/",
                                      "://x", "same,any",  ","};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(good) / sizeof(good[0]); n++)
        assert_int_equal(origin_check_option(good[n], NULL), 0);
    for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
        struct problem problem = {0};

        assert_int_equal(origin_check_option(bad[n], &problem), -1);
        assert_string_equal(problem.path, "origins");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_compares_host_and_port),
        cmocka_unit_test(any_lets_everybody_in),
        cmocka_unit_test(a_list_stands_instead_of_same),
        cmocka_unit_test(options_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "loopback_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct moved_port moved[] = {{7681, 40001}, {7682, 40002}, {7681, 40003}, {80, 80}};

static void becomes(const char *text, const char *expected)
{
    char *out;

    assert_int_equal(loopback_url_move(text, moved, sizeof(moved) / sizeof(moved[0]), &out), 0);
    if (!expected)
        assert_null(out);
    else {
        assert_non_null(out);
        assert_string_equal(out, expected);
    }
    free(out);
}

static void follows_ports_of_this_machine(void **state)
{
    (void)state;
    becomes("http://127.0.0.1:7681/ip-lookup?ip={ip}", "http://127.0.0.1:40001/ip-lookup?ip={ip}");
    becomes("https://localhost:7682", "https://localhost:40002");
    becomes("http://LocalHost:7682?x", "http://LocalHost:40002?x");
    becomes("ws://[::1]:7681#f", "ws://[::1]:40001#f");
    becomes("http://127.9.8.7:7681/", "http://127.9.8.7:40001/");
    becomes("http://[::ffff:127.0.0.1]:7681/", "http://[::ffff:127.0.0.1]:40001/");
}

static void leaves_the_rest_alone(void **state)
{
    static const char *const texts[] = {
        "",
        "7681",
        "/path:7681/",
        "127.0.0.1:7681",
        "http://127.0.0.1/",
        "http://127.0.0.1:/",
        "http://127.0.0.1:7683/",
        "http://127.0.0.1:80/",
        "http://127.0.0.1:76810/",
        "http://127.0.0.1:007681/",
        "http://127.0.0.1:7681x/",
        "http://example.org:7681/",
        "http://localhost.example.org:7681/",
        "http://127.0.0.1.example.org:7681/",
        "http://128.0.0.1:7681/",
        "http://user@127.0.0.1:7681/",
        "http://user:7681@127.0.0.1/",
        "http://[::2]:7681/",
        "http://[::1:7681/",
        "http://:7681/",
        "http:/127.0.0.1:7681/",
        "://127.0.0.1:7681/",
        "see http://127.0.0.1:7681/",
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(texts) / sizeof(texts[0]); n++)
        becomes(texts[n], NULL);
}

static void nothing_moved(void **state)
{
    char *out;

    (void)state;
    assert_int_equal(loopback_url_move("http://127.0.0.1:7681/", NULL, 0, &out), 0);
    assert_null(out);
}

static void port_zero_is_a_port(void **state)
{
    const struct moved_port free_port = {0, 40004};
    char *out;

    (void)state;
    assert_int_equal(loopback_url_move("http://127.0.0.1:0/x", &free_port, 1, &out), 0);
    assert_string_equal(out, "http://127.0.0.1:40004/x");
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_ports_of_this_machine),
        cmocka_unit_test(leaves_the_rest_alone),
        cmocka_unit_test(nothing_moved),
        cmocka_unit_test(port_zero_is_a_port),
    };

    return cmocka_run_group_tests_name("loopback_url", tests, NULL, NULL);
}

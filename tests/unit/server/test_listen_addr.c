#include "listen_addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void finds(const struct listen_wish *wish, enum listen_kind kind, const char *text)
{
    struct listen_addr addr;
    struct problem problem = {0};

    assert_int_equal(listen_addr_find(wish, &addr, &problem), 0);
    assert_int_equal(addr.kind, kind);
    assert_string_equal(addr.text, text);
    assert_string_equal(problem.text, "");
}

static void refuses(const struct listen_wish *wish, const char *reason)
{
    struct listen_addr addr;
    struct problem problem = {0};

    assert_int_equal(listen_addr_find(wish, &addr, &problem), -1);
    assert_non_null(strstr(problem.text, reason));
}

static void addresses(void **state)
{
    (void)state;
    finds(&(struct listen_wish){.interface = "127.0.0.1"}, LISTEN_V4, "127.0.0.1");
    finds(&(struct listen_wish){.interface = "::ffff:10.0.0.1"}, LISTEN_V4, "10.0.0.1");
    finds(&(struct listen_wish){.interface = "::1"}, LISTEN_V6, "::1");
    finds(&(struct listen_wish){.interface = "2001:DB8:0::1"}, LISTEN_V6, "2001:db8::1");
    finds(&(struct listen_wish){.no_ipv6 = true}, LISTEN_ANY_V4, "");
    finds(&(struct listen_wish){.interface = "", .no_ipv6 = true}, LISTEN_ANY_V4, "");
    refuses(&(struct listen_wish){.interface = "::1", .no_ipv6 = true}, "noipv6");
    refuses(&(struct listen_wish){.interface = "127.0.0.999"}, "neither");
    refuses(&(struct listen_wish){.no_ipv6 = true, .only_ipv6 = true}, "IPv6 alone");
}

static void interfaces(void **state)
{
    (void)state;
    finds(&(struct listen_wish){.interface = "lo"}, LISTEN_V4, "127.0.0.1");
    refuses(&(struct listen_wish){.interface = "no-such-if0"}, "neither");
}

static void paths(void **state)
{
    struct listen_wish wish = {.interface = "/tmp/x", .is_path = true};
    struct problem problem = {0};
    struct listen_addr addr;
    char longer[200];

    (void)state;
    assert_int_equal(listen_addr_find(&wish, &addr, &problem), 0);
    assert_int_equal(addr.kind, LISTEN_UNIX);
    assert_string_equal(addr.path, "/tmp/x");
    wish.interface = NULL;
    refuses(&wish, "missing");
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    wish.interface = longer;
    refuses(&wish, "too long");
}

static void url(enum listen_kind kind, const char *text, bool is_tls, const char *expected)
{
    struct listen_addr addr = {.kind = kind, .path = text};
    char out[128];

    if (kind != LISTEN_UNIX)
        strcpy(addr.text, text);
    listen_addr_url(&addr, is_tls, 7681, out, sizeof(out));
    assert_string_equal(out, expected);
}

static void urls_that_can_be_opened(void **state)
{
    (void)state;
    url(LISTEN_ANY, "", false, "http://127.0.0.1:7681/");
    url(LISTEN_ANY_V4, "", true, "https://127.0.0.1:7681/");
    url(LISTEN_ANY_V6, "", false, "http://[::1]:7681/");
    url(LISTEN_V4, "10.0.0.1", false, "http://10.0.0.1:7681/");
    url(LISTEN_V6, "2001:db8::1", true, "https://[2001:db8::1]:7681/");
    url(LISTEN_UNIX, "/run/x", false, "unix:/run/x");
}

static void the_same_address(void **state)
{
    struct listen_addr a = {.kind = LISTEN_V4, .text = "127.0.0.1"}, b = a;

    (void)state;
    assert_true(listen_addr_equal(&a, &b));
    strcpy(b.text, "127.0.0.2");
    assert_false(listen_addr_equal(&a, &b));
    b = (struct listen_addr){.kind = LISTEN_ANY_V4};
    assert_false(listen_addr_equal(&a, &b));
    a = (struct listen_addr){.kind = LISTEN_UNIX, .path = "/x"};
    b = (struct listen_addr){.kind = LISTEN_UNIX, .path = "/y"};
    assert_false(listen_addr_equal(&a, &b));
    b.path = "/x";
    assert_true(listen_addr_equal(&a, &b));
}

static void trying(void **state)
{
    struct listen_addr addr = {.kind = LISTEN_V4, .text = "127.0.0.1"};
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t length = sizeof(name);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&name, sizeof(name)), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&name, &length), 0);
    assert_int_equal(listen_addr_try(&addr, ntohs(name.sin_port)), EADDRINUSE);
    close(fd);
    assert_int_equal(listen_addr_try(&addr, ntohs(name.sin_port)), 0);
    strcpy(addr.text, "192.0.2.1"); /* RFC 5737: nobody has it */
    assert_int_equal(listen_addr_try(&addr, 0), EADDRNOTAVAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(interfaces),
        cmocka_unit_test(paths),
        cmocka_unit_test(urls_that_can_be_opened),
        cmocka_unit_test(the_same_address),
        cmocka_unit_test(trying),
    };

    return cmocka_run_group_tests_name("listen_addr", tests, NULL, NULL);
}

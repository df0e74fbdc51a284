#include "forwarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The client's address as text; "-" when there is none. peer: "-" for a unix socket. */
static const char *client(const char *trusted, const char *peer, const char *values)
{
    static char text[IP_ADDR_TEXT_BYTES];
    struct ip_addr peer_addr, addr;
    struct ip_nets nets;
    bool is_unix = strcmp(peer, "-") == 0;

    assert_int_equal(ip_nets_parse(&nets, trusted, "o", NULL), 0);
    if (!is_unix)
        assert_int_equal(ip_addr_parse(peer, strlen(peer), &peer_addr), 0);
    if (!forwarded_client(is_unix ? NULL : &peer_addr, &nets, values, values ? strlen(values) : 0,
                          &addr))
        return "-";
    ip_addr_format(&addr, text);
    return text;
}

static void believes_what_trusted_proxies_wrote(void **state)
{
    static const char *const rows[][4] = {
        /* trusted, peer, header, client */
        {"", "10.0.0.1", "1.2.3.4", "10.0.0.1"},
        {"10.0.0.0/8", "9.9.9.9", "1.2.3.4", "9.9.9.9"},
        {"10.0.0.0/8", "10.0.0.1", NULL, "10.0.0.1"},
        {"10.0.0.0/8", "10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.0/8", "10.0.0.1", " , ,", "10.0.0.1"},
        {"10.0.0.0/8", "10.0.0.1", "1.2.3.4", "1.2.3.4"},
        {"10.0.0.0/8", "10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"},
        {"10.0.0.0/8", "10.0.0.1", "\t2001:DB8::1 ,10.0.0.2,, 10.0.0.3 ", "2001:db8::1"},
        {"10.0.0.0/8", "::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"},
        {"10.0.0.0/8", "10.0.0.1", "10.0.0.7, 10.0.0.2", "10.0.0.7"},
        {"::1", "::1", "::2", "::2"},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
        assert_string_equal(client(rows[n][0], rows[n][1], rows[n][2]), rows[n][3]);
}

static void does_not_believe_what_a_client_wrote(void **state)
{
    (void)state;
    assert_string_equal(client("10.0.0.0/8", "10.0.0.1", "7.7.7.7, 1.2.3.4"), "1.2.3.4");
    assert_string_equal(client("10.0.0.0/8", "10.0.0.1", "10.0.0.9, 1.2.3.4, 10.0.0.2"), "1.2.3.4");
    assert_string_equal(client("10.0.0.0/8", "10.0.0.1", "rubbish, 1.2.3.4"), "1.2.3.4");
}

static void stops_at_what_is_no_address(void **state)
{
    static const char *const rubbish[] = {
        "unknown",   "1.2.3",      "1.2.3.4 5.6.7.8", "[::1", "[1.2.3.4]", "[::1]x",
        "[::1]:",    "1.2.3.4:x",  "1.2.3.4:",        "[]",   "[",         "::1:5:6:7:8:9:a:b:c",
        "1.2.3.4;x", "1.2.3.4:1:2"};
    char values[80];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rubbish) / sizeof(rubbish[0]); n++) {
        strcpy(values, "7.7.7.7,");
        strcat(values, rubbish[n]);
        assert_string_equal(client("10.0.0.0/8", "10.0.0.1", values), "10.0.0.1");
        strcat(values, ", 10.0.0.2");
        assert_string_equal(client("10.0.0.0/8", "10.0.0.1", values), "10.0.0.2");
    }
}

static void leaves_ports_and_brackets_out(void **state)
{
    (void)state;
    assert_string_equal(client("10.0.0.0/8", "10.0.0.1", "1.2.3.4:80"), "1.2.3.4");
    assert_string_equal(client("10.0.0.0/8", "10.0.0.1", "[2001:db8::1]:65535"), "2001:db8::1");
    assert_string_equal(client("10.0.0.0/8", "10.0.0.1", "[2001:db8::1]"), "2001:db8::1");
    assert_string_equal(client("10.0.0.0/8", "10.0.0.1", "1.2.3.4, 10.0.0.2:1"), "1.2.3.4");
}

static void trusts_unix_sockets_when_told(void **state)
{
    (void)state;
    assert_string_equal(client("unix", "-", "1.2.3.4"), "1.2.3.4");
    assert_string_equal(client("unix, 10.0.0.0/8", "-", "1.2.3.4, 10.0.0.2"), "1.2.3.4");
    assert_string_equal(client("unix", "-", "1.2.3.4, 10.0.0.2"), "10.0.0.2");
    assert_string_equal(client("unix", "-", "rubbish"), "-");
    assert_string_equal(client("unix", "-", NULL), "-");
    assert_string_equal(client("10.0.0.0/8", "-", "1.2.3.4"), "-");
    assert_string_equal(client("unix", "10.0.0.1", "1.2.3.4"), "10.0.0.1");
}

/* Text without an end: under a sanitizer a byte too far is an error. */
static void reads_within_its_length(void **state)
{
    static const char text[] = "7.7.7.7,[::1]:1,9,";
    size_t len;

    (void)state;
    for (len = 0; len < sizeof(text); len++) {
        char *values = malloc(len + 1);
        struct ip_addr peer, out;
        struct ip_nets nets;

        memcpy(values, text, len);
        values = realloc(values, len ? len : 1);
        assert_int_equal(ip_addr_parse("::2", 3, &peer), 0);
        assert_int_equal(ip_nets_parse(&nets, "::/0", "o", NULL), 0);
        assert_true(forwarded_client(&peer, &nets, values, len, &out));
        free(values);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(believes_what_trusted_proxies_wrote),
        cmocka_unit_test(does_not_believe_what_a_client_wrote),
        cmocka_unit_test(stops_at_what_is_no_address),
        cmocka_unit_test(leaves_ports_and_brackets_out),
        cmocka_unit_test(trusts_unix_sockets_when_told),
        cmocka_unit_test(reads_within_its_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

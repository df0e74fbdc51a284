#include "ip_addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct ip_addr addr(const char *text)
{
    struct ip_addr out;

    assert_int_equal(ip_addr_parse(text, strlen(text), &out), 0);
    return out;
}

static void has_one_text_for_each_address(void **state)
{
    static const char *const rows[][2] = {
        {"1.2.3.4", "1.2.3.4"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"::ffff:1.2.3.4", "1.2.3.4"},
        {"::FFFF:0102:0304", "1.2.3.4"},
        {"::", "::"},
        {"0:0:0:0:0:0:0:1", "::1"},
        {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0db8::0001", "2001:db8::1"},
        {"fe80::1", "fe80::1"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    char text[IP_ADDR_TEXT_BYTES];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct ip_addr parsed = addr(rows[n][0]);

        ip_addr_format(&parsed, text);
        assert_string_equal(text, rows[n][1]);
        parsed = addr(text);
        assert_true(ip_addr_equal(&parsed, &(struct ip_addr[]){addr(rows[n][0])}[0]));
    }
}

static void writes_every_octet_in_decimal(void **state)
{
    char text[IP_ADDR_TEXT_BYTES], wanted[IP_ADDR_TEXT_BYTES];
    unsigned n;

    (void)state;
    for (n = 0; n < 256; n++) {
        struct ip_addr parsed;

        snprintf(wanted, sizeof(wanted), "%u.%u.%u.%u", n, 255 - n, n ^ 85, n);
        parsed = addr(wanted);
        ip_addr_format(&parsed, text);
        assert_string_equal(text, wanted);
    }
}

static void takes_nothing_else(void **state)
{
    static const char *const rows[] = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "0x1.2.3.4",
        "1.2.3.-4",
        "1.2.3.4/8",
        "1.2.3.4:80",
        "[::1]",
        "::1%lo",
        ":::",
        "1::2::3",
        "::12345",
        "::g",
        "localhost",
        "1,2,3,4",
        "::1.2.3",
        ":",
        "::ffff:1.2.3.4.5",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555",
    };
    struct ip_addr out, before;
    size_t n;

    (void)state;
    memset(&out, 0x5a, sizeof(out));
    before = out;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        assert_int_equal(ip_addr_parse(rows[n], strlen(rows[n]), &out), -1);
        assert_memory_equal(&out, &before, sizeof(out));
    }
    assert_int_equal(ip_addr_parse("1.2.3.4\0", 8, &out), -1);
    assert_int_equal(ip_addr_parse("1.2.3.45", 7, &out), 0); /* only `len` bytes count */
    assert_true(ip_addr_equal(&out, &(struct ip_addr[]){addr("1.2.3.4")}[0]));
}

static void knows_ipv4_in_both_forms(void **state)
{
    struct ip_addr plain = addr("10.0.0.1"), mapped = addr("::ffff:10.0.0.1");
    struct ip_addr compatible = addr("::10.0.0.1"), six = addr("2001:db8::1");

    (void)state;
    assert_true(ip_addr_is_v4(&plain));
    assert_true(ip_addr_is_v4(&mapped));
    assert_true(ip_addr_equal(&plain, &mapped));
    assert_false(ip_addr_is_v4(&compatible));
    assert_false(ip_addr_is_v4(&six));
    assert_false(ip_addr_equal(&plain, &compatible));
    assert_int_equal(plain.octets[12], 10);
    assert_int_equal(plain.octets[15], 1);
}

static void compares_exactly_the_bits_of_a_net(void **state)
{
    static const struct {
        const char *addr, *net;
        unsigned bits;
        bool is_in;
    } rows[] = {
        {"10.1.2.3", "10.0.0.0", 96 + 8, true},   {"11.1.2.3", "10.0.0.0", 96 + 8, false},
        {"10.63.0.0", "10.0.0.0", 96 + 10, true}, {"10.64.0.0", "10.0.0.0", 96 + 10, false},
        {"10.0.0.1", "10.0.0.0", 96 + 31, true},  {"10.0.0.2", "10.0.0.0", 96 + 31, false},
        {"10.0.0.0", "10.0.0.0", 128, true},      {"10.0.0.1", "10.0.0.0", 128, false},
        {"1.2.3.4", "0.0.0.0", 96, true},         {"2001:db8::1", "0.0.0.0", 96, false},
        {"2001:db8::1", "::", 0, true},           {"1.2.3.4", "::", 0, true},
        {"fe80::1", "fe80::", 10, true},          {"febf::1", "fe80::", 10, true},
        {"fec0::1", "fe80::", 10, false},         {"::1", "::1", 129, false},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct ip_addr one = addr(rows[n].addr), net = addr(rows[n].net);

        assert_int_equal(ip_addr_in_net(&one, &net, rows[n].bits), rows[n].is_in);
    }
}

static void hides_where_in_its_network_it_is(void **state)
{
    static const char *const rows[][2] = {
        {"1.2.3.4", "1.2.3.*"},
        {"::ffff:255.255.255.255", "255.255.255.*"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:*"},
        {"2001:db8::1", "2001:db8:0:*"},
        {"::1", "0:0:0:*"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:*"},
    };
    char text[IP_ADDR_TEXT_BYTES];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct ip_addr parsed = addr(rows[n][0]);

        ip_addr_format_masked(&parsed, text);
        assert_string_equal(text, rows[n][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_one_text_for_each_address),
        cmocka_unit_test(writes_every_octet_in_decimal),
        cmocka_unit_test(hides_where_in_its_network_it_is),
        cmocka_unit_test(takes_nothing_else),
        cmocka_unit_test(knows_ipv4_in_both_forms),
        cmocka_unit_test(compares_exactly_the_bits_of_a_net),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "ip_net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool have(const char *list, const char *text)
{
    struct ip_nets nets;
    struct ip_addr addr;

    assert_int_equal(ip_nets_parse(&nets, list, "trusted-proxies", NULL), 0);
    assert_int_equal(ip_addr_parse(text, strlen(text), &addr), 0);
    return ip_nets_have(&nets, &addr);
}

static void has_what_is_in_its_networks(void **state)
{
    static const struct {
        const char *list, *addr;
        bool has;
    } rows[] = {
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.1", false},
        {"10.0.0.0/8", "::ffff:10.0.0.1", true},
        {"10.0.0.0/8, ::1, 192.168.0.0/16", "192.168.7.7", true},
        {"10.0.0.0/8,::1,192.168.0.0/16", "::1", true},
        {" 10.0.0.0/8   ::1\t192.168.0.0/16 ,", "::1", true},
        {"10.0.0.0/8,::1,192.168.0.0/16", "::2", false},
        {"1.2.3.4", "1.2.3.4", true},
        {"1.2.3.4", "1.2.3.40", false},
        {"1.2.3.4/31", "1.2.3.5", true},
        {"1.2.3.4/31", "1.2.3.6", false},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "8.8.8.8", false},
        {"::ffff:0.0.0.0/96", "8.8.8.8", true},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::1", false},
        {"unix", "127.0.0.1", false},
        {"", "127.0.0.1", false},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
        if (have(rows[n].list, rows[n].addr) != rows[n].has)
            fail_msg("%s in \"%s\"", rows[n].addr, rows[n].list);
}

static void knows_the_word_unix(void **state)
{
    struct ip_nets nets;

    (void)state;
    assert_int_equal(ip_nets_parse(&nets, "::1, unix", "o", NULL), 0);
    assert_true(nets.has_unix);
    assert_int_equal(nets.count, 1);
    assert_int_equal(ip_nets_parse(&nets, "::1", "o", NULL), 0);
    assert_false(nets.has_unix);
    assert_int_equal(ip_nets_parse(&nets, NULL, "o", NULL), 0);
    assert_int_equal(nets.count, 0);
}

static void refuses_what_is_no_network(void **state)
{
    static const char *const rows[][2] = {
        {"10.0.0.0/33", "\"10.0.0.0/33\" has no length from 0 to 32"},
        {"10.0.0.0/", "\"10.0.0.0/\" has no length from 0 to 32"},
        {"10.0.0.0/a", "\"10.0.0.0/a\" has no length from 0 to 32"},
        {"10.0.0.0/0008", "\"10.0.0.0/0008\" has no length from 0 to 32"},
        {"::1/129", "\"::1/129\" has no length from 0 to 128"},
        {"::1, 10.0.0.1/8", "\"10.0.0.1/8\" has address bits behind its length"},
        {"2001:db8::1/64", "\"2001:db8::1/64\" has address bits behind its length"},
        {"localhost", "\"localhost\" is neither an address nor a network"},
        {"10.0.0", "\"10.0.0\" is neither an address nor a network"},
        {"/8", "\"/8\" is neither an address nor a network"},
        {"unixes", "\"unixes\" is neither an address nor a network"},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct problem problem = {0};
        struct ip_nets nets;

        assert_int_equal(ip_nets_parse(&nets, rows[n][0], "trusted-proxies", &problem), -1);
        assert_string_equal(problem.path, "trusted-proxies");
        assert_string_equal(problem.text, rows[n][1]);
        assert_int_equal(nets.count, 0);
    }
}

static void takes_as_many_as_it_says(void **state)
{
    char list[16 * (IP_NETS_MAX + 1)] = "";
    struct problem problem = {0};
    struct ip_nets nets;
    int n;

    (void)state;
    for (n = 0; n < IP_NETS_MAX; n++)
        sprintf(list + strlen(list), "10.0.0.%d,", n);
    assert_int_equal(ip_nets_parse(&nets, list, "o", &problem), 0);
    assert_int_equal(nets.count, IP_NETS_MAX);
    strcat(list, "10.1.0.0");
    assert_int_equal(ip_nets_parse(&nets, list, "o", &problem), -1);
    assert_string_equal(problem.text, "\"10.1.0.0\" is one network too many");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_what_is_in_its_networks),
        cmocka_unit_test(knows_the_word_unix),
        cmocka_unit_test(refuses_what_is_no_network),
        cmocka_unit_test(takes_as_many_as_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "ip_class.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* First, last and neighbours of the nets of the two IANA registries. */
static const struct {
    const char *text;
    const char *kind;
} rows[] = {
    {"0.0.0.0", "unspecified"},
    {"0.0.0.1", "reserved"},
    {"0.255.255.255", "reserved"},
    {"1.0.0.0", "public"},
    {"9.255.255.255", "public"},
    {"10.0.0.0", "private"},
    {"10.255.255.255", "private"},
    {"11.0.0.0", "public"},
    {"100.63.255.255", "public"},
    {"100.64.0.0", "shared"},
    {"100.127.255.255", "shared"},
    {"100.128.0.0", "public"},
    {"126.255.255.255", "public"},
    {"127.0.0.1", "loopback"},
    {"128.0.0.0", "public"},
    {"169.254.1.1", "link-local"},
    {"169.255.0.0", "public"},
    {"172.15.255.255", "public"},
    {"172.16.0.0", "private"},
    {"172.31.255.255", "private"},
    {"172.32.0.0", "public"},
    {"192.0.0.8", "reserved"},
    {"192.0.0.9", "public"},
    {"192.0.0.10", "public"},
    {"192.0.0.11", "reserved"},
    {"192.0.1.0", "public"},
    {"192.0.2.255", "documentation"},
    {"192.0.3.0", "public"},
    {"192.88.99.1", "reserved"},
    {"192.167.255.255", "public"},
    {"192.168.0.0", "private"},
    {"192.169.0.0", "public"},
    {"198.17.255.255", "public"},
    {"198.18.0.0", "benchmark"},
    {"198.19.255.255", "benchmark"},
    {"198.20.0.0", "public"},
    {"198.51.100.7", "documentation"},
    {"203.0.113.7", "documentation"},
    {"223.255.255.255", "public"},
    {"224.0.0.0", "multicast"},
    {"239.255.255.255", "multicast"},
    {"240.0.0.0", "reserved"},
    {"255.255.255.254", "reserved"},
    {"255.255.255.255", "broadcast"},
    {"::", "unspecified"},
    {"::1", "loopback"},
    {"::2", "reserved"},
    {"::ffff:10.0.0.1", "private"},
    {"::ffff:8.8.8.8", "public"},
    {"64:ff9b::8.8.8.8", "public"},
    {"64:ff9b::10.0.0.1", "private"},
    {"64:ff9b:1::1", "private"},
    {"64:ff9b:2::1", "reserved"},
    {"100::1", "discard"},
    {"100:0:0:1::", "reserved"},
    {"2001::1", "teredo"},
    {"2001:1::1", "reserved"},
    {"2001:2::1", "benchmark"},
    {"2001:2:1::1", "reserved"},
    {"2001:1f:ffff::", "reserved"},
    {"2001:20::", "orchid"},
    {"2001:2f:ffff::", "orchid"},
    {"2001:30::", "reserved"},
    {"2001:1ff:ffff::", "reserved"},
    {"2001:200::", "public"},
    {"2001:db7:ffff::", "public"},
    {"2001:db8::1", "documentation"},
    {"2001:db9::", "public"},
    {"2002:a00:1::", "6to4"},
    {"2003::1", "public"},
    {"2606:4700::1111", "public"},
    {"3ffe:ffff::", "public"},
    {"3fff::1", "documentation"},
    {"3fff:fff:ffff::", "documentation"},
    {"3fff:1000::", "public"},
    {"4000::", "reserved"},
    {"5f00::1", "reserved"},
    {"fbff::", "reserved"},
    {"fc00::", "private"},
    {"fdff::1", "private"},
    {"fe00::", "reserved"},
    {"fe80::1", "link-local"},
    {"febf::1", "link-local"},
    {"fec0::1", "private"},
    {"feff::1", "private"},
    {"ff02::1", "multicast"},
};

static void every_registry_entry_has_its_kind(void **state)
{
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct ip_addr addr = fixture_addr(rows[n].text);
        const char *kind = ip_kind_name(ip_class_of(&addr));

        if (strcmp(kind, rows[n].kind) != 0)
            fail_msg("%s is %s, not %s", rows[n].text, rows[n].kind, kind);
    }
}

static void the_subject_of_nat64_is_inside(void **state)
{
    struct ip_addr addr = fixture_addr("64:ff9b::8.8.4.4"), plain = fixture_addr("2001:db8::1");
    struct ip_addr inside = fixture_addr("8.8.4.4"), subject = ip_class_subject(&addr);

    (void)state;
    assert_true(ip_addr_equal(&subject, &inside));
    subject = ip_class_subject(&plain);
    assert_true(ip_addr_equal(&subject, &plain));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_registry_entry_has_its_kind),
                                       cmocka_unit_test(the_subject_of_nat64_is_inside)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

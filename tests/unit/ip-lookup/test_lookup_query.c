/* What lookup_query promises: one address, one format, one language, or a clear complaint. */
#include "lookup_query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Take the parameters of `text`, separated by `&`. Returns what the first failure returns. */
static int ask(const char *text, struct lookup_query *query, struct problem *problem)
{
    lookup_query_init(query);
    memset(problem, 0, sizeof(*problem));
    while (*text) {
        size_t len = strcspn(text, "&");

        if (lookup_query_take(query, text, len, problem))
            return -1;
        text += len + (text[len] == '&');
    }
    return lookup_query_finish(query, problem);
}

static void assert_refused(const char *text, const char *reason)
{
    struct lookup_query query;
    struct problem problem;

    assert_int_equal(ask(text, &query, &problem), -1);
    assert_string_equal(problem.text, reason);
}

static void takes_what_the_tutorial_asks(void **state)
{
    struct lookup_query query;
    struct problem problem;
    char text[IP_ADDR_TEXT_BYTES];

    (void)state;
    assert_int_equal(ask("format=json&ip=14.130.112.24", &query, &problem), 0);
    ip_addr_format(&query.addr, text);
    assert_string_equal(text, "14.130.112.24");
    assert_int_equal(query.format, LOOKUP_JSON);
    assert_string_equal(query.language, "");
}

static void takes_every_parameter(void **state)
{
    struct lookup_query query;
    struct problem problem;

    (void)state;
    assert_int_equal(
        ask("ip=2001:DB8::1&lang=zh-CN&format=native&other=1&ipx=2&&", &query, &problem), 0);
    assert_int_equal(query.format, LOOKUP_NATIVE);
    assert_string_equal(query.language, "zh-CN");
}

static void refuses_with_a_reason(void **state)
{
    (void)state;
    assert_refused("", "\"ip\" is missing: ask with ?ip=ADDRESS");
    assert_refused("ip", "\"ip\" is missing: ask with ?ip=ADDRESS");
    assert_refused("ip=", "\"ip\" is not an IPv4 or IPv6 address");
    assert_refused("ip=1.2.3", "\"ip\" is not an IPv4 or IPv6 address");
    assert_refused("ip=1.2.3.4.", "\"ip\" is not an IPv4 or IPv6 address");
    assert_refused("ip=example.com", "\"ip\" is not an IPv4 or IPv6 address");
    assert_refused("ip=1.2.3.4&ip=1.2.3.4", "\"ip\" is given twice");
    assert_refused("ip=1.2.3.4&format=xml", "\"format\" is neither json nor native");
    assert_refused("ip=1.2.3.4&format=", "\"format\" is neither json nor native");
    assert_refused("ip=1.2.3.4&format=json&format=json", "\"format\" is given twice");
    assert_refused("ip=1.2.3.4&lang=", "\"lang\" is not a language tag such as zh-CN or en");
    assert_refused("ip=1.2.3.4&lang=en&lang=en", "\"lang\" is given twice");
}

static void an_address_with_a_nul_is_none(void **state)
{
    struct lookup_query query;
    struct problem problem = {0};

    (void)state;
    lookup_query_init(&query);
    assert_int_equal(lookup_query_take(&query, "ip=1.2.3.4\0x", 12, &problem), -1);
    assert_false(query.has_addr);
}

static void knows_a_language_tag(void **state)
{
    static const char *const good[] = {"en", "zh-CN", "pt-BR", "zh-Hant-TW", "x1"};
    static const char *const bad[] = {
        "", "e", "-en", "en-", "en_US", "中文", "e n", "en/..", "abcdefghijklmnopqrstuvwx"};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(good) / sizeof(good[0]); n++)
        assert_true(lookup_is_language(good[n], strlen(good[n])));
    for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++)
        assert_false(lookup_is_language(bad[n], strlen(bad[n])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_the_tutorial_asks),
        cmocka_unit_test(takes_every_parameter),
        cmocka_unit_test(refuses_with_a_reason),
        cmocka_unit_test(an_address_with_a_nul_is_none),
        cmocka_unit_test(knows_a_language_tag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

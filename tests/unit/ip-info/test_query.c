#include "query.h"

#include "alloc_fail.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Read path and parameters given as name, value, …, NULL; returns the status of a refusal or 0. */
static unsigned read(struct query *query, const char *path, ...)
{
    const struct ip_addr caller = fixture_addr("198.51.100.1");
    const char *name;
    va_list args;

    query_init(query, 4);
    query_path(query, path, strlen(path));
    va_start(args, path);
    while ((name = va_arg(args, const char *)) && !query->error_status) {
        const char *value = va_arg(args, const char *);

        query_parameter(query, name, strlen(name), value, strlen(value));
    }
    va_end(args);
    query_finish(query, &caller);
    return query->error_status;
}

static void lists_keep_their_order(void **state)
{
    struct query query;

    (void)state;
    assert_int_equal(read(&query, "", "ip", "1.1.1.1,x", "other", "y", "ip", "::1", NULL), 0);
    assert_int_equal(query.form, QUERY_LIST);
    assert_int_equal(query.count, 3);
    assert_string_equal(query.questions[0].text, "1.1.1.1");
    assert_true(query.questions[0].is_valid);
    assert_false(query.questions[1].is_valid);
    assert_string_equal(query.questions[2].text, "::1");
    query_fini(&query);
}

static void names_are_kept(void **state)
{
    struct query query;

    (void)state;
    assert_int_equal(read(&query, "/", "ip.rep3", "1.1.1.1", "ip.A-_9", "1.1.1.2", NULL), 0);
    assert_int_equal(query.form, QUERY_NAMED);
    assert_string_equal(query.questions[0].name, "rep3");
    assert_string_equal(query.questions[1].name, "A-_9");
    query_fini(&query);
}

static void the_path_asks_for_one_or_for_the_caller(void **state)
{
    struct query query;

    (void)state;
    assert_int_equal(read(&query, "/1.1.1.1/", NULL), 0);
    assert_int_equal(query.form, QUERY_SINGLE);
    assert_string_equal(query.questions[0].text, "1.1.1.1");
    query_fini(&query);
    assert_int_equal(read(&query, "1.1.1.1", NULL), 0); /* a mount at "/" */
    query_fini(&query);
    assert_int_equal(read(&query, "/me", NULL), 0);
    assert_int_equal(query.form, QUERY_SINGLE);
    assert_string_equal(query.questions[0].text, "198.51.100.1");
    query_fini(&query);
    assert_int_equal(read(&query, "", NULL), 0);
    assert_string_equal(query.questions[0].text, "198.51.100.1");
    query_fini(&query);
    query_init(&query, 4);
    assert_int_equal(query_finish(&query, NULL), -1);
    assert_int_equal(query.error_status, 400);
    query_fini(&query);
}

static void refusals(void **state)
{
    static const char long_name[] = "ip.abcdefghijklmnopqrstuvwxyz0123456";
    struct query query;

    (void)state;
#define REFUSED(status, ...)                                                                       \
    assert_int_equal(read(&query, __VA_ARGS__, NULL), status);                                     \
    assert_true(query.error_text[0]);                                                              \
    query_fini(&query)
    REFUSED(404, "/a/b");
    REFUSED(400, "", "ip", "");
    REFUSED(400, "", "ip", ",1.1.1.1");
    REFUSED(400, "", "ip", "1.1.1.1,");
    REFUSED(400, "/me", "ip", "1.1.1.1");
    REFUSED(400, "/1.1.1.1", "ip", "1.1.1.1");
    REFUSED(400, "", "ip", "1.1.1.1", "ip.a", "1.1.1.1");
    REFUSED(400, "", "ip.a", "1.1.1.1", "ip.a", "1.1.1.1");
    REFUSED(400, "", "ip.", "1.1.1.1");
    REFUSED(400, "", "ip.a", "");
    REFUSED(400, "", "ip.\xc3\xa4", "1.1.1.1");
    REFUSED(400, "", long_name, "1.1.1.1");
    REFUSED(422, "", "ip", "1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1");
    REFUSED(400, "", "format", "");
    REFUSED(400, "", "fields", "");
    REFUSED(400, "", "fields", "city,");
    REFUSED(400, "", "fields", "town");
    REFUSED(400, "", "fields", "city", "fields", "city");
    REFUSED(400, "", "meta", "yes");
    REFUSED(400, "", "lang", "x");
    REFUSED(400, "", "lang", "zh_CN");
    REFUSED(400, "", "lang", "a-very-long-tag-it");
    REFUSED(400, "/me/city", "format", "csv");
    REFUSED(404, "/1.1.1.1/town");
    REFUSED(404, "/1.1.1.1/error");
    REFUSED(404, "/1.1.1.1/city/x");
    REFUSED(400, "", "format", "json", "format", "json");
    REFUSED(400, "", "deadline", "49");
    REFUSED(400, "", "deadline", "");
    REFUSED(400, "", "deadline", "1e3");
    REFUSED(400, "", "deadline", "1000000000");
    REFUSED(400, "", "strict", "yes");
    REFUSED(400, "", "strict", "0", "strict", "0");
    REFUSED(400, "", "provider", "");
    REFUSED(400, "", "provider", "a/b");
    REFUSED(400, "", "provider", "a", "provider", "a");
}

static void scalars_are_read(void **state)
{
    struct query query;

    (void)state;
    assert_int_equal(read(&query, "/1.1.1.1", "format", "html", "deadline", "50", "strict", "1",
                          "provider", "local", NULL),
                     0);
    assert_int_equal(query.format, QUERY_FORMAT_HTML);
    assert_int_equal(query.deadline_ms, 50);
    assert_true(query.is_strict);
    assert_string_equal(query.provider, "local");
    query_fini(&query);
}

static void what_is_told_back_is_short_and_printable(void **state)
{
    struct query query;
    char text[200];

    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text, "\x01\x7f\xc3\xa4", 4);
    query_init(&query, 1);
    query_parameter(&query, "ip", 2, text, sizeof(text));
    assert_int_equal(strlen(query.questions[0].text), QUERY_TEXT_BYTES - 1);
    assert_memory_equal(query.questions[0].text, "????xxxx", 8);
    query_fini(&query);
}

static unsigned body(const char *text, enum query_form form, size_t count)
{
    struct query query;
    unsigned status;

    query_init(&query, 4);
    query_body(&query, text, strlen(text));
    query_finish(&query, NULL);
    status = query.error_status;
    if (!status) {
        assert_int_equal(query.form, form);
        assert_int_equal(query.count, count);
    }
    query_fini(&query);
    return status;
}

static void bodies(void **state)
{
    static const char *const mistakes[] = {"",
                                           "x",
                                           "1",
                                           "\"1.1.1.1\"",
                                           "[]",
                                           "{}",
                                           "[1]",
                                           "[null]",
                                           "[\"\"]",
                                           "[[\"a\"]]",
                                           "{\"a\":1}",
                                           "{\"a\":\"\"}",
                                           "{\"a b\":\"1.1.1.1\"}",
                                           "{\"\":\"1.1.1.1\"}",
                                           "[\"1.1.1.1\"] x",
                                           "{\"a\":\"1.1.1.1\",\"a\":\"1.1.1.1\"}"};
    size_t n;

    (void)state;
    assert_int_equal(body("[\"1.1.1.1\",\"x\"]", QUERY_LIST, 2), 0);
    assert_int_equal(body("{\"a\":\"1.1.1.1\",\"b\":\"x\"}", QUERY_NAMED, 2), 0);
    for (n = 0; n < sizeof(mistakes) / sizeof(mistakes[0]); n++)
        if (body(mistakes[n], QUERY_LIST, 0) != 400)
            fail_msg("%s is taken", mistakes[n]);
    assert_int_equal(body("[\"a\",\"a\",\"a\",\"a\",\"a\"]", QUERY_LIST, 0), 422);
}

static void fields_are_chosen(void **state)
{
    struct query query;

    (void)state;
    assert_int_equal(read(&query, "/1.1.1.1", "fields", "city,kind", "meta", "1", "lang", "zh-CN",
                          "format", "ndjson", NULL),
                     0);
    assert_true(query_wants(&query, RECORD_CITY));
    assert_true(query_wants(&query, ANSWER_FIELD_KIND));
    assert_true(query_wants(&query, ANSWER_FIELD_OK));
    assert_false(query_wants(&query, RECORD_COUNTRY));
    assert_false(query_wants(&query, ANSWER_FIELD_SOURCE));
    assert_true(query.is_meta);
    assert_string_equal(query.lang, "zh-CN");
    assert_int_equal(query.format, QUERY_FORMAT_NDJSON);
    query_fini(&query);
    assert_int_equal(read(&query, "/1.1.1.1", NULL), 0);
    assert_true(query_wants(&query, RECORD_COUNTRY));
    assert_false(query.is_of_caller);
    query_fini(&query);
}

static void a_path_can_name_one_field(void **state)
{
    struct query query;

    (void)state;
    assert_int_equal(read(&query, "/1.1.1.1/city", NULL), 0);
    assert_int_equal(query.field, RECORD_CITY);
    query_fini(&query);
    assert_int_equal(read(&query, "/me/asn/", "format", "text", NULL), 0);
    assert_int_equal(query.field, RECORD_ASN);
    assert_true(query.is_of_caller);
    query_fini(&query);
}

static void short_memory_is_503(void **state)
{
    struct query query;

    (void)state;
    alloc_fail_arm(0);
    assert_int_equal(read(&query, "/1.1.1.1", NULL), 503);
    assert_true(alloc_fail_disarm());
    query_fini(&query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_keep_their_order),
                                       cmocka_unit_test(names_are_kept),
                                       cmocka_unit_test(the_path_asks_for_one_or_for_the_caller),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(scalars_are_read),
                                       cmocka_unit_test(what_is_told_back_is_short_and_printable),
                                       cmocka_unit_test(bodies),
                                       cmocka_unit_test(fields_are_chosen),
                                       cmocka_unit_test(a_path_can_name_one_field),
                                       cmocka_unit_test(short_memory_is_503)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

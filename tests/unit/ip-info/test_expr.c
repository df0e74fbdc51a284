#include "expr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char document[] =
    "{\"country\":\"中国\",\"empty\":\"\",\"null\":null,\"n\":42,\"r\":39.9042,\"t\":true,\"f\":"
    "false,"
    "\"as\":\"AS15169 Google LLC\",\"bare\":\"15169\",\"org\":\"Google\",\"loc\":\"39.9,116.4\","
    "\"pad\":\"  Xy \\n\",\"o\":{},\"a\":[1],\"names\":{\"en\":\"China\"},\"nul\":\"a\\u0000b\"}";

/* The value of an expression; NULL for none. */
static const char *eval(const char *text, const char *lang)
{
    static char out[EXPR_VALUE_BYTES];
    json_t *root = json_loads(document, JSON_ALLOW_NUL, NULL);
    struct expr *expr = expr_new(text, strlen(text), NULL);
    int result;

    assert_non_null(root);
    assert_non_null(expr);
    result = expr_eval(expr, root, lang, NULL, out);
    expr_free(expr);
    json_decref(root);
    return result ? NULL : out;
}

static void values_are_found_and_printed(void **state)
{
    static const struct {
        const char *text;
        const char *value;
    } rows[] = {
        {"/country", "中国"},
        {"/n", "42"},
        {"/r", "39.9042"},
        {"/t", "true"},
        {"/f", "false"},
        {"/empty", NULL},
        {"/null", NULL},
        {"/o", NULL},
        {"/a", NULL},
        {"/a/0", "1"},
        {"/none", NULL},
        {"/nul", NULL},
        {"/empty;/country", "中国"},
        {"/none;/null;/n", "42"},
        {"/as|asn", "15169"},
        {"/as|as_name", "Google LLC"},
        {"/bare|asn", "15169"},
        {"/org|asn", NULL},
        {"/org|as_name", "Google"},
        {"/loc|split:0", "39.9"},
        {"/loc|split:1", "116.4"},
        {"/loc|split:2", NULL},
        {"/pad|trim", "Xy"},
        {"/pad|trim|upper", "XY"},
        {"/pad|trim|lower", "xy"},
        {"/country|upper", "中国"},
        {"/org|asn;/as|asn", "15169"},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        const char *value = eval(rows[n].text, NULL);

        if (!value != !rows[n].value || (value && strcmp(value, rows[n].value) != 0))
            fail_msg("%s is %s", rows[n].text, value ? value : "nothing");
    }
    assert_string_equal(eval("/names/{lang};/names/en", "fr"), "China");
}

static void a_value_that_is_too_long_is_missing(void **state)
{
    char text[EXPR_VALUE_BYTES + 10], out[EXPR_VALUE_BYTES];
    struct expr *expr = expr_new("/x", 2, NULL);
    json_t *root;

    (void)state;
    memset(text, 'x', sizeof(text));
    text[EXPR_VALUE_BYTES] = 0;
    root = json_pack("{s:s}", "x", text);
    assert_int_equal(expr_eval(expr, root, NULL, NULL, out), -1);
    json_decref(root);
    text[EXPR_VALUE_BYTES - 1] = 0;
    root = json_pack("{s:s}", "x", text);
    assert_int_equal(expr_eval(expr, root, NULL, NULL, out), 0);
    assert_string_equal(out, text);
    json_decref(root);
    expr_free(expr);
}

static void mistakes_are_refused(void **state)
{
    static const char *const mistakes[] = {"",
                                           "x",
                                           "/a;",
                                           ";/a",
                                           "/a|",
                                           "/a|shout",
                                           "/a|split",
                                           "/a|split:",
                                           "/a|split:x",
                                           "/a|split:10",
                                           "/a|ASN",
                                           "/a|trim|",
                                           "/a|trim|trim|trim|trim|trim"};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(mistakes) / sizeof(mistakes[0]); n++) {
        struct problem problem = {0};

        if (expr_new(mistakes[n], strlen(mistakes[n]), &problem) || !problem.text[0])
            fail_msg("\"%s\" is taken", mistakes[n]);
    }
}

static bool holds(const char *text)
{
    json_t *root = json_loads(document, JSON_ALLOW_NUL, NULL);
    struct condition *condition = condition_new(text, NULL);
    bool result;

    assert_non_null(condition);
    result = condition_holds(condition, root);
    condition_free(condition);
    json_decref(root);
    return result;
}

static void conditions(void **state)
{
    struct problem problem = {0};

    (void)state;
    assert_true(holds("/n=42"));
    assert_false(holds("/n=4"));
    assert_true(holds("/t=true"));
    assert_true(holds("/country=中国"));
    assert_true(holds("/empty="));
    assert_true(holds("/empty"));
    assert_true(holds("/o"));
    assert_false(holds("/null"));
    assert_false(holds("/none"));
    assert_false(holds("/none="));
    assert_null(condition_new("ret=1", &problem));
    assert_true(problem.text[0]);
    condition_free(NULL);
    expr_free(NULL);
}

static void absent_values_count_as_missing(void **state)
{
    static const char absent[EXPR_MAX_ABSENT][EXPR_ABSENT_BYTES] = {"Unknown", "64512"};
    static const struct {
        const char *expr, *value; /* NULL: none */
    } rows[] = {{"/a", NULL}, {"/b", NULL}, {"/a;/c", "x"}, {"/d|as_name", NULL}, {"/d|asn", "1"}};
    json_t *root =
        json_loads("{\"a\":\"Unknown\",\"b\":64512,\"c\":\"x\",\"d\":\"AS1 Unknown\"}", 0, NULL);
    char out[EXPR_VALUE_BYTES];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct expr *expr = expr_new(rows[n].expr, strlen(rows[n].expr), NULL);

        assert_int_equal(expr_eval(expr, root, NULL, absent, out), rows[n].value ? 0 : -1);
        if (rows[n].value)
            assert_string_equal(out, rows[n].value);
        expr_free(expr);
    }
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(absent_values_count_as_missing),
                                       cmocka_unit_test(values_are_found_and_printed),
                                       cmocka_unit_test(a_value_that_is_too_long_is_missing),
                                       cmocka_unit_test(mistakes_are_refused),
                                       cmocka_unit_test(conditions)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

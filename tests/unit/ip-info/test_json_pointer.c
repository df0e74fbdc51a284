#include "json_pointer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The document and the pointers of RFC 6901 section 5, and more. */
static const char document[] = "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
                               "\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8,"
                               "\"names\":{\"de\":9,\"zh-CN\":10},\"deep\":[[{\"x\":11}]]}";

static json_int_t find(const char *text, const char *lang)
{
    json_t *root = json_loads(document, 0, NULL);
    struct json_pointer pointer;
    const json_t *value;
    json_int_t result = -1;

    assert_non_null(root);
    assert_int_equal(json_pointer_init(&pointer, text, strlen(text), NULL), 0);
    value = json_pointer_get(&pointer, root, lang);
    if (value)
        result = json_is_integer(value) ? json_integer_value(value) : 100;
    json_pointer_fini(&pointer);
    json_decref(root);
    return result;
}

static void finds_what_the_rfc_finds(void **state)
{
    static const struct {
        const char *pointer;
        int value; /* -1: nothing, 100: no number */
    } rows[] = {{"/foo", 100},    {"/foo/0", 100}, {"/foo/1", 100},     {"/", 0},
                {"/a~1b", 1},     {"/c%d", 2},     {"/e^f", 3},         {"/g|h", 4},
                {"/i\\j", 5},     {"/k\"l", 6},    {"/ ", 7},           {"/m~0n", 8},
                {"/foo/2", -1},   {"/foo/00", -1}, {"/foo/-", -1},      {"/foo/", -1},
                {"/foo/0/x", -1}, {"/none", -1},   {"/deep/0/0/x", 11}, {"/foo/9999999999", -1},
                {"/m~01", -1}};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
        if (find(rows[n].pointer, NULL) != rows[n].value)
            fail_msg("%s", rows[n].pointer);
}

static void the_language_is_filled_in(void **state)
{
    char longest[300];

    (void)state;
    assert_int_equal(find("/names/{lang}", "de"), 9);
    assert_int_equal(find("/names/zh-{lang}", "CN"), 10);
    assert_int_equal(find("/names/{lang}", "fr"), -1);
    assert_int_equal(find("/names/{lang}", NULL), -1);
    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = 0;
    assert_int_equal(find("/names/{lang}", longest), -1);
}

static void mistakes_are_refused(void **state)
{
    static const char *const mistakes[] = {"", "x", "x/y", "/a~", "/a~2", "/~x"};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(mistakes) / sizeof(mistakes[0]); n++) {
        struct problem problem = {0};
        struct json_pointer pointer;

        assert_int_equal(json_pointer_init(&pointer, mistakes[n], strlen(mistakes[n]), &problem),
                         -1);
        assert_true(problem.text[0]);
        assert_null(pointer.tokens);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_what_the_rfc_finds),
                                       cmocka_unit_test(the_language_is_filled_in),
                                       cmocka_unit_test(mistakes_are_refused)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "json_lines.h"

#include "alloc_fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct json_lines *lines_of(const char *text)
{
    struct json_lines *lines = json_lines_new(text, strlen(text));

    assert_non_null(lines);
    return lines;
}

static const char sample[] = "\n"                                 /* 1 */
                             "{ \"a\": 1,\n"                      /* 2 */
                             "  \"list\": [\n"                    /* 3 */
                             "    10, 11,\n"                      /* 4 */
                             "    { \"deep\": { \"er\":\n"        /* 5 */
                             "      null } }\n"                   /* 6 */
                             "  ],\n"                             /* 7 */
                             "  \"room.lobby.pin\": \"x\\\\\",\n" /* 8 */
                             "  \"caf\\u00e9\": \"\\\"{[\",\n"    /* 9 */
                             "  \"\": {}, \"e\": [ ]\n"           /* 10 */
                             "}\n";

/* The member that the NULL-terminated keys lead to. */
static struct json_member member(const struct json_lines *lines, const char *const *keys)
{
    struct json_member at = {.node = JSON_LINES_ROOT};

    for (; *keys; keys++)
        assert_int_equal(json_lines_member(lines, at.node, *keys, 0, &at), 0);
    return at;
}

#define LINE(...) member(lines, (const char *const[]){__VA_ARGS__, NULL}).line

static void finds_the_line_of_each_member(void **state)
{
    struct json_lines *lines = lines_of(sample);

    (void)state;
    assert_int_equal(LINE("a"), 2);
    assert_int_equal(LINE("list"), 3);
    assert_int_equal(LINE("list", "[0]"), 4);
    assert_int_equal(LINE("list", "[1]"), 4);
    assert_int_equal(LINE("list", "[2]"), 5);
    assert_int_equal(LINE("list", "[2]", "deep"), 5);
    assert_int_equal(LINE("list", "[2]", "deep", "er"), 5);
    assert_int_equal(LINE("room.lobby.pin"), 8);
    assert_int_equal(LINE("café"), 9);
    assert_int_equal(LINE(""), 10);
    assert_int_equal(LINE("e"), 10);
    json_lines_free(lines);
}

static void keeps_keys_with_dots_and_nested_keys_apart(void **state)
{
    struct json_lines *lines = lines_of("{ \"a.b\": {},\n \"a\": { \"b\":\n { \"[0]\":\n 1 } } }");

    (void)state;
    assert_int_equal(LINE("a.b"), 1);
    assert_int_equal(LINE("a", "b"), 2);
    assert_int_equal(LINE("a", "b", "[0]"), 3);
    json_lines_free(lines);
}

static void gives_repeated_members_in_order(void **state)
{
    static const char text[] = "{\"a\":{\"k\":1,\"b\":[0],\n\"k\":\"two\" ,\"k\" : 3}}";
    struct json_lines *lines = lines_of(text);
    struct json_member a, k, none = {.line = 77};
    static const char *const values[] = {"1", "\"two\"", "3"};
    size_t n;

    (void)state;
    assert_int_equal(json_lines_member(lines, JSON_LINES_ROOT, "a", 0, &a), 0);
    for (n = 0; n < 3; n++) {
        assert_int_equal(json_lines_member(lines, a.node, "k", n, &k), 0);
        assert_int_equal(k.line, n ? 2 : 1);
        assert_int_equal(k.value_bytes, strlen(values[n]));
        assert_memory_equal(text + k.value, values[n], k.value_bytes);
    }
    assert_int_equal(json_lines_member(lines, a.node, "k", 3, &none), -1);
    assert_int_equal(json_lines_member(lines, a.node, "kk", 0, &none), -1);
    assert_int_equal(json_lines_member(lines, a.node, "", 0, &none), -1);
    assert_int_equal(json_lines_member(lines, 9999, "k", 0, &none), -1);
    assert_int_equal(none.line, 77);
    assert_int_equal(json_lines_member(lines, a.node, "b", 0, &k), 0);
    assert_int_equal(json_lines_member(lines, k.node, "[0]", 0, &k), 0);
    assert_int_equal(text[k.value], '0');
    json_lines_free(lines);
}

static void knows_a_key_however_it_is_escaped(void **state)
{
    struct json_lines *lines = lines_of("{ \"n\\u0061me\": 1,\n\n \"name\": 2 }");
    struct json_member name;

    (void)state;
    assert_int_equal(json_lines_member(lines, JSON_LINES_ROOT, "name", 1, &name), 0);
    assert_int_equal(name.line, 3);
    json_lines_free(lines);
}

static void takes_only_json(void **state)
{
    static const char *const texts[] = {
        "",        " \n",   "{",       "[1,",   "{\"a\"}", "{\"a\":}",  "{\"a\":1,}",
        "[1] [2]", "\"abc", "\"abc\\", "{a:1}", "[1}",     "{\"a\":1]",
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(texts) / sizeof(texts[0]); n++)
        assert_null(json_lines_new(texts[n], strlen(texts[n])));
    assert_null(json_lines_new("[1\0]", 4));
    json_lines_free(NULL);
}

static void bears_depth_and_breadth(void **state)
{
    static char deep[5000], wide[400000];
    struct json_lines *lines;
    size_t len = 0;
    int n;

    (void)state;
    memset(deep, '[', 2048);
    memset(deep + 2048, ']', 2048);
    lines = json_lines_new(deep, 4096);
    assert_non_null(lines);
    json_lines_free(lines);
    memset(deep, '[', 2049);
    memset(deep + 2049, ']', 2049);
    assert_null(json_lines_new(deep, 4098));

    len = (size_t)sprintf(wide, "{");
    for (n = 0; n < 20000; n++)
        len += (size_t)sprintf(wide + len, "\"key%d\":1%s\n", n, n < 19999 ? "," : "}");
    lines = json_lines_new(wide, len);
    assert_non_null(lines);
    assert_int_equal(LINE("key12345"), 12346);
    json_lines_free(lines);
}

static void survives_each_failing_allocation(void **state)
{
    static const char text[] = "{ \"a\": [ { \"b\": 1, \"b\": 2 } ] }";
    struct json_lines *lines;
    unsigned long n;
    bool has_failed;

    (void)state;
    alloc_fail_include_jansson(true);
    for (n = 0;; n++) {
        alloc_fail_arm(n);
        lines = json_lines_new(text, strlen(text));
        has_failed = alloc_fail_disarm();
        assert_int_equal(lines == NULL, has_failed);
        json_lines_free(lines);
        if (!has_failed)
            break;
    }
    assert_true(n > 5);
    alloc_fail_include_jansson(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_line_of_each_member),
        cmocka_unit_test(keeps_keys_with_dots_and_nested_keys_apart),
        cmocka_unit_test(gives_repeated_members_in_order),
        cmocka_unit_test(knows_a_key_however_it_is_escaped),
        cmocka_unit_test(takes_only_json),
        cmocka_unit_test(bears_depth_and_breadth),
        cmocka_unit_test(survives_each_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

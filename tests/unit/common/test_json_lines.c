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

static void finds_the_line_of_each_path(void **state)
{
    struct json_lines *lines = lines_of(sample);

    (void)state;
    assert_int_equal(json_lines_find(lines, ""), 2);
    assert_int_equal(json_lines_find(lines, "a"), 2);
    assert_int_equal(json_lines_find(lines, "list"), 3);
    assert_int_equal(json_lines_find(lines, "list[0]"), 4);
    assert_int_equal(json_lines_find(lines, "list[1]"), 4);
    assert_int_equal(json_lines_find(lines, "list[2]"), 5);
    assert_int_equal(json_lines_find(lines, "list[2].deep"), 5);
    assert_int_equal(json_lines_find(lines, "list[2].deep.er"), 5);
    assert_int_equal(json_lines_find(lines, "room.lobby.pin"), 8);
    assert_int_equal(json_lines_find(lines, "café"), 9);
    assert_int_equal(json_lines_find(lines, "e"), 10);
    json_lines_free(lines);
}

static void falls_back_to_the_nearest_parent(void **state)
{
    struct json_lines *lines = lines_of(sample);

    (void)state;
    assert_int_equal(json_lines_find(lines, "nothing"), 2);
    assert_int_equal(json_lines_find(lines, "list[3]"), 3);
    assert_int_equal(json_lines_find(lines, "list[2].deep.none.at.all"), 5);
    assert_int_equal(json_lines_find(lines, "room.lobby.pin.more"), 8);
    assert_int_equal(json_lines_find(lines, "..[["), 2);
    json_lines_free(lines);
}

static void tries_every_way_to_cut_a_path(void **state)
{
    struct json_lines *lines = lines_of("{ \"a.b\": {},\n \"a\": { \"b\":\n { \"c\":\n 1 } } }");

    (void)state;
    assert_int_equal(json_lines_find(lines, "a.b"), 1);
    assert_int_equal(json_lines_find(lines, "a.b.c"), 3);
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

static void names_the_first_duplicate(void **state)
{
    struct json_lines *lines = lines_of(sample);
    int line = -5;

    (void)state;
    assert_null(json_lines_duplicate(lines, &line));
    assert_int_equal(line, -5);
    json_lines_free(lines);

    lines = lines_of("{ \"z\": [ 1, { \"y\": 1,\n \"y\": 2 } ],\n \"z\": 1 }");
    assert_string_equal(json_lines_duplicate(lines, &line), "z[1].y");
    assert_int_equal(line, 2);
    json_lines_free(lines);

    lines = lines_of("{ \"n\\u0061me\": 1,\n\n \"name\": 2 }");
    assert_string_equal(json_lines_duplicate(lines, &line), "name");
    assert_int_equal(line, 3);
    json_lines_free(lines);

    lines =
        lines_of("{ \"a.b\": 1, \"a\": { \"b\": 1 } }"); /* the same path, not the same member */
    assert_null(json_lines_duplicate(lines, &line));
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
    assert_int_equal(json_lines_find(lines, "key12345"), 12346);
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
        cmocka_unit_test(finds_the_line_of_each_path),
        cmocka_unit_test(falls_back_to_the_nearest_parent),
        cmocka_unit_test(tries_every_way_to_cut_a_path),
        cmocka_unit_test(gives_repeated_members_in_order),
        cmocka_unit_test(names_the_first_duplicate),
        cmocka_unit_test(takes_only_json),
        cmocka_unit_test(bears_depth_and_breadth),
        cmocka_unit_test(survives_each_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

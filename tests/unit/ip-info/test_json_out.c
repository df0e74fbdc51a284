#include "json_out.h"

#include "alloc_fail.h"

#include <jansson.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void nests_and_puts_commas(void **state)
{
    struct bytes out = {0};
    struct json_out json = {.out = &out};

    (void)state;
    json_out_open(&json, '{');
    json_out_key(&json, "a");
    json_out_open(&json, '[');
    json_out_open(&json, '{');
    json_out_close(&json, '}');
    json_out_number(&json, 7);
    json_out_literal(&json, "true");
    json_out_close(&json, ']');
    json_out_key(&json, "b");
    json_out_string(&json, "x");
    json_out_close(&json, '}');
    assert_false(json.has_failed);
    assert_string_equal(out.data, "{\"a\":[{},7,true],\"b\":\"x\"}");
    bytes_fini(&out);
}

static void every_string_comes_back_from_a_parser(void **state)
{
    char text[140];
    struct bytes out = {0};
    struct json_out json = {.out = &out};
    json_t *root;
    int n;

    (void)state;
    for (n = 0; n < 127; n++)
        text[n] = (char)(n + 1);
    strcpy(text + 127, "中\"\\");
    json_out_open(&json, '[');
    json_out_string(&json, text);
    json_out_string(&json, "");
    json_out_close(&json, ']');
    root = json_loadb(out.data, out.len, 0, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_array_get(root, 0)), text);
    assert_string_equal(json_string_value(json_array_get(root, 1)), "");
    json_decref(root);
    bytes_fini(&out);
}

static void short_memory_is_remembered(void **state)
{
    struct bytes out = {0};
    struct json_out json = {.out = &out};

    (void)state;
    alloc_fail_arm(0);
    json_out_string(&json, "x");
    assert_true(alloc_fail_disarm());
    json_out_string(&json, "y");
    assert_true(json.has_failed);
    bytes_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nests_and_puts_commas),
                                       cmocka_unit_test(every_string_comes_back_from_a_parser),
                                       cmocka_unit_test(short_memory_is_remembered)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "json_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void reads_what_is_json(void **state)
{
    json_error_t error;
    json_t *json = json_text_load(" {\"a\": [1, 2]}\n", 15, JSON_REJECT_DUPLICATES, &error);

    (void)state;
    assert_non_null(json);
    assert_int_equal(json_array_size(json_object_get(json, "a")), 2);
    json_decref(json);
}

static void refuses_what_is_not(void **state)
{
    json_error_t error;

    (void)state;
    assert_null(json_text_load("[1\n,]", 5, 0, &error));
    assert_int_equal(error.line, 2);
    assert_null(json_text_load("", 0, 0, &error));
    assert_null(json_text_load("1", 1, 0, NULL));
}

static void refuses_a_nul_wherever_it_stands(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } rows[] = {{"{}\0", 3}, {"[\0]", 3},        {"[1\0]", 4},
                {"1\0", 2},  {"{\"a\":1\0}", 8}, {"[\"\0\"]", 5}};
    json_error_t error;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
        assert_null(json_text_load(rows[n].text, rows[n].len, JSON_DECODE_ANY, NULL));
    assert_null(json_text_load("[\n 2\0]", 6, 0, &error));
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 3);
    assert_int_equal(error.position, 5);
    assert_string_equal(error.text, "control character 0x0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_json),
        cmocka_unit_test(refuses_what_is_not),
        cmocka_unit_test(refuses_a_nul_wherever_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

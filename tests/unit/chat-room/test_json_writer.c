#include "json_writer.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void everything_is_written_with_its_commas(void **state)
{
    struct bytes out = {0};
    struct json_writer writer = {.out = &out};

    (void)state;
    json_out_begin(&writer, NULL, '{');
    json_out_string(&writer, "a", "x");
    json_out_begin(&writer, "list", '[');
    json_out_number(&writer, NULL, 0);
    json_out_number(&writer, NULL, -1);
    json_out_end(&writer, ']');
    json_out_number(&writer, "most", INT64_MAX);
    json_out_number(&writer, "least", INT64_MIN);
    json_out_flag(&writer, "yes", true);
    json_out_flag(&writer, "no", false);
    json_out_null(&writer, "nothing");
    json_out_begin(&writer, "empty", '{');
    json_out_end(&writer, '}');
    json_out_end(&writer, '}');
    assert_false(writer.has_failed);
    assert_string_equal(out.data, "{\"a\":\"x\",\"list\":[0,-1],\"most\":9223372036854775807,"
                                  "\"least\":-9223372036854775808,\"yes\":true,\"no\":false,"
                                  "\"nothing\":null,\"empty\":{}}");
    bytes_fini(&out);
}

/* Texts are looked at eight bytes at a time: no place may be passed over. */
static void what_needs_an_escape_gets_one_wherever_it_stands(void **state)
{
    static const char special[] = {0x01, '\n', '\t', 0x1f, '"', '\\', 0x7f};
    char text[25];
    size_t len, at, n;

    (void)state;
    for (len = 1; len <= sizeof(text); len++)
        for (at = 0; at < len; at++)
            for (n = 0; n < sizeof(special); n++) {
                struct bytes out = {0};
                struct json_writer writer = {.out = &out};
                json_t *read;

                memset(text, '~', sizeof(text));
                text[at] = special[n];
                json_out_text(&writer, NULL, text, len);
                assert_null(memchr(
                    out.data, special[n] == '"' || special[n] == '\\' ? 0 : special[n], out.len));
                read = json_loadb(out.data, out.len, JSON_DECODE_ANY, NULL);
                assert_non_null(read);
                assert_int_equal(json_string_length(read), len);
                assert_memory_equal(json_string_value(read), text, len);
                json_decref(read);
                bytes_fini(&out);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_written_with_its_commas),
        cmocka_unit_test(what_needs_an_escape_gets_one_wherever_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

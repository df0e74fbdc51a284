#include "text_template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct record *known(void)
{
    const char *values[RECORD_FIELD_COUNT] = {NULL};

    values[RECORD_COUNTRY_CODE] = "CN";
    values[RECORD_REGION] = "北京";
    return record_new(values);
}

static void check(const char *text, const char *line, bool applies)
{
    struct text_template *template = text_template_new(text, NULL);
    struct record *record = known();
    struct bytes out = {0};

    assert_non_null(template);
    assert_int_equal(text_template_applies(template, record), applies);
    assert_false(text_template_applies(template, NULL));
    assert_int_equal(text_template_write(template, record, &out), 0);
    assert_string_equal(out.data, line);
    bytes_fini(&out);
    record_release(record);
    text_template_free(template);
}

static void placeholders_are_filled_in(void **state)
{
    (void)state;
    check("国家：{country|country_code} 省份: {region} 城市: {city}",
          "国家：CN 省份: 北京 城市: ", true);
    check("{region}{region}", "北京北京", true);
    check("{city}", "", false);
    check("plain", "plain", false);
    check("", "", false);
}

static void mistakes_are_refused(void **state)
{
    static const char *const mistakes[] = {
        "{", "{}", "{town}", "{city|}", "{city", "x{city}{", "{city|city|city|city|city}"};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(mistakes) / sizeof(mistakes[0]); n++) {
        struct problem problem = {0};

        if (text_template_new(mistakes[n], &problem) || !problem.text[0])
            fail_msg("\"%s\" is taken", mistakes[n]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(placeholders_are_filled_in),
                                       cmocka_unit_test(mistakes_are_refused)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

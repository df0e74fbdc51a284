#include "record.h"

#include "alloc_fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void values_come_back_and_the_rest_is_unknown(void **state)
{
    const char *values[RECORD_FIELD_COUNT] = {NULL};
    struct record *record;

    (void)state;
    values[RECORD_COUNTRY] = "中国";
    values[RECORD_LATITUDE] = "0";
    values[RECORD_ASN] = "15169";
    record = record_new(values);
    assert_non_null(record);
    assert_string_equal(record_get(record, RECORD_COUNTRY), "中国");
    assert_string_equal(record_get(record, RECORD_LATITUDE), "0");
    assert_string_equal(record_get(record, RECORD_ASN), "15169");
    assert_null(record_get(record, RECORD_CITY));
    assert_ptr_equal(record_hold(record), record);
    record_release(record);
    assert_string_equal(record_get(record, RECORD_COUNTRY), "中国");
    record_release(record);
    record_release(record_hold(NULL));
    alloc_fail_arm(0);
    assert_null(record_new(values));
    assert_true(alloc_fail_disarm());
}

static void names_are_found_whole(void **state)
{
    unsigned n;

    (void)state;
    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        const char *name = record_field_name((enum record_field)n);

        assert_int_equal(record_field_find(name, strlen(name)), n);
        assert_int_equal(record_field_find(name, strlen(name) - 1) == n, 0);
    }
    assert_int_equal(record_field_find("", 0), RECORD_FIELD_COUNT);
}

static void numbers_are_numbers_or_nothing(void **state)
{
    static const struct {
        enum record_field field;
        const char *text;
        const char *form; /* NULL: refused */
    } rows[] = {
        {RECORD_LATITUDE, "39.9042", "39.9042"},
        {RECORD_LATITUDE, "-0.5", "-0.5"},
        {RECORD_LATITUDE, "0", "0"},
        {RECORD_LATITUDE, "1e2", "100"},
        {RECORD_LATITUDE, "01.5", "1.5"},
        {RECORD_LATITUDE, "1.", "1"},
        {RECORD_LATITUDE, ".5", NULL},
        {RECORD_LATITUDE, "nan", NULL},
        {RECORD_LATITUDE, "1e999", NULL},
        {RECORD_LATITUDE, "12x", NULL},
        {RECORD_LATITUDE, "0x10", NULL},
        {RECORD_LATITUDE, "", NULL},
        {RECORD_ASN, "15169", "15169"},
        {RECORD_ASN, "007", "7"},
        {RECORD_ASN, "4294967295", "4294967295"},
        {RECORD_ASN, "4294967296", NULL},
        {RECORD_ASN, "-1", NULL},
        {RECORD_ASN, "AS1", NULL},
        {RECORD_CITY, "x", "x"},
        {RECORD_CITY, "", NULL},
    };
    char out[RECORD_MAX_VALUE_BYTES + 1], longest[RECORD_MAX_VALUE_BYTES + 2];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        int result = record_normalise(rows[n].field, rows[n].text, out);

        if (!rows[n].form && result != -1)
            fail_msg("\"%s\" became \"%s\"", rows[n].text, out);
        if (rows[n].form && (result || strcmp(out, rows[n].form) != 0))
            fail_msg("\"%s\" became \"%s\"", rows[n].text, result ? "nothing" : out);
    }
    memset(longest, 'x', sizeof(longest));
    longest[RECORD_MAX_VALUE_BYTES + 1] = 0;
    assert_int_equal(record_normalise(RECORD_CITY, longest, out), -1);
    longest[RECORD_MAX_VALUE_BYTES] = 0;
    assert_int_equal(record_normalise(RECORD_CITY, longest, out), 0);
}

static void the_longest_record_fits(void **state)
{
    const char *values[RECORD_FIELD_COUNT];
    char longest[RECORD_MAX_VALUE_BYTES + 1];
    struct record *record;
    unsigned n;

    (void)state;
    memset(longest, 'x', sizeof(longest));
    longest[RECORD_MAX_VALUE_BYTES] = 0;
    for (n = 0; n < RECORD_FIELD_COUNT; n++)
        values[n] = longest;
    record = record_new(values);
    assert_non_null(record);
    assert_string_equal(record_get(record, RECORD_ASN), longest);
    record_release(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_come_back_and_the_rest_is_unknown),
                                       cmocka_unit_test(names_are_found_whole),
                                       cmocka_unit_test(numbers_are_numbers_or_nothing),
                                       cmocka_unit_test(the_longest_record_fits)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

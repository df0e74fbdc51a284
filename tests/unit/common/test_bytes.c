#include "bytes.h"

#include "alloc_fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void starts_empty_and_stays_terminated(void **state)
{
    struct bytes bytes = {0};

    (void)state;
    assert_int_equal(bytes_append(&bytes, NULL, 0), 0);
    assert_string_equal(bytes.data, "");
    assert_int_equal(bytes_append(&bytes, "a\0b", 3), 0);
    assert_int_equal(bytes.len, 3);
    assert_memory_equal(bytes.data, "a\0b", 4);
    assert_int_equal(bytes_append_str(&bytes, "cd"), 0);
    assert_memory_equal(bytes.data, "a\0bcd", 6);
    bytes_fini(&bytes);
    assert_null(bytes.data);
    bytes_fini(&bytes);
}

static void formats_at_the_end_whatever_the_length(void **state)
{
    struct bytes bytes = {0};
    char wanted[1500];
    int n;

    (void)state;
    for (n = 1; n < 1200; n++) {
        bytes_clear(&bytes);
        assert_int_equal(bytes_printf(&bytes, "%s", "x"), 0);
        assert_int_equal(bytes_printf(&bytes, "%*d|", n, n), 0);
        snprintf(wanted, sizeof(wanted), "x%*d|", n, n);
        assert_string_equal(bytes.data, wanted);
        assert_int_equal(bytes.len, strlen(wanted));
    }
    bytes_fini(&bytes);
}

static void clear_keeps_the_memory(void **state)
{
    struct bytes bytes = {0};
    char *before;

    (void)state;
    bytes_clear(&bytes); /* an empty one too */
    assert_int_equal(bytes_append_str(&bytes, "hello"), 0);
    before = bytes.data;
    bytes_clear(&bytes);
    assert_int_equal(bytes.len, 0);
    assert_string_equal(bytes.data, "");
    assert_int_equal(bytes_append_str(&bytes, "again"), 0);
    assert_ptr_equal(bytes.data, before);
    bytes_fini(&bytes);
}

static void steal_hands_the_memory_over(void **state)
{
    struct bytes bytes = {0};
    char *data;

    (void)state;
    assert_null(bytes_steal(&bytes));
    assert_int_equal(bytes_append_str(&bytes, "mine"), 0);
    data = bytes_steal(&bytes);
    assert_string_equal(data, "mine");
    assert_null(bytes.data);
    assert_int_equal(bytes.len, 0);
    assert_int_equal(bytes_append_str(&bytes, "next"), 0);
    assert_string_equal(data, "mine");
    free(data);
    bytes_fini(&bytes);
}

static void refuses_what_no_memory_holds(void **state)
{
    struct bytes bytes = {0};

    (void)state;
    assert_int_equal(bytes_append_str(&bytes, "kept"), 0);
    assert_int_equal(bytes_reserve(&bytes, SIZE_MAX), -1);
    assert_int_equal(bytes_reserve(&bytes, SIZE_MAX / 2), -1);
    assert_string_equal(bytes.data, "kept");
    bytes_fini(&bytes);
}

static void keeps_its_content_when_memory_is_short(void **state)
{
    struct bytes bytes = {0};
    char more[100];

    (void)state;
    memset(more, 'm', sizeof(more));
    alloc_fail_arm(0);
    assert_int_equal(bytes_append_str(&bytes, "x"), -1);
    assert_true(alloc_fail_disarm());
    assert_null(bytes.data);
    assert_int_equal(bytes_append_str(&bytes, "kept"), 0);
    alloc_fail_arm(0);
    assert_int_equal(bytes_append(&bytes, more, sizeof(more)), -1);
    assert_int_equal(bytes_printf(&bytes, "%200d", 1), 0); /* only the armed one fails */
    assert_true(alloc_fail_disarm());
    assert_int_equal(bytes.len, 204);
    assert_memory_equal(bytes.data, "kept ", 5);
    bytes_fini(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_empty_and_stays_terminated),
        cmocka_unit_test(formats_at_the_end_whatever_the_length),
        cmocka_unit_test(clear_keeps_the_memory),
        cmocka_unit_test(steal_hands_the_memory_over),
        cmocka_unit_test(refuses_what_no_memory_holds),
        cmocka_unit_test(keeps_its_content_when_memory_is_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

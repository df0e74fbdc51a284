#include "text_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The items, each in brackets. */
static const char *items(const char *list)
{
    static char text[80];
    const char *item;
    size_t len;

    text[0] = '\0';
    while ((item = text_list_next(&list, &len)))
        sprintf(text + strlen(text), "[%.*s]", (int)len, item);
    assert_string_equal(list, ""); /* and it stays at its end */
    assert_null(text_list_next(&list, &len));
    return text;
}

static void items_stand_between_commas_and_blanks(void **state)
{
    (void)state;
    assert_string_equal(items("a"), "[a]");
    assert_string_equal(items("a,b"), "[a][b]");
    assert_string_equal(items(" a ,\tb c,, d "), "[a][b][c][d]");
    assert_string_equal(items("a.b:c/8"), "[a.b:c/8]");
}

static void a_list_can_be_empty(void **state)
{
    (void)state;
    assert_string_equal(items(""), "");
    assert_string_equal(items(" , ,\t"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_stand_between_commas_and_blanks),
        cmocka_unit_test(a_list_can_be_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

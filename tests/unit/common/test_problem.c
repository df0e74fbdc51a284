#include "problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fills_the_first_failure(void **state)
{
    struct problem problem = {.line = 7};

    (void)state;
    assert_int_equal(problem_set(&problem, "a[0].b", "%d is too %s", 5, "big"), -1);
    assert_string_equal(problem.path, "a[0].b");
    assert_string_equal(problem.text, "5 is too big");
    assert_int_equal(problem.line, 7);
    assert_int_equal(problem_set(&problem, "other", "later"), -1);
    assert_string_equal(problem.path, "a[0].b");
    assert_string_equal(problem.text, "5 is too big");
}

static void leaves_the_path_when_none_is_given(void **state)
{
    struct problem problem = {.path = "kept"};

    (void)state;
    assert_int_equal(problem_set(&problem, NULL, "reason"), -1);
    assert_string_equal(problem.path, "kept");
    assert_string_equal(problem.text, "reason");
}

static void cuts_what_is_too_long(void **state)
{
    struct problem problem = {.line = 0};
    char longer[1000];

    (void)state;
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(problem_set(&problem, longer, "%s", longer), -1);
    assert_int_equal(strlen(problem.path), sizeof(problem.path) - 1);
    assert_int_equal(strlen(problem.text), sizeof(problem.text) - 1);
}

static void needs_nobody_to_listen(void **state)
{
    (void)state;
    assert_int_equal(problem_set(NULL, "a", "b"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_the_first_failure),
        cmocka_unit_test(leaves_the_path_when_none_is_given),
        cmocka_unit_test(cuts_what_is_too_long),
        cmocka_unit_test(needs_nobody_to_listen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

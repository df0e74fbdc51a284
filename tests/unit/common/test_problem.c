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

/* Both may hold what a stranger wrote, and both end up in a log. */
static void stays_one_line_of_whole_characters(void **state)
{
    struct problem problem = {.line = 0};
    char longer[1000] = "x";
    size_t n;

    (void)state;
    assert_int_equal(problem_set(&problem, "a\nb", "\"%s\" is\x7f wrong", "two\r\nlines\x1b[1m"),
                     -1);
    assert_string_equal(problem.path, "a?b");
    assert_string_equal(problem.text, "\"two??lines?[1m\" is? wrong");
    for (n = 1; n + 3 < sizeof(longer); n += 3)
        memcpy(longer + n, "\xe4\xb8\xad", 4);
    problem = (struct problem){.line = 0};
    assert_int_equal(problem_set(&problem, longer, "%s", longer), -1);
    assert_int_equal(strlen(problem.path), 1 + 3 * ((sizeof(problem.path) - 2) / 3));
    assert_int_equal(strlen(problem.text), 1 + 3 * ((sizeof(problem.text) - 2) / 3));
    assert_string_equal(problem.text + strlen(problem.text) - 3, "\xe4\xb8\xad");
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
        cmocka_unit_test(stays_one_line_of_whole_characters),
        cmocka_unit_test(needs_nobody_to_listen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What lookup_options promises: a database is needed, the language is a tag or zh-CN. */
#include "lookup_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int read_options(const struct option_value *values, size_t count,
                        struct lookup_options *options, struct problem *problem)
{
    memset(options, 0, sizeof(*options));
    memset(problem, 0, sizeof(*problem));
    if (options_read(lookup_option_table, LOOKUP_OPTIONS, values, count, NULL, options, problem))
        return -1;
    return lookup_options_check(options, problem);
}

static void assert_refused(const char *name, const char *value, const char *path,
                           const char *reason)
{
    struct option_value values[] = {{"database", "/some/where.mmdb"}, {name, value}};
    struct lookup_options options;
    struct problem problem;

    assert_int_equal(read_options(values, 2, &options, &problem), -1);
    assert_string_equal(problem.path, path);
    assert_string_equal(problem.text, reason);
}

static void takes_a_database(void **state)
{
    static const struct option_value values[] = {{"database", "/some/where.mmdb"}};
    struct lookup_options options;
    struct problem problem;

    (void)state;
    assert_int_equal(read_options(values, 1, &options, &problem), 0);
    assert_string_equal(options.database, "/some/where.mmdb");
    assert_string_equal(options.lang, "zh-CN");
}

static void needs_a_database(void **state)
{
    static const struct option_value values[] = {{"lang", "en"}};
    struct lookup_options options;
    struct problem problem;

    (void)state;
    assert_int_equal(read_options(values, 1, &options, &problem), -1);
    assert_string_equal(problem.path, "database");
    assert_string_equal(problem.text, "\"database\" is missing: the path of a MaxMind-format file");
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    assert_refused("lang", "chinese!", "lang",
                   "\"chinese!\" is not a language tag such as zh-CN or en");
    assert_refused("langs", "en", "langs", "unknown option (did you mean \"lang\"?)");
    assert_refused("database", "x", "database", "given twice, or longer than 254 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_database),
        cmocka_unit_test(needs_a_database),
        cmocka_unit_test(refuses_what_it_does_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PARSE(args, problem, ...)                                                                  \
    parse((char *[]){"lwshost", __VA_ARGS__, NULL}, &(args), &(problem))

static int parse(char *argv[], struct args *args, struct problem *problem)
{
    int argc = 0;

    while (argv[argc])
        argc++;
    memset(problem, 0, sizeof(*problem));
    return args_parse(argc, argv, args, problem);
}

static void nothing_is_the_default(void **state)
{
    struct problem problem = {0};
    struct args args;
    char *argv[] = {"lwshost", NULL};

    (void)state;
    assert_int_equal(args_parse(1, argv, &args, &problem), 0);
    assert_int_equal(args.command, ARGS_RUN);
    assert_null(args.configdir);
    assert_int_equal(args.port, -1);
    assert_int_equal(args.plugin_dir_count, 0);
    assert_false(args.has_levels);
    args_fini(&args);
}

static void takes_everything(void **state)
{
    struct problem problem;
    struct args args;

    (void)state;
    assert_int_equal(PARSE(args, problem, "-c", "conf", "--port=0", "--plugin-dir", "a",
                           "--plugin-dir=b", "--check", "-d", "0x1f"),
                     0);
    assert_int_equal(args.command, ARGS_CHECK);
    assert_string_equal(args.configdir, "conf");
    assert_int_equal(args.port, 0);
    assert_int_equal(args.plugin_dir_count, 2);
    assert_string_equal(args.plugin_dirs[0], "a");
    assert_string_equal(args.plugin_dirs[1], "b");
    assert_true(args.has_levels);
    assert_int_equal(args.levels, 31);
    args_fini(&args);
}

static void short_and_long_are_the_same(void **state)
{
    struct problem problem;
    struct args args;

    (void)state;
    assert_int_equal(PARSE(args, problem, "--configdir", "x", "-p", "65535"), 0);
    assert_string_equal(args.configdir, "x");
    assert_int_equal(args.port, 65535);
    args_fini(&args);
    assert_int_equal(PARSE(args, problem, "-V"), 0);
    assert_int_equal(args.command, ARGS_VERSION);
    args_fini(&args);
    assert_int_equal(PARSE(args, problem, "--help", "--nonsense"), 0);
    assert_int_equal(args.command, ARGS_HELP);
    args_fini(&args);
}

static void refuses(const char *place, const char *reason, char *argv[])
{
    struct problem problem;
    struct args args;

    assert_int_equal(parse(argv, &args, &problem), -1);
    assert_string_equal(problem.path, place);
    assert_non_null(strstr(problem.text, reason));
    args_fini(&args);
}

#define REFUSES(place, reason, ...) refuses(place, reason, (char *[]){"lwshost", __VA_ARGS__, NULL})

static void says_what_is_wrong(void **state)
{
    (void)state;
    REFUSES("--port", "\"65536\" is not a port", "-p", "65536");
    REFUSES("--port", "\"-1\" is not a port", "--port", "-1");
    REFUSES("--port", "\"+1\"", "--port", "+1");
    REFUSES("--port", "\" 1\"", "--port", " 1");
    REFUSES("--port", "\"80x\"", "--port", "80x");
    REFUSES("--port", "\"\"", "--port", "");
    REFUSES("--port", "\"99999999999999999999\"", "--port", "99999999999999999999");
    REFUSES("-d", "\"all\"", "-d", "all");
    REFUSES("--configdir", "missing", "-c", "");
    REFUSES("--plugin-dir", "missing", "--plugin-dir", "");
    REFUSES("-c", "missing", "-c");
    REFUSES("--port", "missing", "--port");
    REFUSES("", "unknown option -x", "-x");
    REFUSES("", "unknown option --nonsense", "--nonsense");
    REFUSES("", "unexpected argument \"extra\"", "--check", "extra");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_the_default),
        cmocka_unit_test(takes_everything),
        cmocka_unit_test(short_and_long_are_the_same),
        cmocka_unit_test(says_what_is_wrong),
    };

    return cmocka_run_group_tests_name("args", tests, NULL, NULL);
}

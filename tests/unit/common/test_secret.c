#include "secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    char folder[64], path[96], reference[128];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    strcpy(f->folder, "/tmp/test_secret.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof(f->path), "%s/key", f->folder);
    snprintf(f->reference, sizeof(f->reference), "{file:%s}", f->path);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    unlink(f->path);
    rmdir(f->folder);
    free(f);
    return 0;
}

static void put(const struct fixture *f, const char *data, size_t len)
{
    FILE *file = fopen(f->path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void assert_resolves(const char *given, const char *expected)
{
    struct bytes out = {0};
    struct problem problem = {0};

    assert_int_equal(secret_text("key", given, &out, &problem), 0);
    assert_string_equal(out.data, expected);
    assert_string_equal(problem.text, "");
    bytes_fini(&out);
}

static void assert_refused(const char *given, const char *why)
{
    struct bytes out = {0};
    struct problem problem = {0};

    assert_int_equal(secret_text("key", given, &out, &problem), -1);
    assert_string_equal(problem.path, "key");
    assert_non_null(strstr(problem.text, why));
    assert_int_equal(out.len, 0);
    bytes_fini(&out);
}

static void a_text_is_itself(void **state)
{
    (void)state;
    assert_resolves("hunter2", "hunter2");
    assert_resolves("{half", "{half");
    assert_resolves("env:NAME", "env:NAME");
}

static void a_variable_is_looked_up(void **state)
{
    (void)state;
    setenv("TEST_SECRET_KEY", "from the environment", 1);
    assert_resolves("{env:TEST_SECRET_KEY}", "from the environment");
    setenv("TEST_SECRET_KEY", "", 1);
    assert_refused("{env:TEST_SECRET_KEY}", "the environment variable is empty");
    unsetenv("TEST_SECRET_KEY");
    assert_refused("{env:TEST_SECRET_KEY}", "TEST_SECRET_KEY is not set");
}

static void a_file_gives_its_first_line(void **state)
{
    struct fixture *f = *state;

    put(f, "one\ntwo\n", 8);
    assert_resolves(f->reference, "one");
    put(f, "one\r\ntwo\r\n", 10);
    assert_resolves(f->reference, "one");
    put(f, "without an end", 14);
    assert_resolves(f->reference, "without an end");
}

static void a_file_that_has_none_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_refused(f->reference, "No such file");
    put(f, "", 0);
    assert_refused(f->reference, "first line of the file is empty");
    put(f, "\nsecond\n", 8);
    assert_refused(f->reference, "first line of the file is empty");
    put(f, "a\0b\n", 4);
    assert_refused(f->reference, "NUL");
    assert_refused("{file:relative}", "does not begin with /");
    assert_refused("{file:/}", "not a regular file");
}

static void a_pipe_is_refused_at_once(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_refused(f->reference, "not a regular file");
}

static void the_bound_holds_for_each_source(void **state)
{
    struct fixture *f = *state;
    char text[SECRET_BYTES_MAX + 2];

    memset(text, 'x', sizeof(text));
    put(f, text, sizeof(text));
    text[SECRET_BYTES_MAX + 1] = '\0';
    assert_refused(text, "longer than 1024");
    assert_refused(f->reference, "longer than 1024");
    text[SECRET_BYTES_MAX] = '\0';
    assert_resolves(text, text);
    put(f, text, SECRET_BYTES_MAX);
    assert_resolves(f->reference, text);
}

static void other_references_are_refused(void **state)
{
    (void)state;
    assert_refused("{evn:KEY}", "neither {env:NAME} nor {file:/path}");
    assert_refused("{env:}", "neither {env:NAME} nor {file:/path}");
    assert_refused("", "empty");
}

static void only_the_secret_is_it(void **state)
{
    struct secret secret = {0};

    (void)state;
    assert_int_equal(secret_read("key", "hunter2", &secret, NULL), 0);
    assert_true(secret_is(&secret, "hunter2", 7));
    assert_false(secret_is(&secret, "hunter2", 6));
    assert_false(secret_is(&secret, "hunter22", 8));
    assert_false(secret_is(&secret, "Hunter2", 7));
    assert_false(secret_is(&secret, "", 0));
}

static void what_is_not_set_is_nothing(void **state)
{
    struct secret secret = {0};
    struct problem problem = {0};

    (void)state;
    assert_false(secret_is(&secret, "", 0));
    assert_int_equal(secret_read("key", "{env:TEST_SECRET_NONE}", &secret, &problem), -1);
    assert_false(secret.is_set);
}

static void a_bad_secret_is_not_repeated(void **state)
{
    struct problem problem = {0};
    struct bytes out = {0};

    (void)state;
    assert_int_equal(secret_text("key", "{hunter2}", &out, &problem), -1);
    assert_null(strstr(problem.text, "hunter2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_itself),
        cmocka_unit_test(a_variable_is_looked_up),
        cmocka_unit_test_setup_teardown(a_file_gives_its_first_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_has_none_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_is_refused_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_bound_holds_for_each_source, set_up, tear_down),
        cmocka_unit_test(other_references_are_refused),
        cmocka_unit_test(only_the_secret_is_it),
        cmocka_unit_test(what_is_not_set_is_nothing),
        cmocka_unit_test(a_bad_secret_is_not_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

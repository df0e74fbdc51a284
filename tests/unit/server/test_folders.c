#include "folders.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void the_prefix_of_a_program(void **state)
{
    size_t length = 99;

    (void)state;
    assert_int_equal(folders_prefix("/opt/x/bin/lwshost", &length), 0);
    assert_int_equal(length, strlen("/opt/x"));
    assert_int_equal(folders_prefix("/bin/lwshost", &length), 0);
    assert_int_equal(length, 0);
    assert_int_equal(folders_prefix("/opt/sbin/lwshost", &length), -1);
    assert_int_equal(folders_prefix("/opt/lwshost", &length), -1);
    assert_int_equal(folders_prefix("lwshost", &length), -1);
    assert_int_equal(folders_prefix("", &length), -1);
}

static void without_a_program_as_configured(void **state)
{
    struct folders folders;

    (void)state;
    assert_int_equal(folders_find(&folders, NULL), 0);
    assert_string_equal(folders.data_dir, FALLBACK_DATA);
    assert_string_equal(folders.config_dir, FALLBACK_CONFIG);
    folders_fini(&folders);
    assert_int_equal(folders_find(&folders, "/nowhere/bin/lwshost"), 0);
    assert_string_equal(folders.data_dir, FALLBACK_DATA);
    folders_fini(&folders);
}

static void make(const char *prefix, const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", prefix, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void take(const char *prefix, const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", prefix, name);
    assert_int_equal(rmdir(path), 0);
}

static void what_is_beside_the_program_wins(void **state)
{
    char prefix[] = "/tmp/lwshost-folders-XXXXXX", program[128], expected[128];
    struct folders folders;

    (void)state;
    assert_non_null(mkdtemp(prefix));
    make(prefix, "share");
    make(prefix, "share/lwshost");
    snprintf(program, sizeof(program), "%s/bin/lwshost", prefix);
    snprintf(expected, sizeof(expected), "%s/share", prefix);
    assert_int_equal(folders_find(&folders, program), 0);
    assert_string_equal(folders.data_dir, expected);
    assert_string_equal(folders.config_dir, FALLBACK_CONFIG); /* there is none beside it */
    folders_fini(&folders);
    take(prefix, "share/lwshost");
    assert_int_equal(folders_find(&folders, program), 0);
    assert_string_equal(folders.data_dir, FALLBACK_DATA);
    folders_fini(&folders);
    take(prefix, "share");
    assert_int_equal(rmdir(prefix), 0);
}

static void the_configuration_of_the_system_is_in_etc(void **state)
{
    struct folders folders;

    (void)state;
    assert_int_equal(folders_find(&folders, "/usr/bin/lwshost"), 0);
    assert_string_equal(folders.config_dir, "/etc/lwshost");
    folders_fini(&folders);
    assert_int_equal(folders_find(&folders, "/usr/nowhere/bin/lwshost"), 0);
    assert_string_equal(folders.config_dir, FALLBACK_CONFIG);
    folders_fini(&folders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_prefix_of_a_program),
        cmocka_unit_test(without_a_program_as_configured),
        cmocka_unit_test(what_is_beside_the_program_wins),
        cmocka_unit_test(the_configuration_of_the_system_is_in_etc),
    };

    return cmocka_run_group_tests_name("folders", tests, NULL, NULL);
}

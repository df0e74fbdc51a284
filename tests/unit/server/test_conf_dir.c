#include "conf_dir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A fresh folder, and we in it. */
static int begin(void **state)
{
    char *dir = strdup("/tmp/lwshost-test-XXXXXX");

    assert_non_null(mkdtemp(dir));
    assert_int_equal(chdir(dir), 0);
    *state = dir;
    return 0;
}

static int finish(void **state)
{
    char command[100];

    assert_int_equal(chdir("/"), 0);
    snprintf(command, sizeof(command), "rm -r %s", (char *)*state);
    assert_int_equal(system(command), 0);
    free(*state);
    return 0;
}

static void put(const char *name, size_t len)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    while (len-- > 0)
        fputc('x', file);
    assert_int_equal(fclose(file), 0);
}

static void reads_a_file_whole(void **state)
{
    static const size_t sizes[] = {0, 1, 16383, 16384, 16385, 100000, CONF_FILE_MAX};
    struct bytes content = {0};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(sizes) / sizeof(sizes[0]); n++) {
        put("file", sizes[n]);
        assert_null(conf_file_read("file", &content));
        assert_int_equal(content.len, sizes[n]);
        assert_int_equal(content.data[content.len], '\0');
        bytes_fini(&content);
    }
}

static void refuses_what_is_no_file_or_too_long(void **state)
{
    struct bytes content = {0};

    (void)state;
    assert_string_equal(conf_file_read("missing", &content), "No such file or directory");
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_string_equal(conf_file_read("folder", &content), "not a regular file");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_string_equal(conf_file_read("fifo", &content), "not a regular file");
    put("long", CONF_FILE_MAX + 1);
    assert_string_equal(conf_file_read("long", &content), "longer than 4 MiB");
    assert_null(content.data);
}

static void lists_files_in_name_order(void **state)
{
    static const char *const wanted[] = {"10", "9", "B", "a", "dangling", "link", "z.json"};
    static const char *const files[] = {"z.json", "a", "B", "10", "9", "a~", "~b"};
    struct conf_names names;
    size_t n;

    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(chdir("d"), 0);
    for (n = 0; n < sizeof(files) / sizeof(files[0]); n++)
        put(files[n], 1);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(symlink("a", "link"), 0);
    assert_int_equal(symlink("nothing", "dangling"), 0); /* its reader complains */
    assert_int_equal(symlink("folder", "folder-link"), 0);
    assert_int_equal(chdir(".."), 0);
    assert_null(conf_dir_list("d", &names));
    assert_int_equal(names.count, sizeof(wanted) / sizeof(wanted[0]));
    for (n = 0; n < names.count; n++)
        assert_string_equal(names.items[n], wanted[n]);
    conf_names_fini(&names);
    conf_names_fini(&names);
}

static void takes_a_missing_folder_as_empty(void **state)
{
    struct conf_names names;

    (void)state;
    assert_null(conf_dir_list("none", &names));
    assert_int_equal(names.count, 0);
    conf_names_fini(&names);
    put("file", 1);
    assert_string_equal(conf_dir_list("file", &names), "Not a directory");
    assert_int_equal(names.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_a_file_whole, begin, finish),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_file_or_too_long, begin, finish),
        cmocka_unit_test_setup_teardown(lists_files_in_name_order, begin, finish),
        cmocka_unit_test_setup_teardown(takes_a_missing_folder_as_empty, begin, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

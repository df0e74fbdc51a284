/* Every folder of tests/data/conf: what is complained about, and for a valid one what was read.
 *
 * A case is a configuration folder with a file `expected` beside it: the complaints, one a line
 * with file names relative to the case, and for a valid case then the dump (conf_dump.h). A file
 * `features` changes what libwebsockets can do. `test_conf_cases --write` writes `expected` anew,
 * to be looked through before it is committed.
 */
#include "conf_dump.h"

#include "conf_dir.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct one_case {
    const char *kind; /* "valid" or "invalid" */
    char path[1024];
    bool is_writing;
};

struct seen {
    const char *path;
    struct bytes lines;
    unsigned errors;
};

/* Keep the line, with the case's folder taken out wherever it is. */
static void take_complaint(void *user, bool is_error, const char *line)
{
    struct seen *seen = user;
    size_t len = strlen(seen->path);
    const char *found;

    seen->errors += is_error;
    assert_null(strchr(line, '\n'));
    while ((found = strstr(line, seen->path))) {
        assert_int_equal(bytes_append(&seen->lines, line, (size_t)(found - line)), 0);
        line = found + len + (found[len] == '/');
    }
    assert_int_equal(bytes_printf(&seen->lines, "%s\n", line), 0);
}

static void run(const struct one_case *one, struct seen *seen)
{
    struct conf_features features = conf_debian_features();
    struct conf_env env = {
        .data_dir = "/data", .features = &features, .complain = take_complaint, .user = seen};
    struct bytes text = {0};
    struct conf *conf;
    char path[1100];

    snprintf(path, sizeof(path), "%s/features", one->path);
    if (!conf_file_read(path, &text))
        conf_change_features(&features, text.data);
    bytes_fini(&text);
    conf = conf_read_dir(one->path, &env);
    if (strcmp(one->kind, "valid") == 0) {
        assert_non_null(conf);
        assert_int_equal(seen->errors, 0);
        conf_dump(conf, &seen->lines);
    } else {
        assert_null(conf);
        assert_true(seen->errors > 0);
    }
    conf_free(conf);
}

static void check_case(void **state)
{
    const struct one_case *one = *state;
    struct seen seen = {.path = one->path};
    struct bytes expected = {0};
    char path[1100];

    snprintf(path, sizeof(path), "%s/expected", one->path);
    run(one, &seen);
    if (one->is_writing) {
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        fputs(seen.lines.data, file);
        assert_int_equal(fclose(file), 0);
    }
    assert_null(conf_file_read(path, &expected));
    assert_string_equal(seen.lines.data, expected.data ? expected.data : "");
    bytes_fini(&seen.lines);
    bytes_fini(&expected);
}

static int is_case(const struct dirent *entry) { return entry->d_name[0] != '.'; }

/* Add a test for each folder of `kind`. Returns how many tests there are then. */
static size_t add_cases(const char *kind, bool is_writing, struct CMUnitTest **tests, size_t count)
{
    struct dirent **entries;
    char dir[400];
    int n, found;

    snprintf(dir, sizeof(dir), "%s/%s", CONF_DATA, kind);
    found = scandir(dir, &entries, is_case, alphasort);
    for (n = 0; n < found; n++) {
        struct one_case *one = calloc(1, sizeof(*one));
        struct CMUnitTest test = {.test_func = check_case, .initial_state = one};

        one->kind = kind;
        one->is_writing = is_writing;
        snprintf(one->path, sizeof(one->path), "%s/%s", dir, entries[n]->d_name);
        test.name = one->path + strlen(CONF_DATA) + 1;
        *tests = realloc(*tests, (count + 1) * sizeof(**tests));
        (*tests)[count++] = test;
        free(entries[n]);
    }
    if (found >= 0)
        free(entries);
    return count;
}

int main(int argc, char **argv)
{
    bool is_writing = argc > 1 && strcmp(argv[1], "--write") == 0;
    struct CMUnitTest *tests = NULL;
    size_t n, valid = add_cases("valid", is_writing, &tests, 0);
    size_t count = add_cases("invalid", is_writing, &tests, valid);
    int failed;

    if (valid < 12 || count - valid < 40) {
        fprintf(stderr, "only %zu valid and %zu invalid cases in %s\n", valid, count - valid,
                CONF_DATA);
        return 1;
    }
    failed = _cmocka_run_group_tests("conf_cases", tests, count, NULL, NULL);
    for (n = 0; n < count; n++)
        free(tests[n].initial_state);
    free(tests);
    return failed;
}

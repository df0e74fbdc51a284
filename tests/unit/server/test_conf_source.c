/* Text to JSON: comments, byte order mark, and where a mistake is said to be. */
#include "conf_source.h"

#include "conf_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Parse and expect the JSON that `wanted` is. */
static void takes(const char *text, const char *wanted)
{
    struct conf *conf = conf_new();
    struct problem problem = {.line = 0};
    struct conf_source *source = conf_source_add(conf, "f", text, strlen(text), &problem);
    char *dump;

    assert_string_equal(problem.text, "");
    assert_non_null(source);
    assert_string_equal(source->file, "f");
    dump = json_dumps(source->json, JSON_COMPACT);
    assert_string_equal(dump, wanted);
    free(dump);
    conf_source_forget(source);
    conf_source_forget(source);
    assert_null(source->json);
    assert_non_null(source->lines);
    conf_free(conf);
}

/* Parse and expect a mistake at `line` and `column`. */
static void refuses(const char *text, size_t len, int line, int column)
{
    struct conf *conf = conf_new();
    struct problem problem = {.line = 0};

    assert_null(conf_source_add(conf, "f", text, len, &problem));
    assert_null(conf->sources);
    assert_int_equal(problem.line, line);
    assert_int_equal(problem.column, column);
    assert_true(problem.text[0] != '\0');
    conf_free(conf);
}

static void blanks_comments_but_not_in_strings(void **state)
{
    (void)state;
    takes("{}", "{}");
    takes("# { \"\n{}# }", "{}");
    takes("{ \"a\": \"x # y\" # z\n }", "{\"a\":\"x # y\"}");
    takes("{ \"a\": \"x \\\" # y\" # \"\n }", "{\"a\":\"x \\\" # y\"}");
    takes("{ \"a\": \"x\\\\\" # \"\n }", "{\"a\":\"x\\\\\"}");
    takes("{ \"#\": 1 # \\\n }", "{\"#\":1.0}");
    takes("{ # \xff\xfe\n }\n#\n##\n", "{}");
    takes("\xef\xbb\xbf{}", "{}");
}

static void keeps_lines_and_columns(void **state)
{
    static const char unknown[] = "# one\n# two\n{ \"a\": nil }";
    static const char broken[] = "{ \"a\": \"x\\\n#\": 1 }";

    (void)state;
    refuses(unknown, strlen(unknown), 3, 10);
    refuses("# \"\n{,", 6, 2, 2);
    refuses(broken, strlen(broken), 2, 0); /* jansson has read one further by then */
    refuses("{ \"a\": 1 } #\n x", 15, 2, 2);
}

static void refuses_what_is_no_object(void **state)
{
    (void)state;
    refuses("", 0, 1, 0);
    refuses(" \n\t\r# x", 7, 1, 0);
    refuses("\xef\xbb\xbf", 3, 1, 0);
    refuses("[]", 2, 1, 0);
    refuses("{}\0", 3, 1, 3);
    refuses("\0", 1, 1, 1);
    refuses("\xff\xfe{\0}\0", 6, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_comments_but_not_in_strings),
        cmocka_unit_test(keeps_lines_and_columns),
        cmocka_unit_test(refuses_what_is_no_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char *write_it(const char *text, enum pattern_use use, const char *ip, const char *lang)
{
    char missing[PATTERN_MISSING_BYTES];
    struct problem problem = {0};
    struct pattern *pattern = pattern_new(text, use, missing, &problem);
    struct bytes out = {0};

    if (!pattern)
        fail_msg("%s: %s", text, problem.text);
    assert_string_equal(missing, "");
    assert_int_equal(bytes_append_str(&out, ""), 0);
    assert_int_equal(pattern_write(pattern, ip, lang, &out), 0);
    pattern_free(pattern);
    return bytes_steal(&out);
}

static void check(const char *text, enum pattern_use use, const char *expected)
{
    char *out = write_it(text, use, "1.2.3.4", "de");

    assert_string_equal(out, expected);
    free(out);
}

static void places_are_filled(void **state)
{
    (void)state;
    check("", PATTERN_HEADER, "");
    check("x", PATTERN_HEADER, "x");
    check("{ip}", PATTERN_URL, "1.2.3.4");
    check("a{ip}b{lang}{ip}", PATTERN_URL, "a1.2.3.4bde1.2.3.4");
}

static void secrets_are_read_once(void **state)
{
    (void)state;
    setenv("TEST_SECRET", "{ip} ä", 1);
    check("Bearer {env:TEST_SECRET}!", PATTERN_HEADER, "Bearer {ip} ä!");
    check("/{ip}?k={env:TEST_SECRET}&l={lang}", PATTERN_URL, "/1.2.3.4?k=%7Bip%7D%20%C3%A4&l=de");
}

static void the_first_line_of_a_file_is_one(void **state)
{
    char path[] = "/tmp/pattern-XXXXXX", text[80];
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "s3cret\nmore\n", 12), 12);
    close(fd);
    snprintf(text, sizeof(text), "x {file:%s}", path);
    check(text, PATTERN_HEADER, "x s3cret");
    unlink(path);
}

static void an_unset_variable_is_named(void **state)
{
    char missing[PATTERN_MISSING_BYTES];
    struct problem problem = {0};
    struct pattern *pattern;

    (void)state;
    unsetenv("TEST_UNSET");
    setenv("TEST_EMPTY", "", 1);
    pattern = pattern_new("{env:TEST_UNSET}{env:TEST_EMPTY}", PATTERN_HEADER, missing, &problem);
    assert_non_null(pattern);
    assert_string_equal(missing, "TEST_UNSET");
    pattern_free(pattern);
    pattern = pattern_new("{env:TEST_EMPTY}", PATTERN_HEADER, missing, &problem);
    assert_string_equal(missing, "TEST_EMPTY");
    pattern_free(pattern);
    assert_null(pattern_new("{env:TEST_UNSET}", PATTERN_HEADER, NULL, &problem));
    assert_non_null(strstr(problem.text, "TEST_UNSET"));
}

static void mistakes_are_said_without_secrets(void **state)
{
    static const struct {
        const char *text;
        enum pattern_use use;
    } rows[] = {{"{", PATTERN_URL},
                {"}", PATTERN_URL},
                {"{ip", PATTERN_URL},
                {"{}", PATTERN_URL},
                {"{ips}", PATTERN_URL},
                {"{env}", PATTERN_HEADER},
                {"{file:relative}", PATTERN_HEADER},
                {"{file:/nowhere/at/all}", PATTERN_HEADER},
                {"/{env:TEST_SECRET}?", PATTERN_URL},
                {"{env:TEST_LINES}", PATTERN_HEADER}};
    size_t n;

    (void)state;
    setenv("TEST_SECRET", "hunter2", 1);
    setenv("TEST_LINES", "hunter2\r\nX: y", 1);
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct problem problem = {0};
        char missing[PATTERN_MISSING_BYTES];

        if (pattern_new(rows[n].text, rows[n].use, missing, &problem))
            fail_msg("%s is taken", rows[n].text);
        assert_true(problem.text[0]);
        assert_null(strstr(problem.text, "hunter2"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(places_are_filled),
                                       cmocka_unit_test(secrets_are_read_once),
                                       cmocka_unit_test(the_first_line_of_a_file_is_one),
                                       cmocka_unit_test(an_unset_variable_is_named),
                                       cmocka_unit_test(mistakes_are_said_without_secrets)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

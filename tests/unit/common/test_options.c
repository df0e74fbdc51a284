#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct settings {
    const char *path;
    unsigned long members;
    bool is_open;
    unsigned durability;
    char rooms[64]; /* what the family took */
};

static const char *const durabilities[] = {"process", "power", NULL};

static const struct option table[] = {
    {.name = "path",
     .type = OPTION_TEXT,
     .offset = offsetof(struct settings, path),
     .min = 1,
     .max = 8},
    {.name = "members",
     .type = OPTION_NUMBER,
     .offset = offsetof(struct settings, members),
     .fallback = "100",
     .min = 1,
     .max = 1000,
     .unit = "members"},
    {.name = "open",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, is_open),
     .fallback = "1"},
    {.name = "durability",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct settings, durability),
     .fallback = "process",
     .choices = durabilities},
};

static int take_room(void *out, const char *name, const char *value, struct problem *problem)
{
    struct settings *settings = out;

    if (strncmp(name, "room.", 5) != 0)
        return 0;
    if (strcmp(value, "bad") == 0)
        return problem_set(problem, name, "is bad");
    snprintf(settings->rooms, sizeof(settings->rooms), "%s=%s", name, value);
    return 1;
}

static int read_into(struct settings *settings, const struct option_value *values, size_t count,
                     option_family_fn *family, struct problem *problem)
{
    memset(problem, 0, sizeof(*problem));
    memset(settings, 0xff, sizeof(*settings));
    settings->path = NULL;
    settings->is_open = false;
    return options_read(table, sizeof(table) / sizeof(table[0]), values, count, family, settings,
                        problem);
}

/* Read one option and expect it to be refused with `text`. */
static void refuse(const char *name, const char *value, const char *text)
{
    struct option_value values[] = {{name, value}};
    struct settings settings;
    struct problem problem;

    assert_int_equal(read_into(&settings, values, 1, take_room, &problem), -1);
    assert_string_equal(problem.path, name);
    assert_string_equal(problem.text, text);
}

static void sets_every_default(void **state)
{
    struct settings settings;
    struct problem problem;

    (void)state;
    assert_int_equal(read_into(&settings, NULL, 0, NULL, &problem), 0);
    assert_null(settings.path);
    assert_int_equal(settings.members, 100);
    assert_true(settings.is_open);
    assert_int_equal(settings.durability, 0);
    assert_string_equal(problem.text, "");
}

static void reads_each_type(void **state)
{
    static const struct option_value values[] = {
        {"path", "/chat"},
        {"members", "1000"},
        {"open", "Off"},
        {"default", "1"},
        {"durability", "power"},
        {"room.lobby.pin", "x"},
        {"status", "ok"},
        {"raw", "1"},
        {"basic-auth", "/etc/logins"},
        {"default", "1"},
    };
    struct settings settings;
    struct problem problem;

    (void)state;
    assert_int_equal(
        read_into(&settings, values, sizeof(values) / sizeof(values[0]), take_room, &problem), 0);
    assert_ptr_equal(settings.path, values[0].value);
    assert_int_equal(settings.members, 1000);
    assert_false(settings.is_open);
    assert_int_equal(settings.durability, 1);
    assert_string_equal(settings.rooms, "room.lobby.pin=x");
}

static void refuses_bad_values_by_name(void **state)
{
    (void)state;
    refuse("members", "", "\"\" is not a number from 1 to 1000 members");
    refuse("members", "0", "\"0\" is not a number from 1 to 1000 members");
    refuse("members", "1001", "\"1001\" is not a number from 1 to 1000 members");
    refuse("members", "12x", "\"12x\" is not a number from 1 to 1000 members");
    refuse("members", " 12", "\" 12\" is not a number from 1 to 1000 members");
    refuse("members", "-1", "\"-1\" is not a number from 1 to 1000 members");
    refuse("members", "0x10", "\"0x10\" is not a number from 1 to 1000 members");
    refuse("members", "99999999999999999999",
           "\"99999999999999999999\" is not a number from 1 to 1000 members");
    refuse("open", "2", "\"2\" is none of: yes, no, 1, 0");
    refuse("durability", "Power", "\"Power\" is none of: process, power");
    refuse("path", "", "must have 1 to 8 bytes, has 0");
    refuse("path", "/too/long", "must have 1 to 8 bytes, has 9");
    refuse("room.x", "bad", "is bad");
}

static void refuses_unknown_names_with_a_suggestion(void **state)
{
    static const struct option_value room[] = {{"room.x", "1"}};
    struct settings settings;
    struct problem problem;

    (void)state;
    refuse("member", "1", "unknown option (did you mean \"members\"?)");
    refuse("colour", "1", "unknown option");
    assert_int_equal(read_into(&settings, room, 1, NULL, &problem), -1);
    assert_string_equal(problem.path, "room.x");
}

static void refuses_a_name_that_is_given_twice(void **state)
{
    static const struct option_value values[] = {{"members", "5"}, {"members", "5"}};
    struct settings settings;
    struct problem problem;

    (void)state;
    assert_int_equal(read_into(&settings, values, 2, NULL, &problem), -1);
    assert_string_equal(problem.path, "members");
    assert_string_equal(problem.text, "given twice, or longer than 254 bytes");
    assert_int_equal(options_read(table, 4, values, 2, NULL, &settings, NULL), -1);
}

static void lists_only_as_many_choices_as_fit(void **state)
{
    static char names[40][12];
    static const char *many[41];
    struct option row = {.name = "c", .type = OPTION_CHOICE, .choices = many};
    struct option_value value = {"c", "none"};
    struct problem problem = {.line = 0};
    unsigned out;
    int n;

    (void)state;
    for (n = 0; n < 40; n++) {
        snprintf(names[n], sizeof(names[n]), "choice-%d", n);
        many[n] = names[n];
    }
    assert_int_equal(options_read(&row, 1, &value, 1, NULL, &out, &problem), -1);
    assert_non_null(strstr(problem.text, "choice-0, choice-1,"));
    value.value = "choice-39";
    assert_int_equal(options_read(&row, 1, &value, 1, NULL, &out, NULL), 0);
    assert_int_equal(out, 39);
}

static void compares_and_copies_members_by_their_rows(void **state)
{
    char path[] = "/a";
    struct settings a = {"/a", 1, true, 1, "x"}, b = {path, 2, false, 0, "y"};
    size_t n;

    (void)state;
    assert_null(option_find(table, 4, "rooms"));
    assert_ptr_equal(option_find(table, 4, "open"), &table[2]);
    assert_true(option_equal(&table[0], &a, &b));
    for (n = 1; n < 4; n++)
        assert_false(option_equal(&table[n], &a, &b));
    b.path = NULL;
    assert_false(option_equal(&table[0], &a, &b));
    assert_false(option_equal(&table[0], &b, &a));
    a.path = NULL;
    assert_true(option_equal(&table[0], &a, &b));
    a.path = "/c";
    for (n = 0; n < 4; n++) {
        option_copy(&table[n], &b, &a);
        assert_true(option_equal(&table[n], &a, &b));
    }
    assert_string_equal(b.path, "/c");
    assert_string_equal(b.rooms, "y");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_every_default),
        cmocka_unit_test(reads_each_type),
        cmocka_unit_test(refuses_bad_values_by_name),
        cmocka_unit_test(refuses_unknown_names_with_a_suggestion),
        cmocka_unit_test(refuses_a_name_that_is_given_twice),
        cmocka_unit_test(compares_and_copies_members_by_their_rows),
        cmocka_unit_test(lists_only_as_many_choices_as_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

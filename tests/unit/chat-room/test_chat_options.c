#include "chat_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int read_one(const char *name, const char *value, struct chat_options *options,
                    struct problem *problem)
{
    struct option_value given = {name, value};

    memset(problem, 0, sizeof(*problem));
    memset(options, 0, sizeof(*options));
    if (options_read(chat_option_table, chat_option_rows, &given, name ? 1 : 0, chat_options_family,
                     options, problem))
        return -1;
    return chat_options_check(options, problem);
}

static void the_defaults_are_good(void **state)
{
    struct chat_options options;
    struct problem problem;

    (void)state;
    assert_int_equal(read_one(NULL, NULL, &options, &problem), 0);
    assert_string_equal(options.path, "/chat");
    assert_string_equal(options.default_room, "lobby");
    assert_string_equal(options.text.say, "说：");
    assert_int_equal(options.room_log_bytes, 1048576);
    assert_int_equal(options.rate, 5);
    assert_null(chat_options_store_path(&options));
    assert_int_equal(options.durability, DURABILITY_PROCESS);
}

static void a_store_is_a_file_or_none(void **state)
{
    struct chat_options options;
    struct problem problem;

    (void)state;
    assert_int_equal(read_one("store", "memory", &options, &problem), 0);
    assert_null(chat_options_store_path(&options));
    assert_int_equal(read_one("store", "sqlite:/a/b:c", &options, &problem), 0);
    assert_string_equal(chat_options_store_path(&options), "/a/b:c");
}

static void every_bad_value_names_its_option(void **state)
{
    static const struct {
        const char *name, *value;
    } bad[] = {
        {"path", "chat"},
        {"path", ""},
        {"default-room", "Lobby"},
        {"default-room", "a b"},
        {"origins", "example.com"},
        {"max-message-bytes", "63"},
        {"max-message-bytes", "65537"},
        {"max-frame-bytes", "x"},
        {"rate", "-1"},
        {"burst", "0"},
        {"join-timeout", "0"},
        {"room-log-bytes", "1000"},
        {"client-queue-bytes", "1000"},
        {"text-say", "\xff"},
        {"store", "postgres"},
        {"store", "sqlite:"},
        {"durability", "eternal"},
        {"rooom", "x"},
        {"trusted-proxies", "10.0.0.1/8"},
        {"trusted-proxies", "proxy.example"},
        {"forwarded-header", "x-client"},
        {"show-ip", "some"},
        {"create", "perhaps"},
        {"rooms", "tea, Garden"},
        {"rooms", "tea, gar/den"},
    };
    struct chat_options options;
    struct problem problem;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
        assert_int_equal(read_one(bad[n].name, bad[n].value, &options, &problem), -1);
        assert_string_equal(problem.path, bad[n].name);
        assert_true(problem.text[0]);
    }
}

static void the_logs_must_hold_the_largest_message(void **state)
{
    static const struct option_value values[] = {{"max-message-bytes", "65536"},
                                                 {"room-log-bytes", "200000"},
                                                 {"client-queue-bytes", "1000000"}};
    struct chat_options options;
    struct problem problem = {0};

    (void)state;
    assert_int_equal(
        options_read(chat_option_table, chat_option_rows, values, 3, NULL, &options, &problem), 0);
    assert_int_equal(chat_options_check(&options, &problem), -1);
    assert_string_equal(problem.path, "room-log-bytes");
}

static void zero_switches_some_bounds_off(void **state)
{
    static const char *const names[] = {"rate", "per-ip", "max-connections", "max-participants",
                                        "presence-limit"};
    struct chat_options options;
    struct problem problem;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(names) / sizeof(names[0]); n++)
        assert_int_equal(read_one(names[n], "0", &options, &problem), 0);
}

static void rooms_can_be_the_named_ones_only(void **state)
{
    const struct option_value given[] = {
        {"create", "no"}, {"rooms", "tea, garden"}, {"default-room", "hall"}};
    struct chat_options options = {0};

    (void)state;
    assert_int_equal(
        options_read(chat_option_table, chat_option_rows, given, 3, NULL, &options, NULL), 0);
    assert_int_equal(chat_options_check(&options, NULL), 0);
    assert_true(chat_options_allow(&options, "hall"));
    assert_true(chat_options_allow(&options, "tea"));
    assert_true(chat_options_allow(&options, "garden"));
    assert_false(chat_options_allow(&options, "te"));
    assert_false(chat_options_allow(&options, "teas"));
    assert_false(chat_options_allow(&options, "lobby"));
    options.create = true;
    assert_true(chat_options_allow(&options, "lobby"));
    options.create = false;
    options.rooms = NULL;
    assert_false(chat_options_allow(&options, "tea"));
    assert_true(chat_options_allow(&options, "hall"));
}

static void rooms_have_options_of_their_own(void **state)
{
    static const struct option_value values[] = {
        {"Tea:secret", "a"}, {"tea:pin", "b"}, {"a.b-c_1:pin", "{env:TEST_CHAT_PIN}"}};
    struct chat_options options = {0};
    const struct chat_room_option *row;

    (void)state;
    setenv("TEST_CHAT_PIN", "c", 1);
    assert_int_equal(options_read(chat_option_table, chat_option_rows, values, 3,
                                  chat_options_family, &options, NULL),
                     0);
    unsetenv("TEST_CHAT_PIN");
    row = chat_options_room(&options, "tea");
    assert_non_null(row);
    assert_true(secret_is(&row->secret, "a", 1) && secret_is(&row->pin, "b", 1));
    row = chat_options_room(&options, "a.b-c_1");
    assert_non_null(row);
    assert_true(secret_is(&row->pin, "c", 1) && !row->secret.is_set);
    assert_null(chat_options_room(&options, "lobby"));
}

static void only_so_many_rooms_have_options(void **state)
{
    struct chat_options options = {0};
    struct problem problem = {0};
    char name[20];
    int n;

    (void)state;
    for (n = 0; n < CHAT_ROOM_OPTIONS_MAX; n++) {
        snprintf(name, sizeof(name), "r%d:pin", n);
        assert_int_equal(chat_options_family(&options, name, "x", &problem), 1);
    }
    assert_int_equal(chat_options_family(&options, "r1:secret", "x", &problem), 1);
    assert_int_equal(chat_options_family(&options, "more:pin", "x", &problem), -1);
    assert_string_equal(problem.path, "more:pin");
}

static void what_a_room_can_not_have_is_refused(void **state)
{
    static const struct {
        const char *name, *value, *why;
    } rows[] = {
        {"tea:secrt", "x", "did you mean \"secret\""},
        {"tea:pins", "x", "did you mean \"pin\""},
        {"tea:colour", "x", "no other options"},
        {"tea:", "x", "no other options"},
        {":pin", "x", "1 to 64 characters"},
        {"a b:pin", "x", "1 to 64 characters"},
        {"tea:pin", "", "is empty"},
        {"tea:pin", "{env:TEST_CHAT_NONE}", "TEST_CHAT_NONE is not set"},
        {"admin-key", "{env:TEST_CHAT_NONE}", "TEST_CHAT_NONE is not set"},
        {"admin-key", "{file:none}", "does not begin with /"},
    };
    struct chat_options options;
    struct problem problem;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        assert_int_equal(read_one(rows[n].name, rows[n].value, &options, &problem), -1);
        assert_string_equal(problem.path, rows[n].name);
        assert_non_null(strstr(problem.text, rows[n].why));
    }
    memset(&options, 0, sizeof(options));
    memset(&problem, 0, sizeof(problem));
    assert_int_equal(chat_options_family(&options, "tea:pin", "x", &problem), 1);
    assert_int_equal(chat_options_family(&options, "TEA:pin", "x", &problem), -1);
    assert_non_null(strstr(problem.text, "given twice"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rooms_can_be_the_named_ones_only),
        cmocka_unit_test(the_defaults_are_good),
        cmocka_unit_test(a_store_is_a_file_or_none),
        cmocka_unit_test(every_bad_value_names_its_option),
        cmocka_unit_test(the_logs_must_hold_the_largest_message),
        cmocka_unit_test(rooms_have_options_of_their_own),
        cmocka_unit_test(only_so_many_rooms_have_options),
        cmocka_unit_test(what_a_room_can_not_have_is_refused),
        cmocka_unit_test(zero_switches_some_bounds_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

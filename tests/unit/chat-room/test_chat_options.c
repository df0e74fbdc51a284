#include "chat_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int read_one(const char *name, const char *value, struct chat_options *options,
                    struct problem *problem)
{
    struct option_value given = {name, value};

    memset(problem, 0, sizeof(*problem));
    memset(options, 0, sizeof(*options));
    if (options_read(chat_option_table, chat_option_rows, &given, name ? 1 : 0, NULL, options,
                     problem))
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rooms_can_be_the_named_ones_only),
        cmocka_unit_test(the_defaults_are_good),
        cmocka_unit_test(a_store_is_a_file_or_none),
        cmocka_unit_test(every_bad_value_names_its_option),
        cmocka_unit_test(the_logs_must_hold_the_largest_message),
        cmocka_unit_test(zero_switches_some_bounds_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

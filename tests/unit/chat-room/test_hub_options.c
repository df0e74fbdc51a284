#include "hub_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fill(struct chat_options *out, const struct option_value *given, size_t count)
{
    memset(out, 0, sizeof(*out));
    assert_int_equal(options_read(chat_option_table, chat_option_rows, given, count,
                                  chat_options_family, out, NULL),
                     0);
}

static int check(const struct option_value *worlds, const struct option_value *mine,
                 struct problem *problem)
{
    struct chat_options world_options, my_options;

    memset(problem, 0, sizeof(*problem));
    fill(&world_options, worlds, 2);
    fill(&my_options, mine, 2);
    return hub_options_check(mine[1].name, &my_options, &world_options, problem);
}

static void a_vhost_has_to_say_what_the_world_says(void **state)
{
    static const struct {
        struct option_value worlds, mine;
        int result;
    } rows[] = {
        {{"rate", "7"}, {"rate", "7"}, 0},
        {{"rate", "7"}, {"rate", "07"}, 0},
        {{"rate", "7"}, {"rate", "8"}, -1},
        {{"rate", "7"}, {"burst", "20"}, 0}, /* the default is a value, too */
        {{"rate", "7"}, {"burst", "21"}, -1},
        {{"default-room", "tea"}, {"default-room", "tea"}, 0},
        {{"default-room", "tea"}, {"default-room", "lobby"}, -1},
        {{"durability", "power"}, {"durability", "process"}, -1},
        {{"path", "/a"}, {"path", "/b"}, 0},
        {{"tea:pin", "7"}, {"tea:pin", "7"}, 0},
        {{"tea:pin", "7"}, {"TEA:pin", "7"}, 0},
        {{"tea:pin", "7"}, {"tea:pin", "8"}, -1},
        {{"tea:pin", "7"}, {"tea:secret", "7"}, -1},
        {{"rate", "7"}, {"tea:pin", "7"}, -1},
        {{"admin-key", "7"}, {"admin-key", "8"}, -1},
        {{"origins", "any"}, {"origins", "same"}, 0},
        {{"trusted-proxies", "::1"}, {"trusted-proxies", "unix"}, 0},
        {{"forwarded-header", "x-real-ip"}, {"forwarded-header", "x-forwarded-for"}, 0},
        {{"show-ip", "none"}, {"show-ip", "full"}, -1},
        {{"create", "no"}, {"create", "off"}, 0},
        {{"create", "no"}, {"create", "yes"}, -1},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        const struct option_value worlds[] = {{"hub", "main"}, rows[n].worlds};
        const struct option_value mine[] = {{"hub", "main"}, rows[n].mine};
        struct problem problem;

        assert_int_equal(check(worlds, mine, &problem), rows[n].result);
        if (rows[n].result) {
            assert_string_equal(problem.path, rows[n].mine.name);
            assert_string_equal(problem.text, "is not what the first vhost of hub \"main\" has");
        }
    }
}

static void what_is_not_of_the_door_is_the_worlds(void **state)
{
    const struct option_value worlds[] = {
        {"hub", "main"}, {"rate", "7"}, {"path", "/a"}, {"text-say", ">"}};
    const struct option_value mine[] = {{"hub", "main"}, {"path", "/b"}};
    struct chat_options world_options, my_options;

    (void)state;
    fill(&world_options, worlds, 4);
    fill(&my_options, mine, 2);
    hub_options_adopt(&my_options, &world_options);
    assert_string_equal(my_options.path, "/b");
    assert_int_equal(my_options.rate, 7);
    assert_string_equal(my_options.text.say, ">");
}

static void kept_texts_outlive_the_ones_they_come_from(void **state)
{
    char room[] = "tea";
    const struct option_value given[] = {{"default-room", room}};
    struct chat_options options;
    char *memory;

    (void)state;
    fill(&options, given, 1);
    assert_ptr_equal(options.default_room, room);
    memory = hub_options_keep(&options);
    assert_non_null(memory);
    memset(room, 'x', sizeof(room));
    assert_string_equal(options.default_room, "tea");
    assert_string_equal(options.text.open, "进入聊天室");
    assert_null(options.hub);
    assert_int_equal(options.rate, 5);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vhost_has_to_say_what_the_world_says),
        cmocka_unit_test(what_is_not_of_the_door_is_the_worlds),
        cmocka_unit_test(kept_texts_outlive_the_ones_they_come_from),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

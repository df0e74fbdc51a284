#include "plugin_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void candidates_get_shorter(void **state)
{
    char name[PLUGIN_NAME_BYTES];

    (void)state;
    assert_true(plugin_name_first("chat-room-text", name));
    assert_string_equal(name, "chat_room_text");
    assert_true(plugin_name_shorter(name));
    assert_string_equal(name, "chat_room");
    assert_false(plugin_name_shorter(name)); /* "chat": lws passes over it */
    assert_false(plugin_name_shorter(name));
}

static void short_and_long_names_are_no_candidates(void **state)
{
    char name[PLUGIN_NAME_BYTES];
    char longest[PLUGIN_NAME_BYTES + 1];

    (void)state;
    assert_false(plugin_name_first("", name));
    assert_false(plugin_name_shorter(name));
    assert_false(plugin_name_first("short", name));
    assert_false(plugin_name_shorter(name));
    assert_true(plugin_name_first("sixsix", name));
    memset(longest, 'a', sizeof(longest));
    longest[PLUGIN_NAME_BYTES] = '\0';
    assert_false(plugin_name_first(longest, name));
    assert_string_equal(name, "");
    longest[PLUGIN_NAME_BYTES - 1] = '\0';
    assert_true(plugin_name_first(longest, name));
    assert_string_equal(name, longest);
}

static void files_are_named_as_lws_reads_them(void **state)
{
    char name[PLUGIN_NAME_BYTES];

    (void)state;
    assert_true(plugin_name_of_file("libprotocol_chat_room.so", name));
    assert_string_equal(name, "chat_room");
    assert_true(plugin_name_of_file("libwebsockets-evlib_uv.so", name));
    assert_string_equal(name, "evlib_uv");
    assert_false(plugin_name_of_file("libchat-room.so", name)); /* base "room" */
    assert_false(plugin_name_of_file("libchatroom.so", name));
    assert_false(plugin_name_of_file("libprotocol_chat_room.so.1", name));
    assert_false(plugin_name_of_file("libprotocol_chat_room.a", name));
    assert_false(plugin_name_of_file("README", name));
    assert_false(plugin_name_of_file("", name));
    assert_string_equal(name, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_get_shorter),
        cmocka_unit_test(short_and_long_names_are_no_candidates),
        cmocka_unit_test(files_are_named_as_lws_reads_them),
    };

    return cmocka_run_group_tests_name("plugin_name", tests, NULL, NULL);
}

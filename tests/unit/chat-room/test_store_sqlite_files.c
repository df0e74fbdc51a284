/* Files that are not what the store wrote: refused, said why, and left as they are. */
#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void write_at(const struct rig *rig, const char *mode, long at, const char *bytes,
                     size_t len)
{
    FILE *file = fopen(rig->path, mode);

    assert_non_null(file);
    fseek(file, at, SEEK_SET);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

/* A file that the store has written, with `count` messages. */
static void make(struct rig *rig, int count)
{
    struct store_room *room;
    char text[1001];
    int n;

    memset(text, 'x', 1000);
    text[1000] = '\0';
    rig_open(rig);
    room = rig->store->ops->open(rig->store, "a");
    for (n = 0; n < count; n++)
        rig_say(rig, room, "u", "c", text);
    for (n = 0; n < count; n++)
        rig_say(rig, room, "u", "", text);
    rig->store->ops->close(room);
    rig_close(rig);
}

static void a_text_file(void **state)
{
    char text[4000];

    memset(text, 'x', sizeof(text));
    write_at(*state, "wb", 0, text, sizeof(text));
    rig_refuses(*state, "is not an SQLite database");
}

static void the_database_of_another_program(void **state)
{
    rig_sql(*state, "CREATE TABLE guests(name TEXT); INSERT INTO guests VALUES('x');");
    rig_refuses(*state, "is the database of another program");
}

static void a_file_of_a_newer_version(void **state)
{
    make(*state, 1);
    rig_sql(*state, "PRAGMA user_version=99");
    rig_refuses(*state, "was written by a newer version (its schema is 99,");
}

static void a_damaged_file(void **state)
{
    char junk[4096];
    long page;

    make(*state, 100);
    memset(junk, 0x5a, sizeof(junk));
    for (page = 8; page < 12; page++)
        write_at(*state, "r+b", page * 4096, junk, sizeof(junk));
    rig_refuses(*state, "is damaged");
}

static void a_file_cut_short(void **state)
{
    struct rig *rig = *state;
    struct stat status;

    make(rig, 100);
    assert_int_equal(stat(rig->path, &status), 0);
    assert_int_equal(truncate(rig->path, status.st_size / 2), 0);
    rig_refuses(rig, "is damaged");
}

static void numbers_with_a_hole(void **state)
{
    make(*state, 5);
    rig_sql(*state, "DELETE FROM messages WHERE offset=3");
    rig_refuses(*state, "is damaged: numbers are missing");
    rig_sql(*state, "DELETE FROM messages WHERE offset>1");
    rig_refuses(*state, "is damaged: numbers are missing");
}

static void a_file_that_is_in_use(void **state)
{
    struct rig *rig = *state;

    rig_open(rig);
    rig_refuses(rig, "is in use by another process or vhost");
    assert_int_equal(rig_say(rig, rig->store->ops->open(rig->store, "a"), "u", "", "x").offset, 1);
}

static void no_such_folder(void **state)
{
    struct rig *rig = *state;

    rig->config.path = "/nonexistent/chat.db";
    rig_refuses(rig, "can't be opened: No such file or directory");
    rig->config.path = rig->folder;
    rig_refuses(rig, "can't be opened");
    rig->config.path = rig->path;
}

static void a_new_file_is_for_its_owner_only(void **state)
{
    struct rig *rig = *state;
    struct stat status;

    rig_open(rig);
    assert_int_equal(stat(rig->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void an_empty_file_and_an_interrupted_beginning_are_new(void **state)
{
    struct rig *rig = *state;

    write_at(rig, "wb", 0, "", 0);
    make(rig, 1);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 2);
    assert_int_equal(remove(rig->path), 0);
    rig_sql(rig, "PRAGMA application_id=0x6c776368; CREATE TABLE x(y); DROP TABLE x;");
    make(rig, 1);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM messages"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_text_file, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(the_database_of_another_program, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_file_of_a_newer_version, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_file, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_file_cut_short, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(numbers_with_a_hole, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_in_use, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(no_such_folder, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_new_file_is_for_its_owner_only, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(an_empty_file_and_an_interrupted_beginning_are_new,
                                        rig_setup, rig_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Files of earlier and of later versions: brought up to date, or left as they are. */
#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What version 1 made. */
static const char version_1[] =
    "PRAGMA application_id=0x6c776368; PRAGMA journal_mode=WAL; BEGIN;"
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE rooms(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL,"
    " head INTEGER NOT NULL);"
    "CREATE TABLE messages(room INTEGER NOT NULL, offset INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL, nick TEXT NOT NULL, label TEXT NOT NULL, user TEXT NOT NULL,"
    " cid TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY(room, offset)) WITHOUT ROWID;"
    "CREATE INDEX cids ON messages(room, user, cid) WHERE cid<>'';"
    "CREATE TABLE sessions(hash BLOB PRIMARY KEY, user TEXT NOT NULL, seen_ms INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "PRAGMA user_version=1;"
    "INSERT INTO meta VALUES('seed',77);"
    "INSERT INTO rooms VALUES(3,'a','00000000deadbeef',12);"
    "INSERT INTO messages VALUES(3,11,999999,'n','l','u','c1','eleven'),"
    " (3,12,999999,'n','l','u','','twelve');"
    "COMMIT;";

static void read_both(struct rig *rig, struct store_room *room)
{
    struct store_query query = {.after = 10, .before = 14, .limit = 10, .max_bytes = 1000};
    struct rig_page page = rig_read(rig, room, &query);

    assert_int_equal(page.count, 3);
    assert_string_equal(page.first_text, "eleven");
    assert_int_equal(page.kinds[0], MESSAGE_SAID);
    assert_int_equal(page.kinds[1], MESSAGE_SAID);
    assert_int_equal(page.kinds[2], MESSAGE_ANNOUNCED);
}

static void a_file_of_version_1_is_brought_up_to_date(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;
    struct rig_kept kept;

    rig_sql(rig, version_1);
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_string_equal(rig_past(rig, room).epoch, "00000000deadbeef");
    assert_int_equal(rig_past(rig, room).oldest, 11);
    kept = rig_say(rig, room, "u", "c1", "again");
    assert_int_equal(kept.result, STORE_KNOWN);
    assert_int_equal(kept.offset, 11);
    rig_announce(rig, room, "thirteen", &kept);
    rig_turn_until(rig, &kept.calls, 1);
    assert_int_equal(kept.offset, 13);
    read_both(rig, room);
    rig->store->ops->close(room);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "PRAGMA user_version"), 2);
    assert_int_equal(rig_ask(rig, "SELECT count(*) FROM sanctions"), 0);
    rig_open(rig);
    room = rig_room(rig, "a");
    read_both(rig, room);
    rig->store->ops->close(room);
}

/* The table of version 2 is in the way: the step fails in the middle. */
static void a_step_that_fails_changes_nothing(void **state)
{
    struct rig *rig = *state;

    rig_sql(rig, version_1);
    rig_sql(rig, "CREATE TABLE sanctions(x)");
    rig_refuses(rig, "table sanctions already exists");
    assert_int_equal(rig_ask(rig, "PRAGMA user_version"), 1);
    assert_int_equal(
        rig_ask(rig, "SELECT count(*) FROM pragma_table_info('messages') WHERE name='kind'"), 0);
    rig_sql(rig, "DROP TABLE sanctions");
    rig_open(rig);
    rig_close(rig);
    assert_int_equal(rig_ask(rig, "PRAGMA user_version"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_of_version_1_is_brought_up_to_date, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(a_step_that_fails_changes_nothing, rig_setup, rig_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

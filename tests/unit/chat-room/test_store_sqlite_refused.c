/* Files with unfinished business, locked files, folders that can't be written: refused, and neither
 * the file nor the log beside it is touched. What is refused is copied from a live database first,
 * as a crash would have left it. */
#include "store_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

static sqlite3 *connect_to(const char *path)
{
    sqlite3 *connection;

    assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
    return connection;
}

static void execute(sqlite3 *connection, const char *sql)
{
    char *error = NULL;

    sqlite3_exec(connection, sql, NULL, NULL, &error);
    if (error)
        fail_msg("%s: %s", sql, error);
}

static void copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out;
    char bytes[4096];
    size_t len;

    assert_non_null(in);
    out = fopen(to, "wb");
    assert_non_null(out);
    while ((len = fread(bytes, 1, sizeof(bytes), in)))
        assert_int_equal(fwrite(bytes, 1, len, out), len);
    fclose(in);
    fclose(out);
}

/* Run `sql` on a database elsewhere, and leave in the rig's place what a crash would leave then:
 * the file and its `side`. */
static void crash_after(const struct rig *rig, const char *sql, const char *side)
{
    char live[128], from[160], to[160];
    sqlite3 *connection;

    snprintf(live, sizeof(live), "%s.live", rig->path);
    if (access(rig->path, F_OK) == 0)
        copy_file(rig->path, live);
    connection = connect_to(live);
    execute(connection, sql);
    copy_file(live, rig->path);
    snprintf(from, sizeof(from), "%s%s", live, side);
    snprintf(to, sizeof(to), "%s%s", rig->path, side);
    copy_file(from, to);
    sqlite3_close(connection);
    unlink(live);
}

/* A file that the store has written, with a message. */
static void make(struct rig *rig)
{
    struct store_room *room;

    rig_open(rig);
    room = rig_room(rig, "a");
    rig_say(rig, room, "u", "c", "text");
    rig->store->ops->close(room);
    rig_close(rig);
}

static void a_newer_version_with_a_log(void **state)
{
    make(*state);
    crash_after(*state, "PRAGMA wal_autocheckpoint=0; PRAGMA user_version=99;", "-wal");
    rig_refuses(*state, "was written by a newer version (its schema is 99,");
}

static void a_damaged_one_with_a_log(void **state)
{
    struct rig *rig = *state;
    FILE *file;

    make(rig);
    crash_after(rig, "PRAGMA wal_autocheckpoint=0; UPDATE rooms SET head=5;", "-wal");
    rig_refuses(rig, "is damaged: numbers are missing");
    file = fopen(rig->path, "r+b");
    fseek(file, 2 * 4096, SEEK_SET);
    assert_int_equal(fwrite("ZZZZZZZZZZZZZZZZ", 1, 16, file), 16);
    fclose(file);
    rig_refuses(rig, "is damaged");
}

static void another_programs_with_a_log(void **state)
{
    crash_after(*state,
                "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE guests(name);"
                "INSERT INTO guests VALUES('x');",
                "-wal");
    rig_refuses(*state, "is the database of another program");
}

/* To open it as a database would play the journal back. */
static void another_programs_with_a_journal(void **state)
{
    crash_after(*state,
                "PRAGMA cache_size=5; CREATE TABLE guests(name); INSERT INTO guests WITH RECURSIVE"
                " n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n WHERE x<500)"
                " SELECT hex(randomblob(200)) FROM n;"
                "BEGIN; UPDATE guests SET name='y' || name;",
                "-journal");
    rig_refuses(*state, "is the database of another program");
}

static void a_log_of_our_own_is_read(void **state)
{
    struct rig *rig = *state;
    struct store_room *room;

    make(rig);
    crash_after(rig,
                "PRAGMA wal_autocheckpoint=0; UPDATE rooms SET head=2;"
                "INSERT INTO messages SELECT room,2,time_ms,nick,label,user,'',text,kind"
                " FROM messages;",
                "-wal");
    rig_open(rig);
    room = rig_room(rig, "a");
    assert_int_equal(rig_past(rig, room).head, 2);
    rig->store->ops->close(room);
}

static void one_that_somebody_else_writes(void **state)
{
    struct rig *rig = *state;
    sqlite3 *other;

    make(rig);
    other = connect_to(rig->path);
    execute(other, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;");
    rig_refuses(rig, "is in use by another process or vhost");
    sqlite3_close(other);
    rig_open(rig);
}

static void one_that_somebody_else_reads(void **state)
{
    struct rig *rig = *state;
    sqlite3 *other;

    make(rig);
    other = connect_to(rig->path);
    execute(other, "BEGIN; SELECT count(*) FROM messages;");
    rig_refuses(rig, "is in use by another process or vhost");
    sqlite3_close(other);
    rig_open(rig);
}

/* As somebody who may read and write the file, but not its folder; as root anybody may all. */
static void in_a_fixed_folder(struct rig *rig, mode_t mode, const char *words)
{
    int status;
    pid_t child;

    assert_int_equal(chmod(rig->folder, 0555), 0);
    if (mode)
        assert_int_equal(chmod(rig->path, mode), 0);
    child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
            _exit(77);
        rig_refuses(rig, words);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(rig->folder, 0755), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_folder_that_cant_be_written(void **state)
{
    in_a_fixed_folder(*state, 0, "can't be opened: Permission denied");
    make(*state);
    in_a_fixed_folder(*state, 0666, "or its folder can't");
    in_a_fixed_folder(*state, 0444, "can't be written");
    in_a_fixed_folder(*state, 0, "can't be written");
    assert_int_equal(chmod(((struct rig *)*state)->path, 0600), 0);
    make(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_newer_version_with_a_log, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_one_with_a_log, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(another_programs_with_a_log, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(another_programs_with_a_journal, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_log_of_our_own_is_read, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(one_that_somebody_else_writes, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(one_that_somebody_else_reads, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_cant_be_written, rig_setup, rig_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

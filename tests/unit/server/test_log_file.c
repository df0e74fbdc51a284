/* Real files, in a folder of the test's own. */
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 20000

static char folder[64], path[96], other[96];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/lwshost-log-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/log", folder);
    snprintf(other, sizeof(other), "%s/log.1", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    unlink(other);
    return rmdir(folder);
}

static void add(struct log_file *file, const char *line) { log_file_add(file, line, strlen(line)); }

static void file_says(const char *name, const char *expected)
{
    char text[256] = "";
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static off_t size_of(const char *name)
{
    struct stat about;

    return stat(name, &about) ? -1 : about.st_size;
}

static void wait_for_size(const char *name, off_t size)
{
    time_t end = time(NULL) + PATIENCE_MS / 1000;

    while (size_of(name) != size) {
        assert_true(time(NULL) < end);
        usleep(1000);
    }
}

static void lines_are_appended_in_order(void **state)
{
    struct log_file *file = log_file_open(path);
    struct log_file_stats stats;
    struct stat about;

    (void)state;
    assert_non_null(file);
    assert_string_equal(log_file_path(file), path);
    add(file, "one\n");
    add(file, "two\n");
    log_file_stats(file, &stats);
    assert_int_equal(stats.lines, 2);
    assert_int_equal(stats.dropped, 0);
    log_file_close(file, PATIENCE_MS);
    file = log_file_open(path);
    add(file, "three\n");
    log_file_close(file, PATIENCE_MS);
    file_says(path, "one\ntwo\nthree\n");
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07, 0); /* nobody else may read it */
}

static void a_file_that_is_cut_goes_on_at_its_beginning(void **state)
{
    struct log_file *file = log_file_open(path);

    (void)state;
    add(file, "before\n");
    wait_for_size(path, 7);
    assert_int_equal(truncate(path, 0), 0);
    add(file, "after\n");
    log_file_close(file, PATIENCE_MS);
    file_says(path, "after\n");
}

static void a_file_that_was_moved_is_left_when_it_is_asked_for(void **state)
{
    struct log_file *file = log_file_open(path);

    (void)state;
    add(file, "one\n");
    wait_for_size(path, 4);
    assert_int_equal(rename(path, other), 0);
    add(file, "two\n");
    log_file_reopen(file);
    wait_for_size(path, 0);
    add(file, "three\n");
    log_file_close(file, PATIENCE_MS);
    file_says(other, "one\ntwo\n");
    file_says(path, "three\n");
}

static void one_that_cannot_be_opened_anew_is_written_on(void **state)
{
    struct log_file *file = log_file_open(path);
    char moved[96];

    (void)state;
    add(file, "one\n");
    wait_for_size(path, 4);
    snprintf(moved, sizeof(moved), "%s-moved", folder);
    assert_int_equal(rename(folder, moved), 0);
    log_file_reopen(file);
    add(file, "two\n");
    log_file_close(file, PATIENCE_MS);
    assert_int_equal(rename(moved, folder), 0);
    file_says(path, "one\ntwo\n");
}

static void what_cannot_be_opened_says_why(void **state)
{
    (void)state;
    assert_null(log_file_open("/nowhere/at/all"));
    assert_int_equal(errno, ENOENT);
    assert_null(log_file_open("/"));
    assert_int_equal(errno, EISDIR);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(log_file_open(path));
    assert_int_equal(errno, ENXIO);
}

/* A FIFO that nobody reads takes 64 KiB; a disk that hangs would be the same. */
static void a_reader_that_hangs_holds_nobody_up(void **state)
{
    char line[1001];
    struct log_file_stats stats;
    struct log_file *file;
    int reader, n;

    (void)state;
    memset(line, 'x', sizeof(line) - 2);
    strcpy(line + sizeof(line) - 2, "\n");
    assert_int_equal(mkfifo(path, 0600), 0);
    reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    file = log_file_open(path);
    assert_non_null(file);
    for (n = 0; n < 4000; n++) /* 4 MB */
        add(file, line);
    log_file_stats(file, &stats);
    assert_int_equal(stats.lines + stats.dropped, 4000);
    assert_in_range(stats.lines, LOG_FILE_QUEUE_BYTES / 1000, 3 * LOG_FILE_QUEUE_BYTES / 1000);
    log_file_close(file, 10);
    close(reader); /* lets the thread that is left behind go: the write fails */
}

static void what_cannot_be_written_is_counted(void **state)
{
    struct log_file *file;
    struct log_file_stats stats = {0};
    time_t end = time(NULL) + PATIENCE_MS / 1000;

    (void)state;
    if (access("/dev/full", W_OK))
        skip();
    file = log_file_open("/dev/full");
    add(file, "one\n");
    while (stats.dropped == 0 && time(NULL) < end)
        log_file_stats(file, &stats);
    assert_int_equal(stats.dropped, 1);
    log_file_close(file, PATIENCE_MS);
}

static void standard_error_is_one_too(void **state)
{
    int before = dup(STDERR_FILENO), file = open(path, O_WRONLY | O_CREAT, 0600);
    struct log_file *log;

    (void)state;
    dup2(file, STDERR_FILENO);
    log = log_file_open(LOG_FILE_STDERR);
    add(log, "one\n");
    log_file_reopen(log);
    log_file_close(log, PATIENCE_MS);
    dup2(before, STDERR_FILENO);
    close(before);
    close(file);
    file_says(path, "one\n");
}

static void nothing_is_closed_twice(void **state)
{
    (void)state;
    log_file_close(NULL, 0);
    log_file_close(log_file_open(path), 0);
    file_says(path, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(lines_are_appended_in_order),
        TEST(a_file_that_is_cut_goes_on_at_its_beginning),
        TEST(a_file_that_was_moved_is_left_when_it_is_asked_for),
        TEST(one_that_cannot_be_opened_anew_is_written_on),
        TEST(what_cannot_be_opened_says_why),
        TEST(a_reader_that_hangs_holds_nobody_up),
        TEST(what_cannot_be_written_is_counted),
        TEST(standard_error_is_one_too),
        TEST(nothing_is_closed_twice),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

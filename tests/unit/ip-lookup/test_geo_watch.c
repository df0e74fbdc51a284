#include "geo_watch.h"

#include "sample_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 20

struct rig {
    char folder[64], path[96], other[96];
    sem_t woken;
    struct geo_watch *watch;
};

static void on_wake(void *host) { sem_post(&((struct rig *)host)->woken); }

static void wait_woken(struct rig *rig)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    assert_int_equal(sem_timedwait(&rig->woken, &until), 0);
}

static void put(const char *path, const char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void copy_sample(const char *path)
{
    static char bytes[1 << 20];
    FILE *file = fopen(SAMPLE_DB, "rb");
    size_t len;

    assert_non_null(file);
    len = fread(bytes, 1, sizeof(bytes), file);
    assert_true(len > 0 && len < sizeof(bytes));
    fclose(file);
    put(path, bytes, len);
}

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    assert_non_null(rig);
    strcpy(rig->folder, "/tmp/test-geo-watch-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    snprintf(rig->path, sizeof(rig->path), "%s/db", rig->folder);
    snprintf(rig->other, sizeof(rig->other), "%s/new", rig->folder);
    copy_sample(rig->path);
    sem_init(&rig->woken, 0, 0);
    rig->watch = geo_watch_new(rig->path, LOOK_MS, on_wake, rig);
    assert_non_null(rig->watch);
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;

    geo_watch_free(rig->watch);
    sem_destroy(&rig->woken);
    unlink(rig->path);
    unlink(rig->other);
    rmdir(rig->folder);
    free(rig);
    return 0;
}

static void a_file_that_was_renamed_into_place_is_opened(void **state)
{
    struct rig *rig = *state;
    struct problem problem = {0};
    struct ip_addr addr = sample_addr("14.130.112.24");
    struct place place;
    struct geo_db *db;

    copy_sample(rig->other);
    assert_int_equal(rename(rig->other, rig->path), 0);
    wait_woken(rig);
    db = geo_watch_take(rig->watch, &problem);
    assert_non_null(db);
    assert_string_equal(problem.text, "");
    assert_int_equal(geo_db_look_up(db, &addr, "zh-CN", &place), GEO_DB_FOUND);
    geo_db_close(db);
    assert_null(geo_watch_take(rig->watch, &problem));
    assert_string_equal(problem.text, "");
}

static void one_that_does_not_open_is_told_of_once(void **state)
{
    struct rig *rig = *state;
    struct problem problem = {0};

    put(rig->other, "no database", 11);
    assert_int_equal(rename(rig->other, rig->path), 0);
    wait_woken(rig);
    assert_null(geo_watch_take(rig->watch, &problem));
    assert_non_null(strstr(problem.text, "not a MaxMind-format database"));
    assert_null(geo_watch_take(rig->watch, &problem));
    assert_string_equal(problem.text, "");
    /* and then one that does */
    copy_sample(rig->other);
    assert_int_equal(rename(rig->other, rig->path), 0);
    wait_woken(rig);
    geo_db_close(geo_watch_take(rig->watch, &problem));
    assert_string_equal(problem.text, "");
}

static void what_nobody_takes_is_freed(void **state)
{
    struct rig *rig = *state;

    copy_sample(rig->other);
    assert_int_equal(rename(rig->other, rig->path), 0);
    wait_woken(rig); /* the sanitizer would tell */
    geo_watch_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_that_was_renamed_into_place_is_opened, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(one_that_does_not_open_is_told_of_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_nobody_takes_is_freed, set_up, tear_down)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

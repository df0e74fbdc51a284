/* What geo_db promises: it opens databases and nothing else, and says why not. */
#include "geo_db.h"
#include "mmdb_maker.h"
#include "sample_db.h"

#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_refused(const char *path, const char *reason)
{
    struct problem problem = {0};

    assert_null(geo_db_open(path, &problem));
    if (!strstr(problem.text, reason))
        fail_msg("\"%s\" does not say \"%s\"", problem.text, reason);
    assert_ptr_equal(strstr(problem.text, path), problem.text);
}

static void read_sample(struct bytes *file)
{
    char piece[4096];
    ssize_t len;
    int fd = open(SAMPLE_DB, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    while ((len = read(fd, piece, sizeof(piece))) > 0)
        assert_int_equal(bytes_append(file, piece, (size_t)len), 0);
    close(fd);
}

static void refuses_what_is_not_a_file(void **state)
{
    char folder[] = "/tmp/geo_db_test_XXXXXX", path[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_refused(folder, "not a regular file");
    snprintf(path, sizeof(path), "%s/missing.mmdb", folder);
    assert_refused(path, "No such file or directory");
    snprintf(path, sizeof(path), "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(path, "not a regular file");
    unlink(path);
    rmdir(folder);
}

static void refuses_what_is_not_a_database(void **state)
{
    struct bytes file = {0};
    char path[64];
    int fd;

    (void)state;
    fd = mmdb_raw_file("", 0, path);
    assert_refused(path, "empty file");
    close(fd);
    fd = mmdb_raw_file("country,city\n", 13, path);
    assert_refused(path, "not a MaxMind-format database");
    close(fd);
    read_sample(&file);
    fd = mmdb_raw_file(file.data, file.len / 2, path);
    assert_refused(path, "not a MaxMind-format database");
    close(fd);
    bytes_fini(&file);
}

static void refuses_a_database_with_a_destroyed_middle(void **state)
{
    struct bytes file = {0};
    char path[64];
    int fd;

    (void)state;
    read_sample(&file);
    memset(file.data + 300, 0xff, file.len / 2);
    fd = mmdb_raw_file(file.data, file.len, path);
    assert_refused(path, "damaged");
    close(fd);
    bytes_fini(&file);
}

static void a_long_path_leaves_room_for_the_reason(void **state)
{
    char path[1001];
    struct problem problem = {0};

    (void)state;
    memset(path, 'x', sizeof(path));
    path[1000] = '\0';
    assert_null(geo_db_open(path, &problem));
    assert_non_null(strstr(problem.text, "File name too long"));
}

static void closing_nothing_is_harmless(void **state)
{
    (void)state;
    geo_db_close(NULL);
}

/* Any single byte may be wrong: an answer, "unknown" or "damaged" is fine, a crash is not. */
static void survives_every_single_wrong_byte(void **state)
{
    static const char *const asked[] = {"14.130.112.24", "1.1.1.1",     "203.0.113.9",
                                        "192.0.2.1",     "2001:db8::1", "2400:3200::1"};
    struct bytes file = {0};
    struct place place;
    char path[64];
    size_t n, which;
    int fd;

    (void)state;
    read_sample(&file);
    fd = mmdb_raw_file(file.data, file.len, path);
    for (n = 0; n < file.len; n++) {
        char wrong = (char)(file.data[n] ^ (n % 3 ? 0xff : 0x20));
        struct geo_db *db;

        assert_int_equal(pwrite(fd, &wrong, 1, (off_t)n), 1);
        db = geo_db_open(path, NULL);
        for (which = 0; db && which < sizeof(asked) / sizeof(asked[0]); which++) {
            struct ip_addr addr = sample_addr(asked[which]);

            geo_db_look_up(db, &addr, "zh-CN", &place);
        }
        geo_db_close(db);
        assert_int_equal(pwrite(fd, file.data + n, 1, (off_t)n), 1);
    }
    close(fd);
    bytes_fini(&file);
}

static void a_mapped_address_is_the_ipv4_address(void **state)
{
    struct geo_db *db = sample_open();
    struct ip_addr addr = sample_addr("::ffff:14.130.112.24");
    struct place place;

    (void)state;
    assert_int_equal(geo_db_look_up(db, &addr, "zh-CN", &place), GEO_DB_FOUND);
    assert_string_equal(place.country, "中国");
    assert_string_equal(place.city, "北京");
    geo_db_close(db);
}

static void an_ipv4_database_does_not_know_ipv6(void **state)
{
    struct bytes data = {0};
    struct ip_addr v4 = sample_addr("14.130.112.24"), v6 = sample_addr("2001:db8::1");
    struct place place;
    struct geo_db *db;
    char path[64];
    int fd;

    (void)state;
    mmdb_map(&data, 1);
    mmdb_text(&data, "isp");
    mmdb_text(&data, "Everybody's");
    fd = mmdb_file(&data, 4, path);
    db = geo_db_open(path, NULL);
    assert_non_null(db);
    assert_int_equal(geo_db_look_up(db, &v4, "en", &place), GEO_DB_FOUND);
    assert_string_equal(place.isp, "Everybody's");
    assert_int_equal(geo_db_look_up(db, &v6, "en", &place), GEO_DB_UNKNOWN);
    assert_string_equal(place.isp, "");
    geo_db_close(db);
    bytes_fini(&data);
    close(fd);
}

static void finds_the_databases_own_spelling_of_a_language(void **state)
{
    static const char *const pairs[][2] = {
        {"en", "en"},       {"EN", "en"},       {"en-GB", "en"},         {"zh", "zh-CN"},
        {"zh-cn", "zh-CN"}, {"zh-TW", "zh-CN"}, {"zh-Hant-TW", "zh-CN"}, {"de", "de"},
        {"e", "e"},         {"enx", "enx"},     {"z-CN", "z-CN"},
    };
    struct geo_db *db = sample_open();
    char language[GEO_DB_LANGUAGE_BYTES];
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(pairs) / sizeof(pairs[0]); n++) {
        geo_db_language(db, pairs[n][0], language);
        assert_string_equal(language, pairs[n][1]);
    }
    geo_db_language(db, "xx-a-language-tag-that-is-far-too-long", language);
    assert_int_equal(strlen(language), GEO_DB_LANGUAGE_BYTES - 1);
    geo_db_close(db);
}

static void an_unknown_language_falls_back_to_english(void **state)
{
    struct geo_db *db = sample_open();
    struct ip_addr addr = sample_addr("14.130.112.24");
    struct place place;

    (void)state;
    assert_int_equal(geo_db_look_up(db, &addr, "de", &place), GEO_DB_FOUND);
    assert_string_equal(place.country, "China");
    geo_db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_not_a_file),
        cmocka_unit_test(refuses_what_is_not_a_database),
        cmocka_unit_test(refuses_a_database_with_a_destroyed_middle),
        cmocka_unit_test(a_long_path_leaves_room_for_the_reason),
        cmocka_unit_test(closing_nothing_is_harmless),
        cmocka_unit_test(survives_every_single_wrong_byte),
        cmocka_unit_test(a_mapped_address_is_the_ipv4_address),
        cmocka_unit_test(an_ipv4_database_does_not_know_ipv6),
        cmocka_unit_test(finds_the_databases_own_spelling_of_a_language),
        cmocka_unit_test(an_unknown_language_falls_back_to_english),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

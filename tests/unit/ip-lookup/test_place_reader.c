/* What place_reader promises: every layout it names, and no text or number of a record that it
 * can't bound. */
#include "geo_db.h"
#include "mmdb_maker.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Look any address up in a database whose only record is `data`; `data` is emptied. */
static enum geo_db_result look_up(struct bytes *data, const char *language, struct place *place)
{
    struct ip_addr addr;
    struct geo_db *db;
    enum geo_db_result result;
    char path[64];
    int fd = mmdb_file(data, 6, path);

    bytes_fini(data);
    assert_int_equal(ip_addr_parse("192.0.2.1", 9, &addr), 0);
    db = geo_db_open(path, NULL);
    assert_non_null(db);
    result = geo_db_look_up(db, &addr, language, place);
    geo_db_close(db);
    close(fd);
    return result;
}

static void put_names(struct bytes *data, const char *key, const char *english)
{
    mmdb_text(data, key);
    mmdb_map(data, 1);
    mmdb_text(data, "names");
    mmdb_map(data, 1);
    mmdb_text(data, "en");
    mmdb_text(data, english);
}

static void reads_the_country_layout(void **state)
{
    struct bytes data = {0};
    struct place place;

    (void)state;
    mmdb_map(&data, 1);
    put_names(&data, "country", "China");
    assert_int_equal(look_up(&data, "zh-CN", &place), GEO_DB_FOUND);
    assert_string_equal(place.country, "China");
    assert_string_equal(place.city, "");
    assert_false(place.has_location);
}

static void the_country_comes_before_the_one_of_registration(void **state)
{
    struct bytes data = {0};
    struct place place;

    (void)state;
    mmdb_map(&data, 2);
    put_names(&data, "registered_country", "Australia");
    put_names(&data, "country", "China");
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_FOUND);
    assert_string_equal(place.country, "China");
}

static void reads_the_first_subdivision(void **state)
{
    struct bytes data = {0};
    struct place place;

    (void)state;
    mmdb_map(&data, 1);
    mmdb_text(&data, "subdivisions");
    mmdb_array(&data, 2);
    mmdb_map(&data, 1);
    mmdb_text(&data, "iso_code");
    mmdb_text(&data, "ENG");
    mmdb_map(&data, 1);
    mmdb_text(&data, "iso_code");
    mmdb_text(&data, "OXF");
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_UNKNOWN);
    mmdb_map(&data, 2);
    mmdb_text(&data, "subdivisions");
    mmdb_array(&data, 1);
    mmdb_map(&data, 1);
    mmdb_text(&data, "iso_code");
    mmdb_text(&data, "ENG");
    put_names(&data, "country", "United Kingdom");
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_FOUND);
    assert_string_equal(place.region_code, "ENG");
}

static void reads_the_asn_layout(void **state)
{
    struct bytes data = {0};
    struct place place;

    (void)state;
    mmdb_map(&data, 2);
    mmdb_text(&data, "autonomous_system_number");
    mmdb_uint32(&data, 4200000000u);
    mmdb_text(&data, "autonomous_system_organization");
    mmdb_text(&data, "Example");
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_FOUND);
    assert_int_equal(place.asn, 4200000000u);
    assert_string_equal(place.as_name, "Example");
}

static void degrees_may_be_floats_and_zero(void **state)
{
    struct bytes data = {0};
    struct place place;

    (void)state;
    mmdb_map(&data, 1);
    mmdb_text(&data, "location");
    mmdb_map(&data, 2);
    mmdb_text(&data, "latitude");
    mmdb_float(&data, -1.5f);
    mmdb_text(&data, "longitude");
    mmdb_double(&data, 0.0);
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_FOUND);
    assert_true(place.has_location);
    assert_true(place.latitude == -1.5);
    assert_true(place.longitude == 0.0);
}

static void degrees_that_are_no_numbers_are_no_location(void **state)
{
    struct bytes data = {0};
    struct place place;

    (void)state;
    mmdb_map(&data, 2);
    put_names(&data, "country", "China");
    mmdb_text(&data, "location");
    mmdb_map(&data, 2);
    mmdb_text(&data, "latitude");
    mmdb_double(&data, NAN);
    mmdb_text(&data, "longitude");
    mmdb_double(&data, 2.0);
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_FOUND);
    assert_false(place.has_location);

    mmdb_map(&data, 2);
    put_names(&data, "country", "China");
    mmdb_text(&data, "location");
    mmdb_map(&data, 1);
    mmdb_text(&data, "latitude");
    mmdb_double(&data, 1.0);
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_FOUND);
    assert_false(place.has_location);
}

static void a_long_text_is_cut_between_characters(void **state)
{
    struct bytes data = {0}, name = {0};
    struct place place;
    unsigned n;

    (void)state;
    assert_int_equal(bytes_append_str(&name, "x"), 0);
    for (n = 0; n < 200; n++)
        assert_int_equal(bytes_append_str(&name, "中"), 0);
    mmdb_map(&data, 1);
    put_names(&data, "country", name.data);
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_FOUND);
    /* 1 + 3 n bytes fit into 127: n = 42. */
    assert_int_equal(strlen(place.country), 127);
    assert_memory_equal(place.country, name.data, 127);

    bytes_fini(&name);
    for (n = 0; n < 200; n++)
        assert_int_equal(bytes_append_str(&name, "中"), 0);
    mmdb_map(&data, 1);
    put_names(&data, "country", name.data);
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_FOUND);
    assert_int_equal(strlen(place.country), 126);
    bytes_fini(&name);
}

static void other_types_than_expected_are_unknown(void **state)
{
    struct bytes data = {0};
    struct place place;

    (void)state;
    mmdb_map(&data, 4);
    mmdb_text(&data, "country");
    mmdb_text(&data, "CN");
    mmdb_text(&data, "city");
    mmdb_uint32(&data, 7);
    mmdb_text(&data, "subdivisions");
    mmdb_map(&data, 0);
    mmdb_text(&data, "isp");
    mmdb_array(&data, 0);
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_UNKNOWN);
}

static void a_record_that_is_no_map_is_unknown(void **state)
{
    struct bytes data = {0};
    struct place place;

    (void)state;
    mmdb_text(&data, "CN");
    assert_int_equal(look_up(&data, "en", &place), GEO_DB_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_country_layout),
        cmocka_unit_test(the_country_comes_before_the_one_of_registration),
        cmocka_unit_test(reads_the_first_subdivision),
        cmocka_unit_test(reads_the_asn_layout),
        cmocka_unit_test(degrees_may_be_floats_and_zero),
        cmocka_unit_test(degrees_that_are_no_numbers_are_no_location),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(other_types_than_expected_are_unknown),
        cmocka_unit_test(a_record_that_is_no_map_is_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

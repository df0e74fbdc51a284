/* The sample database answers every line of its source text as it is written. */
#include "sample_db.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *named(const json_t *names, const char *language)
{
    const char *name = json_string_value(json_object_get(names, language));

    if (!name)
        name = json_string_value(json_object_get(names, "en"));
    return name ? name : "";
}

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));

    return text ? text : "";
}

static void assert_names(const json_t *row, const json_t *countries, const char *language,
                         const struct place *place)
{
    const char *country = text_of(row, "country");
    const json_t *region = json_object_get(row, "region");

    if (!country[0])
        country = text_of(row, "registered_country");
    assert_string_equal(place->country, named(json_object_get(countries, country), language));
    assert_string_equal(place->country_code, country);
    assert_string_equal(place->region, named(region, language));
    assert_string_equal(place->region_code, text_of(region, "code"));
    assert_string_equal(place->city, named(json_object_get(row, "city"), language));
    assert_string_equal(place->district, named(json_object_get(row, "district"), language));
}

static void assert_facts(const json_t *row, const struct place *place)
{
    const json_t *latitude = json_object_get(row, "latitude");

    assert_string_equal(place->postal, text_of(row, "postal"));
    assert_string_equal(place->time_zone, text_of(row, "time_zone"));
    assert_string_equal(place->isp, text_of(row, "isp"));
    assert_string_equal(place->org, text_of(row, "organization"));
    assert_string_equal(place->as_name, text_of(row, "as_name"));
    assert_int_equal(place->asn, json_integer_value(json_object_get(row, "asn")));
    assert_int_equal(place->has_location, latitude != NULL);
    assert_true(place->latitude == json_number_value(latitude));
    assert_true(place->longitude == json_number_value(json_object_get(row, "longitude")));
}

static void assert_answers(const struct geo_db *db, const struct ip_addr *addr, const json_t *row,
                           const json_t *countries)
{
    static const char *const languages[] = {"en", "zh-CN"};
    struct place place;
    size_t n;

    for (n = 0; n < 2; n++) {
        assert_int_equal(geo_db_look_up(db, addr, languages[n], &place), GEO_DB_FOUND);
        assert_names(row, countries, languages[n], &place);
        assert_facts(row, &place);
    }
}

/* `network` is text such as 14.130.0.0/16. Its first and last address go to the ends. */
static void ends_of(const char *network, struct ip_addr *first, struct ip_addr *last)
{
    const char *slash = strchr(network, '/');
    unsigned bits, n;

    assert_non_null(slash);
    assert_int_equal(ip_addr_parse(network, (size_t)(slash - network), first), 0);
    bits = (unsigned)strtoul(slash + 1, NULL, 10) + (ip_addr_is_v4(first) ? 96 : 0);
    *last = *first;
    for (n = bits; n < 128; n++)
        last->octets[n / 8] = (uint8_t)(last->octets[n / 8] | 0x80 >> n % 8);
}

static void answers_every_line_of_the_sample_as_written(void **state)
{
    json_t *sample = json_load_file(SAMPLE_FOLDER "/sample.json", JSON_REJECT_DUPLICATES, NULL);
    const json_t *countries = json_object_get(sample, "countries");
    struct geo_db *db = sample_open();
    size_t row_index, index, networks = 0;
    json_t *row, *network;

    (void)state;
    json_array_foreach(json_object_get(sample, "places"), row_index, row)
    {
        json_array_foreach(json_object_get(row, "networks"), index, network)
        {
            struct ip_addr first, last;

            ends_of(json_string_value(network), &first, &last);
            assert_answers(db, &first, row, countries);
            assert_answers(db, &last, row, countries);
            networks++;
        }
    }
    assert_true(networks >= 25);
    geo_db_close(db);
    json_decref(sample);
}

static void knows_the_addresses_that_people_try_first(void **state)
{
    static const char *const tried[] = {
        "14.130.112.24",
        "15.130.112.24",
        "16.130.112.24",
        "17.130.112.24",
        "8.8.8.8",
        "8.8.4.4",
        "1.1.1.1",
        "1.0.0.1",
        "9.9.9.9",
        "114.114.114.114",
        "223.5.5.5",
        "208.67.222.222",
        "119.29.29.29",
        "2001:4860:4860::8888",
        "2606:4700:4700::1111",
        "2620:fe::fe",
        "2400:3200::1",
        "192.0.2.1",
        "2001:db8::1",
    };
    struct geo_db *db = sample_open();
    struct place place;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(tried) / sizeof(tried[0]); n++) {
        struct ip_addr addr = sample_addr(tried[n]);

        assert_int_equal(geo_db_look_up(db, &addr, "zh-CN", &place), GEO_DB_FOUND);
        assert_true(place.country[0] != '\0');
    }
    geo_db_close(db);
}

static void does_not_know_the_neighbours(void **state)
{
    static const char *const unknown[] = {"14.129.255.255", "14.131.0.0",  "0.0.0.0",
                                          "127.0.0.1",      "::",          "::1",
                                          "2001:db7::",     "2400:3201::", "255.255.255.255"};
    struct geo_db *db = sample_open();
    struct place place;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(unknown) / sizeof(unknown[0]); n++) {
        struct ip_addr addr = sample_addr(unknown[n]);

        memset(&place, 'x', sizeof(place));
        assert_int_equal(geo_db_look_up(db, &addr, "en", &place), GEO_DB_UNKNOWN);
        assert_string_equal(place.country, "");
        assert_int_equal(place.asn, 0);
    }
    geo_db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_every_line_of_the_sample_as_written),
        cmocka_unit_test(knows_the_addresses_that_people_try_first),
        cmocka_unit_test(does_not_know_the_neighbours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What lookup_answer promises: exact JSON in both formats, whatever the place holds, in its bound.
 */
#include "lookup_answer.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_answer(enum lookup_format format, const char *ip, const struct place *place,
                          const char *expected)
{
    char out[LOOKUP_ANSWER_BYTES + 1];
    struct ip_addr addr;
    size_t len;

    assert_int_equal(ip_addr_parse(ip, strlen(ip), &addr), 0);
    len = lookup_answer_write(format, &addr, place, out);
    out[len] = '\0';
    assert_string_equal(out, expected);
}

static const struct place beijing = {
    .country = "中国",
    .country_code = "CN",
    .region = "北京",
    .region_code = "BJ",
    .city = "北京",
    .postal = "100000",
    .time_zone = "Asia/Shanghai",
    .isp = "Example",
    .as_name = "EXAMPLE-AS",
    .asn = 64496,
    .has_location = true,
    .latitude = 39.9042,
    .longitude = 0.0,
};

static void answers_as_the_tutorials_service(void **state)
{
    (void)state;
    assert_answer(LOOKUP_JSON, "14.130.112.24", &beijing,
                  "{\"ret\":1,\"ip\":\"14.130.112.24\",\"country\":\"中国\",\"province\":\"北京\","
                  "\"city\":\"北京\",\"district\":\"\",\"isp\":\"Example\"}");
}

static void names_that_are_missing_are_empty(void **state)
{
    static const struct place only_network = {.as_name = "EXAMPLE-AS"};

    (void)state;
    assert_answer(LOOKUP_JSON, "2001:db8::1", &only_network,
                  "{\"ret\":1,\"ip\":\"2001:db8::1\",\"country\":\"\",\"province\":\"\","
                  "\"city\":\"\",\"district\":\"\",\"isp\":\"EXAMPLE-AS\"}");
}

static void an_unknown_address_is_minus_one(void **state)
{
    (void)state;
    assert_answer(LOOKUP_JSON, "127.0.0.1", NULL, "{\"ret\":-1,\"ip\":\"127.0.0.1\"}");
}

static void answers_natively(void **state)
{
    (void)state;
    assert_answer(LOOKUP_NATIVE, "14.130.112.24", &beijing,
                  "{\"ip\":\"14.130.112.24\",\"ok\":true,\"country\":\"中国\","
                  "\"country_code\":\"CN\",\"region\":\"北京\",\"region_code\":\"BJ\","
                  "\"city\":\"北京\",\"postal\":\"100000\",\"timezone\":\"Asia/Shanghai\","
                  "\"isp\":\"Example\",\"as_name\":\"EXAMPLE-AS\",\"latitude\":39.9042,"
                  "\"longitude\":0.0,\"asn\":64496}");
    assert_answer(LOOKUP_NATIVE, "127.0.0.1", NULL,
                  "{\"ip\":\"127.0.0.1\",\"ok\":false,\"error\":{\"code\":\"not_found\","
                  "\"detail\":\"the database says nothing about this address\"}}");
}

static void escapes_what_json_escapes(void **state)
{
    static const struct place odd = {.country = "a\"b\\c\n</script>"};

    (void)state;
    assert_answer(LOOKUP_JSON, "127.0.0.1", &odd,
                  "{\"ret\":1,\"ip\":\"127.0.0.1\",\"country\":\"a\\\"b\\\\c\\n</script>\","
                  "\"province\":\"\",\"city\":\"\",\"district\":\"\",\"isp\":\"\"}");
}

static void a_text_that_is_not_utf8_counts_as_unknown(void **state)
{
    static const struct place broken = {.country = "\xff\xfe", .city = "ok", .asn = 1};

    (void)state;
    assert_answer(LOOKUP_JSON, "127.0.0.1", &broken,
                  "{\"ret\":1,\"ip\":\"127.0.0.1\",\"country\":\"\",\"province\":\"\","
                  "\"city\":\"ok\",\"district\":\"\",\"isp\":\"\"}");
    assert_answer(LOOKUP_NATIVE, "127.0.0.1", &broken,
                  "{\"ip\":\"127.0.0.1\",\"ok\":true,\"city\":\"ok\",\"asn\":1}");
}

static void fill(char *text, size_t room)
{
    memset(text, '\x1f', room - 1);
    text[room - 1] = '\0';
}

static void the_longest_answer_fits(void **state)
{
    struct place place = {.asn = UINT32_MAX, .has_location = true, .latitude = -1.23456789012e-300};
    char out[LOOKUP_ANSWER_BYTES];
    struct ip_addr addr;
    size_t len;
    json_t *answer;

    (void)state;
    fill(place.country, sizeof(place.country));
    fill(place.country_code, sizeof(place.country_code));
    fill(place.region, sizeof(place.region));
    fill(place.region_code, sizeof(place.region_code));
    fill(place.city, sizeof(place.city));
    fill(place.district, sizeof(place.district));
    fill(place.postal, sizeof(place.postal));
    fill(place.time_zone, sizeof(place.time_zone));
    fill(place.isp, sizeof(place.isp));
    fill(place.org, sizeof(place.org));
    fill(place.as_name, sizeof(place.as_name));
    assert_int_equal(ip_addr_parse("1111:1111:1111:1111:1111:1111:1111:1111", 39, &addr), 0);
    len = lookup_answer_write(LOOKUP_NATIVE, &addr, &place, out);
    assert_true(len > 6000);
    answer = json_loadb(out, len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(answer);
    assert_string_equal(json_string_value(json_object_get(answer, "as_name")), place.as_name);
    json_decref(answer);
}

static size_t allocations_left;

static void *failing_malloc(size_t size)
{
    return allocations_left && allocations_left-- ? malloc(size) : NULL;
}

static void every_allocation_may_fail(void **state)
{
    char out[LOOKUP_ANSWER_BYTES];
    struct ip_addr addr;
    size_t n, len = 0;
    enum lookup_format format;

    (void)state;
    assert_int_equal(ip_addr_parse("127.0.0.1", 9, &addr), 0);
    json_set_alloc_funcs(failing_malloc, free);
    for (format = LOOKUP_JSON; format <= LOOKUP_NATIVE; format++) {
        for (n = 0, len = 0; len == 0 && n < 200; n++) {
            allocations_left = n;
            len = lookup_answer_write(format, &addr, &beijing, out);
            assert_true(len == 0 || out[len - 1] == '}');
        }
        assert_true(n > 5 && n < 200);
    }
    json_set_alloc_funcs(malloc, free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_as_the_tutorials_service),
        cmocka_unit_test(names_that_are_missing_are_empty),
        cmocka_unit_test(an_unknown_address_is_minus_one),
        cmocka_unit_test(answers_natively),
        cmocka_unit_test(escapes_what_json_escapes),
        cmocka_unit_test(a_text_that_is_not_utf8_counts_as_unknown),
        cmocka_unit_test(the_longest_answer_fits),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "preset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What the services answer, cut to what matters, and what we make of it. */
static const struct {
    const char *name, *body, *expected;
} samples[] = {
    {"sina",
     "{\"ret\":1,\"start\":-1,\"country\":\"中国\",\"province\":\"北京\",\"city\":\"北京\","
     "\"district\":\"\",\"isp\":\"\",\"type\":\"\"}",
     "country=中国 region=北京 city=北京"},
    {"ip-lookup",
     "{\"ip\":\"17.130.112.24\",\"ok\":true,\"country\":\"United States\","
     "\"country_code\":\"US\",\"region\":\"California\",\"region_code\":\"CA\","
     "\"city\":\"Cupertino\",\"district\":\"West\",\"postal\":\"95014\","
     "\"timezone\":\"America/Los_Angeles\",\"isp\":\"Apple\",\"org\":\"Apple Park\","
     "\"as_name\":\"Apple Inc.\",\"latitude\":37.323,\"longitude\":-122.0322,\"asn\":714}",
     "country=United States country_code=US region=California region_code=CA city=Cupertino "
     "district=West postal=95014 latitude=37.323 longitude=-122.0322 "
     "timezone=America/Los_Angeles isp=Apple org=Apple Park as_name=Apple Inc. asn=714"},
    {"ip-lookup", "{\"ip\":\"192.0.43.10\",\"ok\":false,\"error\":{\"code\":\"not_found\"}}",
     "not_found"},
    {"ip-api",
     "{\"status\":\"success\",\"country\":\"Canada\",\"countryCode\":\"CA\",\"region\":\"QC\","
     "\"regionName\":\"Quebec\",\"city\":\"Montreal\",\"zip\":\"H1K\",\"lat\":45.6085,"
     "\"lon\":-73.5493,\"timezone\":\"America/Toronto\",\"isp\":\"Le Groupe Videotron Ltee\","
     "\"org\":\"Videotron Ltee\",\"as\":\"AS5769 Videotron Ltee\",\"query\":\"24.48.0.1\"}",
     "country=Canada country_code=CA region=Quebec region_code=QC city=Montreal postal=H1K "
     "latitude=45.6085 longitude=-73.5493 timezone=America/Toronto isp=Le Groupe Videotron Ltee "
     "org=Videotron Ltee as_name=Videotron Ltee asn=5769"},
    {"ipinfo",
     "{\"ip\":\"8.8.8.8\",\"hostname\":\"dns.google\",\"city\":\"Mountain View\","
     "\"region\":\"California\",\"country\":\"US\",\"loc\":\"37.4056,-122.0775\","
     "\"org\":\"AS15169 Google LLC\",\"postal\":\"94043\",\"timezone\":\"America/Los_Angeles\","
     "\"anycast\":true}",
     "country_code=US region=California city=Mountain View postal=94043 latitude=37.4056 "
     "longitude=-122.0775 timezone=America/Los_Angeles org=Google LLC hostname=dns.google "
     "asn=15169"},
    {"ipinfo", "{\"ip\":\"8.8.8.8\",\"bogon\":true}", "reserved"},
    {"ipwhois",
     "{\"ip\":\"8.8.4.4\",\"success\":true,\"type\":\"IPv4\",\"country\":\"United States\","
     "\"country_code\":\"US\",\"region\":\"California\",\"region_code\":\"CA\",\"city\":\"San "
     "Jose\",\"latitude\":37.3382082,\"longitude\":-121.8863286,\"postal\":\"95113\","
     "\"connection\":{\"asn\":15169,\"org\":\"Google LLC\",\"isp\":\"Google LLC\"},"
     "\"timezone\":{\"id\":\"America/Los_Angeles\",\"utc\":\"-08:00\"}}",
     "country=United States country_code=US region=California region_code=CA city=San Jose "
     "postal=95113 latitude=37.3382082 longitude=-121.8863286 timezone=America/Los_Angeles "
     "isp=Google LLC org=Google LLC asn=15169"},
    {"ipwhois", "{\"success\":false,\"message\":\"Reserved range\"}", "reserved"},
    {"ipwhois", "{\"success\":false,\"message\":\"Invalid IP address\"}", "invalid_ip"},
    {"ip-api", "{\"status\":\"fail\",\"message\":\"private range\",\"query\":\"x\"}", "reserved"},
    {"ip-api", "{\"status\":\"fail\",\"message\":\"invalid query\"}", "invalid_ip"},
    {"ip-api", "{\"status\":\"fail\",\"message\":\"something else\"}", "upstream_refused"},
    {"geojs",
     "{\"organization_name\":\"GOOGLE\",\"region\":\"Unknown\",\"asn\":15169,"
     "\"country_code\":\"US\",\"country\":\"United States\",\"latitude\":\"37.751\","
     "\"longitude\":\"-97.822\",\"timezone\":\"America/Chicago\",\"ip\":\"8.8.8.8\"}",
     "country=United States country_code=US latitude=37.751 longitude=-97.822 "
     "timezone=America/Chicago org=GOOGLE asn=15169"},
    {"geojs",
     "{\"organization_name\":\"Unknown\",\"asn\":64512,\"country_code\":\"US\",\"ip\":\"8.8.8.8\"}",
     "country_code=US"},
    {"geojs", "{\"organization_name\":\"Unknown\",\"asn\":64512,\"ip\":\"8.8.8.8\"}",
     "upstream_refused"},
};

/* The fields as `name=value …`, or a word. */
static void describe(const struct outcome *outcome, struct bytes *out)
{
    unsigned n;

    if (outcome->code != OUTCOME_FOUND) {
        bytes_append_str(out, outcome_code_name(outcome->code));
        return;
    }
    if (!outcome->record) {
        bytes_append_str(out, ip_kind_name(outcome->kind));
        return;
    }
    for (n = 0; n < RECORD_FIELD_COUNT; n++) {
        const char *value = record_get(outcome->record, (enum record_field)n);

        if (value)
            bytes_printf(out, "%s%s=%s", out->len ? " " : "",
                         record_field_name((enum record_field)n), value);
    }
}

static void each_service_is_understood(void **state)
{
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(samples) / sizeof(samples[0]); n++) {
        const struct fetch_response response = {.code = 200,
                                                .body = samples[n].body,
                                                .body_bytes = strlen(samples[n].body),
                                                .wanted = {"application/json", "", ""}};
        struct provider provider = {.name = ""};
        struct outcome outcome = {0};
        struct bytes out = {0};

        strcpy(provider.name, samples[n].name);
        preset_apply(&provider, false);
        assert_int_equal(provider_compile(&provider, NULL), 0);
        provider_read(&provider, &response, "en", &outcome);
        describe(&outcome, &out);
        assert_string_equal(out.data, samples[n].expected);
        bytes_fini(&out);
        outcome_fini(&outcome);
        provider_fini(&provider);
    }
}

static void only_the_known_place_may_be_private(void **state)
{
    struct provider provider = {.name = "ip-lookup"};

    (void)state;
    preset_apply(&provider, false);
    assert_true(provider.is_private);
    preset_apply(&provider, true);
    assert_false(provider.is_private);
    assert_string_equal(provider.ok_text, "/ok=true");
}

static void other_names_are_left_alone(void **state)
{
    struct provider provider = {.name = "other", .per_minute = 3};

    (void)state;
    preset_apply(&provider, false);
    assert_null(provider.url_text);
    assert_int_equal(provider.per_minute, 3);
}

static void misspelt_names_are_found(void **state)
{
    struct suggestion suggestion;

    (void)state;
    suggestion_init(&suggestion, "ipapi");
    preset_offer(&suggestion);
    assert_string_equal(suggestion.best, "ip-api");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_service_is_understood),
                                       cmocka_unit_test(only_the_known_place_may_be_private),
                                       cmocka_unit_test(other_names_are_left_alone),
                                       cmocka_unit_test(misspelt_names_are_found)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

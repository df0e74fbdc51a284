#include "provider.h"

#include "alloc_fail.h"
#include "preset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct provider sina(void)
{
    struct provider provider = {.name = "sina"};

    preset_apply(&provider, false);
    assert_int_equal(provider_compile(&provider, NULL), 0);
    return provider;
}

static struct outcome read_answer(const struct provider *provider, unsigned status,
                                  const char *body)
{
    const struct fetch_response response = {.code = status,
                                            .body = body,
                                            .body_bytes = strlen(body),
                                            .wanted = {"application/json", "", ""}};
    struct outcome outcome = {0};

    provider_read(provider, &response, provider_lang(provider, NULL), &outcome);
    assert_string_equal(outcome.source, provider->name);
    return outcome;
}

/* What is sent to `provider`, in lines. */
static void check_request(struct provider *provider, const char *asked, const char *expected)
{
    struct provider_request request = {.url = NULL};
    struct bytes out = {0};
    size_t n, round;

    assert_int_equal(provider_compile(provider, NULL), 0);
    for (round = 0; round < 2; round++) { /* the second time in used memory */
        bytes_clear(&out);
        assert_int_equal(
            provider_ask(provider, "1.2.3.4", provider_lang(provider, asked), &request), 0);
        bytes_append_str(&out, request.url);
        for (n = 0; n < request.header_count; n++)
            bytes_printf(&out, "\n%s: %s", request.headers[n].name, request.headers[n].value);
        assert_string_equal(out.data, expected);
    }
    bytes_fini(&out);
    provider_request_fini(&request);
    provider_fini(provider);
}

#define USUAL "\nAccept: application/json\nUser-Agent: lwshost-ip-info"

static void a_request_is_filled_in(void **state)
{
    struct provider x = {.name = "x",
                         .url_text = "http://h.example/{lang}/{ip}/x?l={lang}",
                         .map_texts = {"city=/city"}};

    (void)state;
    check_request(
        &(struct provider){.url_text = "http://h.example/?{ip}", .map_texts = {"city=/city"}}, "de",
        "http://h.example/?1.2.3.4" USUAL);
    check_request(&x, NULL, "http://h.example/en/1.2.3.4/x?l=en" USUAL);
    check_request(&x, "zh-CN", "http://h.example/zh-CN/1.2.3.4/x?l=zh-CN" USUAL);
    x.lang_text = "pt";
    check_request(&x, "zh-CN", "http://h.example/pt/1.2.3.4/x?l=pt" USUAL);
}

static void languages_are_called_as_the_provider_does(void **state)
{
    static const char *const rows[][2] = {{NULL, "en"},       {"", "en"},      {"zh", "zh-CN"},
                                          {"ZH-tw", "zh-CN"}, {"pt-BR", "pb"}, {"de-AT", "de_"},
                                          {"pt-br", "pb"},    {"fr", "en"},    {"e", "en"}};
    struct provider x = {.url_text = "http://h.example/{ip}",
                         .map_texts = {"city=/city"},
                         .lang_text = "en=en  zh=zh-CN pt-BR=pb de=de_"};
    size_t n;

    (void)state;
    assert_int_equal(provider_compile(&x, NULL), 0);
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
        assert_string_equal(provider_lang(&x, rows[n][0]), rows[n][1]);
    assert_string_equal(provider_lang(&x, "pt"), "pb");
    provider_fini(&x);
}

static void headers_and_authorization_are_sent(void **state)
{
    struct provider x = {.name = "x",
                         .url_text = "http://h.example/{ip}?key={env:TEST_KEY}",
                         .map_texts = {"city=/city"},
                         .headers = {{"X-Key", "Bearer {env:TEST_KEY}"},
                                     {"accept-language", "{lang}"},
                                     {"accept", "application/x"}},
                         .header_count = 3,
                         .basic_auth_text = "me:{env:TEST_KEY}"};

    (void)state;
    setenv("TEST_KEY", "a&b{ip}", 1);
    check_request(&x, "de",
                  "http://h.example/1.2.3.4?key=a%26b%7Bip%7D\nUser-Agent: lwshost-ip-info\n"
                  "Authorization: Basic bWU6YSZie2lwfQ==\nX-Key: Bearer a&b{ip}\n"
                  "accept-language: de\naccept: application/x");
}

static void an_unset_variable_switches_off(void **state)
{
    struct provider x = {.url_text = "http://h.example/{ip}?k={env:TEST_UNSET}",
                         .map_texts = {"city=/city"}};
    struct provider y = {.url_text = "http://h.example/{ip}",
                         .map_texts = {"city=/city"},
                         .basic_auth_text = "me:{env:TEST_UNSET}"};
    struct provider ipinfo = {.name = "ipinfo"};

    (void)state;
    unsetenv("TEST_UNSET");
    unsetenv("IPINFO_TOKEN");
    assert_int_equal(provider_compile(&x, NULL), 0);
    assert_string_equal(x.missing, "TEST_UNSET");
    assert_int_equal(provider_compile(&y, NULL), 0);
    assert_string_equal(y.missing, "TEST_UNSET");
    provider_fini(&x);
    provider_fini(&y);
    /* The service answers without a token, too. */
    preset_apply(&ipinfo, false);
    check_request(&ipinfo, NULL, "https://ipinfo.io/1.2.3.4/json" USUAL);
    assert_string_equal(ipinfo.missing, "");
    setenv("IPINFO_TOKEN", "t0ken", 1);
    check_request(&ipinfo, NULL,
                  "https://ipinfo.io/1.2.3.4/json" USUAL "\nAuthorization: Bearer t0ken");
}

static void what_belongs_to_the_service_stays_there(void **state)
{
    static const char *const names[] = {"sina", "ip-api", "ipinfo", "ipwhois", "geojs"};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        struct provider provider = {.name = ""};

        strcpy(provider.name, names[n]);
        preset_apply(&provider, true);
        assert_int_equal(provider.header_count, 0);
        assert_int_equal(provider.per_minute + provider.per_second, 0);
        assert_null(provider.remaining_field);
        assert_null(provider.notice);
        assert_non_null(provider.map_texts[0]);
        assert_int_equal(provider.family, PROVIDER_ANY_FAMILY);
    }
}

static unsigned pause_of(struct provider *provider, unsigned status, unsigned retry_after_s,
                         const char *left, const char *reset)
{
    const struct fetch_response response = {.code = status,
                                            .body = "{}",
                                            .body_bytes = 2,
                                            .retry_after_s = retry_after_s,
                                            .wanted = {"", left, reset}};
    struct outcome outcome = {0};

    provider_read(provider, &response, "en", &outcome);
    return provider_pause_s(provider, &response, &outcome, 1700000000);
}

static void pauses_are_read(void **state)
{
    struct provider api = {.name = "ip-api"};

    (void)state;
    preset_apply(&api, false);
    assert_int_equal(provider_compile(&api, NULL), 0);
    assert_int_equal(pause_of(&api, 200, 0, "", ""), 0);
    assert_int_equal(pause_of(&api, 200, 0, "1", "7"), 0);
    assert_int_equal(pause_of(&api, 200, 0, "0", "7"), 7);
    assert_int_equal(pause_of(&api, 200, 0, "0", ""), 60);
    assert_int_equal(pause_of(&api, 200, 0, "0", "soon"), 60);
    assert_int_equal(pause_of(&api, 200, 0, "0", "0"), 1);
    assert_int_equal(pause_of(&api, 200, 0, "0", "1700000030"), 30);
    assert_int_equal(pause_of(&api, 200, 0, "0", "9999999999"), 86400);
    assert_int_equal(pause_of(&api, 429, 0, "", ""), 60);
    assert_int_equal(pause_of(&api, 429, 9, "", ""), 9);
    assert_int_equal(pause_of(&api, 503, 9, "", ""), 9);
    assert_int_equal(pause_of(&api, 503, 0, "", ""), 0);
    assert_int_equal(pause_of(&api, 500, 9, "", ""), 0);
    provider_fini(&api);
}

static void an_answer_becomes_a_record(void **state)
{
    struct provider provider = sina();
    struct outcome outcome = read_answer(
        &provider, 200,
        "{\"ret\":1,\"country\":\"中国\",\"province\":\"北京\",\"city\":\"\",\"isp\":null}");

    (void)state;
    assert_int_equal(outcome.code, OUTCOME_FOUND);
    assert_string_equal(record_get(outcome.record, RECORD_COUNTRY), "中国");
    assert_string_equal(record_get(outcome.record, RECORD_REGION), "北京");
    assert_null(record_get(outcome.record, RECORD_CITY));
    assert_null(record_get(outcome.record, RECORD_ISP));
    outcome_fini(&outcome);
    provider_fini(&provider);
}

static void failures_have_their_codes(void **state)
{
    static const struct {
        unsigned status;
        const char *body;
        enum outcome_code code;
    } rows[] = {
        {200, "", OUTCOME_BAD_JSON},
        {200, "x", OUTCOME_BAD_JSON},
        {200, "1", OUTCOME_BAD_JSON},
        {200, "{\"ret\":1} x", OUTCOME_BAD_JSON},
        {200, "{\"ret\":1,\"city\":\"\xb1\"}", OUTCOME_BAD_JSON},
        {200, "{}", OUTCOME_UPSTREAM_REFUSED},
        {200, "[]", OUTCOME_UPSTREAM_REFUSED},
        {200, "{\"ret\":-1}", OUTCOME_NOT_FOUND},
        {200, "{\"ret\":-2}", OUTCOME_UPSTREAM_REFUSED},
        {201, "{\"ret\":1}", OUTCOME_FOUND},
        {200, "\xef\xbb\xbf{\"ret\":1}", OUTCOME_FOUND},
        {301, "", OUTCOME_REDIRECTED},
        {404, "{\"ret\":1}", OUTCOME_UPSTREAM_STATUS},
        {429, "", OUTCOME_QUOTA},
        {500, "", OUTCOME_UPSTREAM_STATUS},
        {204, "", OUTCOME_UPSTREAM_STATUS},
    };
    struct provider provider = sina();
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct outcome outcome = read_answer(&provider, rows[n].status, rows[n].body);

        if (outcome.code != rows[n].code)
            fail_msg("%u %s is %s", rows[n].status, rows[n].body, outcome_code_name(outcome.code));
        assert_int_equal(outcome.upstream_status,
                         rows[n].status / 100 == 2 && rows[n].status != 204 ? 0 : rows[n].status);
        assert_int_equal(outcome.detail[0] != 0, outcome.code != OUTCOME_FOUND);
        outcome_fini(&outcome);
    }
    provider_fini(&provider);
}

static void reserved_is_an_answer(void **state)
{
    struct provider provider = {
        .name = "x",
        .url_text = "http://h.example/{ip}",
        .ok_text = "/status=success",
        .reserved_text = "/bogon=true",
        .map_texts = {"city=/city"},
        .message_text = "/message",
        .errors = {{"private range", OUTCOME_FOUND}, {"enough", OUTCOME_QUOTA}},
        .error_count = 2};
    static const struct {
        const char *body;
        unsigned status;
        enum outcome_code code;
    } rows[] = {{"{\"message\":\"private range\"}", 200, OUTCOME_FOUND},
                {"{\"bogon\":true}", 200, OUTCOME_FOUND},
                {"{\"message\":\"private range\"}", 400, OUTCOME_FOUND},
                {"{\"message\":\"enough\"}", 403, OUTCOME_QUOTA},
                {"{\"message\":\"other\"}", 200, OUTCOME_UPSTREAM_REFUSED},
                {"{\"message\":\"other\"}", 404, OUTCOME_UPSTREAM_STATUS},
                {"no JSON", 404, OUTCOME_UPSTREAM_STATUS}};
    size_t n;

    (void)state;
    assert_int_equal(provider_compile(&provider, NULL), 0);
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct outcome outcome = read_answer(&provider, rows[n].status, rows[n].body);

        assert_int_equal(outcome.code, rows[n].code);
        if (outcome.code == OUTCOME_FOUND)
            assert_int_equal(outcome.kind, IP_KIND_RESERVED);
        assert_null(outcome.record);
    }
    provider_fini(&provider);
}

static void mistakes_name_their_key(void **state)
{
    static const struct {
        struct provider provider;
        const char *path;
    } rows[] = {
        {{.map_texts = {"city=/c"}}, "url"},
        {{.url_text = "x", .map_texts = {"city=/c"}}, "url"},
        {{.url_text = "http://h/", .map_texts = {"city=/c"}}, "url"},
        {{.url_text = "http://h/{ip}{", .map_texts = {"city=/c"}}, "url"},
        {{.url_text = "http://h/{ip}/{env:HOME}", .map_texts = {"city=/c"}}, "url"},
        {{.url_text = "http://h/{ip}?{file:nowhere}", .map_texts = {"city=/c"}}, "url"},
        {{.url_text = "http://{ip}/", .map_texts = {"city=/c"}}, "url"},
        {{.url_text = "http://h/{ip}", .field_texts = {"/c", "d"}}, "map.country_code"},
        {{.url_text = "http://h/{ip}", .map_texts = {"city=/c"}, .reserved_text = "x"}, "reserved"},
        {{.url_text = "http://h/{ip}", .map_texts = {"city=/c"}, .lang_text = "a=b c"}, "lang"},
        {{.url_text = "http://h/{ip}", .map_texts = {"city=/c"}, .lang_text = "a/b"}, "lang"},
        {{.url_text = "http://h/{ip}", .map_texts = {"city=/c"}, .basic_auth_text = "x"},
         "basic_auth"},
        {{.url_text = "http://h/{ip}", .map_texts = {"city=/c"}, .basic_auth_text = "x:{ip}"},
         "basic_auth"},
        {{.url_text = "http://h/{ip}",
          .map_texts = {"city=/c"},
          .headers = {{"Host", "x"}},
          .header_count = 1},
         "headers.Host"},
        {{.url_text = "http://h/{ip}",
          .map_texts = {"city=/c"},
          .headers = {{"a b", "x"}},
          .header_count = 1},
         "headers.a b"},
        {{.url_text = "http://h/{ip}",
          .map_texts = {"city=/c"},
          .headers = {{"a", "x\r\ny: z"}},
          .header_count = 1},
         "headers.a"},
        {{.url_text = "http://h/{ip}",
          .map_texts = {"city=/c"},
          .headers = {{"a", "{nv:X}"}},
          .header_count = 1},
         "headers.a"},
        {{.url_text = "http://localhost/{ip}", .map_texts = {"city=/c"}}, "private"},
        {{.url_text = "http://[::1]/{ip}", .map_texts = {"city=/c"}}, "private"},
        {{.url_text = "http://10.0.0.1/{ip}", .map_texts = {"city=/c"}}, "private"},
        {{.url_text = "http://h/{ip}"}, "map"},
        {{.url_text = "http://h/{ip}", .map_texts = {"city=/c city=/d"}}, "map"},
        {{.url_text = "http://h/{ip}", .map_texts = {"city=/c", "x=/y"}}, "map2"},
        {{.url_text = "http://h/{ip}", .map_texts = {"city=/c"}, .ok_text = "x"}, "ok"},
        {{.url_text = "http://h/{ip}", .map_texts = {"city=/c"}, .message_text = "x"}, "message"},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct provider provider = rows[n].provider;
        struct problem problem = {0};

        assert_int_equal(provider_compile(&provider, &problem), -1);
        assert_string_equal(problem.path, rows[n].path);
        assert_true(problem.text[0]);
        provider_fini(&provider);
    }
}

static void short_memory_is_an_outcome(void **state)
{
    struct provider provider = sina();
    struct outcome outcome = {0};

    (void)state;
    alloc_fail_arm(0);
    outcome = read_answer(&provider, 200, "{\"ret\":1,\"city\":\"x\"}");
    assert_true(alloc_fail_disarm());
    assert_int_equal(outcome.code, OUTCOME_INTERNAL);
    provider_fini(&provider);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_request_is_filled_in),
                                       cmocka_unit_test(languages_are_called_as_the_provider_does),
                                       cmocka_unit_test(headers_and_authorization_are_sent),
                                       cmocka_unit_test(an_unset_variable_switches_off),
                                       cmocka_unit_test(what_belongs_to_the_service_stays_there),
                                       cmocka_unit_test(pauses_are_read),
                                       cmocka_unit_test(an_answer_becomes_a_record),
                                       cmocka_unit_test(failures_have_their_codes),
                                       cmocka_unit_test(reserved_is_an_answer),
                                       cmocka_unit_test(mistakes_name_their_key),
                                       cmocka_unit_test(short_memory_is_an_outcome)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

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

    preset_apply(&provider);
    assert_int_equal(provider_compile(&provider, NULL), 0);
    return provider;
}

static struct outcome read_answer(const struct provider *provider, unsigned status,
                                  const char *body)
{
    struct outcome outcome = {0};

    provider_read(provider, status, 7, body, strlen(body), &outcome);
    assert_string_equal(outcome.source, provider->name);
    return outcome;
}

static void the_url_is_filled_in(void **state)
{
    struct provider provider = sina();
    struct bytes out = {0};

    (void)state;
    assert_int_equal(provider_url(&provider, "1.2.3.4", &out), 0);
    assert_string_equal(
        out.data, "http://int.dpool.sina.com.cn/iplookup/iplookup.php?format=json&ip=1.2.3.4");
    provider_fini(&provider);
    bytes_clear(&out);
    provider = (struct provider){.name = "x",
                                 .url_text = "http://h.example/{lang}/{ip}/x?l={lang}",
                                 .map_texts = {"city=/city"},
                                 .lang = "zh-CN"};
    assert_int_equal(provider_compile(&provider, NULL), 0);
    assert_int_equal(provider_url(&provider, "::1", &out), 0);
    assert_string_equal(out.data, "http://h.example/zh-CN/::1/x?l=zh-CN");
    provider_fini(&provider);
    bytes_fini(&out);
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
    static const struct provider_error errors[] = {{"private range", OUTCOME_FOUND}};
    struct provider provider = {.name = "x",
                                .url_text = "http://h.example/{ip}",
                                .ok_text = "/status=success",
                                .map_texts = {"city=/city"},
                                .message_text = "/message",
                                .errors = errors,
                                .error_count = 1};
    struct outcome outcome;

    (void)state;
    assert_int_equal(provider_compile(&provider, NULL), 0);
    outcome = read_answer(&provider, 200, "{\"status\":\"fail\",\"message\":\"private range\"}");
    assert_int_equal(outcome.code, OUTCOME_FOUND);
    assert_int_equal(outcome.kind, IP_KIND_RESERVED);
    assert_null(outcome.record);
    outcome = read_answer(&provider, 200, "{\"status\":\"fail\",\"message\":\"other\"}");
    assert_int_equal(outcome.code, OUTCOME_UPSTREAM_REFUSED);
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
        {{.url_text = "http://h/{ip}{lang}", .map_texts = {"city=/c"}}, "url"},
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_url_is_filled_in),      cmocka_unit_test(an_answer_becomes_a_record),
        cmocka_unit_test(failures_have_their_codes), cmocka_unit_test(reserved_is_an_answer),
        cmocka_unit_test(mistakes_name_their_key),   cmocka_unit_test(short_memory_is_an_outcome)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

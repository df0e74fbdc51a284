#include "providers_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct providers_file *parse(const char *text, struct problem *problem)
{
    return providers_file_parse("p.json", text, strlen(text), problem);
}

#define WHOLE                                                                                      \
    "{\"version\": 1, \"order\": [\"b\", \"ip-api\"],\n"                                           \
    " \"defaults\": {\"timeout_ms\": 900, \"attempts\": 1, \"concurrency\": 9,\n"                  \
    "  \"max_body\": 1000, \"ttl\": 5, \"negative_ttl\": 6, \"breaker_failures\": 7,\n"            \
    "  \"breaker_open_ms\": 800},\n"                                                               \
    " \"providers\": {\n"                                                                          \
    "  \"b\": {\"url\": \"http://h.example/{ip}\", \"families\": \"6\", \"ok\": \"/ok\",\n"        \
    "   \"reserved\": \"/r\", \"message\": \"/m\", \"errors\": {\"x y\": \"reserved\",\n"          \
    "   \"z\": \"not_found\"}, \"lang\": {\"zh\": \"zh-CN\", \"en\": \"e\"},\n"                    \
    "   \"quota\": {\"per_minute\": 45, \"per_second\": 2, \"remaining\": \"x-rl\",\n"             \
    "   \"reset\": \"x-ttl\"}, \"map\": {\"city\": \"/a b\", \"asn\": \"/as|asn\"},\n"             \
    "   \"headers\": {\"X-A\": \"b\"}, \"basic_auth\": \"u:p\", \"private\": true,\n"              \
    "   \"absent\": [\"Unknown\", 64512, 0.5], \"timeout_ms\": 70, \"tls\": {\"ca\": \"/x\"}},\n"  \
    "  \"a\": {}}}"

static void every_member_lands(void **state)
{
    struct providers_file *file = parse(WHOLE, NULL);
    struct provider b = {.name = "b", .lanes = 8}, c = {.name = "c", .lanes = 8, .timeout_ms = 1};

    (void)state;
    assert_non_null(file);
    assert_string_equal(providers_file_order(file, 0), "b");
    assert_string_equal(providers_file_order(file, 1), "ip-api");
    assert_null(providers_file_order(file, 2));
    assert_string_equal(providers_file_name(file, 0), "b");
    assert_string_equal(providers_file_name(file, 1), "a");
    assert_null(providers_file_name(file, 2));
    assert_true(providers_file_has(file, "b", "url"));
    assert_false(providers_file_has(file, "a", "url"));
    assert_true(providers_file_has(file, "a", NULL));
    assert_false(providers_file_has(file, "c", NULL));
    assert_int_equal(providers_file_apply(file, &b, NULL), 0);
    assert_string_equal(b.url_text, "http://h.example/{ip}");
    assert_int_equal(b.family, PROVIDER_V6_ONLY);
    assert_string_equal(b.ok_text, "/ok");
    assert_string_equal(b.reserved_text, "/r");
    assert_string_equal(b.message_text, "/m");
    assert_int_equal(b.error_count, 2);
    assert_string_equal(b.errors[0].text, "x y");
    assert_int_equal(b.errors[0].code, OUTCOME_FOUND);
    assert_int_equal(b.errors[1].code, OUTCOME_NOT_FOUND);
    assert_int_equal(b.lang_count, 2);
    assert_string_equal(b.langs[0].lang, "zh");
    assert_string_equal(b.langs[0].value, "zh-CN");
    assert_int_equal(b.per_minute, 45);
    assert_int_equal(b.per_second, 2);
    assert_string_equal(b.remaining_field, "x-rl");
    assert_string_equal(b.reset_field, "x-ttl");
    assert_string_equal(b.field_texts[RECORD_CITY], "/a b");
    assert_string_equal(b.field_texts[RECORD_ASN], "/as|asn");
    assert_string_equal(b.headers[0].name, "X-A");
    assert_string_equal(b.headers[0].text, "b");
    assert_string_equal(b.basic_auth_text, "u:p");
    assert_true(b.is_private);
    assert_string_equal(b.absent[0], "Unknown");
    assert_string_equal(b.absent[1], "64512");
    assert_string_equal(b.absent[2], "0.5");
    assert_string_equal(b.tls_ca, "/x");
    assert_int_equal(b.timeout_ms, 70); /* its own is over the default */
    assert_int_equal(b.lanes, 9);
    assert_int_equal(b.attempts, 1);
    assert_int_equal(b.max_reply_bytes, 1000);
    assert_int_equal(b.ttl_s, 5);
    assert_int_equal(b.negative_ttl_s, 6);
    assert_int_equal(b.breaker_failures, 7);
    assert_int_equal(b.breaker_open_ms, 800);
    assert_int_equal(providers_file_apply(file, &c, NULL), 0); /* the defaults are for all */
    assert_int_equal(c.timeout_ms, 900);
    providers_file_free(file);
}

#define IN_X(member) "{\"version\":1,\"providers\":{\"x\":{\n " member "}}}"

static void mistakes_have_their_place(void **state)
{
    static const struct {
        const char *text, *problem; /* NULL: a mistake of one provider, which is found when read */
    } rows[] = {
        {"", "p.json:1:1: "},
        {"{\"version\":1,\n  \"a\" 1}", "p.json:2:"},
        {"[]", "p.json:1:1: must be an object"},
        {"{}", "p.json:1:1: \"version\": 1 is missing"},
        {"{\"version\":\n 2}", "p.json:2:2: version: must be 1"},
        {"{\"version\":1,\"version\":1}", "p.json:1:"},
        {"{\"version\":1,\n\"orders\": []}",
         "p.json:2:11: orders: unknown member (did you mean \"order\"?)"},
        {"{\"version\":1,\"order\":1}", "p.json:1:22: order: must be a list of names"},
        {"{\"version\":1,\"order\":[1]}", "p.json:1:22: order: must be a list of names"},
        {"{\"version\":1,\"providers\":1}", "p.json:1:26: providers: must be an object"},
        {"{\"version\":1,\"providers\":{\"x\":1}}", "p.json:1:31: providers.x: must be an object"},
        {"{\"version\":1,\"defaults\":{\"url\":1}}", "p.json:1:32: defaults.url: unknown member"},
        {"{\"version\":1,\"defaults\":{\"atempts\":1}}",
         "p.json:1:36: defaults.atempts: unknown member (did you mean \"attempts\"?)"},
        {"{\"version\":1,\"defaults\":{\"attempts\":9}}",
         "p.json:1:37: defaults.attempts: must be a number from 1 to 5"},
        {IN_X("\"ulr\": 1"), "p.json:2:9: providers.x.ulr: unknown member (did you mean \"url\"?)"},
        {IN_X("\"url\": 1"), "p.json:2:9: providers.x.url: must be a string"},
        {IN_X("\"url\": \"\""), "p.json:2:9: providers.x.url: must be a string that is not empty"},
        {IN_X("\"families\": 4"),
         "p.json:2:14: providers.x.families: must be \"4\", \"6\" or \"4 6\""},
        {IN_X("\"errors\": {\"a b\": \"x\"}"),
         "p.json:2:20: providers.x.errors.a b: \"x\" is neither \"reserved\" nor an error code"},
        {IN_X("\"errors\": 1"), "p.json:2:12: providers.x.errors: must be an object"},
        {IN_X("\"map\": {\"cty\": \"/c\"}"),
         "p.json:2:17: providers.x.map.cty: unknown member (did you mean \"city\"?)"},
        {IN_X("\"map\": {\"city\": 1}"), "p.json:2:18: providers.x.map.city: must be a string"},
        {IN_X("\"quota\": {\"per_minute\": 0}"),
         "p.json:2:26: providers.x.quota.per_minute: must be a number from 1 to 60000"},
        {IN_X("\"quota\": {\"per_hour\": 1}"),
         "p.json:2:24: providers.x.quota.per_hour: unknown member"},
        {IN_X("\"absent\": [true]"),
         "p.json:2:12: providers.x.absent: holds texts of 1 to 63 bytes and numbers"},
        {IN_X("\"private\": 1"), "p.json:2:13: providers.x.private: must be true or false"},
        {IN_X("\"lang\": {\"\": \"x\"}"), "p.json:2:15: providers.x.lang.: is not a language"},
        {IN_X("\"tls\": {\"insecure\": true}"),
         "p.json:2:22: providers.x.tls.insecure: unknown member"},
        {IN_X("\"batch\": {}"), "p.json:2:11: providers.x.batch: is not supported"},
        {IN_X("\"type\": \"mmdb\""), "p.json:2:10: providers.x.type: is not supported"},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct provider x = {.name = "x"};
        struct problem problem = {0};
        struct providers_file *file = parse(rows[n].text, &problem);

        if (file)
            assert_int_equal(providers_file_apply(file, &x, &problem), -1);
        if (strncmp(problem.text, rows[n].problem, strlen(rows[n].problem)) != 0)
            fail_msg("%s, not %s", problem.text, rows[n].problem);
        assert_string_equal(problem.path, "providers-file");
        providers_file_free(file);
    }
}

static void what_is_found_later_has_its_place_too(void **state)
{
    struct providers_file *file = parse(WHOLE, NULL);
    const struct problem field = {.path = "map.city", .text = "is bad"},
                         missing = {.path = "url", .text = "is missing"};
    struct problem problem = {0};

    (void)state;
    providers_file_blame(file, "b", &field, &problem);
    assert_string_equal(problem.text, "p.json:10:39: providers.b.map.city: is bad");
    memset(&problem, 0, sizeof(problem));
    providers_file_blame(file, "a", &missing, &problem);
    assert_string_equal(problem.text, "p.json:13:8: providers.a.url: is missing");
    providers_file_free(file);
}

static void files_are_read(void **state)
{
    char path[] = "/tmp/providers-XXXXXX";
    struct problem problem = {0};
    struct providers_file *file;
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, WHOLE, sizeof(WHOLE) - 1), sizeof(WHOLE) - 1);
    file = providers_file_read(path, NULL);
    assert_non_null(file);
    providers_file_free(file);
    assert_int_equal(ftruncate(fd, PROVIDERS_FILE_MAX_BYTES + 1), 0);
    assert_null(providers_file_read(path, &problem));
    assert_non_null(strstr(problem.text, "at most 1 MiB"));
    close(fd);
    unlink(path);
    memset(&problem, 0, sizeof(problem));
    assert_null(providers_file_read(path, &problem));
    assert_non_null(strstr(problem.text, "No such file"));
    assert_null(providers_file_read("/", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_lands), cmocka_unit_test(mistakes_have_their_place),
        cmocka_unit_test(what_is_found_later_has_its_place_too), cmocka_unit_test(files_are_read)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

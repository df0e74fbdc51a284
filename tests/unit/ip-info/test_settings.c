#include "settings.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void defaults_and_presets(void **state)
{
    static const char *const pairs[] = {"sina:private",
                                        "1",
                                        "providers",
                                        "sina,x",
                                        "x:url",
                                        "http://h.example/{ip}",
                                        "x:map",
                                        "city=/city",
                                        "lanes",
                                        "3",
                                        "sina:lanes",
                                        "64",
                                        NULL};
    struct settings settings = {0};
    struct settings_chain chain;

    (void)state;
    assert_int_equal(fixture_settings(&settings, pairs, NULL), 0);
    assert_int_equal(settings.deadline_ms, 2000);
    assert_int_equal(settings.max_ips, 32);
    assert_int_equal(settings.provider_count, 2);
    assert_string_equal(settings.providers[0].name, "sina");
    assert_int_equal(settings.providers[0].lanes, 64);
    assert_true(settings.providers[0].is_private);
    assert_non_null(settings.providers[0].ok);
    assert_int_equal(settings.providers[1].lanes, 3);
    assert_int_equal(settings.providers[1].timeout_ms, 800);
    assert_false(settings.providers[1].is_private);
    assert_int_equal(settings_chain(&settings, "", &chain), 0);
    assert_int_equal(chain.count, 2);
    assert_string_equal(chain.first->name, "sina");
    assert_int_equal(settings_chain(&settings, "x", &chain), 0);
    assert_int_equal(chain.count, 1);
    assert_string_equal(chain.first->name, "x");
    assert_int_equal(settings_chain(&settings, "local", &chain), 0);
    assert_int_equal(chain.count, 0);
    assert_int_equal(settings_chain(&settings, "y", &chain), -1);
    settings_fini(&settings);
    settings_fini(&settings);
}

static void nobody_is_asked_by_default(void **state)
{
    static const char *const pairs[] = {NULL};
    struct settings settings = {0};
    struct settings_chain chain;

    (void)state;
    assert_int_equal(fixture_settings(&settings, pairs, NULL), 0);
    assert_int_equal(settings_chain(&settings, "", &chain), 0);
    assert_int_equal(chain.count, 0);
    settings_fini(&settings);
}

static void mistakes_name_their_option(void **state)
{
    static const struct {
        const char *name, *value, *path;
    } rows[] = {
        {"providers", "", "providers"},      {"providers", "x,", "providers"},
        {"providers", "X", "providers"},     {"providers", "x,x", "providers"},
        {"providers", "local", "providers"}, {"x:url", "nonsense", "x:url"},
        {"x:map", "a=/b", "x:map"},          {"x:ok", "b", "x:ok"},
        {"x:colour", "red", "x:colour"},     {"x:lanes", "0", "x:lanes"},
        {"x:lanes", "257", "x:lanes"},       {"x:private", "maybe", "x:private"},
        {"y:url", "http://h/{ip}", "y:url"}, {"text-ok", "{", "text-ok"},
        {"max-ips", "65", "max-ips"},        {"deadline-ms", "49", "deadline-ms"},
        {"max-reply", "255", "max-reply"},   {"x:timeout-ms", "60001", "x:timeout-ms"},
        {"provider", "x", "provider"},       {"x:lang", "a/b", "x:lang"},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        static const char *const good[][2] = {
            {"providers", "x"}, {"x:url", "http://h.example/{ip}"}, {"x:map", "city=/city"}};
        const char *pairs[12];
        struct settings settings = {0};
        struct problem problem = {0};
        size_t count = 0, g;

        for (g = 0; g < 3; g++) {
            if (strcmp(good[g][0], rows[n].name) == 0)
                continue;
            pairs[count++] = good[g][0];
            pairs[count++] = good[g][1];
        }
        pairs[count++] = rows[n].name;
        pairs[count++] = rows[n].value;
        pairs[count] = NULL;
        if (fixture_settings(&settings, pairs, &problem) == 0)
            fail_msg("%s=%s is taken", rows[n].name, rows[n].value);
        assert_string_equal(problem.path, rows[n].path);
        assert_true(problem.text[0]);
        settings_fini(&settings);
    }
}

/* Two providers, x and y, and one option more. path: of the complaint, NULL for none. */
static void check_pair(const char *url_x, const char *url_y, const char *name, const char *value,
                       const char *path)
{
    const char *pairs[] = {"providers", "x,y",    "x:url", url_x,       "x:map",    "city=/city",
                           "y:url",     url_y,    "y:map", "region=/r", "x:tls-ca", "/a.pem",
                           "y:tls-ca",  "/a.pem", name,    value,       NULL};
    struct settings settings = {0};
    struct problem problem = {0};

    assert_int_equal(fixture_settings(&settings, pairs, &problem), path ? -1 : 0);
    if (path)
        assert_string_equal(problem.path, path);
    settings_fini(&settings);
}

static void providers_on_one_server_share_its_connections(void **state)
{
    (void)state;
    check_pair("https://h.example/a/{ip}", "https://h.example/b/{ip}", "y:lanes", "3", NULL);
    check_pair("https://h.example/a/{ip}", "https://h.example/b/{ip}", "x:lang", "de", NULL);
    check_pair("https://h.example/a/{ip}", "https://h.example/b/{ip}", "y:private", "1",
               "y:private");
    check_pair("https://h.example/a/{ip}", "https://g.example/b/{ip}", "y:private", "1", NULL);
    check_pair("https://h.example/a/{ip}", "http://h.example/b/{ip}", "y:private", "1", NULL);
}

static void nor_can_they_trust_differently(void **state)
{
    static const char *const pairs[] = {
        "providers", "x,y",        "x:url", "https://h.example/a/{ip}",
        "x:map",     "city=/city", "y:url", "https://h.example/b/{ip}",
        "y:map",     "city=/city", NULL,    NULL,
        NULL,        NULL,         NULL};
    static const char *const differing[][5] = {{"x:tls-ca", "/a.pem", "y:tls-ca", "/b.pem", NULL},
                                               {"x:tls-ca", "/a.pem", NULL},
                                               {"y:tls-ca", "/a.pem", NULL},
                                               {"y:h2", "1", NULL},
                                               {"x:h2", "1", "y:h2", "0", NULL}};
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(differing) / sizeof(differing[0]); n++) {
        const char *all[15];
        struct settings settings = {0};
        struct problem problem = {0};

        memcpy(all, pairs, sizeof(all));
        memcpy(all + 10, differing[n], sizeof(differing[n]));
        assert_int_equal(fixture_settings(&settings, all, &problem), -1);
        assert_string_equal(problem.path, n < 3 ? "y:tls-ca" : "y:h2");
        settings_fini(&settings);
    }
}

static void too_many_are_refused(void **state)
{
    static const char *const pairs[] = {"providers", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", NULL};
    struct settings settings = {0};
    struct problem problem = {0};
    size_t n;

    (void)state;
    assert_int_equal(fixture_settings(&settings, pairs, &problem), -1);
    settings_fini(&settings);
    memset(&settings, 0, sizeof(settings));
    for (n = 0; n < SETTINGS_MAX_PROVIDER_OPTIONS; n++)
        assert_int_equal(settings_family(&settings, "x:url", "v", NULL), 1);
    assert_int_equal(settings_family(&settings, "x:url", "v", NULL), -1);
    assert_int_equal(settings_family(&settings, "url", "v", NULL), 0);
}

static void write_file(char path[], const char *text)
{
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

#define FILE_TEXT                                                                                  \
    "{\"version\":1,\"defaults\":{\"timeout_ms\":900,\"attempts\":3},\"order\":[\"x\",\"ipinfo\"]" \
    ","                                                                                            \
    "\"providers\":{\"y\":{\"url\":\"http://h/{ip}\",\"map\":{\"city\":\"/c\"}},"                  \
    "\"x\":{\"url\":\"http://h/{ip}\",\"map\":{\"city\":\"/c\"},\"timeout_ms\":1000,"              \
    "\"ok\":\"/ok\"},\"ip-api\":{\"url\":\"http://h/{ip}\"}}}"

static void later_levels_win(void **state)
{
    char path[] = "/tmp/settings-XXXXXX";
    const char *const pairs[] = {"providers-file", path,   "attempts", "4",
                                 "x:timeout-ms",   "1100", "x:map",    "region=/r",
                                 "ipinfo:lanes",   "5",    NULL};
    struct settings settings = {0};
    struct settings_chain chain;
    const struct provider *x, *ipinfo, *y, *api;

    (void)state;
    write_file(path, FILE_TEXT);
    assert_int_equal(fixture_settings(&settings, pairs, NULL), 0);
    unlink(path);
    assert_int_equal(settings.chain_count, 2);
    assert_int_equal(settings.provider_count, 4);
    x = &settings.providers[0];
    ipinfo = &settings.providers[1];
    assert_string_equal(x->name, "x");
    assert_int_equal(x->timeout_ms, 1100); /* its option, over the file's provider and defaults */
    assert_int_equal(x->attempts, 4);      /* the option for all, over the file */
    assert_int_equal(x->lanes, 8);
    assert_null(x->fields[RECORD_CITY]); /* the option's map takes the place of the file's */
    assert_non_null(x->fields[RECORD_REGION]);
    assert_non_null(x->ok);
    assert_string_equal(ipinfo->name, "ipinfo"); /* a preset that the order names */
    assert_int_equal(ipinfo->timeout_ms, 900);
    assert_int_equal(ipinfo->lanes, 5);
    assert_int_equal(settings_chain(&settings, "", &chain), 0);
    assert_int_equal(chain.count, 2);
    assert_int_equal(settings_chain(&settings, "y", &chain), 0);
    y = chain.first;
    assert_int_equal(y->timeout_ms, 900);
    assert_int_equal(settings_chain(&settings, "ip-api", &chain), 0);
    api = chain.first;
    assert_int_equal(api->per_minute, 0); /* another URL: the service's quota does not apply */
    assert_non_null(api->fields[RECORD_CITY]);
    settings_fini(&settings);
}

static void without_an_order_all_of_the_file_are_asked(void **state)
{
    char path[] = "/tmp/settings-XXXXXX";
    const char *const all[] = {"providers-file", path, NULL};
    const char *const chosen[] = {"providers-file", path, "providers", "x", NULL};
    struct settings settings = {0};

    (void)state;
    write_file(path, "{\"version\":1,\"providers\":{"
                     "\"y\":{\"url\":\"http://h/{ip}\",\"map\":{\"city\":\"/c\"}},"
                     "\"x\":{\"url\":\"http://h/{ip}\",\"map\":{\"city\":\"/c\"}}}}");
    assert_int_equal(fixture_settings(&settings, all, NULL), 0);
    assert_int_equal(settings.chain_count, 2);
    assert_string_equal(settings.providers[0].name, "y"); /* in the file's order */
    settings_fini(&settings);
    assert_int_equal(fixture_settings(&settings, chosen, NULL), 0);
    assert_int_equal(settings.chain_count, 1);
    assert_string_equal(settings.providers[0].name, "x");
    settings_fini(&settings);
    unlink(path);
}

static void a_mistake_is_where_it_was_written(void **state)
{
    char path[] = "/tmp/settings-XXXXXX";
    static const struct {
        const char *name, *value, *path, *text;
    } rows[] = {
        {"x:map", "city=c", "x:map", "is not a JSON pointer"},
        {"x:url", "http://localhost/{ip}", "x:private", "loopback"},
        {"providers", "x,nobody", "nobody:url", "is missing"},
        {"providers", "geo-js", "providers", "did you mean \"geojs\"?"},
        {"breaker-failures", "1001", "breaker-failures", "0 to 1000"},
        {"attempts", "0", "attempts", "1 to 5"},
        {"x:h2", "2", "x:h2", ""},
    };
    size_t n;

    (void)state;
    write_file(path, "{\"version\":1,\"providers\":{"
                     "\"x\":{\"url\":\"http://h/{ip}\",\"map\":{\"city\":\"/c\"}}}}");
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        const char *pairs[] = {"providers-file", path, rows[n].name, rows[n].value, NULL};
        struct settings settings = {0};
        struct problem problem = {0};

        assert_int_equal(fixture_settings(&settings, pairs, &problem), -1);
        assert_string_equal(problem.path, rows[n].path);
        if (!strstr(problem.text, rows[n].text))
            fail_msg("%s", problem.text);
        settings_fini(&settings);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_and_presets),
        cmocka_unit_test(nobody_is_asked_by_default),
        cmocka_unit_test(mistakes_name_their_option),
        cmocka_unit_test(providers_on_one_server_share_its_connections),
        cmocka_unit_test(nor_can_they_trust_differently),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(later_levels_win),
        cmocka_unit_test(without_an_order_all_of_the_file_are_asked),
        cmocka_unit_test(a_mistake_is_where_it_was_written)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "settings.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
                                               {"y:tls-ca", "/a.pem", NULL}};
    size_t n;

    (void)state;
    for (n = 0; n < 3; n++) {
        const char *all[15];
        struct settings settings = {0};
        struct problem problem = {0};

        memcpy(all, pairs, sizeof(all));
        memcpy(all + 10, differing[n], sizeof(differing[n]));
        assert_int_equal(fixture_settings(&settings, all, &problem), -1);
        assert_string_equal(problem.path, "y:tls-ca");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_and_presets),
        cmocka_unit_test(nobody_is_asked_by_default),
        cmocka_unit_test(mistakes_name_their_option),
        cmocka_unit_test(providers_on_one_server_share_its_connections),
        cmocka_unit_test(nor_can_they_trust_differently),
        cmocka_unit_test(too_many_are_refused)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

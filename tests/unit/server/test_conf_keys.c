/* The tables: no key twice, ranges that make sense, each key in the documents. */
#include "conf_keys.h"

#include "conf_dir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct conf_keys *const tables[] = {&conf_top_keys, &conf_global_keys,
                                                 &conf_vhost_keys, &conf_mount_keys};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

static void finds_each_row_by_its_name_and_only_once(void **state)
{
    size_t t, n;

    (void)state;
    for (t = 0; t < TABLES; t++) {
        assert_true(tables[t]->count <= CONF_KEYS_MAX);
        for (n = 0; n < tables[t]->count; n++)
            assert_ptr_equal(conf_keys_find(tables[t], tables[t]->rows[n].name),
                             &tables[t]->rows[n]);
        assert_null(conf_keys_find(tables[t], "nothing"));
        assert_null(conf_keys_find(tables[t], ""));
    }
}

static void bounds_each_text_and_number(void **state)
{
    size_t t, n;

    (void)state;
    for (t = 0; t < TABLES; t++) {
        for (n = 0; n < tables[t]->count; n++) {
            const struct conf_key *key = &tables[t]->rows[n];

            if (key->type <= CONF_BITS)
                assert_true(key->max > key->min);
            assert_true(key->since == 0 || key->since > 4001000);
            assert_true(key->type != CONF_IGNORED || key->remark);
        }
    }
}

static void explains_each_key_in_the_documents(void **state)
{
    struct bytes page = {0};
    char quoted[80];
    size_t t, n;

    (void)state;
    assert_null(conf_file_read(PROJECT_DIR "/docs/configuration.md", &page));
    for (t = 0; t < TABLES; t++) {
        for (n = 0; n < tables[t]->count; n++) {
            snprintf(quoted, sizeof(quoted), "`%s`", tables[t]->rows[n].name);
            if (!strstr(page.data, quoted))
                fail_msg("docs/configuration.md says nothing about %s", quoted);
        }
    }
    bytes_fini(&page);
}

/* Roff writes "-" as "\-". */
static void write_roff(char *out, size_t size, const char *name)
{
    size_t length = 0;

    for (; *name && length + 3 < size; name++) {
        if (*name == '-')
            out[length++] = '\\';
        out[length++] = *name;
    }
    out[length] = '\0';
}

static bool is_in_a_heading(const char *page, const char *word)
{
    size_t length = strlen(word);
    const char *at = page;

    for (; (at = strstr(at, word)) != NULL; at += length) {
        const char *line = at;

        while (line > page && line[-1] != '\n')
            line--;
        if (*line == '.' && at[-1] == ' ' && strchr("\n ", at[length]))
            return true;
    }
    return false;
}

static void explains_each_key_in_the_manual_page(void **state)
{
    struct bytes page = {0};
    char word[80];
    size_t t, n;

    (void)state;
    assert_null(conf_file_read(PROJECT_DIR "/packaging/man/lwshost.conf.5", &page));
    for (t = 1; t < TABLES; t++) { /* the first is of the two objects that the page is made of */
        for (n = 0; n < tables[t]->count; n++) {
            write_roff(word, sizeof(word), tables[t]->rows[n].name);
            if (!is_in_a_heading(page.data, word))
                fail_msg("lwshost.conf.5 says nothing about %s", word);
        }
    }
    bytes_fini(&page);
}

static void suggests_what_was_meant(void **state)
{
    (void)state;
    assert_string_equal(conf_keys_suggest(&conf_mount_keys, "orign")->name, "origin");
    assert_string_equal(conf_keys_suggest(&conf_vhost_keys, "mount")->name, "mounts");
    assert_null(conf_keys_suggest(&conf_vhost_keys, "frobnicate"));
}

static void names_the_first_build_option_that_is_missing(void **state)
{
    struct conf_features features = {.tls = true};

    (void)state;
    assert_null(conf_needs_missing(0, &features));
    assert_null(conf_needs_missing(CONF_NEEDS_TLS, &features));
    assert_string_equal(conf_needs_missing(CONF_NEEDS_TLS | CONF_NEEDS_CLIENT, &features),
                        "LWS_WITH_CLIENT");
    features.client = true;
    assert_null(conf_needs_missing(CONF_NEEDS_TLS | CONF_NEEDS_CLIENT, &features));
    assert_string_equal(conf_needs_missing(CONF_NEEDS_QUIC, &features), "LWS_ROLE_QUIC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_row_by_its_name_and_only_once),
        cmocka_unit_test(bounds_each_text_and_number),
        cmocka_unit_test(explains_each_key_in_the_documents),
        cmocka_unit_test(explains_each_key_in_the_manual_page),
        cmocka_unit_test(suggests_what_was_meant),
        cmocka_unit_test(names_the_first_build_option_that_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

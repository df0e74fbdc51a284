#include "nick.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void nicks_are_good_or_not(void **state)
{
    static const char *const good[] = {
        "a",   "Ann Lee",         "\xe5\xb0\x8f\xe7\x8e\x8b", "12345678901234567890123456789012",
        "<b>", "\xf0\x9f\x98\x80"};
    static const char *const bad[] = {
        "",
        " a",
        "a ",
        "\xe3\x80\x80x",                     /* ideographic space */
        "x\xc2\xa0",                         /* no-break space */
        "123456789012345678901234567890123", /* 33 */
        "a\nb",
        "a\x7f",
        "a\xc2\x85",
        "a\xe2\x80\xae"
        "b", /* right-to-left override */
        "a\xe2\x81\xa6"
        "b", /* left-to-right isolate */
        "a\xe2\x80\x8b"
        "b",            /* zero width space */
        "\xef\xbb\xbf", /* byte order mark */
        "\xc2\xad",     /* soft hyphen */
        "\xef\xbf\xbf", /* noncharacter */
        "a\xff",
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(good) / sizeof(good[0]); n++)
        assert_true(nick_is_good(good[n], strlen(good[n])));
    for (n = 0; n < sizeof(bad) / sizeof(bad[0]); n++)
        assert_false(nick_is_good(bad[n], strlen(bad[n])));
}

static bool same(const struct nick_rules *rules, const char *a, const char *b)
{
    static const struct hash_key key = {{1, 2}};
    bool is_same = nick_is_same(rules, a, strlen(a), b, strlen(b));

    if (is_same)
        assert_true(nick_hash(rules, &key, a, strlen(a)) == nick_hash(rules, &key, b, strlen(b)));
    return is_same;
}

static void case_makes_no_other_nick(void **state)
{
    struct nick_rules rules;

    (void)state;
    nick_rules_init(&rules);
    assert_non_null(rules.utf8);
    assert_true(same(&rules, "Ann", "aNN"));
    assert_true(same(&rules, "\xc3\x84rger", "\xc3\xa4RGER"));
    assert_true(same(&rules, "\xd0\x90", "\xd0\xb0"));
    /* Small letters of one capital: final sigma, long s, micro sign */
    assert_true(same(&rules, "\xce\xa3", "\xcf\x82"));
    assert_true(same(&rules, "\xcf\x83", "\xcf\x82"));
    assert_true(same(&rules, "S", "\xc5\xbf"));
    assert_true(same(&rules, "\xc2\xb5", "\xce\xbc"));
    assert_true(same(&rules, "\xe1\xba\x9e", "\xc3\x9f"));
    assert_false(same(&rules, "\xc3\x9f", "ss"));
    assert_false(same(&rules, "Ann", "Anna"));
    assert_false(same(&rules, "Ann", "Bnn"));
    nick_rules_fini(&rules);
}

static void without_a_locale_ascii_is_folded(void **state)
{
    struct nick_rules rules = {0};

    (void)state;
    assert_true(same(&rules, "Ann", "aNN"));
    assert_false(same(&rules, "\xc3\x84", "\xc3\xa4"));
}

static void a_suffix_fits_the_limit(void **state)
{
    char out[NICK_BYTES_MAX + 1];
    char thirty_two[97];
    int n;

    (void)state;
    assert_int_equal(nick_suffixed(out, "ann", 3, 2), 5);
    assert_string_equal(out, "ann-2");
    for (n = 0; n < 96; n += 3)
        memcpy(thirty_two + n, "\xe5\xb0\x8f", 3);
    thirty_two[96] = '\0';
    assert_int_equal(nick_suffixed(out, thirty_two, 96, 12), 29 * 3 + 3);
    assert_true(nick_is_good(out, strlen(out)));
}

static void room_names_are_lower_cased_never_cut(void **state)
{
    char out[ROOM_NAME_BYTES_MAX + 1];
    char long_name[66];

    (void)state;
    assert_int_equal(room_name_read(out, "Lobby.2_x-y", 11), 0);
    assert_string_equal(out, "lobby.2_x-y");
    memset(long_name, 'a', sizeof(long_name));
    assert_int_equal(room_name_read(out, long_name, 64), 0);
    assert_int_equal(room_name_read(out, long_name, 65), -1);
    assert_int_equal(room_name_read(out, "", 0), -1);
    assert_int_equal(room_name_read(out, "a b", 3), -1);
    assert_int_equal(room_name_read(out, "a/b", 3), -1);
    assert_int_equal(room_name_read(out, "\xc3\xa4", 2), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nicks_are_good_or_not),
        cmocka_unit_test(case_makes_no_other_nick),
        cmocka_unit_test(without_a_locale_ascii_is_folded),
        cmocka_unit_test(a_suffix_fits_the_limit),
        cmocka_unit_test(room_names_are_lower_cased_never_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

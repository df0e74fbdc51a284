#include "sanctions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct sanctions sanctions;
    struct nick_rules rules;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    sanctions_init(&f->sanctions);
    nick_rules_init(&f->rules);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    sanctions_fini(&f->sanctions);
    nick_rules_fini(&f->rules);
    free(f);
    return 0;
}

static int add(struct fixture *f, enum store_sanction_kind kind, const char *user, const char *nick,
               const char *address, int64_t until_ms)
{
    struct store_sanction sanction = {.kind = kind,
                                      .user = user,
                                      .nick = nick,
                                      .address = address,
                                      .reason = "r",
                                      .until_ms = until_ms};

    return sanctions_add(&f->sanctions, &sanction, false, 0);
}

static int64_t banned(struct fixture *f, const char *user, const char *nick, const char *address,
                      int64_t now_ms)
{
    struct offender who = {.user = user, .nick = nick, .address = address};

    return sanctions_banned(&f->sanctions, &f->rules, &who, now_ms);
}

static void a_ban_holds_for_each_of_its_names(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(add(f, STORE_BAN, "u1", "Ann", "192.0.2.1", 1000), 0);
    assert_int_equal(banned(f, "u1", "x", "192.0.2.9", 999), 1000);
    assert_int_equal(banned(f, "u2", "aNN", "192.0.2.9", 999), 1000);
    assert_int_equal(banned(f, "u2", NULL, "192.0.2.1", 999), 1000);
    assert_int_equal(banned(f, "u2", "Anna", "192.0.2.10", 999), 0);
    assert_int_equal(banned(f, "u2", NULL, "", 999), 0);
}

static void what_is_not_known_matches_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(add(f, STORE_BAN, "u1", "Ann", "", 1000), 0);
    assert_int_equal(banned(f, "u2", "Bob", "", 0), 0);
    assert_int_equal(sanctions_closed(&f->sanctions, 0), 0);
}

static void it_is_over_when_its_time_is_up(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(add(f, STORE_BAN, "u1", "Ann", "", 1000), 0);
    assert_int_equal(add(f, STORE_MUTE, "u2", "Bob", "", 2000), 0);
    assert_int_equal(sanctions_muted(&f->sanctions, "u2", 1999), 2000);
    assert_int_equal(banned(f, "u1", NULL, NULL, 1000), 0);
    assert_int_equal(f->sanctions.count, 1);
    assert_int_equal(sanctions_muted(&f->sanctions, "u2", 2000), 0);
    assert_true(sanctions_are_over(&f->sanctions, 2000));
    assert_int_equal(f->sanctions.count, 0);
}

static void the_longest_ban_counts(void **state)
{
    struct fixture *f = *state;

    add(f, STORE_BAN, "u1", "Ann", "192.0.2.1", 3000);
    add(f, STORE_BAN, "u2", "Bob", "192.0.2.1", 2000);
    assert_int_equal(banned(f, "u3", NULL, "192.0.2.1", 0), 3000);
}

static void a_mute_is_no_ban_and_no_closing(void **state)
{
    struct fixture *f = *state;

    add(f, STORE_MUTE, "u1", "Ann", "", 1000);
    assert_int_equal(banned(f, "u1", "Ann", NULL, 0), 0);
    assert_int_equal(sanctions_closed(&f->sanctions, 0), 0);
    assert_int_equal(sanctions_muted(&f->sanctions, "u1", 0), 1000);
    assert_int_equal(sanctions_muted(&f->sanctions, "u2", 0), 0);
}

static void a_ban_of_nobody_closes_the_room(void **state)
{
    struct fixture *f = *state;

    add(f, STORE_BAN, "", "", "", 1000);
    assert_int_equal(sanctions_closed(&f->sanctions, 0), 1000);
    assert_null(sanctions_match(&f->sanctions, &f->rules, NULL, NULL, 0));
    assert_null(sanctions_match(&f->sanctions, &f->rules, "", "", 0));
    assert_int_equal(sanctions_closed(&f->sanctions, 1000), 0);
}

static void who_is_meant_has_all_that_is_given(void **state)
{
    struct fixture *f = *state;
    const struct store_sanction *found;

    add(f, STORE_BAN, "u1", "Ann", "", 1000);
    add(f, STORE_MUTE, "u2", "Bob", "", 1000);
    found = sanctions_match(&f->sanctions, &f->rules, "bob", NULL, 0);
    assert_non_null(found);
    assert_string_equal(found->user, "u2");
    assert_non_null(sanctions_match(&f->sanctions, &f->rules, NULL, "u1", 0));
    assert_null(sanctions_match(&f->sanctions, &f->rules, "bob", "u1", 0));
    sanctions_lift(&f->sanctions, sanctions_match(&f->sanctions, &f->rules, NULL, "u1", 0));
    assert_null(sanctions_find(&f->sanctions, STORE_BAN, "u1", 0));
    assert_null(sanctions_match(&f->sanctions, &f->rules, "bob", NULL, 1000));
}

static void a_token_is_known_again(void **state)
{
    struct fixture *f = *state;
    uint8_t one[SHA256_BYTES] = {1}, other[SHA256_BYTES] = {2};

    sanctions_mark(&f->sanctions, one);
    add(f, STORE_BAN, "", "", "", 1000);
    add(f, STORE_BAN, "u1", "Ann", "", 1000);
    sanctions_mark(&f->sanctions, one);
    add(f, STORE_MUTE, "u2", "Bob", "", 1000);
    assert_string_equal(sanctions_user(&f->sanctions, one, 999), "u1");
    assert_null(sanctions_user(&f->sanctions, other, 999));
    assert_null(sanctions_user(&f->sanctions, one, 1000));
}

static void there_are_only_so_many(void **state)
{
    struct fixture *f = *state;
    char user[16];
    int n;

    for (n = 0; n < SANCTIONS_MAX; n++) {
        snprintf(user, sizeof(user), "u%d", n);
        assert_int_equal(add(f, STORE_MUTE, user, "", "", n ? 1000 : 10), 0);
    }
    assert_int_equal(add(f, STORE_BAN, "more", "", "", 1000), -1);
    assert_false(sanctions_are_over(&f->sanctions, 10)); /* the first one makes place */
    assert_int_equal(add(f, STORE_BAN, "more", "", "", 1000), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_ban_holds_for_each_of_its_names),
        TEST(what_is_not_known_matches_nothing),
        TEST(it_is_over_when_its_time_is_up),
        TEST(the_longest_ban_counts),
        TEST(a_mute_is_no_ban_and_no_closing),
        TEST(a_ban_of_nobody_closes_the_room),
        TEST(who_is_meant_has_all_that_is_given),
        TEST(a_token_is_known_again),
        TEST(there_are_only_so_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

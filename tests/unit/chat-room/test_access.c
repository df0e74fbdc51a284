#include "access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fill(struct chat_options *out, const struct option_value *values, size_t count)
{
    struct problem problem = {0};

    memset(out, 0, sizeof(*out));
    if (options_read(chat_option_table, chat_option_rows, values, count, chat_options_family, out,
                     &problem) ||
        chat_options_check(out, &problem))
        fail_msg("%s: %s", problem.path, problem.text);
}

static enum refusal moderate(const struct chat_options *options, const char *room,
                             const char *secret)
{
    return access_moderate(options, room, secret, secret ? strlen(secret) : 0);
}

static void without_a_secret_nothing_is_moderated(void **state)
{
    struct chat_options options;
    static const struct option_value values[] = {{"tea:secret", "oolong"}};

    (void)state;
    fill(&options, NULL, 0);
    assert_int_equal(moderate(&options, "tea", "x"), REFUSAL_NOT_ALLOWED);
    assert_int_equal(moderate(&options, "tea", NULL), REFUSAL_NOT_ALLOWED);
    assert_int_equal(moderate(&options, "tea", ""), REFUSAL_NOT_ALLOWED);
    assert_false(access_is_admin(&options, "", 0));
    fill(&options, values, 1);
    assert_int_equal(moderate(&options, "coffee", "oolong"), REFUSAL_NOT_ALLOWED);
}

static void a_rooms_secret_is_for_that_room(void **state)
{
    static const struct option_value values[] = {
        {"Tea:secret", "oolong"}, {"coffee:secret", "arabica"}, {"pub:pin", "7"}};
    struct chat_options options;

    (void)state;
    fill(&options, values, 3);
    assert_int_equal(moderate(&options, "tea", "oolong"), REFUSAL_NONE);
    assert_int_equal(moderate(&options, "tea", "arabica"), REFUSAL_BAD_SECRET);
    assert_int_equal(moderate(&options, "tea", NULL), REFUSAL_BAD_SECRET);
    assert_int_equal(moderate(&options, "pub", "7"), REFUSAL_NOT_ALLOWED);
}

static void the_admin_key_is_for_all(void **state)
{
    static const struct option_value values[] = {{"admin-key", "{env:TEST_ACCESS_KEY}"},
                                                 {"tea:secret", "oolong"}};
    struct chat_options options;

    (void)state;
    setenv("TEST_ACCESS_KEY", "master", 1);
    fill(&options, values, 2);
    unsetenv("TEST_ACCESS_KEY");
    assert_int_equal(moderate(&options, "tea", "master"), REFUSAL_NONE);
    assert_int_equal(moderate(&options, "tea", "oolong"), REFUSAL_NONE);
    assert_int_equal(moderate(&options, "any", "master"), REFUSAL_NONE);
    assert_int_equal(moderate(&options, "any", "oolong"), REFUSAL_BAD_SECRET);
    assert_true(access_is_admin(&options, "master", 6));
    assert_false(access_is_admin(&options, "oolong", 6));
}

static void a_pin_lets_in(void **state)
{
    static const struct option_value values[] = {{"tea:pin", "1234"}, {"coffee:secret", "x"}};
    struct chat_options options;

    (void)state;
    fill(&options, values, 2);
    assert_int_equal(access_enter(&options, "tea", NULL, 0), REFUSAL_PIN_REQUIRED);
    assert_int_equal(access_enter(&options, "tea", "", 0), REFUSAL_BAD_PIN);
    assert_int_equal(access_enter(&options, "tea", "12345", 5), REFUSAL_BAD_PIN);
    assert_int_equal(access_enter(&options, "tea", "1234", 4), REFUSAL_NONE);
    assert_int_equal(access_enter(&options, "coffee", NULL, 0), REFUSAL_NONE);
    assert_int_equal(access_enter(&options, "other", "1", 1), REFUSAL_NONE);
}

static void only_wrong_ones_are_guesses(void **state)
{
    (void)state;
    assert_true(access_is_guess(REFUSAL_BAD_PIN));
    assert_true(access_is_guess(REFUSAL_BAD_SECRET));
    assert_false(access_is_guess(REFUSAL_PIN_REQUIRED));
    assert_false(access_is_guess(REFUSAL_NOT_ALLOWED));
    assert_false(access_is_guess(REFUSAL_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_secret_nothing_is_moderated),
        cmocka_unit_test(a_rooms_secret_is_for_that_room),
        cmocka_unit_test(the_admin_key_is_for_all),
        cmocka_unit_test(a_pin_lets_in),
        cmocka_unit_test(only_wrong_ones_are_guesses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What is suggested for `word` among the NULL-terminated `names`. */
static const char *best(const char *word, const char *const *names)
{
    struct suggestion suggestion;

    suggestion_init(&suggestion, word);
    for (; *names; names++)
        suggestion_offer(&suggestion, *names);
    return suggestion.best;
}

static const char *const names[] = {"origin", "mountpoint", "keepalive_timeout", "name", "port",
                                    "sts",    NULL};

static void finds_each_kind_of_slip(void **state)
{
    (void)state;
    assert_string_equal(best("orign", names), "origin");   /* one letter missing */
    assert_string_equal(best("originn", names), "origin"); /* one too many */
    assert_string_equal(best("oribin", names), "origin");  /* another one */
    assert_string_equal(best("orgiin", names), "origin");  /* two swapped */
    assert_string_equal(best("pot", names), "port");
    assert_string_equal(best("keeplive-timeout", names), "keepalive_timeout");
    assert_string_equal(best("origin", names), "origin");
}

static void stays_silent_when_nothing_is_near(void **state)
{
    const char *none[] = {NULL};

    (void)state;
    assert_null(best("xyz", names));
    assert_null(best("frobnicate", names));
    assert_null(best("", none));
    assert_null(best("", names));
    assert_null(best("po", (const char *const[]){"port", NULL})); /* half of it is no slip */
}

static void takes_the_nearest_and_then_the_first(void **state)
{
    (void)state;
    assert_string_equal(best("nmae", (const char *const[]){"same", "name", "lane", NULL}), "name");
    assert_string_equal(best("bat", (const char *const[]){"cat", "hat", NULL}), "cat");
    assert_string_equal(best("a", (const char *const[]){"b", NULL}), "b"); /* one slip always */
}

static void bears_long_words(void **state)
{
    char longer[300];

    (void)state;
    memset(longer, 'o', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_null(best(longer, names));
    assert_null(best("origin", (const char *const[]){longer, NULL}));
    longer[64] = '\0';
    assert_string_equal(best(longer, (const char *const[]){longer, NULL}), longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_kind_of_slip),
        cmocka_unit_test(stays_silent_when_nothing_is_near),
        cmocka_unit_test(takes_the_nearest_and_then_the_first),
        cmocka_unit_test(bears_long_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

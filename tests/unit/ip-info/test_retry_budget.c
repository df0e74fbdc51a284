#include "retry_budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND ((uint64_t)1000000)
#define START (1000 * SECOND)

static unsigned long retries_granted(struct retry_budget *budget, uint64_t now_us)
{
    unsigned long n;

    for (n = 0; n < 1000 && retry_budget_allows(budget, now_us); n++)
        retry_budget_count(budget, true, now_us);
    return n;
}

static void three_are_always_allowed(void **state)
{
    struct retry_budget budget = {0};

    (void)state;
    assert_int_equal(retries_granted(&budget, START), 3);
    assert_int_equal(retries_granted(&budget, START + SECOND), 0);
}

static void more_are_a_fifth_of_all_attempts(void **state)
{
    struct retry_budget budget = {0};
    unsigned n, retries = 0;

    (void)state;
    for (n = 0; n < 1000; n++) {
        retry_budget_count(&budget, false, START);
        if (retry_budget_allows(&budget, START)) { /* each fails, each would like another try */
            retry_budget_count(&budget, true, START);
            retries++;
        }
    }
    assert_in_range(retries, 240, 260); /* 250 of 1250 */
}

static void the_past_fades(void **state)
{
    struct retry_budget budget = {0};

    (void)state;
    assert_int_equal(retries_granted(&budget, START), 3);
    assert_int_equal(retries_granted(&budget, START + 9 * SECOND), 0);
    assert_int_equal(retries_granted(&budget, START + 10 * SECOND), 2); /* 3 have become 1 */
    assert_int_equal(retries_granted(&budget, START + 1000 * SECOND), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(three_are_always_allowed),
                                       cmocka_unit_test(more_are_a_fifth_of_all_attempts),
                                       cmocka_unit_test(the_past_fades)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

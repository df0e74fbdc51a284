#include "outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_total_failure_has_the_status_of_its_codes(void **state)
{
    static const struct {
        unsigned codes;
        unsigned status;
    } rows[] = {
        {1u << OUTCOME_INVALID_IP, 400},
        {1u << OUTCOME_NOT_FOUND, 404},
        {1u << OUTCOME_TIMEOUT, 504},
        {1u << OUTCOME_QUOTA, 503},
        {1u << OUTCOME_QUEUE_FULL | 1u << OUTCOME_CIRCUIT_OPEN, 503},
        {1u << OUTCOME_NO_PROVIDER, 503},
        {1u << OUTCOME_BAD_JSON, 500},
        {1u << OUTCOME_TIMEOUT | 1u << OUTCOME_QUOTA, 500},
        {1u << OUTCOME_INVALID_IP | 1u << OUTCOME_NOT_FOUND, 500},
    };
    size_t n;

    (void)state;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++)
        assert_int_equal(outcome_status(rows[n].codes, 500), rows[n].status);
}

static void every_code_has_a_name_of_its_own(void **state)
{
    unsigned a, b;

    (void)state;
    for (a = 0; a < OUTCOME_CODE_COUNT; a++)
        for (b = 0; b < a; b++)
            assert_string_not_equal(outcome_code_name((enum outcome_code)a),
                                    outcome_code_name((enum outcome_code)b));
}

static void a_detail_is_cut_and_ends(void **state)
{
    struct outcome outcome = {0};
    char text[300];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    outcome_fail(&outcome, OUTCOME_TIMEOUT, "%s", text);
    assert_int_equal(outcome.code, OUTCOME_TIMEOUT);
    assert_int_equal(strlen(outcome.detail), sizeof(outcome.detail) - 1);
    outcome_fini(&outcome);
}

static void codes_are_found_by_name(void **state)
{
    unsigned n;

    (void)state;
    for (n = 0; n < OUTCOME_CODE_COUNT; n++)
        assert_int_equal(outcome_code_find(outcome_code_name((enum outcome_code)n)), n);
    assert_int_equal(outcome_code_find("timeouts"), OUTCOME_CODE_COUNT);
}

static void attempts_are_noted_and_bounded(void **state)
{
    struct outcome outcome = {0};
    unsigned n;

    (void)state;
    for (n = 0; n < OUTCOME_MAX_ATTEMPTS + 3; n++) {
        outcome_fail(&outcome, n % 2 ? OUTCOME_TIMEOUT : OUTCOME_BAD_JSON, "x");
        outcome_note(&outcome, "p", n);
    }
    assert_int_equal(outcome.attempt_count, OUTCOME_MAX_ATTEMPTS + 3);
    assert_int_equal(outcome.attempts[0].code, OUTCOME_BAD_JSON);
    assert_int_equal(outcome.attempts[OUTCOME_MAX_ATTEMPTS - 1].ms, OUTCOME_MAX_ATTEMPTS - 1);
    assert_string_equal(outcome.detail, "x"); /* nothing was written past the end */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_total_failure_has_the_status_of_its_codes),
        cmocka_unit_test(every_code_has_a_name_of_its_own),
        cmocka_unit_test(codes_are_found_by_name), cmocka_unit_test(attempts_are_noted_and_bounded),
        cmocka_unit_test(a_detail_is_cut_and_ends)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define S 1000000u

static const struct hash_key hash_key = {{1, 2}};

static uint64_t take(struct rate *rate, const char *ip, unsigned long cost, uint64_t now_us)
{
    struct ip_addr addr;

    assert_int_equal(ip_addr_parse(ip, strlen(ip), &addr), 0);
    return rate_take(rate, &addr, cost, now_us);
}

static uint64_t wait(struct rate *rate, const char *ip, unsigned long cost, uint64_t now_us)
{
    struct ip_addr addr;

    assert_int_equal(ip_addr_parse(ip, strlen(ip), &addr), 0);
    return rate_wait(rate, &addr, cost, now_us);
}

static void asking_takes_nothing(void **state)
{
    struct rate *rate = rate_new(60, 10, 100, &hash_key);

    (void)state;
    assert_int_equal(wait(rate, "1.2.3.4", 10, S), 0);
    assert_int_equal(wait(rate, "1.2.3.4", 10, S), 0);
    assert_int_equal(take(rate, "1.2.3.4", 10, S), 0);
    assert_int_equal(wait(rate, "1.2.3.4", 1, S), 1000);
    assert_int_equal(wait(rate, "1.2.3.4", 1, S), 1000);
    assert_int_equal(wait(rate, "1.2.3.4", 1, 2 * S), 0);
    assert_int_equal(wait(rate, "1.2.3.5", 10, S), 0);
    rate_free(rate);
}

static void a_bucket_empties_and_refills(void **state)
{
    struct rate *rate = rate_new(60, 10, 100, &hash_key);

    (void)state;
    assert_int_equal(take(rate, "1.2.3.4", 7, S), 0);
    assert_int_equal(take(rate, "1.2.3.4", 4, S), 1000);
    assert_int_equal(take(rate, "1.2.3.4", 3, S), 0);
    assert_int_equal(take(rate, "1.2.3.4", 1, S), 1000);
    assert_int_equal(take(rate, "1.2.3.4", 1, 2 * S), 0);
    assert_int_equal(take(rate, "1.2.3.5", 10, S), 0);
    rate_free(rate);
    rate_free(NULL);
}

static void more_than_a_bucket_is_possible_when_it_is_full(void **state)
{
    struct rate *rate = rate_new(60, 10, 100, &hash_key);

    (void)state;
    assert_int_equal(take(rate, "1.2.3.4", 100, S), 0);
    assert_int_equal(take(rate, "1.2.3.4", 100, 2 * S), 9000);
    assert_int_equal(take(rate, "1.2.3.4", 100, 11 * S), 0);
    rate_free(rate);
}

static void an_ipv6_client_is_its_64_bits(void **state)
{
    struct rate *rate = rate_new(60, 10, 100, &hash_key);

    (void)state;
    assert_int_equal(take(rate, "2001:db8::1", 10, S), 0);
    assert_true(take(rate, "2001:db8::ffff:2", 1, S) > 0);
    assert_int_equal(take(rate, "2001:db8:0:1::1", 1, S), 0);
    rate_free(rate);
}

static void the_number_of_clients_is_bounded(void **state)
{
    struct rate *rate = rate_new(60, 10, 2, &hash_key);

    (void)state;
    take(rate, "1.0.0.1", 10, S);
    take(rate, "1.0.0.2", 10, S);
    assert_true(take(rate, "1.0.0.1", 1, S) > 0); /* seen later than the other */
    take(rate, "1.0.0.3", 10, S);
    assert_true(take(rate, "1.0.0.1", 1, S) > 0);
    assert_int_equal(take(rate, "1.0.0.2", 1, S), 0);
    rate_free(rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_empties_and_refills),
        cmocka_unit_test(more_than_a_bucket_is_possible_when_it_is_full),
        cmocka_unit_test(an_ipv6_client_is_its_64_bits), cmocka_unit_test(asking_takes_nothing),
        cmocka_unit_test(the_number_of_clients_is_bounded)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

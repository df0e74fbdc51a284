#include "cache.h"

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define S 1000000u

static const struct hash_key hash_key = {{1, 2}};

static const struct cache_limits limits = {
    .max_entries = 3, .max_bytes = 100000, .stale_us = 50 * S};

static struct lookup_question question(const char *ip, const struct provider *provider)
{
    return (struct lookup_question){.addr = fixture_addr(ip), .providers = {provider, 1}};
}

static void keep(struct cache *cache, const char *ip, const struct provider *provider,
                 uint64_t now_us, const char *city)
{
    const char *values[RECORD_FIELD_COUNT] = {[RECORD_CITY] = city};
    const struct lookup_question asked = question(ip, provider);
    struct outcome outcome = {.source = "sina", .fresh_s = city ? 100 : 10};

    if (city)
        outcome.record = record_new(values);
    else
        outcome_fail(&outcome, OUTCOME_NOT_FOUND, "no");
    cache_keep(cache, &asked, now_us, &outcome);
    outcome_fini(&outcome);
}

static enum cache_result find(struct cache *cache, const char *ip, const struct provider *provider,
                              uint64_t now_us, struct outcome *outcome)
{
    const struct lookup_question asked = question(ip, provider);

    memset(outcome, 0, sizeof(*outcome));
    return cache_find(cache, &asked, now_us, outcome);
}

static bool has(struct cache *cache, const char *ip, const struct provider *provider,
                uint64_t now_us)
{
    struct outcome outcome;
    bool is_there = find(cache, ip, provider, now_us, &outcome) == CACHE_FRESH;

    outcome_fini(&outcome);
    return is_there;
}

static void an_answer_is_fresh_for_its_time(void **state)
{
    struct cache *cache = cache_new(&limits, &hash_key);
    struct provider provider = {0};
    struct outcome outcome;

    (void)state;
    assert_int_equal(find(cache, "1.2.3.4", &provider, S, &outcome), CACHE_MISS);
    keep(cache, "1.2.3.4", &provider, S, "x");
    assert_int_equal(find(cache, "::ffff:1.2.3.4", &provider, 31 * S, &outcome), CACHE_FRESH);
    assert_int_equal(outcome.code, OUTCOME_FOUND);
    assert_string_equal(record_get(outcome.record, RECORD_CITY), "x");
    assert_string_equal(outcome.source, "sina");
    assert_true(outcome.is_cached);
    assert_false(outcome.is_stale);
    assert_int_equal(outcome.age_s, 30);
    assert_int_equal(outcome.fresh_s, 70);
    outcome_fini(&outcome);
    assert_true(has(cache, "1.2.3.4", &provider, 101 * S - 1));
    assert_false(has(cache, "1.2.3.4", &provider, 101 * S));
    assert_int_equal(cache_stats(cache).hits, 2);
    assert_int_equal(cache_stats(cache).misses, 2);
    cache_free(cache);
}

static void who_is_asked_makes_a_difference(void **state)
{
    struct cache *cache = cache_new(&limits, &hash_key);
    struct provider one = {0}, other = {0};

    (void)state;
    keep(cache, "1.2.3.4", &one, S, "x");
    assert_true(has(cache, "1.2.3.4", &one, S));
    assert_false(has(cache, "1.2.3.4", &other, S));
    assert_false(has(cache, "1.2.3.5", &one, S));
    cache_free(cache);
}

static void an_unknown_address_is_remembered_for_a_shorter_time(void **state)
{
    struct cache *cache = cache_new(&limits, &hash_key);
    struct provider provider = {0};
    struct outcome outcome;

    (void)state;
    keep(cache, "1.2.3.4", &provider, S, NULL);
    assert_int_equal(find(cache, "1.2.3.4", &provider, 2 * S, &outcome), CACHE_FRESH);
    assert_int_equal(outcome.code, OUTCOME_NOT_FOUND);
    assert_true(outcome.detail[0]);
    assert_int_equal(find(cache, "1.2.3.4", &provider, 11 * S, &outcome), CACHE_MISS);
    assert_int_equal(cache_stats(cache).entries, 0);
    cache_free(cache);
}

static void failures_are_not_kept(void **state)
{
    struct cache *cache = cache_new(&limits, &hash_key);
    const struct lookup_question asked = question("1.2.3.4", NULL);
    struct outcome outcome = {.fresh_s = 10};
    int code;

    (void)state;
    for (code = OUTCOME_FOUND + 1; code < OUTCOME_CODE_COUNT; code++) {
        if (code == OUTCOME_NOT_FOUND)
            continue;
        outcome_fail(&outcome, (enum outcome_code)code, "x");
        cache_keep(cache, &asked, S, &outcome);
    }
    memset(&outcome, 0, sizeof(outcome)); /* found, but good for no time at all */
    cache_keep(cache, &asked, S, &outcome);
    assert_int_equal(cache_stats(cache).entries, 0);
    cache_free(cache);
}

static void an_old_answer_can_stand_in_for_a_while(void **state)
{
    struct cache *cache = cache_new(&limits, &hash_key);
    struct provider provider = {0};
    const struct lookup_question asked = question("1.2.3.4", &provider);
    struct outcome outcome;

    (void)state;
    keep(cache, "1.2.3.4", &provider, S, "old");
    assert_int_equal(find(cache, "1.2.3.4", &provider, 101 * S, &outcome), CACHE_STALE);
    assert_null(outcome.record);
    assert_true(cache_find_stale(cache, &asked, 150 * S, &outcome));
    assert_true(outcome.is_stale);
    assert_int_equal(outcome.fresh_s, 0);
    assert_string_equal(record_get(outcome.record, RECORD_CITY), "old");
    outcome_fini(&outcome);
    assert_false(cache_find_stale(cache, &asked, 151 * S, &outcome));
    cache_free(cache);
}

static void the_one_that_was_not_used_for_longest_goes_first(void **state)
{
    struct cache *cache = cache_new(&limits, &hash_key);

    (void)state;
    keep(cache, "1.0.0.1", NULL, S, "a");
    keep(cache, "1.0.0.2", NULL, S, "b");
    keep(cache, "1.0.0.3", NULL, S, "c");
    keep(cache, "1.0.0.3", NULL, S, "d"); /* replaces */
    assert_true(has(cache, "1.0.0.1", NULL, S));
    keep(cache, "1.0.0.4", NULL, S, "e");
    assert_false(has(cache, "1.0.0.2", NULL, S));
    assert_true(has(cache, "1.0.0.1", NULL, S));
    assert_true(has(cache, "1.0.0.3", NULL, S));
    assert_int_equal(cache_stats(cache).entries, 3);
    assert_int_equal(cache_stats(cache).evictions, 1);
    cache_free(cache);
}

static void bytes_are_bounded(void **state)
{
    struct cache_limits small = limits;
    struct cache *cache;
    size_t one;

    (void)state;
    cache = cache_new(&limits, &hash_key);
    keep(cache, "1.0.0.1", NULL, S, "a");
    one = cache_stats(cache).bytes;
    cache_free(cache);
    small.max_bytes = 2 * one;
    cache = cache_new(&small, &hash_key);
    keep(cache, "1.0.0.1", NULL, S, "a");
    keep(cache, "1.0.0.2", NULL, S, "b");
    keep(cache, "1.0.0.3", NULL, S, "c");
    assert_int_equal(cache_stats(cache).entries, 2);
    assert_int_equal(cache_stats(cache).bytes, 2 * one);
    cache_free(cache);
    small.max_bytes = one - 1;
    cache = cache_new(&small, &hash_key);
    keep(cache, "1.0.0.1", NULL, S, "a");
    assert_int_equal(cache_stats(cache).entries, 0);
    cache_free(cache);
}

static void nothing_is_kept_where_nothing_may_be(void **state)
{
    const struct cache_limits none = {0};
    struct cache *cache = cache_new(&none, &hash_key);

    (void)state;
    keep(cache, "1.0.0.1", NULL, S, "a");
    assert_false(has(cache, "1.0.0.1", NULL, S));
    cache_free(cache);
    cache_free(NULL);
}

static void what_is_reserved_stays_so(void **state)
{
    const struct provider x = {.name = "x"};
    const struct lookup_question asked = question("1.2.3.4", &x);
    const struct outcome reserved = {.source = "x", .kind = IP_KIND_RESERVED, .fresh_s = 10};
    struct cache *cache = cache_new(&limits, &hash_key);
    struct outcome outcome;

    (void)state;
    cache_keep(cache, &asked, S, &reserved);
    assert_int_equal(find(cache, "1.2.3.4", &x, S, &outcome), CACHE_FRESH);
    assert_int_equal(outcome.kind, IP_KIND_RESERVED);
    assert_null(outcome.record);
    cache_free(cache);
}

static void languages_and_chains_are_told_apart(void **state)
{
    const struct provider x[2] = {{.name = "x"}, {.name = "y"}};
    struct cache *cache = cache_new(&limits, &hash_key);
    struct lookup_question asked = question("1.2.3.4", x);
    struct outcome outcome = {0};

    (void)state;
    keep(cache, "1.2.3.4", x, S, "a");
    assert_int_equal(cache_find(cache, &asked, S, &outcome), CACHE_FRESH);
    outcome_fini(&outcome);
    strcpy(asked.lang, "de");
    assert_int_equal(cache_find(cache, &asked, S, &outcome), CACHE_MISS);
    asked = question("1.2.3.4", x);
    asked.providers.count = 2;
    assert_int_equal(cache_find(cache, &asked, S, &outcome), CACHE_MISS);
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_reserved_stays_so),
        cmocka_unit_test(languages_and_chains_are_told_apart),
        cmocka_unit_test(an_answer_is_fresh_for_its_time),
        cmocka_unit_test(who_is_asked_makes_a_difference),
        cmocka_unit_test(an_unknown_address_is_remembered_for_a_shorter_time),
        cmocka_unit_test(failures_are_not_kept),
        cmocka_unit_test(an_old_answer_can_stand_in_for_a_while),
        cmocka_unit_test(the_one_that_was_not_used_for_longest_goes_first),
        cmocka_unit_test(bytes_are_bounded),
        cmocka_unit_test(nothing_is_kept_where_nothing_may_be)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

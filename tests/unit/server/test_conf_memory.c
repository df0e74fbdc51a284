/* Memory: arrays that grow, and every allocation of a reading failing in turn. */
#include "conf_memory.h"

#include "alloc_fail.h"
#include "conf_dir.h"
#include "conf_dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void takes_zeroed_pieces_and_copies_texts(void **state)
{
    struct conf conf = {.vhosts = NULL};
    unsigned char *piece = conf_memory_take(&conf, 100);
    char *text = conf_memory_text(&conf, "hello", 4);
    size_t n;

    (void)state;
    for (n = 0; n < 100; n++)
        assert_int_equal(piece[n], 0);
    assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
    assert_string_equal(text, "hell");
    assert_null(conf_memory_take(&conf, SIZE_MAX));
    conf_memory_free(&conf);
    assert_null(conf.blocks);
    conf_memory_free(&conf);
}

static void grows_arrays_and_keeps_their_elements(void **state)
{
    struct conf conf = {.vhosts = NULL};
    unsigned long *numbers = NULL, *next;
    size_t count = 0, n;

    (void)state;
    for (n = 0; n < 1000; n++) {
        next = conf_memory_next(&conf, &numbers, &count, sizeof(*numbers));
        assert_non_null(next);
        assert_int_equal(*next, 0);
        *next = n * 3;
        assert_int_equal(count, n + 1);
    }
    for (n = 0; n < 1000; n++)
        assert_int_equal(numbers[n], n * 3);
    conf_memory_free(&conf);
}

struct said {
    unsigned errors;
    char last[200];
};

static void take(void *user, bool is_error, const char *line)
{
    struct said *said = user;

    said->errors += is_error;
    snprintf(said->last, sizeof(said->last), "%s", line);
}

/* Read a folder with the allocation number `n` failing. Returns true when it failed; `said`
 * is the one complaint then, if there is one. */
static bool read_failing(const char *dir, unsigned long n, struct said *said)
{
    struct conf_features features = conf_debian_features();
    struct conf_env env = {
        .data_dir = "/data", .features = &features, .complain = take, .user = said};
    struct conf *conf;
    bool has_failed;

    said->errors = 0;
    alloc_fail_arm(n);
    conf = conf_read_dir(dir, &env);
    has_failed = alloc_fail_disarm();
    assert_int_equal(said->errors, conf ? 0 : 1);
    conf_free(conf);
    return has_failed;
}

static const char *const cases[] = {"fragments", "mount-keys", "repeatable", "data-dir", "headers"};

/* Only our own allocations: jansson 2.14 itself crashes when its lexer gets no memory. */
static void says_so_whenever_memory_is_short(void **state)
{
    char dir[400];
    unsigned long n;
    struct said said;
    size_t which;

    (void)state;
    for (which = 0; which < sizeof(cases) / sizeof(cases[0]); which++) {
        snprintf(dir, sizeof(dir), "%s/valid/%s", CONF_DATA, cases[which]);
        for (n = 0; read_failing(dir, n, &said); n++)
            if (!said.errors || !strstr(said.last, ": out of memory"))
                fail_msg("allocation %lu of %s: %s", n, cases[which], said.last);
        assert_true(n > 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_zeroed_pieces_and_copies_texts),
        cmocka_unit_test(grows_arrays_and_keeps_their_elements),
        cmocka_unit_test(says_so_whenever_memory_is_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

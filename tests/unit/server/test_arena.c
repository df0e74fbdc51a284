#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void blocks_are_zeroed_and_aligned(void **state)
{
    struct arena arena = {0};
    size_t n, m;

    (void)state;
    for (n = 0; n < 100; n++) {
        unsigned char *block = arena_new(&arena, n, 7);

        assert_non_null(block);
        assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
        for (m = 0; m < n * 7; m++)
            assert_int_equal(block[m], 0);
        memset(block, 0xff, n * 7);
    }
    arena_free(&arena);
    assert_null(arena.newest);
    arena_free(&arena);
}

static void impossible_sizes_are_refused(void **state)
{
    struct arena arena = {0};

    (void)state;
    assert_null(arena_new(&arena, SIZE_MAX, 2));
    assert_null(arena_new(&arena, SIZE_MAX, 1));
    assert_null(arena.newest);
}

static void texts(void **state)
{
    struct arena arena = {0};
    char *first = arena_printf(&arena, "%s:%d", "x", 1), *second = arena_printf(&arena, "%s", "");

    (void)state;
    assert_string_equal(first, "x:1");
    assert_string_equal(second, "");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zeroed_and_aligned),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(texts),
    };

    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}

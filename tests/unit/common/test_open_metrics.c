#include "open_metrics.h"

#include "alloc_fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_page(void **state)
{
    static const char *const words[] = {"red", NULL, "blue"};
    static const uint64_t values[] = {1, 2, 3};
    struct bytes out = {0};
    struct metrics_page page = {.out = &out};

    (void)state;
    metrics_gauge(&page, "x_lag_bytes", "bytes", "Bytes behind.", 7);
    metrics_counter(&page, "x_hits", NULL, "Hits.", 8);
    metrics_family(&page, "x_balls", "counter", NULL, "Balls.");
    metrics_labelled_all(&page, "x_balls_total", "colour", words, values, 3);
    assert_int_equal(metrics_end(&page), 0);
    assert_string_equal(out.data, "# TYPE x_lag_bytes gauge\n"
                                  "# UNIT x_lag_bytes bytes\n"
                                  "# HELP x_lag_bytes Bytes behind.\n"
                                  "x_lag_bytes 7\n"
                                  "# TYPE x_hits counter\n"
                                  "# HELP x_hits Hits.\n"
                                  "x_hits_total 8\n"
                                  "# TYPE x_balls counter\n"
                                  "# HELP x_balls Balls.\n"
                                  "x_balls_total{colour=\"red\"} 1\n"
                                  "x_balls_total{colour=\"blue\"} 3\n"
                                  "# EOF\n");
    bytes_fini(&out);
}

static void short_memory_is_remembered(void **state)
{
    struct bytes out = {0};
    struct metrics_page page = {.out = &out};

    (void)state;
    alloc_fail_arm(0);
    metrics_gauge(&page, "x", NULL, "X.", 1);
    assert_true(alloc_fail_disarm());
    metrics_gauge(&page, "y", NULL, "Y.", 1);
    assert_int_equal(metrics_end(&page), -1);
    bytes_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_page),
                                       cmocka_unit_test(short_memory_is_remembered)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

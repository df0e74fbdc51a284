#include "host_metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void counts_of_requests_add_up(void **state)
{
    struct host_counters counters = {.started_ms = 1000};
    const struct host_report report = {.counters = &counters,
                                       .version = "1.2.3",
                                       .libwebsockets = "4.1.6",
                                       .log_lines = 5,
                                       .log_dropped = 6,
                                       .now_ms = 62999};
    struct bytes page = {0};

    (void)state;
    counters_request(&counters, 200, 100, 900);
    counters_request(&counters, 200, 50, 1000);
    counters_request(&counters, 404, 7, 1001);
    counters_request(&counters, 0, 0, 6000000);
    counters_request(&counters, 299, 0, 0);
    counters.log_lines = 10;
    assert_int_equal(host_metrics_write(&page, &report), 0);
#define SAYS(line) assert_non_null(strstr(page.data, "\n" line "\n"))
    SAYS("lwshost_info{version=\"1.2.3\",libwebsockets=\"4.1.6\"} 1");
    SAYS("lwshost_http_requests_total{status=\"200\"} 2");
    SAYS("lwshost_http_requests_total{status=\"404\"} 1");
    SAYS("lwshost_http_requests_total{status=\"none\"} 1");
    SAYS("lwshost_http_requests_total{status=\"other\"} 1");
    SAYS("lwshost_http_request_duration_seconds_bucket{le=\"0.001\"} 3");
    SAYS("lwshost_http_request_duration_seconds_bucket{le=\"0.005\"} 4");
    SAYS("lwshost_http_request_duration_seconds_bucket{le=\"5.0\"} 4");
    SAYS("lwshost_http_request_duration_seconds_bucket{le=\"+Inf\"} 5");
    SAYS("lwshost_http_request_duration_seconds_sum 6.002901");
    SAYS("lwshost_http_request_duration_seconds_count 5");
    SAYS("lwshost_http_body_bytes_total 157");
    SAYS("lwshost_log_lines_total 15");
    SAYS("lwshost_log_dropped_lines_total 6");
    SAYS("process_start_time_seconds 1.000000");
    bytes_fini(&page);
}

static void each_status_is_counted_once(void **state)
{
    struct host_counters counters = {0};
    int n;

    (void)state;
    for (n = 0; n < COUNTED_STATUSES; n++)
        counters_request(&counters, counted_statuses[n], 0, 0);
    for (n = 0; n < COUNTED_STATUSES; n++)
        assert_int_equal(counters.requests[n], 1);
}

static void health_says_whether_it_drains(void **state)
{
    struct host_counters counters = {.started_ms = 1000};
    struct host_report report = {.counters = &counters, .version = "1", .now_ms = 62999};
    struct bytes body = {0};

    (void)state;
    assert_int_equal(host_health_write(&body, &report), 0);
    assert_string_equal(body.data, "{\"status\":\"ok\",\"version\":\"1\",\"uptime_s\":61}\n");
    bytes_clear(&body);
    report.is_draining = true;
    report.now_ms = 0; /* the clock was set back */
    assert_int_equal(host_health_write(&body, &report), 0);
    assert_string_equal(body.data, "{\"status\":\"draining\",\"version\":\"1\",\"uptime_s\":0}\n");
    bytes_fini(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_requests_add_up),
        cmocka_unit_test(each_status_is_counted_once),
        cmocka_unit_test(health_says_whether_it_drains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

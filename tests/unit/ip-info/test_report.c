#include "report.h"

#include "alloc_fail.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct report report_of(const struct fake_world *world, const struct tally *tally)
{
    return (struct report){.tally = tally,
                           .flights = world->flights,
                           .chains = &world->service.chains,
                           .fetch = {.connections = 3,
                                     .waiting = 4,
                                     .opened = 5,
                                     .stale = 6,
                                     .h2_connections = 1,
                                     .h2_streams = 7},
                           .open_requests = 2,
                           .now_us = world->now_us};
}

static void has_line(const struct bytes *page, const char *line)
{
    const char *at = strstr(page->data, line);

    if (!at || at[strlen(line)] != '\n' || (at != page->data && at[-1] != '\n'))
        fail_msg("no line %s in\n%s", line, page->data);
}

static void what_was_counted_is_told(void **state)
{
    struct fake_world world;
    struct tally tally = {.streams = 0};
    struct outcome outcomes[3] = {{0}};
    struct bytes page = {0};
    struct report report;

    (void)state;
    fake_world_init(&world);
    tally_request(&tally, 200);
    tally_request(&tally, 200);
    tally_request(&tally, 555);
    outcome_fail(&outcomes[1], OUTCOME_TIMEOUT, "x");
    tally_outcomes(&tally, outcomes, 3);
    report = report_of(&world, &tally);
    assert_int_equal(report_metrics(&report, &page), 0);
    has_line(&page, "ip_info_requests_total{status=\"200\"} 2");
    has_line(&page, "ip_info_requests_total{status=\"other\"} 1");
    has_line(&page, "ip_info_requests_total{status=\"503\"} 0");
    has_line(&page, "ip_info_lookups_total{code=\"found\"} 2");
    has_line(&page, "ip_info_lookups_total{code=\"timeout\"} 1");
    has_line(&page, "ip_info_connections 3");
    has_line(&page, "ip_info_h2_connections 1");
    has_line(&page, "ip_info_h2_streams 7");
    has_line(&page, "ip_info_requests_waiting 4");
    has_line(&page, "ip_info_connections_opened_total 5");
    has_line(&page, "ip_info_connections_stale_total 6");
    has_line(&page, "ip_info_open_requests 2");
    has_line(&page, "ip_info_provider_usable{provider=\"sina\"} 1");
    assert_string_equal(page.data + page.len - 6, "# EOF\n");
    bytes_fini(&page);
    alloc_fail_arm(0);
    assert_int_equal(report_metrics(&report, &page), -1);
    alloc_fail_disarm();
    bytes_fini(&page);
    fake_world_fini(&world);
}

static void health_is_that_of_the_providers(void **state)
{
    static const char *const pairs[] = {
        "providers",        "sina", "sina:url", "http://192.0.2.1/?ip={ip}",
        "sina:private",     "1",    "attempts", "1",
        "breaker-failures", "1",    NULL};
    struct fake_world world;
    struct tally tally = {.streams = 0};
    struct bytes page = {0};
    struct report report;
    struct outcome outcome;
    struct flight_waiter waiter = {.outcome = &outcome};
    struct lookup_question question = {.addr = fixture_addr("1.2.3.4")};
    bool is_ok = false;

    (void)state;
    fake_world_init_with(&world, pairs);
    report = report_of(&world, &tally);
    assert_int_equal(report_health(&report, &is_ok, &page), 0);
    assert_true(is_ok);
    assert_string_equal(page.data, "{\"status\":\"ok\",\"providers\":[{\"name\":\"sina\",\"state\":"
                                   "\"ok\"}]}\n");
    assert_int_equal(settings_chain(&world.settings, "", &question.providers), 0);
    question.deadline_us = world.now_us + 2000000;
    world.refuses = FETCH_OK;
    waiter.done = NULL;
    assert_false(flights_ask(world.flights, &question, &waiter));
    flights_forget(&waiter);
    fake_fail(&world, 0, FETCH_CONNECT_FAILED);
    bytes_clear(&page);
    assert_int_equal(report_health(&report, &is_ok, &page), 0);
    assert_false(is_ok);
    assert_non_null(strstr(page.data, "\"status\":\"unavailable\""));
    assert_non_null(strstr(page.data, "\"state\":\"open\""));
    bytes_fini(&page);
    fake_world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_counted_is_told),
                                       cmocka_unit_test(health_is_that_of_the_providers)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "report.h"

#include "json_out.h"

#include <inttypes.h>
#include <stdio.h>

enum provider_state { STATE_OK, STATE_PAUSED, STATE_OPEN, STATE_UNUSABLE, STATES };

static const char *const state_names[STATES] = {"ok", "paused", "open", "unusable"};

static enum provider_state state_of(const struct report *report, size_t n)
{
    const struct chains *chains = report->chains;
    unsigned retry_after_s;
    uint64_t start_us;

    if (chains->settings->providers[n].missing[0])
        return STATE_UNUSABLE;
    switch (
        gate_ask(&chains->gates[n], report->now_us, report->now_us, &start_us, &retry_after_s)) {
    case OUTCOME_FOUND:
        return STATE_OK;
    case OUTCOME_CIRCUIT_OPEN:
        return STATE_OPEN;
    default:
        return STATE_PAUSED;
    }
}

int report_health(const struct report *report, bool *is_ok, struct bytes *out)
{
    const struct settings *settings = report->chains->settings;
    struct bytes list = {0};
    struct json_out json = {.out = &list};
    size_t n;
    int result;

    *is_ok = false;
    json_out_open(&json, '[');
    for (n = 0; n < settings->provider_count; n++) {
        enum provider_state state = state_of(report, n);

        *is_ok = *is_ok || state == STATE_OK;
        json_out_open(&json, '{');
        json_out_key(&json, "name");
        json_out_string(&json, settings->providers[n].name);
        json_out_key(&json, "state");
        json_out_string(&json, state_names[state]);
        json_out_close(&json, '}');
    }
    json_out_close(&json, ']');
    result = json.has_failed ? -1
                             : bytes_printf(out, "{\"status\":\"%s\",\"providers\":%s}\n",
                                            *is_ok ? "ok" : "unavailable", list.data);
    bytes_fini(&list);
    return result;
}

static void write_requests(struct metrics_page *page, const struct report *report)
{
    const char *codes[OUTCOME_CODE_COUNT];
    char status[12];
    int n;

    metrics_family(page, "ip_info_requests", "counter", NULL, "Answers, by their HTTP status.");
    for (n = 0; n < TALLY_STATUSES; n++) {
        snprintf(status, sizeof(status), tally_statuses[n] ? "%u" : "other", tally_statuses[n]);
        metrics_labelled(page, "ip_info_requests_total", "status", status,
                         report->tally->requests[n]);
    }
    for (n = 0; n < OUTCOME_CODE_COUNT; n++)
        codes[n] = outcome_code_name((enum outcome_code)n);
    codes[OUTCOME_FOUND] = "found";
    metrics_family(page, "ip_info_lookups", "counter", NULL,
                   "Addresses that were answered, by how that ended.");
    metrics_labelled_all(page, "ip_info_lookups_total", "code", codes, report->tally->outcomes,
                         OUTCOME_CODE_COUNT);
    metrics_counter(page, "ip_info_streams", NULL, "Answers that were sent line by line.",
                    report->tally->streams);
    metrics_gauge(page, "ip_info_open_requests", NULL, "Requests without a whole answer.",
                  report->open_requests);
}

static void write_flights(struct metrics_page *page, const struct report *report)
{
    const struct flight_stats flights = flights_stats(report->flights);
    const struct cache_stats cache = flights_cache_stats(report->flights);

    metrics_counter(page, "ip_info_lookups_started", NULL, "Lookups at providers.",
                    flights.started);
    metrics_counter(page, "ip_info_lookups_joined", NULL,
                    "Questions that joined a lookup under way.", flights.joined);
    metrics_gauge(page, "ip_info_lookups_under_way", NULL, "Lookups at providers now.",
                  flights.under_way);
    metrics_counter(page, "ip_info_cache_hits", NULL, "Questions with a kept answer.", cache.hits);
    metrics_counter(page, "ip_info_cache_misses", NULL, "Questions without one.", cache.misses);
    metrics_counter(page, "ip_info_cache_stale_hits", NULL,
                    "Old answers that stood in for a failure.", cache.stale_hits);
    metrics_counter(page, "ip_info_cache_evictions", NULL, "Answers that made room for others.",
                    cache.evictions);
    metrics_gauge(page, "ip_info_cache_entries", NULL, "Kept answers.", cache.entries);
    metrics_gauge(page, "ip_info_cache_bytes", "bytes", "Bytes of them.", cache.bytes);
}

static void write_fetch(struct metrics_page *page, const struct report *report)
{
    const struct fetch_stats *fetch = &report->fetch;

    metrics_gauge(page, "ip_info_connections", NULL, "Connections to providers.",
                  fetch->connections);
    metrics_gauge(page, "ip_info_h2_connections", NULL, "Those of them that speak HTTP/2.",
                  fetch->h2_connections);
    metrics_gauge(page, "ip_info_h2_streams", NULL, "Requests under way on those.",
                  fetch->h2_streams);
    metrics_gauge(page, "ip_info_requests_waiting", NULL, "Requests that wait for a connection.",
                  fetch->waiting);
    metrics_counter(page, "ip_info_connections_opened", NULL, "Connections that were tried.",
                    fetch->opened);
    metrics_counter(page, "ip_info_connections_stale", NULL,
                    "Requests that were sent again because the connection had gone meanwhile, or "
                    "the server had not begun with them.",
                    fetch->stale);
    metrics_counter(page, "ip_info_requests_queue_full", NULL,
                    "Requests that were refused because too many waited.", fetch->queue_full);
}

/* Names of providers are words of the configuration. */
static void write_providers(struct metrics_page *page, const struct report *report)
{
    const struct settings *settings = report->chains->settings;
    size_t n;

    metrics_family(page, "ip_info_attempts", "counter", NULL, "Requests to providers.");
    for (n = 0; n < settings->provider_count; n++)
        metrics_labelled(page, "ip_info_attempts_total", "provider", settings->providers[n].name,
                         report->chains->attempts[n]);
    metrics_family(page, "ip_info_attempt_failures", "counter", NULL,
                   "Those that ended without an answer.");
    for (n = 0; n < settings->provider_count; n++)
        metrics_labelled(page, "ip_info_attempt_failures_total", "provider",
                         settings->providers[n].name, report->chains->failures[n]);
    metrics_family(page, "ip_info_provider_usable", "gauge", NULL,
                   "1: it may be asked now; 0: its breaker is open, or its quota used up.");
    for (n = 0; n < settings->provider_count; n++)
        metrics_labelled(page, "ip_info_provider_usable", "provider", settings->providers[n].name,
                         state_of(report, n) == STATE_OK);
}

int report_metrics(const struct report *report, struct bytes *out)
{
    struct metrics_page page = {.out = out};

    write_requests(&page, report);
    write_flights(&page, report);
    write_fetch(&page, report);
    write_providers(&page, report);
    return metrics_end(&page);
}

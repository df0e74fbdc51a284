#include "host_metrics.h"

#include "open_metrics.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define US_PER_S 1000000u

static void write_seconds(struct metrics_page *page, const char *sample, uint64_t us)
{
    page->failed |= bytes_printf(page->out, "%s %" PRIu64 ".%06" PRIu64 "\n", sample, us / US_PER_S,
                                 us % US_PER_S);
}

static void write_statuses(struct metrics_page *page, const struct host_counters *counters)
{
    char word[12];
    int n;

    metrics_family(page, "lwshost_http_requests", "counter", NULL,
                   "HTTP requests that are over, by the status of their answer; none: without an "
                   "answer; other: also where it is not known.");
    for (n = 0; n < COUNTED_STATUSES; n++) {
        unsigned status = counted_statuses[n];

        if (status >= 100)
            snprintf(word, sizeof(word), "%u", status);
        else
            snprintf(word, sizeof(word), status ? "other" : "none");
        metrics_labelled(page, "lwshost_http_requests_total", "status", word,
                         counters->requests[n]);
    }
}

static void write_durations(struct metrics_page *page, const struct host_counters *counters)
{
    static const char *const ends[COUNTED_DURATIONS] = {"0.001", "0.005", "0.01", "0.05", "0.1",
                                                        "0.5",   "1.0",   "5.0",  "+Inf"};
    uint64_t count = 0;
    int n;

    metrics_family(page, "lwshost_http_request_duration_seconds", "histogram", "seconds",
                   "From a request's headers to the end of its answer.");
    for (n = 0; n < COUNTED_DURATIONS; n++) {
        count += counters->durations[n];
        metrics_labelled(page, "lwshost_http_request_duration_seconds_bucket", "le", ends[n],
                         count);
    }
    write_seconds(page, "lwshost_http_request_duration_seconds_sum", counters->duration_us);
    page->failed |=
        bytes_printf(page->out, "lwshost_http_request_duration_seconds_count %" PRIu64 "\n", count);
}

static void write_http(struct metrics_page *page, const struct host_report *report)
{
    const struct host_counters *counters = report->counters;

    write_statuses(page, counters);
    write_durations(page, counters);
    metrics_counter(page, "lwshost_http_body_bytes", "bytes", "Bytes of the answers' bodies.",
                    counters->body_bytes);
    metrics_gauge(page, "lwshost_http_open_requests", NULL, "HTTP requests under way.",
                  report->open_requests);
    metrics_counter(page, "lwshost_refused_upgrades", NULL,
                    "WebSocket upgrades that name no protocol of the vhost.",
                    counters->refused_upgrades);
    metrics_family(page, "lwshost_refused_connections", "counter", NULL,
                   "Connections that were closed at once.");
    metrics_labelled(page, "lwshost_refused_connections_total", "reason", "full",
                     counters->refused_full);
    metrics_labelled(page, "lwshost_refused_connections_total", "reason", "stopping",
                     counters->refused_stopping);
}

static void write_host(struct metrics_page *page, const struct host_report *report)
{
    const struct host_counters *counters = report->counters;

    metrics_family(page, "lwshost", "info", NULL, "What runs here.");
    page->failed |= bytes_printf(page->out, "lwshost_info{version=\"%s\",libwebsockets=\"%s\"} 1\n",
                                 report->version, report->libwebsockets);
    metrics_gauge(page, "lwshost_draining", NULL, "1 while the server stops.", report->is_draining);
    metrics_family(page, "lwshost_configurations", "counter", NULL,
                   "Configurations that were read, at the start and at SIGHUP.");
    metrics_labelled(page, "lwshost_configurations_total", "result", "taken", counters->loads);
    metrics_labelled(page, "lwshost_configurations_total", "result", "refused",
                     counters->bad_loads);
    metrics_counter(page, "lwshost_log_lines", NULL, "Lines of the access and event logs.",
                    counters->log_lines + report->log_lines);
    metrics_counter(page, "lwshost_log_dropped_lines", NULL,
                    "Lines that were dropped because their file was too slow or full.",
                    counters->log_dropped + report->log_dropped);
}

static uint64_t count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry;
    uint64_t count = 0;

    if (!folder)
        return 0;
    while ((entry = readdir(folder)))
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count ? count - 1 : 0; /* the folder's own */
}

static uint64_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    unsigned long long all = 0, resident = 0;

    if (!file)
        return 0;
    if (fscanf(file, "%llu %llu", &all, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The names that other programs have for the same, so that dashboards know them. */
static void write_process(struct metrics_page *page, const struct host_report *report)
{
    struct rusage usage = {0};
    uint64_t cpu_us;

    getrusage(RUSAGE_SELF, &usage);
    cpu_us = ((uint64_t)usage.ru_utime.tv_sec + (uint64_t)usage.ru_stime.tv_sec) * US_PER_S +
             (uint64_t)usage.ru_utime.tv_usec + (uint64_t)usage.ru_stime.tv_usec;
    metrics_family(page, "process_cpu_seconds", "counter", "seconds", "Processor time.");
    write_seconds(page, "process_cpu_seconds_total", cpu_us);
    metrics_family(page, "process_start_time_seconds", "gauge", "seconds",
                   "When the process began, since 1970.");
    write_seconds(page, "process_start_time_seconds",
                  (uint64_t)report->counters->started_ms * 1000);
    metrics_gauge(page, "process_resident_memory_bytes", "bytes", "Memory.", resident_bytes());
    metrics_gauge(page, "process_open_fds", NULL, "Descriptors that are open.",
                  count_descriptors());
    metrics_gauge(page, "lwshost_connection_fds", NULL,
                  "Descriptors up to which clients are let in.", report->connections_max);
}

int host_metrics_write(struct bytes *out, const struct host_report *report)
{
    struct metrics_page page = {.out = out};

    write_host(&page, report);
    write_http(&page, report);
    write_process(&page, report);
    return metrics_end(&page);
}

int host_health_write(struct bytes *out, const struct host_report *report)
{
    int64_t uptime_ms = report->now_ms - report->counters->started_ms;

    return bytes_printf(out, "{\"status\":\"%s\",\"version\":\"%s\",\"uptime_s\":%" PRId64 "}\n",
                        report->is_draining ? "draining" : "ok", report->version,
                        uptime_ms > 0 ? uptime_ms / 1000 : 0);
}

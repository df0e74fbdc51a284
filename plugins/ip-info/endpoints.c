#include "endpoints.h"

#include "openapi_text.h"
#include "report.h"
#include "respond.h"

#include <string.h>

enum endpoint endpoint_find(const char *path, size_t len)
{
    static const struct {
        const char *path;
        enum endpoint endpoint;
    } table[] = {{"health", ENDPOINT_HEALTH},
                 {"metrics", ENDPOINT_METRICS},
                 {"openapi.json", ENDPOINT_OPENAPI}};
    size_t n;

    if (len && path[0] == '/') {
        path++;
        len--;
    }
    for (n = 0; n < sizeof(table) / sizeof(table[0]); n++)
        if (strlen(table[n].path) == len && memcmp(table[n].path, path, len) == 0)
            return table[n].endpoint;
    return ENDPOINT_NONE;
}

static struct report report_of(const struct request_host *host)
{
    struct report report = {.tally = &host->tally,
                            .flights = host->flights,
                            .chains = &host->service->chains,
                            .open_requests = host->open,
                            .now_us = (uint64_t)lws_now_usecs()};

    fetch_client_stats(host->client, &report.fetch);
    return report;
}

static int fill(const struct request_host *host, enum endpoint endpoint, struct answer *answer)
{
    const struct report report = report_of(host);
    bool is_ok = true;
    int result = -1;

    switch (endpoint) {
    case ENDPOINT_HEALTH:
        answer->content_type = "application/json";
        result = report_health(&report, &is_ok, &answer->body);
        break;
    case ENDPOINT_METRICS:
        answer->content_type = OPEN_METRICS_CONTENT_TYPE;
        result = report_metrics(&report, &answer->body);
        break;
    case ENDPOINT_OPENAPI:
        answer->content_type = "application/json";
        answer->fresh_s = 3600;
        result = bytes_append(&answer->body, openapi_text, sizeof(openapi_text));
        break;
    case ENDPOINT_NONE:
        break;
    }
    answer->status = is_ok ? 200 : 503;
    return result;
}

int endpoint_answer(struct request *request, enum endpoint endpoint, bool is_admin)
{
    struct answer answer = {0};
    int result;

    if (endpoint == ENDPOINT_METRICS && !is_admin)
        return respond_refusal(request, 403, "the metrics are for the networks of admin-net", 0);
    result = fill(request->host, endpoint, &answer);
    if (result == 0)
        result = respond(request, &answer);
    answer_fini(&answer);
    return result;
}

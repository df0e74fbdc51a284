#include "lookup.h"

#include "bytes.h"

#include <stdlib.h>
#include <string.h>

struct lookup {
    const struct provider *provider;
    struct outcome *outcome;
    lookup_done_fn *done;
    void *opaque;
    unsigned long patience_ms; /* what a timeout says that it waited */
};

static void fail_fetch(struct outcome *outcome, enum fetch_error error, unsigned long patience_ms)
{
    switch (error) {
    case FETCH_TIMEOUT:
        outcome_fail(outcome, OUTCOME_TIMEOUT, "no answer in %lu ms", patience_ms);
        break;
    case FETCH_CONNECT_FAILED:
        outcome_fail(outcome, OUTCOME_CONNECT_FAILED, "the provider can't be reached");
        break;
    case FETCH_TLS_FAILED:
        outcome_fail(outcome, OUTCOME_TLS_FAILED, "no secure connection to the provider");
        break;
    case FETCH_DNS_FAILED:
        outcome_fail(outcome, OUTCOME_DNS_FAILED, "the provider's name has no usable address");
        break;
    case FETCH_CLOSED:
        outcome_fail(outcome, OUTCOME_UPSTREAM_CLOSED, "the connection ended before the answer");
        break;
    case FETCH_TOO_LARGE:
        outcome_fail(outcome, OUTCOME_TOO_LARGE, "the answer is too large");
        break;
    case FETCH_QUEUE_FULL:
        outcome_fail(outcome, OUTCOME_QUEUE_FULL, "too many lookups are waiting");
        break;
    case FETCH_OK:
    case FETCH_NO_ORIGIN:
    case FETCH_NO_MEMORY:
    case FETCH_STOPPED:
        outcome_fail(outcome, OUTCOME_INTERNAL, "out of memory or stopping");
        break;
    }
}

static void on_response(void *opaque, const struct fetch_response *response)
{
    struct lookup *lookup = opaque;
    lookup_done_fn *done = lookup->done;
    void *done_opaque = lookup->opaque;

    lookup->outcome->source = lookup->provider->name;
    if (response->error == FETCH_OK)
        provider_read(lookup->provider, response->code, response->retry_after_s, response->body,
                      response->body_bytes, lookup->outcome);
    else
        fail_fetch(lookup->outcome, response->error, lookup->patience_ms);
    free(lookup);
    done(done_opaque);
}

static enum fetch_error ask(const struct lookup_service *service, struct lookup *lookup,
                            const struct lookup_question *question)
{
    static const struct fetch_header headers[] = {{"Accept", "application/json"},
                                                  {"User-Agent", "lwshost-ip-info"}};
    const struct ip_addr subject = ip_class_subject(&question->addr);
    uint64_t now_us = service->ports.now_us(service->ports.opaque);
    uint64_t attempt_end_us = now_us + lookup->provider->timeout_ms * 1000;
    struct fetch_request request = {.method = "GET",
                                    .headers = headers,
                                    .header_count = sizeof(headers) / sizeof(headers[0]),
                                    .max_reply_bytes = service->settings->max_reply_bytes};
    char ip[IP_ADDR_TEXT_BYTES];
    struct bytes url = {0};
    enum fetch_error error = FETCH_NO_MEMORY;

    request.deadline_us =
        attempt_end_us < question->deadline_us ? attempt_end_us : question->deadline_us;
    lookup->patience_ms = request.deadline_us > now_us
                              ? (unsigned long)((request.deadline_us - now_us + 500) / 1000)
                              : 0;
    ip_addr_format(&subject, ip);
    if (provider_url(lookup->provider, ip, &url) == 0) {
        request.url = url.data;
        error = service->ports.fetch(service->ports.opaque, &request, on_response, lookup);
    }
    bytes_fini(&url);
    return error;
}

static bool answer_locally(const struct lookup_question *question, struct outcome *outcome)
{
    outcome->kind = ip_class_of(&question->addr);
    if (outcome->kind != IP_KIND_PUBLIC) {
        outcome->source = "local";
        return true;
    }
    if (question->provider)
        return false;
    outcome_fail(outcome, OUTCOME_NO_PROVIDER, "there is nobody to ask");
    return true;
}

bool lookup_start(const struct lookup_service *service, const struct lookup_question *question,
                  struct outcome *outcome, lookup_done_fn *done, void *opaque)
{
    struct lookup *lookup;
    enum fetch_error error;

    memset(outcome, 0, sizeof(*outcome));
    if (answer_locally(question, outcome))
        return true;
    outcome->source = question->provider->name;
    lookup = calloc(1, sizeof(*lookup));
    if (!lookup) {
        fail_fetch(outcome, FETCH_NO_MEMORY, 0);
        return true;
    }
    lookup->provider = question->provider;
    lookup->outcome = outcome;
    lookup->done = done;
    lookup->opaque = opaque;
    error = ask(service, lookup, question);
    if (error == FETCH_OK)
        return false;
    fail_fetch(outcome, error, 0);
    free(lookup);
    return true;
}

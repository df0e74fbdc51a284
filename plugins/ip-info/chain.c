#include "chain.h"

#include <stdlib.h>
#include <string.h>

#define MIN_ATTEMPT_US 10000 /* with less time than that nobody is asked */

struct chain {
    struct chains *chains;
    struct outcome *outcome;
    chain_done_fn *done;
    void *opaque;
    struct settings_chain providers;
    size_t at;           /* the provider of `providers` whose turn it is */
    unsigned long tries; /* at that one */
    bool is_probe;
    struct ip_addr addr;
    char lang[PROVIDER_LANG_BYTES];
    const char *called_lang; /* as the provider calls it */
    struct provider_request request;
    uint64_t attempt_us, deadline_us, requester;
    unsigned long patience_ms; /* what a timeout says that it waited */
};

int chains_init(struct chains *chains, const struct settings *settings,
                const struct chain_ports *ports)
{
    size_t n;

    memset(chains, 0, sizeof(*chains));
    chains->settings = settings;
    chains->ports = *ports;
    for (n = 0; n < settings->provider_count; n++)
        if (gate_init(&chains->gates[n], &settings->providers[n]))
            return -1;
    return 0;
}

void chains_fini(struct chains *chains)
{
    size_t n;

    for (n = 0; n < SETTINGS_MAX_PROVIDERS; n++)
        gate_fini(&chains->gates[n]);
}

static uint64_t now_us(const struct chain *chain)
{
    return chain->chains->ports.now_us(chain->chains->ports.opaque);
}

static const struct provider *provider_of(const struct chain *chain)
{
    return &chain->providers.first[chain->at];
}

/* The place of the provider whose turn it is among all. */
static size_t place_of(const struct chain *chain)
{
    return (size_t)(provider_of(chain) - chain->chains->settings->providers);
}

static struct gate *gate_of(const struct chain *chain)
{
    return &chain->chains->gates[place_of(chain)];
}

static void fail_fetch(struct outcome *outcome, enum fetch_error error, const char *reason,
                       unsigned long patience_ms)
{
    switch (error) {
    case FETCH_TIMEOUT:
        outcome_fail(outcome, OUTCOME_TIMEOUT, "no answer in %lu ms", patience_ms);
        break;
    case FETCH_CONNECT_FAILED:
        outcome_fail(outcome, OUTCOME_CONNECT_FAILED, "the provider can't be reached");
        break;
    case FETCH_TLS_FAILED:
        outcome_fail(outcome, OUTCOME_TLS_FAILED, "no secure connection to the provider%s%s",
                     reason[0] ? ": " : "", reason);
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
    case FETCH_BAD_REQUEST:
    case FETCH_NO_MEMORY:
    case FETCH_STOPPED:
        outcome_fail(outcome, OUTCOME_INTERNAL, "out of memory or stopping");
        break;
    }
}

/* Make the outcome that of a provider that is about to be asked. What was noted stays. */
static void reset(struct chain *chain)
{
    struct outcome *outcome = chain->outcome;

    outcome->code = OUTCOME_FOUND;
    outcome->kind = IP_KIND_PUBLIC;
    outcome->source = provider_of(chain)->name;
    outcome->upstream_status = outcome->retry_after_s = 0;
    outcome->detail[0] = 0;
}

/* ---- what an end means */

static bool is_answer(enum outcome_code code)
{
    return code == OUTCOME_FOUND || code == OUTCOME_NOT_FOUND || code == OUTCOME_INVALID_IP ||
           code == OUTCOME_INTERNAL;
}

/* A provider is to blame for a timeout only if it had the time that the configuration gives it: a
 * client that asks for a short deadline must not shut it for others. */
static bool had_its_time(const struct chain *chain, const struct fetch_response *response)
{
    unsigned long full_ms = provider_of(chain)->timeout_ms;

    if (chain->chains->settings->deadline_ms < full_ms)
        full_ms = chain->chains->settings->deadline_ms;
    return !response->was_waiting && chain->patience_ms >= full_ms - full_ms / 10;
}

static enum breaker_result judge(const struct chain *chain, const struct fetch_response *response)
{
    switch (chain->outcome->code) {
    case OUTCOME_TIMEOUT:
        return had_its_time(chain, response) ? BREAKER_FAILURE : BREAKER_NEITHER;
    case OUTCOME_CONNECT_FAILED:
    case OUTCOME_TLS_FAILED:
    case OUTCOME_DNS_FAILED:
    case OUTCOME_UPSTREAM_CLOSED:
    case OUTCOME_BAD_JSON:
    case OUTCOME_TOO_LARGE:
        return BREAKER_FAILURE;
    case OUTCOME_UPSTREAM_STATUS: /* 503 with Retry-After pauses instead */
        return response->code < 500                                    ? BREAKER_SUCCESS
               : response->code == 503 && response->retry_after_s != 0 ? BREAKER_NEITHER
                                                                       : BREAKER_FAILURE;
    case OUTCOME_QUOTA:
    case OUTCOME_QUEUE_FULL:
    case OUTCOME_INTERNAL:
        return BREAKER_NEITHER;
    default:
        return BREAKER_SUCCESS;
    }
}

/* Only what another try may change: RFC 9110 lets a GET be sent twice. */
static bool is_worth_a_retry(const struct outcome *outcome)
{
    unsigned status = outcome->upstream_status;

    if (outcome->code == OUTCOME_UPSTREAM_STATUS)
        return !outcome->retry_after_s && status >= 502 && status <= 504;
    return outcome->code == OUTCOME_CONNECT_FAILED || outcome->code == OUTCOME_UPSTREAM_CLOSED;
}

/* ---- attempts */

static void note(const struct chain *chain, unsigned ms)
{
    outcome_note(chain->outcome, provider_of(chain)->name, ms);
}

static unsigned ms_since(uint64_t begin_us, uint64_t end_us)
{
    return end_us > begin_us ? (unsigned)((end_us - begin_us + 500) / 1000) : 0;
}

static void on_response(void *opaque, const struct fetch_response *response);

static enum fetch_error send(struct chain *chain, uint64_t start_us)
{
    const struct provider *provider = provider_of(chain);
    uint64_t end_us = start_us + provider->timeout_ms * 1000;
    struct fetch_request request = {.method = "GET",
                                    .max_reply_bytes = provider->max_reply_bytes,
                                    .wanted = provider->wanted,
                                    .requester = chain->requester,
                                    .not_before_us = start_us};
    char ip[IP_ADDR_TEXT_BYTES];

    ip_addr_format(&chain->addr, ip);
    chain->called_lang = provider_lang(provider, chain->lang);
    if (provider_ask(provider, ip, chain->called_lang, &chain->request))
        return FETCH_NO_MEMORY;
    request.deadline_us = end_us < chain->deadline_us ? end_us : chain->deadline_us;
    request.url = chain->request.url;
    request.headers = chain->request.headers;
    request.header_count = chain->request.header_count;
    chain->attempt_us = start_us;
    chain->patience_ms = ms_since(start_us, request.deadline_us);
    return chain->chains->ports.fetch(chain->chains->ports.opaque, &request, on_response, chain);
}

static bool takes_family(const struct provider *provider, const struct ip_addr *addr)
{
    return provider->family == PROVIDER_ANY_FAMILY ||
           (provider->family == PROVIDER_V4_ONLY) == ip_addr_is_v4(addr);
}

static uint64_t latest_start_us(const struct chain *chain)
{
    return chain->deadline_us > MIN_ATTEMPT_US ? chain->deadline_us - MIN_ATTEMPT_US : 0;
}

/* Ask the provider whose turn it is. Returns true when it is asked; the outcome says why not. */
static bool attempt(struct chain *chain)
{
    struct outcome *outcome = chain->outcome;
    struct gate *gate = gate_of(chain);
    uint64_t now = now_us(chain), start_us = now;
    enum fetch_error error;
    unsigned retry_after_s = 0;

    reset(chain);
    if (!takes_family(provider_of(chain), &chain->addr)) {
        outcome_fail(outcome, OUTCOME_UNSUPPORTED_FAMILY, "the provider knows no IPv%c addresses",
                     ip_addr_is_v4(&chain->addr) ? '4' : '6');
        return false;
    }
    outcome->code = gate_ask(gate, now, latest_start_us(chain), &start_us, &retry_after_s);
    if (outcome->code != OUTCOME_FOUND) {
        outcome->retry_after_s = retry_after_s;
        outcome_fail(outcome, outcome->code,
                     outcome->code == OUTCOME_QUOTA ? "the provider's quota is used up"
                                                    : "the provider has failed too often");
        return false;
    }
    error = send(chain, start_us);
    if (error != FETCH_OK) {
        fail_fetch(outcome, error, "", 0);
        return false;
    }
    chain->is_probe = gate_enter(gate, now, start_us, chain->tries > 0);
    chain->chains->attempts[place_of(chain)]++;
    chain->tries++;
    return true;
}

/* Ask whoever can be asked, from the one on whose turn it is. Returns false when nobody is left. */
static bool go_on(struct chain *chain)
{
    for (; chain->at < chain->providers.count; chain->at++, chain->tries = 0) {
        if (provider_of(chain)->missing[0]) /* it can't be asked at all */
            continue;
        /* The first is asked even when it is late: the outcome has to say something. */
        if (chain->outcome->attempt_count && now_us(chain) > latest_start_us(chain))
            return false;
        if (attempt(chain))
            return true;
        note(chain, 0);
        if (is_answer(chain->outcome->code))
            return false;
    }
    return false;
}

/* How long what has ended the chain may be given again. */
static unsigned fresh_s(const struct chain *chain)
{
    switch (chain->outcome->code) {
    case OUTCOME_FOUND:
        return (unsigned)provider_of(chain)->ttl_s;
    case OUTCOME_NOT_FOUND:
        return (unsigned)provider_of(chain)->negative_ttl_s;
    default:
        return 0;
    }
}

static void finish(struct chain *chain)
{
    provider_request_fini(&chain->request);
    free(chain);
}

/* True when the same provider is tried once more. */
static bool tries_again(struct chain *chain, uint64_t now)
{
    struct gate *gate = gate_of(chain);
    uint64_t start_us;
    unsigned retry_after_s;

    return is_worth_a_retry(chain->outcome) && chain->tries < provider_of(chain)->attempts &&
           now <= latest_start_us(chain) && gate_allows_retry(gate, now) &&
           gate_ask(gate, now, latest_start_us(chain), &start_us, &retry_after_s) == OUTCOME_FOUND;
}

/* Tell who watches that an attempt failed. Not what was asked: that is the client's business. */
static void tell_failure(const struct chain *chain, unsigned ms)
{
    const struct chain_ports *ports = &chain->chains->ports;
    const struct outcome *outcome = chain->outcome;
    struct event event;

    if (!ports->event || outcome->code == OUTCOME_INTERNAL)
        return;
    event_begin(&event, "upstream-failed");
    event_text(&event, "provider", provider_of(chain)->name);
    event_text(&event, "reason", outcome_code_name(outcome->code));
    if (outcome->upstream_status)
        event_number(&event, "status", outcome->upstream_status);
    event_number(&event, "duration_ms", ms);
    event.is_notable = true;
    ports->event(ports->opaque, &event);
}

static void tell_breaker(const struct chain *chain, bool was_open)
{
    const struct chain_ports *ports = &chain->chains->ports;
    struct event event;

    if (!ports->event || gate_of(chain)->breaker.is_open == was_open)
        return;
    event_begin(&event, was_open ? "provider-works" : "provider-left-alone");
    event_text(&event, "provider", provider_of(chain)->name);
    event.is_notable = true;
    ports->event(ports->opaque, &event);
}

static void on_response(void *opaque, const struct fetch_response *response)
{
    struct chain *chain = opaque;
    chain_done_fn *done = chain->done;
    void *done_opaque = chain->opaque;
    struct outcome *outcome = chain->outcome;
    uint64_t now = now_us(chain);
    unsigned pause_s = 0, ms = ms_since(chain->attempt_us, now);
    bool was_open = gate_of(chain)->breaker.is_open;

    if (response->error == FETCH_OK) {
        provider_read(provider_of(chain), response, chain->called_lang, outcome);
        pause_s = provider_pause_s(provider_of(chain), response, outcome,
                                   chain->chains->ports.now_s(chain->chains->ports.opaque));
        if (outcome->code == OUTCOME_QUOTA)
            outcome->retry_after_s = pause_s;
    } else {
        fail_fetch(outcome, response->error, response->reason, chain->patience_ms);
    }
    gate_leave(gate_of(chain), chain->is_probe, judge(chain, response), pause_s, now);
    note(chain, ms);
    tell_breaker(chain, was_open);
    if (!is_answer(outcome->code)) {
        tell_failure(chain, ms);
        chain->chains->failures[place_of(chain)]++;
        if (!tries_again(chain, now)) {
            chain->at++;
            chain->tries = 0;
        }
        if (go_on(chain))
            return;
    }
    if (chain->at < chain->providers.count)
        outcome->fresh_s = fresh_s(chain);
    finish(chain);
    done(done_opaque);
}

bool chain_start(struct chains *chains, const struct chain_question *question,
                 struct outcome *outcome, chain_done_fn *done, void *opaque)
{
    struct chain *chain = calloc(1, sizeof(*chain));

    if (!chain) {
        outcome_fail(outcome, OUTCOME_INTERNAL, "out of memory");
        return true;
    }
    chain->chains = chains;
    chain->outcome = outcome;
    chain->done = done;
    chain->opaque = opaque;
    chain->providers = question->providers;
    chain->addr = question->addr;
    chain->deadline_us = question->deadline_us;
    chain->requester = question->requester;
    if (question->lang && strlen(question->lang) < sizeof(chain->lang))
        strcpy(chain->lang, question->lang);
    if (go_on(chain))
        return false;
    if (!outcome->attempt_count)
        outcome_fail(outcome, OUTCOME_NO_PROVIDER, "there is nobody to ask");
    finish(chain);
    return true;
}

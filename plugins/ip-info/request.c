#include "request.h"

#include "client_address.h"
#include "endpoints.h"
#include "http_query.h"
#include "request_private.h"
#include "respond.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SKIPPED_BYTES                                                                          \
    1048576 /* of a body that nobody wants, before the connection is given up */

bool request_is_over(struct lws *wsi)
{
    const struct request *request = lws_wsi_user(wsi);

    return !request || !request->host;
}

static bool is_http1(struct lws *wsi) { return lws_get_network_wsi(wsi) == wsi; }

void request_hold_input(struct request *request, bool hold)
{
    if (is_http1(request->wsi) && lws_rx_flow_control(request->wsi, !hold))
        lwsl_info("ip-info: input can't be held or let go\n");
}

void request_count_outcomes(const struct request *request)
{
    tally_outcomes(&request->host->tally, batch_outcomes(request->batch),
                   batch_query(request->batch)->count);
}

/* Send what can be sent. Nothing but LWS_CALLBACK_HTTP_WRITEABLE may call it. */
static int write_answer(struct request *request)
{
    struct lws *wsi = request->wsi;
    bool closes = request->closes;

    if (http_reply_writable(wsi, &request->reply))
        return -1;
    return closes && (request_is_over(wsi) || !request->reply.is_pending) ? -1 : 0;
}

static int refuse(struct request *request, unsigned status, const char *detail)
{
    return status == 204 ? respond_options(request) : respond_refusal(request, status, detail, 0);
}

/* Who asks. */
struct client {
    struct ip_addr addr;
    bool has_addr, is_admin;
};

static int answer_batch(struct request *request)
{
    const struct settings *settings = request->host->settings;
    const struct answer_style style = {.ok = settings->ok_template,
                                       .error_text = settings->text_error,
                                       .upstream_error_status =
                                           (unsigned)settings->upstream_error_status};
    struct answer answer;
    int result = answer_make(batch_query(request->batch), batch_outcomes(request->batch), &style,
                             request->deadline_ms, &answer);

    request_count_outcomes(request);
    batch_free(request->batch);
    request->batch = NULL;
    if (result == 0)
        result = respond(request, &answer);
    answer_fini(&answer);
    return result;
}

static void on_batch_done(void *requester)
{
    struct request *request = requester;

    lws_sul_cancel(&request->deadline);
    request_hold_input(request, false);
    lws_callback_on_writable(request->wsi);
}

/* Only where lines are sent as they come. */
static void on_answer(void *requester, size_t n)
{
    struct request *request = requester;

    if (!request->order)
        return;
    request->order[request->answered++] = n;
    request_hold_input(request, false);
    lws_callback_on_writable(request->wsi);
}

static void on_deadline(lws_sorted_usec_list_t *sul)
{
    struct request *request = lws_container_of(sul, struct request, deadline);

    batch_expire(request->batch, request->deadline_ms);
    on_batch_done(request);
}

/* Who takes turns with others: an IPv4 address, or an IPv6 /64. */
static uint64_t requester_of(const struct client *client)
{
    uint64_t requester = 0;

    if (client->has_addr)
        memcpy(&requester, client->addr.octets + (ip_addr_is_v4(&client->addr) ? 8 : 0),
               sizeof(requester));
    return requester;
}

/* The lookups themselves may take as long as is configured, whatever this request can wait: others
 * join them. */
static struct batch *start_batch(struct request *request, const struct settings_chain *providers,
                                 const struct client *client)
{
    const struct request_host *host = request->host;
    const struct batch_events events = {
        .answered = on_answer, .done = on_batch_done, .requester = request};
    struct lookup_question ask = {
        .providers = *providers,
        .deadline_us = request->arrived_us + host->settings->deadline_ms * 1000,
        .requester = requester_of(client),
    };

    snprintf(ask.lang, sizeof(ask.lang), "%s", request->query.lang);
    return batch_start_take(host->flights, &request->query, &ask, &events);
}

static void wait_for_answers(struct request *request)
{
    lws_usec_t left_us =
        (lws_usec_t)(request->arrived_us + request->deadline_ms * 1000) - lws_now_usecs();

    request_hold_input(request, true);
    lws_sul_schedule(lws_get_context(request->wsi), 0, &request->deadline, on_deadline,
                     left_us > 1 ? left_us : 1);
}

/* The client, whose address stands in where nothing is asked, and who has a rate. Returns 0, or the
 * status of a refusal. */
static unsigned find_client(struct request *request, struct client *client)
{
    const struct settings *settings = request->host->settings;
    int found = client_address(request->wsi, &settings->trusted_proxies,
                               (enum client_header)settings->forwarded_header, &client->addr);

    client->has_addr = found > 0;
    if (client->has_addr)
        ip_addr_format(&client->addr, request->client);
    client->is_admin = found > 0 ? ip_nets_have(&settings->admin_net, &client->addr)
                                 : settings->admin_net.has_unix;
    return found < 0 ? 503 : 0;
}

/* Returns 0, or the milliseconds after which the client may ask again. */
static uint64_t take_rate(const struct request *request, const struct client *client)
{
    if (!request->host->rate || client->is_admin || !client->has_addr)
        return 0;
    return rate_take(request->host->rate, &client->addr, request->query.count, request->arrived_us);
}

static int answer_endpoint(struct request *request)
{
    struct client client = {0};

    if (find_client(request, &client))
        return refuse(request, 503, "out of memory");
    return endpoint_answer(request, request->endpoint, client.is_admin);
}

static int start_lookups(struct request *request)
{
    const struct settings *settings = request->host->settings;
    struct query *query = &request->query;
    struct settings_chain providers;
    struct client client = {0};
    uint64_t wait_ms;

    if (request->endpoint && !query->error_status)
        return answer_endpoint(request);
    if (!query->error_status && find_client(request, &client))
        query_refuse(query, 503, "out of memory");
    query_finish(query, client.has_addr ? &client.addr : NULL);
    if (!query->error_status && settings_chain(settings, query->provider, &providers))
        query_refuse(query, 400, "there is no such provider");
    if (query->error_status)
        return refuse(request, query->error_status, query->error_text);
    wait_ms = take_rate(request, &client);
    if (wait_ms)
        return respond_refusal(request, 429, "you have asked for too many addresses",
                               (unsigned)((wait_ms + 999) / 1000));
    request->is_of_caller = query->is_of_caller;
    request->deadline_ms = settings->deadline_ms;
    if (query->deadline_ms && query->deadline_ms < request->deadline_ms)
        request->deadline_ms = query->deadline_ms;
    /* lws would drop a request that takes longer than its own patience (5 s on 4.1). */
    lws_set_timeout(request->wsi, NO_PENDING_TIMEOUT, 0);
    request->batch = start_batch(request, &providers, &client);
    if (!request->batch)
        return refuse(request, 503, "out of memory");
    if (batch_is_complete(request->batch))
        return answer_batch(request);
    if (batch_query(request->batch)->format == QUERY_FORMAT_NDJSON &&
        !http_reply_is_head(request->wsi)) {
        wait_for_answers(request);
        return lines_begin(request);
    }
    wait_for_answers(request);
    return 0;
}

/* Why the request is refused before it is read any further; 0 when it is not. */
static unsigned check(const struct request_host *host, int method,
                      const struct http_query_body *body, const char **detail)
{
    bool is_post = method == LWSHUMETH_POST;

    if (host->is_broken || host->is_stopping) {
        *detail = host->is_broken ? "the service is not configured" : "the server is stopping";
        return 503;
    }
    if (method == LWSHUMETH_OPTIONS && body->kind == HTTP_BODY_NONE)
        return 204;
    if (method != LWSHUMETH_GET && method != LWSHUMETH_HEAD && !is_post) {
        *detail = "use GET, HEAD or POST";
        return 405;
    }
    if (body->kind == HTTP_BODY_UNKNOWN) {
        *detail = "a body needs one Content-Length, which is a number";
        return 411;
    }
    if (body->bytes > host->settings->max_body_bytes) {
        *detail = "the body is too long";
        return 413;
    }
    if (is_post && body->kind == HTTP_BODY_NONE) {
        *detail = "the body holds no address";
        return 400;
    }
    if (is_post && !body->is_json) {
        *detail = "the body has to be application/json";
        return 415;
    }
    return 0;
}

/* Marks a connection that had a request before: lws clears our memory in between. */
static const char kept_mark = 0;

/* lws would take the headers for the body: see http_request.h. A plugin has to look itself, because
 * not every host does. */
static bool is_entangled(struct lws *wsi)
{
    return lws_get_opaque_user_data(wsi) == &kept_mark && http_request_is_entangled(wsi);
}

int request_begin(struct request *request, struct request_host *host, struct lws *wsi,
                  const char *path, size_t len)
{
    struct http_query_body body = http_query_describe_body(wsi);
    const char *detail = NULL;
    char *uri;
    int uri_len, method = lws_http_get_uri_and_method(wsi, &uri, &uri_len);
    unsigned status = check(host, method, &body, &detail);
    bool is_post = method == LWSHUMETH_POST;
    bool is_read = body.kind == HTTP_BODY_KNOWN && body.bytes <= MAX_SKIPPED_BYTES;

    if (is_entangled(wsi))
        return -1;
    request->host = host;
    request->wsi = wsi;
    request->arrived_us = (uint64_t)lws_now_usecs();
    /* Of a body that stays unread the end can't be found; of a POST lws expects one, always. */
    request->closes =
        is_http1(wsi) && (status == 503 || (body.kind != HTTP_BODY_NONE && !is_read) ||
                          (is_post && body.kind == HTTP_BODY_NONE));
    request->wants_body = is_post && !status;
    host->open++;
    if (status && !is_read)
        return refuse(request, status, detail);
    query_init(&request->query,
               request->wants_body ? host->settings->max_ips_post : host->settings->max_ips);
    request->endpoint = endpoint_find(path, len);
    if (!status && request->endpoint && is_post)
        query_refuse(&request->query, 405, "use GET or HEAD");
    if (status)
        query_refuse(&request->query, status, "%s", detail);
    else if (!request->endpoint)
        http_query_read(wsi, path, len, &request->query);
    if (is_read)
        return 0;
    request->may_write = is_http1(wsi) && body.kind == HTTP_BODY_NONE && !request->closes;
    if (start_lookups(request))
        return -1;
    if (!request_is_over(wsi))
        request->may_write = false;
    return 0;
}

int request_body(struct request *request, const void *data, size_t len)
{
    if (!request->host || request->batch || request->reply.is_pending)
        return 0;
    if (http_request_is_late((lws_usec_t)request->arrived_us)) {
        request->closes = is_http1(request->wsi);
        query_refuse(&request->query, 408, "the body took longer than %d s",
                     HTTP_BODY_MAX_MS / 1000);
        return request_body_end(request);
    }
    return request->wants_body ? bytes_append(&request->body, data, len) : 0;
}

int request_body_end(struct request *request)
{
    if (!request->host || request->batch || request->reply.is_pending)
        return 0;
    if (request->wants_body && !request->query.error_status)
        query_body(&request->query, request->body.data, request->body.len);
    bytes_fini(&request->body);
    return start_lookups(request);
}

int request_writable(struct request *request)
{
    struct lws *wsi = request->wsi;

    if (!request->host)
        return 0;
    if (request->stream.is_open)
        return lines_writable(request);
    if (request->batch && batch_is_complete(request->batch)) {
        bool closes = request->closes;

        request->may_write = true;
        if (answer_batch(request))
            return -1;
        if (request_is_over(wsi))
            return closes ? -1 : 0;
        request->may_write = false;
        return closes && !request->reply.is_pending ? -1 : 0;
    }
    return request->reply.is_pending ? write_answer(request) : 0;
}

static void tell_end(const struct request *request)
{
    bool is_stream = request->stream.status != 0;

    journal_answered(request->host->journal, request->wsi,
                     is_stream ? request->stream.status : request->reply.status,
                     is_stream ? request->stream.body_sent : request->reply.body_sent,
                     request->client[0] ? request->client : NULL);
}

void request_drop(struct request *request)
{
    if (request->wsi)
        lws_set_opaque_user_data(request->wsi, (void *)(uintptr_t)&kept_mark);
    if (request->host)
        tell_end(request);
    http_reply_fini(&request->reply);
    http_stream_fini(&request->stream);
    free(request->order);
    request->order = NULL;
    request->answered = request->written = 0;
    lws_sul_cancel(&request->deadline);
    batch_free(request->batch);
    request->batch = NULL;
    query_fini(&request->query);
    bytes_fini(&request->body);
    if (request->host)
        request->host->open--;
    request->host = NULL;
}

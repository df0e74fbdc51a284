#include "chat_events.h"
#include "chat_http.h"
#include "chat_hub.h"
#include "metrics.h"
#include "moderation.h"
#include "publish.h"
#include "requests.h"
#include "seen.h"

#include <stdio.h>

#define JSON_TYPE "application/json"

static struct world *world_of(const struct chat_http *http) { return http->vhd->world; }

size_t chat_http_headers(const struct chat_http *http, const char *cache_control,
                         struct http_header out[CHAT_HTTP_HEADERS])
{
    size_t count = 0;

    out[count++] = (struct http_header){"cache-control:", cache_control};
    out[count++] = (struct http_header){"x-content-type-options:", "nosniff"};
    out[count++] = (struct http_header){"vary:", "origin"};
    if (http->origin[0])
        out[count++] = (struct http_header){"access-control-allow-origin:", http->origin};
    return count;
}

/* Hand the answer to lws, which may end the transaction, and `http`, at once. problem: NULL for
 * none. */
static int hand_over(struct chat_http *http, struct http_answer *answer,
                     const struct api_problem *problem)
{
    struct lws *wsi = http->pss->wsi;
    bool is_gone = false, closes = http->closes;
    int result;

    http->is_gone = &is_gone;
    result = problem
                 ? http_reply_problem_reason(wsi, &http->reply, problem->status, problem->reason,
                                             problem->detail, answer->headers, answer->header_count)
                 : http_reply_send(wsi, &http->reply, answer);
    if (is_gone)
        return closes ? -1 : result;
    http->is_gone = NULL;
    return result;
}

int chat_http_refuse(struct chat_http *http)
{
    struct http_header headers[CHAT_HTTP_HEADERS];
    struct http_answer answer = {.headers = headers};
    const struct api_problem *problem = &http->problem;
    char retry_after[16];

    answer.header_count = chat_http_headers(http, "no-store", headers);
    if (problem->wants_bearer)
        headers[answer.header_count++] = (struct http_header){"www-authenticate:", "Bearer"};
    if (problem->allow)
        headers[answer.header_count++] = (struct http_header){"allow:", problem->allow};
    snprintf(retry_after, sizeof(retry_after), "%u",
             problem->retry_after_s ? problem->retry_after_s : 1);
    if (problem->status == 503 || problem->status == 429)
        headers[answer.header_count++] = (struct http_header){"retry-after:", retry_after};
    if (http->closes)
        headers[answer.header_count++] = (struct http_header){"connection:", "close"};
    return hand_over(http, &answer, problem);
}

static int refuse(struct chat_http *http, unsigned status, const char *reason, const char *detail)
{
    api_problem_set(&http->problem, status, reason, detail);
    return chat_http_refuse(http);
}

static int refuse_with(struct chat_http *http, enum refusal refusal, const char *trouble)
{
    api_problem_refusal(&http->problem, refusal, trouble);
    return chat_http_refuse(http);
}

static int send_body(struct chat_http *http, unsigned status, const char *type,
                     const struct bytes *body)
{
    struct http_header headers[CHAT_HTTP_HEADERS];
    struct http_answer answer = {.status = status,
                                 .content_type = type,
                                 .headers = headers,
                                 .body = body->data,
                                 .body_bytes = body->len};

    answer.header_count = chat_http_headers(http, "no-store", headers);
    return hand_over(http, &answer, NULL);
}

/* What OPTIONS says, and what a page elsewhere may ask for. */
static int answer_options(struct chat_http *http)
{
    struct http_header headers[CHAT_HTTP_HEADERS];
    struct http_answer answer = {.status = 204, .headers = headers};
    const char *allow = http->problem.allow;
    size_t count = chat_http_headers(http, "no-store", headers);

    headers[count++] = (struct http_header){"allow:", allow};
    if (http->origin[0]) {
        headers[count++] = (struct http_header){"access-control-allow-methods:", allow};
        headers[count++] =
            (struct http_header){"access-control-allow-headers:",
                                 "authorization, content-type, last-event-id, x-room-pin"};
    }
    answer.header_count = count;
    return hand_over(http, &answer, NULL);
}

static int answer_now(struct chat_http *http)
{
    struct world *world = world_of(http);
    const char *type = JSON_TYPE;
    struct bytes body = {0};
    int result;

    switch (http->request.route) {
    case API_STATUS:
        result = api_answer_status(&body, world, LWSHOST_VERSION);
        break;
    case API_METRICS:
        result = metrics_write(&body, world);
        type = METRICS_CONTENT_TYPE;
        break;
    default:
        result = api_answer_rooms(&body, world, &http->request);
        break;
    }
    result = result ? refuse_with(http, REFUSAL_INTERNAL, NULL) : send_body(http, 200, type, &body);
    bytes_fini(&body);
    return result;
}

/* Until the answer is there nothing is read: see chat_events.c. */
static void hold_input(struct chat_http *http, bool hold)
{
    if (!http->pss->is_mux && lws_rx_flow_control(http->pss->wsi, !hold))
        lwsl_info("chat-room: input can't be held or let go\n");
}

static void on_task_done(void *requester)
{
    struct chat_http *http = requester;

    hold_input(http, false);
    lws_callback_on_writable(http->pss->wsi);
}

int chat_http_answer_task(struct chat_http *http)
{
    struct api_task *task = http->task;
    unsigned status = http->request.is_write ? 201 : 200;
    const struct bytes *body = api_task_answer(task, &http->problem);
    int result;

    http->task = NULL;
    result = body ? send_body(http, status, JSON_TYPE, body) : chat_http_refuse(http);
    api_task_end(task);
    return result;
}

static int await_task(struct chat_http *http)
{
    if (!http->task)
        return chat_http_refuse(http);
    if (api_task_is_done(http->task))
        return chat_http_answer_task(http);
    lws_set_timeout(http->pss->wsi, NO_PENDING_TIMEOUT, 0);
    hold_input(http, true);
    return 0;
}

static int announce(struct chat_http *http, struct room *room)
{
    struct world *world = world_of(http);
    struct request request;
    enum refusal refusal = request_read_body(&request, http->body.data ? http->body.data : "",
                                             http->body.len, room->name, "announce");

    if (!refusal)
        refusal = publish_clean(world, request.text.at, request.text.len);
    if (!refusal)
        refusal = moderation_open(room, &request.retry_after_ms);
    if (refusal) {
        int result = refuse_with(http, refusal, request.trouble);

        request_fini(&request);
        return result;
    }
    request_fini(&request);
    http->task = api_task_announce(room, on_task_done, http, &http->problem);
    return await_task(http);
}

static int answer_done(struct chat_http *http, enum refusal refusal, const char *trouble)
{
    static const struct wire_id no_id = {WIRE_ID_NONE, 0, ""};
    struct bytes body = {0};
    int result;

    if (!refusal && wire_ok(&body, &no_id))
        refusal = REFUSAL_INTERNAL;
    result = refusal ? refuse_with(http, refusal, trouble) : send_body(http, 200, JSON_TYPE, &body);
    bytes_fini(&body);
    return result;
}

static int do_measure(struct chat_http *http)
{
    struct request request;
    struct measure measure = {0};
    enum refusal refusal = request_read_body(&request, http->body.data ? http->body.data : "",
                                             http->body.len, http->request.room, NULL);
    enum moderation what = MODERATION_NONE;
    int result;

    if (!refusal) {
        what = request_measure(&request, &measure);
        refusal = moderate(world_of(http), what, http->request.room, &measure);
    }
    if (!refusal)
        seen_measure(world_of(http), what, http->request.room, &measure, http->address);
    result = answer_done(http, refusal, measure.trouble ? measure.trouble : request.trouble);
    request_fini(&request);
    return result;
}

static int close_room(struct chat_http *http)
{
    struct world *world = world_of(http);
    struct measure measure = {0};
    enum refusal refusal = moderate(world, MODERATION_CLOSE_ROOM, http->request.room, &measure);

    if (!refusal)
        seen_measure(world, MODERATION_CLOSE_ROOM, http->request.room, &measure, http->address);
    return answer_done(http, refusal, measure.trouble);
}

static int answer_room(struct chat_http *http)
{
    struct room *room;
    enum refusal refusal = world_known_room(world_of(http), http->request.room, &room);

    if (refusal)
        return refuse_with(http, refusal, NULL);
    if (http->request.route == API_EVENTS)
        return chat_events_begin(http, room);
    if (http->request.route == API_ANNOUNCEMENTS)
        return announce(http, room);
    http->task = api_task_messages(room, &http->request, on_task_done, http, &http->problem);
    return await_task(http);
}

int chat_http_answer(struct chat_http *http)
{
    if (http->problem.status == 405 && http->request.method == API_OPTIONS)
        return answer_options(http);
    if (http->problem.status)
        return chat_http_refuse(http);
    if (!http->vhd || !world_of(http)) /* it went while the body came */
        return refuse(http, 503, "stopping", "The server is stopping.");
    chat_hub_sweep(http->vhd->hub); /* of rooms that come into being for this */
    switch (http->request.route) {
    case API_STATUS:
    case API_METRICS:
    case API_ROOMS:
        return answer_now(http);
    case API_MODERATION:
        return do_measure(http);
    case API_ROOM:
        return close_room(http);
    case API_MESSAGES:
    case API_EVENTS:
    case API_ANNOUNCEMENTS:
        break;
    }
    return answer_room(http);
}

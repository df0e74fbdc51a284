#include "chat_http.h"

#include "chat_door.h"
#include "chat_events.h"
#include "guesses.h"
#include "http_request.h"

#include <stdlib.h>
#include <string.h>

#define SKIPPED_BYTES_MAX                                                                          \
    1048576 /* of a body that nobody wants, before the connection is ended                         \
             */

static bool is_http1(const struct chat_http *http) { return !http->pss->is_mux; }

static enum api_method method_of(struct lws *wsi)
{
    char *uri;
    int len;

    switch (lws_http_get_uri_and_method(wsi, &uri, &len)) {
    case LWSHUMETH_GET:
        return API_GET;
    case LWSHUMETH_HEAD:
        return API_HEAD;
    case LWSHUMETH_POST:
        return API_POST;
    case LWSHUMETH_DELETE:
        return API_DELETE;
    case LWSHUMETH_OPTIONS:
        return API_OPTIONS;
    default:
        return API_OTHER_METHOD;
    }
}

/* A header that lws has no number for; on HTTP/2 only lws 5 keeps those. As door_header. */
static const char *custom_header(struct lws *wsi, const char *name, char out[DOOR_HEADER_BYTES])
{
    int len = (int)strlen(name);

    if (lws_hdr_custom_length(wsi, name, len) <= 0)
        return NULL;
    if (lws_hdr_custom_copy(wsi, out, DOOR_HEADER_BYTES, name, len) < 0)
        strcpy(out, "\x01");
    return out;
}

static int read_parameters(struct chat_http *http)
{
    struct lws *wsi = http->pss->wsi;
    char epoch[DOOR_ARGUMENT_BYTES], offset[DOOR_ARGUMENT_BYTES], limit[DOOR_ARGUMENT_BYTES];
    char after[DOOR_ARGUMENT_BYTES], id[DOOR_ARGUMENT_BYTES], header[DOOR_HEADER_BYTES];
    struct api_parameters given = {
        .epoch = door_argument(wsi, "epoch=", epoch),
        .offset = door_argument(wsi, "offset=", offset),
        .limit = door_argument(wsi, "limit=", limit),
        .after = door_argument(wsi, "after=", after),
        .last_event_id = custom_header(wsi, "last-event-id:", header),
    };

    /* The header is newer: a page can't take the parameter back when it reconnects. */
    if (!given.last_event_id)
        given.last_event_id = door_argument(wsi, "last-event-id=", id);
    return api_request_parameters(&http->request, &given, &http->problem);
}

static int check_credentials(struct chat_http *http)
{
    struct world *world = http->vhd->world;
    struct lws *wsi = http->pss->wsi;
    uint64_t wait_ms;
    int result;
    char authorization[DOOR_HEADER_BYTES], header[DOOR_HEADER_BYTES], pin[DOOR_ARGUMENT_BYTES];
    struct api_credentials given = {
        .authorization = door_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, authorization),
        .pin = custom_header(wsi, "x-room-pin:", header),
    };

    if (!given.pin)
        given.pin = door_argument(wsi, "pin=", pin);
    result = api_request_admit(&http->request, &http->vhd->options, &given, &http->problem);
    if (!given.was_judged)
        return result;
    wait_ms = guesses_wait_ms(world, http->address);
    if (wait_ms) {
        api_problem_refusal(&http->problem, REFUSAL_TOO_MANY_GUESSES, NULL);
        http->problem.retry_after_s = (unsigned)((wait_ms + 999) / 1000);
        return -1;
    }
    if (result)
        guesses_count(world, http->address);
    return result;
}

static int check_origin(struct chat_http *http)
{
    char buffer[DOOR_HEADER_BYTES];
    const char *origin = door_header(http->pss->wsi, WSI_TOKEN_ORIGIN, buffer);

    if (!door_is_origin_allowed(http->pss->wsi, http->vhd))
        return api_problem_set(&http->problem, 403, "origin", "This page's origin is not allowed.");
    if (origin && strlen(origin) < sizeof(http->origin))
        strcpy(http->origin, origin);
    return 0;
}

/* Everything that the headers have to say; they are gone later. Returns 0, or -1 with
 * http->problem filled. */
static int check(struct chat_http *http, const char *path, size_t len, enum http_body body)
{
    struct lws *wsi = http->pss->wsi;
    struct api_problem *problem = &http->problem, routing = {0};
    bool is_post;

    if (!http->vhd || !http->vhd->world)
        return api_problem_set(problem, 503, "internal", "There is no working chat-room here.");
    if (http->vhd->world->is_stopping)
        return api_problem_set(problem, 503, "stopping", "The server is stopping.");
    if (check_origin(http))
        return -1;
    if (api_request_route(&http->request, method_of(wsi), path, len, &routing)) {
        *problem = routing;
        return -1;
    }
    is_post = http->request.method == API_POST;
    if (read_parameters(http) || check_credentials(http))
        return -1;
    if (body == HTTP_BODY_UNKNOWN)
        return api_problem_set(problem, 411, "length-required",
                               "A body needs one Content-Length, which is a number.");
    if (body == HTTP_BODY_KNOWN && http_request_length(wsi) > http->vhd->options.max_frame_bytes)
        return api_problem_set(problem, 413, "body-too-long", "The body is too long.");
    if (is_post && !http_request_is_json(wsi))
        return api_problem_set(problem, 415, "not-json", "The body has to be application/json.");
    http->wants_body = is_post;
    return 0;
}

/* Marks a connection that had a request before: lws clears our memory in between. */
static const char kept_mark = 0;

static bool is_entangled(struct lws *wsi)
{
    return lws_get_opaque_user_data(wsi) == &kept_mark && http_request_is_entangled(wsi);
}

int chat_http_begin(struct chat_pss *pss, struct chat_vhd *vhd, const char *address,
                    const char *path, size_t len)
{
    struct chat_http *http;
    enum http_body body = http_request_body(pss->wsi);
    bool is_skipped;

    if (is_entangled(pss->wsi))
        return -1;
    http = calloc(1, sizeof(*http));
    if (!http)
        return -1;
    pss->http = http;
    http->pss = pss;
    http->vhd = vhd;
    http->begun_us = lws_now_usecs();
    strcpy(http->address, address);
    if (vhd)
        dlist_append(&vhd->requests, &http->of_vhost);
    check(http, path, len, body);
    is_skipped = body == HTTP_BODY_KNOWN && http_request_length(pss->wsi) <= SKIPPED_BYTES_MAX;
    http->awaits_body = is_skipped;
    /* Of a body that stays unread the end can't be found. */
    http->closes = is_http1(http) && body != HTTP_BODY_NONE && !is_skipped;
    return http->awaits_body ? 0 : chat_http_answer(http);
}

int chat_http_body(struct chat_http *http, const void *data, size_t len)
{
    if (!http || !http->awaits_body)
        return 0;
    if (http_request_is_late(http->begun_us)) {
        http->closes = is_http1(http);
        if (!http->problem.status)
            api_problem_set(&http->problem, 408, "body-too-slow", "The body took too long.");
        return chat_http_body_end(http);
    }
    return http->wants_body ? bytes_append(&http->body, data, len) : 0;
}

int chat_http_body_end(struct chat_http *http)
{
    if (!http || !http->awaits_body)
        return 0;
    http->awaits_body = false;
    return chat_http_answer(http);
}

int chat_http_writable(struct chat_http *http)
{
    bool is_gone = false, closes;
    int result;

    if (!http)
        return 0;
    if (http->listener.world)
        return chat_events_writable(http);
    if (http->task && api_task_is_done(http->task))
        return chat_http_answer_task(http);
    if (!http->reply.is_pending)
        return 0;
    closes = http->closes;
    http->is_gone = &is_gone;
    result = http_reply_writable(http->pss->wsi, &http->reply);
    if (is_gone)
        return closes ? -1 : result;
    http->is_gone = NULL;
    return closes && !http->reply.is_pending ? -1 : result;
}

/* What is borrowed from the vhost's chat. */
static void let_go(struct chat_http *http)
{
    listener_closed(&http->listener);
    api_task_end(http->task);
    http->task = NULL;
    dlist_remove(&http->of_vhost);
    http->vhd = NULL;
}

static void tell_end(const struct chat_http *http)
{
    if (!http->vhd)
        return;
    if (http->vhd->world)
        counters_answered(&http->vhd->world->counters, http->reply.status);
    journal_answered(http->vhd->journal, http->pss->wsi, http->reply.status, http->reply.body_sent,
                     http->address);
}

void chat_http_drop(struct chat_pss *pss)
{
    struct chat_http *http = pss->http;

    pss->http = NULL;
    if (!http)
        return;
    lws_set_opaque_user_data(pss->wsi, (void *)(uintptr_t)&kept_mark);
    tell_end(http);
    let_go(http);
    http_reply_fini(&http->reply);
    bytes_fini(&http->body);
    if (http->is_gone)
        *http->is_gone = true;
    free(http);
}

void chat_http_abandon(struct chat_vhd *vhd)
{
    struct dlist_node *node;

    while ((node = dlist_first(&vhd->requests)))
        let_go(DLIST_ENTRY(node, struct chat_http, of_vhost));
}

unsigned chat_http_count(const struct chat_vhd *vhd)
{
    struct dlist_node *node;
    unsigned count = 0;

    for (node = dlist_first(&vhd->requests); node; node = dlist_next(&vhd->requests, node))
        count++;
    return count;
}

#include "fetch_head.h"
#include "fetch_private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

_Static_assert(FETCH_MAX_WANTED == HTTP_RESPONSE_MAX_WANTED, "they are handed on one by one");

static void new_lane(struct fetch_origin *origin)
{
    struct fetch_lane *lane = calloc(1, sizeof(*lane));

    if (!lane)
        return;
    lane->origin = origin;
    dlist_append(&origin->lane_list, &lane->list);
    lanes_add(&origin->lanes, &lane->lane);
}

struct fetch_lane *fetch_lane_take(struct fetch_origin *origin, bool *is_warm)
{
    struct lanes *lanes = &origin->lanes;
    struct lane *lane;

    if (dlist_is_empty(&lanes->warm) && dlist_is_empty(&lanes->cold) && lanes_may_add(lanes))
        new_lane(origin);
    lane = lanes_take(lanes, is_warm);
    return lane ? lws_container_of(lane, struct fetch_lane, lane) : NULL;
}

void fetch_lane_rest(struct fetch_lane *lane)
{
    lanes_give_back(&lane->origin->lanes, &lane->lane, LANE_WARM);
    fetch_link_rest(lane->link);
}

void fetch_lane_free(struct fetch_lane *lane)
{
    h2_session_cancel(&lane->stream);
    if (lane->link && lane->link->lane == lane)
        fetch_link_free(lane->link);
    dlist_remove(&lane->list);
    dlist_remove(&lane->again);
    lanes_remove(&lane->origin->lanes, &lane->lane);
    http_response_fini(&lane->response);
    free(lane);
}

static void connect_lane(struct fetch_lane *lane)
{
    struct fetch_link *link = fetch_link_new(lane->origin, lane);

    lane->is_unsent = true;
    lane->fetch->addresses_tried++;
    if (link && fetch_link_connect(link) == 0)
        return;
    fetch_link_drop(link);
    if (lane->fetch && !dlist_is_listed(&lane->again))
        fetch_lane_fail(lane, link ? FETCH_CONNECT_FAILED : FETCH_NO_MEMORY, false);
}

void fetch_lane_send(struct fetch_lane *lane)
{
    http_response_begin(&lane->response, lane->fetch->request.max_reply_bytes,
                        lane->fetch->request.wanted);
    lane->response.is_to_head = strcmp(lane->fetch->request.method, "HEAD") == 0;
    if (fetch_share_is_wanted(lane->origin)) {
        fetch_share_send(lane);
    } else if (!lane->link) {
        connect_lane(lane);
    } else if (fetch_lane_write(lane)) {
        fetch_link_kill(lane->link);
        fetch_lane_fail(lane, FETCH_CLOSED, false);
    }
}

int fetch_lane_write(struct fetch_lane *lane)
{
    const struct fetch_request *request = &lane->fetch->request;
    struct bytes out = {0};
    int result = -1;

    lane->is_unsent = false;
    timers_stop(&lane->origin->client->timers, &lane->link->timer);
    if (bytes_reserve(&out, 512 + request->body_bytes) == 0 &&
        fetch_head_write(request, lane->origin->authority, lane->fetch->target, &out) == 0 &&
        bytes_append(&out, request->body, request->body ? request->body_bytes : 0) == 0)
        result = fetch_link_write(lane->link, out.data, out.len);
    bytes_fini(&out);
    return result;
}

void fetch_lane_end(struct fetch_lane *lane, enum fetch_error error, bool keep)
{
    struct fetch *fetch = lane->fetch;
    struct fetch_client *client = lane->origin->client;
    const struct fetch_response response = {
        .error = error,
        .code = lane->response.code,
        .reason = error == FETCH_TLS_FAILED && lane->link && lane->link->tls
                      ? tls_stream_problem(lane->link->tls)
                      : lane->response.reason,
        .body = lane->response.body.data ? lane->response.body.data : "",
        .body_bytes = lane->response.body.len,
        .wanted = {lane->response.wanted[0], lane->response.wanted[1], lane->response.wanted[2]},
        .retry_after_s = http_response_retry_after_s(&lane->response, (int64_t)time(NULL))};

    lane->fetch = NULL;
    fetch->lane = NULL;
    dlist_remove(&lane->again);
    client->inflight--;
    /* The lane is busy while `done` runs: the response is in its memory. */
    fetch_finish(fetch, error, &response);
    if (keep) {
        fetch_lane_rest(lane);
    } else {
        if (!lane->link) /* up to max-reply; idle lanes hold none */
            http_response_fini(&lane->response);
        lanes_give_back(&lane->origin->lanes, &lane->lane, lane->link ? LANE_CLOSING : LANE_COLD);
    }
    fetch_pump_later(client);
}

void fetch_lane_abort(struct fetch_lane *lane, enum fetch_error error)
{
    if (lane->stream.session)
        fetch_share_cancel(lane);
    else if (lane->link)
        fetch_link_kill(lane->link);
    fetch_lane_end(lane, error, false);
}

/* True when the request may go out once more for free: nothing has been done with it, as far as we
 * can know, or it does no harm to do it twice. */
static bool may_repeat(const struct fetch_lane *lane, bool is_refused)
{
    return !lane->fetch->was_stale &&
           (is_refused || (lane->was_warm && http_response_is_untouched(&lane->response) &&
                           fetch_head_is_idempotent(&lane->fetch->request)));
}

void fetch_lane_fail(struct fetch_lane *lane, enum fetch_error error, bool is_refused)
{
    struct fetch *fetch = lane->fetch;
    struct fetch_origin *origin = lane->origin;
    bool has_other = lane->is_unsent && fetch->addresses_tried < origin->address_count;

    if (has_other) {
        if (lane->link)
            fetch_origin_blame(origin, &lane->link->address);
    } else if (!lane->is_unsent && may_repeat(lane, is_refused)) {
        fetch->was_stale = true;
        origin->client->stale++;
    } else {
        fetch_lane_end(lane, error, false);
        return;
    }
    /* On the same lane, so that no other old connection is tried; when this one has gone. */
    lane->was_warm = false;
    if (!dlist_is_listed(&lane->again))
        dlist_append(&origin->client->again, &lane->again);
    fetch_pump_later(origin->client);
}

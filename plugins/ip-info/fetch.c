#include "fetch_head.h"
#include "fetch_private.h"

#include <stdlib.h>
#include <string.h>

static void on_sul(lws_sorted_usec_list_t *sul);

/* Have the loop call when the earliest timer is due. An alarm that comes too early does no harm, so
 * one that is armed already is left alone: stopping a timer costs nothing here. */
static void arm(struct fetch_client *client)
{
    uint64_t next_us = timers_next_us(&client->timers), now_us;

    if (next_us >= client->sul_due_us)
        return;
    now_us = (uint64_t)lws_now_usecs();
    client->sul_due_us = next_us;
    lws_sul_schedule(client->context, 0, &client->sul, on_sul,
                     next_us > now_us ? (lws_usec_t)(next_us - now_us) : 1);
}

static void on_sul(lws_sorted_usec_list_t *sul)
{
    struct fetch_client *client = lws_container_of(sul, struct fetch_client, sul);

    client->sul_due_us = UINT64_MAX;
    timers_run(&client->timers, (uint64_t)lws_now_usecs());
    arm(client);
}

void fetch_timer_start(struct fetch_client *client, struct timer *timer, uint64_t due_us)
{
    /* Can't fail: fetch_start and fetch_link_new have reserved the room. */
    timers_start(&client->timers, timer, due_us);
    arm(client);
}

static bool somebody_waits(const struct fetch_client *client)
{
    const struct dlist_node *link;

    for (link = dlist_first(&client->origins); link; link = dlist_next(&client->origins, link))
        if (lws_container_of(link, struct fetch_origin, link)->lanes.waiter_count)
            return true;
    return !dlist_is_empty(&client->again);
}

void fetch_pump_later(struct fetch_client *client)
{
    if (!client->pump.place && somebody_waits(client))
        fetch_timer_start(client, &client->pump, 0);
}

static void complete(struct fetch *fetch, const struct fetch_response *response)
{
    struct fetch_client *client = fetch->origin->client;
    fetch_done_fn *done = fetch->done;
    void *opaque = fetch->opaque;

    timers_stop(&client->timers, &fetch->timer);
    dlist_remove(&fetch->link);
    client->pending--;
    free(fetch);
    done(opaque, response);
}

void fetch_finish(struct fetch *fetch, enum fetch_error error,
                  const struct fetch_response *response)
{
    const struct fetch_response failure = {.error = error,
                                           .reason = "",
                                           .body = "",
                                           .wanted = {"", "", ""},
                                           .was_waiting = error == FETCH_TIMEOUT &&
                                                          fetch->origin->address_count &&
                                                          !fetch_share_is_awaited(fetch->origin)};

    lanes_forget(&fetch->origin->lanes, &fetch->waiter);
    if (!fetch->is_starting) {
        complete(fetch, response ? response : &failure);
        return;
    }
    fetch->is_ending = true;
    fetch->error = error;
    fetch_timer_start(fetch->origin->client, &fetch->timer, 0);
}

static void begin_late(struct fetch *fetch);

static void on_fetch_timer(struct timer *timer)
{
    struct fetch *fetch = lws_container_of(timer, struct fetch, timer);

    if (fetch->is_ending)
        fetch_finish(fetch, fetch->error, NULL);
    else if (fetch->is_early)
        begin_late(fetch);
    else if (fetch->lane)
        fetch_lane_abort(fetch->lane, FETCH_TIMEOUT);
    else
        fetch_finish(fetch, FETCH_TIMEOUT, NULL);
}

static bool is_at_bound(const struct fetch_client *client)
{
    return client->max_inflight && client->inflight >= client->max_inflight;
}

/* True when there is a connection to send on, or an address to connect to. */
static bool has_way(const struct fetch *fetch)
{
    struct fetch_origin *origin = fetch->origin;

    if (fetch_share_is_wanted(origin))
        return fetch_share_is_ready(origin, fetch->request.deadline_us);
    return !dlist_is_empty(&origin->lanes.warm) || fetch_origin_is_ready(origin);
}

/* Take a lane and send. Returns false when there is none, or no way to the origin. */
static bool try_run(struct fetch *fetch)
{
    struct fetch_origin *origin = fetch->origin;
    bool is_warm;

    if (is_at_bound(origin->client) || !has_way(fetch) ||
        !(fetch->lane = fetch_lane_take(origin, &is_warm)))
        return false;
    fetch->lane->fetch = fetch;
    fetch->lane->was_warm = is_warm;
    origin->client->inflight++;
    fetch_lane_send(fetch->lane);
    return true;
}

/* Others have taken its place in the queue. It has waited, so its end comes later, too. */
static void give_way(struct lane_waiter *waiter)
{
    struct fetch *fetch = lws_container_of(waiter, struct fetch, waiter);

    fetch->origin->client->queue_full++;
    fetch->is_starting = true;
    fetch_finish(fetch, FETCH_QUEUE_FULL, NULL);
    fetch->is_starting = false;
}

/* Go on a lane, or wait for one. Returns -1 when too many do. */
static int run_or_wait(struct fetch *fetch)
{
    struct lanes *lanes = &fetch->origin->lanes;
    struct lane_waiter *displaced = NULL;
    int result = 0;

    fetch->is_starting = true;
    /* Nobody overtakes those who wait already. */
    if (lanes->waiter_count || !try_run(fetch))
        result = lanes_wait(lanes, &fetch->waiter, &displaced);
    fetch->is_starting = false;
    if (result)
        fetch->origin->client->queue_full++;
    if (displaced)
        give_way(displaced);
    return result;
}

/* The time has come for one that was not to begin before. */
static void begin_late(struct fetch *fetch)
{
    fetch->is_early = false;
    if (run_or_wait(fetch))
        fetch_finish(fetch, FETCH_QUEUE_FULL, NULL);
    else if (!fetch->is_ending)
        fetch_timer_start(fetch->origin->client, &fetch->timer, fetch->request.deadline_us);
}

static void pump_origin(struct fetch_origin *origin)
{
    struct lane_waiter *waiter;

    while ((waiter = lanes_first_waiter(&origin->lanes))) {
        struct fetch *fetch = lws_container_of(waiter, struct fetch, waiter);
        bool is_running;

        /* What fails at once must not complete inside this walk. */
        fetch->is_starting = true;
        is_running = try_run(fetch);
        fetch->is_starting = false;
        if (!is_running)
            return;
        lanes_served(&origin->lanes, waiter);
    }
}

/* Not before lws has let go of the lane's old connection. */
static void send_again(struct fetch_lane *lane)
{
    struct fetch *fetch = lane->fetch;

    if (lane->link || !has_way(fetch))
        return;
    dlist_remove(&lane->again);
    fetch->is_starting = true;
    fetch_lane_send(lane);
    fetch->is_starting = false;
}

static void on_pump(struct timer *timer)
{
    struct fetch_client *client = lws_container_of(timer, struct fetch_client, pump);
    struct dlist_node *link, *next;

    for (link = dlist_first(&client->again); link; link = next) {
        next = dlist_next(&client->again, link);
        send_again(lws_container_of(link, struct fetch_lane, again));
    }
    for (link = dlist_first(&client->origins); link; link = dlist_next(&client->origins, link))
        pump_origin(lws_container_of(link, struct fetch_origin, link));
}

static void on_wake_wanted(void *opaque)
{
    struct fetch_client *client = opaque;

    lws_cancel_service(client->context);
}

struct fetch_client *fetch_client_new(struct lws_context *context, size_t max_inflight)
{
    struct fetch_client *client = calloc(1, sizeof(*client));

    if (!client)
        return NULL;
    client->context = context;
    client->resolver = resolver_new(on_wake_wanted, client);
    client->max_inflight = max_inflight;
    client->sul_due_us = UINT64_MAX;
    client->pump.fire = on_pump;
    dlist_init(&client->origins);
    dlist_init(&client->requests);
    dlist_init(&client->again);
    if (!client->resolver) {
        free(client);
        return NULL;
    }
    return client;
}

void fetch_client_free(struct fetch_client *client)
{
    struct dlist_node *link;

    if (!client)
        return;
    resolver_free(client->resolver);
    while ((link = dlist_first(&client->requests))) {
        struct fetch *fetch = lws_container_of(link, struct fetch, link);

        if (fetch->lane)
            fetch->lane->fetch = NULL;
        fetch_finish(fetch, FETCH_STOPPED, NULL);
    }
    while ((link = dlist_first(&client->origins)))
        fetch_origin_free(lws_container_of(link, struct fetch_origin, link));
    lws_sul_cancel(&client->sul);
    timers_fini(&client->timers);
    free(client);
}

int fetch_timers_reserve(struct fetch_client *client)
{
    /* One for each request and each link, the next of either, and the pump. */
    return timers_reserve(&client->timers, client->pending + client->link_total + 3);
}

static struct fetch *new_fetch(const struct fetch_request *request, fetch_done_fn *done,
                               void *opaque)
{
    size_t url_bytes = strlen(request->url) + 1;
    struct fetch *fetch = calloc(1, sizeof(*fetch) + url_bytes);

    if (!fetch)
        return NULL;
    memcpy(fetch->url, request->url, url_bytes);
    fetch->request = *request;
    fetch->request.url = fetch->url;
    fetch->done = done;
    fetch->opaque = opaque;
    fetch->timer.fire = on_fetch_timer;
    fetch->waiter.requester = request->requester;
    return fetch;
}

enum fetch_error fetch_start(struct fetch_client *client, const struct fetch_request *request,
                             fetch_done_fn *done, void *opaque)
{
    struct fetch_origin *origin;
    struct fetch *fetch;
    struct url url;

    if (url_parse(request->url, &url, NULL) || !(origin = fetch_origin_find(client, &url)))
        return FETCH_NO_ORIGIN;
    if (!fetch_head_is_sound(request))
        return FETCH_BAD_REQUEST;
    if (fetch_timers_reserve(client) || !(fetch = new_fetch(request, done, opaque)))
        return FETCH_NO_MEMORY;
    fetch->origin = origin;
    fetch->target = fetch->url + (url.target - request->url);
    fetch->is_early = request->not_before_us > (uint64_t)lws_now_usecs();
    if (!fetch->is_early && run_or_wait(fetch)) {
        free(fetch);
        return FETCH_QUEUE_FULL;
    }
    dlist_append(&client->requests, &fetch->link);
    client->pending++;
    if (!fetch->is_ending)
        fetch_timer_start(client, &fetch->timer,
                          fetch->is_early ? request->not_before_us : request->deadline_us);
    return FETCH_OK;
}

void fetch_client_wake(struct fetch_client *client) { resolver_drain(client->resolver); }

void fetch_client_stats(const struct fetch_client *client, struct fetch_stats *stats)
{
    struct dlist_node *node, *inner;

    *stats = (struct fetch_stats){
        .opened = client->opened, .stale = client->stale, .queue_full = client->queue_full};
    for (node = dlist_first(&client->origins); node; node = dlist_next(&client->origins, node)) {
        const struct fetch_origin *origin = lws_container_of(node, struct fetch_origin, link);

        stats->waiting += origin->lanes.waiter_count;
        for (inner = dlist_first(&origin->links); inner;
             inner = dlist_next(&origin->links, inner)) {
            const struct fetch_link *link = lws_container_of(inner, struct fetch_link, list);

            stats->connections += link->is_open;
            stats->h2_connections += link->h2 != NULL;
            stats->h2_streams += link->h2 ? h2_session_count(link->h2) : 0;
        }
    }
}

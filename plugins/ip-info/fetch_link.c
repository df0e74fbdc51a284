#include "fetch_private.h"

#include <stdlib.h>
#include <string.h>

#define KEEP_WARM_US (60 * LWS_US_PER_SEC) /* most servers close an idle connection sooner */
#define PIECE_BYTES 4096

/* WSI_DESTROY, which ends every connection, is told to the first protocol of a vhost only. */
static const struct lws_protocols link_protocols[] = {
    {.name = "ip-info-lane", .callback = fetch_events},
    {.name = NULL},
};

static int need_vhost(struct fetch_client *client)
{
    struct lws_context_creation_info info;

    if (client->vhost)
        return 0;
    memset(&info, 0, sizeof(info));
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.vhost_name = "ip-info-lanes";
    info.protocols = link_protocols;
    /* lws would send even raw connections through a proxy that the environment happens to name. A
     * proxy with port 0 is none. */
#if defined(LWS_CLIENT_HTTP_PROXYING)
    info.http_proxy_address = "none:0";
#endif
#if defined(LWS_WITH_SOCKS5)
    info.socks_proxy_address = "none:0";
#endif
    client->vhost = lws_create_vhost(client->context, &info);
    return client->vhost ? 0 : -1;
}

static void on_timer(struct timer *timer)
{
    struct fetch_link *link = lws_container_of(timer, struct fetch_link, timer);

    if (!link->lane) {
        fetch_share_is_due(link);
        return;
    }
    lanes_give_back(&link->origin->lanes, &link->lane->lane, LANE_CLOSING);
    fetch_link_kill(link);
}

struct fetch_link *fetch_link_new(struct fetch_origin *origin, struct fetch_lane *lane)
{
    struct fetch_client *client = origin->client;
    struct fetch_link *link;

    if (need_vhost(client) || fetch_timers_reserve(client))
        return NULL;
    link = calloc(1, sizeof(*link));
    if (!link)
        return NULL;
    link->origin = origin;
    link->timer.fire = on_timer;
    link->lane = lane;
    if (lane)
        lane->link = link;
    client->link_total++;
    dlist_append(&origin->links, &link->list);
    return link;
}

int fetch_link_connect(struct fetch_link *link)
{
    struct fetch_origin *origin = link->origin;
    struct lws_client_connect_info info;
    char address[IP_ADDR_TEXT_BYTES];
    bool is_made;

    link->address = fetch_origin_address(origin);
    ip_addr_format(&link->address, address);
    origin->client->opened++;
    memset(&info, 0, sizeof(info));
    info.context = origin->client->context;
    info.vhost = origin->client->vhost;
    info.method = "RAW";
    info.address = address; /* a number, so that lws resolves nothing */
    info.host = address;
    info.port = (int)origin->url.port;
    /* No local_protocol_name: the first protocol of the vhost is the default, and what is bound by
     * name lws frees without unbinding it when memory is short. */
    info.opaque_user_data = link;
    info.pwsi = &link->wsi;
    /* Of a failure inside the call lws tells the caller, sometimes the callback, too. */
    link->is_connecting = true;
    is_made = lws_client_connect_via_info(&info) != NULL;
    link->is_connecting = false;
    return is_made && link->wsi ? 0 : -1;
}

static void leave_lane(struct fetch_link *link)
{
    struct fetch_lane *lane = link->lane;

    link->lane = NULL;
    if (!lane)
        return;
    lane->link = NULL;
    lanes_closed(&link->origin->lanes, &lane->lane);
}

void fetch_link_drop(struct fetch_link *link)
{
    if (!link)
        return;
    leave_lane(link);
    if (!link->wsi) {
        fetch_link_free(link);
        return;
    }
    /* lws has freed its object, or will say WSI_DESTROY yet; there is no telling. */
    link->wsi = NULL;
    timers_stop(&link->origin->client->timers, &link->timer);
}

void fetch_link_free(struct fetch_link *link)
{
    struct fetch_client *client = link->origin->client;

    leave_lane(link);
    if (link->origin->shared == link)
        link->origin->shared = NULL;
    if (link->wsi) {
        lws_set_opaque_user_data(link->wsi, NULL);
        fetch_link_kill(link);
    }
    timers_stop(&client->timers, &link->timer);
    dlist_remove(&link->list);
    client->link_total--;
    h2_session_free(link->h2);
    tls_stream_free(link->tls);
    free(link);
}

void fetch_link_kill(struct fetch_link *link)
{
    if (!link->wsi || link->is_closing)
        return;
    if (!link->is_open)
        fetch_origin_blame(link->origin, &link->address);
    lws_set_timeout(link->wsi, 1, LWS_TO_KILL_ASYNC);
}

void fetch_link_rest(struct fetch_link *link)
{
    fetch_timer_start(link->origin->client, &link->timer,
                      (uint64_t)lws_now_usecs() + (uint64_t)KEEP_WARM_US);
}

/* lws wants room in front of what it sends. */
static int write_plain(struct fetch_link *link, const void *data, size_t len)
{
    unsigned char small[LWS_PRE + PIECE_BYTES];
    unsigned char *room = len <= PIECE_BYTES ? small : malloc(LWS_PRE + len);
    int result = -1;

    if (room) {
        memcpy(room + LWS_PRE, data, len);
        result = lws_write(link->wsi, room + LWS_PRE, len, LWS_WRITE_RAW) < 0 ? -1 : 0;
    }
    if (room != small)
        free(room);
    return result;
}

int fetch_link_write(struct fetch_link *link, const void *data, size_t len)
{
    if (link->tls)
        return tls_stream_write(link->tls, data, len) ? -1 : fetch_link_flush(link);
    return write_plain(link, data, len);
}

int fetch_link_flush(struct fetch_link *link)
{
    unsigned char buffer[LWS_PRE + PIECE_BYTES];
    size_t len;

    while ((len = tls_stream_output(link->tls, buffer + LWS_PRE, PIECE_BYTES)))
        if (lws_write(link->wsi, buffer + LWS_PRE, len, LWS_WRITE_RAW) < 0)
            return -1;
    return 0;
}
